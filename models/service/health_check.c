#include "models/service/health_check.h"
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/part.h"
#include "models/core/world.h"
#include "models/platform/lifecycle.h"
#include "sim/engine/arena.h"

/* Of a replica. */
struct health {
  struct checking checking;
  bool silent; /* its machine is lost, and answers nothing */
  slot_id due; /* its health changes */
};

struct health_checks {
  struct health *of; /* by container */
};

static struct health *health_of(const struct world *w, const struct container *c) {
  return &((struct health_checks *)world_part(w, PART_health_checks))->of[c->id];
}

static const struct checking_config *config_of(const struct container *c) {
  return &service_health_check(container_config(c))->checks;
}

static void expect(struct world *w, struct container *c) {
  const struct health *h = health_of(w, c);
  sim_time due = checking_due(config_of(c), &h->checking, !c->unhealthy, h->silent ? config_of(c)->timeout : 0);
  if (!due) return; /* the last check is waited for */
  if (due == SIM_NEVER)
    calendar_clear(w->calendar, h->due);
  else
    calendar_set(w->calendar, h->due, due > world_now(w) ? due : world_now(w));
}

/* It serves, or does not any more. */
static void turns(struct world *w, struct container *c, bool passes) {
  struct health *h = health_of(w, c);
  checking_turns(config_of(c), &h->checking, world_now(w), passes, !c->unhealthy);
  h->silent = !passes && (c->state == CONTAINER_HUNG || (c->node != NONE && !w->nodes[c->node].up));
  expect(w, c);
}

/* Handler of `due`. */
static void is_known(void *world, uint32_t container) {
  struct world *w = world;
  struct container *c = &w->containers[container];
  bool healthy = c->unhealthy;
  if (!healthy) meter_count(w, service_health_check(container_config(c))->taken_out);
  checking_told(&health_of(w, c)->checking, world_now(w), healthy);
  rotation_checked(w, c, healthy);
  expect(w, c);
}

static void checks_serve(struct world *w, struct container *c, bool warm) {
  if (!warm && config_of(c)->every) turns(w, c, true);
}

static void checks_stopped(struct world *w, struct container *c) {
  if (config_of(c)->every) turns(w, c, false);
}

/* What hangs accepts a check and does not answer it. */
static void checks_hang(struct world *w, struct container *c, bool hung) {
  if (config_of(c)->every) turns(w, c, !hung);
}

static void checks_build(struct world *w, struct service *s) {
  struct health_checks *all = world_part(w, PART_health_checks);
  const struct checking_config *k = &service_health_check(service_config(s))->checks;
  if (!all->of) all->of = arena_new_array(w->arena, struct health, w->container_count + 1);
  for (uint32_t i = 0; k->every && i < s->capacity; i++) {
    struct health *h = &all->of[s->first + i];
    struct stream draws =
        stream_open(stream_key(w->seed, w->replication, PURPOSE_HEALTH_CHECK, stream_entity(service_config(s)->name, i)));
    h->checking = (struct checking){.phase = (sim_time)(stream_uniform(&draws) * (double)k->every), .passes = true};
    h->due = calendar_slot(w->calendar, is_known, w, s->first + i);
  }
}

static bool used(const struct model *m) {
  for (uint32_t i = 0; i < m->services.count; i++)
    if (service_health_check(model_service(m, i))->checks.every) return true;
  return false;
}

static void link_service(struct linker *l, struct service_config *s, const char *path) {
  struct health_check_config *k = service_health_check(s);
  if (!k->checks.every) return;
  if (!service_runs(s)) link_error(l, path, "health_check", "has no replicas of its own that a balancer could check");
  if (k->checks.timeout >= k->checks.every)
    link_error(l, arena_format(l->arena, "%s.health_check", path), "timeout",
               "a check must have failed before the next one begins: less than \"every\"");
  k->taken_out =
      meter_declare(l->model, s->name, "taken_out", METER_COUNT, "Replicas that its balancer's checks took out of rotation.");
}

const struct part part_health_checks = {.name = "health checks",
                                        .used = used,
                                        .keys.service = &health_check_keys_record,
                                        .service = link_service,
                                        .room.world = sizeof(struct health_checks),
                                        .build = checks_build,
                                        .serves = checks_serve,
                                        .stopped = checks_stopped,
                                        .hangs = checks_hang};

static const struct field fields[] = {
    KEY("every", DURATION, health_check_config, checks.every, DEFAULT("30s"), RANGE(1e6, FIELD_YEAR),
        .doc = "Time between two checks of a replica.", .source = "AWS Application Load Balancer"),
    KEY("timeout", DURATION, health_check_config, checks.timeout, DEFAULT("5s"), RANGE(0, FIELD_YEAR),
        .doc = "After this a check that is not answered, as by a lost machine, has failed; a dead process refuses it at once.",
        .source = "AWS Application Load Balancer"),
    KEY("failures", INTEGER, health_check_config, checks.failures, DEFAULT(2), RANGE(1, 1000),
        .doc = "Failed checks in a row that take a replica out of rotation.", .source = "AWS Application Load Balancer"),
    KEY("successes", INTEGER, health_check_config, checks.successes, DEFAULT(5), RANGE(1, 1000),
        .doc = "Passed checks in a row that bring it back.", .source = "AWS Application Load Balancer"),
    {0}};
static const struct record record = {.name = "health check of a balancer",
                                     .size = sizeof(struct health_check_config),
                                     .fields = fields,
                                     .doc = "What the load balancer in front of the service asks its replicas."};
static const struct field keys[] = {
    ONLY_KEY("health_check", RECORD, OPTIONAL, .record = &record,
             .doc = "Its load balancer checks the replicas itself, next to what the orchestrator says; absent: routing follows the "
                    "orchestrator alone."),
    {0}};
const struct record health_check_keys_record = {
    .name = "health check of a service", .size = sizeof(struct health_check_config), .fields = keys};
