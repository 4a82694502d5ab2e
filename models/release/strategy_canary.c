/* canary: a new version gets a small share of the calls first, and more as long as nothing is wrong with it.
 *
 * Each stage has a weight, which is a share of the calls (split.h), and lasts for a time from when its replicas are ready: as many
 * as the weight of the size, rounded up. Every `judged` what was seen of the new version is judged: `abort_errors` of its calls
 * failed, or a share 1 - `percentile` of its answers took longer than `abort_latency`. Then all calls go back to the old version at
 * once. Behind the last stage the new one gets everything, and the old replicas go, which stay until then. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/release/split.h"
#include "models/release/strategies.h"
#include <math.h>

static uint32_t stages_of(const struct update_config *u) { return u->stages.count; }
static const struct canary_stage *stage_at(const struct update_config *u, uint32_t i) {
  return (const struct canary_stage *)u->stages.items + i;
}

static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static void aborts(struct rollout *r) {
  if (!r->bad) meter_count(r->world, r->release->false_meter);
  rollout_back(r);
}

/* What was there before is there still: all calls go to it, and the new replicas go. */
static void goes_back(struct rollout *r, int64_t desired) {
  if (r->split) split_set(r, 0);
  if (rollout_has_new(r, desired)) split_retires_old(r, SPLIT_OTHERS); /* else the old replicas had begun to go */
}

static void promotes(struct rollout *r, int64_t desired) {
  if (!rollout_has_new(r, desired)) return;
  if (r->bad && !r->cursor++) meter_count(r->world, r->release->missed_meter);
  split_retires_old(r, SPLIT_BUILD);
}

static sim_time least(sim_time a, sim_time b) { return a < b ? a : b; }

/* In a stage whose share has been set. */
static void watches(struct rollout *r, const struct canary_stage *stage) {
  const struct update_config *u = rollout_update(r);
  sim_time now = world_now(r->world), over = r->stage_from + stage->lasts;
  if (now >= least(r->judged_at + u->judged, over) && split_condemns(r)) {
    aborts(r);
    return;
  }
  r->moved_at = now; /* a pause is no lack of progress */
  if (now < over) {
    rollout_waits(r, least(r->judged_at + u->judged, over));
    return;
  }
  r->stage++, r->stage_from = SIM_NEVER;
  rollout_waits(r, now);
}

static void look(struct rollout *r) {
  const struct update_config *u = rollout_update(r);
  int64_t desired = r->world->services[r->service].desired;
  r->allowed_low = desired, r->allowed_high = 2 * desired;
  if (r->back) {
    goes_back(r, desired);
    return;
  }
  if (r->stage == stages_of(u)) {
    promotes(r, desired);
    return;
  }
  const struct canary_stage *stage = stage_at(u, r->stage);
  bool ready = rollout_has_new(r, most(1, (int64_t)ceil(stage->weight * (double)desired - 1e-9)));
  if (r->stage_from != SIM_NEVER) {
    watches(r, stage);
  } else if (ready) {
    r->stage_from = world_now(r->world);
    split_set(r, stage->weight);
    watches(r, stage);
  }
}

static void begin(struct rollout *r) {
  r->stage_from = SIM_NEVER;
  if (!r->back) split_begins(r);
}

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static void link(struct linker *l, const struct service_config *s, struct update_config *u, const char *path) {
  const char *wrong = split_wrong(l->model, s);
  if (wrong) link_error(l, path, "kind", "%s", wrong);
  if (!u->stages.count)
    link_error(l, path, "stages", "a canary needs \"stages\": [ { \"weight\": \"5%%\", \"for\": \"2h\" }, ... ]");
  for (uint32_t i = 1; i < u->stages.count; i++)
    if (stage_at(u, i)->weight <= stage_at(u, i - 1)->weight)
      link_error(l, path, "stages",
                 "the weight falls from stage %u to stage %u, or stays: each has to be more than the one before it", i, i + 1);
}

static uint32_t spare(const struct service_config *s, const struct update_config *u) {
  (void)u;
  return (uint32_t)(2 * most(service_most_replicas(s), s->replicas));
}

static const struct field stage_fields[] = {
    KEY("weight", RATIO, canary_stage, weight, RANGE(0, 1), .open_range_low = true,
        .doc = "Share of the calls that the new version gets."),
    KEY("for", DURATION, canary_stage, lasts, RANGE(0, FIELD_YEAR), .doc = "How long, from when its replicas are ready."),
    {0}};
static const struct record stage_record = {
    .name = "stage", .size = sizeof(struct canary_stage), .fields = stage_fields, .doc = "A share of the calls for a time."};

static const struct field keys[] = {
    KEY("stages", LIST, update_config, stages, OPTIONAL, .record = &stage_record,
        .doc = "canary: shares of the calls that the new version gets one after the other; behind the last it gets all."),
    KEY("abort_errors", RATIO, update_config, abort_errors, OPTIONAL, RANGE(0, 1),
        .doc = "canary: it is taken back when more of its calls have failed since the last judgement; absent: errors are not "
               "looked at."),
    KEY("abort_latency", DURATION, update_config, abort_latency, DEFAULT("never"), RANGE(0, FIELD_UNLIMITED),
        .doc = "canary: it is taken back when the \"percentile\" of its response times was above this."),
    KEY("percentile", RATIO, update_config, percentile, DEFAULT("95%"), RANGE(0, 1), .doc = "canary: of \"abort_latency\"."),
    KEY("judged", DURATION, update_config, judged, DEFAULT("5min"), RANGE(1e9, FIELD_YEAR),
        .doc = "canary: how often, and at the end of each stage."),
    {0}};
const struct strategy strategy_canary = {
    .member =
        {.word = "canary",
         .doc = "A new version gets a growing share of the calls by weight, and is taken back when its errors or its latency are "
                "too high.",
         .keys = keys,
         .implied_by = "stages"},
    .suits = 1 << UPDATES_BY_PODS | 1 << UPDATES_BY_TASKS,
    .sizes = true,
    .link = link,
    .spare = spare,
    .begin = begin,
    .look = look};
