/* Locks, transactions, group commit, disks and SQLite: traces by hand to the nanosecond; what dies, times out and is refused; the audit
 * over random scenarios with all of it. */
#include "models/database/database.h"
#include "models/database/connection_pool.h"
#include "models/database/connection_config.h"
#include "models/database/lock.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

/* Users who ask together at 10 s (and 10 s after each answer), an app without work of its own, a database half a millisecond away. */
#define SHOP                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'shop', 'keys': { 'rows': { 'of': 1000000 } }, 'traffic': { %s }, 'endpoints': { %s },"                 \
  "'services': { 'a': { 'kind': 'app', 'place': 'x', 'threads': 64 %s }, 'd': { 'kind': 'database', 'place': 'y', 'start': '1s' "  \
  "%s }, 'e': { 'kind': 'external', 'latency': '2ms', 'failure': 1 } },"                                                           \
  "'platform': { 'kind': 'static', 'network': { 'between_nodes': '500us' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': "         \
  "'unlimited' %s } } } %s, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }"

#define USERS(name, count, endpoint)                                                                                               \
  "'" name "': { 'kind': 'closed', 'population': " #count ", 'think': '10s', 'mix': { '" endpoint "': 1 } }"
#define TEN          USERS("u", 10, "p")
#define STEPS(of)    "'p': { 'entry': 'a', 'steps': [ " of " ] }"
#define WRITE        "{ 'query': 'd', 'writes': 1, 'demand': '1ms', 'locks': { 'row': 'r' } }"
#define OTHER        "{ 'query': 'd', 'writes': 1, 'demand': '1ms' }"
#define TRANSACT(of) "{ 'transaction': 'd', 'steps': [ " of " ] }"
#define COMMIT(of)   "'commit': { 'latency': '1ms' " of " }"
#define DATABASE(of) ", 'database': { " of " }"

struct trace {
  const char *name, *traffic, *steps, *app, *database, *disk, *faults;
  uint64_t completed;
  enum outcome other;
  uint64_t others;
  int64_t sojourn_us; /* of all, together */
};

static const struct trace traces[] = {
    /* One after another: 1 ms of work and the commit; half a round trip before, half behind. */
    {"a statement alone", TEN, STEPS(WRITE), "", DATABASE(COMMIT("")), "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 2000 * 55},
    {"no commit latency", TEN, STEPS(WRITE), "", "", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10000 + 1000 * 55},
    {"nothing locked", TEN, STEPS(OTHER), "", "", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10 * 2000},
    /* The first flush has one commit, the next one the other nine. */
    {"group commit", TEN, STEPS(OTHER), "", DATABASE(COMMIT("")), "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 3000 + 9 * 4000},
    {"a flush for each", TEN, STEPS(OTHER), "", DATABASE(COMMIT(", 'group': false")), "", "", 10, OUTCOME_LOCK_TIMEOUT, 0,
     10 * 2000 + 1000 * 55},
    /* Held: 1 ms of work, a round trip, 1 ms, a round trip, 1 ms of commit. */
    {"a transaction", TEN, STEPS(TRANSACT(WRITE "," OTHER)), "", DATABASE(COMMIT("")), "", "", 10, OUTCOME_LOCK_TIMEOUT, 0,
     10000 + 5000 * 55},
    {"locked by the last statement", TEN, STEPS(TRANSACT(OTHER "," WRITE)), "", DATABASE(COMMIT("")), "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10 * 3000 + 3000 * 55},
    {"locked twice", TEN, STEPS(TRANSACT(WRITE "," WRITE)), "", DATABASE(COMMIT("")), "", "", 10, OUTCOME_LOCK_TIMEOUT, 0,
     10000 + 5000 * 55},
    {"BEGIN is a trip", TEN, STEPS("{ 'transaction': 'd', 'begin_trip': true, 'steps': [ " WRITE " ] }"), "", DATABASE(COMMIT("")),
     "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 20000 + 3000 * 55},
    {"readers have no flush", TEN, STEPS(TRANSACT("{ 'query': 'd', 'reads': 2, 'demand': '1ms' }")), "", DATABASE(COMMIT("")), "",
     "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10 * 5000},
    {"something slow inside", TEN, STEPS(TRANSACT(WRITE ", { 'delay': '7ms' }")), "", DATABASE(COMMIT("")), "", "", 10,
     OUTCOME_LOCK_TIMEOUT, 0, 10000 + 10000 * 55},
    /* Two connections, each for 0.5 + 1 + 0.5 + 7 + 0.5 + 0.5 ms, whatever is locked: the danger of a transaction. */
    {"a connection held", TEN, STEPS(TRANSACT("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }, { 'delay': '7ms' }")),
     ", 'pools': { 'd': { 'max': 2 } }", "", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 2 * 10000 * 15},
    {"and given back", TEN, STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }, { 'delay': '7ms' }"),
     ", 'pools': { 'd': { 'max': 2 } }", "", "", "", 10, OUTCOME_LOCK_TIMEOUT, 0, 10 * 7000 + 2 * 2000 * 15},
    /* The row is free after 5 and 10 ms: the third would wait longer than 7. */
    {"a lock's time-out", TEN, STEPS(TRANSACT(WRITE "," OTHER)), "", DATABASE(COMMIT("") ", 'lock_wait': '7ms'"), "", "", 2,
     OUTCOME_LOCK_TIMEOUT, 8, 6000 + 11000 + 8 * 7500},
    {"no patience at all", TEN, STEPS(WRITE), "", DATABASE("'lock_wait': '0s'"), "", "", 1, OUTCOME_LOCK_TIMEOUT, 9,
     2000 + 9 * 500},
    /* Locked at 0.5 ms, for 1 ms of work, half a round trip and 2 ms of an external call that fails: free at once. */
    {"rolled back", TEN, STEPS(TRANSACT(WRITE ", { 'external': 'e' }")), ", 'pools': { 'd': { 'max': 4 } }", DATABASE(COMMIT("")),
     "", "", 0, OUTCOME_EXTERNAL, 10, 5000 + 3500 * 55},
    /* At the database 1.5 ms after it was asked; the k-th of those who wait there dies with it. */
    {"the database dies", TEN, STEPS(TRANSACT(WRITE "," OTHER)), "", DATABASE(COMMIT("")), "",
     ", 'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '10001200us' } }", 0, OUTCOME_CRASHED, 10, 10 * 1200},
    /* Two readers at once, then the writer, then the other reader, who came behind it. */
    {"a table", USERS("u", 2, "p") "," USERS("v", 1, "q") "," USERS("w", 1, "p"),
     STEPS("{ 'query': 'd', 'reads': 1, 'demand': '4ms', 'locks': { 'table': 't' } }") ", 'q': { 'entry': 'a', 'steps': [ { "
                                                                                       "'query': 'd', 'writes': 1, 'demand': "
                                                                                       "'2ms', 'locks': { 'table': 't' } } ] }",
     "", "", "", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 4 * 1000 + 2 * 4000 + 6000 + 10000},
    {"a table, shared by writers of rows", USERS("u", 3, "p"),
     STEPS("{ 'query': 'd', 'writes': 1, 'demand': '4ms', 'locks': { 'table': 't', 'shared': true, 'keys': 'rows', 'items': 3 } }"),
     "", "", "", "", 3, OUTCOME_LOCK_TIMEOUT, 0, 3 * 5000},
    /* Reads of 5 ms, one after another; two pages each: whoever has one joins the end of the line for the next. */
    {"a disk", USERS("u", 4, "p"), STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }"), "", DATABASE("'buffer_hit': 0"),
     ", 'disk': { 'latency': '5ms' }", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 4 * 2000 + 5000 * 10},
    {"a disk, two pages", USERS("u", 4, "p"), STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'pages': 2 }"), "",
     DATABASE("'buffer_hit': 0"), ", 'disk': { 'latency': '5ms' }", "", 4, OUTCOME_LOCK_TIMEOUT, 0,
     4 * 2000 + 25000 + 30000 + 35000 + 40000},
    {"a disk for two", USERS("u", 4, "p"), STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }"), "",
     DATABASE("'buffer_pool': '1B', 'data': '1000000000GB'"), ", 'disk': { 'iops': 400, 'parallel': 2 }", "", 4,
     OUTCOME_LOCK_TIMEOUT, 0, 4 * 2000 + 2 * 5000 + 2 * 10000},
    {"all in memory", USERS("u", 4, "p"), STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }"), "", DATABASE("'buffer_hit': 1"),
     ", 'disk': { 'latency': '5ms' }", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 4 * 2000},
    {"dead at the disk", USERS("u", 4, "p"), STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms' }"), "",
     DATABASE("'buffer_hit': 0"), ", 'disk': { 'latency': '5ms' }",
     ", 'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '10007ms' } }", 1, OUTCOME_CRASHED, 3, 7000 + 3 * 7000},
    {"dead in the flush", TEN, STEPS(OTHER), "", DATABASE(COMMIT("")), "",
     ", 'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '10001800us' } }", 0, OUTCOME_CRASHED, 10, 10 * 1800},
    /* 100 times the rows: a scan takes 100 times as long, an index look-up 1 + 0.1 log2 100 times, in 100 partitions as before. */
    {"a scan", USERS("u", 4, "p"),
     STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'growth': { 'rows': 1e8, 'measured_at': 1e6, 'access': 'scan' } }"), "",
     "", "", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 4 * 101000},
    {"partitions", USERS("u", 4, "p"),
     STEPS("{ 'query': 'd', 'reads': 1, 'demand': '1ms', 'growth': { 'rows': 1e8, 'measured_at': 1e6, 'partitions': 100 } }"), "",
     "", "", "", 4, OUTCOME_LOCK_TIMEOUT, 0, 4 * 2000},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    const struct trace *t = &traces[i];
    struct fixture f = fixture_of(SHOP, t->traffic, t->steps, t->app, t->database, t->disk, t->faults);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, t->name);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_COMPLETED] == t->completed && o->ended[t->other] == t->others &&
                   o->sojourn_ns == (uint64_t)(t->sojourn_us * SIM_US),
               "%s: %llu completed, %llu %s, %.6f s inside; by hand %llu, %llu, %.6f s", t->name,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[t->other], outcome_names[t->other],
               (double)o->sojourn_ns * 1e-9, (unsigned long long)t->completed, (unsigned long long)t->others,
               (double)t->sojourn_us * 1e-6);
    test_check(!pool_live(&world_locks(w)->entries) && !pool_live(&world_locks(w)->holds) &&
                   !pool_live(&world_databases(w)->transactions) && !pool_live(&w->requests),
               "%s: %u locks, %u holds, %u transactions, %u requests are left", t->name, pool_live(&world_locks(w)->entries),
               pool_live(&world_locks(w)->holds), pool_live(&world_databases(w)->transactions), pool_live(&w->requests));
    for (uint32_t k = 0; k < w->container_count; k++)
      for (uint32_t p = 0; p < service_connections(container_config(&w->containers[k]))->pools.count; p++)
        test_check(!w->containers[k].pools[p].in_use, "%s: %u connections are left", t->name, w->containers[k].pools[p].in_use);
    world_free(w);
    fixture_close(&f);
  }
}

/* A caller dies while it computes between two statements: its transaction is rolled back at once, and those who wait at the row, whose
 * caller is dead as well, come and go one after another. */
static void test_caller_dies(void) {
  struct fixture f = fixture_of(SHOP, TEN, STEPS(TRANSACT(WRITE ", { 'delay': '5s' }")), ", 'pools': { 'd': { 'max': 8 } }",
                                DATABASE(COMMIT("")), "", ", 'faults': { 'f': { 'kind': 'crash', 'service': 'a', 'at': '11s' } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, 11 * SIM_S - 1);
  test_check(pool_live(&world_locks(w)->entries) == 1 && pool_live(&world_databases(w)->transactions) == 8,
             "%u locks, %u transactions", pool_live(&world_locks(w)->entries), pool_live(&world_databases(w)->transactions));
  calendar_run(w->calendar, 11 * SIM_S + 7 * 1500 * SIM_US);
  test_check(!pool_live(&world_locks(w)->entries) && pool_live(&w->requests) == 1, "%u locks, %u requests",
             pool_live(&world_locks(w)->entries), pool_live(&w->requests));
  world_free(w);
  w = fixture_run(&f, 1, "the caller dies");
  test_check(w->observation.ended[OUTCOME_CRASHED] == 10, "%llu crashed",
             (unsigned long long)w->observation.ended[OUTCOME_CRASHED]);
  world_free(w);
  fixture_close(&f);
}

/* A database that restarts under a transaction forgets its locks: who comes at 13 s finds the row free, though the transaction, which
 * waits on until 15 s, does not know that it is lost. */
static void test_database_restarts(void) {
  struct fixture f =
      fixture_of(SHOP, USERS("u", 1, "p") ",'v': { 'kind': 'closed', 'population': 1, 'think': '13s', 'mix': { 'q': 1 } }",
                 STEPS(TRANSACT(WRITE ", { 'delay': '5s' }, " OTHER)) ", 'q': { 'entry': 'a', 'steps': [ " WRITE " ] }", "", "", "",
                 ", 'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '11s' } }");
  struct world *w = fixture_run(&f, 1, "restart");
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == 1 && o->ended[OUTCOME_CRASHED] == 1 &&
                 o->sojourn_ns == (uint64_t)(2 * SIM_MS + 5002500 * SIM_US),
             "%llu completed, %llu crashed in %.6f s", (unsigned long long)o->ended[OUTCOME_COMPLETED],
             (unsigned long long)o->ended[OUTCOME_CRASHED], (double)o->sojourn_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* A transaction with one database meanwhile asks another one, and another service: each over a connection of its own. */
static void test_other_connections(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'u': { 'kind': 'closed', 'population': 4, 'think': '10s', 'mix': { 'p': 1 } } "
      "}, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'transaction': 'd', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': "
      "'1ms' "
      "}, { 'query': 'o', 'reads': 1, 'demand': '1ms' }, { 'call': 'b', 'timeout': '1s', 'steps': [ { 'query': 'd', 'reads': 1, "
      "'demand': '1ms' } ] }, { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } ] } }, 'services': { 'a': { 'kind': 'app', "
      "'pools': { "
      "'d': { 'max': 4 }, 'o': { 'max': 1 } } }, 'b': { 'kind': 'app', 'pools': { 'd': { 'max': 1 } } }, 'd': { 'kind': 'database' "
      "}, "
      "'o': { 'kind': 'database' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 64 } } }, 'run': { 'warmup': '0s', "
      "'window': '19s', 'windows': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  const struct container *a = &w->containers[w->services[0].first];
  calendar_run(w->calendar, 10 * SIM_S + 1500 * SIM_US);
  test_check(a->pools[0].in_use == 4 && a->pools[1].in_use == 1, "%u and %u connections in use", a->pools[0].in_use,
             a->pools[1].in_use);
  world_free(w);
  w = fixture_run(&f, 1, "two databases");
  /* 1 ms; then in a row over the other database; then over b's connection, just as fast; 1 ms. */
  test_check(w->observation.ended[OUTCOME_COMPLETED] == 4 && w->observation.sojourn_ns == (uint64_t)((4 + 5 + 6 + 7) * SIM_MS),
             "%llu completed in %.6f s", (unsigned long long)w->observation.ended[OUTCOME_COMPLETED],
             (double)w->observation.sojourn_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* --- growth ------------------------------------------------------------------------------------------------------------------- */

static void test_growth(void) {
  static const struct {
    struct growth_config g;
    double factor;
  } cases[] = {{{0}, 1},
               {{1e6, 1e6, ACCESS_INDEX, 0.05, 1}, 1},
               {{2e6, 1e6, ACCESS_INDEX, 0.05, 1}, 1.05},
               {{1.6e7, 1e6, ACCESS_INDEX, 0.05, 1}, 1.2},
               {{1.6e7, 1e6, ACCESS_INDEX, 0.05, 16}, 1},
               {{1e6, 4e6, ACCESS_INDEX, 0.25, 1}, 0.5},
               {{1, 1e6, ACCESS_INDEX, 0.25, 1}, 0},
               {{1.6e7, 1e6, ACCESS_SCAN, 0.05, 1}, 16},
               {{1.6e7, 1e6, ACCESS_SCAN, 0.05, 12}, 4.0 / 3}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    test_check(fabs(growth_factor(&cases[i].g) - cases[i].factor) < 1e-12, "case %zu: %.12g, by hand %.12g", i,
               growth_factor(&cases[i].g), cases[i].factor);
}

/* --- SQLite --------------------------------------------------------------------------------------------------------------------- */

/* Writers and readers ask together, a writer first; each query computes 1 ms on a thread of the app. */
#define FILE_SHOP                                                                                                                  \
  "{ 'aguanta': 1, 'name': 'file', 'traffic': { 'w': { 'kind': 'closed', 'population': 5, 'think': '10s', 'mix': { 'w': 1 } }, "   \
  "'r': { 'kind': 'closed', 'population': 4, 'think': '10s', 'mix': { 'r': 1 } } }, 'endpoints': { 'w': { 'entry': 'a', "          \
  "'steps': [ %s ] }, 'r': { 'entry': 'a', 'steps': [ { 'query': 's', 'reads': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { "  \
  "'kind': 'app', 'threads': %d }, 's': { 'kind': 'database', 'database': { 'engine': 'sqlite' %s } } }, 'platform': { 'kind': "   \
  "'static', 'nodes': { 'x': { 'cpu': 64 } } }, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }"
#define FILE_WRITE "{ 'query': 's', 'writes': 1, 'demand': '1ms' }"

static void test_sqlite(void) {
  static const struct {
    const char *name, *steps, *keys;
    int threads;
    uint64_t written, read;
    int64_t write_us, read_us;
  } files[] = {
      {"busy at once", FILE_WRITE, "", 64, 1, 4, 1000, 4000},
      {"writers in line", FILE_WRITE, ", 'busy_timeout': '5s'", 64, 5, 4, 15000, 4000},
      {"two of five in time", FILE_WRITE, ", 'busy_timeout': '1500us'", 64, 2, 4, 3000, 4000},
      {"a journal: readers behind all writers", FILE_WRITE, ", 'busy_timeout': '5s', 'journal': 'delete'", 64, 5, 4, 15000, 24000},
      {"a journal: readers turned away", FILE_WRITE, ", 'journal': 'delete'", 64, 1, 0, 1000, 0},
      {"the commit is part of it", FILE_WRITE, ", 'busy_timeout': '5s', 'commit': { 'latency': '2ms' }", 64, 5, 4, 45000, 4000},
      /* One thread: the app computes them all, one after another, and each holds the file until it had its turn. The first writer and
       * then the four readers; then the second writer has the thread. */
      {"a single thread", FILE_WRITE, ", 'busy_timeout': '5s'", 1, 5, 4, 1000 + 6000 + 7000 + 8000 + 9000,
       2000 + 3000 + 4000 + 5000},
      /* Locked from its begin, for 3 ms. */
      {"a transaction",
       "{ 'transaction': 's', 'steps': [ { 'query': 's', 'reads': 1, 'demand': '1ms' }, { 'delay': '1ms' }, " FILE_WRITE " ] }",
       ", 'busy_timeout': '5s'", 64, 5, 4, 45000, 4000},
      {"a transaction that only reads",
       "{ 'transaction': 's', 'steps': [ { 'query': 's', 'reads': 1, 'demand': '1ms' }, { 'delay': '1ms' } ] }",
       ", 'busy_timeout': '5s'", 64, 5, 4, 10000, 4000},
      {"the same beside a journal",
       "{ 'transaction': 's', 'steps': [ { 'query': 's', 'reads': 1, 'demand': '1ms' }, { 'delay': '1ms' } ] }",
       ", 'journal': 'delete'", 64, 5, 4, 10000, 4000},
  };
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    struct fixture f = fixture_of(FILE_SHOP, files[i].steps, files[i].threads, files[i].keys);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, files[i].name);
    const struct histogram *h = fixture_latency(w, 0);
    double write_ns = histogram_mean(h) * (double)h->count;
    uint64_t written = h->count;
    h = fixture_latency(w, 1);
    double read_ns = h->count ? histogram_mean(h) * (double)h->count : 0;
    test_check(written == files[i].written && h->count == files[i].read && fabs(write_ns - (double)files[i].write_us * 1e3) < 1 &&
                   fabs(read_ns - (double)files[i].read_us * 1e3) < 1,
               "%s: %llu written in %.6f s, %llu read in %.6f s; by hand %llu, %.6f, %llu, %.6f", files[i].name,
               (unsigned long long)written, write_ns * 1e-9, (unsigned long long)h->count, read_ns * 1e-9,
               (unsigned long long)files[i].written, (double)files[i].write_us * 1e-6, (unsigned long long)files[i].read,
               (double)files[i].read_us * 1e-6);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- what does nothing changes nothing ------------------------------------------------------------------------------------------ */

static const struct observation *observed(const char *query, const char *database, struct fixture *f, struct world **w) {
  *f = fixture_of(
      "{ 'aguanta': 1, 'name': 'none', 'keys': { 'k': { 'of': 4000000000 } }, 'traffic': { 's': { 'kind': 'open', 'rate': "
      "'900/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 2, "
      "'demand': { 'exponential': '1ms' } %s }, { 'cpu': { 'exponential': '500us' } } ] } }, 'services': { 'a': { 'kind': "
      "'app', 'pools': { 'd': { 'max': 7 } } }, 'd': { 'kind': 'database' %s } }, 'platform': { 'kind': 'static', 'nodes': { "
      "'n': { 'cpu': 3, 'disk': { 'latency': '1ms' } } } }, 'run': { 'warmup': '0s', 'window': '20s', 'windows': 1 } }",
      query, database);
  *w = fixture_run(f, 7, query);
  return &(*w)->observation;
}

/* A row that nobody else ever wants, a pool that holds all pages, a table that has not grown, a flush of no time. */
static void test_nothing_changes_nothing(void) {
  static const char *const queries[] = {"", ", 'locks': { 'keys': 'k' }", ", 'locks': { 'table': 't', 'shared': true }",
                                        ", 'growth': { 'rows': 5, 'measured_at': 5, 'access': 'scan' }, 'pages': 1000"};
  static const char *const databases[] = {"", ", 'database': { 'buffer_hit': 1 }",
                                          ", 'database': { 'commit': { 'latency': '0s' } }"};
  struct fixture f, g;
  struct world *plain, *w;
  const struct observation *o = observed("", "", &f, &plain);
  for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
    for (size_t k = 0; k < sizeof databases / sizeof *databases; k++) {
      const struct observation *p = observed(queries[i], databases[k], &g, &w);
      test_check(o->arrived > 10000 && o->sojourn_ns == p->sojourn_ns && o->ended[OUTCOME_COMPLETED] == p->ended[OUTCOME_COMPLETED],
                 "%s %s: %llu in %.9f s, without %llu in %.9f s", queries[i], databases[k],
                 (unsigned long long)p->ended[OUTCOME_COMPLETED], (double)p->sojourn_ns * 1e-9,
                 (unsigned long long)o->ended[OUTCOME_COMPLETED], (double)o->sojourn_ns * 1e-9);
      world_free(w);
      fixture_close(&g);
    }
  world_free(plain);
  fixture_close(&f);
}

/* --- scenarios/ideas ---------------------------------------------------------------------------------------------------------- */

/* Every claim holds as the scenario is, and fails where the effect that it tells of is made. */
static void test_ideas(void) {
  static const struct {
    const char *name, *sets[4], *failing;
  } ideas[] = {
      {"hot-row", {NULL}, ""},
      {"hot-row", {"keys.counter.of=1"}, "votes lookers errors settles"},
      {"sqlite-postgresql", {NULL}, ""},
      {"sqlite-postgresql", {"services.sqlite.database.busy_timeout=0s"}, "errors"},
      {"sqlite-postgresql", {"traffic.a.rate=320/s", "traffic.b.rate=320/s"}, "sqlite errors"},
      {"growing-table", {NULL}, ""},
      {"growing-table", {"endpoints.report.steps.0.growth.rows=1e7"}, "report"},
      {"growing-table", {"endpoints.report.steps.0.growth.rows=1e7", "endpoints.report.steps.0.growth.partitions=12"}, ""},
  };
  for (size_t i = 0; i < sizeof ideas / sizeof *ideas; i++) {
    struct arena *arena = arena_new();
    struct scenario_override overrides[4];
    size_t count = 0;
    for (; ideas[i].sets[count]; count++) overrides[count] = (struct scenario_override){NULL, ideas[i].sets[count], NULL};
    struct diagnostics *d = diagnostics_new(arena);
    const struct scenario *s =
        scenario_read(arena, d, arena_format(arena, "scenarios/ideas/%s.json", ideas[i].name), overrides, count);
    test_check(s != NULL, "%s", diagnostics_render(d, arena));
    const struct results *r = s ? study_run(arena, s, &(struct study_options){.replications = 4, .jobs = 2}) : NULL;
    for (uint32_t k = 0; r && k < r->claim_count && !r->claims[k].implicit; k++) {
      const struct claim_result *c = &r->claims[k];
      if (c->kind != CLAIM_REQUIREMENT || c->severity != SEVERITY_MUST || (int)c->verdict == VERDICT_NO_DATA) continue;
      bool fails = c->id && strstr(ideas[i].failing, c->id);
      test_check(c->verdict == (fails ? VERDICT_FAIL : VERDICT_PASS), "%s %s: verdict %d of %s, %g [%g, %g]", ideas[i].name,
                 ideas[i].sets[0] ? ideas[i].sets[0] : "", (int)c->verdict, c->expression, c->estimate.value, c->estimate.low,
                 c->estimate.high);
    }
    test_check(r && !r->violation_count, "%s: %s", ideas[i].name, r && r->violation_count ? r->violations[0] : "not run");
    arena_free(arena);
  }
}

static const struct test_case cases[] = {{"traces", test_traces},
                                         {"caller_dies", test_caller_dies},
                                         {"database_restarts", test_database_restarts},
                                         {"other_connections", test_other_connections},
                                         {"growth", test_growth},
                                         {"sqlite", test_sqlite},
                                         {"nothing_changes_nothing", test_nothing_changes_nothing},
                                         {"ideas", test_ideas},
                                         {NULL, NULL}};
const struct test_suite suite_locks = {"locks", cases};
