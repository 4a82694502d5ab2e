/* Queues with people in them: patience, staff that changes, days that differ, and the parts of a day that claims look at. */
#include "tests/model_fixture.h"
#include "models/core/parts.h"

/* --- patience, by hand ------------------------------------------------------------------------------------------------------ */

/* Ten users ask at 10 s, an event loop or a thread for each, a second of work; the measures are claims. */
#define QUEUE                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'queue', 'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': 1 },"    \
  "%s } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1s' } ] } }, 'services': { 'a': { 'kind': 'app'%s } },"        \
  "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '19500ms', "               \
  "'replications': 1, 'windows': 1 }, 'claims': [ 'mean(p.wait) < 1s', 'max(p.wait) < 1s', 'share(p.wait > 0s) < 1%%', "           \
  "'share(p.wait < 2750ms) < 1%%', 'share(p.wait <= 0s) < 1%%', 'share(p.wait >= 2750ms) < 1%%', 'sd(p.wait) < 1s', "              \
  "'count(p{cause=patience}) < 1', 'arrived(all) < 1' ] }"

struct by_hand {
  const char *client, *service;
  double mean_s, max_s, waiting, below, at_once, beyond, sd_s, left;
};

/* Served from 10, 11, 12, 13 s: waits of 0 to 3 s. The other six leave at 13.5 s. */
#define SERVED_FOUR 2.7, 3.5, 0.9, 0.3, 0.1, 0.7, 1.208304597, 6

static const struct by_hand hands[] = {
    {"'patience': '3500ms'", "", SERVED_FOUR},
    {"'patience': '3500ms'", ", 'runtime': 'threads'", SERVED_FOUR},
    {"'patience': '3500ms', 'timeout': '20s'", "", SERVED_FOUR},
    /* nobody waits: one is served */
    {"'patience': '0s'", "", 0, 0, 0, 1, 1, 0, 0, 9},
    {"'patience': '0s'", ", 'threads': 3, 'runtime': 'threads'", 0, 0, 0, 1, 1, 0, 0, 7},
    /* two threads serve at 10, 11, 12 and 13 s: eight are served, two leave after 3.5 s */
    {"'patience': '3500ms'", ", 'threads': 2", 1.9, 3.5, 0.8, 0.6, 0.2, 0.4, 1.28062485, 2},
    /* one is served, four have room to wait, three of those are served in time */
    {"'patience': '3500ms'", ", 'backlog': 4", 0.95, 3.5, 0.4, 0.8, 0.6, 0.2, 1.312440475, 1},
    /* those that a time-out takes away had waited until then: 0, 1, 2 and seven times 2.5 s, one of them computing */
    {"'timeout': '2500ms'", "", 2.05, 2.5, 0.9, 1, 0.1, 0, 0.8200609733, 0},
};

static void test_patience_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    const struct by_hand *h = &hands[i];
    struct fixture f = fixture_of(QUEUE, h->client, h->service);
    struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
    const double by_hand[] = {h->mean_s, h->max_s, h->waiting, h->below, h->at_once, h->beyond, h->sd_s, h->left, 10};
    test_check(!r->violation_count, "row %zu: %s", i, r->violation_count ? r->violations[0] : "");
    for (uint32_t k = 0; k < r->claim_count && !r->claims[k].implicit; k++)
      test_check(fabs(r->claims[k].estimate.value - by_hand[k]) < 2e-3 * (by_hand[k] + 0.01), "row %zu: %s is %.9g, by hand %.9g",
                 i, r->claims[k].expression, r->claims[k].estimate.value, by_hand[k]);
    fixture_close(&f);
  }
}

/* Who left asks for no work. */
static void test_patience_wastes_nothing(void) {
  struct fixture f = fixture_of(QUEUE, "'patience': '3500ms'", "");
  struct world *w = fixture_run(&f, 1, "patience");
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == 4 && o->ended[OUTCOME_PATIENCE] == 6 && o->wasted == 0, "%llu served, %llu left",
             (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[OUTCOME_PATIENCE]);
  test_check(fabs(w->containers[0].used_ns - 4e9) < 1, "%.9g s of work", w->containers[0].used_ns * 1e-9);
  test_check(pool_live(&w->requests) == 0 && timer_heap_pending(w->patience) == 0, "something is left");
  world_free(w);
  fixture_close(&f);
}

/* Out of the middle of long queues, from every kind of queue, among crashes and time-outs: the invariants hold and the pool of
 * requests and the timers end empty. */
static void test_patience_under_fire(void) {
  static const char *const services[] = {
      "'a': { 'kind': 'app' }, 'b': { 'kind': 'database', 'threads': 2 }",
      "'a': { 'kind': 'app', 'runtime': 'threads', 'threads': 3 }, 'b': { 'kind': 'database', 'threads': 2, 'runtime': 'threads' }",
      "'a': { 'kind': 'app', 'threads': 2, 'pools': { 'b': { 'max': 2, 'wait': '300ms' } },"
      "  'shifts': [ { 'at': '20s', 'threads': 0 }, { 'at': '25s', 'threads': 4 }, { 'at': '40s', 'threads': 1 } ] },"
      "  'b': { 'kind': 'database', 'threads': 2 }"};
  for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'fire', 'traffic': { 'x': { 'kind': 'open', 'rate': '250/s', 'mix': { 'p': 1, 'q': 1 }, "
        "'timeout': '60ms', 'patience': { 'hyperexponential': { 'p': 0.2, 'mean1': '0s', 'mean2': '400ms' } } } },"
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '8ms' } }, { 'query': 'b', 'reads': 1, 'demand': "
        "'9ms' } ] }, 'q': { 'entry': 'a', 'steps': [ { 'query': 'b', 'reads': 1, 'demand': '5ms' } ] } },"
        "'services': { %s }, 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 3 } } }, 'faults': { 'crash': { 'kind': "
        "'crash', "
        "'service': 'a', 'mtbf': '9s' } }, 'run': { 'warmup': '0s', 'window': '60s', 'windows': 1 },"
        "'claims': [ 'mean(all.wait) < 1s' ] }",
        services[i]);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)services[i]);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_PATIENCE] > 300 && o->ended[OUTCOME_COMPLETED] > 500 && o->ended[OUTCOME_TIMEOUT] > 0,
               "row %zu: %llu left, %llu answered, %llu timed out", i, (unsigned long long)o->ended[OUTCOME_PATIENCE],
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)o->ended[OUTCOME_TIMEOUT]);
    uint32_t running = 0;
    for (uint32_t id = 0; id < pool_capacity(&w->requests); id++)
      running += world_request(w, id)->live && world_request(w, id)->patience_runs;
    test_check(running == timer_heap_pending(w->patience), "row %zu: %u run out of patience, %u timers", i, running,
               timer_heap_pending(w->patience));
    for (uint32_t e = 0; e < 2; e++) {
      struct ends ends = fixture_ends(w, e);
      test_check(o->endpoints[e].waits[0].count == ends.ended, "row %zu: %llu waits of %llu ends", i,
                 (unsigned long long)o->endpoints[e].waits[0].count, (unsigned long long)ends.ended);
      test_check(o->endpoints[e].waits[0].max <= 60 * SIM_MS, "row %zu: a wait of %lld ns", i,
                 (long long)o->endpoints[e].waits[0].max);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* --- staff ---------------------------------------------------------------------------------------------------------------- */

/* Five users ask at 10 s, ten seconds of work each, and ask again ten seconds after the answer. One thread until 15 s, three
 * until 22 s, then one. A has 10..20; B and C 15..25; D 20..30; E waits for both of those to be gone: 30..40; A's next has begun
 * at 40. Threads there: 15 + 21 + 19 = 55 s until 41 s, work 51 s. With a warm-up of 12 s 43 and 49: who works on when his shift
 * is over does so on top. */
static void test_shifts_by_hand(void) {
  static const struct {
    const char *service, *run;
    double utilization, full_at; /* full: mean threads over 10 s of work */
  } rows[] = {{"", "'warmup': '0s', 'window': '41s'", 51.0 / 55, 55.0 / 410},
              {", 'runtime': 'threads'", "'warmup': '0s', 'window': '41s'", 51.0 / 55, 55.0 / 410},
              {"", "'warmup': '12s', 'window': '29s'", 49.0 / 43, 43.0 / 290}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'shifts', 'traffic': { 'u': { 'kind': 'closed', 'population': 5, 'think': '10s', 'mix': { 'p': 1 "
        "} } },"
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10s' } ] } }, 'services': { 'a': { 'kind': 'app', 'threads': 1, "
        "'shifts': [ { 'at': '15s', 'threads': 3 }, { 'at': '22s', 'threads': 1 } ]%s } },"
        "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { %s, 'replications': 1, 'windows': 1 },"
        "'claims': [ 'utilization(a.threads) < 1', 'utilization(a.cpu) < 1', 'saturation(a) > 1/s' ] }",
        rows[i].service, rows[i].run);
    struct world *w = fixture_run(&f, 1, "shifts");
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_COMPLETED] == 5 && o->sojourn_ns == 90 * SIM_S, "row %zu: %llu answered, %.9g s in all", i,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (double)o->sojourn_ns * 1e-9);
    world_free(w);
    struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
    const double by_hand[] = {rows[i].utilization, rows[i].utilization, rows[i].full_at};
    for (uint32_t k = 0; k < r->claim_count && !r->claims[k].implicit; k++)
      test_check(fabs(r->claims[k].estimate.value - by_hand[k]) < 1e-9, "row %zu: %s is %.9g, by hand %.9g", i,
                 r->claims[k].expression, r->claims[k].estimate.value, by_hand[k]);
    fixture_close(&f);
  }
}

/* --- days that differ ------------------------------------------------------------------------------------------------------- */

/* Arrivals of a day are Poisson given its factor: variance m + m^2 cv^2, under a flat rate and under one that is thinned. */
static void test_busyness(void) {
  enum { DAYS = 600 };
  static const char *const rates[] = {"'10/s'", "{ 'wave': { 'mean': '10/s', 'amplitude': '9/s', 'period': '50s' } }"};
  static const double cvs[] = {0, 0.2};
  for (size_t i = 0; i < 4; i++) {
    double cv = cvs[i % 2], x[DAYS], sum = 0, square = 0, mean = 1000, variance = mean + mean * mean * cv * cv;
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'busy', 'traffic': { 'x': { 'kind': 'open', 'rate': %s, 'busyness_cv': %g, "
                   "'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'steps': [ { 'delay': '1ms' } ] } }, 'platform': { "
                   "'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '100s', "
                   "'windows': 1 } }",
                   rates[i / 2], cv);
    for (uint32_t day = 0; day < DAYS; day++) {
      struct world *w = world_new(&f.scenario->model, 7, day, WORLD_TRAFFIC);
      world_run(w);
      x[day] = (double)fixture_ends(w, 0).arrived;
      world_free(w);
    }
    for (int day = 0; day < DAYS; day++) sum += x[day] / DAYS;
    for (int day = 0; day < DAYS; day++) square += (x[day] - sum) * (x[day] - sum) / (DAYS - 1);
    test_check(fabs(sum - mean) < 3.5 * sqrt(variance / DAYS), "row %zu: %.2f arrivals a day, expected %.0f", i, sum, mean);
    test_check(fabs(square / variance - 1) < 4 * sqrt(2.2 / DAYS), "row %zu: variance %.0f, expected %.0f", i, square, variance);
    fixture_close(&f);
  }
}

/* --- parts of the day ------------------------------------------------------------------------------------------------------- */

/* Requests arrive from 19 to 21 o'clock only, on two days that are measured from 18:00 on, an hour after the run begins. */
static void test_windows(void) {
  static const struct {
    const char *measure;
    double share; /* of all that arrived */
  } rows[] = {{"arrived(all)", 1},
              {"arrived(all) over 19:00..21:00", 1},
              {"arrived(all) over 21:00..19:00", 0},
              {"arrived(all) over 19:00..20:00", 0.3},
              {"arrived(all) over 20:00..21:00", 0.7},
              {"count(all) over 20:00..18:00", 0.7},
              {"arrived(all) over \"first\"", 0.5},
              {"arrived(all) over 1h..3h", 0.5},
              {"arrived(all) over 2h..26h", 0.5},
              {"arrived(all) over peak(1h)", 0.35},
              {"arrived(all) over peak(2h)", 0.5}};
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'days', 'traffic': { 'x': { 'kind': 'open', 'mix': { 'p': 1 }, 'rate': { 'steps': [ { 'from': '0h', "
      "'rate': '0/s' }, { 'from': '2h', 'rate': '3/s' }, { 'from': '3h', 'rate': '7/s' }, { 'from': '4h', 'rate': '0/s' }, "
      "{ 'from': '26h', 'rate': '3/s' }, { 'from': '27h', 'rate': '7/s' }, { 'from': '28h', 'rate': '0/s' } ] } } },"
      "'endpoints': { 'p': { 'steps': [ { 'delay': '1ms' } ] } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } },"
      "'run': { 'start': '17:00', 'warmup': '1h', 'window': '48h', 'windows': 48, 'replications': 2, "
      "'phases': { 'first': { 'from': '1h', 'to': '3h' } } } }");
  enum { ROWS = sizeof rows / sizeof *rows };
  struct claim claims[ROWS];
  for (size_t i = 0; i < ROWS; i++) {
    const char *rest;
    claims[i] = (struct claim){.expression = rows[i].measure, .comparison = COMPARE_GREATER_EQUAL, .high = INFINITY};
    const char *wrong = measure_parse(f.arena, &f.scenario->model, rows[i].measure, &claims[i].measure, &rest);
    test_check(!wrong, "%s %s", rows[i].measure, wrong ? wrong : "");
  }
  f.scenario->claims = (struct config_list){claims, ROWS};
  struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1});
  double all = r->claims[0].estimate.value, parts = r->claims[3].estimate.value + r->claims[4].estimate.value;
  test_check(fabs(all - 72000) < 4 * sqrt(72000 / 2.0) && parts == all, "%.0f arrived, %.0f in the two hours", all, parts);
  for (size_t i = 0; i < ROWS; i++) {
    double x = r->claims[i].estimate.value, error = sqrt(rows[i].share * (1 - rows[i].share) / 2 / all);
    test_check(fabs(x / all - rows[i].share) <= 4 * error, "%s: %.4f of all, expected %.4f", rows[i].measure, x / all,
               rows[i].share);
  }
  test_check(r->claims[6].estimate.value == r->claims[7].estimate.value, "a phase is not its range");
  fixture_close(&f);
}

static const struct test_case cases[] = {{"patience_by_hand", test_patience_by_hand},
                                         {"patience_wastes_nothing", test_patience_wastes_nothing},
                                         {"patience_under_fire", test_patience_under_fire},
                                         {"shifts_by_hand", test_shifts_by_hand},
                                         {"busyness", test_busyness},
                                         {"windows", test_windows},
                                         {NULL, NULL}};
const struct test_suite suite_model_staff = {"model_staff", cases};
