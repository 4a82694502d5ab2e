#include "models/network/bandwidth.h"
#include "models/core/link.h"
#include "models/core/load_sheet.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/network/network.h"
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "models/request/operation.h"
#include "sim/engine/arena.h"
#include <math.h>

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field nodes_fields[] = {
    KEY("bandwidth", BANDWIDTH, bandwidth_config, bits_per_s, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Of each machine, out and in: messages take their bytes over it, one after the other. Absent: no time."),
    {0}};
static const struct record nodes_keys = {
    .name = "bandwidth of nodes", .size = sizeof(struct bandwidth_config), .fields = nodes_fields};
static const struct field service_fields[] = {
    KEY("bandwidth", BANDWIDTH, bandwidth_config, bits_per_s, OPTIONAL, RANGE(1, FIELD_UNLIMITED),
        .doc = "Of each replica, out and in, such as that of a rented balancer. Absent: no time."),
    {0}};
static const struct record service_keys = {
    .name = "bandwidth of a service", .size = sizeof(struct bandwidth_config), .fields = service_fields};
static const struct field no_fields[] = {{0}};
static const struct record root_keys = {.name = "ways", .size = sizeof(struct ways_config), .fields = no_fields};

static bool is_limited(const struct bandwidth_config *b) { return b->bits_per_s && b->bits_per_s != INT64_MAX; }

static bool any_is_limited(const struct model *m) {
  bool any = false;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) any |= is_limited(nodes_bandwidth(model_nodes(m, i)));
  for (uint32_t i = 0; i < m->services.count; i++) any |= is_limited(service_bandwidth(model_service(m, i)));
  return any;
}

static bool used(const struct model *m) { return m->counts_ways || any_is_limited(m); }

static void declare(struct model *m, struct bandwidth_config *b, const char *thing) {
  if (!is_limited(b)) return;
  b->sent = meter_declare(m, thing, "sent", METER_COUNT, "Bytes that have left it.");
  b->received = meter_declare(m, thing, "received", METER_COUNT, "Bytes that have reached it.");
  b->out = meter_declare(m, thing, "lines_out_busy", METER_LEVEL, "Lines that carry bytes out of it.");
  b->in = meter_declare(m, thing, "lines_in_busy", METER_LEVEL, "Lines that carry bytes to it.");
  b->line_ms = meter_declare(m, thing, "line_ms", METER_LEVEL, "Milliseconds that a message waits for its line.");
  m->meters[b->out].quiet = m->meters[b->in].quiet = true;
  meter_is_queue(m, b->line_ms);
}

static void link_bandwidth(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  if (stage != LINK_STEPS) return;
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
  struct lines *nodes, *containers; /* by number */
};
static struct bandwidths *world_bandwidths(const struct world *w) { return world_part(w, PART_bandwidth); }

static void start(struct world *w) {
  world_bandwidths(w)->nodes = arena_new_array(w->arena, struct lines, w->node_room + 1);
  world_bandwidths(w)->containers = arena_new_array(w->arena, struct lines, w->container_count + 1);
}

static void joins(struct world *w, const struct node *n) {
  if (world_bandwidths(w)->nodes) world_bandwidths(w)->nodes = nodes_grown(w, n, world_bandwidths(w)->nodes, sizeof(struct lines));
}

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
  if (!is_limited(b)) return at;
  meter_add(w, b->sent, bytes);
  return passes(w, b, &lines->out, b->out, at, bytes);
}

static sim_time reaches(struct world *w, const struct bandwidth_config *b, struct lines *lines, sim_time at, double bytes) {
  if (!is_limited(b)) return at;
  meter_add(w, b->received, bytes);
  return passes(w, b, &lines->in, b->in, at, bytes);
}

static void count_way(struct world *w, const struct container *from, const struct container *to, int32_t edge, double bytes) {
  const struct ways_config *ways = model_ways(w->model);
  const struct node *a = from && from->node != NONE ? &w->nodes[from->node] : NULL,
                    *b = to && to->node != NONE ? &w->nodes[to->node] : NULL;
  if (!w->model->counts_ways || (!a && !b)) return;
  int32_t here = a ? a->region : edge, there = b ? b->region : edge;
  if (here < 0 || there < 0) return;
  if (here != there)
    meter_add(w, ways->between_regions, bytes);
  else if (a && b && a->zone != b->zone)
    meter_add(w, ways->between_zones, bytes);
}

static const struct bandwidth_config *of_service(const struct world *w, const struct container *c) {
  return service_bandwidth(model_service(w->model, c->service));
}

sim_time bandwidth_sends(struct world *w, const struct container *from, const struct container *to, int32_t edge, double bytes) {
  struct bandwidths *all = world_bandwidths(w);
  sim_time now = world_now(w), at = now;
  if (!all) return 0;
  bool apart = !from || !to || from->node != to->node;
  count_way(w, from, to, edge, bytes);
  if (from) at = leaves(w, of_service(w, from), &all->containers[from->id], at, bytes);
  if (from && apart && from->node != NONE)
    at = leaves(w, nodes_bandwidth(w->nodes[from->node].group), &all->nodes[from->node], at, bytes);
  if (to && apart && to->node != NONE) at = reaches(w, nodes_bandwidth(w->nodes[to->node].group), &all->nodes[to->node], at, bytes);
  if (to) at = reaches(w, of_service(w, to), &all->containers[to->id], at, bytes);
  return at - now;
}

/* --- the load sheet ---------------------------------------------------------------------------------------------------------- */

/* Bits of a request of the whole system: by service, over the lines of its replicas; by node group, over those of its machines. */
struct bits {
  double *out, *in, *nodes_out, *nodes_in;
};

static void sums(struct demand_sums *d, struct arena *arena) {
  struct bits *b = arena_new_array(arena, struct bits, 1);
  b->out = arena_new_array(arena, double, d->model->services.count + 1),
  b->in = arena_new_array(arena, double, d->model->services.count + 1);
  b->nodes_out = arena_new_array(arena, double, d->model->platform.nodes.count + 1);
  b->nodes_in = arena_new_array(arena, double, d->model->platform.nodes.count + 1);
  d->parts[PART_bandwidth] = b;
}

static double machines_of(const struct model *m, const struct service_config *s) {
  double machines = 0;
  for (uint32_t g = 0; g < m->platform.nodes.count; g++)
    if (placement_has_group(s, g)) machines += (double)model_nodes(m, g)->count;
  return machines;
}

/* Both can only be on one and the same machine. */
static bool always_together(const struct model *m, const struct service_config *a, const struct service_config *b) {
  if (machines_of(m, a) > 1 || machines_of(m, b) > 1) return false;
  for (uint32_t g = 0; g < m->platform.nodes.count; g++)
    if (placement_has_group(a, g) != placement_has_group(b, g)) return false;
  return true;
}

/* Over the machines that its replicas may be on, evenly. */
static void spread(const struct model *m, const struct service_config *s, double bits, double *by_group) {
  double machines = machines_of(m, s);
  for (uint32_t g = 0; machines > 0 && g < m->platform.nodes.count; g++)
    if (placement_has_group(s, g)) by_group[g] += bits * (double)model_nodes(m, g)->count / machines;
}

/* -1: a client. */
static void add_message(const struct demand_sums *d, int32_t from, int32_t to, double bits) {
  const struct model *m = d->model;
  const struct bits *b = d->parts[PART_bandwidth];
  const struct service_config *a = from >= 0 ? model_service(m, (uint32_t)from) : NULL,
                              *z = to >= 0 ? model_service(m, (uint32_t)to) : NULL;
  if (a) b->out[from] += bits;
  if (z) b->in[to] += bits;
  if (a && z && always_together(m, a, z)) return;
  if (a) spread(m, a, bits, b->nodes_out);
  if (z) spread(m, z, bits, b->nodes_in);
}

/* How often each instruction is run, and which service called: calls are nested in the order of the instructions. */
static void add_program(const struct demand_sums *d, const struct program *p, double weight, struct arena *arena) {
  struct demand_sums counting = load_demand(d->model, arena);
  counting.runs = arena_new_array(arena, double, p->count + 1);
  program_demand(p, weight, &counting);
  int32_t frames[PROGRAM_FRAMES + 1] = {-1};
  uint32_t depth = 0;
  for (uint32_t i = 0; i < p->end; i++) {
    const struct instruction *in = &p->instructions[i];
    bool enters = in->operation->enters, leaves_ = in->operation->leaves;
    if (enters && in->scale > 0) add_message(d, frames[depth], in->service, 8 * in->scale * counting.runs[i]);
    if (enters && depth < PROGRAM_FRAMES) frames[++depth] = in->service;
    if (!leaves_ || !depth) continue;
    depth--;
    if (in->scale > 0) add_message(d, in->service, frames[depth], 8 * in->scale * counting.runs[i]);
  }
}

static void asks(const struct model *m, const struct demand_sums *d, int asking, struct arena *arena) {
  if (!(asking & ASKING_TRAFFIC) || !any_is_limited(m)) return;
  for (uint32_t e = 0; e < m->endpoints.count; e++)
    if (m->endpoint_share[e] > 0) add_program(d, &m->programs[e], m->endpoint_share[e], arena);
}

static void add_rows(struct load_sheet *l, const struct bandwidth_config *b, enum load_owner owner, uint32_t index,
                     const char *name, double out, double in, double lines) {
  const char *const ways[] = {"out", "in"};
  double bits[] = {out, in};
  uint32_t busy[] = {b->out, b->in};
  for (int i = 0; is_limited(b) && i < 2; i++)
    load_add(l, &(struct load){.kind = LOAD_BANDWIDTH,
                               .owner = owner,
                               .index = index,
                               .name = arena_format(l->arena, "%s network %s", name, ways[i]),
                               .demand_s = bits[i] / (double)b->bits_per_s,
                               .capacity = lines,
                               .metered = true,
                               .meter = busy[i]});
}

static void loads(const struct model *m, struct load_sheet *l) {
  const struct bits *b = l->sums->parts[PART_bandwidth];
  if (l->region >= 0 || !b) return;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    add_rows(l, service_bandwidth(s), LOAD_OF_SERVICE, i, arena_format(l->arena, "%s%s", s->name, load_times(l, s, l->replicas[i])),
             b->out[i], b->in[i], l->replicas[i]);
  }
  for (uint32_t g = 0; g < m->platform.nodes.count; g++)
    add_rows(l, nodes_bandwidth(model_nodes(m, g)), LOAD_OF_NODES, g, model_nodes(m, g)->name, b->nodes_out[g], b->nodes_in[g],
             (double)model_nodes(m, g)->count);
}

static const struct load_part bandwidth_load = {.asks = asks, .loads = loads};

const struct part part_bandwidth = {.name = "bandwidth",
                                    .requests = true,
                                    .used = used,
                                    .room.world = sizeof(struct bandwidths),
                                    .keys = {.root = &root_keys, .service = &service_keys, .nodes = &nodes_keys},
                                    .link = link_bandwidth,
                                    .sums = sums,
                                    .start = start,
                                    .joins = joins,
                                    .load = &bandwidth_load};
