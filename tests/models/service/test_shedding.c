/* Circuit breakers, shedding and priorities by hand: states and instants to the nanosecond. */
#include "models/service/shedding.h"
#include "models/service/breaker.h"
#include "sim/engine/arena.h"
#include "models/request/line.h"
#include "tests/model_fixture.h"

/* --- the breaker's machine ------------------------------------------------------------------------------------------------- */

/* One call a line: asked at, whether it may go, the result that it ends with at once, the state after it. */
struct breaker_line {
  sim_time at;
  bool admitted;
  enum breaker_result result;
  enum breaker_state after;
};

static void follow(const char *name, const struct breaker_config *c, const struct breaker_line *lines, size_t count) {
  struct arena *arena = arena_new();
  struct breaker b = {0};
  breaker_start(&b, c, arena);
  for (size_t i = 0; i < count; i++) {
    uint32_t epoch;
    bool admitted = breaker_admits(&b, c, lines[i].at, &epoch);
    if (admitted) breaker_result(&b, c, lines[i].at, epoch, lines[i].result);
    test_check(admitted == lines[i].admitted && b.state == lines[i].after, "%s, call %zu: %s, state %d", name, i,
               admitted ? "admitted" : "refused", (int)b.state);
  }
  arena_free(arena);
}

static void test_breaker_by_count(void) {
  /* Half of the last four, from two results on; open for 1000 ns; two probes. */
  static const struct breaker_config c = {.failures = 0.5, .calls = 4, .minimum = 3, .probes = 2, .over = SIM_NEVER, .open = 1000};
  static const struct breaker_line lines[] = {
      {1, true, RESULT_BAD, BREAKER_CLOSED},
      {2, true, RESULT_GOOD, BREAKER_CLOSED}, /* two results are too few */
      {3, true, RESULT_GOOD, BREAKER_CLOSED},
      {4, true, RESULT_GOOD, BREAKER_CLOSED}, /* 1 of 3, 1 of 4 */
      {5, true, RESULT_BAD, BREAKER_CLOSED},  /* the bad one of instant 1 leaves: again 1 of 4 */
      {6, true, RESULT_NONE, BREAKER_CLOSED}, /* no result */
      {7, true, RESULT_BAD, BREAKER_OPEN},    /* 2 of 4 */
      {8, false, 0, BREAKER_OPEN},
      {1006, false, 0, BREAKER_OPEN},
      {1007, true, RESULT_GOOD, BREAKER_HALF_OPEN}, /* after 1000 ns to the nanosecond */
      {1008, true, RESULT_BAD, BREAKER_OPEN},       /* 1 of 2 probes */
      {2007, false, 0, BREAKER_OPEN},
      {2008, true, RESULT_GOOD, BREAKER_HALF_OPEN},
      {2009, true, RESULT_GOOD, BREAKER_CLOSED},
      {2010, true, RESULT_BAD, BREAKER_CLOSED}, /* an empty window: 1 of 1 is too few */
      {2011, true, RESULT_BAD, BREAKER_CLOSED},
      {2012, true, RESULT_BAD, BREAKER_OPEN}};
  follow("by count", &c, lines, sizeof lines / sizeof *lines);
}

static void test_breaker_by_time(void) {
  /* The last 1000 ns in ten parts: what ended before the last ten parts is forgotten. */
  static const struct breaker_config c = {.failures = 0.5, .calls = 100, .minimum = 2, .probes = 1, .over = 1000, .open = 500};
  static const struct breaker_line lines[] = {{50, true, RESULT_BAD, BREAKER_CLOSED},
                                              {1040, true, RESULT_BAD, BREAKER_CLOSED}, /* part 10 forgets part 0 */
                                              {1999, true, RESULT_BAD, BREAKER_OPEN},   /* part 19 still knows part 10 */
                                              {2498, false, 0, BREAKER_OPEN},
                                              {2499, true, RESULT_GOOD, BREAKER_CLOSED}};
  follow("by time", &c, lines, sizeof lines / sizeof *lines);
}

static void test_breaker_late_results(void) {
  /* A call that was let through before it opened says nothing about the probes; a probe without a result gives its place back. */
  static const struct breaker_config c = {.failures = 1, .calls = 1, .minimum = 1, .probes = 1, .over = SIM_NEVER, .open = 10};
  struct arena *arena = arena_new();
  struct breaker b = {0};
  uint32_t early, bad, probe = 0, other;
  breaker_start(&b, &c, arena);
  breaker_admits(&b, &c, 0, &early), breaker_admits(&b, &c, 0, &bad);
  breaker_result(&b, &c, 1, bad, RESULT_BAD);
  test_check(b.state == BREAKER_OPEN && breaker_admits(&b, &c, 11, &probe), "it lets a probe through");
  breaker_result(&b, &c, 12, early, RESULT_GOOD);
  test_check(b.state == BREAKER_HALF_OPEN && !breaker_admits(&b, &c, 12, &other), "a late result closed it");
  breaker_result(&b, &c, 13, probe, RESULT_NONE);
  test_check(breaker_admits(&b, &c, 13, &other), "the probe's place is not given back");
  breaker_result(&b, &c, 14, other, RESULT_GOOD);
  test_check(b.state == BREAKER_CLOSED, "state %d", (int)b.state);
  arena_free(arena);
}

/* --- CoDel's control law ------------------------------------------------------------------------------------------------------ */

static void test_codel(void) {
  /* Target 5 ms, interval 100 ms. The instants of dropping are 100 / sqrt(n) ms apart, from the one before: 100 + 100 = 200,
   * + 70.710678 = 270.710678, + 57.735026 (cut) = 328.445704; a wait of less than 5 ms ends it. */
  static const struct {
    sim_time at_ns, waited_ns;
    bool last, dropped;
  } turns[] = {
      {0, 4999999, false, false},         {1000000, 5000000, false, false},  /* above from here */
      {100999999, 9000000, false, false}, {101000000, 9000000, false, true}, /* after an interval; next at 201 ms */
      {101000000, 9000000, false, false}, {200999999, 9000000, false, false},
      {201000000, 9000000, false, true},                                     /* count 2: next at 201 + 70.710678 ms */
      {271710677, 9000000, false, false}, {271710678, 9000000, false, true}, /* count 3: + 57.735026 */
      {329445703, 9000000, false, false}, {329445704, 9000000, false, true}, /* count 4 */
      {340000000, 4999999, false, false},                                    /* below: the stretch is over */
      {341000000, 9000000, false, false}, {441000000, 9000000, false, true}, /* anew, at the rate it had: count 4 - 1 = 3 */
      {498735025, 9000000, false, false}, {498735026, 9000000, false, true}, /* 441 + 57.735026 */
      {600000000, 9000000, true, false}};                                    /* the last one stays */
  struct shedder s = {.codel = {5 * SIM_MS, 100 * SIM_MS}, .deadline = SIM_NEVER};
  for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
    bool dropped = shedder_drops(&s, turns[i].at_ns, turns[i].waited_ns, turns[i].last);
    test_check(dropped == turns[i].dropped, "at %lld ns: %s, count %u, next %lld", (long long)turns[i].at_ns,
               dropped ? "dropped" : "kept", s.count, (long long)s.drop_next);
  }
}

/* --- in a service ----------------------------------------------------------------------------------------------------------- */

/* Ten ask at 10 s, a second of work each; nobody is back before 20.9 s. */
#define CROWD                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'crowd', 'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': 1 } } "  \
  "},"                                                                                                                             \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1s' }%s ] } }, 'services': { 'a': { 'kind': 'app'%s } }, 'platform': " \
  "{ "                                                                                                                             \
  "'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '20900ms', 'windows': 1 } }"

static void test_deadline(void) {
  /* Turns come at 10, 11, 12, ... s. Who has waited 3 s is served; the six behind are dropped when the fourth is done. Work that
   * has begun is never dropped: a second computation, after a moment elsewhere, queues behind all first ones, from 10 s after its own
   * first, until 20 s. Without that moment both are one turn: the tenth has waited 9 x 1.01 s. */
  static const struct {
    const char *steps, *service;
    uint64_t shed, completed;
  } cases[] = {{"", ", 'queue_deadline': '3s'", 6, 4},
               {"", ", 'queue_deadline': '2999ms'", 7, 3},
               {"", ", 'queue_deadline': '0s'", 9, 1},
               {"", ", 'threads': 2, 'queue_deadline': '3s'", 2, 8},
               {"", ", 'runtime': 'threads', 'threads': 1, 'queue_deadline': '3s'", 6, 4},
               {"", ", 'runtime': 'threads', 'threads': 1, 'queue_deadline': '2999ms'", 7, 3},
               {", { 'delay': '1us' }, { 'cpu': '10ms' }", ", 'queue_deadline': '9s'", 0, 10},
               {", { 'cpu': '10ms' }", ", 'queue_deadline': '9s'", 1, 9}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(CROWD, cases[i].steps, cases[i].service);
    struct world *w = fixture_run(&f, 1, cases[i].service);
    const struct observation *o = &w->observation;
    test_check(o->ended[OUTCOME_SHED] == cases[i].shed && o->ended[OUTCOME_COMPLETED] == cases[i].completed,
               "%s: %llu shed, by hand %llu; %llu completed, by hand %llu", cases[i].service,
               (unsigned long long)o->ended[OUTCOME_SHED], (unsigned long long)cases[i].shed,
               (unsigned long long)o->ended[OUTCOME_COMPLETED], (unsigned long long)cases[i].completed);
    world_free(w), fixture_close(&f);
  }
}

static void test_codel_in_a_service(void) {
  /* Target 500 ms, interval 1.5 s. Turns: 11 s (waited 1 s: above until 12.5 s), 12, 13 s: dropped, the next served; from 13 s the
   * next is due at 14.5 s: 14 s served, 15 s dropped and another at 14.5 + 1.06 = 15.56 s: 16 s; then at 15.56 + 0.87 = 16.43 s.
   * Served at 10, 11, 12, 13, 14, 15, 16 s: of ten three are dropped, and the last is served whatever it waited. */
  struct fixture f = fixture_of(CROWD, "", ", 'codel': { 'target': '500ms', 'interval': '1500ms' }");
  struct world *w = fixture_run(&f, 1, "codel");
  test_check(w->observation.ended[OUTCOME_SHED] == 3 && w->observation.ended[OUTCOME_COMPLETED] == 7, "%llu shed, %llu completed",
             (unsigned long long)w->observation.ended[OUTCOME_SHED], (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
  world_free(w), fixture_close(&f);
}

/* --- priorities --------------------------------------------------------------------------------------------------------------- */

/* 3 users of each of three classes ask at 10 s, in the order low, middle, high; one of the low is served at once, nobody is
 * interrupted, then high, middle and low, each as they came. */
static void test_priorities(void) {
  static const char *const runtimes[] = {"event-loop", "threads"};
  static const struct {
    const char *name;
    double mean_s, least_s, most_s;
  } by_hand[] = {{"low", (1 + 8 + 9) / 3.0, 1, 9}, {"middle", (5 + 6 + 7) / 3.0, 5, 7}, {"high", (2 + 3 + 4) / 3.0, 2, 4}};
  for (int k = 0; k < 2; k++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'classes', 'traffic': { 'low': { 'kind': 'closed', 'population': 3, 'think': '10s', 'mix': { 'l': "
        "1 }, "
        "'priority': -5 }, 'middle': { 'kind': 'closed', 'population': 3, 'think': '10s', 'mix': { 'm': 1 } }, 'high': { 'kind': "
        "'closed', 'population': 3, 'think': '10s', 'mix': { 'h': 1 }, 'priority': 1 } }, 'endpoints': { 'l': { 'entry': 'a', "
        "'steps': [ { "
        "'cpu': '1s' } ] }, 'm': { 'entry': 'a', 'steps': [ { 'cpu': '1s' } ] }, 'h': { 'entry': 'a', 'steps': [ { 'cpu': '1s' } "
        "], "
        "'priority': 3 } }, 'services': { 'a': { 'kind': 'app', 'runtime': '%s', 'threads': 1, 'discipline': 'priority' } }, "
        "'platform': { "
        "'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '20900ms', 'windows': 1 } }",
        runtimes[k]);
    struct world *w = fixture_run(&f, 1, runtimes[k]);
    for (uint32_t e = 0; e < 3; e++) {
      const struct histogram *h = fixture_latency(w, e);
      test_check(h->count == 3 && fabs(histogram_mean(h) * 1e-9 - by_hand[e].mean_s) < 1e-9 &&
                     histogram_min(h) == (int64_t)(by_hand[e].least_s * 1e9) &&
                     histogram_max(h) == (int64_t)(by_hand[e].most_s * 1e9),
                 "%s, %s: %llu with a mean of %.9g s", runtimes[k], by_hand[e].name, (unsigned long long)h->count,
                 histogram_mean(h) * 1e-9);
    }
    world_free(w), fixture_close(&f);
  }
}

/* The queue itself, against a sorted list: random pushes, pops and removals of five ranks. */
static void test_ranked_queue(void) {
  enum { ITEMS = 60, STEPS = 20000, RANKS = 5 };
  struct model m = {.ranks = RANKS};
  struct world w = {.model = &m};
  uint32_t last[RANKS], list[ITEMS], listed = 0;
  struct request_queue q = {.last = last};
  pool_init(&w.requests, sizeof(struct request));
  queue_clear(&w, &q);
  struct stream draws = stream_open(77);
  bool same = true;
  for (int step = 0; step < STEPS && same; step++) {
    uint32_t choice = stream_below(&draws, 4);
    if (choice < 2 && listed < ITEMS) {
      uint32_t id = pool_take(&w.requests), at = listed;
      struct request *r = world_request(&w, id);
      r->id = id, r->rank = (uint8_t)stream_below(&draws, RANKS);
      while (at && world_request(&w, list[at - 1])->rank > r->rank) list[at] = list[at - 1], at--;
      list[at] = id, listed++;
      queue_push(&w, &q, r);
    } else if (listed) {
      uint32_t at = choice == 2 ? 0 : stream_below(&draws, listed), id = list[at];
      if (choice == 2)
        same = queue_pop(&w, &q)->id == id;
      else
        queue_remove(&w, &q, world_request(&w, id));
      memmove(&list[at], &list[at + 1], (--listed - at) * sizeof *list);
      pool_give(&w.requests, id);
    }
    same = same && q.count == listed;
    for (uint32_t i = 0, id = q.head; i < listed && same; i++, id = world_request(&w, id)->next) same = id == list[i];
    if (!test_check(same, "step %d: the queue is not the list", step)) break;
  }
  pool_release(&w.requests);
}

static const struct test_case cases[] = {{"a breaker by count", test_breaker_by_count},
                                         {"a breaker by time", test_breaker_by_time},
                                         {"late results and lost probes", test_breaker_late_results},
                                         {"CoDel's control law", test_codel},
                                         {"a deadline in the queue", test_deadline},
                                         {"CoDel in a service", test_codel_in_a_service},
                                         {"priorities by hand", test_priorities},
                                         {"a queue by rank is a sorted list", test_ranked_queue},
                                         {0}};
const struct test_suite suite_shedding = {"shedding", cases};
