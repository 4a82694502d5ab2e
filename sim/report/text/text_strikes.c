/* Until requirements hold again, after each strike at a given time of a traffic run. */
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <string.h>

enum { FINER = 2, ROWS = 24, NAME_LEAST = 16, NAME_MOST = 28, EXPRESSION_LEAST = 24, EXPRESSION_MOST = 40 };

/* "12 s [10, 14], at most 15 s", "not within 2.00 min, in 3 of 5", "held". */
static void write_words(char *line, size_t size, const struct strike_result *s) {
  int used;
  if (!s->broken)
    used = snprintf(line, size, "held");
  else if (s->back < s->broken)
    used = snprintf(line, size, "not within %s, in %u of %u", format_number(UNIT_SECONDS, NULL, s->watched_s).text,
                    s->broken - s->back, s->judged);
  else if (s->back > 1 && !s->recovery.exact)
    used = snprintf(line, size, "%s, at most %s", format_estimate(UNIT_SECONDS, NULL, &s->recovery).text,
                    format_number(UNIT_SECONDS, NULL, s->longest_s).text);
  else
    used = snprintf(line, size, "%s", format_estimate(UNIT_SECONDS, NULL, &s->recovery).text);
  if (s->broken_before && used > 0 && (size_t)used < size)
    snprintf(line + used, size - (size_t)used, "; broken before the strike in %u, too", s->broken_before);
}

static int widest(const struct results *r, uint32_t count, bool expression) {
  int least = expression ? EXPRESSION_LEAST : NAME_LEAST, most = expression ? EXPRESSION_MOST : NAME_MOST;
  for (uint32_t i = 0; i < count; i++) {
    const char *text = expression ? r->strikes[i].expression : r->strikes[i].fault;
    int width = text ? format_width(text) + 2 : 0;
    if (width > least) least = width;
  }
  return least < most ? least : most;
}

static bool same_strike(const struct strike_result *a, const struct strike_result *b) {
  return !strcmp(a->fault, b->fault) && a->at_s == b->at_s;
}

static void print_strike(FILE *file, const struct results *r, uint32_t i, const int width[3]) {
  const struct strike_result *s = &r->strikes[i];
  bool again = i && same_strike(s, s - 1);
  char line[160], broken[32] = "";
  fputs("  ", file);
  table_left(file, again ? "" : s->fault, width[0]);
  table_right(file, again ? "" : format_number(UNIT_SECONDS, NULL, s->at_s).text, 9);
  fputs("  ", file);
  table_left(file, s->expression ? s->expression : "-", width[1]);
  if (s->judged) snprintf(broken, sizeof broken, "%u of %u", s->broken, s->judged);
  table_right(file, s->judged ? broken : "-", 10);
  fputs("  ", file);
  write_words(line, sizeof line, s);
  table_wrapped(file, s->reason ? s->reason : line, 25 + width[0] + width[1], width[2]);
  fputc('\n', file);
}

/* Of each requirement once, the longest. */
static void print_windows(FILE *file, const struct results *r, uint32_t count, int width) {
  for (uint32_t i = 0; i < count; i++) {
    const struct strike_result *s = &r->strikes[i];
    bool before = !s->expression || !s->judged;
    double window_s = s->window_s, needs_s = s->needs_s;
    for (uint32_t k = 0; k < r->strike_count && !before; k++) {
      const struct strike_result *other = &r->strikes[k];
      if (!other->expression || !other->judged || strcmp(other->expression, s->expression)) continue;
      before |= k < i, window_s = fmax(window_s, other->window_s), needs_s = fmax(needs_s, other->needs_s);
    }
    if (before) continue;
    char line[400];
    int used = snprintf(line, sizeof line, "%.200s: of %s each, by steps of %s", s->expression,
                        format_number(UNIT_SECONDS, NULL, window_s).text, format_number(UNIT_SECONDS, NULL, s->step_s).text);
    if (window_s > FINER * needs_s)
      snprintf(line + used, sizeof line - (size_t)used, "; more run.windows would show shorter breaks: %s is enough for a value",
               format_number(UNIT_SECONDS, NULL, needs_s).text);
    fputs("  windows: ", file), table_wrapped(file, line, 11, width), fputc('\n', file);
  }
}

void text_strikes(FILE *file, const struct results *r, const struct report_options *options) {
  if (!r->strike_count) return;
  uint32_t count = options->verbose || r->strike_count < ROWS ? r->strike_count : ROWS;
  const int width[] = {widest(r, count, false), widest(r, count, true), options->width};
  table_heading(file, "UNTIL REQUIREMENTS HOLD AGAIN", "after each strike at a given time of the run");
  fputs("  ", file), table_left(file, "fault", width[0]), table_right(file, "at", 9), fputs("  ", file);
  table_left(file, "requirement", width[1]), table_right(file, "broken", 10), fputs("  holds again after\n", file);
  for (uint32_t i = 0; i < count; i++) print_strike(file, r, i, width);
  if (count < r->strike_count) fprintf(file, "  and %u more; --verbose lists them\n", r->strike_count - count);
  print_windows(file, r, count, options->width);
}
