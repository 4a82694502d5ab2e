/* Names of units, and the other spellings that people write.
 *
 * A unit has one name, which is what the program prints, and any number of further spellings, which are compared without
 * case. A spelling is in the table only if it can mean one thing. What could mean two (`gb` is 10^9 bytes in one tool and
 * 2^30 in another, `M` minutes or months) is not, so that the reader asks instead of guessing.
 *
 *     const struct unit_name *unit = unit_named(FAMILY_TIME, "minutes", 7);    -> "m", 60 s in ns */
#ifndef UNIT_NAMES_H
#define UNIT_NAMES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum unit_family {
  FAMILY_TIME,      /* ns */
  FAMILY_BYTES,     /* bytes */
  FAMILY_BANDWIDTH, /* bits per second */
  FAMILY_CPU,       /* millicores */
  FAMILY_RATE,      /* what stands behind the slash, in seconds */
  FAMILY_PRICE      /* what stands behind the slash of a price; its size means nothing */
};

struct unit_name {
  const char *name;
  int64_t size;
  const char *spellings; /* separated by '|'; null: none */
};

/* Null when there is no such unit. */
const struct unit_name *unit_named(enum unit_family, const char *word, size_t length);
/* All names and spellings as alternatives of a regular expression: "ms|msec|s|sec". */
char *unit_alternatives(struct arena *, enum unit_family);

/* The three letters of a currency that is written as a code in any case, a symbol or a word; null when it is none. A code in
 * capitals need not be known. */
const char *currency_code(struct arena *, const char *word, size_t length);

/* Past white space, also what word processors put between a number and its unit. */
const char *unit_skip_space(const char *);
/* Without white space at its ends; the text itself when there is none. */
const char *unit_trimmed(struct arena *, const char *text);
/* What a rate counts, such as "req" in "120 req/s", is for the reader only: past it and past "/" or "per". Null when that is
 * not what stands there. */
const char *unit_per(const char *);

#endif
