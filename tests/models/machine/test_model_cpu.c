/* CPU sharing against schedules worked out by hand, to the nanosecond, and the fast path against the slow one.
 *
 * A job is a user of its own who asks once, at 100 s: a delay places the job, then it computes. Its latency is the time of
 * its completion. */
#include "tests/model_fixture.h"

struct job_case {
  double at_s, work_s;
  const char *service;
  double done_s; /* by hand */
};

struct schedule {
  const char *name, *cpu, *services;
  struct job_case jobs[10];
};

#define EVENT_LOOP   "'kind': 'app', 'backlog': 'unlimited'"
#define QUOTA(cores) ", 'resources': { 'limits': { 'cpu': '" cores "' } }"
#define HYPER(cores) cores "', 'smt': 0.3, 'role': 'any" /* where a number of cores stands */

static const struct schedule schedules[] = {
    /* oracle ps-trace-3jobs */
    {"one core shared",
     "1",
     "'a': { " EVENT_LOOP ", 'threads': 9 }",
     {{0.5, 1, "a", 2.45}, {0.7, 1, "a", 2.85}, {2.0, 1, "a", 3.5}}},
    /* oracle fcfs-trace-2cores */
    {"two threads in order",
     "2",
     "'a': { " EVENT_LOOP ", 'threads': 2 }",
     {{0, 5, "a", 5}, {1, 2, "a", 3}, {2, 2, "a", 5}, {3, 4, "a", 9}, {3.5, 1, "a", 6}, {9, 3, "a", 12}, {9, 1, "a", 10}}},
    {"the same, threads held from acceptance",
     "2",
     "'a': { " EVENT_LOOP ", 'threads': 2, 'runtime': 'threads' }",
     {{0, 5, "a", 5}, {1, 2, "a", 3}, {2, 2, "a", 5}, {3, 4, "a", 9}, {3.5, 1, "a", 6}, {9, 3, "a", 12}, {9, 1, "a", 10}}},
    /* shares 2/3 each until 0.75, then 1 and 1 until 1.25, then 2 for c */
    {"1, 1 and 4 threads on 2 cores",
     "2",
     "'a': { " EVENT_LOOP " }, 'b': { " EVENT_LOOP " }, 'c': { " EVENT_LOOP ", 'threads': 4 }",
     {{0, 0.5, "a", 0.75}, {0, 1, "b", 1.25}, {0, 0.5, "c", 1.75}, {0, 0.5, "c", 1.75}, {0, 0.5, "c", 1.75}, {0, 0.5, "c", 1.75}}},
    /* c is held at half a core: 0.75, 0.75 and 0.5 until 1 s, then everything fits */
    {"a limit",
     "2",
     "'a': { " EVENT_LOOP " }, 'b': { " EVENT_LOOP " }, 'c': { " EVENT_LOOP
     ", 'threads': 4, 'resources': { 'limits': { 'cpu': '500m', 'throttle': 'fluid' } } }",
     {{0, 0.75, "a", 1}, {0, 1, "b", 1.25}, {0, 0.25, "c", 2}, {0, 0.25, "c", 2}, {0, 0.25, "c", 2}, {0, 0.25, "c", 2}}},
    {"a limit without contention",
     "8",
     "'c': { " EVENT_LOOP ", 'threads': 4, 'resources': { 'limits': { 'cpu': '1500m', 'throttle': 'fluid' } } }",
     {{0, 0.5, "c", 1}, {0, 1, "c", 1.5}, {0, 0.5, "c", 1}}},
    /* 1.5 to 0.5 until 1 s */
    {"weights",
     "2",
     "'a': { " EVENT_LOOP ", 'threads': 2, 'weight': 3 }, 'c': { " EVENT_LOOP ", 'threads': 2 }",
     {{0, 0.75, "a", 1}, {0, 0.75, "a", 1}, {0, 0.75, "c", 1.5}, {0, 0.75, "c", 1.5}}},
    /* a could have 2 cores and takes 1; the others share 2; from 2 s on c has all 3 */
    {"a weight that is not used up",
     "3",
     "'a': { " EVENT_LOOP ", 'weight': 4 }, 'b': { " EVENT_LOOP ", 'threads': 4 }, 'c': { " EVENT_LOOP ", 'threads': 4 }",
     {{0, 2, "a", 2},
      {0, 0.5, "b", 2},
      {0, 0.5, "b", 2},
      {0, 0.5, "b", 2},
      {0, 0.5, "b", 2},
      {0, 1, "c", 2.666666667},
      {0, 1, "c", 2.666666667},
      {0, 1, "c", 2.666666667},
      {0, 1, "c", 2.666666667}}},
    /* half a core for one thread */
    {"less than a core", "500m", "'a': { " EVENT_LOOP " }", {{0, 1, "a", 2}, {1, 0.25, "a", 2.5}}},
    /* with n jobs the rate is 1/n: 1/3 until 0.3, then 1/2 until 0.7, then 1 */
    /* oracle cfs-quota-single-job: 50 ms in each of five periods, and 50 more */
    {"a quota", "1", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.3, "a", 0.55}}},
    /* two threads use up 50 ms in 25 */
    {"a quota below a core",
     "8",
     "'a': { " EVENT_LOOP ", 'threads': 4" QUOTA("500m") " }",
     {{0, 0.05, "a", 0.125}, {0, 0.05, "a", 0.125}}},
    {"a quota of two processes",
     "8",
     "'a': { " EVENT_LOOP ", 'processes': { 'count': 2, 'deal': 'round-robin' }" QUOTA("500m") " }",
     {{0, 0.05, "a", 0.125}, {0, 0.05, "a", 0.125}}},
    /* four use up 150 ms in 37.5: 37.5, 37.5 and 25 of 100 */
    {"a quota above a core",
     "8",
     "'a': { " EVENT_LOOP ", 'threads': 4" QUOTA("1500m") " }",
     {{0, 0.1, "a", 0.225}, {0, 0.1, "a", 0.225}, {0, 0.1, "a", 0.225}, {0, 0.1, "a", 0.225}}},
    /* the second finds nothing left and waits for the period's end */
    {"an end with the quota", "1", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.05, "a", 0.05}, {0.06, 0.01, "a", 0.11}}},
    {"two ends with the quota",
     "2",
     "'a': { " EVENT_LOOP ", 'threads': 2" QUOTA("500m") " }",
     {{0, 0.025, "a", 0.025}, {0, 0.025, "a", 0.025}}},
    /* of three threads at once one ends with the quota, the others do not */
    {"an end among others with the quota",
     "4",
     "'a': { " EVENT_LOOP ", 'threads': 3" QUOTA("300m") " }",
     {{0, 0.01, "a", 0.01}, {0, 0.02, "a", 0.11}, {0, 0.02, "a", 0.11}}},
    /* 20 ms are gone, 30 left: from 40 to 70, and the rest from 100 on */
    {"an arrival in mid period", "1", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.02, "a", 0.02}, {0.04, 0.05, "a", 0.12}}},
    /* the timer ticks at 100 and 200 ms; the second quota begins when the first ends */
    {"across a refill", "1", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.01, "a", 0.01}, {0.15, 0.06, "a", 0.21}}},
    /* nothing ran from 100 to 200 ms: the timer stopped, and starts again with the next */
    {"after an idle period", "1", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.01, "a", 0.01}, {0.25, 0.06, "a", 0.36}}},
    /* both run at a half, b's 40 ms are gone at 80; a has the core until 100 and b 20 ms more from there, at a half */
    {"a core that is free meanwhile",
     "1",
     "'a': { " EVENT_LOOP " }, 'b': { " EVENT_LOOP QUOTA("400m") " }",
     {{0, 0.2, "a", 0.26}, {0, 0.06, "b", 0.14}}},
    /* 3 threads at 2/3 of a core use up 100 ms in 50; 33 1/3 ms of work each a period */
    {"a quota on a full node",
     "2",
     "'a': { " EVENT_LOOP ", 'threads': 3" QUOTA("1") " }",
     {{0, 0.05, "a", 0.125}, {0, 0.05, "a", 0.125}, {0, 0.05, "a", 0.125}}},
    /* the work of 1.3 cores on two threads: 0.65 each until one has ended */
    {"hyper-threads", HYPER("2"), "'a': { " EVENT_LOOP " }, 'b': { " EVENT_LOOP " }", {{0, 0.65, "a", 1}, {0, 1, "b", 1.35}}},
    /* 2.3 cores for three; two run at full speed */
    {"some hyper-threads",
     HYPER("4"),
     "'a': { " EVENT_LOOP " }, 'b': { " EVENT_LOOP ", 'threads': 2 }",
     {{0, 0.23, "a", 0.3}, {0, 0.46, "b", 0.53}, {0, 0.46, "b", 0.53}}},
    {"more threads than hyper-threads",
     HYPER("2"),
     "'a': { " EVENT_LOOP ", 'threads': 4 }",
     {{0, 0.325, "a", 1}, {0, 0.325, "a", 1}, {0, 0.325, "a", 1}, {0, 0.325, "a", 1}}},
    /* the quota is of time on hardware threads: gone in 50 ms, in which each does 32.5 ms of work */
    {"a quota on hyper-threads",
     HYPER("2"),
     "'a': { " EVENT_LOOP ", 'threads': 2" QUOTA("1") " }",
     {{0, 0.065, "a", 0.15}, {0, 0.065, "a", 0.15}}},
    /* on a core twice as fast 100 ms of work take 50 ms, the quota of one period */
    {"a quota on a fast core", "1', 'speed': 2, 'role': 'any", "'a': { " EVENT_LOOP QUOTA("500m") " }", {{0, 0.6, "a", 0.55}}},
    {"thirds", "1", "'a': { " EVENT_LOOP ", 'threads': 9 }", {{0, 0.1, "a", 0.3}, {0, 0.3, "a", 0.7}, {0, 0.4, "a", 0.8}}},
};

static struct fixture open_schedule(const struct schedule *s) {
  struct text t = {.length = 0};
  put(&t, "{ 'aguanta': 1, 'name': 'cpu', 'traffic': {");
  for (int i = 0; s->jobs[i].service; i++)
    put(&t, "%s 'u%d': { 'kind': 'closed', 'population': 1, 'think': '100s', 'mix': { 'j%d': 1 } }", i ? "," : "", i, i);
  put(&t, " }, 'endpoints': {");
  for (int i = 0; s->jobs[i].service; i++)
    put(&t, "%s 'j%d': { 'steps': [ { 'delay': '%.9fs' }, { 'call': '%s', 'steps': [ { 'cpu': '%.9fs' } ] } ] }", i ? "," : "", i,
        s->jobs[i].at_s, s->jobs[i].service, s->jobs[i].work_s);
  put(&t,
      " }, 'services': { %s }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': '%s' } } }, 'run': { 'warmup': '0s', "
      "'window': '150s', 'windows': 1 } }",
      s->services, s->cpu);
  return fixture_open(&t);
}

static void test_by_hand(void) {
  for (size_t k = 0; k < sizeof schedules / sizeof *schedules; k++) {
    const struct schedule *s = &schedules[k];
    struct fixture f = open_schedule(s);
    struct world *w = fixture_run(&f, 1, s->name);
    for (uint32_t i = 0; s->jobs[i].service; i++) {
      const struct histogram *h = fixture_latency(w, i);
      int64_t due = (int64_t)(s->jobs[i].done_s * 1e9 + 0.5), off = histogram_max(h) - due;
      /* every change of rate may round an end up by a nanosecond; an end is never early */
      test_check(h->count == 1 && off >= 0 && off <= 3, "%s: job %u is done at %lld ns, by hand %lld", s->name, i,
                 (long long)histogram_max(h), (long long)due);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* --- the same results by the fast and by the slow arithmetic ------------------------------------------------------------------- */

static const char *const base = "{ 'aguanta': 1, 'name': 'paths', 'traffic': { 'x': { 'kind': 'open', 'rate': '900/s', 'mix': { "
                                "'p': 1 } }%s }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': "
                                "'0.9ms' } } ] }%s }, 'services': { 'a': { 'kind': 'app', 'threads': %d, 'backlog': 'unlimited' "
                                "}%s }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': '%s' } } }, "
                                "'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } }";
#define HOG_ENDPOINT ", 'hog': { 'entry': 'b', 'steps': [ { 'cpu': { 'exponential': '3ms' } } ] }"

static struct histogram *latency_of(struct arena *arena, const char *name, const char *traffic, const char *endpoint, int threads,
                                    const char *services, const char *cpu) {
  struct fixture f = fixture_of(base, traffic, endpoint, threads, services, cpu);
  struct world *w = fixture_run(&f, 7, name);
  struct histogram *h = fixture_latency_in(arena, w, 0);
  world_free(w);
  fixture_close(&f);
  return h;
}

static void test_fast_path_is_slow_path(void) {
  static const struct {
    const char *name;
    int threads;
    const char *traffic, *endpoint, *services, *cpu;
  } paths[] = {
      {"just enough cores", 3, "", "", "", "3"},
      {"unlimited cores", 3, "", "", "", "unlimited"},
      {"a limit that never binds", 3, "", "", "", "3"},
      /* the node is contended again and again, yet a's fair share is its demand: rate 1 by the slow arithmetic */
      {"beside a hog", 1, ", 'h': { 'kind': 'closed', 'population': 9, 'think': { 'exponential': '7ms' }, 'mix': { 'hog': 1 } }",
       HOG_ENDPOINT, ", 'b': { 'kind': 'app', 'threads': 8 }", "2"},
      {"beside two hogs", 1,
       ", 'h': { 'kind': 'closed', 'population': 9, 'think': { 'exponential': '7ms' }, 'mix': { 'hog': 1, 'hog2': 1 } }",
       HOG_ENDPOINT ", 'hog2': { 'entry': 'c', 'steps': [ { 'cpu': { 'exponential': '3ms' } } ] }",
       ", 'b': { 'kind': 'app', 'threads': 8, 'weight': 0.3 }, 'c': { 'kind': 'app', 'threads': 8, 'weight': 0.9 }", "2.2"},
      {"beside a limited hog", 1,
       ", 'h': { 'kind': 'closed', 'population': 9, 'think': { 'exponential': '7ms' }, 'mix': { 'hog': 1 } }", HOG_ENDPOINT,
       ", 'b': { 'kind': 'app', 'threads': 8, 'resources': { 'limits': { 'cpu': '1100m', 'throttle': 'fluid' } } }", "2"},
      {"beside a throttled hog", 1,
       ", 'h': { 'kind': 'closed', 'population': 9, 'think': { 'exponential': '7ms' }, 'mix': { 'hog': 1 } }", HOG_ENDPOINT,
       ", 'b': { 'kind': 'app', 'threads': 8, 'resources': { 'limits': { 'cpu': '1100m' } } }", "2"},
  };
  struct arena *arena = arena_new();
  struct histogram *alone[] = {latency_of(arena, "alone", "", "", 1, "", "64"), latency_of(arena, "alone", "", "", 3, "", "64")};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct histogram *now =
        latency_of(arena, paths[i].name, paths[i].traffic, paths[i].endpoint, paths[i].threads, paths[i].services, paths[i].cpu);
    const struct histogram *expected = alone[paths[i].threads == 3];
    test_check(now->count > 15000 && fixture_same_values(now, expected), "%s: mean %.12g ms, alone %.12g ms", paths[i].name,
               histogram_mean(now) * 1e-6, histogram_mean(expected) * 1e-6);
  }
  arena_free(arena);
}

/* In and out of contention all the time: an end is never before its work is done (the audit counts negative queueing), and
 * the work done is the integral of the cores used. */
static void test_many_regimes(void) {
  for (uint64_t seed = 1; seed <= 8; seed++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'regimes', 'traffic': { 'x': { 'kind': 'open', 'rate': '260/s', 'mix': { 'p': 1, 'q': "
        "1, 'r': 1, 's': 0.3 } } },"
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } } ] }, 'q': { 'entry': 'b', "
        "'steps': [ { 'cpu': { 'exponential': '5ms' } } ] }, 'r': { 'entry': 'c', 'steps': [ { 'cpu': '4ms' } ] }, "
        "'s': { 'entry': 'd', 'steps': [ { 'cpu': { 'exponential': '6ms' } } ] } },"
        "'services': { 'a': { 'kind': 'app', 'threads': 3, 'weight': 0.3 }, 'b': { 'kind': 'app', 'threads': 7, "
        "'weight': 1.7 }, 'c': { 'kind': 'app', 'threads': 5, 'resources': { 'limits': { 'cpu': '700m', 'throttle': 'fluid' } } }, "
        "'d': { 'kind': 'app', 'threads': 2, 'resources': { 'limits': { 'cpu': '200m' } } } },"
        "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': '1700m', 'speed': 1.3%s } } }, 'run': { 'warmup': '0s', "
        "'window': '40s', 'windows': 1 } }",
        seed > 4 ? ", 'smt': 0.4" : "");
    struct world *w = fixture_run(&f, seed, "regimes");
    test_check(w->observation.ended[OUTCOME_COMPLETED] > 9000, "%llu completed",
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
    world_free(w);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"by_hand", test_by_hand},
                                         {"fast_path_is_slow_path", test_fast_path_is_slow_path},
                                         {"many_regimes", test_many_regimes},
                                         {NULL, NULL}};
const struct test_suite suite_model_cpu = {"model_cpu", cases};
