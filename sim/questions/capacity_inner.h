/* The inside of a search for the capacity. Private to sim/questions/capacity*.c. */
#ifndef CAPACITY_INNER_H
#define CAPACITY_INNER_H
#include "sim/measure/evidence.h"
#include "sim/scenario/scenario.h"
#include "sim/questions/capacity.h"
#include "sim/study/enough.h"

/* A value that is or was looked at, and the study that runs it. */
struct trial {
  double x;
  struct scenario *scenario;
  struct study *study;
  const struct evidence *evidence; /* of the study */
  double load;
  uint32_t looks, replications;
  bool prepared, spent, from_empty;
  struct growth_words growth; /* what grows without end */
  enum verdict *verdicts;     /* by bound; UNDECIDED before the first look */
  double *margins;            /* by bound: below 0 holds, above 0 fails; NaN unknown */
};

struct search {
  struct arena *arena;
  const struct capacity_options *options;
  const struct axis *range;
  struct capacity_bound *bounds;
  uint32_t bound_count;
  enum capacity_course *courses; /* by bound, once both ends were looked at; else null */
  struct trial **trials;
  uint32_t count, room, looks, budget;
  bool interrupted, invalid;
  const char *narrowed;       /* what is run of a value, in words; null: all of it */
  struct capacity_root known; /* for the progress */
};

/* Of a bound or a group at a value. */
static inline bool is_shown(enum verdict v) { return v == VERDICT_PASS || v == VERDICT_FAIL; }

/* capacity_trial.c */
/* The scenario with this value, of the run what is looked at; null after it has reported why. */
struct scenario *trial_scenario(struct search *, struct arena *, const char *value);
/* The trial of this value, opened when there is none; null when its scenario is invalid (search->invalid). */
struct trial *trial_at(struct search *, double x);
/* A few replications for the map; no verdict. */
void trial_scan(struct search *, struct trial *);
/* Runs on, at least to `least` replications, and judges all bounds. False when it cannot: interrupted, spent, no look left. */
bool trial_look(struct search *, struct trial *, uint32_t least);
/* Whether all that is not decided there are shares of failures of which hardly any was seen. */
bool trial_awaits_failures(const struct search *, const struct trial *);
/* What is known of the bound at the trial's value: what was shown there; else that it holds, where it was shown to hold at a value
 * nearer to where it breaks (at both ends, if it holds throughout), unless it seems to fail here. */
enum verdict trial_verdict(const struct search *, const struct trial *, uint32_t bound);
/* Load over saturation of the scenario with this value: 0 unknown. */
double trial_load(struct search *, double x);

/* capacity_root.c: one group of bounds, `up`: they hold below and fail above. */
struct group {
  const bool *members; /* by bound */
  bool up;
};
struct gap {
  struct trial *good, *bad; /* nearest shown to hold, and to fail; null: none */
};
enum verdict group_verdict(const struct search *, const struct group *, const struct trial *);
struct gap group_gap(const struct search *, const struct group *);
/* A value that holds beyond one that fails, or null. */
const struct trial *group_contradiction(const struct search *, const struct group *);
/* Looks at scanned values that seem to contradict what was shown. */
void group_check(struct search *, const struct group *, uint32_t looks);
/* Looks until the gap is as narrow as the relative half-width `precision`, or nothing more can be done. */
void group_close(struct search *, const struct group *, double precision, uint32_t looks);
struct capacity_root group_root(const struct search *, const struct group *, double precision);

/* capacity_findings.c: levels, resources, knee. */
void capacity_findings(struct search *, struct capacity_result *);

#endif
