#include "models/autoscaling/node_pool.h"
#include "models/autoscaling/node_autoscaler.h"
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "models/platform/placement.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include <assert.h>
#include <math.h>

static const sim_time loss_is_known = 50 * SIM_S; /* a node that is not heard of; its machine is asked for then */

static struct node_pool *pool_of(const struct world *w, const struct node *n) { return &world_pools(w)->each[n->group_index]; }
static const struct node_group *group_of(const struct node_pool *p) { return model_nodes(p->world->model, p->group); }

/* One that is drained for work on it comes back: no other one is asked for. */
static bool belongs(const struct node *n) { return n->membership == NODE_MEMBER || (n->membership == NODE_LEAVING && n->serviced); }

uint32_t pool_members(const struct node_pool *p) {
  uint32_t members = 0;
  for (uint32_t i = 0; i < p->world->node_count; i++)
    members += p->world->nodes[i].group_index == p->group && belongs(&p->world->nodes[i]);
  return members;
}

static void show(struct node_pool *p) {
  if (p->world->mode == WORLD_TRAFFIC) meter_set(p->world, nodes_pool(group_of(p))->nodes, pool_members(p));
}

static void count(struct node_pool *p, uint32_t meter) {
  if (p->world->mode == WORLD_TRAFFIC) meter_count(p->world, meter);
}

/* --- machines that come ------------------------------------------------------------------------------------------------------- */

static struct stream draws_of(const struct node_pool *p, enum purpose purpose, uint32_t entity, uint64_t number) {
  const struct world *w = p->world;
  return stream_at(stream_key(w->seed, w->replication, purpose, stream_entity(group_of(p)->name, entity)), number);
}

static void live(struct node_pool *p, const struct node *n) {
  const struct pool_spot *spot = nodes_pool(group_of(p))->spot;
  if (!spot) return;
  struct pool_node *of = &world_pools(p->world)->nodes[n->index];
  struct stream draws = draws_of(p, PURPOSE_SPOT, n->number, of->lives++);
  double lasts = -real_log(1 - stream_uniform(&draws)) * (double)spot->lasts - (double)spot->notice;
  of->noticed = of->ended = false;
  calendar_set(p->world->calendar, of->fate, world_after(p->world, lasts > 0 ? distribution_as_time(lasts) : 0));
}

static void arrives(void *pool, uint32_t which) {
  struct node_pool *p = pool;
  assert(p->upcoming && p->on_the_way[which]);
  p->on_the_way[which] = false;
  p->upcoming--;
  const struct node *n = node_join(p->world, p->group);
  world_pools(p->world)->nodes[n->index].unneeded_since = -1;
  live(p, n);
  show(p);
}

static sim_time provision(struct node_pool *p) {
  const struct pool_growth *g = nodes_pool(group_of(p))->growth;
  struct stream draws = draws_of(p, PURPOSE_PROVISION, 0, p->asked++);
  return g && g->provision.kind ? distribution_sample_time(&g->provision, &draws) : node_autoscaler_provision(p->world->model);
}

void pool_fill(struct node_pool *p) {
  uint32_t members = pool_members(p);
  for (uint32_t i = 0; i < p->room && members + p->upcoming < p->wanted; i++) {
    if (p->on_the_way[i]) continue;
    p->on_the_way[i] = true, p->upcoming++;
    count(p, nodes_pool(group_of(p))->added);
    calendar_set(p->world->calendar, p->arrivals[i], world_after(p->world, provision(p)));
  }
}

/* --- machines that go --------------------------------------------------------------------------------------------------------- */

void pool_drop(struct node_pool *p, struct node *n) {
  assert(n->membership == NODE_MEMBER && p->wanted);
  p->wanted--;
  count(p, nodes_pool(group_of(p))->removed);
  node_leave(p->world, n);
  show(p);
}

/* It has gone; its place may be the next machine's. */
static void buried(struct node_pool *p, struct node *n) {
  struct pool_node *of = &world_pools(p->world)->nodes[n->index];
  if (n->membership == NODE_AWAY)
    node_returns(p->world, n);
  else /* there is no control plane that would delete it */
    calendar_set(p->world->calendar, of->fate, world_after(p->world, loss_is_known));
}

static void noticed(struct node_pool *p, struct node *n) {
  const struct pool_spot *spot = nodes_pool(group_of(p))->spot;
  struct pool_node *of = &world_pools(p->world)->nodes[n->index];
  of->noticed = true;
  calendar_set(p->world->calendar, of->fate, world_after(p->world, spot->notice));
  if (!spot->handled || n->membership != NODE_MEMBER) return;
  node_leave(p->world, n);
  show(p);
  pool_fill(p);
}

static void is_gone(struct node_pool *p, struct node *n) {
  bool known = n->membership == NODE_LEAVING;
  world_pools(p->world)->nodes[n->index].ended = true;
  node_fails(p->world, n, DISK_LOST);
  if (known)
    buried(p, n);
  else
    calendar_set(p->world->calendar, world_pools(p->world)->nodes[n->index].fate, world_after(p->world, loss_is_known));
}

/* The notice, the end, and what follows it, of a spot machine. One that has gone for another reason is none of ours. */
static void fate(void *world, uint32_t index) {
  struct world *w = world;
  struct node *n = &w->nodes[index];
  struct node_pool *p = pool_of(w, n);
  const struct pool_node *of = &world_pools(w)->nodes[index];
  if (n->membership == NODE_AWAY && !of->ended) return;
  if (!of->noticed) {
    count(p, nodes_pool(group_of(p))->taken);
    noticed(p, n);
  } else if (!of->ended) {
    is_gone(p, n);
  } else {
    if (n->membership == NODE_MEMBER) {
      node_leave(w, n);
      show(p);
      pool_fill(p);
    }
    buried(p, n);
  }
}

/* --- the life of a world ------------------------------------------------------------------------------------------------------ */

/* As the autoscaler finds them. */
static void show_waiting(struct world *w) {
  const uint32_t *meters = ((const struct node_autoscaler_keys *)model_part(w->model, PART_node_pools))->waiting;
  for (uint32_t i = 0; i < w->model->services.count; i++) {
    const struct service *s = &w->services[i];
    int64_t waiting = 0;
    for (uint32_t k = 0; k < s->capacity; k++) waiting += w->containers[s->first + k].state == CONTAINER_PENDING;
    if (s->capacity && waiting != level_value(&w->observation.meters[meters[i]].level)) meter_set(w, meters[i], waiting);
  }
}

static void scans(void *world, uint32_t unused) {
  (void)unused;
  struct world *w = world;
  if (w->mode == WORLD_TRAFFIC) show_waiting(w);
  sim_time next = node_autoscaler_scans(w), period = node_autoscaler_of(w->model).scan;
  if (w->mode == WORLD_TRAFFIC) next = world_after(w, period);
  if (next != SIM_NEVER) calendar_set(w->calendar, world_pools(w)->scan, next);
}

/* In years a scan that nothing has changed for is left out. */
static void changed(struct world *w) {
  struct node_pools *all = world_pools(w);
  if (w->mode != WORLD_AVAILABILITY || !all->scans) return;
  sim_time period = node_autoscaler_of(w->model).scan, now = world_now(w);
  sim_time next = now + period - (now - all->phase) % period, planned = calendar_time_of(w->calendar, all->scan);
  if (planned <= now || planned > next) calendar_set(w->calendar, all->scan, next);
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (pool_changes(model_nodes(m, i))) return true;
  return false;
}

static void plug_in(struct world *w, uint32_t node) {
  world_pools(w)->nodes[node] = (struct pool_node){.fate = calendar_slot(w->calendar, fate, w, node), .unneeded_since = -1};
}

static void opens(struct world *w) {
  world_pools(w)->nodes = arena_new_array(w->arena, struct pool_node, w->model->node_count + 1);
  for (uint32_t i = 0; i < w->model->node_count; i++) plug_in(w, i);
}

static void joins(struct world *w, const struct node *n) {
  world_pools(w)->nodes = nodes_grown(w, n, world_pools(w)->nodes, sizeof(struct pool_node));
  plug_in(w, n->index);
}

static void start_pool(struct world *w, struct node_pool *p, uint32_t group) {
  const struct node_group *g = model_nodes(w->model, group);
  uint32_t size = (uint32_t)g->count;
  *p = (struct node_pool){.world = w, .group = group, .wanted = size};
  if (!pool_changes(g)) return;
  p->room = pool_grows(g) ? (uint32_t)nodes_pool(g)->growth->max : size;
  p->arrivals = arena_new_array(w->arena, slot_id, p->room);
  p->on_the_way = arena_new_array(w->arena, bool, p->room);
  for (uint32_t i = 0; i < p->room; i++) p->arrivals[i] = calendar_slot(w->calendar, arrives, p, i);
  for (uint32_t i = 0; i < w->node_count; i++)
    if (w->nodes[i].group_index == group) live(p, &w->nodes[i]);
  show(p);
}

static void start(struct world *w) {
  struct node_pools *all = world_pools(w);
  uint32_t groups = w->model->platform.nodes.count;
  bool grows = false;
  all->each = arena_new_array(w->arena, struct node_pool, groups);
  all->added_at = -SIM_DAY;
  for (uint32_t i = 0; i < groups; i++) start_pool(w, &all->each[i], i), grows |= pool_grows(model_nodes(w->model, i));
  all->scans = grows && !w->model->run.imposed;
  if (!all->scans) return;
  all->scan = calendar_slot(w->calendar, scans, w, 0);
  struct stream draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_NODE_SCALER, 0));
  all->phase = (sim_time)(stream_uniform(&draws) * (double)node_autoscaler_of(w->model).scan);
  calendar_set(w->calendar, all->scan, all->phase);
}

static void audit(const struct audit *a) {
  const struct world *w = a->world;
  for (uint32_t i = 0; i < w->model->platform.nodes.count; i++) {
    const struct node_pool *p = &world_pools(w)->each[i];
    const struct pool_growth *g = nodes_pool(model_nodes(w->model, i))->growth;
    if (g && (p->wanted < g->min || p->wanted > g->max || pool_members(p) + p->upcoming > g->max))
      audit_broken(a, "pool: group %u wants %u nodes and has %u, outside of %lld to %lld", i, p->wanted,
                   pool_members(p) + p->upcoming, (long long)g->min, (long long)g->max);
  }
}

/* --- linking ------------------------------------------------------------------------------------------------------------------ */

static const char *wrong_with(struct linker *l, const struct node_group *g, const char **key) {
  const struct pool_growth *p = nodes_pool(g)->growth;
  *key = "autoscale";
  if (!p) return NULL;
  if (!l->model->platform.kind->resize)
    return arena_format(l->arena, "needs a platform of kind %s", orchestrators_that_scale(l->arena));
  l->at = &p->max;
  if (p->max < p->min) return "\"max\" is less than \"min\"";
  if (p->min == p->max) return "cannot grow or shrink: \"min\" is \"max\"; leave it out";
  l->at = &g->count;
  if (g->count < p->min || g->count > p->max) return *key = "count", "begins outside of autoscale.min to autoscale.max";
  return NULL;
}

static void link_group(struct linker *l, struct node_group *g) {
  const char *path = arena_format(l->arena, "platform.nodes.%s", g->name), *key, *wrong = wrong_with(l, g, &key);
  struct pool_config *p = nodes_pool(g);
  if (wrong) link_error(l, path, key, "%s", wrong);
  l->at = NULL;
  if (!pool_changes(g)) return;
  p->nodes = meter_declare(l->model, g->name, "nodes", METER_LEVEL, "Nodes that are in the cluster.");
  p->added = meter_declare(l->model, g->name, "nodes_added", METER_COUNT, "Machines that were asked for.");
  p->removed = meter_declare(l->model, g->name, "nodes_removed", METER_COUNT, "Nodes that were not needed, and went.");
  p->taken = meter_declare(l->model, g->name, "nodes_taken", METER_COUNT, "Spot machines that the provider took back.");
}

/* Replicas that machines which are yet to come have room for. */
static int64_t room_to_come(const struct model *m, const struct service_config *s) {
  int64_t room = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    const struct node_group *g = model_nodes(m, i);
    if (!pool_grows(g) || !placement_has_group(s, i)) continue;
    int64_t each = placement_fits(g, s);
    room += each > PLACEMENT_ENOUGH ? PLACEMENT_ENOUGH : each * (nodes_pool(g)->growth->max - g->count);
  }
  return room;
}

static void declare_waiting(struct model *m, struct node_autoscaler_keys *keys) {
  keys->waiting = arena_new_array(m->arena, uint32_t, m->services.count + 1);
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_runs(model_service(m, i)))
      keys->waiting[i] = meter_declare(m, model_service(m, i)->name, "waiting_for_nodes", METER_LEVEL,
                                       "Replicas that no node has room for, as the node autoscaler finds them.");
}

static void link_pools(struct linker *l, enum link_stage stage) {
  struct model *m = l->model;
  struct node_autoscaler_keys *keys = model_part(m, PART_node_pools);
  bool grows = false;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) {
    if (stage == LINK_FIRST) link_group(l, (struct node_group *)m->platform.nodes.items + i);
    grows |= pool_grows(model_nodes(m, i));
  }
  if (stage == LINK_LAST && grows) declare_waiting(m, keys);
  if (stage == LINK_FIRST && keys->config && !grows)
    link_error(l, "node_autoscaler", NULL, "no node group can grow: give one \"autoscale\": {\"min\": ..., \"max\": ...}");
  for (uint32_t i = 0; stage == LINK_PLACED && grows && i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    if (!s->autoscale.max) continue;
    s->autoscale.room += room_to_come(m, s);
    if (s->autoscale.room < s->autoscale.max)
      link_warn(l, arena_format(l->arena, "services.%s", s->name), "autoscale", "pods-without-room",
                "asks for up to %lld replicas, and the node groups have room for %lld when they have grown: the rest would wait",
                (long long)s->autoscale.max, (long long)s->autoscale.room);
  }
}

static const struct field growth_fields[] = {
    KEY("min", INTEGER, pool_growth, min, DEFAULT(1), RANGE(0, 10000), .doc = "Fewest nodes."),
    KEY("max", INTEGER, pool_growth, max, RANGE(1, 10000), .doc = "Most nodes."),
    KEY("provision", DISTRIBUTION, pool_growth, provision, OPTIONAL,
        .doc = "From asking for a machine until pods can be placed on it; absent: by node_autoscaler.preset.",
        .source = "3 to 4 minutes on GCE (Cluster Autoscaler FAQ)"),
    {0}};
static const struct record growth_record = {.name = "growing node group",
                                            .size = sizeof(struct pool_growth),
                                            .fields = growth_fields,
                                            .doc = "How many machines a group may have."};
static const struct field spot_fields[] = {
    KEY("lasts", DURATION, pool_spot, lasts, RANGE(1e9, FIELD_LONGEST),
        .doc = "Mean time until the provider takes a machine back; exponential."),
    KEY("notice", DURATION, pool_spot, notice, DEFAULT("2min"), RANGE(0, FIELD_YEAR),
        .doc = "From the provider's notice until the machine is gone.", .source = "AWS: 2 min; Azure and GCP: 30 s"),
    KEY("handled", FLAG, pool_spot, handled, DEFAULT(true),
        .doc = "Whether something drains the node at the notice, as a node termination handler does."),
    {0}};
static const struct record spot_record = {
    .name = "spot machines", .size = sizeof(struct pool_spot), .fields = spot_fields, .doc = "Machines that are taken back."};
static const struct field nodes_fields[] = {KEY("autoscale", RECORD, pool_config, growth, OPTIONAL, .record = &growth_record,
                                                .apart = true,
                                                .doc = "Nodes are added while pods find no room, and removed while they are not "
                                                       "needed; \"count\" is how many there are at first."),
                                            KEY("spot", RECORD, pool_config, spot, OPTIONAL, .record = &spot_record, .apart = true,
                                                .doc = "Each machine is taken back at some time, and another one asked for."),
                                            {0}};
static const struct record nodes_keys = {.name = "pool of nodes", .size = sizeof(struct pool_config), .fields = nodes_fields};

const struct part part_node_pools = {.name = "node pools",
                                     .keys = {.nodes = &nodes_keys, .root = &node_autoscaler_root_record},
                                     .used = used,
                                     .link = link_pools,
                                     .room.world = sizeof(struct node_pools),
                                     .open = opens,
                                     .joins = joins,
                                     .changed = changed,
                                     .staged = changed,
                                     .start = start,
                                     .audit = audit};
