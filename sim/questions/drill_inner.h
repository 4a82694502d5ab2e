/* The inside of a drill. Private to sim/questions/drill*.c. */
#ifndef DRILL_INNER_H
#define DRILL_INNER_H
#include "models/request/outcome.h"
#include "sim/measure/evidence.h"
#include "sim/questions/drill.h"

/* What of the ends of a bin is bad, and how much of it the limit allows; only for measures that are such a share. */
enum drill_share { SHARE_NONE, SHARE_ABOVE, SHARE_BELOW, SHARE_FAILED };

struct requirement {
  const struct claim *claim;
  struct drill_requirement *answer;
  enum drill_share share;
  double allowed;
  bool of_requests; /* of an endpoint or of all: a window without answers breaks it */
  uint32_t width;   /* bins of a short window */
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

/* drill_windows.c: which windows of a replication keep the requirement, by first bin since the strike. */
uint32_t drill_positions(const struct drill *, const struct requirement *);
bool *drill_kept(const struct drill *, struct arena *, const struct requirement *, const struct view *,
                 const double *failed_without);
/* Of the requests that it is of, those that failed behind the strike, up to each bin. */
double *drill_failed(const struct drill *, const struct requirement *, const struct view *);
struct broken {
  bool broken, back;
  double recovery_s, worst;
};
struct broken drill_broken(const struct drill *, const struct requirement *, const bool *kept, const bool *without,
                           const double *failed_without, const struct view *);

/* drill_losses.c */
struct calm drill_calm(struct drill *, const struct view *);
struct losses;
struct losses *drill_losses_new(struct drill *);
void drill_losses_take(struct losses *, uint32_t fault, uint32_t replication, const struct view *);
void drill_losses_tell(struct losses *, struct drill_fault *);
void drill_course_of(struct drill *, const struct view *, const double **failed, const double **latency_s);

/* drill_verdict.c */
void drill_judge(const struct drill *, uint32_t fault, const struct requirement *, const double *recovery_s, struct drill_cell *);
/* Mean of values with Student's interval; exact where they are all one. */
struct estimate drill_mean(const double *x, uint32_t n);

#endif
