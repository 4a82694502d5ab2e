/* What the scenarios of a page came to, kept in a file next to it: a page whose scenarios are unchanged is checked without a run.
 *
 * docs/shop.md has its answers in docs/shop.answers.json, one line a scenario and one a claim, so that a change of the repository
 * shows which verdict or figure has changed. An answer is used only when its key is right: a hash of the resolved scenario with its
 * parents, price lists and tables, of the seed, of what decides the number of replications, and of what else the page asks. The
 * engine is no part of it: that the program still gives these answers is checked by running (`--fresh`; make check-long).
 *
 *     struct answers *stored = answers_read(arena, "docs/shop.answers.json", &damaged);
 *     const struct results *r = answers_find(stored, "scenarios/shop.json", key);
 *     if (!r) answers_put(stored, "scenarios/shop.json", key, r = run(scenario));
 *     answers_write(stored, "docs/shop.answers.json", false, &error);
 */
#ifndef STORED_ANSWERS_H
#define STORED_ANSWERS_H
#include "sim/measure/results.h"

struct answers;

/* Never null: empty when there is no such file, or (damaged) when it is not what this program writes. */
struct answers *answers_read(struct arena *, const char *path, bool *damaged);
/* Null when there is none, or one of another key. Of the results, only what tables and sums of verdicts need is there. */
const struct results *answers_find(const struct answers *, const char *scenario, uint64_t key);
/* In place of the one that there was. Returns the copy that is kept. */
const struct results *answers_put(struct answers *, const char *scenario, uint64_t key, const struct results *);
/* Those that were found or put, or all; false with a message that the caller frees. Nothing is written when nothing has changed. */
bool answers_write(const struct answers *, const char *path, bool all, char **error);
/* "docs/shop.answers.json" of "docs/shop.md" */
const char *answers_path(struct arena *, const char *page);

#endif
