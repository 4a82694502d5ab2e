/* Fields in words: for messages, `aguanta explain`, the schema and the manual. And the list of all records of a language. */
#ifndef FIELD_TEXT_H
#define FIELD_TEXT_H
#include "sim/describe/field.h"

struct arena;

/* "from 1 to 1000", "more than 0", "at most 2s"; "" when there is no range. See bind.h for what low and high mean. */
const char *field_range(struct arena *, const struct field *);
bool field_allows(const struct field *, double base);

/* "a whole number", "a duration such as \"250ms\"", "one of a, b", "a list of step objects". */
const char *field_takes(struct arena *, const struct field *);
/* Absence is an error: no default, or a record that itself has such keys. */
bool field_required(const struct field *);

/* "a, b, c" from a list that ends with null. */
const char *words_joined(struct arena *, const char *const *words, const char *between);

/* Every record and choice that can be reached from the root, each once, in the order of the tables. */
struct vocabulary {
  const struct record **records;
  const struct choice_set **choices;
  uint32_t record_count, choice_count;
};
struct vocabulary vocabulary_of(struct arena *, const struct record *root);

#endif
