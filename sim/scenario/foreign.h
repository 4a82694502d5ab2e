/* Words of other tools, and how what they mean is written here: one table.
 *
 * Read by the binder, which adds the hint to the complaint about an unknown key or value, and by `aguanta explain WORD`.
 *
 *     foreign_key("service", "minReplicas")->here      "\"autoscale\": {\"min\": ...}"
 *     foreign_value("kind", words, "postgres")         "database", if that is among the words
 *
 * Words are compared without case and without '_', '-', '.' and ' ': minReplicas, min_replicas and min-replicas are one. */
#ifndef FOREIGN_H
#define FOREIGN_H
#include <stdbool.h>
#include <stdint.h>

struct arena;

struct foreign_word {
  const char *words; /* separated by '|', lower case, without '_' and '-' */
  const char *place; /* name of the record or choice whose key it is taken for; "=kind": of a value of the field "kind"; "*": any */
  const char *here;  /* what it is here, which begins with a quote or brace; else a sentence; of a value: the value */
  const char *path;  /* for explain; null: there is nothing to explain */
};

extern const struct foreign_word foreign_words[];    /* ends with null words */
extern const struct foreign_word foreign_anywhere[]; /* most of place "*": where no row of the place has the word */
/* All rows, by number; null beyond the last. */
const struct foreign_word *foreign_row(uint32_t number);

/* Null when the word is not known at this place. */
const struct foreign_word *foreign_key(const char *place, const char *word);
/* The end of a message about the word: "; here it is \"min\"", or "" when it is not known at this place. */
const char *foreign_hint(struct arena *, const char *place, const char *word);
/* The same in another spelling, as "nodeSelector" is of "node_selector"; null when none of the names is it. */
const char *foreign_spelling(const char *const *names, uint32_t count, const char *word);
/* The value of the field that the word means; null when none of those allowed. */
const char *foreign_value(const char *field, const char *const *allowed, const char *word);
/* The row is about this word, wherever. */
bool foreign_matches(const struct foreign_word *, const char *word);

#endif
