/* The inside of a comparison. Private to sim/questions. */
#ifndef COMPARE_INNER_H
#define COMPARE_INNER_H
#include "sim/questions/compare.h"
#include "sim/measure/evidence.h"
#include "sim/scenario/scenario.h"
#include "sim/study/enough.h"
#include "sim/study/study.h"

struct compare_limit {
  const char *text;
  bool is_relative, falls;
  double limit;
  struct measure *measures; /* by system, and its entry there */
  uint32_t *entries;
};

struct compare_best {
  const char *objective;
  bool largest;
  double indifference;
  struct measure *measures; /* by system, and its entry there */
  uint32_t *entries;
};

/* The progress that a study reports. */
struct compare_watch {
  struct compare *compare;
  uint32_t system;
};

/* A row before it is worked out: the entries that make it. */
struct compare_pair {
  uint32_t system, base_entry, entry;
  bool detail;
};

struct compare {
  struct arena *arena;
  struct study_options options;
  uint32_t count;
  struct scenario *scenarios; /* with the common seed, and replications as the method */
  struct study **studies;
  struct compare_watch *watches;
  double *done; /* replications by system, for the progress */
  uint32_t limit_count, pair_count, target;
  struct compare_limit limits[200];
  struct compare_pair *pairs; /* details last */
  struct compare_best *best;  /* may be null */
  bool interrupted;
};

static inline const struct evidence *compare_evidence(const struct compare *c, uint32_t system) {
  return study_evidence(c->studies[system]);
}

/* compare_row.c */
void compare_find_pairs(struct compare *);
/* The row of a pair, its interval at this confidence, without Holm. */
struct compare_row compare_row_of(const struct compare *, const struct compare_pair *, double confidence);
/* All rows, each family adjusted. */
struct compare_row *compare_rows(const struct compare *);
/* Confidence of each interval of the family of the pair. */
double compare_family_confidence(const struct compare *, bool detail);

/* compare_limit.c */
struct compare_limit_result compare_judge(const struct compare *, const struct compare_limit *, uint32_t system, double caution);
/* Replications in all until it is decided; 0 when it is, UINT32_MAX when that cannot be foreseen. */
uint32_t compare_limit_needs(const struct compare *, const struct compare_limit *, uint32_t system, double caution);
/* The measure that the text begins with, of each scenario. Null, or what is wrong. */
const char *compare_measures(struct compare *, const char *text, struct measure **measures, const char **rest);
/* A value such as "10ms" in base units of the measure that `text` begins with and that ends at `rest`. Null, or what is wrong. */
const char *compare_value(struct compare *, const char *text, const char *rest, const char *value, double *out);
/* Has the studies take these measures; returns their entries by system. */
uint32_t *compare_take(struct compare *, const struct measure *measures, const char *name);

/* compare_customers.c: what differs between the customers of the scenarios; null when they are the same. */
const char *compare_customers(const struct compare *);

/* compare_best.c */
struct best_result *compare_choose(struct compare *);

/* compare.c: runs one study on until it has this many replications. */
bool compare_extend(struct compare *, uint32_t system, uint32_t traffic, uint32_t faults);
struct enough compare_plan(const struct compare *, uint32_t first);
uint32_t compare_first(const struct compare *);

#endif
