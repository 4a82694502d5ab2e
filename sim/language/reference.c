#include "sim/engine/arena.h"
#include "sim/engine/distribution.h"
#include "sim/scenario/field_text.h"
#include "sim/scenario/record_keys.h"
#include "sim/language/schema.h"
#include "sim/scenario/unit.h"
#include "sim/engine/allocate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text of a table's cell: a bar would end it. */
static void put_cell(FILE *out, const char *text) {
  for (; text && *text; text++) {
    if (*text == '|') fputc('\\', out);
    fputc(*text == '\n' ? ' ' : *text, out);
  }
}

static void put_link(FILE *out, const char *what, const char *name) {
  fprintf(out, " ([%s](#%s-", name, what);
  for (const char *p = name; *p; p++) fputc(*p == ' ' ? '-' : *p, out);
  fputs("))", out);
}

static void put_default(FILE *out, const struct field *f) {
  if (!f->fallback) {
    fputs(field_required(f) ? "**required**" : "", out);
    return;
  }
  fputc('`', out);
  put_cell(out, f->fallback);
  fputc('`', out);
}

static void put_row(FILE *out, struct arena *arena, const struct field *f) {
  const char *range = field_range(arena, f);
  fprintf(out, "| `%s` | ", f->name);
  put_cell(out, field_takes(arena, f));
  if (*range) {
    fputs("; ", out);
    put_cell(out, range);
  }
  if (f->record) put_link(out, "record", f->record->name);
  if (f->choices) put_link(out, "choice", f->choices->name);
  fputs(" | ", out);
  put_default(out, f);
  fputs(" | ", out);
  put_cell(out, f->doc);
  if (f->source) {
    fputs(" Default from: ", out);
    put_cell(out, f->source);
    fputc('.', out);
  }
  fputs(" |\n", out);
}

static void put_one_of(FILE *out, const struct record *record) {
  uint32_t count = 0;
  for (const struct field *f = record->fields; f->name; f++)
    if (f->one_of) fprintf(out, "%s`%s`", count++ ? ", " : "\nExactly one of ", f->name);
  if (count) fputs(" is given.\n", out);
}

static const char table_head[] = "\n| key | takes | default | meaning |\n| --- | --- | --- | --- |\n";

static void put_keys(FILE *out, struct arena *arena, const struct field *fields) {
  fputs(table_head, out);
  for (const struct field *f = fields; f->name; f++) put_row(out, arena, f);
}

static void put_own_keys(FILE *out, struct arena *arena, const struct record *record) {
  fputs(table_head, out);
  for (struct record_keys k = record_keys(record); k.field; record_keys_next(&k))
    if (!k.member) put_row(out, arena, k.field);
}

static void put_other_words(FILE *out, const struct member *m) {
  for (const char *const *also = m->also; also && *also; also++)
    fprintf(out, "%s`%s`%s", also == m->also ? "\nAlso written: " : ", ", *also, also[1] ? "" : ".\n");
}

/* Each member, and the keys that it adds to the record. */
static void put_members(FILE *out, struct arena *arena, const struct field *family) {
  for (const struct member *const *m = family->family->members; *m; m++) {
    fprintf(out, "\n### %s: `%s`\n\n%s\n", family->name, (*m)->word, (*m)->doc);
    put_other_words(out, *m);
    if ((*m)->keys) put_keys(out, arena, (*m)->keys);
  }
}

static void put_record(FILE *out, struct arena *arena, const struct record *record) {
  fprintf(out, "\n## Record: %s\n\n", record->name);
  if (record->doc) fprintf(out, "%s\n", record->doc);
  if (record->shorthand) fprintf(out, "\nA value that is not an object sets `%s`.\n", record->shorthand);
  put_one_of(out, record);
  if (!record->fields->name) {
    fputs("\nIt has no keys.\n", out);
    return;
  }
  const struct field *family = record_family(record);
  put_own_keys(out, arena, record);
  if (family) put_members(out, arena, family);
}

/* A flat kind's keys stand beside the key that selects it, a nested kind's inside it. */
static void put_choice(FILE *out, struct arena *arena, const struct choice_set *set) {
  fprintf(out, "\n## Choice: %s\n\n", set->name);
  if (set->doc) fprintf(out, "%s\n\n", set->doc);
  if (set->shorthand_key) fprintf(out, "A bare value means `{\"%s\": value}`.\n\n", set->shorthand_key);
  if (set->named)
    fprintf(out,
            "Each may have a `\"name\"` next to these keys, unique in its list: 1 to 63 of the characters `A-Z a-z 0-9 _ -`, not "
            "digits only. "
            "Paths accept it instead of the number of the %s.\n\n",
            set->name);
  fputs("| key | form | keys | meaning |\n| --- | --- | --- | --- |\n", out);
  for (const struct alternative *const *k = set->kinds; *k; k++) {
    const char *form = arena_format(arena, (*k)->flat ? "{\"%s\": ..., ...}" : "{\"%s\": {...}}", (*k)->key);
    fprintf(out, "| `%s` | `%s` | ", (*k)->key, form);
    if ((*k)->record) put_link(out, "record", (*k)->record->name);
    fputs(" | ", out);
    put_cell(out, (*k)->record ? (*k)->record->doc : "");
    fputs(" |\n", out);
  }
}

static void put_units(FILE *out) {
  fputs("\n## Units\n\nA bare number is an error where the last column says no.\n\n"
        "| value | examples | bare number |\n| --- | --- | --- |\n",
        out);
  for (enum field_kind kind = FIELD_FLAG; kind <= FIELD_CHOICES; kind++) {
    const struct unit_form *form = unit_form(kind);
    if (form) fprintf(out, "| %s | %s | %s |\n", form->called, form->example, form->bare_number ? "yes" : "no");
  }
  fputs("\nDurations: `ns` `us` `ms` `s` `m` (or `min`) `h` `d` `w` `y` (365 days), from large to small. "
        "Sizes: `Ki` `Mi` `Gi` `Ti` are powers of 1024, `k` `M` `G` `T` and `KB` `MB` `GB` `TB` powers of 1000. "
        "Rates: `/s` `/min` `/h` `/day` `/year`. Bandwidths: `bit/s` `kbit/s` `Mbit/s` `Gbit/s`, powers of 1000.\n",
        out);
}

static const char *dimension_text(enum parameter_dimension dimension) {
  static const char *const texts[] = {[PARAMETER_VALUE] = "duration",
                                      [PARAMETER_NUMBER] = "number",
                                      [PARAMETER_VALUES] = "list of durations",
                                      [PARAMETER_NUMBERS] = "list of numbers",
                                      [PARAMETER_PARTS] = "list of durations or distributions"};
  return texts[dimension];
}

static void put_distributions(FILE *out) {
  fputs("\n## Distributions\n\nA duration such as `\"12ms\"` is a constant. `{\"exponential\": \"8s\"}` sets the parameter that is "
        "marked with a star.\n\n| kind | parameters | meaning |\n| --- | --- | --- |\n",
        out);
  for (const struct distribution_kind *const *k = distribution_kinds; *k; k++) {
    fprintf(out, "| `%s` | ", (*k)->name);
    for (int i = 0; i < DISTRIBUTION_PARAMETERS && (*k)->parameters[i].name; i++) {
      const struct distribution_parameter *p = &(*k)->parameters[i];
      fprintf(out, "%s`%s`%s (%s)", i ? ", " : "", p->name, p->shorthand ? "\\*" : "", dimension_text(p->dimension));
    }
    fputs(" | ", out);
    put_cell(out, (*k)->doc);
    fputs(" |\n", out);
  }
}

static void put_rules(FILE *out, const struct record *root) {
  fprintf(out, "# The scenario language\n\nPrinted by the program from its own tables: do not edit. The file is a `%s` ",
          root->name);
  fprintf(out, "([keys](#record-%s)).\n\n", root->name);
  fputs("- `.json` is strict JSON; `.jsonc` may hold comments.\n"
        "- `.yaml` and `.yml` are YAML of the same keys. A word without quotes has the type of its key: `8` is a number, or a text "
        "where a "
        "text stands; `no` is a text and never false; `null` and `~` are null. One document, no anchors, aliases, merge keys and "
        "tags, no "
        "key without a value.\n- `\"extends\": \"file.json\"` names one parent: objects merge, "
        "lists and plain values replace, `null` deletes.\n- Any value may be `{\"value\": X, \"source\": \"...\", \"range\": [low, "
        "high]}`; any object may have a `source`: reports list these as assumptions.\n- The ends of a range are values like the "
        "one between them, low first; where the value is a law such as `{\"lognormal\": {\"mean\": \"1ms\", \"cv\": 1}}`, an end "
        "that is a duration is that law with another mean. `aguanta sensitivity` goes through them.\n- Keys that begin with `x-` "
        "are ignored; all other unknown keys are errors.\n- Names are 1 to 63 of the characters `A-Z a-z 0-9 _ . -`.\n",
        out);
}

char *reference_print(struct arena *arena, const struct record *root) {
  char *memory = NULL;
  size_t size = 0;
  FILE *out = allocate_stream(&memory, &size);
  struct vocabulary words = vocabulary_of(arena, root);
  put_rules(out, root);
  for (uint32_t i = 0; i < words.record_count; i++) put_record(out, arena, words.records[i]);
  for (uint32_t i = 0; i < words.choice_count; i++) put_choice(out, arena, words.choices[i]);
  put_distributions(out);
  put_units(out);
  fclose(out);
  char *text = arena_text(arena, memory);
  free(memory);
  return text;
}
