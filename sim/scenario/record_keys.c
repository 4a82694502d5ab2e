#include "sim/scenario/record_keys.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

const struct field *member_key(const struct member *m, const char *name) {
  for (const struct field *f = m->keys; f && f->name; f++)
    if (!strcmp(f->name, name)) return f;
  return NULL;
}

/* Whether a member that stands before it has the key too. */
static bool was_visited(const struct record_keys *k) {
  for (const struct member *const *m = k->family->family->members; m != k->member; m++)
    if (member_key(*m, k->field->name)) return true;
  return false;
}

/* From the row of a member on: to one that was not visited, of this member or the next ones. False when there is none. */
static bool settle_on_key(struct record_keys *k) {
  for (;;) {
    for (; k->field && k->field->name; k->field++)
      if (!was_visited(k)) return true;
    if (!*++k->member) return false;
    k->field = (*k->member)->keys;
  }
}

static bool begin_members(struct record_keys *k) {
  k->member = k->family->family->members;
  k->field = (*k->member)->keys;
  return settle_on_key(k);
}

static void visit(struct record_keys *, const struct field *row);

/* All of the record, or of what one component adds to it, has been visited. */
static void visit_addition(struct record_keys *k) {
  if (!k->behind) k->addition = OWN_KEYS;
  k->behind = true;
  const struct additions *added = k->record->added;
  const struct record *next = NULL;
  while (!next && added && added->records[k->addition + 1]) next = *added->records[++k->addition];
  k->field = NULL, k->family = NULL;
  if (next) visit(k, next->fields);
}

/* The record has a place for the key of this name. */
static bool is_placed(const struct record *record, const char *name) {
  for (const struct field *f = record->fields; f->name; f++)
    if (f->kind == FIELD_ADDED && !strcmp(f->name, name)) return true;
  return false;
}

/* The key that a component adds to be listed here: one that selects no member. */
static void visit_placed(struct record_keys *k) {
  const struct record *const *const *added = k->record->added->records;
  const char *name = k->row->name;
  for (k->addition = 0, k->field = NULL; added[k->addition]; k->addition++)
    for (const struct field *f = *added[k->addition] ? (*added[k->addition])->fields : NULL; f && f->name; f++) {
      if (strcmp(f->name, name) != 0) continue;
      assert(f->kind != FIELD_MEMBER);
      k->field = f;
      return;
    }
  assert(!"no component adds the key that the record places");
}

/* To a row of the record, or of what is added; behind the last one the members follow if they have not come yet. */
static void visit(struct record_keys *k, const struct field *row) {
  bool of_record = !k->behind;
  while (!of_record && row->name && is_placed(k->record, row->name)) row++;
  if (of_record) k->addition = OWN_KEYS;
  k->row = row, k->member = NULL, k->field = row;
  if (row->name && row->kind == FIELD_ADDED) {
    visit_placed(k);
    return;
  }
  assert(row->kind != FIELD_MEMBER || !row->name || !k->family || k->family == row); /* a record has one family */
  if (row->kind == FIELD_MEMBER) k->family = row;
  if (row->name || (k->family && k->family->family->last && begin_members(k))) return;
  visit_addition(k);
}

struct record_keys record_keys(const struct record *record) {
  struct record_keys k = {.record = record, .addition = OWN_KEYS};
  visit(&k, record->fields);
  return k;
}

void record_keys_next(struct record_keys *k) {
  assert(k->field);
  bool inside = k->member, behind_word = !inside && k->row == k->family && !k->family->family->last;
  if (inside) k->field++;
  if (inside ? settle_on_key(k) : behind_word && begin_members(k)) return;
  if (inside && k->family->family->last)
    visit_addition(k);
  else
    visit(k, k->row + 1);
}

const struct field *record_field(const struct record *record, const char *name) {
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    if (!strcmp(k.field->name, name)) return k.field;
  return NULL;
}

const struct field *record_family(const struct record *record) {
  for (const struct field *f = record->fields; f->name; f++)
    if (f->kind == FIELD_MEMBER) return f;
  return NULL;
}

/* Whether the word is that of the fallback, which is JSON. */
static bool is_fallback(const struct field *family, const struct member *m) {
  size_t length = strlen(m->word);
  return family->fallback && !strncmp(family->fallback + 1, m->word, length) && !strcmp(family->fallback + 1 + length, "\"");
}

const struct member *member_implied(const struct field *family, const struct member *chosen, const char *key) {
  if (!is_fallback(family, chosen)) return NULL;
  for (const struct member *const *m = family->family->members; *m; m++)
    if ((*m)->implied_by && !strcmp((*m)->implied_by, key)) return *m;
  return NULL;
}

static uint32_t member_count(const struct family *family) {
  uint32_t count = 0;
  while (family->members[count]) count++;
  return count;
}

const char *members_with_key(struct arena *arena, const struct family *family, const char *name) {
  const char *text = "";
  uint32_t left = 0;
  for (const struct member *const *m = family->members; *m; m++) left += member_key(*m, name) != NULL;
  for (const struct member *const *m = family->members; *m; m++) {
    if (!member_key(*m, name)) continue;
    left--;
    text = arena_format(arena, "%s%s%s", text, (*m)->word, left > 1 ? ", " : left ? " and " : "");
  }
  return text;
}

const char *const *field_words(struct arena *arena, const struct field *f) {
  if (f->kind != FIELD_MEMBER) return f->words;
  uint32_t count = member_count(f->family);
  const char **words = arena_new_array(arena, const char *, count + 1);
  for (uint32_t i = 0; i < count; i++) words[i] = f->family->members[i]->word;
  return words;
}
