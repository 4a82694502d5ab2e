/* Turns of an event loop with an accept queue, and connections between services: traces by hand. The proxy computes nothing, the
 * network takes no time unless it is said, and the only thread of the backend is where time goes. */
#include "models/core/load_sheet.h"
#include "models/service/upstream.h"
#include "tests/model_fixture.h"

/* Users of a closed source: all ask at 10 s. What the proxy's upstream is, what the backend's accept is, steps at the backend. */
#define PROXIED                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'proxied', 'traffic': { %s }, 'endpoints': { %s },"                                                     \
  " 'services': { 'p': { 'kind': 'proxy', 'threads': 1, 'upstream': %s }, 'b': { 'kind': 'app'%s } },"                             \
  " 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 16 } } },"                                                            \
  " 'run': { 'warmup': '0s', 'window': '60s', 'replications': 1, 'windows': 1 } }"
#define ENDPOINT(name, cpu) "'" name "': { 'entry': 'p', 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': '" cpu "' } ] } ] }"
#define USERS(name, n, think, of)                                                                                                  \
  "'" name "': { 'kind': 'closed', 'population': " n ", 'think': '" think "', 'mix': { '" of "': 1 }%s }"

static uint32_t endpoint(const struct fixture *f, const char *name) {
  for (uint32_t i = 0; i < f->scenario->model.endpoints.count; i++)
    if (!strcmp(model_endpoint(&f->scenario->model, i)->name, name)) return i;
  abort();
}
static double mean_of_endpoint(const struct fixture *f, const struct world *w, const char *name) {
  return fixture_mean_s(w, endpoint(f, name));
}

/* Five users at 10 s, nobody has a connection, 1 s each; in an order of their own all wait in the accept queue.
 *
 *   one: turn 1 accepts A and has nothing else; turn 2 reads A (until 11 s) and accepts B at its beginning; turn 3 reads B (12 s)
 *        and accepts C; and so on. Each turn has one request: 1, 2, 3, 4, 5 s, the mean is 3.
 *   all: turn 1 accepts A, the only one there; turn 2 reads A and accepts B to E, who came meanwhile; the rest follow: the same. */
static void test_newcomers(void) {
  static const char *const accept[] = {"one", "all"};
  for (int i = 0; i < 2; i++) {
    char service[100];
    snprintf(service, sizeof service, ", 'accept': '%s'", accept[i]);
    char traffic[300];
    snprintf(traffic, sizeof traffic, USERS("u", "5", "10s", "e"), "");
    struct fixture f = fixture_of(PROXIED, traffic, ENDPOINT("e", "1s"), "0", service);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = 19 * SIM_S;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)accept[i]);
    test_check(fabs(fixture_mean_s(w, 0) - 3) < 1e-6, "%s: mean %.9f s, by hand 3", accept[i], fixture_mean_s(w, 0));
    test_check(fixture_metered(w, "b", "accepted") == 5 && fixture_metered(w, "p", "upstream_opened") == 5,
               "%s: not five connections", accept[i]);
    world_free(w);
    fixture_close(&f);
  }
}

/* X and Y have connections and ask again at once, 1 s each: each turn has one of them, as the next turn begins before the answer is
 * there and asked again. N1 and N2 come at 10.5 s, when X computes and Y waits.
 *
 *   one: 11 s: Y is read; N1 accepted. X is ready, as it was read in another turn. 12 s: X, N1; N2 accepted. Y is ready at 12,
 *        X again at 13 s: in the turn of now, so its place is in front. 14 s: X, Y, N2, who is answered at 17 s, N1 at 14 s:
 *        (3.5 + 6.5) / 2 = 5 s. Y, who asked at 12 s, has its answer at 16 s: 4 s, the longest of the two. In the order of becoming
 *        ready it would be 3.
 *   all: 11 s: both are accepted. 12 s: X, N1, N2: 14 and 15 s: (3.5 + 4.5) / 2 = 4 s. */
static void test_beside_busy_ones(void) {
  static const struct {
    const char *accept;
    double mean_s;
  } rows[] = {{"one", 5}, {"all", 4}};
  for (int i = 0; i < 2; i++) {
    char service[100], traffic[600];
    snprintf(service, sizeof service, ", 'accept': '%s'", rows[i].accept);
    snprintf(traffic, sizeof traffic, USERS("busy", "2", "0s", "old") ", " USERS("late", "2", "10500ms", "new"), "", "");
    struct fixture f = fixture_of(PROXIED, traffic, ENDPOINT("old", "1s") ", " ENDPOINT("new", "1s"), "'unlimited'", service);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = 20500 * SIM_MS;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].accept);
    double mean_s = mean_of_endpoint(&f, w, "new");
    test_check(fabs(mean_s - rows[i].mean_s) < 1e-6, "%s: mean %.9f s, by hand %g", rows[i].accept, mean_s, rows[i].mean_s);
    double longest_s = histogram_max(fixture_latency(w, endpoint(&f, "old"))) * 1e-9;
    test_check(i || fabs(longest_s - 4) < 1e-6, "%s: the longest of the others %.9f s, by hand 4", rows[i].accept, longest_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* Five at 10 s, 0.9 s each, each with a connection of its own; at once A is read, and backlog + 1 wait.
 *
 *   backlog 1: B and C wait, D and E are dropped. 10.9 s: B is accepted and read, C accepted. 11 s: D and E find room. 11.8 s: C is
 *              read; 12.7 s: D; 13.6 s: E: 0.9, 1.8, 2.7, 3.6, 4.5 s and two drops.
 *   backlog 0: B waits, three are dropped. 10.9 s: B is read. 11 s: C finds room, D and E do not. 11.8 s: C is read, until 12.7 s.
 *              13 s, 3 s after their first SYN: D is read, E waits, and is read at 13.9 s: 0.9, 1.8, 2.7, 3.9, 4.8 s; 3 + 2 drops.
 *   backlog 1, connect_timeout 500 ms: D and E give up at 10.5 s. reject: they fail at once.
 *   a thread for each request: C still waits at 11 s, so that of D and E one is dropped again, and comes at 13 s. */
static void test_full_queue(void) {
  static const struct {
    const char *service;
    double mean_s, drops, failed;
    enum outcome as;
  } rows[] = {
      {", 'accept': 'one', 'backlog': 1", 2.7, 2, 0, OUTCOME_UNREACHABLE},
      {", 'accept': 'one', 'backlog': 0", 2.82, 5, 0, OUTCOME_UNREACHABLE},
      {", 'accept': 'one', 'backlog': 1, 'connect_timeout': '500ms'", 1.8, 2, 2, OUTCOME_UNREACHABLE},
      {", 'accept': { 'takes': 'one', 'full': 'reject' }, 'backlog': 1", 1.8, 0, 2, OUTCOME_REJECTED},
      {", 'accept': 'one', 'backlog': 1, 'runtime': 'threads', 'threads': 1", 2.7, 3, 0, OUTCOME_UNREACHABLE},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char traffic[300];
    snprintf(traffic, sizeof traffic, USERS("u", "5", "10s", "e"), "");
    struct fixture f = fixture_of(PROXIED, traffic, ENDPOINT("e", "900ms"), "0", rows[i].service);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = 19 * SIM_S;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].service);
    test_check(fabs(fixture_mean_s(w, 0) - rows[i].mean_s) < 1e-6, "%s: mean %.9f s, by hand %g", rows[i].service,
               fixture_mean_s(w, 0), rows[i].mean_s);
    test_check(fixture_metered(w, "b", "syn_drops") == rows[i].drops, "%s: %g drops", rows[i].service,
               fixture_metered(w, "b", "syn_drops"));
    test_check((double)fixture_ends(w, 0).by[rows[i].as] == rows[i].failed, "%s: others failed", rows[i].service);
    world_free(w);
    fixture_close(&f);
  }
}

/* Three at 10 s who wait for 1.5 s, 1 s each. A is answered at 11 s. B is computing when its client goes, C in the accept queue: both
 * are served all the same, until 13 s. Their connections are gone, unless the proxy does not care. */
static void test_clients_go(void) {
  static const struct {
    const char *upstream;
    uint32_t open;
  } rows[] = {
      {"'unlimited'", 1}, {"{ 'idle': 'unlimited', 'abort': 'ignore' }", 3}, {"0", 0}, {"{ 'idle': 2, 'abort': 'ignore' }", 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char traffic[300];
    snprintf(traffic, sizeof traffic, USERS("u", "3", "10s", "e"), ", 'timeout': '1500ms'");
    struct fixture f = fixture_of(PROXIED, traffic, ENDPOINT("e", "1s"), rows[i].upstream, ", 'accept': 'one'");
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = 20 * SIM_S;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].upstream);
    const struct upstreams *u = world_part(w, PART_upstream);
    test_check(fixture_ends(w, 0).by[OUTCOME_TIMEOUT] == 2 && fixture_mean_s(w, 0) == 1, "%s: other ends", rows[i].upstream);
    test_check(pool_live(&u->connections) == rows[i].open, "%s: %u are open", rows[i].upstream, pool_live(&u->connections));
    test_check(w->containers[w->services[fixture_service(&f, "b")].first].done_ns == 3 * SIM_S, "%s: not all are served",
               rows[i].upstream);
    world_free(w);
    fixture_close(&f);
  }
}

/* One user asks ten times, a second apart, 1 ms each; two replicas in turn. By request each has a connection of its own; with room
 * for one idle one it is always the other's that is there. By connection the first one does for all, three requests on each are
 * 3 + 3 + 3 + 1. */
static void test_which_connection(void) {
  static const struct {
    const char *upstream, *balance;
    double opened;
  } rows[] = {{"'unlimited'", "'round-robin'", 2},
              {"2", "'round-robin'", 2},
              {"1", "'round-robin'", 10},
              {"0", "'round-robin'", 10},
              {"{ 'idle': 5, 'timeout': '900ms' }", "'round-robin'", 10},
              {"{ 'idle': 5, 'timeout': '2500ms' }", "'round-robin'", 2},
              {"1", "{ 'policy': 'round-robin', 'per': 'connection' }", 1},
              {"{ 'idle': 5, 'requests': 3 }", "{ 'policy': 'round-robin', 'per': 'connection' }", 4}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char traffic[300], service[200];
    snprintf(traffic, sizeof traffic, USERS("u", "1", "1s", "e"), "");
    snprintf(service, sizeof service, ", 'replicas': 2, 'balance': %s", rows[i].balance);
    struct fixture f = fixture_of(PROXIED, traffic, ENDPOINT("e", "1ms"), rows[i].upstream, service);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until = 10500 * SIM_MS;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].upstream);
    double opened = fixture_metered(w, "p", "upstream_opened");
    test_check(opened == rows[i].opened, "%s, %s: %g opened, by hand %g", rows[i].upstream, rows[i].balance, opened,
               rows[i].opened);
    world_free(w);
    fixture_close(&f);
  }
}

/* 10 ms between the nodes, 1 s of work, 5 ms to open a connection: the first request takes 5 + 3 x 10 + 1000 + 10 ms, the second, at
 * 11.045 s + 10 s, 1020 ms. */
static void test_round_trip(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'apart', 'traffic': { " USERS("u", "1", "10s", "e") " }, 'endpoints': { " ENDPOINT(
          "e", "1s") " },"
                     " 'services': { 'p': { 'kind': 'proxy', 'threads': 1, 'place': 'n', 'upstream': { 'idle': 1, 'cpu': '5ms' } },"
                     " 'b': { 'kind': 'app', 'place': 'm', 'accept': 'one' } }, 'platform': { 'kind': 'static', 'network': { "
                     "'between_nodes': '10ms' },"
                     " 'nodes': { 'n': { 'cpu': 1 }, 'm': { 'cpu': 1 } } },"
                     " 'run': { 'warmup': '0s', 'window': '25s', 'replications': 1, 'windows': 1 } }",
      "");
  struct world *w = fixture_run(&f, 1, "apart");
  const struct histogram *h = fixture_latency(w, 0);
  test_check(h->count == 2 && fabs(histogram_max(h) - 1.045e9) < 1 && fabs(histogram_min(h) - 1.02e9) < 1, "%.0f and %.0f ns",
             (double)histogram_max(h), (double)histogram_min(h));
  world_free(w);
  fixture_close(&f);
}

/* The proxy opens connections to b; b has none of its own: what it calls is on connections that are established, whatever the request
 * came on. */
static void test_behind_threads(void) {
  char traffic[300];
  snprintf(traffic, sizeof traffic, USERS("u", "5", "10s", "e"), "");
  struct fixture f =
      fixture_of(PROXIED, traffic,
                 "'e': { 'entry': 'p', 'steps': [ { 'call': 'b', 'steps': [ { 'call': 'c', 'steps': [ { 'cpu': '1s' } "
                 "] } ] } ] }",
                 "0", ", 'accept': 'all', 'threads': 2, 'processes': 4 }, 'c': { 'kind': 'app', 'accept': 'one'");
  struct world *w = fixture_run(&f, 1, "behind threads");
  test_check(fixture_metered(w, "p", "upstream_opened") > 0 && fixture_metered(w, "c", "accepted") == 0, "%g opened, %g accepted",
             fixture_metered(w, "p", "upstream_opened"), fixture_metered(w, "c", "accepted"));
  world_free(w);
  fixture_close(&f);
}

/* CPU of accepting, as the table of saturation reckons it: without idle connections each call opens one, 1 ms next to
 * the 3 ms of the request; with some, one in `requests` does. */
static void test_demand(void) {
  static const struct {
    const char *upstream;
    double b_ms;
  } rows[] = {{"0", 4}, {"{ 'idle': 4, 'requests': 10 }", 3.1}, {"'unlimited'", 3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f =
        fixture_of(PROXIED, "'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'e': 1 } }", ENDPOINT("e", "3ms"), rows[i].upstream,
                   ", 'accept': { 'takes': 'one', 'cpu': '1ms' }, 'threads': 1 }, 'q': { 'kind': 'app'");
    struct arena *arena = arena_new();
    struct demand_sums d = load_demand(&f.scenario->model, arena);
    program_demand(&f.scenario->model.programs[0], 1, &d);
    double cpu = d.cpu_s[fixture_service(&f, "b")] * 1e3;
    test_check(fabs(cpu - rows[i].b_ms) < 1e-9, "upstream %s: %.9g ms, by hand %g", rows[i].upstream, cpu, rows[i].b_ms);
    arena_free(arena);
    fixture_close(&f);
  }
}

/* Three users at 10 s, 1 s for each request in flight: A, alone, until 11 s; its answer is out when B is read, beside C, until 13 s;
 * C, alone again, until 14 s. */
static void test_answer_is_out(void) {
  char traffic[300];
  snprintf(traffic, sizeof traffic, USERS("u", "3", "10s", "e"), "");
  struct fixture f =
      fixture_of(PROXIED, traffic, ENDPOINT("e", "1s"), "0",
                 ", 'accept': 'one', 'concurrency': [ { 'in_flight': 1, 'factor': 1 }, { 'in_flight': 3, 'factor': 3 } ]");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until = 19 * SIM_S;
  world_run(w);
  test_check(fabs(fixture_mean_s(w, 0) - 8. / 3) < 1e-6, "mean %.9f s, by hand (1 + 3 + 4) / 3", fixture_mean_s(w, 0));
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"behind threads", test_behind_threads},
                                         {"demand", test_demand},
                                         {"newcomers", test_newcomers},
                                         {"beside busy ones", test_beside_busy_ones},
                                         {"full queue", test_full_queue},
                                         {"clients go", test_clients_go},
                                         {"which connection", test_which_connection},
                                         {"round trip", test_round_trip},
                                         {"answer is out", test_answer_is_out},
                                         {NULL, NULL}};
const struct test_suite suite_accept = {"accept", cases};
