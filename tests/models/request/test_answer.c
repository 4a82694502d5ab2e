/* Work after the answer: by hand, against Pollaczek and Khinchine, as it is reckoned without requests, and through deaths. */
#include "models/request/walk.h"
#include "tests/model_fixture.h"

/* Users who ask at 10 s, all at once, and again 10 s after each answer. The steps, the service, the faults. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'start': '1s'%s },"             \
  " 'b': { 'kind': 'app', 'start': '1s' }, 'x': { 'kind': 'external', 'latency': '1s', 'failure': 1 } }, %s"                       \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 16 } } },"                                                           \
  " 'run': { 'warmup': '0s', 'window': '19500ms', 'replications': 1, 'windows': 1 } }"

#define ANSWER "{ 'answer': true }"
#define CPU(t) "{ 'cpu': '" t "' }"

static const struct by_hand {
  const char *name;
  int users;
  const char *steps, *service, *faults;
  double mean_s; /* latency of those that complete */
  uint64_t completed, crashed;
  double failed; /* after their answer */
} hands[] = {
    /* The loop is taken for 1.5 s each time, and answers a second after it has begun: at 1, 2.5 and 4 s. */
    {"a loop does it in the same turn", 3, CPU("1s") ", " ANSWER ", " CPU("500ms"), "", "", 2.5, 3, 0, 0},
    {"as false it is not there", 3, CPU("1s") ", { 'answer': false }, " CPU("500ms"), "", "", 3, 3, 0, 0},
    /* The rest comes back at 2, 3, .. s, behind all four, who answer at 1, 2, 3 and 4 s. */
    {"a wait ends the turn", 4, CPU("1s") ", " ANSWER ", { 'delay': '1s' }, " CPU("1s"), "", "", 2.5, 4, 0, 0},
    /* Two seats: answers at 1 s, seats until 2 s, then the other two at 3 s. Given back with the answer it would be 1.5. */
    {"a thread stays", 4, CPU("1s") ", " ANSWER ", { 'delay': '1s' }", ", 'runtime': 'threads', 'threads': 2", "", 2, 4, 0, 0},
    {"so does a global lock's", 3, CPU("1s") ", " ANSWER ", " CPU("1s"), ", 'runtime': 'gil', 'threads': 3", "", 3, 3, 0, 0},
    /* b answers at 1 s and is busy until 3 s, then at 4 s and until 6; a computes for a second behind each answer: 2 and 5 s. */
    {"who called goes on", 2, "{ 'call': 'b', 'steps': [ " CPU("1s") ", " ANSWER ", " CPU("2s") " ] }, " CPU("1s"), "", "", 3.5, 2,
     0, 0},
    /* b as above; a answers as soon as b has, 1 and 4 s, and its own rest is in nobody's way. */
    {"one within another", 2, "{ 'call': 'b', 'steps': [ " CPU("1s") ", " ANSWER ", " CPU("2s") " ] }, " ANSWER ", " CPU("1s"), "",
     "", 2.5, 2, 0, 0},
    {"before anything is done", 2, ANSWER ", " CPU("1s"), "", "", 0, 2, 0, 0},
    {"what is called afterwards", 2, CPU("1s") ", " ANSWER ", { 'call': 'b', 'steps': [ " CPU("1s") " ] }, " CPU("1s"), "", "", 1.5,
     2, 0, 0},
    /* The external service fails at 2 and 3 s, and nobody hears of it. */
    {"a failure", 2, CPU("1s") ", " ANSWER ", { 'external': 'x' }, " CPU("1s"), "", "", 1.5, 2, 0, 2},
    /* The first has its answer at 1 s, and its rest dies at 2 s with the second, who waits. */
    {"a death", 2, CPU("1s") ", " ANSWER ", " CPU("5s"), "", "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '12s' } },",
     1, 1, 1, 1},
    /* The rest is away when its replica dies: it comes back to nothing at 5 s. */
    {"a death meanwhile", 1, CPU("1s") ", " ANSWER ", { 'delay': '4s' }, " CPU("5s"), ", 'runtime': 'threads', 'threads': 2",
     "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '12s' } },", 1, 1, 0, 1},
};

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    const struct by_hand *h = &hands[i];
    struct fixture f = fixture_of(USERS, h->users, h->steps, h->service, h->faults);
    struct world *w = fixture_run(&f, 1, h->name);
    struct ends e = fixture_ends(w, 0);
    double mean_s = fixture_mean_s(w, 0);
    test_check(e.by[OUTCOME_COMPLETED] == h->completed && e.by[OUTCOME_CRASHED] == h->crashed, "%s: %llu completed, %llu crashed",
               h->name, (unsigned long long)e.by[OUTCOME_COMPLETED], (unsigned long long)e.by[OUTCOME_CRASHED]);
    test_check(fabs(mean_s - h->mean_s) < 1e-9, "%s: mean %.9f s, by hand %.9f", h->name, mean_s, h->mean_s);
    bool answers = strstr(h->steps, "true") != NULL;
    double failed = answers ? fixture_metered(w, strstr(h->steps, "'b'") && i == 5 ? "b" : "a", "failed_after_answer") : 0;
    test_check(failed == h->failed, "%s: %g failed after their answer", h->name, failed);
    world_free(w);
    fixture_close(&f);
  }
}

/* A queue with one server whose customers leave before it is free: exponential 3 ms, then 2 ms of which they do not wait for the end.
 * Pollaczek and Khinchine with E[S] = 5 ms and E[S^2] = 25 + 9 + 4 = 38 ms^2, at 100/s: a wait of 100 x 38e-6 / 2 / 0.5 = 3.8 ms, and
 * 3 ms. With all of it in the latency it would be 8.8 ms. */
static void test_queue(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'rest', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } }, { 'answer': true }, { 'cpu': { 'exponential': '2ms' } "
      "} ] "
      "} }, 'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
      "'cpu': 4 "
      "} } }, 'run': { 'warmup': '10s', 'window': '400s', 'windows': 1 } }");
  double mean[12];
  for (int i = 0; i < 12; i++) {
    struct world *w = world_new(&f.scenario->model, 5, (uint32_t)i, WORLD_TRAFFIC);
    world_run(w);
    mean[i] = fixture_mean_s(w, 0);
    world_free(w);
  }
  struct mean_of m = mean_of(mean, 12);
  test_check(fabs(m.mean - 0.0068) < 2 * m.half && m.half < 0.00015, "%.6f s +- %.6f, in theory 0.0068", m.mean, m.half);
  fixture_close(&f);
}

/* --- without requests ------------------------------------------------------------------------------------------------------- */

static double half_of_b(void *context, const struct instruction *in, enum route route) {
  (void)route;
  return in->service == *(const int32_t *)context ? 0.5 : 1;
}

/* a: 10 ms, b: 20 ms + 30 ms + (after the answer) 40 ms, of which 5 ms at c. Threads are held by a for 10 + 20 = 30 ms, by b for
 * 20 + 35 + 5 = 60 ms. */
static void test_reckoned(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'reckoned', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': "
      "{ "
      "'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' }, { 'call': 'b', 'steps': [ { 'cpu': '20ms' }, { 'answer': true }, { "
      "'cpu': "
      "'35ms' }, { 'call': 'c', 'steps': [ { 'cpu': '5ms' } ] } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'runtime': "
      "'threads', "
      "'threads': 9 }, 'b': { 'kind': 'app', 'runtime': 'threads', 'threads': 9 }, 'c': { 'kind': 'app' } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'window': '10s' } }");
  const struct model *m = &f.scenario->model;
  uint32_t a = fixture_service(&f, "a"), b = fixture_service(&f, "b"), c = fixture_service(&f, "c");
  double speed[8] = {1, 1, 1, 1, 1, 1, 1, 1}, passed_s = 0;
  struct demand_sums d = demand_sums_new(m, speed, f.arena);
  d.passed_s = &passed_s;
  program_demand(&m->programs[0], 1, &d);
  test_check(fabs(d.cpu_s[a] - 0.01) + fabs(d.cpu_s[b] - 0.055) + fabs(d.cpu_s[c] - 0.005) < 1e-12, "CPU %g %g %g", d.cpu_s[a],
             d.cpu_s[b], d.cpu_s[c]);
  test_check(fabs(d.held_s[a] - 0.03) + fabs(d.held_s[b] - 0.06) < 1e-12, "threads %g %g", d.held_s[a], d.held_s[b]);
  test_check(fabs(passed_s - 0.03) < 1e-12, "latency %g", passed_s);
  int32_t down = (int32_t)c;
  double share = program_serving(&m->programs[0], half_of_b, &down);
  test_check(share == 1, "what is called after the answer is away half of the time: %g are served", share);
  down = (int32_t)b, share = program_serving(&m->programs[0], half_of_b, &down);
  test_check(share == 0.5, "b is away half of the time: %g are served", share);
  fixture_close(&f);
}

/* --- whatever happens ------------------------------------------------------------------------------------------------------- */

/* Time-outs that cancel, crashes, retried calls with a time-out, balancers that count, rests that call and wait: nothing is lost. */
static void test_nothing_is_lost(void) {
  static const char *const services[] = {
      "", ", 'runtime': 'threads', 'threads': 3, 'backlog': 20", ", 'runtime': 'gil', 'threads': 4",
      ", 'processes': { 'count': 2, 'deal': 'idle' }, 'gc': { 'every': '300ms', 'pause': '20ms' }",
      ", 'resources': { 'limits': { 'cpu': '700m' } }"};
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'lost', 'traffic': { 'u': { 'kind': 'open', 'rate': '90/s', 'timeout': '200ms', 'cancel': true, "
        "'mix': { 'p': 1 } } }, 'limits': { 'l': { 'kind': 'token-bucket', 'rate': '60/s' } },"
        " 'endpoints': { 'p': { 'entry': 'e', 'steps': [ { 'cpu': '1ms' }, { 'call': 'a', 'timeout': '100ms', 'cancel': true, "
        "'retry': "
        "{ 'attempts': 2, 'backoff': '10ms' }, 'steps': [ { 'cpu': { 'exponential': '6ms' } }, { 'answer': true }, { 'cpu': { "
        "'exponential': '3ms' } "
        "}, "
        "{ 'limit': 'l' }, { 'call': 'b', 'timeout': '30ms', 'steps': [ { 'cpu': { 'exponential': '5ms' } }, { 'answer': true }, { "
        "'delay': '5ms' } ] }, { 'parallel': [ { 'steps': [ { 'cpu': '1ms' } ] }, { 'steps': [ { 'delay': '3ms' } ] } ] }, { "
        "'cpu': "
        "'1ms' } ] }, { 'answer': true }, { 'delay': '2ms' } ] } },"
        " 'services': { 'e': { 'kind': 'app', 'runtime': 'threads', 'threads': 50 }, 'a': { 'kind': 'app', 'start': '1s', "
        "'replicas': 2, "
        "'balance': 'least-connections'%s }, 'b': { 'kind': 'app', 'start': '500ms' } },"
        " 'faults': { 'c': { 'kind': 'crash', 'service': 'a', 'mtbf': '7s' }, 'd': { 'kind': 'crash', 'service': 'b', 'mtbf': '9s' "
        "} },"
        " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 2 } } },"
        " 'run': { 'warmup': '0s', 'window': '60s', 'replications': 1, 'windows': 1 } }",
        services[i]);
    struct world *w = fixture_run(&f, 3, services[i]);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] > 1000, "%s: %llu completed", services[i],
               (unsigned long long)fixture_ends(w, 0).by[OUTCOME_COMPLETED]);
    test_check(fixture_metered(w, "a", "failed_after_answer") > 0, "%s: nothing has failed after an answer", services[i]);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- what is refused ---------------------------------------------------------------------------------------------------------- */

static void test_refused(void) {
  static const struct {
    const char *entry, *steps, *text;
  } rows[] = {
      {"'entry': 'a', ", ANSWER ", " ANSWER, "\"a\" has answered already"},
      {"'entry': 'a', ", "{ 'parallel': [ { 'steps': [ " ANSWER " ] } ] }", "not inside of another step"},
      {"", ANSWER, "nobody is there to answer"},
      {"'entry': 'a', ", "{ 'cached': 'a', 'key': 'k', 'miss': [ " ANSWER " ] }", "not inside of another step"},
      {"'entry': 'a', ", ANSWER ", { 'reserve': 's' }", "put it before the \"answer\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'no', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'keys': { 'k': { "
        "'of': "
        "10 } }, 'stock': { 's': { 'at': 'd', 'amount': 5, 'demand': '1ms' } }, 'endpoints': { 'p': { %s'steps': [ %s ] } }, "
        "'services': { 'a': { "
        "'kind': "
        "'app', 'cache': { 'entries': 10 } }, 'd': { 'kind': 'database' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
        "'cpu': 4 } "
        "} }, 'run': { 'window': '10s' } }",
        rows[i].entry, rows[i].steps);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].text), "%s: %s", rows[i].steps, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"by hand", test_by_hand},   {"queue", test_queue},
                                         {"reckoned", test_reckoned}, {"nothing is lost", test_nothing_is_lost},
                                         {"refused", test_refused},   {NULL, NULL}};
const struct test_suite suite_answer = {"answer", cases};
