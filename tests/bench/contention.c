/* What sharing a node's CPU costs, and what many replicas do.
 *
 * Contended: 200 threads of 8 containers compute all the time on one node of 4 cores; a step is one computation, its start and its
 * end. Replicas: the same load for each replica, on nodes of 4 cores with 10 of them each; only their number differs. */
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "tests/bench/read_text.h"

/* CPU seconds of one world; negative when it did not complete about `requests`. */
static double run_world(struct text *t, double requests) {
  struct arena *arena = arena_new();
  const struct scenario *s = text_read(arena, t);
  double seconds = -1;
  if (s) {
    double start = bench_cpu_seconds();
    struct world *w = world_new(&s->model, s->model.run.seed, 0, WORLD_TRAFFIC);
    w->horizon = w->measured_until;
    world_run(w);
    seconds = bench_cpu_seconds() - start;
    double completed = (double)w->observation.ended[OUTCOME_COMPLETED];
    if (completed < 0.97 * requests || completed > 1.03 * requests) seconds = -1;
    world_free(w);
  }
  arena_free(arena);
  return seconds;
}

enum { CONTAINERS = 8, THREADS = 25, STEPS = 10, CORES = 4 };

/* n steps of 1 ms each on all cores. */
static double contended(uint64_t n) {
  struct text t = {.length = 0};
  text_put(&t, "{ 'aguanta': 1, 'name': 'contended', 'traffic': {");
  for (int i = 0; i < CONTAINERS; i++)
    text_put(&t, "%s 'u%d': { 'kind': 'closed', 'population': %d, 'think': '0s', 'mix': { 'e%d': 1 } }", i ? "," : "", i, THREADS,
             i);
  text_put(&t, " }, 'endpoints': {");
  for (int i = 0; i < CONTAINERS; i++) {
    text_put(&t, "%s 'e%d': { 'entry': 's%d', 'steps': [", i ? "," : "", i, i);
    for (int k = 0; k < STEPS; k++) text_put(&t, "%s { 'cpu': { 'exponential': '1ms' } }", k ? "," : "");
    text_put(&t, " ] }");
  }
  text_put(&t, " }, 'services': {");
  for (int i = 0; i < CONTAINERS; i++)
    text_put(&t, "%s 's%d': { 'kind': 'app', 'threads': 'unlimited', 'weight': %d }", i ? "," : "", i, 1 + i % 2);
  text_put(&t,
           " }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': %d } } }, 'run': { 'warmup': '0s', 'window': '%llums', "
           "'windows': 1 } }",
           CORES, (unsigned long long)(n / CORES));
  return run_world(&t, (double)n / STEPS);
}

static double replicas(uint64_t n, int count, const char *balance) {
  struct text t = {.length = 0};
  text_put(&t,
           "{ 'aguanta': 1, 'name': 'replicas', 'traffic': { 'x': { 'kind': 'open', 'rate': '%d/s', 'mix': { 'p': 1 } } }, "
           "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '3ms' } } ] } }, 'services': { 'a': { 'kind': "
           "'app', 'replicas': %d, 'backlog': 'unlimited', 'balance': '%s' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
           "'count': %d, 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '%llums', 'windows': 1 } }",
           100 * count, count, balance, count / 10, (unsigned long long)(n * 10 / (uint64_t)count));
  return run_world(&t, (double)n);
}

static double few(uint64_t n) { return replicas(n, 10, "round-robin"); }
static double many(uint64_t n) { return replicas(n, 1000, "round-robin"); }
static double few_least(uint64_t n) { return replicas(n, 10, "least-connections"); }
static double many_least(uint64_t n) { return replicas(n, 1000, "least-connections"); }

const struct bench_work bench_contended = {"contended node, 200 threads", contended, 1000000};
const struct bench_work bench_few = {"10 replicas on 1 node", few, 500000};
const struct bench_work bench_many = {"1,000 replicas on 100 nodes", many, 500000};
const struct bench_work bench_few_least = {"10, least connections", few_least, 500000};
const struct bench_work bench_many_least = {"1,000, least connections", many_least, 500000};
