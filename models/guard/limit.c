#include "models/guard/limits.h"
#include "models/core/meter.h"
#include "models/core/model.h"
#include <assert.h>

#define LIMIT_MEMBER(name) &limit_##name.member,
static const struct member *const members[] = {LIMITS(LIMIT_MEMBER) NULL};
static const struct family family = {.members = members};
static const char *const per_words[] = {"all", "client", "address", "class", "endpoint", NULL};
static const char *const scope_words[] = {"shared", "replica", NULL};

static const struct field fields[] = {
    KEY("kind", MEMBER, limit_config, kind, .family = &family, .doc = "What it counts, and how."),
    KEY("limit", LIMIT, limit_config, limit, OPTIONAL, RANGE(0, FIELD_UNLIMITED),
        .doc = "Requests in the window, or inside at once; unlimited: all pass."),
    KEY("per", WORD, limit_config, per, DEFAULT("all"), .words = per_words,
        .doc = "What has an account of its own: all together, each client, each address that clients share (addresses of a "
               "source), each "
               "class (source of traffic) or each endpoint."),
    KEY("scope", WORD, limit_config, scope, DEFAULT("shared"), .words = scope_words,
        .doc = "shared: one account for the system, as in Redis; replica: each replica at which the step stands counts for itself, "
               "and forgets when it restarts."),
    {0}};
const struct record limit_record = {
    .name = "limit", .size = sizeof(struct limit_config), .fields = fields, .doc = "What a \"limit\" step lets through."};

const char *limit_link(struct model *m, struct limit_config *c, const char **key) {
  assert(c->kind->permits != (c->kind->admits != NULL));
  const char *wrong = c->kind->link(c, key);
  if (wrong) return wrong;
  c->accepted = meter_declare(m, c->name, "accepted", METER_COUNT, "Requests that the limit let through.");
  c->limited = meter_declare(m, c->name, "limited", METER_COUNT, "Requests that the limit refused.");
  if (!c->kind->permits) return NULL;
  c->in_use = meter_declare(m, c->name, "in_use", METER_LEVEL, "Permits in use.");
  c->waiting = meter_declare(m, c->name, "waiting", METER_LEVEL, "Requests that wait for a permit.");
  meter_is_queue(m, c->waiting);
  return NULL;
}

static const struct field provider_keys[] = {
    ONLY_KEY("limit", REFERENCE, OPTIONAL, .target = "limits",
             .doc = "External: its provider's limit; a request above it is refused at once (outcome limited)."),
    {0}};
const struct record limit_keys_record = {.name = "limit of a provider", .size = sizeof(int32_t), .fields = provider_keys};

static const struct field root_keys[] = {
    ONLY_KEY("limits", MAP, OPTIONAL, .record = &limit_record, .doc = "How abuse and overload are held back, by name."), {0}};
const struct record limits_root_record = {.name = "limits of a scenario", .size = sizeof(struct config_list), .fields = root_keys};
