/** What a loss kernel computes besides the sum of losses. */

/**
 * 'delta' writes the derivatives of the mean loss over `batchSize` examples; 'hits' counts examples whose largest logit
 * is the label's (of equal logits, the lowest class counts).
 */
export type LossOutput = 'delta' | 'hits';
