/* Every kind of picture against every answer: it is drawn of all that have its data, twice the same bytes, and of all others one sentence
 * says what to run instead. What the newer kinds find is worked by hand. */
#include "sim/report/plot/plot.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define MM1          "docs/examples/mm1.json"

/* --- kinds and answers -------------------------------------------------------------------------------------------------------- */

enum { RUN, UPTIME, LINE, GRID, CAPACITY, SENSITIVITY, DRILL, GROWTH, COMPARE, SCENARIO, ANSWERS };

static const char *const names[ANSWERS] = {[RUN] = "run.json",     [UPTIME] = "uptime.json",     [LINE] = "line.ndjson",
                                           [GRID] = "grid.ndjson", [CAPACITY] = "capacity.json", [SENSITIVITY] = "sensitivity.json",
                                           [DRILL] = "drill.json", [GROWTH] = "growth.json",     [COMPARE] = "compare.json",
                                           [SCENARIO] = NULL};

#define SHORT "--set", "run.window=100s", "--reps", "2", "-q", "--export"

/* Once: what another test has made is there. */
static void make_answers(char *paths[ANSWERS]) {
  for (int i = 0; i < ANSWERS; i++) paths[i] = names[i] ? child_path(names[i]) : strdup(MM1);
  if (child_exists(paths[COMPARE])) return;
  struct child all[] = {
      AGUANTA("run", MM1, "--set", "run.window=200s", "--reps", "2", "-q", "--export", paths[RUN]),
      AGUANTA("run", "docs/examples/uptime.json", "--set", "run.years=50", "--reps", "2", "-q", "--export", paths[UPTIME]),
      AGUANTA("sweep", MM1, "--vary", "traffic.people.rate=10/s,50/s,80/s", SHORT, paths[LINE]),
      AGUANTA("sweep", MM1, "--vary", "traffic.people.rate=10/s,50/s", "--vary", "services.server.threads=1,2", SHORT, paths[GRID]),
      AGUANTA("capacity", MM1, "--vary", "traffic.people.rate=10/s..150/s", "--precision", "20%", "--budget", "4", "--set",
              "run.window=100s", "--set", "run.replications=2", "-q", "--export", paths[CAPACITY]),
      AGUANTA("sensitivity", "docs/examples/ranges.json", "--set", "run.window=200s", "-q", "--export", paths[SENSITIVITY]),
      AGUANTA("drill", "docs/examples/drill.json", "--fault", "web_crash", "--reps", "2", "-q", "--export", paths[DRILL]),
      AGUANTA("growth", "docs/examples/growth.json", "--months", "4", "--set", "run.window=1min", "--set", "run.windows=2", "-q",
              "--export", paths[GROWTH]),
      AGUANTA("compare", MM1, MM1, SHORT, paths[COMPARE])};
  for (size_t i = 0; i < COUNT(all); i++) {
    test_check(child_exists(paths[i]), "%s was not written: %s", names[i], all[i].err);
    child_free(&all[i]);
  }
}

/* Which answers a kind draws; it says no to the others. */
static const struct {
  const char *kind;
  unsigned of;
} expected[] = {{"latency", 1 << RUN | 1 << UPTIME},
                {"breakdown", 1 << RUN | 1 << UPTIME},
                {"timeline", 1 << RUN | 1 << UPTIME},
                {"bill", 0},
                {"downtime", 1 << UPTIME},
                {"claims", 1 << RUN | 1 << UPTIME},
                {"overview", 1 << RUN | 1 << UPTIME},
                {"capacity", 1 << CAPACITY},
                {"tornado", 1 << SENSITIVITY},
                {"sweep", 1 << LINE},
                {"drill", 1 << DRILL},
                {"growth", 1 << GROWTH},
                {"costs", 1 << GROWTH},
                {"load", 1 << LINE | 1 << CAPACITY},
                {"resources", 1 << LINE | 1 << CAPACITY},
                {"grid", 1 << GRID},
                {"compare", 1 << COMPARE},
                {"architecture", 1 << RUN | 1 << UPTIME | 1 << SCENARIO}};

static bool same_bytes(const char *a, const char *b) {
  struct child c = child_run(&(struct child_wish){0}, (const char *const[]){"cmp", a, b, NULL});
  bool same = c.status == 0;
  child_free(&c);
  return same;
}

static void check_kind(const struct plot_kind *kind, unsigned of, char *const paths[ANSWERS]) {
  char *picture = child_path("p.svg"), *again = child_path("q.svg");
  for (int a = 0; a < ANSWERS; a++) {
    const char *const twice[] = {paths[a], paths[a]};
    char *error = NULL;
    unlink(picture), unlink(again);
    enum plot_outcome outcome = plot_run(kind->name, twice, kind->least, picture, NULL, &error);
    if (of >> a & 1) {
      test_check(outcome == PLOT_DRAWN, "%s of %s: %s", kind->name, paths[a], error ? error : "no message");
      plot_run(kind->name, twice, kind->least, again, NULL, &error);
      test_check(same_bytes(picture, again), "%s of %s: two runs differ", kind->name, paths[a]);
    } else {
      test_check(outcome == PLOT_NO_RESULT && error && strlen(error) < 500 && !strchr(error, '\n'), "%s of %s: %d, %s", kind->name,
                 paths[a], outcome, error ? error : "no message");
      /* what to do instead */
      test_check(error && (strstr(error, "aguanta ") || strstr(error, "--kind ") || strstr(error, "run.") || strstr(error, "\"")),
                 "%s of %s does not say what to run: %s", kind->name, paths[a], error ? error : "");
    }
    free(error);
  }
  free(picture), free(again);
}

static void test_kinds_and_answers(void) {
  char *paths[ANSWERS];
  make_answers(paths);
  size_t count = 0;
  for (const struct plot_kind *const *k = plot_kinds(); *k; k++, count++) {
    size_t row = 0;
    while (row < COUNT(expected) && strcmp(expected[row].kind, (*k)->name)) row++;
    if (test_check(row < COUNT(expected), "%s is not in the table of this test", (*k)->name))
      check_kind(*k, expected[row].of, paths);
  }
  test_check(count == COUNT(expected), "%zu kinds", count);
  for (int i = 0; i < ANSWERS; i++) free(paths[i]);
}

/* Of one scenario the service `server` is the first component in every picture: #44AA99; its machine `box` the second: #332288. */
#define FIRST  "rgb( 68, 170, 153)"
#define SECOND "rgb( 51,  34, 136)"
static void test_one_color(void) {
  static const struct {
    const char *kind;
    int answer;
    const char *color;
  } rows[] = {{"breakdown", RUN, FIRST},         {"resources", LINE, FIRST},  {"architecture", RUN, FIRST},
              {"architecture", SCENARIO, FIRST}, {"resources", LINE, SECOND}, {"resources", CAPACITY, SECOND}};
  char *paths[ANSWERS], *picture = child_path("color.svg");
  make_answers(paths);
  for (size_t i = 0; i < COUNT(rows); i++) {
    char *error = NULL;
    const char *file = paths[rows[i].answer];
    enum plot_outcome outcome = plot_run(rows[i].kind, &file, 1, picture, NULL, &error);
    char *text = outcome == PLOT_DRAWN ? test_read_file(picture) : NULL;
    test_check(text && strstr(text, rows[i].color), "%s of %s: %s", rows[i].kind, file, error ? error : "another colour");
    free(text), free(error);
  }
  for (int i = 0; i < ANSWERS; i++) free(paths[i]);
  free(picture);
}

/* --- what is found ------------------------------------------------------------------------------------------------------------ */

/* An SVG of the file, as text; the caller frees it. */
static char *drawn(const char *kind, const char *file, const struct plot_options *options) {
  char *picture = child_path("found.svg"), *error = NULL;
  unlink(picture);
  enum plot_outcome outcome = plot_run(kind, &file, 1, picture, options, &error);
  test_check(outcome == PLOT_DRAWN, "%s: %s", kind, error ? error : "no message");
  char *text = outcome == PLOT_DRAWN ? test_read_file(picture) : NULL;
  free(picture), free(error);
  return text ? text : strdup("");
}

static void expect(const char *kind, const char *file, const char *const *texts) {
  char *text = drawn(kind, file, NULL);
  for (; *texts; texts++)
    test_check(strstr(text, *texts) != NULL, "%s: no \"%s\" in %.600s", kind, *texts,
               strstr(text, "<title") ? strstr(text, "<title") : text);
  free(text);
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* p99 100 ms at 10/s and 400 ms at 20/s: on the logarithmic axis 200 ms lie half-way, at 15/s. At 20/s the threads are full. Power
 * (rate over mean) is 10/0.05 = 200, 19/0.1 = 190, 20/1 = 20: the greatest is at the end of what was run, so there is no knee. */
static const char points[] =
    "{\"set\": {\"traffic.a.rate\": \"%s/s\"}, \"scenario\": \"s\", \"replications\": 4, \"components\": [\"db\", \"web\"], "
    "\"verdicts\": {\"requirements\": {\"verdict\": \"%s\"}}, "
    "\"claims\": [{\"expr\": \"p99(buy.latency) < 200ms\", \"unit\": \"s\", \"limit\": [null, 0.2], \"kind\": \"requirement\"}], "
    "\"metrics\": [{\"metric\": \"buy\", \"agg\": \"error_rate\", \"value\": 0}, "
    "{\"metric\": \"buy.latency\", \"agg\": \"p99\", \"value\": %s, \"ci95\": [%s, %s]}, "
    "{\"metric\": \"all\", \"agg\": \"rate\", \"value\": %s}, {\"metric\": \"all.latency\", \"agg\": \"mean\", \"value\": %s}, "
    "{\"metric\": \"web.threads\", \"agg\": \"utilization\", \"value\": %s}]}\n";

static void write_points(const char *path) {
  static const char *const rows[][8] = {{"20", "FAIL", "0.4", "0.3", "0.5", "19", "0.1", "0.99"},
                                        {"10", "PASS", "0.1", "0.09", "0.11", "10", "0.05", "0.5"},
                                        {"40", "FAIL", "9", "8", "10", "20", "1", "1"}};
  FILE *file = fopen(path, "w");
  for (size_t i = 0; file && i < COUNT(rows); i++) {
    const char *const *r = rows[i];
    fprintf(file, points, r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]);
  }
  if (file) fclose(file);
}

static void test_load(void) {
  char *path = child_path("points.ndjson");
  write_points(path);
  expect("load", path,
         TEXTS("p99(buy.latency) crosses 200 ms at 15/s; web.threads is full", ">p99(buy.latency) &lt; 200ms<",
               ">\xE2\x86\x91 9 s<", ">traffic.a.rate (/s)<"));
  char *text = drawn("load", path, NULL);
  test_check(!strstr(text, "knee"), "a knee at the end of what was run");
  free(text);
  /* web is the second component: the second colour, #332288 */
  expect("resources", path, TEXTS("web.threads is full at 20/s", "rgb( 51,  34, 136)"));
  free(path);
}

/* Two values: 100 ms to 9 s; one point of five keeps everything, and where something grows without end
 * the cell does not say that the run was too short. */
static void test_grid(void) {
  static const char cell[] = "{\"set\": {\"users\": \"%d\", \"threads\": \"%d\"}, \"scenario\": \"s\", \"replications\": 4, "
                             "\"verdicts\": {\"requirements\": "
                             "{\"verdict\": \"%s\"}}, \"metrics\": [{\"metric\": \"buy\", \"agg\": \"error_rate\", \"value\": 0}, "
                             "{\"metric\": \"buy.latency\", \"agg\": \"p99\", \"value\": %s}]}\n";
  char *path = child_path("cells.ndjson");
  FILE *file = fopen(path, "w");
  if (!test_check(file != NULL, "cannot write")) return;
  fprintf(file, cell, 100, 2, "PASS", "0.1"), fprintf(file, cell, 100, 1, "FAIL", "0.9");
  fprintf(file, cell, 20, 1, "FAIL", "9"), fprintf(file, cell, 20, 2, "NO DATA", "null");
  fputs("{\"set\": {\"users\": \"300\", \"threads\": \"1\"}, \"claims\": [{\"implicit\": true, \"verdict\": \"FAIL\"}]}\n", file);
  fclose(file);
  expect("grid", path,
         TEXTS("p99(buy.latency) goes from 100 ms to 9 s; 1 of 5 points keep every requirement", ">900 ms<", ">too short to tell<",
               ">grows without end<", "threads; framed: every requirement holds"));
  /* 20 stands before 100: numbers, not texts */
  char *text = drawn("grid", path, NULL), *twenty = strstr(text, "<text>20<"), *hundred = strstr(text, "<text>100<");
  test_check(twenty && hundred && twenty < hundred, "values are in the order of numbers");
  free(text), free(path);
}

/* Half of the base's latency is shown, the cost is 41 times the base's and beyond the axis. */
static void test_compare(void) {
  char *path = child_path("compared.json");
  child_write(
      path,
      "{\"aguanta_compare\": 1, \"confidence\": 0.95, \"other_customers\": null, \"systems\": [{\"name\": \"old\"}, {\"name\": "
      "\"new\"}], \"rows\": ["
      "{\"metric\": \"buy.latency\", \"agg\": \"p99\", \"system\": 1, \"relative\": -0.5, \"relative_ci\": [-0.6, -0.4], "
      "\"shown\": true, \"detail\": false, \"words\": \"100 ms faster (80 to 120)\"},"
      "{\"metric\": \"month\", \"agg\": \"cost\", \"system\": 1, \"relative\": 40, \"relative_ci\": [40, 40], "
      "\"shown\": true, \"detail\": false, \"words\": \"400 USD more\"},"
      "{\"metric\": \"list\", \"agg\": \"error_rate\", \"system\": 1, \"relative\": null, \"shown\": false, \"words\": \"-\"}]}");
  expect("compare", path,
         TEXTS("new: p99(buy.latency) is 100 ms faster (80 to 120); 2 of 2 differences from old are shown",
               ">\xE2\x86\x92 41 times: 400 USD more<", ">as the base<", ">p99(buy.latency)<"));
  free(path);
}

/* web on two machines calls db, which has one replica, through a pool of 5; one endpoint asks a service of others. */
static void test_architecture(void) {
  char *path = child_path("shop.json"), *dot = child_path("shop.dot"), *error = NULL;
  child_write(path, "{ \"aguanta\": 1, \"name\": \"shop\", \"title\": \"A shop\", "
                    "\"endpoints\": { \"buy\": { \"entry\": \"web\", \"steps\": [ { \"query\": \"db\", \"reads\": 1 }, "
                    "{ \"parallel\": [ { \"steps\": [ { \"external\": \"bank\" } ] } ] } ] }, "
                    "\"list\": { \"entry\": \"web\", \"steps\": [ { \"query\": \"db\", \"reads\": 1 } ] } }, "
                    "\"services\": { \"web\": { \"kind\": \"app\", \"replicas\": 3, \"pools\": { \"db\": { \"max\": 5 } } }, "
                    "\"db\": { \"kind\": \"database\", \"place\": \"data\" }, \"bank\": { \"kind\": \"external\" } }, "
                    "\"platform\": { \"kind\": \"swarm\", \"nodes\": { \"front\": { \"count\": 2, \"cpu\": 2 }, "
                    "\"data\": { \"cpu\": { \"value\": 8, \"source\": \"s\" }, \"memory\": \"16Gi\" } } } }");
  expect("architecture", path,
         TEXTS("2 services on 3 machines; no second replica of db", ">front: 2 machines, 2 cores<",
               ">data: 1 machine, 8 cores, 16Gi<", ">queries, pool of 5<", ">asks: buy<", ">app, 3 replicas<",
               ">services of others<", ">buy, list<"));
  const char *file = path;
  enum plot_outcome outcome = plot_run("architecture", &file, 1, dot, NULL, &error);
  test_check(outcome == PLOT_DRAWN, "%s", error ? error : "no message");
  char *graph = outcome == PLOT_DRAWN ? test_read_file(dot) : NULL;
  test_check(graph && strstr(graph, "  s0 -> s1 [label=\"queries, pool of 5: buy, list\"];\n") &&
                 strstr(graph, "  s0 -> s2 [label=\"asks: buy\"];\n") &&
                 strstr(graph, "  clients -> s0 [label=\"buy, list\"];\n") &&
                 strstr(graph, "label=\"data: 1 machine, 8 cores, 16Gi\";\n    s1 "),
             "%s", graph ? graph : "nothing");
  free(graph), free(error);
  error = NULL;
  test_check(plot_run("claims", &file, 1, dot, NULL, &error) == PLOT_MISUSED, "claims are no graph");
  free(error), free(path), free(dot);
}

/* A graph in a result that was made to hurt: quotes and backslashes do not end its texts. */
static void test_evil_graph(void) {
  char *path = child_path("evil.json"), *dot = child_path("evil.dot"), *error = NULL;
  child_write(
      path,
      "{ \"aguanta\": 1, \"name\": \"x\", \"endpoints\": { \"e\\\\\\\" ]; evil [\": { \"entry\": \"a\\\" b\", \"steps\": [] } }, "
      "\"services\": { \"a\\\" b\": { \"kind\": \"app\" } }, \"platform\": { \"nodes\": { \"n\\n\": {} } } }");
  const char *file = path;
  enum plot_outcome outcome = plot_run("architecture", &file, 1, dot, NULL, &error);
  char *graph = outcome == PLOT_DRAWN ? test_read_file(dot) : NULL;
  test_check(outcome == PLOT_NO_RESULT || (graph && strstr(graph, "e\\\\\\\" ]; evil [")), "%s%s", error ? error : "",
             graph ? graph : "");
  free(graph), free(error), free(path), free(dot);
}

static const struct test_case cases[] = {{"kinds_and_answers", test_kinds_and_answers},
                                         {"one_color", test_one_color},
                                         {"load", test_load},
                                         {"grid", test_grid},
                                         {"compare", test_compare},
                                         {"architecture", test_architecture},
                                         {"evil_graph", test_evil_graph},
                                         {NULL, NULL}};
const struct test_suite suite_pictures = {"pictures", cases};
