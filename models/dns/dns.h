/* The way of clients to the regions: which region's entry a client is sent to, and when it learns that this has changed.
 *
 * A service that endpoints enter by has one address in each region where replicas of it stand when the run begins: the load
 * balancer of the region, whose targets are the replicas of its own region. A policy (policies.h) says which of these addresses a
 * client gets. Health checks from outside take a region out of the answers and bring it back (check.h).
 *
 * A client asks again when the TTL of its answer ends: at a phase of its own, so that after a change at c the share moved at t is
 * (t - c) / TTL, and all have moved at c + TTL. Stragglers (resolvers and runtimes that ignore TTLs) ask again only `for` after a
 * change, and get what is the answer then. With a policy that moves all clients at once (anycast: routes converge) there are no TTL
 * and no stragglers. What is drawn for a client, its phase, whether it is a straggler and which of several answers it gets, comes
 * from its own stream: nothing is kept for each of them, and without requests the same shares are computed.
 *
 * When no region is healthy the answers are as if all were: Route 53 fails open. Without "dns" each client is sent to the nearest
 * region that has replicas, for ever.
 *
 * Assumptions: resolvers have been asked before the run begins; a client whose weighted answer stays healthy gets the same one
 * again; one name is asked for, so that all clients of a region see the same health of an entry.
 *
 *     int32_t edge = dns_settled(world, service, region);               of all clients of the region; -1: they differ
 *     if (edge < 0) edge = dns_resolved(world, service, region, &draws);            of one, by its draws
 *     double share = dns_share(world, service, region, edge, DNS_CLIENTS);            of all
 *
 * Invariants: a client is only sent to regions that had replicas at the start; shares over all edges sum to 1. Sources: Route 53
 * developer guide (30 s, 3 checks, TTL of 60 s or less; all records unhealthy: all are answered). */
#ifndef DNS_H
#define DNS_H
#include "models/core/parts.h"
#include "models/core/model.h"
#include "models/core/part.h"
#include "models/service/checking.h"
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct dns_policy;
struct lane;
struct stream;
struct world;

struct stragglers_config {
  double share;
  sim_time lasts;
};

struct dns_order_config {
  int32_t region;
};

struct dns_config {
  const struct dns_policy *policy; /* null: the scenario has no "dns" */
  struct checking_config check;    /* every SIM_NEVER: there are no checks; 0: the scenario does not say */
  sim_time ttl;
  struct stragglers_config stragglers;
  /* Of members. */
  struct weights weights;   /* by region */
  struct config_list order; /* struct dns_order_config */
  sim_time convergence;
};

static inline struct dns_config *model_dns(const struct model *m) { return model_part(m, PART_dns); }

/* Health checks of a region, see check.h. */
struct dns_check {
  struct checking checking;
  bool answers; /* answers: some machine of the region refuses what is asked of it */
  slot_id due;  /* when it is announced that the region's health has changed */
};

/* Regions as a mask that were answered from an instant on. */
struct dns_answer {
  sim_time from;
  uint64_t regions;
};

/* Of a service that endpoints enter by. */
struct dns_record {
  uint32_t service;
  /* Masks of regions: with replicas at the start; of these, those that the policy takes; those that are healthy by checks. */
  uint64_t placed, possible, healthy;
  struct dns_answer *past; /* in order; the last is the answer now, the first is from before the last TTL */
  uint32_t count, room;
  uint64_t late;       /* what those go by who are late: stragglers, or, with anycast, all */
  sim_time settled_at; /* from then on all others go by the last answer */
  sim_time step_until; /* shares are those in the mean from now until then */
  slot_id drift, look;
  int16_t *edge;            /* by region of the client, when all go by the last answer */
  struct dns_check *checks; /* by region */
};

struct dns {
  struct dns_record *records;
  uint32_t count;
  int32_t *record_of; /* by service; -1: no endpoint enters by it */
  struct lane *late;
};

static inline struct dns *world_dns(const struct world *w) { return world_part(w, PART_dns); }

/* Of clients in a region that enter by the service: where all of them are sent to now, or -1: it depends on the client. */
int32_t dns_settled(const struct world *, int32_t service, uint32_t region);
/* The region that a client is sent to whose next draws these are: three are taken. */
int32_t dns_resolved(const struct world *, int32_t service, uint32_t region, struct stream *draws);

/* Of all clients, or as if there were no stragglers. */
enum dns_who { DNS_CLIENTS, DNS_APART_FROM_STRAGGLERS };
/* Share of the clients in a region that are sent to the edge, in the mean until the part next says that something has changed. */
double dns_share(const struct world *, int32_t service, uint32_t region, uint32_t edge, enum dns_who);
/* Some clients are moving: shares are those of an instant. */
bool dns_moves(const struct world *);

/* The nearest of the regions in the mask, which is not empty, by round trip; of those equally near the first. */
uint32_t dns_nearest(const struct model *, uint32_t region, uint64_t regions);

/* For check.h: the health of a region, as announced, has changed. */
void dns_announce(struct world *, struct dns_record *, uint32_t region, bool healthy);

/* While linking (dns_link.c). */
struct linker;
void dns_link(struct linker *, enum link_stage);
extern const struct record dns_root_record;

#endif
