/* Requests count where they end: rates and shares of the measured time, and what is unanswered at its end. Known from arithmetic. */
#include "tests/model_fixture.h"

/* One node of one core with one service, and nothing else. */
#define ONE_CORE                                                                                                                   \
  "'services': { 's': { 'kind': 'app', 'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } "  \
  "} }"
#define HEAD "{ 'aguanta': 1, 'name': 'overload', "

static struct results *run_of(struct fixture *f, struct arena *arena) {
  const struct study_options options = {.jobs = 1};
  return f->scenario ? study_run(arena, f->scenario, &options) : NULL;
}

static double value_of(const struct results *r, const char *name, const char *aggregate) {
  const struct metric *m = r ? results_metric(r, name, aggregate, NULL) : NULL;
  return m ? m->estimate.value : NAN;
}

/* --- what is answered in the window ------------------------------------------------------------------------------------------------ */

/* 5/s for a server of 1/s: it answers one a second from the first arrival on, and what came beyond is unanswered. */
static void test_answers_in_the_window(void) {
  struct fixture f =
      fixture_of(HEAD "'traffic': { 'u': { 'kind': 'open', 'rate': '5/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "
                      "'entry': 's', 'steps': [ { 'cpu': '1s' } ] } }, " ONE_CORE
                      ", 'run': { 'warmup': '%s', 'window': '30s', 'replications': 5 } }",
                 "10s");
  struct arena *arena = arena_new();
  const struct results *r = run_of(&f, arena);
  double rate = value_of(r, "p", "rate"), inside = value_of(r, "p", "unanswered");
  test_check(fabs(rate - 1) < 1e-9, "30 answers in 30 s, not %.9g/s", rate);
  test_check(inside > 120 && inside < 200, "about 4 of 5 in 40 s have no answer, not %g", inside);
  test_check(value_of(r, "p", "error_rate") == 0, "no answer is no error");
  arena_free(arena);
  fixture_close(&f);
}

/* Ten clients that do not think keep the server busy: 100 answers a second, exactly, and all ten are inside at the end. */
static void test_ten_clients(void) {
  struct fixture f =
      fixture_of(HEAD "'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '0s', 'mix': { 'p': 1 } } }, "
                      "'endpoints': { 'p': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, " ONE_CORE
                      ", 'run': { 'warmup': '0s', 'window': '1m', 'replications': 3 } }");
  struct arena *arena = arena_new();
  const struct results *r = run_of(&f, arena);
  test_check(value_of(r, "p", "rate") == 100, "rate %.9g/s", value_of(r, "p", "rate"));
  test_check(value_of(r, "p", "unanswered") == 10 && value_of(r, "all", "unanswered") == 10, "%g are unanswered",
             value_of(r, "p", "unanswered"));
  test_check(value_of(r, "p", "error_rate") == 0, "errors: %g", value_of(r, "p", "error_rate"));
  arena_free(arena);
  fixture_close(&f);
}

/* --- flow by endpoint and window --------------------------------------------------------------------------------------------------- */

static uint64_t inside_now(const struct world *w, uint32_t endpoint) {
  uint64_t count = 0;
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    count += r->live && !r->client_gone && r->endpoint == endpoint;
  }
  return count;
}

/* Inside at the start of a window + arrived = ended + inside at its end, of each endpoint: seen at every border. */
static void test_flow(void) {
  struct fixture f = fixture_of(HEAD "'traffic': { 'u': { 'kind': 'open', 'rate': '120/s', 'timeout': '700ms', 'mix': { 'p': 1, "
                                     "'q': 2 } } }, 'endpoints': { 'p': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': "
                                     "'10ms' } } ] }, 'q': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, { "
                                     "'delay': { 'exponential': '300ms' } } ] } }, " ONE_CORE
                                     ", 'run': { 'warmup': '2s', 'window': '20s', 'windows': 20 } }");
  if (!f.scenario) return;
  struct world *w = world_new(&f.scenario->model, 3, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  uint64_t inside[2] = {inside_now(w, 0), inside_now(w, 1)}, all = 0;
  for (uint32_t i = 0; i < 20; i++) {
    world_measure_until(w, (3 + i) * SIM_S);
    for (uint32_t e = 0; e < 2; e++) {
      const struct endpoint_window *x = &w->observation.endpoints[e].windows[i];
      uint64_t ended = 0, now = inside_now(w, e);
      for (int k = 0; k < OUTCOMES; k++) ended += x->ended[k];
      test_check(inside[e] + x->arrived == ended + now, "endpoint %u, window %u: %llu + %llu, %llu + %llu", e, i,
                 (unsigned long long)inside[e], (unsigned long long)x->arrived, (unsigned long long)ended, (unsigned long long)now);
      inside[e] = now, all += ended;
    }
  }
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "flow");
  test_check(all > 2000 && w->observation.endpoints[0].inside_until == inside[0], "%llu ended", (unsigned long long)all);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {
    {"answers_in_the_window", test_answers_in_the_window}, {"ten_clients", test_ten_clients}, {"flow", test_flow}, {NULL, NULL}};
const struct test_suite suite_overload = {"overload", cases};
