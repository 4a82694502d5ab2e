/* Replication: traces by hand to the nanosecond of shipping, applying and waiting for acknowledgements; who reads what; which replica
 * is promoted when, and what is lost by it. */
#include "models/replication/replication.h"
#include "models/availability/outage.h"
#include "sim/engine/ziggurat.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

/* One user, who writes every 4 ms: thinks 3 ms, a write of 1 ms; so write n commits at 4n ms. An app beside a database. */
#define WRITER                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'w', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '3ms', 'mix': { 'w': 1 } } },"     \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } },"                           \
  "'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': 'database', 'place': 'y', 'replicas': %d, 'start': '2s', "   \
  "'restart': '%s', 'replication': { %s } } }, 'platform': { 'kind': 'static', 'network': { 'between_nodes': '%s' }, 'nodes': { "  \
  "'x': { 'cpu': 64 }, 'y': { 'cpu': 8, 'count': 4 } } }, 'faults': { %s }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': "  \
  "1 } }"
#define CRASH_AT(time) "'f': { 'kind': 'crash', 'service': 'd', 'at': '" time "' }"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  abort();
}

static double counted(const struct world *w, const char *name) {
  double sum = 0;
  for (uint32_t i = 0; i < meter(w, name)->course.windows; i++) sum += meter(w, name)->course.sums[i];
  return sum;
}

static struct replication *replication_named(const struct world *w, const char *service) {
  for (uint32_t i = 0; i < w->model->services.count; i++)
    if (!strcmp(service_config(&w->services[i])->name, service)) return w->services[i].replication;
  abort();
}

static void check_time(const char *name, const char *what, double seen_ns, double due_ns) {
  test_check(fabs(seen_ns - due_ns) <= 0.5, "%s: %s is %.9f s, by hand %.9f s", name, what, seen_ns * 1e-9, due_ns * 1e-9);
}

/* --- lag ----------------------------------------------------------------------------------------------------------------------- */

/* 250 writes a second of 10 ms each to apply. With k workers of 10 ms the n-th is visible 10 (1 + (n-1)/k) ms after 4 ms and a wait,
 * if that is later than 10 ms after its commit: the backlog grows by 250 - 100 k a second, and lag = backlog / rate. */
static void test_backlog(void) {
  for (int workers = 1; workers <= 4; workers++) {
    char keys[100];
    snprintf(keys, sizeof keys, "'workers': %d, 'apply': '10ms'", workers);
    struct fixture f = fixture_of(WRITER, 2, "no", keys, "0s", CRASH_AT("1h"), "1999ms");
    struct world *w = fixture_run(&f, 1, keys);
    double applied[500] = {0}, sum = 0, longest = 0;
    int count = 0;
    for (int n = 1; n < 500; n++) {
      double begins = fmax(4 * n, n > workers ? applied[n - workers] : 0);
      applied[n] = fmax(begins + 10, applied[n - 1]);
      if (applied[n] < 1999) count++, sum += applied[n] - 4 * n, longest = fmax(longest, applied[n] - 4 * n);
    }
    const struct meter_observation *lag = meter(w, "lag"), *behind = meter(w, "behind");
    test_check(lag->time->count == (uint64_t)count, "%d workers: %llu applied, by hand %d", workers,
               (unsigned long long)lag->time->count, count);
    check_time(keys, "the longest lag", (double)histogram_max(lag->time), longest * 1e6);
    check_time(keys, "the sum of all lags", histogram_mean(lag->time) * count, sum * 1e6);
    const struct replication *p = replication_named(w, "d");
    test_check(p->head == 499 && p->replicas[1].applied == (uint64_t)count && p->replicas[1].received == 499,
               "%d workers: %llu in the log, %llu applied", workers, (unsigned long long)p->head,
               (unsigned long long)p->replicas[1].applied);
    test_check(workers > 2 || (behind->most >= 499 - count && behind->most <= 500 - count),
               "%d workers: %g behind at the most, by hand %d at the end", workers, behind->most, 499 - count);
    test_check(workers < 3 || longest == 10, "%d workers keep up: the lag is the work", workers);
    /* It is work of the replica's machine. */
    double used = w->containers[w->services[1].first + 1].used_ns, due = 0;
    for (int n = 1; n < 500; n++) {
      double begins = applied[n] < 1999 ? applied[n] - 10 : fmax(4 * n, n > workers ? applied[n - workers] : 0);
      due += begins < 1999 ? fmin(10, 1999 - begins) : 0;
    }
    test_check(fabs(used - due * 1e6) <= 1e5, "%d workers computed %.6f s, by hand %.6f s", workers, used * 1e-9, due * 1e-3);
    world_free(w);
    fixture_close(&f);
  }
}

/* Without "apply" a replica works as long as the primary did, on a slower machine longer; and the network and the reads there come on
 * top. One core: a write of 1 ms, of which the reader's 20 ms take half. */
static void test_apply_is_work(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'w', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '100ms', 'mix': { 'w': 1 } } },"
      "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' }, { 'query': 'd', 'reads': 1, "
      "'demand': '20ms', 'on': 'replicas' } ] } }, 'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': 'database', "
      "'place': 'y', 'replicas': 2, 'replication': { 'ship': '3ms' } } }, 'platform': { 'kind': 'static', 'network': { "
      "'between_nodes': '0s' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 1, 'count': 2, 'speed': 0.5 } } }, 'run': { 'warmup': "
      "'0s', 'window': '1s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "work");
  const struct histogram *lag = meter(w, "lag")->time;
  /* A core of half the speed: 2 ms, for which the read of 40 ms leaves half a core: 4 ms, after 3 ms. */
  test_check(lag->count == 7 && histogram_max(lag) == 7 * SIM_MS && histogram_min(lag) == 7 * SIM_MS,
             "%llu applied, after %.9f to %.9f s", (unsigned long long)lag->count, (double)histogram_min(lag) * 1e-9,
             (double)histogram_max(lag) * 1e-9);
  check_time("work", "the latency", fixture_mean_s(w, 0) * 1e9, (2 + 42) * 1e6);
  world_free(w);
  fixture_close(&f);
}

/* A replica does what the writes did, whatever else is done before they commit: between two requests, so lag is the work written.
 * Database o is replicated too. */
static void test_applies_what_was_written(void) {
#define WRITES(n)          "{ 'query': 'd', 'writes': " #n ", 'demand': '1ms' }"
#define TRANSACTION(steps) "{ 'transaction': 'd', 'steps': [ " steps " ] }"
#define POOLER             ", 'p': { 'kind': 'proxy', 'place': 'x', 'pooler': { 'database': 'd', 'pool_size': 5, 'demand': '3ms' } }"
  static const struct {
    const char *name, *steps, *pooler;
    double lag_ms;
  } rows[] = {{"a write", WRITES(1), "", 1},
              {"in a transaction", TRANSACTION(WRITES(1)), "", 1},
              {"ten writes", TRANSACTION(WRITES(10)), "", 10},
              {"then computing", TRANSACTION(WRITES(2) ", { 'cpu': '20ms' }"), "", 2},
              {"then reading", TRANSACTION(WRITES(2) ", { 'query': 'd', 'reads': 1, 'demand': '7ms' }"), "", 2},
              {"through a pooler", TRANSACTION(WRITES(1)), POOLER, 1},
              {"another inside", TRANSACTION(WRITES(2) ", { 'query': 'o', 'writes': 1, 'demand': '9ms' }"), "", 2},
              {"a table that has grown",
               "{ 'query': 'd', 'writes': 1, 'demand': '1ms', 'growth': { 'rows': 3000, 'measured_at': 1000, 'access': 'scan' } }",
               "", 3}};
#undef WRITES
#undef TRANSACTION
#undef POOLER
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'w', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '100ms', 'mix': { 'w': 1 } } "
        "},"
        "'endpoints': { 'w': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'place': 'x', 'pools': { "
        "'d': "
        "{ 'max': 5 } } }, 'd': { 'kind': 'database', 'place': 'y', 'replicas': 2, 'replication': {} }, 'o': { 'kind': 'database', "
        "'place': 'z', 'replicas': 2, 'replication': {} } %s }, 'platform': { 'kind': 'static', 'network': { 'between_nodes': '0s' "
        "}, "
        "'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 1, 'count': 2 }, 'z': { 'cpu': 1, 'count': 2, 'speed': 2 } } }, 'run': { "
        "'warmup': '0s', 'window': '5s', 'windows': 1 } }",
        rows[i].steps, rows[i].pooler);
    struct world *w = fixture_run(&f, 1, rows[i].name);
    const struct histogram *lag = meter(w, "lag")->time;
    test_check(lag->count > 30, "%s: only %llu applied", rows[i].name, (unsigned long long)lag->count);
    check_time(rows[i].name, "the shortest lag", (double)histogram_min(lag), rows[i].lag_ms * 1e6);
    check_time(rows[i].name, "the longest lag", (double)histogram_max(lag), rows[i].lag_ms * 1e6);
    world_free(w), fixture_close(&f);
  }
}

/* --- commits ------------------------------------------------------------------------------------------------------------------- */

/* 0.5 ms to the primary, 1 ms of work, 0.5 ms back; and what the mode adds. */
static void test_modes(void) {
  static const struct {
    const char *keys;
    int64_t latency_us;
  } modes[] = {{"'mode': 'asynchronous', 'ship': '1h'", 2000},
               {"'mode': 'semi-synchronous'", 3000},
               {"'mode': 'semi-synchronous', 'ship': '2ms'", 4500},
               {"'mode': 'synchronous', 'flush': '200us'", 3200},
               {"'mode': 'synchronous'", 3100},
               {"'mode': 'synchronous', 'acks': 2, 'flush': '1ms'", 4000},
               {"'mode': 'synchronous-apply', 'apply': '5ms'", 8000},
               {"'mode': 'synchronous-apply'", 4000}};
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
    struct fixture f = fixture_of(WRITER, 3, "no", modes[i].keys, "500us", CRASH_AT("1h"), "10s");
    struct world *w = fixture_run(&f, 1, modes[i].keys);
    check_time(modes[i].keys, "the latency", fixture_mean_s(w, 0) * 1e9, (double)modes[i].latency_us * 1e3);
    const struct program *p = &w->model->programs[0];
    double waited = 0;
    for (uint32_t c = 0; c < p->cell_count; c++)
      for (uint32_t b = 0; b < SLOW_BINS; b++)
        if (p->cells[c].kind == TIME_REPLICATION) waited += fixture_slow_ns(w, 0, b, c);
    check_time(modes[i].keys, "the time of kind replication", waited / (double)fixture_latency(w, 0)->count,
               (double)(modes[i].latency_us - 2000) * 1e3);
    world_free(w);
    fixture_close(&f);
  }
}

/* The only replica dies at 4.0005 s: a synchronous commit waits for it, for ever or until it is back; a semi-synchronous one for
 * 10 s, and the others not at all; once the replica has caught up commits wait again. Cycles of 5 ms and 4 ms. */
static void test_standby_gone(void) {
  static const struct {
    const char *keys, *restart, *window;
    uint64_t completed, degraded;
    bool waits, blocks;
  } gone[] = {
      {"'mode': 'asynchronous'", "no", "20s", 3999, 0, false, false}, /* 5 ms a cycle: 2 of network */
      {"'mode': 'synchronous', 'flush': '0s'", "no", "20s", 666, 0, true, true},
      {"'mode': 'semi-synchronous'", "no", "20s", 0, 1, false, false},
      {"'mode': 'synchronous', 'flush': '0s'", "always", "20s", 0, 0, false, false},
  };
  for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
    struct fixture f = fixture_of(WRITER, 2, gone[i].restart, gone[i].keys, "500us", CRASH_AT("1h"), gone[i].window);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_warm_up(w);
    calendar_run(w->calendar, 4000500 * SIM_US);
    lifecycle_crash(w, &w->containers[w->services[1].first + 1]);
    world_measure_until(w, w->measured_until);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)gone[i].keys);
    struct replication *p = w->services[1].replication;
    uint64_t completed = w->observation.ended[OUTCOME_COMPLETED];
    /* Semi-synchronous: 6 ms a cycle until 4 s, then 10 s for one, then 5 ms a cycle. With a restart: a gap of 2 s. */
    uint64_t due = gone[i].completed ? gone[i].completed : gone[i].degraded ? 666 + 1 + 5996 / 5 : 666 + (20000 - 6001) / 6 + 1;
    test_check(completed + 1 >= due && completed <= due + 1, "%s, restart %s: %llu completed, by hand %llu", gone[i].keys,
               gone[i].restart, (unsigned long long)completed, (unsigned long long)due);
    test_check(p->line.queue.count == gone[i].waits && (quorum_serves(p, 0) == 0) == gone[i].blocks &&
                   p->degraded == gone[i].degraded,
               "%s, restart %s: %u commits wait, blocks %d, degraded %d", gone[i].keys, gone[i].restart, p->line.queue.count,
               quorum_serves(p, 0) == 0, p->degraded);
    world_free(w);
    fixture_close(&f);
  }
}

/* Commits wait again once the replica has caught up: it is back 2 s after its death, before and after the 10 s. */
static void test_semi_synchronous_again(void) {
  struct fixture f =
      fixture_of(WRITER, 2, "always", "'mode': 'semi-synchronous', 'ack_wait': '1s'", "500us", CRASH_AT("1h"), "10s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until;
  world_warm_up(w);
  calendar_run(w->calendar, 4000500 * SIM_US);
  lifecycle_crash(w, &w->containers[w->services[1].first + 1]);
  calendar_run(w->calendar, 5900 * SIM_MS);
  test_check(w->services[1].replication->degraded, "commits do not wait");
  calendar_run(w->calendar, 7 * SIM_S);
  test_check(!w->services[1].replication->degraded, "commits wait again");
  world_measure_until(w, w->measured_until);
  test_check(counted(w, "degraded") == 1, "%g times", counted(w, "degraded"));
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "again");
  world_free(w);
  fixture_close(&f);
}

/* --- reads ------------------------------------------------------------------------------------------------------------------------ */

/* A write, `delay` later a read; the replica applies for 10 ms. */
#define READER                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'u': { %s } }, 'endpoints': { 'both': { 'entry': 'a', 'steps': [ %s ] }, 'w': { "     \
  "'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] }, 'r': { 'entry': 'a', 'steps': [ { 'query': 'd', "   \
  "'reads': 1, 'demand': '0s', 'on': 'replicas' } ] } }, 'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': "      \
  "'database', 'place': 'y', 'replicas': 3, 'replication': { 'apply': '10ms', 'workers': 1 %s } } }, 'platform': { 'kind': "       \
  "'static', 'network': { 'between_nodes': '0s' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 8, 'count': 3 } } }, 'run': { "    \
  "'warmup': '0s', 'window': '10500ms', 'windows': 1 } }"
#define STEPS(delay, reads, on)                                                                                                    \
  "{ 'query': 'd', 'writes': 1, 'demand': '0s' }, { 'delay': '" delay "' }, { 'query': 'd', 'reads': " reads                       \
  ", 'demand': '0s', 'on': '" on "' }"
#define CLOSED      "'kind': 'closed', 'population': 1, 'think': '1s', 'mix': { 'both': 1 }"
#define WALK(think) "'kind': 'session', 'rate': '10/s', 'journey': [ { 'ask': 'w', 'think': '" think "' }, { 'ask': 'r' } ]"

static void test_read_your_writes(void) {
  static const struct {
    const char *name, *source, *steps, *keys;
    double reads, stale; /* of each write */
  } cases[] = {
      {"too early", CLOSED, STEPS("9ms", "1", "replicas"), "", 1, 1},
      {"late enough", CLOSED, STEPS("11ms", "1", "replicas"), "", 1, 0},
      {"at the primary", CLOSED, STEPS("1ms", "1", "primary"), "", 1, 0},
      {"in turn, and from then on anywhere", CLOSED, STEPS("1ms", "1", "any"), "", 1, 2.0 / 3},
      {"kept to the primary", CLOSED, STEPS("9ms", "1", "replicas"), ", 'after_write': '10ms'", 1, 0},
      {"kept for too short a time", CLOSED, STEPS("9ms", "1", "replicas"), ", 'after_write': '8ms'", 1, 1},
      {"nobody near enough", CLOSED, STEPS("9ms", "1", "replicas"), ", 'max_lag': '8ms'", 1, 0},
      {"near enough", CLOSED, STEPS("9ms", "1", "replicas"), ", 'max_lag': '9ms'", 1, 1},
      {"seen before the commit returns", CLOSED, STEPS("0s", "2", "replicas"), ", 'mode': 'synchronous-apply', 'acks': 2", 2, 0},
      {"a session, too early", WALK("9ms"), STEPS("0s", "1", "any"), "", 1, 1},
      {"a session, late enough", WALK("2s"), STEPS("0s", "1", "any"), "", 1, 0},
      {"an attempt tells its caller", CLOSED,
       "{ 'call': 'a', 'timeout': '1s', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] }, { 'query': 'd', 'reads': 1, "
       "'demand': '0s', 'on': 'replicas' }",
       "", 1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(READER, cases[i].source, cases[i].steps, cases[i].keys);
    struct world *w = fixture_run(&f, 1, cases[i].name);
    double writes = (double)replication_named(w, "d")->head, reads = counted(w, "reads_after_write"),
           stale = counted(w, "stale_reads");
    bool session = strstr(cases[i].source, "session");
    double slack = session ? 30 : 2; /* on their way at the end */
    test_check(writes >= 9 && fabs(reads - cases[i].reads * writes) <= slack &&
                   fabs(stale - cases[i].stale * reads) <= (session ? 0.35 * reads : 1),
               "%s: %g writes, %g reads after them, %g stale", cases[i].name, writes, reads, stale);
    test_check(cases[i].stale > 0 || stale == 0, "%s: %g stale reads", cases[i].name, stale);
    world_free(w);
    fixture_close(&f);
  }
}

/* Three replicas, two of them for menus: each does the work of its role, and where there is nobody the primary does. */
static void test_roles(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'roles', 'traffic': { 'x': { 'kind': 'open', 'rate': '100/s', 'mix': { 'm': 3, 'r': 1, 'p': 1, "
      "'any': "
      "1 } } }, 'endpoints': { 'm': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms', 'on': 'menu' } ] }, "
      "'r': "
      "{ 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '10ms', 'on': 'reports' } ] }, 'p': { 'entry': 'a', "
      "'steps': "
      "[ { 'query': 'd', 'reads': 1, 'demand': '100us', 'on': 'replicas' } ] }, 'any': { 'entry': 'a', 'steps': [ { 'query': 'd', "
      "'reads': 1, 'demand': '10us' } ] } }, 'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': 'database', 'replicas': 4, "
      "'restart': 'no', 'replication': { 'roles': [ 'menu', 'reports', 'menu' ] } } }, 'platform': { 'kind': 'static', 'nodes': { "
      "'n': { 'cpu': 64, 'count': 4 } } }, 'run': { 'warmup': '0s', 'window': '200s', 'windows': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  world_warm_up(w);
  calendar_run(w->calendar, 100 * SIM_S);
  struct container *d = &w->containers[w->services[1].first];
  double n = 10000, any = 1e4 * n / 24, reads = 1e5 * n / 18,
         due[] = {any, 1e6 * n / 4 + reads + any, 1e7 * n / 6 + reads + any, 1e6 * n / 4 + reads + any};
  for (int i = 0; i < 4; i++)
    test_check(fabs((double)d[i].done_ns - due[i]) <= 0.08 * due[i], "replica %d computed %.4f s, expected %.4f s", i,
               (double)d[i].done_ns * 1e-9, due[i] * 1e-9);
  int64_t before = d[0].done_ns;
  lifecycle_crash(w, &d[2]); /* the only one for reports */
  calendar_run(w->calendar, 200 * SIM_S);
  double more = (double)(d[0].done_ns - before);
  test_check(fabs(more - 1e7 * n / 6) <= 0.1 * more, "the primary did %.4f s of reports", more * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* --- failover -------------------------------------------------------------------------------------------------------------------- */

#define FAILOVER ", 'failover': { 'detect': '5s', 'promote': '1s' %s }"

/* Write n commits at 4n ms. The primary dies at 9.999 s: 2,499 writes. What a ship delay of 10 ms had not brought over is lost: those of
 * 9.992 and 9.996 s. */
static void test_failover(void) {
  static const struct {
    const char *name, *keys, *restart, *at;
    uint32_t primary; /* in the end */
    double lost;
    int64_t rpo_ns, outage_ns; /* -1: none was recorded */
  } cases[] = {
      {"nothing on its way", "'failover': { 'detect': '5s', 'promote': '1s' }", "no", "9999ms", 1, 0, 0, 6 * SIM_S},
      {"the last 10 ms", "'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s' }", "no", "9999ms", 1, 2, 7 * SIM_MS,
       6 * SIM_S},
      {"the last 100 ms", "'ship': '100ms', 'failover': { 'detect': '5s', 'promote': '1s' }", "no", "9999ms", 1, 25, 99 * SIM_MS,
       6 * SIM_S},
      {"nobody to promote", "'ship': '10ms'", "no", "9999ms", 0, 0, -1, -1},
      {"too much would be lost", "'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s', 'max_lag': '6ms' }", "no",
       "9999ms", 0, 0, -1, -1},
      {"just not too much", "'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s', 'max_lag': '7ms' }", "no", "9999ms", 1,
       2, 7 * SIM_MS, 6 * SIM_S},
      {"back before it is noticed", "'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s' }", "always", "9999ms", 0, 0, 0,
       2 * SIM_S},
      {"back too late", "'ship': '10ms', 'failover': { 'detect': '1s', 'promote': '500ms', 'resync': '9s' }", "always", "9999ms", 1,
       2, 7 * SIM_MS, 1500 * SIM_MS},
      /* At 1.998 s there are 499 writes; the last is applied at 4 + 10 * 499 ms. */
      {"applies what it has first", "'workers': 1, 'apply': '10ms', 'failover': { 'detect': '1s', 'promote': '500ms' }", "no",
       "1998ms", 1, 0, 0, (4994 - 1998) * SIM_MS},
      {"a commit that waits was never told",
       "'mode': 'semi-synchronous', 'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s' }", "no", "9999ms", 1, 0, 0,
       6 * SIM_S},
      {"synchronous", "'mode': 'synchronous', 'ship': '10ms', 'failover': { 'detect': '5s', 'promote': '1s' }", "no", "9999ms", 1,
       0, 0, 6 * SIM_S},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char fault[100];
    snprintf(fault, sizeof fault, "'f': { 'kind': 'crash', 'service': 'd', 'at': '%s' }", cases[i].at);
    struct fixture f = fixture_of(WRITER, 3, cases[i].restart, cases[i].keys, "0s", fault, "30s");
    struct world *w = fixture_run(&f, 1, cases[i].name);
    const struct service *d = &w->services[1];
    const struct outage_log *log = &world_outages(w)->classes[0];
    test_check(d->primary - d->first == cases[i].primary && counted(w, "lost_writes") == cases[i].lost,
               "%s: replica %u is primary, %g writes are lost; by hand %u and %g", cases[i].name, d->primary - d->first,
               counted(w, "lost_writes"), cases[i].primary, cases[i].lost);
    test_check(log->rpo.count == (cases[i].rpo_ns >= 0) && log->rto.count == (cases[i].outage_ns >= 0),
               "%s: %llu losses, %llu outages", cases[i].name, (unsigned long long)log->rpo.count,
               (unsigned long long)log->rto.count);
    if (log->rpo.count) check_time(cases[i].name, "the RPO", log->rpo.s[0] * 1e9, (double)cases[i].rpo_ns);
    if (log->rto.count) check_time(cases[i].name, "the RTO", log->rto.s[0] * 1e9, (double)cases[i].outage_ns);
    /* Who writes again is answered by the new primary. */
    uint64_t refused = w->observation.ended[OUTCOME_REFUSED], due = log->rto.count ? (uint64_t)(log->rto.s[0] * 1e3 / 3) : 0;
    test_check(!log->rto.count || (refused + 2 >= due && refused <= due + 2), "%s: %llu refused, by hand %llu", cases[i].name,
               (unsigned long long)refused, (unsigned long long)due);
    world_free(w);
    fixture_close(&f);
  }
}

/* The old primary is back after 2 s and a copy of 9 s, follows, and when the new one dies it takes over again. */
static void test_back_and_forth(void) {
  struct fixture f =
      fixture_of(WRITER, 2, "always", "'apply': '1ms', 'failover': { 'detect': '1s', 'promote': '500ms', 'resync': '9s' }", "0s",
                 CRASH_AT("9999ms"), "60s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  w->horizon = w->measured_until;
  struct service *d = &w->services[1];
  struct replication *p = d->replication;
  world_warm_up(w);
  calendar_run(w->calendar, 11999 * SIM_MS);
  test_check(d->primary == d->first + 1 && !p->replicas[0].follows, "it is away");
  calendar_run(w->calendar, 30 * SIM_S);
  test_check(p->replicas[0].follows && p->head - p->replicas[0].applied <= 1, "it follows: %llu of %llu applied",
             (unsigned long long)p->replicas[0].applied, (unsigned long long)p->head);
  lifecycle_crash(w, &w->containers[d->first + 1]);
  world_measure_until(w, w->measured_until);
  test_check(d->primary == d->first && counted(w, "failovers") == 2, "replica %u is primary after %g failovers",
             d->primary - d->first, counted(w, "failovers"));
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "forth");
  world_free(w);
  fixture_close(&f);
}

/* With requests and without. Poisson writes, 100 a second; of a ship delay of 20 ms the mean loss is
 * D - (1 - e^-wD) / w = 11.353 ms; the write path is back after detection and promotion. */
static void test_agrees_without_requests(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'q', 'traffic': { 'x': { 'kind': 'open', 'rate': '100/s', 'mix': { 'w': 1 } } }, 'endpoints': { "
      "'w': { "
      "'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] } }, 'services': { 'a': { 'kind': 'app', 'place': "
      "'x' "
      "}, 'd': { 'kind': 'database', 'place': 'y', 'replicas': 2, 'connect_timeout': '1ms', 'replication': { 'ship': '20ms', "
      "'apply': "
      "'0s', 'failover': { 'detect': '1s', 'promote': { 'uniform': { 'low': '1s', 'high': '3s' } } } } } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 8, 'count': 2 } } }, 'faults': { 'f': { 'kind': 'node', 'nodes': "
      "'y', "
      "'at': '3s', 'repair': '1h' } }, 'run': { 'warmup': '0s', 'window': '10s', 'windows': 1, 'years': 1 } }");
  double rpo[2] = {0}, rto[2] = {0}, due = 20 - (1 - exp(-2)) / 0.1, failed = 0, unserved = 0;
  enum { RUNS = 400 };
  for (uint64_t seed = 1; seed <= RUNS; seed++) {
    for (int quiet = 0; quiet < 2; quiet++) {
      struct world *w = world_new(&f.scenario->model, seed, 0, quiet ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      w->horizon = w->measured_until = 10 * SIM_S;
      world_run(w);
      const struct outage_log *log = &world_outages(w)->classes[0];
      test_check(log->rpo.count == 1 && log->rto.count == 1, "seed %llu: %llu losses", (unsigned long long)seed,
                 (unsigned long long)log->rpo.count);
      rpo[quiet] += log->rpo.s[0] * 1e3 / RUNS, rto[quiet] += log->rto.s[0] / RUNS;
      if (quiet)
        unserved += 100 * (10 - world_outages(w)->total_served_ns * 1e-9);
      else
        failed += (double)(w->observation.arrived - w->observation.ended[OUTCOME_COMPLETED]);
      world_free(w);
    }
  }
  /* The spread of one loss is 7.2 ms, of one promotion 0.58 s. */
  for (int quiet = 0; quiet < 2; quiet++) {
    test_check(fabs(rpo[quiet] - due) <= 4 * 7.2 / sqrt(RUNS), "RPO %.3f ms, expected %.3f ms", rpo[quiet], due);
    test_check(fabs(rto[quiet] - 3) <= 4 * 0.58 / sqrt(RUNS), "RTO %.4f s, expected 3 s", rto[quiet]);
  }
  test_check(fabs(failed - unserved) <= 5 * sqrt(unserved) + 5 * 100 * 0.58 * sqrt(RUNS) * 0.2,
             "%.0f fail, %.0f by the availability run", failed, unserved);
  fixture_close(&f);
}

/* --- backups ---------------------------------------------------------------------------------------------------------------------- */

/* One database, a machine a day lost for 10 minutes; a restore of 20 min and a start of 2 s. RTO 30 min 2 s; what is lost is the age of
 * a backup: uniform in an hour. A crash loses nothing. */
static void test_backup(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'b', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'w': 1 } } }, 'endpoints': { 'w': "
      "{ "
      "'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] } }, 'services': { 'a': { 'kind': 'app', 'place': "
      "'x' "
      "}, 'd': { 'kind': 'database', 'place': 'y', 'start': '2s', 'connect_timeout': '1ms', 'backup': { 'every': '1h', 'restore': "
      "'20m' } } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 8 } } }, 'faults': { 'f': { "
      "'kind': "
      "'node', 'nodes': 'y', 'mtbf': '1d', 'repair': '10m' }, 'c': { 'kind': 'crash', 'service': 'd', 'mtbf': '1d' } }, 'run': { "
      "'warmup': '0s', 'window': '20d', 'windows': 1, 'years': 3, 'years_per_replication': 3 } }");
  for (int quiet = 0; quiet < 2; quiet++) {
    struct world *w = world_new(&f.scenario->model, 1, 0, quiet ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t) "backup");
    const struct outage_log *lost = &world_outages(w)->classes[0], *crash = &world_outages(w)->classes[1];
    double sum = 0, most = 0, usual = 0;
    for (uint64_t i = 0; i < lost->rpo.count; i++) sum += lost->rpo.s[i], most = fmax(most, lost->rpo.s[i]);
    for (uint64_t i = 0; i < lost->rto.count; i++) usual += fabs(lost->rto.s[i] - 1802) < 1e-6;
    double n = (double)lost->rpo.count;
    test_check(n > (quiet ? 900 : 10) && fabs(sum / n - 1800) <= 4 * 1040 / sqrt(n) && most < 3600,
               "%g losses, mean %.1f s, at most %.1f s", n, sum / n, most);
    test_check(usual >= 0.95 * n, "%g of %g outages took 30 min 2 s", usual, n);
    for (uint64_t i = 0; i < crash->rpo.count; i++) test_check(crash->rpo.s[i] == 0, "a crash lost %g s", crash->rpo.s[i]);
    /* One write a second: as many are lost as seconds, Poisson; but none were written while the machine was away, which counts where
     * two losses fall into one hour. */
    double written = counted(w, "lost_writes"), error = 5 * sqrt(sum);
    if (!quiet) test_check(written <= sum + error && written >= sum - error - 2 * 1802, "%g writes lost in %.0f s", written, sum);
    world_free(w);
  }
  fixture_close(&f);
}

/* --- without requests, and without anything ---------------------------------------------------------------------------------------------- */

/* A synchronous primary whose only standby is gone takes no writes; reads go on. */
static void test_blocked_writes(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'b', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'w': 1, 'r': 1 } } }, 'endpoints': "
      "{ 'w': "
      "{ 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] }, 'r': { 'entry': 'a', 'steps': [ { 'query': "
      "'d', "
      "'reads': 1, 'demand': '0s' } ] } }, 'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': 'database', 'replicas': 2, "
      "'replication': { 'mode': 'synchronous' } } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 64, 'count': 2 } } "
      "}, "
      "'run': { 'window': '10s', 'windows': 1, 'years': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  test_check(outage_serving(w, 0) == 1 && outage_serving(w, 1) == 1, "all are served");
  lifecycle_crash(w, &w->containers[w->services[1].first + 1]);
  test_check(outage_serving(w, 0) == 0 && outage_serving(w, 1) == 1, "writes %g, reads %g are served", outage_serving(w, 0),
             outage_serving(w, 1));
  world_free(w);
  fixture_close(&f);
}

/* Replication that costs nothing changes nothing for anybody who asks. */
static void test_free_replication(void) {
  uint64_t sojourn[2], completed[2];
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'f', 'traffic': { 'x': { 'kind': 'open', 'rate': '300/s', 'timeout': "
                                  "'50ms', 'mix': { 'b': 1 } } }, "
                                  "'endpoints': { 'b': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 2, 'writes': 1, "
                                  "'demand': { 'exponential': '2ms' } }, { "
                                  "'cpu': { 'exponential': '1ms' } }, { 'query': 'd', 'reads': 1, 'demand': { 'exponential': '2ms' "
                                  "} } ] } }, 'services': { 'a': { "
                                  "'kind': 'app', 'replicas': 2 }, 'd': { 'kind': 'database', 'balance': 'least-connections', "
                                  "'replicas': 3 %s } }, 'platform': { "
                                  "'kind': 'swarm', 'network': { 'between_nodes': '300us' }, 'nodes': { 'x': { 'cpu': 1, 'count': "
                                  "3 } } }, 'faults': { 'n': { "
                                  "'kind': 'node', 'nodes': 'x', 'mtbf': '120s', 'repair': '3s' }, 'c': { 'kind': 'crash', "
                                  "'service': 'd', 'mtbf': '40s' } }, 'run': { "
                                  "'warmup': '0s', 'window': '60s', 'windows': 1 } }",
                                  i ? ", 'replication': { 'apply': '0s' }" : "");
    struct world *w = fixture_run(&f, 3, "free");
    sojourn[i] = (uint64_t)w->observation.sojourn_ns, completed[i] = w->observation.ended[OUTCOME_COMPLETED];
    world_free(w);
    fixture_close(&f);
  }
  test_check(sojourn[0] == sojourn[1] && completed[0] == completed[1] && completed[0] > 1000,
             "%llu and %llu completed, %llu and %llu ns inside", (unsigned long long)completed[0], (unsigned long long)completed[1],
             (unsigned long long)sojourn[0], (unsigned long long)sojourn[1]);
}

static const struct test_case cases[] = {{"backlog", test_backlog},
                                         {"apply_is_work", test_apply_is_work},
                                         {"applies_what_was_written", test_applies_what_was_written},
                                         {"modes", test_modes},
                                         {"standby_gone", test_standby_gone},
                                         {"semi_synchronous_again", test_semi_synchronous_again},
                                         {"read_your_writes", test_read_your_writes},
                                         {"roles", test_roles},
                                         {"failover", test_failover},
                                         {"back_and_forth", test_back_and_forth},
                                         {"agrees_without_requests", test_agrees_without_requests},
                                         {"backup", test_backup},
                                         {"blocked_writes", test_blocked_writes},
                                         {"free_replication", test_free_replication},
                                         {NULL, NULL}};
const struct test_suite suite_replication = {"replication", cases};
