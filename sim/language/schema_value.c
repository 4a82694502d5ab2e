/* Values: numbers, words, units, distributions, and each of them with its source. */
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/json/json_print.h"
#include "sim/language/schema_inner.h"
#include "sim/scenario/record_keys.h"
#include "sim/scenario/unit.h"
#include <math.h>
#include <string.h>

static const char *unit_key(enum field_kind kind) {
  switch (kind) {
  case FIELD_DURATION:
    return "unit:duration";
  case FIELD_BYTES:
    return "unit:size";
  case FIELD_BANDWIDTH:
    return "unit:bandwidth";
  case FIELD_CPU:
    return "unit:cpu";
  case FIELD_RATE:
    return "unit:rate";
  case FIELD_QUOTA:
    return "unit:quota";
  case FIELD_RATIO:
    return "unit:ratio";
  case FIELD_AMOUNT:
    return "unit:amount";
  case FIELD_MONEY:
    return "unit:money";
  case FIELD_CLOCK:
    return "unit:clock";
  case FIELD_CALENDAR:
    return "unit:calendar";
  default:
    return "unit:limit";
  }
}

static void put_number(struct schema_writer *w, const struct field *f) {
  fprintf(w->out, "{\"type\": \"%s\"", f->kind == FIELD_INTEGER ? "integer" : "number");
  bool ranged = *field_range(w->arena, f) != 0;
  bool bounded = isfinite(f->high) && !(f->high == 0 && f->low >= 0);
  if (ranged && isfinite(f->low))
    fprintf(w->out, ", \"%s\": %s", f->open_range_low ? "exclusiveMinimum" : "minimum", json_print_number(w->arena, f->low));
  if (ranged && bounded) fprintf(w->out, ", \"maximum\": %s", json_print_number(w->arena, f->high));
  fputc('}', w->out);
}

/* One whole number, or one for each of several names. */
static void put_integer(struct schema_writer *w, const struct field *f) {
  if (f->target) {
    fputs("{\"if\": {\"type\": \"object\"}, \"then\": {\"type\": \"object\", \"patternProperties\": {\"^x-\": true}, "
          "\"additionalProperties\": ",
          w->out);
    put_number(w, &(struct field){.kind = FIELD_INTEGER, .low = 0, .high = f->high});
    fputs("}, \"else\": ", w->out);
  }
  put_number(w, f);
  if (f->target) fputc('}', w->out);
}

static void put_words(struct schema_writer *w, const char *const *words) {
  fputs("{\"enum\": [", w->out);
  for (; *words; words++) fprintf(w->out, "%s%s", schema_quoted(w, *words), words[1] ? ", " : "");
  fputs("]}", w->out);
}

static void put_members(struct schema_writer *w, const struct family *family) {
  const char *text = "";
  uint32_t count = 0;
  fputs("{\"enum\": [", w->out);
  for (const struct member *const *m = family->members; *m; m++) {
    text = arena_format(w->arena, "%s%s%s: %s", text, *text ? "\n" : "", (*m)->word, (*m)->doc);
    fprintf(w->out, "%s%s", count++ ? ", " : "", schema_quoted(w, (*m)->word));
    for (const char *const *also = (*m)->also; also && *also; also++) fprintf(w->out, ", %s", schema_quoted(w, *also));
  }
  fprintf(w->out, "], \"description\": %s}", schema_quoted(w, text));
}

static void put_item(struct schema_writer *w, const char *key, bool wrapped) {
  static const char sourced[] = "{\"if\": {\"$ref\": \"#/$defs/sourced\"}, \"then\": {\"type\": [\"object\", \"null\"], "
                                "\"properties\": {\"value\": ";
  if (wrapped) fputs(sourced, w->out), schema_put_reference(w, key), fputs("}}, \"else\": ", w->out);
  schema_put_reference(w, key);
  if (wrapped) fputc('}', w->out);
}

static void put_list_of(struct schema_writer *w, const char *key) {
  fputs("{\"type\": \"array\", \"items\": ", w->out);
  put_item(w, key, false);
  fputc('}', w->out);
}

/* Entries may be null where the file extends another, which has them. */
static void put_map_of(struct schema_writer *w, const struct record *record) {
  const char *key = schema_record_key(w, record);
  fputs("{\"type\": \"object\", \"propertyNames\": {\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_.-]{1,63}$\"}, "
        "\"patternProperties\": {\"^x-\": true}, \"additionalProperties\": ",
        w->out);
  if (record_field(record, "value"))
    fputs("{\"if\": {\"type\": \"null\"}, \"then\": true, \"else\": ", w->out), put_item(w, key, false), fputc('}', w->out);
  else
    put_item(w, key, true);
  fputc('}', w->out);
}

/* One of them, or a list of them. */
static void put_several_of(struct schema_writer *w, const char *one) {
  fprintf(w->out, "{\"if\": {\"type\": \"array\"}, \"then\": {\"type\": \"array\", \"items\": %s}, \"else\": %s}", one, one);
}

static void put_words_or_list(struct schema_writer *w, const char *const *words) {
  fputs("{\"if\": {\"type\": \"array\"}, \"then\": {\"type\": \"array\", \"items\": ", w->out);
  put_words(w, words);
  fputs("}, \"else\": ", w->out);
  put_words(w, words);
  fputc('}', w->out);
}

static void put_list(struct schema_writer *w, const struct field *f) {
  const char *key = schema_record_key(w, f->record);
  if (!f->lone) {
    put_list_of(w, key);
    return;
  }
  put_several_of(w, arena_format(w->arena, "{\"$ref\": %s}", schema_quoted(w, arena_format(w->arena, "#/$defs/%s", key))));
}

static void put_plain(struct schema_writer *w, const struct field *f) {
  switch (f->kind) {
  case FIELD_FLAG:
    fputs("{\"type\": \"boolean\"}", w->out);
    break;
  case FIELD_INTEGER:
  case FIELD_NUMBER:
    put_integer(w, f);
    break;
  case FIELD_TEXT:
  case FIELD_TABLE:
  case FIELD_FILE:
  case FIELD_REFERENCE:
    fputs("{\"type\": \"string\"}", w->out);
    break;
  case FIELD_SEED:
    fputs("{\"if\": {\"type\": \"integer\"}, \"then\": true, \"else\": {\"type\": \"string\"}}", w->out);
    break;
  case FIELD_WORD:
    put_words(w, f->words);
    break;
  case FIELD_WORDS:
    put_words_or_list(w, f->words);
    break;
  case FIELD_REFERENCES:
    put_several_of(w, "{\"type\": \"string\"}");
    break;
  case FIELD_MEMBER:
    put_members(w, f->family);
    break;
  case FIELD_DISTRIBUTION:
    schema_put_reference(w, "distribution");
    break;
  case FIELD_WEIGHTS:
    schema_put_reference(w, "weights");
    break;
  case FIELD_RECORD:
    schema_put_reference(w, schema_record_key(w, f->record));
    break;
  case FIELD_LIST:
    put_list(w, f);
    break;
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    put_map_of(w, f->record);
    break;
  case FIELD_CHOICE:
    schema_put_reference(w, schema_choice_key(w, f->choices));
    break;
  case FIELD_CHOICES:
    put_list_of(w, schema_choice_key(w, f->choices));
    break;
  default:
    schema_put_reference(w, f->kind == FIELD_MONEY && w->in_prices ? "unit:price" : unit_key(f->kind));
  }
}

void schema_put_value(struct schema_writer *w, const struct field *f) {
  if (f->automatic) fprintf(w->out, "{\"if\": {\"const\": %s}, \"then\": true, \"else\": ", schema_quoted(w, f->automatic));
  put_plain(w, f);
  if (f->automatic) fputc('}', w->out);
}

void schema_put_sourced(struct schema_writer *w, const struct field *f) {
  bool map = f->kind == FIELD_MAP || f->kind == FIELD_REFERENCE_MAP;
  if (map || (f->kind == FIELD_RECORD && record_field(f->record, "value"))) {
    fputs("\"if\": {\"type\": \"null\"}, \"then\": true, \"else\": ", w->out);
  } else {
    fputs("\"if\": {\"$ref\": \"#/$defs/sourced\"}, \"then\": {\"type\": [\"object\", \"null\"], \"properties\": {\"source\": "
          "{\"type\": \"string\"}, \"range\": {\"$ref\": \"#/$defs/range\"}, \"value\": ",
          w->out);
    schema_put_value(w, f);
    fputs("}}, \"else\": ", w->out);
  }
  schema_put_value(w, f);
}

/* --- definitions ---------------------------------------------------------------------------------------------------------- */

void schema_put_units(struct schema_writer *w) {
  for (enum field_kind kind = FIELD_FLAG; kind <= FIELD_CHOICES; kind++) {
    const struct unit_form *form = unit_form(kind);
    if (!form) continue;
    fprintf(w->out, ", \"%s\": {\"description\": %s, ", unit_key(kind),
            schema_quoted(w, arena_format(w->arena, "%s such as %s", form->called, form->example)));
    if (form->bare_number)
      fputs("\"if\": {\"type\": \"number\"}, \"then\": {\"type\": \"number\", \"minimum\": 0}, \"else\": {", w->out);
    fprintf(w->out, "\"type\": \"string\", \"pattern\": %s}%s", schema_quoted(w, unit_pattern(w->arena, kind)),
            form->bare_number ? "}" : "");
  }
}

static void put_scalar(struct schema_writer *w, const struct distribution_parameter *p) {
  bool number = p->dimension == PARAMETER_NUMBER || p->dimension == PARAMETER_NUMBERS;
  struct field field = {.name = p->name, .kind = number ? FIELD_NUMBER : FIELD_DURATION};
  fputc('{', w->out);
  schema_put_sourced(w, &field);
  fputc('}', w->out);
}

static void put_parameter(struct schema_writer *w, const struct distribution_parameter *p) {
  bool list = p->dimension == PARAMETER_VALUES || p->dimension == PARAMETER_NUMBERS || p->dimension == PARAMETER_PARTS;
  if (list) fputs("{\"type\": \"array\", \"items\": ", w->out);
  if (p->dimension == PARAMETER_PARTS)
    schema_put_reference(w, "distribution");
  else
    put_scalar(w, p);
  if (list) fputc('}', w->out);
}

/* {"exponential": "8s"} or {"exponential": {"mean": "8s"}}. */
static void put_distribution(struct schema_writer *w, const struct distribution_kind *kind) {
  const struct distribution_parameter *shorthand = NULL;
  fprintf(w->out, "%s: {\"description\": %s, ", schema_quoted(w, kind->name), schema_quoted(w, kind->doc ? kind->doc : ""));
  for (int i = 0; i < DISTRIBUTION_PARAMETERS && kind->parameters[i].name; i++)
    if (kind->parameters[i].shorthand && !shorthand) shorthand = &kind->parameters[i];
  if (shorthand) fputs("\"if\": {\"type\": \"object\", \"not\": {\"$ref\": \"#/$defs/sourced\"}}, \"then\": {", w->out);
  fputs("\"type\": \"object\", \"properties\": {\"source\": {\"type\": \"string\"}", w->out);
  for (int i = 0; i < DISTRIBUTION_PARAMETERS && kind->parameters[i].name; i++) {
    fprintf(w->out, ", %s: ", schema_quoted(w, kind->parameters[i].name));
    put_parameter(w, &kind->parameters[i]);
  }
  fprintf(w->out, "}, %s}", SCHEMA_SIDE_KEYS);
  if (!shorthand) return;
  fputs(", \"else\": ", w->out);
  put_parameter(w, shorthand);
  fputc('}', w->out);
}

void schema_put_distributions(struct schema_writer *w) {
  fputs(", \"distribution\": {\"description\": \"A duration, or a distribution of durations.\", \"if\": {\"type\": \"object\"}, "
        "\"then\": {\"if\": {\"$ref\": \"#/$defs/sourced\"}, \"then\": {\"type\": \"object\", \"properties\": {\"value\": "
        "{\"$ref\": \"#/$defs/distribution\"}}}, \"else\": {\"type\": \"object\", \"minProperties\": 1, \"properties\": "
        "{\"source\": {\"type\": \"string\"}",
        w->out);
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++) {
    fputs(", ", w->out);
    put_distribution(w, *k);
  }
  fprintf(w->out, "}, %s}}, \"else\": {\"$ref\": \"#/$defs/unit:duration\"}}", SCHEMA_SIDE_KEYS);
  fputs(
      ", \"weights\": {\"description\": \"Numbers by name.\", \"if\": {\"type\": \"string\"}, \"then\": true, \"else\": {\"type\": "
      "\"object\", \"patternProperties\": {\"^x-\": true}, \"additionalProperties\": {",
      w->out);
  schema_put_sourced(w, &(struct field){.name = "weight", .kind = FIELD_NUMBER, .low = 0, .high = HUGE_VAL});
  fputs("}}}, \"range\": {\"description\": \"Where the value lies, plausibly: [low, high].\", \"type\": [\"array\", \"null\"], "
        "\"minItems\": 2, "
        "\"maxItems\": 2}",
        w->out);
  fputs(", \"sourced\": {\"description\": \"Any value with where it comes from and its plausible range; or null, where the file "
        "extends another, for the default.\", \"type\": [\"object\", \"null\"], \"required\": [\"value\"], \"properties\": "
        "{\"value\": true}, \"propertyNames\": {\"type\": \"string\", \"pattern\": \"^(value|source|range)$|^x-\"}}",
        w->out);
}
