/* A member of a family by its word, and keys that the chosen one does not have. */
#include "sim/engine/arena.h"
#include "sim/scenario/bind_inner.h"
#include <assert.h>
#include <string.h>

/* All pointers to structs look alike (C11 6.2.5): the struct's own type of descriptor begins with the member. */
static void choose(void *out, const struct member *m) { memcpy(out, &m, sizeof m); }

const struct member *bind_chosen(const struct field *family, const void *record) {
  const struct member *m;
  memcpy(&m, (const char *)record + family->offset, sizeof m);
  return m;
}

static bool is_called(const struct member *m, const char *word) {
  for (const char *const *also = m->also; also && *also; also++)
    if (!strcmp(*also, word)) return true;
  return false;
}

/* The member that other tools call so, or null. */
static const struct member *also_called(const struct family *family, const char *word) {
  for (const struct member *const *m = family->members; word && *m; m++)
    if (is_called(*m, word)) return *m;
  return NULL;
}

void bind_member(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  int32_t index = -1;
  const struct member *also = also_called(field->family, json_text(value));
  if (also) {
    choose(out, also);
    return;
  }
  bind_word(b, field, value, &index);
  if (index >= 0) choose(out, field->family->members[index]);
}

void bind_implied(const struct field *family, const struct json_value *object, void *record) {
  const struct member *chosen = bind_chosen(family, record);
  for (const struct json_value *v = json_first(object); v && chosen; v = json_next(v)) {
    const struct member *implied = member_implied(family, chosen, json_name(v));
    if (implied) choose((char *)record + family->offset, implied);
  }
}

/* Reads the value for its own errors; true when there are none. What it sets is thrown away. */
static bool is_readable(struct binder *b, const struct record *record, const struct field *f, const struct json_value *given) {
  uint32_t before = diagnostics_errors(b->diagnostics);
  const char *outer = bind_enter(b, f->name);
  bind_field(b, f, given, (char *)arena_alloc(b->arena, record->size) + f->offset);
  b->path = outer;
  return diagnostics_errors(b->diagnostics) == before;
}

bool bind_misplaced(struct binder *b, const struct record *record, const struct record_keys *key, const void *out,
                    const struct json_value *given) {
  if (!key->member) return false;
  const struct field *f = key->field;
  const struct family *family = key->family->family;
  const struct member *chosen = bind_chosen(key->family, out);
  if (!chosen || member_key(chosen, f->name)) return false;
  if (!is_readable(b, record, f, given) || family->overlaid) return true;
  const char *why = f->elsewhere
                        ? f->elsewhere
                        : arena_format(b->arena, "\"%s\" belongs to %s", f->name, members_with_key(b->arena, family, f->name));
  diagnostic_add(b->diagnostics, json_name_position(given), "%s: %s%s%s", b->path, why, chosen->instead ? "; " : "",
                 chosen->instead ? chosen->instead : "");
  b->misplaced++;
  return true;
}

const struct field *bind_row(const struct record_keys *key, const void *out) {
  const struct member *chosen = key->member ? bind_chosen(key->family, out) : NULL;
  return chosen ? member_key(chosen, key->field->name) : NULL;
}
