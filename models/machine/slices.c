#include "models/machine/slices.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/machine/sharing.h"
#include "models/platform/placement.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- who waits --------------------------------------------------------------------------------------------------------------- */

static void make_room(struct off_core *o) {
  if (o->head + o->count < o->room) return;
  if (o->head > o->count) {
    memmove(o->each, o->each + o->head, o->count * sizeof *o->each);
    o->head = 0;
    return;
  }
  o->room = o->room ? 2 * o->room : 8;
  o->each = allocate_resized(o->each, o->room, sizeof *o->each);
}

static void waits_last(struct slices *s, struct off_core *o, struct computation c) {
  make_room(o);
  o->each[o->head + o->count++] = (struct off_core_thread){c, s->turn++};
}

/* Before the others of its container, and before all that begin to wait from now on. */
static void waits_first(struct slices *s, struct off_core *o, struct computation c) {
  waits_last(s, o, c);
  struct off_core_thread last = o->each[o->head + o->count - 1];
  memmove(o->each + o->head + 1, o->each + o->head, (o->count - 1) * sizeof *o->each);
  if (o->count > 1) last.turn = o->each[o->head + 1].turn;
  o->each[o->head] = last;
}

static struct computation take_first(struct off_core *o) {
  assert(o->count);
  struct computation c = o->each[o->head++].computation;
  if (!--o->count) o->head = 0;
  return c;
}

static bool waits(const struct container *c) { return c->off_core->count && !c->stalls; }
static bool is_runnable(const struct container *c) { return (c->running || c->off_core->count) && !c->stalls; }

/* Of those that may run: the one with the least virtual runtime; of equals the one that has waited longest. Null: none waits. */
static struct container *next_of(const struct world *w, const struct node *n) {
  struct container *best = NULL;
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (!waits(c)) continue;
    const struct off_core *a = c->off_core, *b = best ? best->off_core : NULL;
    if (b && (a->vruntime > b->vruntime || (a->vruntime == b->vruntime && a->each[a->head].turn > b->each[b->head].turn))) continue;
    best = c;
  }
  return best;
}

/* --- virtual runtime --------------------------------------------------------------------------------------------------------- */

static double per_weight(const struct container *c) { return c->unit * (double)(INT64_C(1) << WEIGHT_BITS); }

/* Brings virtual runtimes, and how long threads are busy waiting, to now. */
static void advance(const struct world *w, struct node *n) {
  struct slices *s = n->slices;
  double passed = (double)(world_now(w) - s->at), least = 0;
  bool any = false;
  if (passed <= 0) return;
  s->at = world_now(w);
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->cores[i].container == NONE) continue;
    struct container *c = &w->containers[s->cores[i].container];
    c->off_core->vruntime += passed * per_weight(c);
  }
  for (uint32_t i = 0; i < n->container_count; i++) {
    struct container *c = &w->containers[n->containers[i]];
    if (!c->holds) c->busy_ns += passed * c->off_core->count;
    if (!is_runnable(c)) continue;
    least = any && least < c->off_core->vruntime ? least : c->off_core->vruntime;
    any = true;
  }
  if (any && least > s->least) s->least = least;
}

static void places(const struct slices *s, struct container *c) {
  double floor = s->least - (s->config->wakeup == SIM_NEVER ? 0 : (double)s->config->slice);
  if (c->off_core->vruntime < floor) c->off_core->vruntime = floor;
}

/* --- cores ------------------------------------------------------------------------------------------------------------------- */

static void moved(struct world *w, struct node *n, struct container *c) {
  int64_t before = c->demand;
  c->demand = share_demand(c);
  n->demand += c->demand - before;
  c->rate = 1;
  share_set_slot(w, c);
}

/* The first that waits of the container gets the core. */
static void dispatch(struct world *w, struct node *n, struct core *core, struct container *c, sim_time since) {
  struct computation next = take_first(c->off_core);
  assert(core->container == NONE && !c->stalls);
  core->container = c->id, core->order = next.order, core->since = since;
  container_on_core(w, c, next);
  moved(w, n, c);
}

/* What runs on the core has to wait. */
static void stop(struct world *w, struct node *n, struct core *core, bool first) {
  struct container *c = &w->containers[core->container];
  struct computation stopped = container_off_core(w, c, core->order);
  core->container = core->last = NONE;
  (first ? waits_first : waits_last)(n->slices, c->off_core, stopped);
  moved(w, n, c);
}

static const struct computation *in_heap(const struct container *c, uint64_t order) {
  for (uint32_t i = 0; i < c->running; i++)
    if (c->computations[i].order == order) return &c->computations[i];
  return NULL;
}

/* What runs on the core ends at this instant: it is not to be stopped any more. */
static bool ends_now(const struct world *w, const struct core *core) {
  struct container *c = &w->containers[core->container];
  container_advance(w, c, world_now(w));
  return in_heap(c, core->order)->finish - c->virtual_time < 1;
}

static bool has_core(const struct slices *s, const struct container *c, uint64_t order) {
  for (uint32_t i = 0; i < s->count; i++)
    if (s->cores[i].container == c->id && s->cores[i].order == order) return true;
  return false;
}

/* Cores whose computation has ended, or may not go on. */
static void release(struct world *w, struct node *n, const struct container *c) {
  struct slices *s = n->slices;
  for (uint32_t i = s->count; i-- > 0;) {
    struct core *core = &s->cores[i];
    if (core->container != c->id) continue;
    if (!in_heap(c, core->order)) {
      core->container = NONE;
      core->last = c->id, core->freed_at = world_now(w), core->last_since = core->since;
    } else if (c->stalls)
      stop(w, n, core, true);
  }
}

/* The oldest in the heap without a core, or null. */
static const struct computation *newcomer(const struct slices *s, const struct container *c) {
  const struct computation *oldest = NULL;
  for (uint32_t i = 0; i < c->running; i++) {
    const struct computation *at = &c->computations[i];
    if ((!oldest || at->order < oldest->order) && !has_core(s, c, at->order)) oldest = at;
  }
  return oldest;
}

/* The core on which a computation of the container has ended at this instant, or null. */
static struct core *kept(const struct world *w, struct slices *s, const struct container *c) {
  for (uint32_t i = 0; i < s->count; i++)
    if (s->cores[i].last == c->id && s->cores[i].freed_at == world_now(w)) return &s->cores[i];
  return NULL;
}

/* The thread goes on where it was: whoever has got the core at this instant has done nothing yet. */
static void goes_on(struct world *w, struct node *n, struct container *c, struct core *core, struct computation next) {
  sim_time since = core->last_since;
  if (core->container != NONE) stop(w, n, core, true);
  core->last = NONE;
  waits_first(n->slices, c->off_core, next);
  dispatch(w, n, core, c, since);
}

/* Another container is ahead by more than the granularity: its thread makes room for one that wakes. */
static void preempt(struct world *w, struct node *n, const struct container *c) {
  struct slices *s = n->slices;
  struct core *ahead = NULL;
  double most = c->off_core->vruntime + (double)s->config->wakeup * per_weight(c);
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->cores[i].container == NONE) return;
    double vruntime = w->containers[s->cores[i].container].off_core->vruntime;
    if (s->cores[i].container != c->id && vruntime > most && !ends_now(w, &s->cores[i])) ahead = &s->cores[i], most = vruntime;
  }
  if (ahead) stop(w, n, ahead, true);
}

static void take_newcomers(struct world *w, struct node *n, struct container *c, bool slept) {
  struct slices *s = n->slices;
  for (const struct computation *at; (at = newcomer(s, c));) {
    struct computation next = container_off_core(w, c, at->order);
    struct core *core = c->stalls ? NULL : kept(w, s, c);
    if (core) {
      goes_on(w, n, c, core, next);
      continue;
    }
    if (slept) places(s, c);
    slept = false;
    waits_last(s, c->off_core, next);
    if (s->config->wakeup != SIM_NEVER && !c->stalls) preempt(w, n, c);
  }
}

static void fill_cores(struct world *w, struct node *n) {
  for (uint32_t i = 0; i < n->slices->count; i++) {
    struct container *next;
    if (n->slices->cores[i].container != NONE) continue;
    if (!(next = next_of(w, n))) return;
    dispatch(w, n, &n->slices->cores[i], next, world_now(w));
  }
}

/* --- slices ------------------------------------------------------------------------------------------------------------------ */

/* Those that are over, with nobody waiting, have been renewed meanwhile. */
static sim_time slice_ends(const struct world *w, const struct slices *s, const struct core *core) {
  sim_time gone = world_now(w) - core->since;
  return core->since + (gone / s->config->slice + 1) * s->config->slice;
}

static void arm(struct world *w, struct node *n) {
  struct slices *s = n->slices;
  sim_time first = SIM_NEVER;
  for (uint32_t i = 0; i < s->count && next_of(w, n); i++) {
    if (s->cores[i].container == NONE) continue;
    sim_time ends = slice_ends(w, s, &s->cores[i]);
    first = ends < first ? ends : first;
  }
  if (first != SIM_NEVER)
    calendar_set(w->calendar, s->slot, first);
  else if (calendar_time_of(w->calendar, s->slot) != SIM_NEVER)
    calendar_clear(w->calendar, s->slot);
}

/* Handler of the slot. */
static void slice_is_over(void *world, uint32_t node) {
  struct world *w = world;
  struct node *n = &w->nodes[node];
  struct slices *s = n->slices;
  advance(w, n);
  for (uint32_t i = 0; i < s->count; i++) {
    struct core *core = &s->cores[i];
    sim_time gone = world_now(w) - core->since;
    if (core->container == NONE || !gone || gone % s->config->slice || ends_now(w, core)) continue;
    core->since = world_now(w);
    const struct container *runs = &w->containers[core->container], *next = next_of(w, n);
    if (!next || (next != runs && next->off_core->vruntime > runs->off_core->vruntime)) continue;
    stop(w, n, core, false);
    dispatch(w, n, core, next_of(w, n), world_now(w));
  }
  arm(w, n);
}

/* --- for the core of the model ----------------------------------------------------------------------------------------------- */

void slices_share(struct world *w, struct node *n, struct container *c) {
  bool slept = !c->off_core->count;
  for (uint32_t i = 0; i < n->slices->count; i++) slept &= n->slices->cores[i].container != c->id;
  advance(w, n);
  release(w, n, c);
  take_newcomers(w, n, c, slept);
  fill_cores(w, n);
  moved(w, n, c);
  arm(w, n);
}

void slices_gather(struct world *w, struct container *c) {
  struct off_core *o = c->off_core;
  if (c->node != NONE && w->nodes[c->node].slices) advance(w, &w->nodes[c->node]);
  while (o->count) container_on_core(w, c, take_first(o));
}

const char *slices_wrong(const struct world *w, const struct node *n) {
  const struct slices *s = n->slices;
  uint32_t busy = 0, running = 0;
  if (!s) return NULL;
  for (uint32_t i = 0; i < s->count; i++) {
    if (s->cores[i].container == NONE) continue;
    if (!in_heap(&w->containers[s->cores[i].container], s->cores[i].order)) return "a core runs what is over";
    busy++;
  }
  for (uint32_t i = 0; i < n->container_count; i++) running += w->containers[n->containers[i]].running;
  if (running != busy) return "a computation runs without a core";
  return busy < s->count && next_of(w, n) ? "a core is idle while a thread waits" : NULL;
}

/* --- configuration ----------------------------------------------------------------------------------------------------------- */

static const char *const kind_words[] = {"fluid", "slices", NULL};

static const struct field fields[] = {
    KEY("kind", WORD, scheduler_config, kind, DEFAULT("fluid"), .words = kind_words,
        .doc = "fluid: all threads that compute go on at the same time, at their shares; slices: a core runs one thread at a time, "
               "until it blocks or its slice is over."),
    KEY("slice", DURATION, scheduler_config, slice, OPTIONAL, RANGE(1e3, 1e9),
        .doc = "slices: how long a thread keeps its core while others wait; absent: 3ms.",
        .source = "EEVDF base_slice_ns: 0.7 to 0.75 ms x (1 + log2 of the CPUs, up to 8): 1.4 ms on 2 CPUs, 3 ms on 8 and more"),
    KEY("wakeup", DURATION, scheduler_config, wakeup, DEFAULT("never"), RANGE(0, 1e9),
        .doc = "slices: a thread that wakes takes a core at once whose container is ahead of its own by more than this. never: it "
               "waits until that blocks or its slice is over.",
        .source = "EEVDF: RUN_TO_PARITY; CFS: sched_wakeup_granularity 1 ms x (1 + log2 of the CPUs, up to 8)"),
    {0}};
static const struct record scheduler_record = {.name = "scheduler",
                                               .size = sizeof(struct scheduler_config),
                                               .fields = fields,
                                               .doc = "How the cores of a node are shared by those that compute.",
                                               .shorthand = "kind"};
static const struct field node_keys[] = {
    ONLY_KEY("scheduler", RECORD, .record = &scheduler_record, .doc = "How its cores are shared by those that compute."), {0}};
static const struct record node_keys_record = {
    .name = "scheduler of a node group", .size = sizeof(struct scheduler_config), .fields = node_keys};

static struct scheduler_config *of_group(const struct node_group *g) { return nodes_part(g, PART_slices); }

static bool slices_used(const struct model *m) {
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (of_group(model_nodes(m, i))->kind == SCHEDULER_SLICES) return true;
  return false;
}

static void link_group(struct linker *l, uint32_t group) {
  const struct node_group *g = model_nodes(l->model, group);
  struct scheduler_config *c = of_group(g);
  const char *path = arena_format(l->arena, "platform.nodes.%s", g->name);
  if (c->kind != SCHEDULER_SLICES) {
    if (c->slice || c->wakeup != SIM_NEVER)
      link_error(l, path, "scheduler", "a fluid has no slices: give \"kind\": \"slices\" to have them");
    return;
  }
  if (!c->slice) c->slice = 3 * SIM_MS;
  if (g->smt < 1) link_error(l, path, "scheduler", "slices with \"smt\" below 1 are not modelled: leave out one of them");
  if (g->cpu == INT64_MAX || g->cpu % MILLI)
    link_error(l, path, "scheduler", "slices need whole cores: \"cpu\" is %s", g->cpu == INT64_MAX ? "unlimited" : "a fraction");
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service_config *s = model_service(l->model, i);
    bool fluid = s->resources.limits.cpu != INT64_MAX && s->resources.limits.throttle == THROTTLE_FLUID;
    if (fluid && service_runs(s) && placement_has_group(s, group))
      link_error(l, arena_format(l->arena, "services.%s.resources.limits", s->name), "throttle",
                 "a fluid limit is not modelled on nodes with slices (%s): use \"quota\"", g->name);
  }
}

static void link_groups(struct linker *l, enum link_stage stage) {
  for (uint32_t i = 0; stage == LINK_JOINED && i < l->model->platform.nodes.count; i++) link_group(l, i);
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void build(struct world *w, struct service *s) {
  for (uint32_t i = 0; i < s->capacity; i++) w->containers[s->first + i].off_core = arena_new_array(w->arena, struct off_core, 1);
}

static void plug_in(struct world *w, struct node *n) {
  const struct scheduler_config *config = of_group(n->group);
  if (config->kind != SCHEDULER_SLICES) return;
  struct slices *s = n->slices = arena_new_array(w->arena, struct slices, 1);
  s->config = config, s->count = (uint32_t)(n->millicores / MILLI);
  s->cores = arena_new_array(w->arena, struct core, s->count);
  for (uint32_t i = 0; i < s->count; i++) s->cores[i] = (struct core){.container = NONE, .last = NONE};
  s->at = world_now(w);
  s->slot = calendar_slot(w->calendar, slice_is_over, w, n->index);
  n->unshared = n->free_until = -1;
}

static void start(struct world *w) {
  for (uint32_t i = 0; i < w->node_count; i++) plug_in(w, &w->nodes[i]);
}

static void joins(struct world *w, const struct node *n) { plug_in(w, &w->nodes[n->index]); }

static void stop_all(struct world *w) {
  for (uint32_t i = 0; i < w->container_count; i++)
    if (w->containers[i].off_core) free(w->containers[i].off_core->each);
}

const struct part part_slices = {.name = "slices",
                                 .keys.nodes = &node_keys_record,
                                 .requests = true,
                                 .used = slices_used,
                                 .link = link_groups,
                                 .build = build,
                                 .start = start,
                                 .stop = stop_all,
                                 .joins = joins};
