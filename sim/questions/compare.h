/* Compare: several scenarios on the same customers.
 *
 * Replication i of every scenario has the same seed, warm-up and window, hence the same customers with the same demands, and the
 * i-th values of two scenarios are a pair (sim/stats/compare.h). What makes the pairs is enforced here: the seed is the base's,
 * the warm-up the longest of all, the measured time must be the same already, and all get the same number of replications. A
 * scenario that asks for batches of one long run is replicated all the same: replications are what pairs.
 *
 * A difference is that of the pooled values (a percentile of all requests, never a mean of percentiles), and its interval is as
 * wide as the spread of the pairs says. There are two families of rows, headlines and details; in each the intervals hold
 * together at 95% and the decisions are Holm's, so that looking at many rows finds no difference that is not there. Values that
 * follow from the scenario alone, such as most bills, differ exactly and are no part of the families. A limit (--fail-on) is
 * judged by its own interval at 95%, like a claim.
 *
 * More replications are run at geometrically spaced looks while a limit is undecided or a latency's difference is known less
 * well than asked for, relative to the base's value; as in study_settle, not for what the budget could not decide.
 *
 *     struct compare *c = compare_open(arena, scenarios, 2, &options);
 *     const char *wrong = compare_error(c);
 *     if (!wrong) wrong = compare_add_limit(c, "p99(web.latency) +5%");
 *     if (!wrong) answer = compare_run(c);
 *     compare_close(c);
 */
#ifndef STUDY_COMPARE_H
#define STUDY_COMPARE_H
#include "sim/scenario/scenario.h"
#include "sim/questions/compare_results.h"
#include "sim/study/study.h"

enum { COMPARE_KN_MOST = 20 }; /* systems for which the best is chosen by KN++; beyond, by OCBA */

struct compare;

/* At least two scenarios; they outlive the comparison. As in a study, `replications` are exact, `budget` bounds what `precision`
 * and limits take. Progress counts the replications of all. Everything lives in the arena but what compare_close frees. */
struct compare *compare_open(struct arena *, const struct scenario *const *, uint32_t count, const struct study_options *);
void compare_close(struct compare *);

/* Null, or why the scenarios cannot be compared: a message that names the file and the way out. */
const char *compare_error(const struct compare *);
/* "p99(web.latency) +5%", "+10ms", "-0.01%"; of a ratio "+0.1pp" for points. Null, or what is wrong with it. */
const char *compare_add_limit(struct compare *, const char *text);
/* "min p99(web.latency)" or "max ..."; indifference in the measure's unit, such as "1ms". Null, or what is wrong. */
const char *compare_set_best(struct compare *, const char *objective, const char *indifference);

struct compare_results *compare_run(struct compare *);

#endif
