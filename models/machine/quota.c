#include "models/machine/quota.h"
#include "models/core/world.h"
#include "sim/engine/arena.h"
#include <assert.h>

static const char *const throttle_words[] = {"quota", "fluid", NULL};

static const struct field limits_fields[] = {
    KEY("cpu", CPU, limits_config, cpu, DEFAULT("unlimited"), RANGE(1, FIELD_UNLIMITED),
        .doc = "The container gets no more CPU than this, period by period: see throttle."),
    KEY("memory", BYTES, limits_config, memory, OPTIONAL, RANGE(0, 1e15),
        .doc = "A replica with more resident (see memory) is killed; absent: only the node's memory bounds it."),
    KEY("throttle", WORD, limits_config, throttle, DEFAULT("quota"), .words = throttle_words,
        .doc = "How the CPU limit is kept. quota: as the kernel does, this much CPU time per period at full speed, then every "
               "thread stops until the next; fluid: never faster than the limit, without stops.",
        .source = "kubelet: CPUCFSQuota on by default"),
    KEY("period", DURATION, limits_config, period, DEFAULT("100ms"), RANGE(1e6, 1e9), .doc = "Period of the quota.",
        .source = "kubelet: CPUCFSQuotaPeriod 100 ms"),
    {0}};
const struct record limits_record = {.name = "resource limits",
                                     .size = sizeof(struct limits_config),
                                     .fields = limits_fields,
                                     .doc = "What one replica may use at most."};

enum { METER_PERIODS, METER_THROTTLED, METER_STOPS };

bool quota_limits(const struct service_config *s) {
  return s->resources.limits.cpu != INT64_MAX && s->resources.limits.throttle == THROTTLE_QUOTA && s->kind != SERVICE_EXTERNAL;
}

void quota_link(struct model *m, struct service_config *s) {
  if (!quota_limits(s)) return;
  s->resources.limits.meters =
      meter_declare(m, s->name, "periods", METER_COUNT, "Quota periods in which its replicas were active (nr_periods).");
  meter_declare(m, s->name, "throttled_periods", METER_COUNT, "Of these, periods that ended throttled (nr_throttled).");
  meter_declare(m, s->name, "throttled_time", METER_TIME, "How long a replica that had used up its quota stood still.");
}

static bool lasts(const struct container *c, double left, sim_time now) {
  return left >= (double)c->running * (double)(c->quota->refill_at - now);
}

double quota_due(const struct container *c, double end, sim_time now) {
  struct cpu_quota *q = c->quota;
  assert(c->running);
  double left = q->left > 0 ? q->left : 0, out = c->virtual_time + left * c->pace / c->running;
  q->first = out < end && !lasts(c, left, now);
  return q->first ? out : end;
}

static void stop(struct world *w, struct container *c) {
  assert(!c->quota->spent);
  c->quota->spent = true, c->quota->stopped_at = world_now(w);
  container_stall(w, c);
}

/* The stop is over. */
static void account(struct world *w, struct cpu_quota *q) {
  sim_time stopped = world_now(w) - q->stopped_at;
  assert(q->spent && stopped >= 0);
  q->spent = false;
  q->stopped_ns += stopped;
  meter_time(w, q->meters + METER_STOPS, stopped);
}

/* A computation that has a rounding error left is not the reason for the event, nor is a quota of which that much is left. */
void quota_runs_out(struct world *w, struct container *c) {
  if (c->quota->left < 1e-3)
    stop(w, c);
  else
    node_share(w, &w->nodes[c->node], c);
}

/* Handler of the period timer. What has been used since the container was last advanced is still to be taken from `left`. */
static void refill(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  struct cpu_quota *q = c->quota;
  sim_time now = world_now(w);
  double pending = container_used_since(w, c, now), left = q->left - pending;
  meter_count(w, q->meters + METER_PERIODS);
  assert(pending >= 0);
  if (q->spent) meter_count(w, q->meters + METER_THROTTLED);
  q->active = left < q->amount || c->running;
  double full = q->amount + (left < 0 ? left : 0);
  q->left = full + pending;
  if (!q->active) return;
  q->granted++;
  q->refill_at = now + q->period;
  calendar_set(w->calendar, q->timer, q->refill_at);
  if (q->spent) {
    if (full <= 0) return; /* it owes more than a period's quota */
    account(w, q);
    container_unstall(w, c);
  } else if (c->running && !c->stalls) {
    bool binds = !lasts(c, full, now) && c->virtual_time + q->left * c->pace / c->running < c->computations[0].finish;
    if (!binds && !q->first) return;
    container_advance(w, c, now);
    node_share(w, &w->nodes[c->node], c);
  }
}

void quota_wake(struct world *w, struct container *c) {
  struct cpu_quota *q = c->quota;
  if (q->active) return;
  q->active = true;
  q->granted++;
  q->left = q->amount + (q->left < 0 ? q->left : 0);
  q->refill_at = world_now(w) + q->period;
  calendar_set(w->calendar, q->timer, q->refill_at);
}

void quota_reset(struct world *w, struct container *c) {
  struct cpu_quota *q = c->quota;
  if (q->spent) account(w, q);
  q->active = q->first = false;
  q->left = q->amount;
  calendar_clear(w->calendar, q->timer);
}

void quota_build(struct world *w, struct container *c, const struct service_config *s) {
  if (!quota_limits(s) || w->mode != WORLD_TRAFFIC) return;
  const struct limits_config *limits = &s->resources.limits;
  double amount = (double)limits->cpu * (double)limits->period / MILLI;
  assert(amount > 0);
  c->quota = arena_new_array(w->arena, struct cpu_quota, 1);
  *c->quota = (struct cpu_quota){.amount = amount, .left = amount, .period = limits->period, .meters = limits->meters};
  c->quota->timer = calendar_slot(w->calendar, refill, w, c->id);
}
