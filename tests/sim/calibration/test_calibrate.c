/* Calibrating: values worked by hand from what tools write, and measurements that are refused. */
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

#define ROOM "build/calibrate-test"
#define AT   "tests/calibrate/"

static void write_file(const char *name, const char *text) {
  char path[200];
  mkdir(ROOM, 0777);
  snprintf(path, sizeof path, ROOM "/%s", name);
  FILE *f = fopen(path, "w");
  if (!test_check(f != NULL, "%s cannot be written", path)) return;
  fputs(text, f);
  fclose(f);
}

/* The number behind "KEY": within the record that holds "path": PATH. */
static double json_of(const char *json, const char *path, const char *key) {
  char wanted[200];
  snprintf(wanted, sizeof wanted, "\"path\": \"%s\"", path);
  const char *at = strstr(json, wanted);
  snprintf(wanted, sizeof wanted, "\"%s\": ", key);
  at = at ? strstr(at, wanted) : NULL;
  if (at && at[strlen(wanted)] == '[') at++;
  return at ? atof(at + strlen(wanted)) : NAN;
}

static bool about(double x, double y, double part) { return fabs(x - y) <= part * fabs(y); }

/* Three runs of 30 s: 6,000, 18,000 and 30,000 requests took 3.3, 9.3 and 15.3 s of CPU. 9.3 - 3.3 = 6 s for 12,000 requests is
 * 0.5 ms each; 3.3 - 6,000 x 0.5 ms = 0.3 s in 30 s is 1% of a core without being asked. */
static void utilization_law(void) {
  struct child c =
      AGUANTA("calibrate", AT "app.json", "--from", AT "wrk-2.txt," AT "cpu-2.txt", "--from", AT "wrk-8.txt," AT "cpu-8.txt",
              "--from", AT "wrk-32.txt," AT "cpu-32.txt", "--export", "-", "--format", "json");
  test_check(c.status == 0, "status %d: %s", c.status, c.err);
  double d = json_of(c.out, "endpoints.page.steps.0.cpu", "value"), low = json_of(c.out, "endpoints.page.steps.0.cpu", "ci95");
  test_check(about(d, 0.0005, 1e-3), "0.5 ms a request: %g", d);
  test_check(low <= 0.0005 && low > 0.000499, "exact points leave no interval: %g", low);
  test_check(strstr(c.out, "uses 1% of a core without being asked") != NULL, "%s", c.out);
  child_free(&c);
}

/* What is written is a scenario with sources and ranges, and is not written over. */
static void written(void) {
  mkdir(ROOM, 0777);
  unlink(ROOM "/out.json");
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", AT "wrk-2.txt," AT "cpu-2.txt", "-o", ROOM "/out.json", "-q");
  test_check(c.status == 0, "status %d: %s", c.status, c.err);
  child_free(&c);
  char *text = test_read_file(ROOM "/out.json");
  if (!test_check(text != NULL, "nothing is written")) return;
  test_check(strstr(text, "\"extends\": \"../../tests/calibrate/app.json\""), "%s", text);
  test_check(NULL != strstr(text, "\"source\": \"measured: wrk-2.txt, cpu-2.txt; one window at one load, utilization law\""), "%s",
             text);
  /* 3.3 s / 6,000 = 0.55 ms; without a repetition 8%, and 2 / sqrt(6,000) = 2.58% of counting: 8.41%, 46.23 us. */
  test_check(NULL != strstr(text, "503.8us") && NULL != strstr(text, "596.2us"), "%s", text);
  free(text);
  c = AGUANTA("calibrate", AT "app.json", "--from", AT "wrk-2.txt," AT "cpu-2.txt", "-o", ROOM "/out.json");
  test_check(c.status == 2 && strstr(c.err, "is there already: --force writes over it"), "%d %s", c.status, c.err);
  child_free(&c);
  c = AGUANTA("validate", ROOM "/out.json");
  test_check(c.status == 0, "%s", c.err);
  child_free(&c);
}

/* --- what is refused --------------------------------------------------------------------------------------------------------------- */

static void refused(const char *from, const char *message) {
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", from, "-o", ROOM "/never.json");
  test_check(c.status == 3, "%s: status %d", from, c.status);
  test_check(strstr(c.err, message) != NULL, "%s must say \"%s\", not: %s", from, message, c.err);
  test_check(access(ROOM "/never.json", F_OK) != 0, "%s: something was written", from);
  child_free(&c);
}

static void torn_output(void) {
  write_file("torn.txt",
             "Running 30s test @ http://127.0.0.1:8080/page\n  2 threads and 8 connections\n  Thread Stats   Avg      Stdev\n");
  refused(ROOM "/torn.txt", "torn.txt: error: has no line \"... requests in ...\"");
  write_file("nothing.txt", "");
  refused(ROOM "/nothing.txt", "is empty");
  write_file("other.txt", "total 12\n");
  refused(ROOM "/other.txt", "is not recognised as the output of any tool");
  refused(ROOM "/not-there.txt", "cannot be read");
}

static void counter_reset(void) {
  write_file("reset.txt", "1764538000.1\n# app\nusage_usec 9000000\n1764538030.1\n# app\nusage_usec 100000\n");
  refused(AT "wrk-2.txt," ROOM "/reset.txt", "reset.txt:6:1: error: the counter of CPU \"app\" fell from 9 to 0.1: it was reset");
}

static void clocks_disagree(void) {
  write_file("back.txt", "1764538000.1\n# app\nusage_usec 9000000\n1764537990.1\n# app\nusage_usec 12000000\n");
  refused(AT "wrk-2.txt," ROOM "/back.txt", "back.txt:6:1: error: its time is 10.000 s before that of the sample above it");
  write_file("long.txt", "1764538000.1\n# app\nusage_usec 9000000\n1764538400.1\n# app\nusage_usec 12000000\n");
  refused(AT "wrk-2.txt," ROOM "/long.txt", "cover 400 s and the run 30 s: they were not taken at the same time");
}

static void not_steady(void) {
  write_file("wild.txt", "Running 30s test @ http://127.0.0.1:8080/page\n  2 threads and 8 connections\n"
                         "  Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     4.10ms    3.30ms  25.92ms   93.69%\n"
                         "    Req/Sec     1.00k   700.00     2.10k    51.00%\n  60000 requests in 30.00s, 43.31MB read\n");
  refused(ROOM "/wild.txt", "wild.txt:5:5: error: the load was not steady");
}

static void too_few(void) {
  write_file("few.txt", "Running 3s test @ http://127.0.0.1:8080/page\n  1 threads and 1 connections\n"
                        "    Latency     4.10ms    3.30ms  25.92ms   93.69%\n    Req/Sec     9.00     1.00     12.00    51.00%\n"
                        "  27 requests in 3.00s, 43.31MB read\n");
  refused(ROOM "/few.txt", "few.txt:5:3: error: only 27 requests: too few for a fit");
  refused(AT "cpu-2.txt", "no requests are known for these samples");
}

static const struct test_case cases[] = {{"utilization_law", utilization_law},
                                         {"written", written},
                                         {"torn_output", torn_output},
                                         {"counter_reset", counter_reset},
                                         {"clocks_disagree", clocks_disagree},
                                         {"not_steady", not_steady},
                                         {"too_few", too_few},
                                         {NULL, NULL}};
const struct test_suite suite_calibrate = {"calibrate", cases};
