/* Aligned text for the terminal report. Width is counted in characters, not bytes. Private to sim/report. */
#ifndef TEXT_TABLE_H
#define TEXT_TABLE_H
#include "sim/report/text/text.h"

void table_left(FILE *, const char *text, int width);
/* For a name that text follows: one that is too long pushes the text, but does not touch it. */
void table_column(FILE *, const char *text, int width);
void table_right(FILE *, const char *text, int width);
/* Breaks at spaces; every line after the first begins with `indent` spaces. The cursor stands at `indent`. Where fewer
 * than 20 columns are left for a text that does not fit in them, it begins on the next line, further left. */
void table_wrapped(FILE *, const char *text, int indent, int width);
/* "word: text" wrapped under the text. */
void table_note(FILE *, const char *word, const char *text, int width);
void table_heading(FILE *, const char *title, const char *remark);
/* A bar of `share` (0..1) of `width` characters. */
void table_bar(FILE *, double share, int width);

/* Columns pad to the right; the padding at the ends of lines is dropped here, once. */
void table_trimmed(FILE *, const char *text);

/* One section each; a section without data prints nothing. */
void text_claims(FILE *, const struct results *, const struct report_options *);
void text_latency(FILE *, const struct results *, const struct report_options *);
void text_breakdown(FILE *, const struct results *, const struct report_options *);
void text_capacity(FILE *, const struct results *, const struct report_options *);
void text_load(FILE *, const struct results *, const struct report_options *);
void text_errors(FILE *, const struct results *, const struct report_options *);
void text_meters(FILE *, const struct results *, const struct report_options *);
void text_availability(FILE *, const struct results *, const struct report_options *);
/* Within availability: how years and months differ, how often, the error budget. */
/* By fault: its share of what is lost, and what its recovery times were spent on. */
void text_causes(FILE *, const struct availability_result *, int width);
void text_uptime(FILE *, const struct availability_result *, const struct report_options *);
/* text_strikes.c: until requirements hold again, after each strike at a given time. */
void text_strikes(FILE *, const struct results *, const struct report_options *);
void text_bill(FILE *, const struct results *, const struct report_options *);
void text_assumptions(FILE *, const struct results *, const struct report_options *);

const char *text_verdict_color(enum verdict);
#define TEXT_PLAIN "\x1b[0m"

#endif
