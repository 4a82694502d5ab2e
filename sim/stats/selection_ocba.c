/* Selection: OCBA, the allocation and the chance of being right. */
#include "sim/engine/arena.h"
#include "sim/stats/cdf.h"
#include "sim/stats/selection.h"
#include <assert.h>
#include <math.h>

uint32_t selection_smallest(const struct tally *systems, uint32_t count) {
  uint32_t best = 0;
  for (uint32_t i = 1; i < count; i++)
    if (systems[i].mean < systems[best].mean) best = i;
  return best;
}

double selection_probability(const struct tally *systems, uint32_t count, double indifference) {
  uint32_t best = selection_smallest(systems, count);
  double probability = 1, n = (double)systems[best].count, own = tally_variance(&systems[best]) / n;
  for (uint32_t i = 0; i < count; i++) {
    if (i == best) continue;
    double m = (double)systems[i].count, other = tally_variance(&systems[i]) / m, squared = own + other;
    double gap = systems[i].mean - systems[best].mean + indifference;
    double part = own / squared; /* Welch's degrees of freedom, without squares that underflow */
    double freedom = 1 / (part * part / (n - 1) + (1 - part) * (1 - part) / (m - 1));
    probability *= squared > 0 ? cdf_student(gap / sqrt(squared), freedom) : gap > 0;
  }
  return probability;
}

bool selection_confirmed(const struct tally *systems, uint32_t count, double indifference, double confidence) {
  return selection_probability(systems, count, indifference) >= 1 - (1 - confidence) / 5;
}

/* Shares in the ratios of OCBA; their sum is returned. */
static double ratios(const struct tally *systems, uint32_t count, double indifference, double *share) {
  uint32_t best = selection_smallest(systems, count);
  double squares = 0, sum = 0, size = fabs(systems[best].mean);
  for (uint32_t i = 0; i < count; i++) {
    if (i == best) continue;
    /* an exact tie without an indifference zone: as if it were a rounding apart */
    double gap = fmax(systems[i].mean - systems[best].mean + indifference, fmax(1e-12 * size, 1e-300));
    double variance = tally_variance(&systems[i]);
    share[i] = variance / gap / gap;
    squares += variance > 0 ? share[i] * share[i] / variance : 0;
    sum += share[i];
  }
  share[best] = sqrt(tally_variance(&systems[best]) * squares);
  return sum + share[best];
}

/* What each lacks of its share of `total`, those that have more being left out and paid for by the rest; the sum is `more`. */
static void lacking(const struct tally *systems, uint32_t count, double more, double *share) {
  double had = 0, wanted = 0;
  bool dropped = true;
  for (uint32_t i = 0; i < count; i++) wanted += share[i];
  for (uint32_t i = 0; i < count; i++) had += (double)systems[i].count;
  while (dropped) {
    double total = had + more, cut = 0, cut_had = 0;
    for (uint32_t i = 0; i < count; i++) {
      if (share[i] < 0 || total * (share[i] / wanted) > (double)systems[i].count) continue;
      cut += share[i];
      cut_had += (double)systems[i].count;
      share[i] = -1;
    }
    dropped = cut_had > 0;
    had -= cut_had;
    wanted -= cut;
  }
  for (uint32_t i = 0; i < count; i++) share[i] = share[i] < 0 ? 0 : (had + more) * (share[i] / wanted) - (double)systems[i].count;
}

void selection_allocate(const struct tally *systems, uint32_t count, double indifference, uint32_t more, uint32_t *extra) {
  assert(count > 0 && indifference >= 0);
  struct arena *scratch = arena_new();
  double *share = arena_new_array(scratch, double, count);
  double sum = count > 1 ? ratios(systems, count, indifference, share) : 0;
  for (uint32_t i = 0; !(sum > 0 && isfinite(sum)) && i < count; i++) share[i] = 1; /* nothing varies: alike */
  lacking(systems, count, more, share);
  double due = 0, given = 0; /* rounded so that the running sum is right */
  for (uint32_t i = 0; i < count; i++) {
    due += share[i];
    double until = i + 1 < count ? fmin(floor(due + 0.5), more) : more;
    extra[i] = (uint32_t)(until - given);
    given = until;
  }
  arena_free(scratch);
}
