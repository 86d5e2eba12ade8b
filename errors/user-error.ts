/**
 * An error that a user can mend: its message says what is wrong, where, and what to do. Commands print the message and exit with 2; anything
 * that is not a UserError is a bug and is shown with its stack.
 */
export class UserError extends Error {
  override name = 'UserError';
}
