/* Words that are not keys of the language: what can be asked of a run, what answers say, units, what the program itself uses.
 *
 * `aguanta explain WORD` finds them next to the keys (explain_search.c). A term has its example: the part of a scenario that holds
 * when it is put over one, or a command. The sources of terms: measures (a row of sim/measure/measure_rows.c each), meters,
 * distributions, units, words of answers (terms.c), and what the command line adds (exit codes, commands).
 *
 *     terms_each(arena, visit, context); */
#ifndef TERMS_H
#define TERMS_H
#include "models/core/meter.h"
#include "sim/describe/field.h"

struct arena;
struct measure_kind;

/* A number that parts of a scenario count; thing: whose it is in the example of the key `path`, or in any scenario for null. */
struct meter_term {
  const char *name, *thing;
  enum meter_kind kind;
  const char *path, *text;
};
extern const struct meter_term meter_terms[]; /* ends with a null name */

struct term {
  const char *words;              /* separated by '|': the first is its name */
  const char *kind;               /* "measure", "unit", "cause of an error", "column", "exit code" */
  const char *text;               /* a sentence or two */
  const char *title;              /* how it is written: p95(page.latency) < 300ms; null: as its name */
  const char *example;            /* JSON of a part of a scenario, or a command; null: term_example makes it */
  const struct meter_term *meter; /* of what a part counts */
};

/* Words of answers: verdicts, columns, headings, causes, kinds of time; ends with null words. */
extern const struct term answer_terms[];
extern const struct term unit_terms[];

/* The example of a term, of a meter the part that has it and a claim on it. */
const char *term_example(struct arena *, const struct record *root, const struct term *);
/* All terms but those of the command line. */
void terms_each(struct arena *, void (*visit)(void *, const struct term *), void *context);

/* What a word that claims begin with means: "p", "mean", "rto". Null when it has no sentence. */
const char *measure_text(const char *word);
/* A claim with the measure, and the part of a scenario that has it. Null of the implicit requirement. */
const char *measure_claim(struct arena *, const struct measure_kind *);
const char *measure_example(struct arena *, const struct measure_kind *);

#endif
