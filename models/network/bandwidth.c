#include "models/network/bandwidth.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/pairs.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"
#include <math.h>

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field nodes_fields[] = {KEY("bandwidth", BANDWIDTH, bandwidth_config, bits_per_s, OPTIONAL,
                                                RANGE(1, FIELD_UNLIMITED),
                                                .doc = "Of each machine, out and in: messages take their bytes over it, one after "
                                                       "the other. Absent, or \"unlimited\": no time; "
                                                       "with \"unlimited\" they are counted."),
                                            {0}};
static const struct record nodes_keys = {
    .name = "bandwidth of nodes", .size = sizeof(struct bandwidth_config), .fields = nodes_fields};
static const struct field service_fields[] = {
    KEY("bandwidth", BANDWIDTH, bandwidth_config, bits_per_s, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Of each replica, out and in, such as that of a rented balancer. Absent: no time."),
    {0}};
static const struct record service_keys = {
    .name = "bandwidth of a service", .size = sizeof(struct bandwidth_config), .fields = service_fields};
static const struct field way_fields[] = {
    KEY("bandwidth", BANDWIDTH, way_config, line.bits_per_s, RANGE(1, FIELD_UNLIMITED), .doc = "In each direction."), {0}};
static const struct record way_record = {.name = "way",
                                         .size = sizeof(struct way_config),
                                         .fields = way_fields,
                                         .doc = "How many bytes a second go between two regions.",
                                         .shorthand = "bandwidth"};
static const struct field root_fields[] = {KEY("ways", MAP, ways_config, list, OPTIONAL, .record = &way_record,
                                               .doc = "Bandwidth between regions, in each direction: {\"us-eu\": \"1Gbit/s\"}; out "
                                                      "is from the first one named. Absent: no time."),
                                           {0}};
static const struct record root_keys = {.name = "ways", .size = sizeof(struct ways_config), .fields = root_fields};

bool bandwidth_is_given(const struct model *m) {
  bool any = model_ways(m)->list.count > 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) any |= nodes_bandwidth(model_nodes(m, i))->bits_per_s > 0;
  for (uint32_t i = 0; i < m->services.count; i++) any |= service_bandwidth(model_service(m, i))->bits_per_s > 0;
  return any;
}

static bool used(const struct model *m) { return m->counts_ways || bandwidth_is_given(m); }

static void declare(struct model *m, struct bandwidth_config *b, const char *thing) {
  if (!b->bits_per_s) return;
  b->sent = meter_declare(m, thing, "sent", METER_COUNT, "Bytes that have left it.");
  b->received = meter_declare(m, thing, "received", METER_COUNT, "Bytes that have reached it.");
  if (!is_limited(b)) return;
  b->out = meter_declare(m, thing, "lines_out_busy", METER_LEVEL, "Lines that carry bytes out of it.");
  b->in = meter_declare(m, thing, "lines_in_busy", METER_LEVEL, "Lines that carry bytes to it.");
  b->line_ms = meter_declare(m, thing, "line_ms", METER_LEVEL, "Milliseconds that a message waits for its line.");
  m->meters[b->out].quiet = m->meters[b->in].quiet = true;
  meter_is_queue(m, b->line_ms);
}

static void link_ways(struct linker *l) {
  const struct regions *all = &l->model->platform.regions;
  struct way_config *ways = model_ways(l->model)->list.items;
  for (uint32_t i = 0; i < model_ways(l->model)->list.count; i++) {
    if (pairs_named(all, ways[i].name, ways[i].pair) != 1)
      link_error(l, "ways", ways[i].name, "\"%s\" does not name two regions as in \"us-eu\"; the regions are: %s", ways[i].name,
                 all->list.count ? regions_listed(all, l->arena) : "none");
    for (uint32_t k = 0; k < i; k++)
      if (ways[k].pair[0] == ways[i].pair[1] && ways[k].pair[1] == ways[i].pair[0] && ways[i].pair[0] != ways[i].pair[1])
        link_error(l, "ways", ways[i].name, "is given twice: the way back is as wide");
    declare(l->model, &ways[i].line, ways[i].name);
  }
}

static void link_bandwidth(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  if (stage != LINK_STEPS) return;
  link_ways(l);
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) declare(m, nodes_bandwidth(model_nodes(m, i)), model_nodes(m, i)->name);
  for (uint32_t i = 0; i < m->services.count; i++) declare(m, service_bandwidth(model_service(m, i)), model_service(m, i)->name);
  if (!m->counts_ways) return;
  model_ways(m)->between_zones = meter_declare(m, "network", "between_zones", METER_COUNT, "Bytes between zones of a region.");
  model_ways(m)->between_regions = meter_declare(m, "network", "between_regions", METER_COUNT, "Bytes between regions.");
}

/* --- lines ------------------------------------------------------------------------------------------------------------------- */

/* Until when each is promised. */
struct lines {
  sim_time out, in;
};
struct bandwidths {
  struct lines *nodes, *containers, *ways; /* by number */
};
static struct bandwidths *world_bandwidths(const struct world *w) { return world_part(w, PART_bandwidth); }

/* The message is there at `at` and through at the time that is returned. */
static sim_time passes(struct world *w, const struct bandwidth_config *b, sim_time *promised, uint32_t busy, sim_time at,
                       double bytes) {
  sim_time from = *promised > at ? *promised : at;
  double ns = ceil(bytes * 8e9 / (double)b->bits_per_s);
  sim_time takes = ns < 9e18 ? (sim_time)ns : SIM_NEVER / 2;
  if (from >= SIM_NEVER / 2 || takes >= SIM_NEVER / 2) return SIM_NEVER / 2;
  *promised = from + takes;
  meter_book(w, busy, from, takes);
  meter_set(w, b->line_ms, (from - at) / SIM_MS);
  return *promised;
}

static sim_time leaves(struct world *w, const struct bandwidth_config *b, struct lines *lines, sim_time at, double bytes) {
  if (!b->bits_per_s) return at;
  meter_add(w, b->sent, bytes);
  if (!is_limited(b)) return at;
  return passes(w, b, &lines->out, b->out, at, bytes);
}

static sim_time reaches(struct world *w, const struct bandwidth_config *b, struct lines *lines, sim_time at, double bytes) {
  if (!b->bits_per_s) return at;
  meter_add(w, b->received, bytes);
  if (!is_limited(b)) return at;
  return passes(w, b, &lines->in, b->in, at, bytes);
}

/* Where one end of a message is: -1 when it is nowhere. */
struct end {
  int32_t region, zone;
};
static struct end end_of(const struct world *w, const struct container *c, int32_t edge) {
  if (!c) return (struct end){edge, -1};
  return c->node == NONE ? (struct end){-1, -1} : (struct end){w->nodes[c->node].region, w->nodes[c->node].zone};
}

static void count_way(struct world *w, struct end from, struct end to, double bytes) {
  const struct ways_config *ways = model_ways(w->model);
  if (from.region != to.region)
    meter_add(w, ways->between_regions, bytes);
  else if (from.zone >= 0 && to.zone >= 0 && from.zone != to.zone)
    meter_add(w, ways->between_zones, bytes);
}

/* Over the way between the two regions, if one is limited. */
static sim_time crosses(struct world *w, struct end from, struct end to, sim_time at, double bytes) {
  const struct way_config *ways = model_ways(w->model)->list.items;
  struct lines *lines = world_bandwidths(w)->ways;
  for (uint32_t i = 0; i < model_ways(w->model)->list.count; i++) {
    if ((int32_t)ways[i].pair[0] == from.region && (int32_t)ways[i].pair[1] == to.region)
      return leaves(w, &ways[i].line, &lines[i], at, bytes);
    if ((int32_t)ways[i].pair[1] == from.region && (int32_t)ways[i].pair[0] == to.region)
      return reaches(w, &ways[i].line, &lines[i], at, bytes);
  }
  return at;
}

static const struct bandwidth_config *of_service(const struct world *w, const struct container *c) {
  return service_bandwidth(model_service(w->model, c->service));
}

static sim_time sends(struct world *w, const struct container *from, const struct container *to, int32_t edge, double bytes) {
  struct bandwidths *all = world_bandwidths(w);
  sim_time now = world_now(w), at = now;
  bool apart = !from || !to || from->node != to->node;
  struct end here = end_of(w, from, edge), there = end_of(w, to, edge);
  bool placed = here.region >= 0 && there.region >= 0;
  if (placed && w->model->counts_ways) count_way(w, here, there, bytes);
  if (from) at = leaves(w, of_service(w, from), &all->containers[from->id], at, bytes);
  if (from && apart && from->node != NONE)
    at = leaves(w, nodes_bandwidth(w->nodes[from->node].group), &all->nodes[from->node], at, bytes);
  if (placed && here.region != there.region) at = crosses(w, here, there, at, bytes);
  if (to && apart && to->node != NONE) at = reaches(w, nodes_bandwidth(w->nodes[to->node].group), &all->nodes[to->node], at, bytes);
  if (to) at = reaches(w, of_service(w, to), &all->containers[to->id], at, bytes);
  return at - now;
}

static void start(struct world *w) {
  w->carries = sends;
  world_bandwidths(w)->nodes = arena_new_array(w->arena, struct lines, w->node_room + 1);
  world_bandwidths(w)->ways = arena_new_array(w->arena, struct lines, model_ways(w->model)->list.count + 1);
  world_bandwidths(w)->containers = arena_new_array(w->arena, struct lines, w->container_count + 1);
}

static void joins(struct world *w, const struct node *n) {
  if (world_bandwidths(w)->nodes) world_bandwidths(w)->nodes = nodes_grown(w, n, world_bandwidths(w)->nodes, sizeof(struct lines));
}

const struct part part_bandwidth = {.name = "bandwidth",
                                    .requests = true,
                                    .used = used,
                                    .room.world = sizeof(struct bandwidths),
                                    .keys = {.root = &root_keys, .service = &service_keys, .nodes = &nodes_keys},
                                    .link = link_bandwidth,
                                    .sums = bandwidth_sums,
                                    .start = start,
                                    .joins = joins,
                                    .load = &bandwidth_load};
