#include "models/database/hand_over.h"
#include "models/core/world.h"
#include "models/database/connection_config.h"
#include "models/database/lock.h"
#include "models/keys/keyspace.h"
#include "models/machine/runtime.h"
#include "models/request/draws.h"
#include "models/request/operation.h"
#include "models/request/walk.h"
#include <math.h>

/* Draws, by how often the request has been woken: it may be so more than once at one instruction. */
enum { DRAW_CPU, DRAW_PER_WAITER };

static const struct lock_class *class_of(const struct model *m, const struct instruction *in) {
  return &m->locks->classes[in->lock];
}

static bool hand_over(struct world *w, struct request *r, const struct instruction *in) {
  struct locks_of_request *mine = request_locks(w, r);
  if (!mine->among) return true;
  const struct hand_over_config *c = class_of(w->model, in)->hand_over;
  uint32_t others = mine->among - 1, n = mine->wakes++;
  mine->among = 0;
  sim_time work = distribution_time_at(&c->cpu, r->key, draw_of_part(PART_locks, DRAW_CPU, in->draw, n));
  if (others && c->cpu_per_waiter.mean > 0)
    work += others * distribution_time_at(&c->cpu_per_waiter, r->key, draw_of_part(PART_locks, DRAW_PER_WAITER, in->draw, n));
  return request_compute_work(w, r, in, work);
}

/* --- without requests -------------------------------------------------------------------------------------------------------- */

double lock_busiest(const struct model *m, const struct lock_class *k) {
  if (k->kind != LOCK_ROWS) return 1;
  return fmin(1, k->items * keyspace_probability(model_keyspace(m, (uint32_t)k->keyspace), 0));
}

/* Queries that the database works on at once, unless it says so. */
enum { THREADS_OF_A_DATABASE = 151 };

/* The most that wait for a lock beside the one that is woken: that is what it comes to when the lock is full. */
static double waiters_most(const struct model *m, int32_t database) {
  const struct service_config *d = model_service(m, (uint32_t)database);
  int32_t pooler = service_connections(d)->pooled_by;
  double pooled = 0, threads = d->threads > 0 && d->threads < INT64_MAX ? (double)d->threads : THREADS_OF_A_DATABASE;
  for (uint32_t i = 0; i < m->services.count; i++) {
    const struct service_config *s = model_service(m, i);
    const struct pool_config *p = service_pool(s, database);
    int64_t replicas = s->autoscale.max > s->replicas ? s->autoscale.max : s->replicas;
    if (p && (pooler < 0 || (int32_t)i == pooler)) pooled += (double)p->max * (double)replicas * runtime_processes(s);
  }
  return fmax(0, (pooled > 0 ? fmin(pooled, threads) : threads) - 2); /* one holds it, one is woken */
}

/* As when the lock is full, for those that want the busiest; the others hardly wait. */
static void hand_over_asks(const struct walk *w, const struct instruction *in, double weight) {
  const struct demand_sums *d = w->sums;
  const struct lock_class *k = class_of(d->model, in);
  if (in->shared) return;
  double mean = k->hand_over->cpu.mean + k->hand_over->cpu_per_waiter.mean * waiters_most(d->model, k->database);
  double busiest = lock_busiest(d->model, k);
  struct instruction work = *in;
  work.demand = distribution_constant(mean);
  compute_asks(w, &work, weight * busiest);
  d->locked_s[in->lock] += weight * (1 - busiest) * mean * 1e-9 / d->speed[in->service];
}

const struct operation operation_hand_over = {.name = "hand-over", .run = hand_over, .ask = hand_over_asks, .computes = true};

/* --- configuration ----------------------------------------------------------------------------------------------------------- */

static const char *const order_words[] = {"fifo", "random", "barging", NULL};

static const struct field fields[] = {
    KEY("order", WORD, hand_over_config, order, DEFAULT("fifo"), .words = order_words,
        .doc = "Who gets a lock that is released: fifo: who has waited longest; random: one drawn among all that wait, as the "
               "statements that wait for a row of PostgreSQL; barging: it is free, who has waited longest is woken and has to take "
               "it, and who asks before that has it first.",
        .source = "InnoDB lock_grant; PostgreSQL heapam_tuple_lock and a measurement with 20 connections"),
    KEY("cpu", DISTRIBUTION, hand_over_config, cpu, DEFAULT("0s"),
        .doc = "CPU time of the database to hand a lock over to one that has waited; nobody else has the lock meanwhile, except "
               "with barging."),
    KEY("cpu_per_waiter", DISTRIBUTION, hand_over_config, cpu_per_waiter, DEFAULT("0s"),
        .doc = "Further CPU time of it for each other one that waits: where all are woken and all but one wait again."),
    {0}};
const struct record hand_over_record = {.name = "hand-over",
                                        .size = sizeof(struct hand_over_config),
                                        .fields = fields,
                                        .doc = "How a lock passes to one that waits.",
                                        .shorthand = "order"};
