/* The inside of a drill. Private to sim/questions/drill*.c. */
#ifndef DRILL_INNER_H
#define DRILL_INNER_H
#include "models/request/outcome.h"
#include "sim/measure/evidence.h"
#include "sim/measure/recovery.h"
#include "sim/questions/drill.h"

struct requirement {
  struct windowed of;
  struct drill_requirement *answer;
};

/* One replication without the fault: what the others are compared with. */
struct calm {
  double **failing; /* [requirement][bins since the strike]: requests that failed so far */
  bool **kept;      /* [requirement][first bin of the window, since the strike]; null: not judged */
  double failed, by_outcome[OUTCOMES], unanswered;
  double *meters; /* by meter, behind the strike */
};

struct drill {
  struct arena *arena;
  const struct drill_options *options;
  const struct scenario *scenario; /* with the time of day at which the run begins */
  struct drill_results *answer;
  struct model calm; /* no fault strikes; its measured time is cut into bins */
  sim_time strike, bin;
  bool movable;          /* so far `strike` is the end of the warm-up: it comes behind what is measured before it */
  uint32_t before, bins; /* bins before the strike, and in all */
  uint32_t replications;
  double per_s; /* requests that arrive, without a fault */
  uint32_t *faults;
  struct requirement *requirements;
  struct calm *calms; /* by replication */
  double done, runs;  /* for the progress */
};

/* drill_when.c: sets strike, warm-up and scenario. False: *wrong, or null when the scenario was reported. */
bool drill_when(struct drill *, const char **wrong);
/* drill_plan.c: bins, windows, what is left out. */
void drill_choose_requirements(struct drill *);
bool drill_plan(struct drill *, const char **wrong);
/* The claim that allows the fault a recovery time; null: none. */
const struct claim *drill_allowed(const struct drill *, uint32_t fault);

static inline struct watched drill_watched(const struct drill *d) { return (struct watched){&d->calm, d->bin, d->before, d->bins}; }

/* drill_losses.c */
struct calm drill_calm(struct drill *, const struct view *);
struct losses;
struct losses *drill_losses_new(struct drill *);
void drill_losses_take(struct losses *, uint32_t fault, uint32_t replication, const struct view *);
void drill_losses_tell(struct losses *, struct drill_fault *);
void drill_course_of(struct drill *, const struct view *, const double **failed, const double **latency_s);

/* drill_verdict.c */
void drill_judge(const struct drill *, uint32_t fault, const struct requirement *, const double *recovery_s, struct drill_cell *);

#endif
