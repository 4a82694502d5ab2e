#include "sim/language/example.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/json_node.h"
#include "sim/json/json_print.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/place.h"
#include "sim/scenario/unit.h"
#include <stdlib.h>
#include <string.h>

enum { DEEP = 12 }; /* records within records that must be there */

struct maker {
  struct arena *arena;
  const struct member *member; /* whose key the path ends in */
};

/* --- plain values ------------------------------------------------------------------------------------------------------------- */

static struct json_value *read(struct arena *arena, const char *text) {
  return json_read_text(arena, diagnostics_new(arena), "example", text, strlen(text));
}

static struct json_value *quoted(struct arena *arena, const char *text) {
  struct json_value *v = json_new(arena, JSON_TEXT);
  v->text = text;
  return v;
}

static bool allows(struct arena *arena, const struct field *f, const char *text) {
  int64_t whole;
  double number;
  struct quota quota;
  switch (f->kind) {
  case FIELD_RATE:
    return !unit_parse_rate(arena, text, &number) && field_allows(f, number);
  case FIELD_RATIO:
    return !unit_parse_ratio(arena, text, &number) && field_allows(f, number);
  case FIELD_QUOTA:
    return !unit_parse_quota(arena, text, &quota);
  case FIELD_MONEY:
  case FIELD_AMOUNT:
  case FIELD_CALENDAR:
    return true;
  case FIELD_DISTRIBUTION:
    return !unit_parse_duration(arena, text, &whole) && field_allows(f, (double)whole);
  default:
    return !unit_parse_whole(arena, f->kind, text, &whole) && field_allows(f, (double)whole);
  }
}

/* The first of those that people write which the range allows. */
static struct json_value *with_unit(struct arena *arena, const struct field *f) {
  static const char *const texts[][12] = {[FIELD_DURATION] = {"30s", "250ms", "5min", "1h", "1d", "1ms", "1us"},
                                          [FIELD_DISTRIBUTION] = {"20ms", "30s", "1h", "1ms", "1us"},
                                          [FIELD_BYTES] = {"512Mi", "8Gi", "16Ki", "100B"},
                                          [FIELD_CPU] = {"500m", "2", "100m"},
                                          [FIELD_RATE] = {"120/s", "10/s", "1/s", "1/min"},
                                          [FIELD_QUOTA] = {"100/min"},
                                          [FIELD_RATIO] = {"10%", "50%", "99.9%", "1%", "100%"},
                                          [FIELD_AMOUNT] = {"25%"},
                                          [FIELD_BANDWIDTH] = {"20Mbit/s", "1Gbit/s", "64kbit/s"},
                                          [FIELD_MONEY] = {"40 USD/month"},
                                          [FIELD_CLOCK] = {"20:00", "10:00"},
                                          [FIELD_CALENDAR] = {"daily 03:00"},
                                          [FIELD_LIMIT] = {"100", "10", "1000", "1"}};
  for (const char *const *t = texts[f->kind]; *t; t++)
    if (allows(arena, f, *t)) return f->kind == FIELD_LIMIT ? read(arena, *t) : quoted(arena, *t);
  return quoted(arena, texts[f->kind][0]);
}

static struct json_value *number(struct arena *arena, const struct field *f) {
  static const double numbers[] = {2, 1, 0.5, 0, 10, 100, 1000};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
    if (field_allows(f, numbers[i]) && (f->kind == FIELD_NUMBER || numbers[i] != 0.5))
      return read(arena, json_print_number(arena, numbers[i]));
  return read(arena, json_print_number(arena, f->low));
}

/* The names that the examples have for things of the scenario; key: where they are named by it. */
static const char *name_in(const char *map, const char *key) {
  static const struct {
    const char *map, *key, *name; /* key: null: any */
  } names[] = {{"services", "query", "db"},
               {"services", "transaction", "db"},
               {"services", "pools", "db"},
               {"services", "cached", "cache"},
               {"services", "invalidate", "cache"},
               {"services", "command", "cache"},
               {"services", "broadcast", "cache"},
               {"services", "external", "payment"},
               {"services", "workers", "mailer"},
               {"services", "at", "broker"},
               {"services", NULL, "api"},
               {"endpoints", NULL, "page"},
               {"traffic", NULL, "visitors"},
               {"limits", NULL, "guard"},
               {"keys", NULL, "items"},
               {"waiting_rooms", NULL, "lobby"},
               {"stock", NULL, "tickets"},
               {"queues", NULL, "mails"},
               {"faults", NULL, "loss"},
               {"metrics", NULL, "waiting"},
               {"crews", NULL, "ops"},
               {"releases", NULL, "weekly"},
               {"triggers", NULL, "too_slow"},
               {"ways", NULL, "us-eu"},
               {"platform.nodes", NULL, "workers"},
               {"nodes", NULL, "workers"},
               {"platform.regions", NULL, "us"},
               {"regions", NULL, "us"},
               {NULL, NULL, NULL}};
  for (int i = 0; names[i].map; i++)
    if (!strcmp(names[i].map, map) && (!names[i].key || !strcmp(names[i].key, key))) return names[i].name;
  return "one";
}

static struct json_value *object_with(struct arena *arena, const char *name, struct json_value *value) {
  struct json_value *object = json_new(arena, JSON_OBJECT);
  value->name = name;
  json_append(object, value);
  return object;
}

static struct json_value *list_of(struct arena *arena, struct json_value *value) {
  struct json_value *list = json_new(arena, JSON_LIST);
  json_append(list, value);
  return list;
}

/* --- records ------------------------------------------------------------------------------------------------------------------ */

static struct json_value *value_of(struct maker *, const struct field *, int depth);

static void set(struct json_value *object, const char *name, struct json_value *value) {
  if (!value || json_member(object, name)) return;
  value->name = name;
  json_append(object, value);
}

static bool has_one_of(const struct record *record, const struct json_value *object) {
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of && json_member(object, f->name)) return true;
  return false;
}

/* The keys that must be there, the word that selects the member first. */
static void complete(struct maker *m, const struct record *record, struct json_value *object, const struct member *member,
                     int depth) {
  const struct field *family = record_family(record);
  if (family && member) set(object, family->name, quoted(m->arena, member->word));
  const char *word = family ? json_text(json_member(object, family->name)) : NULL;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    if (!k.member && field_required(k.field)) set(object, k.field->name, value_of(m, k.field, depth + 1));
  if (family && !word) word = json_text(json_member(object, family->name));
  for (const struct member *const *x = family && word ? family->family->members : NULL; x && *x; x++)
    for (const struct field *f = !strcmp((*x)->word, word) ? (*x)->keys : NULL; f && f->name; f++)
      if (field_required(f)) set(object, f->name, value_of(m, f, depth + 1));
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of && !has_one_of(record, object)) set(object, f->name, value_of(m, f, depth + 1));
}

static struct json_value *record_value(struct maker *m, const struct record *record, int depth) {
  struct json_value *object = json_new(m->arena, JSON_OBJECT);
  if (depth > DEEP) return object;
  complete(m, record, object, NULL, depth);
  const struct field *first = record->shorthand ? record_field(record, record->shorthand) : record->fields;
  if (!json_count(object) && first && first->name && first->kind != FIELD_ADDED)
    set(object, first->name, value_of(m, first, depth + 1));
  return object;
}

/* A bare value where the kind is left open; else the first kind. */
static struct json_value *kind_value(struct maker *m, const struct alternative *kind, int depth) {
  struct json_value *inner = kind->record ? record_value(m, kind->record, depth + 1) : json_new(m->arena, JSON_OBJECT);
  if (kind->flat) {
    const struct field *selects = record_field(kind->record, kind->key);
    struct json_value *object = json_new(m->arena, JSON_OBJECT);
    set(object, kind->key,
        json_member(inner, kind->key) ? json_renamed(m->arena, json_member(inner, kind->key), kind->key)
                                      : value_of(m, selects, depth + 1));
    for (const struct json_value *v = json_first(inner); v; v = json_next(v))
      set(object, json_name(v), json_renamed(m->arena, v, json_name(v)));
    return object;
  }
  const struct json_value *only = json_first(inner);
  bool bare =
      kind->record && kind->record->shorthand && json_count(inner) == 1 && !strcmp(json_name(only), kind->record->shorthand);
  return object_with(m->arena, kind->key, bare ? json_renamed(m->arena, only, kind->key) : inner);
}

static struct json_value *choice_value(struct maker *m, const struct choice_set *set_of, int depth) {
  const struct alternative *kind = set_of->shorthand_key ? choice_named(set_of, set_of->shorthand_key) : set_of->kinds[0];
  return depth > DEEP ? json_new(m->arena, JSON_OBJECT) : kind_value(m, kind, depth);
}

/* A default that says something: not "never" and not the text of length 0. */
static struct json_value *fallback_of(struct maker *m, const struct field *f) {
  static const char *const silent[] = {"\"never\"", "\"unlimited\"", "\"\"", "null",   "{}",
                                       "[]",        "false",         "0",    "\"0s\"", "\"auto\""};
  for (size_t i = 0; f->fallback && i < sizeof silent / sizeof *silent; i++)
    if (!strcmp(f->fallback, silent[i])) return NULL;
  return f->fallback ? read(m->arena, f->fallback) : NULL;
}

static struct json_value *value_of(struct maker *m, const struct field *f, int depth) {
  struct json_value *fallback = fallback_of(m, f);
  if (fallback) return fallback;
  switch (f->kind) {
  case FIELD_FLAG:
    return read(m->arena, "true");
  case FIELD_INTEGER:
  case FIELD_NUMBER:
    return number(m->arena, f);
  case FIELD_SEED:
    return read(m->arena, "42");
  case FIELD_TEXT:
    return quoted(m->arena, "some words");
  case FIELD_WORD:
  case FIELD_WORDS:
  case FIELD_MEMBER:
    return quoted(m->arena, field_words(m->arena, f)[0]);
  case FIELD_REFERENCE:
    return quoted(m->arena, name_in(f->target, f->name));
  case FIELD_REFERENCES:
    return list_of(m->arena, quoted(m->arena, name_in(f->target, f->name)));
  case FIELD_WEIGHTS:
    return object_with(m->arena, f->target ? name_in(f->target, f->name) : "one", read(m->arena, "1"));
  case FIELD_TABLE:
    return quoted(m->arena, "explain.csv");
  case FIELD_FILE:
    return quoted(m->arena, "explain.log");
  case FIELD_RECORD:
    return record_value(m, f->record, depth);
  case FIELD_LIST:
    return list_of(m->arena, record_value(m, f->record, depth));
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    return object_with(m->arena, name_in(f->target ? f->target : f->name, f->name), record_value(m, f->record, depth));
  case FIELD_CHOICE:
    return choice_value(m, f->choices, depth);
  case FIELD_CHOICES:
    return list_of(m->arena, choice_value(m, f->choices, depth));
  case FIELD_ADDED:
    return NULL;
  default:
    return with_unit(m->arena, f);
  }
}

/* --- the way to a key --------------------------------------------------------------------------------------------------------- */

static bool begins_with(const char *path, const char *with) {
  size_t n = strlen(with);
  return !strncmp(path, with, n) && (!path[n] || path[n] == '.');
}

static struct json_value *setting_for(struct arena *arena, const char *path, const struct member *member) {
  const struct example_setting *best = NULL;
  for (const struct example_setting *s = example_settings; s->path; s++)
    if (begins_with(path, s->path) && (!s->member || (member && !strcmp(s->member, member->word))) &&
        (!best || strlen(s->path) > strlen(best->path) || (strlen(s->path) == strlen(best->path) && s->member)))
      best = s;
  if (!best) return json_new(arena, JSON_OBJECT);
  char *text = arena_text(arena, best->text);
  for (char *p = text; *p; p++)
    if (*p == '\'') *p = '"';
  return read(arena, text);
}

/* What stands below the object by this name, which is put there when it is absent. */
static struct json_value *below(struct arena *arena, struct json_value *object, const char *name, enum json_type type) {
  for (struct json_value *v = object->first; v; v = v->next)
    if (!strcmp(v->name, name)) return v;
  struct json_value *v = json_new(arena, type);
  v->name = name;
  json_append(object, v);
  return v;
}

static const char *next_name(struct arena *arena, const char **rest) {
  size_t n = strcspn(*rest, ".");
  const char *name = arena_format(arena, "%.*s", (int)n, *rest);
  *rest += n + ((*rest)[n] == '.');
  return name;
}

/* A plain value stands for an object: it becomes the key that it is short for, where another key is asked for. */
static void open_record(struct arena *arena, const struct record *record, struct json_value *here, const char *asked) {
  if (here->type == JSON_OBJECT || !strcmp(asked, record->shorthand ? record->shorthand : "")) return;
  struct json_value *plain = json_new(arena, here->type);
  const char *name = here->name;
  *plain = *here, plain->next = NULL;
  struct json_value *next = here->next;
  *here = (struct json_value){.type = JSON_OBJECT, .name = name, .next = next};
  if (record->shorthand) set(here, record->shorthand, plain);
}

static void enter_record(struct maker *, const struct record *, struct json_value *, const char *rest);

/* The one that has the key, else the first; a list may be given as its only entry. */
static struct json_value *entry_of(struct arena *arena, struct json_value *list, const char *key) {
  if (list->type != JSON_LIST) return list;
  for (struct json_value *v = list->first; v; v = v->next)
    if (v->type == JSON_OBJECT && json_member(v, key)) return v;
  if (!list->first) json_append(list, json_new(arena, JSON_OBJECT));
  return list->first;
}

static bool is_index(const char *name) { return *name && strspn(name, "0123456789") == strlen(name); }

static void enter_choice(struct maker *m, const struct choice_set *choices, struct json_value *here, const char *rest) {
  const char *name = next_name(m->arena, &rest);
  const struct alternative *kind = choice_named(choices, name);
  if (!kind || here->type != JSON_OBJECT) return;
  if (kind->flat) {
    const struct field *selects = record_field(kind->record, kind->key);
    set(here, kind->key, value_of(m, selects, 0));
    enter_record(m, kind->record, here, rest);
    return;
  }
  if (!*rest && !json_member(here, name)) {
    const struct json_value *made = json_member(kind_value(m, kind, 0), name);
    set(here, name, json_renamed(m->arena, made, name));
  } else if (kind->record) {
    const char *after = rest;
    struct json_value *inside = below(m->arena, here, name, JSON_OBJECT);
    if (*rest) open_record(m->arena, kind->record, inside, next_name(m->arena, &after));
    enter_record(m, kind->record, inside, rest);
  }
}

static void open_shorthand(struct arena *arena, const struct field *f, struct json_value *here, const char *rest) {
  const char *after = rest, *asked = *rest ? next_name(arena, &after) : NULL;
  if (!asked || (here->type == JSON_LIST && f->kind != FIELD_RECORD && f->kind != FIELD_CHOICE)) return;
  if (f->choices && here->type != JSON_OBJECT)
    *here = (struct json_value){.type = JSON_OBJECT, .name = here->name, .next = here->next};
  else if (f->record)
    open_record(arena, f->record, here, asked);
}

/* Into what the field holds, whose place in the object may be filled already. */
static void enter_field(struct maker *m, const struct field *f, struct json_value *object, const char *rest) {
  bool map = f->kind == FIELD_MAP || f->kind == FIELD_REFERENCE_MAP, list = f->kind == FIELD_LIST || f->kind == FIELD_CHOICES;
  struct json_value *here = below(m->arena, object, f->name, list ? JSON_LIST : JSON_OBJECT);
  if (map) {
    next_name(m->arena, &rest);
    here = here->first ? here->first : below(m->arena, here, name_in(f->target ? f->target : f->name, f->name), JSON_OBJECT);
  }
  if (list) {
    const char *after = rest;
    if (is_index(next_name(m->arena, &after))) rest = after;
    after = rest;
    here = entry_of(m->arena, here, next_name(m->arena, &after));
  }
  open_shorthand(m->arena, f, here, rest);
  if (here->type != JSON_OBJECT) return;
  if (f->choices)
    enter_choice(m, f->choices, here, rest);
  else if (f->record)
    enter_record(m, f->record, here, rest);
}

/* The member whose key it is: the one that is asked for, that the word there selects, or the first. */
static const struct member *member_with(struct maker *m, const struct field *family, const char *name, const char *word) {
  const struct member *first = NULL;
  for (const struct member *const *x = family->family->members; *x; x++) {
    if (!member_key(*x, name)) continue;
    if (*x == m->member || (word && !strcmp(word, (*x)->word))) return *x;
    if (!first) first = *x;
  }
  return first;
}

static void enter_record(struct maker *m, const struct record *record, struct json_value *object, const char *rest) {
  if (object->type != JSON_OBJECT) return; /* its shorthand */
  const char *name = next_name(m->arena, &rest);
  const struct field *f = record_field(record, name), *family = record_family(record);
  const struct member *member = NULL;
  bool own = false;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) own |= k.field == f && !k.member;
  if (f && !own && family) {
    member = member_with(m, family, name, json_text(json_member(object, family->name)));
    if (member) f = member_key(member, name);
  }
  if (f && family && f->kind == FIELD_MEMBER && !*rest && m->member) set(object, name, quoted(m->arena, m->member->word));
  if (f && family && member) set(object, family->name, quoted(m->arena, member->word));
  if (f && !*rest)
    set(object, name, value_of(m, f, 0));
  else if (f)
    enter_field(m, f, object, rest);
  complete(m, record, object, member, 0);
}

/* The last member on the way whose key a step is. */
static const struct member *member_of_path(struct arena *arena, const struct record *root, const char *path) {
  const struct member *member = NULL;
  struct place p = place_of_record(root);
  while (*path && p.what != PLACE_UNKNOWN) {
    const char *name = next_name(arena, &path);
    for (struct record_keys k = p.what == PLACE_RECORD ? record_keys(p.record) : (struct record_keys){0}; k.field;
         record_keys_next(&k))
      if (k.member && !strcmp(k.field->name, name)) member = *k.member;
    p = place_step(p, name, NULL);
    if (p.what == PLACE_LIST) p = place_of_record(p.record);
    if (p.what == PLACE_CHOICES) p.what = PLACE_CHOICE;
  }
  return member;
}

struct json_value *example_of(struct arena *arena, const struct record *root, const char *path, const struct member *member) {
  if (!member) member = member_of_path(arena, root, path);
  struct maker m = {arena, member};
  struct json_value *object = setting_for(arena, path, member);
  const char *rest = path, *name = next_name(arena, &rest);
  const struct field *f = record_field(root, name);
  if (f && !*rest) set(object, name, value_of(&m, f, 0));
  if (f && *rest) enter_field(&m, f, object, rest);
  return object;
}
