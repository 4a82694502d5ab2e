/* Values in base units as texts: the shortest that unit.h reads back as the same value.
 *
 *     unit_print_duration(arena, 1500000000)           "1.5s"
 *     unit_print(arena, FIELD_DURATION, 5e8)           "500ms"
 */
#ifndef UNIT_PRINT_H
#define UNIT_PRINT_H
#include "sim/describe/field.h"

struct arena;

char *unit_print_duration(struct arena *, int64_t ns);
char *unit_print_bytes(struct arena *, int64_t bytes);
char *unit_print_bandwidth(struct arena *, int64_t bits_per_s);
char *unit_print_cpu(struct arena *, int64_t millicores);
char *unit_print_rate(struct arena *, double per_s);
char *unit_print_ratio(struct arena *, double ratio);
char *unit_print_money(struct arena *, struct money_value);
char *unit_print_clock(struct arena *, int64_t ns);
char *unit_print_limit(struct arena *, int64_t limit);

/* A value in base units as the kind's users write it: 5e8 as "500ms" for FIELD_DURATION. For ranges in messages. */
char *unit_print(struct arena *, enum field_kind, double);

#endif
