/* Discrete: value i with probability weight i over the sum of weights. Sampled by the alias method (Walker 1977, Vose
 * 1991) with one uniform: column i keeps value i with its own share and gives its alias otherwise.
 *
 * Table: for each column the share kept, the value, the alias's value. */
#include "sim/engine/distribution_kinds.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>

enum { VALUES, WEIGHTS };

static const char *check(const struct parameter_values *given, double *total) {
  if (!given->given[VALUES] || !given->count[VALUES]) return "needs \"values\", and \"weights\" unless all are equally likely";
  if (given->given[WEIGHTS] && given->count[WEIGHTS] != given->count[VALUES])
    return "\"values\" and \"weights\" must have the same length";
  *total = 0;
  for (uint32_t i = 0; i < given->count[VALUES]; i++) {
    double weight = given->given[WEIGHTS] ? given->list[WEIGHTS][i] : 1;
    if (!(given->list[VALUES][i] >= 0)) return "\"values\" must not be negative";
    if (!(weight >= 0)) return "\"weights\" must not be negative";
    *total += weight;
  }
  return *total > 0 && *total < INFINITY ? NULL : "\"weights\" must not all be zero";
}

/* Vose's construction: a column with less than an even share is filled up by one with more. */
static void build_aliases(double *table, const double *values, uint32_t count, struct arena *arena) {
  uint32_t *small = arena_new_array(arena, uint32_t, count), *large = arena_new_array(arena, uint32_t, count);
  uint32_t smalls = 0, larges = 0;
  for (uint32_t i = 0; i < count; i++)
    if (table[3 * i] < 1)
      small[smalls++] = i;
    else
      large[larges++] = i;
  while (smalls && larges) {
    uint32_t less = small[--smalls], more = large[larges - 1];
    table[3 * less + 2] = values[more];
    table[3 * more] -= 1 - table[3 * less];
    if (table[3 * more] < 1) {
      larges--;
      small[smalls++] = more;
    }
  }
  while (smalls) table[3 * small[--smalls]] = 1; /* what rounding left */
  while (larges) table[3 * large[--larges]] = 1;
}

static const char *solve(struct distribution *d, const struct parameter_values *given, struct arena *arena) {
  double total;
  const char *wrong = check(given, &total);
  if (wrong) return wrong;
  uint32_t count = given->count[VALUES];
  const double *values = given->list[VALUES];
  double *table = arena_new_array(arena, double, 3 * (size_t)count);
  double mean = 0, variance = 0;
  for (uint32_t i = 0; i < count; i++) {
    double share = (given->given[WEIGHTS] ? given->list[WEIGHTS][i] : 1) / total;
    table[3 * i] = share * count;
    table[3 * i + 1] = table[3 * i + 2] = values[i];
    mean += share * values[i];
  }
  for (uint32_t i = 0; i < count; i++) variance += table[3 * i] / count * (values[i] - mean) * (values[i] - mean);
  build_aliases(table, values, count, arena);
  assert(count > 0 && mean >= 0);
  d->table = table;
  d->table_count = count;
  d->mean = mean;
  d->scv = mean > 0 ? variance / (mean * mean) : 0;
  return NULL;
}

static double sample(const struct distribution *d, struct stream *stream) {
  assert(d->table_count);
  double u = stream_uniform(stream) * d->table_count;
  uint32_t column = (uint32_t)u;
  column = column < d->table_count ? column : d->table_count - 1;
  const double *row = d->table + 3 * column;
  return u - column < row[0] ? row[1] : row[2];
}

const struct distribution_kind distribution_kind_discrete = {
    .name = "discrete",
    .doc = "One of a list of values, with weights.",
    .parameters = {[VALUES] = {"values", PARAMETER_VALUES, true, "The values."},
                   [WEIGHTS] = {"weights", PARAMETER_NUMBERS, false, "Their weights, of any sum; equal when left out."}},
    .solve = solve,
    .sample = sample};
