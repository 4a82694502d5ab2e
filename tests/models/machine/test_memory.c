/* Memory: growth, kills of replicas and on nodes, and who fails with them, by hand. */
#include "tests/model_fixture.h"
#include "models/autoscaling/autoscaler.h"

/* Users who ask at 1 s, and 1 s after each answer; steps, services, node, window. */
#define USERS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'users', 'traffic': { 'u': { 'kind': 'closed', 'population': %d, 'think': '1s', 'mix': { 'p': 1 } } }," \
  " 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { %s },"                                                  \
  " 'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 16, 'memory': '%s' } } },"                                           \
  " 'run': { 'warmup': '0s', 'window': '%s', 'replications': 1, 'windows': 1 } }"

#define ONE(memory, limit)                                                                                                         \
  "'a': { 'kind': 'app', 'start': '1s', 'threads': 8, 'memory': { 'base': '100Mi'" memory " }, 'resources': { 'requests': { "      \
  "'memory': '0B' }, 'limits': { 'memory': '" limit "' } } }"

struct by_hand {
  const char *name;
  int users;
  const char *steps, *services, *node, *window;
  uint64_t completed, crashed, refused, kills, kills_of_b;
  double most; /* MiB of the largest replica of a */
};

#define WORK  "{ 'cpu': '100ms' }"
#define LEAK  ONE(", 'leak': '1Mi'", "110Mi")
#define QUERY "{ 'query': 'b', 'reads': 1, 'demand': '100ms' }"
#define POOL(a, b, limit)                                                                                                          \
  "'a': { 'kind': 'app', 'threads': 8, 'pools': { 'b': { 'max': 2 } }, 'memory': { 'base': '50Mi'" a " }, 'resources': { "         \
  "'requests': { 'memory': '0B' }, 'limits': { 'memory': '" limit                                                                  \
  "' } } }, 'b': { 'kind': 'database', 'resources': { 'requests': { 'memory': '0B' } }, 'memory': { 'base': '90Mi'" b " } }"
#define TINY "'resources': { 'requests': { 'memory': '0B' } }, "
#define TWO(base)                                                                                                                  \
  "'a': { 'kind': 'app', " TINY "'memory': { 'base': '100Mi', 'leak': '1Mi' } }, 'b': { 'kind': 'app', " TINY                      \
  "'memory': { 'base': '" base "' } }"

static const struct by_hand hands[] = {
    /* Answered at 1.1, 2.2 ... 12.1 s: 100 MiB and one for each; the eleventh is too much. */
    {"before the leak is full", 1, WORK, LEAK, "8Gi", "12050ms", 10, 0, 0, 0, 0, 110},
    {"when it is full", 1, WORK, LEAK, "8Gi", "12150ms", 11, 0, 0, 1, 0, 111},
    /* Up again at 13.2 s, after 100 ms of back-off and a second of start: 13.1 s is refused, then 11 more: 14.2, ... 25.2 s. */
    {"it starts anew", 1, WORK, LEAK, "8Gi", "25150ms", 21, 0, 1, 1, 0, 111},
    {"and is full again", 1, WORK, LEAK, "8Gi", "25250ms", 22, 0, 1, 2, 0, 111},
    {"no limit", 1, WORK, ONE(", 'leak': '1Mi'", "1Gi"), "8Gi", "25250ms", 22, 0, 0, 0, 0, 122},
    /* Two at once are 120 MiB, the third is too much: all three fail at 1 s; they ask again at 2 s, when it is down, and at 3 s. */
    {"in flight", 3, WORK, ONE(", 'per_request': '10Mi'", "125Mi"), "8Gi", "2500ms", 0, 3, 3, 1, 0, 130},
    {"again", 3, WORK, ONE(", 'per_request': '10Mi'", "125Mi"), "8Gi", "3500ms", 0, 6, 3, 2, 0, 130},
    {"at the limit is not over it", 2, WORK, ONE(", 'per_request': '10Mi'", "120Mi"), "8Gi", "3500ms", 6, 0, 0, 0, 0, 120},
    {"processes", 1, WORK, "'a': { 'kind': 'app', 'processes': 3, 'memory': { 'base': '100Mi', 'leak': '1Mi' } }", "8Gi", "3500ms",
     3, 0, 0, 0, 0, 303},
    /* Two of four have a connection of 10 MiB each at either end; the database has those connections. */
    {"connections", 4, QUERY, POOL(", 'per_connection': '10Mi'", "", "70Mi"), "8Gi", "2500ms", 8, 0, 0, 0, 0, 70},
    {"too many connections", 4, QUERY, POOL(", 'per_connection': '10Mi'", "", "69Mi"), "8Gi", "1500ms", 0, 4, 0, 1, 0, 70},
    {"at the database", 4, QUERY, POOL("", ", 'per_connection': '10Mi'", "1Gi"), "160Mi", "2500ms", 8, 0, 0, 0, 0, 50},
    {"too many there", 4, QUERY, POOL("", ", 'per_connection': '10Mi'", "1Gi"), "159Mi", "1500ms", 0, 2, 2, 0, 1, 50},
    /* The node is full when a has 121 MiB, at 1.1 + 20 x 1.1 s; the larger one is killed, though it does not grow. */
    {"before the node is full", 1, WORK, TWO("180Mi"), "300Mi", "23050ms", 20, 0, 0, 0, 0, 120},
    {"the largest", 1, WORK, TWO("180Mi"), "300Mi", "23150ms", 21, 0, 0, 0, 1, 121},
    {"the one that leaks", 1, WORK, TWO("110Mi"), "230Mi", "23150ms", 21, 0, 0, 1, 0, 121}};

static uint64_t kills_of(const struct fixture *f, const struct world *w, const char *service) {
  const struct model *m = &f->scenario->model;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (!strcmp(model_service(m, i)->name, service) && model_service(m, i)->memory.base)
      return w->observation.meters[model_service(m, i)->memory.killed_meter].course.counts[0];
  return 0;
}

static void test_by_hand(void) {
  for (size_t i = 0; i < sizeof hands / sizeof *hands; i++) {
    const struct by_hand *h = &hands[i];
    struct fixture f = fixture_of(USERS, h->users, h->steps, h->services, h->node, h->window);
    struct world *w = fixture_run(&f, 1, h->name);
    const struct observation *o = &w->observation;
    const uint64_t expected[] = {h->completed, h->crashed, h->refused, h->kills, h->kills_of_b};
    const uint64_t seen[] = {o->ended[OUTCOME_COMPLETED], o->ended[OUTCOME_CRASHED], o->ended[OUTCOME_REFUSED],
                             kills_of(&f, w, "a"), kills_of(&f, w, "b")};
    static const char *const names[] = {"completed", "crashed", "refused", "kills of a", "kills of b"};
    for (int k = 0; k < 5; k++)
      test_check(seen[k] == expected[k], "%s: %llu %s, by hand %llu", h->name, (unsigned long long)seen[k], names[k],
                 (unsigned long long)expected[k]);
    const struct meter_observation *m = &o->meters[model_service(&f.scenario->model, 0)->memory.resident_meter];
    test_check(m->most == h->most, "%s: at most %.0f MiB, by hand %.0f", h->name, m->most, h->most);
    world_free(w);
    fixture_close(&f);
  }
}

/* The time to the kill is (limit - base) / (rate x leak), give or take a request. */
static void test_time_to_the_kill(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'leak', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': "
      "{ 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', "
      "'start': '0s', 'memory': { 'base': '100MB', 'leak': '20kB' }, 'resources': { 'limits': { 'memory': '200MB' } } } }, "
      "'platform': { 'kind': 'compose', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '510s', 'windows': 51 "
      "} }");
  struct world *w = fixture_run(&f, 1, "leak"); /* 5,000 requests, 50 s; a tenth of a second down each time */
  const struct meter_observation *kills = &w->observation.meters[model_service(&f.scenario->model, 0)->memory.killed_meter];
  uint64_t sum = 0;
  for (uint32_t i = 0; i < 51; i++) sum += kills->course.counts[i];
  test_check(sum == 10, "%llu kills in 510 s", (unsigned long long)sum);
  world_free(w);
  fixture_close(&f);
}

/* Killed among many, with work in hand: every request has an end, and what is booked is what is there. */
static void test_conserved(void) {
  for (uint64_t seed = 1; seed <= 12; seed++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'storm', 'traffic': { 'u': { 'kind': 'open', 'rate': '300/s', 'timeout': '400ms', 'retry': { "
        "'attempts': 3, 'backoff': '20ms' }, 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { "
        "'exponential': '4ms' } "
        "}, { 'query': 'd', 'reads': 1, 'demand': { 'exponential': '10ms' } }, { 'cpu': '1ms', 'on': 'workers' } ] } }, "
        "'services': "
        "{ 'a': { 'kind': 'app', 'replicas': 3, 'start': '300ms', 'pools': { 'd': { 'max': 3, 'wait': '50ms' } }, 'processes': 2, "
        "'gc': { 'every': { 'exponential': '200ms' }, 'pause': '20ms' }, 'warm_up': { 'factor': 2, 'requests': 50 }, 'memory': { "
        "'base': '10Mi', 'per_request': '1Mi', 'per_connection': '500kB', 'leak': '40kB' }, 'resources': { 'requests': { 'memory': "
        "'0B' "
        "}, 'limits': { 'memory': '40Mi' } } }, 'd': { 'kind': 'database', 'start': '500ms', 'resources': { 'requests': { "
        "'memory': '0B' } }, 'memory': { 'base': '50Mi', "
        "'per_connection': '1Mi' } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'count': 2, 'cpu': 4, 'memory': '85Mi' } } "
        "}, 'run': { 'warmup': '0s', 'window': '20s' } }",
        seed % 3 == 0   ? "compose"
        : seed % 3 == 1 ? "swarm"
                        : "kubernetes");
    struct world *w = fixture_run(&f, seed, "storm");
    uint64_t kills = 0;
    const struct meter_observation *m = &w->observation.meters[model_service(&f.scenario->model, 0)->memory.killed_meter];
    for (uint32_t i = 0; i < w->observation.window_count; i++) kills += m->course.counts[i];
    test_check(kills >= 3 && w->observation.ended[OUTCOME_CRASHED] > 0, "seed %llu: %llu kills", (unsigned long long)seed,
               (unsigned long long)kills);
    world_free(w);
    fixture_close(&f);
  }
}

/* A pod that drains and is killed has drained: its place is free at once. */
static void test_killed_while_draining(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'drain', 'traffic': { 'u': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'delay': '3s' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'memory': { "
      "'base': '100Mi', 'leak': '1B' }, 'resources': { 'limits': { 'memory': '200Mi' } } } }, 'platform': { 'kind': 'kubernetes', "
      "'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '20s' } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, 5 * SIM_S);
  w->services[0].desired = 1;
  w->orchestrator->resize(w, 0);
  struct container *c = w->containers[0].state == CONTAINER_DRAINING ? &w->containers[0] : &w->containers[1];
  uint32_t inside = c->in_flight;
  test_check(c->state == CONTAINER_DRAINING && inside > 10, "nobody drains, or with %u inside", inside);
  world_memory(w)->answered[c->id] = 150 << 20;
  memory_changed(w, c);
  calendar_run(w->calendar, 5 * SIM_S + 1);
  test_check(c->state == CONTAINER_UNUSED && c->node == NONE, "state %d", c->state);
  test_check(w->observation.ended[OUTCOME_CRASHED] == inside, "%llu of %u failed",
             (unsigned long long)w->observation.ended[OUTCOME_CRASHED], inside);
  test_check(world_memory(w)->resident[c->id] == 0 && world_memory(w)->nodes[0].used < 101 << 20, "it is still resident");
  calendar_run(w->calendar, 20 * SIM_S);
  test_check(w->services[0].up == 1, "%u are up", w->services[0].up);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"by hand", test_by_hand},
                                         {"killed while it drains", test_killed_while_draining},
                                         {"time to the kill", test_time_to_the_kill},
                                         {"requests are conserved", test_conserved},
                                         {NULL, NULL}};
const struct test_suite suite_memory = {"memory", cases};
