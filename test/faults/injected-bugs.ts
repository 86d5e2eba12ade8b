/** Mistakes of a host that the fault simulator is to find: shown so in a test. */
export type InjectedBug =
  /** Something is told as durable that a crash still loses. */
  | 'told before durable'
  /** Timers of heartbeats are never set: a connection that broke unnoticed is waited on for ever. */
  | 'a forgotten timer';
