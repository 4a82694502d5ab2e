/* Conditions on the points of a sweep: "services.web.replicas <= 4 and not (platform.kind == compose)".
 *
 *     condition  := and { "or" and }        and := not { "and" not }        not := "not" not | "(" condition ")" | comparison
 *     comparison := path op ( path | value )      op := < <= > >= == !=
 *
 * A path is one that the sweep varies, or "repeat". A value is read as the path's field reads it (4, 250ms, 120/s, 10%), bare or
 * in quotes; texts know only == and !=. A point that has no value there does not satisfy a comparison. */
#ifndef CONDITION_H
#define CONDITION_H
#include "sim/sweep/sweep.h"

struct condition;

/* Null, or what is wrong: words that follow the condition's name in a message. */
const char *condition_parse(const struct sweep *, const char *text, const struct condition **out);
bool condition_holds(const struct condition *, const struct sweep *, const struct sweep_value *const *values, uint32_t repetition);

#endif
