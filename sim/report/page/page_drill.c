/* A drill on a page: each fault once, each requirement under it. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

static const struct json_value *faults_of(const struct result_file *f) { return json_member(f->root, "faults"); }

/* How many of all requirements under all faults came to the verdict. */
static uint32_t count_of(const struct result_file *f, const char *verdict) {
  uint32_t count = 0;
  for (const struct json_value *x = json_first(faults_of(f)); x; x = json_next(x))
    for (const struct json_value *c = json_first(json_member(x, "requirements")); c; c = json_next(c))
      count += !verdict || !strcmp(result_text(c, "verdict"), verdict);
  return count;
}

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  const char *verdict = result_text(f->root, "verdict");
  *sentence = arena_format(arena, "Each of %u %s once, at %s of load: the requirements held or hold again in %u of %u cases",
                           json_count(faults_of(f)), json_count(faults_of(f)) == 1 ? "fault" : "faults",
                           format_number(UNIT_PER_SECOND, NULL, result_number(f->root, "load_per_s")).text, count_of(f, "PASS"),
                           count_of(f, NULL));
  if (json_count(json_member(f->root, "violations"))) return "ERROR";
  if (json_flag(json_member(f->root, "interrupted"))) return "INTERRUPTED";
  return *verdict ? verdict : NULL;
}

/* Without its interval, next to its limit. */
static const char *value_of(struct page *p, const struct json_value *requirement, const struct json_value *cell, const char *key) {
  struct claim_limit limit;
  struct estimate plain = {result_number(json_member(cell, key), "value"), NAN, NAN, 1, false};
  claim_limit(requirement, &limit);
  if (*result_text(requirement, "reason")) return "-";
  return arena_text(p->arena,
                    format_value_beside(result_unit(result_text(requirement, "unit")), NULL, &plain, limit.low, limit.high).text);
}

static const char *recovery(struct page *p, const struct json_value *requirement, const struct json_value *cell) {
  double broken = result_number(cell, "broken"), back = result_number(cell, "back");
  if (*result_text(requirement, "reason")) return result_text(requirement, "reason");
  if (!(broken > 0)) return "held";
  if (!(back > 0)) return "not back";
  if (back < broken) return arena_format(p->arena, "not back in %.0f of %.0f", fmin(broken - back, 1e9), fmin(broken, 1e9));
  return page_value(p, json_member(cell, "recovery_s"), "s", NULL);
}

static void put_cells(struct page *p, const struct result_file *f, const struct json_value *fault) {
  const struct json_value *q = json_first(json_member(f->root, "claims"));
  for (const struct json_value *c = json_first(json_member(fault, "requirements")); c; c = json_next(c), q = json_next(q)) {
    const char *verdict = result_text(c, "verdict");
    if (!strcmp(verdict, "FAIL") && !strcmp(result_text(q, "severity"), "should")) verdict = "WARN";
    page_row(p, (const char *[]){result_text(fault, "fault"), result_text(c, "expr"), verdict, value_of(p, q, c, "before"),
                                 value_of(p, q, c, "worst"), recovery(p, q, c), value_of(p, q, c, "after")});
  }
}

static void requirements(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"fault", PAGE_TEXT},   {"requirement", PAGE_CODE},       {"verdict", PAGE_VERDICT},  {"before", PAGE_NUMBER},
      {"worst", PAGE_NUMBER}, {"holds again after", PAGE_TEXT}, {"at the end", PAGE_NUMBER}};
  if (!json_count(faults_of(f))) return;
  page_section(p, "Requirements", false);
  page_table(p, "Each requirement under each fault: before the strike, at its worst, and at the end", columns, 7);
  for (const struct json_value *x = json_first(faults_of(f)); x; x = json_next(x)) put_cells(p, f, x);
  page_table_end(p);
  page_picture(p, "drill");
  page_section_end(p, false);
}

static const char *losses(struct page *p, const struct json_value *fault) {
  const char *text = "";
  for (const struct json_value *l = json_first(json_member(fault, "losses")); l; l = json_next(l))
    if (result_value(l).low > 0 || !json_flag(json_member(l, "requests")))
      text = arena_format(p->arena, "%s%s%s %s", text, *text ? "; " : "", page_value(p, l, "count", NULL), result_text(l, "what"));
  for (const struct json_value *n = json_first(json_member(fault, "notes")); n; n = json_next(n))
    if (json_text(n)) text = arena_format(p->arena, "%s%s%s", text, *text ? "; " : "", json_text(n));
  return text;
}

static const char *served(struct page *p, const struct json_value *fault) {
  if (!(result_number(fault, "outages") > 0)) return "all the time";
  if (result_number(fault, "served") < result_number(fault, "outages")) return "not while it is watched";
  return page_value(p, json_member(fault, "served_again_s"), "s", NULL);
}

static const char *lost_writes(struct page *p, const struct json_value *fault) {
  const struct json_value *value = json_member(fault, "lost_writes_s");
  if (!(result_number(fault, "primaries") > 0)) return "";
  return isnan(result_number(value, "value")) ? "all data" : page_value(p, value, "s", NULL);
}

static void lost(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"fault", PAGE_TEXT},
                                               {"strikes", PAGE_TEXT},
                                               {"served again after", PAGE_TEXT},
                                               {"requests that fail", PAGE_NUMBER},
                                               {"writes lost", PAGE_NUMBER},
                                               {"of these, and more", PAGE_TEXT}};
  if (!json_count(faults_of(f))) return;
  page_section(p, "What was lost", true);
  page_table(p, "Each fault against the same run without it", columns, 6);
  for (const struct json_value *x = json_first(faults_of(f)); x; x = json_next(x)) {
    const char *of = result_text(x, "of");
    page_row(p, (const char *[]){result_text(x, "fault"),
                                 arena_format(p->arena, "%s%s%s", result_text(x, "kind"), *of ? " of " : "", of), served(p, x),
                                 page_value(p, json_member(x, "failed"), "count", NULL), lost_writes(p, x), losses(p, x)});
  }
  page_table_end(p);
  page_section_end(p, true);
}

static void write_drill(struct page *p, const struct result_file *f) {
  enum { MOST = 32 };
  const char *lines[MOST];
  uint32_t count = 0;
  requirements(p, f);
  lost(p, f);
  page_pictures_left(p);
  for (const struct json_value *l = json_first(json_member(f->root, "left_out")); l && count < MOST; l = json_next(l))
    lines[count++] = arena_format(p->arena, "Not asked: %s %s.", result_text(l, "expr"), result_text(l, "reason"));
  page_unknowns(p, f->root, lines, count);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_drill = {.word = "drill", .heading = "Drill", .write = write_drill, .judge = judge};
