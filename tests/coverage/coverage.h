/* Coverage: how often the program's intervals hold the exact value (docs/validation.md).
 *
 * A row is a workload with a known answer, run again and again as a user would run it: the program finds the warm-up, chooses the
 * number of replications and gives its intervals. Macro-replication i of a row has the seed text "NAME i", so its customers
 * are its own and the table is the same bytes for any number of threads.
 *
 *     struct coverage_result *result = coverage_run(row, 1000, 2);
 *     result->measures[0].covered ... of 1000 - refused
 *     free(result);
 */
#ifndef COVERAGE_H
#define COVERAGE_H
#include <stdbool.h>
#include <stdint.h>

enum { COVERAGE_MEASURES = 6, COVERAGE_SETS = 10 };

struct coverage_measure {
  const char *text; /* as in a claim, without the limit */
  double exact;     /* base units */
  /* Its intervals are known not to cover as often as they say, or to cover more often: why. Null: they must. */
  const char *known;
};

struct coverage_row {
  const char *name, *what, *file;
  const char *sets[COVERAGE_SETS];                     /* as of --set; end with null */
  double share;                                        /* of the macro-replications that are asked for; dear rows take fewer */
  bool smoke;                                          /* cheap enough for make check-long */
  bool refuses;                                        /* too short on purpose: more than 5% may be refused */
  struct coverage_measure measures[COVERAGE_MEASURES]; /* end with a null text */
};

extern const struct coverage_row coverage_rows[];
extern const uint32_t coverage_row_count;

/* One measure over the macro-replications. */
struct coverage_count {
  uint32_t covered, below, above; /* the interval holds the exact value, lies wholly below it, above it */
  uint32_t refused;               /* no value, or no interval */
  double bias, bias_error;        /* of the value, relative to the exact one, and its standard error */
  double half_width;              /* mean, relative to the exact value */
};

struct coverage_result {
  uint32_t macros, pass, fail;             /* verdicts of the row's first claim, if it has one */
  uint32_t no_warmup;                      /* no end of the warm-up was found */
  double replications, requests, warmup_s; /* means */
  struct coverage_count measures[COVERAGE_MEASURES];
};

/* Whether its scenario is there: one that needs what is not yet built is left out. */
bool coverage_present(const struct coverage_row *);
/* Null after a message on stderr when the scenario cannot be read. */
struct coverage_result *coverage_run(const struct coverage_row *, uint32_t macros, uint32_t threads);

/* Share of the intervals given that hold the exact value. */
double coverage_share(const struct coverage_result *, uint32_t measure);
/* Whether so many of n could be seen by luck (0.05% on either side) were each right with this probability. */
bool coverage_plausible(uint32_t seen, uint32_t n, double probability);

#endif
