/* The terminal report of `aguanta growth`. */
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/costs_report.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, WHEN = 20, COURSE = 16, MONTH = 6, CELL = 11, NAMED = 16, CLAIMS = 4, RESOURCES = 2 };

/* What finds room: requirements in their order, and the resources that are fullest in the end. */
struct columns {
  uint32_t claims[CLAIMS], claim_count, resources[RESOURCES], resource_count;
};

static void print_head(FILE *file, const struct outlook_results *r, int width) {
  const char *name = r->scenario_name ? r->scenario_name : "scenario";
  uint64_t replications = 0;
  for (uint32_t i = 0; i < r->run_count; i++) replications += r->runs[i].replications;
  fputs(name, file);
  if (r->scenario_title && *r->scenario_title) {
    fputs(": ", file);
    table_wrapped(file, r->scenario_title, format_width(name) + 2, width);
  }
  const char *users = growth_users_words(r).text;
  struct growth_words_text words = growth_users_words(r);
  users = words.text;
  safe_print(file, "\n%s%s%s\n", users, *users ? ", " : "", r->how);
  safe_print(file, "%s run, %s, %s; %s, seed %s\n", format_counted(r->run_count, "month", NULL).text,
             format_counted(replications, "replication", NULL).text, format_counted(r->requests, "request", NULL).text,
             r->scenario_file, r->seed_text);
  if (r->note_count || r->violation_count || r->interrupted) fputc('\n', file);
  if (r->interrupted) table_note(file, "interrupted", "months that were not finished are left out.", width);
  for (uint32_t i = 0; i < r->violation_count; i++) table_note(file, "BROKEN INVARIANT", r->violations[i], width);
  for (uint32_t i = 0; i < r->note_count; i++) table_note(file, "note", r->notes[i], width);
}

static void print_requirement(FILE *file, const struct outlook_results *r, uint32_t i, char letter, int width) {
  const struct outlook_requirement *q = &r->requirements[i];
  fprintf(file, "  %c ", letter);
  table_column(file, growth_when(&q->when).text, WHEN);
  table_left(file, growth_course_word(q->course), COURSE);
  table_wrapped(file, q->expression, 4 + WHEN + COURSE, width);
  if (q->severity == SEVERITY_SHOULD) fputs("  (should)", file);
  fputc('\n', file);
  char text[400];
  snprintf(text, sizeof text, "%s%s%s%s%s", q->fullest ? "with " : "", q->fullest ? q->fullest : "", q->fullest ? " " : "",
           q->fullest ? format_percent(q->busy).text : "", q->fullest ? " busy" : "");
  for (int k = 0; k < 2; k++) {
    const char *line = k ? q->reason : text;
    if (!line || !*line) continue;
    fprintf(file, "%*s", 4 + WHEN + COURSE, "");
    table_wrapped(file, line, 4 + WHEN + COURSE, width);
    fputc('\n', file);
  }
}

static void print_requirements(FILE *file, const struct outlook_results *r, int width) {
  table_heading(file, "WHAT BREAKS", "the month in which it does, with its interval");
  char letter = 'a';
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (growth_shows(&r->requirements[i])) print_requirement(file, r, i, letter < 'z' ? letter++ : 'z', width);
}

static void print_line(FILE *file, const char *text, int indent, int width) {
  fprintf(file, "%*s", indent, "");
  table_wrapped(file, text, indent, width);
  fputc('\n', file);
}

static void print_triggers(FILE *file, const struct outlook_results *r, int width) {
  if (!r->trigger_count || !r->run_count) return;
  table_heading(file, "TRIGGERS", "the month in which each fires, by the shape of the day");
  for (uint32_t i = 0; i < r->trigger_count; i++) {
    const struct outlook_trigger *t = &r->triggers[i];
    fputs("    ", file);
    table_column(file, growth_trigger_when(t).text, WHEN);
    table_column(file, t->name, COURSE);
    table_wrapped(file, t->condition, 4 + WHEN + COURSE, width);
    fputc('\n', file);
    print_line(file, growth_trigger_move(t).text, 4 + WHEN + COURSE, width);
    if (*growth_trigger_worth(r, t).text) print_line(file, growth_trigger_worth(r, t).text, 4 + WHEN + COURSE, width);
    if (t->reason) print_line(file, t->reason, 4 + WHEN + COURSE, width);
  }
}

static void print_resources(FILE *file, const struct outlook_results *r) {
  if (!r->resource_count || !r->run_count) return;
  const struct outlook_month *first = r->runs, *last = &r->runs[r->run_count - 1];
  char remark[200];
  snprintf(remark, sizeof remark, "busy today and in month %.3g; full in the busiest 48th of the measured time", last->month);
  table_heading(file, "WHAT FILLS UP", remark);
  for (uint32_t i = 0; i < r->resource_count; i++) {
    if (isnan(last->busy[i].value) && isnan(first->busy[i].value)) continue;
    fputs("    ", file);
    table_column(file, r->resources[i], 34);
    table_right(file, format_number(UNIT_RATIO, NULL, first->busy[i].value).text, CELL);
    table_right(file, format_number(UNIT_RATIO, NULL, last->busy[i].value).text, CELL);
    if (isnan(r->full_at[i]))
      fputs("  not full in these months\n", file);
    else
      fprintf(file, "  full in month %.1f\n", r->full_at[i]);
  }
}

/* --- the table ---------------------------------------------------------------------------------------------------------------- */

static void choose(const struct outlook_results *r, struct columns *c) {
  *c = (struct columns){.claim_count = 0};
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (growth_shows(&r->requirements[i]) && !r->requirements[i].implicit && c->claim_count < CLAIMS)
      c->claims[c->claim_count++] = i;
  const struct outlook_month *last = &r->runs[r->run_count - 1];
  for (uint32_t n = 0; n < RESOURCES; n++) {
    int32_t most = -1;
    for (uint32_t i = 0; i < r->resource_count; i++) {
      bool taken = false;
      for (uint32_t k = 0; k < c->resource_count; k++) taken |= c->resources[k] == i;
      if (!taken && !isnan(last->busy[i].value) && (most < 0 || last->busy[i].value > last->busy[most].value)) most = (int32_t)i;
    }
    if (most >= 0) c->resources[c->resource_count++] = (uint32_t)most;
  }
}

static char letter_of(const struct outlook_results *r, uint32_t requirement) {
  char letter = 'a';
  for (uint32_t i = 0; i < requirement; i++) letter = (char)(letter + growth_shows(&r->requirements[i]));
  return letter < 'z' ? letter : 'z';
}

static void print_month(FILE *file, const struct outlook_results *r, const struct columns *c, const struct outlook_month *m) {
  char text[100];
  snprintf(text, sizeof text, "%s%.0f", m->replications ? "" : "~", m->month);
  table_right(file, text, MONTH);
  table_right(file, isnan(m->users) ? "-" : format_count((uint64_t)rint(m->users)).text, CELL);
  table_right(file, format_number(UNIT_PER_SECOND, NULL, m->peak_per_s).text, CELL);
  for (uint32_t i = 0; i < c->resource_count; i++)
    table_right(file, m->beyond ? "-" : format_number(UNIT_RATIO, NULL, m->busy[c->resources[i]].value).text, NAMED);
  for (uint32_t i = 0; i < c->claim_count; i++) {
    const struct outlook_requirement *q = &r->requirements[c->claims[i]];
    const struct outlook_value *v = &m->values[c->claims[i]];
    struct estimate plain = {v->estimate.value, NAN, NAN, v->estimate.n, v->estimate.exact};
    const char *mark = v->verdict == VERDICT_FAIL ? "!" : v->verdict == VERDICT_PASS ? " " : "?";
    snprintf(text, sizeof text, "%s%s", format_value_beside(q->unit, r->currency, &plain, -INFINITY, INFINITY).text, mark);
    table_right(file, text, CELL);
  }
  if (!isnan(m->cost.value)) table_right(file, format_money(m->cost.value).text, CELL);
  fputc('\n', file);
}

static void print_table(FILE *file, const struct outlook_results *r, int width) {
  struct columns c;
  char text[60];
  if (!r->run_count) return;
  choose(r, &c);
  table_heading(file, "MONTH BY MONTH", "~ between months that were run; ! fails, ? undecided");
  table_right(file, "MONTH", MONTH);
  table_right(file, "USERS", CELL);
  table_right(file, "BUSIEST", CELL);
  for (uint32_t i = 0; i < c.resource_count; i++) {
    snprintf(text, sizeof text, " %.*s", NAMED - 1, r->resources[c.resources[i]]);
    table_right(file, text, NAMED);
  }
  for (uint32_t i = 0; i < c.claim_count; i++) {
    snprintf(text, sizeof text, "%c ", letter_of(r, c.claims[i]));
    table_right(file, text, CELL);
  }
  if (!isnan(r->table->cost.value)) table_right(file, r->currency ? r->currency : "COST", CELL);
  fputc('\n', file);
  for (uint32_t i = 0; i < r->month_count; i++) print_month(file, r, &c, &r->table[i]);
  (void)width;
}

static void write_report(FILE *file, const struct outlook_results *r, const struct report_options *options) {
  int width = options->width > 0 ? options->width : WIDTH;
  if (!options->quiet) {
    print_head(file, r, width);
    if (r->run_count) print_requirements(file, r, width);
    print_triggers(file, r, width);
    print_resources(file, r);
    print_table(file, r, width);
    if (r->stated_count && r->run_count)
      table_heading(file, "STATED", "what documents say it costs, and the bill with as many users");
    if (r->run_count) report_stated_text(file, r, NULL, width);
    fputc('\n', file);
  }
  fputs("growth: ", file);
  table_wrapped(file, growth_sentence(r).text, 8, options->quiet && options->width <= 0 ? 1000 : width);
  fputc('\n', file);
}

void report_growth_text(FILE *file, const struct answer *a, const struct report_options *options) {
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  write_report(memory, a->growth, options);
  fclose(memory);
  table_trimmed(file, text);
  free(text);
}
