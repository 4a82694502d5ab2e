#include "sim/engine/distribution.h"
#include "sim/engine/arena.h"
#include "sim/scenario/bind_inner.h"
#include "sim/scenario/foreign.h"
#include "sim/json/json_node.h"
#include <math.h>
#include <string.h>

static bool is_list(const struct distribution_parameter *p) {
  return p->dimension == PARAMETER_VALUES || p->dimension == PARAMETER_NUMBERS;
}

/* One number of a parameter, read as a field of its own, so that wrapping and messages work as everywhere. */
static double read_scalar(struct binder *b, const struct distribution_parameter *p, const struct json_value *value) {
  bool dimensionless = p->dimension == PARAMETER_NUMBER || p->dimension == PARAMETER_NUMBERS;
  struct field field = {.name = p->name, .kind = dimensionless ? FIELD_NUMBER : FIELD_DURATION};
  if (dimensionless) {
    double number = 0;
    bind_field(b, &field, value, &number);
    return number;
  }
  int64_t ns = 0;
  bind_field(b, &field, value, &ns);
  return (double)ns;
}

static void read_list(struct binder *b, const struct distribution_parameter *p, const struct json_value *value,
                      struct parameter_values *out, int index) {
  if (json_type(value) != JSON_LIST) {
    bind_wrong_type(b, p->name, p->dimension == PARAMETER_VALUES ? "a list such as [\"10ms\", \"20ms\"]" : "a list of numbers",
                    value);
    return;
  }
  double *list = arena_alloc_array(b->arena, sizeof *list, json_count(value));
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    const char *outer = bind_enter_index(b, out->count[index]);
    list[out->count[index]++] = read_scalar(b, p, v);
    b->path = outer;
  }
  out->list[index] = list;
}

/* Parts of a distribution, each of which is one. */
static void read_parts(struct binder *b, const struct distribution_parameter *p, const struct json_value *value,
                       struct parameter_values *out, int index) {
  struct field field = {.name = p->name, .kind = FIELD_DISTRIBUTION};
  if (json_type(value) != JSON_LIST && !p->shorthand) { /* one is enough */
    struct distribution *one = arena_alloc_array(b->arena, sizeof *one, 1);
    bind_field(b, &field, value, one);
    out->parts[index] = one, out->count[index] = 1;
    return;
  }
  if (json_type(value) != JSON_LIST) {
    bind_wrong_type(b, p->name, "a list of durations or distributions, such as [\"20s\", { \"exponential\": \"8s\" }]", value);
    return;
  }
  struct distribution *parts = arena_alloc_array(b->arena, sizeof *parts, json_count(value));
  for (const struct json_value *v = json_first(value); v; v = json_next(v)) {
    const char *outer = bind_enter_index(b, out->count[index]);
    bind_field(b, &field, v, &parts[out->count[index]++]);
    b->path = outer;
  }
  out->parts[index] = parts;
}

static void read_parameter(struct binder *b, const struct distribution_kind *kind, int index, const struct json_value *value,
                           struct parameter_values *out) {
  const struct distribution_parameter *p = &kind->parameters[index];
  out->given[index] = true;
  if (p->dimension == PARAMETER_PARTS)
    read_parts(b, p, value, out, index);
  else if (is_list(p))
    read_list(b, p, value, out, index);
  else
    out->scalar[index] = read_scalar(b, p, value);
}

static int parameter_count(const struct distribution_kind *kind) {
  int count = 0;
  while (count < DISTRIBUTION_PARAMETERS && kind->parameters[count].name) count++;
  return count;
}

static void unknown_parameter(struct binder *b, const struct distribution_kind *kind, const struct json_value *member) {
  const char *names[DISTRIBUTION_PARAMETERS];
  int count = parameter_count(kind);
  for (int i = 0; i < count; i++) names[i] = kind->parameters[i].name;
  const char *hint = bind_suggestion(b, json_name(member), names, (uint32_t)count);
  if (!*hint) hint = arena_format(b->arena, "; it takes: %s", bind_words(b, names, (uint32_t)count));
  diagnostic_add(b->diagnostics, json_name_position(member), "unknown key \"%s\" in \"%s\"%s", json_name(member), kind->name, hint);
}

static void read_named(struct binder *b, const struct distribution_kind *kind, const struct json_value *object,
                       struct parameter_values *out) {
  int count = parameter_count(kind);
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    int index = 0;
    while (index < count && strcmp(kind->parameters[index].name, json_name(v)) != 0) index++;
    const char *outer = bind_enter(b, json_name(v));
    if (index < count) read_parameter(b, kind, index, v, out);
    b->path = outer;
    if (index == count && !bind_side_key(b, v)) unknown_parameter(b, kind, v);
  }
}

/* {"exponential": "8s"}: the value of the kind's key is its marked parameter, possibly wrapped with its source. */
static void read_parameters(struct binder *b, const struct distribution_kind *kind, const struct json_value *value,
                            struct parameter_values *out) {
  int count = parameter_count(kind), index = 0;
  while (index < count && !kind->parameters[index].shorthand) index++;
  bool named = json_type(value) == JSON_OBJECT && !(index < count && wrapped_value((struct place){.what = PLACE_PARAMETER}, value));
  if (named)
    read_named(b, kind, value, out);
  else if (index < count)
    read_parameter(b, kind, index, value, out);
  else
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\" needs an object of its parameters: { \"%s\": ... }", kind->name,
                   kind->parameters[0].name);
}

static void solve(struct binder *b, const struct field *field, const struct distribution_kind *kind, const struct json_value *value,
                  struct distribution *out) {
  struct parameter_values values = {0};
  uint32_t before = diagnostics_errors(b->diagnostics);
  const char *outer = bind_enter(b, kind->name);
  read_parameters(b, kind, value, &values);
  b->path = outer;
  if (diagnostics_errors(b->diagnostics) != before) return;
  struct distribution made = {.kind = kind};
  const char *wrong = kind->solve(&made, &values, b->arena);
  if (wrong) {
    diagnostic_add(b->diagnostics, json_position(value), "\"%s\": %s", kind->name, wrong);
    return;
  }
  *out = made;
  bind_check_range(b, field, value, out->mean);
}

static const char *unknown_hint(struct binder *b, const char *word, const char *const *names, uint32_t count) {
  const char *hint = bind_suggestion(b, word, names, count);
  if (!*hint) hint = foreign_hint(b->arena, "distribution", word);
  return *hint ? hint : arena_format(b->arena, "; distributions are: %s", bind_words(b, names, count));
}

static void bind_kind(struct binder *b, const struct field *field, const struct json_value *object, struct distribution *out) {
  const struct json_value *chosen = NULL;
  uint32_t count;
  const char *const *names = place_names(b->arena, (struct place){.what = PLACE_DISTRIBUTION}, &count);
  for (const struct json_value *v = json_first(object); v; v = json_next(v)) {
    bool known = distribution_kind_named(json_name(v)) != NULL;
    if (!known && bind_side_key(b, v)) continue;
    if (!known)
      diagnostic_add(b->diagnostics, json_name_position(v), "unknown distribution \"%s\"%s", json_name(v),
                     unknown_hint(b, json_name(v), names, count));
    else if (chosen)
      diagnostic_add(b->diagnostics, json_name_position(v), "\"%s\" and \"%s\" are both distributions: keep one", json_name(chosen),
                     json_name(v));
    else
      chosen = v;
  }
  if (chosen)
    solve(b, field, distribution_kind_named(json_name(chosen)), chosen, out);
  else if (!json_first(object))
    diagnostic_add(b->diagnostics, json_position(object), "\"%s\" needs a distribution such as { \"exponential\": \"8s\" }",
                   field->name);
}

void bind_distribution(struct binder *b, const struct field *field, const struct json_value *value, void *out) {
  struct distribution *d = out;
  *d = distribution_constant(0); /* safe to walk after an error */
  if (json_type(value) == JSON_OBJECT) {
    bind_kind(b, field, value, d);
  } else if (json_type(value) == JSON_TEXT || json_type(value) == JSON_NUMBER) {
    int64_t ns = 0;
    struct field constant = *field;
    constant.kind = FIELD_DURATION;
    constant.fallback = NULL; /* a distribution that never ends could not be sampled */
    const char *hint = json_text(value) ? bind_value_hint(b, field, json_text(value)) : NULL;
    if (hint) {
      diagnostic_add(b->diagnostics, json_position(value), "\"%s\" %s", field->name, hint);
      return;
    }
    if (isinf(constant.high)) constant.high = 9e18;
    bind_plain(b, &constant, value, &ns);
    *d = distribution_constant((double)ns);
  } else {
    bind_wrong_type(b, field->name, "a duration such as \"12ms\" or a distribution such as { \"exponential\": \"8s\" }", value);
  }
}
