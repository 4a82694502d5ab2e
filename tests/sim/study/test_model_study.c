/* What the study says of a scenario, against arithmetic by hand: saturation of every kind of resource, utilisation of what is
 * held, instability behind any queue, intervals where little or nothing was seen. */
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"
#include "sim/study/study.h"
#include "tests/suite.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Runs a scenario text in which ' stands for "; null after the reader's messages. */
static const struct results *run(struct arena *arena, const char *text) {
  char path[] = "/tmp/aguanta-study-XXXXXX";
  int file = mkstemp(path);
  char *json = arena_text(arena, text);
  for (char *c = json; *c; c++)
    if (*c == '\'') *c = '"';
  bool written = write(file, json, strlen(json)) == (ssize_t)strlen(json);
  close(file);
  struct diagnostics *d = diagnostics_new(arena);
  const struct scenario *s = written ? scenario_read(arena, d, path, NULL, 0) : NULL;
  unlink(path);
  test_check(s != NULL, "%s", diagnostics_render(d, arena));
  return s ? study_run(arena, s, &(struct study_options){.jobs = 2}) : NULL;
}

static bool has_note(const struct results *r, const char *begin) {
  for (uint32_t i = 0; i < r->note_count; i++)
    if (!strncmp(r->notes[i], begin, strlen(begin))) return true;
  return false;
}

#define HEAD(rate) "{ 'aguanta': 1, 'name': 's', 'traffic': { 'w': { 'kind': 'open', 'rate': '" rate "', 'mix': { 'j': 1 } } }, "
#define RUN        ", 'run': { 'window': '5m', 'replications': 4 } }"

/* What is full first, at which load, and how busy it is at the load of the scenario. */
static void test_resources(void) {
  static const struct {
    const char *text, *resource;
    double full_at, busy;
  } rows[] = {
      /* 3 threads, held for 10 ms of CPU and 30 ms of waiting: 75/s */
      {HEAD("45/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '10ms' }, { 'delay': '30ms' } ] } }, 'services': { "
                    "'s': { "
                    "'kind': 'app', 'runtime': 'threads', 'threads': 3 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
                    "'cpu': 4 } } }" RUN,
       "s threads", 75, 0.6},
      /* 5 connections, held for 40 ms: 125/s */
      {HEAD("75/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '40ms' } ] } }, "
                    "'services': { 's': { "
                    "'kind': 'app', 'pools': { 'd': { 'max': 5 } } }, 'd': { 'kind': 'database' } }, 'platform': { 'kind': "
                    "'static', 'nodes': { "
                    "'n': { 'cpu': 16 } } }" RUN,
       "s connections", 125, 0.6},
      /* two groups of 4 cores take 4 replicas of two threads: 10 ms on 8 cores */
      {HEAD("400/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 's': { 'kind': 'app', "
                     "'threads': 4, "
                     "'replicas': 4 } }, 'platform': { 'kind': 'static', 'nodes': { 'a': { 'cpu': 4 }, 'b': { 'cpu': 4 } } }" RUN,
       "a and b CPU", 800, NAN},
      /* writes go to the first of two: 10 ms each on its 2 cores */
      {HEAD("100/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '10ms' } ] } }, "
                     "'services': { 's': { "
                     "'kind': 'app' }, 'd': { 'kind': 'database', 'replicas': 2, 'place': 'd' } }, 'platform': { 'kind': 'static', "
                     "'nodes': { "
                     "'a': { 'cpu': 4 }, 'd': { 'cpu': 2, 'count': 2 } } }" RUN,
       "d primary", 200, 0.5}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const struct results *r = run(arena, rows[i].text);
    const struct saturation *s = r && r->saturation_count ? &r->saturation[0] : NULL;
    test_check(s && !strcmp(s->resource, rows[i].resource), "first is %s, not %s", s ? s->resource : "nothing", rows[i].resource);
    test_check(s && fabs(s->saturates_at_per_s / rows[i].full_at - 1) < 1e-9, "%s: full at %g", rows[i].resource,
               s ? s->saturates_at_per_s : 0);
    bool none = s && isnan(rows[i].busy) && isnan(s->utilization.value);
    test_check(s && (none || fabs(s->utilization.value / rows[i].busy - 1) < 0.03), "%s: busy %g", rows[i].resource,
               s ? s->utilization.value : 0);
    arena_free(arena);
  }
}

/* Whichever queue grows without bound, there is no mean to print; with room to spare there is one. */
static void test_unstable(void) {
  static const struct {
    const char *text;
    bool unstable;
  } rows[] = {{HEAD("150/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '40ms' } ] } }, "
                             "'services': { 's': { "
                             "'kind': 'app', 'pools': { 'd': { 'max': 5 } } }, 'd': { 'kind': 'database' } }, 'platform': { "
                             "'kind': 'static', 'nodes': { "
                             "'n': { 'cpu': 16 } } }" RUN,
               true},
              {HEAD("100/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '10ms' }, { 'delay': '30ms' } ] } }, "
                             "'services': { 's': { 'kind': "
                             "'app', 'runtime': 'threads', 'threads': 3, 'backlog': 'unlimited' } }, 'platform': { 'kind': "
                             "'static', 'nodes': { 'n': { "
                             "'cpu': 4 } } }" RUN,
               true},
              {HEAD("90/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, "
                            "'services': { 's': { 'kind': 'app', "
                            "'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }" RUN,
               false},
              {HEAD("150/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 's': { 'kind': "
                             "'app' } }, "
                             "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }" RUN,
               false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    const struct results *r = run(arena, rows[i].text);
    const struct metric *mean = r ? results_metric(r, "j.latency", "mean", NULL) : NULL;
    test_check(r && has_note(r, "over capacity") == rows[i].unstable, "row %zu: the note", i);
    test_check(mean && isnan(mean->estimate.value) == rows[i].unstable, "row %zu: mean %g", i, mean ? mean->estimate.value : 0);
    arena_free(arena);
  }
}

/* Nothing seen is not nothing: the interval has the length that it could have. */
static void test_never_down(void) {
  struct arena *arena = arena_new();
  const struct results *r =
      run(arena, HEAD("1/h") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '1ms' } ] } }, "
                             "'services': { 's': { 'kind': 'app', 'start': "
                             "'1h' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, "
                             "'faults': { 'f': { 'kind': 'crash', 'service': "
                             "'s', 'uptime': { 'exponential': '200y' } } }, 'run': { 'window': '10s', 'replications': 2, 'years': "
                             "1, 'years_per_replication': 1 } }");
  const struct estimate *x = r ? &r->availability.availability : NULL;
  test_check(x && x->value == 1 && x->high == 1, "nothing happened in a year: %g", x ? x->value : 0);
  test_check(x && fabs((1 - x->low) / (3 * 3605.0 / 31536000) - 1) < 0.01, "at most three outages of an hour: %g",
             x ? 1 - x->low : 0);
  arena_free(arena);
}

/* One server of 500 us at a load of 0.1: 90% of the requests find it idle and take exactly that, the others a little more or much
 * more. Percentiles and shares on the atom are exact, whatever else is in its bucket; the percentile at its edge is no number that an
 * atom's replications agree on by luck. */
static void test_atom(void) {
  static const struct {
    const char *claim;
    enum verdict verdict;
    double value;
  } rows[] = {{"p50(j.latency) <= 500us", VERDICT_PASS, 500e-6},
              {"p50(j.latency) < 500us", VERDICT_FAIL, 500e-6},
              {"p50(j.latency) >= 500us", VERDICT_PASS, 500e-6},
              {"p75(j.latency) in 500us..500us", VERDICT_PASS, 500e-6},
              {"share(j.latency <= 500us) >= 89%", VERDICT_PASS, 0.9},
              {"share(j.latency <= 500us) >= 91%", VERDICT_FAIL, 0.9},
              {"share(j.latency > 500us) <= 11%", VERDICT_PASS, 0.1},
              {"share(j.latency < 500us) <= 1%", VERDICT_PASS, 0},
              {"p50(j.wait) <= 0s", VERDICT_PASS, 0}};
  struct arena *arena = arena_new();
  char *claims = arena_text(arena, "");
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    claims = arena_format(arena, "%s%s'%s'", claims, i ? ", " : "", rows[i].claim);
  const struct results *r = run(
      arena, arena_format(arena,
                          HEAD("200/s") "'endpoints': { 'j': { 'entry': 's', 'steps': [ { 'cpu': '500us' } ] } }, 'services': { "
                                        "'s': { 'kind': 'app', 'threads': 1 } }, 'platform': { 'kind': 'static', 'nodes': { "
                                        "'n': { 'cpu': 1 } } }, 'run': { 'window': '2m', 'warmup': '1s', 'replications': 5, "
                                        "'budget': 5 }, 'claims': [ %s ] }",
                          claims));
  for (uint32_t i = 0; r && i < r->claim_count && !r->claims[i].implicit; i++) {
    const struct estimate *e = &r->claims[i].estimate;
    double off = rows[i].value == 0.9 || rows[i].value == 0.1 ? 0.01 : 1e-12; /* shares are drawn */
    test_check(r->claims[i].verdict == rows[i].verdict && fabs(e->value - rows[i].value) <= off && e->low <= e->value &&
                   e->value <= e->high,
               "%s: verdict %d, %.9g in [%.9g, %.9g]", rows[i].claim, r->claims[i].verdict, e->value, e->low, e->high);
  }
  const struct metric *edge = r ? results_metric(r, "j.latency", "p90", NULL) : NULL;
  test_check(edge && edge->estimate.low <= 500e-6 && edge->estimate.high > 501e-6, "p90, at the edge of the atom: [%g, %g]",
             edge ? edge->estimate.low : NAN, edge ? edge->estimate.high : NAN);
  arena_free(arena);
}

static const struct test_case cases[] = {
    {"resources", test_resources}, {"unstable", test_unstable}, {"never_down", test_never_down}, {"atom", test_atom}, {NULL, NULL}};
const struct test_suite suite_model_study = {"model_study", cases};
