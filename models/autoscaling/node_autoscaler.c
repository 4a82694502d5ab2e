#include "models/autoscaling/node_autoscaler.h"
#include "models/autoscaling/node_pool.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/money/bill.h"
#include "models/platform/placement.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>

enum { EMPTY_AT_ONCE = 10 };

/* --- room that there would be ------------------------------------------------------------------------------------------------- */

/* A node as it would be. */
struct sketch {
  uint32_t group;
  int64_t cpu, memory, pods; /* left */
};

static struct sketch blank(const struct node_group *g, uint32_t group) {
  struct allocatable all = placement_allocatable(g);
  return (struct sketch){group, all.cpu, all.memory, nodes_offer(g)->pods};
}

static bool takes(struct sketch *n, const struct container *c) {
  const struct resource_amounts *r = &container_config(c)->resources.requests;
  if (n->pods < 1 || n->memory < r->memory || (n->cpu != INT64_MAX && n->cpu < r->cpu)) return false;
  n->pods -= n->pods != INT64_MAX, n->memory -= r->memory;
  if (n->cpu != INT64_MAX) n->cpu -= r->cpu;
  return true;
}

/* Whether a machine of the group may run it. */
static bool suits(const struct node_group *g, uint32_t group, const struct container *c) {
  const struct service_config *s = container_config(c);
  int32_t zone = service_placement(s)->zone;
  if (!placement_has_group(s, group) || (c->home >= 0 && g->region != c->home)) return false;
  return zone < 0 || (g->zone_count == 1 && (int32_t)g->first_zone == zone);
}

/* --- more --------------------------------------------------------------------------------------------------------------------- */

struct pending {
  const struct container **pods;
  uint32_t count;
};

static uint32_t upcoming(const struct world *w) {
  uint32_t nodes = 0;
  for (uint32_t i = 0; i < w->model->platform.nodes.count; i++) nodes += world_pools(w)->each[i].upcoming;
  return nodes;
}

static bool acts(const struct world *w, const struct container *c) { return placement_acts(w, container_config(c)); }

static struct pending waiting(const struct world *w) {
  struct pending p = {0};
  for (uint32_t i = 0; i < w->container_count; i++) p.count += w->containers[i].state == CONTAINER_PENDING;
  if (!p.count) return p;
  p.pods = allocate_zeroed(p.count, sizeof *p.pods);
  p.count = 0;
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].state == CONTAINER_PENDING && acts(w, &w->containers[i])) p.pods[p.count++] = &w->containers[i];
  return p;
}

/* Leaves the pods that no machine on its way will take. */
static void leave_for_upcoming(const struct world *w, struct pending *p) {
  uint32_t count = upcoming(w), made = 0, left = 0;
  struct sketch *nodes = allocate_zeroed(count + 1, sizeof *nodes);
  for (uint32_t g = 0; g < w->model->platform.nodes.count; g++)
    for (uint32_t k = 0; k < world_pools(w)->each[g].upcoming; k++) nodes[made++] = blank(model_nodes(w->model, g), g);
  for (uint32_t i = 0; i < p->count; i++) {
    bool fits = false;
    for (uint32_t k = 0; k < made && !fits; k++)
      fits = suits(model_nodes(w->model, nodes[k].group), nodes[k].group, p->pods[i]) && takes(&nodes[k], p->pods[i]);
    if (!fits) p->pods[left++] = p->pods[i];
  }
  p->count = left;
  free(nodes);
}

struct option {
  uint32_t group, nodes, pods;
  double wasted; /* share of CPU and memory of its machines, in the mean */
};

static double unused(const struct sketch *n, const struct node_group *g) {
  struct allocatable all = placement_allocatable(g);
  double cpu = all.cpu == INT64_MAX ? 0 : (double)n->cpu / (double)all.cpu;
  return (cpu + (all.memory ? (double)n->memory / (double)all.memory : 0)) / 2;
}

static struct option option_of(const struct world *w, uint32_t group, const struct pending *p) {
  const struct node_group *g = model_nodes(w->model, group);
  const struct node_pool *pool = &world_pools(w)->each[group];
  struct option o = {.group = group};
  if (!pool_grows(g) || pool->wanted >= nodes_pool(g)->growth->max) return o;
  uint32_t most = (uint32_t)(nodes_pool(g)->growth->max - pool->wanted);
  struct sketch *nodes = allocate_zeroed(most, sizeof *nodes);
  for (uint32_t i = 0; i < p->count; i++) {
    if (!suits(g, group, p->pods[i])) continue;
    bool fits = false;
    for (uint32_t k = 0; k < o.nodes && !fits; k++) fits = takes(&nodes[k], p->pods[i]);
    if (!fits && o.nodes < most) {
      nodes[o.nodes] = blank(g, group);
      fits = takes(&nodes[o.nodes], p->pods[i]);
      o.nodes += fits;
    }
    o.pods += fits;
  }
  for (uint32_t k = 0; k < o.nodes; k++) o.wasted += unused(&nodes[k], g) / o.nodes;
  free(nodes);
  return o;
}

/* For each pod, in a month; infinite where the group has no price. */
static double price_for_each(const struct world *w, const struct option *o) {
  const struct node_group *g = model_nodes(w->model, o->group);
  const struct price_item *item = g->price ? price_named(&model_bill(w->model)->prices, g->price) : NULL;
  return item ? price_each(item, PRICE_TYPICAL) * o->nodes / o->pods : INFINITY;
}

static double score(const struct world *w, const struct option *o, enum expander e) {
  return e == EXPAND_WASTE ? o->wasted : e == EXPAND_PRICE ? price_for_each(w, o) : 0;
}

static bool preferred(struct world *w, const struct option *o, const struct option *best, uint32_t number, enum expander e) {
  if (!best->pods) return true;
  if (e != EXPAND_RANDOM) return score(w, o, e) < score(w, best, e);
  struct stream draws =
      stream_at(stream_key(w->seed, w->replication, PURPOSE_NODE_SCALER, 1), world_pools(w)->choices * 64 + number);
  return stream_uniform(&draws) * number < 1; /* the number-th of the options so far: each is as likely */
}

static bool grow(struct world *w, const struct pending *p, enum expander e) {
  struct option best = {0};
  uint32_t number = 0;
  for (uint32_t g = 0; g < w->model->platform.nodes.count && p->count; g++) {
    struct option o = option_of(w, g, p);
    if (o.pods && preferred(w, &o, &best, ++number, e)) best = o;
  }
  world_pools(w)->choices++;
  if (!best.pods) return false;
  struct node_pool *pool = &world_pools(w)->each[best.group];
  pool->wanted += best.nodes;
  pool_fill(pool);
  world_pools(w)->added_at = world_now(w);
  return true;
}

/* --- fewer -------------------------------------------------------------------------------------------------------------------- */

static double requested(const struct node *n) {
  struct allocatable all = placement_allocatable(n->group);
  double cpu = all.cpu == INT64_MAX ? 0 : (double)n->cpu_requested / (double)all.cpu;
  return fmax(cpu, all.memory ? (double)n->memory_requested / (double)all.memory : 0);
}

/* Each of its pods would find room elsewhere, all together. */
static bool movable(const struct world *w, const struct node *n) {
  struct sketch *nodes = allocate_zeroed(w->node_count + 1, sizeof *nodes);
  bool all = true;
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *other = &w->nodes[i];
    nodes[i] = blank(other->group, other->group_index);
    if (nodes[i].cpu != INT64_MAX) nodes[i].cpu -= other->cpu_requested;
    nodes[i].memory -= other->memory_requested;
    if (nodes[i].pods != INT64_MAX) nodes[i].pods -= other->container_count;
  }
  for (uint32_t k = 0; k < n->container_count && all; k++) {
    const struct container *c = &w->containers[n->containers[k]];
    const struct spread_config *spread = &service_placement(container_config(c))->spread;
    bool found = c->leaving;
    for (uint32_t i = 0; i < w->node_count && !found && !(spread->skew && spread->hard); i++) {
      const struct node *other = &w->nodes[i];
      found = other != n && other->up && !other->detected && placement_allows(w, other, c) && parts_admit(w, c, other) &&
              takes(&nodes[i], c);
    }
    all = found;
  }
  free(nodes);
  return all;
}

static bool draining(const struct world *w) {
  for (uint32_t i = 0; i < w->node_count; i++)
    if (w->nodes[i].membership == NODE_LEAVING) return true;
  return false;
}

static bool unneeded(const struct world *w, const struct node *n, double threshold) {
  return n->up && requested(n) < threshold && (!n->container_count || movable(w, n));
}

static void shrink(struct world *w, const struct node_autoscaler_config *c, bool may) {
  uint32_t empty = 0;
  bool drains = draining(w);
  for (uint32_t i = 0; i < w->node_count; i++) {
    struct node *n = &w->nodes[i];
    struct node_pool *p = &world_pools(w)->each[n->group_index];
    struct pool_node *of = &world_pools(w)->nodes[i];
    if (n->membership != NODE_MEMBER || !pool_grows(n->group)) continue;
    if (!unneeded(w, n, c->threshold)) {
      of->unneeded_since = -1;
      continue;
    }
    if (of->unneeded_since < 0) of->unneeded_since = world_now(w);
    if (!may || world_now(w) - of->unneeded_since < c->unneeded || p->wanted <= nodes_pool(n->group)->growth->min) continue;
    if (n->container_count ? drains : empty == EMPTY_AT_ONCE) continue;
    drains |= n->container_count > 0, empty += !n->container_count;
    pool_drop(p, n);
  }
}

/* The next scan that may find something else than this one if nothing changes until then; SIM_NEVER: none. */
static sim_time next_of(const struct world *w, const struct node_autoscaler_config *c, bool grew) {
  sim_time next = grew || draining(w) ? world_after(w, c->scan) : SIM_NEVER;
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct node *n = &w->nodes[i];
    sim_time since = world_pools(w)->nodes[i].unneeded_since, from = world_pools(w)->added_at + c->delay_after_add;
    if (n->membership != NODE_MEMBER || since < 0 ||
        world_pools(w)->each[n->group_index].wanted <= nodes_pool(n->group)->growth->min)
      continue;
    if (since + c->unneeded > from) from = since + c->unneeded;
    sim_time late = from - world_now(w), scans = late > 0 ? (late + c->scan - 1) / c->scan : 1;
    if (world_after(w, scans * c->scan) < next) next = world_after(w, scans * c->scan);
  }
  return next;
}

sim_time node_autoscaler_scans(struct world *w) {
  struct node_autoscaler_config c = node_autoscaler_of(w->model);
  for (uint32_t i = 0; i < w->model->platform.nodes.count; i++) pool_fill(&world_pools(w)->each[i]);
  struct pending p = waiting(w);
  if (p.count) leave_for_upcoming(w, &p);
  bool grew = p.count && grow(w, &p, (enum expander)c.expander);
  shrink(w, &c, !grew && world_now(w) - world_pools(w)->added_at >= c.delay_after_add);
  free(p.pods);
  return next_of(w, &c, grew);
}

/* --- its keys ----------------------------------------------------------------------------------------------------------------- */

static const char *const preset_words[] = {"cluster-autoscaler", "aks-cluster-autoscaler", "aks-node-auto-provisioning",
                                           "karpenter", NULL};
static const char *const expander_words[] = {"random", "first", "least-waste", "price", NULL};

/* provision: of the last three, of the time until 340 pending pods ran (5:48, 1:23, 1:18), less half a scan and 2 s for a pod to
 * start. */
static const struct {
  sim_time scan, provision;
} presets[] = {{10 * SIM_S, 210 * SIM_S}, {10 * SIM_S, 341 * SIM_S}, {SIM_S, 80500 * SIM_MS}, {SIM_S, 75500 * SIM_MS}};

static const struct node_autoscaler_config *given(const struct model *m) {
  return ((const struct node_autoscaler_keys *)model_part(m, PART_node_pools))->config;
}

struct node_autoscaler_config node_autoscaler_of(const struct model *m) {
  struct node_autoscaler_config c = {.scan = -1, .unneeded = 600 * SIM_S, .delay_after_add = 600 * SIM_S, .threshold = 0.5};
  if (given(m)) c = *given(m);
  if (c.scan < 0) c.scan = presets[c.preset].scan;
  return c;
}

sim_time node_autoscaler_provision(const struct model *m) { return presets[node_autoscaler_of(m).preset].provision; }

static const struct field fields[] = {
    KEY("preset", WORD, node_autoscaler_config, preset, DEFAULT("cluster-autoscaler"), .words = preset_words,
        .doc = "Sets the scan and the provision time that are not given: 10 s and 210 s; the others from the time until 340 "
               "pending pods ran.",
        .source = "Cluster Autoscaler FAQ; a provisioner bench of 2026: 5:48, 1:23, 1:18"),
    KEY("scan", DURATION, node_autoscaler_config, scan, DEFAULT("automatic"), RANGE(1e8, FIELD_YEAR), .automatic = "automatic",
        .doc = "Between two looks at pods that wait; automatic: by the preset.", .source = "Cluster Autoscaler: 10 s"),
    KEY("expander", WORD, node_autoscaler_config, expander, DEFAULT("random"), .words = expander_words,
        .doc = "Which group grows where several could: any; the first; the one that leaves the least unused; the cheapest for each "
               "pod.",
        .source = "Cluster Autoscaler: random"),
    KEY("unneeded", DURATION, node_autoscaler_config, unneeded, DEFAULT("10min"), RANGE(0, FIELD_YEAR),
        .doc = "A node goes when it has not been needed for this long.", .source = "Cluster Autoscaler FAQ"),
    KEY("delay_after_add", DURATION, node_autoscaler_config, delay_after_add, DEFAULT("10min"), RANGE(0, FIELD_YEAR),
        .doc = "No node goes for this long after machines were asked for.", .source = "Cluster Autoscaler FAQ"),
    KEY("threshold", RATIO, node_autoscaler_config, threshold, DEFAULT("50%"), RANGE(0, 1),
        .doc = "A node is needed from this share of its CPU or memory on that is requested.", .source = "Cluster Autoscaler FAQ"),
    {0}};
static const struct record record = {.name = "node autoscaler",
                                     .size = sizeof(struct node_autoscaler_config),
                                     .fields = fields,
                                     .doc = "What adds nodes while pods find no room, and removes those that are not needed."};
static const struct field root_fields[] = {KEY("node_autoscaler", RECORD, node_autoscaler_keys, config, OPTIONAL, .record = &record,
                                               .apart = true, .doc = "How node groups with \"autoscale\" grow and shrink."),
                                           {0}};
const struct record node_autoscaler_root_record = {
    .name = "node autoscaler of a scenario", .size = sizeof(struct node_autoscaler_keys), .fields = root_fields};
