/* The terminal report of `aguanta capacity`. */
#include "sim/report/capacity_report.h"
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, RESOURCE = 28, VALUE = 17 };

static void print_head(FILE *file, const struct capacity_result *r, int width) {
  const char *name = r->scenario_name ? r->scenario_name : "scenario";
  fputs(name, file);
  if (r->scenario_title && *r->scenario_title) {
    fputs(": ", file);
    table_wrapped(file, r->scenario_title, format_width(name) + 2, width);
  }
  safe_print(file, "\n%s from %s to %s: %s, %s, %s\n%s, seed %s\n", r->path, capacity_end_text(r, r->low_text).text,
             capacity_end_text(r, r->high_text).text, format_counted(r->level_count, "value", NULL).text,
             format_counted(r->looks, "look", NULL).text, format_counted(r->requests, "request", NULL).text, r->scenario_file,
             r->seed_text);
  if (r->note_count || r->violation_count || r->interrupted) fputc('\n', file);
  if (r->interrupted) table_note(file, "interrupted", "this is what was known by then.", width);
  for (uint32_t i = 0; i < r->violation_count; i++) table_note(file, "BROKEN INVARIANT", r->violations[i], width);
  for (uint32_t i = 0; i < r->note_count; i++) table_note(file, "note", r->notes[i], width);
}

static const char *course_word(const struct capacity_limit *l) {
  return l->course == COURSE_BEGINS ? "begins  " : l->course == COURSE_BREAKS ? "breaks  " : "        ";
}

static void print_limit(FILE *file, const struct capacity_result *r, const struct capacity_limit *l, int column, int width) {
  char text[400];
  int indent = 2 + column + 2 + (int)strlen(course_word(l));
  fputs("  ", file);
  table_left(file, capacity_limit_text(r, l).text, column + 2);
  fputs(course_word(l), file);
  table_wrapped(file, capacity_bound_text(r, l->bound).text, indent, width);
  fputc('\n', file);
  if (!l->fullest) return;
  snprintf(text, sizeof text, "fails at %s, with %s %s busy", capacity_value_text(r, l->root.fails).text, l->fullest,
           format_percent(l->busy).text);
  fprintf(file, "%*s", indent, "");
  table_wrapped(file, text, indent, width);
  fputc('\n', file);
}

static void print_limits(FILE *file, const struct capacity_result *r, int width) {
  int column = 0;
  if (!r->limit_count) return;
  table_heading(file, "WHAT BREAKS", "each requirement alone, and where; below it what is fullest there");
  for (uint32_t i = 0; i < r->limit_count; i++) {
    int seen = format_width(capacity_limit_text(r, &r->limits[i]).text);
    if (seen > column) column = seen;
  }
  for (uint32_t i = 0; i < r->limit_count; i++) print_limit(file, r, &r->limits[i], column, width);
}

static void print_resources(FILE *file, const struct capacity_result *r) {
  if (!r->resource_count) return;
  table_heading(file, "WHAT FILLS UP", capacity_stands_text(r).text);
  for (uint32_t i = 0; i < r->resource_count; i++) {
    const struct capacity_resource *x = &r->resources[i];
    fputs("  ", file);
    table_left(file, x->resource, RESOURCE);
    table_right(file, format_percent(x->busy).text, 6);
    fputs("  ", file);
    table_right(file, isnan(x->full_at) ? "-" : capacity_value_text(r, x->full_at).text, VALUE);
    if (x->reason) safe_print(file, "  %s", x->reason);
    if (x->grows && !x->reason) safe_print(file, "  %s grow beyond it, no request waits for it", x->grows);
    fputc('\n', file);
  }
}

static void print_knee(FILE *file, const struct capacity_result *r) {
  if (r->knee < 0) return;
  const struct capacity_level *l = &r->levels[r->knee];
  table_heading(file, "KNEE", "greatest throughput / mean latency of the values that were run (Kleinrock's power)");
  fprintf(file, "  %s: %s at a mean latency of %s\n", capacity_value_text(r, l->value).text,
          format_estimate(UNIT_PER_SECOND, NULL, &l->throughput).text, format_estimate(UNIT_SECONDS, NULL, &l->latency).text);
}

static const char *level_word(const struct capacity_result *r, const struct capacity_level *l) {
  bool pass = true, fail = false;
  for (uint32_t i = 0; i < r->bound_count; i++)
    pass &= l->verdicts[i].verdict == VERDICT_PASS, fail |= l->verdicts[i].verdict == VERDICT_FAIL;
  return l->scanned ? "scan" : fail ? "FAIL" : pass ? "PASS" : "UNDECIDED";
}

static void print_levels(FILE *file, const struct capacity_result *r, const struct report_options *options) {
  if (!options->verbose || !r->level_count) return;
  table_heading(file, "VALUES", "that were run; 95% intervals of each alone; verdicts at the confidence of the search");
  for (uint32_t i = 0; i < r->level_count; i++) {
    const struct capacity_level *l = &r->levels[i];
    fputs("  ", file);
    table_right(file, capacity_value_text(r, l->value).text, VALUE);
    fprintf(file, "  %-9s %6u reps", level_word(r, l), l->replications);
    table_right(file, format_estimate(UNIT_PER_SECOND, NULL, &l->throughput).text, 28);
    table_right(file, l->growth.word ? l->growth.word : format_estimate(UNIT_SECONDS, NULL, &l->latency).text, 30);
    fputc('\n', file);
  }
}

static void write_report(FILE *file, const struct capacity_result *r, const struct report_options *options) {
  int width = options->width > 0 ? options->width : WIDTH;
  if (!options->quiet) {
    print_head(file, r, width);
    print_limits(file, r, width);
    print_resources(file, r);
    print_knee(file, r);
    print_levels(file, r, options);
    fputc('\n', file);
  }
  fprintf(file, "capacity: %s\n", capacity_sentence(r).text);
}

void report_capacity_text(FILE *file, const struct answer *a, const struct report_options *options) {
  const struct capacity_result *r = a->capacity;
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  write_report(memory, r, options);
  fclose(memory);
  table_trimmed(file, text);
  free(text);
}
