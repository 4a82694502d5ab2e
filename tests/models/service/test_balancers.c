/* Load balancers: picks by hand and in proportion; rings on which only the lost items move; connections that keep their replica;
 * replicas that are left alone after they failed; and old news, which is worse than none. */
#include "models/service/hash_ring.h"
#include "models/availability/outage.h"
#include "models/core/meter.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* A user who asks a every 100 ms, which asks b. Replica k of b runs on node group k. */
#define PAIR                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'pair', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '100ms', 'mix': { 'p': 1 } } " \
  "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', 'steps': [ { 'cpu': '%s' } ] %s } ] } },"                      \
  "'keys': { 'things': { 'of': 10000 } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'place': 'front', 'start': '0s' }, " \
  "'b': { 'kind': 'app', 'replicas': %d, 'backlog': 'unlimited', 'connect_timeout': '1s', 'restart': 'no', 'balance': %s } },"     \
  "'platform': { 'kind': '%s', 'network': { 'between_nodes': '0s' }, 'nodes': { 'front': { 'cpu': 64 }, %s } },"                   \
  "'run': { 'warmup': '0s', 'window': '100s', 'windows': 1 } }"
#define THREE "'x': { 'cpu': 4 }, 'y': { 'cpu': 4, 'speed': 2 }, 'z': { 'cpu': 4, 'speed': 0.5 }"
#define TWO   "'x': { 'cpu': 4 }, 'y': { 'cpu': 4, 'speed': 0.5 }"
#define TEN   "'x': { 'cpu': 64 }"

static double metered(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return w->observation.meters[i].course.sums[0];
  abort();
}

/* --- picks ---------------------------------------------------------------------------------------------------------------------- */

/* A world of which nothing but the balancer of b is asked. */
struct bench {
  struct fixture f;
  struct world *w;
  struct service *b;
  struct request r;
};

static struct bench bench_of(int replicas, const char *balance, const char *nodes) {
  struct bench t = {.f = fixture_of(PAIR, 1, "1ms", "", 1, replicas, balance, "static", nodes)};
  if (!t.f.scenario) abort();
  t.w = world_new(&t.f.scenario->model, 1, 0, WORLD_TRAFFIC);
  t.b = &t.w->services[fixture_service(&t.f, "b")];
  return t;
}

static void bench_close(struct bench *t) {
  world_free(t->w);
  fixture_close(&t->f);
}

/* The replica that request n, about things of its own, is sent to. */
static uint32_t pick_of(struct bench *t, uint64_t n) {
  const struct instruction in = {.draw = 3};
  t->r.key = t->r.subject = stream_mix(n), t->r.user = NONE;
  return balancer_pick(t->w, t->b, &in, &t->r) - t->b->first;
}

/* nginx, smooth weighted round robin of 5, 1, 1: a a b a c a a (worked through by hand, and in its source). */
static void test_smooth_turns(void) {
  static const struct {
    const char *balance, *turns;
  } rows[] = {{"{ 'policy': 'weighted', 'weights': { 'x': 5 } }", "aabacaaaabacaa"},
              {"{ 'policy': 'weighted', 'weights': { 'x': 1, 'y': 2, 'z': 3 } }", "cbacbccbacbc"},
              {"{ 'policy': 'weighted', 'weights': { 'x': 2, 'y': 2, 'z': 2 } }", "abcabc"},
              {"'weighted'", "babcbabbabcbab"}, /* by speed: 1, 2, 0.5 */
              {"'round-robin'", "abcabc"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench t = bench_of(3, rows[i].balance, THREE);
    char turns[20] = "";
    for (size_t k = 0; rows[i].turns[k]; k++) turns[k] = (char)('a' + pick_of(&t, k));
    test_check(!strcmp(turns, rows[i].turns), "%s: %s, by hand %s", rows[i].balance, turns, rows[i].turns);
    bench_close(&t);
  }
}

/* Three replicas with 0, 1 and 2 requests. Two distinct draws miss the idle one with probability 1/3; two of any with 4/9, and find
 * only the last with 1/9. Three distinct draws always find it. */
static void test_shares(void) {
  enum { PICKS = 90000 };
  static const struct {
    const char *balance;
    double share[3];
  } rows[] = {{"'random'", {1 / 3.0, 1 / 3.0, 1 / 3.0}},
              {"{ 'policy': 'weighted-random', 'weights': { 'x': 5, 'y': 4 } }", {0.5, 0.4, 0.1}},
              {"'weighted-random'", {1 / 3.5, 2 / 3.5, 0.5 / 3.5}},
              {"{ 'power_of': 1 }", {1 / 3.0, 1 / 3.0, 1 / 3.0}},
              {"{ 'power_of': 2 }", {2 / 3.0, 1 / 3.0, 0}},
              {"{ 'power_of': 2, 'distinct': false }", {5 / 9.0, 3 / 9.0, 1 / 9.0}},
              {"{ 'power_of': 3 }", {1, 0, 0}},
              {"{ 'power_of': 64 }", {1, 0, 0}},
              {"{ 'power_of': 3, 'distinct': false }", {19 / 27.0, 7 / 27.0, 1 / 27.0}},
              {"'least-connections'", {1, 0, 0}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct bench t = bench_of(3, rows[i].balance, THREE);
    double picked[3] = {0};
    for (uint32_t k = 0; t.b->balancing && k < 3; k++)
      for (uint32_t n = 0; n < k; n++) balancer_sent(t.w, t.b, t.b->first + k);
    for (uint64_t n = 0; n < PICKS; n++) picked[pick_of(&t, n)]++;
    for (int k = 0; k < 3; k++) {
      double p = rows[i].share[k], sigma = sqrt(p * (1 - p) / PICKS);
      test_check(fabs(picked[k] / PICKS - p) <= 4 * sigma, "%s: replica %d has %.5f of the picks, by hand %.5f +- %.5f",
                 rows[i].balance, k, picked[k] / PICKS, p, sigma);
    }
    bench_close(&t);
  }
}

/* Five idle replicas: draws break ties at random; who looks at all takes them in turn. */
static void test_ties(void) {
  enum { PICKS = 50000 };
  struct bench drawn = bench_of(5, "{ 'power_of': 5 }", TEN), all = bench_of(5, "'least-connections'", TEN);
  double picked[5] = {0};
  for (uint64_t n = 0; n < PICKS; n++) {
    picked[pick_of(&drawn, n)]++;
    if (n < 20) test_check(pick_of(&all, n) == n % 5, "least-connections, tie %llu: not the next", (unsigned long long)n);
  }
  for (int k = 0; k < 5; k++)
    test_check(fabs(picked[k] - PICKS / 5.0) <= 4 * sqrt(PICKS * 0.16), "power of 5: replica %d %g times", k, picked[k]);
  bench_close(&drawn), bench_close(&all);
}

/* One of one is random, bit for bit; distinct or not is then the same. */
static void test_power_of_one(void) {
  struct bench one = bench_of(7, "{ 'power_of': 1 }", TEN), same = bench_of(7, "{ 'power_of': 1, 'distinct': false }", TEN),
               any = bench_of(7, "'random'", TEN);
  bool equal = true;
  for (uint64_t n = 0; n < 1000; n++) {
    uint32_t k = pick_of(&any, n);
    equal = equal && pick_of(&one, n) == k && pick_of(&same, n) == k;
  }
  test_check(equal, "one of one is not the one that random takes");
  bench_close(&one), bench_close(&same), bench_close(&any);
}

/* --- the ring -------------------------------------------------------------------------------------------------------------------- */

/* Ten replicas of 100 places: shares of a tenth, give or take a tenth of it (4 sigma: 0.04). Without one of them only its items
 * move, and all return with it. By things and by client. */
static void test_ring(void) {
  enum { ITEMS = 20000 };
  static const char *const rows[] = {"{ 'policy': 'hash', 'keys': 'things' }", "'hash'"};
  for (size_t i = 0; i < 2; i++) {
    struct bench t = bench_of(10, rows[i], TEN);
    static uint32_t at[ITEMS];
    uint32_t count[10] = {0}, moved = 0, wrong = 0, back = 0;
    for (uint32_t n = 0; n < ITEMS; n++) count[at[n] = pick_of(&t, n)]++;
    for (int k = 0; k < 10; k++)
      test_check(fabs(count[k] / (double)ITEMS - 0.1) < 0.045, "%s: replica %d has %u of %d items", rows[i], k, count[k], ITEMS);
    struct container *gone = &t.w->containers[t.b->first + 4];
    rotation_remove(t.w, gone);
    for (uint32_t n = 0; n < ITEMS; n++) {
      uint32_t now = pick_of(&t, n);
      moved += now != at[n], wrong += now != at[n] && at[n] != 4, wrong += now == 4;
    }
    rotation_add(t.w, gone);
    for (uint32_t n = 0; n < ITEMS; n++) back += pick_of(&t, n) == at[n];
    test_check(moved == count[4] && !wrong && back == ITEMS, "%s: %u items moved, %u were of the lost one, %u wrongly; %u are back",
               rows[i], moved, count[4], wrong, back);
    bench_close(&t);
  }
}

/* All ask for the same: without a bound one replica has everything, with 1.25 none more than ceil(1.25 (m + 1) / n). */
static void test_bound(void) {
  struct bench t = bench_of(10, "{ 'policy': 'hash', 'keys': 'things', 'bound': 1.25 }", TEN);
  uint32_t most = 0;
  for (uint32_t m = 0; m < 1000; m++) {
    uint32_t k = pick_of(&t, 5), room = (uint32_t)ceil(1.25 * (m + 1) / 10);
    balancer_sent(t.w, t.b, t.b->first + k);
    most = t.b->balancing->load[k] > most ? t.b->balancing->load[k] : most;
    if (t.b->balancing->load[k] > room)
      test_check(false, "request %u is number %u there, with room for %u", m, t.b->balancing->load[k], room);
  }
  test_check(most == 125, "the fullest has %u of 1000, its room is 125", most);
  bench_close(&t);
}

/* --- response times ----------------------------------------------------------------------------------------------------------------- */

/* 10 ms at x, 20 ms at y, one request at a time. y is tried first when x has been heard of (10 ms and 100 ms of thinking later) and
 * then whenever its mean has faded below that of x, which was renewed 100 ms ago: 20 e^(-t/10) < 10 e^(-0.1/10), t since its
 * answer: 7.03147 s, in steps of 110 ms from 100 ms: at 7.14 s. A round is 64 requests to x of 110 ms and one to y of 120 ms. */
static void test_least_time(void) {
  struct fixture f = fixture_of(PAIR, 1, "10ms", "", 1, 2, "'least-time'", "static", TWO);
  struct world *w = fixture_run(&f, 1, "least-time");
  const struct container *x = &w->containers[w->services[1].first], *y = x + 1;
  /* The first at 0.1 s to x, at 0.21 s to y, at 0.33 s the first round begins; each of 7.16 s; 13 and 6.59 s are left. */
  test_check(y->computation_order == 14, "%llu requests to the slow replica, by hand 14", (unsigned long long)y->computation_order);
  test_check(x->computation_order == 1 + 13 * 64 + 60, "%llu requests to the fast one, by hand %d",
             (unsigned long long)x->computation_order, 1 + 13 * 64 + 60);
  world_free(w);
  fixture_close(&f);
}

/* The mean: 10 ms, then 30 ms one decay later: e^-1 10 + (1 - e^-1) 30 = 22.6424. */
static void test_estimate(void) {
  struct bench t = bench_of(2, "{ 'policy': 'least-time', 'decay': '1s' }", TWO);
  struct frame f = {.container = t.b->first, .generation = 0, .accepted = true, .entered = 0};
  calendar_run(t.w->calendar, 10 * SIM_MS);
  balancer_answered(t.w, t.b, &f, NONE);
  calendar_run(t.w->calendar, 1010 * SIM_MS);
  f.entered = 980 * SIM_MS;
  balancer_answered(t.w, t.b, &f, NONE);
  double mean = t.b->balancing->time[0].mean * 1e-6;
  test_check(fabs(mean - (10 * exp(-1) + 30 * (1 - exp(-1)))) < 1e-9, "mean %.9f ms, by hand 22.642411177", mean);
  bench_close(&t);
}

/* --- old news ---------------------------------------------------------------------------------------------------------------------- */

#define NEWS                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'news', 'traffic': { 'x': { 'kind': 'open', 'rate': '1.6/s', 'mix': { 'p': 1 } } },"                    \
  "'endpoints': { 'p': { 'entry': 'b', 'steps': [ { 'cpu': { 'exponential': '1s' } } ] } }, 'services': { 'b': { 'kind': 'app', "  \
  "'replicas': 2, 'backlog': 'unlimited', 'balance': %s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'count': 2, "       \
  "'cpu': "                                                                                                                        \
  "1 } } }, 'run': { 'warmup': '1000s', 'window': '100000s', 'windows': 1 } }"

/* Fresh numbers: 2.9557 s (the oracle's lb-jsq-2-rho80). Random: M/M/1, 5 s. Updated every 100 s: all 160 requests go to the one
 * that was seen empty, the other drains and is empty in its turn. There the number grows by 0.6 a second from 0, and by 1/0.6 for
 * the idle moments at the beginning: 30 + 1.67 on the mean, and its own second: 32.7 s. */
static void test_stale(void) {
  static const struct {
    const char *balance;
    double mean_s, slack;
  } rows[] = {{"'least-connections'", 2.9557, 0.1},
              {"{ 'policy': 'least-connections', 'stale': '1ms' }", 2.9557, 0.1},
              {"'random'", 5, 0.3},
              {"{ 'policy': 'least-connections', 'stale': '100s' }", 32.67, 1},
              {"{ 'power_of': 2, 'stale': '100s' }", 32.67, 1},
              {"{ 'power_of': 1, 'stale': '100s' }", 5, 0.3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(NEWS, rows[i].balance);
    struct world *w = fixture_run(&f, 3, rows[i].balance);
    double mean = fixture_mean_s(w, 0);
    test_check(fabs(mean - rows[i].mean_s) < rows[i].slack, "%s: %.3f s, by theory %.3f s", rows[i].balance, mean, rows[i].mean_s);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- connections --------------------------------------------------------------------------------------------------------------------- */

/* Ten users ask four replicas of a, in all 99 times a second; three of four b are only there after 20 s. Shares of what comes to
 * them in the last 80 s. */
static void test_scale_out(void) {
  static const struct {
    const char *balance;
    double low, high, opened;
  } rows[] = {{"'round-robin'", 0.74, 0.76, -1},
              {"{ 'per': 'connection', 'keepalive': { 'requests': 'unlimited' } }", 0, 0, 4},
              {"{ 'per': 'connection', 'keepalive': { 'requests': 'unlimited', 'age': '10s' } }", 0.70, 0.80, 40},
              {"{ 'per': 'connection', 'keepalive': { 'connections': 2, 'requests': 50 } }", 0.70, 0.80, 198},
              {"{ 'per': 'connection', 'keepalive': { 'idle': '0s' } }", 0.74, 0.76, 9900}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(PAIR, 10, "1ms", "", 4, 4, rows[i].balance, "static", TEN);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    struct container *b = &w->containers[w->services[1].first];
    w->horizon = w->measured_until;
    for (int k = 1; k < 4; k++) rotation_remove(w, b + k);
    world_warm_up(w);
    calendar_run(w->calendar, 20 * SIM_S);
    for (int k = 1; k < 4; k++) rotation_add(w, b + k);
    uint64_t before = b->computation_order;
    world_measure_until(w, 100 * SIM_S);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].balance);
    double others = (double)(b[1].computation_order + b[2].computation_order + b[3].computation_order),
           all = others + (double)(b->computation_order - before);
    test_check(others / all >= rows[i].low && others / all <= rows[i].high, "%s: the new replicas have %.4f of the requests",
               rows[i].balance, others / all);
    if (rows[i].opened >= 0) {
      double opened = metered(w, "connections_opened");
      test_check(fabs(opened - rows[i].opened) <= 0.02 * rows[i].opened, "%s: %g connections opened, by hand %g", rows[i].balance,
                 opened, rows[i].opened);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* The machine of the replica that the only connection leads to is gone, which Swarm notices 15 s later: the one request on it finds
 * nobody (1 s), and the next connection leads to the other. By request every second one finds nobody: one in 1.2 s, for 10 to 15.5
 * s (as the last heartbeat was sent). When only the process
 * dies the caller knows at once. */
static void test_connection_dies(void) {
  static const struct {
    const char *balance;
    bool machine;
    uint64_t least, most;
  } rows[] = {{"{ 'per': 'connection' }", true, 1, 1}, {"'round-robin'", true, 8, 13}, {"{ 'per': 'connection' }", false, 0, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(PAIR, 1, "1ms", "", 1, 2, rows[i].balance, "swarm", TWO);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    struct container *b = &w->containers[w->services[1].first];
    w->horizon = w->measured_until;
    world_warm_up(w);
    calendar_run(w->calendar, 10 * SIM_S + 50 * SIM_MS);
    struct container *used = b->computation_order > 1 ? b : b + 1;
    if (rows[i].machine)
      node_fails(w, &w->nodes[used->node], DISK_UNSTATED);
    else
      lifecycle_crash(w, used);
    world_measure_until(w, 100 * SIM_S);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].balance);
    uint64_t failed = fixture_ends(w, 0).by[OUTCOME_UNREACHABLE] + fixture_ends(w, 0).by[OUTCOME_REFUSED];
    test_check(failed >= rows[i].least && failed <= rows[i].most, "%s: %llu found nobody, by hand %llu to %llu", rows[i].balance,
               (unsigned long long)failed, (unsigned long long)rows[i].least, (unsigned long long)rows[i].most);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- ejection -------------------------------------------------------------------------------------------------------------------------- */

/* Failures (f) and answers (a) of replica 0 of three, at whole seconds; what then holds it, until when. */
static void test_ejection_by_hand(void) {
  static const struct {
    const char *name, *calls;
    struct ejection_config config;
    int until; /* in seconds; 0: never ejected */
  } rows[] = {
      {"nginx", "f", {.failures = 1, .time = 10 * SIM_S, .most = 1}, 10},
      {"three in a row", "ffaff", {.failures = 3, .time = 10 * SIM_S, .most = 1}, 0},
      {"three in a row at last", "ffafff", {.failures = 3, .time = 10 * SIM_S, .most = 1}, 15},
      {"failures while ejected", "fffff", {.failures = 1, .time = 3 * SIM_S, .most = 1}, 6},
      {"longer each time", "ffff", {.failures = 1, .time = 1 * SIM_S, .longest = 300 * SIM_S, .grows = true, .most = 1}, 6},
      {"answered in between", "fffafff", {.failures = 1, .time = 1 * SIM_S, .longest = 300 * SIM_S, .grows = true, .most = 1}, 7},
      {"at most", "fff", {.failures = 1, .time = 1 * SIM_S, .longest = 1500 * SIM_MS, .grows = true, .most = 1}, 2},
      {"one always may", "f", {.failures = 1, .time = 10 * SIM_S, .most = 0}, 10}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct ejector *e = ejector_new(arena, 3, 0);
    for (int t = 0; rows[i].calls[t]; t++)
      if (rows[i].calls[t] == 'f')
        ejector_failed(e, &rows[i].config, 0, 3, t * SIM_S);
      else
        ejector_answered(e, 0);
    sim_time until = e->suspects[0].until;
    test_check(until / SIM_S == rows[i].until, "%s: ejected until %.3f s, by hand %d s", rows[i].name, sim_seconds(until),
               rows[i].until);
    arena_free(arena);
  }
}

/* At most half of four: the third stays; of all four may be none left over, and then all are used. */
static void test_most_and_panic(void) {
  static const struct {
    double most;
    uint32_t ejected;
  } rows[] = {{0, 1}, {0.1, 1}, {0.5, 2}, {0.74, 2}, {0.75, 3}, {1, 4}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char balance[200];
    snprintf(balance, sizeof balance, "{ 'policy': 'random', 'eject': { 'failures': 1, 'time': '10s', 'most': %g } }",
             rows[i].most);
    struct bench t = bench_of(4, balance, TEN);
    for (uint32_t k = 0; k < 4; k++) balancer_failed(t.w, t.b, t.b->first + k, NONE);
    uint32_t seen[4] = {0}, kinds = 0;
    for (uint64_t n = 0; n < 400; n++) seen[pick_of(&t, n)]++;
    for (int k = 0; k < 4; k++) kinds += seen[k] > 0;
    uint32_t due = rows[i].ejected == 4 ? 4 : 4 - rows[i].ejected;
    test_check(kinds == due, "at most %g: %u replicas are used, by hand %u", rows[i].most, kinds, due);
    bench_close(&t);
  }
}

/* Replica 0 of two is dead for good and stays in rotation (Compose). A request every 100 ms, in turn: every second one is refused.
 * nginx's rule: one is, then for 10 s none; the next turn is the other's: a period of 101 requests. With Envoy's growing times 10,
 * 20, 30 and 40 s. Two calling replicas learn each for itself, or one for both. Slow instead of dead: a call given up after 50 ms.
 * */
static void test_ejection(void) {
  static const struct {
    const char *name, *balance, *guard;
    int callers;
    uint64_t least, most;
  } rows[] = {{"none", "'round-robin'", "", 1, 495, 500},
              {"nginx", "{ 'eject': { 'failures': 1, 'time': '10s' } }", "", 1, 10, 10},
              {"nginx, the word", "{ 'eject': 1 }", "", 1, 10, 10},
              {"Envoy", "{ 'eject': { 'failures': 1, 'time': '10s', 'grows': true } }", "", 1, 4, 4},
              {"each", "{ 'policy': 'random', 'eject': 1 }", "", 2, 18, 20},
              {"shared", "{ 'policy': 'random', 'eject': { 'failures': 1, 'scope': 'shared' } }", "", 2, 10, 10},
              {"slow", "{ 'eject': 1 }", ", 'timeout': '50ms'", 1, 10, 10}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bool slow = *rows[i].guard;
    struct fixture f = fixture_of(PAIR, rows[i].callers, slow ? "40ms" : "1us", rows[i].guard, rows[i].callers, 2, rows[i].balance,
                                  "compose", TWO);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_warm_up(w);
    if (!slow) lifecycle_crash(w, &w->containers[w->services[1].first]);
    world_measure_until(w, 100 * SIM_S);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].name);
    struct ends e = fixture_ends(w, 0);
    uint64_t failed = e.by[OUTCOME_REFUSED] + e.by[OUTCOME_CALL_TIMEOUT];
    test_check(failed >= rows[i].least && failed <= rows[i].most, "%s: %llu failed, by hand %llu to %llu", rows[i].name,
               (unsigned long long)failed, (unsigned long long)rows[i].least, (unsigned long long)rows[i].most);
    if (i) test_check(metered(w, "ejections") == (double)failed, "%s: %g ejections", rows[i].name, metered(w, "ejections"));
    world_free(w);
    fixture_close(&f);
  }
}

/* --- without requests ---------------------------------------------------------------------------------------------------------------- */

/* By weight 3 to 1, the dead one takes its share with it. */
static void test_availability(void) {
  static const struct {
    const char *balance;
    double served;
  } rows[] = {
      {"'random'", 0.5}, {"{ 'policy': 'weighted', 'weights': { 'x': 3 } }", 0.25}, {"'hash'", 0.5}, {"{ 'eject': 1 }", 0.5}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(PAIR, 1, "1ms", "", 1, 2, rows[i].balance, "compose", TWO);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    lifecycle_crash(w, &w->containers[w->services[1].first]);
    double served = outage_serving(w, 0);
    test_check(fabs(served - rows[i].served) < 1e-12, "%s: %g served, by hand %g", rows[i].balance, served, rows[i].served);
    world_free(w);
    fixture_close(&f);
  }
}

/* Requests that wait at the door, or are on their way, count as connections: two threads that hold, requests that never end. */
static void test_waiting_counts(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'door', 'traffic': { 'u': { 'kind': 'closed', 'population': 6, 'think': '1s', 'mix': { 'p': 1 } } },"
      "'endpoints': { 'p': { 'entry': 'b', 'steps': [ { 'delay': '1h' } ] } }, 'services': { 'b': { 'kind': 'app', 'replicas': 2, "
      "'runtime': 'threads', 'threads': 1, 'backlog': 'unlimited', 'balance': 'least-connections' } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "door");
  for (int k = 0; k < 2; k++)
    test_check(w->containers[k].own.door.count == 2, "replica %d: %u wait at its door, by hand 2", k,
               w->containers[k].own.door.count);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"smooth_turns", test_smooth_turns},
                                         {"shares", test_shares},
                                         {"ties", test_ties},
                                         {"power_of_one", test_power_of_one},
                                         {"ring", test_ring},
                                         {"bound", test_bound},
                                         {"least_time", test_least_time},
                                         {"estimate", test_estimate},
                                         {"stale", test_stale},
                                         {"scale_out", test_scale_out},
                                         {"connection_dies", test_connection_dies},
                                         {"ejection_by_hand", test_ejection_by_hand},
                                         {"most_and_panic", test_most_and_panic},
                                         {"ejection", test_ejection},
                                         {"availability", test_availability},
                                         {"waiting_counts", test_waiting_counts},
                                         {0}};
const struct test_suite suite_balancers = {"balancers", cases};
