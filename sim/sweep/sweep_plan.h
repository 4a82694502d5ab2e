/* What a sweep has to run: its points, each read once and identified, before the first is simulated.
 *
 * A point is identified by its key, HASH-REPLICATIONS: a hash of the resolved scenario with its price list, of the seed, of the
 * program (version and sources) and of how it stops (exactly after n replications, or when it knows enough), and how often it
 * is replicated, at least. Equal keys mean equal answers, so an answer that is stored under a key needs no second run, whatever
 * sweep asks for it. Its sums are found by a hash without the stopping: they serve any larger number of replications.
 *
 *     struct sweep_request request = {.command = "sweep", .messages = stderr, .file = "web.json", .varies = &vary};
 *     request.vary_count = 1;
 *     struct sweep_plan plan;
 *     if (sweep_plan_read(&plan, arena, &request) == SWEEP_GOOD) ... plan.sweep->points ... */
#ifndef SWEEP_PLAN_H
#define SWEEP_PLAN_H
#include "sim/study/study.h"
#include "sim/sweep/sweep.h"
#include "sim/sweep/sweep_results.h"

struct condition;

/* How far a sweep came; where several apply, the largest. */
enum sweep_outcome {
  SWEEP_GOOD,
  SWEEP_FAILED, /* a broken invariant, a store that cannot be written or that disagrees with another */
  SWEEP_INTERRUPTED,
  SWEEP_INVALID, /* a file */
  SWEEP_MISUSED  /* a word of the request */
};
enum sweep_outcome sweep_worse(enum sweep_outcome, enum sweep_outcome);

/* What is asked. Whatever is wrong is written to `messages`, each in a line or several, as "aguanta COMMAND: ...". */
struct sweep_request {
  const char *command;
  FILE *messages;
  const char *file;                          /* a study or a scenario */
  const struct scenario_override *overrides; /* of every point, below its axes */
  uint32_t override_count;
  const char *const *varies; /* axes in addition to those of a study: "path=a,b,c" */
  uint32_t vary_count;
  const char *where, *shard;  /* a condition; "I/N"; null: all points */
  const char *root;           /* the folder, as a real path, out of which no file is read; null: none */
  struct study_options study; /* how a point is run */
  uint32_t more_replications; /* on top of the scenario's, or of those in `study` */
  double memory;              /* most bytes to take; 0: no limit */
  /* Whether no file that is about to be written was read; reports it itself. May be null. */
  bool (*outputs_apart)(const void *context, const struct diagnostics *);
  const void *context;
};

struct point_identity {
  uint64_t hash, state_hash;
  uint32_t replications;
};

struct sweep_plan {
  const struct sweep_request *request;
  struct arena *arena;
  struct sweep *sweep;
  const char *name; /* the file's, without folder and extension */
  bool is_study;
  uint64_t seed;                        /* of the first repetition, when there are several */
  struct point_identity *points;        /* sweep->points */
  const struct condition *where;        /* null: all */
  uint32_t shard, shards;               /* this one, from 1; of this many */
  const char *paths[SWEEP_COLUMNS + 1]; /* columns of the output; the last is "repeat" when there is one */
  uint32_t columns;
};

/* Reads the file and all points. The request must live as long as the plan. */
enum sweep_outcome sweep_plan_read(struct sweep_plan *, struct arena *, const struct sweep_request *);
/* Where its points are kept: the folder that is named; else next to the first file that is exported, as other tools keep their
 * state next to what they make; else, for a study, a shard or a job, in the current directory. Null: a sweep that is only shown
 * keeps nothing. */
const char *sweep_plan_store(const struct sweep_plan *, const char *named, const char *const *exports, uint32_t export_count,
                             bool job);
/* The scenario of a point; more overrides come last. Null after messages. */
struct scenario *sweep_plan_scenario(const struct sweep_plan *, struct arena *, uint64_t n, const struct scenario_override *more,
                                     uint32_t count);
/* The scenario of a point, with what is wrong left to the caller. */
struct scenario *sweep_plan_try(const struct sweep_plan *, struct arena *, struct diagnostics *, uint64_t n,
                                const struct scenario_override *more, uint32_t count);
/* A collector that reads no file outside of the request's root. */
struct diagnostics *sweep_plan_diagnostics(const struct sweep_plan *, struct arena *);
/* How a point is run: with as many replications more as the request asks for. */
struct study_options sweep_plan_study(const struct sweep_plan *, const struct scenario *);
const char *sweep_plan_key(const struct sweep_plan *, struct arena *, uint64_t n);
struct sweep_point sweep_plan_point(const struct sweep_plan *, struct arena *, uint64_t n);
/* In the shard; and asked for by `where`. */
bool sweep_plan_mine(const struct sweep_plan *, uint64_t n);
bool sweep_plan_wanted(const struct sweep_plan *, uint64_t n);
uint64_t sweep_plan_mine_count(const struct sweep_plan *);

#endif
