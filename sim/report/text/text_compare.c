/* A comparison on the terminal. */
#include "sim/report/compare_report.h"
#include "sim/report/text/text_table.h"
#include "sim/engine/allocate.h"
#include "sim/report/verdicts.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, REASONS = 20 };

struct sheet {
  FILE *file;
  const struct compare_results *c;
  struct report_options options;
  const char *reasons[REASONS]; /* told once each, below */
  uint32_t reason_count;
};

/* --- head --------------------------------------------------------------------------------------------------------------------- */

static void print_systems(struct sheet *s) {
  int width = 0;
  for (uint32_t i = 0; i < s->c->system_count; i++)
    if (format_width(compare_file(s->c, i)) > width) width = format_width(compare_file(s->c, i));
  for (uint32_t i = 0; i < s->c->system_count; i++) {
    fputs(i ? "          " : "base:     ", s->file);
    table_left(s->file, compare_file(s->c, i), width);
    fprintf(s->file, "  its requirements: %s\n", verdicts_both(s->c->systems[i]).text);
  }
}

static void print_what(struct sheet *s) {
  const struct compare_results *c = s->c;
  fputs(c->other_customers ? "\nThrough each: " : "\nThe same customers through each: ", s->file);
  if (c->best)
    fprintf(s->file, "replications");
  else
    fputs(format_counted(c->replications, "replication", NULL).text, s->file);
  fprintf(s->file, " of %s after %s of warm-up", format_number(UNIT_SECONDS, NULL, c->window_s).text,
          format_number(UNIT_SECONDS, NULL, c->warmup_s).text);
  if (c->fault_replications) fprintf(s->file, ", %u of faults", c->fault_replications);
  safe_print(s->file, ", seed %s\n", c->seed_text);
}

static void print_remarks(struct sheet *s) {
  const struct compare_results *c = s->c;
  if (c->other_customers) table_note(s->file, "other customers", c->other_customers, s->options.width);
  if (c->interrupted) table_note(s->file, "interrupted", "these are partial results.", s->options.width);
  if (c->precision > 0 && !c->precise)
    table_note(s->file, "note",
               "the budget ended before every latency's difference was known as well as asked for; --budget gives more.",
               s->options.width);
  for (uint32_t i = 0; i < c->system_count; i++) {
    const struct results *r = c->systems[i];
    for (uint32_t k = 0; k < r->violation_count; k++) table_note(s->file, "BROKEN INVARIANT", r->violations[k], s->options.width);
    for (uint32_t k = 0; k < r->note_count && s->options.verbose; k++) {
      table_note(s->file, compare_file(c, i), r->notes[k], s->options.width);
    }
  }
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

struct columns {
  int name, base, value, words;
};

static bool is_printed(const struct sheet *s, const struct compare_row *row, uint32_t system, bool detail) {
  return row->system == system && row->detail == detail && (!s->options.quiet || row->shown);
}

static int wider(int width, const char *text) { return format_width(text) > width ? format_width(text) : width; }

static struct columns measure(const struct sheet *s, uint32_t system, bool detail) {
  struct columns w = {0};
  for (uint32_t i = 0; i < s->c->row_count; i++) {
    const struct compare_row *row = &s->c->rows[i];
    if (!is_printed(s, row, system, detail)) continue;
    w.name = wider(w.name, compare_name(row).text);
    w.base = wider(w.base, format_value(row->unit, s->c->currency, &row->base).text);
    w.value = wider(w.value, format_value(row->unit, s->c->currency, &row->value).text);
    w.words = wider(w.words, compare_words(row, s->c->currency).text);
  }
  if (w.words > 44) w.words = 44;
  return w;
}

/* The number of the reason, from 1. */
static uint32_t reason_number(struct sheet *s, const char *reason) {
  for (uint32_t i = 0; i < s->reason_count; i++)
    if (!strcmp(s->reasons[i], reason)) return i + 1;
  if (s->reason_count < REASONS) s->reasons[s->reason_count++] = reason;
  return s->reason_count;
}

static void print_gain(struct sheet *s, const struct compare_row *row) {
  if (row->reason || row->same || isnan(row->variance_ratio)) return;
  if (isinf(row->variance_ratio))
    fputs("  x any", s->file);
  else
    fprintf(s->file, "  x %.*f", row->variance_ratio < 9.95 ? 1 : 0, row->variance_ratio);
}

static void print_row(struct sheet *s, const struct compare_row *row, const struct columns *w) {
  fputs("    ", s->file);
  table_left(s->file, compare_name(row).text, w->name + 2);
  table_right(s->file, format_value(row->unit, s->c->currency, &row->base).text, w->base);
  fputs("  ", s->file);
  table_right(s->file, format_value(row->unit, s->c->currency, &row->value).text, w->value);
  fputs("  ", s->file);
  struct compare_words words = compare_words(row, s->c->currency);
  size_t used = strlen(words.text);
  if (row->reason) snprintf(words.text + used, sizeof words.text - used, " (%u)", reason_number(s, row->reason));
  table_left(s->file, words.text, w->words + 2);
  table_right(s->file, compare_relative(row).text, 9);
  if (s->options.verbose) print_gain(s, row);
  fputc('\n', s->file);
}

static void print_family(struct sheet *s, uint32_t system, bool detail) {
  struct columns w = measure(s, system, detail);
  if (!w.name) return;
  if (detail) fputs("  details: a family of their own\n", s->file);
  for (uint32_t i = 0; i < s->c->row_count; i++)
    if (is_printed(s, &s->c->rows[i], system, detail)) print_row(s, &s->c->rows[i], &w);
}

static void print_differences(struct sheet *s) {
  if (s->c->row_count && !s->options.quiet)
    table_heading(s->file, "DIFFERENCES", "the base's value, this one's, and what is between; the intervals hold together at 95%");
  if (s->c->row_count && s->options.verbose) fputs("  x: as many times fewer replications as without pairs\n", s->file);
  for (uint32_t i = 1; i < s->c->system_count && s->c->row_count; i++) {
    safe_print(s->file, i > 1 ? "\n  %s against %s\n" : "  %s against %s\n", compare_file(s->c, i), compare_file(s->c, 0));
    print_family(s, i, false);
    if (s->options.verbose) print_family(s, i, true);
  }
  for (uint32_t i = 0; i < s->reason_count; i++) {
    fprintf(s->file, "  (%u) ", i + 1);
    table_wrapped(s->file, s->reasons[i], 6, s->options.width);
    fputc('\n', s->file);
  }
}

/* --- limits ------------------------------------------------------------------------------------------------------------------- */

static void print_advice(struct sheet *s, const struct compare_limit_result *l) {
  if (l->row.reason)
    fprintf(s->file, "             "), table_wrapped(s->file, l->row.reason, 13, s->options.width), fputc('\n', s->file);
  if (l->more_replications)
    fprintf(s->file, "             (about %s would decide)\n", format_counted(l->more_replications, "more replication", NULL).text);
}

static void print_limits(struct sheet *s) {
  int width = 0, text = 0;
  for (uint32_t i = 0; i < s->c->limit_count; i++) {
    width = wider(width, compare_judged(&s->c->limits[i], s->c->currency).text);
    text = wider(text, s->c->limits[i].text);
  }
  if (s->c->limit_count && !s->options.quiet)
    table_heading(s->file, "LIMITS", "of the difference from the base; each with its own 95% interval");
  for (uint32_t i = 0; i < s->c->limit_count; i++) {
    const struct compare_limit_result *l = &s->c->limits[i];
    const char *word = format_verdict_word(l->verdict);
    if (s->options.quiet && l->verdict == VERDICT_PASS) continue;
    fprintf(s->file, "  %s%s%s%*s", s->options.color ? text_verdict_color(l->verdict) : "", word,
            s->options.color ? TEXT_PLAIN : "", 11 - (int)strlen(word), "");
    table_left(s->file, compare_judged(l, s->c->currency).text, width + 2);
    table_left(s->file, l->text, text + 2);
    safe_print(s->file, "%s\n", compare_file(s->c, l->row.system));
    print_advice(s, l);
  }
}

/* --- what uptime leaves out --------------------------------------------------------------------------------------------------- */

/* What is shown of uptime: a row or a limit of the system or of its base. */
static bool shows_uptime(const struct sheet *s, uint32_t system) {
  for (uint32_t i = 0; i < s->c->row_count; i++) {
    const struct compare_row *row = &s->c->rows[i];
    if (row->over_faults && (!system || row->system == system) &&
        is_printed(s, row, row->system, s->options.verbose && row->detail))
      return true;
  }
  for (uint32_t i = 0; i < s->c->limit_count; i++) {
    const struct compare_row *row = &s->c->limits[i].row;
    bool printed = !s->options.quiet || s->c->limits[i].verdict != VERDICT_PASS;
    if (printed && row->over_faults && (!system || row->system == system)) return true;
  }
  return false;
}

/* In one line where the same is true of all files. */
static void print_left_out(struct sheet *s) {
  const char *first = s->c->systems[0]->availability.leaves_out;
  bool same = first != NULL;
  for (uint32_t i = 1; same && i < s->c->system_count; i++) {
    const char *words = s->c->systems[i]->availability.leaves_out;
    same = words && !strcmp(words, first);
  }
  for (uint32_t i = 0; i < (same ? 1 : s->c->system_count); i++) {
    const char *words = s->c->systems[i]->availability.leaves_out;
    if (!words || !shows_uptime(s, i)) continue;
    char *text = allocate_format("%s%savailability, downtime, rto and rpo leave out: %s", same ? "" : compare_file(s->c, i),
                                 same ? "" : ": ", words);
    table_note(s->file, "note", text, s->options.width);
    free(text);
  }
}

/* --- the best ----------------------------------------------------------------------------------------------------------------- */

static void print_fate(struct sheet *s, uint32_t i) {
  const struct best_result *b = s->c->best;
  const struct best_system *m = &b->systems[i];
  if (m->reason)
    fprintf(s->file, "no candidate: %s", m->reason);
  else if (i == b->best)
    fputs(b->decided ? "the best" : "the best so far", s->file);
  else if (m->out_after)
    fprintf(s->file, "out after %u", m->out_after);
  else if (!strcmp(b->procedure, "KN++"))
    fputs(b->decided ? "as good, within the indifference" : "still in", s->file);
}

static void print_best(struct sheet *s) {
  const struct best_result *b = s->c->best;
  int width = 0;
  safe_print(s->file, "\nTHE BEST  %s, mean over replications; procedure %s", b->objective, b->procedure);
  if (!isnan(b->probability)) fprintf(s->file, ", posterior chance of being right %.4f", b->probability);
  fputc('\n', s->file);
  for (uint32_t i = 0; i < s->c->system_count; i++) width = wider(width, compare_file(s->c, i));
  for (uint32_t i = 0; i < s->c->system_count; i++) {
    fputs("  ", s->file);
    table_left(s->file, compare_file(s->c, i), width + 2);
    table_right(s->file, format_estimate(b->unit, s->c->currency, &b->systems[i].mean).text, 28);
    fprintf(s->file, "  %6u replications  ", b->systems[i].replications);
    print_fate(s, i);
    fputc('\n', s->file);
  }
}

/* --- all ---------------------------------------------------------------------------------------------------------------------- */

static const char *color_of(const struct compare_results *c) {
  if (c->best) return c->best->decided ? text_verdict_color(VERDICT_PASS) : text_verdict_color(VERDICT_UNDECIDED);
  return text_verdict_color(compare_verdicts(c).overall);
}

static void print_last(struct sheet *s) {
  char line[400];
  compare_last_line(s->c, line, sizeof line);
  size_t head = strcspn(line, ":") + 2, word = head + strcspn(line + head, " ");
  bool colored = s->options.color && (s->c->limit_count || s->c->best);
  fprintf(s->file, "%s%.*s%s%.*s%s%s\n", s->options.quiet ? "" : "\n", (int)head, line, colored ? color_of(s->c) : "",
          (int)(word - head), line + head, colored ? TEXT_PLAIN : "", line + word);
}

/* Columns pad to the right; the padding at the ends of lines is dropped here, once. */
static void write_trimmed(FILE *file, char *text) {
  for (char *line = text, *end; *line; line = end + (*end != 0)) {
    end = line + strcspn(line, "\n");
    size_t length = (size_t)(end - line);
    while (length && line[length - 1] == ' ') length--;
    fprintf(file, "%.*s%s", (int)length, line, *end ? "\n" : "");
  }
}

void report_compare_text(FILE *file, const struct answer *a, const struct report_options *options) {
  const struct compare_results *c = a->compare;
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  struct sheet s = {.file = memory, .c = c, .options = *options};
  if (s.options.width <= 0) s.options.width = WIDTH;
  if (!s.options.quiet) print_systems(&s), print_what(&s);
  print_remarks(&s);
  if (c->best) print_best(&s);
  print_differences(&s);
  print_limits(&s);
  print_left_out(&s);
  print_last(&s);
  fclose(memory);
  write_trimmed(file, text);
  free(text);
}
