/* Values that may be one or several: a name or a list of names of a map, a word or a list of words, a number or one by name. */
#include "sim/engine/arena.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/place.h"
#include <string.h>

/* An element of a list has no key, so that messages call it by its number. */
static struct field element_of(struct binder *b, const struct field *field, uint32_t number) {
  struct field element = *field;
  element.name = arena_format(b->arena, "%s[%u]", field->name, number);
  return element;
}

static void empty_list(struct binder *b, const struct field *field, const struct json_value *value) {
  diagnostic_add(b->diagnostics, json_position(value), "\"%s\" is an empty list: leave the key out instead", field->name);
}

static void add_reference(struct binder *b, const struct field *field, const struct json_value *value, struct references *out) {
  int32_t index;
  bind_reference(b, field, value, &index);
  for (uint32_t i = 0; i < out->count && index >= 0; i++)
    if (out->reference[i] == index)
      diagnostic_add(b->diagnostics, json_position(value), "\"%s\" is named twice in one list", json_text(value));
  if (index >= 0) out->reference[out->count++] = index;
}

static bool is_all(struct binder *b, const struct field *field, const struct json_value *value) {
  const char *text = json_text(value);
  return field->automatic && text && !strcmp(text, field->automatic) &&
         !json_member(json_resolve_path(b->root, field->target), text);
}

/* Every name of the map, in its order. */
static void bind_all(struct binder *b, const struct field *field, struct references *out) {
  const struct json_value *map = json_resolve_path(b->root, field->target);
  out->all = true;
  out->reference = arena_alloc_array(b->arena, sizeof *out->reference, json_count(map) + 1);
  for (const struct json_value *v = json_type(map) == JSON_OBJECT ? json_first(map) : NULL; v; v = json_next(v))
    if (!is_private_name(json_name(v))) out->reference[out->count] = (int32_t)out->count, out->count++;
}

void bind_references(struct binder *b, const struct field *field, const struct json_value *value, struct references *out) {
  bool list = json_type(value) == JSON_LIST;
  if (is_all(b, field, value)) {
    bind_all(b, field, out);
    return;
  }
  out->reference = arena_alloc_array(b->arena, sizeof *out->reference, list ? json_count(value) : 1);
  if (!list && json_type(value) != JSON_TEXT)
    bind_wrong_type(b, field->name, field_takes(b->arena, field), value);
  else if (!list)
    add_reference(b, field, value, out);
  if (list && !json_count(value)) empty_list(b, field, value);
  uint32_t number = 0;
  for (const struct json_value *v = list ? json_first(value) : NULL; v; v = json_next(v)) {
    struct field element = element_of(b, field, number++);
    add_reference(b, &element, v, out);
  }
}

static void add_word(struct binder *b, const struct field *field, const struct json_value *value, uint32_t *out) {
  int32_t word = -1;
  bind_word(b, field, value, &word);
  if (word < 0) return;
  if (*out >> word & 1) diagnostic_add(b->diagnostics, json_position(value), "\"%s\" is named twice in one list", json_text(value));
  *out |= UINT32_C(1) << word;
}

void bind_word_set(struct binder *b, const struct field *field, const struct json_value *value, uint32_t *out) {
  uint32_t number = 0;
  if (json_type(value) != JSON_LIST) {
    add_word(b, field, value, out);
    return;
  }
  if (!json_count(value)) empty_list(b, field, value);
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    struct field element = element_of(b, field, number++);
    add_word(b, &element, v, out);
  }
}

/* Each part may be none of it; the sum has the range of the field. */
void bind_split(struct binder *b, const struct field *field, const struct json_value *value, struct split *out) {
  if (json_type(value) != JSON_OBJECT) {
    bind_integer(b, field, value, &out->total);
    return;
  }
  out->reference = arena_alloc_array(b->arena, sizeof *out->reference, json_count(value));
  out->part = arena_alloc_array(b->arena, sizeof *out->part, json_count(value));
  uint32_t before = diagnostics_errors(b->diagnostics);
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    if (is_private_name(json_name(v))) continue;
    const char *outer = bind_enter(b, json_name(v));
    struct field part = {.name = json_name(v), .kind = FIELD_INTEGER, .low = 0, .high = field->high};
    uint32_t i = out->count++;
    out->reference[i] = bind_find_target(b, field->name, field->target, json_name(v), json_name_position(v));
    bind_field(b, &part, v, &out->part[i]);
    out->total += out->part[i];
    b->path = outer;
  }
  if (diagnostics_errors(b->diagnostics) == before) bind_check_range(b, field, value, (double)out->total);
}
