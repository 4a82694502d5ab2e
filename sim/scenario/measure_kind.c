#include "sim/scenario/measure_kind.h"
#include <assert.h>
#include <string.h>

const struct measure_kind *measure_kind_of_word(const char *word) {
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++)
    if (kind->word && !strcmp(kind->word, word)) return kind;
  return NULL;
}

const struct measure_kind *measure_kind_of(const char *word, enum quantity quantity, enum subject subject) {
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++)
    if (kind->word && !strcmp(kind->word, word) && kind->quantity == quantity && kind->subjects & ASKED_OF(subject)) return kind;
  return NULL;
}

const struct measure_kind *measure_kind_settles(void) {
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++)
    if (kind->argument == ARGUMENT_NONE) return kind;
  assert(!"the table has a row for the implicit requirement");
  return NULL;
}
