#include "sim/scenario/foreign.h"
#include "sim/engine/arena.h"
#include <ctype.h>
#include <string.h>

/* Past what does not count in a word. */
static const char *significant(const char *p) { return p + strspn(p, "_-. "); }

/* Whether the word is the one that begins here and ends with a bar. */
static bool is_word(const char *entry, const char *word) {
  word = significant(word);
  for (entry = significant(entry); *entry && *entry != '|'; entry = significant(entry + 1), word = significant(word + 1))
    if (*entry != tolower((unsigned char)*word)) return false;
  return !*word;
}

bool foreign_matches(const struct foreign_word *row, const char *word) {
  for (const char *p = row->words; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    if (is_word(p, word)) return true;
  return false;
}

const struct foreign_word *foreign_key(const char *place, const char *word) {
  for (const struct foreign_word *row = foreign_words; *significant(word) && row->words; row++)
    if (!strcmp(row->place, place) && foreign_matches(row, word)) return row;
  for (const struct foreign_word *row = foreign_anywhere; *significant(word) && row->words; row++)
    if ((*row->place == '*' || !strcmp(row->place, place)) && foreign_matches(row, word)) return row;
  return NULL;
}

const struct foreign_word *foreign_row(uint32_t number) {
  const struct foreign_word *row = foreign_words;
  while (row->words && number) row++, number--;
  if (row->words) return row;
  for (row = foreign_anywhere; row->words && number; row++) number--;
  return row->words ? row : NULL;
}

const char *foreign_spelling(const char *const *names, uint32_t count, const char *word) {
  for (uint32_t i = 0; i < count; i++)
    if (*significant(word) && is_word(names[i], word)) return names[i];
  return NULL;
}

const char *foreign_hint(struct arena *arena, const char *place, const char *word) {
  const struct foreign_word *row = foreign_key(place, word);
  if (!row) return "";
  return arena_format(arena, strchr("\"{", row->here[0]) ? "; here it is %s" : "; %s", row->here);
}

static bool is_allowed(const char *const *allowed, const char *word) {
  while (*allowed && strcmp(*allowed, word) != 0) allowed++;
  return *allowed != NULL;
}

static const char *value_among(const struct foreign_word *row, const char *field, const char *const *allowed, const char *word) {
  for (; *significant(word) && row->words; row++)
    if (row->place[0] == '=' && !strcmp(row->place + 1, field) && is_allowed(allowed, row->here) && foreign_matches(row, word))
      return row->here;
  return NULL;
}

const char *foreign_value(const char *field, const char *const *allowed, const char *word) {
  for (const char *const *a = allowed; *a; a++) /* Round_Robin */
    if (is_word(*a, word)) return *a;
  const char *found = value_among(foreign_words, field, allowed, word);
  return found ? found : value_among(foreign_anywhere, field, allowed, word);
}
