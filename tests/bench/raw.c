/* The engine alone, without a scenario: calendar slots with callbacks, streams, histogram. Time unit: 1 ms is a mean
 * service. M/M/1 at load 0.9 (mean sojourn 10), and the small web model that engine-measurements.md compares engines
 * on: Poisson arrivals at 25.6, round robin over 8 nodes of 4 cores FIFO with service Exp(1), then 20% to a database of 8
 * servers with Exp(1.25). Mean end-to-end time about 1.645. */
#include "sim/engine/arena.h"
#include "sim/engine/calendar.h"
#include "sim/engine/stream.h"
#include "sim/stats/histogram.h"
#include "tests/bench/bench.h"
#include <math.h>
#include <stdlib.h>

/* Times of arrival of those who wait. */
enum { RING = 1 << 14 };
struct queue {
  uint64_t head, tail;
  sim_time born[RING];
};

static inline void join(struct queue *queue, sim_time born) {
  assert(queue->tail - queue->head < RING);
  queue->born[queue->tail++ & (RING - 1)] = born;
}
static inline sim_time leave(struct queue *queue) { return queue->born[queue->head++ & (RING - 1)]; }

static inline sim_time draw(struct stream *stream, double mean) { return (sim_time)(stream_exponential(stream) * mean); }

static void *zeroed(size_t size) {
  void *memory = calloc(1, size);
  if (!memory) abort();
  return memory;
}

/* --- M/M/1 --- */

struct single {
  struct calendar *calendar;
  slot_id arrival, departure;
  struct stream arrivals, service;
  uint64_t left;
  struct arena *arena;
  struct histogram sojourn;
  struct queue queue; /* the one in service is at the head */
};

static void single_arrives(void *context, uint32_t argument) {
  (void)argument;
  struct single *m = context;
  sim_time now = calendar_now(m->calendar);
  calendar_set(m->calendar, m->arrival, now + draw(&m->arrivals, 1e6 / 0.9));
  if (m->queue.head == m->queue.tail) calendar_set(m->calendar, m->departure, now + draw(&m->service, 1e6));
  join(&m->queue, now);
}

static void single_departs(void *context, uint32_t argument) {
  (void)argument;
  struct single *m = context;
  sim_time now = calendar_now(m->calendar);
  histogram_add(&m->sojourn, now - leave(&m->queue));
  if (m->queue.head != m->queue.tail) calendar_set(m->calendar, m->departure, now + draw(&m->service, 1e6));
  if (--m->left == 0) calendar_stop(m->calendar);
}

static double run_single(uint64_t n) {
  struct single *m = zeroed(sizeof *m);
  m->calendar = calendar_new();
  m->arena = arena_new();
  histogram_open(&m->sojourn, m->arena);
  m->left = n;
  m->arrivals = stream_open(stream_key(1, 0, 0, 0));
  m->service = stream_open(stream_key(1, 0, 1, 0));
  m->arrival = calendar_slot(m->calendar, single_arrives, m, 0);
  m->departure = calendar_slot(m->calendar, single_departs, m, 0);
  calendar_set(m->calendar, m->arrival, 0);
  double start = bench_cpu_seconds();
  calendar_run(m->calendar, SIM_NEVER);
  double seconds = bench_cpu_seconds() - start, mean = histogram_mean(&m->sojourn) * 1e-6;
  calendar_free(m->calendar);
  arena_free(m->arena);
  free(m);
  return fabs(mean - 10) < 1 ? seconds : -1;
}

/* --- the web model --- */

enum { NODES = 8, CORES = 4, DATABASE = NODES, STATIONS = NODES + 1, SERVERS = NODES * CORES + 8 };

struct station {
  uint32_t idle; /* bit mask of its servers */
  uint32_t first;
  double mean;
  struct stream service;
  struct queue queue;
};

struct web {
  struct calendar *calendar;
  slot_id arrival, servers; /* the slot of server s is servers + s */
  uint64_t next, left;
  struct stream arrivals, branch;
  sim_time born[SERVERS]; /* of the request in service */
  struct arena *arena;
  struct histogram latency;
  struct station stations[STATIONS];
};

static inline void enter(struct web *w, struct station *station, sim_time born) {
  if (!station->idle) {
    join(&station->queue, born);
    return;
  }
  uint32_t server = station->first + (uint32_t)__builtin_ctz(station->idle);
  station->idle &= station->idle - 1;
  w->born[server] = born;
  calendar_set(w->calendar, w->servers + server, calendar_now(w->calendar) + draw(&station->service, station->mean));
}

/* The server takes the next one or goes idle; returns when the one that leaves was born. */
static inline sim_time release(struct web *w, struct station *station, uint32_t server) {
  sim_time born = w->born[server];
  if (station->queue.head == station->queue.tail) {
    station->idle |= 1u << (server - station->first);
  } else {
    w->born[server] = leave(&station->queue);
    calendar_set(w->calendar, w->servers + server, calendar_now(w->calendar) + draw(&station->service, station->mean));
  }
  return born;
}

static inline void answer(struct web *w, sim_time born) {
  histogram_add(&w->latency, calendar_now(w->calendar) - born);
  if (--w->left == 0) calendar_stop(w->calendar);
}

static void web_arrives(void *context, uint32_t argument) {
  (void)argument;
  struct web *w = context;
  sim_time now = calendar_now(w->calendar);
  calendar_set(w->calendar, w->arrival, now + draw(&w->arrivals, 1e6 / 25.6));
  enter(w, &w->stations[w->next++ % NODES], now);
}

static void node_done(void *context, uint32_t server) {
  struct web *w = context;
  sim_time born = release(w, &w->stations[server / CORES], server);
  if (stream_below(&w->branch, 5) == 0)
    enter(w, &w->stations[DATABASE], born);
  else
    answer(w, born);
}

static void database_done(void *context, uint32_t server) {
  struct web *w = context;
  answer(w, release(w, &w->stations[DATABASE], server));
}

static double run_web(uint64_t n) {
  struct web *w = zeroed(sizeof *w);
  w->calendar = calendar_new();
  w->arena = arena_new();
  histogram_open(&w->latency, w->arena);
  w->left = n;
  w->arrivals = stream_open(stream_key(1, 0, 0, 0));
  w->branch = stream_open(stream_key(1, 0, 1, 0));
  for (uint32_t i = 0; i < STATIONS; i++) {
    struct station *station = &w->stations[i];
    station->first = i * CORES;
    station->idle = i < DATABASE ? (1u << CORES) - 1 : (1u << (SERVERS - NODES * CORES)) - 1;
    station->mean = i < DATABASE ? 1e6 : 1.25e6;
    station->service = stream_open(stream_key(1, 0, 2, i));
  }
  w->arrival = calendar_slot(w->calendar, web_arrives, w, 0);
  w->servers = w->arrival + 1;
  for (uint32_t s = 0; s < SERVERS; s++) calendar_slot(w->calendar, s < NODES * CORES ? node_done : database_done, w, s);
  calendar_set(w->calendar, w->arrival, 0);
  double start = bench_cpu_seconds();
  calendar_run(w->calendar, SIM_NEVER);
  double seconds = bench_cpu_seconds() - start, mean = histogram_mean(&w->latency) * 1e-6;
  calendar_free(w->calendar);
  arena_free(w->arena);
  free(w);
  return fabs(mean - 1.645) < 0.015 ? seconds : -1;
}

const struct bench_work bench_raw_single = {"engine alone: M/M/1", run_single, 4000000};
const struct bench_work bench_raw_web = {"engine alone: web model", run_web, 2000000};
