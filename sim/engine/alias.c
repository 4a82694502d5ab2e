#include "sim/engine/alias.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>

/* Columns by whether they still have less than their width, or more: one array, filled from both ends. */
struct worklist {
  uint32_t *columns, small, large;
};

static void sort_in(struct worklist *list, const double *height, uint32_t i) {
  list->columns[height[i] < 1 ? list->small++ : --list->large] = i;
}

struct alias_table *alias_new(struct arena *arena, const double *weights, uint32_t n) {
  struct alias_table *t = arena_new_array(arena, struct alias_table, 1);
  *t = (struct alias_table){n, arena_new_array(arena, struct alias_column, n)};
  double sum = 0, *height = allocate(n * sizeof *height);
  struct worklist list = {allocate(n * sizeof *list.columns), 0, n};
  assert(n > 0);
  for (uint32_t i = 0; i < n; i++) sum += weights[i];
  for (uint32_t i = 0; i < n; i++) {
    height[i] = weights[i] / sum * n;
    t->columns[i] = (struct alias_column){UINT32_MAX, i}; /* full, until something is taken away */
    sort_in(&list, height, i);
  }
  while (list.small && list.large < n) { /* a low column is filled up from a high one */
    uint32_t low = list.columns[--list.small], high = list.columns[list.large++];
    assert(low != high && height[low] < 1);
    t->columns[low] = (struct alias_column){(uint32_t)(height[low] * 0x1p32), high};
    height[high] -= 1 - height[low];
    sort_in(&list, height, high);
  }
  assert(list.small <= n && list.large <= n);
  free(height);
  free(list.columns);
  return t;
}
