/* blue-green: a whole set of new replicas starts next to the old one; when all are ready the calls are switched over, at once or
 * little by little over `switch_over`. The old set stays for `keep`, so that a roll-back is a switch too. Both need room on
 * machines, and are paid for where pods have a price (models/money/bill.h). */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/release/split.h"
#include "models/release/strategies.h"

enum { STARTS, SWITCHES, KEEPS, GOES, STEPS = 10 };

/* In ten steps, the first at once. */
static void switches(struct rollout *r) {
  sim_time now = world_now(r->world), each = rollout_update(r)->switch_over / STEPS;
  uint32_t step = each ? (uint32_t)((now - r->stage_from) / each) + 1 : STEPS;
  if (step > STEPS) step = STEPS;
  if (step > r->cursor) r->cursor = step, split_set(r, (double)step / STEPS);
  r->moved_at = now;
  if (step < STEPS) {
    rollout_waits(r, r->stage_from + step * each);
    return;
  }
  r->stage = KEEPS, r->stage_from = now;
  rollout_waits(r, now);
}

static void look(struct rollout *r) {
  int64_t desired = r->world->services[r->service].desired;
  sim_time now = world_now(r->world);
  r->allowed_low = desired, r->allowed_high = 2 * desired;
  if (r->back && r->split) split_set(r, 0);
  if (r->stage == STARTS && !rollout_has_new(r, desired)) return;
  if (r->back) {
    split_retires_old(r, SPLIT_OTHERS);
    return;
  }
  if (r->stage == STARTS) r->stage = SWITCHES, r->stage_from = now, r->cursor = 0;
  if (r->stage == SWITCHES) {
    switches(r);
    return;
  }
  sim_time over = r->stage_from + rollout_update(r)->keep;
  if (now >= over) {
    if (r->stage == GOES || rollout_has_new(r, desired)) r->stage = GOES, split_retires_old(r, SPLIT_BUILD);
  } else {
    r->moved_at = now;
    rollout_waits(r, over);
  }
}

static void begin(struct rollout *r) {
  if (!r->back) split_begins(r);
}

static void link(struct linker *l, const struct service_config *s, struct update_config *u, const char *path) {
  (void)u;
  const char *wrong = split_wrong(l->model, s);
  if (wrong) link_error(l, path, "kind", "%s", wrong);
}

static uint32_t spare(const struct service_config *s, const struct update_config *u) {
  (void)u;
  int64_t most = service_most_replicas(s) > s->replicas ? service_most_replicas(s) : s->replicas;
  return (uint32_t)(2 * most);
}

static const struct field keys[] = {KEY("switch_over", DURATION, update_config, switch_over, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
                                        .doc = "blue-green: over which time the calls are switched, in ten steps; 0: at once."),
                                    KEY("keep", DURATION, update_config, keep, DEFAULT("10min"), RANGE(0, FIELD_YEAR),
                                        .doc = "blue-green: how long the old replicas stay after the switch.",
                                        .source = "an estimate"),
                                    {0}};
const struct strategy strategy_blue_green = {
    .member = {.word = "blue-green",
               .doc = "A second set of replicas, then a switch; the old set stays for a while.",
               .keys = keys},
    .suits = 1 << UPDATES_BY_PODS | 1 << UPDATES_BY_TASKS,
    .sizes = true,
    .link = link,
    .spare = spare,
    .begin = begin,
    .look = look};
