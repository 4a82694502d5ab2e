/* Hand-over of locks, CPU of commits, and queries that wait without a core: traces by hand to the nanosecond, and a closed system of which
 * the whole distribution is known. */
#include "models/database/database.h"
#include "models/database/lock.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* As in test_locks.c: users who ask together at 10 s, a database half a millisecond away. */
#define SHOP                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'shop', 'traffic': { %s }, 'endpoints': { %s }, 'services': { 'a': { 'kind': 'app', 'place': 'x', "     \
  "'threads': 64 }, 'd': { 'kind': 'database', 'place': 'y', 'start': '1s', 'database': { %s } %s } }, 'platform': { 'kind': "     \
  "'static', 'network': { 'between_nodes': '500us' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 'unlimited' } } } %s, "         \
  "'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }"

#define USERS(name, count, endpoint)                                                                                               \
  "'" name "': { 'kind': 'closed', 'population': " #count ", 'think': '10s', 'mix': { '" endpoint "': 1 } }"
#define TEN          USERS("u", 10, "p")
#define THREE        USERS("u", 3, "p")
#define LATE         ", 'v': { 'kind': 'closed', 'population': 1, 'think': '10001100us', 'mix': { 'p': 1 } }"
#define STEPS(of)    "'p': { 'entry': 'a', 'steps': [ " of " ] }"
#define WRITE        "{ 'query': 'd', 'writes': 1, 'demand': '1ms', 'locks': { 'row': 'r' } }"
#define OTHER        "{ 'query': 'd', 'writes': 1, 'demand': '1ms' }"
#define TRANSACT(of) "{ 'transaction': 'd', 'steps': [ " of " ] }"
#define BARGING      "'hand_over': { 'order': 'barging', 'cpu': '300us' }"
#define CRASH(at)    ", 'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '" at "' } }"

struct trace {
  const char *name, *traffic, *steps, *database, *service, *faults;
  uint64_t completed;
  enum outcome other;
  uint64_t others;
  int64_t sojourn_us; /* of all, together */
};

static const struct trace traces[] = {
    /* Alike, and all there: whoever is drawn, the k-th is done after 1 + k ms. */
    {"random", TEN, STEPS(WRITE), "'hand_over': 'random'", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 1000 * 55},
    {"random, with patience", TEN, STEPS(WRITE), "'hand_over': 'random', 'lock_wait': '3500us'", "", "", 4, OUTCOME_LOCK_TIMEOUT, 6,
     4000 + 1000 * 10 + 6 * 4000},
    /* Nine of them hold it for 0.1 ms more. */
    {"a hand-over", TEN, STEPS(WRITE), "'hand_over': { 'cpu': '100us' }", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0,
     10000 + 1000 * 55 + 100 * 45},
    {"a hand-over at random", TEN, STEPS(WRITE), "'hand_over': { 'order': 'random', 'cpu': '100us' }", "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10000 + 1000 * 55 + 100 * 45},
    /* Besides those that are woken wait 8, 7, ... 0: together 8, 15, 21, 26, 30, 33, 35, 36, 36 before the 2nd, 3rd, ... 10th. */
    {"a hand-over by waiters", TEN, STEPS(WRITE), "'hand_over': { 'cpu': '100us', 'cpu_per_waiter': '10us' }", "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10000 + 1000 * 55 + 100 * 45 + 10 * 240},
    /* The first has it from 0.5 to 1.5 ms; the second is woken and would have it at 1.8, the one who came at 1.6 has it until 2.6; so
     * it has it from 2.9 to 3.9, and the third from 4.2 to 5.2. */
    {"barging", THREE LATE, STEPS(WRITE), BARGING, "", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 2000 + 2000 + 4400 + 5700},
    {"nobody barges in", THREE, STEPS(WRITE), BARGING, "", "", 3, OUTCOME_LOCK_TIMEOUT, 0, 2000 + 3300 + 4600},
    {"the same in order", THREE LATE, STEPS(WRITE), "'hand_over': { 'cpu': '300us' }", "", "", 4, OUTCOME_LOCK_TIMEOUT, 0,
     2000 + 3300 + 4600 + 4800},
    /* Both that wait since 0.5 have waited for 2 ms at 2.5. */
    {"barged out of patience", THREE LATE, STEPS(WRITE), BARGING ", 'lock_wait': '2ms'", "", "", 2, OUTCOME_LOCK_TIMEOUT, 2,
     2000 + 2000 + 2 * 2500},
    /* At 1.6, while it is woken: at 1.8 the row is taken. */
    {"out of patience while woken", THREE LATE, STEPS(WRITE), BARGING ", 'lock_wait': '1100us'", "", "", 2, OUTCOME_LOCK_TIMEOUT, 2,
     2000 + 2000 + 1600 + 1800},
    {"out of patience, and it is free", THREE, STEPS(WRITE), BARGING ", 'lock_wait': '1100us'", "", "", 2, OUTCOME_LOCK_TIMEOUT, 1,
     2000 + 1600 + 3300},
    {"dead while it is woken", THREE, STEPS(WRITE), BARGING, "", CRASH("10001600us"), 1, OUTCOME_CRASHED, 2, 2000 + 2 * 1600},
    /* Held: 1 ms, 0.2 ms, 1 ms of the flush. */
    {"a commit computes", TEN, STEPS(WRITE), "'commit': { 'latency': '1ms', 'cpu': '200us' }", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0,
     10000 + 2200 * 55},
    /* 1 ms, a round trip, 1 ms, a round trip, 0.2 ms. */
    {"a commit of a transaction", TEN, STEPS(TRANSACT(WRITE "," OTHER)), "'commit': { 'cpu': '200us' }", "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10000 + 4200 * 55},
    {"nothing written", TEN, STEPS(TRANSACT("{ 'query': 'd', 'reads': 2, 'demand': '1ms' }")), "'commit': { 'cpu': '200us' }", "",
     "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10 * 5000},
    /* The row is held for 1 + 5 ms. */
    {"a query waits", TEN, STEPS("{ 'query': 'd', 'writes': 1, 'demand': '1ms', 'wait': '5ms', 'locks': { 'row': 'r' } }"), "", "",
     "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 6000 * 55},
    /* Two threads, and each is kept for 6 ms. */
    {"and keeps its thread", TEN, STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'wait': '5ms' }"), "",
     ", 'threads': 2, 'runtime': 'threads'", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 2 * 6000 * 15},
    {"and gives it back where it can", TEN, STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'wait': '5ms' }"), "",
     ", 'threads': 2", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 10 * 5000 + 2 * 1000 * 15},
    {"each query waits", TEN, STEPS("{ 'query': 'd', 'reads': 2, 'demand': '0s', 'wait': '5ms' }"), "", "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10 * 12000},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    const struct trace *t = &traces[i];
    struct fixture f = fixture_of(SHOP, t->traffic, t->steps, t->database, t->service, t->faults);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, t->name);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_COMPLETED] == t->completed && o->ended[t->other] == t->others &&
                   o->sojourn_ns == (uint64_t)(t->sojourn_us * SIM_US),
               "%s: %llu completed, %llu %s, %.6f s inside; by hand %llu, %llu, %.6f s", t->name,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[t->other], outcome_names[t->other],
               (double)o->sojourn_ns * 1e-9, (unsigned long long)t->completed, (unsigned long long)t->others,
               (double)t->sojourn_us * 1e-6);
    test_check(!pool_live(&world_locks(w)->entries) && !pool_live(&world_locks(w)->holds) && !pool_live(&w->requests),
               "%s: %u locks, %u holds, %u requests are left", t->name, pool_live(&world_locks(w)->entries),
               pool_live(&world_locks(w)->holds), pool_live(&w->requests));
    world_free(w);
    fixture_close(&f);
  }
}

/* Two readers have the table until 4.5 ms, a writer (2 ms) and another reader (4 ms) wait. The writer is drawn: 2 x 5 + 7 + 11 ms; the reader
 * is: 2 x 5 + 9 + 11. With two readers who wait, one that is drawn takes the other along: 2 x 5 + 7 + 2 x 11, or 2 x 5 + 2 x 9 + 11. */
static void test_shared(void) {
  for (int waiting = 1; waiting <= 2; waiting++) {
    char traffic[400];
    snprintf(traffic, sizeof traffic,
             USERS("u", 2, "p") "," USERS("v", 1,
                                          "q") ", 'w': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } }",
             waiting);
    struct fixture f = fixture_of(
        SHOP, traffic,
        STEPS("{ 'query': 'd', 'reads': 1, 'demand': '4ms', 'locks': { 'table': 't' } }") ", 'q': { 'entry': 'a', 'steps': [ "
                                                                                          "{ 'query': 'd', 'writes': 1, "
                                                                                          "'demand': '2ms', 'locks': { "
                                                                                          "'table': 't' } } ] }",
        "'hand_over': 'random'", "", "");
    unsigned writer_first = 0, reader_first = 0, neither = 0;
    for (uint64_t seed = 1; seed <= 24; seed++) {
      struct world *w = fixture_run(&f, seed, "shared");
      int64_t us = (int64_t)(w->observation.sojourn_ns / SIM_US), writer = 10000 + 7000 + waiting * 11000,
              reader = 10000 + waiting * 9000 + 11000;
      writer_first += us == writer, reader_first += us == reader, neither += us != writer && us != reader;
      world_free(w);
    }
    test_check(!neither && writer_first && reader_first, "%d wait: the writer was first %u times, readers %u, something else %u",
               waiting, writer_first, reader_first, neither);
    fixture_close(&f);
  }
}

/* 30 users without thought share 20 connections, and hold one row for 5.79 ms each: 19 wait for the row and 10 for a connection. Who
 * gives a connection back waits for 10 others until it has one, then for a geometric number of draws among 19, and holds the row:
 *
 *     (11 + G) x 5.79 ms, P(G > j) = (18/19)^j
 *
 * p50: j = 13, as (18/19)^13 = 0.4951; p95: 56, 0.0484; p99: 86, 0.0096; mean: 30 x 5.79 ms. First come first served: 30 x 5.79 ms. */
static void test_closed(void) {
  static const struct {
    const char *order;
    double p50, p95, p99;
  } cases[] = {{"random", 24, 67, 97}, {"fifo", 30, 30, 30}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'hot', 'traffic': { 'u': { 'kind': 'closed', 'population': 30, 'think': '0s', 'mix': { 'p': 1 } } "
        "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s', 'wait': '5790us', 'locks': "
        "{ "
        "'row': 'r' } } ] } }, 'services': { 'a': { 'kind': 'app', 'threads': 64, 'pools': { 'd': 20 } }, 'd': { 'kind': "
        "'database', "
        "'database': { 'hand_over': '%s', 'lock_wait': 'never' } } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 8 } "
        "} "
        "}, 'run': { 'warmup': '10s', 'window': '600s', 'windows': 1 } }",
        cases[i].order);
    struct world *w = fixture_run(&f, 3, cases[i].order);
    const struct histogram *h = fixture_latency(w, 0);
    double step = 5.79e6, p50 = histogram_quantile(h, 0.5) / step, p95 = histogram_quantile(h, 0.95) / step,
           p99 = histogram_quantile(h, 0.99) / step, mean = histogram_mean(h) / step;
    /* 100,000 requests, whose ranks keep each other's company: a step at p50, 3 at p95, 6 at p99 are some 4 deviations. */
    double few = i ? 0.1 : 1.1, some = i ? 0.1 : 3.1, many = i ? 0.1 : 6.1;
    test_check(fabs(mean - 30) < 0.05 && fabs(p50 - cases[i].p50) < few && fabs(p95 - cases[i].p95) < some &&
                   fabs(p99 - cases[i].p99) < many,
               "%s: mean %.3f, p50 %.2f, p95 %.2f, p99 %.2f holds; by hand 30, %g, %g, %g", cases[i].order, mean, p50, p95, p99,
               cases[i].p50, cases[i].p95, cases[i].p99);
    world_free(w);
    fixture_close(&f);
  }
}

/* A query that waits uses no core: ten together on one, 1 ms of work each. */
static void test_wait_uses_no_core(void) {
  struct fixture f = fixture_of(SHOP, TEN, STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'wait': '5ms' }"), "", "", "");
  struct world *w = fixture_run(&f, 1, "waits");
  const struct container *d = &w->containers[w->services[fixture_service(&f, "d")].first];
  const struct program *p = &f.scenario->model.programs[0];
  test_check(d->done_ns == 10 * SIM_MS, "%lld ns of work", (long long)d->done_ns);
  bool delayed = false;
  for (uint32_t i = 0; i < p->cell_count; i++)
    delayed |= p->cells[i].kind == TIME_DELAY && p->cells[i].service == (int32_t)fixture_service(&f, "d");
  test_check(delayed, "no time of the kind delay at the database");
  world_free(w);
  fixture_close(&f);
}

/* 12 threads: one holds the row, one is woken, ten wait. A hand-over takes 100 + 10 x 10 us, 1 ms of work under the lock: 1 / 1.2 ms; at
 * most, which the row says: its holder computes. Without a cost of hand-over 1,000/s. A holder that only waits, 2 ms, needs no core. */
static void test_saturation(void) {
  static const char *const costs[] = {"'hand_over': { 'cpu': '100us', 'cpu_per_waiter': '10us' }", "'hand_over': 'random'",
                                      "'hand_over': 'fifo'"},
                           *const steps[] = {
                               STEPS(WRITE), STEPS(WRITE),
                               STEPS("{ 'query': 'd', 'writes': 1, 'demand': '0s', 'wait': '2ms', 'locks': { 'row': 'r' } }")};
  static const double full_at[] = {1 / 0.0012, 1000, 500};
  for (int i = 0; i < 3; i++) {
    struct fixture f = fixture_of(SHOP, TEN, steps[i], costs[i], ", 'threads': 12", "");
    struct resource *rows;
    uint32_t count = resources_of(&f.scenario->model, f.arena, &rows), seen = 0;
    for (uint32_t k = 0; k < count; k++) {
      if (strcmp(rows[k].name, "d row r") != 0) continue;
      seen++;
      test_check(fabs(resource_saturates_at(&rows[k]) - full_at[i]) < 1e-6, "%s: full at %g/s; by hand %g", costs[i],
                 resource_saturates_at(&rows[k]), full_at[i]);
      test_check(i == 2 ? !rows[k].remark : rows[k].remark && strstr(rows[k].remark, "or below"), "%s: %s", costs[i],
                 rows[k].remark ? rows[k].remark : "no remark");
    }
    test_check(seen == 1, "%s: %u rows of the lock", costs[i], seen);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"traces", test_traces},         {"shared", test_shared},
                                         {"closed", test_closed},         {"wait_uses_no_core", test_wait_uses_no_core},
                                         {"saturation", test_saturation}, {NULL, NULL}};
const struct test_suite suite_hand_over = {"hand_over", cases};
