#include "models/network/network.h"
#include "models/network/regions.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/describe/field.h"
#include "sim/engine/lane.h"

static const struct field network_fields[] = {
    KEY("between_nodes", DURATION, network_config, between_nodes, DEFAULT("0.25ms"), RANGE(0, 1e10),
        .doc = "One way between two nodes, of one zone where there are several; inside a node it takes no time.",
        .source = "half of a round trip of 0.5 ms: measured means are 0.25 ms within a zone and 0.7 ms between zones"),
    KEY("between_zones", DURATION, network_config, between_zones, DEFAULT("0.35ms"), RANGE(0, 1e10),
        .doc = "One way between two zones of a region.",
        .source =
            "half of a round trip of 0.7 ms, an estimate: measured are 0.25 ms within a zone to 3.4 ms between the worst pair"),
    KEY("round_trip", MAP, network_config, round_trip, OPTIONAL, .record = &round_trip_record,
        .doc = "There and back between two regions: {\"us-eu\": \"75ms\"}. Pairs that are not given are taken from a table of "
               "AWS regions.",
        .source = "averages between AWS regions until April 2017, acomputerscientistlearnsaws.blogspot.com"),
    {0}};
const struct record network_record = {
    .name = "network", .size = sizeof(struct network_config), .fields = network_fields, .doc = "Delays inside the cluster."};

/* --- ways -------------------------------------------------------------------------------------------------------------------- */

static sim_time between_zones(const struct model *m, uint32_t a, uint32_t b) {
  const struct network_config *n = &m->platform.network;
  if (a == b) return n->between_nodes;
  const struct regions *all = &m->platform.regions;
  uint32_t from = regions_of_zone(all, a), to = regions_of_zone(all, b);
  return from == to ? n->between_zones : regions_round_trip(all, from, to) / 2;
}

/* In the mean over nodes of both groups, which are dealt over their zones alike. */
static double between_groups(const struct model *m, const struct node_group *a, const struct node_group *b) {
  double sum = 0;
  assert(a->zone_count && b->zone_count);
  for (uint32_t i = 0; i < a->zone_count; i++)
    for (uint32_t k = 0; k < b->zone_count; k++) sum += (double)between_zones(m, a->first_zone + i, b->first_zone + k);
  return sum / (a->zone_count * b->zone_count);
}

/* Of one group, or of all: by their machines. */
static double group_share(const struct model *m, int32_t wanted, uint32_t group) {
  if (wanted >= 0) return (uint32_t)wanted == group;
  return (double)model_nodes(m, group)->count / m->node_count;
}

sim_time network_way_apart(const struct model *m, int32_t from, int32_t to) {
  double mean = 0;
  if (!model_regions(m)) return m->platform.network.between_nodes; /* one delay, whichever groups */
  for (uint32_t a = 0; a < m->platform.nodes.count; a++)
    for (uint32_t b = 0; b < m->platform.nodes.count; b++) {
      double share = group_share(m, from, a) * group_share(m, to, b);
      if (share > 0) mean += share * between_groups(m, model_nodes(m, a), model_nodes(m, b));
    }
  return (sim_time)(mean + 0.5);
}

sim_time network_way(const struct world *w, uint32_t from, uint32_t to) {
  if (from == to) return 0;
  if (from == NETWORK_ELSEWHERE || to == NETWORK_ELSEWHERE || !model_regions(w->model))
    return w->model->platform.network.between_nodes;
  assert(from < w->node_count && to < w->node_count);
  return between_zones(w->model, (uint32_t)w->nodes[from].zone, (uint32_t)w->nodes[to].zone);
}

/* --- the life of a world ----------------------------------------------------------------------------------------------------- */

static bool takes_time(const struct model *m) {
  const struct network_config *n = &m->platform.network;
  return n->between_nodes > 0 || (model_regions(m) && n->between_zones > 0) || model_regions(m) > 1;
}

static struct network *ways_of(const struct world *w) { return world_part(w, PART_network); }

/* The lane of the delay: pairs of zones that are as far apart share it. */
static struct lane *lane_of(struct world *w, const struct network *n, uint32_t until, sim_time delay) {
  for (uint32_t i = 0; i < until; i++)
    if (n->between[i] && between_zones(w->model, i / n->zones, i % n->zones) == delay) return n->between[i];
  return delay > 0 ? lane_new(w->calendar, delay, request_wakes, w) : NULL;
}

static void open_places(struct world *w, struct network *n) {
  n->zones = w->model->platform.regions.zone_count;
  n->between = arena_new_array(w->arena, struct lane *, (size_t)n->zones * n->zones);
  for (uint32_t i = 0; i < n->zones * n->zones; i++)
    n->between[i] = lane_of(w, n, i, between_zones(w->model, i / n->zones, i % n->zones));
}

static void network_open(struct world *w) {
  struct network *n = ways_of(w);
  sim_time delay = w->model->platform.network.between_nodes;
  if (delay > 0) n->between_nodes = lane_new(w->calendar, delay, request_wakes, w);
  if (model_regions(w->model)) open_places(w, n);
}

static void network_start(struct world *w) {
  struct network *n = ways_of(w);
  if (!n->zones) return;
  n->zone_of = arena_new_array(w->arena, uint32_t, w->node_room);
  for (uint32_t i = 0; i < w->node_count; i++) n->zone_of[i] = (uint32_t)w->nodes[i].zone;
}

static void network_joins(struct world *w, const struct node *joined) {
  struct network *n = ways_of(w);
  if (!n->zones) return;
  n->zone_of = nodes_grown(w, joined, n->zone_of, sizeof *n->zone_of);
  n->zone_of[joined->index] = (uint32_t)joined->zone;
}

static void network_stop(struct world *w) {
  struct network *n = ways_of(w);
  for (uint32_t i = 0; i < n->zones * n->zones; i++) {
    for (uint32_t k = i + 1; k < n->zones * n->zones; k++)
      if (n->between[k] == n->between[i]) n->between[k] = NULL;
    lane_free(n->between[i]);
  }
  lane_free(n->between_nodes);
}

const struct part part_network = {.name = "network",
                                  .used = takes_time,
                                  .room.world = sizeof(struct network),
                                  .open = network_open,
                                  .start = network_start,
                                  .joins = network_joins,
                                  .stop = network_stop};
