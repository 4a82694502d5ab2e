/* `aguanta compare` as its user meets it: words, exit codes, formats, and the same bytes for any number of threads. */
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL  "tests/cli/small.json"
#define SLOWER "tests/cli/slower.json"

static void test_words(void) {
  struct child c = AGUANTA("compare", SMALL, SLOWER, "-v");
  test_check(c.status == 0, "differences alone fail nothing: %d %s", c.status, c.err);
  test_check(strstr(c.out, " slower (") && strstr(c.out, "p99(page.latency)"), "%s", c.out);
  test_check(strstr(c.out, "cost(month)") && strstr(c.out, "45.5/s less"), "what is exact is told exactly: %s", c.out);
  test_check(child_begins(child_last_line(c.out), "compared: 4 differences shown, 3 not shown"), "%s", child_last_line(c.out));
  test_check(strstr(c.out, "  x "), "-v shows what pairing gained: %s", c.out);
  child_free(&c);
  c = AGUANTA("compare", SLOWER, SMALL);
  test_check(c.status == 0 && strstr(c.out, " faster (") && !strstr(c.out, " slower") && !strstr(c.out, "  x "), "%s", c.out);
  child_free(&c);
}

static void test_itself(void) {
  struct child c = AGUANTA("compare", SMALL, SMALL);
  test_check(c.status == 0 && child_count(c.out, "the same in all 10 replications") == 0, "no more than it asks for: %s", c.out);
  test_check(child_count(c.out, "the same in all 5 replications") == 6, "%s", c.out);
  test_check(strstr(c.out, "the same in all 5 replications, at most 0.01 points"), "no failure seen is not no failure: %s", c.out);
  test_check(!strstr(c.out, "equal") && !strstr(c.out, "slower") && !strstr(c.out, "faster"), "%s", c.out);
  test_check(child_begins(child_last_line(c.out), "compared: 0 differences shown, 7 not shown, 0 without"), "%s",
             child_last_line(c.out));
  child_free(&c);
}

/* The words stand only where seed, sources and endpoint names agree; else what differs is said. */
static void test_same_customers(void) {
  struct child c = AGUANTA("compare", SMALL, SLOWER, "--reps", "2");
  test_check(strstr(c.out, "The same customers through each:") && !strstr(c.out, "other customers"), "%s", c.out);
  child_free(&c);
  c = AGUANTA("compare", SMALL, "tests/cli/busier.json", "--reps", "2");
  test_check(!strstr(c.out, "same customers") && strstr(c.out, "other customers: the source \"users\" of tests/cli/busier.json"),
             "%s", c.out);
  child_free(&c);
  c = AGUANTA("compare", SMALL, "tests/cli/busier.json", "--reps", "2", "--export", "-", "--format", "md");
  test_check(!strstr(c.out, "same customers") && strstr(c.out, "Other customers"), "%s", c.out);
  child_free(&c);
}

/* Where uptime is shown, so is what it does not contain, as run and check do; where it is not shown, nothing is said. */
static void test_left_out(void) {
#define LOSSES "--reps", "2", "--set", "run.window=5s", "--set", "run.years=2"
#define FAULTS "--set", "faults={\"f\":{\"kind\":\"node\",\"nodes\":\"box\",\"mtbf\":\"30d\",\"repair\":\"1h\"}}"
  static const char words[] = "availability, downtime, rto and rpo leave out: releases and maintenance, losses of a zone";
  char *md = child_path("left.md"), *json = child_path("left.json");
  struct child c = AGUANTA("compare", SMALL, SLOWER, LOSSES, FAULTS, "--export", md, "--export", json, "-v");
  char line[4000];
  snprintf(line, sizeof line, "%s", strstr(c.out, "note: availability") ? strstr(c.out, "note: availability") : "");
  for (char *at = line; (at = strstr(at, "\n      "));) memmove(at + 1, at + 7, strlen(at + 7) + 1), *at = ' ';
  test_check(strstr(line, words) && child_count(c.out, "leave out") == 1, "%s", c.out);
  child_free(&c);
  char *texts[] = {test_read_file(md), test_read_file(json)};
  test_check(texts[0] && child_count(texts[0], "RTO and RPO leave out: releases and maintenance") == 2, "%s", texts[0]);
  test_check(texts[1] && child_count(texts[1], "\"leaves_out\": \"releases and maintenance") == 2, "%s", texts[1]);
  c = AGUANTA("compare", SMALL, SLOWER, "--reps", "2", "--set", "run.window=5s");
  test_check(!strstr(c.out, "leave out"), "%s", c.out);
  child_free(&c), free(texts[0]), free(texts[1]), free(md), free(json);
}

static void test_exit_codes(void) {
  static const struct {
    const char *limit, *last;
    int status;
  } rows[] = {{"p99(page.latency) +50%", "verdict: PASS (1 pass)\n", 0},
              {"p99(page.latency) +1%", "verdict: FAIL (1 fail)\n", 99},
              {"p99(page.latency) +12.5%", "verdict: UNDECIDED (1 undecided)\n", 98},
              {"error_rate(page) +1%", "verdict: NO DATA (1 no data)\n", 98}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct child c = AGUANTA("compare", SMALL, SLOWER, "--reps", "5", "--fail-on", rows[i].limit);
    test_check(c.status == rows[i].status && !strcmp(child_last_line(c.out), rows[i].last), "%s: %d %s", rows[i].limit, c.status,
               c.out);
    test_check((rows[i].status == 98) == (strstr(c.out, "would decide") || strstr(c.out, "relative to 0")), "%s: advice: %s",
               rows[i].limit, c.out);
    child_free(&c);
  }
  struct child c = AGUANTA("compare", SMALL, SLOWER, "-q", "--fail-on", "p99(page.latency) +1%", "--fail-on", "rate(all) -1%");
  test_check(c.status == 99 && strstr(c.out, "verdict: FAIL (1 pass, 1 fail)") && !strstr(c.out, "PASS   "), "%s", c.out);
  child_free(&c);
}

static void refused(int status, const char *message, const char *const *words) {
  const char *all[16] = {child_aguanta(), "compare"};
  for (int i = 0; words[i]; i++) all[i + 2] = words[i];
  struct child c = child_run(&(struct child_wish){0}, all);
  test_check(c.status == status && strstr(c.err, message) && c.out_length == 0, "%s: %d %s%s", message, c.status, c.err, c.out);
  child_free(&c);
}
#define REFUSED(status, message, ...) refused(status, message, (const char *const[]){__VA_ARGS__, NULL})

static void test_refused(void) {
  char *other = child_path("other.json"), *text = NULL, *small = realpath(SMALL, NULL);
  if (asprintf(&text, "{ \"extends\": \"%s\", \"name\": \"other\", \"run\": { \"window\": \"30s\" } }", small) < 0) abort();
  child_write(other, text);
  REFUSED(3, "what is compared needs the same run.window, such as --set run.window=1m", SMALL, other);
  struct child c = AGUANTA("compare", SMALL, other, "--set", "run.window=20s");
  test_check(c.status == 0, "the way out is one: %s", c.err);
  child_free(&c);
  free(other), free(text), free(small);
  REFUSED(2, "a file is missing", SMALL);
  REFUSED(3, "nowhere.json", SMALL, "nowhere.json");
  REFUSED(2, "needs how much is too much", SMALL, SLOWER, "--fail-on", "p99(page.latency)");
  REFUSED(2, "did you mean \"p99(page.latency)", SMALL, SLOWER, "--fail-on", "p99(pag.latency) +5%");
  REFUSED(2, "needs --indifference", SMALL, SLOWER, "--best", "min p99(page.latency)");
  REFUSED(2, "must be \"min MEASURE\"", SMALL, SLOWER, "--best", "p99(page.latency)", "--indifference", "1ms");
  REFUSED(2, "needs a unit", SMALL, SLOWER, "--best", "min p99(page.latency)", "--indifference", "1");
  REFUSED(2, "two questions", SMALL, SLOWER, "--best", "min p99(page.latency)", "--fail-on", "rate(all) -1%");
  REFUSED(2, "belongs to --best", SMALL, SLOWER, "--indifference", "1ms");
  REFUSED(2, "exactly", SMALL, SLOWER, "--best", "min cost(month)", "--indifference", "1 USD");
  REFUSED(2, "unknown format", SMALL, SLOWER, "--export", "x.yaml");
}

/* --- formats ------------------------------------------------------------------------------------------------------------------ */

static void check_keys(const char *text, const struct json_value *v) {
  for (const struct json_value *member = json_first(v); member; member = json_next(member)) {
    char name[100];
    snprintf(name, sizeof name, "`%s`", json_name(member) ? json_name(member) : "");
    if (json_name(member)) test_check(strstr(text, name) != NULL, "docs/compare.md does not explain %s", name);
    check_keys(text, member);
  }
}

static void check_json(const char *path) {
  struct arena *arena = arena_new();
  char *text = test_read_file("docs/compare.md");
  const struct json_value *result = json_read_file(arena, diagnostics_new(arena), path);
  test_check(result && text, "%s is no JSON, or the document is missing", path);
  if (result && text) check_keys(text, result);
  free(text);
  arena_free(arena);
}

static void test_formats(void) {
  char *json = child_path("c.json"), *csv = child_path("c.csv"), *md = child_path("c.md"), *best = child_path("best.json");
  struct child c = AGUANTA("compare", SMALL, SLOWER, "-q", "--fail-on", "p99(page.latency) +1%", "--export", json, "--export", csv,
                           "--export", md);
  test_check(c.status == 99, "%s", c.err);
  check_json(json);
  char *texts[] = {test_read_file(json), test_read_file(csv), test_read_file(md)};
  test_check(texts[0] && strstr(texts[0], "\"aguanta_compare\": 1") && strstr(texts[0], "slower ("), "%s", texts[0]);
  test_check(texts[1] && child_begins(texts[1], "file,kind,metric,agg,unit,base,value,difference,") &&
                 strstr(texts[1], "\r\ntests/cli/slower.json,row,page.latency,p99,s,"),
             "%s", texts[1]);
  test_check(texts[2] && strstr(texts[2], "**verdict: FAIL") && strstr(texts[2], "| `p99(page.latency)` |"), "%s", texts[2]);
  for (int i = 0; i < 3; i++) free(texts[i]);
  child_free(&c);
  c = AGUANTA("compare", SMALL, SLOWER, "--best", "min p99(page.latency)", "--indifference", "200us", "--export", best);
  check_json(best);
  child_free(&c);
  c = AGUANTA("compare", SMALL, SLOWER, "--export", "-", "--format", "json");
  test_check(c.status == 0 && child_begins(c.out, "{\n") && child_ends(c.out, "}\n"), "stdout is JSON alone: %.200s", c.out);
  child_free(&c);
  free(json), free(csv), free(md), free(best);
}

static void test_same_bytes(void) {
  struct child one = AGUANTA("compare", SMALL, SLOWER, "--jobs", "1", "--precision", "3%", "--export", "-", "--format", "json"),
               two = AGUANTA("compare", SMALL, SLOWER, "--jobs", "2", "--precision", "3%", "--export", "-", "--format", "json");
  test_check(one.status == 0 && one.out_length > 1000 && !strcmp(one.out, two.out), "one thread or two: %d %s", one.status,
             one.err);
  child_free(&one), child_free(&two);
  one = AGUANTA("compare", SMALL, SLOWER, "--jobs", "1", "--best", "min p99(page.latency)", "--indifference", "50us"),
  two = AGUANTA("compare", SMALL, SLOWER, "--jobs", "2", "--best", "min p99(page.latency)", "--indifference", "50us");
  test_check(one.status == 0 && !strcmp(one.out, two.out), "the best by one thread or two: %s%s", one.out, two.out);
  child_free(&one), child_free(&two);
}

static void test_best(void) {
  struct child c = AGUANTA("compare", SLOWER, SMALL, "--best", "min p99(page.latency)", "--indifference", "200us");
  test_check(c.status == 0 && strstr(c.out, "KN++") && strstr(c.out, "out after "), "%d %s", c.status, c.out);
  test_check(
      !strcmp(child_last_line(c.out), "best: tests/cli/small.json (right with at least 95%, if it is better by 200 \xC2\xB5s)\n"),
      "%s", child_last_line(c.out));
  child_free(&c);
  c = AGUANTA("compare", SMALL, SMALL, "--best", "min p99(page.latency)", "--indifference", "1us", "--budget", "12");
  test_check(c.status == 0 || c.status == 98, "two of the same: %d %s", c.status, c.out);
  child_free(&c);
}

static void test_interrupted(void) {
  struct child c =
      AGUANTA_AS((&(struct child_wish){.signal = SIGINT, .after_s = 0.5}), "compare", SMALL, SLOWER, "--reps", "20000");
  test_check(c.status == 130 && c.seconds < 10, "exit status %d after %.1f s", c.status, c.seconds);
  test_check(child_begins(child_last_line(c.out), "verdict: INTERRUPTED"), "%s", c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"words", test_words},
                                         {"itself", test_itself},
                                         {"same_customers", test_same_customers},
                                         {"left_out", test_left_out},
                                         {"exit_codes", test_exit_codes},
                                         {"refused", test_refused},
                                         {"formats", test_formats},
                                         {"same_bytes", test_same_bytes},
                                         {"interrupted", test_interrupted},
                                         {"best", test_best},
                                         {0}};
const struct test_suite suite_cli_compare = {"cli_compare", cases};
