/* Names are not resolved: clients that ask for an address get none and fail before anything else, until it is repaired. A client
 * keeps the address that it has for `ttl`, at a phase of its own, so that of clients that come all the time the share t / ttl fails
 * t after the strike. After the repair all find their way at once: what failed to be resolved is asked again. */
#include "models/core/link.h"
#include "models/core/world.h"
#include "models/dns/dns.h"
#include "models/faults/ailing.h"
#include "models/faults/faults.h"
#include "models/faults/keys_of_loss.h"
#include "models/faults/targets.h"
#include "sim/engine/arena.h"

/* Until all have asked again, the share is the mean over each of this many steps of a TTL. */
enum { STEPS = 20, SECONDS_KEPT = 60 };

struct unresolving {
  uint32_t strikes; /* that are not repaired */
  uint32_t step;    /* 0: there is none */
  slot_id slot;
};

static struct unresolving *kept(struct world *w, uint32_t fault) { return world_faults(w)->kept[fault]; }

static sim_time ttl_of(const struct model *m, const struct fault_config *f) {
  if (f->ttl) return f->ttl;
  return model_dns(m)->policy && model_dns(m)->ttl > 0 ? model_dns(m)->ttl : SECONDS_KEPT * SIM_S;
}

static void link(struct linker *l, const struct fault_config *f, const char *path) { repair_link(l, f, path); }

static double share_at(uint32_t step) { return !step ? 0 : step > STEPS ? 1 : (step - 0.5) / STEPS; }

/* Of all that strike now. */
static void tell(struct world *w, int32_t region) {
  double found = 1;
  for (uint32_t i = 0; i < model_faults(w->model)->count; i++) {
    const struct fault_config *f = model_fault_at(w->model, i);
    bool meant = f->kind == &fault_dns && kept(w, i) && (f->region < 0 || f->region == region);
    if (meant) found *= 1 - share_at(kept(w, i)->step);
  }
  affliction_unresolved(w, region, 1 - found);
}

static void tell_all(struct world *w, const struct fault_config *f) {
  uint32_t regions = model_regions(w->model);
  if (!regions) tell(w, -1);
  for (uint32_t i = 0; i < regions; i++)
    if (f->region < 0 || (uint32_t)f->region == i) tell(w, (int32_t)i);
}

/* Handler: the next step. */
static void drifts(void *world, uint32_t fault) {
  struct world *w = world;
  struct unresolving *u = kept(w, fault);
  const struct fault_config *f = model_fault_at(w->model, fault);
  u->step++;
  if (u->step <= STEPS) calendar_set(w->calendar, u->slot, world_after(w, ttl_of(w->model, f) / STEPS));
  tell_all(w, f);
}

static void strike(struct world *w, const struct fault_config *f, uint32_t target) {
  struct faults *all = world_faults(w);
  if (!all->kept[target]) {
    struct unresolving *u = all->kept[target] = arena_new_array(w->arena, struct unresolving, 1);
    u->slot = calendar_slot(w->calendar, drifts, w, target);
  }
  if (kept(w, target)->strikes++) return;
  kept(w, target)->step = ttl_of(w->model, f) < STEPS ? STEPS : 0;
  drifts(w, target);
}

static void repair(struct world *w, uint32_t target) {
  struct unresolving *u = kept(w, target);
  if (--u->strikes) return;
  calendar_clear(w->calendar, u->slot);
  u->step = 0;
  tell_all(w, model_fault_at(w->model, target));
}

static const char *const also[] = {"dns-error", NULL};
static const struct field keys[] = {KEY("region", REFERENCE, fault_config, region, OPTIONAL, .target = "platform.regions",
                                        .doc = "The region whose clients find no address; absent: all clients."),
                                    KEY("ttl", DURATION, fault_config, ttl, OPTIONAL, RANGE(0, FIELD_YEAR),
                                        .doc = "For how long clients keep an address. Absent: the \"ttl\" of \"dns\", or 60s.",
                                        .source = "Route 53 developer guide: 60 s or less"),
                                    REPAIR_KEY,
                                    {0}};
const struct fault_kind fault_dns = {
    .member = {.word = "dns", .doc = "Clients find no address once that which they have is too old.", .keys = keys, .also = also},
    .marks = ailing_marks,
    .link = link,
    .reach = ailing_reach,
    .count = fault_of_one,
    .outage_s = fault_until_repair,
    .target_after = ailing_target_after,
    .number = fault_of_one_number,
    .strike = strike,
    .repair = repair};
