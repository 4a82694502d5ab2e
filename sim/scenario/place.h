/* Where a path leads in the language: the tables walked next to a tree.
 *
 * A place is what the language expects at one spot: the fields of a record, the entries of a map, one of several kinds, or
 * a plain value. Merging, overriding, explaining and the schema walk the tables this way; only the binder reads values.
 *
 *     struct place p = place_of_record(&scenario_record);
 *     p = place_step(p, "services", NULL);   PLACE_MAP
 *     p = place_step(p, "backend", NULL);    PLACE_RECORD of a service
 *     p = place_step(p, "replicas", NULL);   PLACE_VALUE, p.field says the rest */
#ifndef PLACE_H
#define PLACE_H
#include "sim/describe/field.h"
#include "sim/json/json.h"
#include "sim/scenario/record_keys.h"

enum place_what {
  PLACE_UNKNOWN,
  PLACE_VALUE,
  PLACE_RECORD,       /* .record */
  PLACE_LIST,         /* of .record */
  PLACE_MAP,          /* of .record */
  PLACE_CHOICE,       /* of .choices */
  PLACE_CHOICES,      /* list of .choices */
  PLACE_WEIGHTS,      /* names with numbers */
  PLACE_DISTRIBUTION, /* a kind's name */
  PLACE_PARAMETER     /* below a distribution: a value whose kind only its solver knows */
};

struct place {
  enum place_what what;
  const struct field *field; /* that led here; null at the root */
  const struct record *record;
  const struct choice_set *choices;
  const struct record *owner; /* of the field */
};

struct place place_of_record(const struct record *);
struct place place_of_field(const struct field *);

/* The place under a key or index. `here` is the value at the place before the step, which decides between the kinds of a
 * choice; null searches all kinds. */
struct place place_step(struct place, const char *name, const struct json_value *here);

/* The names that a step could take (not those of map entries, which only a tree knows). Ends with null. */
const char *const *place_names(struct arena *, struct place, uint32_t *count);

const struct alternative *choice_named(const struct choice_set *, const char *key);
/* The kind that an object selects: the key that names one. A flat kind may have fields that are called like other kinds, so
 * of several such keys the one whose record has the others counts; if there is none, it is the first, and `several` (if
 * not null) is set. */
const struct alternative *choice_selected(const struct choice_set *, const struct json_value *object, bool *several);

/* Of an object {"value": X, "source": ..., "range": ...} the X, else null. Where "value" is a key of the language itself
 * (of a record, a map or weights) it is no wrapper. */
const struct json_value *wrapped_value(struct place, const struct json_value *);
bool is_private_name(const char *name); /* x-... */

#endif
