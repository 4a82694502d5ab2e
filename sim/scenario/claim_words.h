/* What people call the things that claims measure: one table of words, each with how it is written here.
 *
 * Read by the hints on claims that cannot be read (claim_hint.c) and by `aguanta explain WORD`. */
#ifndef CLAIM_WORDS_H
#define CLAIM_WORDS_H
#include <stddef.h>

/* "uptime(year)" is availability(year); "latency(page)" is p95(page.latency). */
struct claim_word {
  const char *words;     /* separated by '|'; the aggregate's own name is among them */
  const char *aggregate; /* as claims have it */
  const char *quantity;  /* stands behind the name, such as ".latency"; "" where the name is all */
  const char *argument;  /* stands in the parentheses when nothing is said of what; null: "all" or the first that fits */
};
extern const struct claim_word claim_words[]; /* ends with null words */

/* Without case; '-' and ' ' are as '_'. Null when the word is unknown. */
const struct claim_word *claim_word_named(const char *word, size_t length);
/* The quantity that a word behind the dot means: "response_time" is "latency". Null when unknown. */
const char *claim_quantity_named(const char *word);

/* "is at most" is "<=". Returns the operator and sets *length to the bytes that the words take; null when there are none. */
const char *claim_operator_words(const char *text, size_t *length);

#endif
