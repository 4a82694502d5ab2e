/* What moves the answer, on a page. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  const char *first = result_text(json_member(f->root, "first"), "text");
  *sentence =
      *first ? first
             : arena_format(arena, "None of %u inputs is shown to move the answer", json_count(json_member(f->root, "inputs")));
  return NULL;
}

static const char *point(struct page *p, const struct json_value *target, const struct json_value *x) {
  const char *unit = result_text(target, "unit"), *verdict = result_text(x, "verdict"), *growth = result_text(x, "growth");
  struct estimate plain = {result_number(x, "value"), NAN, NAN, 1, false};
  struct claim_limit limit;
  claim_limit(target, &limit);
  const char *text = arena_text(p->arena, format_value_beside(result_unit(unit), unit, &plain, limit.low, limit.high).text);
  return arena_format(p->arena, "%s%s%s", *growth ? growth : text, *verdict ? " " : "", verdict);
}

static const char *swing(struct page *p, const struct json_value *target, const struct json_value *effect) {
  const struct json_value *low = json_first(json_member(effect, "swing_ci")), *high = json_next(low);
  const char *unit = result_text(target, "unit");
  struct estimate e = {result_number(effect, "swing"), json_type(low) == JSON_NUMBER ? json_number(low) : NAN,
                       json_type(high) == JSON_NUMBER ? json_number(high) : NAN, 1, false};
  if (json_flag(json_member(effect, "endless"))) return "without end";
  return arena_text(p->arena, format_estimate(result_unit(unit), unit, &e).text);
}

static const struct json_value *input_of(const struct result_file *f, const char *path) {
  for (const struct json_value *in = json_first(json_member(f->root, "inputs")); in; in = json_next(in))
    if (!strcmp(result_text(in, "path"), path)) return in;
  return NULL;
}

static void put_target(struct page *p, const struct result_file *f, const struct json_value *target) {
  static const struct page_column columns[] = {{"input", PAGE_CODE},    {"low", PAGE_TEXT},       {"high", PAGE_TEXT},
                                               {"at low", PAGE_NUMBER}, {"at high", PAGE_NUMBER}, {"swing", PAGE_NUMBER},
                                               {"decides", PAGE_TEXT},  {"source", PAGE_TEXT}};
  page_section(p, result_text(target, "expr"), false);
  page_table(
      p, arena_format(p->arena, "Each input alone at the ends of its range; now %s", point(p, target, json_member(target, "base"))),
      columns, 8);
  for (const struct json_value *e = json_first(json_member(target, "effects")); e; e = json_next(e)) {
    const struct json_value *in = input_of(f, result_text(e, "input"));
    const char *word = json_flag(json_member(e, "flips"))   ? "decides the claim"
                       : json_flag(json_member(e, "shown")) ? ""
                                                            : "no effect shown";
    page_row(p, (const char *[]){result_text(e, "input"), result_text(in, "low"), result_text(in, "high"),
                                 point(p, target, json_member(e, "low")), point(p, target, json_member(e, "high")),
                                 swing(p, target, e), word, result_text(in, "source")});
  }
  page_table_end(p);
  page_section_end(p, false);
}

static void write_sensitivity(struct page *p, const struct result_file *f) {
  static const char *const blind = "One input at a time: interactions of two are not seen.";
  for (const struct json_value *t = json_first(json_member(f->root, "targets")); t; t = json_next(t)) put_target(p, f, t);
  page_pictures_left(p);
  page_unknowns(p, f->root, &blind, 1);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_sensitivity = {
    .word = "sensitivity", .heading = "What moves the answer", .write = write_sensitivity, .judge = judge};
