/* Normalisation, as in kernels/norm.ts: sums go over the positions of each channel first, then over a group's channels. */
#include "kernels.h"
#include "vectors.h"

#include <math.h>

/* As in layers/norm.ts. */
#define EPSILON 1e-5

/* Adds up over positions for some vectors of channels at a time, so that sums need not wait for each other. */
#define OVER_CHANNELS(stride, CALL)                                          \
  for (int64_t c = 0, left = (stride) / PANEL; left > 0;) {                  \
    const int64_t count = left >= 4 ? 4 : left >= 2 ? 2 : 1;                 \
    const int64_t at = PANEL_ROW * c;                                        \
    if (count == 4) CALL(4);                                                 \
    else if (count == 2) CALL(2);                                            \
    else CALL(1);                                                            \
    c += count;                                                              \
    left -= count;                                                           \
  }
#define EACH UNROLL for (int i = 0; i < count; i++)

/* The sum of a group's channels, one after another. */
INLINE float group_sum(const char *sums, int64_t from, int64_t to) {
  float sum = 0;
  for (int64_t c = from; c < to; c++) sum += number(sums + 4 * c);
  return sum;
}

INLINE void fill(char *at, int64_t from, int64_t to, float value) {
  for (int64_t c = from; c < to; c++) *(float *)(at + 4 * c) = value;
}

INLINE void sum_up(const char *x, const char *end, int64_t bytes, char *to, const int count) {
  vector sums[4];
  EACH sums[i] = splat(0);
  for (; x < end; x += bytes) EACH sums[i] = sums[i] + load(x + i * PANEL_ROW);
  EACH store(to + i * PANEL_ROW, sums[i]);
}

INLINE void sum_up_squares(const char *x, const char *end, int64_t bytes, const char *means, char *to,
                           const int count) {
  vector sums[4], mean[4];
  EACH sums[i] = splat(0);
  EACH mean[i] = load(means + i * PANEL_ROW);
  for (; x < end; x += bytes) EACH {
    const vector difference = load(x + i * PANEL_ROW) - mean[i];
    sums[i] = sums[i] + difference * difference;
  }
  EACH store(to + i * PANEL_ROW, sums[i]);
}

INLINE void block_statistics(const struct statistics *k, const char *x, const char *end, char *stats, char *sums,
                             float count) {
  const int64_t bytes = 4 * k->stride, size = k->channels / k->groups;
  for (int64_t c = 0; c < bytes; c += PANEL_ROW) {
    store(stats + c, splat(0));
    store(stats + k->toInverse + c, splat(0));
  }
#define CALL(n) sum_up(x + at, end, bytes, sums + at, n)
  OVER_CHANNELS(k->stride, CALL)
#undef CALL
  for (int64_t c = 0; c < k->channels; c += size) fill(stats, c, c + size, group_sum(sums, c, c + size) / count);
#define CALL(n) sum_up_squares(x + at, end, bytes, stats + at, sums + at, n)
  OVER_CHANNELS(k->stride, CALL)
#undef CALL
  for (int64_t c = 0; c < k->channels; c += size) {
    const float deviation = sqrtf(group_sum(sums, c, c + size) / count + (float)EPSILON);
    fill(stats + k->toInverse, c, c + size, 1 / deviation);
  }
}

/* The blocks of a[2] bytes from AT(0) to AT(1), each with its `stats`, which lie one after another from AT(3) on. */
#define FOR_BLOCKS                                                                                              \
  char *stats = AT(3);                                                                                          \
  for (const char *x = AT(0), *last = AT(1), *end; x < last && (end = x + (int64_t)a[2]); x = end, stats += 4 * k->stride)

void statistics(char *m, const struct statistics *k, const double *a) {
  FOR_BLOCKS {
    block_statistics(k, x, end, stats, m + k->sums, (float)a[4]);
  }
}

void normalise(char *m, const struct normalise *k, const double *a) {
  const char *scale = m + k->scale, *shift = m + k->shift;
  char *y = AT(4);
  const int64_t bytes = 4 * k->stride;
  FOR_BLOCKS {
    for (const char *at = x; at < end; at += bytes, y += bytes) {
      for (int64_t c = 0; c < bytes; c += PANEL_ROW) {
        const vector normal = (load(at + c) - load(stats + c)) * load(stats + k->toInverse + c);
        store(y + c, normal * load(scale + c) + load(shift + c));
      }
    }
  }
}

struct block {
  const char *x, *end, *stats;
  int64_t toOutputDelta, toDelta, toInverse, bytes;
};

/* The sums of dy and of dy x the normalised x: the gradients of shift and scale, and what the means are of. */
INLINE void gradients(const struct block *b, char *shift, char *scale, int64_t gradient, char *sums, const int count) {
  vector first[4], second[4], mean[4], inverse[4];
  EACH {
    first[i] = second[i] = splat(0);
    mean[i] = load(b->stats + i * PANEL_ROW);
    inverse[i] = load(b->stats + b->toInverse + i * PANEL_ROW);
  }
  for (const char *x = b->x; x < b->end; x += b->bytes) EACH {
    const vector delta = load(x + b->toOutputDelta + i * PANEL_ROW);
    first[i] = first[i] + delta;
    second[i] = second[i] + delta * ((load(x + i * PANEL_ROW) - mean[i]) * inverse[i]);
  }
  EACH {
    const vector by = load(scale + i * PANEL_ROW);
    char *shiftGradient = shift + gradient + i * PANEL_ROW, *scaleGradient = scale + gradient + i * PANEL_ROW;
    store(shiftGradient, load(shiftGradient) + first[i]);
    store(scaleGradient, load(scaleGradient) + second[i]);
    store(sums + i * PANEL_ROW, first[i] * by);
    store(sums + b->bytes + i * PANEL_ROW, second[i] * by);
  }
}

/* (dy x scale - mean(dy x scale) - normal x mean(dy x scale x normal)) x inverse */
INLINE void deltas(const struct block *b, const char *scale, const char *sums, int64_t relu, const int count) {
  vector by[4], first[4], second[4], mean[4], inverse[4];
  EACH {
    by[i] = load(scale + i * PANEL_ROW);
    first[i] = load(sums + i * PANEL_ROW);
    second[i] = load(sums + b->bytes + i * PANEL_ROW);
    mean[i] = load(b->stats + i * PANEL_ROW);
    inverse[i] = load(b->stats + b->toInverse + i * PANEL_ROW);
  }
  for (const char *at = b->x; at < b->end; at += b->bytes) EACH {
    const vector x = load(at + i * PANEL_ROW);
    const vector normal = (x - mean[i]) * inverse[i];
    vector delta = load(at + b->toOutputDelta + i * PANEL_ROW) * by[i] - first[i] - normal * second[i];
    delta = delta * inverse[i];
    store((char *)at + b->toDelta + i * PANEL_ROW, relu ? only(delta, x > splat(0)) : delta);
  }
}

INLINE void block_backward(char *m, const struct normBackward *k, const struct block whole, float count) {
  const int64_t bytes = whole.bytes, size = k->channels / k->groups;
  char *scale = m + k->scale, *shift = m + k->shift, *sums = m + k->sums;
#define PART(at) (struct block){whole.x + at, whole.end, whole.stats + at, whole.toOutputDelta, whole.toDelta, whole.toInverse, bytes}
#define CALL(n) gradients(&PART(at), shift + at, scale + at, k->gradient, sums + at, n)
  OVER_CHANNELS(k->stride, CALL)
#undef CALL
  if (whole.toDelta == 0) return;
  for (char *of = sums; of <= sums + bytes; of += bytes) {
    for (int64_t c = 0; c < k->channels; c += size) fill(of, c, c + size, group_sum(of, c, c + size) / count);
  }
#define CALL(n) deltas(&PART(at), scale + at, sums + at, k->relu, n)
  OVER_CHANNELS(k->stride, CALL)
#undef CALL
}

void normBackward(char *m, const struct normBackward *k, const double *a) {
  FOR_BLOCKS {
    const struct block block = {x, end, stats, (int64_t)a[4], (int64_t)a[5], k->toInverse, 4 * k->stride};
    block_backward(m, k, block, (float)a[6]);
  }
}
