/* What the parts of the binder share. bind.c reads records, maps and lists; bind_value.c plain values, references and weights;
 * bind_several.c values that may be one or several; bind_choice.c one of several kinds; bind_member.c members of families;
 * bind_range.c ranges; bind_distribution.c distributions; bind_table.c files; bind_hint.c values that are nearly right. All report
 * errors to b->diagnostics. */
#ifndef BIND_INNER_H
#define BIND_INNER_H
#include "sim/scenario/bind.h"
#include "sim/scenario/place.h"

/* A value of a field into memory of its kind: unwraps {"value": ...}, reads it, notes that it was given. */
void bind_field(struct binder *, const struct field *, const struct json_value *, void *out);
/* The object of a record; `scope` is how messages call it: `service "api"`. A value that is no object is its shorthand. */
void bind_object(struct binder *, const struct record *, const struct json_value *, void *out, const char *scope);

/* The descriptor that the word of the record's family has selected; null after an error. */
const struct member *bind_chosen(const struct field *family, const void *record);
void bind_member(struct binder *, const struct field *, const struct json_value *, void *out);
/* A key that implies a member selects it, where the word does not say more than the default. */
void bind_implied(const struct field *family, const struct json_value *object, void *record);
/* Whether the key is one of other members than the chosen one: an error, unless these may lie over each other. */
bool bind_misplaced(struct binder *, const struct record *, const struct record_keys *, const void *out,
                    const struct json_value *given);
/* The row that the chosen member has of the key; null when it has none. */
const struct field *bind_row(const struct record_keys *, const void *out);

void bind_word(struct binder *, const struct field *, const struct json_value *, int32_t *out);
void bind_integer(struct binder *, const struct field *, const struct json_value *, int64_t *out);
void bind_reference(struct binder *, const struct field *, const struct json_value *, int32_t *out);
void bind_word_set(struct binder *, const struct field *, const struct json_value *, uint32_t *out);
void bind_references(struct binder *, const struct field *, const struct json_value *, struct references *out);
void bind_split(struct binder *, const struct field *, const struct json_value *, struct split *out);
void bind_plain(struct binder *, const struct field *, const struct json_value *, void *out);
void bind_weights(struct binder *, const struct field *, const struct json_value *, struct weights *out);
void bind_choice(struct binder *, const struct choice_set *, const char *called, const struct json_value *, struct choice *out);
void bind_distribution(struct binder *, const struct field *, const struct json_value *, void *out);
void bind_table(struct binder *, const struct field *, const struct json_value *, struct table *out);
void bind_file(struct binder *, const struct field *, const struct json_value *, struct text_file *out);
/* Index of a name in the map of the root that `target` names; -1 after an error at `at` that calls the value `called`. */
int32_t bind_find_target(struct binder *, const char *called, const char *target, const char *name, const struct position *at);
void bind_check_range(struct binder *, const struct field *, const struct json_value *, double base);

/* [low, high] next to a value of the field: both are values like it, low first. False when they cannot be read. */
struct json_range {
  const struct json_value *low, *high;
  bool of_money; /* of a price: its ends */
  double money[2];
};
bool bind_range(struct binder *, const struct field *, const struct json_value *value, const struct json_value *range,
                struct json_range *);

/* `"think" must be a duration such as "250ms", not an object`. */
void bind_wrong_type(struct binder *, const char *called, const char *expected, const struct json_value *);
/* What to say of a text that is no value of the field although it nearly is: the words behind the key. Null: nothing. */
const char *bind_value_hint(struct binder *, const struct field *, const char *text);
/* The hint for a text where a number is expected; `expected` is how messages call it. */
const char *bind_number_hint(struct binder *, const struct field *, const char *expected, const char *text);
/* Adds `; did you mean "x"?` to a message, or nothing. */
const char *bind_suggestion(struct binder *, const char *word, const char *const *names, uint32_t count);
/* "a, b, c" */
const char *bind_words(struct binder *, const char *const *names, uint32_t count);
/* Errors of the keys next to what was read: `source` must be a text, which is noted; x- is skipped; false for others. */
bool bind_side_key(struct binder *, const struct json_value *member);

/* The path grows by a key while something below it is read: const char *outer = bind_enter(b, name); ...; b->path = outer. */
const char *bind_enter(struct binder *, const char *name);
const char *bind_enter_index(struct binder *, uint32_t index);

/* Entries of a list that may have a "name" (bind_named.c): errors of bad names and of a second one in the list; the path of an
 * entry says its name or else its index; the entry without its name, as its kind reads it. */
void bind_entry_names(struct binder *, const struct json_value *list);
const char *bind_enter_entry(struct binder *, const struct field *list, const struct json_value *entry, uint32_t index);
const struct json_value *bind_without_name(struct binder *, const struct json_value *entry);

#endif
