/* The native kernels and their constants, whose names are those of learning/wasm/kernels. */
#pragma once
#include <stdint.h>

enum { MOMENTS_NONE, MOMENTS_HEAVY, MOMENTS_NESTEROV, MOMENTS_ADAM };

/* An argument that is an address in the engine's memory. */
#define AT(i) (m + (uint32_t)(int64_t)a[i])

#define RULE(F)                                                                                                 \
  F(moments) F(coupled) F(decoupled) F(proximal) F(linear)                                             \
  F(rate) F(momentum) F(weightDecay) F(mu) F(oneMinusBeta1) F(beta2) F(oneMinusBeta2) F(secondScale) F(epsilon) \
  F(firstMoment) F(secondMoment) F(anchor) F(linearTerm)
#define PANELS_OF(F) F(panels) F(panelBytes) F(depth) F(width)

#define PRODUCT(F)                                                                                              \
  F(rows) F(depth) F(columns) F(leftRow) F(leftColumn) F(rightRow) F(rightPanel) F(resultRow) F(resultPanel)    \
  F(fromResult) F(fromBias) F(relu) F(masked) F(positive)
#define FORWARD(F) PANELS_OF(F) F(input) F(output) F(relu) F(rows)
#define GRADIENT(F) PANELS_OF(F) F(input) F(outputDelta) F(rows) F(accumulate) F(gradient)
#define INPUT_DELTA(F) PANELS_OF(F) F(input) F(outputDelta) F(inputDelta) F(rows) F(relu)
#define SPARSE_FORWARD(F) PANELS_OF(F) F(output) F(relu) F(rowLists) F(rowListBytes) F(rowEnds)
#define SPARSE_GRADIENT(F)                                                                                      \
  PANELS_OF(F) F(outputDelta) F(columns) F(columnsEnd) F(columnLists) F(accumulate) F(gradient) F(rate)

#define FIELD(name) int64_t name;
struct rule { RULE(FIELD) };

/* K(kernel, its own constants, whether those of a rule follow) */
#define KERNELS(K)                                                                                              \
  K(product, PRODUCT, 0)                                                                                        \
  K(forward, FORWARD, 0)                                                                                        \
  K(gradient, GRADIENT, 1)                                                                                      \
  K(inputDelta, INPUT_DELTA, 0)                                                                                 \
  K(sparseForward, SPARSE_FORWARD, 0)                                                                           \
  K(sparseGradient, SPARSE_GRADIENT, 0)

#define RULE_IF_0
#define RULE_IF_1 struct rule rule;
#define DECLARE(name, FIELDS, hasRule)                                                                          \
  struct name {                                                                                                 \
    FIELDS(FIELD) RULE_IF_##hasRule                                                                             \
  };                                                                                                            \
  void name(char *m, const struct name *k, const double *a);
KERNELS(DECLARE)
