/* Tally: merging and reading. */
#include "sim/stats/tally.h"
#include <math.h>

void tally_merge(struct tally *into, const struct tally *from) {
  if (!from->count) return;
  if (!into->count) {
    *into = *from;
    return;
  }
  double here = (double)into->count, there = (double)from->count, all = here + there;
  double gap = from->mean - into->mean;
  into->mean += gap * (there / all);
  into->m2 += from->m2 + gap * gap * (here * there / all);
  into->count += from->count;
  into->min = from->min < into->min ? from->min : into->min;
  into->max = from->max > into->max ? from->max : into->max;
}

double tally_variance(const struct tally *tally) { return tally->count < 2 ? NAN : tally->m2 / (double)(tally->count - 1); }
