/* The keys of a record: its own, and those of the members of its family, each name once; then
 * likewise those that other components add to it.
 *
 *     for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
 *       printf("%s%s\n", k.field->name, k.member ? ", of some members" : "");
 *
 * Of a key that several members have, the first member's row is visited; each may have its own fallback and sentence. */
#ifndef RECORD_KEYS_H
#define RECORD_KEYS_H
#include "sim/describe/field.h"

struct arena;

struct record_keys {
  const struct field *field;          /* null at the end */
  const struct member *const *member; /* whose key it is; null: every record of this kind has it */
  const struct field *family;         /* the word that selects a member, once it was visited */
  uint32_t addition;                  /* number of the component that adds it; or OWN_KEYS */
  const struct field *row;            /* private: the field of the record, or of what is added to it */
  const struct record *record;        /* private */
  bool behind;                        /* private: all of the record's own rows have been visited */
};
enum { OWN_KEYS = UINT32_MAX };
struct record_keys record_keys(const struct record *);
void record_keys_next(struct record_keys *);

/* The row of a key; null when the record has no such key. */
const struct field *record_field(const struct record *, const char *name);
/* The field whose word selects a member; null when the record has no family. */
const struct field *record_family(const struct record *);

/* The member's row of a key; null when it has no such key. */
const struct field *member_key(const struct member *, const char *name);
/* The member that the key selects although the word is the chosen one's, which is that of the fallback; null: none. */
const struct member *member_implied(const struct field *family, const struct member *chosen, const char *key);
/* The words of the members that have the key: "sliding-log and sliding-counter". */
const char *members_with_key(struct arena *, const struct family *, const char *name);
/* The words that a field of kind word or member takes; ends with null. Null for other kinds. */
const char *const *field_words(struct arena *, const struct field *);

#endif
