#include "models/autoscaling/hpa.h"
#include <assert.h>
#include <math.h>

static int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }

/* Writes over the last entry older than `horizon`, as the controller does, so that the log stays as short as the window. */
static void remember(struct hpa_log *log, sim_time now, sim_time horizon, int32_t value) {
  uint32_t slot = log->count;
  for (uint32_t i = 0; i < log->count; i++)
    if (log->entries[i].at < now - horizon) slot = i;
  assert(slot < HPA_LOG_MAX); /* hpa_config_fits */
  if (slot == log->count) log->count++;
  log->entries[slot] = (struct hpa_entry){now, value};
}

int32_t hpa_stabilize_without_behavior(struct hpa_log *log, sim_time now, sim_time window, int32_t desired) {
  int32_t highest = desired;
  for (uint32_t i = 0; i < log->count; i++)
    if (log->entries[i].at >= now - window) highest = larger(highest, log->entries[i].value);
  remember(log, now, window, desired);
  return highest;
}

int32_t hpa_stabilize_with_behavior(struct hpa_log *log, sim_time now, sim_time up_window, sim_time down_window, int32_t current,
                                    int32_t desired) {
  int32_t up = desired, down = desired;
  for (uint32_t i = 0; i < log->count; i++) {
    if (log->entries[i].at > now - up_window) up = smaller(up, log->entries[i].value);
    if (log->entries[i].at > now - down_window) down = larger(down, log->entries[i].value);
  }
  remember(log, now, up_window > down_window ? up_window : down_window, desired);
  return smaller(larger(current, up), down);
}

/* The factor 2 and the floor of 4 are constants of the controller (scaleUpLimitFactor, scaleUpLimitMinimum). */
struct hpa_limited hpa_limit_without_behavior(int32_t current, int32_t desired, int32_t min, int32_t max) {
  int32_t step = larger(current > INT32_MAX / 2 ? INT32_MAX : 2 * current, 4);
  int32_t top = smaller(max, step);
  if (desired < min) return (struct hpa_limited){min, HPA_TOO_FEW};
  if (desired > top) return (struct hpa_limited){top, max > step ? HPA_SCALE_UP_LIMIT : HPA_TOO_MANY};
  return (struct hpa_limited){desired, HPA_WITHIN_RANGE};
}

static int32_t changed_within(const struct hpa_log *log, sim_time now, sim_time period) {
  int32_t sum = 0;
  for (uint32_t i = 0; i < log->count; i++)
    if (log->entries[i].at > now - period) sum += log->entries[i].value;
  return sum;
}

/* The size at the start of the policy's period. */
static int32_t size_before(const struct hpa_policy *policy, sim_time now, int32_t current, const struct hpa_log *ups,
                           const struct hpa_log *downs) {
  return current - changed_within(ups, now, policy->period) + changed_within(downs, now, policy->period);
}

static int32_t to_int32(double x) { return x >= (double)INT32_MAX ? INT32_MAX : x <= (double)INT32_MIN ? INT32_MIN : (int32_t)x; }

int32_t hpa_policy_limit_up(const struct hpa_rules *rules, sim_time now, int32_t current, const struct hpa_log *ups,
                            const struct hpa_log *downs) {
  if (rules->select == HPA_SELECT_DISABLED) return current;
  int32_t limit = rules->select == HPA_SELECT_MIN ? INT32_MAX : INT32_MIN;
  for (uint32_t i = 0; i < rules->count; i++) {
    const struct hpa_policy *policy = &rules->policies[i];
    double start = size_before(policy, now, current, ups, downs);
    /* rounded up, or a small size would never grow */
    int32_t proposed =
        to_int32(policy->type == HPA_POLICY_PODS ? start + policy->value : ceil(start * (1 + policy->value / 100.0)));
    limit = rules->select == HPA_SELECT_MIN ? smaller(limit, proposed) : larger(limit, proposed);
  }
  return limit;
}

int32_t hpa_policy_limit_down(const struct hpa_rules *rules, sim_time now, int32_t current, const struct hpa_log *ups,
                              const struct hpa_log *downs) {
  if (rules->select == HPA_SELECT_DISABLED) return current;
  int32_t limit = rules->select == HPA_SELECT_MIN ? INT32_MIN : INT32_MAX;
  for (uint32_t i = 0; i < rules->count; i++) {
    const struct hpa_policy *policy = &rules->policies[i];
    double start = size_before(policy, now, current, ups, downs);
    int32_t proposed = to_int32(policy->type == HPA_POLICY_PODS ? start - policy->value : start * (1 - policy->value / 100.0));
    limit = rules->select == HPA_SELECT_MIN ? larger(limit, proposed) : smaller(limit, proposed);
  }
  return limit;
}

static struct hpa_limited limit_up(const struct hpa_rules *rules, sim_time now, int32_t current, int32_t desired, int32_t max,
                                   const struct hpa_log *ups, const struct hpa_log *downs) {
  int32_t rate = larger(hpa_policy_limit_up(rules, now, current, ups, downs), current);
  int32_t top = smaller(max, rate);
  if (desired > top) return (struct hpa_limited){top, max > rate ? HPA_SCALE_UP_LIMIT : HPA_TOO_MANY};
  return (struct hpa_limited){desired, HPA_WITHIN_RANGE};
}

static struct hpa_limited limit_down(const struct hpa_rules *rules, sim_time now, int32_t current, int32_t desired, int32_t min,
                                     const struct hpa_log *ups, const struct hpa_log *downs) {
  int32_t rate = smaller(hpa_policy_limit_down(rules, now, current, ups, downs), current);
  int32_t bottom = larger(min, rate);
  if (desired < bottom) return (struct hpa_limited){bottom, min < rate ? HPA_SCALE_DOWN_LIMIT : HPA_TOO_FEW};
  return (struct hpa_limited){desired, HPA_WITHIN_RANGE};
}

struct hpa_limited hpa_rate_limit_with_behavior(const struct hpa_behavior *behavior, sim_time now, int32_t current, int32_t desired,
                                                int32_t min, int32_t max, const struct hpa_log *ups, const struct hpa_log *downs) {
  if (desired > current) return limit_up(&behavior->up, now, current, desired, max, ups, downs);
  if (desired < current) return limit_down(&behavior->down, now, current, desired, min, ups, downs);
  return (struct hpa_limited){desired, HPA_WITHIN_RANGE};
}

/* ---- the controller ---- */

struct hpa_behavior hpa_behavior_default(void) {
  return (struct hpa_behavior){
      .up = {HPA_SELECT_MAX, 2, {{HPA_POLICY_PODS, 4, 15 * SIM_S}, {HPA_POLICY_PERCENT, 100, 15 * SIM_S}}, 0},
      .down = {HPA_SELECT_MAX, 1, {{HPA_POLICY_PERCENT, 100, 15 * SIM_S}}, 300 * SIM_S},
  };
}

struct hpa_config hpa_config_default(void) {
  return (struct hpa_config){
      .min = 1,
      .max = 10,
      .target_pct = 80,
      .sync_period = 15 * SIM_S,
      .params = {0.1, 0.1, 300 * SIM_S, 30 * SIM_S},
      .downscale_window = 300 * SIM_S,
      .behavior = hpa_behavior_default(),
  };
}

static sim_time longest_period(const struct hpa_rules *rules) {
  sim_time longest = 0;
  for (uint32_t i = 0; i < rules->count; i++)
    if (rules->policies[i].period > longest) longest = rules->policies[i].period;
  return longest;
}

bool hpa_config_fits(const struct hpa_config *config) {
  const struct hpa_rules *rules[] = {&config->behavior.up, &config->behavior.down};
  sim_time longest = config->downscale_window;
  for (uint32_t i = 0; config->has_behavior && i < 2; i++) {
    if (rules[i]->count > HPA_POLICIES_MAX) return false;
    if (rules[i]->window > longest) longest = rules[i]->window;
    if (longest_period(rules[i]) > longest) longest = longest_period(rules[i]);
  }
  return config->sync_period > 0 && longest / config->sync_period < HPA_LOG_MAX - 2;
}

void hpa_init(struct hpa *hpa, const struct hpa_config *config) {
  assert(config->min >= 0 && config->max >= config->min && config->target_pct > 0);
  assert(hpa_config_fits(config));
  hpa->config = *config;
  hpa->recommendations.count = hpa->ups.count = hpa->downs.count = 0;
  hpa->reason = HPA_WITHIN_RANGE;
}

void hpa_resume(struct hpa *hpa, sim_time at, int32_t asked) {
  hpa->recommendations.count = hpa->ups.count = hpa->downs.count = 0;
  remember(&hpa->recommendations, at, 0, asked);
}

/* Stabilise, then limit: in this order, so that the memory holds what the metrics said and not what was allowed. */
static struct hpa_limited normalize(struct hpa *hpa, sim_time now, int32_t current, int32_t desired) {
  const struct hpa_config *c = &hpa->config;
  if (!c->has_behavior) {
    int32_t stable = hpa_stabilize_without_behavior(&hpa->recommendations, now, c->downscale_window, desired);
    return hpa_limit_without_behavior(current, stable, c->min, c->max);
  }
  const struct hpa_behavior *b = &c->behavior;
  int32_t stable = hpa_stabilize_with_behavior(&hpa->recommendations, now, b->up.window, b->down.window, current, desired);
  return hpa_rate_limit_with_behavior(b, now, current, stable, c->min, c->max, &hpa->ups, &hpa->downs);
}

static void remember_change(struct hpa *hpa, sim_time now, int32_t current, int32_t next) {
  if (!hpa->config.has_behavior || next == current) return;
  if (next > current)
    remember(&hpa->ups, now, longest_period(&hpa->config.behavior.up), next - current);
  else
    remember(&hpa->downs, now, longest_period(&hpa->config.behavior.down), current - next);
}

static struct hpa_limited next_size(struct hpa *hpa, sim_time now, int32_t current, const int32_t *proposals, uint32_t count) {
  const struct hpa_config *c = &hpa->config;
  int32_t desired;
  if (current == 0 && c->min != 0) return (struct hpa_limited){0, HPA_WITHIN_RANGE};
  if (current > c->max) return (struct hpa_limited){c->max, HPA_TOO_MANY};
  if (current < c->min) return (struct hpa_limited){c->min, HPA_TOO_FEW};
  if (!hpa_combine(current, proposals, count, &desired)) return (struct hpa_limited){current, HPA_WITHIN_RANGE};
  return normalize(hpa, now, current, desired);
}

int32_t hpa_reconcile_proposals(struct hpa *hpa, sim_time now, int32_t current, const int32_t *proposals, uint32_t count) {
  assert(current >= 0);
  if (hpa->recommendations.count == 0) remember(&hpa->recommendations, now, 0, current);
  struct hpa_limited next = next_size(hpa, now, current, proposals, count);
  remember_change(hpa, now, current, next.replicas);
  hpa->reason = next.reason;
  return next.replicas;
}

int32_t hpa_reconcile(struct hpa *hpa, sim_time now, int32_t current, const struct hpa_pod *pods, uint32_t count) {
  struct hpa_proposal cpu = {HPA_NO_PROPOSAL, 0};
  bool known = hpa_cpu_replicas(&hpa->config.params, current, hpa->config.target_pct, pods, count, &cpu);
  int32_t proposal = known ? cpu.replicas : HPA_NO_PROPOSAL;
  return hpa_reconcile_proposals(hpa, now, current, &proposal, 1);
}
