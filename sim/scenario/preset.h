/* What a service's preset says, put beneath what the scenario says of it.
 *
 *     "api": { "preset": "node", "replicas": 2, "gc": null }
 *
 * is as if the service of models/service/presets/node.json (models/service/preset.h) were a parent of this one: objects merge key
 * by key, what the scenario says wins, null takes away. It is done last, when all parents are merged and all overrides set, so that
 * `--set services.api.preset=bun` or a child's "preset" changes what is beneath and nothing else. Unlike with a parent, a plain
 * value over an object sets the key that it is short for: {"processes": 4} keeps the preset's "deal".
 *
 * Every value that comes from a preset stands in the text "preset NAME", for messages; its source begins with that, for reports;
 * and its origin is JSON_FROM_PRESET. A key of the preset that null took away stays in the tree as a trace (json_taken_away), which
 * the binder reads as absent: so the resolved scenario, read again, is the same scenario.
 *
 *     preset_apply(arena, diagnostics, &scenario_record, root);      after merge_read and all of merge_override
 */
#ifndef PRESET_MERGE_H
#define PRESET_MERGE_H
#include "sim/json/json.h"

struct record;

#define PRESET_KEY "preset"

void preset_apply(struct arena *, struct diagnostics *, const struct record *language, struct json_value *root);

/* One preset's whole file as a tree, for descriptions of it; null: no preset has the name. */
const struct json_value *preset_tree(struct arena *, struct diagnostics *, const char *name);

/* The name of the preset that a word of another kind means ("postgres", "django", "express"), or null. */
const char *preset_meant(struct arena *, const char *word);

/* Names of the presets whose service is of a kind ("app"), joined with commas; all of them for null. */
const char *preset_names(struct arena *, const char *kind);

#endif
