/* The terminal report of `aguanta drill`. */
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/drill_report.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <stdlib.h>

enum { WIDTH = 100, NAME = 36, BEFORE = 10, BACK = 24, ROW = 2 + NAME + 1 + 2 * BEFORE + 2 + BACK + BEFORE + 2 + 9 };

static void print_head(FILE *file, const struct drill_results *r, int width) {
  const char *name = r->scenario_name ? r->scenario_name : "scenario";
  fputs(name, file);
  if (r->scenario_title && *r->scenario_title) {
    fputs(": ", file);
    table_wrapped(file, r->scenario_title, format_width(name) + 2, width);
  }
  safe_print(file, "\n%s, each once, %s; %s before it and %s behind it\n", format_counted(r->fault_count, "fault", NULL).text,
             drill_when_words(r).text, format_number(UNIT_SECONDS, NULL, r->before_s).text,
             format_number(UNIT_SECONDS, NULL, r->watch_s).text);
  safe_print(file, "%s of each, %s; %s, seed %s\n", format_counted(r->replications, "replication", NULL).text,
             format_counted(r->requests, "request", NULL).text, r->scenario_file, r->seed_text);
  if (r->note_count || r->violation_count || r->interrupted) fputc('\n', file);
  if (r->interrupted) table_note(file, "interrupted", "a drill needs all its runs: nothing is judged.", width);
  for (uint32_t i = 0; i < r->violation_count; i++) table_note(file, "BROKEN INVARIANT", r->violations[i], width);
  for (uint32_t i = 0; i < r->note_count; i++) table_note(file, "note", r->notes[i], width);
}

static struct shown value_of(const struct drill_requirement *q, const struct estimate *e) {
  struct estimate plain = {e->value, NAN, NAN, e->n, false};
  return format_value_beside(q->unit, NULL, &plain, q->low, q->high);
}

static void print_cell(FILE *file, const struct drill_results *r, uint32_t i, const struct drill_cell *c, int width) {
  const struct drill_requirement *q = &r->requirements[i];
  fputs("  ", file);
  table_left(file, q->expression, NAME);
  fputc(' ', file);
  table_right(file, q->reason ? "-" : value_of(q, &c->before).text, BEFORE);
  table_right(file, q->reason ? "-" : value_of(q, &c->worst).text, BEFORE);
  fputs("  ", file);
  table_left(file, drill_recovery_words(r, q, c).text, BACK);
  table_right(file, q->reason ? "-" : value_of(q, &c->after).text, BEFORE);
  fprintf(file, "  %s\n", drill_cell_word(q, c));
  if (c->broken && q->unit == UNIT_SECONDS && c->worst.value < q->high && c->worst.value > q->low)
    fputs("      broken by requests that fail: each counts as slower than any limit\n", file);
  if (!c->reason || q->reason) return;
  fputs("      ", file);
  table_wrapped(file, c->reason, 6, width);
  fputc('\n', file);
}

static void print_columns(FILE *file, const struct drill_results *r, const char *before, int indent) {
  if (!r->requirement_count) return;
  fputs(before, file);
  table_left(file, "REQUIREMENT", NAME + 3 - indent);
  table_right(file, "BEFORE", BEFORE);
  table_right(file, "WORST", BEFORE);
  fputs("  ", file);
  table_left(file, "HOLDS AGAIN AFTER", BACK);
  table_right(file, "AT THE END", BEFORE);
  fputc('\n', file);
}

/* `head`: above the rows of each fault, where the terminal is too narrow for them: what folds them moves the head likewise. */
static void print_fault(FILE *file, const struct drill_results *r, const struct drill_fault *f, int width, bool head) {
  safe_print(file, "\n%s: %s\n  ", f->name, drill_what_words(f).text);
  table_wrapped(file, drill_fault_words(r, f).text, 2, width);
  fputc('\n', file);
  for (uint32_t i = 0; i < f->note_count; i++) fputs("  ", file), table_note(file, "note", f->notes[i], width);
  if (head) print_columns(file, r, "  ", 2);
  for (uint32_t i = 0; i < r->requirement_count; i++) print_cell(file, r, i, &f->cells[i], width);
}

static void print_windows(FILE *file, const struct drill_results *r, int width) {
  char text[400];
  if (!r->requirement_count) return;
  fputc('\n', file);
  for (uint32_t i = 0; i < r->requirement_count; i++) {
    const struct drill_requirement *q = &r->requirements[i];
    if (q->reason)
      snprintf(text, sizeof text, "%s: %s", q->expression, q->reason);
    else
      snprintf(text, sizeof text, "%s: of %s each", q->expression, format_number(UNIT_SECONDS, NULL, q->window_s).text);
    table_note(file, "windows", text, width);
  }
}

static void print_left_out(FILE *file, const struct drill_results *r, int width) {
  char text[600];
  for (uint32_t i = 0; i < r->left_out_count; i++) {
    snprintf(text, sizeof text, "%s %s", r->left_out[i].expression, r->left_out[i].reason);
    table_note(file, "not asked", text, width);
  }
}

static void write_report(FILE *file, const struct drill_results *r, const struct report_options *options) {
  int width = options->width > 0 ? options->width : WIDTH;
  if (!options->quiet) print_head(file, r, width);
  if (!options->quiet && !r->interrupted) {
    bool folded = options->width > 0 && options->width < ROW;
    if (!folded) print_columns(file, r, "\n", 0);
    for (uint32_t i = 0; i < r->fault_count; i++) print_fault(file, r, &r->faults[i], width, folded);
    print_windows(file, r, width);
    print_left_out(file, r, width);
  }
  if (!options->quiet) fputc('\n', file);
  fprintf(file, "verdict: %s\n", r->interrupted ? "NONE (interrupted)" : drill_verdict_words(r).text);
}

void report_drill_text(FILE *file, const struct answer *a, const struct report_options *options) {
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  write_report(memory, a->drill, options);
  fclose(memory);
  table_trimmed(file, text);
  free(text);
}
