/* YAML read as the tree of json.h, with the positions, messages and limits of the JSON reader.
 *
 * libyaml finds the events; yaml.c alone includes it. A plain scalar (one without quotes) has the type of its form, by JSON's own
 * grammar: 8, 0.5, true, null and ~; everything else is a text, `no`, `0x10` and `08` too. Its text as written is kept, so that a
 * field that holds a text takes 8 or true as one (plain.h). A number that a double would not keep stays a text.
 *
 * A scenario is YAML without surprises: one document, no anchors, tags and merge keys, no value left empty, no key twice. What
 * other programs wrote (`loose`) may have all of these but the last, and several documents; what aliases and merge keys add is
 * counted.
 *
 *     struct json_value *root = yaml_read(arena, diagnostics, source);
 *     struct json_value *documents = yaml_read_foreign(arena, diagnostics, source);   a list */
#ifndef YAML_READER_H
#define YAML_READER_H
#include "sim/json/json_node.h"

enum {
  YAML_EXPANDED_LIMIT = 100000, /* values that aliases and merge keys add */
  YAML_ANCHOR_LIMIT = 1000
};

/* Null after an error that ends the reading; errors of meaning accumulate. */
struct json_value *yaml_read(struct arena *, struct diagnostics *, const struct source_text *);
struct json_value *yaml_read_foreign(struct arena *, struct diagnostics *, const struct source_text *);

/* Sets the type and value of a plain scalar from its text. `loose`: True, TRUE, Null and the like count too. */
void yaml_take_type(struct json_value *, bool loose);

/* The tree as a text, without anything that a scenario may not have; each line of `head` becomes a comment before it. */
char *yaml_print(struct arena *, const struct json_value *, const char *head);

/* Whether a source is read as YAML: by the ending of its name, and what is piped in by its first line. */
bool yaml_is_meant(const struct source_text *);
/* The word before the colon that begins the text, past comments and empty lines: nothing in JSON looks so. Null otherwise. */
const char *yaml_first_key(struct arena *, const char *text);
/* " (a Compose file? ...)" when the text is clearly one of another program, with the way out; "" otherwise. */
const char *yaml_foreign_guess(struct arena *, const struct source_text *);

#endif
