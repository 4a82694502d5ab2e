/* Growth of users: how many there are in month m, and with them the load of the sources.
 *
 *     monthly    users(m) = users(0) (1 + g)^m
 *     users      straight lines between the months of the table
 *     curve      users(m) = ceiling / (1 + (ceiling / start - 1) e^(-k m))      the logistic curve, Verhulst 1838
 *
 * A run has the load of the month `after`: rates of open sources and sessions are multiplied by users(after) / users today, and
 * populations of closed ones are rounded to the next whole user. Users today are those that the sources state (registered, daily or
 * concurrent; a population), or else those of month 0. Within the run nothing grows; a rate that grows within a run is a profile of
 * its own (profile_growth.c), whose growth is taken for that of the users where the scenario says nothing here.
 *
 *     "growth": { "monthly": "6%", "months": 24 }
 *     "growth": { "users": { "0": 10000, "12": 25000 } }
 *     "growth": { "curve": { "ceiling": 80000, "midpoint": 18 } } */
#ifndef USER_GROWTH_H
#define USER_GROWTH_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"

struct growth_curve {
  double start, ceiling;
  double midpoint, steepness; /* month of half the ceiling; k a month; 0: not given */
};

/* What a document says this architecture costs with so many users: a point among its costs, nothing that is simulated. */
struct stated_cost {
  const char *name, *source;
  double users, from; /* from: of a range of users; 0: none */
  struct money_value cost, cost_to;
};

struct user_growth {
  struct references of; /* sources; none: all that can grow */
  double monthly;       /* NaN: not given */
  struct weights users; /* months and users */
  struct growth_curve curve;
  double months, after;
  sim_time lead;
  struct config_list stated_costs; /* struct stated_cost */
  /* Derived. */
  double *month;  /* of the rows of the table */
  double today;   /* users that the sources state; NaN: they state none */
  bool *grows;    /* by source */
  uint32_t count; /* of those that grow */
  bool by_rate;   /* the growth is that of a rate profile */
};

/* Whether the scenario says how users grow, here or by a profile. */
bool user_growth_given(const struct user_growth *);
/* Users in that month over users today. */
double user_growth_factor(const struct user_growth *, double month);
/* NaN where neither the sources nor the growth say how many there are. */
double user_growth_users(const struct user_growth *, double month);

extern const struct record user_growth_root_record;
static inline const struct user_growth *model_user_growth(const struct model *m) { return model_part(m, PART_user_growth); }

#endif
