/* The language described from its tables: for editors, for the terminal, for the manual.
 *
 * All three print the same rows of sim/describe/field.h that the binder reads, so they cannot disagree with the program.
 *
 *     fputs(schema_print(arena, &scenario_record), stdout);
 *     char *text = explain_print(arena, &scenario_record, "services.runtime", faults);
 *     if (text) fputs(text, stdout);
 */
#ifndef SCHEMA_H
#define SCHEMA_H
#include "sim/describe/field.h"

struct arena;
struct diagnostics;

/* A name, not an address: the program prints it. */
#define SCHEMA_ID "https://aguanta.invalid/schema.json"

/* JSON Schema, draft 2020-12; one entry in $defs for each record, choice and dimension. prices: the record of price lists, where
 * the schema is to be that of studies, results and price lists too; null: of scenarios only. One fault gives one error. */
char *schema_print(struct arena *, const struct record *root, const struct record *prices);

/* What one key is: what it takes, its range or words, its default and where that comes from, its sentence; for a record
 * also its keys. Names of map entries and indices of lists may be given or skipped. The path "" or null is the root.
 * Null after an error for an unknown path. */
char *explain_print(struct arena *, const struct record *root, const char *path, struct diagnostics *);

/* For a word that is no path: the keys that it is about, best first, a line each, and at most ten. Words of other tools and of
 * claims count. Null when there are none. */
char *explain_search(struct arena *, const struct record *root, const char *word);

/* For "presets" and the name of a preset: what it sets, each value with its source. For another word that means a preset: that too
 * if nothing else is known of the word (`alone`), else one line which names the preset (then `whole` is false). Else null. */
char *explain_presets(struct arena *, const char *words, bool alone, bool *whole);
/* The tables of docs/presets.md: all presets in Markdown. */
char *presets_print(struct arena *);

/* docs/scenario.md: the whole language in Markdown, one section a record. */
char *reference_print(struct arena *, const struct record *root);

#endif
