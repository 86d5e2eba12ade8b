export { serve, type ServeOptions, type ServeResult } from './serve.js';
export { readWorkerRecords, writeWorkerRecords } from './worker-records-file.js';
