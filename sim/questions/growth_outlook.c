#include "sim/questions/growth_outlook.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/questions/growth_inner.h"
#include "sim/study/version.h"
#include <math.h>

enum { EVENLY = 8, LEAST = 5, ROUNDS = 10, BUDGET_TIMES = 9, ROUNDS_BETWEEN = 3 };
static const double most_load = 1.2;

void outlook_free(struct outlook_results *r) {
  for (uint32_t i = 0; r && i < r->arena_count; i++) arena_free(r->arenas[i]);
}

/* --- the question ------------------------------------------------------------------------------------------------------------- */

static void choose_requirements(struct outlook *o) {
  struct outlook_results *r = o->results;
  struct config_list judged = scenario_judged(o->arena, o->today);
  const struct claim *claims = judged.items;
  r->requirements = arena_new_array(o->arena, struct outlook_requirement, judged.count + 1);
  o->claims = arena_new_array(o->arena, uint32_t, judged.count + 1);
  for (uint32_t i = 0; i < judged.count; i++) {
    const struct claim *c = &claims[i];
    if (c->kind != CLAIM_REQUIREMENT) continue;
    o->claims[r->requirement_count] = i;
    r->requirements[r->requirement_count++] = (struct outlook_requirement){.id = c->name,
                                                                           .expression = c->expression,
                                                                           .severity = c->severity,
                                                                           .unit = measure_unit(&c->measure),
                                                                           .low = c->low,
                                                                           .high = c->high,
                                                                           .implicit = measure_settles(&c->measure)};
  }
}

static const char *how_words(struct outlook *o) {
  const struct user_growth *g = o->growth;
  if (g->users.count)
    return arena_format(o->arena, "with %.10g users in month %.3g", g->users.weight[g->users.count - 1],
                        g->month[g->users.count - 1]);
  if (g->curve.ceiling > 0) return arena_format(o->arena, "on the curve to %.10g users", g->curve.ceiling);
  return arena_format(o->arena, "at %.4g%% a month", 100 * g->monthly);
}

static void name_platform(struct outlook *o) {
  static const char *const ordinals[] = {"second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"};
  const struct model *m = &o->today->model;
  int64_t nodes = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++) nodes += model_nodes(m, i)->count;
  o->results->what = nodes == 1 ? "this server" : arena_format(o->arena, "this platform of %lld servers", (long long)nodes);
  o->results->next = nodes >= 1 && nodes <= 9 ? arena_format(o->arena, "the %s one", ordinals[nodes - 1]) : "the next one";
}

static void describe(struct outlook *o) {
  struct outlook_results *r = o->results;
  const struct scenario *s = o->today;
  r->scenario_name = s->name, r->scenario_title = s->title, r->scenario_file = s->file, r->scenario_hash = s->hash;
  r->engine = AGUANTA_VERSION;
  r->seed_text = arena_format(o->arena, "%llu", (unsigned long long)s->model.run.seed);
  r->months = o->growth->months, r->lead_months = (double)o->growth->lead / (730.0 * (double)SIM_HOUR);
  r->how = how_words(o);
  name_platform(o);
  const char **who = arena_new_array(o->arena, const char *, o->growth->count + 1);
  r->source_count = model_sources(&s->model)->count;
  for (uint32_t i = 0; i < r->source_count; i++)
    if (o->growth->grows[i]) who[r->who_count++] = model_source(&s->model, i)->name;
  r->who = who;
}

static void add_text(struct arena *arena, const char ***all, uint32_t *count, const char *text) {
  const char **more = arena_new_array(arena, const char *, *count + 1);
  for (uint32_t i = 0; i < *count; i++) more[i] = (*all)[i];
  more[(*count)++] = text;
  *all = more;
}

/* --- the search --------------------------------------------------------------------------------------------------------------- */

/* Where all sources grow it follows from today's load: a month far beyond could not even be read. */
static double load_in(struct outlook *o, double month, double today) {
  if (o->results->who_count < o->results->source_count) return outlook_load(o, month);
  return today * user_growth_factor(o->growth, month) / user_growth_factor(o->growth, 0);
}

/* The last month that is worth running. */
static double worth_running(struct outlook *o) {
  double low = 0, high = o->results->months, today = outlook_load(o, 0);
  if (!(load_in(o, high, today) > most_load)) return high;
  if (today > most_load) return 0;
  for (int i = 0; i < 24 && !o->invalid; i++) {
    double middle = 0.5 * (low + high);
    *(load_in(o, middle, today) > most_load ? &high : &low) = middle;
  }
  return floor(100 * low) / 100;
}

static void search(struct outlook *o) {
  for (int i = 0; i <= EVENLY && !o->invalid; i++) outlook_at(o, i == EVENLY ? o->until : rint(o->until * i / EVENLY));
  if (!outlook_do(o)) return;
  for (int round = 0; round < ROUNDS && outlook_ask(o); round++)
    if (!outlook_do(o)) return;
  const struct results *today = o->runs[0]->results;
  o->results->resources = arena_new_array(o->arena, const char *, today->saturation_count + 1);
  for (uint32_t i = 0; i < today->saturation_count; i++)
    o->results->resources[o->results->resource_count++] = today->saturation[i].resource;
  for (int round = 0; round < ROUNDS_BETWEEN && outlook_ask_between(o); round++)
    if (!outlook_do(o)) return;
}

static void note(struct outlook *o, const char *text) { add_text(o->arena, &o->results->notes, &o->results->note_count, text); }

static void add_notes(struct outlook *o) {
  struct outlook_results *r = o->results;
  const struct model *m = &o->today->model;
  if (o->today->assumed_loops) note(o, o->today->assumed_loops);
  if (isnan(o->growth->today) && !o->growth->users.count && !(o->growth->curve.ceiling > 0))
    note(o, "no source says how many users it has: what grows is its rate, and users are not known");
  if (r->who_count < r->source_count)
    note(o, arena_format(o->arena, "%u of %u sources grow; the others stay as they are", r->who_count, r->source_count));
  for (uint32_t i = 0; i < r->source_count; i++)
    if (o->growth->grows[i] && model_source(m, i)->clients.count)
      note(o, arena_format(
                  o->arena,
                  "the %lld clients of %s stay as many, and so do items of \"keys\": with more of them caches would hit less often",
                  (long long)model_source(m, i)->clients.count, model_source(m, i)->name));
  if (o->until < r->months)
    note(o, arena_format(
                o->arena,
                "beyond month %.3g more is offered in the busiest time than %.0f%% of what the first resource can do: not run",
                o->until, 100 * most_load));
  if (r->requirement_count < 2)
    note(o, "no requirement but settling is asked for: claim some, such as \"p95(all.latency) < 300ms\"");
}

static void sum_up(struct outlook *o) {
  struct outlook_results *r = o->results;
  for (uint32_t i = 0; i < o->count; i++) {
    const struct results *one = o->runs[i]->results;
    if (!one) continue;
    r->requests += one->requests, r->events += one->events;
    r->currency = one->bill.currency;
    for (uint32_t k = 0; k < one->violation_count; k++) add_text(o->arena, &r->violations, &r->violation_count, one->violations[k]);
  }
}

/* Months that were not finished are dropped: what is there is reported. */
static void drop_unfinished(struct outlook *o) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < o->count; i++)
    if (o->runs[i]->done) o->runs[kept++] = o->runs[i];
  o->count = kept;
}

struct outlook_results *outlook_run(struct arena *arena, const struct outlook_options *options, const char **wrong) {
  struct outlook o = {.arena = arena, .options = options};
  *wrong = NULL;
  o.today = options->scenario(options->context, arena, 0);
  if (!o.today) return NULL;
  o.growth = model_user_growth(&o.today->model);
  if (!user_growth_given(o.growth)) {
    *wrong = "the scenario does not say how its users grow: give \"growth\": { \"monthly\": \"6%\" }, or --set growth.monthly=6%";
    return NULL;
  }
  o.results = arena_alloc(arena, sizeof *o.results);
  *o.results = (struct outlook_results){.first = -1};
  o.results->arenas = arena_new_array(arena, struct arena *, OUTLOOK_MOST + 1);
  o.first = options->study.replications;
  if (!o.first) o.first = o.today->model.run.replications > LEAST ? (uint32_t)o.today->model.run.replications : LEAST;
  o.budget = options->study.replications ? o.first : options->study.budget ? options->study.budget : BUDGET_TIMES * o.first;
  choose_requirements(&o);
  describe(&o);
  outlook_watch(&o);
  o.until = worth_running(&o);
  if (!o.invalid) search(&o);
  drop_unfinished(&o);
  sum_up(&o);
  o.results->interrupted = o.interrupted;
  if (o.count && !o.invalid) outlook_breaks(&o), outlook_table(&o), outlook_fire(&o), outlook_until(&o);
  if (!o.invalid && !o.interrupted) add_notes(&o);
  if (!o.invalid) return o.results;
  outlook_free(o.results);
  return NULL;
}
