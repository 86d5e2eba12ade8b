/* The native kernels and their constants, whose names are those of learning/wasm/kernels. */
#pragma once
#include <stdint.h>

/* In the order of form.ts. */
enum { CURVE_RELU, CURVE_TANH, CURVE_SIGMOID, CURVE_GELU };
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
  F(fromResult) F(fromBias) F(relu) F(masked) F(positive) F(pieces) F(leftSkip)
#define FORWARD(F) PANELS_OF(F) F(input) F(output) F(relu) F(rows)
#define GRADIENT(F) PANELS_OF(F) F(input) F(outputDelta) F(rows) F(accumulate) F(gradient)
#define INPUT_DELTA(F) PANELS_OF(F) F(input) F(outputDelta) F(inputDelta) F(rows) F(relu)
#define SPARSE_FORWARD(F) PANELS_OF(F) F(output) F(relu) F(rowLists) F(rowListBytes) F(rowEnds)
#define SPARSE_GRADIENT(F)                                                                                      \
  PANELS_OF(F) F(outputDelta) F(columns) F(columnsEnd) F(columnLists) F(accumulate) F(gradient) F(rate)

#define CONV(F) F(kernel) F(stride) F(step) F(line)
#define CONV_FORWARD(F) PANELS_OF(F) CONV(F) F(channels) F(down) F(across) F(relu) F(masked) F(positive)
#define CONV_GRADIENT(F) CONV(F) F(units) F(filterLine) F(byFilter) F(filterListBytes) F(filterEnds) F(gradients)
#define CONV_INPUT_DELTA(F) CONV(F) F(filterLine) F(down) F(across) F(byWindow) F(windowEnds) F(filters) F(borderedDelta)
#define GATES(F)                                                                                                \
  F(vector) F(gates) F(gatesStep) F(gatesExample) F(cells) F(outputs) F(stateExample) F(curved) F(curvedExample)             \
  F(outputCarry) F(cellCarry)
#define CURVE(F) F(curve) F(toOutput)
#define CURVE_BACKWARD(F) F(curve) F(output) F(delta) F(outputDelta) F(relu)
#define SOFTMAX(F) F(positions) F(width)

#define NORM(F) F(channels) F(stride) F(groups) F(scale) F(shift) F(sums) F(toInverse) F(relu)
#define NORM_BACKWARD(F) NORM(F) F(gradient)
#define ARITHMETIC(F) F(factor) F(term) F(result)
#define READING(F) F(result)

#define FIELD(name) int64_t name;
struct rule { RULE(FIELD) };

/* K(kernel, its own constants, whether those of a rule follow) */
#define KERNELS(K)                                                                                              \
  K(product, PRODUCT, 0)                                                                                        \
  K(forward, FORWARD, 0)                                                                                        \
  K(gradient, GRADIENT, 1)                                                                                      \
  K(inputDelta, INPUT_DELTA, 0)                                                                                 \
  K(sparseForward, SPARSE_FORWARD, 0)                                                                           \
  K(sparseGradient, SPARSE_GRADIENT, 0)                                                                         \
  K(convForward, CONV_FORWARD, 0)                                                                               \
  K(convGradient, CONV_GRADIENT, 0)                                                                             \
  K(convInputDelta, CONV_INPUT_DELTA, 0)                                                                        \
  K(gates, GATES, 0)                                                                                            \
  K(gatesBackward, GATES, 0)                                                                                    \
  K(curve, CURVE, 0)                                                                                            \
  K(curveBackward, CURVE_BACKWARD, 0)                                                                           \
  K(softmax, SOFTMAX, 0)                                                                                        \
  K(softmaxBackward, SOFTMAX, 0)                                                                                \
  K(statistics, NORM, 0)                                                                                        \
  K(normalise, NORM, 0)                                                                                         \
  K(normBackward, NORM_BACKWARD, 0)                                                                             \
  K(arithmetic, ARITHMETIC, 0)                                                                                  \
  K(reading, READING, 0)

#define RULE_IF_0
#define RULE_IF_1 struct rule rule;
#define DECLARE(name, FIELDS, hasRule)                                                                          \
  struct name {                                                                                                 \
    FIELDS(FIELD) RULE_IF_##hasRule                                                                             \
  };                                                                                                            \
  void name(char *m, const struct name *k, const double *a);
KERNELS(DECLARE)
