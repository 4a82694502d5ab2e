/* `aguanta explain WORD` for a word that is no path: keys and terms whose name, words or text have it, and words of other tools. */
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/json/json.h"
#include "sim/language/example.h"
#include "sim/language/explain_tree.h"
#include "sim/language/schema.h"
#include "sim/language/terms.h"
#include "sim/language/walk.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/record_keys.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 15, FOUND_MOST = 4000, NAMES_MOST = 8000, PATH_MOST = 60 };

/* How well something fits; equal ones stay in the order of the tables. */
enum fit { NO_FIT, IN_TEXT, AS_WORD, AS_VALUE, IN_NAME, MEANT, AS_NAME, THE_WORD };

struct finding {
  const char *title, *text;
  const char *key;             /* path; null: a term */
  const struct member *member; /* whose key or word it is */
  struct term term;            /* where it is one */
  enum fit fit;
  uint32_t order;
};

struct search {
  struct arena *arena;
  const struct record *root;
  const struct explain_view *view;
  const char *word;
  const char *topic; /* all terms of a kind are asked for; null: not */
  struct finding *found;
  uint32_t count;
};

static enum fit better(enum fit a, enum fit b) { return a > b ? a : b; }

/* What is there already keeps its place, unless the other fits better. */
static void add(struct search *s, const struct finding *what) {
  if (!what->fit) return;
  for (uint32_t i = 0; i < s->count; i++)
    if (!strcmp(s->found[i].title, what->title)) {
      if (s->found[i].fit < what->fit)
        s->found[i].fit = what->fit, s->found[i].text = what->text, s->found[i].member = what->member;
      return;
    }
  if (s->count == FOUND_MOST) return;
  s->found[s->count] = *what;
  s->found[s->count].order = s->count;
  s->count++;
}

/* --- how well a text fits ----------------------------------------------------------------------------------------------------- */

/* Whether the text has the word between two characters that are no letters, or inside another word. */
static enum fit fit_of_phrase(const char *text, const char *word) {
  size_t length = strlen(word);
  enum fit fit = NO_FIT;
  for (const char *p = text; p && (p = strcasestr(p, word)); p++) {
    bool begins = p == text || !isalnum((unsigned char)p[-1]), ends = !isalnum((unsigned char)p[length]);
    if (begins && ends) return AS_WORD;
    if ((begins && length > 2) || length > 4) fit = IN_TEXT;
  }
  return fit;
}

/* Of several words: all of them, wherever. */
static enum fit fit_of_text(const char *text, const char *words) {
  enum fit fit = fit_of_phrase(text, words), least = IN_TEXT;
  if (fit || !strchr(words, ' ')) return fit;
  while (*words && least) {
    char word[64];
    size_t length = strcspn(words, " ");
    snprintf(word, sizeof word, "%.*s", (int)length, words);
    if (!fit_of_phrase(text, word)) least = NO_FIT;
    words += length + strspn(words + length, " ");
  }
  return least;
}

/* Upper and lower case are one, and '_', '-' and ' ' are. */
static bool same_name(const char *a, const char *b, size_t length) {
  if (strlen(b) != length) return false;
  for (size_t i = 0; i < length; i++) {
    char x = (char)tolower((unsigned char)a[i]), y = (char)tolower((unsigned char)b[i]);
    if (x == '-' || x == ' ') x = '_';
    if (y == '-' || y == ' ') y = '_';
    if (x != y) return false;
  }
  return true;
}

static enum fit fit_of_name(const char *name, const char *word) {
  size_t length = strlen(name), plural = length > 3 && name[length - 1] == 's' ? 1 : 0;
  if (same_name(name, word, length) || (plural && same_name(name, word, length - 1))) return AS_NAME;
  return strlen(word) > 2 && strcasestr(name, word) ? IN_NAME : NO_FIT;
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

static enum fit fit_of_field(const struct search *s, const struct field *f) {
  enum fit fit = better(fit_of_name(f->name, s->word), better(fit_of_text(f->doc, s->word), fit_of_text(f->source, s->word)));
  for (const char *const *w = field_words(s->arena, f); w && *w; w++)
    if (!strcasecmp(*w, s->word)) fit = better(fit, AS_VALUE);
  if (f->kind == FIELD_RECORD || f->kind == FIELD_MAP || f->kind == FIELD_LIST)
    fit = better(fit, fit_of_text(f->record->doc, s->word));
  return fit;
}

/* Whether a word of another tool that is looked for means this key. */
static enum fit fit_among(const struct foreign_word *row, const struct search *s, const char *path) {
  enum fit fit = NO_FIT;
  for (; row->words; row++)
    if (row->path && !strcmp(row->path, path) && foreign_matches(row, s->word))
      fit = better(fit, *row->place == '=' ? IN_NAME : MEANT);
  return fit;
}

static enum fit fit_of_foreign(const struct search *s, const char *path) {
  return better(fit_among(foreign_words, s, path), fit_among(foreign_anywhere, s, path));
}

/* autoscale.min is the end of services.NAME.autoscale.min. */
static enum fit fit_of_path(const char *path, const char *word) {
  size_t length = strlen(path), end = strlen(word);
  return strchr(word, '.') && length > end && path[length - end - 1] == '.' && !strcasecmp(path + length - end, word) ? AS_NAME
                                                                                                                      : NO_FIT;
}

/* A member's own sentence says more than that of the key. */
static void add_members(struct search *s, const struct language_key *key) {
  for (const struct member *const *m = key->field->family->members; *m; m++) {
    enum fit fit = strcasecmp((*m)->word, s->word) ? fit_of_text((*m)->doc, s->word) : AS_VALUE;
    for (const char *const *also = (*m)->also; also && *also; also++)
      if (!strcasecmp(*also, s->word)) fit = AS_VALUE;
    add(s, &(struct finding){.title = key->path,
                             .text = arena_format(s->arena, "%s: %s", (*m)->word, (*m)->doc),
                             .key = key->path,
                             .member = *m,
                             .fit = fit});
  }
}

static void visit_key(void *context, const struct language_key *key) {
  struct search *s = context;
  const struct record *record = key->kind ? key->kind->record : NULL;
  const char *text = key->field ? key->field->doc : record ? record->doc : NULL;
  enum fit fit =
      key->field ? fit_of_field(s, key->field) : better(fit_of_name(key->kind->key, s->word), fit_of_text(text, s->word));
  if (key->field && key->field->kind == FIELD_MEMBER) add_members(s, key);
  fit = better(fit, better(fit_of_foreign(s, key->path), fit_of_path(key->path, s->word)));
  add(s, &(struct finding){.title = key->path, .text = text ? text : "", .key = key->path, .member = key->member, .fit = fit});
}

/* --- terms -------------------------------------------------------------------------------------------------------------------- */

static enum fit fit_of_words(const char *words, const char *word) {
  enum fit fit = NO_FIT;
  for (const char *p = words; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    if (same_name(p, word, strcspn(p, "|"))) return p == words ? AS_NAME : MEANT;
  if (strlen(word) > 3) fit = fit_of_phrase(words, word);
  return fit;
}

static void visit_term(void *context, const struct term *t) {
  struct search *s = context;
  const char *name = arena_format(s->arena, "%.*s", (int)strcspn(t->words, "|"), t->words);
  enum fit fit = better(fit_of_words(t->words, s->word), fit_of_text(t->text, s->word));
  if (s->topic) fit = strstr(s->topic, t->kind) ? AS_NAME : NO_FIT;
  const char *title = t->title ? arena_text(s->arena, t->title) : name;
  for (uint32_t i = 0; i < s->count; i++) /* one name, two meanings */
    if (!s->found[i].key && !strcmp(s->found[i].title, title)) title = arena_format(s->arena, "%s (%s)", title, t->kind);
  add(s, &(struct finding){.title = title, .text = arena_format(s->arena, "%s: %s", t->kind, t->text), .term = *t, .fit = fit});
}

static const char *topic_of(const char *word) {
  static const struct {
    const char *words, *kind;
  } topics[] = {{"measures|metric names|claim functions|aggregates", "measure"},
                {"units", "unit"},
                {"distributions|laws", "distribution"},
                {"causes|causes of errors|outcomes|error causes", "cause of an error"},
                {"columns|output columns|csv columns", "output column"},
                {"headings|sections", "heading of answers"},
                {"exit codes|exit code|exit|exit status|return codes", "exit code"},
                {"kinds of time|time kinds", "kind of time"},
                {"verdicts", "word of verdicts"},
                {"counters", "a count of a part"},
                {"gauges", "a level of a part"},
                {"meters", "a count of a part|a level of a part|a time of a part"},
                {"commands", "command"},
                {"options|flags", "option"}};
  for (size_t i = 0; i < sizeof topics / sizeof *topics; i++)
    if (fit_of_words(topics[i].words, word) >= MEANT) return topics[i].kind;
  return NULL;
}

/* --- the answer --------------------------------------------------------------------------------------------------------------- */

static int compare_fit(const void *a, const void *b) {
  const struct finding *x = a, *y = b;
  if (x->fit != y->fit) return x->fit > y->fit ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

/* Of two lines at least, where it is a part of a scenario. */
static void put_example(struct search *s, FILE *out, const struct finding *f) {
  const char *text = f->key ? "" : term_example(s->arena, s->root, &f->term);
  if (f->key)
    text = example_print(s->arena, s->root, f->key, f->member, s->view->width);
  else if (*text == '{')
    text = example_folded(s->arena, json_read_text(s->arena, diagnostics_new(s->arena), "example", text, strlen(text)),
                          s->view->width);
  else if (*text) {
    fprintf(out, "\nexample:\n  %s\n", text);
    return;
  }
  if (*text) fprintf(out, "\nexample of %s, over a scenario (\"extends\" names it):\n%s", f->title, text);
}

static char *print(struct search *s) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  struct tree t = {s->arena, out, s->view->width, s->view->all};
  int width = 0;
  uint32_t shown = s->view->all || s->topic || s->count < SHOWN ? s->count : SHOWN;
  for (uint32_t i = 0; i < shown; i++) {
    int length = (int)strlen(s->found[i].title);
    if (length > width && length <= PATH_MOST) width = length;
  }
  fprintf(out, "about \"%s\":\n", s->word);
  for (uint32_t i = 0; i < shown; i++) tree_line(&t, 2, s->found[i].title, width + 1, s->found[i].text);
  if (s->count > shown) fprintf(out, "  and %u more: 'aguanta explain -v %s'\n", s->count - shown, s->word);
  if (!s->topic && strlen(s->found[0].text) + (size_t)width + 4 > t.width) fputc('\n', out), tree_wrap(&t, 0, s->found[0].text);
  put_example(s, out, &s->found[0]);
  if (s->found[0].key) fprintf(out, "See 'aguanta explain %s'.\n", s->found[0].key);
  fclose(out);
  char *text = arena_text(s->arena, memory);
  free(memory);
  return text;
}

static struct search *search(struct arena *arena, const struct record *root, const char *word, const struct explain_view *view) {
  struct search *s = arena_alloc(arena, sizeof *s);
  *s = (struct search){.arena = arena, .root = root, .view = view, .word = word, .topic = topic_of(word)};
  s->found = arena_alloc(arena, FOUND_MOST * sizeof *s->found);
  if (!*word) return s;
  if (!s->topic) language_walk(arena, root, visit_key, s);
  terms_each(arena, visit_term, s);
  for (const struct term *t = view->more; t && t->words; t++) visit_term(s, t);
  qsort(s->found, s->count, sizeof *s->found, compare_fit);
  return s;
}

/* p99.9 is what p95 is, at another share. */
static bool is_percentile(const char *word) {
  char *end;
  if (tolower((unsigned char)*word) != 'p' || !isdigit((unsigned char)word[1])) return false;
  double percent = strtod(word + 1, &end);
  return !*end && percent > 0 && percent < 100;
}

static const char *at_share(struct arena *arena, const char *text, const char *percentile) {
  const char *from = "p95(", *out = "", *at;
  for (; (at = strstr(text, from)); text = at + strlen(from))
    out = arena_format(arena, "%s%.*s%s(", out, (int)(at - text), text, percentile);
  return arena_format(arena, "%s%s", out, text);
}

static struct search *search_percentile(struct arena *arena, const struct record *root, const char *word,
                                        const struct explain_view *view) {
  struct search *s = search(arena, root, "percentile", view);
  s->word = word;
  for (uint32_t i = 0; i < s->count; i++)
    if (!strncmp(s->found[i].title, "p95(", 4)) s->found[i].fit = THE_WORD;
  qsort(s->found, s->count, sizeof *s->found, compare_fit);
  for (uint32_t i = 0; i < s->count; i++) {
    s->found[i].title = at_share(arena, s->found[i].title, word);
    if (s->found[i].term.example) s->found[i].term.example = at_share(arena, s->found[i].term.example, word);
  }
  return s;
}

/* The word itself, what stands before the parentheses of a claim, or the word without its ending. */
static struct search *found_of(struct arena *arena, const struct record *root, const char *word, const struct explain_view *view) {
  static const char *const endings[] = {"s", "ing", "ed", "er", "es"}; /* throttling, limited, limits */
  size_t length = strcspn(word, "(");
  if (length && word[length]) word = arena_format(arena, "%.*s", (int)length, word);
  if (is_percentile(word)) return search_percentile(arena, root, word, view);
  struct search *s = search(arena, root, word, view);
  for (size_t i = 0; !s->count && i < sizeof endings / sizeof *endings; i++) {
    size_t end = strlen(endings[i]);
    if (length > end + 3 && !strcmp(word + length - end, endings[i]))
      s = search(arena, root, arena_format(arena, "%.*s", (int)(length - end), word), view);
  }
  return s;
}

char *explain_search(struct arena *arena, const struct record *root, const char *word, const struct explain_view *view) {
  struct search *s = found_of(arena, root, word, view);
  return s->count ? print(s) : NULL;
}

uint32_t explain_found(struct arena *arena, const struct record *root, const char *word, const struct explain_view *view) {
  return search(arena, root, word, view)->count;
}

/* --- nearest words ------------------------------------------------------------------------------------------------------------ */

struct names {
  struct arena *arena;
  const char *name[NAMES_MOST];
  uint32_t count;
};

static void add_name(struct names *n, const char *name) {
  if (n->count < NAMES_MOST) n->name[n->count++] = name;
}

static void add_key_name(void *context, const struct language_key *key) {
  struct names *n = context;
  add_name(n, key->field ? key->field->name : key->kind->key);
  for (const char *const *w = key->field ? field_words(n->arena, key->field) : NULL; w && *w; w++) add_name(n, *w);
}

static void add_term_names(void *context, const struct term *t) {
  struct names *n = context;
  for (const char *p = t->words; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
    add_name(n, arena_format(n->arena, "%.*s", (int)strcspn(p, "|"), p));
}

static void drop_name(struct names *n, const char *name) {
  for (uint32_t i = 0; i < n->count; i++)
    if (!strcasecmp(n->name[i], name)) n->name[i--] = n->name[--n->count];
}

const char *explain_nearest(struct arena *arena, const struct record *root, const char *word, const struct explain_view *view) {
  enum { NEAREST = 3 };
  struct names *n = arena_alloc(arena, sizeof *n);
  n->arena = arena;
  language_walk(arena, root, add_key_name, n);
  terms_each(arena, add_term_names, n);
  for (const struct term *t = view->more; t && t->words; t++) add_term_names(n, t);
  const char *text = "";
  for (int i = 0; i < NEAREST; i++) {
    const char *near = nearest_name(word, n->name, n->count);
    if (!near) break;
    text = arena_format(arena, "%s%s\"%s\"", text, *text ? " or " : "; did you mean ", near);
    drop_name(n, near);
  }
  return *text ? arena_format(arena, "%s?", text) : "";
}
