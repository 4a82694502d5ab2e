/* What stands between clients and the entry: set-up and use of connections to the nanosecond, clients pinned to replicas, a CDN, the
 * bill of both; and that what takes no time leaves no trace. */
#include "models/core/meter.h"
#include "models/money/bill.h"
#include "models/traffic/source.h"
#include "sim/measure/measure.h"
#include "tests/model_fixture.h"

/* One user who asks at 10 s and 10 s after each answer; 5 ms of work. */
#define LONELY                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'lonely', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'p': 1 } %s " \
  "} "                                                                                                                             \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'request': '1000B', 'response': '125kB', 'steps': [ { 'cpu': '5ms' } ] %s } },"          \
  "'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } },"                      \
  "'run': { 'warmup': '0s', 'window': '48s', 'windows': 1 } }"

static void check_sojourn(const struct world *w, const char *name, uint64_t completed, int64_t sojourn_ns) {
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == completed && o->sojourn_ns == (uint64_t)sojourn_ns,
             "{%s}: %llu answers, %.9f s inside; by hand %llu, %.9f s", name, (unsigned long long)o->ended[OUTCOME_COMPLETED],
             (double)o->sojourn_ns * 1e-9, (unsigned long long)completed, (double)sojourn_ns * 1e-9);
}

/* Four requests. On an open connection: 40 ms, 8 ms of upload at 1 Mbit/s, 5 ms, 40 ms, 100 ms of download at 10 Mbit/s. A new
 * connection: 80 ms for TCP, 80 ms a round trip of TLS, 1 ms of computation. */
static void test_set_up(void) {
  static const struct {
    const char *connection;
    int news, new_ms; /* connections that are opened, and what each takes longer */
  } rows[] = {
      {"'tls': '1.3', 'requests': 3", 2, 161},
      {"'tls': '1.2', 'requests': 3", 2, 241},
      {"'tls': 'none', 'requests': 3", 2, 80},
      {"'tls': '1.3', 'requests': 'unlimited'", 1, 161},
      {"'tls': '1.3', 'requests': 1", 4, 161},
      {"'tls': '1.3'", 4, 161},
      {"'tls': '1.3', 'requests': 100, 'idle': '10s'", 1, 161},
      {"'tls': '1.3', 'requests': 100, 'idle': '9999999999ns'", 4, 161},
      {"'tls': '1.3', 'requests': 2, 'idle': '5s'", 4, 161},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char source[300];
    snprintf(
        source, sizeof source,
        ", 'connection': { 'round_trip': '80ms', 'handshake_cpu': '1ms', %s }, 'link': { 'up': '1Mbit/s', 'down': '10Mbit/s' }",
        rows[i].connection);
    struct fixture f = fixture_of(LONELY, source, "");
    struct world *w = fixture_run(&f, 1, rows[i].connection);
    check_sojourn(w, rows[i].connection, 4, (4 * 193 + rows[i].news * rows[i].new_ms) * SIM_MS);
    bool tls = !strstr(rows[i].connection, "none");
    test_check(w->containers[0].done_ns == (4 * 5 + (tls ? rows[i].news : 0)) * SIM_MS, "{%s}: %.9f s of work", rows[i].connection,
               (double)w->containers[0].done_ns * 1e-9);
    world_free(w);
    fixture_close(&f);
  }
}

/* Odd nanoseconds are not lost: half a round trip there, the rest back; the last bit of a byte counts. */
static void test_rounding(void) {
  struct fixture f = fixture_of(LONELY, ", 'connection': { 'round_trip': '7ns' }, 'link': { 'up': '3Gbit/s', 'down': '7bit/s' }",
                                ", 'cdn': { 'hit': 0, 'latency': '1h' }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, 200000 * SIM_S);
  /* 7 + 3 ns, 8000 bits at 3 Gbit/s are 2666.67 ns, 5 ms, 4 ns and 10^6 bits at 7 bit/s. */
  int64_t due = 7 + 3 + 2667 + 5 * SIM_MS + 4 + (1000000 * SIM_S + 6) / 7;
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == 1 && o->sojourn_ns == (uint64_t)due, "%llu answers, %.9f s; by hand %.9f s",
             (unsigned long long)o->ended[OUTCOME_COMPLETED], (double)o->sojourn_ns * 1e-9, (double)due * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* --- pinned ------------------------------------------------------------------------------------------------------------------------ */

/* Eight users a second apart in nothing: they ask together, 4 replicas, 10 ms each, every second. */
static struct fixture pinned(const char *connection, const char *fault) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'pinned', 'traffic': { 'u': { 'kind': 'closed', 'population': 8, 'think': '1s', 'mix': { "
      "'p': 1 } %s } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } },"
      "'services': { 'a': { 'kind': 'app', 'replicas': 4, 'start': '2s' } }, 'platform': { 'kind': 'static', 'nodes': { "
      "'n': { 'cpu': 8 } } } %s, 'run': { 'warmup': '0s', 'window': '20500ms', 'windows': 1 } }",
      connection, fault);
}

#define CRASH ", 'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '5500ms' } }"

static void test_pinned_clients(void) {
  struct fixture f = pinned(", 'connection': { 'requests': 'unlimited' }", CRASH), g = pinned("", CRASH);
  struct world *kept = fixture_run(&f, 1, "kept"), *each = fixture_run(&g, 1, "each its own");
  uint32_t victim = NONE;
  for (uint32_t i = 0; i < 4; i++)
    if (kept->containers[i].generation) victim = i;
  test_check(victim != NONE && each->containers[victim].generation == 1, "the crash struck %u", victim);
  for (uint32_t i = 0; victim != NONE && i < 4; i++) {
    const struct client_connection *c = world_sources(kept)->each[0].network.connections;
    int users = 0;
    for (int u = 0; u < 8; u++) users += c[u].container == i;
    /* Two users each; when the victim has died its two go to two of the others, and stay there when it is back. */
    test_check(i == victim ? !users : users == 2 || users == 3, "replica %u has %d users", i, users);
    int64_t asked = kept->containers[i].done_ns / (10 * SIM_MS), free_to_go = each->containers[i].done_ns / (10 * SIM_MS);
    if (i == victim)
      test_check(asked == 2 * 5 && free_to_go > 20, "the victim served %lld, with a connection each %lld", (long long)asked,
                 (long long)free_to_go);
    else
      test_check(asked == 20 * users - (users == 3 ? 5 : 0), "replica %u served %lld for %d users", i, (long long)asked, users);
  }
  world_free(kept), world_free(each);
  fixture_close(&f), fixture_close(&g);
}

/* Clients of an open source: every request of one goes where its connection leads. */
static void test_clients_of_an_open_source(void) {
  static const char *const beside[] = {"", ", 'hedge': '1h'"}; /* that never comes, and so changes nothing */
  int64_t done[6] = {0};
  for (int k = 0; k < 2; k++) {
    struct text t = {0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'clients', 'traffic': { 'x': { 'kind': 'open', 'rate': '400/s', 'mix': { 'p': 1 }, 'connection': "
        "{ "
        "'requests': 'unlimited', 'clients': 3, 'idle': 'never' } %s } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': "
        "'1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 6 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
        "'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } }",
        beside[k]);
    struct fixture f = fixture_open(&t);
    struct world *w = fixture_run(&f, 1, "clients");
    for (uint32_t i = 0; i < 6; i++) {
      double served = (double)w->containers[i].done_ns / 1e6, third = (double)w->observation.arrived / 3;
      test_check(i < 3 ? fabs(served - third) < 4 * sqrt(third) : served == 0, "replica %u served %.0f", i, served);
      if (!k) done[i] = w->containers[i].done_ns;
      test_check(w->containers[i].done_ns == done[i], "replica %u served %.0f%s, %.0f without", i, served, beside[k],
                 (double)done[i] / 1e6);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* --- no trace ------------------------------------------------------------------------------------------------------------------------ */

#define BUSY                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'busy', 'traffic': { 'x': { 'kind': 'open', 'rate': '200/s', 'timeout': '100ms', 'mix': { 'p': 3, "     \
  "'q': 1 "                                                                                                                        \
  "} %s }, 'u': { 'kind': 'closed', 'population': 20, 'think': { 'exponential': '300ms' }, 'mix': { 'p': 1 } %s } },"              \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } }, { 'query': 'd', 'reads': 1, 'demand': { "   \
  "'exponential': '2ms' } } ] %s }, 'q': { 'entry': 'a', 'steps': [ { 'external': 'e' }, { 'cpu': '5ms' } ] } },"                  \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'balance': '%s' }, 'd': { 'kind': 'database' }, 'e': { 'kind': 'external', " \
  "'latency': { 'exponential': '20ms' }, 'failure': '2%%' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 3 } } },"  \
  "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '7s' } }, 'run': { 'warmup': '2s', 'window': '30s', 'windows': 1 "  \
  "} }"

static void test_no_trace(void) {
  static const struct {
    const char *name, *open, *closed, *endpoint;
  } rows[] = {
      {"no round trip, a connection each", ", 'connection': { 'round_trip': '0s', 'requests': 1, 'handshake_cpu': '1s' }", "", ""},
      {"an endless line", ", 'link': { 'down': 'unlimited', 'up': 'unlimited' }", "", ", 'request': '5MB', 'response': '9GB'"},
      {"a CDN that never hits", "", "", ", 'cdn': { 'hit': 0, 'latency': '1s' }"},
      {"a network of the other source that takes no time", "", ", 'link': { 'down': '1Gbit/s' }", ""},
      {"TLS without round trips or work", "", ", 'connection': { 'tls': '1.2', 'handshake_cpu': '0s' }", ""},
  };
  for (int balance = 0; balance < 2; balance++) {
    const char *balancer = balance ? "random" : "round-robin";
    struct fixture plain = fixture_of(BUSY, "", "", "", balancer);
    struct world *a = fixture_run(&plain, 5, "plain");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      struct fixture f = fixture_of(BUSY, rows[i].open, rows[i].closed, rows[i].endpoint, balancer);
      struct world *b = fixture_run(&f, 5, rows[i].name);
      for (uint32_t e = 0; e < 2; e++)
        test_check(fixture_same_window(&a->observation.endpoints[e].windows[0], &b->observation.endpoints[e].windows[0]),
                   "%s, %s: other numbers for endpoint %u", rows[i].name, balancer, e);
      test_check(a->observation.sojourn_ns == b->observation.sojourn_ns && a->observation.arrived > 5000, "%s, %s: %llu arrived",
                 rows[i].name, balancer, (unsigned long long)b->observation.arrived);
      world_free(b);
      fixture_close(&f);
    }
    world_free(a);
    fixture_close(&plain);
  }
}

/* --- a CDN --------------------------------------------------------------------------------------------------------------------------- */

static void test_edge(void) {
  struct fixture all = fixture_of(LONELY, ", 'connection': { 'round_trip': '80ms', 'tls': '1.3' }, 'link': { 'down': '10Mbit/s' }",
                                  ", 'cdn': { 'hit': 1, 'latency': '12ms' }");
  struct world *w = fixture_run(&all, 1, "always");
  check_sojourn(w, "always", 4, 4 * 112 * SIM_MS);
  test_check(w->observation.services[0].calls == 0 && w->containers[0].done_ns == 0, "%llu calls reached the origin",
             (unsigned long long)w->observation.services[0].calls);
  world_free(w);
  fixture_close(&all);
}

/* Who is missed by the edge meets the origin as ever: the same demands, without the others before them. */
static void test_hits(void) {
  struct fixture f = fixture_of(BUSY, "", "", ", 'response': '1kB', 'cdn': { 'hit': '40%', 'latency': '9ms' }", "round-robin");
  struct world *w = fixture_run(&f, 5, "hits");
  const struct observation *o = &w->observation;
  double hits = o->meters[0].course.sums[0], n = (double)o->endpoints[0].windows[0].arrived;
  test_check(!strcmp(w->model->meters[0].name, "cdn_hits") && fabs(hits - 0.4 * n) < 4 * sqrt(0.24 * n), "%.0f of %.0f are hits",
             hits, n);
  struct view *v = view_new(w->model, true);
  view_read(v, w);
  struct sent_bytes sent = measure_sent(w->model, v);
  double answered = (double)o->endpoints[0].windows[0].ended[OUTCOME_COMPLETED];
  test_check(fabs(sent.cdn - answered * 1000 / 30) < 1e-6 && fabs(sent.origin - (answered - hits) * 1000 / 30) < 1e-6,
             "the CDN sent %.3f bytes a second, the origin %.3f", sent.cdn, sent.origin);
  view_free(v);
  world_free(w);
  fixture_close(&f);
}

/* A permit is a place in the service: who hears that all is sold has none while the answer is on its way. Three users of one permit
 * ask at 10 s, are served one after another for 5 ms, and each answer travels 500 ms. */
static void test_permits_stay_at_home(void) {
  struct text t = {0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'permits', 'traffic': { 'u': { 'kind': 'closed', 'population': 3, 'think': '10s', 'mix': { 'p': 1 "
      "}, 'connection': { 'round_trip': '1s', 'requests': 'unlimited' } } }, 'limits': { 'l': { 'kind': 'concurrency', 'limit': "
      "1, 'queue': 9 } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'limit': 'l', 'steps': [ { 'cpu': '5ms' }, { "
      "'reserve': 's', 'count': 2, 'sold_out': [] } ] } ] } }, 'stock': { 's': { 'amount': 2, 'at': 'c', 'demand': '0s' } },"
      "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
      "'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }");
  struct fixture f = fixture_open(&t);
  struct world *w = fixture_run(&f, 1, "permits");
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == 1 && o->ended[OUTCOME_SOLD_OUT] == 2, "%llu answered, %llu sold out",
             (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[OUTCOME_SOLD_OUT]);
  int64_t due = 3 * 2000 * SIM_MS + (5 + 10 + 15) * SIM_MS; /* a new connection: TCP, half a trip there, half back */
  test_check(o->sojourn_ns == (uint64_t)due, "%.9f s inside; by hand %.9f s", (double)o->sojourn_ns * 1e-9, (double)due * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* --- all at once --------------------------------------------------------------------------------------------------------------------- */

/* Crashes, time-outs and patience among handshakes: the audit of every run. */
static void test_random_networks(void) {
  static const char *const connections[] = {
      ", 'connection': { 'round_trip': { 'exponential': '30ms' }, 'tls': '1.3', 'requests': 5, 'clients': 40, 'idle': '1s' }",
      ", 'patience': '50ms', 'connection': { 'round_trip': '20ms', 'tls': '1.2', 'handshake_cpu': { 'exponential': '3ms' } }, "
      "'link': { "
      "'up': '1Mbit/s', 'down': '20Mbit/s' }",
      ", 'connection': { 'requests': 'unlimited', 'clients': 3, 'tls': '1.3', 'handshake_cpu': '20ms' }"};
  for (uint64_t seed = 1; seed <= 9; seed++) {
    struct fixture f =
        fixture_of(BUSY, connections[seed % 3], ", 'connection': { 'round_trip': '10ms', 'tls': '1.3', 'requests': 20 }",
                   ", 'request': '10kB', 'response': '40kB', 'cdn': { 'hit': '20%', 'latency': { 'exponential': '10ms' } }",
                   seed % 2 ? "random" : "least-connections");
    struct world *w = fixture_run(&f, seed, "random");
    test_check(w->observation.ended[OUTCOME_COMPLETED] > 2000 && w->observation.ended[OUTCOME_TIMEOUT] > 0,
               "seed %llu: %llu answers", (unsigned long long)seed, (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
    world_free(w);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"set_up", test_set_up},
                                         {"rounding", test_rounding},
                                         {"pinned_clients", test_pinned_clients},
                                         {"clients_of_an_open_source", test_clients_of_an_open_source},
                                         {"no_trace", test_no_trace},
                                         {"edge", test_edge},
                                         {"hits", test_hits},
                                         {"permits_stay_at_home", test_permits_stay_at_home},
                                         {"random_networks", test_random_networks},
                                         {NULL, NULL}};
const struct test_suite suite_client_network = {"client_network", cases};
