/* Years of faults without requests: the Kubernetes scenario of the ticket platform (520 crashes a year), and two regions of Kubernetes
 * with DNS, a database over both and every kind of loss. A request is a year here. */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "tests/bench/read_text.h"

/* CPU seconds of one world; negative when the share of what is served is not between the two. */
static double play(const struct scenario *s, uint64_t years, double least, double most) {
  if (!s) return -1;
  double start = bench_cpu_seconds();
  struct world *w = world_new(&s->model, 1, 0, WORLD_AVAILABILITY);
  w->measured_until = w->horizon = (sim_time)years * SIM_YEAR;
  world_run(w);
  double seconds = bench_cpu_seconds() - start, served = world_outages(w)->total_served_ns / (double)w->horizon;
  world_free(w);
  return served > least && served < most ? seconds : -1;
}

static double kubernetes(uint64_t years) {
  struct arena *arena = arena_new();
  double seconds =
      play(scenario_read(arena, diagnostics_new(arena), "scenarios/platform/kubernetes.json", NULL, 0), years, 0.99999, 0.999998);
  arena_free(arena);
  return seconds;
}

static const char two_regions[] =
    "{ 'aguanta': 1, 'name': 'two', 'run': { 'warmup': '0s', 'window': '1s', 'years': 2000 }, 'traffic': { 't': { 'kind': 'open', "
    "'region': { 'us': 2, 'eu': 1 }, 'rate': '10/s', 'mix': { 'read': 8, 'write': 2 } } }, 'endpoints': { "
    "'read': { 'entry': 'web', 'steps': [ { 'call': 'api', 'steps': [ { 'query': 'db', 'reads': 1, 'demand': '1ms', 'on': 'any' } "
    "] } ] }, "
    "'write': { 'entry': 'web', 'steps': [ { 'call': 'api', 'steps': [ { 'query': 'db', 'writes': 1, 'demand': '1ms' } ] } ] } }, "
    "'services': { 'web': { 'kind': 'proxy', 'replicas': { 'us': 3, 'eu': 3 }, 'place': [ 'n-us', 'n-eu' ] }, "
    "'api': { 'kind': 'app', 'replicas': { 'us': 20, 'eu': 20 }, 'place': [ 'n-us', 'n-eu' ] }, "
    "'db': { 'kind': 'database', 'replicas': { 'us': 2, 'eu': 1 }, 'place': [ 'd-us', 'd-eu' ], 'replication': { 'primary': 'us', "
    "'reads': 'local', 'failover': { 'by': 'patroni', 'votes': { 'us': 1, 'eu': 1, 'third': 1 }, 'witnesses': [ 'third' ] } } } }, "
    "'platform': { 'kind': 'kubernetes', 'regions': { 'us': { 'zones': [ 'us-a', 'us-b', 'us-c' ] }, 'eu': { 'zones': [ 'eu-a', "
    "'eu-b', "
    "'eu-c' ] } }, 'network': { 'round_trip': { 'us-eu': '75ms' } }, 'nodes': { 'n-us': { 'cpu': 8, 'count': 8, 'region': 'us' }, "
    "'n-eu': { 'cpu': 8, 'count': 8, 'region': 'eu' }, 'd-us': { 'cpu': 8, 'count': 2, 'region': 'us' }, 'd-eu': { 'cpu': 8, "
    "'region': "
    "'eu' } } }, 'dns': { 'policy': 'geo', 'check': {}, 'stragglers': { 'share': '3%', 'for': '1h' } }, 'faults': { "
    "'crash': { 'kind': 'crash', 'service': 'api', 'mtbf': '2w' }, 'web': { 'kind': 'crash', 'service': 'web', 'mtbf': '30d' }, "
    "'us-node': { 'kind': 'node', 'nodes': 'n-us', 'mtbf': '1y', 'repair': '10m' }, "
    "'eu-node': { 'kind': 'node', 'nodes': 'n-eu', 'mtbf': '1y', 'repair': '10m' }, "
    "'db': { 'kind': 'node', 'nodes': 'd-us', 'mtbf': '1y', 'repair': '10m' }, "
    "'zone': { 'kind': 'zone', 'zone': 'us-a', 'mtbf': '2y', 'repair': '2h' }, "
    "'region': { 'kind': 'region', 'region': 'us', 'mtbf': '5y', 'repair': '4h' }, "
    "'cut': { 'kind': 'link', 'between': [ 'us', 'eu' ], 'mtbf': '1y', 'repair': '20m' }, "
    "'plane': { 'kind': 'control-plane', 'region': 'us', 'mtbf': '1y', 'repair': '30m' } } }";

static double regions(uint64_t years) {
  struct arena *arena = arena_new();
  struct text t = {.length = 0};
  text_put(&t, "%s", two_regions);
  double seconds = play(text_read(arena, &t), years, 0.999, 0.99999);
  arena_free(arena);
  return seconds;
}

const struct bench_work bench_years = {"years of faults: Kubernetes", kubernetes, 200};
const struct bench_work bench_years_two = {"years of faults: two regions", regions, 100};
