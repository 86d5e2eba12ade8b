/* What the processor can do at most, for the bench: multiplications and additions, and bytes read, in a second. */
#include "kernels.h"
#include "vectors.h"

/* As many sums as keep all units busy, and leave registers for the factors. */
enum { SUMS = 12 };

/* arithmetic(turns): each sum becomes sum x factor + term, four times as often. */
void arithmetic(char *m, const struct arithmetic *k, const double *a) {
  const vector factor = load(m + k->factor), term = load(m + k->term);
  vector sums[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) sums[i] = splat(i);
  for (int64_t turns = 4 * (int64_t)a[0]; turns > 0; turns--) {
    UNROLL for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + term;
  }
  UNROLL for (int i = 1; i < SUMS; i++) sums[0] = sums[0] + sums[i];
  store(m + k->result, sums[0]);
}

/* reading(from, to): the sums of all vectors. */
void reading(char *m, const struct reading *k, const double *a) {
  vector sums[8];
  UNROLL for (int i = 0; i < 8; i++) sums[i] = splat(0);
  for (const char *at = AT(0), *end = AT(1); at != end; at += 8 * PANEL_ROW) {
    UNROLL for (int i = 0; i < 8; i++) sums[i] = sums[i] + load(at + i * PANEL_ROW);
  }
  UNROLL for (int i = 1; i < 8; i++) sums[0] = sums[0] + sums[i];
  store(m + k->result, sums[0]);
}
