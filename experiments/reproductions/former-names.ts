/**
 * The spelling of a recipe before its fields were renamed. Keys of recorded results hash the spelling: `npm run rekey` finds a
 * recorded line by the former one, and gives it the key of the present one.
 */

/** By `kind.option` or `section.field`; `*` stands for every kind and section. */
const formerNames = new Map<string, string>([
  ['data.featureSkew', 'features'],
  ['validation.fraction', 'share'],
  ['validation.from', 'of'],
  ['network.minimumUpdates', 'minimum'],
  ['*.clientsPerRound', 'perRound'],
  ['*.normalize', 'normalise'],
  ['*.testFraction', 'testShare'],
  ['declared.std', 'deviation'],
  ['noise.std', 'deviation'],
  ['grayscale.fraction', 'share'],
  ['synthetic.keepInMemory', 'keep'],
  ['labels.labelsPerClient', 'labels'],
  ['dirichlet-draw.samplesPerClient', 'samples'],
  ['char-lstm.predict', 'foretell'],
  ['activation.function', 'curve'],
  ['pool.pooling', 'of'],
  ['global-pool.pooling', 'of'],
  ['cross-entropy.labelSmoothing', 'smoothing'],
  ['gossip.tokenAccount', 'flow'],
  ['noloco.communication', 'exchange'],
  ['noloco.groupSize', 'group'],
  ['diloco.outerOptimizer', 'outer'],
  ['fedma.init', 'start'],
  ['lastLayer.amountFactor', 'amount'],
  ['lastLayer.learningRateFactor', 'learningRate'],
  ['churn.base', 'of'],
  ['churn.linkFailure', 'links'],
  ['churn.nodeFailure', 'nodes'],
  ['random-matching.base', 'of'],
  ['hierarchical.within', 'inside'],
  ['epidemic.variant', 'choice'],
  ['row-stochastic.selfWeight', 'keep'],
  ['column-stochastic.selfWeight', 'keep'],
  ['top-k.fraction', 'share'],
  ['top-k.errorFeedback', 'feedback'],
  ['int8.blockSize', 'block'],
  ['int8.errorFeedback', 'feedback'],
]);

const formerKinds = new Map([['grayscale', 'grey']]);

/** @param section the name of the field that holds the value */
export function formerSpelling(value: unknown, section = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => formerSpelling(each, section));
  if (typeof value === 'string') return formerKinds.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  const scope = 'kind' in value && typeof value.kind === 'string' ? value.kind : section;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]: [string, unknown]) => [
      formerNames.get(`${scope}.${name}`) ?? formerNames.get(`*.${name}`) ?? name,
      formerSpelling(each, name),
    ]),
  );
}
