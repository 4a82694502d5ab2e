/* One tree out of a scenario, the files that it extends, and the overrides of the command line.
 *
 * `"extends": "parts/platform.json"` names one parent, relative to the file that says so. Objects merge key by key, lists
 * and plain values replace, null deletes the parent's key. The language (its root record) is needed for one exception:
 * where one of several kinds is chosen, {"lognormal": ...} over {"exponential": ...} replaces it and does not add a second
 * kind; a distribution, and a value wrapped with its source, replace and are replaced as a whole. Every value keeps its own
 * position. What a service's preset gives comes last of all, beneath the rest: see preset.h.
 *
 * `--set path=value` takes the type of the value from the field and never from the text: for a text it is the text, for a
 * duration 250ms needs no quotes, for a number or an object it is read as JSON; `null` deletes, except where a text stands.
 *
 *     struct json_value *root = merge_read(arena, diagnostics, &scenario_record, "scenarios/web.json");
 *     merge_override(arena, diagnostics, &scenario_record, root, "services.backend.replicas=3");
 */
#ifndef MERGE_H
#define MERGE_H
#include <stddef.h>
#include "sim/json/json.h"
#include "sim/scenario/place.h"

struct record;

enum { MERGE_DEPTH_LIMIT = 16 };

/* Reads a file and its parents. The key `extends` is gone from the result. Null when the file or one of its
 * parents could not be read. */
struct json_value *merge_read(struct arena *, struct diagnostics *, const struct record *language, const char *path);
/* Reads a text and its parents; `name` also says where its parents are. */
struct json_value *merge_read_text(struct arena *, struct diagnostics *, const struct record *language, const char *name,
                                   const char *text, size_t length);

/* The child's values over the parent's, as of a file and the one that it extends; `place`: of both. Inside of records that take a
 * preset nulls stay, as traces (json_taken_away). */
struct json_value *merge_over(struct arena *, struct place, const struct json_value *parent, const struct json_value *child);

/* Whether the record that stands there may name a preset. */
bool merge_takes_preset(struct place);

/* Whether a file may have the key at its top: for json_read_named; language: a record, or null for any key. */
bool merge_knows(const void *language, const char *key);

/* Changes the tree; false when the path or the value is wrong (an error says so, with the nearest path). A map's entry must
 * exist already, unless the whole entry is given as an object. */
bool merge_override(struct arena *, struct diagnostics *, const struct record *language, struct json_value *root,
                    const char *assignment);
/* An override whose path and value come apart, for sweeps; `option` is how messages call it: "--vary
 * traffic.fans.rate=10/s..90/s". */
bool merge_override_as(struct arena *, struct diagnostics *, const struct record *language, struct json_value *root,
                       const char *option, const char *path, const char *value);

/* A tree of its own, for sweeps that override many times. Positions and origins are kept. */
struct json_value *merge_copy(struct arena *, const struct json_value *);

/* Length of the next step of a path: the longest key that is there, since names may hold dots, else up to the next dot. */
size_t merge_step_length(const struct json_value *here, const char *rest);

#endif
