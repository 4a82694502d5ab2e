#include "models/replication/standby.h"
#include "models/core/part.h"
#include "models/request/operation.h"
#include "models/database/disk.h"
#include "models/database/lock.h"
#include "models/replication/replication.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include <assert.h>

static struct standby_read *read_at(const struct world *w, uint32_t id) { return pool_at(&world_standbys(w)->reads, id); }

static struct replica *replica_of(const struct world *w, uint32_t container, struct replication **p) {
  *p = replication_of(w, container);
  return &(*p)->replicas[container - (*p)->first];
}

/* --- reads in progress ------------------------------------------------------------------------------------------------------- */

void standby_read_begins(struct world *w, struct replica *r, struct request *reader) {
  struct standby *s = &r->standby;
  uint32_t id = request_standby(w, reader)->standby_read = pool_take(&world_standbys(w)->reads);
  request_holds(reader, PART_standbys);
  *read_at(w, id) = (struct standby_read){reader->id, r->container, NONE, s->last, ++s->begun, true};
  if (s->last == NONE)
    s->first = id;
  else
    read_at(w, s->last)->next = id;
  s->last = id;
}

static bool held_up(const struct world *w, const struct standby *s) {
  return s->first != NONE && read_at(w, s->first)->number <= s->before;
}

/* Whoever replay waited for is gone: it goes on within this instant, but not in the midst of this. */
void standby_forget(struct world *w, struct request *reader) {
  uint32_t id = request_standby(w, reader)->standby_read;
  struct standby_read *mine = read_at(w, id);
  struct replication *p;
  struct standby *s = &replica_of(w, mine->container, &p)->standby;
  *(mine->previous == NONE ? &s->first : &read_at(w, mine->previous)->next) = mine->next;
  *(mine->next == NONE ? &s->last : &read_at(w, mine->next)->previous) = mine->previous;
  assert(mine->used && mine->request == reader->id);
  mine->used = false;
  pool_give(&world_standbys(w)->reads, id);
  request_standby(w, reader)->standby_read = NONE;
  if (s->waits && !held_up(w, s)) calendar_set(w->calendar, s->slot, world_now(w));
}

static bool standby_read_ends(struct world *w, struct request *r, const struct instruction *in) {
  (void)in;
  if (request_standby(w, r)->standby_read != NONE) standby_forget(w, r);
  return true;
}
const struct operation operation_read_end = {.name = "end of a read", .run = standby_read_ends};

/* --- cancelling -------------------------------------------------------------------------------------------------------------- */

/* Leaves what it is in the midst of; false: that cannot be broken off, and it fails when it is over. */
static bool breaks_off(struct world *w, struct request *r) {
  struct container *c = &w->containers[r->frames[r->depth - 1].container];
  if (r->waiting == &wait_cpu)
    container_leave_queue(w, c, r);
  else if (r->waiting == &wait_computing)
    container_break_off(w, c, r);
  else if (r->waiting == &wait_lock)
    lock_leave_line(w, r);
  else if (r->waiting == &wait_disk)
    disk_leave_line(w, r);
  else
    return false;
  r->waiting = NULL;
  return true;
}

static void cancel(struct world *w, struct request *r) {
  enum outcome why = r->ends_with ? (enum outcome)r->ends_with : OUTCOME_RECOVERY_CONFLICT;
  standby_forget(w, r);
  if (breaks_off(w, r))
    request_fail(w, r, why);
  else
    r->ends_with = (uint8_t)why;
}

/* One that fails may take others along: siblings of a fork. */
static void cancel_older(struct replication *p, struct standby *s) {
  struct world *w = p->world;
  while (held_up(w, s)) {
    meter_count(w, p->config->cancelled_reads);
    cancel(w, world_request(w, read_at(w, s->first)->request));
  }
}

/* --- replay ------------------------------------------------------------------------------------------------------------------ */

static void continues(void *world, uint32_t container) {
  struct replication *p;
  struct replica *r = replica_of(world, container, &p);
  struct standby *s = &r->standby;
  cancel_older(p, s);
  calendar_clear(p->world->calendar, s->slot);
  assert(s->waits);
  s->waits = false;
  meter_time(p->world, p->config->replay_wait, world_now(p->world) - s->since);
  replication_replays(p, r);
}

bool standby_holds_up(struct replication *p, struct replica *r, uint64_t position) {
  struct standby *s = &r->standby;
  struct world *w = p->world;
  if (!replication_waits_for_reads(p->config)) return false;
  if (s->waits) return true;
  if (s->first == NONE || s->passed == position || !replication_entry(p, position)->conflicts) return false;
  sim_time received = s->received_at[position & (p->room - 1)], delay = p->config->max_standby_streaming_delay;
  assert(!s->waits && s->begun);
  s->waits = true, s->before = s->begun, s->since = world_now(w), s->passed = position;
  if (delay == SIM_NEVER || delay >= SIM_NEVER - 1 - received) return true;
  calendar_set(w->calendar, s->slot, received + delay > world_now(w) ? received + delay : world_now(w));
  return true;
}

void standby_clear(struct replication *p, struct replica *r) {
  if (!replication_waits_for_reads(p->config)) return;
  calendar_clear(p->world->calendar, r->standby.slot);
  r->standby.waits = false, r->standby.passed = 0;
}

void standby_build(struct replication *p, struct replica *r) {
  if (!replication_waits_for_reads(p->config)) return;
  r->standby.first = r->standby.last = NONE;
  r->standby.slot = calendar_slot(p->world->calendar, continues, p->world, r->container);
}

/* --- audit ------------------------------------------------------------------------------------------------------------------- */

static bool in_progress(const struct world *w, uint32_t id, const struct replica *r) {
  const struct standby_read *mine = read_at(w, id);
  const struct request *reader = world_request(w, mine->request);
  return mine->used && mine->container == r->container && reader->live && request_standby(w, reader)->standby_read == id &&
         reader->frames[reader->depth - 1].container == r->container;
}

const char *standby_wrong(const struct replication *p, const struct replica *r, uint32_t *reads) {
  const struct standby *s = &r->standby;
  const struct world *w = p->world;
  uint64_t number = 0;
  if (!replication_waits_for_reads(p->config)) return NULL;
  for (uint32_t id = s->first; id != NONE; id = read_at(w, id)->next, ++*reads) {
    if (!in_progress(w, id, r)) return "lists a read that is not in progress there";
    if (read_at(w, id)->number <= number) return "lists its reads in another order than they began";
    number = read_at(w, id)->number;
  }
  bool goes_on_now = calendar_time_of(w->calendar, s->slot) == world_now(w);
  if (s->waits && !held_up(w, s) && !goes_on_now) return "waits for reads that are over";
  if (!s->waits && replication_has_work(p, r)) return "has writes to apply, workers, and nothing that it waits for";
  return NULL;
}

static void standbys_start(struct world *w) { pool_init(&world_standbys(w)->reads, sizeof(struct standby_read)); }

static void standbys_stop(struct world *w) { pool_release(&world_standbys(w)->reads); }

static void releases(struct world *w, struct request *r) {
  if (request_standby(w, r)->standby_read != NONE) standby_forget(w, r);
}

static const struct standby_of_request new_request = {.standby_read = NONE};
const struct part part_standbys = {.name = "standbys",
                                   .room.request = sizeof(struct standby_of_request),
                                   .request = &new_request,
                                   .requests = true,
                                   .room.world = sizeof(struct standbys),
                                   .start = standbys_start,
                                   .stop = standbys_stop,
                                   .release = releases};
