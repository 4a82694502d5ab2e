#include "sim/report/text/text.h"
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include "sim/engine/allocate.h"
#include "sim/report/verdicts.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100 };

static void print_title(FILE *file, const struct results *r, int width) {
  const char *name = r->scenario_name ? r->scenario_name : "scenario";
  fputs(name, file);
  if (r->scenario_title && *r->scenario_title) {
    fputs(": ", file);
    table_wrapped(file, r->scenario_title, format_width(name) + 2, width);
  }
  fputc('\n', file);
}

static void print_what(FILE *file, const struct results *r) {
  if (r->replications)
    fprintf(file, "%s in %s of %s after %s%s of warm-up", format_counted(r->requests, "request", NULL).text,
            format_counted(r->replications, r->batches ? "batch" : "replication", r->batches ? "batches" : NULL).text,
            format_number(UNIT_SECONDS, NULL, r->window_s).text, r->warmup_found ? "(found) " : "",
            format_number(UNIT_SECONDS, NULL, r->warmup_s).text);
  if (r->availability.present)
    fprintf(file, "%s%s years of faults", r->replications ? "; " : "", format_number(UNIT_COUNT, NULL, r->availability.years).text);
  safe_print(file, "\n%s%sseed %s\n", r->scenario_file ? r->scenario_file : "", r->scenario_file ? ", " : "",
             r->seed_text ? r->seed_text : "-");
}

static void print_remarks(FILE *file, const struct results *r, int width) {
  if (r->violation_count || r->note_count || r->interrupted) fputc('\n', file);
  if (r->interrupted) table_note(file, "interrupted", "these are partial results of the replications that were done.", width);
  for (uint32_t i = 0; i < r->violation_count; i++) table_note(file, "BROKEN INVARIANT", r->violations[i], width);
  if (r->violation_count)
    table_note(file, "BROKEN INVARIANT", "this is a fault of the program, not of the scenario: do not use these figures.", width);
  for (uint32_t i = 0; i < r->note_count; i++)
    if (strncmp(r->notes[i], "interrupted", 11)) table_note(file, "note", r->notes[i], width);
}

/* "verdict: PASS (7 pass)" with the word in its colour. */
static void print_line(FILE *file, const char *what, const char *text, const char *color) {
  size_t word = strcspn(text, "(");
  while (word > 0 && text[word - 1] == ' ') word--;
  fprintf(file, "%s: %s%.*s%s%s\n", what, color, (int)word, text, *color ? TEXT_PLAIN : "", text + word);
}

/* The last line is the verdict of the requirements; statements are on a line of their own above it. */
static void print_verdict(FILE *file, const struct results *r, const struct report_options *options) {
  struct verdict_sum sum = verdicts_of(r);
  if (!options->quiet) fputc('\n', file);
  if (sum.statements.count)
    print_line(file, "statements", verdicts_statements(r).text, options->color ? text_verdict_color(sum.statements.overall) : "");
  const char *color = text_verdict_color(r->violation_count ? VERDICT_FAIL : sum.requirements.overall);
  print_line(file, "verdict", verdicts_line(r).text, options->color ? color : "");
}

static void write_report(FILE *file, const struct results *results, const struct report_options *given) {
  static void (*const sections[])(FILE *, const struct results *, const struct report_options *) = {
      text_load,   text_latency, text_breakdown,    text_capacity, text_errors,
      text_meters, text_strikes, text_availability, text_bill,     text_assumptions,
  };
  struct report_options options = *given;
  if (options.width <= 0) options.width = WIDTH;
  if (!options.quiet) {
    print_title(file, results, options.width);
    print_what(file, results);
    print_remarks(file, results, options.width);
  }
  text_claims(file, results, &options);
  for (size_t i = 0; !options.quiet && i < sizeof sections / sizeof *sections; i++) sections[i](file, results, &options);
  print_verdict(file, results, &options);
}

void report_text(FILE *file, const struct results *results, const struct report_options *options) {
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  write_report(memory, results, options);
  fclose(memory);
  table_trimmed(file, text);
  free(text);
}
