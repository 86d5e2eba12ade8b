export { FailureLimiter } from './failure-limiter.js';
export { LogThrottle, type Summary } from './log-throttle.js';
export { networkOf } from './networks.js';
export { PendingConnections } from './pending-connections.js';
export { FAILURES, type Rate, type Traffic } from './rates.js';
export { sameSecret } from './secrets.js';
