/* A run on a page: claims first, then what they rest on. */
#include "sim/report/format.h"
#include "sim/report/page/page.h"
#include "sim/report/page/page_result.h"
#include "sim/report/result_file.h"
#include <math.h>
#include <string.h>

/* --- in one sentence ---------------------------------------------------------------------------------------------------------- */

struct part {
  const char *key, *one, *many;
};

/* "2 confirmed, 1 contradicted" of an object of counts; empty when all are 0. */
static const char *parts_of(struct arena *arena, const struct json_value *counts, const struct part *parts, uint32_t count) {
  const char *text = "";
  for (uint32_t i = 0; i < count; i++) {
    double n = result_number(counts, parts[i].key);
    if (!(n >= 1 && n < 1e9)) continue;
    text = arena_format(arena, "%s%s%.0f %s", text, *text ? ", " : "", n, n == 1 ? parts[i].one : parts[i].many);
  }
  return text;
}

static const char *requirements_sentence(struct arena *arena, const struct json_value *counts) {
  static const struct part parts[] = {{"fail", "fails", "fail"},
                                      {"undecided", "is undecided", "are undecided"},
                                      {"no_data", "has no data", "have no data"},
                                      {"should_failed", "of severity should fails", "of severity should fail"},
                                      {"should_open", "of severity should is open", "of severity should are open"}};
  const char *verdict = result_text(counts, "verdict"), *rest = parts_of(arena, counts, parts, 5);
  const char *begin = !strcmp(verdict, "PASS")   ? "It holds: "
                      : !strcmp(verdict, "FAIL") ? "It does not hold: "
                      : *verdict                 ? "It is not decided: "
                                                 : "";
  if (!(result_number(counts, "count") >= 1)) return "Nothing is required";
  return arena_format(arena, "%s%.0f of %.0f requirements %s%s%s", begin, result_number(counts, "pass"),
                      result_number(counts, "count"), result_number(counts, "pass") == 1 ? "passes" : "pass", *rest ? ", " : "",
                      rest);
}

static const char *statements_sentence(struct arena *arena, const struct json_value *counts) {
  static const struct part parts[] = {{"confirmed", "is confirmed", "are confirmed"},
                                      {"better", "is better than stated", "are better than stated"},
                                      {"contradicted", "is contradicted", "are contradicted"},
                                      {"undecided", "is undecided", "are undecided"},
                                      {"no_data", "has no data", "have no data"}};
  double count = result_number(counts, "count");
  if (!(count >= 1)) return "";
  return arena_format(arena, "; of %.0f %s %s", count, count == 1 ? "statement" : "statements",
                      parts_of(arena, counts, parts, sizeof parts / sizeof *parts));
}

static const char *judge(struct arena *arena, const struct result_file *f, const char **sentence) {
  const struct json_value *verdicts = json_member(f->root, "verdicts"), *required = json_member(verdicts, "requirements");
  const char *word = result_text(required, "verdict");
  if (json_flag(json_member(f->root, "interrupted"))) word = "INTERRUPTED";
  if (json_count(json_member(f->root, "violations"))) word = "ERROR";
  *sentence = arena_format(arena, "%s%s", requirements_sentence(arena, required),
                           statements_sentence(arena, json_member(verdicts, "statements")));
  return *word ? word : NULL;
}

/* --- claims ------------------------------------------------------------------------------------------------------------------- */

static bool silent(const struct json_value *claim) {
  return json_flag(json_member(claim, "implicit")) && !strcmp(result_text(claim, "verdict"), "PASS");
}

static bool is_should(const struct json_value *claim) { return !strcmp(result_text(claim, "severity"), "should"); }

/* Whose figure it is, whether it only should, and what is to be said of it. */
static const char *about(struct page *p, const struct json_value *claim) {
  const char *text = result_text(claim, "source");
  const char *const more[] = {is_should(claim) ? "should" : "", result_text(claim, "judged"), result_text(claim, "reason"),
                              result_text(claim, "note")};
  for (int i = 0; i < 4; i++)
    if (*more[i]) text = arena_format(p->arena, "%s%s%s", text, *text ? i < 2 ? ", " : "; " : "", more[i]);
  double n = result_number(claim, "more_replications");
  if (n >= 1 && n < 1e15)
    text = arena_format(p->arena, "%s%sabout %s more would decide it", text, *text ? "; " : "", format_count((uint64_t)n).text);
  return text;
}

static void put_claims(struct page *p, const struct result_file *f, enum claim_kind kind, bool should) {
  for (const struct json_value *c = json_first(json_member(f->root, "claims")); c; c = json_next(c)) {
    if (result_claim_kind(c) != kind || silent(c) || (kind == CLAIM_REQUIREMENT && is_should(c) != should)) continue;
    const char *value = page_claim_value(p, c, f->currency), *expression = result_text(c, "expr");
    if (kind == CLAIM_INFO)
      page_row(p, (const char *[]){expression, value, about(p, c)});
    else
      page_row(p, (const char *[]){expression, page_verdict(c), value, about(p, c)});
  }
}

static bool has_claims(const struct result_file *f, enum claim_kind kind) {
  for (const struct json_value *c = json_first(json_member(f->root, "claims")); c; c = json_next(c))
    if (result_claim_kind(c) == kind && !silent(c)) return true;
  return false;
}

static void claims(struct page *p, const struct result_file *f) {
  static const struct page_column required[] = {
      {"requirement", PAGE_CODE}, {"verdict", PAGE_VERDICT}, {"value", PAGE_NUMBER}, {"source", PAGE_TEXT}};
  static const struct page_column stated[] = {
      {"statement", PAGE_CODE}, {"verdict", PAGE_VERDICT}, {"value", PAGE_NUMBER}, {"source", PAGE_TEXT}};
  static const struct page_column shown[] = {{"measure", PAGE_CODE}, {"value", PAGE_NUMBER}, {"source", PAGE_TEXT}};
  static const struct {
    const char *title, *caption;
    const struct page_column *columns;
    uint32_t count;
  } tables[] = {{"Requirements", "What the system must keep: each value with its 95% interval", required, 4},
                {"Statements", "Figures of documents, under audit: better than stated is not a failure of the system", stated, 4},
                {"Info", "Shown, not judged", shown, 3}};
  for (enum claim_kind kind = CLAIM_REQUIREMENT; kind <= CLAIM_INFO; kind++) {
    if (!has_claims(f, kind)) continue;
    bool folded = kind == CLAIM_INFO;
    page_section(p, tables[kind].title, folded);
    page_table(p, tables[kind].caption, tables[kind].columns, tables[kind].count);
    put_claims(p, f, kind, false);
    if (kind == CLAIM_REQUIREMENT) put_claims(p, f, kind, true);
    page_table_end(p);
    if (kind == CLAIM_REQUIREMENT) page_picture(p, "claims");
    page_section_end(p, folded);
  }
}

/* --- load and latency --------------------------------------------------------------------------------------------------------- */

static void load(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"source", PAGE_TEXT},
                                               {"users a day", PAGE_NUMBER},
                                               {"sessions of each", PAGE_NUMBER},
                                               {"requests of a session", PAGE_NUMBER},
                                               {"mean", PAGE_NUMBER},
                                               {"peak", PAGE_NUMBER},
                                               {"peak in the run", PAGE_NUMBER}};
  const struct json_value *rows = json_member(f->root, "load");
  if (!json_count(rows)) return;
  page_section(p, "Load", true);
  page_table(p, "From users to requests", columns, 7);
  for (const struct json_value *r = json_first(rows); r; r = json_next(r))
    page_row(p, (const char *[]){result_text(r, "source"), page_member(p, r, "users_per_day", "number"),
                                 page_member(p, r, "sessions_per_user", "number"),
                                 page_member(p, r, "requests_per_session", "number"), page_member(p, r, "mean_per_s", "per_s"),
                                 page_member(p, r, "peak_per_s", "per_s"), page_member(p, r, "run_peak_per_s", "per_s")});
  page_table_end(p);
  page_section_end(p, true);
}

static const char *metric_value(struct page *p, const struct result_file *f, const char *name, const char *aggregate) {
  const struct json_value *m = result_metric(f, name, aggregate);
  return m ? page_value(p, m, result_text(m, "unit"), f->currency) : "-";
}

static void latency(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"endpoint", PAGE_TEXT}, {"answers", PAGE_NUMBER}, {"mean", PAGE_NUMBER},
                                               {"p50", PAGE_NUMBER},    {"p95", PAGE_NUMBER},     {"p99", PAGE_NUMBER},
                                               {"p99.9", PAGE_NUMBER},  {"errors", PAGE_NUMBER}};
  static const char *const aggregates[] = {"mean", "p50", "p95", "p99", "p99.9"};
  const struct json_value *endpoints = json_member(f->root, "endpoints");
  if (!json_count(endpoints)) return;
  page_section(p, "Latency", true);
  page_table(p, "Latency of what was answered, by endpoint, with 95% intervals", columns, 8);
  for (const struct json_value *e = json_first(endpoints); e; e = json_next(e)) {
    const char *name = json_text(e) ? json_text(e) : "", *of = arena_format(p->arena, "%s.latency", name);
    const char *cells[8] = {name, metric_value(p, f, name, "rate")};
    for (int i = 0; i < 5; i++) cells[2 + i] = metric_value(p, f, of, aggregates[i]);
    cells[7] = metric_value(p, f, name, "error_rate");
    page_row(p, cells);
  }
  page_table_end(p);
  page_picture(p, "latency");
  page_picture(p, "timeline");
  page_section_end(p, true);
}

/* --- where the time goes, what fills up, what fails --------------------------------------------------------------------------- */

static double sum_of(const struct result_file *f, const char *endpoint, const char *key) {
  double sum = 0;
  for (const struct json_value *b = json_first(json_member(f->root, "breakdown")); b; b = json_next(b))
    if (!strcmp(result_text(b, "endpoint"), endpoint)) sum += result_number(b, key);
  return sum;
}

/* What takes less than 1% of both is left out. */
static void where_time_goes(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {{"endpoint", PAGE_TEXT}, {"where", PAGE_TEXT},        {"mean", PAGE_NUMBER},
                                               {"share", PAGE_NUMBER},  {"slowest 1%", PAGE_NUMBER}, {"share", PAGE_NUMBER}};
  const struct json_value *rows = json_member(f->root, "breakdown");
  if (!json_count(rows)) return;
  page_section(p, "Where the time goes", true);
  page_table(p, "Time of a request by component, in the mean and of its slowest 1%", columns, 6);
  const char *before = NULL;
  double mean_sum = 0, slow_sum = 0;
  for (const struct json_value *b = json_first(rows); b; b = json_next(b)) {
    const char *endpoint = result_text(b, "endpoint");
    if (!before || strcmp(before, endpoint)) /* the rows of an endpoint stand together */
      before = endpoint, mean_sum = sum_of(f, endpoint, "mean_s"), slow_sum = sum_of(f, endpoint, "slow_s");
    double mean = result_number(b, "mean_s") / mean_sum, slow = result_number(b, "slow_s") / slow_sum;
    if (!(mean >= 0.01 || slow >= 0.01)) continue;
    page_row(p, (const char *[]){endpoint, arena_format(p->arena, "%s, %s", result_text(b, "component"), result_text(b, "kind")),
                                 page_member(p, b, "mean_s", "s"), arena_text(p->arena, format_percent(mean).text),
                                 page_member(p, b, "slow_s", "s"), arena_text(p->arena, format_percent(slow).text)});
  }
  page_table_end(p);
  page_picture(p, "breakdown");
  page_section_end(p, true);
}

static void resources(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"resource", PAGE_TEXT}, {"busy, mean", PAGE_NUMBER}, {"full at", PAGE_NUMBER}, {"remark", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "saturation");
  if (!json_count(rows)) return;
  page_section(p, "What fills up first", true);
  page_table(p, "Resources in the order in which they fill up, in requests/s of the whole system at its mix", columns, 4);
  for (const struct json_value *s = json_first(rows); s; s = json_next(s)) {
    const char *remark = json_flag(json_member(s, "saturated")) ? "full"
                         : json_flag(json_member(s, "blocked")) ? "held by what is full before it"
                         : s == json_first(rows)                ? "the bottleneck"
                                                                : "";
    const char *const more[] = {result_text(s, "reason"), result_text(s, "remark")};
    for (int i = 0; i < 2; i++)
      if (*more[i]) remark = arena_format(p->arena, "%s%s%s", remark, *remark ? "; " : "", more[i]);
    page_row(p, (const char *[]){result_text(s, "resource"), page_value(p, json_member(s, "utilization"), "ratio", NULL),
                                 page_member(p, s, "saturates_at_per_s", "per_s"), remark});
  }
  page_table_end(p);
  page_section_end(p, true);
}

static void errors(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"endpoint", PAGE_TEXT}, {"cause", PAGE_TEXT}, {"requests", PAGE_NUMBER}, {"share", PAGE_NUMBER}};
  const struct json_value *rows = json_member(f->root, "errors");
  if (!json_count(rows)) return;
  page_section(p, "Errors", true);
  page_table(p, "Requests that were not answered, by cause", columns, 4);
  for (const struct json_value *e = json_first(rows); e; e = json_next(e))
    page_row(p, (const char *[]){result_text(e, "endpoint"), result_text(e, "cause"), page_count(p, e, "count"),
                                 page_value(p, json_member(e, "ratio"), "ratio", NULL)});
  page_table_end(p);
  page_section_end(p, true);
}

/* --- assumptions -------------------------------------------------------------------------------------------------------------- */

static const char *range_of(struct page *p, const struct result_file *f, const char *path) {
  const struct json_value *value = json_resolve_path(json_member(f->root, "scenario_resolved"), path);
  const struct json_value *low = json_first(json_member(value, "range")), *high = json_next(low);
  if (!low || !high) return "";
  return arena_format(p->arena, "%s to %s", page_brief(p->arena, low), page_brief(p->arena, high));
}

static void assumptions(struct page *p, const struct result_file *f) {
  static const struct page_column columns[] = {
      {"value", PAGE_CODE}, {"set to", PAGE_TEXT}, {"range", PAGE_TEXT}, {"source", PAGE_TEXT}};
  const struct json_value *rows = json_member(f->root, "assumptions");
  if (!json_count(rows)) return;
  page_section(p, "Assumptions", true);
  page_table(p, "Values that the scenario marks with a source; a range says how far off they may be", columns, 4);
  for (const struct json_value *a = json_first(rows); a; a = json_next(a)) {
    const char *path = result_text(a, "path"), *value = result_text(a, "value");
    page_row(p, (const char *[]){path, *value ? value : "(all of it)", range_of(p, f, path), result_text(a, "source")});
  }
  page_table_end(p);
  page_section_end(p, true);
}

/* What uptime leaves out, and what has no value and why: once each. */
static void unknowns(struct page *p, const struct result_file *f) {
  enum { MOST = 24 };
  const char *lines[MOST], *leaves_out = result_text(json_member(f->root, "outages"), "leaves_out");
  uint32_t count = 0;
  if (*leaves_out) lines[count++] = arena_format(p->arena, "Availability, downtime, RTO and RPO leave out: %s.", leaves_out);
  for (const struct json_value *c = json_first(json_member(f->root, "claims")); c && count < MOST; c = json_next(c))
    if (!strcmp(result_text(c, "verdict"), "NO DATA"))
      lines[count++] = arena_format(p->arena, "No data for %s: %s.", result_text(c, "expr"), result_text(c, "reason"));
  page_unknowns(p, f->root, lines, count);
}

static void write_result(struct page *p, const struct result_file *f) {
  claims(p, f);
  load(p, f);
  latency(p, f);
  where_time_goes(p, f);
  resources(p, f);
  errors(p, f);
  page_outages(p, f);
  page_bill(p, f);
  page_pictures_left(p);
  assumptions(p, f);
  unknowns(p, f);
  page_provenance(p, f->root);
}

const struct page_kind page_kind_result = {.word = "result", .heading = "Run", .write = write_result, .judge = judge};
