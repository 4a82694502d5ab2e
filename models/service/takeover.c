#include "models/service/takeover.h"
#include "models/core/audit.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "sim/engine/arena.h"

static struct standby_replica *of(const struct world *w, const struct container *c) { return &world_takeovers(w)->of[c->id]; }

static const struct takeover_config *config_of(const struct service *s) { return service_takeover(service_config(s)); }

static bool has(const struct world *w, const struct container *c) {
  return config_of(world_service_of(w, c))->active && !world_takeovers(w)->frozen;
}

static bool is_missing(const struct world *w, const struct container *c) { return of(w, c)->stage != TAKEOVER_NONE; }

enum takeover_stage takeover_stage_of(const struct world *w, uint32_t service) {
  const struct service *s = &w->services[service];
  enum takeover_stage earliest = TAKEOVER_NONE;
  if (!world_takeovers(w) || !config_of(s)->active) return earliest;
  for (uint32_t i = s->first; i < s->first + s->capacity; i++) {
    enum takeover_stage stage = world_takeovers(w)->of[i].stage;
    if (stage != TAKEOVER_NONE && (earliest == TAKEOVER_NONE || stage < earliest)) earliest = stage;
  }
  return earliest;
}

/* --- who is called ------------------------------------------------------------------------------------------------------------ */

static void route(struct world *w, struct service *s) {
  bool stands_still = config_of(s)->together && takeover_stage_of(w, s->index) != TAKEOVER_NONE;
  for (uint32_t i = s->first; i < s->first + s->capacity; i++) {
    struct container *c = &w->containers[i];
    bool anew = is_missing(w, c) && c->state == CONTAINER_UP; /* it has started again, and waits like any other */
    bool withheld = !of(w, c)->active || anew || (stands_still && !is_missing(w, c));
    if (withheld != c->withheld) rotation_withheld(w, c, withheld);
  }
}

/* Places that are free go to those that serve, in the order of their numbers. */
static void fill(struct world *w, struct service *s) {
  int64_t free = config_of(s)->active;
  for (uint32_t i = s->first; i < s->first + s->capacity; i++) free -= world_takeovers(w)->of[i].active;
  for (uint32_t i = s->first; i < s->first + s->capacity && free > 0; i++) {
    struct container *c = &w->containers[i];
    if (of(w, c)->active || c->state != CONTAINER_UP) continue;
    of(w, c)->active = true, free--;
  }
  route(w, s);
}

/* --- one is missing ----------------------------------------------------------------------------------------------------------- */

static void enter(struct world *w, struct container *c, enum takeover_stage stage, const struct distribution *takes) {
  of(w, c)->stage = stage;
  lifecycle_alarm(w, of(w, c)->slot, distribution_sample_time(takes, &world_takeovers(w)->draws[c->service]));
}

static void goes_missing(struct world *w, struct container *c) {
  const struct takeover_config *k = config_of(world_service_of(w, c));
  struct standby_replica *r = of(w, c);
  if (!r->active || is_missing(w, c)) return;
  r->uncovered = k->coverage < 1 && stream_uniform(&world_takeovers(w)->draws[c->service]) >= k->coverage;
  enter(w, c, TAKEOVER_DETECTING, r->uncovered ? &k->uncovered : &k->detect);
  route(w, world_service_of(w, c));
}

static void is_back(struct world *w, struct container *c) {
  of(w, c)->stage = TAKEOVER_NONE;
  lifecycle_alarm(w, of(w, c)->slot, SIM_NEVER);
}

/* Handler of the slot. */
static void continues(void *world, uint32_t id) {
  struct world *w = world;
  struct container *c = &w->containers[id];
  struct standby_replica *r = of(w, c);
  const struct takeover_config *k = config_of(world_service_of(w, c));
  if (r->stage == TAKEOVER_DETECTING && !r->uncovered && k->promote.mean > 0) {
    enter(w, c, TAKEOVER_PROMOTING, &k->promote);
    return;
  }
  r->stage = TAKEOVER_NONE, r->active = false;
  meter_count(w, k->takeovers);
  parts_staged(w);
  fill(w, world_service_of(w, c));
}

/* --- coming and going --------------------------------------------------------------------------------------------------------- */

static void serves(struct world *w, struct container *c, bool warm) {
  (void)warm;
  if (!has(w, c)) return;
  if (is_missing(w, c) && config_of(world_service_of(w, c))->resumes) is_back(w, c);
  fill(w, world_service_of(w, c));
}

static void stopped(struct world *w, struct container *c) {
  if (has(w, c)) goes_missing(w, c);
}

static void hangs(struct world *w, struct container *c, bool hung) {
  if (!has(w, c)) return;
  if (hung) {
    goes_missing(w, c);
    return;
  }
  if (is_missing(w, c)) is_back(w, c);
  fill(w, world_service_of(w, c));
}

void takeover_freeze(struct world *w) { world_takeovers(w)->frozen = true; }

/* --- building ----------------------------------------------------------------------------------------------------------------- */

static void build(struct world *w, struct service *s) {
  struct takeovers *all = world_takeovers(w);
  if (!config_of(s)->active) return;
  if (!all->of) {
    all->of = arena_new_array(w->arena, struct standby_replica, w->container_count + 1);
    all->draws = arena_new_array(w->arena, struct stream, w->model->services.count);
  }
  all->draws[s->index] =
      stream_open(stream_key(w->seed, w->replication, PURPOSE_TAKEOVER, stream_entity(service_config(s)->name, 0)));
  for (uint32_t i = s->first; i < s->first + s->capacity; i++) {
    all->of[i].slot = calendar_slot(w->calendar, continues, w, i);
    w->containers[i].withheld = true;
  }
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_takeover(model_service(m, i))->active) return true;
  return false;
}

/* --- audit -------------------------------------------------------------------------------------------------------------------- */

static void audit_service(const struct audit *a, const struct service *s) {
  const struct world *w = a->world;
  int64_t active = 0, idle = 0;
  for (uint32_t i = s->first; i < s->first + s->capacity; i++) {
    const struct container *c = &w->containers[i];
    const struct standby_replica *r = of(w, c);
    active += r->active, idle += !r->active && c->state == CONTAINER_UP;
    if (c->in_rotation && (!r->active || c->withheld))
      audit_broken(a, "take-over: %s #%u is called and stands by", service_config(s)->name, i - s->first);
  }
  if (active > config_of(s)->active || (active < config_of(s)->active && idle))
    audit_broken(a, "take-over: %lld of %s are active", (long long)active, service_config(s)->name);
}

static void audit_takeovers(const struct audit *a) {
  for (uint32_t i = 0; i < a->world->model->services.count; i++)
    if (config_of(&a->world->services[i])->active && !world_takeovers(a->world)->frozen) audit_service(a, &a->world->services[i]);
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static void check(struct linker *l, const struct service_config *s, const char *path) {
  const struct takeover_config *k = service_takeover(s);
  const char *here = arena_format(l->arena, "%s.failover", path);
  if (s->kind != SERVICE_APP && s->kind != SERVICE_PROXY)
    link_error(l, path, "failover", "for services without data (app, proxy); a database says it in replication.failover");
  else if (k->active > s->replicas || (k->active == s->replicas && !k->together))
    link_error(l, here, "active", "%lld of %lld replicas: none is left that stands by", (long long)k->active,
               (long long)s->replicas);
  if (s->autoscale.max)
    link_error(l, path, "failover", "an autoscaler would count replicas that stand by as idle: leave one of both out");
  if (s->replicas_by_region.count > 1) link_error(l, path, "failover", "who is active in several regions is not modelled");
  if (k->coverage < 1 && !k->uncovered.kind)
    link_error(l, here, "coverage", "some losses are not covered: say in \"uncovered\" how long these take");
  if (k->uncovered.kind && !(k->coverage < 1)) link_error(l, here, "uncovered", "does nothing here: \"coverage\" is 100%%");
}

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct takeover_config *k = service_takeover(s);
  if (!k->active) return;
  check(l, s, path);
  s->active = k->active;
  k->takeovers = meter_declare(l->model, s->name, "takeovers", METER_COUNT, "Active replicas that were missing and replaced.");
}

const struct part part_takeovers = {.name = "take-overs",
                                    .used = used,
                                    .keys.service = &takeover_keys_record,
                                    .service = link_service,
                                    .room.world = sizeof(struct takeovers),
                                    .build = build,
                                    .serves = serves,
                                    .stopped = stopped,
                                    .hangs = hangs,
                                    .audit = audit_takeovers};

static const struct field fields[] = {
    KEY("active", INTEGER, takeover_config, active, DEFAULT(1), RANGE(1, 5000),
        .doc = "Replicas that are active at once; the others stand by."),
    KEY("detect", DISTRIBUTION, takeover_config, detect, .fallback = "{\"uniform\": {\"low\": \"13s\", \"high\": \"22s\"}}",
        .doc = "From the death of an active replica, or from when it hangs, until that is noticed.",
        .source = "Kubernetes leases (client-go): renewed every 2 s, run out 15 s after others have seen that, who look every 2 to "
                  "4.4 s"),
    KEY("promote", DISTRIBUTION, takeover_config, promote, DEFAULT("0s"),
        .doc = "From then until one that stands by is active: it mounts, loads, takes the address.",
        .source = "VRRP: the address moves with one packet"),
    KEY("coverage", RATIO, takeover_config, coverage, DEFAULT(1),
        .doc = "Probability that the loss of an active replica is handled as said here. The others take \"uncovered\"."),
    KEY("uncovered", DISTRIBUTION, takeover_config, uncovered, OPTIONAL,
        .doc = "From the loss until one that stands by is active, where the take-over fails and is put right, in place of "
               "\"detect\" and "
               "\"promote\"."),
    KEY("resumes", FLAG, takeover_config, resumes, DEFAULT(false),
        .doc = "An active process that has died and serves again before it is replaced is active at once, as behind a virtual "
               "address. "
               "Otherwise it waits like any other, as for a lease."),
    KEY("together", FLAG, takeover_config, together, DEFAULT(false),
        .doc = "The active ones work as one: none serves while one of them is missing, until the take-over is over. \"active\" may "
               "then "
               "be all replicas."),
    {0}};
static const struct record record = {.name = "failover of a service",
                                     .size = sizeof(struct takeover_config),
                                     .fields = fields,
                                     .doc = "Some replicas are active, the others stand by; none keeps data of its own."};
static const struct field keys[] = {ONLY_KEY("failover", RECORD, OPTIONAL, .record = &record,
                                             .doc = "Active and standby: only some replicas are called, and another takes over "
                                                    "when one of these is gone; absent: all are."),
                                    {0}};
const struct record takeover_keys_record = {.name = "failover of services", .size = sizeof(struct takeover_config), .fields = keys};
