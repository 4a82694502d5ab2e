/* Connections: set-up, limits, idle and old ones, poolers and what many cost, as traces by hand to the nanosecond; and deaths of
 * either end. */
#include "models/database/connections.h"
#include "models/database/connection_pool.h"
#include "models/database/database.h"
#include "models/core/meter.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* Users who ask together at 10 s; one app and one database, each on a node with room for all. */
#define CROWD                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'crowd', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "%s }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1ms' } ] } }, 'services': { 'a': "  \
  "{ "                                                                                                                             \
  "'kind': 'app', 'start': '1s', 'pools': { 'd': { %s } } }, 'd': { 'kind': 'database', 'start': '1s', 'place': 'y' %s } %s },"    \
  "'platform': { 'kind': 'static', 'network': { 'between_nodes': '%s' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 64 } } } "   \
  "%s, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static const struct meter_observation *meter(const struct world *w, const char *thing, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name) && !strcmp(w->model->meters[i].thing, thing)) return &w->observation.meters[i];
  abort();
}

static int64_t level(const struct world *w, const char *thing, const char *name) {
  return level_value(&meter(w, thing, name)->level);
}

/* --- set-up and limits ------------------------------------------------------------------------------------------------------- */

struct trace {
  const char *pool, *database, *others, *hop, *window;
  int users;
  uint64_t completed;
  enum outcome other; /* of those who fail */
  uint64_t failed;
  int64_t sojourn_us; /* together */
  int64_t open, most; /* connections that lead to the database, at the end and at most */
};

#define POOLER(keys) ", 'b': { 'kind': 'proxy', 'start': '1s', 'pooler': { 'database': 'd', 'demand': '0s', " keys " } }"

static const struct trace traces[] = {
    /* 3 ms of work and 2 ms of handshake before the first query; none before the second, 10 s after the first. */
    {"'max': 3", ", 'connections': { 'setup': '3ms', 'handshake': '2ms' }", "", "0s", "19s", 3, 3, 0, 0, 3 * 6000, 3, 3},
    {"'max': 3", ", 'connections': { 'setup': '3ms', 'handshake': '2ms' }", "", "0s", "25s", 3, 6, 0, 0, 3 * (6000 + 1000), 3, 3},
    {"'max': 3, 'min': 3", ", 'connections': { 'setup': '3ms', 'handshake': '2ms' }", "", "0s", "19s", 3, 3, 0, 0, 3 * 1000, 3, 3},
    {"'max': 3", ", 'connections': { 'setup': '3ms', 'handshake': '2ms' }", "", "500us", "19s", 3, 3, 0, 0, 3 * 8000, 3, 3},
    {"'max': 3", ", 'connections': { 'handshake': '2ms' }", "", "500us", "19s", 3, 3, 0, 0, 3 * 4000, 3, 3},
    /* Two set-ups; the third waits for the first connection and needs none. */
    {"'max': 2", ", 'connections': { 'setup': '3ms' }", "", "0s", "19s", 3, 3, 0, 0, 4000 + 4000 + 5000, 2, 2},
    /* The server takes two, the pool would open ten. */
    {"'max': 10", ", 'connections': 2", "", "0s", "19s", 5, 2, OUTCOME_TOO_MANY_CONNECTIONS, 3, 2000, 2, 2},
    {"'max': 10, 'min': 4", ", 'connections': 2", "", "0s", "19s", 5, 2, OUTCOME_TOO_MANY_CONNECTIONS, 3, 2000, 2, 2},
    {"'max': 2", ", 'connections': 2", "", "0s", "19s", 5, 5, 0, 0, 1000 + 1000 + 2000 + 2000 + 3000, 2, 2},
    /* Who may wait, and for how long. */
    {"'max': 2, 'queue': 1", "", "", "0s", "19s", 5, 3, OUTCOME_POOL_FULL, 2, 1000 + 1000 + 2000, 2, 2},
    {"'max': 2, 'queue': 0", "", "", "0s", "19s", 5, 2, OUTCOME_POOL_FULL, 3, 2000, 2, 2},
    {"'max': 2, 'queue': 9, 'wait': '1500us'", "", "", "0s", "19s", 5, 4, OUTCOME_POOL_TIMEOUT, 1, 6000 + 1500, 2, 2},
    /* Idle ones are closed, down to two. */
    {"'max': 4, 'idle': '3s'", "", "", "0s", "13s", 4, 4, 0, 0, 4000, 4, 4},
    {"'max': 4, 'idle': '2s'", "", "", "0s", "13s", 4, 4, 0, 0, 4000, 0, 4},
    {"'max': 4, 'idle': '2s', 'min': 2", "", "", "0s", "13s", 4, 4, 0, 0, 4000, 2, 4},
    /* Old before its query is done: each opens one of its own, and sets it up. */
    {"'max': 1, 'lifetime': '3ms'", ", 'connections': { 'setup': '4ms' }", "", "0s", "13s", 2, 2, 0, 0, 5000 + 10000, 0, 1},
    /* A pooler with two connections: two by two. */
    {"'max': 5", "", POOLER("'pool_size': 2, 'mode': 'transaction'"), "0s", "13s", 5, 5, 0, 0, 1000 + 1000 + 2000 + 2000 + 3000, 2,
     2},
    {"'max': 5", "", POOLER("'pool_size': 2, 'mode': 'statement'"), "0s", "13s", 5, 5, 0, 0, 1000 + 1000 + 2000 + 2000 + 3000, 2,
     2},
    /* The answer passes the pooler, on the app's node, before the next may use the connection: 2 ms each. */
    {"'max': 5", "", POOLER("'pool_size': 1, 'mode': 'transaction'"), "500us", "13s", 3, 3, 0, 0, 2000 + 4000 + 6000, 1, 1},
    {"'max': 5", "", POOLER("'pool_size': 5, 'mode': 'transaction', 'max_clients': 3"), "0s", "13s", 5, 3,
     OUTCOME_TOO_MANY_CONNECTIONS, 2, 3000, 3, 3},
    {"'max': 5", "", POOLER("'pool_size': 1, 'mode': 'transaction', 'wait': '2500us'"), "0s", "13s", 5, 3, OUTCOME_POOL_TIMEOUT, 2,
     6000 + 5000, 1, 1},
    /* The database takes one: the pooler's second connection is refused, and its client with it. */
    {"'max': 5", ", 'connections': 1", POOLER("'pool_size': 2, 'mode': 'transaction'"), "0s", "13s", 2, 1,
     OUTCOME_TOO_MANY_CONNECTIONS, 1, 1000, 1, 1},
    /* Sessions keep theirs: whoever comes later waits until a client connection is closed. */
    {"'max': 5", "", POOLER("'pool_size': 2, 'mode': 'session', 'wait': '2s'"), "0s", "13s", 5, 2, OUTCOME_POOL_TIMEOUT, 3,
     2000 + 6000000, 2, 2},
    {"'max': 5, 'idle': '500ms'", "", POOLER("'pool_size': 2, 'mode': 'session', 'wait': '2s'"), "0s", "13s", 5, 5, 0, 0,
     1000 + 1000 + 502000 + 502000 + 1003000, 2, 2},
    /* With as many clients as connections nobody waits at the pooler. */
    {"'max': 2", "", POOLER("'pool_size': 2, 'mode': 'session'"), "0s", "13s", 5, 5, 0, 0, 1000 + 1000 + 2000 + 2000 + 3000, 2, 2},
    /* One connection and one in reserve, for the third, who has waited for 1.5 ms. */
    {"'max': 5", "", POOLER("'pool_size': 1, 'mode': 'transaction', 'reserve': 1, 'reserve_wait': '1500us'"), "0s", "13s", 4, 4, 0,
     0, 1000 + 2000 + 2500 + 3000, 1, 2},
    /* Set-up on both sides: 2 ms of login one after another on the pooler's thread, then 3 ms each in the database. */
    {"'max': 5", ", 'connections': { 'setup': '3ms' }", POOLER("'pool_size': 5, 'mode': 'transaction', 'login': '2ms'"), "0s",
     "13s", 2, 2, 0, 0, 6000 + 8000, 2, 2},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    const struct trace *t = &traces[i];
    struct fixture f = fixture_of(CROWD, t->users, "", t->pool, t->database, t->others, t->hop, "", t->window);
    struct world *w = fixture_run(&f, 1, t->pool);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_COMPLETED] == t->completed && (!t->failed || o->ended[t->other] == t->failed) &&
                   o->arrived == t->completed + t->failed && o->sojourn_ns == (uint64_t)t->sojourn_us * 1000,
               "%zu {%s%s%s}: %llu completed, %llu %s, %.6f ms inside; by hand %llu, %llu, %.6f", i, t->pool, t->database,
               t->others, (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[t->other],
               outcome_names[t->other], (double)o->sojourn_ns * 1e-6, (unsigned long long)t->completed,
               (unsigned long long)t->failed, (double)t->sojourn_us * 1e-3);
    test_check(level(w, "d", "connections") == t->open && meter(w, "d", "connections")->most == (double)t->most &&
                   level(w, "d", "waiting") == 0,
               "%zu {%s%s%s}: %lld connections open, at most %g; by hand %lld, %lld", i, t->pool, t->database, t->others,
               (long long)level(w, "d", "connections"), meter(w, "d", "connections")->most, (long long)t->open, (long long)t->most);
    world_free(w);
    fixture_close(&f);
  }
}

/* The time of a set-up is of the kind pool, at the server. */
static void test_kind_of_time(void) {
  struct fixture f =
      fixture_of(CROWD, 1, "", "'max': 3", ", 'connections': { 'setup': '3ms', 'handshake': '2ms' }", "", "500us", "", "19s");
  struct world *w = fixture_run(&f, 1, "kinds");
  const struct program *p = &w->model->programs[0];
  double pool = 0, others = 0;
  for (uint32_t bin = 0; bin < SLOW_BINS; bin++)
    for (uint32_t i = 0; i < p->cell_count; i++)
      *(p->cells[i].kind == TIME_POOL ? &pool : &others) += fixture_slow_ns(w, 0, bin, i);
  test_check(pool == 6e6 && others == 2e6, "%.0f ns of kind pool, %.0f of others", pool, others);
  world_free(w);
  fixture_close(&f);
}

/* --- idle and old ones --------------------------------------------------------------------------------------------------------- */

/* Four at once at 10 s, and one by one every 1001 ms. Last in, first out: three fall idle. First in, first out: each is used every
 * four seconds, and none is idle for eight. */
static void test_order_of_reuse(void) {
  static const struct {
    const char *order;
    int64_t open;
  } orders[] = {{"lifo", 1}, {"fifo", 4}};
  for (size_t i = 0; i < 2; i++) {
    char pool[80];
    snprintf(pool, sizeof pool, "'max': 9, 'idle': '8s', 'order': '%s'", orders[i].order);
    struct fixture f = fixture_of(CROWD, 4, ", 'v': { 'kind': 'closed', 'population': 1, 'think': '1s', 'mix': { 'p': 1 } }", pool,
                                  "", "", "0s", "", "19s");
    struct world *w = fixture_run(&f, 1, orders[i].order);
    test_check(level(w, "d", "connections") == orders[i].open, "%s: %lld open", orders[i].order,
               (long long)level(w, "d", "connections"));
    world_free(w);
    fixture_close(&f);
  }
}

/* One user who asks every 1001 ms from 1 s on. Of 3 s of life: opened at 1.000, 4.003 (the fourth query), 7.006, 10.009 s. Kept: at
 * 0, 3, 6, 9 s, while nobody uses it. */
static void test_lifetime(void) {
  static const char *const pools[] = {"'lifetime': '3s'", "'lifetime': '3s', 'min': 1"};
  for (size_t i = 0; i < 2; i++) {
    struct fixture f = fixture_of(CROWD, 1, ", 'v': { 'kind': 'closed', 'population': 1, 'think': '1s', 'mix': { 'p': 1 } }",
                                  pools[i], "", "", "0s", "", "9900ms");
    struct world *w = fixture_run(&f, 1, pools[i]);
    double opened = meter(w, "d", "opened")->course.sums[0];
    test_check(opened == (i ? 4 : 3), "{%s}: %g opened", pools[i], opened);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- neutral keys -------------------------------------------------------------------------------------------------------------- */

/* A pool kept in detail whose keys say nothing is a plain pool, bit for bit; so is a law that costs nothing. */
static void test_neutral(void) {
  static const struct {
    const char *pool, *database;
  } same[] = {{"", ""},
              {"", ", 'connections': {}"},
              {", 'queue': 1000000, 'order': 'fifo'", ""},
              {", 'min': 3", ""},
              {", 'idle': '1ms', 'lifetime': '2ms'", ""},
              {", 'min': 2, 'idle': '5ms'", ", 'connections': 1000, 'scalability': { 'contention': 0 }"}};
  uint64_t sojourn = 0, ended[OUTCOMES];
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'n', 'traffic': { 'o': { 'kind': 'open', 'rate': '1500/s', 'mix': { 'p': 1 }, 'timeout': '60ms' } "
        "}, "
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '300us' } }, { 'query': 'd', 'reads': 2, "
        "'writes': "
        "1, 'demand': { 'exponential': '1ms' } } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '200ms', "
        "'pools': "
        "{ 'd': { 'max': 3, 'wait': '12ms' %s } } }, 'd': { 'kind': 'database', 'start': '100ms' %s } }, 'platform': { 'kind': "
        "'static', 'network': { 'between_nodes': '50us' }, 'nodes': { 'x': { 'cpu': 16, 'count': 2 } } }, 'faults': { 'a': { "
        "'kind': "
        "'crash', 'service': 'a', 'mtbf': '3s' }, 'd': { 'kind': 'crash', 'service': 'd', 'mtbf': '4s' } }, 'run': { 'warmup': "
        "'0s', "
        "'window': '10s', 'windows': 1 } }",
        same[i].pool, same[i].database);
    struct world *w = fixture_run(&f, 3, same[i].pool);
    const struct observation *o = &w->observation;
    if (!i) sojourn = o->sojourn_ns, memcpy(ended, o->ended, sizeof ended);
    test_check(o->ended[OUTCOME_POOL_TIMEOUT] > 50 && o->ended[OUTCOME_CRASHED] > 3 && o->ended[OUTCOME_COMPLETED] > 5000,
               "%llu timed out, %llu crashed", (unsigned long long)o->ended[OUTCOME_POOL_TIMEOUT],
               (unsigned long long)o->ended[OUTCOME_CRASHED]);
    test_check(o->sojourn_ns == sojourn && !memcmp(ended, o->ended, sizeof ended), "{%s%s} is not the same: %.9f and %.9f s",
               same[i].pool, same[i].database, (double)o->sojourn_ns * 1e-9, (double)sojourn * 1e-9);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- deaths -------------------------------------------------------------------------------------------------------------------- */

/* Three connections open at 10 s and in use for a millisecond; who has died is back a second later; asked again at 20 s. */
static void test_deaths(void) {
  static const struct {
    const char *name, *pooler, *victim, *at, *window;
    uint64_t completed, crashed;
    int64_t open;
    double opened;
  } deaths[] = {
      {"the database, in use", "", "d", "10000500us", "13s", 0, 3, 0, 3},
      {"the database, in use, asked again", "", "d", "10000500us", "22s", 3, 3, 3, 6},
      {"the database, idle", "", "d", "11s", "13s", 3, 0, 0, 3},
      {"the database, idle, asked again", "", "d", "11s", "22s", 6, 0, 3, 6},
      {"the app, in use", "", "a", "10000500us", "13s", 0, 3, 0, 3},
      {"the app, idle", "", "a", "11s", "22s", 6, 0, 3, 6},
      {"the pooler, in use", POOLER("'mode': 'transaction'"), "b", "10000500us", "13s", 0, 3, 0, 3},
      {"the pooler, idle", POOLER("'mode': 'transaction'"), "b", "11s", "22s", 6, 0, 3, 6},
      {"the pooler of sessions, idle", POOLER("'mode': 'session'"), "b", "11s", "22s", 6, 0, 3, 6},
      {"the database of sessions, idle", POOLER("'mode': 'session'"), "d", "11s", "22s", 6, 0, 3, 6},
      /* Its clients are gone, the pooler keeps its connections. */
      {"the app before a pooler", POOLER("'mode': 'session'"), "a", "11s", "22s", 6, 0, 3, 3},
      {"the app before a pooler, in use", POOLER("'mode': 'session'"), "a", "10000500us", "22s", 3, 3, 3, 3},
  };
  for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
    char faults[120];
    snprintf(faults, sizeof faults, ", 'faults': { 'x': { 'kind': 'crash', 'service': '%s', 'at': '%s' } }", deaths[i].victim,
             deaths[i].at);
    struct fixture f =
        fixture_of(CROWD, 3, "", "'max': 5", ", 'connections': 50", deaths[i].pooler, "0s", faults, deaths[i].window);
    struct world *w = fixture_run(&f, 1, deaths[i].name);
    const struct observation *o = &w->observation;
    double opened = meter(w, "d", "opened")->course.sums[0];
    int64_t held = strstr(deaths[i].pooler, "session") ? deaths[i].open : 0; /* by idle clients */
    test_check(o->ended[OUTCOME_COMPLETED] == deaths[i].completed && o->ended[OUTCOME_CRASHED] == deaths[i].crashed &&
                   level(w, "d", "connections") == deaths[i].open && level(w, "d", "active") == held && opened == deaths[i].opened,
               "%s: %llu completed, %llu crashed, %lld open, %lld in use, %g were opened", deaths[i].name,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[OUTCOME_CRASHED],
               (long long)level(w, "d", "connections"), (long long)level(w, "d", "active"), opened);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- what many cost -------------------------------------------------------------------------------------------------------------- */

/* Facts' shape for PostgreSQL without a pooler: of the best, 85 to 90% with 200 connections, 60 to 70% with 500, 30 to 40% with 1000;
 * the numbers of docs/data-connections.md. */
static void test_law(void) {
  struct scalability_config s = {.contention = 3e-4, .coherency = 1.6e-6};
  static const struct { double n, low, high; } shape[] = {{1, 1, 1}, {200, 0.85, 0.90}, {500, 0.60, 0.70}, {1000, 0.30, 0.40}};
  for (size_t i = 0; i < sizeof shape / sizeof *shape; i++) {
    double share = 1 / scalability_factor(&s, shape[i].n);
    test_check(share >= shape[i].low && share <= shape[i].high, "%g connections: %.3f of the best", shape[i].n, share);
  }
}

/* Ten users, or one, with a contention of 0.1 and a coherency of 0.01: with N at work a millisecond takes 1 + 0.1 (N - 1) + 0.01 N (N -
 * 1). The k-th of those who come together finds k - 1 at work. Idle connections count where the server looks at all that are open. */
static void test_slowed(void) {
  static const struct {
    const char *pool, *counts;
    int users;
    int64_t sojourn_us;
  } cases[] = {
      {"'max': 10", "active", 1, 1000},
      {"'max': 10", "active", 2, 1000 + 1120},
      {"'max': 10", "active", 3, 1000 + 1120 + 1260},
      {"'max': 1", "active", 2, 1000 + 2000},
      {"'max': 10, 'min': 5", "active", 1, 1000},
      {"'max': 10, 'min': 5", "open", 1, 1600},
      {"'max': 10", "open", 2, 1000 + 1120},
  };
  enum { CASES = sizeof cases / sizeof *cases };
  for (size_t k = 0; k < 2 * CASES; k++) { /* whether it takes any number is not the point */
    size_t i = k % CASES;
    char database[160];
    snprintf(database, sizeof database, ", 'scalability': { 'contention': 0.1, 'coherency': 0.01, 'counts': '%s' }%s",
             cases[i].counts, k < CASES ? ", 'connections': 99" : "");
    struct fixture f = fixture_of(CROWD, cases[i].users, "", cases[i].pool, database, "", "0s", "", "13s");
    struct world *w = fixture_run(&f, 1, cases[i].counts);
    test_check(w->observation.sojourn_ns == (uint64_t)cases[i].sojourn_us * 1000, "{%s} %s, %d: %.6f ms inside, by hand %.3f",
               cases[i].pool, cases[i].counts, cases[i].users, (double)w->observation.sojourn_ns * 1e-6,
               (double)cases[i].sojourn_us * 1e-3);
    world_free(w);
    fixture_close(&f);
  }
}

/* Where a database saturates: 64 cores do most with as many at work as the law's peak, sqrt((1 - 0.1) / 0.01) = 9.5. */
static void test_saturation(void) {
  static const struct {
    const char *scalability;
    double per_s;
  } laws[] = {{"", 64000},
              {", 'scalability': { 'contention': 0.1 }", 64000 / 7.3},
              {", 'scalability': { 'contention': 0.1, 'coherency': 0.01 }", 0}};
  double peak = sqrt(90), most = 1000 * peak / (1 + 0.1 * (peak - 1) + 0.01 * peak * (peak - 1));
  for (size_t i = 0; i < 3; i++) {
    struct fixture f = fixture_of(CROWD, 3, "", "'max': 'unlimited'", laws[i].scalability, "", "0s", "", "13s");
    struct resource *r;
    uint32_t n = resources_of(&f.scenario->model, f.arena, &r);
    double first = INFINITY, wanted = laws[i].per_s > 0 ? laws[i].per_s : most;
    for (uint32_t k = 0; k < n; k++) first = fmin(first, resource_saturates_at(&r[k]));
    test_check(fabs(first / wanted - 1) < 1e-12, "{%s}: saturates at %.9g/s, by hand %.9g", laws[i].scalability, first, wanted);
    fixture_close(&f);
  }
}

/* Connections of a pool, and of a pooler: as many as are busy for the time of a query. */
static void test_pools_saturate(void) {
  static const struct {
    const char *pool, *pooler;
    double per_s;
  } pools[] = {{"'max': 5", "", 5000}, {"'max': 30", POOLER("'mode': 'transaction', 'pool_size': 3"), 3000}};
  for (size_t i = 0; i < 2; i++) {
    struct fixture f = fixture_of(CROWD, 3, "", pools[i].pool, "", pools[i].pooler, "0s", "", "13s");
    struct resource *r;
    uint32_t n = resources_of(&f.scenario->model, f.arena, &r);
    double first = INFINITY;
    for (uint32_t k = 0; k < n; k++) first = fmin(first, resource_saturates_at(&r[k]));
    test_check(fabs(first / pools[i].per_s - 1) < 1e-12, "{%s}: saturates at %.9g/s", pools[i].pool, first);
    fixture_close(&f);
  }
}

/* --- a provider's limit ---------------------------------------------------------------------------------------------------------- */

/* Five payments at once, of which the provider takes two a minute. */
static void test_provider(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'pay', 'traffic': { 'u': { 'kind': 'closed', 'population': 5, 'think': '10s', 'mix': { 'p': 1 } } "
      "}, "
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'external': 'bank' } ] } }, 'limits': { 'plan': { 'kind': 'sliding-log', "
      "'rate': '2/min' } }, 'services': { 'a': { 'kind': 'app' }, 'bank': { 'kind': 'external', 'latency': '200ms', 'limit': "
      "'plan' } "
      "}, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '13s', 'windows': 1 "
      "} }");
  struct world *w = fixture_run(&f, 1, "provider");
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == 2 && o->ended[OUTCOME_LIMITED] == 3 && o->sojourn_ns == 400 * SIM_MS,
             "%llu paid, %llu limited, %.3f s inside", (unsigned long long)o->ended[OUTCOME_COMPLETED],
             (unsigned long long)o->ended[OUTCOME_LIMITED], (double)o->sojourn_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* Three users ask at 10 s for 10 ms each. Each process has a pool of its own: of two processes the first gets the first and the third
 * of them. */
static void test_processes(void) {
  static const struct {
    int processes;
    double sum_ms;
  } rows[] = {{1, 10 + 20 + 30}, {2, 10 + 10 + 20}, {3, 30}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    for (int kept = 0; kept < 2; kept++) {
      struct fixture f = fixture_of(
          "{ 'aguanta': 1, 'name': 'p', 'traffic': { 'u': { 'kind': 'closed', 'population': 3, 'think': '10s', 'mix': { 'p': 1 } } "
          "}, "
          "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '10ms' } ] } }, 'services': { 'a': "
          "{ "
          "'kind': 'app', 'processes': { 'count': %d, 'deal': 'round-robin' }, 'pools': { 'd': { 'max': 1 } } }, 'd': { 'kind': "
          "'database'%s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': "
          "'15s', "
          "'windows': 1 } }",
          rows[i].processes, kept ? ", 'connections': { 'max': 3 }" : "");
      struct world *w = fixture_run(&f, 1, "processes");
      test_check((double)w->observation.sojourn_ns == rows[i].sum_ms * 1e6, "%d processes: %.9g ms", rows[i].processes,
                 (double)w->observation.sojourn_ns * 1e-6);
      test_check(w->observation.ended[OUTCOME_COMPLETED] == 3, "%d processes: not all completed", rows[i].processes);
      world_free(w), fixture_close(&f);
    }
}

/* Every connection is a process of the server, of 10 MiB, used or not: what is above its limit kills it, and who is inside crashes. */
static void test_memory(void) {
  static const struct {
    const char *name, *app, *database, *limit;
    int users;
    uint64_t crashed;
  } rows[] = {{"two at once", "", ", 'connections': { 'max': 9 }", "125Mi", 2, 0},
              {"three at once", "", ", 'connections': { 'max': 9 }", "125Mi", 3, 6},
              {"two at once, nothing else said", "", "", "125Mi", 2, 0},
              {"three at once, nothing else said", "", "", "125Mi", 3, 6},
              /* One query at a time, each replica's turn: the second of them has a connection beside that of the first. */
              {"idle in another pool", ", 'replicas': 2", "", "115Mi", 1, 1},
              {"room for both", ", 'replicas': 2", "", "120Mi", 1, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'm', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '6s', 'mix': { 'p': 1 } } "
        "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '10ms' } ] } }, 'services': { "
        "'a': { 'kind': 'app', 'pools': { 'd': { 'max': 5 } }%s }, 'd': { 'kind': 'database'%s, 'memory': { 'base': '100Mi', "
        "'per_connection': '10Mi' }, 'resources': { 'limits': { 'memory': '%s' } } } }, 'platform': { 'kind': 'static', 'nodes': { "
        "'n': { 'cpu': 8, 'memory': '8Gi' } } }, 'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }",
        rows[i].users, rows[i].app, rows[i].database, rows[i].limit);
    struct world *w = fixture_run(&f, 1, rows[i].name);
    test_check(w->observation.ended[OUTCOME_CRASHED] == rows[i].crashed, "%s: %llu crashed, by hand %llu", rows[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_CRASHED], (unsigned long long)rows[i].crashed);
    world_free(w), fixture_close(&f);
  }
}

/* A transaction of 10, 20 and 10 ms keeps the pooler's only connection to the database; what is alone gives it back after each query,
 * so that two take turns. A database that dies in between takes both with it, and nothing is left over. */
static void test_transactions(void) {
#define Q "{ 'query': 'd', 'writes': 1, 'demand': '10ms' }"
  static const struct {
    const char *name, *steps, *mode, *faults;
    double sum_ms;
    uint64_t completed;
  } rows[] = {
      {"one after the other", "{ 'transaction': 'd', 'steps': [ " Q ", { 'delay': '20ms' }, " Q " ] }", "transaction", "", 40 + 80,
       2},
      {"alone", Q ", { 'delay': '20ms' }, " Q, "transaction", "", 40 + 50, 2},
      {"the database dies", "{ 'transaction': 'd', 'steps': [ " Q ", { 'delay': '20ms' }, " Q " ] }", "transaction",
       "'faults': { 'f': { 'kind': 'crash', 'service': 'd', 'at': '10.015s' } },", -1, 0},
      {"the pooler dies", "{ 'transaction': 'd', 'steps': [ " Q ", { 'delay': '20ms' }, " Q " ] }", "transaction",
       "'faults': { 'f': { 'kind': 'crash', 'service': 'b', 'at': '10.015s' } },", -1, 0},
      {"the caller dies", "{ 'transaction': 'd', 'steps': [ " Q ", { 'delay': '20ms' }, " Q " ] }", "transaction",
       "'faults': { 'f': { 'kind': 'crash', 'service': 'a', 'at': '10.015s' } },", -1, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 't', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': "
                                  "'10s', 'mix': { 'p': 1 } } }, "
                                  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', "
                                  "'start': '1s', 'pools': { 'd': { "
                                  "'max': 5 } } }, 'b': { 'kind': 'proxy', 'start': '1s', 'pooler': { 'database': 'd', 'mode': "
                                  "'%s', 'pool_size': 1, 'demand': "
                                  "'0s' } }, 'd': { 'kind': 'database', 'start': '1s' } }, 'platform': { 'kind': 'static', "
                                  "'nodes': { 'n': { 'cpu': 8 } } }, %s "
                                  "'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }",
                                  rows[i].steps, rows[i].mode, rows[i].faults);
    if (!f.scenario) continue;
    struct world *w = fixture_run(&f, 1, rows[i].name);
    test_check(rows[i].sum_ms < 0 || (double)w->observation.sojourn_ns == rows[i].sum_ms * 1e6, "%s: %.9g ms", rows[i].name,
               (double)w->observation.sojourn_ns * 1e-6);
    test_check(w->observation.ended[OUTCOME_COMPLETED] == rows[i].completed, "%s: %llu completed", rows[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
    test_check(!pool_live(&w->requests) && !pool_live(&world_databases(w)->transactions), "%s: %u requests, %u transactions",
               rows[i].name, pool_live(&w->requests), pool_live(&world_databases(w)->transactions));
    world_free(w), fixture_close(&f);
  }
}

/* A transaction has its connection at 10 s and its first statement at 13 s. What dies in between is back at 12.1 s, without it. */
static void test_died_before_first_statement(void) {
#define DIES(who, at) "'" who "': { 'kind': 'crash', 'service': '" who "', 'at': '" at "' }"
#define POOLED(mode)  ", 'b': { 'kind': 'proxy', 'start': '1s', 'pooler': { 'database': 'd', 'mode': '" mode "', 'pool_size': 1 } }"
  static const struct {
    const char *name, *pool, *database, *others, *faults;
    enum outcome outcome;
  } rows[] = {{"nobody", "", "", "", DIES("a", "30s"), OUTCOME_COMPLETED},
              {"the database, of a plain pool", "", "", "", DIES("d", "11s"), OUTCOME_CRASHED},
              {"the database, of open connections", ", 'min': 1", "", "", DIES("d", "11s"), OUTCOME_CRASHED},
              {"before the connection is taken", "", "", "", DIES("d", "8s"), OUTCOME_COMPLETED},
              {"it is dead when the connection is taken", "", "", "", DIES("d", "9.5s"), OUTCOME_CRASHED},
              {"the primary", "", ", 'replicas': 2, 'replication': {}", "", DIES("d", "11s"), OUTCOME_CRASHED},
              {"a shard", "", ", 'shards': { 'count': 1, 'by': 'k' }", "", DIES("d", "11s"), OUTCOME_CRASHED},
              {"the pooler", "", "", POOLED("transaction"), DIES("b", "11s"), OUTCOME_CRASHED},
              /* A process that starts meanwhile cannot open the connection that it keeps: it does when it is wanted. */
              {"the pooler, when the caller starts", ", 'min': 1", "", POOLED("transaction"),
               DIES("b", "8.5s") ", " DIES("a", "8.6s"), OUTCOME_COMPLETED},
              /* Its connection leads to the pooler, which has none yet for it. */
              {"the database behind a pooler", "", "", POOLED("transaction"), DIES("d", "11s"), OUTCOME_COMPLETED}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 't', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': '10s', 'mix': { 'p': 1 } } "
        "}, 'keys': { 'k': 1 }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'transaction': 'd', 'steps': [ { 'delay': '3s' }, "
        "{ 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'start': '0s', 'pools': { "
        "'d': { 'max': "
        "5%s "
        "} } }, 'd': { 'kind': 'database', 'start': '1s'%s }%s }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 8 } } "
        "}, 'faults': { %s }, 'run': { 'warmup': '0s', 'window': '15s', "
        "'windows': 1 } }",
        rows[i].pool, rows[i].database, rows[i].others, rows[i].faults);
    struct world *w = fixture_run(&f, 1, rows[i].name);
    test_check(w->observation.ended[rows[i].outcome] == 2, "%s: %llu completed, %llu crashed", rows[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED],
               (unsigned long long)w->observation.ended[OUTCOME_CRASHED]);
    test_check(!pool_live(&w->requests) && !pool_live(&world_databases(w)->transactions) && !w->containers[0].pools[0].in_use,
               "%s: %u requests, %u transactions, %u connections", rows[i].name, pool_live(&w->requests),
               pool_live(&world_databases(w)->transactions), w->containers[0].pools[0].in_use);
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"traces", test_traces},
                                         {"died_before_first_statement", test_died_before_first_statement},
                                         {"kind_of_time", test_kind_of_time},
                                         {"order_of_reuse", test_order_of_reuse},
                                         {"lifetime", test_lifetime},
                                         {"neutral", test_neutral},
                                         {"deaths", test_deaths},
                                         {"law", test_law},
                                         {"slowed", test_slowed},
                                         {"saturation", test_saturation},
                                         {"pools_saturate", test_pools_saturate},
                                         {"provider", test_provider},
                                         {"processes", test_processes},
                                         {"memory", test_memory},
                                         {"transactions", test_transactions},
                                         {NULL, NULL}};
const struct test_suite suite_connections = {"connections", cases};
