#include "sim/language/schema.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/json/json_print.h"
#include "sim/language/schema_inner.h"
#include "sim/scenario/place.h"
#include "sim/scenario/record_keys.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* No key is `required` but those that say which language a file is in: a file may extend another one and give a part only, and an
 * editor cannot see the parent. */

const char *schema_quoted(struct schema_writer *w, const char *text) { return json_quote(w->arena, text); }

/* Records of one name get a number each. */
const char *schema_record_key(struct schema_writer *w, const struct record *record) {
  uint32_t same = 0;
  for (uint32_t i = 0; w->words.records[i] != record; i++) same += !strcmp(w->words.records[i]->name, record->name);
  return same ? arena_format(w->arena, "record:%s-%u", record->name, same + 1) : arena_format(w->arena, "record:%s", record->name);
}

const char *schema_choice_key(struct schema_writer *w, const struct choice_set *set) {
  uint32_t same = 0;
  for (uint32_t i = 0; w->words.choices[i] != set; i++) same += !strcmp(w->words.choices[i]->name, set->name);
  return same ? arena_format(w->arena, "choice:%s-%u", set->name, same + 1) : arena_format(w->arena, "choice:%s", set->name);
}

void schema_put_reference(struct schema_writer *w, const char *key) {
  fprintf(w->out, "{\"$ref\": %s}", schema_quoted(w, arena_format(w->arena, "#/$defs/%s", key)));
}

/* whose: "Of kind closed. ", or "". */
static void put_field(struct schema_writer *w, const struct field *f, const char *whose) {
  const char *range = field_range(w->arena, f);
  const char *text = arena_format(w->arena, "%s%s%s%s%s%s", whose, f->doc ? f->doc : "", f->doc ? " " : "",
                                  field_required(f) ? "Required. " : "", *range ? arena_format(w->arena, "Range: %s. ", range) : "",
                                  f->source ? arena_format(w->arena, "Default from: %s. ", f->source) : "");
  size_t length = strlen(text);
  text = arena_format(w->arena, "%.*s", (int)(length && text[length - 1] == ' ' ? length - 1 : length), text);
  fprintf(w->out, "%s: {", schema_quoted(w, f->name));
  if (length) fprintf(w->out, "\"description\": %s, ", schema_quoted(w, text));
  if (f->fallback) fprintf(w->out, "\"default\": %s, ", f->fallback);
  schema_put_sourced(w, f);
  fputc('}', w->out);
}

/* Exactly one of the keys is there; an unknown key is the only error then: it may be the one, misspelt. */
static void put_one_of(struct schema_writer *w, const struct record *record) {
  uint32_t count = 0;
  const char *known = "source";
  for (const struct field *f = record->fields; f->name; f++) known = arena_format(w->arena, "%s|%s", known, f->name);
  for (const struct field *f = record->fields; f->name; f++) {
    if (!f->one_of) continue;
    if (!count++)
      fprintf(
          w->out,
          ", \"if\": {\"type\": \"object\", \"propertyNames\": {\"type\": \"string\", \"pattern\": %s}}, \"then\": {\"oneOf\": [",
          schema_quoted(w, arena_format(w->arena, "^(%s)$|^x-", known)));
    fprintf(w->out, "%s{\"type\": \"object\", \"required\": [%s], \"properties\": {%s: true}}", count > 1 ? ", " : "",
            schema_quoted(w, f->name), schema_quoted(w, f->name));
  }
  if (count) fputs("]}", w->out);
}

static const char *whose_key(struct schema_writer *w, const struct record_keys *k) {
  if (!k->member) return "";
  return arena_format(w->arena, "Of %s %s. ", k->family->name, members_with_key(w->arena, k->family->family, k->field->name));
}

static void put_other_words(struct schema_writer *w, const struct record_keys *k) {
  uint32_t count = 0;
  for (const struct member *const *m = k->family->family->members; *m; m++) {
    if (member_key(*m, k->field->name) || member_implied(k->family, *m, k->field->name)) continue;
    fprintf(w->out, "%s%s", count++ ? ", " : "", schema_quoted(w, (*m)->word));
    for (const char *const *also = (*m)->also; also && *also; also++) fprintf(w->out, ", %s", schema_quoted(w, *also));
  }
}

/* Whether some member lacks the key. */
static bool is_of_some(const struct record_keys *k) {
  for (const struct member *const *m = k->family->family->members; *m; m++)
    if (!member_key(*m, k->field->name) && !member_implied(k->family, *m, k->field->name)) return true;
  return false;
}

/* A key of some members lets no word of the others stand next to it, unless it is null: then the parent's is taken away. */
static void put_owners(struct schema_writer *w, const struct record *record) {
  uint32_t count = 0;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    if (!k.member || k.family->family->overlaid || !is_of_some(&k)) continue;
    const char *key = schema_quoted(w, k.field->name), *family = schema_quoted(w, k.family->name);
    fprintf(
        w->out,
        "%s{\"if\": {\"type\": \"object\", \"required\": [%s], \"properties\": {%s: {\"not\": {\"type\": \"null\"}}}}, \"then\": "
        "{\"type\": \"object\", \"properties\": {%s: {\"not\": {\"enum\": [",
        count++ ? ", " : ", \"allOf\": [", key, key, family);
    put_other_words(w, &k);
    fputs("]}}}}}", w->out);
  }
  if (count) fputc(']', w->out);
}

/* Whether objects of the record are flat kinds of a set whose entries may have a "name". */
static bool may_have_name(const struct schema_writer *w, const struct record *record) {
  for (uint32_t i = 0; i < w->words.choice_count; i++)
    for (const struct alternative *const *k = w->words.choices[i]->kinds; *k && w->words.choices[i]->named; k++)
      if ((*k)->flat && (*k)->record == record) return true;
  return false;
}

static void put_object(struct schema_writer *w, const struct record *record) {
  fputs("\"type\": \"object\", \"properties\": {", w->out);
  uint32_t count = 0;
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k)) {
    if (count++) fputs(", ", w->out);
    put_field(w, k.field, whose_key(w, &k));
  }
  static const char *const common[] = {"source", "$schema", "extends"};
  for (int i = 0; i < (record == w->root ? 3 : 1); i++)
    if (!record_field(record, common[i])) fprintf(w->out, "%s\"%s\": {\"type\": \"string\"}", count++ ? ", " : "", common[i]);
  if (may_have_name(w, record)) fprintf(w->out, "%s%s", count ? ", " : "", SCHEMA_ENTRY_NAME);
  fprintf(w->out, "}, %s", SCHEMA_SIDE_KEYS);
  put_owners(w, record);
  put_one_of(w, record);
}

/* {"exponential": "8s"} where the key that a bare value sets is a distribution. */
static void put_if_distribution(struct schema_writer *w) {
  const char *known = "source";
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++)
    known = arena_format(w->arena, "%s|%s", known, (*k)->name);
  fprintf(
      w->out,
      "\"if\": {\"type\": \"object\", \"minProperties\": 1, \"propertyNames\": {\"type\": \"string\", \"pattern\": %s}}, \"then\": "
      "{\"$ref\": \"#/$defs/distribution\"}, \"else\": {",
      schema_quoted(w, arena_format(w->arena, "^(%s)$|^x-", known)));
}

/* A value that is not an object sets one key of some records. */
static void put_record(struct schema_writer *w, const struct record *record) {
  const struct field *shorthand = record->shorthand ? record_field(record, record->shorthand) : NULL;
  bool distribution = shorthand && shorthand->kind == FIELD_DISTRIBUTION;
  fprintf(w->out, "%s: {\"description\": %s, ", schema_quoted(w, schema_record_key(w, record)),
          schema_quoted(w, record->doc ? record->doc : record->name));
  if (distribution) put_if_distribution(w);
  if (shorthand) fputs("\"if\": {\"type\": \"object\"}, \"then\": {", w->out);
  put_object(w, record);
  if (shorthand) fputs("}, \"else\": ", w->out), schema_put_value(w, shorthand);
  if (distribution) fputc('}', w->out);
  fputc('}', w->out);
}

/* --- choices ---------------------------------------------------------------------------------------------------------------- */

/* {"call": "db", "query": ...}: the kind whose keys the others are. */
static void put_if_kind(struct schema_writer *w, const struct choice_set *set, const struct alternative *kind) {
  const char *key = schema_quoted(w, kind->key);
  fprintf(w->out, "\"if\": {\"type\": \"object\", \"required\": [%s], \"properties\": {%s: {\"not\": {\"type\": \"null\"}}", key,
          key);
  for (const struct alternative *const *k = set->kinds; *k; k++) {
    bool others = *k != kind && (*k)->flat && record_field((*k)->record, kind->key);
    if (others && !(kind->flat && record_field(kind->record, (*k)->key))) {
      fprintf(w->out, ", %s: false", schema_quoted(w, (*k)->key));
    }
  }
  fputs("}}, \"then\": ", w->out);
}

/* Next to a nested kind stands nothing, but that the kind of a parent may be taken away. */
static void put_kind(struct schema_writer *w, const struct choice_set *set, const struct alternative *kind) {
  if (kind->flat) {
    schema_put_reference(w, schema_record_key(w, kind->record));
    return;
  }
  fprintf(w->out, "{\"type\": \"object\", \"properties\": {\"source\": {\"type\": \"string\"}, %s: {", schema_quoted(w, kind->key));
  schema_put_sourced(w, &(struct field){.name = kind->key, .kind = FIELD_RECORD, .record = kind->record});
  fputc('}', w->out);
  if (set->named) fputs(", " SCHEMA_ENTRY_NAME, w->out);
  for (const struct alternative *const *k = set->kinds; *k; k++)
    if (*k != kind) fprintf(w->out, ", %s: {\"type\": \"null\"}", schema_quoted(w, (*k)->key));
  fprintf(w->out, "}, %s}", SCHEMA_SIDE_KEYS);
}

/* Behind all kinds: an object without any of the keys. */
static void put_no_kind(struct schema_writer *w, const struct choice_set *set) {
  fputs("{\"type\": \"object\", \"description\": \"One of these keys.\", \"minProperties\": 1, \"properties\": {\"source\": true",
        w->out);
  if (set->named) fputs(", \"name\": true", w->out);
  for (const struct alternative *const *k = set->kinds; *k; k++) fprintf(w->out, ", %s: true", schema_quoted(w, (*k)->key));
  fprintf(w->out, "}, \"additionalProperties\": false}");
}

/* A value that is no object: a bare value of one kind, or the word of one whose keys all have defaults. */
static void put_bare(struct schema_writer *w, const struct choice_set *set) {
  const struct alternative *meant = set->shorthand_key ? choice_named(set, set->shorthand_key) : NULL;
  uint32_t count = 0;
  if (meant && meant->flat) {
    schema_put_value(w, record_field(meant->record, meant->key));
    return;
  }
  if (meant) {
    schema_put_reference(w, schema_record_key(w, meant->record));
    return;
  }
  for (const struct alternative *const *k = set->kinds; *k; k++)
    if (!(*k)->flat) fprintf(w->out, "%s%s", count++ ? ", " : "{\"enum\": [", schema_quoted(w, (*k)->key));
  fputs(count ? "]}" : "{\"type\": \"object\"}", w->out);
}

static void put_choice(struct schema_writer *w, const struct choice_set *set) {
  uint32_t depth = 0;
  fprintf(w->out, "%s: {\"description\": %s, \"if\": {\"type\": \"object\"}, \"then\": {",
          schema_quoted(w, schema_choice_key(w, set)), schema_quoted(w, set->doc ? set->doc : set->name));
  for (const struct alternative *const *k = set->kinds; *k; k++, depth++) {
    put_if_kind(w, set, *k);
    put_kind(w, set, *k);
    fputs(k[1] ? ", \"else\": {" : ", \"else\": ", w->out);
  }
  put_no_kind(w, set);
  for (uint32_t i = 1; i < depth; i++) fputc('}', w->out);
  fputs("}, \"else\": ", w->out);
  put_bare(w, set);
  fputc('}', w->out);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------- */

static struct vocabulary joined(struct arena *arena, const struct record *root, const struct record *prices) {
  struct vocabulary a = vocabulary_of(arena, root), b = {0}, all = a;
  if (prices) b = vocabulary_of(arena, prices);
  all.records = arena_new_array(arena, const struct record *, a.record_count + b.record_count + 1);
  all.choices = arena_new_array(arena, const struct choice_set *, a.choice_count + b.choice_count + 1);
  all.record_count = all.choice_count = 0;
  for (uint32_t i = 0; i < a.record_count; i++) all.records[all.record_count++] = a.records[i];
  for (uint32_t i = 0; i < b.record_count; i++) all.records[all.record_count++] = b.records[i];
  for (uint32_t i = 0; i < a.choice_count; i++) all.choices[all.choice_count++] = a.choices[i];
  for (uint32_t i = 0; i < b.choice_count; i++) all.choices[all.choice_count++] = b.choices[i];
  return all;
}

/* A file that has the key is of this language; behind it comes what others are. */
static void put_if_has(struct schema_writer *w, const char *key, const char *definition) {
  fprintf(w->out, "\"if\": {\"type\": \"object\", \"required\": [\"%s\"], \"properties\": {\"%s\": true}}, \"then\": ", key, key);
  schema_put_reference(w, definition);
  fputs(", \"else\": {", w->out);
}

/* Which language the file is in, by its keys; a scenario that extends nothing has no null. */
static void put_root(struct schema_writer *w, const struct record *prices) {
  if (prices) {
    put_if_has(w, "aguanta_study", "study");
    put_if_has(w, "aguanta_result", "result");
    put_if_has(w, "aguanta_answers", "answers");
    put_if_has(w, "items", schema_record_key(w, prices));
  }
  fputs(
      "\"if\": {\"type\": \"object\", \"required\": [\"extends\"], \"properties\": {\"extends\": true}}, \"then\": true, \"else\": "
      "{\"$ref\": \"#/$defs/complete\"}",
      w->out);
  fprintf(w->out, ", \"$ref\": %s%s, ", schema_quoted(w, arena_format(w->arena, "#/$defs/%s", schema_record_key(w, w->root))),
          prices ? "}}}}" : "");
}

char *schema_print(struct arena *arena, const struct record *root, const struct record *prices) {
  char *memory = NULL;
  size_t size = 0;
  struct schema_writer w = {arena, allocate_stream(&memory, &size), joined(arena, root, prices), root, false};
  uint32_t own = vocabulary_of(arena, root).record_count;
  fprintf(w.out, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \"%s\", \"title\": %s, ", SCHEMA_ID,
          schema_quoted(&w, root->name));
  put_root(&w, prices);
  fputs("\"$defs\": {", w.out);
  for (uint32_t i = 0; i < w.words.record_count; i++) {
    if (i) fputs(", ", w.out);
    w.in_prices = i >= own;
    put_record(&w, w.words.records[i]);
  }
  for (uint32_t i = 0; i < w.words.choice_count; i++) {
    fputs(", ", w.out);
    put_choice(&w, w.words.choices[i]);
  }
  schema_put_units(&w);
  schema_put_distributions(&w);
  schema_put_files(&w);
  fputs("}}", w.out);
  fclose(w.out);
  struct json_value *tree = json_read_text(arena, diagnostics_new(arena), "schema", memory, size);
  free(memory);
  assert(tree); /* a fallback that is not JSON would show here */
  return arena_format(arena, "%s\n", json_print(arena, tree));
}
