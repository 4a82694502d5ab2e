/* An example for each key of the language: the part of a scenario around it, which holds when it is put over one.
 *
 * Most of it follows from the tables: the keys that have to stand beside it, the word that selects the member whose key it is, the
 * default, or a value in its range. What the tables do not know (which kind of service has a cache, which keys exclude each other)
 * is a row of example_settings.c: a path, and what stands there already when the example is made. tests/sim/language holds the
 * example of every key against docs/examples/explain.json.
 *
 *     fputs(example_print(arena, &scenario_record, "services.NAME.autoscale.min", 100), file);
 *       {"services": {"api": {"autoscale": {"min": 2, "max": 10}}}} */
#ifndef EXAMPLE_H
#define EXAMPLE_H
#include "sim/describe/field.h"

struct arena;
struct json_value;

/* Path as language_walk gives it; member: whose key it is, null where the path says enough. */
struct json_value *example_of(struct arena *, const struct record *root, const char *path, const struct member *);
/* As JSON, folded where a line would be wider, each line behind two spaces. */
char *example_print(struct arena *, const struct record *root, const char *path, const struct member *, uint32_t width);
/* Any tree likewise. */
char *example_folded(struct arena *, const struct json_value *, uint32_t width);

/* What stands there already, of the longest path that the path begins with; null: nothing. */
struct example_setting {
  const char *path, *text; /* JSON with ' for " */
  const char *member;      /* of this member of a family only; null: any */
};
extern const struct example_setting example_settings[]; /* ends with a null path */

#endif
