#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "sim/json/json_print.h"
#include "sim/engine/sim_time.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/foreign.h"
#include "sim/scenario/preset.h"
#include "sim/scenario/unit.h"
#include "sim/json/safe_text.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void bind_check_range(struct binder *b, const struct field *field, const struct json_value *value, double base) {
  if (field_allows(field, base)) return;
  const char *text = json_print_line(b->arena, value);
  bool bare = field->kind == FIELD_RATIO && base >= 2 && base <= 100 && !strchr(text, '%');
  const char *percent = bare ? arena_format(b->arena, ": write \"%g%%\"", base) : "";
  diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be %s, not %s%s", field->name, field_range(b->arena, field),
                 text, percent);
}

static void bind_flag(struct binder *b, const struct field *field, const struct json_value *value, bool *out) {
  if (json_type(value) != JSON_FLAG) bind_wrong_type(b, field->name, "true or false", value);
  *out = json_flag(value);
}

/* A value that is not of the type number. */
static void no_number(struct binder *b, const struct field *field, const char *expected, const struct json_value *value) {
  const char *text = json_text(value);                                                       /* null: a list, an object */
  bool digits = text && json_is_plain(value) && strspn(text, "0123456789.") == strlen(text); /* 08 of YAML */
  const char *hint = text && !digits ? bind_number_hint(b, field, expected, text) : NULL;
  if (hint)
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" %s", field->name, hint);
  else
    bind_wrong_type(b, field->name, expected, value);
}

void bind_integer(struct binder *b, const struct field *field, const struct json_value *value, int64_t *out) {
  double number = json_number(value);
  if (json_type(value) != JSON_NUMBER) {
    no_number(b, field, "a whole number", value);
  } else if (number != floor(number) || fabs(number) > 9007199254740992.0) {
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be a whole number, not %s", field->name,
                   json_raw_number_text(value));
  } else {
    *out = (int64_t)number;
    bind_check_range(b, field, value, number);
  }
}

static void bind_number(struct binder *b, const struct field *field, const struct json_value *value, double *out) {
  if (json_type(value) != JSON_NUMBER) {
    no_number(b, field, "a number", value);
    return;
  }
  *out = json_number(value);
  bind_check_range(b, field, value, *out);
}

static void bind_text(struct binder *b, const struct field *field, const struct json_value *value, const char **out) {
  if (json_type(value) != JSON_TEXT) bind_wrong_type(b, field->name, "a text", value);
  *out = safe_text(b->arena, json_text(value)); /* it is for people, and reaches every report */
}

/* Finished by a mix of SplitMix64: a word is a seed as good as a number. */
static uint64_t hash_text(const char *text) {
  uint64_t hash = fnv_text(FNV_START, text);
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9u;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBu;
  return hash ^ (hash >> 31);
}

/* Digits in quotes are that number, up to 2^64 - 1, which a JSON number could not hold. */
static void bind_seed(struct binder *b, const struct field *field, const struct json_value *value, uint64_t *out) {
  const char *text = json_text(value);
  double number = json_number(value);
  bool digits = text && *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 19;
  if (text)
    *out = digits ? strtoull(text, NULL, 10) : hash_text(text);
  else if (json_type(value) == JSON_NUMBER && number >= 0 && number <= 9007199254740992.0 && number == floor(number))
    *out = (uint64_t)number;
  else if (json_type(value) == JSON_NUMBER)
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be a whole number from 0 to 2^53, or a text, not %s",
                   field->name, json_raw_number_text(value));
  else
    bind_wrong_type(b, field->name, "a whole number or a text", value);
}

/* "kind": "redis": the kind is cache, and there is a preset, which says more. */
static const char *preset_instead(struct binder *b, const struct field *field, const char *kind, const char *word) {
  const char *name = strcmp(field->name, "kind") ? NULL : preset_meant(b->arena, word);
  if (!name) return "";
  const struct json_value *service = json_member(preset_tree(b->arena, diagnostics_new(b->arena), name), "service");
  bool same = !strcmp(json_text(json_member(service, "kind")), kind);
  return same ? arena_format(b->arena, " Or name the software instead: \"preset\": \"%s\"", name) : "";
}

void bind_word(struct binder *b, const struct field *field, const struct json_value *value, int32_t *out) {
  uint32_t count = 0;
  const char *const *allowed = field_words(b->arena, field);
  while (allowed[count]) count++;
  const char *words = bind_words(b, allowed, count), *text = json_text(value);
  if (!text) {
    bind_wrong_type(b, field->name, arena_format(b->arena, "one of %s", words), value);
    return;
  }
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(allowed[i], text)) {
      *out = (int32_t)i;
      return;
    }
  const char *meant = foreign_value(field->name, allowed, text);
  if (!meant && !strcmp(field->name, PRESET_KEY)) meant = preset_meant(b->arena, text);
  const char *hint = meant ? arena_format(b->arena, "; did you mean \"%s\"?%s", meant, preset_instead(b, field, meant, text))
                           : bind_suggestion(b, text, allowed, count);
  diagnostic_add(b->diagnostics, json_position(value), "\"%s\" must be one of %s, not \"%s\"%s", field->name, words, text, hint);
}

/* The names of the map that references point to; private keys do not count. */
static const char *const *target_names(struct binder *b, const char *target, uint32_t *count) {
  const struct json_value *map = json_resolve_path(b->root, target);
  const char **names = arena_alloc_array(b->arena, sizeof *names, json_count(map) + 1);
  *count = 0;
  if (json_type(map) == JSON_OBJECT)
    for (const struct json_value *v = json_first(map); v; v = json_next(v))
      if (!is_private_name(json_name(v))) names[(*count)++] = json_name(v);
  return names;
}

int32_t bind_find_target(struct binder *b, const char *called, const char *target, const char *name, const struct position *at) {
  int32_t index = 0;
  const struct json_value *map = json_resolve_path(b->root, target), *found = json_member(map, name);
  for (const struct json_value *v = found ? json_first(map) : NULL; v && json_name(v); v = json_next(v)) {
    if (!strcmp(json_name(v), name)) return index;
    index += !is_private_name(json_name(v));
  }
  /* What is no object has been told at its key: that nothing in it is found follows from that. */
  if (map && json_type(map) != JSON_OBJECT && json_type(map) != JSON_NULL) return -1;
  uint32_t count = 0;
  uint32_t worth = json_count(map) > 5000 ? DIAGNOSTICS_SHOWN : 5 * DIAGNOSTICS_SHOWN;
  if (diagnostics_errors(b->diagnostics) > worth) { /* no more of them are shown */
    diagnostic_add(b->diagnostics, at, "\"%s\" refers to \"%s\", which is not in \"%s\"", called, name, target);
    return -1;
  }
  const char *const *names = target_names(b, target, &count);
  const char *hint = bind_suggestion(b, name, names, count);
  if (!*hint)
    hint = count ? arena_format(b->arena, "; there are: %s", bind_words(b, names, count))
                 : arena_format(b->arena, "; the file has no \"%s\"", target);
  diagnostic_add(b->diagnostics, at, "\"%s\" refers to \"%s\", which is not in \"%s\"%s", called, name, target, hint);
  return -1;
}

void bind_reference(struct binder *b, const struct field *field, const struct json_value *value, int32_t *out) {
  *out = -1;
  const char *name = json_text(value);
  if (name)
    *out = bind_find_target(b, field->name, field->target, name, json_position(value));
  else
    bind_wrong_type(b, field->name, arena_format(b->arena, "a name from \"%s\"", field->target), value);
}

/* A lone name has all the weight. */
static void bind_lone_weight(struct binder *b, const struct field *field, const struct json_value *value, struct weights *out) {
  out->reference = arena_alloc(b->arena, sizeof *out->reference);
  out->name = arena_alloc(b->arena, sizeof *out->name);
  out->weight = arena_alloc(b->arena, sizeof *out->weight);
  out->count = 1, *out->name = json_text(value), *out->weight = 1;
  *out->reference = bind_find_target(b, field->name, field->target, json_text(value), json_position(value));
}

void bind_weights(struct binder *b, const struct field *field, const struct json_value *value, struct weights *out) {
  if (json_type(value) == JSON_TEXT && field->target) {
    bind_lone_weight(b, field, value, out);
    return;
  }
  if (json_type(value) != JSON_OBJECT) {
    bind_wrong_type(b, field->name, "an object of names with weights: { \"name\": 70, ... }", value);
    return;
  }
  out->reference = arena_alloc_array(b->arena, sizeof *out->reference, json_count(value));
  out->name = arena_alloc_array(b->arena, sizeof *out->name, json_count(value));
  out->weight = arena_alloc_array(b->arena, sizeof *out->weight, json_count(value));
  double sum = 0;
  uint32_t before = diagnostics_errors(b->diagnostics);
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    if (is_private_name(json_name(v))) continue;
    const char *outer = bind_enter(b, json_name(v));
    struct field weight = {.name = json_name(v), .kind = FIELD_NUMBER, .high = INFINITY};
    uint32_t i = out->count++;
    out->name[i] = json_name(v);
    out->reference[i] =
        field->target ? bind_find_target(b, field->name, field->target, json_name(v), json_name_position(v)) : (int32_t)i;
    bind_field(b, &weight, v, &out->weight[i]);
    sum += out->weight[i];
    b->path = outer;
  }
  if (!(sum > 0) && diagnostics_errors(b->diagnostics) == before)
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" needs at least one weight that is more than 0", field->name);
}

/* A bare ratio is any double, also one that is written with an exponent. */
static bool bare_ratio(const struct field *field, const struct json_value *value) {
  return field->kind == FIELD_RATIO && json_type(value) == JSON_NUMBER;
}

static const char *parse_double(struct arena *arena, enum field_kind kind, const char *text, double *out) {
  return kind == FIELD_RATE ? unit_parse_rate(arena, text, out) : unit_parse_ratio(arena, text, out);
}

/* The text that a unit's parser reads: a string, or a bare number where that is allowed. */
static const char *unit_text(struct binder *b, const struct field *field, const struct json_value *value) {
  const struct unit_form *form = unit_form(field->kind);
  if (json_type(value) == JSON_TEXT) return json_text(value);
  if (json_type(value) == JSON_NUMBER && form->bare_number) return json_print_number(b->arena, json_number(value));
  if (json_type(value) == JSON_NUMBER)
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" %s", field->name,
                   unit_missing(b->arena, field->kind, json_raw_number_text(value)));
  else
    bind_wrong_type(b, field->name, arena_format(b->arena, "%s such as %s", form->called, form->example), value);
  return NULL;
}

static bool never_allowed(const struct field *f) { return f->high >= 9.2e18 || (f->fallback && !strcmp(f->fallback, "\"never\"")); }

static const char *read_integer(struct binder *b, const struct field *field, const struct json_value *value, const char *text,
                                int64_t *out) {
  if (field->automatic && !strcmp(text, field->automatic)) return *out = -1, NULL;
  const char *wrong = unit_parse_whole(b->arena, field->kind, text, out);
  if (wrong) return wrong;
  bool endless = *out == INT64_MAX;
  if (endless && field->kind == FIELD_DURATION && !never_allowed(field)) return "must be a duration, and not \"never\"";
  if (!endless) bind_check_range(b, field, value, (double)*out);
  return NULL;
}

static void bind_unit(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  if (bare_ratio(field, value)) {
    *(double *)out = json_number(value);
    bind_check_range(b, field, value, json_number(value));
    return;
  }
  const char *text = unit_text(b, field, value), *wrong;
  if (!text) return;
  if (field->kind == FIELD_MONEY) {
    struct money_value *money = out;
    wrong = unit_parse_money(b->arena, text, money);
    if (!wrong) bind_check_range(b, field, value, money->amount);
  } else if (field->kind == FIELD_QUOTA) {
    struct quota *quota = out;
    wrong = unit_parse_quota(b->arena, text, quota);
    if (!wrong) bind_check_range(b, field, value, (double)quota->count);
  } else if (field->kind == FIELD_AMOUNT) {
    struct amount *amount = out;
    wrong = unit_parse_amount(b->arena, text, amount);
    if (!wrong && amount->form == AMOUNT_NUMBER) bind_check_range(b, field, value, amount->value);
  } else if (field->kind == FIELD_CALENDAR) {
    wrong = unit_parse_calendar(b->arena, text, out);
  } else if (field->kind == FIELD_RATE || field->kind == FIELD_RATIO) {
    wrong = parse_double(b->arena, field->kind, text, out);
    if (!wrong) bind_check_range(b, field, value, *(double *)out);
  } else {
    wrong = read_integer(b, field, value, text, out);
  }
  const char *hint = wrong ? bind_value_hint(b, field, text) : NULL;
  if (wrong) diagnostic_add(b->diagnostics, json_position(value), "\"%s\" %s", field->name, hint ? hint : wrong);
}

void bind_plain(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  switch (field->kind) {
  case FIELD_FLAG:
    bind_flag(b, field, value, out);
    break;
  case FIELD_INTEGER:
    if (field->target)
      bind_split(b, field, value, out);
    else
      bind_integer(b, field, value, out);
    break;
  case FIELD_NUMBER:
    bind_number(b, field, value, out);
    break;
  case FIELD_TEXT:
    bind_text(b, field, value, out);
    break;
  case FIELD_SEED:
    bind_seed(b, field, value, out);
    break;
  case FIELD_WORD:
    bind_word(b, field, value, out);
    break;
  case FIELD_MEMBER:
    bind_member(b, field, value, out);
    break;
  case FIELD_REFERENCE:
    bind_reference(b, field, value, out);
    break;
  case FIELD_WORDS:
    bind_word_set(b, field, value, out);
    break;
  case FIELD_REFERENCES:
    bind_references(b, field, value, out);
    break;
  default:
    bind_unit(b, field, value, out);
  }
}
