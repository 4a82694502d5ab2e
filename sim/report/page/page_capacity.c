/* A search for the largest load that holds, on a page. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  *sentence = arena_format(arena, "%s (%s)", result_text(f->root, "answer"), result_text(f->root, "path"));
  if (json_count(json_member(f->root, "violations"))) return "ERROR";
  if (json_flag(json_member(f->root, "interrupted"))) return "INTERRUPTED";
  return json_flag(json_member(f->root, "resolved")) ? NULL : "UNDECIDED";
}

/* In the unit of the varied value, a word such as "/s". */
static const char *level(struct page *p, const struct result_file *f, double value) {
  const char *unit = result_text(f->root, "unit");
  return isnan(value)
             ? "-"
             : arena_format(p->arena, "%s%s%s", page_number(p, value, "number", NULL), *unit && *unit != '/' ? " " : "", unit);
}

static void breaks(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"requirement", PAGE_CODE}, {"course", PAGE_TEXT}, {"at", PAGE_NUMBER}, {"fullest there", PAGE_TEXT}};
  page_section(p, "What breaks", false);
  page_table(p, "Each requirement, and up to which value it holds", columns, 4);
  for (const struct json_value *c = json_first(json_member(f->root, "claims")); c; c = json_next(c)) {
    const char *fullest = result_text(c, "fullest");
    if (*fullest) fullest = arena_format(p->arena, "%s, %s busy", fullest, format_percent(result_number(c, "busy")).text);
    page_row(p, (const char *[]){result_text(c, "expr"), result_text(c, "course"),
                                 level(p, f, result_number(json_member(c, "capacity"), "value")), fullest});
  }
  page_table_end(p);
  page_picture(p, "capacity");
  page_section_end(p, false);
}

static void fills(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"resource", PAGE_TEXT}, {"busy", PAGE_NUMBER}, {"full at", PAGE_NUMBER}, {"remark", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "resources");
  if (!json_count(rows)) return;
  page_section(p, "What fills up", true);
  page_table(p, arena_format(p->arena, "Resources at %s", level(p, f, result_number(f->root, "stands_at"))), columns, 4);
  for (const struct json_value *r = json_first(rows); r; r = json_next(r))
    page_row(p, (const char *[]){result_text(r, "resource"), arena_text(p->arena, format_percent(result_number(r, "busy")).text),
                                 level(p, f, result_number(r, "full_at")), result_text(r, "reason")});
  page_table_end(p);
  page_section_end(p, true);
}

static void levels(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"value", PAGE_NUMBER}, {"throughput", PAGE_NUMBER}, {"mean latency", PAGE_NUMBER}, {"remark", PAGE_TEXT}};
  page_section(p, "Values that were run", true);
  page_table(p, "Throughput and latency at each value", columns, 4);
  double knee = result_number(f->root, "knee");
  for (const struct json_value *l = json_first(json_member(f->root, "levels")); l; l = json_next(l)) {
    const char *remark = result_text(l, "growth");
    if (result_number(l, "value") == knee) remark = *remark ? remark : "the knee: throughput over latency is greatest";
    page_row(p, (const char *[]){level(p, f, result_number(l, "value")), page_value(p, json_member(l, "throughput"), "per_s", NULL),
                                 page_value(p, json_member(l, "latency"), "s", NULL), remark});
  }
  page_table_end(p);
  page_section_end(p, true);
}

static void write_capacity(struct page *p, const struct result_file *f) {
  breaks(p, f);
  fills(p, f);
  levels(p, f);
  page_pictures_left(p);
  const char *reason = result_text(f->root, "reason");
  page_unknowns(p, f->root, &reason, *reason != 0);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_capacity = {.word = "capacity", .heading = "Capacity", .write = write_capacity, .judge = judge};
