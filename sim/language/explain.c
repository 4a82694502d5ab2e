#include "sim/engine/arena.h"
#include "sim/scenario/record_keys.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/place.h"
#include "sim/language/schema.h"
#include "sim/engine/allocate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explainer {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const char *path;
};

/* Below a map or list: the record of its entries, whose name need not be given. */
static struct place entry_of(struct place p) {
  if (p.what == PLACE_MAP || p.what == PLACE_LIST) return place_of_record(p.record);
  if (p.what == PLACE_CHOICES) return (struct place){.what = PLACE_CHOICE, .choices = p.choices};
  return p;
}

static struct place unknown(struct explainer *e, struct place p, const char *rest, const char *name) {
  uint32_t count;
  const char *const *names = place_names(e->arena, p, &count), *nearest = nearest_name(name, names, count);
  const char *foreign = p.record ? foreign_hint(e->arena, p.record->name, name) : "";
  const char *hint = *foreign  ? foreign
                     : nearest ? arena_format(e->arena, "; did you mean \"%.*s%s%s\"?", (int)(rest - e->path), e->path, nearest,
                                              rest + strlen(name))
                     : count   ? arena_format(e->arena, "; there are: %s", words_joined(e->arena, names, ", "))
                               : "";
  const char *where = rest == e->path ? "the scenario" : arena_format(e->arena, "\"%.*s\"", (int)(rest - e->path) - 1, e->path);
  diagnostic_add(e->diagnostics, NULL, "there is no \"%s\" in %s%s", name, where, hint);
  return (struct place){0};
}

/* A step that is no key of the entries is the name of one, unless it ends the path and looks like a misspelt key. */
static struct place step(struct explainer *e, struct place p, const char *rest, const char *name) {
  struct place inner = entry_of(p), next = place_step(inner, name, NULL);
  const struct alternative *kind = inner.what == PLACE_CHOICE ? choice_named(inner.choices, name) : NULL;
  if (kind && kind->flat) return place_of_record(kind->record); /* its keys are what one asks for */
  if (next.what != PLACE_UNKNOWN) return next;
  bool collection = p.what == PLACE_MAP || place_step(p, name, NULL).what != PLACE_UNKNOWN;
  uint32_t count;
  const char *const *names = place_names(e->arena, inner, &count);
  bool misspelt = rest[strlen(name)] == 0 && nearest_name(name, names, count);
  return collection && !misspelt ? inner : unknown(e, inner, rest, name);
}

static struct place find(struct explainer *e, const struct record *root) {
  struct place p = place_of_record(root);
  for (const char *rest = e->path; *rest && p.what != PLACE_UNKNOWN;) {
    size_t length = strcspn(rest, ".");
    p = step(e, p, rest, arena_format(e->arena, "%.*s", (int)length, rest));
    rest += length + (rest[length] == '.');
  }
  return p;
}

static const char *default_text(struct arena *arena, const struct field *f) {
  if (!f->fallback) return field_required(f) ? "required" : f->optional ? "optional" : "";
  return f->source ? arena_format(arena, "default %s (%s)", f->fallback, f->source)
                   : arena_format(arena, "default %s", f->fallback);
}

static void put_field(FILE *out, struct arena *arena, const struct field *f, const char *indent) {
  const char *range = field_range(arena, f), *fallback = default_text(arena, f);
  fprintf(out, "%s%s%s%s%s%s\n", indent, field_takes(arena, f), *range ? ", " : "", range, *fallback ? "; " : "", fallback);
  if (f->doc) fprintf(out, "%s%s\n", indent, f->doc);
}

static void put_one_of(FILE *out, const struct record *record) {
  uint32_t count = 0;
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of) fprintf(out, "%s\"%s\"", count++ ? ", " : "Exactly one of ", f->name);
  if (count) fputs(" is given.\n", out);
}

static void put_key(FILE *out, struct arena *arena, const struct field *f) {
  fprintf(out, "  %s\n", f->name);
  put_field(out, arena, f, "      ");
}

static void put_keys(FILE *out, struct arena *arena, const struct field *fields) {
  for (const struct field *f = fields; f->name; f++) put_key(out, arena, f);
}

static void put_own_keys(FILE *out, struct arena *arena, const struct record *record) {
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    if (!k.member) put_key(out, arena, k.field);
}

static void put_other_words(FILE *out, const struct member *m) {
  for (const char *const *also = m->also; also && *also; also++)
    fprintf(out, "%s%s%s", also == m->also ? "  also written: " : ", ", *also, also[1] ? "" : ".\n");
}

/* Each member, and the keys that it adds to the record. */
static void put_members(FILE *out, struct arena *arena, const struct field *family) {
  for (const struct member *const *m = family->family->members; *m; m++) {
    fprintf(out, "\n%s %s: %s\n", family->name, (*m)->word, (*m)->doc);
    put_other_words(out, *m);
    if ((*m)->keys) put_keys(out, arena, (*m)->keys);
  }
}

static void put_record(FILE *out, struct arena *arena, const struct record *record) {
  const struct field *family = record_family(record);
  fprintf(out, "\nkeys of %s:\n", record->name);
  put_own_keys(out, arena, record);
  if (family) put_members(out, arena, family);
  if (record->shorthand) fprintf(out, "A value that is not an object sets \"%s\".\n", record->shorthand);
  put_one_of(out, record);
}

static void put_choice(FILE *out, const struct choice_set *set) {
  fprintf(out, "\n%ss:\n", set->name);
  for (const struct alternative *const *k = set->kinds; *k; k++)
    fprintf(out, "  %-16s %s\n", (*k)->key, (*k)->record && (*k)->record->doc ? (*k)->record->doc : "");
  if (set->shorthand_key) fprintf(out, "A bare value means {\"%s\": value}.\n", set->shorthand_key);
}

static void put_distributions(FILE *out) {
  fputs("\ndistributions:\n", out);
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++)
    fprintf(out, "  %-16s %s\n", (*k)->name, (*k)->doc ? (*k)->doc : "");
}

/* Which members the key is of, if it is not of all. */
static void put_whose(FILE *out, struct arena *arena, struct place p) {
  const struct field *family = p.field && p.owner ? record_family(p.owner) : NULL;
  const char *whose = family ? members_with_key(arena, family->family, p.field->name) : "";
  if (*whose) fprintf(out, "  Of %s %s.\n", family->name, whose);
}

static void put_place(FILE *out, struct arena *arena, struct place p, const char *path) {
  fprintf(out, "%s\n", *path ? path : p.record->name);
  if (p.field) put_field(out, arena, p.field, "  ");
  put_whose(out, arena, p);
  if (p.what == PLACE_VALUE || p.what == PLACE_DISTRIBUTION)
    fputs("  or with its source and its range: {\"value\": ..., \"source\": \"...\", \"range\": [low, high]}\n", out);
  if (p.field && p.field->kind == FIELD_MEMBER) put_members(out, arena, p.field);
  struct place inner = entry_of(p);
  if (inner.what == PLACE_RECORD && inner.record->doc) fprintf(out, "  %s\n", inner.record->doc);
  if (inner.what == PLACE_CHOICE && inner.choices->doc) fprintf(out, "  %s\n", inner.choices->doc);
  if (inner.what == PLACE_RECORD) put_record(out, arena, inner.record);
  if (inner.what == PLACE_CHOICE) put_choice(out, inner.choices);
  if (inner.what == PLACE_DISTRIBUTION) put_distributions(out);
  if (inner.what == PLACE_PARAMETER)
    fputs("  a parameter of a distribution, see docs/scenario.md, a weight, or a part of a number\n", out);
}

char *explain_print(struct arena *arena, const struct record *root, const char *path, struct diagnostics *d) {
  struct explainer e = {arena, d, path ? path : ""};
  struct place p = find(&e, root);
  if (p.what == PLACE_UNKNOWN) return NULL;
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  put_place(out, arena, p, e.path);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}
