/* Bandwidth: bytes on the ways between machines, and machines and balancers that can send only so many of them a second.
 *
 * A machine (`bandwidth` of a node group) and a replica (`bandwidth` of a service: a balancer that is rented by what it carries)
 * have a line out and a line in, each as wide as is stated. A message takes its bytes over the line out of where it leaves and over
 * the line in of where it arrives, one after the other, first come first served: what comes while a line is busy waits, which is
 * time of the kind network. Between two replicas on one machine only their own lines count. Messages are the `request` and
 * `response` of endpoints, between clients and the entry, and those of call and query steps, which have no bytes unless told so.
 * Replication, backups, pulls of images and what jobs carry have none.
 *
 *     "platform": { "nodes": { "server": { "cpu": 4, "bandwidth": "250Mbit/s" } } }
 *     "endpoints": { "image": { "entry": "web", "response": "2.5MB", ... } }        12.5 a second, and not one more
 *
 * Between two regions a way may be as wide as `ways` of the scenario say, in each direction: what crosses takes it between the two
 * lines.
 *
 * Counted are the bytes that leave and reach each (SUBJECT.sent, SUBJECT.received), and the longest that a message has to wait now
 * (SUBJECT.line_ms, of what waits: a system that settles has none that grows). Rows of the saturation table: SUBJECT network out
 * and in.
 *
 * With `model->counts_ways` bytes are counted by the way that they take, too: network.between_zones, network.between_regions.
 *
 * A run asks w->carries (models/core/world.h) how much longer a message takes than its way does.
 *
 * Invariant: a line is never promised to two messages at one instant. */
#ifndef BANDWIDTH_H
#define BANDWIDTH_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "models/service/service.h"
#include "sim/engine/sim_time.h"

struct arena;
struct demand_sums;
struct load_part;

struct bandwidth_config {
  int64_t bits_per_s; /* 0: not given; INT64_MAX: bytes are counted and take no time */
  /* Derived: meters. */
  uint32_t sent, received, out, in, line_ms;
};
static inline struct bandwidth_config *nodes_bandwidth(const struct node_group *g) { return nodes_part(g, PART_bandwidth); }
static inline struct bandwidth_config *service_bandwidth(const struct service_config *s) { return service_part(s, PART_bandwidth); }

/* Between two regions: out from the first one named, in to it. */
struct way_config {
  const char *name; /* "us-eu" */
  struct bandwidth_config line;
  uint32_t pair[2];
};
/* Keys of the root; meters of all ways. */
struct ways_config {
  struct config_list list; /* struct way_config */
  uint32_t between_zones, between_regions;
};
static inline struct ways_config *model_ways(const struct model *m) { return model_part(m, PART_bandwidth); }

/* A machine or replica whose bytes take time. */
static inline bool is_limited(const struct bandwidth_config *b) { return b->bits_per_s && b->bits_per_s != INT64_MAX; }
/* Some bandwidth is given, if only to have bytes counted. */
bool bandwidth_is_given(const struct model *);

/* bandwidth_load.c */
void bandwidth_sums(struct demand_sums *, struct arena *);
extern const struct load_part bandwidth_load;

#endif
