#include "models/service/probe.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/platform.h"
#include "sim/engine/arena.h"
#include <assert.h>

static const struct probing *policy(const struct world *w) { return w->orchestrator->probing; }

static struct container *container_of(const struct probe *p) { return &p->world->containers[p->container]; }

static bool in_traffic(const struct world *w) { return w->mode == WORLD_TRAFFIC; }

/* Null: the replica has no such probe. */
static struct probe *probe_of(const struct world *w, const struct container *c, enum probe_kind kind) {
  struct probe *p = world_probes(w)->of ? &world_probes(w)->of[c->id * PROBES + kind] : NULL;
  return p && p->config ? p : NULL;
}

static sim_time later(sim_time at, sim_time by) { return at < SIM_NEVER - 1 - by ? at + by : SIM_NEVER - 1; }

/* --- when the next one is made ----------------------------------------------------------------------------------------------- */

/* The first of a process that begins at c->begins_at, and is asked from now on: not at the instant of its start, at which the
 * probe before it may have killed its predecessor. */
static sim_time first_of(const struct probe *p) {
  const struct replica_probe_config *k = p->config;
  sim_time now = world_now(p->world), started = container_of(p)->begins_at;
  if (policy(p->world)->from_end) return later(started, k->every);
  sim_time from = later(started, k->delay);
  if (from < now) from = now;
  if (from == started) from++;
  return from <= p->phase ? p->phase : p->phase + (from - p->phase + k->every - 1) / k->every * k->every;
}

/* Between the beginnings of two. */
static sim_time gap_of(const struct probe *p) {
  bool longer = p->silent && policy(p->world)->from_end;
  return p->config->every + (longer ? p->config->timeout : 0);
}

/* Failures that do not count: of a process that has not passed yet, in its start period. */
static bool is_spared(const struct probe *p, sim_time begun) {
  return policy(p->world)->from_end && !p->healthy && begun < later(container_of(p)->begins_at, p->config->delay);
}

static int64_t spared_from(const struct probe *p) {
  if (!is_spared(p, p->next)) return 0;
  return (later(container_of(p)->begins_at, p->config->delay) - p->next + gap_of(p) - 1) / gap_of(p);
}

/* --- what follows ------------------------------------------------------------------------------------------------------------ */

static void expect(struct probe *p);

static void activate(struct probe *p) {
  p->active = true, p->asked = false, p->request = NONE, p->row = 0;
  p->next = first_of(p);
  expect(p);
}

static void deactivate(struct probe *p) {
  p->active = p->asked = false, p->request = NONE;
  calendar_clear(p->world->calendar, p->slot);
}

/* The start-up is over. */
static void ask_the_others(struct world *w, const struct container *c) {
  for (enum probe_kind i = 0; i < PROBES; i++) {
    struct probe *p = i == PROBE_STARTUP ? NULL : probe_of(w, c, i);
    if (p) activate(p);
  }
}

static void turns(struct probe *p, bool passes) {
  struct world *w = p->world;
  struct container *c = container_of(p);
  p->healthy = passes;
  if (!passes) meter_count(w, service_probes(container_config(c))->turned[p->kind]);
  if (p->kind == PROBE_STARTUP || (p->kind == PROBE_LIVENESS && !passes)) deactivate(p); /* it is over, or is to be killed */
  if (p->kind == PROBE_STARTUP && passes) ask_the_others(w, c);
  policy(w)->turned(w, c, p->kind, passes);
}

/* Whether the probes in a row are enough. */
static void conclude(struct probe *p) {
  const struct replica_probe_config *k = p->config;
  if (p->last && !p->healthy && p->row >= k->successes)
    turns(p, true);
  else if (!p->last && (p->healthy || p->kind != PROBE_READINESS) && p->row >= k->failures)
    turns(p, false);
}

static void count(struct probe *p, bool passed, int64_t times) {
  if (!times) return;
  p->row = p->last == passed ? p->row + times : times;
  p->last = passed;
}

/* --- without requests -------------------------------------------------------------------------------------------------------- */

/* Those that have begun before the instant, all as they end now. */
static void settle(struct probe *p, sim_time until) {
  if (until <= p->next) return;
  sim_time gap = gap_of(p);
  int64_t made = (until - p->next - 1) / gap + 1, spared = p->passes ? 0 : spared_from(p);
  count(p, p->passes, made > spared ? made - spared : 0);
  p->begun = p->next + (made - 1) * gap;
  p->next += made * gap;
}

/* When the last one that is needed ends; SIM_NEVER: nothing changes. */
static sim_time due_of(const struct probe *p) {
  const struct replica_probe_config *k = p->config;
  if (p->passes ? p->healthy : !p->healthy && p->kind == PROBE_READINESS) return SIM_NEVER;
  int64_t more = (p->passes ? k->successes : k->failures) - (p->last == p->passes ? p->row : 0);
  if (!p->passes) more += spared_from(p);
  return p->next + (more - 1) * gap_of(p) + (!p->passes && p->silent ? k->timeout : 0);
}

static void expect(struct probe *p) {
  struct world *w = p->world;
  if (!p->active) return;
  sim_time due = in_traffic(w) ? p->next : due_of(p);
  if (due == SIM_NEVER)
    calendar_clear(w->calendar, p->slot);
  else
    calendar_set(w->calendar, p->slot, due > world_now(w) ? due : world_now(w));
}

/* From now on they end otherwise. One that is under way is answered when its process goes on. */
static void ends_otherwise(struct probe *p, bool passes, bool silent) {
  sim_time now = world_now(p->world);
  if (p->active && !in_traffic(p->world)) {
    bool waits = p->silent && passes;
    settle(p, now);
    if (waits && p->begun <= now && now - p->begun < p->config->timeout) {
      p->last = true, p->row = 1;
      if (policy(p->world)->from_end) p->next = later(now, p->config->every);
    }
  }
  p->passes = passes, p->silent = silent;
  if (!in_traffic(p->world)) expect(p);
}

/* --- with requests ----------------------------------------------------------------------------------------------------------- */

void probe_ended(struct probe *p, bool passed) {
  struct world *w = p->world;
  p->asked = false, p->request = NONE;
  if (!passed) meter_count(w, service_probes(container_config(container_of(p)))->failed[p->kind]);
  if (passed || !is_spared(p, p->begun)) count(p, passed, 1);
  p->next = policy(w)->from_end ? later(world_now(w), p->config->every) : p->begun + p->config->every;
  conclude(p);
  expect(p);
}

/* Handler of the slot: in years, enough of them have ended alike. */
static void is_due(void *probe, uint32_t argument) {
  (void)argument;
  struct probe *p = probe;
  if (!in_traffic(p->world)) {
    settle(p, world_now(p->world) + 1);
    conclude(p);
    expect(p);
  } else if (p->asked) {
    probe_ended(p, false);
  } else {
    p->begun = world_now(p->world), p->made++;
    probe_asks(p);
  }
}

/* --- life -------------------------------------------------------------------------------------------------------------------- */

static void probes_begin(struct world *w, struct container *c) {
  bool starts_up = probe_of(w, c, PROBE_STARTUP) != NULL, gated = starts_up || probe_of(w, c, PROBE_READINESS);
  if (probe_of(w, c, PROBE_LIVENESS) && !gated && policy(w)->unasked) policy(w)->unasked(w, c);
  for (enum probe_kind i = 0; i < PROBES; i++) {
    struct probe *p = probe_of(w, c, i);
    if (!p) continue;
    p->passes = p->silent = p->last = false;
    p->healthy = i == PROBE_LIVENESS && !policy(w)->from_end;
    if (i == PROBE_STARTUP || !starts_up) activate(p);
  }
}

static void probes_serve(struct world *w, struct container *c, bool warm) {
  for (enum probe_kind i = 0; i < PROBES; i++) {
    struct probe *p = probe_of(w, c, i);
    if (!p) continue;
    if (!warm) {
      ends_otherwise(p, true, false);
      continue;
    }
    p->passes = p->healthy = p->last = true;
    p->next = p->phase;
    p->active = i != PROBE_STARTUP;
    expect(p);
  }
}

static void probes_hang(struct world *w, struct container *c, bool hung) {
  for (enum probe_kind i = 0; i < PROBES; i++) {
    struct probe *p = probe_of(w, c, i);
    if (!p) continue;
    ends_otherwise(p, !hung, hung);
    if (!hung && p->asked && p->request == NONE) probe_ended(p, true);
  }
}

static void probes_stop(struct world *w, struct container *c, bool served) {
  (void)served;
  for (enum probe_kind i = 0; i < PROBES; i++)
    if (probe_of(w, c, i)) deactivate(probe_of(w, c, i));
}

/* --- building ---------------------------------------------------------------------------------------------------------------- */

static void build(struct world *w, const struct service *s, uint32_t number) {
  uint32_t id = s->first + number;
  const struct probes_config *k = service_probes(service_config(s));
  struct stream draws =
      stream_open(stream_key(w->seed, w->replication, PURPOSE_PROBE, stream_entity(service_config(s)->name, number)));
  for (enum probe_kind i = 0; i < PROBES; i++) {
    double phase = stream_uniform(&draws);
    if (!k->of[i].failures) continue;
    struct probe *p = &world_probes(w)->of[id * PROBES + i];
    *p = (struct probe){.world = w, .config = &k->of[i], .container = id, .kind = i, .request = NONE};
    p->phase = (sim_time)(phase * (double)k->of[i].every);
    p->slot = calendar_slot(w->calendar, is_due, p, 0);
  }
}

static void probes_build(struct world *w, struct service *s) {
  struct probes *all = world_probes(w);
  if (!service_probes(service_config(s))->program) return;
  if (!all->of) all->of = arena_new_array(w->arena, struct probe, ((size_t)w->container_count + 1) * PROBES);
  for (uint32_t i = 0; i < s->capacity; i++) build(w, s, i);
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_probes(model_service(m, i))->program) return true;
  return false;
}

static void link_stage(struct linker *l, enum link_stage stage) {
  if (stage == LINK_PROGRAMS) probes_link_programs(l);
}

const struct part part_probes = {.name = "probes",
                                 .used = used,
                                 .keys.service = &probe_keys_record,
                                 .link = link_stage,
                                 .service = probes_link_service,
                                 .room.world = sizeof(struct probes),
                                 .build = probes_build,
                                 .begins = probes_begin,
                                 .serves = probes_serve,
                                 .stops = probes_stop,
                                 .hangs = probes_hang,
                                 .release = probe_fails};
