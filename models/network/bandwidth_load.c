/* Load of the lines of machines and replicas: the bytes of all messages, by where they leave and where they arrive. */
#include "models/core/load_sheet.h"
#include "models/network/bandwidth.h"
#include "models/platform/placement.h"
#include "models/request/operation.h"
#include "models/request/request.h"
#include "sim/engine/arena.h"

/* Bits of a request of the whole system: by service, over the lines of its replicas; by node group, over those of its machines. */
struct bits {
  double *out, *in, *nodes_out, *nodes_in, *ways_out, *ways_in;
};

void bandwidth_sums(struct demand_sums *d, struct arena *arena) {
  struct bits *b = arena_new_array(arena, struct bits, 1);
  b->out = arena_new_array(arena, double, d->model->services.count + 1),
  b->in = arena_new_array(arena, double, d->model->services.count + 1);
  b->nodes_out = arena_new_array(arena, double, d->model->platform.nodes.count + 1);
  b->nodes_in = arena_new_array(arena, double, d->model->platform.nodes.count + 1);
  b->ways_out = arena_new_array(arena, double, model_ways(d->model)->list.count + 1);
  b->ways_in = arena_new_array(arena, double, model_ways(d->model)->list.count + 1);
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

/* The share of the machines that its replicas may be on which is in the region. */
static double share_in(const struct model *m, const struct service_config *s, uint32_t region) {
  double there = 0;
  for (uint32_t g = 0; g < m->platform.nodes.count; g++)
    if (placement_has_group(s, g) && model_nodes(m, g)->region == (int32_t)region) there += (double)model_nodes(m, g)->count;
  return there > 0 ? there / machines_of(m, s) : 0;
}

/* As if every replica called all of the other service alike: a locality keeps more of it at home. */
static void over_ways(const struct model *m, const struct service_config *a, const struct service_config *z, double bits,
                      const struct bits *b) {
  const struct way_config *ways = model_ways(m)->list.items;
  for (uint32_t i = 0; i < model_ways(m)->list.count; i++) {
    b->ways_out[i] += bits * share_in(m, a, ways[i].pair[0]) * share_in(m, z, ways[i].pair[1]);
    b->ways_in[i] += bits * share_in(m, a, ways[i].pair[1]) * share_in(m, z, ways[i].pair[0]);
  }
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
  if (a && z) over_ways(m, a, z, bits, b);
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
    bool enters = in->operation->enters, leaves = in->operation == &operation_leave;
    if (enters && in->scale > 0) add_message(d, frames[depth], in->service, 8 * in->scale * counting.runs[i]);
    if (enters && depth < PROGRAM_FRAMES) frames[++depth] = in->service;
    if (!leaves || !depth) continue;
    depth--;
    if (in->scale > 0) add_message(d, in->service, frames[depth], 8 * in->scale * counting.runs[i]);
  }
}

static void asks(const struct model *m, const struct demand_sums *d, int asking, struct arena *arena) {
  if (!(asking & ASKING_TRAFFIC) || !bandwidth_is_given(m)) return;
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
  const struct way_config *ways = model_ways(m)->list.items;
  for (uint32_t i = 0; i < model_ways(m)->list.count; i++)
    add_rows(l, &ways[i].line, LOAD_OF_ALL, i, ways[i].name, b->ways_out[i], b->ways_in[i], 1);
}

const struct load_part bandwidth_load = {.asks = asks, .loads = loads};
