/* The results of a study: what it is of, all findings, and what is broken. */
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/measure/findings.h"
#include "sim/measure/strikes.h"
#include "sim/measure/verdict.h"
#include "sim/study/carried.h"
#include "sim/study/study_inner.h"
#include "sim/study/version.h"

/* What the scenario says is assumed, and what is for want of a word. */
static void assumptions_of(const struct scenario *s, const struct evidence *ev, struct results *r) {
  const struct model *m = &ev->model;
  struct arena *arena = ev->arena;
  struct stated_value *all =
      arena_new_array(arena, struct stated_value, s->assumption_count + m->services.count + 2 * model_faults(m)->count + 1);
  uint32_t count = s->assumption_count;
  for (uint32_t i = 0; i < count; i++)
    all[i] = (struct stated_value){s->assumptions[i].path, s->assumptions[i].value, s->assumptions[i].source};
  for (uint32_t i = 0; i < m->services.count; i++) {
    const char *source, *volume = findings_volume_assumed(ev, i, &source), *name = model_service(m, i)->name;
    if (volume) all[count++] = (struct stated_value){arena_format(arena, "services.%s.volume", name), volume, source};
  }
  for (uint32_t i = 0; i < 2 * model_faults(m)->count; i++) {
    const char *source, *value = fault_assumed(m, i / 2, i % 2, &source, arena), *name = model_fault_at(m, i / 2)->name;
    if (value)
      all[count++] = (struct stated_value){arena_format(arena, "faults.%s.%s", name, i % 2 ? "repair" : "mtbf"), value, source};
  }
  r->assumptions = all, r->assumption_count = count;
}

static const char *const *endpoint_names(const struct model *m, struct arena *arena) {
  const char **names = arena_new_array(arena, const char *, m->endpoints.count + 1);
  for (uint32_t i = 0; i < m->endpoints.count; i++) names[i] = model_endpoint(m, i)->name;
  return names;
}

static struct results describe(const struct study *s) {
  const struct scenario *scenario = s->scenario;
  const struct evidence *ev = &s->evidence;
  const struct view *v = ev->traffic.sum;
  const struct model *m = &ev->model;
  return (struct results){
      .scenario_name = scenario->name,
      .scenario_title = scenario->title,
      .scenario_file = scenario->file,
      .scenario_hash = scenario->hash,
      .engine = AGUANTA_VERSION,
      .seed_text = arena_format(ev->arena, "%llu", (unsigned long long)m->run.seed),
      .replications = ev->traffic.done,
      .requests = v->arrived[v->endpoint_count],
      .window_s = ev->traffic.done ? v->seconds / ev->traffic.done : sim_seconds(m->run.window),
      .warmup_s = sim_seconds(m->run.warmup),
      .batches = s->long_run != NULL,
      .warmup_found = ev->warmup == WARMUP_IS_FOUND,
      .events = v->events,
      .resolved = scenario->resolved,
      .endpoint_count = m->endpoints.count,
      .endpoints = endpoint_names(m, ev->arena),
      .interrupted = s->interrupted,
  };
}

static void collect_violations(const struct view *v, struct arena *arena, struct results *r) {
  const char **all = arena_new_array(arena, const char *, r->violation_count + v->violation_count + 1);
  for (uint32_t i = 0; i < r->violation_count; i++) all[i] = r->violations[i];
  for (uint32_t i = 0; i < v->violation_count; i++) all[r->violation_count++] = arena_text(arena, v->violations[i]);
  r->violations = all;
}

static void judge_claims(const struct evidence *ev, struct results *r) {
  r->claim_count = ev->judged.count;
  r->claims = arena_new_array(ev->arena, struct claim_result, r->claim_count + 1);
  for (uint32_t i = 0; i < r->claim_count; i++) r->claims[i] = claim_verdict(ev, i);
}

/* For who marks the lines of a scenario. */
static void place_claims(const struct scenario *s, struct arena *arena, struct results *r) {
  struct claim_place *places = arena_new_array(arena, struct claim_place, r->claim_count + 1);
  const struct json_value *claim = json_first(json_member(s->tree, "claims"));
  for (uint32_t i = 0; i < r->claim_count; i++, claim = json_next(claim)) {
    const struct position *at = claim ? json_position(claim) : NULL;
    uint32_t column;
    places[i] = (struct claim_place){s->file, 0};
    if (!at || !at->source || at->source->is_option) continue;
    places[i].file = at->source->name;
    position_locate(at, &places[i].line, &column);
  }
  r->claim_places = places;
}

struct results *study_results(struct study *s) {
  const struct evidence *ev = &s->evidence;
  struct results *r = arena_alloc(ev->arena, sizeof *r);
  study_extend(s, 0, 0); /* what is measured is known from here on */
  if (ev->faults.done) carried_find(s);
  study_find_growth(s);
  *r = describe(s);
  assumptions_of(s->scenario, ev, r);
  findings_metrics(ev, r);
  findings_latencies(ev, r);
  findings_tables(ev, r);
  findings_pictures(ev, r);
  findings_load(ev, r);
  findings_strikes(ev, r);
  judge_claims(ev, r);
  place_claims(s->scenario, ev->arena, r);
  findings_left_out(ev, r);
  findings_notes(ev, r);
  if (s->scenario->assumed_loops) findings_note(ev, r, s->scenario->assumed_loops);
  if (s->long_run) {
    long_run_close(s->long_run);
    collect_violations(long_run_whole(s->long_run), ev->arena, r);
  }
  collect_violations(ev->traffic.sum, ev->arena, r);
  if (ev->faults.sum) collect_violations(ev->faults.sum, ev->arena, r);
  return r;
}
