/* JSON as text: whole trees, and single values.
 *
 *     fputs(json_print_line(arena, value), file);        {"mean": "12ms", "cv": 1.5}
 *     json_put_text(file, "a \"name\"");                 "a \"name\""
 */
#ifndef JSON_PRINT_H
#define JSON_PRINT_H
#include "sim/json/json.h"
#include <stdio.h>

/* Two spaces a level, keys in the order of the tree, lists of plain values on one line, numbers as json_put_number. */
char *json_print(struct arena *, const struct json_value *);
/* All on one line, with a space after colon and comma. */
char *json_print_line(struct arena *, const struct json_value *);

/* The shortest text that reads back as the same double; whole numbers below 2^53 without exponent; "null" for NaN and infinity. */
void json_put_number(FILE *, double);
char *json_print_number(struct arena *, double);
/* With quotes and escapes; each byte that is not UTF-8 becomes U+FFFD, and what text for people may not hold (safe_text.h) is
 * escaped. Null is null. */
void json_put_text(FILE *, const char *);
char *json_quote(struct arena *, const char *); /* of a text that is not null */

#endif
