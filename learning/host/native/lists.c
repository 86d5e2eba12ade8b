/* Products with lists of numbers that are not zero: a dense layer's inputs, a convolution's derivatives. */
#include "kernels.h"
#include "vectors.h"

/* ---- a dense layer on lists of inputs that are not zero, as in kernels/sparse.ts ---- */

/* sums[i] += the entry's number x the vectors at base + its offset, `apart` bytes apart. */
INLINE void add_entry(vector *sums, const int count, const char *entry, const char *base, int64_t apart) {
  const char *from = base + integer(entry);
  const vector x = splat(number(entry + 4));
  UNROLL for (int i = 0; i < count; i++) sums[i] = sums[i] + x * load(from + i * apart);
}

/* Panels whose sums are in registers at a time. */
#ifdef MANY_REGISTERS
#define LIST_PANELS 13
#else
#define LIST_PANELS 8
#endif

/*
 * Inputs whose weights are read for one example after another, before those of the next inputs: some examples share
 * them, and so find them in the first cache. Sums lie in the output in between.
 */
#define INPUTS 48

INLINE void sparse_forward(char *m, const struct sparseForward *k, int64_t rows, int64_t first, const int count) {
  const char *panels = m + k->panels + first * k->panelBytes;
  char *outputs = m + k->output + first * PANEL_ROW;
  const char *entries[rows];
  for (int64_t row = 0; row < rows; row++) {
    entries[row] = m + k->rowLists + row * k->rowListBytes;
    char *output = outputs + 4 * k->width * row;
    for (int i = 0; i < count; i++) store(output + i * PANEL_ROW, load(panels + i * k->panelBytes) + splat(0));
  }
  for (int64_t inputs = 0; inputs < k->depth; inputs += INPUTS) {
    const int64_t next = (inputs + INPUTS + 1) * PANEL_ROW;
    const int isLast = inputs + INPUTS >= k->depth;
    for (int64_t row = 0; row < rows; row++) {
      char *output = outputs + 4 * k->width * row;
      const char *end = m + integer(m + k->rowEnds + 4 * row), *entry = entries[row];
      vector sums[LIST_PANELS];
      UNROLL for (int i = 0; i < count; i++) sums[i] = load(output + i * PANEL_ROW);
      for (; entry != end && integer(entry) < next; entry += ENTRY) {
        add_entry(sums, count, entry, panels, k->panelBytes);
      }
      entries[row] = entry;
      if (isLast && k->relu) UNROLL for (int i = 0; i < count; i++) store(output + i * PANEL_ROW, relu(sums[i]));
      else UNROLL for (int i = 0; i < count; i++) store(output + i * PANEL_ROW, sums[i]);
    }
  }
}

INLINE void sparse_gradient(char *m, const struct sparseGradient *k, int64_t first, const char *list, const char *end,
                            char *weights, const int count) {
  vector sums[LIST_PANELS];
  weights += first * k->panelBytes + (k->accumulate ? k->gradient : 0);
  UNROLL for (int i = 0; i < count; i++) sums[i] = k->accumulate ? load(weights + i * k->panelBytes) : splat(0);
  const char *deltas = m + k->outputDelta + first * PANEL_ROW;
  for (; list != end; list += ENTRY) add_entry(sums, count, list, deltas, PANEL_ROW);
  if (k->accumulate) {
    UNROLL for (int i = 0; i < count; i++) store(weights + i * k->panelBytes, sums[i]);
  } else {
    const vector rate = splat(number(m + k->rate));
    UNROLL for (int i = 0; i < count; i++) {
      store(weights + i * k->panelBytes, load(weights + i * k->panelBytes) - sums[i] * rate);
    }
  }
}

#if LIST_PANELS > 8
#define LARGER(CALL) \
    case 9: CALL(9); break; \
    case 10: CALL(10); break; \
    case 11: CALL(11); break; \
    case 12: CALL(12); break; \
    case 13: CALL(13); break;
#else
#define LARGER(CALL)
#endif
#define FOR_LIST_PANELS(count, CALL)                                                                            \
  switch (count) {                                                                                              \
    case 1: CALL(1); break;                                                                                     \
    case 2: CALL(2); break;                                                                                     \
    case 3: CALL(3); break;                                                                                     \
    case 4: CALL(4); break;                                                                                     \
    case 5: CALL(5); break;                                                                                     \
    case 6: CALL(6); break;                                                                                     \
    case 7: CALL(7); break;                                                                                     \
    LARGER(CALL)                                                                                                \
    default: CALL(8);                                                                                           \
  }

void sparseForward(char *m, const struct sparseForward *k, const double *a) {
  const int64_t panels = k->width / PANEL, rows = (int64_t)a[0];
  for (int64_t done = 0, count; done < panels; done += count) {
    count = next_block(panels - done, LIST_PANELS);
#define CALL(n) sparse_forward(m, k, rows, done, n)
    FOR_LIST_PANELS(count, CALL)
#undef CALL
  }
}

void sparseGradient(char *m, const struct sparseGradient *k, const double *a) {
  (void)a;
  const int64_t panels = k->width / PANEL;
  const char *end = m + integer(m + k->columnsEnd), *list = m + k->columnLists;
  for (const char *column = m + k->columns; column != end; column += ENTRY) {
    const char *listEnd = m + integer(column + 4);
    char *weights = m + k->panels + integer(column);
    for (int64_t done = 0, count; done < panels; done += count) {
      count = next_block(panels - done, LIST_PANELS);
#define CALL(n) sparse_gradient(m, k, done, list, listEnd, weights, n)
      FOR_LIST_PANELS(count, CALL)
#undef CALL
    }
    list = listEnd;
  }
}

/* ---- a convolution's derivatives, as in kernels/conv-backward.ts ---- */

/* Sums that are in registers at a time: vectors of some lines of a window. */
#ifdef MANY_REGISTERS
#define SUMS 16
#else
#define SUMS 12
#endif
#define LINES 5

/* target += each entry's number x what lies at base + its offset, for some vectors of some lines. */
INLINE void add_listed(const char *list, const char *end, const char *base, int64_t baseLine, char *target,
                       int64_t targetLine, const int vectors, const int lines) {
  vector sums[LINES][SUMS];
#define EACH UNROLL for (int l = 0; l < lines; l++) UNROLL for (int v = 0; v < vectors; v++)
  EACH sums[l][v] = load(target + l * targetLine + v * PANEL_ROW);
  for (; list != end; list += ENTRY) {
    const char *from = base + integer(list);
    const vector x = splat(number(list + 4));
    EACH sums[l][v] = sums[l][v] + x * load(from + l * baseLine + v * PANEL_ROW);
  }
  EACH store(target + l * targetLine + v * PANEL_ROW, sums[l][v]);
#undef EACH
}

typedef void listed_function(const char *, const char *, const char *, int64_t, char *, int64_t);
#define LISTED(vectors, lines)                                                                                  \
  static void listed_##vectors##_##lines(const char *list, const char *end, const char *base, int64_t baseLine, \
                                         char *target, int64_t targetLine) {                                    \
    add_listed(list, end, base, baseLine, target, targetLine, vectors, lines);                                  \
  }
/* As many vectors as fit in so many lines. */
#define IN_ONE(F, l) F(1, l) F(2, l) F(3, l) F(4, l) F(5, l) F(6, l) F(7, l) F(8, l) F(9, l) F(10, l) F(11, l) F(12, l)
#define IN_THREE(F, l) F(1, l) F(2, l) F(3, l) F(4, l)
#define IN_FIVE(F, l) F(1, l) F(2, l)
IN_ONE(LISTED, 1) IN_THREE(LISTED, 3) IN_FIVE(LISTED, 5)
#define NAMED(vectors, lines) listed_##vectors##_##lines,
static listed_function *const in_one[] = {IN_ONE(NAMED, 1)};
static listed_function *const in_three[] = {IN_THREE(NAMED, 3)};
static listed_function *const in_five[] = {IN_FIVE(NAMED, 5)};

enum { IN_LINE = 12 };

/* A part of a window: so many lines, and vectors of each. */
struct part {
  int64_t line, vector, lines, vectors;
  listed_function *add;
};

/* The part before this one; the first is the window's last. Whether there is one. Lines are of whole vectors. */
static int before(struct part *part, int64_t kernel, int64_t vectors) {
  if (part->vector == 0) {
    part->lines = kernel == 5 && vectors <= 2 ? 5 : kernel == 3 && vectors <= 4 ? 3 : 1;
    part->line -= part->lines;
    part->vector = vectors;
    if (part->line < 0) return 0;
  }
  part->vectors = next_block(part->vector, IN_LINE);
  part->vector -= part->vectors;
  part->add = (part->lines == 5 ? in_five : part->lines == 3 ? in_three : in_one)[part->vectors - 1];
  return 1;
}

void convGradient(char *m, const struct convGradient *k, const double *a) {
  const int64_t vectors = k->filterLine / PANEL_ROW;
  const char *image = AT(0), *list = m + k->byFilter;
  char *target = m + k->gradients;
  for (int64_t filter = 0; filter < k->units; filter++) {
    const char *end = m + integer(m + k->filterEnds + 4 * filter);
    if (list != end) {
      struct part part = {.line = k->kernel};
      while (before(&part, k->kernel, vectors)) {
        part.add(list, end, image + part.line * k->line + part.vector * PANEL_ROW, k->line,
                 target + part.line * k->filterLine + part.vector * PANEL_ROW, k->filterLine);
      }
    }
    list += k->filterListBytes;
    target += k->kernel * k->filterLine;
  }
}

/*
 * Part after part of the windows, where WebAssembly takes window after window. A number of the image belongs to later
 * lines and vectors of earlier windows: parts from the end on leave it its order of windows.
 */
void convInputDelta(char *m, const struct convInputDelta *k, const double *a) {
  (void)a;
  struct part part = {.line = k->kernel};
  while (before(&part, k->kernel, k->filterLine / PANEL_ROW)) {
    const char *list = m + k->byWindow;
    const char *filters = m + k->filters + part.line * k->filterLine + part.vector * PANEL_ROW;
    const char *ends = m + k->windowEnds;
    for (int64_t row = 0; row < k->down; row++) {
      char *target = m + k->borderedDelta + (row * k->step + part.line) * k->line + part.vector * PANEL_ROW;
      for (int64_t window = 0; window < k->across; window++, ends += 4, target += 4 * k->step * k->stride) {
        const char *end = m + integer(ends);
        if (list != end) part.add(list, end, filters, k->filterLine, target, k->line);
        list = end;
      }
    }
  }
}
