/* The ledger of a study: which measures are taken, their value in each replication, and all replications added up.
 * Private to sim/study. */
#ifndef LEDGER_H
#define LEDGER_H
#include "sim/scenario/scenario.h"
#include "sim/study/measure.h"
#include "sim/study/study.h"

struct entry {
  struct measure measure;
  const char *name, *aggregate, *label_value; /* as results.h has them */
  double *samples;                            /* by replication of the run that it needs */
};

struct ledger {
  struct arena *arena;
  const struct scenario *scenario;
  const struct model *model;
  struct entry *entries;
  uint32_t count, room, claims_from;                 /* entries from here on are those of the claims, in their order */
  uint32_t traffic_replications, fault_replications; /* planned; then done */
  struct view *traffic, *faults;                     /* merged; faults is null without an availability run */
  double **availability_samples;                     /* by endpoint + 1; first: all */
  bool unstable;
};

/* Value and interval of an entry, from the merged view and the spread of its samples. */
struct estimate ledger_estimate(const struct ledger *, const struct entry *);
/* The estimate that the claim is judged by, and the verdict. */
struct claim_result claim_judge(const struct ledger *, const struct claim *, const struct entry *);

/* Parts of the results. */
void findings_metrics(const struct ledger *, struct results *);
void findings_tables(const struct ledger *, struct results *);   /* breakdown, saturation, errors, bill, outages */
void findings_pictures(const struct ledger *, struct results *); /* curves, series */
void findings_notes(struct ledger *, struct results *);
bool findings_unstable(const struct ledger *);

#endif
