/* The language described from its tables: for editors, for the terminal, for the manual.
 *
 * All three print the same rows of sim/describe/field.h that the binder reads, so they cannot disagree with the program.
 *
 *     fputs(schema_print(arena, &scenario_record), stdout);
 *     char *text = explain(arena, &scenario_record, "services.runtime", &(struct explain_view){.width = 100}, diagnostics);
 *     if (text) fputs(text, stdout);
 */
#ifndef SCHEMA_H
#define SCHEMA_H
#include "sim/describe/field.h"

struct arena;
struct diagnostics;
struct term;

/* A name, not an address: the program prints it. */
#define SCHEMA_ID "https://aguanta.invalid/schema.json"

/* JSON Schema, draft 2020-12; one entry in $defs for each record, choice and dimension. prices: the record of price lists, where
 * the schema is to be that of studies, results and price lists too; null: of scenarios only. One fault gives one error. */
char *schema_print(struct arena *, const struct record *root, const struct record *prices);

/* How `aguanta explain` shows what it says. */
struct explain_view {
  uint32_t width;          /* columns */
  bool all;                /* all hits, all keys, whole texts */
  const struct term *more; /* terms of the command line (terms.h), ends with null words; null: none */
};

/* What `aguanta explain WORDS` prints: of a path its page, else what the words are about; each with an example. "" is the root,
 * whose page is the tree of the language. Null after an error that names the nearest words. */
char *explain(struct arena *, const struct record *root, const char *words, const struct explain_view *, struct diagnostics *);

/* What one key is: what it takes, its range or words, its default and where that comes from, its sentence; for a record
 * also its keys, as a tree. Names of map entries and indices of lists may be given or skipped. The path "" or null is the root.
 * Null after an error for an unknown path. */
char *explain_page(struct arena *, const struct record *root, const char *path, const struct explain_view *, struct diagnostics *);
/* The path as language_walk has it: NAME for names, no indices. Null when it leads nowhere. */
const char *explain_canonical(struct arena *, const struct record *root, const char *path);

/* For a word that is no path: what it is about, best first, a line each, at most 15 without view->all; then an example of the
 * first. Words of other tools count. Null when there is nothing. */
char *explain_search(struct arena *, const struct record *root, const char *word, const struct explain_view *);
/* How many things it would find. */
uint32_t explain_found(struct arena *, const struct record *root, const char *word, const struct explain_view *);
/* The known words that are nearest; "" when none is near. */
const char *explain_nearest(struct arena *, const struct record *root, const char *word, const struct explain_view *);

/* For "presets" and the name of a preset: what it sets, each value with its source. For another word that means a preset: that too
 * if nothing else is known of the word (`alone`), else one line which names the preset (then `whole` is false). Else null. */
char *explain_presets(struct arena *, const char *words, bool alone, bool *whole);
/* The tables of docs/presets.md: all presets in Markdown. */
char *presets_print(struct arena *);

/* docs/scenario.md: the whole language in Markdown, one section a record. */
char *reference_print(struct arena *, const struct record *root);

#endif
