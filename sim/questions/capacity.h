/* Capacity: the largest value of one number of the scenario that keeps every `must` claim (or the smallest, or a stretch),
 * with an interval.
 *
 * Why not bisection: it asks at every step whether a noisy mean is above a limit, believes the answer, and never looks back.
 * One wrong answer, likely just where the limit is close, sends it to a wrong place with full confidence.
 *
 * The bracket. A value is shown to hold when every claim passes there, shown to fail when one claim fails, each at a confidence
 * that is paid for beforehand: of the error of 5%, every look at a value may spend 1 / CAPACITY_LOOKS (Bonferroni); failing shares
 * that among the claims, passing needs all of them and so the share of one. Whatever the order of the looks, the dependence between
 * them and the moment of stopping, all that was shown of the claims together is true with 95% confidence, and all that was shown of
 * one claim alone likewise (for as far as the intervals of single values cover what they say). If the claims hold up to a capacity
 * and not beyond, it lies between the largest value shown to hold and the smallest shown to fail: that bracket is the interval that
 * is printed. A value that nothing could be shown of within its budget narrows nothing.
 *
 * The claims are not assumed to break upwards. Each side of a claim is judged at both ends: what holds at the low end and fails at
 * the high one breaks; what fails first and holds later begins (replicas, cores, or a claim on the load itself). So the
 * answer may be a largest value, a smallest one or a stretch between two. What fails at both ends is reported, and so is a value
 * that contradicts the order. What a claim was shown to keep at a harder value it keeps at an easier one, unless it is shown to
 * fail there.
 *
 * Where to look. First a scan: ten values with three replications each, which decide nothing. Then each claim's margin is
 * interpolated between its nearest neighbours on both sides of its limit, inversely through three points where they are in order
 * (Brent 1973, without his bisection of a noisy sign). The margin of a time is 1 - limit / time: for M/M/1 that is a straight line
 * in the arrival rate, for means and for percentiles, and one at which something grows without end has the margin 1. A rate of
 * errors is taken as a logarithm, all else as it is. The next look goes next to the estimated root, 0.8 times the precision
 * away, on the side where the bracket is wider: far from the true root that is decided at once and moves the bracket by much, near
 * it the distance is what the precision wants. Replications grow by what the last look foresees, at most threefold; after each the
 * root is estimated again, and a value that turns out to lie too close to it to be decided is left for one farther off.
 *
 * All values meet the same customers (common random numbers), so the margins form smooth curves and interpolation is worth
 * more than their noise suggests; what is shown does not rest on it. Compare Chen and Schmeiser (2001), Stochastic root finding via
 * retrospective approximation, and Waeber, Frazier and Henderson (2013), who keep a posterior instead of a bracket.
 *
 * Overload. At and beyond the saturation of an open system queues grow and runs are slow, so the search never goes farther
 * beyond it than 5%, unless the claims hold even there; the load is known from the scenario alone (sim/measure/resource.h). There
 * three replications come first, and when they show no bound to the queue no more are run: no mean latency exists, and claims
 * that limit a time fail. Where no end of the warm-up is found a run begins empty, and what it says of times is too low: such
 * a value can fail, not pass. Else a value that was run at up to 10% more load lends its warm-up, which is the longer one.
 *
 * A day of which the requirements look at an hour is run for that hour only (sim/questions/narrow.h).
 *
 * The knee is the value with the greatest power, throughput over mean latency (Kleinrock 1979), among all values that were run. */
#ifndef CAPACITY_H
#define CAPACITY_H
#include "sim/questions/capacity_results.h"
#include "sim/questions/axis.h"
#include "sim/study/study.h"

enum { CAPACITY_LOOKS = 60 }; /* at most, in the whole search */

struct scenario_override;

struct capacity_progress {
  const char *value; /* that is being run */
  uint32_t replications, look;
  double low, high; /* what is known so far of where the answer is; NaN: nothing */
};

struct capacity_options {
  struct study_options study; /* budget: replications of one value, 0: 100 times the scenario's; precision: 0: 1% */
  struct axis range;
  const char *const *without; /* must claims that are left out, by id or text */
  uint32_t without_count;
  /* The scenario with this value of the axis and `count` further overrides; null after it has reported why. Called with an arena of
   * its own now and then. */
  struct scenario *(*scenario)(void *context, struct arena *, const char *value, const struct scenario_override *, uint32_t count);
  void (*progress)(void *context, const struct capacity_progress *); /* may be null */
  void *context;
};

/* Null when a scenario could not be read, which has been reported. *wrong is set when the question makes no sense: no must
 * claims. */
struct capacity_result *capacity_find(struct arena *, const struct capacity_options *, const char **wrong);

#endif
