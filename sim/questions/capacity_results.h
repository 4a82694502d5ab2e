/* The answer to `aguanta capacity`, ready to be printed. Filled by sim/questions/capacity*.c, read by sim/report; it owns nothing
 * that is not in its arena. Numbers of the axis are in the unit that the user wrote; estimates are in base units. */
#ifndef CAPACITY_RESULTS_H
#define CAPACITY_RESULTS_H
#include "sim/measure/results.h"

enum capacity_kind {
  CAPACITY_LARGEST,    /* holds from the low end up to a value */
  CAPACITY_SMALLEST,   /* holds from a value up to the high end */
  CAPACITY_STRETCH,    /* holds between two values */
  CAPACITY_EVERYWHERE, /* holds at both ends */
  CAPACITY_NOWHERE,    /* a claim fails at both ends, or claims exclude each other */
  CAPACITY_UNDECIDED   /* a claim is undecided or without data where the search begins */
};

/* Where something stops (or begins) to hold. `holds` was shown to hold and `fails` to fail; NaN where that was not shown. The
 * interval is what lies between: for whole numbers it ends at the last value that may still hold. */
struct capacity_root {
  double value, low, high, holds, fails;
  bool resolved; /* to the precision that was asked for */
};

/* A must claim, or one side of a claim with two limits. */
struct capacity_bound {
  const char *id, *expression, *side; /* side: "", or "lower limit of", "upper limit of" */
  uint32_t claim;                     /* number in the scenario */
  enum unit unit;
  double low, high; /* what holds lies between them */
  bool at_least;
};

enum capacity_course { COURSE_BREAKS, COURSE_BEGINS, COURSE_HOLDS, COURSE_NEVER, COURSE_UNDECIDED };

/* What becomes of one bound along the axis. */
struct capacity_limit {
  uint32_t bound;
  enum capacity_course course;
  struct capacity_root root; /* BREAKS: where it stops to hold; BEGINS: where it begins */
  const char *fullest;       /* resource, at the first value shown to fail; null when unknown */
  double busy;
};

struct capacity_verdict {
  struct estimate estimate; /* with its plain 95% interval */
  enum verdict verdict;     /* at the confidence of the search */
  const char *reason;       /* may be null */
};

/* A value that was run. */
struct capacity_level {
  double value;
  const char *text;
  uint32_t replications;
  bool scanned; /* only for the map: its verdicts are not used */
  bool from_empty;
  struct growth_words growth;          /* what grows without end */
  double load;                         /* offered over what the fullest resource can do; 0 when unknown */
  struct estimate throughput, latency; /* of all requests; latency: mean */
  double power;                        /* throughput over mean latency; NaN when unknown */
  struct capacity_verdict *verdicts;   /* by bound */
  uint32_t resource_count;
  struct saturation *resources;
};

/* A resource and the value at which it is full. */
struct capacity_resource {
  const char *resource;
  double full_at;     /* NaN: not within the range, or not known without simulation */
  const char *reason; /* which of these; null when it is full within the range */
  const char *grows;  /* "jobs": no request waits for it, and beyond it they grow; else null */
  double busy;        /* measured where the claims still hold, at the level nearest to the capacity */
};

struct capacity_result {
  const char *scenario_name, *scenario_title, *scenario_file, *seed_text, *engine, *currency;
  uint64_t scenario_hash; /* of the scenario at the low end */
  struct component_names components;
  const char *path, *unit, *low_text, *high_text;
  const char *noun; /* what the axis counts, where the unit does not say so: " users"; else "" */
  bool whole;
  double precision;
  enum capacity_kind kind;
  bool resolved;
  struct capacity_root most, least; /* LARGEST and STRETCH: most; SMALLEST and STRETCH: least */
  const char *reason;               /* UNTOLD and NOWHERE: why */

  uint32_t bound_count, limit_count, level_count, resource_count, note_count, looks;
  struct capacity_bound *bounds;
  struct capacity_limit *limits;       /* in the order in which they break */
  struct capacity_level *levels;       /* by value */
  struct capacity_resource *resources; /* in the order in which they fill */
  double stands_at;                    /* where `busy` of the resources was measured; NaN: nowhere */
  bool stands_holds;                   /* and whether all requirements were shown to hold there */
  const char **notes;
  int32_t knee; /* level with the greatest power; -1: none */
  uint64_t requests, events;
  uint32_t violation_count;
  const char **violations;
  bool interrupted;
};

#endif
