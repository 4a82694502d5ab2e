#include "sim/scenario/bind.h"
#include "sim/json/json_print.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/json/json_node.h"
#include "sim/json/safe_text.h"
#include <assert.h>
#include <math.h>
#include <string.h>

/* Open addressing over the addresses of bound members; at most half full. */
struct bind_given {
  uint32_t count, room; /* a power of two */
  const void **address;
  const struct json_value **value;
};

static uint32_t given_slot(const struct bind_given *g, const void *address) {
  uint64_t hash = (uint64_t)(uintptr_t)address * 0x9E3779B97F4A7C15u;
  uint32_t slot = (uint32_t)(hash >> 32) & (g->room - 1);
  while (g->address[slot] && g->address[slot] != address) slot = (slot + 1) & (g->room - 1);
  return slot;
}

static void given_grow(struct arena *arena, struct bind_given *g) {
  struct bind_given old = *g;
  g->room = old.room ? 2 * old.room : 64;
  g->address = arena_alloc(arena, g->room * sizeof *g->address);
  g->value = arena_alloc(arena, g->room * sizeof *g->value);
  for (uint32_t i = 0; i < old.room; i++) {
    if (!old.address[i]) continue;
    uint32_t slot = given_slot(g, old.address[i]);
    g->address[slot] = old.address[i];
    g->value[slot] = old.value[i];
  }
}

/* A record and its first member share an address: the member was read first and stays. */
static void given_note(struct binder *b, const void *address, const struct json_value *value) {
  struct bind_given *g = b->given;
  if (b->in_default) return;
  if (2 * (g->count + 1) > g->room) given_grow(b->arena, g);
  uint32_t slot = given_slot(g, address);
  if (g->address[slot]) return;
  g->address[slot] = address;
  g->value[slot] = value;
  g->count++;
}

const struct json_value *bind_value_of(const struct binder *b, const void *address) {
  const struct bind_given *g = b->given;
  return g->room ? g->value[given_slot(g, address)] : NULL;
}

bool bind_was_given(const struct binder *b, const void *address) { return bind_value_of(b, address) != NULL; }

struct binder binder_new(struct arena *arena, struct diagnostics *d, const struct json_value *root) {
  return (struct binder){.arena = arena,
                         .diagnostics = d,
                         .root = root,
                         .path = "",
                         .given = arena_alloc(arena, sizeof(struct bind_given)),
                         .fallbacks = arena_alloc(arena, sizeof(struct bind_given))};
}

/* "services.api.replicas": there is one for each default, so it is not formatted. */
static const char *path_below(const struct binder *b, const char *name) {
  size_t before = strlen(b->path), length = strlen(name);
  char *path = arena_alloc(b->arena, before + length + 2), *end = path;
  if (before) memcpy(end, b->path, before), end += before, *end++ = '.';
  memcpy(end, name, length + 1);
  return path;
}

const char *bind_enter(struct binder *b, const char *name) {
  const char *outer = b->path;
  b->path = path_below(b, name);
  return outer;
}

const char *bind_enter_index(struct binder *b, uint32_t index) {
  const char *outer = b->path;
  b->path = arena_format(b->arena, "%s%s%u", outer, *outer ? "." : "", index);
  return outer;
}

static void *list_grow(struct arena *arena, void *items, uint32_t count, uint32_t *room, size_t size) {
  if (count < *room) return items;
  *room = *room ? 2 * *room : 16;
  void *more = arena_alloc(arena, *room * size);
  if (count) memcpy(more, items, count * size);
  return more;
}

void bind_assumption_add(struct binder *b, struct assumption item) {
  if (b->in_default) return;
  b->assumptions = list_grow(b->arena, b->assumptions, b->assumption_count, &b->assumption_room, sizeof item);
  b->assumptions[b->assumption_count++] = item;
}

/* excused: of a member that was not chosen: nothing rests on it. */
static void default_add(struct binder *b, const struct field *field, bool excused) {
  struct default_value item = {path_below(b, field->name), field->fallback, field->source};
  b->defaults = list_grow(b->arena, b->defaults, b->default_count, &b->default_room, sizeof item);
  b->defaults[b->default_count++] = item;
  if (field->assumed && !excused)
    bind_assumption_add(b, (struct assumption){.path = item.path, .value = item.value, .source = item.source});
}

const char *bind_suggestion(struct binder *b, const char *word, const char *const *names, uint32_t count) {
  /* Only some 20 errors are shown: beyond a few times that, and among very many names, no nearest one is looked for. */
  uint32_t errors = diagnostics_errors(b->diagnostics);
  if (errors > 5 * DIAGNOSTICS_SHOWN || (count > 5000 && errors > DIAGNOSTICS_SHOWN)) return "";
  const char *nearest = nearest_name(word, names, count);
  return nearest ? arena_format(b->arena, "; did you mean \"%s\"?", nearest) : "";
}

const char *bind_words(struct binder *b, const char *const *names, uint32_t count) {
  const char *text = "";
  for (uint32_t i = 0; i < count && i < 30; i++) text = arena_format(b->arena, "%s%s%s", text, i ? ", " : "", names[i]);
  return count > 30 ? arena_format(b->arena, "%s, ...", text) : text;
}

void bind_wrong_type(struct binder *b, const char *called, const char *expected, const struct json_value *value) {
  if (json_type(value) == JSON_NULL)
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be %s, not null: leave the key out for its default", called,
                   expected);
  else if (json_is_plain(value) && json_text(value)) /* of YAML, whose reader may take it for something else: no, 0x10, 08 */
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be %s, not the text \"%.60s\"", called, expected,
                   json_text(value));
  else
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be %s, not %s", called, expected, json_type_name(value));
}

static const char *source_text_of(struct binder *b, const struct json_value *source) {
  if (source && json_type(source) != JSON_TEXT) bind_wrong_type(b, "source", "a text", source);
  return safe_text(b->arena, json_text(source));
}

/* As --set takes it: a text without its quotes. */
static const char *canonical(struct binder *b, const struct json_value *v) {
  return json_type(v) == JSON_TEXT ? safe_text(b->arena, json_text(v)) : json_print_line(b->arena, v);
}

bool bind_side_key(struct binder *b, const struct json_value *member) {
  if (is_private_name(json_name(member))) return true;
  if (strcmp(json_name(member), "source") != 0) return false;
  const char *source = source_text_of(b, member);
  if (source) bind_assumption_add(b, (struct assumption){.path = b->path, .source = source, .position = *json_position(member)});
  return true;
}

/* Returns what is inside {"value": ...} and notes the assumption, or the value itself. */
static const struct json_value *unwrap(struct binder *b, const struct field *field, const struct json_value *value,
                                       struct json_range *ends) {
  const struct json_value *inner = wrapped_value(place_of_field(field), value);
  if (!inner) return value;
  struct assumption item = {.path = b->path, .value = canonical(b, inner), .position = *json_position(inner)};
  item.source = source_text_of(b, json_member(value, "source"));
  const struct json_value *range = json_member(value, "range");
  if (range && bind_range(b, field, inner, range, ends)) item.low = canonical(b, ends->low), item.high = canonical(b, ends->high);
  bind_assumption_add(b, item);
  return inner;
}

static void bind_lone(struct binder *b, const struct field *field, const struct json_value *value, struct config_list *out) {
  struct field element = {.name = field->name, .kind = FIELD_RECORD, .record = field->record};
  out->items = arena_alloc(b->arena, field->record->size), out->count = 1;
  bind_field(b, &element, value, out->items);
}

static void bind_list(struct binder *b, const struct field *field, const struct json_value *value, struct config_list *out) {
  if (field->lone && json_type(value) != JSON_LIST) {
    bind_lone(b, field, value, out);
    return;
  }
  if (json_type(value) != JSON_LIST) {
    const char *name = field->kind == FIELD_LIST ? field->record->name : field->choices->name;
    bind_wrong_type(b, field->name, arena_format(b->arena, "a list of %s objects: [ ... ]", name), value);
    return;
  }
  size_t size = field->kind == FIELD_LIST ? field->record->size : sizeof(struct choice);
  if (field->kind == FIELD_CHOICES && field->choices->named) bind_entry_names(b, value);
  out->items = arena_alloc_array(b->arena, size, json_count(value));
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    void *item = (char *)out->items + size * out->count;
    const char *name = arena_format(b->arena, "%s[%u]", field->name, out->count);
    const char *outer = bind_enter_entry(b, field, v, out->count++);
    struct field element = {.name = name, .record = field->record, .choices = field->choices};
    element.kind = field->kind == FIELD_LIST ? FIELD_RECORD : FIELD_CHOICE;
    bind_field(b, &element, v, item);
    b->path = outer;
  }
}

static void check_name(struct binder *b, const struct json_value *entry) {
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  const char *name = json_name(entry);
  size_t length = strlen(name);
  if (length && length <= 63 && strspn(name, allowed) == length) return;
  diagnostic_add(b->diagnostics, json_name_position(entry), "the name \"%s\" must be 1 to 63 of the characters A-Z a-z 0-9 _ . -",
                 name);
}

enum { MAP_ENTRIES = 10000 };

static void bind_map(struct binder *b, const struct field *field, const struct json_value *value, struct config_list *out) {
  const struct record *record = field->record;
  if (json_type(value) != JSON_OBJECT) {
    bind_wrong_type(b, field->name, arena_format(b->arena, "an object of named %s objects: { \"name\": { ... } }", record->name),
                    value);
    return;
  }
  if (json_count(value) > MAP_ENTRIES) {
    diagnostic_add(b->diagnostics, json_name_position(value), "\"%s\" has %u entries; at most %d are read", field->name,
                   json_count(value), MAP_ENTRIES);
    return;
  }
  out->items = arena_alloc_array(b->arena, record->size, json_count(value));
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    if (is_private_name(json_name(v)) || json_taken_away(v)) continue;
    void *item = (char *)out->items + record->size * out->count++;
    const char *outer = bind_enter(b, json_name(v));
    check_name(b, v);
    struct field entry = {.name = json_name(v), .kind = FIELD_RECORD, .record = record};
    struct json_range ends = {0};
    bind_object(b, record, unwrap(b, &entry, v, &ends), item, arena_format(b->arena, "%s \"%s\"", record->name, json_name(v)));
    given_note(b, item, v);
    if (field->kind == FIELD_MAP) *(const char **)item = json_name(v);
    if (field->kind == FIELD_REFERENCE_MAP) {
      struct field name = {.name = field->name, .kind = FIELD_REFERENCE, .target = field->target};
      struct json_value key = {.type = JSON_TEXT, .text = json_name(v), .position = *json_name_position(v)};
      bind_plain(b, &name, &key, item);
    }
    b->path = outer;
  }
}

static void *place_of_struct(struct binder *b, const struct field *field, void *out) {
  return field->apart ? (*(void **)out = arena_alloc(b->arena, field->record->size)) : out;
}

static void dispatch(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  switch (field->kind) {
  case FIELD_RECORD:
    bind_object(b, field->record, value, place_of_struct(b, field, out), arena_format(b->arena, "\"%s\"", field->name));
    break;
  case FIELD_LIST:
  case FIELD_CHOICES:
    bind_list(b, field, value, out);
    break;
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    bind_map(b, field, value, out);
    break;
  case FIELD_CHOICE:
    bind_choice(b, field->choices, field->name, value, out);
    break;
  case FIELD_WEIGHTS:
    bind_weights(b, field, value, out);
    break;
  case FIELD_TABLE:
    bind_table(b, field, value, out);
    break;
  case FIELD_FILE:
    bind_file(b, field, value, out);
    break;
  case FIELD_DISTRIBUTION:
    bind_distribution(b, field, value, out);
    break;
  default:
    bind_plain(b, field, value, out);
  }
}

void bind_field(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  struct json_range ends = {0};
  const struct json_value *inner = unwrap(b, field, value, &ends);
  dispatch(b, field, inner, out);
  if (ends.of_money) {
    struct money_value *money = out;
    money->low = ends.money[0] < money->amount ? ends.money[0] : money->amount;
    money->high = ends.money[1] > money->amount ? ends.money[1] : money->amount;
  }
  given_note(b, out, value);
}

/* The fallback of a row as a value, which is read once: thousands of services have the same defaults. */
static const struct json_value *fallback_of(struct binder *b, const struct field *field) {
  struct bind_given *known = b->fallbacks;
  if (2 * (known->count + 1) > known->room) given_grow(b->arena, known);
  uint32_t slot = given_slot(known, field);
  if (known->address[slot]) return known->value[slot];
  struct json_value *value = json_read_text(b->arena, b->diagnostics, "fallback", field->fallback, strlen(field->fallback));
  assert(value); /* the tables are ours */
  json_stamp(value, diagnostics_option(b->diagnostics, arena_format(b->arena, "default of \"%s\"", field->name)),
             JSON_FROM_DEFAULT);
  known->address[slot] = field, known->value[slot] = value, known->count++;
  return value;
}

static void bind_default(struct binder *b, const struct field *field, void *out, bool excused) {
  default_add(b, field, excused);
  const struct json_value *value = fallback_of(b, field);
  const char *outer = bind_enter(b, field->name);
  bool in_default = b->in_default;
  b->in_default = true;
  bind_field(b, field, value, out);
  b->in_default = in_default;
  b->path = outer;
}

enum { HINTS_MOST = 1000 }; /* of far more messages than are shown: a file of 10^5 unknown keys must not take minutes */

static const char *key_hint(struct binder *b, const struct record *record, const char *key) {
  uint32_t count;
  const char *const *names = place_names(b->arena, place_of_record(record), &count);
  const char *spelling = foreign_spelling(names, count, key);
  if (spelling) return arena_format(b->arena, "; did you mean \"%s\"?", spelling);
  const char *hint = foreign_hint(b->arena, record->name, key);
  if (!*hint) hint = bind_suggestion(b, key, names, count);
  if (!*hint && count <= 24) hint = arena_format(b->arena, "; known keys are: %s", bind_words(b, names, count));
  return hint;
}

/* Whether an unknown key was called another word for this one: that it is missing follows from that. */
static bool is_misspelt(struct binder *b, const struct record *record, const struct field *field, const struct json_value *object) {
  if (diagnostics_errors(b->diagnostics) >= HINTS_MOST) return false;
  const char *quoted = arena_format(b->arena, "\"%s\"", field->name);
  for (const struct json_value *v = json_first(object); v; v = json_next(v))
    if (!record_field(record, json_name(v)) && !is_private_name(json_name(v)) && strstr(key_hint(b, record, json_name(v)), quoted))
      return true;
  return false;
}

/* Points at the key of the object if it has one, else at its bracket. */
static void missing_key(struct binder *b, const struct record *record, const struct field *field, const struct json_value *object,
                        const char *scope) {
  if (is_misspelt(b, record, field, object)) return;
  const struct position *at = json_name(object) ? json_name_position(object) : json_position(object);
  const char *const *words = field->kind == FIELD_WORD || field->kind == FIELD_MEMBER ? field_words(b->arena, field) : NULL;
  uint32_t count = 0;
  while (words && words[count]) count++;
  const char *hint = words ? arena_format(b->arena, ": one of %s", bind_words(b, words, count)) : "";
  diagnostic_add(b->diagnostics, at, "%s needs the key \"%s\"%s", *scope ? scope : "the file", field->name,
                 field->missing ? field->missing : hint);
}

/* excused: no member that has it was chosen. */
static void bind_absent(struct binder *b, const struct record *record, const struct field *field, const struct json_value *object,
                        void *out, const char *scope, bool excused) {
  if (field->kind == FIELD_REFERENCE) *(int32_t *)out = -1;
  if (field->kind == FIELD_RATIO) *(double *)out = NAN;
  if (field->fallback) {
    bind_default(b, field, out, excused);
  } else if (field->optional || (excused && field_required(field))) {
    return;
  } else if (field->kind == FIELD_RECORD && !field_required(field)) {
    const char *outer = bind_enter(b, field->name);
    bind_object(b, field->record, json_object_at(b->arena, object), place_of_struct(b, field, out),
                arena_format(b->arena, "\"%s\"", field->name));
    b->path = outer;
  } else {
    missing_key(b, record, field, object, scope);
  }
}

static void unknown_key(struct binder *b, const struct record *record, const struct json_value *member, const char *scope) {
  const char *suggestion = diagnostics_errors(b->diagnostics) < HINTS_MOST ? key_hint(b, record, json_name(member)) : "";
  diagnostic_add(b->diagnostics, json_name_position(member), "unknown key \"%s\"%s%s%s", json_name(member), *scope ? " in " : "",
                 scope, suggestion);
}

static void check_keys(struct binder *b, const struct record *record, const struct json_value *object, const char *scope) {
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    if (record_field(record, json_name(v)) || bind_side_key(b, v)) continue;
    if (*b->path || strcmp(json_name(v), "$schema") != 0) unknown_key(b, record, v, scope);
  }
}

/* {"think": "7s"} for "7s": as if the object had been written. */
static const struct json_value *longhand(struct binder *b, const struct record *record, const struct json_value *value) {
  struct json_value *object = json_object_at(b->arena, value);
  json_append(object, json_renamed(b->arena, value, record->shorthand));
  return object;
}

enum { ALTERNATIVES = 8 };

/* Of the fields marked `one_of` the first is given once, and every further one is an error at its key. */
static void check_one_of(struct binder *b, const struct record *record, const struct json_value *object, const char *scope) {
  const char *names[ALTERNATIVES];
  const struct json_value *first = NULL;
  uint32_t count = 0;
  for (const struct field *f = record->fields; f->name && count < ALTERNATIVES; f++)
    if (f->one_of) names[count++] = f->name;
  for (const struct json_value *v = json_first(object); v && count; v = json_next(v)) {
    const struct field *field = record_field(record, json_name(v));
    if (!field || !field->one_of || json_taken_away(v)) continue;
    if (first)
      diagnostic_add(b->diagnostics, json_name_position(v), "\"%s\" next to \"%s\" in %s: a %s has one of them", json_name(v),
                     json_name(first), scope, record->name);
    else
      first = v;
  }
  if (count && !first)
    diagnostic_add(b->diagnostics, json_name(object) ? json_name_position(object) : json_position(object),
                   "%s needs one of the keys %s", scope, bind_words(b, names, count));
}

/* The keys that must be there, or the first ones. */
static const char *main_keys(struct binder *b, const struct record *record) {
  const char *text = "";
  int count = 0;
  for (int pass = 0; pass < 2 && !count; pass++)
    for (struct record_keys k = record_keys(record); k.field && count < 3; record_keys_next(&k))
      if (!k.member && (pass == 1 || field_required(k.field)))
        text = arena_format(b->arena, "%s%s\"%s\": ...", text, count++ ? ", " : "", k.field->name);
  return text;
}

static void not_an_object(struct binder *b, const struct record *record, const struct json_value *value, const char *called) {
  const char *text = json_text(value), *hint = text ? foreign_hint(b->arena, record->name, text) : "";
  const char *keys = main_keys(b, record), *space = *keys ? " " : "";
  diagnostic_add(b->diagnostics, json_position(value), "%s must be an object: {%s%s%s}, not %s%s", called, space, keys, space,
                 json_type_name(value), hint);
}

static void **added_of(const struct record *record, void *out) { return (void **)((char *)out + record->added->offset); }

static void make_added(struct binder *b, const struct record *record, void *out) {
  const struct record *const *const *records = record->added->records;
  for (uint32_t i = 0; records[i]; i++)
    if (*records[i]) added_of(record, out)[i] = arena_alloc(b->arena, (*records[i])->size);
}

/* What is not an object sets the key that a record names for that; so does a distribution, where the key is one. */
static bool is_shorthand(const struct record *record, const struct json_value *value) {
  if (json_type(value) == JSON_NULL || !record->shorthand) return false;
  if (json_type(value) != JSON_OBJECT) return true;
  if (record_field(record, record->shorthand)->kind != FIELD_DISTRIBUTION) return false;
  for (const struct json_value *v = json_first(value); v; v = json_next(v))
    if (!record_field(record, json_name(v)) && distribution_kind_named(json_name(v))) return true;
  return false;
}

void bind_object(struct binder *b, const struct record *record, const struct json_value *value, void *out, const char *scope) {
  memset(out, 0, record->size);
  if (record->added) make_added(b, record, out);
  if (is_shorthand(record, value)) value = longhand(b, record, value);
  if (json_type(value) != JSON_OBJECT) {
    not_an_object(b, record, value, *scope ? scope : "the file");
    return;
  }
  check_keys(b, record, value, scope);
  check_one_of(b, record, value, scope);
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    void *into = k.addition == OWN_KEYS ? out : added_of(record, out)[k.addition];
    const struct field *chosen = k.member ? bind_row(&k, into) : k.field, *f = chosen ? chosen : k.field;
    const struct json_value *given = json_member(value, f->name);
    if (!given || json_taken_away(given) || bind_misplaced(b, record, &k, into, given)) {
      if (chosen || !k.family->family->overlaid) bind_absent(b, record, f, value, (char *)into + f->offset, scope, !chosen);
    } else {
      const char *outer = bind_enter(b, f->name);
      bind_field(b, f, given, (char *)into + f->offset);
      b->path = outer;
    }
    if (f->kind == FIELD_MEMBER) bind_implied(f, value, into);
  }
}

bool bind_record(struct binder *b, const struct record *record, const struct json_value *value, void *out) {
  uint32_t before = diagnostics_errors(b->diagnostics) - b->misplaced;
  bool root = value == b->root;
  if (value) bind_object(b, record, value, out, root ? "" : record->name);
  return value && diagnostics_errors(b->diagnostics) - b->misplaced == before;
}
