/* The commands beside `run`: validate, explain, schema, plot, check and sweep. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"

#define SMALL "tests/cli/small.json"

/* --- validate, explain, schema ------------------------------------------------------------------------------------------------ */

static void test_validate(void) {
  struct child c = AGUANTA("validate", SMALL, "scenarios/platform/compose.json");
  test_check(c.status == 0 && c.err_length == 0, "%d %s", c.status, c.err);
  test_check(
      !strcmp(c.out, SMALL
              ": valid: 1 endpoint, 1 service on 1 node, 1 requirement\n"
              "scenarios/platform/compose.json: valid: 3 endpoints, 5 services on 1 node, 6 requirements, 4 statements, 1 info\n"),
      "%s", c.out);
  child_free(&c);
  c = AGUANTA("validate", "tests/cli/bad/syntax.json", SMALL, "tests/cli/bad/comment.json");
  test_check(c.status == 3 && child_count(c.err, "error: ") == 2 && child_begins(c.out, SMALL ": valid"),
             "all files are read: %s%s", c.out, c.err);
  child_free(&c);
  c = AGUANTA("validate", "-q", SMALL);
  test_check(c.status == 0 && c.out_length == 0, "--quiet: %s", c.out);
  child_free(&c);
  c = AGUANTA("validate", SMALL, "--set", "services.web.replicas=x");
  test_check(c.status == 3 && child_begins(c.err, "--set services.web.replicas=x: error: "), "%s", c.err);
  child_free(&c);
}

/* The schema against every file of the tree, and one error for one fault: tests/cli/schema.py says which. */
static void test_schema_of_files(void) {
  struct child c = child_run(&(struct child_wish){.limit_s = 300},
                             (const char *const[]){"python3", "tests/cli/schema.py", child_aguanta(), "docs/examples", "scenarios",
                                                   "tests/cli/money", "tests/oracle", NULL});
  test_check(c.status == 0, "%s%s", c.out, c.err);
  child_free(&c);
}

/* A strict validator of another hand compiles it. The package is fetched; where there is none, that is said. */
static void test_schema_strict(void) {
  if (!getenv("AGUANTA_LONG")) {
    CU_PASS("the strict validator only with AGUANTA_LONG");
    return;
  }
  static const char script[] =
      "folder=$(mktemp -d) && \"$1\" schema > \"$folder/schema.json\" && cp tests/cli/schema.js \"$folder\" && "
      "cd \"$folder\" && { timeout 120 npm install --silent ajv >/dev/null 2>&1 || :; } && node schema.js "
      "schema.json; code=$?; rm -rf \"$folder\"; exit $code";
  struct child c =
      child_run(&(struct child_wish){.limit_s = 200}, (const char *const[]){"sh", "-c", script, "sh", child_aguanta(), NULL});
  if (c.status == 77 || c.status == 127)
    fputs("without the package ajv of npm the schema is not compiled by a strict validator\n", stderr);
  else
    test_check(c.status == 0, "%s%s", c.out, c.err);
  child_free(&c);
}

static void test_every_scenario_is_valid(void) {
  struct child files =
      child_run(&(struct child_wish){0}, (const char *const[]){"find", "scenarios", "-name", "*.json", "-not", "-path", "*/parts/*",
                                                               "-not", "-path", "*/prices/*", NULL});
  test_check(child_count(files.out, "\n") >= 3, "%s", files.out);
  for (char *file = strtok(files.out, "\n"); file; file = strtok(NULL, "\n")) {
    struct child c = AGUANTA("validate", file);
    test_check(c.status == 0, "%s: %s", file, c.err);
    child_free(&c);
  }
  child_free(&files);
}

static void expect_explained(const char *path, const char *text) {
  struct child c = AGUANTA("explain", path);
  test_check(c.status == 0 && c.err_length == 0 && strstr(c.out, text), "explain %s: %d %s%s", path, c.status, c.out, c.err);
  child_free(&c);
}

static void test_explain(void) {
  expect_explained("services.web.replicas", "services.web.replicas\n  a whole number, or one for each of several names from "
                                            "\"platform.regions\", from 1 to 5000; default\n  1\n");
  expect_explained("run.window", "a duration such as \"250ms\" or \"2h30m\"");
  expect_explained("services", "keys of service:\n  kind             app|proxy|database|");
  expect_explained("traffic.fans.rate", "on_sale");
  expect_explained("traffic.fans.rate.wave.period", "Time from one peak to the next.");
  expect_explained("endpoints.page.steps.0.cpu", "CPU time on a reference core.");
  expect_explained("claims.0.severity", "must, should, info");
  expect_explained("claims.0.severity", "\nexample, over a scenario (\"extends\" names it):\n");
  expect_explained("platform.kubernetes.eviction", "default \"300s\"");
  struct child c = AGUANTA("explain");
  test_check(c.status == 0 && child_begins(c.out, "scenario\n") && strstr(c.out, "\n  claims           [ { "), "%s", c.out);
  child_free(&c);
  c = AGUANTA("explain", "services.web.replica");
  test_check(
      c.status == 2 && c.out_length == 0 &&
          !strcmp(c.err, "aguanta explain: there is no \"replica\" in \"services.web\"; did you mean \"services.web.replicas\"?\n"),
      "%d %s", c.status, c.err);
  child_free(&c);
}

static void test_schema(void) {
  struct child c = AGUANTA("schema"), json = AGUANTA("schema", "json"), markdown = AGUANTA("schema", "markdown");
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const struct json_value *root = json_read_text(arena, d, "schema.json", c.out, c.out_length);
  test_check(c.status == 0 && c.err_length == 0 && !strcmp(c.out, json.out), "json is the default");
  test_check(diagnostics_errors(d) == 0 && json_text(json_member(root, "$schema")), "%s", diagnostics_render(d, arena));
  for (const char *const *key =
           (const char *const[]){"\"traffic\"", "\"replicas\"", "\"between_nodes\"", "\"severity\"", "\"half_life\"", NULL};
       *key; key++)
    test_check(strstr(c.out, *key) != NULL, "the schema knows %s", *key);
  test_check(child_begins(markdown.out, "# ") && strstr(markdown.out, "`half_life`"), "markdown");
  arena_free(arena);
  child_free(&c), child_free(&json), child_free(&markdown);
}

/* --- plot --------------------------------------------------------------------------------------------------------------------- */

static char *small_result(void) {
  char *file = child_path("result.json");
  if (child_exists(file)) return file;
  struct child c = AGUANTA("run", SMALL, "-q", "--export", file);
  test_check(c.status == 0, "%s", c.err);
  child_free(&c);
  return file;
}

static void check_picture(const char *kind, const char *result, const char *second) {
  static const char *const beginnings[] = {"<?xml", "\x89PNG\r\n\x1a\n"}, *const names[] = {"picture.svg", "picture.png"};
  for (int i = 0; i < 2; i++) {
    char *file = child_path(names[i]);
    unlink(file);
    struct child c = second ? AGUANTA("plot", result, second, "--kind", kind, "-o", file)
                            : AGUANTA("plot", result, "-k", kind, "--output", file);
    char *bytes = test_read_file(file);
    test_check(c.status == 0 && c.out_length == 0 && c.err_length == 0, "plot %s: %d %s", kind, c.status, c.err);
    test_check(bytes && child_begins(bytes, beginnings[i]), "plot %s: %s is no picture", kind, names[i]);
    free(bytes), free(file);
    child_free(&c);
  }
}

static void test_plot_kinds(void) {
  static const char *const alone[] = {"latency", "breakdown", "timeline", "bill", "claims"};
  char *result = small_result(), *other = child_path("other.json");
  struct child c = AGUANTA("run", SMALL, "-q", "--set", "name=other", "--set", "services.web.replicas=2", "--export", other);
  for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) check_picture(alone[i], result, NULL);
  check_picture("overview", result, other);
  check_picture("latency", result, other);
  child_free(&c);
  free(result), free(other);
}

static void expect_plot_error(int status, const char *message, const char *file, const char *kind, const char *output) {
  char *target = child_path(output);
  struct child c = AGUANTA("plot", file, "--kind", kind, "-o", target);
  test_check(c.status == status, "%s: exit status %d, not %d", message, c.status, status);
  test_check(strstr(c.err, message) && c.out_length == 0 && !strstr(c.err, "\n\n"), "%s:\n%s", message, c.err);
  test_check(!child_exists(target), "%s was written", output);
  child_free(&c);
  free(target);
}

static void test_plot_mistakes(void) {
  char *result = small_result();
  expect_plot_error(2, "--kind claim: unknown", result, "claim", "p1.svg");
  expect_plot_error(2, "did you mean \"claims\"?", result, "claim", "p1.svg");
  expect_plot_error(2, "a picture is a .png or a .svg", result, "claims", "p1.pdf");
  expect_plot_error(2, "overview takes 2 to 8 results", result, "overview", "p1.svg");
  expect_plot_error(3, "cannot be read: No such file or directory", "tests/cli/nowhere.json", "claims", "p1.svg");
  expect_plot_error(3, SMALL ": not a result of aguanta", SMALL, "claims", "p1.svg");
  expect_plot_error(3, "tests/cli/bad/empty.json", "tests/cli/bad/empty.json", "claims", "p1.svg");
  expect_plot_error(2, "No such file or directory", result, "claims", "nowhere/p1.svg");
  struct child c = AGUANTA("plot", result);
  test_check(c.status == 2 && strstr(c.err, "needs --kind KIND and -o FILE") && strstr(c.err, "breakdown"), "%d %s", c.status,
             c.err);
  child_free(&c);
  free(result);
}

/* --- check -------------------------------------------------------------------------------------------------------------------- */

static void test_check_command(void) {
  char *other = child_path("second.json");
  FILE *file = fopen(other, "w");
  char *here = realpath(SMALL, NULL);
  fprintf(file,
          "{\"extends\": \"%s\", \"name\": \"second\", \"claims\": [{\"expr\": \"p50(page.latency) < 1us\", \"source\": \"D-1\"}, "
          "\"p50(page.latency) < 1s\"]}",
          here);
  fclose(file);
  struct child c = AGUANTA("check", SMALL, other);
  test_check(c.status == 99 && c.err_length == 0 && child_count(c.out, "\n") == 4, "%d %s%s", c.status, c.out, c.err);
  test_check(child_begins(c.out, "PASS      " SMALL ": p99(page.latency) < 1s  "), "%s", c.out);
  test_check(strstr(c.out, "\nFAIL      ") && strstr(c.out, "second.json: p50(page.latency) < 1us") && strstr(c.out, "(D-1)"), "%s",
             c.out);
  test_check(!strcmp(child_last_line(c.out), "check: 2 files: 2 PASS, 1 FAIL; ran, and a requirement failed\n"), "%s", c.out);
  child_free(&c);
  c = AGUANTA("check", "--quiet", SMALL, other);
  test_check(child_count(c.out, "\n") == 2 && child_begins(c.out, "FAIL"), "--quiet: %s", c.out);
  child_free(&c);
  c = AGUANTA("check", "tests/cli/bad/syntax.json", SMALL);
  test_check(c.status == 3 && strstr(c.out, "PASS") && strstr(c.err, "error: "), "the others are run: %s%s", c.out, c.err);
  child_free(&c);
  free(here), free(other);
}

/* --- sweep -------------------------------------------------------------------------------------------------------------------- */

static void test_sweep_grid(void) {
  char *csv = child_path("grid.csv"), *lines = child_path("grid.ndjson");
  struct child c = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=1,2", "--vary", "traffic.users.rate=50/s,100/s,150/s",
                           "--set", "run.window=10s", "--export", csv, "--export", lines);
  static const char *const rows[] = {"\n1                      50/s ", "\n1                      100/s",
                                     "\n1                      150/s", "\n2                      50/s ",
                                     "\n2                      150/s"};
  const char *at = c.out;
  test_check(c.status == 0 && c.err_length == 0 && child_count(c.out, "\n") == 7, "%d %s%s", c.status, c.out, c.err);
  for (int i = 0; i < 5; i++) {
    const char *found = strstr(at, rows[i]);
    test_check(found != NULL, "row %s is missing or out of order:\n%s", rows[i] + 1, c.out);
    at = found ? found : at;
  }
  child_free(&c);
  char *text = test_read_file(csv), *json = test_read_file(lines);
  test_check(text &&
                 child_begins(text, "point,hash,services.web.replicas,traffic.users.rate,scenario,kind,metric,agg,label,value,unit,"
                                    "ci_low,ci_high,n,verdict,source,reason,severity\r\n0,") &&
                 strstr(text, "-5,1,50/s,small,requirement,"),
             "the CSV");
  test_check(text && child_count(text, "point,") == 1 && strstr(text, "\n5,") && strstr(text, "-5,2,150/s,small,"),
             "one header, six points");
  test_check(text && child_count(text, "\n") == child_count(text, "\r\n"), "RFC 4180 ends lines with CR LF");
  struct arena *arena = arena_new();
  int number = 0;
  for (char *line = json ? strtok(json, "\n") : NULL; line; line = strtok(NULL, "\n"), number++) {
    struct diagnostics *d = diagnostics_new(arena);
    const struct json_value *root = json_read_text(arena, d, "line", line, strlen(line));
    test_check(diagnostics_errors(d) == 0 && (int)json_number(json_member(root, "point")) == number, "line %d: %s", number,
               diagnostics_render(d, arena));
    test_check(json_count(json_member(root, "metrics")) > 10 && json_count(json_member(root, "set")) == 2, "line %d", number);
  }
  test_check(number == 6, "%d lines", number);
  arena_free(arena);
  free(text), free(json), free(csv), free(lines);
}

static void test_sweep_to_stdout(void) {
  struct child c =
      AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=1,2", "--set", "run.window=10s", "--export", "-", "--format", "csv");
  test_check(c.status == 0 && child_begins(c.out, "point,hash,services.web.replicas,") && c.err_length == 0, "%s", c.err);
  for (char *line = strtok(c.out, "\n"); line; line = strtok(NULL, "\n")) test_check(child_ends(line, "\r"), "only CSV: %s", line);
  child_free(&c);
}

/* A point of a sweep is the same as a run with the same settings. */
static void test_sweep_is_run(void) {
  struct child sweep = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=3", "--export", "-", "--format", "csv");
  struct child run = AGUANTA("run", SMALL, "--set", "services.web.replicas=3", "--export", "-", "--format", "csv");
  const char *a = strchr(sweep.out, '\n'), *b = strchr(run.out, '\n');
  int rows = 0;
  while (a && b && a[1] && b[1]) {
    size_t length = strcspn(b + 1, "\n");
    test_check(child_begins(a + 1, "0,") && child_begins(a + 19, "-5,3,") && !strncmp(a + 24, b + 1, length), "row %d: %.*s", rows,
               (int)length, b + 1);
    a = strchr(a + 1, '\n'), b = strchr(b + 1, '\n'), rows++;
  }
  test_check(rows > 20, "%d rows", rows);
  child_free(&sweep), child_free(&run);
}

static void test_sweep_mistakes(void) {
  char *csv = child_path("never.csv");
  struct child c = AGUANTA("sweep", SMALL, "--set", "run.window=100h", "--set", "run.replications=1000", "--vary",
                           "services.web.replicas=1,2,x", "--export", csv);
  test_check(c.status == 3 && c.out_length == 0 && c.seconds < 5, "a typo in the last value costs nothing: %d, %.1f s", c.status,
             c.seconds);
  test_check(child_begins(c.err, "--vary services.web.replicas=x: error: \"replicas\" must be a whole number") &&
                 !child_exists(csv),
             "%s", c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, "--vary", "services.web.replica=1,2");
  test_check(c.status == 3 && strstr(c.err, "did you mean \"services.web.replicas\"?"), "%s", c.err);
  child_free(&c);
  c = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=x,2,y");
  test_check(strstr(c.err, "replicas=x") && strstr(c.err, "replicas=y"), "all wrong values are told: %s", c.err);
  child_free(&c);
  free(csv);
}

static void test_sweep_timing(void) {
  char *timing = child_path("timing.json");
  struct child c = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=1", "--timing", timing);
  test_check(c.status == 0 && child_exists(timing), "--timing writes its file");
  child_free(&c);
  free(timing);
}

/* 0 means that every claim holds, of a sweep too. */
static void test_sweep_exit_code(void) {
  struct child c = AGUANTA("sweep", SMALL, "--vary", "services.web.replicas=1,2", "--set", "claims.0=p50(page.latency) < 1us");
  test_check(c.status == 99 && child_count(c.out, "FAIL") == 2, "exit status %d: %s", c.status, c.out);
  child_free(&c);
}

static const struct test_case cases[] = {{"validate", test_validate},
                                         {"scenarios_are_valid", test_every_scenario_is_valid},
                                         {"explain", test_explain},
                                         {"schema", test_schema},
                                         {"schema_files", test_schema_of_files},
                                         {"schema_strict", test_schema_strict},
                                         {"plot_kinds", test_plot_kinds},
                                         {"plot_mistakes", test_plot_mistakes},
                                         {"check", test_check_command},
                                         {"sweep_grid", test_sweep_grid},
                                         {"sweep_to_stdout", test_sweep_to_stdout},
                                         {"sweep_is_run", test_sweep_is_run},
                                         {"sweep_mistakes", test_sweep_mistakes},
                                         {"sweep_timing", test_sweep_timing},
                                         {"sweep_exit_code", test_sweep_exit_code},
                                         {0}};
const struct test_suite suite_cli_tools = {"cli_tools", cases};
