/* Limited stock: traces by hand to the nanosecond of reserving, paying and running out; the row's lock; who dies in between; and
 * never oversold, whatever happens. */
#include "models/core/meter.h"
#include "models/database/lock.h"
#include "models/core/parts.h"
#include "models/stock/stock.h"
#include "tests/model_fixture.h"

/* Users who ask together at 10 s (and 10 s after each answer), an app without work of its own, a cache and a database. */
#define SALE                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'sale', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '10s', 'mix': { 'buy': 1 } } " \
  "}, 'endpoints': { 'buy': { 'entry': 'a', 'steps': [ %s ] } },"                                                                  \
  "'stock': { 'tickets': { %s } }, 'services': { 'a': { 'kind': 'app', 'place': 'x' %s }, 'c': { 'kind': 'cache', 'place': 'y' "   \
  "}, 'd': { 'kind': 'database', 'place': 'y', 'start': '1s' } },"                                                                 \
  "'platform': { 'kind': 'static', 'network': { 'between_nodes': '%s' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': "            \
  "'unlimited' "                                                                                                                   \
  "} } } %s, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }"

static const struct stock *tickets(const struct world *w) { return &world_stocks(w)->each[0]; }

static void check_stock(const struct world *w, const char *name, int64_t left, int64_t held, int64_t sold, int64_t expired) {
  const struct stock *s = tickets(w);
  test_check(s->free == left && s->held == held && s->sold == sold && s->expired == expired,
             "%s: %lld left, %lld held, %lld sold, %lld expired; by hand %lld, %lld, %lld, %lld", name, (long long)s->free,
             (long long)s->held, (long long)s->sold, (long long)s->expired, (long long)left, (long long)held, (long long)sold,
             (long long)expired);
}

static void check_ends(const struct world *w, const char *name, uint64_t completed, enum outcome other, uint64_t others,
                       int64_t sojourn_ns) {
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == completed && o->ended[other] == others && o->sojourn_ns == (uint64_t)sojourn_ns,
             "%s: %llu completed, %llu %s, %.9f s inside; by hand %llu, %llu, %.9f s", name,
             (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[other], outcome_names[other],
             (double)o->sojourn_ns * 1e-9, (unsigned long long)completed, (unsigned long long)others, (double)sojourn_ns * 1e-9);
}

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  abort();
}

/* --- a counter in a cache ------------------------------------------------------------------------------------------------------- */

/* Six tickets, two for each; commands of 1 ms one after another. The first three have theirs at 10.001, 10.002 and 10.003 s and pay
 * two seconds later, again one after another; the k-th of the others hears after k ms that there is nothing left. */
static void test_cache_counter(void) {
  static const struct {
    const char *name, *hold;
    uint64_t sold, expired;
  } holds[] = {{"no hold", "never", 6, 0},
               {"a long hold", "10m", 6, 0},
               {"a nanosecond more than it takes to pay", "2001000001ns", 6, 0},
               {"exactly as long as it takes to pay", "2001ms", 0, 6},
               {"a short hold", "1s", 0, 6}};
  for (size_t i = 0; i < sizeof holds / sizeof *holds; i++) {
    char stock[120];
    snprintf(stock, sizeof stock, "'amount': 6, 'at': 'c', 'demand': '1ms', 'hold': '%s'", holds[i].hold);
    struct fixture f = fixture_of(SALE, 10, "{ 'reserve': 'tickets', 'count': 2 }, { 'delay': '2s' }, { 'pay': 'tickets' }", stock,
                                  "", "0s", "", "15s");
    struct world *w = fixture_run(&f, 1, holds[i].name);
    bool paid = holds[i].sold > 0;
    check_stock(w, holds[i].name, paid ? 0 : 6, 0, (int64_t)holds[i].sold, (int64_t)holds[i].expired);
    check_ends(w, holds[i].name, paid ? 3 : 0, OUTCOME_SOLD_OUT, 7, (2002 + 2003 + 2004 + 49) * SIM_MS);
    test_check(w->observation.ended[OUTCOME_EXPIRED] == (paid ? 0 : 3), "%s: %llu expired", holds[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_EXPIRED]);
    const struct histogram *gone = meter(w, "sold_out")->time;
    test_check(gone->count == 1 && histogram_max(gone) == 10003 * SIM_MS, "%s: sold out %llu times, at %.9f s", holds[i].name,
               (unsigned long long)gone->count, (double)histogram_max(gone) * 1e-9);
    test_check(meter(w, "refused")->course.sums[0] == 7 && meter(w, "sold")->course.sums[0] == (double)holds[i].sold &&
                   meter(w, "held")->most == 6 && meter(w, "left")->least_negated == 0,
               "%s: %g refused, %g sold, at most %g held, at least %g left", holds[i].name, meter(w, "refused")->course.sums[0],
               meter(w, "sold")->course.sums[0], meter(w, "held")->most, -meter(w, "left")->least_negated);
    world_free(w);
    fixture_close(&f);
  }
}

/* What ran out is there for others: 4 tickets, held for 10.5 s from 10.00k s on by those who never pay; at 20.00k s the next four
 * ask in vain, at 30.00k s they get what ran out at 20.50k s. The level of what is held, by hand. */
static void test_runs_out_and_returns(void) {
  struct fixture f = fixture_of(SALE, 4, "{ 'reserve': 'tickets' }", "'amount': 4, 'at': 'c', 'demand': '1ms', 'hold': '10500ms'",
                                "", "0s", "", "31s");
  struct world *w = fixture_run(&f, 1, "returns");
  check_stock(w, "returns", 0, 4, 0, 4);
  /* Once the first answers have put them in a row, nobody waits: the second comes at 20.00k s + 1 ms, the third at 30.00k s + 2 ms. */
  check_ends(w, "returns", 8, OUTCOME_SOLD_OUT, 4, (1 + 2 + 3 + 4 + 4 + 4) * SIM_MS);
  double held_ns = 0;
  for (int k = 1; k <= 4; k++) held_ns += 10500e6 + (1000 - k - 2) * 1e6;
  test_check(meter(w, "held")->course.sums[0] == held_ns, "held for %.9f piece seconds, by hand %.9f",
             meter(w, "held")->course.sums[0] * 1e-9, held_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

static void test_release(void) {
  struct fixture f = fixture_of(SALE, 3, "{ 'reserve': 'tickets', 'count': 2 }, { 'delay': '1s' }, { 'release': 'tickets' }",
                                "'amount': 4, 'at': 'c', 'demand': '1ms', 'hold': '5s'", "", "0s", "", "19s");
  struct world *w = fixture_run(&f, 1, "release");
  check_stock(w, "release", 4, 0, 0, 0);
  check_ends(w, "release", 2, OUTCOME_SOLD_OUT, 1, (1002 + 1003 + 3) * SIM_MS);
  test_check(tickets(w)->released == 4 && pool_live(&world_stocks(w)->holds) == 0, "%lld given back, %u holds left",
             (long long)tickets(w)->released, pool_live(&world_stocks(w)->holds));
  world_free(w);
  fixture_close(&f);
}

/* The answer "sold out" goes back through all services and their network; the steps after the reserve are not run. */
static void test_sold_out_answer(void) {
  struct fixture f =
      fixture_of(SALE, 2,
                 "{ 'call': 'd', 'steps': [ { 'reserve': 'tickets', 'sold_out': [ { 'cpu': '3ms' } ] }, { 'cpu': '1s' "
                 "} ] }, { 'delay': '5s' }",
                 "'amount': 1, 'at': 'c', 'demand': '1ms'", "", "500us", "", "19s");
  struct world *w = fixture_run(&f, 1, "answer");
  /* 0.5 ms to d; the command, 1 ms each in turn; 3 ms of work on d; 0.5 ms back. c and d share a node. */
  check_ends(w, "answer", 1, OUTCOME_SOLD_OUT, 1,
             (500 + 1000 + 1000000 + 500 + 5000000) * SIM_US + (500 + 2000 + 3000 + 500) * SIM_US);
  for (uint32_t i = 0; i < w->container_count; i++)
    test_check(!w->containers[i].in_flight, "container %u: %u in flight", i, w->containers[i].in_flight);
  world_free(w);
  fixture_close(&f);
}

/* --- a row of a database ---------------------------------------------------------------------------------------------------------- */

/* Hops of 0.5 ms, 1 ms of work. The row is locked for the work and so many round trips of 1 ms; ten ask at once. The k-th gets the
 * lock after (k - 1) holds, and its answer half a round trip after its commit. */
static void test_row_lock(void) {
  static const struct {
    const char *stock, *service;
    int hold_ms, served;
    enum outcome other;
    int64_t lost_ns; /* times of the others, together */
  } rows[] = {
      {"", "", 2, 10, OUTCOME_SOLD_OUT, 0},
      {", 'round_trips': 0", "", 1, 10, OUTCOME_SOLD_OUT, 0},
      {", 'round_trips': 3", "", 4, 10, OUTCOME_SOLD_OUT, 0},
      {", 'lock_wait': '7ms'", "", 2, 4, OUTCOME_LOCK_TIMEOUT, 6 * 7500 * SIM_US},
      {", 'lock_wait': '18001us', 'hold': '10ms'", "", 2, 10, OUTCOME_SOLD_OUT, 0},
      /* One connection: whoever has it is alone at the row, and it is his for a round trip more than the lock. */
      {", 'round_trips': 2", ", 'pools': { 'd': { 'max': 1 } }", 4, 10, OUTCOME_SOLD_OUT, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char stock[160];
    snprintf(stock, sizeof stock, "'amount': 100, 'at': 'd', 'demand': '1ms'%s", rows[i].stock);
    struct fixture f = fixture_of(SALE, 10, "{ 'reserve': 'tickets' }", stock, rows[i].service, "500us", "", "19s");
    struct world *w = fixture_run(&f, 1, rows[i].stock);
    bool pooled = rows[i].service[0];
    int64_t sum = rows[i].lost_ns, served = rows[i].served;
    for (int k = 1; k <= served; k++) sum += (pooled ? 0 : SIM_MS) + k * rows[i].hold_ms * SIM_MS;
    check_ends(w, rows[i].stock, (uint64_t)served, rows[i].other, (uint64_t)(10 - served), sum);
    const struct histogram *waits = meter(w, "lock_wait")->time;
    int64_t longest = pooled ? 0 : (served - 1) * rows[i].hold_ms * SIM_MS;
    test_check(waits->count == (uint64_t)served && histogram_max(waits) == longest,
               "{%s}: %llu waited at most %.9f s, by hand %.9f s", rows[i].stock, (unsigned long long)waits->count,
               (double)histogram_max(waits) * 1e-9, (double)longest * 1e-9);
    world_free(w);
    fixture_close(&f);
  }
}

/* Deaths while ten stand at the row from 10.0005 s on. 1 ms of work, then a commit half a millisecond from the app and back. */
static void test_deaths_at_the_row(void) {
  static const struct {
    const char *name, *faults;
    uint64_t crashed, turned_away;
    int64_t left, held;
  } deaths[] = {
      {"the database computes", "'d': { 'kind': 'crash', 'service': 'd', 'at': '10001ms' }", 10, 0, 100, 0},
      {"the transaction travels", "'d': { 'kind': 'crash', 'service': 'd', 'at': '10001700us' }", 9, 1, 100, 0},
      {"the first has committed", "'d': { 'kind': 'crash', 'service': 'd', 'at': '10002700us' }", 9, 0, 99, 1},
      /* The queries of a dead caller run on until they come back to it: one work after another, rolled back. */
      {"the caller dies", "'a': { 'kind': 'crash', 'service': 'a', 'at': '10001ms' }", 10, 0, 100, 0},
  };
  for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
    char faults[200];
    snprintf(faults, sizeof faults, ", 'faults': { %s }", deaths[i].faults);
    struct fixture f =
        fixture_of(SALE, 10, "{ 'reserve': 'tickets' }", "'amount': 100, 'at': 'd', 'demand': '1ms'", "", "500us", faults, "19s");
    struct world *w = fixture_run(&f, 1, deaths[i].name);
    check_stock(w, deaths[i].name, deaths[i].left, deaths[i].held, 0, 0);
    const uint64_t *ended = w->observation.ended;
    test_check(ended[OUTCOME_CRASHED] == deaths[i].crashed && ended[OUTCOME_NO_BACKEND] == deaths[i].turned_away &&
                   !pool_live(&world_locks(w)->entries) && !pool_live(&w->requests),
               "%s: %llu crashed, %llu found no database, %u locks, %u requests live", deaths[i].name,
               (unsigned long long)ended[OUTCOME_CRASHED], (unsigned long long)ended[OUTCOME_NO_BACKEND],
               pool_live(&world_locks(w)->entries), pool_live(&w->requests));
    world_free(w);
    fixture_close(&f);
  }
}

/* The replica dies between reserving and paying: nobody gives back, so the clock does. */
static void test_death_between(void) {
  static const struct {
    const char *at;
    int64_t left, held, expired;
  } seen[] = {{"15s", 0, 3, 0}, {"16500ms", 3, 0, 3}};
  for (size_t i = 0; i < 2; i++) {
    struct fixture f = fixture_of(SALE, 3, "{ 'reserve': 'tickets' }, { 'delay': '2s' }, { 'pay': 'tickets' }",
                                  "'amount': 3, 'at': 'c', 'demand': '1ms', 'hold': '6s'", "", "0s",
                                  ", 'faults': { 'a': { 'kind': 'crash', 'service': 'a', 'at': '11s' } }", seen[i].at);
    struct world *w = fixture_run(&f, 1, "between");
    check_stock(w, seen[i].at, seen[i].left, seen[i].held, 0, seen[i].expired);
    check_ends(w, seen[i].at, 0, OUTCOME_CRASHED, 3, 3 * SIM_S);
    world_free(w);
    fixture_close(&f);
  }
}

/* A client that gave up, or a caller: its request goes on, and pays for what it took itself, whatever the client may do beside. Who
 * asks again after 1.5 s takes and buys another one. */
static void test_paid_for_nobody(void) {
  static const struct {
    const char *name, *client, *call;
    enum outcome outcome;
    uint64_t sold;
    sim_time inside;
  } given[] = {{"gone", "'timeout': '1s'", "", OUTCOME_TIMEOUT, 2, 2 * SIM_S},
               {"gone, a hedge that never comes", "'timeout': '1s', 'hedge': '1h'", "", OUTCOME_TIMEOUT, 2, 2 * SIM_S},
               {"gone, asked again", "'timeout': '1s', 'retry': { 'attempts': 2, 'backoff': '500ms', 'jitter': 'none' }", "",
                OUTCOME_TIMEOUT, 4, 5 * SIM_S},
               {"caller gone", "'timeout': '1m'", "'timeout': '1s', ", OUTCOME_CALL_TIMEOUT, 2, 2 * SIM_S},
               {"caller gone, called again", "'timeout': '1m'",
                "'timeout': '1s', 'retry': { 'attempts': 2, 'backoff': '500ms', 'jitter': 'none' }, ", OUTCOME_CALL_TIMEOUT, 4,
                5 * SIM_S}};
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    struct text t = {0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'gone', 'traffic': { 'u': { 'kind': 'closed', 'population': 2, 'think': '10s', %s, 'mix': { 'p': "
        "1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'b', %s'steps': [ { 'reserve': 'tickets' }, { 'delay': "
        "'2s' }, { 'pay': 'tickets' } ] } ] } }, 'stock': { 'tickets': { 'amount': 5, 'at': 'c', 'demand': '1ms', 'hold': '1m' } },"
        "'services': { 'a': { 'kind': 'app' }, 'b': { 'kind': 'app' }, 'c': { 'kind': 'cache' } }, 'platform': { 'kind': 'static', "
        "'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '15s', 'windows': 1 } }",
        given[i].client, given[i].call);
    struct fixture f = fixture_open(&t);
    struct world *w = fixture_run(&f, 1, given[i].name);
    check_stock(w, given[i].name, 5 - (int64_t)given[i].sold, 0, (int64_t)given[i].sold, 0);
    check_ends(w, given[i].name, 0, given[i].outcome, 2, given[i].inside);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- handles ---------------------------------------------------------------------------------------------------------------------- */

/* --- counted as an answer ------------------------------------------------------------------------------------------------------------ */

/* Four of ten get what they want, six an answer: no error, but a cause that claims can ask for. */
static void test_counting(void) {
  struct fixture f =
      fixture_of(SALE, 10, "{ 'reserve': 'tickets' }, { 'pay': 'tickets' }", "'amount': 4, 'at': 'c', 'demand': '1ms'", "", "0s",
                 ", 'claims': [ 'error_rate(buy) < 0.1', 'error_rate(buy{cause=sold_out}) < 61%', "
                 "'count(tickets.sold) >= 4', 'min(tickets.left) >= 0', 'mean(tickets.sold_out) < 10005ms' ]",
                 "19s");
  static const double due[] = {0, 0.6, 4, 0, 10.004};
  struct arena *arena = arena_new();
  const struct results *r = study_run(arena, f.scenario, &(struct study_options){.replications = 3, .jobs = 1});
  for (uint32_t i = 0; i < r->claim_count && !r->claims[i].implicit; i++)
    test_check(fabs(r->claims[i].estimate.value - due[i]) <= 0.002 * due[i], "%s: %.9g, by hand %.9g", r->claims[i].expression,
               r->claims[i].estimate.value, due[i]);
  test_check(r->claim_count == 6 && r->error_count == 0 && r->violation_count == 0, "%u errors, %u violations", r->error_count,
             r->violation_count);
  arena_free(arena);
  fixture_close(&f);
}

/* --- never oversold, whatever happens -------------------------------------------------------------------------------------------------- */

/* A number of its own for each seed. */
static uint32_t pick(uint64_t seed, uint64_t what, uint32_t below) {
  struct stream s = stream_at(seed, what);
  return stream_below(&s, below);
}

static struct fixture random_sale(uint64_t seed) {
  static const char *const holds[] = {"never", "50ms", "400ms", "3s"}, *const places[] = {"d", "c"};
  static const char *const counts[] = {"'count': 1", "'counts': [ 30, 55, 5, 10 ]", "'count': 3"};
  struct text t = {0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'random', 'traffic': { 'x': { 'kind': 'open', 'rate': '%u/s', 'timeout': '%ums', 'mix': { 'buy': 5, "
      "'both': 2, 'look': 1, 'undo': 1 } } },"
      "'stock': { 's': { 'amount': %u, 'at': '%s', 'demand': { 'exponential': '2ms' }, 'hold': '%s', 'round_trips': %u, "
      "'lock_wait': "
      "'%ums' }, 't': { 'amount': 40, 'at': 'd', 'demand': '1ms', 'hold': '%s' } },",
      100 + pick(seed, 1, 300), 20 + pick(seed, 2, 400), 10 + pick(seed, 3, 400), places[pick(seed, 4, 2)], holds[pick(seed, 5, 4)],
      pick(seed, 6, 3), 5 + pick(seed, 7, 200), holds[pick(seed, 8, 4)]);
  put(&t,
      "'endpoints': { 'buy': { 'entry': 'a', 'steps': [ { 'reserve': 's', %s, 'sold_out': [ { 'cpu': '1ms' } ] }, { 'external': "
      "'e' }, { "
      "'pay': 's' } ] }, 'both': { 'entry': 'a', 'steps': [ { 'reserve': 's' }, { 'reserve': 't', 'sold_out': [ { 'release': 's' } "
      "] "
      "}, { 'delay': { 'exponential': '80ms' } }, { 'pay': 't' }, { 'pay': 's' } ] }, 'look': { 'entry': 'a', 'steps': [ { "
      "'reserve': "
      "'s' }, { 'reserve': 's', 'count': 2 } ] }, 'undo': { 'entry': 'a', 'steps': [ { 'reserve': 't' }, { 'delay': '30ms' }, { "
      "'release': 't' } ] } },",
      counts[pick(seed, 9, 3)]);
  put(&t,
      "'services': { 'a': { 'kind': 'app', 'replicas': 3, 'backlog': %u, 'start': '300ms', 'pools': { 'd': { 'max': %u, 'wait': "
      "'1s' } } "
      "}, 'd': { 'kind': 'database', 'start': '200ms' }, 'c': { 'kind': 'cache', 'start': '100ms' }, 'e': { 'kind': 'external', "
      "'latency': { 'exponential': '120ms' }, 'failure': '8%%' } },"
      "'platform': { 'kind': 'swarm', 'network': { 'between_nodes': '%uus' }, 'nodes': { 'n': { 'count': 3, 'cpu': 2 } } },"
      "'faults': { 'x': { 'kind': 'crash', 'service': 'a', 'mtbf': '4s' }, 'y': { 'kind': 'crash', 'service': 'd', 'mtbf': '%us' "
      "}, 'z': "
      "{ 'kind': 'crash', 'service': 'c', 'mtbf': '7s' }, 'n': { 'kind': 'node', 'nodes': 'n', 'mtbf': '25s', 'repair': '1s' } },"
      "'run': { 'warmup': '0s', 'window': '20s', 'windows': 4 } }",
      5 + pick(seed, 10, 100), 2 + pick(seed, 11, 20), pick(seed, 12, 2) * 300, 3 + pick(seed, 13, 10));
  return fixture_open(&t);
}

/* The books from the holds themselves, at many instants. */
static void check_books(const struct world *w, uint64_t seed) {
  int64_t held[2] = {world_stocks(w)->each[0].abandoned, world_stocks(w)->each[1].abandoned};
  for (uint32_t id = 0; id < pool_capacity(&world_stocks(w)->holds); id++) {
    const struct hold *h = pool_at(&world_stocks(w)->holds, id);
    if (h->used && !h->expired) held[h->stock] += h->count;
  }
  for (int i = 0; i < 2; i++) {
    const struct stock *s = &world_stocks(w)->each[i];
    test_check(s->free >= 0 && s->free + held[i] + s->sold == s->config->amount,
               "seed %llu at %.3f s: %lld left, %lld held, %lld sold", (unsigned long long)seed, (double)world_now(w) * 1e-9,
               (long long)s->free, (long long)held[i], (long long)s->sold);
  }
}

static void test_never_oversold(void) {
  int64_t sold = 0, expired = 0, released = 0;
  uint64_t ended[OUTCOMES] = {0};
  for (uint64_t seed = 1; seed <= 20; seed++) {
    struct fixture f = random_sale(seed);
    if (!f.scenario) return;
    struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_TRAFFIC);
    for (sim_time at = 0; at < 20 * SIM_S; at += 97 * SIM_MS) calendar_run(w->calendar, at), check_books(w, seed);
    world_free(w);
    w = fixture_run(&f, seed, "random");
    for (int i = 0; i < 2; i++)
      sold += world_stocks(w)->each[i].sold, expired += world_stocks(w)->each[i].expired,
          released += world_stocks(w)->each[i].released;
    for (int k = 0; k < OUTCOMES; k++) ended[k] += w->observation.ended[k];
    world_free(w);
    fixture_close(&f);
  }
  test_check(sold > 1000 && expired > 1000 && released > 100, "%lld sold, %lld expired, %lld given back", (long long)sold,
             (long long)expired, (long long)released);
  static const enum outcome seen[] = {OUTCOME_COMPLETED, OUTCOME_TIMEOUT, OUTCOME_CRASHED,     OUTCOME_EXTERNAL,
                                      OUTCOME_SOLD_OUT,  OUTCOME_EXPIRED, OUTCOME_LOCK_TIMEOUT};
  for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
    test_check(ended[seen[i]] > 20, "only %llu requests ended as %s", (unsigned long long)ended[seen[i]], outcome_names[seen[i]]);
}

static const struct test_case cases[] = {{"cache_counter", test_cache_counter},
                                         {"runs_out_and_returns", test_runs_out_and_returns},
                                         {"release", test_release},
                                         {"sold_out_answer", test_sold_out_answer},
                                         {"row_lock", test_row_lock},
                                         {"deaths_at_the_row", test_deaths_at_the_row},
                                         {"death_between", test_death_between},
                                         {"paid_for_nobody", test_paid_for_nobody},
                                         {"counting", test_counting},
                                         {"never_oversold", test_never_oversold},
                                         {NULL, NULL}};
const struct test_suite suite_stock = {"stock", cases};
