/*
 * Products of matrices: dense layers, convolutions and what layers over sequences are made of. They give the bits of the
 * kernels of the same names in WebAssembly: lanes are independent sums, each sum has the same order, and every product
 * and every addition is rounded by itself. Compiled with -ffp-contract=off: no fused multiply-add.
 */
#include "kernels.h"
#include "vectors.h"

#include <math.h>
#include <stdlib.h>

/* Sums that are in registers at a time: ROWS x PANELS. */
#ifdef MANY_REGISTERS
#define ROWS 10
#else
#define ROWS 6
#endif
#define PANELS 2

/* ---- one step of an optimizer, as in kernels/update.ts ---- */

INLINE int is_plain(const struct rule *rule) {
  return rule->moments == MOMENTS_NONE && !rule->coupled && !rule->decoupled && !rule->proximal && !rule->linear;
}

static void update(const char *memory, const struct rule *rule, char *at, const vector *of) {
#define SETTING(name) splat(number(memory + rule->name))
  vector gradient = *of;
  const vector weights = load(at);
  if (rule->coupled) gradient = gradient + weights * SETTING(weightDecay);
  if (rule->proximal) gradient = gradient + (weights - load(at + rule->anchor)) * SETTING(mu);
  if (rule->linear) gradient = gradient + load(at + rule->linearTerm);
  if (rule->moments == MOMENTS_ADAM) {
    const vector first = load(at + rule->firstMoment) * SETTING(momentum) + gradient * SETTING(oneMinusBeta1);
    store(at + rule->firstMoment, first);
    const vector second =
        load(at + rule->secondMoment) * SETTING(beta2) + gradient * SETTING(oneMinusBeta2) * gradient;
    store(at + rule->secondMoment, second);
    vector root = second;
    for (int i = 0; i < PANEL; i++) root[i] = sqrtf(root[i]);
    gradient = first / (root * SETTING(secondScale) + SETTING(epsilon));
  } else if (rule->moments != MOMENTS_NONE) {
    const vector moment = load(at + rule->firstMoment) * SETTING(momentum) + gradient;
    store(at + rule->firstMoment, moment);
    gradient = rule->moments == MOMENTS_NESTEROV ? gradient + moment * SETTING(momentum) : moment;
  }
  vector step = gradient * SETTING(rate);
  if (rule->decoupled) step = step + weights * SETTING(weightDecay);
  store(at, weights - step);
#undef SETTING
}

/* ---- products: blocks of rows x panels ---- */

/* Which terms a block's sums have, and what becomes of these. Distances are in bytes. */
struct product_of {
  /* the left factor: from row to row, and from term to term */
  int64_t row, column;
  /* the right factor: from term to term, and from panel to panel */
  int64_t rightRow, rightPanel;
  /* terms come in lines x pieces x terms; after each the factors skip something */
  int64_t terms, pieces, lines;
  int64_t pieceSkip, rightPieceSkip, lineSkip;
  int64_t resultRow, resultPanel;
  enum { FROM_ZERO, FROM_BIAS, FROM_RESULT } start;
  enum { STORE, RELU, POSITIVE, UPDATE } finish;
  /* from the result to the numbers that must be positive */
  int64_t positive;
  const struct rule *rule;
  const char *memory;
};

INLINE void block(const struct product_of *p, const char *left, const char *right, char *result, const int rows,
                  const int panels) {
#define EACH UNROLL for (int r = 0; r < rows; r++) UNROLL for (int c = 0; c < panels; c++)
#define RESULT (result + r * p->resultRow + c * p->resultPanel)
  vector sums[ROWS][PANELS];
  if (p->start == FROM_ZERO) EACH sums[r][c] = splat(0);
  else if (p->start == FROM_RESULT) EACH sums[r][c] = load(RESULT);
  else EACH sums[r][c] = load(right + c * p->rightPanel - PANEL_ROW) + splat(0); /* never -0 */
  const int64_t row = p->row, column = p->column, rightRow = p->rightRow, rightPanel = p->rightPanel;
  for (int64_t line = 0; line < p->lines; line++) {
    for (int64_t piece = 0; piece < p->pieces; piece++) {
      for (int64_t t = p->terms; t > 0; t--) {
        vector numbers[PANELS];
        UNROLL for (int c = 0; c < panels; c++) numbers[c] = load(right + c * rightPanel);
        UNROLL for (int r = 0; r < rows; r++) {
          const vector x = splat(number(left + r * row));
          UNROLL for (int c = 0; c < panels; c++) sums[r][c] = sums[r][c] + x * numbers[c];
        }
        left += column;
        right += rightRow;
      }
      left += p->pieceSkip;
      right += p->rightPieceSkip;
    }
    left += p->lineSkip;
  }
  if (p->finish == STORE) EACH store(RESULT, sums[r][c]);
  else if (p->finish == RELU) EACH store(RESULT, relu(sums[r][c]));
  else if (p->finish == POSITIVE) EACH store(RESULT, only(sums[r][c], (mask)(load(RESULT + p->positive) > splat(0))));
  else if (is_plain(p->rule)) {
    const vector rate = splat(number(p->memory + p->rule->rate));
    EACH store(RESULT, load(RESULT) - sums[r][c] * rate);
  } else {
    vector gradients[ROWS][PANELS];
    EACH gradients[r][c] = sums[r][c];
    for (int r = 0; r < rows; r++) for (int c = 0; c < panels; c++) update(p->memory, p->rule, RESULT, &gradients[r][c]);
  }
#undef RESULT
#undef EACH
}

typedef void block_function(const struct product_of *, const char *, const char *, char *);
#define BLOCK(rows, panels)                                                                                     \
  static void block_##rows##_##panels(const struct product_of *p, const char *left, const char *right,          \
                                      char *result) {                                                           \
    block(p, left, right, result, rows, panels);                                                                \
  }
#define BLOCKS(rows) BLOCK(rows, 1) BLOCK(rows, 2)
BLOCKS(1) BLOCKS(2) BLOCKS(3) BLOCKS(4) BLOCKS(5) BLOCKS(6)
#if ROWS > 6
BLOCKS(7) BLOCKS(8) BLOCKS(9) BLOCKS(10)
#endif
#define BOTH(rows) {block_##rows##_1, block_##rows##_2}
static block_function *const block_functions[ROWS][PANELS] = {BOTH(1), BOTH(2), BOTH(3), BOTH(4), BOTH(5), BOTH(6),
#if ROWS > 6
                                                              BOTH(7), BOTH(8), BOTH(9), BOTH(10)
#endif
};

/* A strip of `panels` panels, all rows. */
INLINE void strip(const struct product_of *p, int64_t rows, int64_t panels, const char *left, const char *right,
                  char *result) {
  for (int64_t done = 0, count; done < rows; done += count) {
    /* A cache keeps eight lines that lie a multiple of 4 KiB apart. */
    count = next_block(rows - done, p->row % 4096 == 0 ? 6 : ROWS);
    block_functions[count - 1][panels - 1](p, left + done * p->row, right, result + done * p->resultRow);
  }
}

INLINE void whole(const struct product_of *p, int64_t rows, int64_t columns, const char *left, const char *right,
                  char *result) {
  const int64_t panels = columns / PANEL;
  for (int64_t done = 0, count; done < panels; done += count) {
    count = next_block(panels - done, PANELS);
    strip(p, rows, count, left, right + done * p->rightPanel, result + done * p->resultPanel);
  }
}

void product(char *m, const struct product *k, const double *a) {
  const struct product_of of = {
      .row = k->leftRow, .column = k->leftColumn, .rightRow = k->rightRow, .rightPanel = k->rightPanel,
      .terms = k->depth, .pieces = k->pieces, .lines = 1, .pieceSkip = k->leftSkip,
      .resultRow = k->resultRow, .resultPanel = k->resultPanel,
      .start = k->fromResult ? FROM_RESULT : k->fromBias ? FROM_BIAS : FROM_ZERO,
      .finish = k->relu ? RELU : k->masked ? POSITIVE : STORE, .positive = k->positive,
  };
  whole(&of, k->rows, k->columns, AT(0), AT(1), AT(2));
}

/* ---- dense layers ---- */

void forward(char *m, const struct forward *k, const double *a) {
  (void)a;
  const struct product_of of = {
      .row = 4 * k->depth, .column = 4, .rightRow = PANEL_ROW, .rightPanel = k->panelBytes,
      .terms = k->depth, .pieces = 1, .lines = 1, .resultRow = 4 * k->width, .resultPanel = PANEL_ROW,
      .start = FROM_BIAS, .finish = k->relu ? RELU : STORE,
  };
  whole(&of, k->rows, k->width, m + k->input, m + k->panels + PANEL_ROW, m + k->output);
}

void gradient(char *m, const struct gradient *k, const double *a) {
  (void)a;
  const int64_t deltaRow = 4 * k->width;
  char *panels = m + k->panels + (k->accumulate ? k->gradient : 0);
  const struct product_of of = {
      .row = 4, .column = 4 * k->depth, .rightRow = deltaRow, .rightPanel = PANEL_ROW,
      .terms = k->rows, .pieces = 1, .lines = 1, .resultRow = PANEL_ROW, .resultPanel = k->panelBytes,
      .start = k->accumulate ? FROM_RESULT : FROM_ZERO, .finish = k->accumulate ? STORE : UPDATE,
      .rule = &k->rule, .memory = m,
  };
  for (int64_t panel = 0; panel < k->width / PANEL; panel++) {
    char *bias = panels + panel * k->panelBytes;
    const char *delta = m + k->outputDelta + panel * PANEL_ROW;
    vector sum = k->accumulate ? load(bias) : splat(0);
    for (int64_t i = 0; i < k->rows; i++) sum = sum + load(delta + i * deltaRow);
    if (k->accumulate) store(bias, sum);
    else update(m, &k->rule, bias, &sum);
  }
  whole(&of, k->depth, k->width, m + k->input, m + k->outputDelta, panels + PANEL_ROW);
}

/* Eight rows of eight, transposed. */
INLINE void square(const char *from, int64_t row, char *to, int64_t toRow) {
  vector rows[PANEL], pairs[PANEL];
  UNROLL for (int i = 0; i < PANEL; i++) rows[i] = load(from + i * row);
  UNROLL for (int i = 0; i < PANEL; i += 2) {
    pairs[i] = __builtin_shuffle(rows[i], rows[i + 1], (mask){0, 8, 2, 10, 4, 12, 6, 14});
    pairs[i + 1] = __builtin_shuffle(rows[i], rows[i + 1], (mask){1, 9, 3, 11, 5, 13, 7, 15});
  }
  UNROLL for (int i = 0; i < PANEL; i += 4) UNROLL for (int j = 0; j < 2; j++) {
    rows[i + j] = __builtin_shuffle(pairs[i + j], pairs[i + j + 2], (mask){0, 1, 8, 9, 4, 5, 12, 13});
    rows[i + j + 2] = __builtin_shuffle(pairs[i + j], pairs[i + j + 2], (mask){2, 3, 10, 11, 6, 7, 14, 15});
  }
  UNROLL for (int i = 0; i < 4; i++) {
    store(to + i * toRow, __builtin_shuffle(rows[i], rows[i + 4], (mask){0, 1, 2, 3, 8, 9, 10, 11}));
    store(to + (i + 4) * toRow, __builtin_shuffle(rows[i], rows[i + 4], (mask){4, 5, 6, 7, 12, 13, 14, 15}));
  }
}

void inputDelta(char *m, const struct inputDelta *k, const double *a) {
  (void)a;
  char *scratch = malloc((size_t)(PANELS * PANEL_ROW * k->width));
  const int64_t panel = PANEL_ROW * k->width;
  const struct product_of of = {
      .row = 4 * k->width, .column = 4, .rightRow = PANEL_ROW, .rightPanel = panel,
      .terms = k->width, .pieces = 1, .lines = 1, .resultRow = 4 * k->depth, .resultPanel = PANEL_ROW,
      .start = FROM_ZERO, .finish = k->relu ? POSITIVE : STORE, .positive = k->input - k->inputDelta,
  };
  const int64_t panels = k->depth / PANEL;
  for (int64_t done = 0, count; done < panels; done += count) {
    count = next_block(panels - done, PANELS);
    for (int64_t c = 0; c < count; c++) {
      const char *weights = m + k->panels + PANEL_ROW + (done + c) * PANEL * PANEL_ROW;
      for (int64_t unit = 0; unit < k->width; unit += PANEL) {
        square(weights + unit / PANEL * k->panelBytes, PANEL_ROW, scratch + c * panel + unit * PANEL_ROW, PANEL_ROW);
      }
    }
    strip(&of, k->rows, count, m + k->outputDelta, scratch, m + k->inputDelta + done * PANEL_ROW);
  }
  free(scratch);
}

/* ---- convolutions, as in kernels/conv-forward.ts ---- */

void convForward(char *m, const struct convForward *k, const double *a) {
  const char *image = AT(0);
  char *output = AT(1);
  const int unpadded = k->channels == k->stride;
  const int64_t padding = k->stride - k->channels;
  const struct product_of of = {
      .row = k->step * 4 * k->stride, .column = 4, .rightRow = PANEL_ROW, .rightPanel = k->panelBytes,
      .terms = unpadded ? k->kernel * k->channels : k->channels, .pieces = unpadded ? 1 : k->kernel, .lines = k->kernel,
      .pieceSkip = unpadded ? 0 : 4 * padding, .rightPieceSkip = unpadded ? 0 : PANEL_ROW * padding,
      .lineSkip = k->line - 4 * k->kernel * k->stride, .resultRow = 4 * k->width, .resultPanel = PANEL_ROW,
      .start = FROM_BIAS, .finish = k->relu ? RELU : k->masked ? POSITIVE : STORE, .positive = k->positive,
  };
  const int64_t panels = k->width / PANEL;
  for (int64_t done = 0, count; done < panels; done += count) {
    count = next_block(panels - done, PANELS);
    const char *weights = m + k->panels + PANEL_ROW + done * k->panelBytes;
    for (int64_t row = 0; row < k->down; row++) {
      strip(&of, k->across, count, image + row * k->step * k->line, weights,
            output + row * k->across * of.resultRow + done * PANEL_ROW);
    }
  }
}
