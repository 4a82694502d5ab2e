#include "models/network/network.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "sim/describe/field.h"
#include "sim/engine/lane.h"

static const struct field network_fields[] = {
    KEY("between_nodes", DURATION, network_config, between_nodes, DEFAULT("0.25ms"), RANGE(0, 1e10),
        .doc = "One way between two nodes; inside a node it takes no time.",
        .source = "half of a round trip of 0.5 ms: measured means are 0.25 ms within a zone and 0.7 ms between zones"),
    {0}};
const struct record network_record = {
    .name = "network", .size = sizeof(struct network_config), .fields = network_fields, .doc = "Delays inside the cluster."};

sim_time network_way_apart(const struct model *m, int32_t from, int32_t to) {
  (void)from, (void)to; /* one delay, whichever groups */
  return m->platform.network.between_nodes;
}

static int32_t group_of(const struct world *w, uint32_t node) {
  assert(node == NETWORK_ELSEWHERE || node < w->node_count);
  return node == NETWORK_ELSEWHERE ? -1 : (int32_t)w->nodes[node].group_index;
}

sim_time network_way(const struct world *w, uint32_t from, uint32_t to) {
  if (from == to) return 0;
  return network_way_apart(w->model, group_of(w, from), group_of(w, to));
}

/* --- the life of a world ------------------------------------------------------------------------------------------------------ */

static bool takes_time(const struct model *m) { return network_way_apart(m, -1, -1) > 0; }

static struct network *ways_of(const struct world *w) { return world_part(w, PART_network); }

static void network_open(struct world *w) {
  ways_of(w)->between_nodes = lane_new(w->calendar, network_way_apart(w->model, -1, -1), request_wakes, w);
}

static void network_stop(struct world *w) { lane_free(ways_of(w)->between_nodes); }

const struct part part_network = {
    .name = "network", .used = takes_time, .room.world = sizeof(struct network), .open = network_open, .stop = network_stop};
