/* A view: the plain numbers of one replication, or of several added up. Measures read views; worlds are gone by then. */
#ifndef VIEW_H
#define VIEW_H
#include "models/core/observation.h"
#include "models/availability/outage.h"
#include "models/core/gauge.h"
#include "models/core/world.h"
#include "sim/stats/growth.h"

struct service_view {
  double used_s;    /* core seconds */
  double busy_s;    /* thread seconds */
  double primary_s; /* core seconds of the first replica */
  double replica_s; /* replica seconds in rotation */
  double replicas_max;
  double pool_used_s;      /* connection seconds, all pools */
  double thread_s, core_s; /* with shifts: thread seconds in rotation, and core seconds that they can use */
};

struct fault_view {
  uint64_t faults;
  double lost_s;                 /* weighted by the share not served */
  double phase_s[OUTAGE_PHASES]; /* of the rto, summed */
  struct durations rto, rpo;     /* of outages; of lost primaries of databases */
};

/* A row of the ledger (models/availability/ledger.h): what was lost in all, and by month and year where anything was. */
struct ledger_view {
  double lost_s;
  struct durations months, years;
};

/* Outages of all, or of one endpoint. */
struct life_view {
  uint64_t outages;
  double down_s;
  double until_first_s;    /* until the first in each replication, or its end, summed */
  struct durations firsts; /* of those that had one */
};

struct view {
  struct arena *arena;
  struct observation observation;
  /* Over the whole window, in rows (view_row): by endpoint, then of all; then the same of clients in each region. */
  uint32_t endpoint_count, row_count;
  struct histogram *latency; /* of each row */
  uint64_t *ended;           /* [row * OUTCOMES + outcome] */
  uint64_t *arrived;
  double seconds; /* measured, summed over the replications */
  uint64_t replications;
  struct service_view *services;
  double *node_used_s, *node_available_s; /* core seconds by node group */
  double *node_gained_s;      /* by node group: node seconds beyond those of the scenario's nodes; negative where nodes were away */
  double *probes;             /* sums over the replications */
  struct growth_sums *growth; /* by gauge (models/core/gauge.h) */
  struct fault_view *faults;
  double *served_s, total_served_s; /* by endpoint; by the mix */
  struct ledger_view *ledger;       /* of years of faults: by row; years and months in it follow from `seconds` */
  struct life_view *lives;          /* all; then each endpoint */
  double strained_s, assumed_s;     /* of what is left: time played with requests, and counted as not served */
  uint64_t events;
  bool overflowed; /* a replication was stopped: too many requests inside */
  char **violations;
  uint32_t violation_count;
};

/* The row of an endpoint (endpoint_count: of all) and of clients in a region (-1: wherever). */
static inline uint32_t view_row(const struct view *v, uint32_t endpoint, int32_t region) {
  return (v->endpoint_count + 1) * (uint32_t)(region + 1) + endpoint;
}
/* What was observed of it, by window. */
static inline const struct endpoint_observation *view_observed(const struct view *v, uint32_t endpoint, int32_t region) {
  return &v->observation.endpoints[observation_row(&v->observation, endpoint, region)];
}

struct view *view_new(const struct model *, bool traffic);
void view_free(struct view *);
/* Reads a world that has been measured. */
void view_read(struct view *, const struct world *);
/* A view of a world that has been closed and is audited and freed next: what it observed is moved, not copied. */
struct view *view_take(struct world *);
/* Checks the invariants of a world that has been closed; what is broken is noted in the view. */
void view_audit(struct view *, const struct world *);
void view_merge(struct view *into, const struct view *, const struct model *);
/* Joins the next part of the same replication: levels at the end are those of the next. */
void view_follow(struct view *into, const struct view *next, const struct model *);
/* Takes away an earlier view of the same world: what remains was seen since. Largest values stay those of the whole, levels are
 * those at the end. */
void view_subtract(struct view *from, const struct view *earlier, const struct model *);

/* Everything that a view holds, as a walk over two views in step: merging, subtracting, saving and loading are visits. What is
 * listed here once is in all of them. `b` may be the same as `a`. */
struct view_visitor {
  void (*numbers)(void *context, double *a, const double *b, uint64_t count);
  void (*counts)(void *context, uint64_t *a, const uint64_t *b, uint64_t count);
  void (*levels)(void *context, uint64_t *a, const uint64_t *b); /* one, at an instant */
  void (*largest)(void *context, double *a, const double *b);
  void (*histogram)(void *context, struct histogram *a, const struct histogram *b);
  void (*durations)(void *context, struct view *a, struct durations *mine, const struct durations *theirs);
  bool (*present)(void *context, bool here); /* of a part that may be missing, here: in `b`. Whether it is visited */
  void *context;
};
void view_visit(struct view *a, const struct view *b, const struct model *, const struct view_visitor *);

#endif
