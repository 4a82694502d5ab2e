/* How much will hit, before anything runs (models/cache/cache.h says by whose theory and what for).
 *
 * A store is what one replica of a cache, or one process of another service, keeps. Each item of a keyspace is asked for at a rate
 * of its own; how much of it is there follows from that rate and from one time, that of the store, which is such that what is held
 * just fits (Che's characteristic time). A look-up within the miss steps of another one for the same item, L2 behind L1, sees only
 * what that one lets through. Rates follow from probabilities and these from rates: a few rounds settle it.
 *
 * Cures that go by the age of items (models/cache/rebuild.h), for an item asked for at lambda, good for T from its fill:
 *
 *     stale    is served for S after that: misses are exp(-lambda S) / (1 + lambda T) of its look-ups, and
 *              (1 - exp(-lambda S)) / (1 + lambda T) of them set a refresh going
 *     early    rebuilds of D begin at the rate lambda exp(-(T - t) / b), b = beta D, at the age t < T. The first comes in the
 *              mean at T - b Ein(lambda b) + exp(-lambda b) / lambda; within its D come at most min(lambda D, exp(1 / beta) - 1)
 *              more: the intensity grows by no more than that, and is never above lambda. So what runs the miss steps is rather
 *              over- than underestimated. D is that of the miss steps without queues */
#include "models/cache/cache.h"
#include "models/cache/copies.h"
#include "models/traffic/offered.h"
#include "models/replication/shard.h"
#include "models/keys/keyspace.h"
#include "models/cache/rebuild.h"
#include "models/core/model.h"
#include "sim/engine/arena.h"
#include "sim/engine/real.h"
#include "models/request/operation.h"
#include <assert.h>
#include <math.h>

/* A keyspace as classes of items that are nearly alike: the most popular ones each for itself, the others by ranks that lie within
 * 2%. The mass of a class is that of its middle. */
struct classes {
  uint32_t count;
  double *items, *probability; /* how many; of each one */
};

enum { ALONE = 100, MOST_CLASSES = ALONE + 1000, ROUNDS = 8, BISECTIONS = 40 };

static struct classes classes_of(const struct keyspace_config *k, struct arena *arena) {
  struct classes c = {0, arena_new_array(arena, double, MOST_CLASSES), arena_new_array(arena, double, MOST_CLASSES)};
  double sum = 0, of = (double)k->of;
  for (double rank = 1; rank <= of && c.count < MOST_CLASSES; rank += c.items[c.count++]) {
    double items = k->zipf <= 0 ? of : rank <= ALONE ? 1 : fmin(of - rank + 1, floor(rank / 50));
    c.items[c.count] = items;
    c.probability[c.count] = real_pow(rank + (items - 1) / 2, -k->zipf);
    sum += items * c.probability[c.count];
  }
  assert(c.count && sum > 0);
  for (uint32_t i = 0; i < c.count; i++) c.probability[i] /= sum;
  return c;
}

/* What one store of a service is asked for of one keyspace. */
struct flow {
  const struct classes *classes;
  double *rate, *hit; /* by class, of each item: look-ups a second; share of them that find it, which is how long it is there */
  double *refresh;    /* by class: share that finds it stale and has it refreshed */
  double bytes, ttl_s, stale_s, delta_s, beta; /* delta: of a rebuild, where some are early; else 0 */
  bool filled, alike;
};

struct estimate {
  struct model *model;
  struct arena *arena;
  struct classes *classes; /* by keyspace */
  struct flow *flows;      /* by service and keyspace */
  double *endpoint_rate;
  double **runs, **miss_s; /* by endpoint and instruction: per request; of early cures the time of a miss */
};

static struct flow *flow_of(const struct estimate *e, const struct instruction *in) {
  return &e->flows[(size_t)in->service * model_keyspaces(e->model)->count + (size_t)in->keyspace];
}

/* --- one store --------------------------------------------------------------------------------------------------------------- */

static double decay(double x) { return real_exp(-fmin(x, 700)); }

/* Ein(x), the integral of (1 - exp(-v)) / v from 0 to x: its series, or log x + Euler's gamma + E1(x) (Abramowitz and Stegun
 * 5.1). */
static double entire_exponential_integral(double x) {
  if (x > 8) return real_log(x) + 0.57721566490153286 + decay(x) / (x + 1);
  double sum = 0, term = 1;
  for (int k = 1; k <= 40; k++) {
    term *= -x / k;
    sum -= term / k;
  }
  return sum;
}

/* Share of the look-ups of an item that rebuild it, because it is gone or soon will be. */
static double rebuilds_early(const struct flow *f, double rate) {
  assert(f->beta > 0 && f->delta_s > 0 && rate > 0);
  double b = f->beta * f->delta_s, z = rate * b;
  double first_s = fmax(0, f->ttl_s - b * entire_exponential_integral(z)) + decay(z) / rate;
  double more = fmin(rate * f->delta_s, real_exp(fmin(1 / f->beta, 700)) - 1);
  return fmin(1, (1 + more) / (rate * (first_s + f->delta_s)));
}

/* Share of the look-ups of an item that find it, when only its age counts. */
static double by_age(const struct cache_config *c, const struct flow *f, double rate) {
  double x = rate * f->ttl_s;
  if (isinf(x)) return 1;
  if (c->ttl_from == TTL_FROM_ACCESS) return 1 - decay(x);
  if (f->delta_s > 0) return 1 - rebuilds_early(f, rate);
  return f->stale_s > 0 ? 1 - decay(rate * f->stale_s) / (1 + x) : x / (1 + x);
}

static double hit_of(const struct cache_config *c, const struct flow *f, double rate, double time_s) {
  if (!f->filled || rate <= 0) return 0;
  double y = rate * time_s, by_ttl = by_age(c, f, rate);
  if (isinf(time_s)) return by_ttl;
  bool counts = c->policy == CACHE_LFU || c->policy == CACHE_PERFECT_LFU;
  double by_room = counts && !f->alike ? y >= 1 : c->policy == CACHE_LRU ? 1 - real_exp(-fmin(y, 700)) : y / (1 + y);
  return fmin(by_ttl, by_room);
}

/* Of what is stale: where room is short too, as much less as is there. */
static double refresh_of(const struct cache_config *c, const struct flow *f, double rate, double hit) {
  if (f->stale_s <= 0 || hit <= 0 || isinf(f->ttl_s)) return 0;
  return (1 - decay(rate * f->stale_s)) / (1 + rate * f->ttl_s) * hit / by_age(c, f, rate);
}

/* Sets the hits for this time, and what is held then; whether so much has room. */
static bool fits(const struct estimate *e, uint32_t service, double time_s) {
  struct cache_config *c = service_cache(model_service(e->model, service));
  double items = 0, bytes = 0;
  for (uint32_t k = 0; k < model_keyspaces(e->model)->count; k++) {
    struct flow *f = &e->flows[(size_t)service * model_keyspaces(e->model)->count + k];
    for (uint32_t i = 0; i < f->classes->count; i++) {
      f->hit[i] = hit_of(c, f, f->rate[i], time_s), f->refresh[i] = refresh_of(c, f, f->rate[i], f->hit[i]);
      items += f->classes->items[i] * f->hit[i], bytes += f->classes->items[i] * f->hit[i] * f->bytes;
    }
  }
  double stores = (double)service_shards(model_service(e->model, service))->count; /* shards: as one store with the room of all */
  if (stores < 1) stores = 1;
  c->expected_items = items / stores, c->expected_bytes = bytes / stores;
  return items <= (double)c->entries * stores && bytes <= (double)c->size * stores;
}

/* Bisection on the logarithm of the time. */
static void solve(const struct estimate *e, uint32_t service) {
  if (fits(e, service, INFINITY)) return;
  double low = -40, high = 40;
  for (int i = 0; i < BISECTIONS; i++) {
    double middle = (low + high) / 2;
    *(fits(e, service, real_exp(middle)) ? &low : &high) = middle;
  }
  assert(low < high);
  fits(e, service, real_exp(low));
}

/* --- all of them ------------------------------------------------------------------------------------------------------------- */

/* Whether the look-up lies within what is done on a miss of the other one, or to refresh it, for the same item. */
static bool behind(const struct program *p, uint32_t look, uint32_t other) {
  const struct instruction *in = &p->instructions[other];
  return in->operation->jumps && in->keyspace == p->instructions[look].keyspace && other < look && in->target > look;
}

/* Of the look-ups of the other one those that come so far: of an item of the class, or without one of all. */
static double let_through(const struct estimate *e, const struct program *p, uint32_t look, uint32_t other, const uint32_t *class) {
  const struct instruction *in = &p->instructions[other];
  const struct flow *f = flow_of(e, in);
  if (in->refresh && look >= in->refresh) return class ? f->refresh[*class] : in->refreshes;
  return 1 - (class ? f->hit[*class] : in->probability);
}

/* Adds to the rates of its store, or weighs its hits: calls `with` for each class with what asks for one item of it. */
static void each_class(const struct estimate *e, uint32_t endpoint, uint32_t look,
                       void (*with)(struct flow *, uint32_t class, double rate, double *out), double *out) {
  const struct program *p = &e->model->programs[endpoint];
  const struct instruction *in = &p->instructions[look];
  const struct classes *c = &e->classes[in->keyspace];
  double rate = e->endpoint_rate[endpoint] * e->runs[endpoint][look];
  for (uint32_t j = 0; j < look; j++) {
    if (!behind(p, look, j)) continue;
    double all = let_through(e, p, look, j, NULL);
    rate = all > 0 ? rate / all : 0;
  }
  for (uint32_t i = 0; i < c->count; i++) {
    double mine = rate * c->probability[i];
    for (uint32_t j = 0; j < look; j++)
      if (behind(p, look, j)) mine *= let_through(e, p, look, j, &i);
    with(flow_of(e, in), i, mine, out);
  }
}

static void add_rate(struct flow *f, uint32_t class, double rate, double *stores) { f->rate[class] += rate / *stores; }

static void weigh(struct flow *f, uint32_t class, double rate, double *sums) {
  double asked = rate * f->classes->items[class];
  sums[0] += asked, sums[1] += asked * f->hit[class], sums[2] += asked * f->refresh[class];
}

static bool looks(const struct instruction *in) { return in->operation == &operation_look; }

static void count_runs(const struct estimate *e) {
  const struct model *m = e->model;
  uint32_t n = m->services.count + 1;
  double *speed = arena_new_array(e->arena, double, n);
  for (uint32_t i = 0; i < n; i++) speed[i] = 1;
  for (uint32_t k = 0; k < m->endpoints.count; k++) {
    e->runs[k] = arena_new_array(e->arena, double, m->programs[k].count);
    e->miss_s[k] = arena_new_array(e->arena, double, m->programs[k].count);
    struct demand_sums d = demand_sums_new(m, speed, e->arena);
    d.runs = e->runs[k], d.miss_s = e->miss_s[k];
    program_demand(&m->programs[k], 1, &d);
  }
}

/* How long rebuilds take that are begun early. */
static void set_deltas(const struct estimate *e) {
  const struct model *m = e->model;
  for (uint32_t k = 0; k < m->endpoints.count; k++)
    for (uint32_t i = 0; i < m->programs[k].count; i++) {
      const struct instruction *in = &m->programs[k].instructions[i];
      if (e->miss_s[k][i] > 0) flow_of(e, in)->delta_s = e->miss_s[k][i], flow_of(e, in)->beta = in->stampede->beta;
    }
}

static void add_rates(const struct estimate *e) {
  const struct model *m = e->model;
  for (uint32_t k = 0; k < m->services.count * model_keyspaces(m)->count; k++)
    for (uint32_t i = 0; i < e->flows[k].classes->count; i++) e->flows[k].rate[i] = 0;
  for (uint32_t k = 0; k < m->endpoints.count; k++)
    for (uint32_t i = 0; i < m->programs[k].count; i++) {
      const struct instruction *in = &m->programs[k].instructions[i];
      if (!looks(in)) continue;
      const struct service_config *s = model_service(m, (uint32_t)in->service);
      bool one = shards_are_on(service_shards(s)) || copies_write_at_primary(s); /* what any caller fills is there for all */
      double stores = one ? 1 : (double)s->replicas * service_cache(s)->stores;
      each_class(e, k, i, add_rate, &stores);
    }
}

/* Returns the largest change of a probability. */
static double set_probabilities(const struct estimate *e) {
  double change = 0;
  for (uint32_t k = 0; k < e->model->endpoints.count; k++) {
    struct program *p = &e->model->programs[k];
    for (uint32_t i = 0; i < p->count; i++) {
      if (!looks(&p->instructions[i])) continue;
      double sums[3] = {0, 0, 0};
      each_class(e, k, i, weigh, sums);
      struct instruction *jump = &p->instructions[i + 1];
      while (!jump->operation->jumps) jump++;
      double was = jump->probability, is = sums[0] > 0 ? sums[1] / sums[0] : 0;
      jump->probability = is, jump->refreshes = jump->refresh && sums[0] > 0 ? sums[2] / sums[0] : 0;
      change = fmax(change, fabs(is - was));
    }
  }
  return change;
}

static void open_flows(struct estimate *e) {
  struct model *m = e->model;
  uint32_t keyspaces = model_keyspaces(m)->count;
  e->classes = arena_new_array(e->arena, struct classes, keyspaces);
  for (uint32_t k = 0; k < keyspaces; k++) e->classes[k] = classes_of(model_keyspace(m, k), e->arena);
  e->flows = arena_new_array(e->arena, struct flow, (size_t)keyspaces * m->services.count);
  for (uint32_t s = 0; s < m->services.count; s++)
    for (uint32_t k = 0; k < keyspaces; k++) {
      struct flow *f = &e->flows[(size_t)s * keyspaces + k];
      *f = (struct flow){.classes = &e->classes[k], .ttl_s = INFINITY, .alike = model_keyspace(m, k)->zipf <= 0};
      f->rate = arena_new_array(e->arena, double, f->classes->count);
      f->hit = arena_new_array(e->arena, double, f->classes->count);
      f->refresh = arena_new_array(e->arena, double, f->classes->count);
    }
  for (uint32_t k = 0; k < m->endpoints.count; k++)
    for (uint32_t i = 0; i < m->programs[k].count; i++) {
      const struct instruction *in = &m->programs[k].instructions[i];
      if (in->operation != &operation_fill) continue;
      struct flow *f = flow_of(e, in);
      f->filled = true, f->bytes = in->demand.kind ? in->demand.mean : 0;
      f->ttl_s = in->ttl == SIM_NEVER ? INFINITY : sim_seconds(in->ttl);
      f->stale_s = in->stampede && in->stampede->cure == CURE_STALE ? sim_seconds(in->stampede->stale) : 0;
    }
}

static bool anything_keyed(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_cache(model_service(m, i))->keyed) return true;
  return false;
}

void caches_estimate(struct model *m) {
  if (!anything_keyed(m)) return;
  struct estimate e = {.model = m, .arena = arena_new()};
  open_flows(&e);
  e.endpoint_rate = arena_new_array(e.arena, double, m->endpoints.count);
  e.runs = arena_new_array(e.arena, double *, m->endpoints.count);
  e.miss_s = arena_new_array(e.arena, double *, m->endpoints.count);
  double rate = model_requests(m) / (sim_seconds(m->run.warmup) + sim_seconds(m->run.window));
  for (uint32_t k = 0; k < m->endpoints.count; k++) e.endpoint_rate[k] = rate * model_endpoint_share(m, k);
  for (int round = 0; round < ROUNDS; round++) {
    count_runs(&e);
    set_deltas(&e);
    add_rates(&e);
    for (uint32_t s = 0; s < m->services.count; s++)
      if (service_cache(model_service(m, s))->keyed) solve(&e, s);
    if (set_probabilities(&e) < 1e-6) break;
  }
  arena_free(e.arena);
}
