/* Running the scenario of a recording at one of its loads. */
#include "sim/engine/arena.h"
#include "sim/json/json_print.h"
#include "sim/measure/estimate.h"
#include "sim/study/study_inner.h"
#include "tests/real/real.h"
#include <string.h>

/* What is set for one run. */
struct setting {
  struct scenario_override sets[REAL_SETS + 16];
  uint32_t count;
};

static void set(struct setting *s, const char *assignment) {
  if (s->count < sizeof s->sets / sizeof *s->sets) s->sets[s->count++] = (struct scenario_override){NULL, assignment, NULL};
}

static const struct json_value *scenario_tree(struct real *r, const struct recording *c) {
  return json_read_file(r->arena, diagnostics_new(r->arena), c->scenario);
}

static const char *rate_key(struct real *r, const struct recording *c) {
  const char *key = note_text(c, "rate"), *source = json_name(json_first(json_member(scenario_tree(r, c), "traffic")));
  return key ? key : arena_format(r->arena, "traffic.%s.rate", source ? source : "web");
}

/* The first source as users who ask again at once. */
static const char *closed_source(struct real *r, const struct recording *c, double users) {
  const struct json_value *tree = scenario_tree(r, c), *source = json_first(json_member(tree, "traffic")),
                          *mix = json_member(source, "mix");
  const char *endpoint = json_name(json_first(json_member(tree, "endpoints")));
  const char *asks = mix ? json_print_line(r->arena, mix) : arena_format(r->arena, "{\"%s\": 1}", endpoint ? endpoint : "get");
  return arena_format(r->arena, "traffic.%s={\"kind\": \"closed\", \"population\": %.0f, \"think\": \"0s\", \"mix\": %s}",
                      source ? json_name(source) : "web", users, asks);
}

static struct scenario *read_scenario(struct real *r, const struct recording *c, const struct setting *s) {
  struct diagnostics *faults = diagnostics_new(r->arena);
  struct scenario *read = scenario_read(r->arena, faults, c->scenario, s->sets, s->count);
  if (!read) real_fault(r, "%s: %s", c->name, diagnostics_render(faults, r->arena));
  return read;
}

/* --- points ---------------------------------------------------------------------------------------------------------------- */

static const char *cache_of(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (model_service(m, i)->kind == SERVICE_CACHE) return model_service(m, i)->name;
  return NULL;
}

/* The number of the entry, or UINT32_MAX when the scenario has no such thing. */
static uint32_t ask(struct study *s, const char *text) {
  struct measure m;
  const char *rest;
  if (measure_parse(s->evidence.arena, &s->evidence.model, text, &m, &rest)) return UINT32_MAX;
  return study_add(s, &m, text, "");
}

static void take(const struct evidence *ev, uint32_t entry, double out[3], const char **why) {
  out[0] = out[1] = out[2] = NAN;
  if (entry == UINT32_MAX) return;
  struct estimate x = entry_estimate(ev, &ev->entries[entry]);
  out[0] = x.value, out[1] = x.low, out[2] = x.high;
  if (isnan(x.value) && !*why) *why = entry_why_no_data(ev, &ev->entries[entry]);
}

static void take_cpu(struct real_prediction *p, const struct evidence *ev, const struct real_point *point) {
  const struct view *v = ev->traffic.sum;
  double ended = 0;
  for (uint32_t k = 0; k < OUTCOMES; k++) ended += (double)v->ended[v->endpoint_count * OUTCOMES + k];
  for (uint32_t i = 0; i < point->service_count; i++) {
    p->cpu[i] = NAN;
    for (uint32_t k = 0; k < ev->model.services.count; k++)
      if (!strcmp(model_service(&ev->model, k)->name, point->services[i]) && ended > 0) p->cpu[i] = v->services[k].used_s / ended;
  }
}

static struct real_prediction measure_point(struct real *r, const struct scenario *scenario, const struct real_point *point) {
  struct real_prediction p = {.simulated = true};
  struct study_options options = {.replications = r->options.quick ? 2 : (uint32_t)scenario->model.run.replications,
                                  .jobs = r->options.threads};
  struct study *s = study_open(r->arena, scenario, &options);
  const struct model *m = &s->evidence.model;
  s->evidence.count = 0;
  uint32_t latency[REAL_LATENCIES], core, hit, rate;
  for (int i = 0; i < REAL_LATENCIES; i++) latency[i] = ask(s, arena_format(r->arena, "%s(all.latency)", real_latency_names[i]));
  core = ask(s, arena_format(r->arena, "utilization(%s.cpu)", model_nodes(m, 0)->name));
  hit = cache_of(m) ? ask(s, arena_format(r->arena, "hit_rate(%s)", cache_of(m))) : UINT32_MAX;
  rate = ask(s, "rate(all)");
  study_settle(s);
  const struct evidence *ev = study_evidence(s);
  for (int i = 0; i < REAL_LATENCIES; i++) take(ev, latency[i], p.latency[i], &p.why);
  take(ev, core, p.core, &p.why), take(ev, hit, p.hit_rate, &p.why), take(ev, rate, p.throughput, &p.why);
  take_cpu(&p, ev, point);
  for (uint32_t i = 0; i < ev->traffic.sum->violation_count; i++) real_fault(r, "%s", ev->traffic.sum->violations[i]);
  study_close(s);
  return p;
}

struct real_prediction real_predict(struct real *r, const struct recording *c, const struct real_part *part,
                                    const struct real_point *point, const struct json_value *more) {
  struct setting s = {.count = 0};
  for (uint32_t i = 0; i < part->set_count; i++) set(&s, part->sets[i]);
  for (const struct json_value *v = json_first(more); v; v = json_next(v))
    if (json_text(v)) set(&s, json_text(v));
  if (point->users >= 1)
    set(&s, closed_source(r, c, point->users));
  else
    set(&s, arena_format(r->arena, "%s=%.9g/s", rate_key(r, c), point->rate));
  if (r->options.quick) set(&s, "run.window=2s"), set(&s, "run.warmup=1s");
  struct scenario *scenario = read_scenario(r, c, &s);
  return scenario ? measure_point(r, scenario, point) : (struct real_prediction){.simulated = false};
}

/* --- by second -------------------------------------------------------------------------------------------------------------- */

/* "285.36:5,618.28:20" as rates in steps, nothing behind them; null when it is none. */
static const char *steps_of(struct real *r, const char *phases) {
  const char *text = "";
  double at = 0, rate, length;
  int used;
  for (; *phases && sscanf(phases, "%lf:%lf%n", &rate, &length, &used) == 2; phases += used, phases += *phases == ',') {
    text = arena_format(r->arena, "%s{\"from\": \"%gs\", \"rate\": \"%.9g/s\"}, ", text, at, rate);
    at += length;
  }
  return *text && !*phases ? arena_format(r->arena, "{\"steps\": [%s{\"from\": \"%gs\", \"rate\": \"0/s\"}]}", text, at) : NULL;
}

static void read_view(const struct view *v, struct real_seconds *s) {
  const struct observation *o = &v->observation;
  double n = (double)v->replications;
  for (uint32_t e = 0; e < o->endpoint_count; e++)
    for (uint32_t i = 0; i < s->count && i < o->window_count; i++) {
      const struct endpoint_window *w = &o->endpoints[e].windows[i];
      s->to_sent[i] += (double)(w->arrived + w->repeated) / n;
      s->to_ok[i] += (double)w->ended[OUTCOME_COMPLETED] / n;
      s->to_timeouts[i] += (double)(w->ended[OUTCOME_TIMEOUT] + w->timed_out) / n;
    }
}

bool real_predict_seconds(struct real *r, const struct recording *c) {
  struct real_seconds *s = c->seconds;
  const char *phases = json_text(json_member(json_member(c->root, "parameters"), "phases")),
             *steps = phases ? steps_of(r, phases) : NULL;
  struct setting setting = {.count = 0};
  if (!phases && note_text(c, "phases")) steps = steps_of(r, note_text(c, "phases"));
  if (!steps) return real_fault(r, "%s: \"parameters\" have no \"phases\" such as \"285.36:5,618.28:20\"", c->file), false;
  s->to_sent = arena_new_array(r->arena, double, s->count), s->to_ok = arena_new_array(r->arena, double, s->count);
  s->to_timeouts = arena_new_array(r->arena, double, s->count);
  set(&setting, arena_format(r->arena, "%s=%s", rate_key(r, c), steps));
  for (uint32_t i = 0; c->part_count && i < c->parts[0].set_count; i++) set(&setting, c->parts[0].sets[i]);
  set(&setting, "run.warmup=0s"), set(&setting, arena_format(r->arena, "run.window=%us", s->count));
  set(&setting, arena_format(r->arena, "run.windows=%u", s->count));
  struct scenario *scenario = read_scenario(r, c, &setting);
  if (!scenario) return false;
  struct study_options options = {.replications = r->options.quick ? 2 : (uint32_t)scenario->model.run.replications,
                                  .jobs = r->options.threads};
  struct study *study = study_open(r->arena, scenario, &options);
  study->evidence.count = 0;
  study_settle(study);
  const struct evidence *ev = study_evidence(study);
  read_view(ev->traffic.sum, s);
  for (uint32_t i = 0; i < ev->traffic.sum->violation_count; i++) real_fault(r, "%s", ev->traffic.sum->violations[i]);
  study_close(study);
  return true;
}
