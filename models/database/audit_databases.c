#include "models/core/audit.h"
#include "models/database/disk.h"
#include "models/database/lock.h"
#include "models/database/database.h"
#include "models/core/world.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>

/* What living requests say of databases: by state, and of what they hold. */
struct data_count {
  uint64_t for_lock, for_log, in_flush, at_disk; /* requests that wait */
  uint64_t holds, transactions;
};

static struct data_count count_data(const struct audit *a, uint32_t *holders) {
  const struct world *w = a->world;
  struct data_count n = {0};
  for (uint32_t id = 0; id < pool_capacity(&w->requests); id++) {
    const struct request *r = world_request(w, id);
    if (!r->live) continue;
    n.for_lock += r->waiting == &wait_lock, n.for_log += r->waiting == &wait_log;
    n.in_flush += r->waiting == &wait_flush, n.at_disk += r->waiting == &wait_disk;
    n.transactions += request_database(w, r)->transaction != NONE && transaction_of(w, r)->used;
    for (uint32_t h = request_locks(w, r)->locks; h != NONE;
         h = ((const struct lock_hold *)pool_at(&world_locks(w)->holds, h))->next) {
      const struct lock_hold *hold = pool_at(&world_locks(w)->holds, h);
      if (!hold->used || hold->request != id) audit_broken(a, "locks: request %u lists what is not its own", id);
      n.holds++, holders[hold->lock]++;
    }
  }
  return n;
}

static void audit_locks(const struct audit *a, const struct data_count *n, const uint32_t *holders) {
  const struct world *w = a->world;
  uint32_t entries = 0;
  uint64_t waiting = 0;
  for (uint32_t id = 0; id < pool_capacity(&world_locks(w)->entries); id++) {
    const struct lock *l = pool_at(&world_locks(w)->entries, id);
    if (!l->used) continue;
    entries++, waiting += l->line.queue.count;
    if (l->holders != holders[id] || (!l->shared && l->holders > 1) || (!l->holders && l->waking == NONE))
      audit_broken(a, "lock %u: %u requests hold it, %u counted, %u wait", id, holders[id], l->holders, l->line.queue.count);
    const struct request *woken = l->waking == NONE ? NULL : world_request(w, l->waking);
    if (woken && (!woken->live || request_locks(w, woken)->waking != id))
      audit_broken(a, "lock %u: request %u is woken to take it and knows nothing of it", id, l->waking);
  }
  if (entries != pool_live(&world_locks(w)->entries) || n->holds != pool_live(&world_locks(w)->holds))
    audit_broken(a, "locks: %u entries and %llu holds are used, %u and %u counted", entries, (unsigned long long)n->holds,
                 pool_live(&world_locks(w)->entries), pool_live(&world_locks(w)->holds));
  if (waiting != n->for_lock)
    audit_broken(a, "locks: %llu requests wait, %llu stand in lines", (unsigned long long)n->for_lock, (unsigned long long)waiting);
}

static void audit_logs_and_disks(const struct audit *a, const struct data_count *n) {
  const struct world *w = a->world;
  uint64_t in_log = 0, in_flush = 0, at_disks = 0;
  for (uint32_t i = 0; i < world_databases(w)->log_count; i++) {
    const struct database *d = &world_databases(w)->logs[i];
    in_log += d->waiting.queue.count, in_flush += d->flushing.count;
    if (d->entered != d->left + d->waiting.queue.count + d->flushing.count)
      audit_broken(a, "log: %llu commits came, %llu left, %u and %u are there", (unsigned long long)d->entered,
                   (unsigned long long)d->left, d->waiting.queue.count, d->flushing.count);
  }
  for (uint32_t i = 0; i < w->node_count; i++) {
    const struct disk *d = &world_disks(w)->of_node[i];
    at_disks += d->line.queue.count;
    if (d->asked != d->done + d->abandoned + d->busy + d->line.queue.count)
      audit_broken(a, "disk of node %u: of %llu reads %llu are done, %llu abandoned, %u in service and %u wait", i,
                   (unsigned long long)d->asked, (unsigned long long)d->done, (unsigned long long)d->abandoned, d->busy,
                   d->line.queue.count);
    if (d->line.queue.count && d->busy != (uint64_t)d->config->parallel)
      audit_broken(a, "disk of node %u: %u wait and %u are in service", i, d->line.queue.count, d->busy);
  }
  if (in_log != n->for_log || in_flush != n->in_flush || at_disks != n->at_disk)
    audit_broken(a, "%llu, %llu and %llu requests wait for logs, flushes and disks; in their lines stand %llu, %llu and %llu",
                 (unsigned long long)n->for_log, (unsigned long long)n->in_flush, (unsigned long long)n->at_disk,
                 (unsigned long long)in_log, (unsigned long long)in_flush, (unsigned long long)at_disks);
}

void audit_databases(const struct audit *a) {
  const struct world *w = a->world;
  uint32_t *holders = allocate_zeroed(pool_capacity(&world_locks(w)->entries) + 1, sizeof *holders);
  struct data_count n = count_data(a, holders);
  audit_locks(a, &n, holders);
  if (n.transactions != pool_live(&world_databases(w)->transactions))
    audit_broken(a, "transactions: %llu are open, %u counted", (unsigned long long)n.transactions,
                 pool_live(&world_databases(w)->transactions));
  audit_logs_and_disks(a, &n);
  free(holders);
}
