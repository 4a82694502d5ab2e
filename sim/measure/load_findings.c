/* What business figures come to: the chain from users to requests of every source whose rate is made of them. */
#include "models/traffic/profile/profile_users.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/measure/findings.h"

static uint32_t count_within(const struct choice *rate) {
  uint32_t count = profile_users_of(rate) != NULL;
  const struct choice *part;
  for (uint32_t i = 0; (part = profile_part(rate, i)); i++) count += count_within(part);
  return count;
}

static struct load_figures figures_of(const struct users_profile *u, const char *source) {
  double requests = u->requests > 0 ? u->requests : 1, session_s = sim_seconds_of((double)u->session);
  double sessions_at_peak = u->mean * u->peak_factor / requests;
  return (struct load_figures){.source = source,
                               .registered = u->registered > 0 ? u->registered : NAN,
                               .active = u->registered > 0 ? u->active : NAN,
                               .concurrent = u->concurrent > 0 ? u->concurrent : NAN,
                               .users_per_day = u->daily,
                               .sessions_per_user = u->sessions,
                               .requests_per_session = u->requests > 0 ? u->requests : NAN,
                               .mean_per_s = u->mean,
                               .peak_factor = u->peak_factor,
                               .peak_per_s = u->mean * u->peak_factor,
                               .sessions_at_peak_per_s = sessions_at_peak,
                               .session_s = u->session ? session_s : NAN,
                               .inside_at_peak = u->session ? sessions_at_peak * session_s : NAN};
}

static void add_within(struct results *r, const struct choice *rate, const char *source) {
  const struct users_profile *u = profile_users_of(rate);
  if (u) r->loads[r->load_count++] = figures_of(u, source);
  const struct choice *part;
  for (uint32_t i = 0; (part = profile_part(rate, i)); i++) add_within(r, part, source);
}

/* The rate as it is in the measured time, with all that stands around the figures; the highest of small cells. */
static void measured_rate(const struct model *m, const struct choice *rate, struct load_figures *of) {
  enum { CELLS = 4096 };
  sim_time from = m->run.warmup > 0 ? m->run.warmup : 0, width = m->run.window / CELLS + 1;
  of->run_mean_per_s = profile_expected(rate, from, from + m->run.window) / sim_seconds_of((double)m->run.window);
  for (sim_time at = from; at < from + m->run.window; at += width) {
    double most = profile_bound(rate, at, at + width < from + m->run.window ? at + width : from + m->run.window);
    if (most > of->run_peak_per_s) of->run_peak_per_s = most;
  }
}

void findings_load(const struct evidence *ev, struct results *r) {
  const struct model *m = &ev->model;
  uint32_t count = 0;
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->rate.kind) count += count_within(&model_source(m, i)->rate);
  if (!count) return;
  r->loads = arena_new_array(ev->arena, struct load_figures, count);
  for (uint32_t i = 0; i < model_sources(m)->count; i++) {
    const struct source_config *s = model_source(m, i);
    uint32_t first = r->load_count;
    if (s->rate.kind) add_within(r, &s->rate, s->name);
    for (uint32_t k = first; k < r->load_count; k++) measured_rate(m, &s->rate, &r->loads[k]);
  }
}
