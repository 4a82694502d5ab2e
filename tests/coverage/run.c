/* Macro-replications of one row over threads. */
#include "sim/engine/arena.h"
#include "sim/measure/estimate.h"
#include "sim/measure/verdict.h"
#include "sim/stats/tally.h"
#include "sim/study/study_inner.h"
#include "tests/coverage/coverage.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one macro-replication found. */
struct macro {
  bool read, warmed;
  enum verdict verdict;
  double replications, requests, warmup_s;
  struct estimate measures[COVERAGE_MEASURES];
};

/* The scenario of macro-replication i; null after a message. */
static struct scenario *read_row(struct arena *arena, const struct coverage_row *row, uint32_t i) {
  struct scenario_override sets[COVERAGE_SETS + 1];
  uint32_t count = 0;
  for (; row->sets[count]; count++) sets[count] = (struct scenario_override){NULL, row->sets[count], NULL};
  sets[count++] = (struct scenario_override){NULL, arena_format(arena, "run.seed=%s %u", row->name, i), NULL};
  struct diagnostics *faults = diagnostics_new(arena);
  struct scenario *s = scenario_read(arena, faults, row->file, sets, count);
  if (!s) fputs(diagnostics_render(faults, arena), stderr);
  return s;
}

/* Only the row's measures are taken: precision is asked of those of them that are headlines, and of nothing else. */
static bool take_measures(struct study *s, struct arena *arena, const struct coverage_row *row) {
  s->evidence.count = 0;
  for (uint32_t i = 0; i < COVERAGE_MEASURES && row->measures[i].text; i++) {
    struct measure m;
    const char *rest, *wrong = measure_parse(arena, &s->evidence.model, row->measures[i].text, &m, &rest);
    if (wrong) {
      fprintf(stderr, "%s: %s: %s\n", row->name, row->measures[i].text, wrong);
      return false;
    }
    study_add(s, &m, row->measures[i].text, "");
  }
  return true;
}

static void read_study(struct macro *m, struct study *s, const struct coverage_row *row) {
  const struct evidence *ev = study_evidence(s);
  for (uint32_t i = 0; i < COVERAGE_MEASURES && row->measures[i].text; i++) m->measures[i] = entry_estimate(ev, &ev->entries[i]);
  m->warmed = ev->warmup != WARMUP_IS_MISSING;
  m->warmup_s = sim_seconds(ev->model.run.warmup);
  m->replications = study_replications(s, ev->faults.sum != NULL);
  m->requests = (double)ev->traffic.sum->observation.arrived;
  m->verdict = s->scenario->claims.count ? claim_verdict(ev, 0).verdict : VERDICT_NO_DATA;
}

static void run_macro(struct macro *m, const struct coverage_row *row, uint32_t i) {
  struct arena *arena = arena_new();
  struct scenario *scenario = read_row(arena, row, i);
  if (scenario) {
    struct study *s = study_open(arena, scenario, &(struct study_options){.jobs = 1});
    if (take_measures(s, arena, row)) {
      study_settle(s);
      read_study(m, s, row);
      m->read = true;
    }
    study_close(s);
  }
  arena_free(arena);
}

/* --- threads -------------------------------------------------------------------------------------------------------------------- */

struct team {
  const struct coverage_row *row;
  struct macro *macros;
  uint32_t next, count;
  pthread_mutex_t lock;
};

static void *work(void *context) {
  struct team *t = context;
  for (;;) {
    pthread_mutex_lock(&t->lock);
    uint32_t i = t->next < t->count ? t->next++ : t->count;
    pthread_mutex_unlock(&t->lock);
    if (i == t->count) return NULL;
    run_macro(&t->macros[i], t->row, i);
    if (!t->macros[i].read) t->next = t->count;
  }
}

static void run_all(struct team *t, uint32_t threads) {
  pthread_t *others = calloc(threads, sizeof *others);
  uint32_t started = 1;
  while (started < threads && !pthread_create(&others[started], NULL, work, t)) started++;
  work(t);
  for (uint32_t i = 1; i < started; i++) pthread_join(others[i], NULL);
  free(others);
}

/* What a half-width is relative to: of an availability what is missing to 1. */
static double scale_of(const struct coverage_measure *m) {
  return strncmp(m->text, "availability", strlen("availability")) ? m->exact : 1 - m->exact;
}

/* --- counting ------------------------------------------------------------------------------------------------------------------- */

static void count_measure(struct coverage_count *c, const struct macro *macros, uint32_t n, uint32_t measure,
                          const struct coverage_measure *m) {
  double exact = m->exact, scale = scale_of(m);
  struct tally values = {0}, halves = {0};
  for (uint32_t i = 0; i < n; i++) {
    const struct estimate *x = &macros[i].measures[measure];
    bool refused = isnan(x->value) || isnan(x->low) || isnan(x->high);
    c->refused += refused;
    if (refused) continue;
    c->below += x->high<exact, c->above += x->low> exact;
    c->covered += x->low <= exact && exact <= x->high;
    tally_add(&values, (x->value - exact) / scale), tally_add(&halves, 0.5 * (x->high - x->low) / scale);
  }
  c->bias = values.mean, c->bias_error = sqrt(tally_variance(&values) / (double)values.count), c->half_width = halves.mean;
}

static struct coverage_result *count_all(const struct coverage_row *row, const struct macro *macros, uint32_t n) {
  struct coverage_result *r = calloc(1, sizeof *r);
  r->macros = n;
  for (uint32_t i = 0; i < n; i++) {
    r->pass += macros[i].verdict == VERDICT_PASS, r->fail += macros[i].verdict == VERDICT_FAIL;
    r->no_warmup += !macros[i].warmed;
    r->replications += macros[i].replications / n, r->requests += macros[i].requests / n, r->warmup_s += macros[i].warmup_s / n;
  }
  for (uint32_t m = 0; m < COVERAGE_MEASURES && row->measures[m].text; m++)
    count_measure(&r->measures[m], macros, n, m, &row->measures[m]);
  return r;
}

bool coverage_present(const struct coverage_row *row) { return access(row->file, R_OK) == 0; }

struct coverage_result *coverage_run(const struct coverage_row *row, uint32_t macros, uint32_t threads) {
  struct team t = {.row = row, .macros = calloc(macros, sizeof *t.macros), .count = macros};
  pthread_mutex_init(&t.lock, NULL);
  run_all(&t, threads);
  bool all = true;
  for (uint32_t i = 0; i < macros; i++) all = all && t.macros[i].read;
  struct coverage_result *r = all ? count_all(row, t.macros, macros) : NULL;
  pthread_mutex_destroy(&t.lock);
  free(t.macros);
  return r;
}

double coverage_share(const struct coverage_result *r, uint32_t measure) {
  uint32_t given = r->macros - r->measures[measure].refused;
  return given ? (double)r->measures[measure].covered / given : NAN;
}

bool coverage_plausible(uint32_t seen, uint32_t n, double p) {
  return gsl_cdf_binomial_P(seen, p, n) >= 0.0005 && (seen == 0 || gsl_cdf_binomial_Q(seen - 1, p, n) >= 0.0005);
}
