#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "models/availability/outage.h"
#include "models/core/link.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/nodes.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <assert.h>
#include <string.h>

#define FAULT_MEMBER(name) &fault_##name.member,
static const struct member *const members[] = {FAULTS(FAULT_MEMBER) NULL};
static const struct family family = {.members = members, .last = true};

const char *const fault_disk_words[] = {"auto", "kept", "lost", NULL};

static const struct field time_fields[] = {
    ONLY_KEY("at", DURATION, RANGE(0, FIELD_UNLIMITED), .doc = "Time since the start of the run."), {0}};
static const struct record time_record = {.name = "time of a drill",
                                          .size = sizeof(sim_time),
                                          .fields = time_fields,
                                          .doc = "Written as the bare time.",
                                          .shorthand = "at"};

static const struct field fields[] = {
    KEY("kind", MEMBER, fault_config, kind, .family = &family, .doc = "What breaks."),
    KEY("mtbf", DURATION, fault_config, mtbf, DEFAULT("never"), RANGE(1e6, FIELD_UNLIMITED),
        .doc = "Mean time between a repair and the next fault of one node, replica, place or link, exponential."),
    KEY("uptime", DISTRIBUTION, fault_config, uptime, OPTIONAL,
        .doc = "Instead of \"mtbf\": the distribution of that time. At the start each node or replica is somewhere within that "
               "time, each at a point of its own."),
    KEY("at", LIST, fault_config, at, OPTIONAL, .record = &time_record, .lone = true,
        .doc = "A drill: the first node or replica breaks at this time, or at each of these."),
    KEY("planned", FLAG, fault_config, planned, DEFAULT(false),
        .doc = "Whether it is maintenance that was announced: its outages are counted apart."),
    {0}};
const struct record fault_record = {
    .name = "fault", .size = sizeof(struct fault_config), .fields = fields, .doc = "Something that breaks."};

static sim_time drill_at(const struct fault_config *f, uint32_t i) { return ((const sim_time *)f->at.items)[i]; }

static bool is_drilled(const struct fault_config *f) {
  for (uint32_t i = 0; i < f->at.count; i++)
    if (drill_at(f, i) != SIM_NEVER) return true;
  return false;
}

bool fault_repeats(const struct fault_config *f) { return f->mtbf != SIM_NEVER || f->uptime.kind; }

/* Of a fault for which the scenario gives no time at which it happens: what is typical of the kind, if that is known. */
static void assume_typical(struct fault_config *f) {
  const struct fault_typical *t = &f->kind->typical;
  if (fault_repeats(f) || f->at.count || !(t->mtbf_days > 0)) return;
  f->mtbf_assumed = true, f->uptime = distribution_exponential(t->mtbf_days * (double)SIM_DAY); /* may be more than a time holds */
  if (f->repair.kind || !(t->median_min > 0)) return;
  f->repair_assumed = true;
  f->repair = distribution_lognormal(t->median_min * 60e9, t->p95_min * 60e9);
}

const char *fault_assumed(const struct model *m, uint32_t n, bool repair, const char **source, struct arena *arena) {
  const struct fault_config *f = model_fault_at(m, n);
  const struct fault_typical *t = &f->kind->typical;
  *source = repair ? t->repair_source : t->mtbf_source;
  if (repair)
    return f->repair_assumed ? arena_format(arena, "median %.3g h, 95%% within %.3g h", t->median_min / 60, t->p95_min / 60) : NULL;
  if (!f->mtbf_assumed) return NULL;
  bool long_time = t->mtbf_days >= 365;
  return arena_format(arena, "%.3g%s", long_time ? t->mtbf_days / 365 : t->mtbf_days, long_time ? "y" : "d");
}

static void link_fault(struct linker *l, struct fault_config *f) {
  const char *path = arena_format(l->arena, "faults.%s", f->name);
  targets_settle(l->model, f);
  assume_typical(f);
  f->kind->link(l, f, path);
  if (!fault_repeats(f) && !is_drilled(f)) link_error(l, path, NULL, "never happens: give \"mtbf\", \"uptime\" or \"at\"");
}

void faults_link(struct linker *l) {
  struct fault_config *all = model_faults(l->model)->items;
  for (uint32_t i = 0; i < model_faults(l->model)->count; i++) link_fault(l, &all[i]);
}

static bool is_named(const struct references *names, uint32_t index) {
  for (uint32_t i = 0; i < names->count; i++)
    if (names->reference[i] == (int32_t)index) return true;
  return false;
}

/* Every key of the timing is named here. */
void fault_only_at(struct fault_config *f, sim_time *at) {
  f->mtbf = SIM_NEVER;
  f->uptime = (struct distribution){0};
  f->at = (struct config_list){at, at ? 1 : 0};
}

bool fault_takes_nodes(const struct model *m, const struct fault_config *f, uint32_t group) {
  struct fault_reach lost = f->kind->reach(m, f);
  const struct node_group *g = model_nodes(m, group);
  return is_named(&lost.groups, group) ||
         (g->first_zone < lost.first_zone + lost.zones && lost.first_zone < g->first_zone + g->zone_count);
}

bool fault_takes_service(const struct model *m, const struct fault_config *f, uint32_t service) {
  struct fault_reach lost = f->kind->reach(m, f);
  return is_named(&lost.services, service);
}

double fault_until_repair(const struct model *m, const struct fault_config *f) {
  (void)m;
  return f->repair.mean * 1e-9;
}

double fault_of_one(const struct model *m, const struct fault_config *f) {
  (void)m, (void)f;
  return 1;
}

uint32_t fault_of_one_number(const struct world *w, const struct fault_config *f, uint32_t target) {
  (void)w, (void)f, (void)target;
  return 0;
}

/* --- one life ---------------------------------------------------------------------------------------------------------------- */

static sim_time time_to_next(struct fault_process *f) {
  const struct fault_config *k = f->config;
  if (k->uptime.kind) return distribution_sample_time(&k->uptime, &f->draws);
  if (k->mtbf == SIM_NEVER) return SIM_NEVER;
  double wait = stream_exponential(&f->draws) * (double)k->mtbf;
  return wait < 9e18 ? (sim_time)wait : SIM_NEVER;
}

/* From the beginning of the run: each has been up for a while, at a point of its life of its own. A renewal process that began
 * long ago is stationary by now; where lives do not vary at all the point is uniform. An exponential life forgets how long it
 * has lasted. */
static sim_time time_to_first(struct fault_process *f) {
  enum { LIVES = 64 };
  const struct distribution *life = &f->config->uptime;
  if (!life->kind || !(life->mean > 0)) return time_to_next(f);
  double began = life->mean * LIVES * (1 + stream_uniform(&f->draws)), at = 0; /* that long ago */
  assert(began >= 0);
  while (at <= began) at += distribution_sample(life, &f->draws);
  return distribution_as_time(at - began);
}

static void arm(struct fault_process *f, sim_time delay) {
  struct world *w = f->world;
  if (delay != SIM_NEVER && delay < w->horizon - world_now(w) + 1) calendar_set(w->calendar, f->slot, world_now(w) + delay);
  parts_staged(w);
}

static void breaks(struct fault_process *f) {
  const struct fault_kind *kind = f->config->kind;
  assert(!f->broken && kind->strike);
  if (!kind->stands || kind->stands(f->world, f->target)) outage_fault(f->world, f->fault);
  kind->strike(f->world, f->config, f->target);
  if (!kind->repair) return;
  f->broken = true;
  arm(f, distribution_sample_time(&f->config->repair, &f->draws));
}

enum fault_phase fault_phase(const struct fault_process *f) { return f->broken ? FAULT_REPAIRING : FAULT_STANDS; }

static void is_repaired(struct fault_process *f) {
  assert(f->config->kind->repair);
  f->broken = false;
  f->config->kind->repair(f->world, f->target);
}

/* Handler of the process's slot. */
static void continues(void *process, uint32_t argument) {
  (void)argument;
  struct fault_process *f = process;
  if (f->broken)
    is_repaired(f);
  else
    breaks(f);
  if (!f->broken && !f->drill) arm(f, time_to_next(f));
}

static struct fault_process *new_process(struct world *w) {
  struct faults *all = world_faults(w);
  if (all->count == all->room) {
    struct fault_process **more = arena_new_array(w->arena, struct fault_process *, all->room = all->room ? 2 * all->room : 16);
    if (all->count) memcpy(more, all->processes, all->count * sizeof *more);
    all->processes = more;
  }
  return all->processes[all->count++] = arena_new_array(w->arena, struct fault_process, 1);
}

static struct fault_process *add(struct world *w, uint32_t fault, uint32_t target, bool drill) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  struct fault_process *f = new_process(w);
  uint64_t entity = stream_entity(k->name, (uint64_t)k->kind->number(w, k, target) << 1 | drill);
  *f = (struct fault_process){.world = w, .config = k, .fault = fault, .target = target, .drill = drill};
  f->draws = stream_open(stream_key(w->seed, w->replication, PURPOSE_FAULT, entity));
  f->slot = calendar_slot(w->calendar, continues, f, 0);
  return f;
}

static void add_life(struct world *w, uint32_t fault, uint32_t target) {
  struct fault_process *f = add(w, fault, target, false);
  arm(f, time_to_first(f));
}

/* Each drill is a process of its own: one may begin before what the last one broke is repaired. */
static void add_drills(struct world *w, uint32_t fault, uint32_t target) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  for (uint32_t i = 0; i < k->at.count; i++) {
    struct fault_process *f = add(w, fault, target, true);
    if (i) f->draws = stream_at(stream_bits(&f->draws), i);
    arm(f, drill_at(k, i));
  }
}

static void add_all(struct world *w, uint32_t fault) {
  const struct fault_config *k = model_fault_at(w->model, fault);
  for (uint32_t t = NONE, first = true; (t = k->kind->target_after(w, k, t)) != NONE; first = false) {
    if (fault_repeats(k)) add_life(w, fault, t);
    if (first) add_drills(w, fault, t);
  }
}

static void faults_start(struct world *w) {
  world_faults(w)->kept = arena_new_array(w->arena, void *, model_faults(w->model)->count + 1);
  uint32_t zones = w->model->platform.regions.zone_count;
  if (zones) world_faults(w)->zone_losses = arena_new_array(w->arena, uint32_t, zones);
  for (uint32_t i = 0; i < model_faults(w->model)->count; i++) add_all(w, i);
}

/* A machine that is new is a target like the others of its group, and lost with its place. */
static void faults_join(struct world *w, const struct node *n) {
  const uint32_t *losses = world_faults(w)->zone_losses;
  for (uint32_t k = 0; losses && k < losses[n->zone]; k++) node_fails(w, &w->nodes[n->index], DISK_UNSTATED);
  for (uint32_t i = 0; i < model_faults(w->model)->count; i++) {
    const struct fault_config *k = model_fault_at(w->model, i);
    struct references groups = k->kind->reach(w->model, k).groups;
    if (fault_repeats(k) && is_named(&groups, n->group_index)) add_life(w, i, n->index);
  }
}

/* An estimate before anything runs: a slip of a unit must not cost a night. */
static void check_work(struct linker *l) {
  const struct model *m = l->model;
  double faults = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    double each = f->uptime.kind ? f->uptime.mean : f->mtbf == SIM_NEVER ? INFINITY : (double)f->mtbf;
    faults += f->kind->count(m, f) * (double)m->run.years * (double)SIM_YEAR / fmax(each, 1);
  }
  if (faults > 2e7) link_error(l, "run", "years", "would play about %.2g faults; the limit is 2e7", faults);
}

static void mark_ailing(struct linker *l) {
  for (uint32_t i = 0; i < model_faults(l->model)->count; i++) {
    const struct fault_config *f = model_fault_at(l->model, i);
    if (f->kind->marks) f->kind->marks(l, f);
  }
}

static void link_faults(struct linker *l, enum link_stage stage) {
  if (stage == LINK_FIRST) mark_ailing(l);
  if (stage == LINK_RUN) faults_link(l);
  if (stage == LINK_WORK) check_work(l);
}

static enum steadiness faults_steadiness(const struct model *m) {
  for (uint32_t i = 0; i < model_faults(m)->count; i++)
    if (is_drilled(model_fault_at(m, i))) return TIMED;
  return STEADY;
}

const struct part part_faults = {.name = "faults",
                                 .link = link_faults,
                                 .steadiness = faults_steadiness,
                                 .keys.root = &faults_root_record,
                                 .room.world = sizeof(struct faults),
                                 .start = faults_start,
                                 .joins = faults_join};

static const struct field root_keys[] = {ONLY_KEY("faults", MAP, OPTIONAL, .record = &fault_record, .doc = "What breaks, by name."),
                                         {0}};
const struct record faults_root_record = {.name = "faults of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
