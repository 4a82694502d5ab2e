/* Backlogs that are longer than patience: when such a queue is full, what it serves has been given up by then, and a service that
 * works at its capacity answers nothing in time (the state that it does not leave on its own: retries keep the queue full).
 *
 * A process serves mu requests a second: threads / time that a visit holds one, and cores / computation of a visit, whichever is
 * less. The last of a full backlog waits backlog / mu. Means of the mix, without queues elsewhere: more often too short than too
 * long. */
#include "models/machine/gc.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/guard/call.h"
#include "sim/engine/arena.h"
#include "models/core/load_sheet.h"
#include "models/machine/accept.h"
#include "models/request/operation.h"
#include "models/service/computing.h"
#include "sim/measure/findings.h"
#include <math.h>

/* By endpoint and service. */
struct visits {
  const struct model *model;
  double *count; /* a request of the endpoint */
  double *per_s; /* by service: what one process serves */
};

static struct visits visits_of(const struct model *m, struct arena *arena) {
  struct visits v = {m, arena_new_array(arena, double, m->endpoints.count * m->services.count + 1),
                     arena_new_array(arena, double, m->services.count + 1)};
  struct demand_sums d = load_demand(m, arena);
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    const struct program *p = &m->programs[e];
    struct demand_sums one = load_demand(m, arena);
    one.runs = arena_new_array(arena, double, p->count + 1);
    program_demand(p, 1, &one);
    program_demand(p, model_endpoint_share(m, e), &d);
    for (uint32_t k = 0; k < p->count; k++)
      if (p->instructions[k].operation->calls) v.count[e * m->services.count + (uint32_t)p->instructions[k].service] += one.runs[k];
  }
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    double visits = 0, processes = runtime_processes(s), per_s = INFINITY;
    for (uint32_t e = 0; e < m->endpoints.count; e++) visits += model_endpoint_share(m, e) * v.count[e * m->services.count + i];
    if (!service_runs(s) || !(visits > 0)) continue;
    if (d.held_s[i] > 0 && s->threads != INT64_MAX) per_s = (double)s->threads / (d.held_s[i] / visits);
    double computes_s = d.cpu_s[i] / d.speed[i] / visits;
    if (computes_s > 0) per_s = fmin(per_s, computing_cores(m, s) * gc_running_share(s) / processes / computes_s);
    v.per_s[i] = isinf(per_s) ? 0 : per_s;
  }
  return v;
}

/* How long the least patient of those waits that may stand in the queue; `leaves`: it then stands there no longer. */
struct patience {
  double s;
  bool leaves;
};

static void consider(struct patience *p, double s, bool leaves) {
  if (s < p->s) *p = (struct patience){s, leaves};
}

static struct patience patience_at(const struct visits *v, uint32_t service) {
  const struct model *m = v->model;
  struct patience p = {INFINITY, false};
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    if (!(v->count[e * m->services.count + service] > 0)) continue;
    for (uint32_t k = 0; k < model_sources(m)->count; k++) {
      const struct source_config *s = model_source(m, k);
      if (!(model_share(m, k, e) > 0)) continue;
      if (s->timeout != SIM_NEVER) consider(&p, sim_seconds(s->timeout), s->cancel);
      if (s->patience.kind) consider(&p, sim_seconds_of(s->patience.mean), true);
    }
    for (const struct guard *g = m->programs[e].guards; g; g = g->next)
      if (g->config->call == (int32_t)service && g->config->timeout != SIM_NEVER)
        consider(&p, sim_seconds(g->config->timeout), g->config->cancel);
  }
  return p;
}

/* Clients that wait for their answers before they ask again are never more than there are. */
static double most_waiting(const struct model *m) {
  double most = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    if (!s->kind->closed || s->timeout != SIM_NEVER) return INFINITY; /* who gives up may ask again while the server still works */
    most += (double)s->population;
  }
  return most;
}

static const char *duration(const struct evidence *ev, double s) {
  return s < 1     ? arena_format(ev->arena, "%.3g ms", s * 1e3)
         : s < 600 ? arena_format(ev->arena, "%.3g s", s)
                   : arena_format(ev->arena, "%.3g min", s / 60);
}

static const char *words_of(const struct evidence *ev, const struct visits *v, uint32_t service, double backlog) {
  const struct service_config *s = model_service(v->model, service);
  struct patience p = patience_at(v, service);
  if (service_accept(s)->takes != ACCEPT_NONE) return NULL; /* turns of the loop decide who is served */
  if (!(v->per_s[service] > 0) || backlog / v->per_s[service] <= p.s || service_sheds(s)) return NULL;
  const char *end = p.leaves ? "those at its end leave before their turn" : "a full one serves requests that have been given up";
  if (isinf(backlog))
    return arena_format(
        ev->arena,
        "backlog: any number of requests may wait at %s, but those that wait give up after %s, in which it serves %.3g: %s",
        s->name, duration(ev, p.s), floor(v->per_s[service] * p.s), end);
  return arena_format(ev->arena,
                      "backlog: %.10g requests may wait at %s, the last of them for %s, but those that wait give up after %s: %s",
                      backlog, s->name, duration(ev, backlog / v->per_s[service]), duration(ev, p.s), end);
}

const char *findings_backlog(const struct evidence *ev) {
  const struct model *m = &ev->model;
  struct visits v = visits_of(m, ev->arena);
  const char *first = NULL, *others = NULL;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    double backlog = fmin(s->backlog == INT64_MAX ? INFINITY : (double)s->backlog, most_waiting(m));
    const char *words = words_of(ev, &v, i, backlog);
    if (words && first) others = others ? arena_format(ev->arena, "%s, %s", others, s->name) : s->name;
    if (!first) first = words;
  }
  return others ? arena_format(ev->arena, "%s; likewise %s", first, others) : first;
}
