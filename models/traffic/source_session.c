/* Sessions: clients arrive at a rate (arrivals.h), then each walks its journey (journey.h). */
#include "models/core/link.h"
#include "models/traffic/source_kinds.h"

static bool read(struct linker *l, struct source_config *s, const char *path) {
  uint32_t at;
  const char *wrong = journey_link(l->model, s, &at);
  if (wrong && at == JOURNEY_WHOLE) link_error(l, path, "journey", "%s", wrong);
  if (wrong && at != JOURNEY_WHOLE) link_error(l, path, "journey", "place %u %s", at + 1, wrong);
  return true;
}

static void link(struct linker *l, struct source_config *s, const char *path) { arrivals_link(l, s, path, "a source of sessions"); }

static void start(struct source *s) {
  journey_start(s);
  arrivals_start(s);
}

static const struct field keys[] = {ARRIVALS_KEYS,
                                    KEY("journey", LIST, source_config, journey, OPTIONAL, .record = &journey_stop_record,
                                        .doc = "What a client asks for, place by place; it starts at the first.",
                                        .elsewhere = "a \"journey\" belongs to a source of kind session"),
                                    CLIENTS_KEY,
                                    {0}};
const struct source_kind source_kind_session = {
    .member = {.word = "session", .doc = "Clients arrive at a rate, then each walks its journey.", .keys = keys},
    .journeys = true,
    .read = read,
    .link = link,
    .expected = arrivals_expected,
    .is_constant = arrivals_are_constant,
    .is_daily = arrivals_are_daily,
    .start = start,
    .stop = journey_stop};
