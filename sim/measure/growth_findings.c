#include "sim/measure/growth_findings.h"
#include "models/traffic/offered.h"
#include "models/faults/fault.h"
#include "models/traffic/source.h"
#include "models/jobs/job_queue.h"
#include "models/traffic/client.h"
#include "sim/engine/arena.h"
#include "sim/stats/growth.h"
#include "sim/measure/resource.h"
#include "sim/measure/evidence.h"
#include "sim/measure/measure_row.h"
#include "models/platform/placement.h"
#include <math.h>
#include <string.h>

/* Probabilities of a false alarm of one gauge: by the pooled error, by the replications' own; and where overload is known. */
static const double pooled_doubt = 2e-4, own_doubt = 0.01, known_pooled_doubt = 0.01, known_own_doubt = 0.05;
/* Growth that counts: a least number, and a least share of what arrives; of a load that rises; and below capacity. */
static const double least_growth = 3, least_share = 0.005, rising_share = 0.03, rising_below_share = 0.2, known_share = 0.001;

/* A share of failures from which on they are taken to bound what waits. */
static const double bounding_failures = 0.01;

struct judging {
  const struct evidence *evidence;
  const struct growth_sums *sums;
  double replications;         /* behind the sums */
  bool long_run;               /* then one, as long as all its batches */
  bool flat[GROWTH_STRETCHES]; /* the load does not rise within it */
  double load[GROWTH_STRETCHES], first_full_at;
  const char *first_full;
  bool random_load;
};

/* --- the load ----------------------------------------------------------------------------------------------------------------- */

static sim_time border(const struct model *m, double part) { return m->run.warmup + (sim_time)(part * (double)m->run.window); }

static double offered_between(const struct model *m, double from, double to) {
  sim_time a = border(m, from), b = border(m, to);
  return b > a ? model_offered(m, a, b) / sim_seconds(b - a) : 0;
}

static bool is_open(const struct source_config *s) { return !s->kind->closed; }

static void read_load(struct judging *j) {
  const struct model *m = &j->evidence->model;
  const struct view *v = j->evidence->traffic.sum;
  double arrived = v->seconds > 0 ? (double)v->arrived[v->endpoint_count] / v->seconds : 0;
  bool open = false;
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    open |= is_open(s);
    j->random_load |= s->busyness_cv > 0 || s->burst.kind || s->chain.states;
  }
  for (int s = 0; s < GROWTH_STRETCHES; s++) {
    double from = (double)growth_from(s) / GROWTH_STEPS, middle = 0.5 * (from + 1);
    double first = open && !m->run.stationary ? offered_between(m, from, middle) : 0;
    j->load[s] = !open ? arrived : m->run.stationary ? model_offered_rate(m) : offered_between(m, middle, 1);
    j->flat[s] = s != GROWTH_LAST && (!open || m->run.stationary || j->load[s] <= 1.02 * first);
  }
  j->random_load |= model_faults(m)->count > 0;
}

static void read_capacity(struct judging *j) {
  struct resource *resources;
  uint32_t count = resources_of(&j->evidence->model, j->evidence->arena, &resources);
  j->first_full_at = INFINITY;
  for (uint32_t i = 0; i < count; i++)
    if (resource_saturates_at(&resources[i]) < j->first_full_at)
      j->first_full_at = resource_saturates_at(&resources[i]), j->first_full = resources[i].name;
}

/* --- who goes where ----------------------------------------------------------------------------------------------------------- */

static bool passes(const struct model *m, uint32_t endpoint, const struct gauge *g) {
  const struct program *p = &m->programs[endpoint];
  for (uint32_t i = 0; i < p->cell_count; i++) {
    if (p->cells[i].service < 0) continue;
    const struct service_config *s = model_service(m, (uint32_t)p->cells[i].service);
    if (g->kind == GAUGE_SERVICE && (uint32_t)p->cells[i].service == g->index) return true;
    if (g->kind == GAUGE_NODES && placement_has_group(s, g->index)) return true;
  }
  return false;
}

/* Closed users bound what waits: their number. */
static bool comes_from_open(const struct model *m, uint32_t endpoint) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (is_open(model_source(m, i)) && model_source(m, i)->visits[endpoint] > 0) return true;
  return false;
}

/* Of closed sources: clients that back off. */
static bool is_bounded_meter(const struct model *m, uint32_t meter) {
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    if (!is_open(s) && s->retry.pause.attempts > 1 && s->meters.backing_off == meter) return true;
  }
  return false;
}

/* Requests a second that come to the gauge; NaN where growth is not measured by them; 0: none, or a bounded number of clients. */
static double arrivals_of(const struct evidence *ev, const struct gauge *g) {
  const struct model *m = &ev->model;
  const struct view *v = ev->traffic.sum;
  if (g->kind == GAUGE_METER) return is_bounded_meter(m, g->index) ? 0 : NAN;
  double sum = 0;
  bool open = false;
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    if (g->kind == GAUGE_ENDPOINT ? e != g->index : !passes(m, e, g)) continue;
    sum += (double)v->arrived[e];
    open |= comes_from_open(m, e);
  }
  if (!open && model_queues(m)->count && g->kind != GAUGE_ENDPOINT) return NAN; /* jobs may wait there */
  return open ? sum / v->seconds : 0;
}

/* --- judging one gauge -------------------------------------------------------------------------------------------------------- */

struct verdict_of_gauge {
  bool grows;
  double per_s;
  double alone; /* replications, when it grows in some of them only */
};

static bool material(const struct judging *j, const struct growth *g, int stretch, double arrivals, double share) {
  double per_s = g->per_step * GROWTH_STEPS / (j->evidence->traffic.sum->seconds / j->evidence->traffic.sum->replications);
  if (j->long_run) per_s = g->second * 2 / (1 - growth_from(stretch) / (double)GROWTH_STEPS) / j->evidence->traffic.sum->seconds;
  return g->second >= least_growth && (isnan(arrivals) || per_s >= share * arrivals);
}

/* In the whole run one replication is as long as all its batches. */
static double step_s(const struct judging *j) {
  const struct view *v = j->evidence->traffic.sum;
  return (j->long_run ? v->seconds : v->seconds / (double)v->replications) / GROWTH_STEPS;
}

static struct verdict_of_gauge judge_stretch(const struct judging *j, uint32_t gauge, int stretch, double arrivals) {
  struct growth g = growth_of(&j->sums[gauge], j->replications, (enum growth_stretch)stretch);
  struct verdict_of_gauge v = {false, (g.first + g.second) / (GROWTH_STEPS - growth_from((enum growth_stretch)stretch)) / step_s(j),
                               0};
  bool over = j->load[stretch] >= j->first_full_at;
  if (stretch == GROWTH_LAST) {
    v.per_s = g.per_step / step_s(j);
    v.grows = growth_seen(&g, pooled_doubt, own_doubt) && g.last > 0.25 * g.second &&
              material(j, &g, stretch, arrivals, over ? rising_share : rising_below_share);
    return v;
  }
  if (!j->flat[stretch] || !(g.first + g.second > 0)) return v; /* what is less than it was may grow in a later stretch */
  v.grows = growth_proven(&g, pooled_doubt, own_doubt) && material(j, &g, stretch, arrivals, least_share);
  v.grows |= over && growth_seen(&g, known_pooled_doubt, known_own_doubt) && growth_straight(&g) &&
             material(j, &g, stretch, arrivals, known_share);
  double alone = j->sums[gauge].alone[stretch];
  if (v.grows || j->random_load || alone < fmax(1, 0.02 * j->replications) || !(g.second > 0)) return v;
  v.per_s *= j->replications / alone;
  v.grows = material(j, &g, stretch, arrivals, least_share * alone / j->replications);
  v.alone = alone;
  return v;
}

static struct verdict_of_gauge judge_gauge(const struct judging *j, uint32_t gauge, int *at) {
  struct gauge g = model_gauge(&j->evidence->model, gauge);
  double arrivals = arrivals_of(j->evidence, &g);
  struct verdict_of_gauge v = {false, 0, 0};
  for (int s = 0; s < GROWTH_STRETCHES && !v.grows && !(arrivals == 0); s++) v = judge_stretch(j, gauge, s, arrivals), *at = s;
  return v;
}

/* --- words -------------------------------------------------------------------------------------------------------------------- */

static const char *growth_rate_text(struct arena *arena, double per_s) {
  const char *form = per_s >= 99.5 ? "%.0f/s" : per_s >= 0.1 ? "%.1f/s" : "%.2g/s";
  return arena_format(arena, form, per_s);
}

static const char *thing(const struct evidence *ev, const struct gauge *g) {
  const struct model *m = &ev->model;
  switch (g->kind) {
  case GAUGE_SERVICE:
    return arena_format(ev->arena, "requests waiting at %s", model_service(m, g->index)->name);
  case GAUGE_NODES:
    return arena_format(ev->arena, "computations beyond the cores of %s", model_nodes(m, g->index)->name);
  case GAUGE_METER:
    return arena_format(ev->arena, "%s.%s", m->meters[g->index].thing, m->meters[g->index].name);
  default:
    return arena_format(ev->arena, "requests of %s", model_endpoint(m, g->index)->name);
  }
}

static const char *load_text(const struct judging *j, int stretch) {
  struct arena *arena = j->evidence->arena;
  bool over = j->load[stretch] >= j->first_full_at;
  if (isinf(j->first_full_at)) return arena_format(arena, "%.4g requests/s are offered", j->load[stretch]);
  return arena_format(arena,
                      over ? "%.4g requests/s are offered, and %s is full at %.4g/s"
                           : "%.4g requests/s are offered, and %s would be full only at %.4g/s",
                      j->load[stretch], j->first_full, j->first_full_at);
}

static const char *brief_of(const struct judging *j, const struct growth_finding *f, double alone) {
  struct arena *arena = j->evidence->arena;
  bool meter = f->what.kind == GAUGE_METER;
  const char *in_some = alone > 0 ? arena_format(arena, " in %.0f of %.0f replications", alone, j->replications) : "";
  return arena_format(arena, "%s%s: %s %s by %s", f->over ? "over capacity" : "tipped over", in_some, thing(j->evidence, &f->what),
                      meter ? "grows" : "grow", growth_rate_text(arena, f->per_s));
}

/* --- whom it concerns --------------------------------------------------------------------------------------------------------- */

/* Endpoints whose number inside grows with it, as far as is seen; where clients give up and none does, those that go there. */
static void find_endpoints(const struct judging *j, struct growth_finding *f) {
  const struct model *m = &j->evidence->model;
  bool any = false;
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    struct growth g = growth_of(&j->sums[e], j->replications, (enum growth_stretch)f->stretch);
    f->endpoints[e] = growth_seen(&g, known_pooled_doubt, known_own_doubt) && growth_straight(&g) && g.second >= 1;
    any |= f->endpoints[e];
  }
  for (uint32_t i = 0; i < model_gauges(m) && !any; i++) {
    struct gauge g = model_gauge(m, i);
    for (uint32_t e = 0; f->gauges[i] && g.kind != GAUGE_METER && e < m->endpoints.count; e++) f->endpoints[e] |= passes(m, e, &g);
  }
}

static void find(const struct judging *j, struct growth_finding *f) {
  const struct model *m = &j->evidence->model;
  double alone = 0;
  f->gauges = arena_new_array(j->evidence->arena, bool, model_gauges(m) + 1);
  f->endpoints = arena_new_array(j->evidence->arena, bool, m->endpoints.count + 1);
  for (uint32_t i = m->endpoints.count; i < model_gauges(m); i++) {
    int stretch = 0;
    struct verdict_of_gauge v = judge_gauge(j, i, &stretch);
    f->gauges[i] = v.grows;
    if (!v.grows || (f->grows && v.per_s <= f->per_s)) continue;
    f->grows = true;
    f->per_s = v.per_s;
    f->what = model_gauge(m, i);
    f->stretch = stretch;
    alone = v.alone;
    f->over = j->load[stretch] >= j->first_full_at;
  }
  if (!f->grows) return;
  find_endpoints(j, f);
  f->brief = brief_of(j, f, alone);
  f->reason = arena_format(j->evidence->arena, "%s without end; %s", f->brief, load_text(j, f->stretch));
}

/* More is offered than can be done, next to nothing fails, and yet no growth is seen. */
static void find_too_short(const struct judging *j, struct growth_finding *f) {
  const struct view *v = j->evidence->traffic.sum;
  double all = 0, failed = 0, excess = j->load[GROWTH_WHOLE] - j->first_full_at;
  bool open = false;
  for (int k = 0; k < OUTCOMES; k++) {
    double n = (double)v->ended[v->endpoint_count * OUTCOMES + (uint32_t)k];
    all += n;
    failed += outcome_failed((enum outcome)k) ? n : 0;
  }
  for (uint32_t i = 0; i < model_sources(&j->evidence->model)->count; i++) open |= is_open(model_source(&j->evidence->model, i));
  if (f->grows || !open || !j->flat[GROWTH_WHOLE] || excess < 0 || !(all > 0)) return;
  if (failed > bounding_failures * all) return;
  f->too_short = arena_format(j->evidence->arena, "too short: %s, but what waits does not grow beyond its noise within the window",
                              load_text(j, GROWTH_WHOLE));
}

static void overflowed(const struct evidence *ev, struct growth_finding *f) {
  f->grows = f->over = true;
  for (uint32_t e = 0; e < ev->model.endpoints.count; e++) f->endpoints[e] = true;
  f->brief = f->reason = arena_format(ev->arena, "over capacity: more than %d requests were inside at once, or %d clients waited",
                                      REQUESTS_MOST, CLIENTS_MOST);
}

void growth_find(struct evidence *ev, const struct growth_sums *long_run) {
  struct growth_finding *f = &ev->growth;
  const struct model *m = &ev->model;
  *f = (struct growth_finding){.gauges = arena_new_array(ev->arena, bool, model_gauges(m) + 1),
                               .endpoints = arena_new_array(ev->arena, bool, m->endpoints.count + 1)};
  if (!ev->traffic.sum || !ev->traffic.done || !model_sources(m)->count) return;
  struct judging j = {.evidence = ev,
                      .sums = long_run ? long_run : ev->traffic.sum->growth,
                      .replications = long_run ? 1 : ev->traffic.done,
                      .long_run = long_run != NULL};
  read_load(&j);
  read_capacity(&j);
  if (ev->traffic.sum->overflowed)
    overflowed(ev, f);
  else
    find(&j, f), find_too_short(&j, f);
}

/* --- what a measure loses ----------------------------------------------------------------------------------------------------- */

static bool service_grows(const struct evidence *ev, uint32_t service) {
  const struct model *m = &ev->model;
  for (uint32_t i = 0; i < model_gauges(m); i++) {
    struct gauge g = model_gauge(m, i);
    if (!ev->growth.gauges[i]) continue;
    if (g.kind == GAUGE_SERVICE && g.index == service) return true;
    if (g.kind == GAUGE_NODES && placement_has_group(model_service(m, service), g.index)) return true;
  }
  return false;
}

static bool meter_grows(const struct evidence *ev, uint32_t meter) {
  const struct model *m = &ev->model;
  for (uint32_t i = 0; i < model_gauges(m); i++) {
    struct gauge g = model_gauge(m, i);
    if (ev->growth.gauges[i] && g.kind == GAUGE_METER && !strcmp(m->meters[g.index].thing, m->meters[meter].thing)) return true;
  }
  return false;
}

bool growth_concerns(const struct evidence *ev, const struct measure *m) {
  const struct growth_finding *f = &ev->growth;
  if (!f->grows || m->kind->over_faults) return false;
  /* Growth is seen in the second half of its stretch: a part of the run that ends before is as it was. */
  sim_time step = ev->model.run.window / GROWTH_STEPS,
           middle = step * (GROWTH_STEPS + growth_from((enum growth_stretch)f->stretch)) / 2;
  if (m->window.kind == WINDOW_RANGE && m->window.to <= middle) return false;
  if (m->subject == SUBJECT_METER) return meter_grows(ev, m->index);
  if (!measure_row(m)->of_requests) return false;
  if (m->subject == SUBJECT_SERVICE) return ev->traffic.sum->overflowed || service_grows(ev, m->index);
  for (uint32_t e = 0; e < ev->model.endpoints.count; e++)
    if (ev->growth.endpoints[e] && (m->subject == SUBJECT_ALL || m->index == e)) return true;
  return false;
}

struct growth_words growth_words(const struct growth_finding *f) {
  if (!f->grows) return (struct growth_words){NULL, NULL};
  return (struct growth_words){f->over ? "over capacity" : "tipped over", f->brief};
}
