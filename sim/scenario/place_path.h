/* The kind of value that a dotted path leads to, in one scenario: for code that compares or interpolates values before the
 * scenario is read with them (sweeps).
 *
 * Shorthands are followed: traffic.fans.rate is a profile, and a bare value of it is a rate. Where the tables do not know the
 * kind, such as below a distribution, it is derived from a value: "8s" is a duration. */
#ifndef PLACE_PATH_H
#define PLACE_PATH_H
#include "sim/scenario/place.h"

struct arena;

/* The field that a bare value at the path sets; null when the path is unknown or only a value could decide. */
const struct field *place_field_at(struct arena *, const struct record *language, const struct json_value *root, const char *path);

/* The first kind, other than a text, that the value can be read as: a number, a duration, a rate ...; else FIELD_TEXT. */
enum field_kind place_kind_of_text(struct arena *, const char *value);

/* The value in base units (CPU: cores, so that it compares with numbers); false when it is no value of that kind, or the kind
 * has no number (texts, words, flags). */
bool place_number(struct arena *, enum field_kind, const char *value, double *out);

#endif
