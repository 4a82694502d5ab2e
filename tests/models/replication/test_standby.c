/* Long reads on a replica: what they hold up and when they are cancelled, by hand to the nanosecond. */
#include "models/replication/replication.h"
#include "models/availability/outage.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

/* Writes commit every 40 ms, at 40, 80 ... ms, and cost nothing but their replay. A reader thinks 10 ms and reads on the replica for 95 ms:
 * from 10 to 105, 115 to 210, 220 to 315, 325 ... unless cancelled; in some cases another one thinks 50 ms: from 50 to 145, 195 to 290, 340 ... */
#define TWO                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'h', 'traffic': { 'w': { 'kind': 'closed', 'population': 1, 'think': '40ms', 'mix': { 'w': 1 } }, "     \
  "'r': { 'kind': 'closed', 'population': 1, 'think': '10ms', 'mix': { 'r': 1 } }, "                                               \
  "'s': { 'kind': 'closed', 'population': %d, 'think': '%s', 'mix': { 'r': 1 } } }, "                                              \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s', 'pages': 0 } ] }, "                 \
  "'r': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'on': 'replicas', %s } ] } }, "                                     \
  "'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': 'database', 'place': 'y', 'replicas': 2, "                   \
  "'restart': 'no', 'runtime': 'event-loop', 'threads': %d, 'database': { 'buffer_hit': 0 }, "                                     \
  "'replication': { 'workers': 1, 'apply': '%s' %s } } }, "                                                                        \
  "'platform': { 'kind': 'static', 'network': { 'between_nodes': '0s' }, 'nodes': { 'x': { 'cpu': 64 }, "                          \
  "'y': { 'cpu': 8, 'count': 2, 'disk': { 'latency': '19ms', 'parallel': %d } } } }, "                                             \
  "'faults': { %s }, 'run': { 'warmup': '0s', 'window': '400ms', 'windows': 1 } }"
#define COMPUTES "'demand': '95ms', 'pages': 0"
#define PAGES    "'demand': '0s', 'pages': 5"
#define DELAY(d) ", 'conflicts': 1, 'max_standby_streaming_delay': '" d "'"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  return NULL;
}

static double sum_ms(const struct meter_observation *m) {
  return m && m->time->count ? histogram_mean(m->time) * (double)m->time->count * 1e-6 : 0;
}

static const struct {
  const char *name, *read, *apply, *keys;
  int others;         /* readers who think 50 ms */
  int applied;        /* by 400 ms */
  double lag, most;   /* ms: the sum of all lags, the longest */
  int waits;          /* for reads, that ended */
  double waited, cut; /* ms: their sum; what cancelled reads took */
  int cancelled;
} cases[] = {
    {"absent", COMPUTES, "1ms", "", 0, 9, 9, 1, 0, 0, 0, 0},
    {"nothing conflicts", COMPUTES, "1ms", ", 'conflicts': 0, 'max_standby_streaming_delay': '1ns'", 0, 9, 9, 1, 0, 0, 0, 0},
    /* 40 waits until 105 and 80 is next; 120 until 210, with 160 and 200; 240 until 315, with 280; 320 meets nobody; 360 waits. */
    {"waits for ever", COMPUTES, "1ms", DELAY("never"), 0, 8, 66 + 27 + 91 + 52 + 13 + 76 + 37 + 1, 91, 3, 65 + 90 + 75, 0, 0},
    /* Who begins while replay waits is waited for by the next write only: 40 until 105, 80 until 145, 120 until 210, 160 until 290, 200
     * until 315. */
    {"two readers", COMPUTES, "1ms", DELAY("never"), 1, 8, 66 + 66 + 91 + 131 + 116 + 77 + 38 + 1, 131, 5, 65 + 39 + 64 + 79 + 24,
     0, 0},
    /* Cancelled at 90, 170, 250 and 330; who read thinks and reads again from 100, 180, 260, 340. */
    {"cancelled after 50 ms", COMPUTES, "1ms", DELAY("50ms"), 0, 8, 4 * (51 + 12), 51, 4, 4 * 50, 80 + 3 * 70, 4},
    /* The page that is being read is read to its end, at 105, 172, 258 and 344; replay does not wait for that. */
    {"cancelled in a page", PAGES, "1ms", DELAY("50ms"), 0, 8, 4 * (51 + 12), 51, 4, 4 * 50, 95 + 57 + 76 + 76, 4},
    /* A nanosecond after each write. */
    {"cancelled at once", COMPUTES, "1ms", DELAY("1ns"), 0, 9, 9.000009, 1.000001, 9, 0.000009, 30.000001 + 8 * 30, 9},
    /* Replay is behind by more than 50 ms from the second write on: whoever reads then is cancelled when replay comes to the write, at 135,
     * 180, 225, 270, 315 and 360, after 35 ms. */
    {"no patience left", COMPUTES, "45ms", DELAY("50ms"), 0, 6, 95 + 100 + 105 + 110 + 115 + 120, 120, 7, 50, 80 + 6 * 35, 7}};

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f =
        fixture_of(TWO, 1, cases[i].others ? "50ms" : "1h", cases[i].read, 100, cases[i].apply, cases[i].keys, 100, "");
    struct world *w = fixture_run(&f, 1, cases[i].name);
    const struct meter_observation *lag = meter(w, "lag"), *waits = meter(w, "replay_wait"),
                                   *cancelled = meter(w, "cancelled_reads");
    test_check(lag->time->count == (uint64_t)cases[i].applied && fabs(sum_ms(lag) - cases[i].lag) < 1e-6 &&
                   fabs((double)histogram_max(lag->time) * 1e-6 - cases[i].most) < 1e-6,
               "%s: %llu applied with lags of %.6f ms, at most %.6f", cases[i].name, (unsigned long long)lag->time->count,
               sum_ms(lag), (double)histogram_max(lag->time) * 1e-6);
    test_check((waits ? (int)waits->time->count : 0) == cases[i].waits && fabs(sum_ms(waits) - cases[i].waited) < 1e-6,
               "%s: waited %.6f ms", cases[i].name, sum_ms(waits));
    struct ends reads = fixture_ends(w, 1);
    double whole = 95 * (double)reads.by[OUTCOME_COMPLETED], took = (double)w->observation.sojourn_ns * 1e-6 - whole;
    test_check((cancelled ? (int)cancelled->course.sums[0] : 0) == cases[i].cancelled &&
                   reads.by[OUTCOME_RECOVERY_CONFLICT] == (uint64_t)cases[i].cancelled && fabs(took - cases[i].cut) < 1e-6,
               "%s: %llu reads failed, after %.6f ms", cases[i].name, (unsigned long long)reads.by[OUTCOME_RECOVERY_CONFLICT],
               took);
    world_free(w), fixture_close(&f);
  }
}

/* Wherever a read is when it is cancelled, on a thread, in line for one, for the disk or for a lock: it leaves and everything is given back. */
static void test_wherever_it_is(void) {
  static const struct {
    const char *name, *read;
    int threads, disks;
  } where[] = {{"computing", COMPUTES, 100, 100},
               {"for a thread", COMPUTES, 3, 100},
               {"reading a page", PAGES, 100, 100},
               {"for the disk", PAGES, 100, 1},
               {"for a table", "'demand': '95ms', 'pages': 0, 'locks': { 'table': 't' }", 100, 100}};
  for (size_t i = 0; i < sizeof where / sizeof *where; i++) {
    struct fixture f = fixture_of(TWO, 20, "50ms", where[i].read, where[i].threads, "1ms", DELAY("3ms"), where[i].disks, "");
    struct world *w = fixture_run(&f, 1, where[i].name);
    uint64_t failed = fixture_ends(w, 1).by[OUTCOME_RECOVERY_CONFLICT];
    test_check(failed > (where[i].threads == 3 ? 15u : 60u) && meter(w, "lag")->time->count == 9, "%s: %llu reads failed",
               where[i].name, (unsigned long long)failed);
    test_check(histogram_max(meter(w, "lag")->time) == 4 * SIM_MS, "%s: replay is %.6f ms late", where[i].name,
               (double)histogram_max(meter(w, "lag")->time) * 1e-6);
    world_free(w), fixture_close(&f);
  }
}

/* The primary dies at 50 ms, and 10 ms later the replica may be promoted; the write of 40 ms is behind the read that ends at 105 ms. */
static void test_promotion_waits(void) {
  struct fixture f =
      fixture_of(TWO, 1, "1h", COMPUTES, 100, "1ms", DELAY("never") ", 'failover': { 'detect': '5ms', 'promote': '5ms' }", 100,
                 "'f': { 'kind': 'crash', 'service': 'd', 'at': '50ms' }");
  struct world *w = fixture_run(&f, 1, "promotion");
  const struct outage_log *log = &world_outages(w)->classes[0];
  test_check(log->rto.count == 1 && fabs(log->rto.s[0] - 0.056) < 1e-12, "back after %.9f s", log->rto.count ? log->rto.s[0] : 0);
  world_free(w), fixture_close(&f);
}

/* One of a hundred writes conflicts, with the reads that are always there: replay waits and cancels as often as it meets one. */
static void test_share(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'h', 'traffic': { 'w': { 'kind': 'open', 'rate': '1000/s', 'mix': { 'w': 1 } }, 'r': { "
                 "'kind': 'closed', "
                 "'population': 5, 'think': '0s', 'mix': { 'r': 1 } } }, 'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': "
                 "'d', 'writes': "
                 "1, 'demand': '0s' } ] }, 'r': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '10s', 'on': "
                 "'replicas' } ] } }, "
                 "'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': 'database', 'replicas': 2, 'replication': { 'apply': '0s', "
                 "'max_standby_streaming_delay': '1ms' } } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 64, "
                 "'count': 2 } } }, 'run': "
                 "{ 'warmup': '0s', 'window': '100s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "share");
  double waits = (double)meter(w, "replay_wait")->time->count;
  test_check(fabs(waits - 1000) < 4 * sqrt(1000), "%g of 100,000 writes waited, expected 1,000", waits);
  test_check(meter(w, "cancelled_reads")->course.sums[0] == 5 * waits, "%g reads were cancelled",
             meter(w, "cancelled_reads")->course.sums[0]);
  world_free(w), fixture_close(&f);
}

static const struct test_case tests[] = {{"by_hand", test_by_hand},
                                         {"wherever_it_is", test_wherever_it_is},
                                         {"promotion_waits", test_promotion_waits},
                                         {"share", test_share},
                                         {NULL, NULL}};
const struct test_suite suite_standby = {"standby", tests};
