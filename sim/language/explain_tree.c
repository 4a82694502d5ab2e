#include "sim/language/explain_tree.h"
#include "sim/engine/arena.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/place.h"
#include <string.h>

enum { LINES = 60, TYPE_MOST = 34, DEFAULT_MOST = 16, LEAST_TEXT = 24, DEEPEST = 6 };

/* --- lines of text ------------------------------------------------------------------------------------------------------------ */

const char *tree_beginning(struct arena *arena, const char *text, int most) {
  const char *end = strstr(text, ". ");
  int length = end ? (int)(end - text) + 1 : (int)strlen(text);
  if (length <= most) return arena_format(arena, "%.*s", length, text);
  for (length = most > 4 ? most - 4 : 0; length && text[length] != ' ';) length--;
  return length ? arena_format(arena, "%.*s ...", length, text) : "...";
}

void tree_wrap(struct tree *t, int indent, const char *text) {
  int room = (int)t->width > indent + LEAST_TEXT ? (int)t->width - indent : LEAST_TEXT;
  while (*text) {
    int length = (int)strlen(text);
    if (length > room)
      for (length = room; length && text[length] != ' ';) length--;
    if (!length) length = (int)strcspn(text, " ");
    fprintf(t->out, "%*s%.*s\n", indent, "", length, text);
    text += length;
    text += strspn(text, " ");
  }
}

void tree_line(struct tree *t, int indent, const char *name, int name_width, const char *text) {
  int used = indent + ((int)strlen(name) > name_width ? (int)strlen(name) : name_width) + 1;
  int room = (int)t->width - used;
  if (room < LEAST_TEXT && *text) { /* on a line of its own */
    fprintf(t->out, "%*s%s\n", indent, "", name);
    indent += 4, name = "", name_width = -1, room = (int)t->width - indent;
  }
  const char *shown = t->all ? text : tree_beginning(t->arena, text, room);
  if (*shown)
    fprintf(t->out, "%*s%-*s%s%s\n", indent, "", name_width > 0 ? name_width : 0, name, name_width < 0 ? "" : " ", shown);
  else
    fprintf(t->out, "%*s%s\n", indent, "", name);
}

/* --- a key -------------------------------------------------------------------------------------------------------------------- */

static uint32_t key_count(const struct record *record) {
  uint32_t count = 0;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) count++;
  return count;
}

static const char *kind_of(struct arena *arena, const struct field *f) {
  static const char *const names[] = {[FIELD_FLAG] = "true or false",  [FIELD_INTEGER] = "number",
                                      [FIELD_NUMBER] = "number",       [FIELD_DURATION] = "duration",
                                      [FIELD_BYTES] = "size",          [FIELD_CPU] = "CPU",
                                      [FIELD_RATE] = "rate",           [FIELD_QUOTA] = "number per time",
                                      [FIELD_RATIO] = "ratio",         [FIELD_AMOUNT] = "number or %",
                                      [FIELD_BANDWIDTH] = "bandwidth", [FIELD_MONEY] = "money",
                                      [FIELD_CLOCK] = "time of day",   [FIELD_CALENDAR] = "calendar",
                                      [FIELD_LIMIT] = "number",        [FIELD_TEXT] = "text",
                                      [FIELD_SEED] = "number or text", [FIELD_DISTRIBUTION] = "duration or law",
                                      [FIELD_TABLE] = "CSV file",      [FIELD_FILE] = "text file"};
  switch (f->kind) {
  case FIELD_WORD:
  case FIELD_WORDS:
  case FIELD_MEMBER: {
    const char *words = words_joined(arena, field_words(arena, f), "|");
    int most = TYPE_MOST - 5 - (f->fallback ? (int)strlen(f->fallback) : 0);
    return (int)strlen(words) <= most ? words : arena_format(arena, "%.*s...", most > 4 ? most - 3 : 1, words);
  }
  case FIELD_REFERENCE:
  case FIELD_REFERENCES:
    return arena_format(arena, "name of %s", f->target);
  case FIELD_WEIGHTS:
    return f->target ? arena_format(arena, "weights of %s", f->target) : "weights";
  case FIELD_RECORD:
    return arena_format(arena, "{ %u keys }", key_count(f->record));
  case FIELD_LIST:
    return arena_format(arena, "[ { %u keys } ]", key_count(f->record));
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    return arena_format(arena, "{ NAME: { %u keys } }", key_count(f->record));
  case FIELD_CHOICE:
    return arena_format(arena, "a %s", f->choices->name);
  case FIELD_CHOICES:
    return arena_format(arena, "[ %ss ]", f->choices->name);
  default:
    return names[f->kind];
  }
}

static const char *type_of(struct arena *arena, const struct field *f) {
  const char *kind = kind_of(arena, f);
  if (!f->fallback) return field_required(f) ? arena_format(arena, "%s, required", kind) : kind;
  size_t length = strlen(f->fallback);
  bool quoted = *f->fallback == '"' && length > 2;
  const char *value = quoted ? arena_format(arena, "%.*s", (int)length - 2, f->fallback + 1) : f->fallback;
  return (int)strlen(value) <= DEFAULT_MOST ? arena_format(arena, "%s = %s", kind, value) : arena_format(arena, "%s = ...", kind);
}

/* --- trees -------------------------------------------------------------------------------------------------------------------- */

/* The record below a key; null: none, or one that is open already. */
static const struct record *inner_of(const struct field *f, const struct record *const *open, int depth) {
  for (int i = 0; i < depth; i++)
    if (open[i] == f->record) return NULL;
  return f->record;
}

struct rows {
  struct tree *tree;
  const struct record *open[DEEPEST + 1];
  int depth, deepest;
  bool counts; /* instead of printing */
  uint32_t count;
  int name_width, type_width;
};

static void put_rows(struct rows *r, const struct record *record);

static int larger(int a, int b) { return a > b ? a : b; }

static void put_row(struct rows *r, const struct field *f) {
  const char *type = type_of(r->tree->arena, f), *text = f->doc ? f->doc : f->record && f->record->doc ? f->record->doc : "";
  int indent = 2 * (r->depth + 1);
  const char *name = arena_format(r->tree->arena, "%*s%s", indent, "", f->name);
  if (r->counts) {
    r->count++;
    r->name_width = larger(r->name_width, (int)strlen(name)), r->type_width = larger(r->type_width, (int)strlen(type));
  } else
    tree_line(r->tree, 0, arena_format(r->tree->arena, "%-*s  %s", r->name_width, name, type), r->name_width + r->type_width + 3,
              text);
  const struct record *inner = r->depth < r->deepest ? inner_of(f, r->open, r->depth + 1) : NULL;
  if (!inner) return;
  r->depth++;
  put_rows(r, inner);
  r->depth--;
}

static void put_rows(struct rows *r, const struct record *record) {
  r->open[r->depth] = record;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    if (!k.member || r->depth) put_row(r, k.field);
}

static void put_member_rows(struct rows *r, const struct member *m) {
  for (const struct field *f = m->keys; f && f->name; f++) put_row(r, f);
}

static void put_other_words(struct tree *t, const struct member *m) {
  for (const char *const *also = m->also; also && *also; also++)
    fprintf(t->out, "%s%s%s", also == m->also ? "  also written: " : ", ", *also, also[1] ? "" : ".\n");
}

static const char *key_names(struct arena *arena, const struct member *m) {
  const char *names = "";
  for (const struct field *f = m->keys; f && f->name; f++)
    names = arena_format(arena, "%s%s%s", names, *names ? ", " : "", f->name);
  return names;
}

static void put_members(struct rows *r, const struct field *family, bool with_keys) {
  for (const struct member *const *m = family->family->members; *m; m++) {
    if (with_keys) {
      r->count += 2;
      if (!r->counts) fprintf(r->tree->out, "\n%s %s: %s\n", family->name, (*m)->word, (*m)->doc), put_other_words(r->tree, *m);
      put_member_rows(r, *m);
    } else if (!r->counts) {
      if (m == family->family->members) fprintf(r->tree->out, "\nwith \"%s\", and the keys that it adds:\n", family->name);
      tree_line(r->tree, 2, (*m)->word, 16, (*m)->doc);
      if ((*m)->keys) tree_wrap(r->tree, 19, key_names(r->tree->arena, *m));
    }
  }
}

/* As deep, and with as many keys of members, as few enough lines show. */
static void put_all(struct rows *r, const struct record *record, const struct field *family) {
  for (r->deepest = DEEPEST - 1;; r->deepest = r->deepest > 1 ? r->deepest - 1 : 0) {
    r->counts = true, r->count = 0, r->name_width = r->type_width = 0;
    if (record) put_rows(r, record);
    if (family) put_members(r, family, true);
    if (r->tree->all || r->count <= LINES || r->deepest == 0) break;
  }
  bool with_keys = r->tree->all || r->count <= LINES;
  r->type_width = r->type_width > TYPE_MOST ? TYPE_MOST : r->type_width;
  r->counts = false;
  if (record) put_rows(r, record);
  if (family) put_members(r, family, with_keys);
}

static void put_one_of(FILE *out, const struct record *record) {
  uint32_t count = 0;
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of) fprintf(out, "%s\"%s\"", count++ ? ", " : "Exactly one of ", f->name);
  if (count) fputs(" is given.\n", out);
}

void tree_members(struct tree *t, const struct field *family) { put_all(&(struct rows){.tree = t}, NULL, family); }

void tree_record(struct tree *t, const struct record *record) {
  fprintf(t->out, "\nkeys of %s:\n", record->name);
  put_all(&(struct rows){.tree = t}, record, record_family(record));
  if (record->shorthand) fprintf(t->out, "A value that is not an object sets \"%s\".\n", record->shorthand);
  put_one_of(t->out, record);
}
