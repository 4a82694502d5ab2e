/* Job queues: traces by hand of waiting, priorities, visibility, dying workers and brokers, retries, dead letters and results that
 * are waited for; the clock; the autoscaler; what the walks know of jobs; theory of retries. */
#include "models/core/meter.h"
#include "models/jobs/job_queue.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* Users who ask together at 10 s (and 10 s after each answer): each publishes a job at broker c for workers w. */
#define REPORTS                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'reports', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'ask': 1 "  \
  "} } }, 'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'publish': 'reports' %s } ] } },"                                     \
  "'queues': { 'reports': { 'at': 'c', 'workers': 'w', 'steps': [ %s ] %s } },"                                                    \
  "'services': { 'a': { 'kind': 'app', 'place': 'x', 'start': '1s' }, 'c': { 'kind': 'queue', 'start': '1s', 'place': 'y' },"      \
  "'w': { 'kind': 'app', 'place': 'x', 'start': '1s' %s }, 'e': { 'kind': 'external', 'failure': '100%%' } },"                     \
  "'platform': { 'kind': 'static', 'network': { 'between_nodes': '%s' }, 'nodes': { 'x': { 'cpu': 'unlimited' }, 'y': { 'cpu': "   \
  "'unlimited' } } }, 'faults': { %s }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

#define FREE ", 'demand': '0s'"

static const struct meter_observation *meter(const struct world *w, enum job_meter m) {
  return &w->observation.meters[model_queue(w->model, 0)->meters[m]];
}

/* --- traces -------------------------------------------------------------------------------------------------------------------- */

#define CRASH(service, at) "'x': { 'kind': 'crash', 'service': '" service "', 'at': '" at "' }"

#define HANG(service, at) "'x': { 'kind': 'hang', 'service': '" service "', 'at': '" at "', 'repair': '1h' }"

struct trace {
  const char *name;
  int users;
  const char *publish, *steps, *queue, *workers, *hop, *faults, *window;
  /* By hand. */
  int done, retried, redelivered, repeated, dead, lost, refused;
  double wait_s, time_s; /* of all that were taken, and of all done */
  enum outcome outcome;
  int ended;
};

static void check_trace(const struct trace *t) {
  char queue[300]; /* the broker's commands take no time, if nothing else is said */
  snprintf(queue, sizeof queue, "%s%s", strstr(t->queue, "'demand'") ? "" : FREE, t->queue);
  struct fixture f = fixture_of(REPORTS, t->users, t->publish, t->steps, queue, t->workers, t->hop, t->faults, t->window);
  if (!f.scenario) return;
  struct world *w = fixture_run(&f, 1, t->name);
  const struct {
    enum job_meter meter;
    int expected;
  } counts[] = {{JOBS_DONE, t->done}, {JOBS_RETRIED, t->retried}, {JOBS_REDELIVERED, t->redelivered}, {JOBS_REPEATED, t->repeated},
                {JOBS_DEAD, t->dead}, {JOBS_LOST, t->lost},       {JOBS_REFUSED, t->refused}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    test_check(meter(w, counts[i].meter)->course.sums[0] == counts[i].expected, "%s: %g %s, by hand %d", t->name,
               meter(w, counts[i].meter)->course.sums[0], w->model->meters[model_queue(w->model, 0)->meters[counts[i].meter]].name,
               counts[i].expected);
  double wait = meter(w, JOBS_WAIT)->course.sums[0], time = meter(w, JOBS_TIME)->course.sums[0];
  test_check(fabs(wait - t->wait_s) < 1e-9, "%s: waits of %.9f s, by hand %.9f s", t->name, wait, t->wait_s);
  test_check(fabs(time - t->time_s) < 1e-9, "%s: times of %.9f s, by hand %.9f s", t->name, time, t->time_s);
  test_check(w->observation.ended[t->outcome] == (uint64_t)t->ended, "%s: %llu requests ended as %s, by hand %d", t->name,
             (unsigned long long)w->observation.ended[t->outcome], outcome_names[t->outcome], t->ended);
  world_free(w);
  fixture_close(&f);
}

#define CPU(seconds) "{ 'cpu': '" seconds "' }"
#define FAILS        "{ 'external': 'e' }"
#define TWO          ", 'replicas': 2"

static const struct trace traces[] = {
    /* One after another, two at a time, two that share the thread of one worker. */
    {"in turn", 3, "", CPU("2s"), "", "", "0s", "", "19s", 3, 0, 0, 0, 0, 0, 0, 0 + 2 + 4, 2 + 4 + 6, OUTCOME_COMPLETED, 3},
    {"two workers", 3, "", CPU("2s"), "", TWO, "0s", "", "19s", 3, 0, 0, 0, 0, 0, 0, 2, 2 + 2 + 4, OUTCOME_COMPLETED, 3},
    {"two at once",     3, "", CPU("2s"), ", 'concurrency': 2", "", "0s", "", "19s", 3, 0, 0, 0, 0, 0, 0, 2, 2 + 4 + 6,
     OUTCOME_COMPLETED, 3},
    {"together", 1,     ", 'count': 3", CPU("2s"),         "", "", "0s", "", "19s", 3, 0, 0, 0, 0, 0,
     0,          2 + 4, 2 + 4 + 6,      OUTCOME_COMPLETED, 1},
    /* A delay is no wait. Polling holds the slot. */
    {"delayed", 3,     ", 'delay': '1s'", CPU("2s"),         "", "", "0s", "", "19s", 3, 0, 0, 0, 0, 0,
     0,         2 + 4, 2 + 4 + 6,         OUTCOME_COMPLETED, 3},
    {"polled", 3, "",      CPU("2s"),     ", 'latency': '500ms'", "", "0s", "", "19s", 3, 0, 0, 0, 0,
     0,        0, 2.5 + 5, 2.5 + 5 + 7.5, OUTCOME_COMPLETED,      3},
    /* Publishing, taking and acknowledging take the broker 1 ms each, one after another: the first job is taken behind the two
     * publishers that come after its own, at 10.004 s. */
    {"the broker's work",
     3,
     "",
     CPU("2s"),
     ", 'demand': '1ms'",
     "",
     "0s",
     "",
     "19s",
     3,
     0,
     0,
     0,
     0,
     0,
     0,
     2.003 + 4.004,
     2.004 + 4.005 + 6.006,
     OUTCOME_COMPLETED,
     3},
    /* Half a millisecond to the broker: a job is taken by a round trip and acknowledged by another. */
    {"over the network", 3, "", CPU("2s"), "", "", "500us", "", "19s", 3, 0, 0, 0, 0, 0, 0, 2.002 + 4.004, 2.002 + 4.004 + 6.006,
     OUTCOME_COMPLETED,  3},
    /* Five seconds of work. With 2 s of visibility the job waits again at 12, 14 (until 15) and 17 s: it is done at 15 and once more
     * at 17 s. */
    {"seen again",      1, "", CPU("5s"), ", 'visibility': '2s'", TWO, "0s", "", "18500ms", 1, 0, 3, 1, 0, 0, 0, 0, 5,
     OUTCOME_COMPLETED, 1},
    {"seen twice at most",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '2s', 'deliveries': 2",
     TWO,
     "0s",
     "",
     "19s",
     0,
     0,
     1,
     0,
     1,
     0,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     1},
    {"exactly as long", 1, "", CPU("3s"), ", 'visibility': '3s'", TWO, "0s", "", "15s", 1, 0, 1, 0, 0, 0, 0, 0, 3,
     OUTCOME_COMPLETED, 1},
    {"a nanosecond more", 1, "", CPU("3s"), ", 'visibility': '3000000001ns'", TWO, "0s", "", "19s", 1, 0, 0, 0, 0, 0, 0, 0, 3,
     OUTCOME_COMPLETED,   1},
    {"renewed",         1, "", CPU("5s"), ", 'visibility': '2s', 'renewed': true", TWO, "0s", "", "19s", 1, 0, 0, 0, 0, 0, 0, 0, 5,
     OUTCOME_COMPLETED, 1},
    /* Its worker dies at 11 s and is back at 12 s. */
    {"time-out of the dead",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '3s'",
     "",
     "0s",
     CRASH("w", "11s"),
     "19s",
     1,
     0,
     2,
     0,
     0,
     0,
     0,
     0,
     8,
     OUTCOME_COMPLETED,
     1},
    {"requeued", 1, "", CPU("5s"), ", 'on_crash': 'requeue'", "", "0s", CRASH("w", "11s"), "19s", 1, 0, 1, 0, 0,
     0,          0, 0,  7,         OUTCOME_COMPLETED,         1},
    {"renewed until death",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '3s', 'renewed': true",
     "",
     "0s",
     CRASH("w", "11s"),
     "19500ms",
     1,
     0,
     1,
     0,
     0,
     0,
     0,
     0,
     9,
     OUTCOME_COMPLETED,
     1},
    /* Its worker hangs at 11 s for good: it was renewed then for the last time. */
    {"renewed until it hangs",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '3s', 'renewed': true",
     TWO,
     "0s",
     HANG("w", "11s"),
     "19500ms",
     1,
     0,
     1,
     0,
     0,
     0,
     0,
     0,
     9,
     OUTCOME_COMPLETED,
     1},
    /* It goes on at 12 s, a second late, and renews again. */
    {"renewed until it hangs and on",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '3s', 'renewed': true",
     "",
     "0s",
     "'x': { 'kind': 'hang', 'service': 'w', 'at': '11s', 'repair': '1s' }",
     "19500ms",
     1,
     0,
     0,
     0,
     0,
     0,
     0,
     0,
     6,
     OUTCOME_COMPLETED,
     1},
    {"lost with its worker",
     1,
     "",
     CPU("5s"),
     ", 'visibility': 'never'",
     "",
     "0s",
     CRASH("w", "11s"),
     "19s",
     0,
     0,
     0,
     0,
     0,
     1,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     1},
    {"one delivery",
     1,
     "",
     CPU("5s"),
     ", 'visibility': '3s', 'deliveries': 1",
     "",
     "0s",
     CRASH("w", "11s"),
     "19s",
     0,
     0,
     0,
     0,
     1,
     0,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     1},
    /* A delivery that is somewhere else when its worker dies. */
    {"dies while it waits",
     1,
     "",
     "{ 'delay': '5s' }",
     ", 'on_crash': 'requeue'",
     "",
     "0s",
     CRASH("w", "11s"),
     "19s",
     1,
     0,
     1,
     0,
     0,
     0,
     0,
     0,
     7,
     OUTCOME_COMPLETED,
     1},
    /* The broker is away from 11.5 to 12.5 s: what runs goes on, what waits is taken at 12.5 s, or gone. */
    {"durable", 3, "", CPU("2s"), "", "",        "0s",          CRASH("c", "11500ms"), "19s", 3, 0,
     0,         0, 0,  0,         0,  2.5 + 4.5, 2 + 4.5 + 6.5, OUTCOME_COMPLETED,     3},
    {"not durable",     3, "", CPU("2s"), ", 'durable': false", "", "0s", CRASH("c", "11500ms"), "19s", 1, 0, 0, 0, 0, 2, 0, 0, 2,
     OUTCOME_COMPLETED, 3},
    {"nobody to publish to", 3, "", CPU("2s"), "", "", "0s", CRASH("c", "9500ms"), "19s", 0, 0, 0, 0, 0, 0, 0, 0, 0,
     OUTCOME_NO_BACKEND,     3},
    /* Fails at 10, 11 and 13 s. */
    {"no retry", 1, "", FAILS, "", "", "0s", "", "19s", 0, 0, 0, 0, 1, 0, 0, 0, 0, OUTCOME_COMPLETED, 1},
    {"retries",
     1,
     "",
     FAILS,
     ", 'retry': { 'attempts': 3, 'backoff': '1s', 'jitter': 'none' }",
     "",
     "0s",
     "",
     "13500ms",
     0,
     2,
     0,
     0,
     1,
     0,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     1},
    {"retries go on",
     1,
     "",
     FAILS,
     ", 'retry': { 'attempts': 9, 'backoff': '1s', 'jitter': 'none' }",
     "",
     "0s",
     "",
     "17500ms",
     0,
     4,
     0,
     0,
     0,
     0,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     1}, /* its fourth retry is at 17 s and fails */
    {"a budget of one",
     2,
     "",
     FAILS,
     ", 'retry': { 'attempts': 3, 'backoff': '1s', 'budget': { 'burst': 1, 'floor': '0/s', 'ratio': 0 } }",
     "",
     "0s",
     "",
     "19s",
     0,
     1,
     0,
     0,
     2,
     0,
     0,
     0,
     0,
     OUTCOME_COMPLETED,
     2},
    /* One runs, one waits, one is too many. */
    {"refused",
     3,
     "",
     CPU("2s"),
     ", 'demand': '1ms', 'bound': 1",
     "",
     "0s",
     "",
     "19s",
     2,
     0,
     0,
     0,
     0,
     0,
     1,
     2.003,
     2.004 + 4.005,
     OUTCOME_QUEUE_FULL,
     1},
    {"dropped",
     3,
     "",
     CPU("2s"),
     ", 'demand': '1ms', 'bound': 1, 'full': 'drop'",
     "",
     "0s",
     "",
     "19s",
     2,
     0,
     0,
     0,
     0,
     0,
     1,
     2.003,
     2.004 + 4.005,
     OUTCOME_COMPLETED,
     3},
    /* The client waits: until its job is done, given up or lost. */
    {"awaited", 3,     ", 'wait': true", CPU("2s"),         "", "", "0s", "", "19s", 3, 0, 0, 0, 0, 0,
     0,         2 + 4, 2 + 4 + 6,        OUTCOME_COMPLETED, 3},
    {"awaited in vain", 2, ", 'wait': true", FAILS, "", "", "0s", "", "19s", 0, 0, 0, 0, 2, 0, 0, 0, 0, OUTCOME_JOB_FAILED, 2},
    {"awaited and lost",
     2,
     ", 'wait': true",
     CPU("2s"),
     ", 'durable': false",
     "",
     "0s",
     CRASH("c", "11500ms"),
     "19s",
     1,
     0,
     0,
     0,
     0,
     1,
     0,
     0,
     2,
     OUTCOME_JOB_FAILED,
     1},
    {"nobody waits any more", 1, ", 'wait': true", CPU("2s"), "", "", "0s", CRASH("a", "11s"), "19s", 1, 0, 0, 0, 0, 0, 0, 0, 2,
     OUTCOME_CRASHED,         1},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) check_trace(&traces[i]);
}

/* Levels by hand: the first of three jobs is taken at once; 2 wait for 2 s, 1 for 2 s more. */
static void test_levels(void) {
  struct fixture f = fixture_of(REPORTS, 3, "", CPU("2s"), FREE, "", "0s", "", "20s");
  struct world *w = fixture_run(&f, 1, "levels");
  const struct meter_observation *depth = meter(w, JOBS_DEPTH), *running = meter(w, JOBS_RUNNING);
  test_check(depth->course.sums[0] == 6e9 && running->course.sums[0] == 6e9 && running->most == 1,
             "%g job seconds waited, %g run, at most %g", depth->course.sums[0] * 1e-9, running->course.sums[0] * 1e-9,
             running->most);
  /* Looked at 1000 times in 20 s, the oldest has waited for 2 s on average while anybody waits, for 4 s of them. */
  double age = meter(w, JOBS_AGE)->course.sums[0];
  test_check(fabs(age / 1000 - (2 * 1 + 2 * 3) / 20.0) < 1e-3, "mean age %g s", age / 1000);
  world_free(w);
  fixture_close(&f);
}

/* --- who waits for what -------------------------------------------------------------------------------------------------------- */

/* One user, batches of a second each: 8 of them in one process, or as jobs of n workers, are 8 / n seconds. */
static void test_fan_out(void) {
  for (int workers = 1; workers <= 8; workers *= 2) {
    char replicas[40];
    snprintf(replicas, sizeof replicas, ", 'replicas': %d", workers);
    struct fixture f = fixture_of(REPORTS, 1, ", 'count': 8, 'wait': true", CPU("1s"), FREE, replicas, "500us", "", "19s");
    struct world *w = fixture_run(&f, 1, "fan-out");
    /* A round trip to publish, and for each job in turn one to take and one to acknowledge; what is published is taken half a trip
     * before the client knows. */
    double mean = fixture_mean_s(w, 0), by_hand = 0.0005 + 8.0 / workers * (1 + 0.002);
    test_check(fabs(mean - by_hand) < 1e-9, "%d workers: %.9f s, by hand %.9f s", workers, mean, by_hand);
    world_free(w);
    fixture_close(&f);
  }
}

/* The queue of higher priority first, within it the step of higher priority, within these first come first served; and nothing is
 * interrupted. Jobs of a second, the first at 10 s, the others
 * a millisecond later. */
static void test_priorities(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'p', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'ask': 1 } } },"
      "'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'publish': 'low' }, { 'delay': '1ms' }, { 'publish': 'low' }, { "
      "'publish': "
      "'mid', 'priority': -2 }, { 'publish': 'high' }, { 'publish': 'mid' }, { 'publish': 'low', 'priority': 9 } ] } },"
      "'queues': { 'low': { 'at': 'c', 'workers': 'w', 'demand': '0s', 'steps': [ { 'cpu': '1s' } ] },"
      "'mid': { 'at': 'c', 'workers': 'w', 'demand': '0s', 'priority': 2, 'steps': [ { 'cpu': '1s' } ] },"
      "'high': { 'at': 'c', 'workers': 'w', 'demand': '0s', 'priority': 3, 'steps': [ { 'cpu': '1s' } ] } },"
      "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' }, 'w': { 'kind': 'app' } },"
      "'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 'unlimited' } } },"
      "'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "priorities");
  /* low at once; from 11 s: low of 9, high of 3, mid of 2; low and then mid of 0, as they came. */
  static const double waits[] = {0 + 0.999 + 3.999, 2.999 + 4.999, 1.999};
  for (uint32_t i = 0; i < 3; i++) {
    double wait = w->observation.meters[model_queue(w->model, i)->meters[JOBS_WAIT]].course.sums[0];
    test_check(fabs(wait - waits[i]) < 1e-9, "%s: waits of %.9f s, by hand %.9f s", model_queue(w->model, i)->name, wait, waits[i]);
  }
  world_free(w);
  fixture_close(&f);
}

/* Idle workers take turns: of six jobs that never meet each of three does two. */
static void test_turns(void) {
  struct fixture f = fixture_of(REPORTS, 1, "", CPU("1s"), FREE, ", 'replicas': 3", "0s", "", "69s");
  struct world *w = fixture_run(&f, 1, "turns");
  const struct service *s = &w->services[fixture_service(&f, "w")];
  for (uint32_t i = 0; i < s->capacity; i++)
    test_check(w->containers[s->first + i].done_ns == 2 * SIM_S, "worker %u did %.3f s", i,
               (double)w->containers[s->first + i].done_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* --- the clock ------------------------------------------------------------------------------------------------------------------ */

static void test_schedule(void) {
  static const struct {
    const char *start, *schedule;
    int published, refused; /* in 15 s; the broker is away from 9.5 s to 10.5 s */
  } rows[] = {{"00:00:00", "{ 'every': '5s', 'at': '00:00:02', 'count': 2 }", 6, 0}, /* 2, 7, 12 */
              {"23:59:59", "{ 'every': '5s', 'at': '00:00:02', 'count': 2 }", 6, 0}, /* 3, 8, 13 */
              {"12:00:00", "{ 'every': '1d', 'at': '12:00:04' }", 1, 0},
              {"12:00:00", "{ 'every': '1d', 'at': '12:00:10' }", 0, 1},
              {"12:00:00", "{ 'every': '1d', 'at': '11:59:59' }", 0, 0},
              {"00:00:00", "{ 'every': '2s' }, { 'every': '7s' }", 8 - 1 + 3, 1}}; /* 0, 2, ... 14 without 10; 0, 7, 14 */
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 's', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'ask': 1 } } },"
                   "'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"
                   "'queues': { 'q': { 'at': 'c', 'workers': 'w', 'steps': [ { 'cpu': '1ms' } ], 'schedule': [ %s ] } },"
                   "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache', 'start': '1s' }, 'w': { 'kind': 'app' } },"
                   "'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 'unlimited' } } },"
                   "'faults': { 'x': { 'kind': 'crash', 'service': 'c', 'at': '9500ms' } },"
                   "'run': { 'start': '%s', 'window': '15s', 'windows': 1 } }",
                   rows[i].schedule, rows[i].start);
    if (!f.scenario) return;
    struct world *w = fixture_run(&f, 1, "schedule");
    test_check(
        meter(w, JOBS_PUBLISHED)->course.sums[0] == rows[i].published && meter(w, JOBS_REFUSED)->course.sums[0] == rows[i].refused,
        "row %zu: %g published, %g refused", i, meter(w, JOBS_PUBLISHED)->course.sums[0], meter(w, JOBS_REFUSED)->course.sums[0]);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- theory ----------------------------------------------------------------------------------------------------------------------- */

/* Attempts that fail with p = 1/2 each, three at most: 1/8 of the jobs is dead, p + p^2 retries a job. At 3 standard errors. */
static void test_geometric_retries(void) {
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'g', 'traffic': { 'u': { 'kind': 'open', 'rate': '20/s', 'mix': { 'ask': 1 } } },"
                 "'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'publish': 'q' } ] } },"
                 "'queues': { 'q': { 'at': 'c', 'workers': 'w', 'steps': [ { 'external': 'e' } ], 'retry': { 'attempts': 3, "
                 "'backoff': '10ms' } } },"
                 "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' }, 'w': { 'kind': 'app' }, 'e': { 'kind': "
                 "'external', 'failure': "
                 "'50%%' } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 'unlimited' } } },"
                 "'run': { 'warmup': '0s', 'window': '1000s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "geometric");
  const struct job_queue *q = &world_jobs(w)->queues[0];
  double n = (double)(q->done + q->dead), dead = (double)q->dead / n, retries = meter(w, JOBS_RETRIED)->course.sums[0] / n;
  test_check(n > 19000 && fabs(dead - 0.125) < 3 * sqrt(0.125 * 0.875 / n), "%.5f of %g are dead", dead, n);
  /* Retries: 0, 1 or 2 with 1/2, 1/4, 1/4: variance 11/16. */
  test_check(fabs(retries - 0.75) < 3 * sqrt(11.0 / 16 / n), "%.5f retries a job", retries);
  test_check(fabs(program_attempts(&w->model->programs[1], &q->config->retry) - 1.75) < 1e-12, "the walk expects other deliveries");
  world_free(w);
  fixture_close(&f);
}

/* --- walks --------------------------------------------------------------------------------------------------------------------------- */

static const struct resource *resource(const struct resource *all, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(all[i].name, name)) return &all[i];
  test_check(false, "there is no resource \"%s\"", name);
  return &all[0];
}

/* Per request: 1/2 publishes 4 jobs of 1 s on a core and 1 s of delay, each of which publishes one of 2 s; 2 replicas with 3 slots each.
 * The clock adds 0.1 jobs/s to 10 requests/s. */
static void test_walks(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'g', 'traffic': { 'u': { 'kind': 'open', 'rate': '10/s', 'mix': { 'ask': 1, 'look': 1 } } },"
      "'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'publish': 'q', 'count': 4, 'wait': true } ] }, 'look': { 'steps': [ ] } "
      "},"
      "'queues': { 'later': { 'at': 'c', 'workers': 'w', 'concurrency': 3, 'demand': '1ms', 'steps': [ { 'cpu': '2s' } ], "
      "'schedule': "
      "[ { 'every': '10s' } ] }, 'q': { 'at': 'c', 'workers': 'w', 'concurrency': 3, 'demand': '1ms', 'steps': [ { 'cpu': '1s' }, "
      "{ "
      "'delay': '1s' }, { 'publish': 'later' } ] } },"
      "'services': { 'a': { 'kind': 'app', 'runtime': 'threads', 'threads': 8 }, 'c': { 'kind': 'queue' }, 'w': { 'kind': 'app', "
      "'replicas': 2 } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 'unlimited' } } },"
      "'run': { 'warmup': '0s', 'window': '10s', 'windows': 1 } }");
  struct resource *all;
  uint32_t count = resources_of(&f.scenario->model, f.arena, &all);
  double q = 2, later = 2, clock = 0.1, q_s = 1 + 1 + 0.003, later_s = 2 + 0.002;
  const struct {
    const char *name;
    double demand_s, constant, capacity;
  } rows[] = {{"w job slots x 2", q * q_s + later * later_s, clock * later_s, 6},
              {"w event loop x 2", q * 1 + later * 2, clock * 2, 2},
              {"c thread", 0.5 * 0.001 + q * 0.003 + later * 0.002, clock * 0.002, 1},
              {"a threads", 0.5 * (0.001 + q_s), 0, 8}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct resource *r = resource(all, count, rows[i].name);
    test_check(fabs(r->demand_s - rows[i].demand_s) < 1e-9 && fabs(r->constant - rows[i].constant) < 1e-9 &&
                   r->capacity == rows[i].capacity,
               "%s: %.9f s and %.9f s of %g, by hand %.9f s and %.9f s of %g", rows[i].name, r->demand_s, r->constant, r->capacity,
               rows[i].demand_s, rows[i].constant, rows[i].capacity);
    double full = (rows[i].capacity - rows[i].constant) / rows[i].demand_s;
    test_check(fabs(resource_saturates_at(r) / full - 1) < 1e-9, "%s: full at %.9g/s, by hand %.9g/s", rows[i].name,
               resource_saturates_at(r), full);
  }
  fixture_close(&f);
}

static double served_by(void *dead, const struct instruction *in, enum route route) {
  (void)route;
  return in->service == *(int32_t *)dead ? 0.25 : 1;
}

/* A client needs the broker; the workers only if it waits for them. */
static void test_availability(void) {
  static const struct {
    const char *publish, *dead;
    double served;
  } rows[] = {{"", "c", 0.25}, {"", "w", 1}, {", 'wait': true", "w", 0.25}, {", 'wait': true", "a", 0.25}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(REPORTS, 1, rows[i].publish, CPU("2s"), "", "", "0s", "", "19s");
    int32_t dead = (int32_t)fixture_service(&f, rows[i].dead);
    double served = program_serving(&f.scenario->model.programs[0], served_by, &dead);
    test_check(served == rows[i].served, "%s dead, publish%s: %g served", rows[i].dead, rows[i].publish, served);
    fixture_close(&f);
  }
}

/* One job that always fails at 10 s: tried again as often as it may be, and taken no more often than it may be. */
static void test_deliveries(void) {
  static const struct {
    const char *keys;
    double retried;
  } rows[] = {{"'deliveries': 2", 0},
              {"'retry': { 'attempts': 5, 'backoff': '10ms' }", 4},
              {"'deliveries': 2, 'retry': { 'attempts': 5, 'backoff': '10ms' }", 1},
              {"'deliveries': 1, 'retry': { 'attempts': 5, 'backoff': '10ms' }", 0},
              {"'deliveries': 9, 'retry': { 'attempts': 5, 'backoff': '10ms' }", 4}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'd', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'ask': 1 } } "
        "}, 'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'publish': 'q' } ] } }, 'queues': { 'q': { 'at': 'c', 'workers': "
        "'a', "
        "'steps': [ { 'external': 'e' } ], %s } }, 'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' }, 'e': { 'kind': "
        "'external', 'latency': '1ms', 'failure': 1 } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 4 } } }, 'run': "
        "{ "
        "'warmup': '0s', 'window': '19s', 'windows': 1 } }",
        rows[i].keys);
    struct world *w = fixture_run(&f, 1, "deliveries");
    test_check(meter(w, JOBS_RETRIED)->course.sums[0] == rows[i].retried && meter(w, JOBS_DEAD)->course.sums[0] == 1,
               "%s: retried %g times, by hand %g; dead %g", rows[i].keys, meter(w, JOBS_RETRIED)->course.sums[0], rows[i].retried,
               meter(w, JOBS_DEAD)->course.sums[0]);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- the autoscaler -------------------------------------------------------------------------------------------------------------- */

/* 21 jobs of 100 s at 10 s, 2 for each replica wanted, 10 replicas at most; a sync every 15 s from a phase on. One job runs and 20 wait:
 * the first sync wants 10 and may have 4; then 17 wait: 9 wanted, 8 allowed; then 13 wait: 7 wanted, but the 10 of the first sync are
 * remembered for 300 s. */
static void test_autoscale(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'k', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'mix': { 'ask': 1 } } },"
      "'endpoints': { 'ask': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } },"
      "'queues': { 'q': { 'at': 'c', 'workers': 'w', 'steps': [ { 'delay': '100s' } ], 'schedule': [ { 'every': '1d', 'at': "
      "'00:00:10', 'count': 21 } ] } },"
      "'services': { 'a': { 'kind': 'app' }, 'c': { 'kind': 'cache' }, 'w': { 'kind': 'app', 'autoscale': { 'min': 1, 'max': 10, "
      "'queue': "
      "'q', 'jobs': 2 } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'x': { 'cpu': 16 } } },"
      "'run': { 'warmup': '0s', 'window': '1000s', 'windows': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  const struct service *s = &w->services[fixture_service(&f, "w")];
  int32_t seen[4] = {1}, changes = 0;
  for (sim_time at = 0; at < 100 * SIM_S; at += 100 * SIM_MS) {
    calendar_run(w->calendar, at);
    if (s->desired != seen[changes] && changes < 3) seen[++changes] = s->desired;
    test_check(world_now(w) >= 10 * SIM_S || s->desired == 1, "%d replicas before anything is asked", s->desired);
  }
  test_check(changes == 3 && seen[1] == 4 && seen[2] == 8 && seen[3] == 10, "%d changes: %d, %d, %d", changes, seen[1], seen[2],
             seen[3]);
  calendar_run(w->calendar, 900 * SIM_S);
  test_check(s->desired == 1 && world_jobs(w)->queues[0].done == 21 && !world_jobs(w)->queues[0].copies,
             "%d replicas, %llu done at the end", s->desired, (unsigned long long)world_jobs(w)->queues[0].done);
  world_free(w);
  fixture_close(&f);
}

/* Two processes that take a job each are two replicas that do: a job goes to a process that has none. */
static void test_processes(void) {
  static const char *const workers[] = {", 'runtime': 'gil', 'processes': { 'count': 2 }", ", 'runtime': 'gil', 'replicas': 2"};
  double done[2], time[2];
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(REPORTS, 10, "", "{ 'cpu': { 'exponential': '1.6s' } }",
                                  i ? FREE ", 'concurrency': 1" : FREE ", 'concurrency': 2", workers[i], "0s", "", "2000s");
    struct world *w = fixture_run(&f, 1, workers[i]);
    done[i] = meter(w, JOBS_DONE)->course.sums[0], time[i] = meter(w, JOBS_TIME)->course.sums[0];
    world_free(w), fixture_close(&f);
  }
  test_check(done[0] > 1500 && done[0] == done[1] && time[0] == time[1], "done %g and %g, in %.9g s and %.9g s", done[0], done[1],
             time[0], time[1]);
}

/* Two processes of one thread each do two jobs at once, where nothing else is said. */
static void test_slots(void) {
  struct fixture f =
      fixture_of(REPORTS, 10, "", "{ 'cpu': '1s' }", FREE, ", 'runtime': 'threads', 'processes': 2", "0s", "", "20s");
  test_check(model_queue(&f.scenario->model, 0)->concurrency == 2, "%lld at once",
             (long long)model_queue(&f.scenario->model, 0)->concurrency);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"processes", test_processes},
                                         {"slots of processes", test_slots},
                                         {"traces", test_traces},
                                         {"levels", test_levels},
                                         {"fan_out", test_fan_out},
                                         {"priorities", test_priorities},
                                         {"turns", test_turns},
                                         {"schedule", test_schedule},
                                         {"geometric_retries", test_geometric_retries},
                                         {"walks", test_walks},
                                         {"deliveries", test_deliveries},
                                         {"availability", test_availability},
                                         {"autoscale", test_autoscale},
                                         {NULL, NULL}};
const struct test_suite suite_jobs = {"jobs", cases};
