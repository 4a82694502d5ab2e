/* One case of the oracle: read, run and judged.
 *
 *     struct oracle_case c;
 *     if (read_case(arena, "mm1-rho80", &c)) struct score s = run_case(arena, &c, NULL, 0, true);
 *
 * A negative control gives changes of the scenario, and `tell` false: a refusal is then what it waits for. */
#ifndef ORACLE_CASE_H
#define ORACLE_CASE_H
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/study/study.h"
#include "tests/oracle_judge.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <unistd.h>

struct score {
  unsigned measures, failures;
  unsigned intervals, covering; /* of the steady rules */
  double squares;
  unsigned separated;
};

struct oracle_case {
  const char *path;                  /* of the scenario */
  const char *name;                  /* in the table of cases */
  const struct json_value *expected; /* list */
  const struct json_value *also;     /* list: numbers of the source that are not measured */
  double util;
  bool is_long;
};

static inline const char *oracle_folder(void) {
  const char *folder = getenv("AGUANTA_ORACLE_DIR");
  return folder ? folder : "tests/oracle";
}

static inline bool read_case(struct arena *arena, const char *name, struct oracle_case *c) {
  *c = (struct oracle_case){0};
  struct diagnostics *faults = diagnostics_new(arena);
  const struct json_value *root = json_read_file(arena, faults, arena_format(arena, "%s/%s.expected.json", oracle_folder(), name));
  if (diagnostics_errors(faults)) return test_check(false, "%s", diagnostics_render(faults, arena));
  c->path = arena_format(arena, "%s/%s.json", oracle_folder(), name);
  c->name = json_text(json_member(root, "case"));
  c->expected = json_member(root, "expected");
  c->also = json_member(root, "also");
  c->util = json_number(json_member(root, "util"));
  c->is_long = json_flag(json_member(root, "long"));
  bool good = c->name && json_text(json_member(root, "source")) && json_count(c->expected) > 0;
  return test_check(good, "%s.expected.json: needs \"case\", \"source\" and \"expected\"", name);
}

/* The scenario, claiming every measure of the case. Null: it was said why. */
static inline struct scenario *read_scenario(struct arena *arena, const struct oracle_case *c,
                                             const struct scenario_override *changes, uint32_t change_count) {
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read(arena, faults, c->path, changes, change_count);
  if (!s) {
    test_check(false, "%s", diagnostics_render(faults, arena));
    return NULL;
  }
  struct claim *claims = arena_new_array(arena, struct claim, json_count(c->expected));
  uint32_t count = 0;
  for (const struct json_value *v = json_first(c->expected); v; v = json_next(v)) {
    const char *text = json_text(json_member(v, "measure")), *rest = "";
    struct claim *claim = &claims[count++];
    *claim = (struct claim){.expression = text, .kind = CLAIM_INFO, .comparison = COMPARE_GREATER_EQUAL, .high = INFINITY};
    const char *wrong = text ? measure_parse(arena, &s->model, text, &claim->measure, &rest) : "is missing";
    if (!wrong && *rest) wrong = claim_parse(arena, &s->model, claim);
    if (!wrong) measure_request(&claim->measure, &s->model);
    if (wrong) {
      test_check(false, "%s: the measure \"%s\" %s", c->path, text ? text : "", wrong);
      return NULL;
    }
  }
  s->claims = (struct config_list){claims, count};
  return s;
}

static inline struct observed observe(const struct scenario *s, const struct results *r, uint32_t claim) {
  const struct measure *m = &((const struct claim *)s->claims.items)[claim].measure;
  const struct estimate *x = &r->claims[claim].estimate;
  const struct run_config *run = &s->model.run;
  struct observed o = {.value = x->value,
                       .half_width = fmax(x->high - x->value, x->value - x->low),
                       .samples = r->replications,
                       .requests = r->requests};
  if (m->kind->over_faults) o.samples = (uint32_t)((run->years + run->years_per_replication - 1) / run->years_per_replication);
  if (m->kind->shares) o.samples = (uint32_t)x->n;
  return o;
}

static inline enum side side_of(const char *text) {
  if (!text) return SIDE_NONE;
  return !strcmp(text, "at most") ? SIDE_AT_MOST : !strcmp(text, "at least") ? SIDE_AT_LEAST : SIDE_NONE;
}

static inline struct expectation expectation_of(const struct oracle_case *c, const struct json_value *v, const struct measure *m) {
  const struct json_value *scale = json_member(v, "scale");
  return (struct expectation){.measure = json_text(json_member(v, "measure")),
                              .exact = json_number(json_member(v, "exact")) * (scale ? json_number(scale) : 1),
                              .p = m->p,
                              .util = c->util,
                              .separated = json_flag(json_member(v, "separated")),
                              .side = side_of(json_text(json_member(v, "side")))};
}

/* Judges one measure; `tell` says whether a failure is one of the test, or what a negative control waits for. */
static inline void judge_one(const struct oracle_case *c, const char *tolerance, const struct expectation *e,
                             const struct observed *o, bool tell, struct score *score) {
  const struct rule *rule = find_rule(tolerance);
  const char *wrong = rule ? rule->judge(e, o) : "unknown tolerance";
  if (rule && isnan(o->value)) wrong = "no value";
  score->measures++, score->failures += wrong != NULL;
  if (tell)
    test_check(!wrong, "%s: %s: exact %.10g, estimate %.10g +- %.3g (%.2f%%), z %.2f, %u samples: %s (%s)", c->path, e->measure,
               e->exact, o->value, o->half_width, 100 * o->half_width / fabs(o->value), z_of(e, o), o->samples, wrong ? wrong : "",
               tolerance ? tolerance : "no tolerance");
  if (rule && rule->counts && o->half_width > 0) score->intervals++, score->covering += distance(e, o) <= o->half_width;
  if (rule && rule->squares && e->separated) score->separated++, score->squares += z_of(e, o) * z_of(e, o);
}

/* Runs the case with these changes of its scenario. */
static inline struct score run_case(struct arena *arena, const struct oracle_case *c, const struct scenario_override *changes,
                                    uint32_t change_count, bool tell) {
  struct score score = {0};
  struct scenario *s = read_scenario(arena, c, changes, change_count);
  if (!s) return score;
  struct study_options options = {.jobs = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN)};
  struct results *r = study_run(arena, s, &options);
  for (uint32_t i = 0; i < r->violation_count; i++) test_check(false, "%s: violated: %s", c->path, r->violations[i]);
  const struct claim *claims = s->claims.items;
  uint32_t i = 0;
  for (const struct json_value *v = json_first(c->expected); v; v = json_next(v), i++) {
    struct expectation e = expectation_of(c, v, &claims[i].measure);
    struct observed o = observe(s, r, i);
    judge_one(c, json_text(json_member(v, "tolerance")), &e, &o, tell, &score);
  }
  return score;
}

#endif
