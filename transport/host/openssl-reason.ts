/** OpenSSL's reason in "80EC…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…", else the message. */
export const opensslReason = ({ message }: Error): string =>
  /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message.trim();
