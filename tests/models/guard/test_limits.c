/* Limits: every algorithm against a trace by hand to the nanosecond and against a second implementation; whose account it is;
 * permits on every way out; memory; and what limits must not change. */
#include "models/guard/limiter.h"
#include "models/traffic/address.h"
#include "models/traffic/identity.h"
#include "sim/engine/ziggurat.h"
#include "models/availability/outage.h"
#include "models/guard/limits.h"
#include "sim/measure/resource.h"
#include "tests/model_fixture.h"

/* --- one account, by hand --------------------------------------------------------------------------------------------------- */

struct bench {
  struct limit limit;
  struct limit_config config;
  struct limit_account account;
};

static void bench_open(struct bench *b, const struct limit_kind *kind, struct limit_config config, sim_time clock) {
  *b = (struct bench){.config = config};
  b->limit = (struct limit){.config = &b->config, .kind = kind, .clock = clock};
  pool_init(&b->limit.log, sizeof(struct log_entry));
}

static bool ask(struct bench *b, sim_time at) { return b->limit.kind->admits(&b->limit, &b->account, at); }

/* Asked at each time in turn; 1 in `passes` where the request passes. */
struct trace {
  const char *name;
  const struct limit_kind *kind;
  struct limit_config config;
  sim_time clock, at[24];
  const char *passes;
};

#define THIRD 333333333
static const struct trace traces[] = {
    /* 3 a second: a token takes 333,333,333 1/3 ns. The third request finds one from the next whole nanosecond on, and the
     * thirds do not add up to a drift. */
    {"three tokens a second, two at once",
     &limit_token_bucket,
     {.limit = 3, .window = SIM_S, .burst = 2},
     0,
     {0, 0, 0, THIRD, THIRD + 1, 2 * THIRD, 2 * THIRD + 1, SIM_S - 1, SIM_S, 10 * SIM_S, 10 * SIM_S, 10 * SIM_S},
     "110010101110"},
    {"a bucket of one", &limit_token_bucket, {.limit = 1, .window = 10, .burst = 1}, 0, {5, 14, 15, 16, 24, 25}, "101001"},
    {"a log of two in 10 ns", &limit_sliding_log, {.limit = 2, .window = 10}, 0, {0, 0, 0, 9, 10, 10, 19, 20}, "11001101"},
    {"a log of accepted", &limit_sliding_log, {.limit = 2, .window = 10}, 0, {0, 1, 5, 10, 11, 21}, "110111"},
    {"a log of attempts", &limit_sliding_log, {.limit = 2, .window = 10, .counts = 1}, 0, {0, 1, 5, 10, 11, 21}, "110001"},
    /* At the edge of two windows twice the limit within a nanosecond, which a log never lets through. */
    {"a fixed window's edge", &limit_fixed_window, {.limit = 3, .window = 10}, 0, {9, 9, 9, 9, 10, 10, 10, 10}, "11101110"},
    {"a log at that edge", &limit_sliding_log, {.limit = 3, .window = 10}, 0, {9, 9, 9, 9, 10, 10, 10, 10, 19}, "111000001"},
    {"a clock at five", &limit_fixed_window, {.limit = 2, .window = 10}, 5, {4, 4, 4, 5, 5, 5, 14, 15}, "11011001"},
    /* Ten in the last tenth of a window of 100 ns. At 100 they count fully; at 101 9.9 of them, so one passes; at
     * 110 9 and that one are 10 again; at 111 they are 9.9. */
    {"a sliding counter",
     &limit_sliding_counter,
     {.limit = 10, .window = 100},
     0,
     {90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 99, 100, 101, 109, 110, 111, 120, 121, 199, 300, 301},
     "111111111100"
     "100101111"},
    {"a sliding counter of attempts",
     &limit_sliding_counter,
     {.limit = 2, .window = 100, .counts = 1},
     0,
     {0, 0, 0, 0, 100, 149, 151, 199, 200, 300, 301},
     "11000000011"},
};

static void test_traces(void) {
  for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
    static struct bench b;
    bench_open(&b, traces[i].kind, traces[i].config, traces[i].clock);
    for (size_t k = 0; traces[i].passes[k]; k++) {
      bool passes = ask(&b, traces[i].at[k]);
      test_check(passes == (traces[i].passes[k] == '1'), "%s: request %zu, at %lld ns, %s", traces[i].name, k + 1,
                 (long long)traces[i].at[k], passes ? "passes" : "is refused");
    }
    pool_release(&b.limit.log);
  }
}

/* --- the same by other means -------------------------------------------------------------------------------------------------- */

enum { ASKED = 60000 };

struct past {
  sim_time at[ASKED];
  bool passed[ASKED];
};

/* Tokens themselves, in units of 1 / window of one. */
static bool naive_bucket(const struct limit_config *c, const struct past *p, int n, __int128 *tokens) {
  __int128 full = (__int128)c->burst * c->window;
  *tokens += n ? (__int128)(p->at[n] - p->at[n - 1]) * c->limit : full;
  if (*tokens > full) *tokens = full;
  if (*tokens < c->window) return false;
  *tokens -= c->window;
  return true;
}

/* Counts the past anew for every request. */
static bool naive_windows(const struct limit_kind *kind, const struct limit_config *c, const struct past *p, int n) {
  sim_time now = p->at[n], begun = now - now % c->window;
  int64_t inside = 0, before = 0;
  for (int k = n - 1; k >= 0 && p->at[k] > now - 2 * c->window; k--) {
    if (!p->passed[k] && !c->counts) continue;
    if (kind == &limit_sliding_log)
      inside += p->at[k] > now - c->window;
    else
      inside += p->at[k] >= begun, before += p->at[k] < begun && p->at[k] >= begun - c->window;
  }
  if (kind != &limit_sliding_counter) return inside < c->limit;
  return before * (c->window - now % c->window) + inside * c->window < c->limit * c->window;
}

static void test_second_implementation(void) {
  static const struct limit_kind *const kinds[] = {&limit_token_bucket, &limit_sliding_log, &limit_sliding_counter,
                                                   &limit_fixed_window};
  static struct past p;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    for (int counts = 0; counts <= (kinds[i] == &limit_sliding_log || kinds[i] == &limit_sliding_counter); counts++) {
      const struct limit_kind *kind = kinds[i];
      static struct bench b;
      bench_open(&b, kind, (struct limit_config){.kind = kind, .limit = 7, .window = 997, .burst = 5, .counts = counts}, 0);
      struct stream draws = stream_open(77);
      __int128 tokens = 0;
      int passed = 0, wrong = 0;
      sim_time now = 0;
      for (int n = 0; n < ASKED; n++) {
        /* A load of 1 to 2.5, in spells: limits are full often and empty often. */
        p.at[n] = now += (sim_time)(stream_exponential(&draws) * (n / 500 % 3 == 2 ? 300 : 60));
        p.passed[n] = ask(&b, now);
        bool expected =
            kind == &limit_token_bucket ? naive_bucket(&b.config, &p, n, &tokens) : naive_windows(kind, &b.config, &p, n);
        passed += p.passed[n], wrong += p.passed[n] != expected;
      }
      test_check(wrong == 0 && passed > ASKED / 10 && passed < ASKED * 9 / 10, "%s: %d of %d decided otherwise, %d passed",
                 kind->member.word, wrong, ASKED, passed);
      test_check(pool_high_water(&b.limit.log) <= 7, "%s: %u in the log at once", kind->member.word, pool_high_water(&b.limit.log));
      pool_release(&b.limit.log);
    }
}

/* --- whose account ------------------------------------------------------------------------------------------------------------- */

/* Ten users ask at 10 s and at 20 s, two endpoints, two classes of five. */
#define CROWD                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'crowd', 'traffic': { 'u': { 'kind': 'closed', 'population': 5, 'think': '10s', 'mix': { 'p': 1 } }, "  \
  "'v': { 'kind': 'closed', 'population': 5, 'think': '10s', 'mix': { 'q': 1 } } },"                                               \
  "'limits': { 'l': { %s } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] }, 'q': { 'entry': 'a', 'steps': [ %s ] } },"    \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '1s' }, 'd': { 'kind': 'database' } }, 'platform': { 'kind': "      \
  "'compose', 'nodes': { 'n': { 'cpu': 400 } } }, %s 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static void test_accounts(void) {
  static const struct {
    const char *name, *limit, *faults, *window;
    uint64_t passed, accounts;
  } rows[] = {
      {"all", "'kind': 'fixed-window', 'rate': '3/h'", "", "15s", 3, 1},
      {"all, twice", "'kind': 'fixed-window', 'rate': '3/h'", "", "25s", 3, 1},
      {"class", "'kind': 'fixed-window', 'rate': '3/h', 'per': 'class'", "", "15s", 6, 2},
      {"endpoint", "'kind': 'fixed-window', 'rate': '3/h', 'per': 'endpoint'", "", "15s", 6, 2},
      {"client", "'kind': 'fixed-window', 'rate': '1/h', 'per': 'client'", "", "25s", 10, 10},
      {"client, log", "'kind': 'sliding-log', 'rate': '1/h', 'per': 'client'", "", "25s", 10, 10},
      {"replica", "'kind': 'fixed-window', 'rate': '3/h', 'scope': 'replica'", "", "15s", 6, 2},
      {"replica, twice", "'kind': 'fixed-window', 'rate': '3/h', 'scope': 'replica'", "", "25s", 6, 2},
      /* One replica dies in between, starts anew and has forgotten; Redis has not. */
      {"replica that restarts", "'kind': 'fixed-window', 'rate': '3/h', 'scope': 'replica'",
       "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '12s' }, 'y': { 'kind': 'crash', 'service': 'a', 'at': '12s' } "
       "},",
       "25s", 9, 3},
      {"shared, and replicas restart", "'kind': 'fixed-window', 'rate': '3/h'",
       "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'at': '12s' } },", "25s", 3, 1},
      {"unlimited", "'kind': 'fixed-window', 'limit': 'unlimited'", "", "25s", 20, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(CROWD, rows[i].limit, "{ 'limit': 'l' }", "{ 'limit': 'l' }", rows[i].faults, rows[i].window);
    struct world *w = fixture_run(&f, 1, rows[i].name);
    const struct limit *l = &world_limits(w)->each[0];
    test_check(l->accepted == rows[i].passed && w->observation.ended[OUTCOME_LIMITED] == l->refused &&
                   w->observation.ended[OUTCOME_COMPLETED] == l->accepted,
               "%s: %llu passed, %llu completed, %llu were limited", rows[i].name, (unsigned long long)l->accepted,
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED],
               (unsigned long long)w->observation.ended[OUTCOME_LIMITED]);
    test_check(limiter_accounts(w) == rows[i].accounts, "%s: %llu accounts", rows[i].name, (unsigned long long)limiter_accounts(w));
    world_free(w);
    fixture_close(&f);
  }
}

/* --- permits ------------------------------------------------------------------------------------------------------------------- */

static void test_permits(void) {
  static const struct {
    const char *limit;
    uint64_t completed, limited; /* of ten at 10 s, seen at 19 s */
    double last_s;               /* latency of the last answer */
  } rows[] = {
      {"'limit': 2", 2, 8, 1},
      {"'limit': 2, 'queue': 3", 5, 5, 3},
      {"'limit': 2, 'queue': 'unlimited'", 10, 0, 5},
      {"'limit': 2, 'queue': 'unlimited', 'wait': '2500ms'", 6, 4, 3}, /* at 10, 11 and 12 two each; at 12.5 the rest goes */
      {"'limit': 2, 'queue': 5, 'wait': '1s'", 4, 6, 2},               /* who was first gives back before the others' wait ends */
      {"'limit': 3, 'queue': 5, 'wait': '0s'", 3, 7, 1},
      {"'limit': 1, 'per': 'client'", 10, 0, 1},
      {"'limit': 2, 'per': 'class'", 4, 6, 1},
      {"'limit': 2, 'queue': 1, 'scope': 'replica'", 6, 4, 2},
      {"'limit': 'unlimited'", 10, 0, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char limit[200];
    snprintf(limit, sizeof limit, "'kind': 'concurrency', %s", rows[i].limit);
#define HELD "{ 'limit': 'l', 'steps': [ { 'delay': '1s' } ] }"
    struct fixture f = fixture_of(CROWD, limit, HELD, HELD, "", "19s");
    struct world *w = fixture_run(&f, 1, rows[i].limit);
    struct ends p = fixture_ends(w, 0), q = fixture_ends(w, 1);
    double last = (double)histogram_max(fixture_latency(w, 0)) * 1e-9, other = (double)histogram_max(fixture_latency(w, 1)) * 1e-9;
    last = other > last ? other : last;
    test_check(p.by[OUTCOME_COMPLETED] + q.by[OUTCOME_COMPLETED] == rows[i].completed &&
                   p.by[OUTCOME_LIMITED] + q.by[OUTCOME_LIMITED] == rows[i].limited && last == rows[i].last_s,
               "{%s}: %llu completed, %llu limited, the last after %.9g s", rows[i].limit,
               (unsigned long long)(p.by[OUTCOME_COMPLETED] + q.by[OUTCOME_COMPLETED]),
               (unsigned long long)(p.by[OUTCOME_LIMITED] + q.by[OUTCOME_LIMITED]), last);
    test_check(world_limits(w)->each[0].in_use == 0 && world_limits(w)->each[0].waiting == 0 &&
                   pool_live(&world_limits(w)->permits) == 0,
               "{%s}: %u permits left", rows[i].limit, world_limits(w)->each[0].in_use);
    world_free(w);
    fixture_close(&f);
  }
}

/* A permit of a request that fails inside the nested steps comes back: an external service that always fails, asked by ten one
 * after another through one permit. */
static void test_permits_of_failures(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'failures', 'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': 1 "
      "} "
      "} }, 'limits': { 'l': { 'kind': 'concurrency', 'limit': 1, 'queue': 20 }, 'm': { 'kind': 'concurrency', 'limit': 3, "
      "'queue': "
      "20 } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'limit': 'm', 'steps': [ { 'limit': 'l', 'steps': [ { 'external': "
      "'e' } ] } ] } ] } }, 'services': { 'a': { 'kind': 'app' }, 'e': { 'kind': 'external', 'latency': '100ms', 'failure': "
      "'100%%' "
      "} }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '19s', "
      "'windows': "
      "1 } }");
  struct world *w = fixture_run(&f, 1, "failures");
  test_check(w->observation.ended[OUTCOME_EXTERNAL] == 10 && (double)w->observation.sojourn_ns == 5.5e9,
             "%llu failed after %.9g s in all", (unsigned long long)w->observation.ended[OUTCOME_EXTERNAL],
             (double)w->observation.sojourn_ns * 1e-9);
  test_check(pool_live(&world_limits(w)->permits) == 0 && world_limits(w)->each[1].asked == 10 &&
                 world_limits(w)->each[0].accepted == 10,
             "%u permits left", pool_live(&world_limits(w)->permits));
  world_free(w);
  fixture_close(&f);
}

/* a's process dies at 10.5 s while two of its requests hold permits (their queries run on in d) and two wait for one; b's two
 * wait too. The permits are free at once: b's requests have them at 10.5 s and are served at 11.5 s. */
static void test_permits_of_the_dead(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'dead', 'traffic': { 'u': { 'kind': 'closed', 'population': 4, 'think': '10s', 'mix': { 'p': 1 } }, "
      "'v': { 'kind': 'closed', 'population': 2, 'think': '10.1s', 'mix': { 'q': 1 } } }, 'limits': { 'l': { 'kind': "
      "'concurrency', "
      "'limit': 2, 'queue': 10, 'wait': '5s' } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'limit': 'l', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1s' } ] } "
      "] "
      "}, 'q': { 'entry': 'b', 'steps': [ { 'limit': 'l', 'steps': [ { 'query': 'd', 'reads': 1, 'demand': '1s' } ] } ] } },"
      "'services': { 'a': { 'kind': 'app', 'restart': 'no' }, 'b': { 'kind': 'app' }, 'd': { 'kind': 'database' } }, 'faults': { "
      "'x': { 'kind': 'crash', 'service': 'a', 'at': '10.5s' } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 400 } "
      "} "
      "}, 'run': { 'warmup': '0s', 'window': '19s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "dead");
  const struct observation *o = &w->observation;
  const struct limit *l = &world_limits(w)->each[0];
  test_check(o->ended[OUTCOME_CRASHED] == 4 && o->ended[OUTCOME_COMPLETED] == 2, "%llu crashed, %llu completed",
             (unsigned long long)o->ended[OUTCOME_CRASHED], (unsigned long long)o->ended[OUTCOME_COMPLETED]);
  test_check(fabs(fixture_mean_s(w, 1) - 1.4) < 1e-9, "b's requests take %.9g s", fixture_mean_s(w, 1));
  test_check(l->asked == 6 && l->accepted == 4 && l->abandoned == 2 && l->in_use == 0, "%llu passed, %llu abandoned, %u in use",
             (unsigned long long)l->accepted, (unsigned long long)l->abandoned, l->in_use);
  world_free(w);
  fixture_close(&f);
}

/* --- addresses ------------------------------------------------------------------------------------------------------------------ */

#define SITES                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'sites', 'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': 1 } %s " \
  "}, 'v': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': 1 } %s } }, 'limits': { 'l': { 'kind': "            \
  "'fixed-window', 'rate': '%s/h', 'per': 'address' } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'limit': 'l' } ] } }, "  \
  "'services': { 'a': { 'kind': 'app', 'start': '1s' } }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 400 } } }, "   \
  "'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }"

/* Two sources of ten users, each of whom asks once. */
static void test_addresses(void) {
  static const struct {
    const char *u, *v, *rate;
    uint64_t passed, accounts;
  } rows[] = {
      {"", "", "1", 20, 20},                               /* each has its own */
      {", 'addresses': 1", "", "3", 3 + 10, 1 + 10},       /* u is a campus */
      {", 'addresses': 1", ", 'addresses': 1", "3", 6, 2}, /* two campuses */
      {", 'addresses': { 'count': 1, 'name': 'c' }", ", 'addresses': { 'count': 1, 'name': 'c' }", "3", 3, 1}, /* one */
      {", 'addresses': 5", ", 'addresses': 2", "2", 5 * 2 + 2 * 2, 7}, /* two and five users an address: 2 pass */
      {", 'addresses': 5", "", "1", 5 + 10, 5 + 10},
      /* Every second of u is behind one of two addresses, 3 and 2 of them: 2 pass of each, and all of the others. */
      {", 'addresses': { 'count': 2, 'share': '50%' }", "", "2", 4 + 5 + 10, 2 + 5 + 10},
      {", 'addresses': { 'count': 2, 'share': '0%' }", "", "1", 20, 20},
      {", 'addresses': 4000000000", "", "1", 20, 20},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(SITES, rows[i].u, rows[i].v, rows[i].rate);
    struct world *w = fixture_run(&f, 1, "addresses");
    test_check(world_limits(w)->each[0].accepted == rows[i].passed && limiter_accounts(w) == rows[i].accounts,
               "%s %s: %llu passed, %llu accounts", rows[i].u, rows[i].v, (unsigned long long)world_limits(w)->each[0].accepted,
               (unsigned long long)limiter_accounts(w));
    world_free(w);
    fixture_close(&f);
  }
}

/* Clients are behind four addresses by Zipf's law: 12/25, 6/25, 4/25 and 3/25 of them. 3 degrees of freedom: 16.3 is exceeded once in
 * a thousand. Known or not, a client keeps its address. */
static void test_addresses_by_zipf(void) {
  struct fixture f = fixture_of(SITES, ", 'addresses': { 'count': 4, 'zipf': 1 }", "", "1");
  struct world *w = fixture_run(&f, 1, "zipf");
  static const double share[] = {12.0 / 25, 6.0 / 25, 4.0 / 25, 3.0 / 25};
  enum { CLIENTS = 40000 };
  for (int known = 0; known <= 1; known++) {
    double seen[4] = {0}, squares = 0;
    int moved = 0;
    for (uint32_t n = 0; n < CLIENTS; n++) {
      struct request r = {.source = 0, .user = known ? n : NONE, .key = stream_mix(n), .subject = stream_mix(n)};
      uint64_t address = address_of(w, &r) & 3;
      r.key = 7; /* another attempt of one errand */
      moved += (address_of(w, &r) & 3) != address;
      seen[address]++;
    }
    for (int k = 0; k < 4; k++) squares += pow(seen[k] - CLIENTS * share[k], 2) / (CLIENTS * share[k]);
    test_check(squares < 16.3 && moved == 0, "known %d: chi-squared %.1f, %d moved", known, squares, moved);
  }
  world_free(w);
  fixture_close(&f);
}

/* New clients all the time, all behind one address: ten a second pass, of a hundred. */
static void test_address_of_strangers(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'campus', 'traffic': { 'x': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 }, 'addresses': 1 } "
      "}, "
      "'limits': { 'l': { 'kind': 'fixed-window', 'rate': '10/s', 'per': 'address' } }, 'endpoints': { 'p': { 'steps': [ { "
      "'limit': 'l' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': "
      "'10s', 'windows': 1 } }");
  struct world *w = fixture_run(&f, 1, "campus");
  test_check(world_limits(w)->each[0].accepted == 100, "%llu passed", (unsigned long long)world_limits(w)->each[0].accepted);
  world_free(w);
  fixture_close(&f);
}

/* --- clients and memory -------------------------------------------------------------------------------------------------------- */

/* 10^6 clients, each once, at 100,000/s: those of a limit's last 50 ms are some 5,000. */
static void test_a_million_clients(void) {
  static const char *const limits[] = {"'kind': 'token-bucket', 'rate': '5/50ms'", "'kind': 'sliding-log', 'rate': '5/50ms'",
                                       "'kind': 'sliding-counter', 'rate': '5/50ms'", "'kind': 'fixed-window', 'rate': '5/50ms'"};
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'million', 'traffic': { 'x': { 'kind': 'open', 'rate': '100000/s', 'mix': { 'p': 1 } } }, "
        "'limits': { 'l': { %s, 'per': 'client' } }, 'endpoints': { 'p': { 'steps': [ { 'limit': 'l' } ] } }, 'platform': { "
        "'kind': "
        "'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '10s', 'windows': 1 } }",
        limits[i]);
    struct world *w = fixture_run(&f, 1, limits[i]);
    const struct limit *l = &world_limits(w)->each[0];
    test_check(l->asked > 990000 && l->refused == 0, "%s: %llu asked, %llu refused", limits[i], (unsigned long long)l->asked,
               (unsigned long long)l->refused);
    /* At most 10,000 alive (a sliding counter remembers two windows more), a table of 2^17 at most, half of it taken. */
    test_check(pool_high_water(&l->accounts) < 1 << 16 && l->table.size <= 1 << 17 && pool_high_water(&l->log) < 1 << 16,
               "%s: %u accounts and %u entries of a log at once, %u slots", limits[i], pool_high_water(&l->accounts),
               pool_high_water(&l->log), l->table.size);
    world_free(w);
    fixture_close(&f);
  }
}

/* Chi-squared of draws from 20 clients; 19 degrees of freedom: 43.8 is exceeded once in a thousand. */
static void test_clients(void) {
  for (int i = 0; i < 5; i++) {
    static const double exponents[] = {0, 0.5, 1, 1.00001, 3};
    struct clients_config c = {.count = 20, .zipf = exponents[i]};
    struct arena *arena = arena_new();
    identity_link(&c, arena);
    double weight[20], sum = 0, squares = 0, seen[20] = {0};
    enum { DRAWS = 400000 };
    for (int k = 0; k < 20; k++) sum += weight[k] = pow(k + 1, -exponents[i]);
    for (uint64_t n = 0; n < DRAWS; n++) seen[identity_draw(&c, stream_mix(n))]++;
    for (int k = 0; k < 20; k++) squares += pow(seen[k] - DRAWS * weight[k] / sum, 2) / (DRAWS * weight[k] / sum);
    test_check(squares < 43.8 && squares > 4, "zipf %g: chi-squared %.1f", exponents[i], squares);
    arena_free(arena);
  }
}

/* Ten clients at 1/s each against 5 in 10 s: half of what each sends passes; new clients are never held back. */
static void test_clients_of_a_source(void) {
  static const struct {
    const char *clients;
    double low, high;
  } rows[] = {{"", 1, 1},
              {", 'clients': 10", 0.42, 0.5},
              {", 'clients': { 'count': 10, 'zipf': 2 }", 0.2, 0.42},
              {", 'clients': 1", 0.049, 0.051}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'clients', 'traffic': { 'x': { 'kind': 'open', 'rate': '10/s', 'mix': { 'p': 1 }%s } }, "
        "'limits': { 'l': { 'kind': 'sliding-log', 'rate': '5/10s', 'per': 'client' } }, 'endpoints': { 'p': { 'steps': [ { "
        "'limit': 'l' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', "
        "'window': "
        "'2000s', 'windows': 1 } }",
        rows[i].clients);
    struct world *w = fixture_run(&f, 1, rows[i].clients);
    double share = (double)world_limits(w)->each[0].accepted / (double)world_limits(w)->each[0].asked;
    test_check(share >= rows[i].low && share <= rows[i].high, "clients%s: %.4f pass", rows[i].clients, share);
    world_free(w);
    fixture_close(&f);
  }
}

/* Who asks again is who he was: each client passes once, and every further attempt or errand of his is refused. The service behind
 * the limit always fails, so every errand of the first kind makes its three attempts. */
static void test_clients_who_ask_again(void) {
  static const struct {
    const char *name, *source;
    unsigned each; /* times that a client asks */
    bool fails;
  } rows[] = {
      {"retries",
       "'kind': 'open', 'mix': { 'p': 1 }, 'retry': { 'attempts': 3, 'backoff': '10ms', 'on': [ 'external', 'limited' ] }", 3,
       true},
      {"sessions",
       "'kind': 'session', 'journey': [ { 'ask': 'p', 'think': '10ms', 'failed': 'go-on' }, { 'name': 'more', 'ask': 'p', 'think': "
       "'10ms', "
       "'failed': 'go-on' }, { 'ask': 'q', 'failed': 'go-on' } ]",
       3, false},
      {"requests", "'kind': 'open', 'mix': { 'p': 1 }", 1, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'again', 'traffic': { 'x': { 'rate': { 'steps': [ { 'from': '0s', 'rate': '100/s' }, { 'from': "
        "'10s', 'rate': '0/s' } ] }, %s } }, 'limits': { 'l': { 'kind': 'fixed-window', 'rate': '1/h', 'per': 'client' } }, "
        "'endpoints': { 'p': { 'steps': [ { 'limit': 'l' }, { 'external': 'e' } ] }, 'q': { 'steps': [ { 'limit': 'l' } ] } }, "
        "'services': { 'e': { 'kind': 'external', 'failure': '%s' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 "
        "} "
        "} }, 'run': { 'warmup': '0s', 'window': '30s', 'windows': 1 } }",
        rows[i].source, rows[i].fails ? "100%" : "0%");
    struct world *w = fixture_run(&f, 1, rows[i].name);
    const struct limit *l = &world_limits(w)->each[0];
    test_check(l->accepted > 800 && l->asked == rows[i].each * l->accepted && limiter_accounts(w) == l->accepted,
               "%s: %llu asked, %llu passed, %llu accounts", rows[i].name, (unsigned long long)l->asked,
               (unsigned long long)l->accepted, (unsigned long long)limiter_accounts(w));
    world_free(w);
    fixture_close(&f);
  }
}

/* --- what limits must not change ------------------------------------------------------------------------------------------------ */

#define SYSTEM                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'system', 'traffic': { 'x': { 'kind': 'open', 'rate': '200/s', 'mix': { 'p': 3, 'q': 1 }%s }, 'u': { "  \
  "'kind': 'closed', 'population': 20, 'think': { 'exponential': '300ms' }, 'mix': { 'p': 1 } } },"                                \
  "'limits': { 'none': { 'kind': 'token-bucket', 'limit': 'unlimited' }, 'wide': { 'kind': 'sliding-log', 'rate': '1000000/s', "   \
  "'per': 'client' }, 'free': { 'kind': 'concurrency', 'limit': 'unlimited' }, 'room': { 'kind': 'concurrency', 'limit': 5000, "   \
  "'queue': 9, 'wait': '1s', 'scope': 'replica' }, 'tight': { 'kind': 'fixed-window', 'rate': '100/s' } },"                        \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s { 'cpu': { 'exponential': '3ms' } }, { 'query': 'd', 'reads': 1, 'writes': "  \
  "1, 'demand': { 'lognormal': { 'mean': '2ms', 'cv': 1 } } } %s ] }, 'q': { 'entry': 'a', 'steps': [ %s { 'cached': 'c', 'hit': " \
  "'50%%', 'miss': [ %s { 'external': 'e' } %s ] }, { 'delay': { 'exponential': '1ms' } }, { 'cpu': { 'exponential': '5ms' } }, "  \
  "{ 'call': 'b', 'steps': [ { 'cpu': { 'exponential': '1ms' } } ] } ] } },"                                                       \
  "'services': { 'a': { 'kind': 'app', 'replicas': 2, 'balance': 'random' }, 'b': { 'kind': 'app', 'replicas': 2, 'balance': "     \
  "'random' }, 'c': { 'kind': 'cache' }, 'd': { 'kind': 'database' }, 'e': { 'kind': 'external', 'failure': '5%%', 'latency': { "  \
  "'exponential': '20ms' } } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'count': 2, 'cpu': 3 } } }, 'faults': { 'x': { " \
  "'kind': 'crash', 'service': 'a', 'mtbf': '20s' } }, 'run': { 'warmup': '2s', 'window': '30s', 'windows': 1 } }"

static const struct {
  const char *name, *clients, *before, *after, *head, *inner, *inner_end;
  bool binds;
} variants[] = {
    {"a limit without limit", "", "{ 'limit': 'none' },", "", "{ 'limit': 'none' },", "{ 'limit': 'none' },", "", false},
    {"a limit that is never reached", ", 'clients': 50", "{ 'limit': 'wide' },", "", "", "{ 'limit': 'wide' },", "", false},
    {"permits without limit", "", "{ 'limit': 'free', 'steps': [", "] }", "", "{ 'limit': 'free', 'steps': [", "] }", false},
    {"permits that are never used up", "", "{ 'limit': 'room', 'steps': [", "] }", "", "{ 'limit': 'room', 'steps': [", "] }",
     false},
    {"clients that nobody asks for", ", 'clients': { 'count': 5, 'zipf': 1 }", "", "", "", "", "", false},
    {"a limit that binds", "", "{ 'limit': 'tight' },", "", "", "", "", true},
};

static struct world *run_variant(size_t i, struct fixture *f) {
  *f = i == SIZE_MAX ? fixture_of(SYSTEM, "", "", "", "", "", "")
                     : fixture_of(SYSTEM, variants[i].clients, variants[i].before, variants[i].after, variants[i].head,
                                  variants[i].inner, variants[i].inner_end);
  return fixture_run(f, 11, i == SIZE_MAX ? "plain" : variants[i].name);
}

static void test_identities(void) {
  struct fixture plain;
  struct world *a = run_variant(SIZE_MAX, &plain);
  for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
    struct fixture f;
    struct world *b = run_variant(i, &f);
    bool same = a->observation.sojourn_ns == b->observation.sojourn_ns;
    for (uint32_t e = 0; e < 2; e++)
      same &= fixture_same_window(&a->observation.endpoints[e].windows[0], &b->observation.endpoints[e].windows[0]);
    test_check(same != variants[i].binds && b->observation.arrived > 5000, "%s: %s run", variants[i].name,
               same ? "the same" : "another");
    world_free(b);
    fixture_close(&f);
  }
  world_free(a);
  fixture_close(&plain);
}

/* --- walks without requests ------------------------------------------------------------------------------------------------------ */

/* Permits are held for the nested steps, 80 ms of CPU at twice the speed and 60 ms of delay: 4 of them are full at 40/s. A limit is
 * no outage. */
static void test_walks(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'walks', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'limits': { 'l': "
      "{ "
      "'kind': 'concurrency', 'limit': 4 }, 'm': { 'kind': 'fixed-window', 'rate': '1/h' } },"
      "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'limit': 'm' }, { 'delay': '1s' }, { 'limit': 'l', 'steps': [ { 'cpu': "
      "'80ms' }, { 'delay': '60ms' } ] }, { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'cpu': 8, 'speed': 2 } } }, 'run': { 'window': '1s' } }");
  struct resource *resources;
  uint32_t count = resources_of(&f.scenario->model, f.arena, &resources), found = 0;
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(resources[i].name, "l permits")) continue;
    found++;
    test_check(fabs(resource_saturates_at(&resources[i]) - 40) < 1e-9, "permits are full at %.9g/s",
               resource_saturates_at(&resources[i]));
  }
  test_check(found == 1, "%u rows of permits among %u resources", found, count);
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  test_check(outage_serving(w, 0) == 1, "%.9g of the requests are served", outage_serving(w, 0));
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"traces", test_traces},
                                         {"second_implementation", test_second_implementation},
                                         {"accounts", test_accounts},
                                         {"permits", test_permits},
                                         {"permits_of_failures", test_permits_of_failures},
                                         {"permits_of_the_dead", test_permits_of_the_dead},
                                         {"a_million_clients", test_a_million_clients},
                                         {"clients", test_clients},
                                         {"clients_of_a_source", test_clients_of_a_source},
                                         {"addresses", test_addresses},
                                         {"addresses_by_zipf", test_addresses_by_zipf},
                                         {"address_of_strangers", test_address_of_strangers},
                                         {"clients_who_ask_again", test_clients_who_ask_again},
                                         {"identities", test_identities},
                                         {"walks", test_walks},
                                         {NULL, NULL}};
const struct test_suite suite_limits = {"limits", cases};
