#include "models/core/link.h"
#include "models/core/part.h"
#include "models/platform/lifecycle.h"
#include "models/platform/placement.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tell(struct linker *l, const char *path, const char *key, const char *warning, const char *format, va_list arguments) {
  char text[500];
  vsnprintf(text, sizeof text, format, arguments);
  l->report(l->context, path, key, l->at, warning, text);
}

void link_error(struct linker *l, const char *path, const char *key, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(l, path, key, NULL, format, arguments);
  va_end(arguments);
  l->failed = true;
}

void link_program_error(struct linker *l, const char *path, const char *key, const struct program *p, const char *wrong) {
  l->at = p->blamed;
  link_error(l, path, key, "%s", wrong);
  l->at = NULL;
}

void link_warn(struct linker *l, const char *path, const char *key, const char *id, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  tell(l, path, key, id, format, arguments);
  va_end(arguments);
}

static int64_t default_threads(int32_t kind) {
  static const int64_t threads[] = {[SERVICE_APP] = 1,   [SERVICE_PROXY] = 4,    [SERVICE_DATABASE] = 151,
                                    [SERVICE_CACHE] = 1, [SERVICE_EXTERNAL] = 1, [SERVICE_QUEUE] = 1};
  return threads[kind];
}

static void link_services(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    const char *path = arena_format(l->arena, "services.%s", s->name);
    if (!strcmp(s->name, "all") || !strcmp(s->name, "inside"))
      link_error(l, path, NULL, "the name \"%s\" means something else in claims", s->name);
    if (!s->threads) s->threads = s->runtime == RUNTIME_GIL ? 40 : default_threads(s->kind);
    parts_link_service(l, s, path);
    if (service_sheds(s) && s->kind == SERVICE_EXTERNAL)
      link_error(l, path, NULL, "the queue of an external service is not modelled: there is nothing to shed from");
    if (service_sheds(s))
      s->shed_meter = meter_declare(m, s->name, "shed", METER_COUNT, "Requests dropped because they had waited too long.");
    quota_link(m, s);
    m->container_count += service_capacity(s);
  }
}

static void link_endpoints(struct linker *l) {
  struct model *m = l->model;
  m->program_count += m->endpoints.count;
  m->programs =
      arena_new_array(l->arena, struct program, m->program_count + 5 * m->services.count); /* a worker, probes, a collection */
  if (!m->endpoints.count) link_error(l, "endpoints", NULL, "a scenario needs at least one endpoint");
  for (uint32_t i = 0; i < m->endpoints.count; i++) {
    const struct endpoint_config *e = model_endpoint(m, i);
    const char *path = arena_format(l->arena, "endpoints.%s", e->name);
    l->endpoint = i, m->programs[i].unheld = -1;
    parts_link(l, LINK_ENDPOINT);
    if (e->entry >= 0 && model_service(m, (uint32_t)e->entry)->kind == SERVICE_EXTERNAL) {
      link_error(l, path, NULL, "its entry \"%s\" is an external service", model_service(m, (uint32_t)e->entry)->name);
      continue;
    }
    if (!strcmp(e->name, "all") || !strcmp(e->name, "inside"))
      link_error(l, path, NULL, "the name \"%s\" means something else in claims", e->name);
    const char *wrong = program_compile(&m->programs[i], m, e, l->arena);
    if (wrong) link_program_error(l, path, NULL, &m->programs[i], wrong);
    if (wrong) m->programs[i].unheld = -1;
  }
}

static void link_phases(struct linker *l) {
  const struct run_config *run = &l->model->run;
  const struct phase_config *phases = run->phases.items;
  for (uint32_t i = 0; i < run->phases.count; i++) {
    const char *path = arena_format(l->arena, "run.phases.%s", phases[i].name);
    if (phases[i].to <= phases[i].from) link_error(l, path, "to", "ends before it begins");
    if (phases[i].to > run->window) link_error(l, path, "to", "reaches beyond the measured window");
  }
}

/* The first replica that waits, if nothing but a hard spread keeps it from the nodes that have room. */
static bool check_spread(struct linker *l, const struct world *w, const struct service *s) {
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    if (c->state != CONTAINER_PENDING || !placement_only_spread_forbids(w, c)) continue;
    link_error(l, arena_format(l->arena, "services.%s", service_config(s)->name), "spread",
               "hard: only %u of its %lld replicas can be placed: %s, and what has the fewest has no room for more", s->up,
               (long long)service_config(s)->replicas, placement_domains(w, c, l->arena));
    return true;
  }
  return false;
}

/* Places the initial replicas as a run would: what does not fit is the planner's mistake and is said before anything runs. */
static void check_placement(struct linker *l) {
  struct world *w = world_new(l->model, 0, 0, WORLD_AVAILABILITY);
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    const struct service *s = &w->services[i];
    if (!service_runs(service_config(s)) || s->up >= (uint64_t)service_config(s)->replicas) continue;
    if (check_spread(l, w, s)) continue;
    link_error(l, arena_format(l->arena, "services.%s", service_config(s)->name), "replicas",
               "only %u of its %lld replicas find a node with room for their resource requests%s", s->up,
               (long long)service_config(s)->replicas, placement_pods_note(w, s, l->arena));
  }
  for (uint32_t i = 0; i < l->model->services.count; i++) {
    struct service_config *s = (struct service_config *)l->model->services.items + i;
    if (s->autoscale.max) s->autoscale.room = w->services[i].up + placement_room_for(w, i);
  }
  l->trial = w;
  if (!l->failed) parts_link(l, LINK_PLACED);
  l->trial = NULL;
  world_free(w);
}

/* Days that differ settle, each by itself; but batches of one of them would not show the others. */
void model_derive_warmup(struct model *m) {
  enum steadiness s = m->run.probes.count ? TIMED : parts_steadiness(m);
  m->run.stationary = s == STEADY;
  if (m->run.warmup == WARMUP_AUTO) m->run.auto_warmup = true;
  if (!m->run.auto_warmup) return;
  m->run.warmup = s == DAILY ? SIM_DAY : 0;
  m->run.find_warmup = s <= STEADY_BY_RUN;
}

bool model_forks(const struct model *m) {
  for (uint32_t i = 0; i < m->program_count; i++)
    if (m->programs[i].forks) return true;
  return false;
}

static void link_run(struct linker *l) {
  struct run_config *run = &l->model->run;
  parts_link(l, LINK_RUN);
  link_phases(l);
  if (!l->failed) model_derive_warmup(l->model);
  if (!l->failed) parts_link(l, LINK_MEASURED);
  if (run->method == METHOD_BATCHES && !l->failed && !run->stationary)
    link_error(l, "run", "method",
               "batches need stationary traffic: constant rates, no shifts, no busyness, no stock, no scheduled jobs, no drill at "
               "a given time, no probes");
  parts_link(l, LINK_LAST);
  if (run->warmup > 9000000000000000000 - run->window) link_error(l, "run", NULL, "window and warm-up are longer than 290 years");
}

bool model_link(struct model *m, struct arena *arena, model_error *report, void *context) {
  struct linker l = {.model = m, .arena = arena, .report = report, .context = context};
  m->arena = arena;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) m->node_count += (uint32_t)model_nodes(m, i)->count;
  parts_link(&l, LINK_FIRST);
  link_services(&l);
  parts_link(&l, LINK_JOINED);
  parts_link(&l, LINK_SENDERS);
  parts_link(&l, LINK_STEPS);
  link_endpoints(&l);
  parts_link(&l, LINK_PROGRAMS);
  if (!l.failed) parts_link(&l, LINK_COMPILED);
  link_run(&l);
  if (!l.failed) parts_link(&l, LINK_WORK);
  if (!l.failed) check_placement(&l);
  return !l.failed;
}
