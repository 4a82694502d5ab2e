/* Which inputs a sensitivity has: the ranges that a scenario states, and those that are asked for in addition to those.
 *
 *     struct scenario_override range;
 *     const char *wrong = sensitivity_range(arena, base, "services.api.start=1s..5s", &range);
 *     ... read the scenario with the range: `ranged` ...
 *     uint32_t count = sensitivity_inputs(arena, base, ranged, &cases, 200);
 *     ... read it again with sensitivity_end(arena, path, low) and with high, for each ... */
#ifndef SENSITIVITY_INPUTS_H
#define SENSITIVITY_INPUTS_H
#include "sim/questions/sensitivity.h"

/* "path=low..high" as what a file could have said: the value at the path of the scenario, with this range. Returns null, or what is
 * wrong as words that follow the text in a message. */
const char *sensitivity_range(struct arena *, const struct scenario *, const char *text, struct scenario_override *out);
/* The stated ranges of the scenario, at most `most`, with values as in `base`, which was read without further ranges. Returns how
 * many there are. */
uint32_t sensitivity_inputs(struct arena *, const struct scenario *base, const struct scenario *ranged,
                            struct sensitivity_case **cases, uint32_t most);
/* An input alone at one of its ends. */
struct scenario_override sensitivity_end(struct arena *, const char *path, const char *value);

#endif
