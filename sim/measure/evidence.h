/* Evidence: what the runs of one scenario have shown, as estimates, verdicts and findings read it.
 *
 * Whoever runs the scenario (sim/study) fills it; measuring reads it and runs nothing. There are two runs at most, one of the
 * traffic and one of the years of faults. Of each there is the sum of all its replications (or batches) as a view, and of every
 * entry, a measure that is taken, its value in each replication. Entries are the standard measures, then those that were added,
 * then those of the claims, in their order. A value comes from the sum, its interval from the spread of the samples.
 *
 *     struct entry *e = evidence_add(ev, measure, "web.latency", "p99");   ... before anything has run
 *     evidence_make_room(ev, false, 10);
 *     evidence_take(ev, false, i, view);                                   ... of replication i, for each
 *     entry_estimate(ev, e);                                               ... sim/measure/estimate.h */
#ifndef EVIDENCE_H
#define EVIDENCE_H
#include "models/core/model.h"
#include "sim/measure/growth_findings.h"
#include "sim/measure/measure.h"
#include "sim/stats/tally.h"
#include <assert.h>

struct entry {
  struct measure measure;
  const char *name, *aggregate, *label, *label_value; /* as results.h has them */
  double *samples;                                    /* by replication of the run that it needs; NaN where there was nothing */
  double *ends[2]; /* of money where prices are ranges: samples with it at its least and its greatest (sim/measure/price_ends.h) */
  uint32_t room;
};

/* What has been run of one mode. */
struct half {
  struct view *sum; /* all replications merged; null when the scenario has no such run */
  uint32_t done;    /* replications, or batches */
};

/* Years in which second failures are likelier (models/faults/biasing.h): where they have been run, availability and downtime are
 * theirs, and everything else is that of the plain years. */
struct biased {
  struct half half;
  double **lost;   /* by endpoint + 1 (first: all): weighed seconds not served, by piece */
  double *seconds; /* weighed, by piece */
  uint32_t room;
};

/* Quantities of the timeline: their spread over replications, by endpoint, column and window. */
enum {
  TIMELINE_ARRIVALS,
  TIMELINE_COMPLETED,
  TIMELINE_ERRORS,
  TIMELINE_SENT,
  TIMELINE_TIMEOUTS,
  TIMELINE_P50,
  TIMELINE_P99,
  TIMELINE_COLUMNS
};

enum warmup_origin { WARMUP_IS_GIVEN, WARMUP_IS_FOUND, WARMUP_IS_MISSING };

enum { STRIKE_SAMPLES = 3 };
struct strike_cell;

struct evidence {
  struct arena *arena;
  struct model model;        /* the scenario's, with the warm-up that was found */
  struct config_list judged; /* struct claim: the scenario's, and last that it settles */
  struct entry *entries;
  uint32_t count, room, claims_from; /* entries from here on are those of the claims */
  struct half traffic, faults;
  struct biased biased;
  struct tally *timeline;        /* [(endpoint * TIMELINE_COLUMNS + column) * windows + window] */
  double **availability_samples; /* by endpoint + 1; first: all */
  uint32_t availability_room;
  struct entry *uptime; /* what the report says of uptime next to that: uptime_findings.c */
  uint32_t uptime_count;
  struct strike_cell *strikes; /* strikes at a given time, by requirement: strikes.h */
  uint32_t strike_count;
  enum warmup_origin warmup;
  sim_time relaxation; /* WARMUP_IS_FOUND: the relaxation time that it allows for */
  sim_time looked_at;  /* WARMUP_IS_MISSING: how long the pilot was */
  struct growth_finding growth;
  bool correlated, correlated_shown; /* batches that follow each other; in claims that are only shown */
};

struct entry *evidence_add(struct evidence *, struct measure, const char *name, const char *aggregate);
/* The samples of n replications fit. */
void evidence_make_room(struct evidence *, bool over_faults, uint32_t n);
/* The samples of one replication, from its view. */
void evidence_take(struct evidence *, bool over_faults, uint32_t replication, const struct view *);
/* One replication more in the spread of the timeline. */
void evidence_take_timeline(struct evidence *, const struct view *);

static inline const struct half *evidence_half(const struct evidence *ev, bool over_faults) {
  return over_faults ? &ev->faults : &ev->traffic;
}
static inline const struct claim *evidence_claim(const struct evidence *ev, uint32_t claim) {
  assert(claim < ev->judged.count);
  return (const struct claim *)ev->judged.items + claim;
}
/* The entry of a claim, which has the same measure. */
static inline const struct entry *evidence_claimed(const struct evidence *ev, uint32_t claim) {
  assert(ev->claims_from + claim < ev->count);
  return &ev->entries[ev->claims_from + claim];
}
/* biased.c: whether biased years say what the measure is. */
bool evidence_is_biased(const struct evidence *, const struct measure *);
static inline const struct half *entry_half(const struct evidence *ev, const struct entry *e) {
  return evidence_is_biased(ev, &e->measure) ? &ev->biased.half : evidence_half(ev, e->measure.kind->over_faults);
}
static inline uint32_t entry_replications(const struct evidence *ev, const struct entry *e) { return entry_half(ev, e)->done; }
static inline const struct view *entry_view(const struct evidence *ev, const struct entry *e) { return entry_half(ev, e)->sum; }

#endif
