#include "sim/language/schema.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/field_text.h"
#include "sim/json/json_print.h"
#include "sim/scenario/record_keys.h"
#include "sim/scenario/unit.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Written on one line and laid out by json_print at the end.
 *
 * No key is `required`: a file may extend another one and give a part only, and an editor cannot see the parent. */
struct writer {
  struct arena *arena;
  FILE *out;
  struct vocabulary words;
  const struct record *root;
};

static const char *quoted(struct writer *w, const char *text) { return json_quote(w->arena, text); }

/* Records of one name are told apart by a number. */
static const char *record_key(struct writer *w, const struct record *record) {
  uint32_t same = 0;
  for (uint32_t i = 0; w->words.records[i] != record; i++) same += !strcmp(w->words.records[i]->name, record->name);
  return same ? arena_format(w->arena, "record:%s-%u", record->name, same + 1) : arena_format(w->arena, "record:%s", record->name);
}

static const char *choice_key(struct writer *w, const struct choice_set *set) {
  uint32_t same = 0;
  for (uint32_t i = 0; w->words.choices[i] != set; i++) same += !strcmp(w->words.choices[i]->name, set->name);
  return same ? arena_format(w->arena, "choice:%s-%u", set->name, same + 1) : arena_format(w->arena, "choice:%s", set->name);
}

static void put_reference(struct writer *w, const char *key) {
  fprintf(w->out, "{\"$ref\": %s}", quoted(w, arena_format(w->arena, "#/$defs/%s", key)));
}

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

static void put_number(struct writer *w, const struct field *f) {
  fprintf(w->out, "{\"type\": \"%s\"", f->kind == FIELD_INTEGER ? "integer" : "number");
  bool ranged = *field_range(w->arena, f) != 0;
  bool bounded = isfinite(f->high) && !(f->high == 0 && f->low >= 0);
  if (ranged && isfinite(f->low))
    fprintf(w->out, ", \"%s\": %s", f->open_range_low ? "exclusiveMinimum" : "minimum", json_print_number(w->arena, f->low));
  if (ranged && bounded) fprintf(w->out, ", \"maximum\": %s", json_print_number(w->arena, f->high));
  fputc('}', w->out);
}

static void put_words(struct writer *w, const char *const *words) {
  fputs("{\"enum\": [", w->out);
  for (; *words; words++) fprintf(w->out, "%s%s", quoted(w, *words), words[1] ? ", " : "");
  fputs("]}", w->out);
}

static void put_member_word(struct writer *w, const struct member *m, const char *word, bool last) {
  fprintf(w->out, "{\"const\": %s, \"description\": %s}%s", quoted(w, word), quoted(w, m->doc), last ? "" : ", ");
}

static void put_members(struct writer *w, const struct family *family) {
  fputs("{\"oneOf\": [", w->out);
  for (const struct member *const *m = family->members; *m; m++) {
    put_member_word(w, *m, (*m)->word, !m[1] && !(*m)->also);
    for (const char *const *also = (*m)->also; also && *also; also++) put_member_word(w, *m, *also, !m[1] && !also[1]);
  }
  fputs("]}", w->out);
}

static void put_list_of(struct writer *w, const char *key) {
  fputs("{\"type\": \"array\", \"items\": ", w->out);
  put_reference(w, key);
  fputc('}', w->out);
}

static void put_map_of(struct writer *w, const char *key) {
  fputs("{\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^[A-Za-z0-9_.-]{1,63}$\"}, "
        "\"patternProperties\": {\"^x-\": true}, \"additionalProperties\": ",
        w->out);
  put_reference(w, key);
  fputc('}', w->out);
}

/* Behind the number: one for each of several names. */
static void put_split(struct writer *w, const struct field *f) {
  fputs(", {\"type\": \"object\", \"patternProperties\": {\"^x-\": true}, \"additionalProperties\": ", w->out);
  put_number(w, &(struct field){.kind = FIELD_INTEGER, .low = 0, .high = f->high});
  fputc('}', w->out);
}

/* What a field's value looks like, without its description: alternatives between commas. */
static void put_type(struct writer *w, const struct field *f) {
  switch (f->kind) {
  case FIELD_FLAG:
    fputs("{\"type\": \"boolean\"}", w->out);
    break;
  case FIELD_INTEGER:
  case FIELD_NUMBER:
    put_number(w, f);
    if (f->target) put_split(w, f);
    break;
  case FIELD_TEXT:
  case FIELD_TABLE:
  case FIELD_FILE:
  case FIELD_REFERENCE:
    fputs("{\"type\": \"string\"}", w->out);
    break;
  case FIELD_SEED:
    fputs("{\"type\": [\"integer\", \"string\"]}", w->out);
    break;
  case FIELD_WORD:
    put_words(w, f->words);
    break;
  case FIELD_WORDS:
    put_words(w, f->words);
    fputs(", {\"type\": \"array\", \"items\": ", w->out);
    put_words(w, f->words);
    fputc('}', w->out);
    break;
  case FIELD_REFERENCES:
    fputs("{\"type\": \"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}", w->out);
    break;
  case FIELD_MEMBER:
    put_members(w, f->family);
    break;
  case FIELD_DISTRIBUTION:
    put_reference(w, "distribution");
    break;
  case FIELD_WEIGHTS:
    put_reference(w, "weights");
    break;
  case FIELD_RECORD:
    put_reference(w, record_key(w, f->record));
    break;
  case FIELD_LIST:
    put_list_of(w, record_key(w, f->record));
    if (f->lone) fputs(", ", w->out), put_reference(w, record_key(w, f->record));
    break;
  case FIELD_MAP:
  case FIELD_REFERENCE_MAP:
    put_map_of(w, record_key(w, f->record));
    break;
  case FIELD_CHOICE:
    put_reference(w, choice_key(w, f->choices));
    break;
  case FIELD_CHOICES:
    put_list_of(w, choice_key(w, f->choices));
    break;
  default:
    put_reference(w, unit_key(f->kind));
  }
}

/* whose: "Of kind closed. ", or "". */
static void put_field(struct writer *w, const struct field *f, const char *whose) {
  const char *range = field_range(w->arena, f);
  const char *text = arena_format(w->arena, "%s%s%s%s%s%s", whose, f->doc ? f->doc : "", f->doc ? " " : "",
                                  field_required(f) ? "Required. " : "", *range ? arena_format(w->arena, "Range: %s. ", range) : "",
                                  f->source ? arena_format(w->arena, "Default from: %s. ", f->source) : "");
  size_t length = strlen(text);
  text = arena_format(w->arena, "%.*s", (int)(length && text[length - 1] == ' ' ? length - 1 : length), text);
  fprintf(w->out, "%s: {", quoted(w, f->name));
  if (length) fprintf(w->out, "\"description\": %s, ", quoted(w, text));
  if (f->fallback) fprintf(w->out, "\"default\": %s, ", f->fallback);
  fputs("\"anyOf\": [", w->out);
  put_type(w, f);
  if (f->automatic) fprintf(w->out, ", {\"const\": %s}", quoted(w, f->automatic));
  fputs(", {\"$ref\": \"#/$defs/sourced\"}]}", w->out);
}

static const char side_keys[] = "\"patternProperties\": {\"^x-\": true}, \"additionalProperties\": false";

static void put_one_of(struct writer *w, const struct record *record) {
  uint32_t count = 0;
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of) fprintf(w->out, "%s{\"required\": [%s]}", count++ ? ", " : ", \"oneOf\": [", quoted(w, f->name));
  if (count) fputc(']', w->out);
}

static const char *whose_key(struct writer *w, const struct record_keys *k) {
  if (!k->member) return "";
  return arena_format(w->arena, "Of %s %s. ", k->family->name, members_with_key(w->arena, k->family->family, k->field->name));
}

static void put_owner_words(struct writer *w, const struct record_keys *k) {
  uint32_t count = 0;
  for (const struct member *const *m = k->family->family->members; *m; m++) {
    bool takes = member_key(*m, k->field->name) || member_implied(k->family, *m, k->field->name);
    if (takes) fprintf(w->out, "%s%s", count++ ? ", " : "", quoted(w, (*m)->word));
    for (const char *const *also = (*m)->also; takes && also && *also; also++) fprintf(w->out, ", %s", quoted(w, *also));
  }
}

/* A key of some members lets no other word stand next to it; the word may be absent, or have a source. */
static void put_owners(struct writer *w, const struct record *record) {
  uint32_t count = 0;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    if (!k.member || k.family->family->overlaid) continue;
    fprintf(w->out, "%s%s: {\"properties\": {%s: {\"anyOf\": [{\"enum\": [", count++ ? ", " : ", \"dependentSchemas\": {",
            quoted(w, k.field->name), quoted(w, k.family->name));
    put_owner_words(w, &k);
    fputs("]}, {\"$ref\": \"#/$defs/sourced\"}]}}}", w->out);
  }
  if (count) fputc('}', w->out);
}

static void put_object(struct writer *w, const struct record *record) {
  fputs("{\"type\": \"object\", \"properties\": {", w->out);
  uint32_t count = 0;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    if (count++) fputs(", ", w->out);
    put_field(w, k.field, whose_key(w, &k));
  }
  bool named[3] = {false};
  static const char *const common[] = {"source", "$schema", "extends"};
  for (int i = 0; i < 3; i++) named[i] = record_field(record, common[i]) != NULL;
  bool first = !count;
  for (int i = 0; i < (record == w->root ? 3 : 1); i++) {
    if (named[i]) continue;
    fprintf(w->out, "%s\"%s\": {\"type\": \"string\"}", first ? "" : ", ", common[i]);
    first = false;
  }
  fprintf(w->out, "}, %s", side_keys);
  put_owners(w, record);
  put_one_of(w, record);
  fputc('}', w->out);
}

static void put_record(struct writer *w, const struct record *record) {
  fprintf(w->out, "%s: {\"description\": %s, ", quoted(w, record_key(w, record)),
          quoted(w, record->doc ? record->doc : record->name));
  const struct field *shorthand = NULL;
  for (const struct field *f = record->fields; record->shorthand && f->name; f++)
    if (!strcmp(f->name, record->shorthand)) shorthand = f;
  fputs("\"anyOf\": [", w->out);
  put_object(w, record);
  if (shorthand) {
    fputs(", ", w->out);
    put_type(w, shorthand);
  }
  fputs(", {\"$ref\": \"#/$defs/sourced\"}]}", w->out);
}

static void put_alternative(struct writer *w, const struct alternative *kind) {
  if (kind->flat) {
    fprintf(w->out, "{\"required\": [%s], \"allOf\": [", quoted(w, kind->key));
    put_reference(w, record_key(w, kind->record));
    fputs("]}", w->out);
    return;
  }
  fprintf(w->out, "{\"type\": \"object\", \"required\": [%s], \"properties\": {\"source\": {\"type\": \"string\"}, %s: ",
          quoted(w, kind->key), quoted(w, kind->key));
  put_reference(w, record_key(w, kind->record));
  fprintf(w->out, "}, %s}", side_keys);
}

static void put_choice(struct writer *w, const struct choice_set *set) {
  fprintf(w->out, "%s: {\"description\": %s, \"anyOf\": [", quoted(w, choice_key(w, set)),
          quoted(w, set->doc ? set->doc : set->name));
  for (const struct alternative *const *k = set->kinds; *k; k++) {
    put_alternative(w, *k);
    fputs(", ", w->out);
  }
  if (set->shorthand_key) {
    fputs("{\"type\": [\"string\", \"number\"]}, ", w->out);
  } else {
    for (const struct alternative *const *k = set->kinds; *k; k++)
      if (!(*k)->flat) fprintf(w->out, "{\"const\": %s}, ", quoted(w, (*k)->key));
  }
  fputs("{\"$ref\": \"#/$defs/sourced\"}]}", w->out);
}

static void put_units(struct writer *w) {
  for (enum field_kind kind = FIELD_FLAG; kind <= FIELD_CHOICES; kind++) {
    const struct unit_form *form = unit_form(kind);
    if (!form) continue;
    fprintf(w->out, ", \"%s\": {\"description\": %s, \"anyOf\": [{\"type\": \"string\", \"pattern\": %s}", unit_key(kind),
            quoted(w, arena_format(w->arena, "%s such as %s", form->called, form->example)),
            quoted(w, unit_pattern(w->arena, kind)));
    if (form->bare_number) fputs(", {\"type\": \"number\", \"minimum\": 0}", w->out);
    fputs("]}", w->out);
  }
}

static void put_distributions(struct writer *w) {
  fputs(", \"distribution\": {\"description\": \"A duration, or a distribution of durations.\", \"anyOf\": ["
        "{\"$ref\": \"#/$defs/unit:duration\"}, {\"$ref\": \"#/$defs/sourced\"}",
        w->out);
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++)
    fprintf(w->out,
            ", {\"type\": \"object\", \"required\": [%s], \"properties\": {\"source\": {\"type\": \"string\"}, %s: "
            "{\"description\": %s}}, %s}",
            quoted(w, (*k)->name), quoted(w, (*k)->name), quoted(w, (*k)->doc ? (*k)->doc : ""), side_keys);
  fputs("]}, \"weights\": {\"type\": [\"object\", \"string\"], \"additionalProperties\": {\"anyOf\": [{\"type\": \"number\", "
        "\"minimum\": 0}, "
        "{\"$ref\": \"#/$defs/sourced\"}]}, \"patternProperties\": {\"^x-\": true}}",
        w->out);
  fprintf(w->out,
          ", \"sourced\": {\"description\": \"Any value with where it comes from and its plausible range.\", \"type\": \"object\", "
          "\"required\": [\"value\"], \"properties\": {\"value\": true, \"source\": {\"type\": \"string\"}, "
          "\"range\": {\"type\": \"array\", \"minItems\": 2, \"maxItems\": 2}}, %s}",
          side_keys);
}

char *schema_print(struct arena *arena, const struct record *root) {
  char *memory = NULL;
  size_t size = 0;
  struct writer w = {arena, allocate_stream(&memory, &size), vocabulary_of(arena, root), root};
  fprintf(w.out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"title\": %s, \"$ref\": %s, \"$defs\": {",
          quoted(&w, root->name), quoted(&w, arena_format(arena, "#/$defs/%s", record_key(&w, root))));
  for (uint32_t i = 0; i < w.words.record_count; i++) {
    if (i) fputs(", ", w.out);
    put_record(&w, w.words.records[i]);
  }
  for (uint32_t i = 0; i < w.words.choice_count; i++) {
    fputs(", ", w.out);
    put_choice(&w, w.words.choices[i]);
  }
  put_units(&w);
  put_distributions(&w);
  fputs("}}", w.out);
  fclose(w.out);
  struct json_value *tree = json_read_text(arena, diagnostics_new(arena), "schema", memory, size);
  free(memory);
  assert(tree); /* a fallback that is not JSON would show here */
  return arena_format(arena, "%s\n", json_print(arena, tree));
}
