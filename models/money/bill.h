/* The bill: what ran, at the prices of a list, for a month that is like the measured time.
 *
 * A month is 730 hours. Rows, in this order: nodes by group, for the hours for which they were in the cluster; replicas and pods
 * with a price of their own, for the time for which they stood on a node, starting and ending included; storage; charges of the
 * scenario, stated or measured; what was sent. Each row has three sums, of the low, the typical and the high ends of its price, and
 * what it costs in the first month where a promotional price holds then. Last come the credits of plans, which are negative. A sum
 * is NAN where the price list knows no price for that much: unknown is never 0.
 *
 *     struct bill_use use = measure_use(model, view, arena);
 *     uint32_t count = bill_compute(model, &use, arena, &rows);
 *     struct bill_sum sum = bill_sum(rows, count);                    sum.monthly, sum.low, sum.high, sum.first */
#ifndef BILL_H
#define BILL_H
#include "models/core/model.h"
#include "models/money/price.h"

struct arena;

/* What the quantity of a charge is multiplied by. */
enum charge_of { CHARGE_STATED, CHARGE_USERS, CHARGE_REQUESTS, CHARGE_SENT, CHARGE_RECEIVED, CHARGE_PROCESSED, CHARGE_LCU };

/* Something that costs and is not a node: managed databases, balancers, control planes, seats, engineers; or brings money in. */
struct charge_config {
  const char *name;
  const char *price;
  double quantity, hours;
  const char *of;
  double connection_requests; /* of LCUs: requests that one connection carries */
  bool credit;                /* of a plan: what it costs is paid for use */
  /* Derived while linking. */
  enum charge_of measured;
  int32_t endpoint; /* of CHARGE_REQUESTS: -1: of all */
};

/* Pods that are paid for themselves, by what they reserve. */
enum pods_by { PODS_BY_REQUESTS, PODS_BY_LIMITS };
struct pods_config {
  const char *vcpu, *memory; /* price items, or null */
  int32_t by;
  struct references services; /* which; all that run */
};

/* Data that lie somewhere: a volume, its snapshots and backups. */
struct storage_config {
  const char *name;
  const char *price, *snapshot_price, *backup_price;
  int64_t size, growth;       /* growth: a month */
  int32_t of;                 /* service each of whose replicas has it; -1: there is one */
  int64_t snapshots, backups; /* that are kept */
  double changes;             /* share of the volume that a snapshot adds to the one before it */
};

/* What a service costs by itself, and what of it is counted. */
struct service_money {
  const char *price; /* of each replica, or null */
  /* Derived. */
  bool counted, by_resources; /* there are meters; of CPU and memory too */
  uint32_t pods, millicores, bytes;
};
static inline struct service_money *service_money(const struct service_config *s) { return service_part(s, PART_bill); }

struct bill_config {
  struct config_list charges;                  /* struct charge_config */
  struct pods_config *pods;                    /* null: pods have no price of their own */
  struct config_list storage;                  /* struct storage_config */
  double month;                                /* since the sizes of storage were stated */
  struct config_list revenue;                  /* likewise */
  const char *egress;                          /* price item per GB, or null */
  double egress_free_gb;                       /* per month */
  const char *cdn;                             /* price item per GB, or null */
  const char *between_zones, *between_regions; /* likewise */
  double users;                                /* 0: not stated */
  int32_t order;                               /* endpoint, or -1 */
  const char *hour_down;                       /* price item per hour, or null */
  struct price_list prices;                    /* bound from the file that the scenario names */
};

extern const struct record bill_record;

struct bill_row {
  const char *item, *price, *unit;
  const struct price_item *from;
  double quantity, unit_price, monthly;
  double low, high; /* monthly, at the ends of the price's range */
  double first;     /* in the first month: other than monthly at a promotional price */
  bool used;        /* by what was used: plans give credit for it */
};

struct bill_sum {
  double monthly, low, high, first; /* NAN: a row is */
};

/* Bytes sent a second, on average: by our nodes, and by a CDN in front of them; from clients to our nodes; among these. */
struct sent_bytes {
  double origin, cdn, received, between_zones, between_regions;
};
/* Replicas that stood on nodes, whatever they did there, and what they reserved; of services that are counted. */
struct pods_use {
  double pods, vcpus, memory_gb;
};
/* What ran, in the mean of the measured time. */
struct bill_use {
  const double *nodes; /* by group: node hours an hour */
  struct sent_bytes per_s;
  const double *answered_per_s; /* by endpoint */
  double arrived_per_s;         /* at all endpoints, whatever became of it */
  const struct pods_use *pods;  /* by service */
  double month;                 /* since the sizes of storage were stated */
};

/* The bill for a month that is like the measured time. Rows in the arena. */
uint32_t bill_compute(const struct model *, const struct bill_use *, struct arena *, struct bill_row **rows);
/* What comes in, likewise. */
uint32_t bill_revenue(const struct model *, const struct bill_use *, struct arena *, struct bill_row **rows);
struct bill_sum bill_sum(const struct bill_row *, uint32_t count);
/* Whether every quantity follows from the scenario, so that every replication has the same bill. */
bool bill_is_exact(const struct model *);
/* Users that the bill is divided among, in the month that is simulated: those that it states, or those of the growth; 0: none
 * known. */
double bill_users(const struct model *);
/* The month that is simulated, since the sizes of storage were stated. */
double bill_month(const struct model *);

extern const struct record bill_root_record;
static inline struct bill_config *model_bill(const struct model *m) { return model_part(m, PART_bill); }

#endif
