export {
  ConnectionError,
  DivergedError,
  NobodyAnsweredError,
  RunFailedError,
  ThreadEndedError,
  UpdateFailedError,
} from './failures.js';
export { explained, isSystemError, SystemError } from './system-errors.js';
export { UserError } from './user-error.js';
