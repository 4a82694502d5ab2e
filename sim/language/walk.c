#include "sim/language/walk.h"
#include "sim/engine/arena.h"
#include "sim/scenario/record_keys.h"
#include <string.h>

enum { RECORDS_MOST = 1000 };

struct walker {
  struct arena *arena;
  void (*visit)(void *, const struct language_key *);
  void *context;
  const void *seen[RECORDS_MOST]; /* records and choices: each is walked where it is met first */
  uint32_t seen_count;
};

static bool met(struct walker *w, const void *what) {
  for (uint32_t i = 0; i < w->seen_count; i++)
    if (w->seen[i] == what) return true;
  if (w->seen_count == RECORDS_MOST) return true;
  w->seen[w->seen_count++] = what;
  return false;
}

static const char *below(struct walker *w, const char *path, const char *name) {
  return *path ? arena_format(w->arena, "%s.%s", path, name) : name;
}

static void walk_record(struct walker *, const struct record *, const char *path);

static void walk_choice(struct walker *w, const struct choice_set *set, const char *path) {
  if (met(w, set)) return;
  for (const struct alternative *const *k = set->kinds; *k; k++) {
    const char *here = below(w, path, (*k)->key);
    w->visit(w->context, &(struct language_key){.path = here, .kind = *k, .choices = set});
    if ((*k)->record) walk_record(w, (*k)->record, here);
  }
}

static void walk_below(struct walker *w, const struct field *f, const char *path) {
  bool named = f->kind == FIELD_MAP || f->kind == FIELD_REFERENCE_MAP;
  if (f->record) walk_record(w, f->record, named ? below(w, path, "NAME") : path);
  if (f->choices) walk_choice(w, f->choices, path);
}

/* The rows that the other members have of the key of one. */
static void walk_other_members(struct walker *w, const struct language_key *first, const struct member *const *rest) {
  for (; *rest; rest++) {
    struct language_key key = *first;
    key.field = member_key(*rest, first->field->name), key.member = *rest;
    if (key.field) w->visit(w->context, &key), walk_below(w, key.field, key.path);
  }
}

static void walk_record(struct walker *w, const struct record *record, const char *path) {
  if (met(w, record)) return;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    const struct language_key key = {.path = below(w, path, k.field->name),
                                     .field = k.field,
                                     .record = record,
                                     .family = k.member ? record_family(record) : NULL,
                                     .member = k.member ? *k.member : NULL};
    w->visit(w->context, &key);
    walk_below(w, k.field, key.path);
    if (k.member) walk_other_members(w, &key, k.member + 1);
  }
}

void language_walk(struct arena *arena, const struct record *root, void (*visit)(void *, const struct language_key *),
                   void *context) {
  struct walker *w = arena_alloc(arena, sizeof *w);
  *w = (struct walker){.arena = arena, .visit = visit, .context = context};
  walk_record(w, root, "");
}
