/* Open: sends at a rate, whatever happens to the answers (arrivals.h). */
#include "models/traffic/source_kinds.h"

static void link(struct linker *l, struct source_config *s, const char *path) { arrivals_link(l, s, path, "an open source"); }

static const struct field keys[] = {ARRIVALS_KEYS, MIX_KEY, CLIENTS_KEY, {0}};
const struct source_kind source_kind_open = {
    .member = {.word = "open", .doc = "Sends at a rate, whatever happens to the answers.", .keys = keys},
    .nameless = true,
    .link = link,
    .expected = arrivals_expected,
    .is_constant = arrivals_are_constant,
    .is_daily = arrivals_are_daily,
    .start = arrivals_start};
