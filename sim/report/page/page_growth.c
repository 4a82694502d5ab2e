/* An outlook on growth on a page. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

/* A requirement that breaks within the months is why to move: not a fault of the program, and no failure of today. */
static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  bool open = false, breaks = false;
  for (const struct json_value *q = json_first(json_member(f->root, "requirements")); q; q = json_next(q)) {
    const char *course = result_text(q, "course");
    if (!strcmp(result_text(q, "severity"), "should")) continue;
    breaks |= !strcmp(course, "breaks") || !strcmp(course, "fails today") || !strcmp(course, "begins to hold");
    open |= !strcmp(course, "undecided");
  }
  *sentence = arena_text(arena, result_text(f->root, "answer"));
  if (json_count(json_member(f->root, "violations"))) return "ERROR";
  if (json_flag(json_member(f->root, "interrupted"))) return "INTERRUPTED";
  return breaks ? "FAIL" : open ? "UNDECIDED" : json_count(json_member(f->root, "requirements")) ? "PASS" : NULL;
}

static const char *month_of(struct page *p, const struct json_value *of) {
  const struct json_value *low = json_first(json_member(of, "ci95")), *high = json_next(low);
  double month = result_number(of, "month");
  if (isnan(month)) return "";
  const char *text = page_number(p, month, "number", NULL);
  if (json_type(low) != JSON_NUMBER || json_type(high) != JSON_NUMBER || json_number(low) == json_number(high)) return text;
  return arena_format(p->arena, "%s [%s, %s]", text, page_number(p, json_number(low), "number", NULL),
                      page_number(p, json_number(high), "number", NULL));
}

static void requirements(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"requirement", PAGE_CODE}, {"course", PAGE_TEXT},        {"in month", PAGE_NUMBER},
                                               {"severity", PAGE_TEXT},    {"fullest there", PAGE_TEXT}, {"remark", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "requirements");
  if (!json_count(rows)) return;
  page_section(p, "Requirements", false);
  page_table(p, "When each requirement breaks, in months from today", columns, 6);
  for (const struct json_value *q = json_first(rows); q; q = json_next(q)) {
    if (!strcmp(result_text(q, "id"), "settles") && !strcmp(result_text(q, "course"), "holds")) continue; /* without saying */
    const char *fullest = result_text(q, "fullest");
    if (*fullest) fullest = arena_format(p->arena, "%s, %s busy", fullest, format_percent(result_number(q, "busy")).text);
    page_row(p, (const char *[]){result_text(q, "expr"), result_text(q, "course"), month_of(p, q), result_text(q, "severity"),
                                 fullest, result_text(q, "reason")});
  }
  page_table_end(p);
  page_picture(p, "growth");
  page_section_end(p, false);
}

static void triggers(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"trigger", PAGE_CODE},
                                               {"fires", PAGE_TEXT},
                                               {"in month", PAGE_NUMBER},
                                               {"calls for", PAGE_TEXT},
                                               {"ahead of the break", PAGE_TEXT},
                                               {"remark", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "triggers");
  if (!json_count(rows)) return;
  page_section(p, "Triggers", false);
  page_table(p, "When each trigger fires, and whether that is early enough", columns, 6);
  for (const struct json_value *t = json_first(rows); t; t = json_next(t)) {
    double ahead = result_number(t, "ahead_months");
    const char *worth = isnan(ahead) ? "" : arena_format(p->arena, "%s months", page_number(p, ahead, "number", NULL));
    if (json_flag(json_member(t, "late"))) worth = arena_format(p->arena, "too late%s%s", *worth ? ", " : "", worth);
    page_row(p, (const char *[]){result_text(t, "condition"), result_text(t, "course"), month_of(p, t), result_text(t, "move"),
                                 worth, result_text(t, "reason")});
  }
  page_table_end(p);
  page_section_end(p, false);
}

/* One requirement of a month by its expression. */
static const struct json_value *value_of(const struct json_value *month, const char *expression) {
  for (const struct json_value *v = json_first(json_member(month, "requirements")); v; v = json_next(v))
    if (!strcmp(result_text(v, "expr"), expression)) return v;
  return NULL;
}

enum { SHOWN = 6 }; /* requirements that have a column of months */

static void put_month(struct page *p, const struct result_file *f, const struct json_value *m, const char *const *expressions,
                      const char *const *units, uint32_t count) {
  const char *currency = result_text(f->root, "currency"), *cells[PAGE_COLUMNS];
  bool run = result_number(m, "replications") > 0;
  cells[0] = arena_format(p->arena, "%s%s", run ? "" : "~", page_member(p, m, "month", "number"));
  cells[1] = page_count(p, m, "users");
  cells[2] = page_member(p, m, "peak_per_s", "per_s");
  for (uint32_t i = 0; i < count; i++) {
    const struct json_value *v = value_of(m, expressions[i]);
    struct estimate plain = {result_number(v, "value"), NAN, NAN, 1, false};
    cells[3 + i] =
        arena_format(p->arena, "%s %s", format_value(result_unit(units[i]), currency, &plain).text, result_text(v, "verdict"));
  }
  double cost = result_number(json_member(m, "cost"), "value");
  cells[3 + count] = isnan(cost) ? "-" : arena_text(p->arena, format_money(cost).text);
  page_row(p, cells);
}

static void months(struct page *p, const struct result_file *f) {
  const struct json_value *rows = json_member(f->root, "table");
  const char *expressions[SHOWN], *units[SHOWN], *currency = result_text(f->root, "currency");
  struct page_column *columns = arena_new_array(p->arena, struct page_column, SHOWN + 4);
  uint32_t count = 0;
  if (!json_count(rows)) return;
  columns[0] = (struct page_column){"month", PAGE_NUMBER}, columns[1] = (struct page_column){"users", PAGE_NUMBER};
  columns[2] = (struct page_column){"busiest", PAGE_NUMBER};
  for (const struct json_value *q = json_first(json_member(f->root, "requirements")); q && count < SHOWN; q = json_next(q)) {
    if (!strcmp(result_text(q, "id"), "settles")) continue;
    expressions[count] = result_text(q, "expr"), units[count] = result_text(q, "unit");
    columns[3 + count] = (struct page_column){expressions[count], PAGE_NUMBER};
    count++;
  }
  columns[3 + count] = (struct page_column){arena_format(p->arena, "%s a month", *currency ? currency : "cost"), PAGE_NUMBER};
  page_section(p, "Month by month", true);
  page_table(p, "Load, requirements and bill; a month with ~ lies between two that were run", columns, 4 + count);
  for (const struct json_value *m = json_first(rows); m; m = json_next(m)) put_month(p, f, m, expressions, units, count);
  page_table_end(p);
  page_picture(p, "costs");
  page_section_end(p, true);
}

static void write_growth(struct page *p, const struct result_file *f) {
  requirements(p, f);
  triggers(p, f);
  months(p, f);
  page_pictures_left(p);
  page_unknowns(p, f->root, NULL, 0);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_growth = {.word = "growth", .heading = "Growth", .write = write_growth, .judge = judge};
