/* A claim that cannot be read, with what was probably meant.
 *
 *     claim_with_hint(arena, model, "uptime(year) >= 99.9%", wrong)
 *     -> has no aggregate "uptime"; did you mean "availability(year) >= 99.9%"?
 *
 * Returns the complaint `wrong` with the line put right behind it, or as it is when there is no guess. A guess is read like any
 * claim, which takes some 100 us: for messages that are shown. */
#ifndef CLAIM_HINT_H
#define CLAIM_HINT_H

struct arena;
struct model;

const char *claim_with_hint(struct arena *, const struct model *, const char *text, const char *wrong);
/* Of a measure alone, such as "uptime(year)". */
const char *measure_with_hint(struct arena *, const struct model *, const char *text, const char *wrong);

#endif
