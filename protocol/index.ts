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
