#include "sim/stats/ascending.h"
#include "sim/engine/allocate.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* FEW: below it a comparing sort is as fast. A number has DIGITS digits of DIGIT_BITS bits. */
enum { FEW = 2000, DIGIT_BITS = 11, DIGITS = 6, VALUES = 1 << DIGIT_BITS };

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static uint64_t to_ordered(uint64_t bits) { return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63; }
static uint64_t from_ordered(uint64_t key) { return key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key; }

static uint32_t digit_of(uint64_t key, uint32_t digit) { return (uint32_t)(key >> digit * DIGIT_BITS) & (VALUES - 1); }

/* Where numbers with each value of the digit begin; false: all have the same. */
static bool places_of(const uint64_t *keys, uint64_t count, uint32_t digit, uint64_t *places) {
  memset(places, 0, VALUES * sizeof *places);
  for (uint64_t i = 0; i < count; i++) places[digit_of(keys[i], digit)]++;
  if (places[digit_of(keys[0], digit)] == count) return false;
  uint64_t before = 0;
  for (uint32_t v = 0; v < VALUES; v++) {
    uint64_t here = places[v];
    places[v] = before, before += here;
  }
  return true;
}

static void radix_sort(double *x, uint64_t count) {
  uint64_t *keys = allocate(2 * count * sizeof *keys), *from = keys, *to = keys + count, places[VALUES];
  memcpy(from, x, count * sizeof *keys);
  for (uint64_t i = 0; i < count; i++) from[i] = to_ordered(from[i]);
  for (uint32_t digit = 0; digit < DIGITS; digit++) {
    if (!places_of(from, count, digit, places)) continue;
    for (uint64_t i = 0; i < count; i++) to[places[digit_of(from[i], digit)]++] = from[i];
    uint64_t *sorted = to;
    to = from, from = sorted;
  }
  for (uint64_t i = 0; i < count; i++) from[i] = from_ordered(from[i]);
  memcpy(x, from, count * sizeof *x);
  free(keys);
}

void ascending_sort(double *x, uint64_t count) {
  if (count < FEW)
    qsort(x, count, sizeof *x, by_value);
  else
    radix_sort(x, count);
}
