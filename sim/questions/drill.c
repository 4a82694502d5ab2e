#include "sim/questions/drill.h"
#include "models/faults/drill.h"
#include "models/faults/fault.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/measure/estimate.h"
#include "sim/measure/verdict.h"
#include "sim/questions/drill_inner.h"
#include "sim/scenario/unit_print.h"
#include "sim/study/replicate.h"
#include "sim/study/version.h"
#include <math.h>
#include <string.h>

/* --- the experiments ---------------------------------------------------------------------------------------------------------- */

/* One experiment while it runs. */
struct experiment {
  struct drill *drill;
  int32_t fault; /* its number; -1: none strikes */
  struct drill_fault *answer;
  struct evidence evidence; /* of each requirement two entries: before the strike, and in the last quarter */
  struct losses *losses;
  double **recovery_s, **worst; /* [requirement][of those that were broken and are back; by replication] */
};

static struct measure over(const struct drill *d, const struct requirement *q, sim_time from, sim_time to) {
  struct measure m = q->of.claim->measure;
  m.window = (struct window){WINDOW_RANGE, from, to};
  (void)d;
  return m;
}

static void add_entries(struct experiment *x) {
  struct drill *d = x->drill;
  sim_time strike = d->before * d->bin, end = d->bins * d->bin, quarter = (d->bins - d->before + 3) / 4 * d->bin;
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    const struct requirement *q = &d->requirements[i];
    evidence_add(&x->evidence, over(d, q, 0, strike), q->of.claim->expression, "before");
    evidence_add(&x->evidence, over(d, q, end - quarter, end), q->of.claim->expression, "after");
  }
  x->evidence.claims_from = x->evidence.count;
  evidence_make_room(&x->evidence, false, d->replications);
}

static void look(struct experiment *x, uint32_t replication, uint32_t requirement, const struct view *v) {
  struct drill *d = x->drill;
  const struct requirement *q = &d->requirements[requirement];
  struct drill_cell *cell = &x->answer->cells[requirement];
  struct arena *scratch = arena_new();
  const struct calm *calm = &d->calms[replication];
  const double *failed = calm->failing[requirement];
  const struct watched watched = drill_watched(d);
  const bool *kept = recovery_kept(&watched, scratch, &q->of, v, failed);
  struct broken b = recovery_broken(&watched, &q->of, kept, calm->kept[requirement], failed, v);
  x->worst[requirement][replication] = b.worst;
  cell->broken += b.broken;
  if (b.back) x->recovery_s[requirement][cell->back++] = b.recovery_s;
  arena_free(scratch);
}

static void remember(struct experiment *x, uint32_t replication, const struct view *v) {
  struct drill *d = x->drill;
  struct calm *c = &d->calms[replication];
  const struct watched watched = drill_watched(d);
  *c = drill_calm(d, v);
  c->kept = arena_new_array(d->arena, bool *, d->answer->requirement_count + 1);
  c->failing = arena_new_array(d->arena, double *, d->answer->requirement_count + 1);
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    const struct requirement *q = &d->requirements[i];
    if (q->answer->reason) continue;
    c->kept[i] = recovery_kept(&watched, d->arena, &q->of, v, NULL);
    c->failing[i] = recovery_failed(&watched, d->arena, &q->of, v);
  }
}

static void seen(void *context, uint32_t replication, const struct view *v) {
  struct experiment *x = context;
  struct drill *d = x->drill;
  evidence_take(&x->evidence, false, replication, v);
  if (x->fault < 0) {
    remember(x, replication, v);
    return;
  }
  for (uint32_t i = 0; i < d->answer->requirement_count; i++)
    if (!d->requirements[i].answer->reason) look(x, replication, i, v);
  drill_losses_take(x->losses, (uint32_t)x->fault, replication, v);
}

static void moved(void *context, double done) {
  const struct experiment *x = context;
  const struct study_options *o = &x->drill->options->study;
  o->progress(o->context, x->drill->done + done, (uint32_t)x->drill->runs);
}

static void open_experiment(struct experiment *x, struct drill *d, int32_t fault, struct drill_fault *answer) {
  *x = (struct experiment){.drill = d, .fault = fault, .answer = answer};
  x->evidence = (struct evidence){.arena = d->arena, .model = d->calm};
  /* What ends at an instant counts just before it: what the strike itself ends is to count behind it. */
  model_drill(&x->evidence.model, d->arena, fault, d->strike + 1);
  x->evidence.model.run.warmup = d->calm.run.warmup;
  x->evidence.traffic.sum = view_new(&x->evidence.model, true);
  add_entries(x);
  if (fault < 0) return;
  x->losses = drill_losses_new(d);
  uint32_t requirements = d->answer->requirement_count;
  answer->cells = arena_new_array(d->arena, struct drill_cell, requirements + 1);
  x->recovery_s = arena_new_array(d->arena, double *, requirements + 1);
  x->worst = arena_new_array(d->arena, double *, requirements + 1);
  for (uint32_t i = 0; i < requirements; i++) {
    x->recovery_s[i] = arena_new_array(d->arena, double, d->replications);
    x->worst[i] = arena_new_array(d->arena, double, d->replications);
  }
}

static void tell_cell(struct experiment *x, uint32_t i) {
  struct drill *d = x->drill;
  struct drill_cell *c = &x->answer->cells[i];
  const struct claim_result before = claim_judge(&x->evidence, d->requirements[i].of.claim, &x->evidence.entries[2 * i], 1);
  const struct claim_result after = claim_judge(&x->evidence, d->requirements[i].of.claim, &x->evidence.entries[2 * i + 1], 1);
  c->before = before.estimate, c->before_verdict = before.verdict;
  c->after = after.estimate, c->after_verdict = after.verdict;
  uint32_t n = 0;
  for (uint32_t k = 0; k < d->replications; k++)
    if (!isnan(x->worst[i][k])) x->worst[i][n++] = x->worst[i][k];
  c->worst = recovery_mean(x->worst[i], n);
  drill_judge(d, (uint32_t)x->fault, &d->requirements[i], x->recovery_s[i], c);
  if (x->answer->struck) return;
  c->verdict = VERDICT_NO_DATA;
  c->reason = "the fault found nothing to strike";
}

static void add_text(struct arena *arena, const char ***all, uint32_t *count, const char *text) {
  const char **more = arena_new_array(arena, const char *, *count + 1);
  for (uint32_t i = 0; i < *count; i++) more[i] = (*all)[i];
  more[(*count)++] = text;
  *all = more;
}

static void add_violations(struct drill *d, const struct view *v) {
  for (uint32_t i = 0; i < v->violation_count; i++)
    add_text(d->arena, &d->answer->violations, &d->answer->violation_count, arena_text(d->arena, v->violations[i]));
}

/* False when interrupted. */
static bool run_one(struct drill *d, int32_t fault, struct drill_fault *answer, struct drill_course *calm) {
  struct experiment x;
  open_experiment(&x, d, fault, answer);
  const struct study_options *o = &d->options->study;
  const struct replication_plan plan = {&x.evidence.model,
                                        d->calm.run.seed,
                                        WORLD_TRAFFIC,
                                        o->jobs ? o->jobs : 1,
                                        o->interrupted,
                                        seen,
                                        o->progress ? moved : NULL,
                                        &x};
  struct view *sum = x.evidence.traffic.sum;
  x.evidence.traffic.done = replicate(&plan, sum, 0, d->replications);
  bool whole = x.evidence.traffic.done == d->replications;
  d->done += d->replications;
  d->answer->requests += sum->arrived[view_row(sum, sum->endpoint_count, -1)];
  d->answer->events += sum->events;
  add_violations(d, sum);
  if (fault < 0) {
    drill_course_of(d, sum, &calm->failed_without, &calm->latency_without_s);
  } else if (whole) {
    drill_losses_tell(x.losses, answer);
    for (uint32_t i = 0; i < d->answer->requirement_count; i++) tell_cell(&x, i);
    answer->course = *calm;
    drill_course_of(d, sum, &answer->course.failed, &answer->course.latency_s);
  }
  view_free(sum);
  return whole;
}

/* --- the faults --------------------------------------------------------------------------------------------------------------- */

/* "backend", "worker or database"; "" for places, which their fault's name tells. */
static const char *named(const struct drill *d, const struct fault_config *f) {
  const struct model *m = &d->scenario->model;
  const struct fault_reach reach = f->kind->reach(m, f);
  const char *text = "";
  for (uint32_t i = 0; i < reach.groups.count + reach.services.count; i++) {
    uint32_t k = i - reach.groups.count;
    const char *name = i < reach.groups.count ? model_nodes(m, (uint32_t)reach.groups.reference[i])->name
                                              : model_service(m, (uint32_t)reach.services.reference[k])->name;
    text = arena_format(d->arena, "%s%s%s", text, *text ? " or " : "", name);
  }
  return text;
}

static bool asked_for(const struct drill_options *o, const char *name) {
  bool found = !o->fault_count;
  for (uint32_t i = 0; i < o->fault_count; i++) found |= !strcmp(o->faults[i], name);
  return found;
}

static const char *unknown_fault(struct arena *arena, const struct model *m, const struct drill_options *o) {
  uint32_t count = model_faults(m)->count;
  const char **names = arena_new_array(arena, const char *, count + 1);
  for (uint32_t k = 0; k < count; k++) names[k] = model_fault_at(m, k)->name;
  for (uint32_t i = 0; i < o->fault_count; i++) {
    bool found = false;
    for (uint32_t k = 0; k < count; k++) found |= !strcmp(names[k], o->faults[i]);
    const char *near = nearest_name(o->faults[i], names, count);
    if (!found)
      return arena_format(arena,
                          near ? "--fault %s: there is no such fault; did you mean \"%s\"?" : "--fault %s: there is no such fault",
                          o->faults[i], near);
  }
  return NULL;
}

static const char *wrong_question(struct arena *arena, const struct model *m, const struct drill_options *o) {
  if (!model_faults(m)->count)
    return "the scenario has no faults: give some, such as \"faults\": { \"crash\": { \"kind\": \"crash\", \"service\": ... } }";
  if (!model_sources(m)->count) return "the scenario has no traffic: without requests nothing is seen to break";
  return unknown_fault(arena, m, o);
}

static void choose_faults(struct drill *d) {
  const struct model *m = &d->scenario->model;
  d->faults = arena_new_array(d->arena, uint32_t, model_faults(m)->count);
  d->answer->faults = arena_new_array(d->arena, struct drill_fault, model_faults(m)->count);
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct fault_config *f = model_fault_at(m, i);
    if (!asked_for(d->options, f->name)) continue;
    d->faults[d->answer->fault_count] = i;
    d->answer->faults[d->answer->fault_count++] = (struct drill_fault){
        .name = f->name, .kind = f->kind->member.word, .of = named(d, f), .expected_s = f->kind->outage_s(m, f)};
  }
}

/* --- notes -------------------------------------------------------------------------------------------------------------------- */

static void note(struct drill *d, const char *text) { add_text(d->arena, &d->answer->notes, &d->answer->note_count, text); }

static bool limits_failures(const struct drill *d) {
  for (uint32_t i = 0; i < d->answer->requirement_count; i++) {
    const struct measure *m = &d->requirements[i].of.claim->measure;
    if (d->requirements[i].of.share == SHARE_FAILED && m->cause < 0) return true;
  }
  return false;
}

/* For people: to a minute where it takes hours. */
static sim_time rounded(double seconds) {
  double step = seconds > 36000 ? 3600 : seconds > 600 ? 60 : 1;
  return (sim_time)(fmin(rint(seconds / step), 1e8) * step) * SIM_S;
}

static void fault_note(struct drill *d, struct drill_fault *f) {
  const double watch_s = d->answer->watch_s;
  if (f->expected_s > watch_s)
    add_text(d->arena, &f->notes, &f->note_count,
             arena_format(d->arena, "it is over after %s in the mean, and only %s are watched",
                          unit_print_duration(d->arena, rounded(f->expected_s)), unit_print_duration(d->arena, rounded(watch_s))));
}

static void add_notes(struct drill *d) {
  bool lost = false;
  if (d->scenario->assumed_loops) note(d, d->scenario->assumed_loops);
  for (uint32_t i = 0; i < d->answer->fault_count; i++) {
    fault_note(d, &d->answer->faults[i]);
    lost |= d->answer->faults[i].failed.value > 0;
  }
  if (!d->answer->requirement_count)
    note(d, "no requirement can be judged in a drill: claim some, such as \"error_rate(all) < 1%\"");
  else if (lost && !limits_failures(d))
    note(d, "no requirement limits how many requests may fail, so none that fails breaks one: claim \"error_rate(all) < 1%\"");
}

/* --- all of it ---------------------------------------------------------------------------------------------------------------- */

static void describe(struct drill *d) {
  const struct scenario *s = d->scenario;
  struct drill_results *r = d->answer;
  r->scenario_name = s->name, r->scenario_title = s->title, r->scenario_file = s->file, r->scenario_hash = s->hash;
  r->engine = AGUANTA_VERSION;
  r->seed_text = arena_format(d->arena, "%llu", (unsigned long long)s->model.run.seed);
  r->replications = d->replications;
}

static struct drill_course course_of(const struct drill *d) {
  double *t_s = arena_new_array(d->arena, double, d->bins);
  for (uint32_t i = 0; i < d->bins; i++) t_s[i] = ((double)i - d->before) * sim_seconds(d->bin);
  return (struct drill_course){.count = d->bins, .t_s = t_s};
}

static void run_all(struct drill *d) {
  struct drill_results *r = d->answer;
  struct drill_course calm = course_of(d);
  d->calms = arena_new_array(d->arena, struct calm, d->replications);
  d->runs = (double)d->replications * (r->fault_count + 1);
  bool whole = run_one(d, -1, NULL, &calm);
  for (uint32_t i = 0; i < r->fault_count && whole; i++) whole = run_one(d, (int32_t)d->faults[i], &r->faults[i], &calm);
  r->interrupted = !whole;
}

struct drill_results *drill_run(struct arena *arena, const struct scenario *scenario, const struct drill_options *o,
                                const char **wrong) {
  struct drill d = {.arena = arena, .options = o, .scenario = scenario, .calm = scenario->model};
  d.answer = arena_alloc(arena, sizeof *d.answer);
  *d.answer = (struct drill_results){0};
  if ((*wrong = wrong_question(arena, &scenario->model, o))) return NULL;
  model_drill(&d.calm, arena, -1, SIM_NEVER);
  if (!drill_when(&d, wrong)) return NULL;
  d.calm = d.scenario->model;
  model_drill(&d.calm, arena, -1, SIM_NEVER);
  d.replications = o->study.replications ? o->study.replications : (uint32_t)scenario->model.run.replications;
  choose_faults(&d);
  drill_choose_requirements(&d);
  if (!drill_plan(&d, wrong)) return NULL;
  describe(&d);
  if (!d.answer->interrupted) run_all(&d);
  if (!d.answer->interrupted) add_notes(&d);
  return d.answer;
}
