export { CodecRangeError, codecs, type Codec } from './codecs/index.js';
export {
  closeCodes,
  ProtocolError,
  refusals,
  type CloseCode,
  type CloseReason,
  type HashName,
  type RefusalReason,
} from './codes.js';
export {
  messages,
  PROTOCOL_VERSION,
  type Message,
  type MessageGoing,
  type MessageKind,
  type MessageOf,
  type PeerToPeer,
  type ToCoordinator,
  type ToWorker,
  type Way,
} from './messages.js';
export { encodings, numbersOf, tensorOf, type Encoding, type Tensor, type Tensors } from './tensor.js';
export { encode, encodeFrame, encodeInPieces } from './encode.js';
export { decodeFrame } from './decode.js';
export { FrameReader } from './reader.js';
export { HANDSHAKE_LIMITS, type FrameLimits } from './layout.js';
export {
  checkVector,
  decodeVector,
  encodeAnswer,
  isExact,
  answerBytes,
  answerCodec,
  messageCodec,
  type Residuals,
} from './payloads.js';
export { finiteOrNull, LONGEST_SECRET } from './messages/fields.js';
