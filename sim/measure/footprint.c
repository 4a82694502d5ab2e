#include "sim/measure/footprint.h"
#include "models/database/connection_config.h"
#include "models/traffic/offered.h"
#include "models/traffic/source.h"
#include "models/keys/keyspace.h"
#include "models/cache/cache.h"
#include "models/cache/cache_store.h"
#include "models/request/request.h"
#include "models/traffic/client.h"
#include "sim/engine/arena.h"
#include "sim/measure/resource.h"
#include "sim/measure/evidence.h"
#include <math.h>
#include <stdlib.h>

/* --- requests in progress ----------------------------------------------------------------------------------------------------- */

/* Time in the system of a request of the mix, without queues and hops. */
static double time_alone(const struct model *m, struct arena *arena) {
  double *speed = arena_new_array(arena, double, m->services.count + 1), sum = 0;
  for (uint32_t i = 0; i < m->services.count; i++) speed[i] = 1;
  for (uint32_t e = 0; e < m->endpoints.count; e++) {
    double passed = 0;
    struct demand_sums d = demand_sums_new(m, speed, arena);
    d.passed_s = &passed;
    program_demand(&m->programs[e], 1, &d);
    sum += model_endpoint_share(m, e) * passed;
  }
  return sum;
}

/* Requests a second at which the first resource is full. */
static double capacity_of(const struct model *m, struct arena *arena) {
  struct resource *r;
  double least = INFINITY;
  for (uint32_t i = resources_of(m, arena, &r); i-- > 0;) least = fmin(least, resource_saturates_at(&r[i]));
  return least;
}

/* What waits somewhere when all lines are full; infinite when one has no end. */
static double most_waiting(const struct model *m) {
  double sum = 0;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    double replicas = (double)(s->autoscale.max > s->replicas ? s->autoscale.max : s->replicas);
    if (s->backlog == INT64_MAX || service_connections(s)->pools.count) return INFINITY;
    sum += replicas * ((double)s->backlog + 1000);
  }
  return sum;
}

/* Window by window: what the peak leaves behind at once, and what piles up while more comes than leaves. */
static double most_in_progress(const struct model *m) {
  struct arena *arena = arena_new();
  double alone = time_alone(m, arena), capacity = capacity_of(m, arena), bound = most_waiting(m), behind = 0, most = 0;
  arena_free(arena);
  uint32_t windows = m->run.windows > 0 ? (uint32_t)m->run.windows : 1;
  double length = sim_seconds(m->run.window) / windows;
  for (uint32_t i = 0; i < windows; i++) {
    sim_time from = m->run.warmup + (sim_time)((double)m->run.window / windows * i), until = from + m->run.window / windows;
    double rate = model_offered(m, from, until) / length, pause = i ? length : length + sim_seconds(m->run.warmup);
    behind = fmax(0, behind + (rate - capacity) * pause);
    most = fmax(most, fmin(rate, capacity) * alone + fmin(behind, bound));
  }
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    if (model_source(m, i)->kind->closed) most += (double)model_source(m, i)->population;
  return fmin(most, REQUESTS_MOST);
}

/* An entry of the pool, which is at most a quarter too large, and its places in timers, lines and lists of computations. */
static struct footprint_part requests_part(const struct model *m) {
  uint32_t cells = 0;
  for (uint32_t i = 0; i < m->program_count; i++) cells = m->programs[i].cell_count > cells ? m->programs[i].cell_count : cells;
  double most = most_in_progress(m), each = 1.25 * (double)(sizeof(struct request) + cells * sizeof(int64_t)) + 96;
  return (struct footprint_part){"requests in progress", most, most * each, false};
}

/* --- what is observed --------------------------------------------------------------------------------------------------------- */

/* Of one observation. A window costs its counts, and with its first request a table of blocks and the blocks around its
 * latencies. */
static double observed_bytes(const struct model *m) {
  enum { BLOCKS_TYPICAL = 6 };
  double cells = (double)m->endpoints.count * (double)m->run.windows, requests = fmin(model_requests(m), 1e15);
  double blocks = BLOCKS_TYPICAL * sizeof(struct histogram_block), table = HISTOGRAM_BLOCKS * sizeof(void *);
  double filled = fmin(cells, requests), each = fmin(blocks, requests / fmax(1, filled) * sizeof(struct histogram_block));
  return cells * sizeof(struct endpoint_window) + filled * (table + each) * (m->records_waits ? 2 : 1) +
         (double)(m->meter_count + m->services.count) * (double)m->run.windows * 2 * sizeof(double);
}

static struct footprint_part windows_part(const struct model *m) {
  return (struct footprint_part){"windows of endpoints", (double)m->endpoints.count * (double)m->run.windows, observed_bytes(m),
                                 false};
}

/* The sum over all replications, its timeline, and the series of the results. */
static struct footprint_part results_part(const struct model *m) {
  double cells = (double)m->endpoints.count * (double)m->run.windows;
  double series = cells * TIMELINE_COLUMNS * (sizeof(struct tally) + 3 * sizeof(double));
  return (struct footprint_part){"results of windows", cells, observed_bytes(m) + series, true};
}

/* --- the rest ----------------------------------------------------------------------------------------------------------------- */

static struct footprint_part caches_part(const struct model *m) {
  double items = 0, kept = 0, bytes = 0;
  for (uint32_t i = 0; i < model_keyspaces(m)->count; i++) items += (double)model_keyspace(m, i)->of;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    if (!service_cache(s)->keyed) continue;
    double stores = (double)s->replicas * (service_cache(s)->stores ? service_cache(s)->stores : 1),
           entries = fmin((double)service_cache(s)->entries, items);
    kept += stores * entries;
    bytes += stores * (entries * 1.5 * (sizeof(struct cache_entry) + sizeof(struct cache_terms)) + items * sizeof(uint32_t));
  }
  return (struct footprint_part){"items in caches", kept, bytes, false};
}

static struct footprint_part clients_part(const struct model *m) {
  double people = 0, requests = 0;
  for (uint32_t i = 0; i < model_sources(m)->count && !requests; i++)
    if (client_needed(model_source(m, i))) requests = most_in_progress(m);
  for (uint32_t i = 0; i < model_sources(m)->count; i++)
    people += model_source(m, i)->kind->closed ? (double)model_source(m, i)->population : 0;
  return (struct footprint_part){"clients", people + requests, people * 64 + requests * 1.25 * sizeof(struct client), false};
}

static struct footprint_part samples_part(const struct model *m, double replications) {
  double measures = 30.0 * (m->endpoints.count + 1) + 4.0 * m->meter_count;
  return (struct footprint_part){"samples", measures * replications, 2 * measures * replications * sizeof(double), true};
}

static int by_bytes(const void *a, const void *b) {
  double x = ((const struct footprint_part *)a)->bytes, y = ((const struct footprint_part *)b)->bytes;
  return (x < y) - (x > y);
}

struct footprint footprint_of(const struct model *m, double replications) {
  struct footprint f = {
      {requests_part(m), windows_part(m), results_part(m), caches_part(m), clients_part(m), samples_part(m, replications)}};
  qsort(f.parts, FOOTPRINT_PARTS, sizeof *f.parts, by_bytes);
  return f;
}

double footprint_bytes(const struct footprint *f, uint32_t jobs) {
  double sum = 8 << 20; /* the program, its stacks and its tables */
  for (int i = 0; i < FOOTPRINT_PARTS; i++) sum += f->parts[i].bytes * (f->parts[i].shared ? 1 : jobs);
  return sum;
}
