/** Virtual time: what the network model says of when each outer step of a run is over. */
import { outerStepTimes } from '../../latency-model.js';
import type { Curve } from './cells.js';
import { methodOf, STEPS, type Method } from './settings.js';

/** Of a message: its mean time in mean inner steps, and its standard deviation over that. */
export const messages = [0, 1, 10] as const;
export const MESSAGE_SPREAD = 1;

const SEED = 1;
const known = new Map<string, number[]>();

/** When the last of the replicas is through each outer step, in mean inner steps. */
export function outerTimes(method: Method, replicas: number, message: number): number[] {
  const { every, waits } = methodOf(method);
  const key = [every, waits, replicas, message].join();
  const found = known.get(key);
  if (found) return found;
  const times = outerStepTimes(waits, {
    replicas,
    innerSteps: every,
    outerSteps: STEPS / every,
    message,
    spread: MESSAGE_SPREAD,
    seed: SEED,
  });
  known.set(key, times);
  return times;
}

/** The time at which a run was measured for the index-th time. */
export function timeOf(
  curve: Curve,
  index: number,
  method: Method,
  replicas: number,
  message: number,
): number {
  const outerStep = curve.steps[index] / methodOf(method).every;
  return outerTimes(method, replicas, message)[outerStep - 1];
}

/** When the replicas' mean accuracy is first seen to have reached a target; undefined where it never is. */
export function timeTo(
  target: number,
  curve: Curve,
  method: Method,
  replicas: number,
  message: number,
): number | undefined {
  const index = curve.replicaAccuracy.findIndex((accuracy) => accuracy >= target);
  return index < 0 ? undefined : timeOf(curve, index, method, replicas, message);
}
