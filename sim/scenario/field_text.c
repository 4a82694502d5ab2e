#include "sim/scenario/field_text.h"
#include "sim/engine/arena.h"
#include "sim/scenario/place.h"
#include "sim/scenario/record_keys.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include <math.h>
#include <string.h>

static bool has_range(const struct field *f) { return f->low != 0 || f->high != 0 || f->open_range_low || f->kind == FIELD_RATIO; }

/* A ratio without a range of its own is 0..1; SIM_NEVER and INT64_MAX are as good as no bound. */
static double upper(const struct field *f) {
  if (f->high >= 9.2e18) return INFINITY;
  bool none = f->low == 0 && f->high == 0 && !f->open_range_low;
  if (none && f->kind == FIELD_RATIO) return 1;
  return f->high == 0 && f->low >= 0 ? INFINITY : f->high;
}

bool field_allows(const struct field *f, double base) {
  if (!has_range(f)) return true;
  return base <= upper(f) && (base > f->low || (base == f->low && !f->open_range_low));
}

const char *field_range(struct arena *arena, const struct field *f) {
  bool signed_kind = f->kind == FIELD_INTEGER || f->kind == FIELD_NUMBER;
  bool says_nothing = f->low == 0 && !f->open_range_low && isinf(upper(f)) && !signed_kind; /* units are never negative */
  if (f->kind == FIELD_TABLE || !has_range(f) || says_nothing) return "";                   /* a table's are rows */
  const char *low = isinf(f->low) ? "" : unit_print(arena, f->kind, f->low);
  const char *high = isinf(upper(f)) ? "" : unit_print(arena, f->kind, upper(f));
  if (!*low && !*high) return "";
  if (!*low) return arena_format(arena, "at most %s", high);
  if (!*high) return arena_format(arena, "%s %s", f->open_range_low ? "more than" : "at least", low);
  return arena_format(arena, f->open_range_low ? "more than %s and at most %s" : "from %s to %s", low, high);
}

const char *words_joined(struct arena *arena, const char *const *words, const char *between) {
  const char *text = "";
  for (uint32_t i = 0; words[i]; i++) text = arena_format(arena, "%s%s%s", text, i ? between : "", words[i]);
  return text;
}

static const char *kinds_joined(struct arena *arena, const struct choice_set *set) {
  uint32_t count;
  return words_joined(arena, place_names(arena, (struct place){.what = PLACE_CHOICE, .choices = set}, &count), ", ");
}

static const char *table_text(struct arena *arena, const struct field *f) {
  const char *text = "";
  for (const struct table_column *c = f->columns; c->name; c++)
    text = arena_format(arena, "%s%s%s%s", text, *text ? ", " : "", c->name, c->optional ? " (optional)" : "");
  return arena_format(arena, "the name of a CSV file with the columns %s", text);
}

const char *field_takes(struct arena *arena, const struct field *f) {
  const struct unit_form *form = unit_form(f->kind);
  switch (f->kind) {
  case FIELD_FLAG:
    return "true or false";
  case FIELD_INTEGER:
    return f->target ? arena_format(arena, "a whole number, or one for each of several names from \"%s\"", f->target)
                     : "a whole number";
  case FIELD_NUMBER:
    return "a number";
  case FIELD_TEXT:
    return "a text";
  case FIELD_SEED:
    return "a whole number or a text";
  case FIELD_WORD:
  case FIELD_MEMBER:
    return arena_format(arena, "one of %s", words_joined(arena, field_words(arena, f), ", "));
  case FIELD_WORDS:
    return arena_format(arena, "one of %s, or a list of them", words_joined(arena, field_words(arena, f), ", "));
  case FIELD_REFERENCE:
    return arena_format(arena, "a name from \"%s\"", f->target);
  case FIELD_REFERENCES:
    return f->automatic ? arena_format(arena, "a name from \"%s\", a list of them, or \"%s\"", f->target, f->automatic)
                        : arena_format(arena, "a name from \"%s\", or a list of them", f->target);
  case FIELD_DISTRIBUTION:
    return "a duration such as \"12ms\" or a distribution such as {\"exponential\": \"8s\"}";
  case FIELD_WEIGHTS:
    return f->target ? arena_format(arena, "names from \"%s\" with weights", f->target) : "an object of names with weights";
  case FIELD_TABLE:
    return table_text(arena, f);
  case FIELD_FILE:
    return "the name of a text file";
  case FIELD_RECORD:
    return arena_format(arena, "an object: %s", f->record->name);
  case FIELD_LIST:
    if (f->lone && !f->record->shorthand) return arena_format(arena, "a %s object, or a list of them", f->record->name);
    if (f->lone)
      return arena_format(arena, "%s, or a list of them", field_takes(arena, record_field(f->record, f->record->shorthand)));
    return arena_format(arena, "a list of %s objects", f->record->name);
  case FIELD_MAP:
    return arena_format(arena, "an object of named %s objects", f->record->name);
  case FIELD_REFERENCE_MAP:
    return arena_format(arena, "%s objects by a name from \"%s\"", f->record->name, f->target);
  case FIELD_CHOICE:
    return arena_format(arena, "a %s: one of %s", f->choices->name, kinds_joined(arena, f->choices));
  case FIELD_CHOICES:
    return arena_format(arena, "a list of %ss, each one of %s", f->choices->name, kinds_joined(arena, f->choices));
  default:
    return f->automatic ? arena_format(arena, "%s such as %s, or \"%s\"", form->called, form->example, f->automatic)
                        : arena_format(arena, "%s such as %s", form->called, form->example);
  }
}

bool field_required(const struct field *f) {
  if (f->fallback || f->optional) return false;
  if (f->kind != FIELD_RECORD) return true;
  for (const struct field *inner = f->record->fields; inner->name; inner++)
    if (field_required(inner)) return true;
  return false;
}

struct collector {
  struct arena *arena;
  struct vocabulary *out;
  uint32_t record_room, choice_room;
};

static bool add_pointer(struct arena *arena, const void ***items, uint32_t *count, uint32_t *room, const void *item) {
  for (uint32_t i = 0; i < *count; i++)
    if ((*items)[i] == item) return false;
  if (*count == *room) {
    *room = *room ? 2 * *room : 32;
    const void **more = arena_alloc(arena, *room * sizeof *more);
    if (*count) memcpy(more, *items, *count * sizeof *more);
    *items = more;
  }
  (*items)[(*count)++] = item;
  return true;
}

static void collect_record(struct collector *c, const struct record *record);

static void collect_choice(struct collector *c, const struct choice_set *set) {
  const void **items = (const void **)c->out->choices;
  bool new = add_pointer(c->arena, &items, &c->out->choice_count, &c->choice_room, set);
  c->out->choices = (const struct choice_set **)items;
  if (new)
    for (const struct alternative *const *k = set->kinds; *k; k++)
      if ((*k)->record) collect_record(c, (*k)->record);
}

static void collect_record(struct collector *c, const struct record *record) {
  const void **items = (const void **)c->out->records;
  bool new = add_pointer(c->arena, &items, &c->out->record_count, &c->record_room, record);
  c->out->records = (const struct record **)items;
  if (!new) return;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    if (k.field->record) collect_record(c, k.field->record);
    if (k.field->choices) collect_choice(c, k.field->choices);
  }
}

struct vocabulary vocabulary_of(struct arena *arena, const struct record *root) {
  struct vocabulary out = {0};
  struct collector c = {.arena = arena, .out = &out};
  collect_record(&c, root);
  return out;
}
