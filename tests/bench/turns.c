/* What turns of the loop and connections between services cost a request, on the thinnest program that has them: a proxy before one
 * process, one computation there and two short ones before and after it. The same without the keys is what it is compared with. */
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "tests/bench/read_text.h"

enum { RATE = 350 };

/* CPU seconds; negative when not about n requests completed. */
static double proxied(uint64_t n, const char *proxy, const char *backend) {
  struct text t = {.length = 0};
  text_put(
      &t,
      "{ 'aguanta': 1, 'name': 'proxied', 'traffic': { 'x': { 'kind': 'open', 'rate': '%d/s', 'timeout': '1s', 'mix': { 'p': 1 } } "
      "}, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '30us' }, { 'call': 'b', 'steps': [ { 'cpu': { "
      "'exponential': '2ms' } } ] }, { 'cpu': '30us' } ] } }, 'services': { 'a': { 'kind': 'proxy', 'threads': 1%s }, 'b': { "
      "'kind': 'app'%s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 2 } } }, 'run': { 'warmup': '0s', 'window': "
      "'%llus', 'windows': 60 } }",
      RATE, proxy, backend, (unsigned long long)(n / RATE));
  struct arena *arena = arena_new();
  const struct scenario *s = text_read(arena, &t);
  double seconds = -1;
  if (s) {
    double start = bench_cpu_seconds();
    struct world *w = world_new(&s->model, s->model.run.seed, 0, WORLD_TRAFFIC);
    world_run(w);
    seconds = bench_cpu_seconds() - start;
    double completed = (double)w->observation.ended[OUTCOME_COMPLETED];
    if (completed < 0.98 * (double)n || completed > 1.02 * (double)n) seconds = -1;
    world_free(w);
  }
  arena_free(arena);
  return seconds;
}

static double plain(uint64_t n) { return proxied(n, "", ""); }
static double turns(uint64_t n) { return proxied(n, ", 'accept': 'one', 'upstream': 64", ", 'accept': 'one'"); }

const struct bench_work bench_proxied = {"a proxy before one process", plain, 350000};
const struct bench_work bench_turns = {"a proxy, with accept and upstream", turns, 350000};
