/** Every number and word with which one side turns the other away, in one place: close codes and refusal reasons. */

/** Why a connection was closed, as a WebSocket close code, and whether trying again by itself can help. */
export const closeCodes = {
  done: { code: 1000, retry: false, meaning: 'The run is over, or this side has left it.' },
  goingAway: { code: 1001, retry: true, meaning: 'This side is shutting down; it may come back.' },
  malformed: { code: 4000, retry: false, meaning: 'A frame does not follow the protocol.' },
  version: { code: 4001, retry: false, meaning: "The other side's protocol version is not spoken here." },
  tooLarge: { code: 4002, retry: false, meaning: 'A frame, or its parts, exceed what is allowed.' },
  tooMany: { code: 4003, retry: true, meaning: 'Too many messages or connections in too short a time.' },
  unexpected: { code: 4004, retry: false, meaning: 'A message that has no place here or now.' },
  slowHandshake: { code: 4005, retry: true, meaning: 'The handshake took too long.' },
  silent: { code: 4006, retry: true, meaning: 'No sign of life for longer than the time-out.' },
  slowReader: { code: 4007, retry: true, meaning: 'What waits to be read here grew beyond its limit.' },
  unauthorized: { code: 4010, retry: false, meaning: 'The token, key, resume secret or ticket is wrong.' },
  replaced: { code: 4011, retry: false, meaning: 'The same worker has connected again.' },
  clientsTaken: { code: 4012, retry: true, meaning: 'A claimed client belongs to another worker.' },
  noSuchClient: { code: 4013, retry: false, meaning: 'A claimed client is not in this federation.' },
  full: { code: 4014, retry: true, meaning: 'There is no place left for another worker.' },
  wrongRun: { code: 4015, retry: false, meaning: 'This is another run than the worker took part in.' },
  recipeDiffers: {
    code: 4020,
    retry: false,
    meaning: "The recipe's hash, the version of its bits or the model's layout differ.",
  },
  engineDiffers: { code: 4021, retry: false, meaning: 'Another engine or kernel than the recipe admits.' },
  pluginsDiffer: { code: 4022, retry: false, meaning: 'Other plugins than the coordinator has loaded.' },
  dataUnfit: {
    code: 4023,
    retry: false,
    meaning: "The worker's data do not fit the recipe, or are not the coordinator's.",
  },
  codecUnknown: { code: 4025, retry: false, meaning: "The worker does not know the recipe's codec." },
  dropped: { code: 4024, retry: false, meaning: 'Too many updates of this worker were refused.' },
  failed: { code: 4500, retry: true, meaning: 'Something broke on this side.' },
  diverged: { code: 4501, retry: false, meaning: 'The run has failed: training diverged.' },
  runFailed: { code: 4502, retry: false, meaning: 'The run has failed.' },
  unreachable: {
    code: 4503,
    retry: false,
    meaning: 'The run has failed: workers that must connect to each other cannot.',
  },
} as const satisfies Readonly<Record<string, CloseCode>>;

export interface CloseCode {
  readonly code: number;
  readonly retry: boolean;
  readonly meaning: string;
}

export type CloseReason = keyof typeof closeCodes;

/** Why an update did not count. The connection stays open; the refusal names the next round to submit to. */
export const refusals = {
  late: 'The round is over.',
  early: 'The round has not begun.',
  notAsked: 'The client was not asked in this round.',
  notYours: 'The client belongs to another worker.',
  shape: 'Vectors are missing, of unknown names or of the wrong length.',
  encoding: "A vector comes in another encoding than the recipe's.",
  notFinite: 'A vector or a scalar holds a number that is not finite.',
  norm: "The update's norm is above the recipe's bound.",
  samples: 'The number of examples is not the one that the client reported when it joined.',
} as const satisfies Readonly<Record<string, string>>;

export type RefusalReason = keyof typeof refusals;

/** What of the handshake's hashes may differ. */
export type HashName = 'recipe' | 'layout' | 'partition' | 'weights';

/** A frame or a message that the protocol does not allow; the connection is closed with its code. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
  readonly code: number;

  /** @param message a sentence that says what was wrong and what would be right */
  constructor(
    readonly reason: CloseReason,
    message: string,
  ) {
    super(message);
    this.code = closeCodes[reason].code;
  }
}
