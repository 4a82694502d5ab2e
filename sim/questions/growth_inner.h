/* The inside of an outlook on growth. Private to sim/questions/growth*.c. */
#ifndef GROWTH_INNER_H
#define GROWTH_INNER_H
#include "models/traffic/user_growth.h"
#include "sim/measure/evidence.h"
#include "sim/questions/growth_outlook.h"
#include "sim/scenario/watch.h"

struct trigger_config;

/* A trigger as one more requirement behind those of the scenario: the figure is not above its limit in the busiest time. */
struct watched_trigger {
  const struct trigger_config *config;
  const struct watch *watch;
  struct outlook_trigger *answer;
  struct claim calm; /* the watch's, in the busiest time */
};

enum { OUTLOOK_MOST = 120 }; /* months that are run at most */

/* A month that is run, or is to be. */
struct outlook_run {
  double month;
  struct arena *arena; /* of it alone: months are run at the same time */
  struct scenario *scenario;
  uint32_t wanted, done; /* replications */
  bool whole;            /* it was not interrupted */
  struct results *results;
  struct outlook_month answer;
  enum verdict *shown; /* by requirement, at the confidence of the search */
  double *margins;     /* by requirement; NaN: unknown */
};

struct outlook {
  struct arena *arena;
  const struct outlook_options *options;
  struct outlook_results *results;
  const struct scenario *today;
  const struct user_growth *growth;
  uint32_t *claims; /* by requirement: number among the judged */
  struct watched_trigger *triggers;
  uint32_t trigger_count; /* that are followed */
  struct outlook_run *runs[OUTLOOK_MOST];
  uint32_t count, first, budget, done; /* first: replications of a month */
  double until;                        /* the last month that is worth running */
  bool invalid, interrupted;
};

/* growth_run.c */
/* The run of this month, made when there is none; null: too many, or the scenario was reported. */
struct outlook_run *outlook_at(struct outlook *, double month);
/* Runs whatever wants more replications than it has; sorts by month. False when interrupted or invalid. */
bool outlook_do(struct outlook *);
/* Offered in the busiest 48th over what the first resource can do, in this month; NaN: unknown. */
double outlook_load(struct outlook *, double month);

/* growth_breaks.c */
/* Wants months near where requirements break; false: nothing is left to ask for. */
bool outlook_ask(struct outlook *);
void outlook_breaks(struct outlook *);

/* What becomes of requirement k, those of triggers too, and when. */
enum outlook_course outlook_course_of(const struct outlook *, uint32_t k, struct outlook_when *);
static inline uint32_t outlook_all(const struct outlook *o) { return o->results->requirement_count + o->trigger_count; }

/* growth_until.c */
/* To how many users it holds, and what documents say it costs. */
void outlook_until(struct outlook *);

/* growth_triggers.c */
void outlook_watch(struct outlook *);
void outlook_fire(struct outlook *);

/* growth_months.c */
/* Wants months where values in between are not known well; false: they are. */
bool outlook_ask_between(struct outlook *);
void outlook_table(struct outlook *);

#endif
