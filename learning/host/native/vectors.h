/* Vectors of eight numbers: a panel's row is one. The compiler makes of them what the processor has. */
#pragma once
#include <stdint.h>

typedef float vector __attribute__((vector_size(32)));
typedef float unaligned __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t mask __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 32")

/* Whether thirty-two registers can hold them, or only sixteen. */
#if defined(__AVX512VL__) || defined(__aarch64__)
#define MANY_REGISTERS 1
#endif

enum { PANEL = 8, PANEL_ROW = 32, ENTRY = 8 };

INLINE vector load(const char *at) { return *(const unaligned *)at; }
INLINE void store(char *at, vector value) { *(unaligned *)at = value; }
INLINE float number(const char *at) { return *(const float *)at; }
INLINE int32_t integer(const char *at) { return *(const int32_t *)at; }
INLINE vector splat(float x) { return (vector){x, x, x, x, x, x, x, x}; }
/* where the mask is set, +0 elsewhere */
INLINE vector only(vector value, mask where) { return (vector)((mask)value & where); }
INLINE vector relu(vector value) { return only(value, ~(mask)(value < splat(0))); }

/* Items in blocks of at most `most`, as even as can be: how many are in the next block. */
INLINE int64_t next_block(int64_t left, int64_t most) {
  const int64_t blocks = (left + most - 1) / most;
  return (left + blocks - 1) / blocks;
}
