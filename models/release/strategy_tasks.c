/* tasks: an update of Docker Swarm.
 *
 * `parallelism` tasks at a time. stop-first: a task is shut down, and a new one starts in its stead; start-first: the new one runs
 * before the old one is shut down. When the new one runs (and is healthy, where it has a HEALTHCHECK), the next one follows after
 * `delay`. After the last one and its delay the update is watched for `monitor` longer, and complete:
 *
 *     ceil(replicas / parallelism) x (stop + start + delay) + monitor;   monitor is at least delay + 1 s where there is a delay
 * that long
 *
 * A new task that ends by itself has failed. When more than `max_failure` of the tasks have failed, `on_failure` says what follows:
 * pause (nothing, until a person rolls back), continue, or rollback. (swarmkit updater.go) */
#include "models/core/world.h"
#include "models/release/strategies.h"
#include "sim/engine/arena.h"

enum { AT_WORK, WATCHED, PAUSED };
enum { STOP_FIRST, START_FIRST };
enum { ON_FAILURE_PAUSE, ON_FAILURE_CONTINUE, ON_FAILURE_ROLLBACK };

static bool starts_first(const struct rollout *r) { return rollout_update(r)->order == START_FIRST; }

static sim_time monitor_of(const struct update_config *u) { return u->delay >= u->monitor ? u->delay + SIM_S : u->monitor; }

static void begin(struct rollout *r) {
  const struct service *s = &r->world->services[r->service];
  if (!r->since) r->since = arena_new_array(r->world->arena, sim_time, s->capacity + 1);
}

/* --- what is going on -------------------------------------------------------------------------------------------------------- */

struct progress {
  int64_t busy;   /* tasks that are being updated, or whose delay has not passed */
  int64_t coming; /* new ones that do not run yet */
  int64_t old, running_new, failed;
  sim_time last, next; /* when the last new one began to run; when the next delay has passed */
};

/* It is counted when it is seen to run: looks come whenever something changes. */
static void count(struct rollout *r, struct progress *p, struct container *c, sim_time *since) {
  sim_time now = world_now(r->world), delay = rollout_update(r)->delay;
  if (c->leaving) {
    p->busy += c->returns;
    return;
  }
  if (c->build != r->build) {
    p->old++;
    return;
  }
  if (c->state == CONTAINER_DOWN && rollout_update(r)->on_failure == ON_FAILURE_CONTINUE && r->failures) {
    p->failed++; /* nobody waits for it */
    return;
  }
  if (!rollout_available(r, c)) {
    p->busy++, p->coming++;
    return;
  }
  p->running_new++;
  if (!*since) *since = now;
  sim_time over = *since + delay;
  if (*since > p->last) p->last = *since;
  if (over <= now) return;
  p->busy++;
  if (over < p->next) p->next = over;
}

static struct progress progress_of(struct rollout *r) {
  const struct service *s = &r->world->services[r->service];
  struct progress p = {.next = SIM_NEVER};
  for (uint32_t i = 0; i < s->capacity; i++) {
    struct container *c = &r->world->containers[s->first + i];
    if (c->state != CONTAINER_UNUSED) count(r, &p, c, &r->since[i]);
  }
  return p;
}

/* --- steps ------------------------------------------------------------------------------------------------------------------- */

/* Whether the update goes on. */
static bool judges(struct rollout *r, int64_t desired) {
  const struct update_config *u = rollout_update(r);
  if (!r->failures || (double)r->failures <= u->max_failure * (double)desired) return true;
  if (u->on_failure == ON_FAILURE_CONTINUE) return true;
  if (u->on_failure == ON_FAILURE_ROLLBACK && !r->back) {
    rollout_back(r);
    return false;
  }
  r->stage = PAUSED;
  return false;
}

static void replaces(struct rollout *r, struct progress *p, int64_t desired) {
  int64_t most = rollout_update(r)->parallelism ? rollout_update(r)->parallelism : desired;
  if (starts_first(r)) {
    int64_t surplus = p->old + p->running_new - desired;
    for (; surplus > 0 && p->old; surplus--, p->old--) rollout_ends(r, rollout_next_old(r, 0));
    for (int64_t left = p->old - p->coming; p->busy < most && left > 0 && rollout_begins_one(r); left--) p->busy++, p->coming++;
    return;
  }
  for (; p->busy < most && p->old; p->busy++, p->old--) rollout_renews(r, rollout_next_old(r, 0));
}

static void set_bounds(struct rollout *r, int64_t desired) {
  int64_t most = rollout_update(r)->parallelism ? rollout_update(r)->parallelism : desired;
  r->allowed_low = starts_first(r) ? desired : desired - most;
  r->allowed_high = starts_first(r) ? desired + most : desired;
  if (r->failures) r->allowed_low = 0; /* it goes on in spite of them */
}

static void look(struct rollout *r) {
  const struct update_config *u = rollout_update(r);
  int64_t desired = r->world->services[r->service].desired;
  if (r->stage == PAUSED || !judges(r, desired)) return;
  set_bounds(r, desired);
  struct progress p = progress_of(r);
  replaces(r, &p, desired);
  sim_time complete = p.last + u->delay + monitor_of(u);
  if (p.old || p.coming || p.busy || p.running_new + p.failed < desired)
    rollout_waits(r, p.next);
  else if (world_now(r->world) < complete)
    rollout_waits(r, complete);
  else
    rollout_done(r);
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static uint32_t spare(const struct service_config *s, const struct update_config *u) {
  if (u->order == STOP_FIRST) return 0;
  return (uint32_t)(s->replicas + (u->parallelism ? u->parallelism : s->replicas));
}

static const char *const order_words[] = {"stop-first", "start-first", NULL};
static const char *const failure_words[] = {"pause", "continue", "rollback", NULL};
static const struct field keys[] = {
    KEY("parallelism", INTEGER, update_config, parallelism, DEFAULT(1), RANGE(0, 5000), .doc = "tasks: so many at a time; 0: all.",
        .source = "swarmkit defaults"),
    KEY("order", WORD, update_config, order, DEFAULT("stop-first"), .words = order_words,
        .doc = "tasks: whether the old task is shut down before the new one starts, or when it runs.",
        .source = "swarmkit defaults"),
    KEY("delay", DURATION, update_config, delay, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "tasks: between one that runs and the next.", .source = "swarmkit defaults"),
    KEY("monitor", DURATION, update_config, monitor, DEFAULT("5s"), RANGE(0, FIELD_YEAR),
        .doc = "tasks: how long the last one is watched before the update is complete.", .source = "swarmkit defaults"),
    KEY("max_failure", RATIO, update_config, max_failure, DEFAULT(0), RANGE(0, 1), .doc = "tasks: share of them that may fail.",
        .source = "swarmkit defaults"),
    KEY("on_failure", WORD, update_config, on_failure, DEFAULT("pause"), .words = failure_words,
        .doc = "tasks: what follows when more have failed.", .source = "swarmkit defaults"),
    {0}};
const struct strategy strategy_tasks = {
    .member = {.word = "tasks",
               .doc = "Docker Swarm: some tasks at a time, stopped before others start or after.",
               .keys = keys,
               .implied_by = "parallelism"},
    .suits = 1 << UPDATES_BY_TASKS,
    .usual = 1 << UPDATES_BY_TASKS,
    .begin = begin,
    .spare = spare,
    .look = look};
