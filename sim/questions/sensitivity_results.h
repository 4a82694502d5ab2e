/* What moves an answer: filled by sim/questions/sensitivity.c, printed by sim/report. Lives in the arena of the study. */
#ifndef SENSITIVITY_RESULTS_H
#define SENSITIVITY_RESULTS_H
#include "sim/measure/results.h"

/* A value that is not known exactly, and between what it lies. */
struct sensitivity_input {
  const char *path, *value, *low, *high, *source; /* texts of the scenario language; source may be null */
};

/* A measure at one setting of the inputs. */
struct sensitivity_point {
  struct estimate estimate;
  enum verdict verdict;       /* of a claim */
  struct growth_words growth; /* what grows without end there */
};

/* Of one input on one measure. All intervals of a measure hold together at 95% (Bonferroni), p is Holm's. */
struct sensitivity_effect {
  uint32_t input;
  struct sensitivity_point low, high;
  double difference, difference_low, difference_high; /* high - low; NaN when one of them is unknown */
  /* Its size; infinite when something grows without end at one of them and there is no value. */
  double swing, swing_low, swing_high;
  double p;
  bool shown; /* the difference is no chance */
  /* The claim holds at one of low, base and high and fails or is contradicted at another, or has no value there because something
   * grows without end. */
  bool flips;
};

struct sensitivity_target {
  const char *expression, *id, *source; /* id and source: of a claim, else null */
  bool is_claim, judged;                /* judged: a requirement or a statement */
  enum claim_kind kind;
  enum severity severity; /* of a requirement */
  enum unit unit;
  double limit_low, limit_high; /* as in struct claim_result; both infinite for a measure */
  struct sensitivity_point base;
  struct sensitivity_effect *effects; /* one an input, the largest first */
};

struct sensitivity_results {
  const char *scenario_name, *scenario_title, *scenario_file, *engine, *seed_text, *currency;
  uint64_t scenario_hash;
  uint32_t replications, runs;
  double window_s, warmup_s;
  uint32_t input_count, target_count;
  const struct sensitivity_input *inputs;
  struct sensitivity_target *targets;
  /* "Measure this first": the largest flip of a claim in units of its limit, else the largest effect shown; -1: nothing is
   * shown. */
  int32_t first_target, first_effect;
  uint32_t violation_count;
  const char **violations;
  bool interrupted;
};

#endif
