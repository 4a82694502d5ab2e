/* The key "update" of a service: how a new version of it is brought out. */
#include "models/core/link.h"
#include "models/core/meter.h"
#include "models/core/world.h"
#include "models/release/rollout.h"
#include "models/release/strategies.h"
#include "models/request/operation.h"
#include "models/traffic/offered.h"
#include "models/volume/volume.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

#define STRATEGY_MEMBER(name) &strategy_##name.member,
static const struct member *const members[] = {STRATEGIES(STRATEGY_MEMBER) NULL};
static const struct family family = {.members = members};

static const char *const stop_words[] = {"finish", "exit", "ignore", NULL};

/* --- which one --------------------------------------------------------------------------------------------------------------- */

static const struct strategy *strategy_at(uint32_t i) {
  return members[i] ? (const struct strategy *)(const void *)members[i] : NULL;
}

static bool suits(const struct model *m, const struct strategy *s) { return s->suits >> m->platform.kind->updates & 1; }

static const struct strategy *usual(const struct model *m) {
  for (uint32_t i = 0; strategy_at(i); i++)
    if (strategy_at(i)->usual >> m->platform.kind->updates & 1) return strategy_at(i);
  return NULL;
}

/* "rolling, recreate" */
static const char *words_that_suit(const struct model *m) {
  const char *words = NULL;
  for (uint32_t i = 0; strategy_at(i); i++)
    if (suits(m, strategy_at(i))) words = words ? arena_format(m->arena, "%s, %s", words, members[i]->word) : members[i]->word;
  return words ? words : "none";
}

/* --- linking ----------------------------------------------------------------------------------------------------------------- */

/* Replicas with parts of their own are renewed where they are. */
static const char *keeps_its_place(const struct model *m, const struct service_config *s, const struct update_config *u) {
  if (!u->kind->spare || !u->kind->spare(s, u)) return NULL;
  if (s->kind == SERVICE_DATABASE || s->kind == SERVICE_QUEUE || s->kind == SERVICE_CACHE)
    return arena_format(
        m->arena,
        "%s makes new replicas next to the old ones, and those of a %s are not all alike: each has data of its own; "
        "choose a way that renews a replica where it is",
        u->kind->member.word,
        s->kind == SERVICE_DATABASE ? "database"
        : s->kind == SERVICE_CACHE  ? "cache"
                                    : "queue");
  if (s->replicas_by_region.count)
    return arena_format(m->arena, "%s does not know replicas with regions of their own", u->kind->member.word);
  return NULL;
}

static void settle(struct linker *l, struct service_config *s) {
  struct model *m = l->model;
  struct update_config *u = service_update(s);
  const char *path = arena_format(l->arena, "services.%s.update", s->name);
  if (!u->kind->look) u->kind = usual(m);
  if (!u->kind) return;
  if (!suits(m, u->kind)) {
    link_error(l, path, "kind", "platform.kind %s does not bring versions out that way; it knows: %s",
               m->platform.kind->member.word, words_that_suit(m));
    return;
  }
  const char *wrong = keeps_its_place(m, s, u);
  if (wrong) {
    link_error(l, path, "kind", "%s", wrong);
    return;
  }
  if (u->kind->link) u->kind->link(l, s, u, path);
  if (l->failed) return;
  if (u->kind->spare) s->spare = u->kind->spare(s, u);
}

static void declare(struct model *m, struct service_config *s) {
  s->lost_meter = meter_declare(m, s->name, "lost_in_updates", METER_COUNT,
                                "Requests that came to a replica on its way out, or were inside when its time was over.");
}

static void link_stopping(const struct model *m, struct update_config *u) {
  if (u->farewell.grace < 0) u->farewell.grace = m->platform.kind->updates == UPDATES_BY_PODS ? 30 * SIM_S : 10 * SIM_S;
  if (u->schedule < 0) u->schedule = m->platform.kind->updates == UPDATES_BY_PODS ? SIM_S : 0;
}

/* Its farewell is that of any replica that is taken away, also where no release brings it out. */
static bool says_something(const struct update_config *u) {
  return u->farewell.pre_stop || u->farewell.grace >= 0 || u->farewell.takes || u->farewell.on_stop || u->kind->look;
}

void update_settle(struct linker *l) {
  struct model *m = l->model;
  for (uint32_t i = 0; i < m->services.count; i++) {
    struct service_config *s = (struct service_config *)m->services.items + i;
    struct update_config *u = service_update(s);
    bool released = false;
    for (uint32_t k = 0; k < model_releases(m)->count; k++)
      for (uint32_t n = 0; n < model_release(m, k)->services.count; n++)
        released |= model_release(m, k)->services.reference[n] == (int32_t)i;
    u->given = says_something(u) || released;
    if (!u->given) continue;
    link_stopping(m, u);
    if (service_runs(s)) declare(m, s);
    if (released) settle(l, s);
  }
}

/* Once programs are there. */
void update_count_calls(struct model *m) {
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    for (uint32_t k = 0; k < m->programs[i].end; k++) {
      const struct instruction *in = &m->programs[i].instructions[k];
      if (in->operation->enters && in->service >= 0)
        service_update(model_service(m, (uint32_t)in->service))->calls += model_endpoint_share(m, i);
    }
}

const struct farewell *service_farewell(const struct service_config *s) {
  const struct update_config *u = service_update(s);
  return u->given ? &u->farewell : NULL;
}

sim_time service_schedule(const struct service_config *s) { return service_update(s)->given ? service_update(s)->schedule : 0; }

/* --- keys -------------------------------------------------------------------------------------------------------------------- */

static const struct field fields[] = {
    KEY("kind", MEMBER, update_config, kind, DEFAULT("platform"), .family = &family, .doc = "How a new version is brought out."),
    KEY("pre_stop", DURATION, update_config, farewell.pre_stop, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc =
            "A replica that is to go serves on for this long before it is told so (SIGTERM), while its callers learn that it goes.",
        .source = "Kubernetes: no preStop hook unless one is given"),
    KEY("grace", DURATION, update_config, farewell.grace, DEFAULT("auto"), RANGE(0, FIELD_YEAR), .automatic = "auto",
        .doc = "How long it has in all to finish what it has, pre_stop included; then what is inside is cut off. auto: 30 s on "
               "Kubernetes, else 10 s.",
        .source = "terminationGracePeriodSeconds 30; docker stop 10 s"),
    KEY("on_stop", WORD, update_config, farewell.on_stop, DEFAULT("finish"), .words = stop_words,
        .doc = "What its process does when it is told to go. finish: it takes no more and finishes what it has; exit: it ends at "
               "once; ignore: it serves on until it is killed, as the first process of a container does that handles no signal."),
    KEY("stop", DURATION, update_config, farewell.takes, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "finish: how long its process takes to end when nothing is inside."),
    KEY("schedule", DURATION, update_config, schedule, DEFAULT("auto"), RANGE(0, FIELD_YEAR), .automatic = "auto",
        .doc = "From the decision to have a new replica until its process begins. auto: 1 s on Kubernetes, else none.",
        .source = "an estimate; the p99 of a pod's start without the pull is to be below 5 s"),
    KEY("min_ready", DURATION, update_config, min_ready, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "A new replica counts when it has been ready for this long.", .source = "Kubernetes minReadySeconds"),
    KEY("deadline", DURATION, update_config, deadline, DEFAULT("600s"), RANGE(1e9, FIELD_UNLIMITED),
        .doc = "Without progress for this long a roll-out is reported as stuck. Nothing is rolled back by that.",
        .source = "Kubernetes progressDeadlineSeconds"),
    {0}};
static const struct record update_record = {.name = "update",
                                            .size = sizeof(struct update_config),
                                            .fields = fields,
                                            .doc = "How a service is brought out anew, and how its replicas end.",
                                            .shorthand = "kind"};
static const struct field service_fields[] = {ONLY_KEY("update", RECORD, .record = &update_record,
                                                       .doc = "How a new version of it is brought out, and how its replicas end."),
                                              {0}};
const struct record update_keys_record = {
    .name = "update of a service", .size = sizeof(struct update_config), .fields = service_fields};

/* What stands for the platform's own. */
const struct strategy strategy_platform = {
    .member = {.word = "platform", .doc = "As the platform does it: \"rolling\" on Kubernetes."}};
