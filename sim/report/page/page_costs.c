/* Cost over users of several architectures on a page. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  *sentence = arena_text(arena, result_text(f->root, "answer"));
  return json_flag(json_member(f->root, "interrupted")) ? "INTERRUPTED" : NULL;
}

static const char *until(struct page *p, const struct json_value *architecture) {
  const struct json_value *of = json_member(architecture, "holds_until");
  if (json_flag(json_member(of, "throughout"))) return "throughout";
  return isnan(result_number(of, "users")) ? "-" : arena_format(p->arena, "%s users", page_count(p, of, "users"));
}

static void cheapest(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"users", PAGE_TEXT}, {"cheapest that holds", PAGE_TEXT}, {"until", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "cheapest");
  if (!json_count(rows)) return;
  page_section(p, "The cheapest that holds", false);
  page_table(p, "Which architecture is the cheapest that keeps its requirements, by users", columns, 3);
  for (const struct json_value *r = json_first(rows); r; r = json_next(r)) {
    const char *name = result_text(r, "cheapest"), *ends = result_text(r, "ends");
    page_row(p, (const char *[]){arena_format(p->arena, "%s to %s", page_count(p, r, "from"), page_count(p, r, "to")),
                                 *name ? name : "none of them",
                                 !strcmp(ends, "breaks")    ? "it breaks"
                                 : !strcmp(ends, "crosses") ? "another is cheaper"
                                 : !strcmp(ends, "last")    ? "the end of what was asked"
                                                            : ends});
  }
  page_table_end(p);
  page_picture(p, "costs");
  page_section_end(p, false);
}

static void architectures(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"architecture", PAGE_TEXT}, {"holds until", PAGE_NUMBER}, {"first to break", PAGE_CODE}, {"in one sentence", PAGE_TEXT}};
  page_section(p, "Architectures", false);
  page_table(p, "How far each holds", columns, 4);
  for (const struct json_value *a = json_first(json_member(f->root, "architectures")); a; a = json_next(a))
    page_row(p, (const char *[]){result_text(a, "name"), until(p, a), result_text(json_member(a, "holds_until"), "breaks"),
                                 result_text(a, "answer")});
  page_table_end(p);
  page_section_end(p, false);
}

static void write_costs(struct page *p, const struct result_file *f) {
  cheapest(p, f);
  architectures(p, f);
  page_pictures_left(p);
  page_unknowns(p, f->root, NULL, 0);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_costs = {.word = "costs", .heading = "Cost over users", .write = write_costs, .judge = judge};
