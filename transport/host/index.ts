export { authoritiesWith } from './authorities.js';
export { readCertificate, type CertificateFiles } from './certificate.js';
export type { ConnectionFailure } from './connection-failure.js';
export { connectionLimit, connectionsWithin } from './connection-limit.js';
export { dial } from './dial.js';
export { listen, type Address, type ListenerOptions, type ListenOptions } from './listen.js';
export { refuseConnection } from './refuse-connection.js';
export { Rejections, type WriteLog } from './rejections.js';
export { Wire, type WireEvents } from './wire.js';
