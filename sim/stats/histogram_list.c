#include "sim/stats/histogram_inner.h"
#include <stdlib.h>
#include <string.h>

int64_t histogram_min(const struct histogram *h) {
  if (!h->count) return 0;
  int64_t least = INT64_MAX - h->min_complement;
  for (uint32_t i = 0; i < h->list_count; i++)
    if (h->list[i] < least) least = h->list[i];
  return least;
}

int64_t histogram_max(const struct histogram *h) {
  int64_t greatest = h->max;
  for (uint32_t i = 0; i < h->list_count; i++)
    if (h->list[i] > greatest) greatest = h->list[i];
  return greatest;
}

static void swap(int64_t *a, int64_t *b) {
  int64_t kept = *a;
  *a = *b, *b = kept;
}

/* Hoare's FIND (1961), about the middle value. */
int64_t list_at_rank(const struct histogram *h, uint64_t rank) {
  int64_t x[HISTOGRAM_LIST];
  memcpy(x, h->list, h->list_count * sizeof *x);
  int64_t k = (int64_t)rank - 1, first = 0, last = (int64_t)h->list_count - 1;
  while (first < last) {
    int64_t pivot = x[first + (last - first) / 2], i = first, j = last;
    while (i <= j) {
      while (x[i] < pivot) i++;
      while (x[j] > pivot) j--;
      if (i <= j) swap(&x[i++], &x[j--]);
    }
    if (k <= j)
      last = j;
    else if (k >= i)
      first = i;
    else
      break;
  }
  return x[k];
}

uint64_t list_at_most(const struct histogram *h, int64_t ns) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < h->list_count; i++) count += h->list[i] <= ns;
  return count;
}

double list_squares(const struct histogram *h, double mean) {
  double sum = 0;
  for (uint32_t i = 0; i < h->list_count; i++) {
    double off = (double)h->list[i] - mean;
    sum += off * off;
  }
  return sum;
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

void list_subtract(struct histogram *from, const struct histogram *earlier) {
  int64_t taken[HISTOGRAM_LIST];
  uint32_t kept = 0, next = 0, count = earlier->list_count;
  memcpy(taken, earlier->list, count * sizeof *taken);
  qsort(taken, count, sizeof *taken, by_value);
  qsort(from->list, from->list_count, sizeof *from->list, by_value);
  for (uint32_t i = 0; i < from->list_count; i++) {
    if (next < count && from->list[i] == taken[next])
      next++;
    else
      from->list[kept++] = from->list[i];
  }
  from->list_count = kept;
}
