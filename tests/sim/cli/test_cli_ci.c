/* What CI reads: JUnit, annotations, the summary of a step. */
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>

/* One server at 50% of M/M/1, 10 ms a request, so a mean of 20 ms: which claims hold is arithmetic. Line 7 is the first claim. */
static const char scenario[] =
    "{ \"aguanta\": 1, \"name\": \"shop\",\n"
    "  \"traffic\": { \"web\": { \"kind\": \"open\", \"rate\": \"50/s\", \"mix\": { \"page\": 1 } } },\n"
    "  \"endpoints\": { \"page\": { \"entry\": \"app\", \"steps\": [ { \"cpu\": { \"exponential\": \"10ms\" } } ] } },\n"
    "  \"services\": { \"app\": { \"kind\": \"app\" } }, \"platform\": { \"kind\": \"static\", \"nodes\": { \"box\": { \"cpu\": 1 "
    "} } },\n"
    "  \"run\": { \"warmup\": \"20s\", \"window\": \"5min\", \"replications\": 4, \"budget\": 4 },\n"
    "  \"claims\": [\n"
    "    \"mean(page.latency) < 1s\",\n"
    "    { \"id\": \"a <b> & 'c'\", \"require\": \"mean(page.latency) < 1ms\", \"source\": \"Q-1, 100%: so\", \"note\": \"]]>\" "
    "},\n"
    "    { \"require\": \"mean(page.latency) < 2ms\", \"severity\": \"should\" },\n"
    "    { \"require\": \"p99.99(page.latency) < 1s\" },\n"
    "    { \"stated\": \"mean(page.latency) < 3ms\", \"source\": \"Q-2\" },\n"
    "    { \"stated\": \"rate(all) > 1/s\", \"source\": \"Q-3\" },\n"
    "    { \"show\": \"p50(page.latency)\" } ] }\n";

static char *shop(void) {
  char *path = child_path("shop.json");
  child_write(path, scenario);
  return path;
}

/* Every tag that opens closes, and entities are those of XML. */
static void check_well_formed(const char *xml) {
  char open[40][40];
  int depth = 0;
  for (const char *c = xml; (c = strpbrk(c, "<&")); c++) {
    if (*c == '&') {
      test_check(child_begins(c, "&amp;") || child_begins(c, "&lt;") || child_begins(c, "&gt;") || child_begins(c, "&quot;") ||
                     child_begins(c, "&#39;"),
                 "entity %.20s", c);
      continue;
    }
    const char *end = strchr(c, '>'), *name = c + 1 + (c[1] == '/');
    int length = 0;
    while (isalpha((unsigned char)name[length]) || name[length] == '-') length++;
    if (!test_check(end && depth < 40 && length < 40, "a tag %.40s", c)) return;
    if (c[1] == '?' || end[-1] == '/') continue;
    if (c[1] != '/')
      snprintf(open[depth++], 40, "%.*s", length, name);
    else if (!test_check(depth > 0 && !strncmp(open[depth - 1], name, (size_t)length), "%.30s closes %s", c,
                         depth ? open[depth - 1] : "-"))
      return;
    else
      depth--;
  }
  test_check(depth == 0, "%d tags are open", depth);
}

/* Requirements: 1 passes; 1 of severity must fails, so 1 failure; a should that fails and p99.99 of 60,000 requests, which is too
 * short, are skipped. Statements: 1 confirmed or better, 1 contradicted, which is skipped unless statements count. Info is no test. */
static void test_junit(void) {
  char *path = shop();
  struct child c = AGUANTA("check", path, "--export", "-", "--format", "xml");
  test_check(c.status == 99 &&
                 child_begins(c.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aguanta\" tests=\"6\" "
                                     "failures=\"1\" errors=\"0\" skipped=\"3\">"),
             "%d: %.300s%s", c.status, c.out, c.err);
  check_well_formed(c.out);
  test_check(strstr(c.out, "<testsuite name=\"shop requirements\" tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"2\">") &&
                 strstr(c.out, "<testsuite name=\"shop statements\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\">"),
             "suites: %s", c.out);
  test_check(strstr(c.out, "name=\"mean(page.latency) &lt; 1ms (a &lt;b&gt; &amp; &#39;c&#39;)\"") &&
                 strstr(c.out, "shop.json\" line=\"8\"><failure message=\"FAIL: 2"),
             "the failure: %s", c.out);
  test_check(strstr(c.out, "<skipped message=\"NO DATA: too short") && strstr(c.out, "<skipped message=\"WARN: 2") &&
                 strstr(c.out, "<skipped message=\"CONTRADICTED: 2"),
             "skipped: %s", c.out);
  child_free(&c);
  c = AGUANTA("check", path, "--statements", "--export", "-", "--format", "xml");
  test_check(c.status == 99 && strstr(c.out, "tests=\"6\" failures=\"2\" errors=\"0\" skipped=\"2\"") &&
                 strstr(c.out, "type=\"CONTRADICTED\""),
             "%d: %s", c.status, c.out);
  child_free(&c);
  c = AGUANTA("check", path, "tests/cli/bad/nothing.json", "--export", "-", "--format", "xml");
  test_check(c.status == 3 && strstr(c.out, "tests=\"7\" failures=\"1\" errors=\"1\" skipped=\"3\"") &&
                 strstr(c.out, "<error message=\"not valid: see the messages\"/>"),
             "%d: %s", c.status, c.out);
  check_well_formed(c.out);
  child_free(&c), free(path);
}

static void test_annotations(void) {
  char *path = shop();
  struct child c = AGUANTA("check", path, "--export", "-", "--format", "github");
  test_check(c.status == 99 && child_count(c.out, "\n") == 4 && child_count(c.out, "::error ") == 1 &&
                 child_count(c.out, "::warning ") == 3,
             "%d: %s%s", c.status, c.out, c.err);
  test_check(strstr(c.out, "shop.json,line=8,title=FAIL::mean(page.latency) < 1ms is 2") && strstr(c.out, "(Q-1, 100%25: so)\n"),
             "the error: %s", c.out);
  test_check(strstr(c.out, ",line=9,title=WARN::") && strstr(c.out, ",line=10,title=NO DATA::") &&
                 strstr(c.out, ",line=11,title=CONTRADICTED::"),
             "the warnings: %s", c.out);
  child_free(&c);
  c = AGUANTA("check", path, "--set", "claims=[\"rate(all) > 1/s\"]", "--export", "-", "--format", "github");
  test_check(c.status == 0 && !*c.out && !*c.err, "where all is good: %d: %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("check", path, "--export", "x.github");
  test_check(c.status == 2 && strstr(c.err, "known are .json, .csv, .md, .html and .xml"), "%d: %s", c.status, c.err);
  child_free(&c), free(path);
}

/* It is appended to, when asked for, and only then. */
static void test_summary(void) {
  char *path = shop(), *to = child_path("summary.md"), *variable = NULL;
  child_write(to, "before\n");
  if (asprintf(&variable, "GITHUB_STEP_SUMMARY=%s", to) < 0) abort();
  const struct child_wish wish = {.environment = variable};
  struct child c = AGUANTA_AS(&wish, "check", path);
  char *text = test_read_file(to);
  test_check(c.status == 99 && text && !strcmp(text, "before\n"), "not asked for: %s", text ? text : "nothing");
  child_free(&c), free(text);
  c = AGUANTA_AS(&wish, "check", path, "--step-summary");
  text = test_read_file(to);
  test_check(c.status == 99 && text &&
                 child_begins(text, "before\n## shop\n\n**FAIL** It does not hold: 1 of 4 requirements passes, 1 fails"),
             "asked for: %d: %s%s", c.status, text ? text : "nothing", c.err);
  child_free(&c), free(text);
  c = AGUANTA_AS(&((struct child_wish){.environment = "GITHUB_STEP_SUMMARY="}), "check", path, "--step-summary");
  test_check(c.status == 2 &&
                 !strcmp(c.err, "aguanta check: --step-summary: GITHUB_STEP_SUMMARY is not set; it names a file in the steps of "
                                "GitHub Actions\n"),
             "%d: %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA_AS(&((struct child_wish){.environment = "GITHUB_STEP_SUMMARY=/nowhere/x.md"}), "check", path, "--step-summary");
  test_check(c.status == 1 && strstr(c.err, "cannot append to /nowhere/x.md (GITHUB_STEP_SUMMARY): No such file or directory"),
             "%d: %s", c.status, c.err);
  child_free(&c), free(path), free(to), free(variable);
}

/* 50 requests/s are answered, and the page says 70: both of its cells differ, at line 6. */
static void test_pages(void) {
  char *path = child_path("rate.json"), *page = child_path("page.md");
  child_write(path, "{ \"extends\": \"shop.json\", \"claims\": [ { \"stated\": \"rate(all) > 1/s\", \"source\": \"Q-3\" } ] }");
  child_write(page, "# Page\n\n<!-- aguanta: rate.json -->\n| id | stated | simulated | verdict | what decides it |\n"
                    "| --- | --- | --- | --- | --- |\n| Q-3 | 1/s | 70/s [69, 71] | CONTRADICTED | |\n<!-- aguanta: end -->\n");
  free(shop());
  struct child c = AGUANTA("check", page, "--export", "-", "--format", "github");
  test_check(c.status == 99 && child_count(c.out, "::error file=") == 2 &&
                 child_count(c.out, "page.md,line=6,title=stale::Q-3: the page says ") == 2,
             "%d: %s%s", c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("check", page, "--export", "-", "--format", "xml");
  test_check(c.status == 99 && strstr(c.out, "tests=\"2\" failures=\"2\" errors=\"0\" skipped=\"0\"") &&
                 strstr(c.out, "line=\"6\"><failure"),
             "%d: %s%s", c.status, c.out, c.err);
  check_well_formed(c.out);
  child_free(&c);
  c = AGUANTA("check", page, "--export", "-", "--format", "html");
  test_check(c.status == 99 && strstr(c.out, "<h1>Pages against their scenarios</h1>") &&
                 strstr(c.out, "the page says &quot;70/s [69, 71]&quot;"),
             "%d: %s%s", c.status, c.out, c.err);
  child_free(&c), free(path), free(page);
}

static const struct test_case cases[] = {{"JUnit", test_junit},
                                         {"annotations of GitHub", test_annotations},
                                         {"the summary of a step", test_summary},
                                         {"pages among the files", test_pages},
                                         {NULL, NULL}};
const struct test_suite suite_cli_ci = {"cli_ci", cases};
