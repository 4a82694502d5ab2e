/* The answer of a comparison, ready to be printed: filled by sim/questions/compare.h, read by sim/report.
 *
 * System 0 is the base; a difference is always the other's value minus the base's. As in results.h: base units, NaN for unknown. */
#ifndef COMPARE_RESULTS_H
#define COMPARE_RESULTS_H
#include "sim/measure/results.h"

/* One quantity of a system next to the base's. */
struct compare_row {
  const char *aggregate, *metric; /* "p99" and "web.latency": p99(web.latency) */
  uint32_t system;
  enum unit unit;
  bool detail;                 /* of the family of details, not of the headline rows */
  bool over_faults;            /* of uptime: what it leaves out belongs next to it */
  struct estimate base, value; /* each with its own interval */
  struct estimate difference;  /* from the pairs; n: their number; exact when both values are */
  struct estimate relative;    /* of the base's value */
  double p_value, p_adjusted;  /* of no difference; adjusted by Holm over the family; NaN when exact */
  bool shown;                  /* there is a difference: the adjusted p-value is below 5%, or both are exact and differ */
  bool few;                    /* few failures or outages behind it: the interval is at least what their number says */
  bool same;                   /* the values of every pair were the same */
  double variance_ratio;       /* what pairing gained: as many times fewer replications */
  const char *reason;          /* why there is no number; null when there is one */
};

/* One --fail-on for one system. Its interval is one at plain 95%, like that of a claim. */
struct compare_limit_result {
  const char *text;
  double limit;            /* of the difference, in base units, or of the relative one; its sign says which way is worse */
  bool is_relative, falls; /* falls: less is worse */
  struct compare_row row;
  enum verdict verdict;
  uint64_t more_replications; /* UNDECIDED: about how many it would take more; 0 when unknown */
};

struct best_system {
  struct estimate mean;  /* of the objective over replications */
  uint32_t replications; /* that it was given */
  uint32_t out_after;    /* replications after which it was eliminated; 0: never */
  const char *reason;    /* why it was no candidate, or null */
};

struct best_result {
  const char *objective; /* as typed: "min p99(web.latency)" */
  bool largest, decided;
  enum unit unit;
  double indifference, confidence;
  double probability;    /* OCBA: posterior; NaN for KN++ */
  const char *procedure; /* "KN++" or "OCBA" */
  uint32_t best;         /* system; UINT32_MAX: there is no candidate */
  struct best_system *systems;
};

struct compare_results {
  uint32_t system_count;
  struct results **systems; /* of each on its own, with the verdicts of its claims */
  const char *engine, *seed_text, *currency;
  const char *other_customers; /* what differs between the customers of the scenarios; null when all met the same */
  uint32_t replications, fault_replications, budget;
  double window_s, warmup_s, precision, confidence;
  bool interrupted, precise; /* precise: every difference of a latency is known to the precision that was asked for */
  uint32_t row_count;        /* by system, then in the order of the base's metrics, details last */
  struct compare_row *rows;
  uint32_t limit_count;
  struct compare_limit_result *limits;
  struct best_result *best; /* null unless asked for; there are then no rows */
};

#endif
