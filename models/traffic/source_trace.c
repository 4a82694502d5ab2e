/* Traces: arrivals from a file (trace.h). */
#include "models/core/link.h"
#include "models/traffic/source_kinds.h"

/* A trace may bring its own mix. */
static bool read(struct linker *l, struct source_config *s, const char *path) {
  const char *key, *bad = trace_link(s, l->arena, &key);
  if (bad) link_error(l, path, key, "%s", bad);
  return !bad;
}

static double expected(const struct source_config *s, sim_time from, sim_time to) { return trace_expected(&s->trace, from, to); }

static bool never(const struct source_config *s) {
  (void)s;
  return false;
}

static const struct field keys[] = {
    MIX_KEY,
    KEY("file", TABLE, source_config, trace.file, OPTIONAL, .columns = trace_columns, .doc = "A table of arrivals.",
        .elsewhere = "is replayed by a source of kind trace only"),
    KEY("log", FILE, source_config, trace.log, OPTIONAL,
        .doc = "Lines of a web server's log (common or combined), or lines that begin with an ISO time, then path and client if "
               "known; the first line is the start of the run.",
        .elsewhere = "is replayed by a source of kind trace only"),
    KEY("paths", LIST, source_config, trace.paths, OPTIONAL, .record = &trace_path_record,
        .doc = "Which endpoint the paths of the log mean.", .elsewhere = "is replayed by a source of kind trace only"),
    KEY("speed", NUMBER, source_config, trace.speed, DEFAULT(1), RANGE(1e-6, 1e6), .doc = "Replayed this many times as fast.",
        .elsewhere = "is replayed by a source of kind trace only"),
    KEY("scale", NUMBER, source_config, trace.scale, DEFAULT(1), RANGE(0, 1e6), .open_range_low = true,
        .doc = "Number of requests for each; a fraction is a probability.",
        .elsewhere = "is replayed by a source of kind trace only"),
    KEY("spread", DURATION, source_config, trace.spread, DEFAULT("0s"), RANGE(0, FIELD_YEAR),
        .doc = "Requests of one time come at random within this time after it: 1s for logs with whole seconds.",
        .elsewhere = "is replayed by a source of kind trace only"),
    KEY("repeat", DURATION, source_config, trace.repeat, DEFAULT("never"), RANGE(1, FIELD_LONGEST),
        .doc = "Starts again after this time.", .elsewhere = "is replayed by a source of kind trace only"),
    CLIENTS_KEY,
    {0}};
const struct source_kind source_kind_trace = {
    .member = {.word = "trace", .doc = "Arrivals from a file.", .keys = keys, .instead = "a trace has times of its own"},
    .read = read,
    .expected = expected,
    .is_constant = never,
    .is_daily = never,
    .start = trace_start};
