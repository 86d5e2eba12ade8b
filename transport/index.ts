export { hostOf, networkOf, portOf, withoutSecrets, withTls } from './addresses.js';
export { FailureLimiter } from './failure-limiter.js';
export { LogThrottle, type Summary } from './log-throttle.js';
export { PendingConnections } from './pending-connections.js';
export { FAILURES, type Rate, type Traffic } from './rates.js';
export { sameSecret } from './secrets.js';
