/* What a sweep has to run: its points, each read once and identified, before the first is simulated.
 *
 * A point is identified by its key, HASH-REPLICATIONS: a hash of the resolved scenario with its price list, of the seed, of the
 * program (version and sources) and of how it stops (exactly after so many replications, or when it knows enough), and how often it
 * is replicated, at least. Equal keys mean equal answers, so an answer that is stored under a key needs no second run, whatever
 * sweep asks for it. Its sums are found by a hash without the stopping: they serve any larger number of replications. */
#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H
#include "sim/cli/options.h"
#include "sim/report/export/report.h"
#include "sim/study/study.h"
#include "sim/study/sweep.h"

struct condition;

struct point_identity {
  uint64_t hash, state_hash;
  uint32_t replications;
};

struct sweep_plan {
  const struct options *options;
  struct arena *arena;
  struct sweep *sweep;
  const char *file, *name; /* name: the file's, without folder and extension */
  bool is_study;
  uint64_t seed;                        /* of the first repetition, when there are several */
  struct point_identity *points;        /* sweep->points */
  const struct condition *where;        /* null: all */
  uint32_t shard, shards;               /* this one, from 1, of so many */
  const char *paths[SWEEP_COLUMNS + 1]; /* columns of the output; the last is "repeat" when there is one */
  uint32_t columns;
  const char *store; /* null: none */
};

/* Reads the file and all points. EXIT_HOLDS, or the exit code after messages on stderr. */
enum exit_code sweep_plan_read(struct sweep_plan *, struct arena *, const struct options *, const char *command);
/* The scenario of a point; more overrides come last. Null after messages. */
struct scenario *sweep_plan_scenario(const struct sweep_plan *, struct arena *, uint64_t n, const struct scenario_override *more,
                                     uint32_t count);
/* The same, with faults left to the caller. */
struct scenario *sweep_plan_try(const struct sweep_plan *, struct arena *, struct diagnostics *, uint64_t n,
                                const struct scenario_override *more, uint32_t count);
/* How a point is run: as the options say, --add-reps on top of the scenario's or --reps. */
struct study_options sweep_plan_study(const struct sweep_plan *, const struct scenario *);
const char *sweep_plan_key(const struct sweep_plan *, struct arena *, uint64_t n);
struct sweep_point sweep_plan_point(const struct sweep_plan *, struct arena *, uint64_t n);
/* In the shard; and asked for by --where. */
bool sweep_plan_mine(const struct sweep_plan *, uint64_t n);
bool sweep_plan_wanted(const struct sweep_plan *, uint64_t n);

#endif
