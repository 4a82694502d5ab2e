/* Numbers for people, the machine formats, the terminal report (golden: tests/data/report-platform.txt), and files. */
#include "sim/report/compare_report.h"
#include "sim/report/sensitivity_report.h"
#include "sim/report/export.h"
#include "sim/report/format.h"
#include "sim/report/run_report.h"
#include "sim/report/text/text.h"
#include "sim/report/verdicts.h"
#include "tests/report_fixture.h"
#include "tests/suite.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
  enum unit unit;
  struct estimate estimate;
  const char *shown;
} formats[] = {
    {UNIT_SECONDS, EST(0.1824, 0.1761, 0.1888, 1), "182 ms [176, 189]"},
    {UNIT_SECONDS, EST(1.924, 1.807, 2.041, 1), "1.92 s [1.81, 2.04]"}, /* the half-width begins with 1: one digit more */
    {UNIT_SECONDS, EST(1.924, 1.4, 2.5, 1), "1.9 s [1.4, 2.5]"},
    {UNIT_SECONDS, EST(11160, 10800, 11520, 1), "3.10 h [3.00, 3.20]"},
    {UNIT_SECONDS, EST(0.00000042, NAN, NAN, 1), "420 ns"},
    {UNIT_SECONDS, EST(0.00042, NAN, NAN, 1), "420 \xC2\xB5s"},
    {UNIT_SECONDS, EST(90, NAN, NAN, 1), "90 s"},
    {UNIT_SECONDS, EST(600, NAN, NAN, 1), "10 min"},
    {UNIT_SECONDS, EST(259200, NAN, NAN, 1), "3 d"},
    {UNIT_SECONDS, EST(94608000, NAN, NAN, 1), "3 y"},
    {UNIT_SECONDS, EST(0, 0, 0, 1), "0 s"},
    {UNIT_SECONDS, EST(0.9999, NAN, NAN, 1), "1 s"}, /* never "1000 ms" */
    {UNIT_SECONDS, EST(NAN, NAN, NAN, 0), "-"},
    {UNIT_SECONDS, EST(INFINITY, NAN, NAN, 0), "unbounded"},
    {UNIT_SECONDS, EST(0.5, 0.4, INFINITY, 0), "500 ms [400, unbounded]"},
    {UNIT_BYTES, EST(1610612736, NAN, NAN, 1), "1.5 GiB"},
    {UNIT_BYTES, EST(512, NAN, NAN, 1), "512 B"},
    {UNIT_RATIO, EST(0.99874, 0.99861, 0.99887, 1), "99.874% [99.861, 99.887]"},
    {UNIT_RATIO, EST(0.99953, NAN, NAN, 1), "99.953%"},
    {UNIT_RATIO, EST(0.00231, 0.00208, 0.00256, 1), "0.23% [0.21, 0.26]"},
    {UNIT_RATIO, EST(1, NAN, NAN, 1), "100%"},
    {UNIT_PER_SECOND, EST(12345, 12000, 12690, 1), "12,300/s [12,000, 12,700]"},
    {UNIT_COUNT, EST(1234567, NAN, NAN, 1), "1,234,567"},
    {UNIT_NONE, EST(-0.00001, -0.2, 0.2, 1), "0.0 [-0.2, 0.2]"}, /* no minus zero */
    {UNIT_CURRENCY, {.value = 1234.5, .low = 1234.5, .high = 1234.5, .exact = true}, "1,234.50 USD"},
};

static void test_format(void) {
  for (size_t i = 0; i < COUNT(formats); i++) {
    struct shown seen = format_estimate(formats[i].unit, "USD", &formats[i].estimate);
    test_check(!strcmp(seen.text, formats[i].shown), "row %zu: \"%s\", not \"%s\"", i, seen.text, formats[i].shown);
  }
  test_check(!strcmp(format_count(UINT64_MAX).text, "18,446,744,073,709,551,615"), "%s", format_count(UINT64_MAX).text);
  test_check(!strcmp(format_percent(0.004).text, "<1%"), "%s", format_percent(0.004).text);
  test_check(format_width("10 \xC2\xB5s") == 5, "a character is a column");
}

/* What is of no width, or nearly none, is printed without noise; nothing is above 100% that cannot be. */
static void test_exact_is_exact(void) {
  static const struct {
    enum unit unit;
    struct estimate e;
    const char *shown;
  } rows[] = {{UNIT_CURRENCY, {48, 48, 48, 10, false}, "48.00 USD"},
              {UNIT_RATIO, {1, 1, 1, 10, false}, "100%"},
              {UNIT_RATIO, {1, 1 - 1e-15, 1, 10, false}, "100%"},
              /* within 1e-9 of all and of nothing: not all, and not nothing */
              {UNIT_RATIO, {1 - 2e-10, 1 - 3e-10, 1 - 1e-10, 10, false}, ">99.9999999%"},
              {UNIT_RATIO, {1 - 2e-9, 1 - 3e-9, 1, 10, false}, "99.9999998% [99.9999997, 100]"},
              {UNIT_RATIO, {1, 1 - 2e-10, 1, 10, false}, "100% [>99.9999999, 100]"},
              {UNIT_RATIO, {2e-10, 1e-10, 3e-10, 10, false}, "<0.0000001%"},
              {UNIT_RATIO, {0, 0, 3e-10, 10, false}, "0% [0, <0.0000001]"},
              {UNIT_RATIO, {0.5, 0.5 - 1e-10, 0.5 + 1e-10, 10, false}, "50.0000000%"},
              {UNIT_SECONDS, {500e-6, 500e-6, 500e-6, 10, false}, "500 \xC2\xB5s"},
              {UNIT_COUNT, {5000, 5000, 5000, 10, false}, "5,000"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct shown seen = format_estimate(rows[i].unit, "USD", &rows[i].e);
    test_check(!strcmp(seen.text, rows[i].shown), "row %zu: \"%s\", not \"%s\"", i, seen.text, rows[i].shown);
  }
}

/* A limit of a comparison and a claim that inputs move: what is above the limit is not printed as it. */
static void test_beside_other_limits(void) {
  struct compare_limit_result l = {.limit = 0.05,
                                   .is_relative = true,
                                   .verdict = VERDICT_FAIL,
                                   .row = {.unit = UNIT_SECONDS, .relative = {0.056, 0.05004, 0.062, 9, false}}};
  test_check(!strcmp(compare_judged(&l, NULL).text, "+5.600% [5.004, 6.200]"), "%s", compare_judged(&l, NULL).text);
  l.is_relative = false, l.limit = 0.001, l.row.unit = UNIT_RATIO;
  l.row.difference = (struct estimate){0.0015, 0.001004, 0.002, 9, false};
  test_check(strstr(compare_judged(&l, NULL).text, "[0.1004, 0.2000]"), "%s", compare_judged(&l, NULL).text);
  const struct sensitivity_results r = {.currency = NULL};
  const struct sensitivity_target t = {.unit = UNIT_SECONDS, .limit_low = -INFINITY, .limit_high = 0.1};
  const struct sensitivity_point over = {.estimate = {0.10004, 0.08, 0.12, 9, false}},
                                 full = {.estimate = {NAN, NAN, NAN, 0, false}, .growth = {"tipped over", "tipped over: x"}};
  test_check(!strcmp(report_sensitivity_point(&r, &t, &over).text, "100.04 ms"), "%s",
             report_sensitivity_point(&r, &t, &over).text);
  test_check(!strcmp(report_sensitivity_point(&r, &t, &full).text, "tipped over"), "%s",
             report_sensitivity_point(&r, &t, &full).text);
}

static void test_counted(void) {
  test_check(!strcmp(format_counted(1, "replication", NULL).text, "1 replication"), "one");
  test_check(!strcmp(format_counted(0, "replication", NULL).text, "0 replications"), "none");
  test_check(!strcmp(format_counted(1234, "batch", "batches").text, "1,234 batches"), "many");
  test_check(!strcmp(format_counted(1, "batch", "batches").text, "1 batch"), "one of its own plural");
}

static double first_number(const char *text) {
  char digits[64];
  size_t used = 0;
  for (const char *c = text; *c && !strchr(" %]", *c) && used < 63; c++)
    if (*c != ',') digits[used++] = *c;
  digits[used] = 0;
  return strtod(digits, NULL);
}

/* Random estimates near random limits: the printed ends are on the sides of the limit that the verdict saw. */
static void test_rounding_keeps_sides(void) {
  uint64_t seed = 7;
  for (int i = 0; i < 20000; i++) {
    double draws[4];
    for (int k = 0; k < 4; k++)
      seed = seed * 6364136223846793005u + 1442695040888963407u, draws[k] = (double)(seed >> 11) * 0x1p-53;
    enum unit unit = i % 2 ? UNIT_RATIO : UNIT_NONE;
    double factor = i % 2 ? 0.01 : 1, limit = round(1 + 98 * draws[0]) * factor, width = limit * pow(10, -1 - 5 * draws[1]);
    double low = limit + (draws[2] - 0.5) * 3 * width;
    struct claim_result c = {.unit = unit,
                             .estimate = {low + width * draws[3], low, low + width, 9, false},
                             .low = i % 4 < 2 ? -INFINITY : limit,
                             .high = i % 4 < 2 ? limit : INFINITY};
    struct shown value = format_claim_value(&c, NULL), interval = format_claim_interval(&c);
    const char *comma = strstr(interval.text, ", ");
    double shown[] = {first_number(value.text), first_number(interval.text + 1), comma ? first_number(comma + 2) : NAN};
    const double raw[] = {c.estimate.value, low, low + width};
    for (int k = 0; k < 3; k++)
      test_check((raw[k] < limit) == (shown[k] < limit / factor - 1e-10) && (raw[k] > limit) == (shown[k] > limit / factor + 1e-10),
                 "%s %s: %.12g beside the limit %g", value.text, interval.text, raw[k], limit);
  }
}

static void test_verdict_line(void) {
  static const struct {
    enum verdict verdicts[3];
    const char *line;
  } rows[] = {{{VERDICT_PASS, VERDICT_PASS, VERDICT_PASS}, "PASS (3 pass)"},
              {{VERDICT_PASS, VERDICT_NO_DATA, VERDICT_PASS}, "NO DATA (2 pass, 1 no data)"},
              {{VERDICT_UNDECIDED, VERDICT_NO_DATA, VERDICT_PASS}, "UNDECIDED (1 pass, 1 undecided, 1 no data)"},
              {{VERDICT_UNDECIDED, VERDICT_FAIL, VERDICT_PASS}, "FAIL (1 pass, 1 fail, 1 undecided)"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct claim_result claims[4] = {{.severity = SEVERITY_MUST}};
    for (int k = 0; k < 3; k++) claims[k].verdict = rows[i].verdicts[k];
    struct results r = {.claims = claims, .claim_count = 3};
    test_check(!strcmp(verdicts_line(&r).text, rows[i].line), "%s", verdicts_line(&r).text);
  }
  struct claim_result info = {.kind = CLAIM_INFO, .verdict = VERDICT_NONE};
  struct results only_info = {.claims = &info, .claim_count = 1}, broken = {.violation_count = 1};
  test_check(!strcmp(verdicts_line(&only_info).text, "NONE (no requirements)"), "%s", verdicts_line(&only_info).text);
  test_check(!strcmp(verdicts_line(&broken).text, "ERROR (no requirements)"), "%s", verdicts_line(&broken).text);
}

/* Counted apart: what a should and a statement say changes neither the verdict of the musts nor the count of their failures. */
static void test_kinds_apart(void) {
  static const struct {
    enum verdict verdict;
    enum claim_kind kind;
    enum severity severity;
    const char *line, *statements; /* beside one must that passes */
  } rows[] = {{VERDICT_FAIL, CLAIM_REQUIREMENT, SEVERITY_SHOULD, "PASS (1 pass, 1 warning)", ""},
              {VERDICT_UNDECIDED, CLAIM_REQUIREMENT, SEVERITY_SHOULD, "PASS (1 pass, 1 should open)", ""},
              {VERDICT_NO_DATA, CLAIM_REQUIREMENT, SEVERITY_SHOULD, "PASS (1 pass, 1 should open)", ""},
              {VERDICT_PASS, CLAIM_REQUIREMENT, SEVERITY_SHOULD, "PASS (2 pass)", ""},
              {VERDICT_CONFIRMED, CLAIM_STATEMENT, SEVERITY_MUST, "PASS (1 pass)", "CONFIRMED (1 confirmed)"},
              {VERDICT_BETTER, CLAIM_STATEMENT, SEVERITY_MUST, "PASS (1 pass)", "BETTER (1 better than stated)"},
              {VERDICT_CONTRADICTED, CLAIM_STATEMENT, SEVERITY_MUST, "PASS (1 pass)", "CONTRADICTED (1 contradicted)"},
              {VERDICT_UNDECIDED, CLAIM_STATEMENT, SEVERITY_MUST, "PASS (1 pass)", "UNDECIDED (1 undecided)"},
              {VERDICT_NO_DATA, CLAIM_STATEMENT, SEVERITY_MUST, "PASS (1 pass)", "NO DATA (1 no data)"},
              {VERDICT_NONE, CLAIM_INFO, SEVERITY_MUST, "PASS (1 pass)", ""}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct claim_result claims[2] = {{.kind = rows[i].kind, .severity = rows[i].severity, .verdict = rows[i].verdict},
                                     {.verdict = VERDICT_PASS}};
    struct results r = {.claims = claims, .claim_count = 2};
    test_check(!strcmp(verdicts_line(&r).text, rows[i].line), "row %zu: %s", i, verdicts_line(&r).text);
    test_check(!strcmp(verdicts_statements(&r).text, rows[i].statements), "row %zu: %s", i, verdicts_statements(&r).text);
  }
}

static char *render(void (*write)(FILE *, const struct results *), const struct results *r) {
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  write(file, r);
  fclose(file);
  return text;
}

static struct report_options chosen; /* of write_text, which must look like the other writers */
static void write_text(FILE *file, const struct results *r) { report_text(file, r, &chosen); }

static void test_text_golden(void) {
  struct results r = fixture_results();
  chosen = (struct report_options){0};
  char *seen = render(write_text, &r), *golden = test_read_file("tests/data/report-platform.txt");
  test_check(golden && !strcmp(seen, golden), "the report differs from tests/data/report-platform.txt:\n%.600s", seen);
  free(golden), free(seen);
}

static void test_text_width(void) {
  struct results r = fixture_results();
  for (int verbose = 0; verbose < 2; verbose++) {
    chosen = (struct report_options){.verbose = verbose};
    char *seen = render(write_text, &r), *rest = seen;
    for (char *line; (line = strsep(&rest, "\n"));) {
      size_t length = strlen(line);
      test_check(format_width(line) <= 100, "%d columns: %s", format_width(line), line);
      test_check(length == 0 || line[length - 1] != ' ', "trailing space: %s", line);
    }
    free(seen);
  }
}

/* A name that is wider than its column moves what follows, and keeps its space. */
static void test_long_names(void) {
  static const char *const endpoints[] = {"list", "an-endpoint-of-28-characters"};
  struct results r = fixture_results();
  r.endpoints = endpoints, r.endpoint_count = 2;
  chosen = (struct report_options){0};
  char *seen = render(write_text, &r);
  test_check(strstr(seen, "\n  an-endpoint-of-28-characters none seen\n") &&
                 strstr(seen, "\n  list                         none seen"),
             "%s", seen);
  free(seen);
}

static void test_text_color(void) {
  struct results r = fixture_results();
  chosen = (struct report_options){.color = true, .quiet = true};
  char *seen = render(write_text, &r);
  test_check(strstr(seen, "\x1b[1;31mFAIL\x1b[0m ") != NULL, "verdict words are coloured: %s", seen);
  test_check(!strstr(seen, "PASS") && !strstr(seen, "saturation(all)"), "quiet leaves out what passed or is better than stated");
  test_check(strstr(seen, "\x1b[1;33mWARN\x1b[0m ") != NULL, "a should that fails warns: %s", seen);
  test_check(
      strstr(seen, "\nstatements: \x1b[1;33mCONTRADICTED\x1b[0m (1 better than stated, 1 contradicted, 1 undecided)\nverdict: "),
      "statements are summed up apart: %s", seen);
  test_check(strstr(seen, "\nverdict: \x1b[1;31mFAIL\x1b[0m (3 pass, 2 fail, 1 warning)\n") != NULL, "last line: %s", seen);
  free(seen);
}

/* A scenario of nothing, as after a validation or an interrupt in the first replication. */
static void test_empty(void) {
  struct results r = {.scenario_name = "empty", .interrupted = true};
  chosen = (struct report_options){.verbose = true};
  char *text = render(write_text, &r), *json = render(report_json_write, &r);
  test_check(strstr(text, "interrupted: ") && strstr(text, "verdict: INTERRUPTED (no requirements)\n"), "%s", text);
  cJSON *root = cJSON_Parse(json);
  test_check(root && cJSON_IsNull(cJSON_GetObjectItem(root, "outages")), "unknown is null: %s", json);
  test_check(cJSON_IsNull(cJSON_GetObjectItem(root, "scenario_resolved")), "no scenario is null");
  cJSON_Delete(root), free(json), free(text);
}

static const cJSON *at(const cJSON *root, const char *key, int index) {
  return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(root, key), index);
}

static double number_at(const cJSON *object, const char *key) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
  return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static void test_json_shape(void) {
  struct results r = fixture_results();
  size_t length;
  char *json = report_json(&r, &length), *again = report_json(&r, &length);
  cJSON *root = cJSON_ParseWithOpts(json, NULL, true);
  test_check(root && length == strlen(json), "it is one JSON text");
  test_check(!strcmp(json, again), "twice the same bytes");
  test_check(number_at(root, "aguanta_result") == 1, "version");
  const cJSON *buy = at(root, "metrics", 16), *claim = at(root, "claims", 9), *timeout = at(root, "metrics", 19);
  test_check(number_at(buy, "value") == 1.924 && number_at(buy, "n") == 172840, "value and n of p99");
  test_check(cJSON_GetArraySize(cJSON_GetObjectItem(buy, "ci95")) == 2, "two ends");
  test_check(cJSON_IsNull(cJSON_GetObjectItem(claim, "value")) && cJSON_IsNull(at(claim, "ci95", 0)), "NaN is null");
  test_check(cJSON_IsNull(cJSON_GetObjectItem(claim, "verdict")) &&
                 !strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(claim, "kind")), "info"),
             "what is only shown has no verdict");
  test_check(!strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(timeout, "labels"), "cause")), "timeout"),
             "label");
  test_check(number_at(cJSON_GetObjectItem(root, "scenario_resolved"), "aguanta") == 1, "the scenario is embedded as JSON");
  cJSON_Delete(root), free(json), free(again);
}

static void test_json_text_and_numbers(void) {
  static const double values[] = {0.1, 1.0 / 3, 1e-300, 123456789.123456789, 5e-324, 1.7976931348623157e308, -0.0, NAN, INFINITY};
  static const char evil[] = "q\" b\\ n\n t\t \x01 \x7f \xC3\xA9 </script>";
  struct metric metrics[COUNT(values)];
  for (size_t i = 0; i < COUNT(values); i++)
    metrics[i] = (struct metric){evil, "mean", NULL, NULL, UNIT_NONE, {.value = values[i]}, NULL};
  struct results r = {.scenario_name = evil, .metrics = metrics, .metric_count = COUNT(values)};
  char *json = render(report_json_write, &r);
  cJSON *root = cJSON_Parse(json);
  for (int i = 0; i < (int)COUNT(values); i++) {
    const cJSON *value = cJSON_GetObjectItem(at(root, "metrics", i), "value");
    bool good = isfinite(values[i]) ? cJSON_IsNumber(value) && value->valuedouble == values[i] : cJSON_IsNull(value);
    test_check(good, "value %d did not come back", i);
  }
  const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(cJSON_GetObjectItem(root, "scenario"), "name"));
  test_check(name && !strcmp(name, evil), "the text comes back");
  struct results latin = {.scenario_name = "caf\xE9 \xC0\x80"};
  char *replaced = render(report_json_write, &latin);
  test_check(strstr(replaced, "\"caf\\ufffd \\ufffd\\ufffd\"") != NULL, "bytes that are not UTF-8: %s", replaced);
  free(replaced);
  test_check(strstr(json, "\"value\": 0.1,") != NULL, "the shortest digits that read back");
  cJSON_Delete(root), free(json);
}

static void test_csv(void) {
  static const struct {
    const char *name, *cell;
  } rows[] = {{"=cmd()", ",'=cmd(),"},
              {"+1", ",'+1,"},
              {"-1", ",'-1,"},
              {"@x", ",'@x,"},
              {"a,b", ",\"a,b\","},
              {"a\"b", ",\"a\"\"b\","},
              {"=\"x\"", ",\"'=\"\"x\"\"\","},
              {"two\nlines", ",two lines,"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    struct metric metric = {rows[i].name, "mean", "cause", "x", UNIT_SECONDS, EST(-0.5, NAN, NAN, 7), NULL};
    struct results r = {.scenario_name = "s", .metrics = &metric, .metric_count = 1};
    char *csv = render(report_csv_write, &r), wanted[200];
    snprintf(wanted, sizeof wanted,
             "scenario,kind,metric,agg,label,value,unit,ci_low,ci_high,n,verdict,source,reason,severity\r\ns,metric%smean,cause=x,-"
             "0.5,s,,"
             ",7,,,,\r\n",
             rows[i].cell);
    test_check(!strcmp(csv, wanted), "seen %s wanted %s", csv, wanted);
    free(csv);
  }
}

static void test_markdown(void) {
  struct results r = fixture_results();
  char *seen = render(report_markdown_write, &r);
  test_check(strstr(seen, "**Verdict: FAIL (3 pass, 2 fail, 1 warning).** Statements of documents: CONTRADICTED (") != NULL,
             "verdict: %s", seen);
  test_check(strstr(seen, "| FAIL | `p99(buy.latency) < 800ms` | 1.92 s [1.81, 2.04] | P-8 |") != NULL, "claims table: %s", seen);
  static const char *const order[] = {"## Requirements", "| WARN | `utilization(backend.threads) < 60%` |",
                                      "## Statements",   "| BETTER | `saturation(all) in 50/s..150/s` | 219/s | P-1 |",
                                      "## Info",         NULL};
  const char *at = seen;
  for (int i = 0; order[i] && at; i++) {
    const char *next = strstr(at, order[i]);
    test_check(next != NULL, "\"%s\" does not follow: %s", order[i], seen);
    at = next;
  }
  test_check(strstr(seen, "| **total** | **31.49** |") != NULL, "bill: %s", seen);
  free(seen);
  struct claim_result claim = {
      .id = "x", .expression = "a | b ` c", .source = "<b>*x*|", .verdict = VERDICT_NO_DATA, .estimate = EST(NAN, NAN, NAN, 0)};
  struct results evil = {.scenario_name = "s", .claims = &claim, .claim_count = 1};
  seen = render(report_markdown_write, &evil);
  test_check(strstr(seen, "| NO DATA | `a \\| b ' c` | - | \\<b\\>\\*x\\*\\| |") != NULL, "markup is escaped: %s", seen);
  free(seen);
}

/* ---- files ---- */

static void in_directory(char *path, size_t size, const char *directory, const char *name) {
  snprintf(path, size, "%s/%s", directory, name);
}

static void expect_file(const char *path, const char *wanted) {
  char *seen = test_read_file(path);
  test_check(seen && !strcmp(seen, wanted), "%s holds %s, not %s", path, seen ? seen : "(nothing)", wanted);
  free(seen);
}

static void test_export(void) {
  static const struct {
    enum answer_kind kind;
    const char *path, *format, *message;
  } rows[] = {
      {ANSWER_RUN, "x.json", NULL, NULL},
      {ANSWER_RUN, "x.md", NULL, NULL},
      {ANSWER_RUN, "-", "csv", NULL},
      {ANSWER_SWEEP, "x.ndjson", NULL, NULL},
      {ANSWER_RUN, "-", NULL, "--export - needs --format: json, csv, md, html, xml or github"},
      {ANSWER_SWEEP, "-", NULL, "--export - needs --format: csv or ndjson"},
      {ANSWER_RUN, "x.ndjson", NULL, "--export x.ndjson: unknown format \"ndjson\"; known are .json, .csv, .md, .html and .xml"},
      {ANSWER_SWEEP, "x.md", NULL, "--export x.md: unknown format \"md\"; known are .csv and .ndjson"},
      {ANSWER_RUN, "a.json/x", NULL,
       "--export a.json/x: no extension that gives the format; known are .json, .csv, .md, .html and .xml"}};
  for (size_t i = 0; i < COUNT(rows); i++) {
    char *error = NULL;
    bool known = export_known(rows[i].kind, rows[i].path, rows[i].format, &error);
    test_check(known == !rows[i].message, "%s known %d", rows[i].path, known);
    if (rows[i].message) test_check(error && !strcmp(error, rows[i].message), "%s", error ? error : "no message");
    free(error);
  }
  char directory[] = "/tmp/aguanta-test-XXXXXX", path[200], *error = NULL;
  struct results r = fixture_results();
  test_check(mkdtemp(directory) != NULL, "a directory");
  in_directory(path, sizeof path, directory, "r.csv");
  struct answer answer = answer_of_run(&r);
  bool written = export_answer(&answer, path, NULL, &error);
  test_check(written, "%s", error ? error : "");
  char *csv = render(report_csv_write, &r);
  expect_file(path, csv);
  free(csv), unlink(path), rmdir(directory);
}

static const struct test_case cases[] = {
    {"format", test_format},
    {"exact_is_exact", test_exact_is_exact},
    {"counted", test_counted},
    {"beside_other_limits", test_beside_other_limits},
    {"rounding_keeps_sides", test_rounding_keeps_sides},
    {"verdict_line", test_verdict_line},
    {"kinds_apart", test_kinds_apart},
    {"text_golden", test_text_golden},
    {"text_width", test_text_width},
    {"long_names", test_long_names},
    {"text_color", test_text_color},
    {"empty", test_empty},
    {"json_shape", test_json_shape},
    {"json_text_and_numbers", test_json_text_and_numbers},
    {"csv", test_csv},
    {"markdown", test_markdown},
    {"export", test_export},
    {NULL, NULL},
};
const struct test_suite suite_report = {"report", cases};
