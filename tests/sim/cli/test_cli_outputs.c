/* Outputs are tried before anything is run, messages begin in one way, "-" is a file everywhere, and `check` counts. */
#include "tests/command.h"
#include "tests/suite.h"
#include <string.h>

#define SMALL   "tests/cli/small.json"
#define SLOWER  "tests/cli/slower.json"
#define ALONE   "tests/cli/alone.json" /* names no other file */
#define RANGE   "traffic.users.rate=10/s..20/s"
#define AXIS    "traffic.users.rate=10/s,20/s"
#define FOREVER "9000000" /* replications: they would take hours */

struct line {
  const char *words[12];
};

static struct child run_line(const struct child_wish *wish, const struct line *line) {
  const char *words[14] = {child_aguanta()};
  for (int i = 0; line->words[i]; i++) words[i + 1] = line->words[i];
  return child_run(wish, words);
}

/* --- outputs ------------------------------------------------------------------------------------------------------------------------ */

static void test_tried_first(void) {
  static const struct line lines[] = {{{"run", SMALL, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"run", SMALL, "--reps", FOREVER, "--export", "/tmp/x.md", "--export", "/nowhere/x.json"}},
                                      {{"run", SMALL, "--reps", FOREVER, "--export", "/tmp/x.md", "--timing", "/nowhere/x.json"}},
                                      {{"run", SMALL, "--reps", FOREVER, "--timing", "tests/cli"}},
                                      {{"check", SMALL, SLOWER, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"compare", SMALL, SLOWER, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"sweep", SMALL, "--vary", AXIS, "--reps", FOREVER, "--export", "/nowhere/x.csv"}},
                                      {{"sweep", SMALL, "--vary", AXIS, "--reps", FOREVER, "--store", "/nowhere/x/store"}},
                                      {{"sweep", SMALL, "--vary", AXIS, "--reps", FOREVER, "--store", SMALL}},
                                      {{"capacity", SMALL, "--vary", RANGE, "--budget", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"sensitivity", SMALL, "--vary", RANGE, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"drill", SMALL, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"growth", SMALL, "--reps", FOREVER, "--export", "/nowhere/x.json"}},
                                      {{"plot", SMALL, "-o", "/nowhere/x.svg"}},
                                      {{"report", SMALL, "-o", "/nowhere/x.html"}},
                                      {{"import", "compose", SMALL, "-o", "/nowhere/x.yaml"}},
                                      {{"calibrate", SMALL, "--from", SMALL, "-o", "/nowhere/x.json"}}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct child c = run_line(&(struct child_wish){.limit_s = 20}, &lines[i]);
    char begin[60];
    snprintf(begin, sizeof begin, "aguanta %s: ", lines[i].words[0]);
    bool known = strstr(c.err, "cannot write ") != NULL;
    test_check(c.status == 2 && !c.out_length && child_begins(c.err, begin) && known && child_count(c.err, "\n") == 1,
               "line %zu: %d %s%s", i, c.status, c.out, c.err);
    child_free(&c);
  }
  test_check(!child_exists("/tmp/x.md"), "nothing is written");
}

/* What is tried leaves nothing behind, and what is there stays as it was until the answer is written. */
static void test_leaves_nothing(void) {
  char *folder = child_path("outputs"), *file = child_path("outputs/kept.json"), *store = child_path("outputs/store");
  mkdir(folder, 0777);
  child_write(file, "old\n");
  struct child c = AGUANTA("run", SMALL, "--export", file, "--timing", "/nowhere/x");
  test_check(c.status == 2, "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, "--vary", AXIS, "--store", store, "--dry-run", "--quiet");
  test_check(c.status == 0 && !child_exists(store), "a store that is only tried is not made: %d %s", c.status, c.err);
  child_free(&c);
  c = child_run(&(struct child_wish){0}, (const char *const[]){"sh", "-c", "ls -A \"$0\"; cat \"$1\"", folder, file, NULL});
  test_check(!strcmp(c.out, "kept.json\nold\n"), "%s", c.out);
  child_free(&c);
  free(folder), free(file), free(store);
}

/* A device takes what it takes: a full one is an error of the run. */
static void test_full_device(void) {
  struct child c = AGUANTA("run", SMALL, "--reps", "2", "--timing", "/dev/full", "-q");
  test_check(c.status == 1 && strstr(c.err, "aguanta run: cannot write /dev/full: No space left on device\n"), "%d %s", c.status,
             c.err);
  child_free(&c);
}

/* --- one prefix ----------------------------------------------------------------------------------------------------------------------- */

static void test_one_prefix(void) {
  static const struct line lines[] = {{{"run"}},
                                      {{"run", SMALL, "--reps", "0"}},
                                      {{"run", SMALL, "--jobs", "x"}},
                                      {{"run", SMALL, "--precision", "90%"}},
                                      {{"run", SMALL, "--max-memory", "0Mi"}},
                                      {{"run", SMALL, "--root", "/nowhere"}},
                                      {{"run", SMALL, "--format", "json"}},
                                      {{"run", SMALL, "--export", SMALL}},
                                      {{"run", SMALL, "--color", "x"}},
                                      {{"compare", SMALL}},
                                      {{"sweep", SMALL, "--shard", "0/0", "--vary", AXIS}},
                                      {{"capacity", SMALL}},
                                      {{"merge", SMALL}},
                                      {{"merge", SMALL, "-"}},
                                      {{"explain", "qqqqqqqqqq"}},
                                      {{"explain", "services.api.nope"}},
                                      {{"schema", "nope"}},
                                      {{"init", "--template", "nope"}},
                                      {{"import", "nope", SMALL}},
                                      {{"plot", SMALL, "--kind", "nope", "-o", "-"}},
                                      {{"calibrate", SMALL, "--from", "a,-"}},
                                      {{"validate", "-", "-"}}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct child c = run_line(&(struct child_wish){.stdin_path = ALONE}, &lines[i]);
    char begin[60];
    snprintf(begin, sizeof begin, "aguanta %s: ", lines[i].words[0]);
    test_check(c.status == 2 && child_begins(c.err, begin), "line %zu: %d %s", i, c.status, c.err);
    child_free(&c);
  }
}

/* --- "-" ---------------------------------------------------------------------------------------------------------------------------- */

static void test_dash(void) {
  static const struct {
    struct line line;
    const char *has;
  } lines[] = {{{{"run", "-", "--reps", "2"}}, "verdict: "},
               {{{"validate", "-"}}, "/dev/stdin: valid"},
               {{{"check", "-", "--reps", "2"}}, "check: "},
               {{{"compare", "-", ALONE, "--reps", "2"}}, "compared: "},
               {{{"sweep", "-", "--vary", AXIS, "--reps", "2", "--export", "-", "--format", "csv"}}, "point,hash,"},
               {{{"capacity", "-", "--vary", RANGE, "--budget", "2"}}, "capacity: "},
               {{{"sensitivity", "-", "--vary", RANGE, "--reps", "2"}}, "INPUTS"},
               {{{"run", "-", "--reps", "2", "--quiet", "--timing", "-"}}, "{\"seconds\": "},
               {{{"init", "--template", "node", "-o", "-"}}, "aguanta: 1"}};
  for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
    struct child c = run_line(&(struct child_wish){.stdin_path = ALONE}, &lines[i].line);
    test_check((c.status == 0 || c.status >= 98) && (strstr(c.out, lines[i].has) || strstr(c.err, lines[i].has)),
               "line %zu: %d %s%s", i, c.status, c.out, c.err);
    child_free(&c);
  }
}

/* --- check counts ------------------------------------------------------------------------------------------------------------------- */

static void expect_count(const char *line, int status, const char *second) {
  char *file = child_path("several.json");
  struct child c = AGUANTA("check", ALONE, second, "--reps", "2", "--export", file);
  char *text = test_read_file(file);
  test_check(c.status == status && !strcmp(child_last_line(c.out), line), "%d %s%s", c.status, child_last_line(c.out), c.err);
  test_check(text && child_count(text, "\"exit_code\": ") == 2 && strstr(text, "\"aguanta_check\": 1"), "one export of both");
  child_free(&c), free(text), free(file);
}

static void test_counts(void) {
  char *holds = child_path("holds.json"), *fails = child_path("fails.json"), *broken = child_path("broken.json"), *over = NULL;
  char *base = realpath(ALONE, NULL);
  if (asprintf(&over, "{\"extends\": \"%s\", \"claims\": [\"rate(all) > 1/s\", \"rate(all) > 2/s\"]}", base) > 0)
    child_write(holds, over);
  free(over);
  if (asprintf(&over, "{\"extends\": \"%s\", \"claims\": [\"rate(all) > 1/s\", \"rate(all) < 1/s\"]}", base) > 0)
    child_write(fails, over);
  free(over), free(base);
  child_write(broken, "{\"aguanta\": 1}\n");
  struct child alone = AGUANTA("check", holds, "--reps", "2"), two = AGUANTA("check", holds, fails, "--reps", "2"),
               all = AGUANTA("check", holds, fails, broken, "--reps", "2");
  test_check(alone.status == 0 && !strcmp(child_last_line(alone.out), "check: ran, and every requirement holds\n"), "%s",
             alone.out);
  test_check(two.status == 99 &&
                 !strcmp(child_last_line(two.out), "check: 2 files: 3 PASS, 1 FAIL; ran, and a requirement failed\n"),
             "%s", two.out);
  test_check(all.status == 3 && !strcmp(child_last_line(all.out),
                                        "check: 3 files: 3 PASS, 1 FAIL, 1 not judged; invalid input file; nothing was written\n"),
             "%s", all.out);
  child_free(&alone), child_free(&two), child_free(&all);
  expect_count("check: 2 files: 3 PASS; ran, and every requirement holds\n", 0, holds);
  free(holds), free(fails), free(broken);
}

/* Pages are counted by what their exit code follows. The first says of a requirement that it fails, and its 16 cells agree; the only
 * cell of the second has 50% of a CPU for 40%; the third does not exist. */
static void test_counts_pages(void) {
  char *other = child_path("other.md"), *text = NULL, *here = realpath("docs/examples/shop-v3.json", NULL);
  if (asprintf(
          &text,
          "<!-- aguanta: %s -->\n| measure | stated |\n| --- | --- |\n| `utilization(box.cpu)` | 50%% |\n<!-- aguanta: end -->\n",
          here) > 0)
    child_write(other, text);
  struct child c = AGUANTA("check", "docs/examples/shop.md", other, "/nowhere/shop.md");
  const char *last = child_last_line(c.out);
  test_check(c.status == 3 && child_begins(last, "check: 3 pages: 17 cells compared, 1 difference, 1 not judged; "), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c), free(other), free(text), free(here);
}

static const struct test_case cases[] = {{"tried_first", test_tried_first},
                                         {"leaves_nothing", test_leaves_nothing},
                                         {"full_device", test_full_device},
                                         {"one_prefix", test_one_prefix},
                                         {"dash", test_dash},
                                         {"counts", test_counts},
                                         {"counts_pages", test_counts_pages},
                                         {0}};
const struct test_suite suite_cli_outputs = {"cli_outputs", cases};
