/* `aguanta explain WORD` for a word that is no path: keys whose name, values or text have it, and words of other tools. */
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/claim_words.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/record_keys.h"
#include "sim/language/schema.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 10, FOUND_MOST = 2000, RECORDS_MOST = 500, CLAIM_ROOM = 12 };

/* How well a key fits; equal ones stay in the order of the tables. */
enum fit { IN_TEXT = 1, AS_WORD = 2, AS_VALUE = 3, IN_NAME = 4, MEANT = 5, AS_NAME = 6 };

struct finding {
  const char *path, *text;
  enum fit fit;
  uint32_t order;
};

struct search {
  struct arena *arena;
  const char *word;
  struct finding *found;
  uint32_t count;
  const void *seen[RECORDS_MOST]; /* records and choices: each is searched where it is met first */
  uint32_t seen_count;
};

static void add(struct search *s, const char *path, const char *text, enum fit fit) {
  for (uint32_t i = 0; i < s->count; i++)
    if (!strcmp(s->found[i].path, path)) {
      if (s->found[i].fit < fit) s->found[i].fit = fit;
      return;
    }
  if (s->count < FOUND_MOST) {
    s->found[s->count] = (struct finding){path, text, fit, s->count};
    s->count++;
  }
}

/* Whether the text has the word between two characters that are no letters, or inside another word. */
static enum fit fit_of_text(const char *text, const char *word) {
  size_t length = strlen(word);
  enum fit fit = 0;
  for (const char *p = text; p && (p = strcasestr(p, word)); p++) {
    bool begins = p == text || !isalnum((unsigned char)p[-1]), ends = !isalnum((unsigned char)p[length]);
    if (begins && ends) return AS_WORD;
    if (begins || length > 4) fit = IN_TEXT;
  }
  return fit;
}

static enum fit better(enum fit a, enum fit b) { return a > b ? a : b; }

static enum fit fit_of_name(const char *name, const char *word) {
  if (!strcasecmp(name, word)) return AS_NAME;
  return strlen(word) > 2 && strcasestr(name, word) ? IN_NAME : 0;
}

static enum fit fit_of_field(struct arena *arena, const struct field *f, const char *word) {
  enum fit fit = better(fit_of_name(f->name, word), better(fit_of_text(f->doc, word), fit_of_text(f->source, word)));
  for (const char *const *w = field_words(arena, f); w && *w; w++)
    if (!strcasecmp(*w, word)) fit = better(fit, AS_VALUE);
  if (f->kind == FIELD_RECORD || f->kind == FIELD_MAP || f->kind == FIELD_LIST)
    fit = better(fit, fit_of_text(f->record->doc, word));
  return fit;
}

/* Whether a word of another tool that is looked for means this key. */
static enum fit fit_of_foreign(const struct search *s, const char *path) {
  enum fit fit = 0;
  for (const struct foreign_word *row = foreign_words; row->words; row++)
    if (row->path && !strcmp(row->path, path) && foreign_matches(row, s->word))
      fit = better(fit, *row->place == '=' ? IN_NAME : MEANT);
  return fit;
}

static bool met(struct search *s, const void *what) {
  for (uint32_t i = 0; i < s->seen_count; i++)
    if (s->seen[i] == what) return true;
  if (s->seen_count == RECORDS_MOST) return true;
  s->seen[s->seen_count++] = what;
  return false;
}

static const char *below(struct search *s, const char *path, const char *name) {
  return *path ? arena_format(s->arena, "%s.%s", path, name) : name;
}

static void search_record(struct search *s, const struct record *record, const char *path);

static void search_choice(struct search *s, const struct choice_set *set, const char *path) {
  if (met(s, set)) return;
  for (const struct alternative *const *k = set->kinds; *k; k++) {
    const char *here = below(s, path, (*k)->key), *doc = (*k)->record ? (*k)->record->doc : "";
    enum fit fit = better(fit_of_name((*k)->key, s->word), better(fit_of_foreign(s, here), fit_of_text(doc, s->word)));
    if (fit) add(s, here, doc, fit);
    if ((*k)->record) search_record(s, (*k)->record, here);
  }
}

/* A member's own sentence says more than that of the key. */
static void search_family(struct search *s, const struct field *f, const char *path) {
  for (const struct member *const *m = f->family->members; *m; m++) {
    enum fit fit = strcasecmp((*m)->word, s->word) ? fit_of_text((*m)->doc, s->word) : AS_VALUE;
    for (const char *const *also = (*m)->also; also && *also; also++)
      if (!strcasecmp(*also, s->word)) fit = AS_VALUE;
    if (fit) add(s, path, arena_format(s->arena, "%s: %s", (*m)->word, (*m)->doc), fit);
  }
}

static void search_record(struct search *s, const struct record *record, const char *path) {
  if (met(s, record)) return;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    const struct field *f = k.field;
    const char *here = below(s, path, f->name);
    enum fit fit = better(fit_of_field(s->arena, f, s->word), fit_of_foreign(s, here));
    if (f->kind == FIELD_MEMBER) search_family(s, f, here);
    if (fit) add(s, here, f->doc ? f->doc : "", fit);
    bool named = f->kind == FIELD_MAP || f->kind == FIELD_REFERENCE_MAP;
    if (f->record) search_record(s, f->record, named ? below(s, here, "NAME") : here);
    if (f->choices) search_choice(s, f->choices, here);
  }
}

static void search_claims(struct search *s) {
  const struct claim_word *w = claim_word_named(s->word, strlen(s->word));
  if (!w) return;
  const char *argument = w->argument ? w->argument : "NAME";
  add(s, "claims",
      arena_format(s->arena, "Here it is \"%s(%s%s)\", with a comparison: see docs/results.md.", w->aggregate, argument,
                   w->quantity),
      MEANT);
}

static void search_distributions(struct search *s) {
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++) {
    enum fit fit = better(fit_of_name((*k)->name, s->word), fit_of_text((*k)->doc, s->word));
    if (fit)
      add(s, arena_format(s->arena, "{\"%s\": ...}", (*k)->name), arena_format(s->arena, "A distribution: %s", (*k)->doc), fit);
  }
}

static int compare_fit(const void *a, const void *b) {
  const struct finding *x = a, *y = b;
  if (x->fit != y->fit) return x->fit > y->fit ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

static const char *first_sentence(struct arena *arena, const char *text) {
  enum { MOST = 110 };
  const char *end = strstr(text, ". ");
  size_t length = end ? (size_t)(end - text) + 1 : strlen(text);
  if (length <= MOST) return arena_format(arena, "%.*s", (int)length, text);
  for (length = MOST; length && text[length] != ' ';) length--;
  return arena_format(arena, "%.*s ...", (int)length, text);
}

static char *print(struct search *s) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  int width = 0;
  uint32_t shown = s->count < SHOWN ? s->count : SHOWN;
  qsort(s->found, s->count, sizeof *s->found, compare_fit);
  for (uint32_t i = 0; i < shown; i++)
    if ((int)strlen(s->found[i].path) > width) width = (int)strlen(s->found[i].path);
  fprintf(out, "about \"%s\":\n", s->word);
  for (uint32_t i = 0; i < shown; i++)
    fprintf(out, "  %-*s  %s\n", width, s->found[i].path, first_sentence(s->arena, s->found[i].text));
  if (s->count > shown) fprintf(out, "  and %u more\n", s->count - shown);
  if (*s->found[0].path != '{') fprintf(out, "See 'aguanta explain %s'.\n", s->found[0].path);
  fclose(out);
  char *text = arena_text(s->arena, memory);
  free(memory);
  return text;
}

static char *search(struct arena *arena, const struct record *root, const char *word) {
  struct search *s = arena_alloc(arena, sizeof *s);
  *s = (struct search){.arena = arena, .word = word};
  s->found = arena_alloc(arena, FOUND_MOST * sizeof *s->found);
  if (!*word) return NULL;
  search_record(s, root, "");
  search_claims(s);
  search_distributions(s);
  return s->count ? print(s) : NULL;
}

char *explain_search(struct arena *arena, const struct record *root, const char *word) {
  static const char *const endings[] = {"s", "ing", "ed", "er", "es"}; /* throttling, limited, limits */
  char *text = search(arena, root, word);
  size_t length = strlen(word);
  for (size_t i = 0; !text && i < sizeof endings / sizeof *endings; i++) {
    size_t end = strlen(endings[i]);
    if (length > end + 3 && !strcmp(word + length - end, endings[i]))
      text = search(arena, root, arena_format(arena, "%.*s", (int)(length - end), word));
  }
  return text;
}
