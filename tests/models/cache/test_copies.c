/* Copies of a cache: what is filled at the primary is found at a copy one way later, and not before; a copy that refuses writes
 * stores nothing of its callers; what a copy that starts gets, and what a primary that starts empty does to the others. */
#include "models/cache/cache.h"
#include "models/cache/copies.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

/* One user in eu asks for item after item of one at instants 1 s apart; the only item there is. Its backend is in eu, the cache's
 * first replica, the primary, in us. 100 ms there and back. */
#define ONE                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'one', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '%s', 'mix': { 'p': 1 }, "       \
  "'region': 'eu' } }, 'keys': { 'k': { 'of': 1 } }, 'endpoints': { 'p': { 'entry': 'app', 'steps': [ { 'cached': 'redis', "       \
  "'key': 'k', 'demand': '1ms', 'miss': [ { 'cpu': '10ms' } ] } ] } }, 'services': { 'app': { 'kind': 'app', 'place': 'eu' }, "    \
  "'redis': { 'kind': 'cache', 'place': [ 'us', 'eu' ], 'start': '0s', 'replicas': { 'us': 1, 'eu': 1 }, 'balance': { 'policy': "  \
  "'weighted', 'weights': { "                                                                                                      \
  "'us': 0.000001, 'eu': 1 } }, 'copies': { 'primary': 'us', 'writes': '%s' } %s } }, 'platform': { 'kind': 'static', 'regions': " \
  "{ 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '100ms' }, 'between_nodes': '0s' }, 'nodes': { 'us': { 'cpu': "   \
  "4, "                                                                                                                            \
  "'region': 'us' }, 'eu': { 'cpu': 4, 'region': 'eu' } } } %s, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static double counted(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name) && !strcmp(w->model->meters[i].thing, "redis")) {
      double sum = 0;
      for (uint32_t k = 0; k < w->observation.meters[i].course.windows; k++) sum += w->observation.meters[i].course.sums[k];
      return sum;
    }
  return NAN;
}

/* The first look-up, in eu, misses: 1 ms there, 10 ms of work, 50 ms to the primary, 1 ms, 50 ms back: 112 ms. The copy has it 50 ms
 * after the fill, when the answer is there too; the next look-up hits: 1 ms. */
static void test_fill_crosses(void) {
  struct fixture f = fixture_of(ONE, "1s", "primary", "", "", "10s");
  struct world *w = fixture_run(&f, 1, "crosses");
  uint64_t answers = w->observation.ended[OUTCOME_COMPLETED], due = (uint64_t)(112 * SIM_MS) + (answers - 1) * (uint64_t)SIM_MS;
  test_check(answers >= 9 && w->observation.sojourn_ns == due, "%llu answers, %.9f s; by hand %.9f s", (unsigned long long)answers,
             (double)w->observation.sojourn_ns * 1e-9, (double)due * 1e-9);
  test_check(counted(w, "copied") == 1 && counted(w, "misses") == 1, "%g copied, %g misses", counted(w, "copied"),
             counted(w, "misses"));
  test_check(cache_content(&w->containers[1], 0)->count + cache_content(&w->containers[2], 0)->count == 2, "both have it");
  world_free(w);
  fixture_close(&f);
}

/* The copy has the item at the same instant as its caller has the answer, one way after the fill: a user who asks again 30 ms later
 * finds it. */
static void test_in_time(void) {
  struct fixture f = fixture_of(ONE, "30ms", "primary", "", "", "10s");
  struct world *w = fixture_run(&f, 1, "in time");
  test_check(counted(w, "misses") == 1, "%g misses of a lonely user", counted(w, "misses"));
  world_free(w);
  fixture_close(&f);
}

/* A copy takes no writes: every look-up misses, for ever, and each refused fill costs its command at the copy. */
static void test_refused(void) {
  struct fixture f = fixture_of(ONE, "1s", "refused", "", "", "10s");
  struct world *w = fixture_run(&f, 1, "refused");
  uint64_t answers = w->observation.ended[OUTCOME_COMPLETED];
  test_check(w->observation.sojourn_ns == answers * (uint64_t)(12 * SIM_MS), "%llu answers in %.9f s; by hand 12 ms each",
             (unsigned long long)answers, (double)w->observation.sojourn_ns * 1e-9);
  test_check(counted(w, "refused_writes") == counted(w, "misses") && counted(w, "misses") >= 9 && counted(w, "hits") == 0,
             "%g refused, %g misses", counted(w, "refused_writes"), counted(w, "misses"));
  world_free(w);
  fixture_close(&f);
}

/* The copy crashes at 5 s and is back at once, empty: 100 ms later it has what the primary holds, and the next look-up hits. */
static void test_copy_restarts(void) {
  struct fixture f = fixture_of(ONE, "1s", "primary", "",
                                ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'eu', 'at': '5s', "
                                "'repair': '1ms' } }",
                                "10s");
  struct world *w = fixture_run(&f, 1, "copy");
  test_check(counted(w, "misses") == 1 && counted(w, "copied") == 2, "%g misses, %g copied", counted(w, "misses"),
             counted(w, "copied"));
  world_free(w);
  fixture_close(&f);
}

/* The primary has no persistence: it comes back empty, and its copy is emptied too. The look-up after that misses, and fills. */
static void test_primary_restarts_empty(void) {
  struct fixture f = fixture_of(ONE, "1s", "primary", "",
                                ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'us', 'at': '5s', "
                                "'repair': '1ms' } }",
                                "10s");
  struct world *w = fixture_run(&f, 1, "primary");
  test_check(counted(w, "misses") == 2 && counted(w, "copied") == 3, "%g misses, %g copied", counted(w, "misses"),
             counted(w, "copied"));
  world_free(w);
  fixture_close(&f);
}

/* While the primary is away nothing is filled; what the copy holds goes on being found. Items expire after 3 s: filled
 * at 1.062 s, found at 2.1 and 3.1 s; from 4.1 s on every look-up misses and nothing stores it, as the primary is gone since 2.5 s. */
static void test_primary_away(void) {
  struct fixture f = fixture_of(ONE, "1s", "primary", ", 'cache': { 'ttl': '3s' }, 'connect_timeout': '0s'",
                                ", 'faults': { 'x': { 'kind': 'node', 'nodes': 'us', 'at': '2500ms', 'repair': '1h' } }", "10s");
  struct world *w = fixture_run(&f, 1, "away");
  double hits = counted(w, "hits"), misses = counted(w, "misses");
  test_check(hits == 2 && misses >= 6 && counted(w, "copied") == 1, "%g hits, %g misses", hits, misses);
  world_free(w);
  fixture_close(&f);
}

/* The link is cut from 0.5 s to 5.5 s: the first look-up, at 1 s, misses, and the fill does not get through; so do the next ones. The
 * first after 5.5 s misses once more and fills; from then on all hit. */
static void test_cut_link(void) {
  struct fixture f =
      fixture_of(ONE, "1s", "primary", ", 'connect_timeout': '0s'",
                 ", 'faults': { 'x': { 'kind': 'link', 'between': [ 'us', 'eu' ], 'at': '500ms', 'repair': '5s' } }", "10s");
  struct world *w = fixture_run(&f, 1, "cut");
  double hits = counted(w, "hits"), misses = counted(w, "misses");
  test_check(misses == 6 && hits == 3 && counted(w, "copied") == 2, "%g hits, %g misses, %g copied", hits, misses,
             counted(w, "copied"));
  world_free(w);
  fixture_close(&f);
}

static void test_bad(void) {
  static const struct {
    const char *service, *because;
  } rows[] = {
      {"'kind': 'cache', 'replicas': 1, 'copies': {}", "has one replica, and so no copies"},
      {"'kind': 'app', 'replicas': 2, 'copies': {}", "is not of kind cache: the copies of a database are its \"replication\""},
      {"'kind': 'cache', 'replicas': 2, 'place': 'us', 'copies': { 'primary': 'eu' }", "has no replica in region \"eu\""},
      {"'kind': 'cache', 'replicas': 2, 'copies': { 'primary': 'ap' }", "\"primary\" refers to \"ap\""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'bad', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 }, 'region': 'us' } }, "
        "'keys': { 'k': { 'of': 1 } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } %s ] } }, 'services': { "
        "'a': "
        "{ 'kind': 'app', 'place': 'us' }, 'redis': { %s } }, 'platform': { 'kind': 'static', 'regions': { 'us': {}, 'eu': {} }, "
        "'network': { 'round_trip': { 'us-eu': '1ms' } }, 'nodes': { 'us': { 'cpu': 4, 'region': 'us' }, 'eu': { 'cpu': 4, "
        "'region': 'eu' } } }, 'run': { 'window': '1s' } }",
        i == 1 ? "" : ", { 'cached': 'redis', 'key': 'k', 'miss': [] }", rows[i].service);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].because), "\"%s\" expected, not: %s", rows[i].because,
               f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"fill_crosses", test_fill_crosses},
                                         {"in_time", test_in_time},
                                         {"refused", test_refused},
                                         {"copy_restarts", test_copy_restarts},
                                         {"primary_restarts_empty", test_primary_restarts_empty},
                                         {"primary_away", test_primary_away},
                                         {"cut_link", test_cut_link},
                                         {"bad", test_bad},
                                         {NULL, NULL}};
const struct test_suite suite_copies = {"copies", cases};
