/* The inside of a study: which measures are taken, their value in each replication, and all replications added up.
 * Private to sim/study. */
#ifndef STUDY_INNER_H
#define STUDY_INNER_H
#include "models/core/gauge.h"
#include "sim/scenario/scenario.h"
#include "sim/stats/tally.h"
#include "sim/study/long_run.h"
#include "sim/measure/measure.h"
#include "sim/study/study.h"

struct entry {
  struct measure measure;
  const char *name, *aggregate, *label_value; /* as results.h has them */
  double *samples;                            /* by replication of the run that it needs */
  uint32_t room;
};

/* What has been run of one mode. */
struct half {
  struct view *sum; /* all replications merged; null when the scenario has no such run */
  uint32_t done;    /* replications, or batches */
};

/* Quantities of the timeline: their spread over replications, by endpoint, column and window. */
enum { TIMELINE_ARRIVALS, TIMELINE_COMPLETED, TIMELINE_ERRORS, TIMELINE_P50, TIMELINE_P99, TIMELINE_COLUMNS };

enum warmup_origin { WARMUP_IS_GIVEN, WARMUP_IS_FOUND, WARMUP_IS_MISSING };

/* What grows without end (growth_findings.c). */
struct growth_finding {
  bool grows, over;  /* over: more is offered than the first resource can do; else it tipped over */
  struct gauge what; /* the fastest, and by how much a second */
  double per_s;
  int stretch;                /* of the window (sim/stats/growth.h) */
  bool *gauges, *endpoints;   /* which grow */
  const char *brief, *reason; /* for people: what and how fast; and why */
  const char *too_short;      /* overload by arithmetic of which nothing is seen; null: none */
};

struct study {
  struct arena *arena;
  const struct scenario *scenario;
  struct config_list judged; /* struct claim: the scenario's, and last that it settles */
  struct study_options options;
  struct model model; /* the scenario's, with the warm-up that was found */
  struct entry *entries;
  uint32_t count, room, claims_from; /* entries from here on are those of the claims, in their order */
  struct half traffic, faults;
  struct tally *timeline;        /* [(endpoint * TIMELINE_COLUMNS + column) * windows + window] */
  double **availability_samples; /* by endpoint + 1; first: all */
  uint32_t availability_room;
  enum warmup_origin warmup;
  sim_time relaxation;       /* WARMUP_IS_FOUND: the relaxation time that it allows for */
  sim_time looked_at;        /* WARMUP_IS_MISSING: how long the pilot was */
  struct long_run *long_run; /* null: replications */
  struct growth_finding growth;
  bool prepared, correlated, correlated_shown /* of claims that are only shown */, interrupted;
  struct world_watch watch; /* of the pilot and the long run */
  uint32_t batches;         /* of the long run until it is looked at again; 0: not begun */
  uint32_t foreseen;        /* replications, for the progress */
};

/* catalogue.c: the standard measures. */
void catalogue_add(struct study *);
/* study.c: the long run twice as long, its batches joined. False when interrupted. */
bool study_lengthen(struct study *);
/* study.c: samples of n replications fit. */
void study_make_room(struct study *, bool over_faults, uint32_t n);
struct entry *study_add_entry(struct study *, struct measure, const char *name, const char *aggregate);

/* settle.c: the replications to go to of the `needs`: as many as the budget pays, none when four times the budget would not do either. What is
 * `pursued`, a precision, is always come as near to as may be. UINT32_MAX, nobody can tell: 0. */
uint32_t settle_affordable(uint32_t needs, uint32_t budget, bool pursued);
/* What is run before anything is looked at. */
uint32_t settle_first(const struct study *);
uint32_t settle_pieces(const struct study *);

/* warm_up.c: finds the warm-up of the model, by a pilot from an empty system. */
void warm_up_find(struct study *);
/* Whether the scenario says this warm-up, or a pilot may have found it: what is read from a file may say anything. */
bool warm_up_possible(const struct model *, sim_time warmup);

/* verdict.c: value and interval of an entry, from the merged view and the spread of its samples. */
struct estimate entry_estimate(const struct study *, const struct entry *);
/* Why an estimate has no value, for people. */
const char *entry_why_no_data(const struct study *, const struct entry *);
/* The estimate that the claim is judged by, and the verdict; `caution` widens the interval by this factor. */
struct claim_result claim_judge(const struct study *, const struct claim *, const struct entry *, double caution);
/* Replications that it would take in all until the claim is decided, or (precision > 0) its interval as narrow as that;
 * 0 when it is, UINT32_MAX when nobody can tell. */
uint32_t claim_needs(const struct study *, const struct claim *, const struct entry *, double precision, double caution);
/* The same for an entry and precision alone. */
uint32_t entry_needs(const struct study *, const struct entry *, double precision);

/* estimate_bounds.c: the interval is widened to what is known at all, and kept within what is possible; `independent` is the number
 * of independent observations behind it. */
void estimate_bounds(const struct study *, const struct entry *, double independent, struct estimate *);

/* outage_claim.c: claims with "for a share". The quantile or share of the outages that decides the claim, the limit that it has to
 * keep and its unit (of a claim without a share: its own), and its name for people: "5% quantile of 812 outages". */
struct estimate outage_estimate(const struct study *, const struct claim *);
struct claim outage_limit(const struct claim *);
enum unit outage_unit(const struct claim *);
const char *outage_judged(const struct study *, const struct claim *, uint64_t n);
/* Replications until the number of outages bounds the quantile at all; UINT32_MAX when no number does. */
uint32_t outage_needs(const struct study *, const struct claim *, const struct estimate *);

/* findings.c, *_findings.c: parts of the results. */
void findings_metrics(const struct study *, struct results *);
void findings_tables(const struct study *, struct results *);   /* breakdown, saturation, errors, bill, outages */
void findings_pictures(const struct study *, struct results *); /* curves, series */
void findings_load(const struct study *, struct results *);     /* business figures */
void findings_notes(struct study *, struct results *);
/* left_out.c: data stores that uptime is too kind to, each as a note; and in one line what it leaves out. */
void findings_kept_data(const struct study *, void (*with)(const struct study *, struct results *, const char *), struct results *);
void findings_left_out(const struct study *, struct results *);
const char *findings_leaves_out(const struct study *);
/* backlog.c: queues that are longer than those in them are patient, in one line; null when there is none. */
const char *findings_backlog(const struct study *);
/* growth_findings.c: fills study->growth from what has been run. */
void findings_growth(struct study *);
/* Whether the measure has no steady value because of what grows. */
bool growth_concerns(const struct study *, const struct measure *);
const char *growth_rate_text(struct arena *, double per_s);

static inline uint32_t entry_replications(const struct study *s, const struct entry *e) {
  return e->measure.over_faults ? s->faults.done : s->traffic.done;
}
static inline const struct view *entry_view(const struct study *s, const struct entry *e) {
  return e->measure.over_faults ? s->faults.sum : s->traffic.sum;
}

#endif
