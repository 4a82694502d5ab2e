/* The terminal report of cost over users. */
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/costs_report.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100, USERS = 12, CELL = 15, NAME = 24, ROWS = 10, MOST = 5, RANGE = 34 };

static void line(FILE *file, const char *text, int indent, int width) {
  table_wrapped(file, text, indent, width);
  fputc('\n', file);
}

void report_stated_text(FILE *file, const struct outlook_results *r, const char *name, int width) {
  for (uint32_t i = 0; i < r->stated_count; i++) {
    const struct outlook_stated *s = &r->stated[i];
    fputs("  ", file);
    table_left(file, format_verdict_word(s->verdict), 14);
    safe_print(file, "%s%s%s: %s users cost %s", s->name, name ? ", " : "", name ? name : "",
               costs_stated_range(s->from, s->users, false).text, costs_stated_range(s->low, s->high, true).text);
    if (s->source) safe_print(file, "  %s", s->source);
    fprintf(file, "\n%*s", 16, "");
    char text[500], range[200];
    bool band = !s->cost.exact && s->cost.low < s->cost.high;
    snprintf(range, sizeof range, " [%s, %s]", format_money(s->cost.low).text, format_money(s->cost.high).text);
    snprintf(text, sizeof text, "%s%s%s%s%s", isnan(s->cost.value) ? "the bill is not known" : format_money(s->cost.value).text,
             band ? range : "",
             s->holds == VERDICT_PASS   ? ", and it holds"
             : s->holds == VERDICT_FAIL ? ", and it does not hold"
                                        : "",
             s->reason ? ": " : "", s->reason ? s->reason : "");
    line(file, text, 16, width);
  }
}

static bool any_stated(const struct costs_results *c) {
  for (uint32_t i = 0; i < c->count; i++)
    if (c->outlooks[i]->stated_count) return true;
  return false;
}

static void print_head(FILE *file, const struct costs_results *c, int width) {
  fprintf(file, "cost over users of %u architecture%s, %s a month\n", c->count, c->count == 1 ? "" : "s", c->currency);
  for (uint32_t i = 0; i < c->count; i++) {
    fputs("  ", file);
    table_column(file, c->names[i], NAME);
    line(file, costs_until(&c->outlooks[i]->until).text, 2 + NAME, width);
  }
  if (c->note_count || c->interrupted) fputc('\n', file);
  if (c->interrupted) table_note(file, "interrupted", "months that were not finished are left out.", width);
  for (uint32_t i = 0; i < c->note_count; i++) table_note(file, "note", c->notes[i], width);
}

/* --- the table ---------------------------------------------------------------------------------------------------------------- */

/* Evenly, or where there are more than 20 times as many in the end in equal ratios. */
static double users_at(const struct costs_results *c, int i) {
  double first = c->ranges->from, last = c->ranges[c->range_count - 1].to, share = (double)i / ROWS;
  return i == ROWS ? last : last > 20 * first && first > 0 ? first * pow(last / first, share) : first + share * (last - first);
}

static struct shown cell(const struct costs_results *c, uint32_t i, double users) {
  const struct curve *k = &c->curves[i];
  struct shown s;
  double cost = curve_at(k, users, CURVE_VALUE);
  const char *mark = users < k->until_low || isinf(k->until) ? " " : users < k->until_high ? "?" : "!";
  snprintf(s.text, sizeof s.text, "%.60s%s", isnan(cost) ? "-" : format_money(cost).text, mark);
  return s;
}

static void print_table(FILE *file, const struct costs_results *c) {
  uint32_t shown = c->count < MOST ? c->count : MOST;
  table_heading(file, "COST OVER USERS", "! does not hold, ? not decided");
  table_right(file, "USERS", USERS);
  for (uint32_t i = 0; i < shown; i++) {
    char name[CELL];
    snprintf(name, sizeof name, "%.*s ", CELL - 2, c->names[i]);
    table_right(file, name, CELL);
  }
  fputs("  CHEAPEST THAT HOLDS\n", file);
  for (int i = 0; i <= ROWS; i++) {
    double users = users_at(c, i), step = users > 1000 ? pow(10, floor(log10(users)) - 2) : 1;
    if (i && i < ROWS) users = rint(users / step) * step;
    int32_t lowest = envelope_lowest(c->curves, c->count, users);
    table_right(file, format_count((uint64_t)rint(users)).text, USERS);
    for (uint32_t k = 0; k < shown; k++) table_right(file, cell(c, k, users).text, CELL);
    safe_print(file, "  %s\n", lowest < 0 ? "none" : c->names[lowest]);
  }
  if (shown < c->count) fprintf(file, "  %u more architectures are in the exports\n", c->count - shown);
}

static void print_ranges(FILE *file, const struct costs_results *c, int width) {
  table_heading(file, "CHEAPEST THAT HOLDS", "and the users at which that changes, with their interval");
  for (uint32_t i = 0; i < c->range_count; i++) {
    const struct envelope_range *r = &c->ranges[i];
    char text[1400];
    snprintf(text, sizeof text, "%s to %s", costs_users(r->from).text, costs_place(r->to, r->low, r->high).text);
    fputs("  ", file);
    table_column(file, text, RANGE);
    table_column(file, r->lowest < 0 ? "none" : c->names[r->lowest], NAME);
    line(file, costs_why(r->why), 2 + RANGE + NAME, width);
  }
}

void report_costs_text(FILE *file, const struct answer *a, const struct report_options *options) {
  const struct costs_results *c = a->costs;
  int width = options->width > 0 ? options->width : WIDTH;
  char *text = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&text, &length);
  if (!options->quiet) {
    print_head(memory, c, width);
    if (c->range_count) print_table(memory, c), print_ranges(memory, c, width);
    if (any_stated(c)) table_heading(memory, "STATED", "what documents say it costs, and the bill with as many users");
    for (uint32_t i = 0; i < c->count; i++) report_stated_text(memory, c->outlooks[i], c->names[i], width);
    fputc('\n', memory);
  }
  fputs("costs: ", memory);
  line(memory, costs_sentence(c).text, 7, options->quiet ? 1000 : width);
  fclose(memory);
  table_trimmed(file, text);
  free(text);
}
