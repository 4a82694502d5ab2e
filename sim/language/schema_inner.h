/* The pieces of the JSON Schema, for the files that print it.
 *
 * One fault gives one error: what a value may be is stated by if, then and else, never by anyOf, whose branches would all complain.
 * Every subschema names the type that its keywords are about, so that strict validators compile it. */
#ifndef SCHEMA_INNER_H
#define SCHEMA_INNER_H
#include "sim/scenario/field_text.h"
#include <stdio.h>

/* Written on one line and laid out by json_print at the end. */
struct schema_writer {
  struct arena *arena;
  FILE *out;
  struct vocabulary words;
  const struct record *root;
  bool in_prices; /* in a record of price lists: a price may have ends */
};

const char *schema_quoted(struct schema_writer *, const char *text);
const char *schema_record_key(struct schema_writer *, const struct record *);
const char *schema_choice_key(struct schema_writer *, const struct choice_set *);
void schema_put_reference(struct schema_writer *, const char *key);

/* What stands next to the keys of any object. */
#define SCHEMA_SIDE_KEYS "\"patternProperties\": {\"^x-\": true}, \"additionalProperties\": false"

/* The "name" of an entry of a list, which may stand beside its kind. */
#define SCHEMA_ENTRY_NAME "\"name\": {\"type\": \"string\", \"pattern\": \"^(?![0-9]+$)[A-Za-z0-9_-]{1,63}$\"}"

/* A schema of what the field holds; schema_put_sourced: of that or {"value": that, "source": ...} or null, as keywords without
 * braces. */
void schema_put_value(struct schema_writer *, const struct field *);
void schema_put_sourced(struct schema_writer *, const struct field *);

/* Definitions, each behind a comma. */
void schema_put_units(struct schema_writer *);
void schema_put_distributions(struct schema_writer *);
void schema_put_files(struct schema_writer *);

#endif
