/* The page of a key: what it takes, and the keys in it as a tree. */
#include "sim/engine/arena.h"
#include "sim/scenario/record_keys.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/place.h"
#include "sim/language/explain_tree.h"
#include "sim/language/schema.h"
#include "sim/engine/allocate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct explainer {
  struct arena *arena;
  struct diagnostics *diagnostics; /* null: nothing is said of a path that leads nowhere */
  const char *path;
  const char *canonical; /* as far as it was followed */
};

/* Below a map or list: the record of its entries, whose name need not be given. */
static struct place entry_of(struct place p) {
  if (p.what == PLACE_MAP || p.what == PLACE_LIST) return place_of_record(p.record);
  if (p.what == PLACE_CHOICES) return (struct place){.what = PLACE_CHOICE, .choices = p.choices};
  return p;
}

static struct place unknown(struct explainer *e, struct place p, const char *rest, const char *name) {
  if (!e->diagnostics) return (struct place){0};
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

static void went(struct explainer *e, const char *name) {
  e->canonical = *e->canonical ? arena_format(e->arena, "%s.%s", e->canonical, name) : name;
}

/* A step that is no key of the entries is the name of one, unless it ends the path and looks like a misspelt key. */
static struct place step(struct explainer *e, struct place p, const char *rest, const char *name) {
  struct place inner = entry_of(p), next = place_step(inner, name, NULL);
  bool key = next.what != PLACE_UNKNOWN && next.what != PLACE_PARAMETER;
  const struct alternative *kind = inner.what == PLACE_CHOICE ? choice_named(inner.choices, name) : NULL;
  if ((kind && kind->flat) || key) {
    if (p.what == PLACE_MAP) went(e, "NAME");
    went(e, name);
  }
  if (kind && kind->flat) return place_of_record(kind->record); /* its keys are what one asks for */
  if (next.what != PLACE_UNKNOWN) return next;
  bool collection = p.what == PLACE_MAP || place_step(p, name, NULL).what != PLACE_UNKNOWN;
  uint32_t count;
  const char *const *names = place_names(e->arena, inner, &count);
  bool misspelt = rest[strlen(name)] == 0 && nearest_name(name, names, count);
  if (!collection || misspelt) return unknown(e, inner, rest, name);
  if (p.what == PLACE_MAP) went(e, "NAME");
  return inner;
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

static void put_field(struct tree *t, const struct field *f) {
  const char *range = field_range(t->arena, f), *fallback = default_text(t->arena, f);
  tree_wrap(
      t, 2,
      arena_format(t->arena, "%s%s%s%s%s", field_takes(t->arena, f), *range ? ", " : "", range, *fallback ? "; " : "", fallback));
  if (f->doc) tree_wrap(t, 2, f->doc);
}

static void put_choice(struct tree *t, const struct choice_set *set) {
  fprintf(t->out, "\n%ss:\n", set->name);
  for (const struct alternative *const *k = set->kinds; *k; k++)
    tree_line(t, 2, (*k)->key, 16, (*k)->record && (*k)->record->doc ? (*k)->record->doc : "");
  if (set->shorthand_key) fprintf(t->out, "A bare value means {\"%s\": value}.\n", set->shorthand_key);
}

static void put_distributions(struct tree *t) {
  fputs("\ndistributions:\n", t->out);
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++)
    tree_line(t, 2, (*k)->name, 16, (*k)->doc ? (*k)->doc : "");
}

/* Which members the key is of, if it is not of all. */
static void put_whose(struct tree *t, struct place p) {
  const struct field *family = p.field && p.owner ? record_family(p.owner) : NULL;
  const char *whose = family ? members_with_key(t->arena, family->family, p.field->name) : "";
  if (*whose) fprintf(t->out, "  Of %s %s.\n", family->name, whose);
}

static void put_place(struct tree *t, struct place p, const char *path) {
  fprintf(t->out, "%s\n", *path ? path : p.record->name);
  if (p.field) put_field(t, p.field);
  put_whose(t, p);
  if (p.what == PLACE_VALUE || p.what == PLACE_DISTRIBUTION)
    tree_wrap(t, 2, "or with its source and its range: {\"value\": ..., \"source\": \"...\", \"range\": [low, high]}");
  if (p.field && p.field->kind == FIELD_MEMBER) tree_members(t, p.field);
  struct place inner = entry_of(p);
  if (inner.what == PLACE_RECORD && inner.record->doc) tree_wrap(t, 2, inner.record->doc);
  if (inner.what == PLACE_CHOICE && inner.choices->doc) tree_wrap(t, 2, inner.choices->doc);
  if (inner.what == PLACE_RECORD) tree_record(t, inner.record);
  if (inner.what == PLACE_CHOICE) put_choice(t, inner.choices);
  if (inner.what == PLACE_DISTRIBUTION) put_distributions(t);
  if (inner.what == PLACE_PARAMETER)
    tree_wrap(t, 2, "a parameter of a distribution, see docs/scenario.md, a weight, or a part of a number");
}

const char *explain_canonical(struct arena *arena, const struct record *root, const char *path) {
  struct explainer e = {arena, NULL, path, ""};
  return find(&e, root).what == PLACE_UNKNOWN ? NULL : e.canonical;
}

char *explain_page(struct arena *arena, const struct record *root, const char *path, const struct explain_view *view,
                   struct diagnostics *d) {
  struct explainer e = {arena, d, path ? path : "", ""};
  struct place p = find(&e, root);
  if (p.what == PLACE_UNKNOWN) return NULL;
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  put_place(&(struct tree){arena, out, view->width, view->all}, p, e.path);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}
