/* Requests count where they end: rates and shares of the measured time, and what is unanswered at its end. Known from arithmetic.
 * And what grows without end, which no requirement survives, told from what only varies. */
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

/* --- what is answered in the window ------------------------------------------------------------------------------------------- */

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

/* --- flow by endpoint and window ---------------------------------------------------------------------------------------------- */

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

/* --- what grows --------------------------------------------------------------------------------------------------------------- */

static const struct claim_result *claim_named(const struct results *r, const char *id) {
  for (uint32_t i = 0; r && i < r->claim_count; i++)
    if (!strcmp(r->claims[i].id, id)) return &r->claims[i];
  return NULL;
}

static bool noted(const struct results *r, const char *words) {
  for (uint32_t i = 0; r && i < r->note_count; i++)
    if (strstr(r->notes[i], words)) return true;
  return false;
}

#define QUEUE_OF(rate, run, rest)                                                                                                  \
  HEAD "'traffic': { 'u': { 'kind': 'open', 'rate': " rate ", 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 's', "         \
       "'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, " ONE_CORE ", 'run': { " run " }" rest " }"

/* 500/s for a server of 100/s: 100/s are answered, none fails, and 400/s stay. Nothing that is required of that holds. */
static void test_overload_fails(void) {
  struct fixture f = fixture_of(
      QUEUE_OF("'500/s'", "'warmup': '5s', 'window': '30s', 'replications': 5",
               ", 'claims': [ { 'id': 'r', 'require': 'rate(all) > 50/s' }, { 'id': 'e', 'require': 'error_rate(all) < 1%%' }, { "
               "'id': 'n', 'require': 'count(p) > 100' }, { 'id': 'l', 'require': 'p99(p.latency) < 1h' }, { 'id': 'w', "
               "'require': 'share(p.wait < 1h) > 1%%' } ]"));
  struct arena *arena = arena_new();
  const struct results *r = run_of(&f, arena);
  for (const char *const *id = (const char *const[]){"r", "e", "n", "l", "w", "settles", NULL}; *id; id++) {
    const struct claim_result *c = claim_named(r, *id);
    test_check(c && c->verdict == VERDICT_FAIL && c->reason && strstr(c->reason, "over capacity: requests waiting at s grow by"),
               "%s: verdict %d, %s", *id, c ? (int)c->verdict : -1, c && c->reason ? c->reason : "-");
  }
  const struct claim_result *settles = claim_named(r, "settles");
  test_check(settles && fabs(settles->estimate.value / 400 - 1) < 0.02, "grows by %g/s", settles ? settles->estimate.value : 0);
  test_check(fabs(value_of(r, "p", "rate") / 100 - 1) < 0.03, "%g/s are answered", value_of(r, "p", "rate"));
  test_check(noted(r, "500 requests/s are offered, and n CPU is full at 100/s"), "the note agrees with the saturation table");
  arena_free(arena);
  fixture_close(&f);
}

/* Whether a queue below capacity is taken to grow, from many seeds. */
static void test_no_false_alarm(void) {
  static const struct {
    const char *rate, *run;
    int seeds;
  } rows[] = {
      {"'80/s'", "'warmup': '0s', 'window': '5s', 'replications': 10", 60},
      {"'95/s'", "'warmup': '0s', 'window': '10s', 'replications': 10", 30},
      {"'95/s'", "'warmup': '0s', 'window': '10s', 'replications': 1", 40},
      {"'95/s'", "'warmup': '0s', 'window': '8s', 'replications': 60", 5},
      {"{ 'ramp': { 'from': '1/s', 'to': '95/s', 'over': '20s' } }", "'warmup': '0s', 'window': '20s', 'replications': 20", 10},
      {"{ 'steps': [ { 'from': '0s', 'rate': '50/s' }, { 'from': '4s', 'rate': '200/s' }, { 'from': '7s', 'rate': '50/s' } ] }",
       "'warmup': '0s', 'window': '20s', 'replications': 10", 10}};
  int runs = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int alarms = 0;
    runs += rows[i].seeds;
    for (int seed = 1; seed <= rows[i].seeds; seed++) {
      struct fixture f = fixture_of(QUEUE_OF("%s", "'seed': %d, %s", ""), rows[i].rate, seed, rows[i].run);
      struct arena *arena = arena_new();
      const struct claim_result *c = claim_named(run_of(&f, arena), "settles");
      alarms += !c || c->verdict != VERDICT_PASS;
      arena_free(arena);
      fixture_close(&f);
    }
    test_check(!alarms, "%s, %s: %d of %d seeds are taken to grow", rows[i].rate, rows[i].run, alarms, rows[i].seeds);
  }
  char said[80], *methods = test_read_file("docs/methods.md");
  snprintf(said, sizeof said, "False alarms: none in the %d runs of", runs);
  test_check(methods && strstr(methods, said), "docs/methods.md does not say \"%s\"", said);
  free(methods);
}

/* What grows is seen, by whatever it waits for; what something bounds does not grow. */
static void test_what_grows(void) {
  static const struct {
    const char *name, *text;
    const char *says; /* null: it settles */
  } rows[] = {
      {"120% in 10 s", QUEUE_OF("'120/s'", "'warmup': '0s', 'window': '10s', 'replications': 10", ""), "over capacity"},
      {"a ramp to twice the capacity",
       QUEUE_OF("{ 'ramp': { 'from': '1/s', 'to': '200/s', 'over': '20s' } }", "'warmup': '0s', 'window': '20s', 'replications': 5",
                ""),
       "over capacity"},
      {"a backlog",
       HEAD
       "'traffic': { 'u': { 'kind': 'open', 'rate': '500/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 's', 'steps': "
       "[ { 'cpu': '10ms' } ] } }, 'services': { 's': { 'kind': 'app', 'backlog': 100 } }, 'platform': { 'kind': 'static', "
       "'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'replications': 5 } }",
       NULL},
      {"clients whose server notices that they have gone",
       HEAD "'traffic': { 'u': { 'kind': 'open', 'rate': '150/s', 'timeout': '1s', 'cancel': true, 'mix': { 'p': 1 } } }, "
            "'endpoints': { 'p': { 'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, " ONE_CORE
            ", 'run': { 'warmup': '0s', 'window': '20s', 'replications': 5 } }",
       NULL},
      {"closed users",
       HEAD "'traffic': { 'u': { 'kind': 'closed', 'population': 1000, 'think': '5s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "
            "'entry': 's', 'steps': [ { 'cpu': '10ms' } ] } }, " ONE_CORE
            ", 'run': { 'warmup': '0s', 'window': '5s', 'replications': 5 } }",
       NULL},
      {"a long delay is no queue",
       HEAD
       "'traffic': { 'u': { 'kind': 'open', 'rate': '50/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 's', 'steps': [ "
       "{ 'cpu': '1ms' }, { 'delay': '1m' } ] } }, " ONE_CORE ", 'run': { 'warmup': '0s', 'window': '20s', 'replications': 5 } }",
       NULL},
      {"computations that share a core",
       HEAD
       "'traffic': { 'u': { 'kind': 'open', 'rate': '150/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 's', 'steps': [ "
       "{ 'cpu': '10ms' } ] } }, 'services': { 's': { 'kind': 'app', 'threads': 'unlimited', 'backlog': 'unlimited' } }, "
       "'platform': "
       "{ 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'replications': 5 } }",
       "beyond the cores of n"},
      {"jobs",
       HEAD
       "'traffic': { 'u': { 'kind': 'open', 'rate': '50/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 's', 'steps': [ "
       "{ 'publish': 'q' } ] } }, 'queues': { 'q': { 'at': 'b', 'workers': 'k', 'concurrency': 1, 'steps': [ { 'delay': '100ms' } "
       "] "
       "} "
       "}, 'services': { 's': { 'kind': 'app' }, 'b': { 'kind': 'queue' }, 'k': { 'kind': 'app' } }, 'platform': { 'kind': "
       "'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'replications': 5 } }",
       "over capacity: q.depth grows by "}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of("%s", rows[i].text);
    struct arena *arena = arena_new();
    const struct claim_result *c = claim_named(run_of(&f, arena), "settles");
    test_check(c && c->verdict == (rows[i].says ? VERDICT_FAIL : VERDICT_PASS), "%s: verdict %d, %s", rows[i].name,
               c ? (int)c->verdict : -1, c && c->reason ? c->reason : "-");
    if (rows[i].says) test_check(c && c->reason && strstr(c->reason, rows[i].says), "%s: %s", rows[i].name, c ? c->reason : "");
    arena_free(arena);
    fixture_close(&f);
  }
}

/* Below what the server can do, and yet it grows: a burst of ten seconds makes the wait longer than people bear, each of them asks
 * up to five times again, and the server works for those who have gone. Without the burst, and with people who do not ask again, it
 * settles. */
static void test_tipped_over(void) {
  static const char calm[] = "'70/s'", burst[] =
                                           "{ 'steps': [ { 'from': '0s', 'rate': '70/s' }, { 'from': '20s', 'rate': '200/s' }, "
                                           "{ 'from': '30s', 'rate': '70/s' } ] }";
  static const char reload[] = "'reload': { 'after': { 'uniform': { 'low': '2s', 'high': '10s' } }, 'times': 5 }, ", patient[] = "";
  const struct {
    const char *rate, *reload;
    bool tips;
  } rows[] = {{burst, reload, true}, {calm, reload, false}, {burst, patient, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f =
        fixture_of(HEAD "'traffic': { 'u': { 'kind': 'open', 'rate': %s, %s'impatience': '30s', 'mix': { 'p': 1 } } }, "
                        "'endpoints': { 'p': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '10ms' } } ] } }, "
                        "%s, 'run': { 'warmup': '0s', 'window': '2m', 'replications': 3 } }",
                   rows[i].rate, rows[i].reload, ONE_CORE);
    struct arena *arena = arena_new();
    const struct results *r = run_of(&f, arena);
    const struct claim_result *c = claim_named(r, "settles");
    test_check(c && c->verdict == (rows[i].tips ? VERDICT_FAIL : VERDICT_PASS), "row %zu: verdict %d, %s", i,
               c ? (int)c->verdict : -1, c && c->reason ? c->reason : "-");
    test_check(c && (!rows[i].tips || (c->reason && strstr(c->reason, "tipped over: requests waiting at s grow by"))),
               "row %zu: %s", i, c && c->reason ? c->reason : "-");
    test_check(noted(r, "70 requests/s are offered, and n CPU would be full only at 100/s") == rows[i].tips &&
                   !noted(r, "over capacity"),
               "row %zu: the note agrees with the saturation table", i);
    arena_free(arena);
    fixture_close(&f);
  }
}

/* What was before the growth keeps its value: 50/s for 10 s, then 150/s of which a core does 100. */
static void test_ended_before(void) {
  struct fixture f =
      fixture_of(QUEUE_OF("{ 'steps': [ { 'from': '0s', 'rate': '50/s' }, { 'from': '10s', 'rate': '150/s' } ] }",
                          "'warmup': '0s', 'window': '40s', 'windows': 8, 'replications': 10",
                          ", 'claims': [ 'mean(all.latency) over 0s..5s < 1s', 'mean(all.latency) over 30s..40s < 1s' ]"));
  struct arena *arena = arena_new();
  const struct results *r = run_of(&f, arena);
  test_check(claim_named(r, "settles")->verdict == VERDICT_FAIL, "it grows");
  test_check(r->claims[0].verdict == VERDICT_PASS && r->claims[0].estimate.value < 1, "before: verdict %d",
             (int)r->claims[0].verdict);
  test_check(r->claims[1].verdict == VERDICT_FAIL && isnan(r->claims[1].estimate.value), "then: verdict %d",
             (int)r->claims[1].verdict);
  arena_free(arena);
  fixture_close(&f);
}

/* A little more than a core does, for a moment: known by arithmetic, not yet to be seen. */
static void test_too_short(void) {
  struct fixture f = fixture_of(QUEUE_OF("'101/s'", "'warmup': '0s', 'window': '300ms', 'windows': 1, 'replications': 3", ""));
  struct arena *arena = arena_new();
  const struct claim_result *c = claim_named(run_of(&f, arena), "settles");
  test_check(c->verdict == VERDICT_UNDECIDED && c->reason && !strncmp(c->reason, "too short: 101 requests/s are offered", 36),
             "verdict %d, %s", (int)c->verdict, c->reason ? c->reason : "-");
  arena_free(arena);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"ended_before", test_ended_before},
                                         {"too_short", test_too_short},
                                         {"answers_in_the_window", test_answers_in_the_window},
                                         {"ten_clients", test_ten_clients},
                                         {"flow", test_flow},
                                         {"overload_fails", test_overload_fails},
                                         {"no_false_alarm", test_no_false_alarm},
                                         {"what_grows", test_what_grows},
                                         {"tipped_over", test_tipped_over},
                                         {NULL, NULL}};
const struct test_suite suite_overload = {"overload", cases};
