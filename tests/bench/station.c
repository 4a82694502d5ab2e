/* What a computation on a node with room costs, beside a station that serves first come first served and knows nothing else: one
 * thread, a queue, the end of the service in a slot of the calendar. Both are asked by the same requests, with the same program,
 * draws and books; the one by the program as it is, the other by a program whose computations are done by the station. A request has
 * ten computations of 1 ms; the load is 0.5, and the times must be the same to the nanosecond. */
#include "models/request/operation.h"
#include "models/request/line.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include "tests/bench/read_text.h"

enum { STEPS = 10 };

struct station {
  struct world *world;
  slot_id slot;
  struct request *served;
  struct request_queue waiting;
};

/* The bench is one thread, and an instruction has no room for whose station it asks. */
static struct station station;

static void begin(struct station *s, struct request *r) {
  r->waiting = &wait_computing;
  s->served = r;
  calendar_set(s->world->calendar, s->slot, world_now(s->world) + r->work);
}

static bool ask(struct world *w, struct request *r, const struct instruction *in) {
  r->work = distribution_time_at(&in->demand, r->key, in->draw);
  if (!r->work) return true;
  r->since = world_now(w);
  if (station.served) {
    r->waiting = &wait_cpu;
    queue_push(w, &station.waiting, r);
  } else
    begin(&station, r);
  return false;
}

static void served(void *context, uint32_t argument) {
  (void)argument;
  struct station *s = context;
  struct world *w = s->world;
  struct request *r = s->served;
  s->served = NULL;
  const struct instruction *in = &w->model->programs[r->endpoint].instructions[r->pc - 1];
  r->cell[in->second_cell] += r->work;
  r->cell[in->cell] += world_now(w) - r->since - r->work;
  r->waiting = NULL;
  request_resume(w, r); /* consecutive computation is one turn: it may go on before the next one gets the thread */
  struct request *next = s->served ? NULL : queue_pop(w, &s->waiting);
  if (next) begin(s, next);
}

static void ask_the_station(const struct model *m) {
  for (uint32_t i = 0; i < m->programs[0].count; i++)
    if (m->programs[0].instructions[i].operation == &operation_compute) m->programs[0].instructions[i].run = ask;
}

/* CPU seconds of a run of n computations; `sojourn`: the sum of the times of its requests. */
static double time_of(uint64_t n, bool by_station, unsigned __int128 *sojourn) {
  struct text t = {.length = 0};
  text_put(&t,
           "{ 'aguanta': 1, 'name': 'station', 'traffic': { 'x': { 'kind': 'open', 'rate': '%d/s', 'mix': { 'p': 1 } } }, "
           "'endpoints': { 'p': { 'entry': 'a', 'steps': [",
           500 / STEPS);
  for (int k = 0; k < STEPS; k++) text_put(&t, "%s { 'cpu': { 'exponential': '1ms' } }", k ? "," : "");
  text_put(
      &t,
      "] } }, 'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { "
      "'cpu': 1 } } }, 'run': { 'warmup': '0s', 'window': '%llus', 'windows': 1 } }",
      (unsigned long long)(n / 500));
  struct arena *arena = arena_new();
  const struct scenario *s = text_read(arena, &t);
  double seconds = -1;
  if (s) {
    if (by_station) ask_the_station(&s->model);
    struct world *w = world_new(&s->model, s->model.run.seed, 0, WORLD_TRAFFIC);
    station = (struct station){.world = w, .slot = calendar_slot(w->calendar, served, &station, 0)};
    queue_clear(w, &station.waiting);
    double start = bench_cpu_seconds();
    world_run(w);
    seconds = bench_cpu_seconds() - start;
    *sojourn = w->observation.sojourn_ns;
    world_free(w);
  }
  arena_free(arena);
  return seconds;
}

static double on_node(uint64_t n) {
  unsigned __int128 sojourn;
  return time_of(n, false, &sojourn);
}

static double at_station(uint64_t n) {
  static unsigned __int128 of_node; /* of the same requests */
  unsigned __int128 sojourn = 0;
  double seconds = time_of(n, true, &sojourn);
  if (!of_node) time_of(n, false, &of_node);
  return sojourn == of_node ? seconds : -1;
}

const struct bench_work bench_node = {"a station: node with room", on_node, 2000000};
const struct bench_work bench_station = {"a station: FIFO", at_station, 2000000};
