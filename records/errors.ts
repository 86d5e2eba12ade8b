import { UserError } from '../errors/index.js';

/** A run's directory cannot be used as asked: it is missing, in use, or of another recipe or version. */
export class RunDirectoryError extends UserError {
  override name = 'RunDirectoryError';
}
