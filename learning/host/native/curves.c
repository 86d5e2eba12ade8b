/*
 * Activations, the gates of an LSTM and causal softmax: exp and its kin as in numerics/wasm-math.ts, operation by
 * operation.
 */
#include "kernels.h"
#include "vectors.h"

#include <math.h>

/* A constant of WebAssembly's kernels: a double that is rounded once. */
#define C(value) splat((float)(value))

INLINE vector either(vector yes, vector no, mask where) {
  return (vector)(((mask)yes & where) | ((mask)no & ~where));
}
INLINE vector absolute(vector x) { return (vector)((mask)x & 0x7fffffff); }
INLINE vector negative(vector x) { return (vector)((mask)x ^ (mask)splat(-0.0f)); }

/* exp(x) for x <= 0. */
INLINE vector exponential(vector x) {
  const mask zero = x < C(-87);
  vector power = x * C(1.4426950408889634) + C(0.5);
  /* floor, where it matters: what is further from 0 than integers reach becomes 0 or NaN */
  const vector whole = __builtin_convertvector(__builtin_convertvector(power, mask), vector);
  power = whole - only(C(1), whole > power);
  x = x - power * C(0.693359375);
  x = x - power * C(-2.1219444e-4);
  const vector square = x * x;
  vector sum = C(1.98756915e-4);
  sum = sum * x + C(1.3981999507e-3);
  sum = sum * x + C(8.3334519073e-3);
  sum = sum * x + C(4.1665795894e-2);
  sum = sum * x + C(1.6666665459e-1);
  sum = sum * x + C(5.0000001201e-1);
  sum = sum * square + x + C(1);
  const mask scale = (__builtin_convertvector(power, mask) + 127) << 23;
  return only(sum * (vector)scale, ~zero);
}

INLINE vector sigmoid(vector x) {
  const vector e = exponential(negative(absolute(x)));
  return either(e, C(1), x < C(0)) / (C(1) + e);
}

INLINE vector tangent(vector x) {
  const vector square = x * x;
  vector near = C(-5.70498872745e-3);
  near = near * square + C(2.06390887954e-2);
  near = near * square + C(-5.37397155531e-2);
  near = near * square + C(1.33314422036e-1);
  near = near * square + C(-3.33332819422e-1);
  near = near * square * x + x;
  const vector e = exponential(absolute(x) * C(-2));
  const vector far = (C(1) - e) / (C(1) + e);
  return either(near, (vector)((mask)far | ((mask)x & (mask)splat(-0.0f))), absolute(x) < C(0.625));
}

/* ---- as in kernels/curves.ts ---- */

#define ROOT 0.7978845608028654 /* of 2 / pi */
INLINE vector gelu_tangent(vector x) { return tangent(C(ROOT) * (x + C(0.044715) * x * x * x)); }

void curve(char *m, const struct curve *k, const double *a) {
#define EACH(value)                                                      \
  for (char *at = AT(0), *end = AT(1); at != end; at += PANEL_ROW) {     \
    const vector x = load(at);                                           \
    store(at + k->toOutput, value);                                      \
  }                                                                      \
  break
  switch (k->curve) {
    case CURVE_RELU: EACH(relu(x));
    case CURVE_TANH: EACH(tangent(x));
    case CURVE_SIGMOID: EACH(sigmoid(x));
    default: EACH(C(0.5) * x * (C(1) + gelu_tangent(x)));
  }
#undef EACH
}

INLINE vector gelu_derivative(vector x) {
  const vector t = gelu_tangent(x);
  return C(0.5) * (C(1) + t) + C(0.5) * x * (C(1) - t * t) * (C(ROOT) * (C(3 * 0.044715) * x * x + C(1)));
}

void curveBackward(char *m, const struct curveBackward *k, const double *a) {
#define EACH(value)                                                      \
  for (char *at = AT(0), *end = AT(1); at != end; at += PANEL_ROW) {     \
    const vector x = load(at), y = load(at + k->output);                 \
    const vector delta = load(at + k->outputDelta);                      \
    (void)y;                                                             \
    const vector below = value;                                          \
    store(at + k->delta, k->relu ? only(below, x > C(0)) : below);       \
  }                                                                      \
  break
  switch (k->curve) {
    case CURVE_RELU: EACH(delta);
    case CURVE_TANH: EACH(delta * (C(1) - y * y));
    case CURVE_SIGMOID: EACH(delta * (y * (C(1) - y)));
    default: EACH(delta * gelu_derivative(x));
  }
#undef EACH
}

/* ---- as in kernels/lstm.ts ---- */

void gates(char *m, const struct gates *k, const double *a) {
  const int64_t step = (int64_t)a[0], rows = (int64_t)a[1], vectorBytes = k->vector;
  for (int64_t row = 0; row < rows; row++) {
    char *z = m + k->gates + step * k->gatesStep + row * k->gatesExample;
    char *c = m + k->cells + step * vectorBytes + row * k->stateExample;
    char *h = m + k->outputs + step * vectorBytes + row * k->stateExample;
    char *t = m + k->curved + step * vectorBytes + row * k->curvedExample;
    for (int64_t u = 0; u < vectorBytes; u += PANEL_ROW) {
      const vector i = sigmoid(load(z + u)), f = sigmoid(load(z + vectorBytes + u));
      const vector g = tangent(load(z + 2 * vectorBytes + u)), o = sigmoid(load(z + 3 * vectorBytes + u));
      const vector cell = f * load(c + u) + i * g;
      const vector curved = tangent(cell);
      store(z + u, i);
      store(z + vectorBytes + u, f);
      store(z + 2 * vectorBytes + u, g);
      store(z + 3 * vectorBytes + u, o);
      store(c + vectorBytes + u, cell);
      store(t + u, curved);
      store(h + vectorBytes + u, o * curved);
    }
  }
}

void gatesBackward(char *m, const struct gatesBackward *k, const double *a) {
  const int64_t step = (int64_t)a[0], rows = (int64_t)a[1], vectorBytes = k->vector;
  const int hasOwn = a[2] != 0;
  for (int64_t row = 0; row < rows; row++) {
    char *z = m + k->gates + step * k->gatesStep + row * k->gatesExample;
    const char *c = m + k->cells + step * vectorBytes + row * k->stateExample;
    const char *t = m + k->curved + step * vectorBytes + row * k->curvedExample;
    char *outputCarry = m + k->outputCarry + row * vectorBytes;
    char *cellCarry = m + k->cellCarry + row * vectorBytes;
    const char *own = AT(2) + row * (int64_t)a[3];
    for (int64_t u = 0; u < vectorBytes; u += PANEL_ROW) {
      const vector i = load(z + u), f = load(z + vectorBytes + u);
      const vector g = load(z + 2 * vectorBytes + u), o = load(z + 3 * vectorBytes + u);
      vector dh = load(outputCarry + u);
      if (hasOwn) dh = dh + load(own + u);
      const vector x = load(t + u);
      const vector dc = load(cellCarry + u) + dh * o * (C(1) - x * x);
      store(z + u, dc * g * (C(1) - i) * i);
      store(z + vectorBytes + u, dc * load(c + u) * (C(1) - f) * f);
      store(z + 2 * vectorBytes + u, dc * i * (C(1) - g * g));
      store(z + 3 * vectorBytes + u, dh * x * (C(1) - o) * o);
      store(cellCarry + u, dc * f);
    }
  }
}

/* ---- as in kernels/attention.ts ---- */

/* Which of the eight columns from this one on are at or before the row's position. */
INLINE mask up_to(int64_t column, int64_t row) {
  const int32_t ahead = (int32_t)(row - column);
  return (mask){0, 1, 2, 3, 4, 5, 6, 7} <= ahead;
}

void softmax(char *m, const struct softmax *k, const double *a) {
  char *scores = AT(0);
  const vector scale = splat((float)(1 / sqrt((double)k->width)));
  for (int64_t row = 0; row < k->positions; row++) {
    vector most = splat(-INFINITY);
    mask odd = {0};
    for (int64_t c = 0; c <= row; c += PANEL) {
      const mask where = up_to(c, row);
      const vector x = either(load(scores + 4 * c), splat(-INFINITY), where);
      odd |= x != x;
      most = either(x, most, x > most);
    }
    float largest = -INFINITY;
    int32_t isOdd = 0;
    for (int i = 0; i < PANEL; i++) {
      if (most[i] > largest) largest = most[i];
      isOdd |= odd[i];
    }
    if (isOdd) largest = NAN;
    for (int64_t c = 0; c < k->positions; c += PANEL) {
      char *at = scores + 4 * c;
      store(at, only(exponential((load(at) - splat(largest)) * scale), up_to(c, row)));
    }
    float sum = 0;
    for (int64_t c = 0; c <= row; c++) sum += number(scores + 4 * c);
    for (int64_t c = 0; c < k->positions; c += PANEL) store(scores + 4 * c, load(scores + 4 * c) / splat(sum));
    scores += (k->positions + PANEL - 1) / PANEL * PANEL_ROW;
  }
}

void softmaxBackward(char *m, const struct softmaxBackward *k, const double *a) {
  const char *shares = AT(0);
  char *deltas = AT(1);
  const vector scale = splat((float)(1 / sqrt((double)k->width)));
  for (int64_t row = 0; row < k->positions; row++) {
    float sum = 0;
    for (int64_t c = 0; c <= row; c++) sum += number(shares + 4 * c) * number(deltas + 4 * c);
    for (int64_t c = 0; c < k->positions; c += PANEL) {
      const vector share = load(shares + 4 * c);
      store(deltas + 4 * c, only((load(deltas + 4 * c) - splat(sum)) * share * scale, up_to(c, row)));
    }
    const int64_t rowBytes = (k->positions + PANEL - 1) / PANEL * PANEL_ROW;
    shares += rowBytes;
    deltas += rowBytes;
  }
}
