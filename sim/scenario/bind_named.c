/* Names of the entries of a list, such as steps: {"name": "render", "cpu": "5ms"}. */
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/scenario/bind_inner.h"
#include <stdlib.h>
#include <string.h>

/* No dot, for a path ends a name there; no digits only, for these are an index. */
static bool good_name(const char *name) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  size_t length = strlen(name);
  return length && length <= 63 && strspn(name, allowed) == length && strspn(name, "0123456789") < length;
}

static const struct json_value *name_of(const struct json_value *entry) {
  const struct json_value *name = json_member(entry, "name");
  return name ? name : json_member(json_member(entry, "value"), "name");
}

struct entry_name {
  const char *text;
  const struct json_value *value;
  uint32_t index;
};

static int by_text(const void *a, const void *b) {
  const struct entry_name *x = a, *y = b;
  int order = strcmp(x->text, y->text);
  return order ? order : (x->index > y->index) - (x->index < y->index);
}

static bool check(struct binder *b, const struct json_value *name) {
  const char *text = json_text(name);
  if (text && good_name(text)) return true;
  if (!text)
    bind_wrong_type(b, "name", "a text", name);
  else
    diagnostic_add(b->diagnostics, json_position(name),
                   "the name \"%s\" must be 1 to 63 of the characters A-Z a-z 0-9 _ -, not digits only", text);
  return false;
}

void bind_entry_names(struct binder *b, const struct json_value *list) {
  struct entry_name *names = NULL;
  uint32_t count = 0;
  for (const struct json_value *v = json_first(list); v; v = json_next(v)) {
    const struct json_value *name = name_of(v);
    if (!name || json_taken_away(name) || !check(b, name)) continue;
    if (!names) names = arena_alloc_array(b->arena, sizeof *names, json_count(list));
    names[count] = (struct entry_name){json_text(name), name, count};
    count++;
  }
  if (count > 1) qsort(names, count, sizeof *names, by_text);
  for (uint32_t i = 1; i < count; i++)
    if (!strcmp(names[i - 1].text, names[i].text))
      diagnostic_add(b->diagnostics, json_position(names[i].value), "the name \"%s\" is already that of another entry of this list",
                     names[i].text);
}

const char *bind_enter_entry(struct binder *b, const struct field *list, const struct json_value *entry, uint32_t index) {
  bool named = list->kind == FIELD_CHOICES && list->choices->named;
  const char *name = named ? json_text(name_of(entry)) : NULL;
  return name && good_name(name) ? bind_enter(b, name) : bind_enter_index(b, index);
}

const struct json_value *bind_without_name(struct binder *b, const struct json_value *entry) {
  struct json_value *rest = json_object_at(b->arena, entry);
  for (const struct json_value *v = json_first(entry); v; v = json_next(v))
    if (strcmp(json_name(v), "name") != 0) json_append(rest, json_renamed(b->arena, v, json_name(v)));
  return rest;
}
