/* A comparison on a page: differences with their intervals, never two numbers apart. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

static const struct json_value *systems_of(const struct result_file *f) { return json_member(f->root, "systems"); }

/* The scenario's name of a system, or its number. */
static const char *system_name(struct arena *arena, const struct result_file *f, double number) {
  const struct json_value *s = json_first(systems_of(f));
  for (double at = 0; s && at < number; at++) s = json_next(s);
  return s && *result_text(s, "name") ? result_text(s, "name") : arena_format(arena, "system %.0f", fmin(fmax(number, 0), 1e6));
}

static uint32_t limits_of(const struct result_file *f, const char *verdict) {
  uint32_t count = 0;
  for (const struct json_value *l = json_first(json_member(f->root, "limits")); l; l = json_next(l))
    count += !verdict || !strcmp(result_text(l, "verdict"), verdict);
  return count;
}

static const char *best_sentence(struct arena *arena, const struct result_file *f) {
  const struct json_value *best = json_member(f->root, "best");
  if (json_type(best) != JSON_OBJECT) return "";
  if (!json_flag(json_member(best, "decided"))) return "; which is best is not decided";
  return arena_format(arena, "; the best by %s is %s", result_text(best, "objective"), result_text(best, "file"));
}

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  uint32_t systems = json_count(systems_of(f)), limits = limits_of(f, NULL), shown = 0;
  for (const struct json_value *r = json_first(json_member(f->root, "rows")); r; r = json_next(r))
    shown += json_flag(json_member(r, "shown"));
  const char *judged = limits ? arena_format(arena, "%u of %u limits hold; ", limits_of(f, "PASS"), limits) : "";
  *sentence = arena_format(arena, "%s%u %s against %s on %s customers, with %u differences shown%s", judged,
                           systems ? systems - 1 : 0, systems == 2 ? "system" : "systems", system_name(arena, f, 0),
                           *result_text(f->root, "other_customers") ? "other" : "the same", shown, best_sentence(arena, f));
  if (json_flag(json_member(f->root, "interrupted"))) return "INTERRUPTED";
  return !limits ? NULL : limits_of(f, "FAIL") ? "FAIL" : limits_of(f, "PASS") < limits ? "UNDECIDED" : "PASS";
}

/* "less by 12 ms [10, 14]"; the words are in the file. */
static const char *difference(struct page *p, const struct json_value *row, const char *currency) {
  const struct json_value *low = json_first(json_member(row, "difference_ci")), *high = json_next(low);
  struct estimate e = {result_number(row, "difference"), json_type(low) == JSON_NUMBER ? json_number(low) : NAN,
                       json_type(high) == JSON_NUMBER ? json_number(high) : NAN, 1, json_flag(json_member(row, "exact"))};
  const char *words = result_text(row, "words"), *why = result_text(row, "reason");
  const char *text =
      *words ? words : arena_text(p->arena, format_estimate(result_unit(result_text(row, "unit")), currency, &e).text);
  return *why ? arena_format(p->arena, "%s: %s", text, why) : text;
}

static const char *plain(struct page *p, const struct json_value *row, const char *key) {
  const char *unit = result_text(row, "unit");
  return page_number(p, result_number(row, key), unit, result_unit(unit) == UNIT_CURRENCY ? unit : NULL);
}

static void limits(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"limit", PAGE_CODE},  {"verdict", PAGE_VERDICT}, {"of", PAGE_TEXT},
                                               {"base", PAGE_NUMBER}, {"this", PAGE_NUMBER},     {"difference", PAGE_TEXT}};
  if (!limits_of(f, NULL)) return;
  page_section(p, "Limits", false);
  page_table(p, "What may not be worse than the base by more", columns, 6);
  for (const struct json_value *l = json_first(json_member(f->root, "limits")); l; l = json_next(l))
    page_row(p, (const char *[]){result_text(l, "limit"), result_text(l, "verdict"),
                                 system_name(p->arena, f, result_number(l, "system")), plain(p, l, "base"), plain(p, l, "value"),
                                 difference(p, l, result_text(l, "unit"))});
  page_table_end(p);
  page_section_end(p, false);
}

static const char *relative(struct page *p, const struct json_value *row) {
  double value = result_number(row, "relative");
  return isnan(value) ? "" : arena_format(p->arena, "%s%s", value > 0 ? "+" : "", page_number(p, value, "ratio", NULL));
}

static void put_system(struct page *p, const struct result_file *f, uint32_t system) {
  static const struct page_column columns[] = {
      {"measure", PAGE_CODE}, {"base", PAGE_NUMBER}, {"this", PAGE_NUMBER}, {"difference", PAGE_TEXT}, {"relative", PAGE_NUMBER}};
  const char *name = system_name(p->arena, f, system),
             *title = arena_format(p->arena, "%s against %s", name, system_name(p->arena, f, 0));
  page_section(p, title, false);
  page_table(p, "Differences from the base; all intervals hold together at 95%", columns, 5);
  for (const struct json_value *r = json_first(json_member(f->root, "rows")); r; r = json_next(r)) {
    if (result_number(r, "system") != system || json_flag(json_member(r, "detail"))) continue;
    page_row(p,
             (const char *[]){arena_format(p->arena, "%s(%s)", result_text(r, "agg"), result_text(r, "metric")),
                              plain(p, r, "base"), plain(p, r, "value"), difference(p, r, result_text(r, "unit")), relative(p, r)});
  }
  page_table_end(p);
  page_section_end(p, false);
}

static void best(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"file", PAGE_TEXT}, {"mean", PAGE_NUMBER}, {"replications", PAGE_NUMBER}, {"remark", PAGE_TEXT}};
  const struct json_value *of = json_member(f->root, "best");
  const char *unit = result_text(of, "unit");
  if (json_type(of) != JSON_OBJECT) return;
  page_section(p, "The best", false);
  page_table(p, arena_format(p->arena, "Candidates for %s", result_text(of, "objective")), columns, 4);
  for (const struct json_value *c = json_first(json_member(of, "candidates")); c; c = json_next(c)) {
    const char *why = result_text(c, "reason");
    if (!*why && !strcmp(result_text(c, "file"), result_text(of, "file"))) why = "the best";
    page_row(p, (const char *[]){result_text(c, "file"), page_value(p, c, unit, unit), page_count(p, c, "replications"), why});
  }
  page_table_end(p);
  page_section_end(p, false);
}

/* The systems' notes, each with whose it is. */
static void unknowns(struct page *p, const struct result_file *f) {
  enum { MOST = 48 };
  const char *lines[MOST];
  uint32_t count = 0;
  if (*result_text(f->root, "other_customers"))
    lines[count++] = arena_format(p->arena, "Other customers: %s.", result_text(f->root, "other_customers"));
  for (const struct json_value *s = json_first(systems_of(f)); s; s = json_next(s)) {
    const char *name = result_text(s, "name"), *leaves_out = result_text(s, "leaves_out");
    if (*leaves_out && count < MOST)
      lines[count++] = arena_format(p->arena, "%s: availability, downtime, RTO and RPO leave out: %s.", name, leaves_out);
    for (const struct json_value *n = json_first(json_member(s, "notes")); n && count < MOST; n = json_next(n))
      if (json_text(n)) lines[count++] = arena_format(p->arena, "%s: %s", name, json_text(n));
  }
  page_unknowns(p, f->root, lines, count);
}

static void write_compare(struct page *p, const struct result_file *f) {
  limits(p, f);
  page_picture(p, "compare");
  for (uint32_t i = 1; i < json_count(systems_of(f)) && json_count(json_member(f->root, "rows")); i++) put_system(p, f, i);
  best(p, f);
  page_pictures_left(p);
  unknowns(p, f);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_compare = {.word = "compare", .heading = "Comparison", .write = write_compare, .judge = judge};
