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

/* --- what each tool writes --------------------------------------------------------------------------------------------------------- */

/* 12,000 requests and 6.3 s of CPU are 0.525 ms each, whoever counts the requests; the clock of the process counts 630 ticks. */
static void load_tools(void) {
  static const char *const froms[][3] = {
      {AT "k6-export.json," AT "cpu-30.txt", "app=app"}, {AT "k6-summary.json," AT "cpu-30.txt", "app=app"},
      {AT "vegeta.json," AT "cpu-30.txt", "app=app"},    {AT "oha.json," AT "cpu-30.txt", "app=app"},
      {AT "oha.json," AT "stat-30.txt", "node=app"},     {"vegeta:" AT "vegeta.json,cgroup:" AT "cpu-30.txt", "app=app"}};
  for (size_t i = 0; i < sizeof froms / sizeof *froms; i++) {
    struct child c =
        AGUANTA("calibrate", AT "app.json", "--from", froms[i][0], "--map", froms[i][1], "--export", "-", "--format", "json");
    double d = json_of(c.out, "endpoints.page.steps.0.cpu", "value");
    test_check(c.status == 0 && about(d, 0.000525, 1e-3), "%s: status %d, %g: %s", froms[i][0], c.status, d, c.err);
    child_free(&c);
  }
}

/* Windows of 15 s with 3,000, 6,000 and 9,000 requests, twice: 0.5 ms each, and 0.15 s a window is 1% of a core. Two series of
 * status codes are one endpoint. */
static void prometheus(void) {
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", AT "prometheus-cpu.json," AT "prometheus-requests.json",
                           "--export", "-", "--format", "json");
  double d = json_of(c.out, "endpoints.page.steps.0.cpu", "value");
  test_check(c.status == 0 && about(d, 0.0005, 1e-3), "status %d, %g: %s", c.status, d, c.err);
  test_check(strstr(c.out, "\"windows\": 6,\n  \"loads\": 3,") != NULL, "%s", c.out);
  child_free(&c);
}

/* 1,000 requests in 30 s took 5 s in all: 5 ms. 400 took at most 4 ms and 900 at most 8 ms: the median is 4 + 4 x 100 / 500 = 4.8 ms.
 * The histogram's own count is not added to the requests. */
static void histogram(void) {
  write_file("buckets.json",
             "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\", \"result\": ["
             "{\"metric\": {\"__name__\": \"process_cpu_seconds_total\", \"job\": \"app\"}, \"values\": [[0, \"1\"], [30, \"2\"], "
             "[60, \"3\"]]},"
             "{\"metric\": {\"__name__\": \"http_requests_total\"}, \"values\": [[0, \"0\"], [30, \"1000\"], [60, \"2000\"]]},"
             "{\"metric\": {\"__name__\": \"t_seconds_count\"}, \"values\": [[0, \"0\"], [30, \"1000\"], [60, \"2000\"]]},"
             "{\"metric\": {\"__name__\": \"t_seconds_sum\"}, \"values\": [[0, \"0\"], [30, \"5\"], [60, \"10\"]]},"
             "{\"metric\": {\"__name__\": \"t_seconds_bucket\", \"le\": \"0.004\"}, \"values\": [[0, \"0\"], [30, \"400\"], [60, "
             "\"800\"]]},"
             "{\"metric\": {\"__name__\": \"t_seconds_bucket\", \"le\": \"0.008\"}, \"values\": [[0, \"0\"], [30, \"900\"], [60, "
             "\"1800\"]]},"
             "{\"metric\": {\"__name__\": \"t_seconds_bucket\", \"le\": \"+Inf\"}, \"values\": [[0, \"0\"], [30, \"1000\"], [60, "
             "\"2000\"]]}]}}");
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", ROOM "/buckets.json", "--export", "-", "--format", "json");
  test_check(c.status == 0 && strstr(c.out, "\"requests\": 2000,"), "status %d: %s%s", c.status, c.err, c.out);
  test_check(strstr(c.out, "\"measure\": \"mean latency\", \"unit\": \"s\", \"measured\": 0.005,") != NULL, "%s", c.out);
  test_check(strstr(c.out, "\"measure\": \"p50 latency\", \"unit\": \"s\", \"measured\": 0.0048") != NULL, "%s", c.out);
  child_free(&c);
}

/* 1,000 calls at 0.06 ms, then 11,000 that took 560 ms: 10,000 calls took 500 ms, 0.05 ms each. COMMIT was not called meanwhile. */
static void statements(void) {
  struct child c = AGUANTA("calibrate", AT "read.json", "--from", AT "statements.csv," AT "statements-after.csv", "--export", "-",
                           "--format", "json");
  double d = json_of(c.out, "endpoints.read.steps.1.demand", "value");
  test_check(c.status == 0 && about(d, 0.00005, 1e-3), "status %d, %g: %s", c.status, d, c.err);
  test_check(strstr(c.out, "two moments do not make a law") != NULL, "%s", c.out);
  child_free(&c);
}

/* The log is of lognormal times, mean 8 ms and cv 1.2: 2,000 of them in whole milliseconds. */
static void law_of_log(void) {
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", AT "nginx.log", "--export", "-", "--format", "json");
  double d = json_of(c.out, "endpoints.page.steps.0.cpu", "value");
  test_check(c.status == 0 && about(d, 0.008, 0.06), "status %d, %g: %s", c.status, d, c.err);
  test_check(strstr(c.out, "\"law\": \"lognormal\"") && strstr(c.out, "law: lognormal"), "%s", c.out);
  test_check(!strstr(c.out, "the demands at app"), "the demand is measured, by its times: %s", c.out);
  child_free(&c);
  static const char *const others[] = {AT "apache.log", AT "json.log"};
  for (int i = 0; i < 2; i++) {
    c = AGUANTA("calibrate", AT "app.json", "--from", others[i], "--export", "-", "--format", "json");
    d = json_of(c.out, "endpoints.page.steps.0.cpu", "value");
    test_check(c.status == 0 && about(d, 0.008, 0.15), "%s: status %d, %g: %s", others[i], c.status, d, c.err);
    child_free(&c);
  }
}

/* 40 users get 238/s and 20 get 237, while a request that does not wait takes 42.1 ms: 238 x 0.0421 = 10.02 connections. */
static void pool(void) {
  write_file("pool.json",
             "{\"config\": \"pool\", \"parameters\": {\"path\": \"/read\", \"measure_s\": 30}, \"points\": [{\"reps\": [{"
             "\"window_s\": 30, \"achieved_rate\": 24, \"n\": 720, \"latency_ms\": {\"mean\": 42.1}, \"core1_busy\": 0.02}]}],"
             "\"closed_curve\": [{\"users\": 20, \"throughput\": 237, \"latency_ms\": {\"mean\": 84}, \"core1_busy\": 0.1},"
             "{\"users\": 40, \"throughput\": 238, \"latency_ms\": {\"mean\": 168}, \"core1_busy\": 0.1}]}");
  struct child c = AGUANTA("calibrate", AT "read.json", "--from", ROOM "/pool.json", "--export", "-", "--format", "json");
  double k = json_of(c.out, "services.app.pools.database.max", "value");
  test_check(c.status == 0 && k == 10, "status %d, a pool of %g: %s%s", c.status, k, c.err, c.out);
  child_free(&c);
}

/* --- what is not identified ---------------------------------------------------------------------------------------------------------- */

static void says(const char *scenario, const char *from, const char *words) {
  struct child c = AGUANTA("calibrate", scenario, "--from", from, "--export", "-", "--format", "json");
  test_check(c.status == 0, "%s: status %d: %s", from, c.status, c.err);
  test_check(strstr(c.out, words) != NULL, "%s must say \"%s\": %s", from, words, c.out);
  child_free(&c);
}

/* Only the machine's CPU, which two services share; two endpoints that are always asked 2 to 1; one load; sums only. */
static void not_identified(void) {
  write_file("host.csv", "at_s,service,cpu_s\n1764538000.1,host,100.00\n1764538030.2,host,106.30\n");
  says(AT "read.json", AT "vegeta.json," ROOM "/host.csv", "only the CPU of the whole machine was measured");
  write_file("two.json", "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\", \"result\": ["
                         "{\"metric\": {\"__name__\": \"process_cpu_seconds_total\", \"job\": \"app\"},"
                         " \"values\": [[0, \"1\"], [30, \"4.1\"], [60, \"10.1\"], [90, \"13.2\"]]},"
                         "{\"metric\": {\"__name__\": \"http_requests_total\", \"handler\": \"/a\"},"
                         " \"values\": [[0, \"0\"], [30, \"2000\"], [60, \"6000\"], [90, \"8000\"]]},"
                         "{\"metric\": {\"__name__\": \"http_requests_total\", \"handler\": \"/b\"},"
                         " \"values\": [[0, \"0\"], [30, \"1000\"], [60, \"3000\"], [90, \"4000\"]]}]}}");
  says(AT "two.json", ROOM "/two.json", "it was always asked in the same proportion to b");
  says(AT "app.json", AT "vegeta.json," AT "cpu-30.txt", "one load only: how the demand falls with load takes a second one");
  says(AT "app.json", AT "vegeta.json," AT "cpu-30.txt", "only sums and percentiles were measured, which give means");
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

/* 6.3 s as nanoseconds: 2.1e8 cores. The same time twice. 63 s in 30 s are 2.09 cores of one: the demand holds, and it is said. A folder
 * that is not there. */
static void impossible(void) {
  write_file("ns.csv", "at_s,service,cpu_s\n1764538000.1,app,0\n1764538030.1,app,6300000000\n");
  refused(AT "vegeta.json," ROOM "/ns.csv", "ns.csv:3:1: error: \"app\" used 2.1e+08 cores since the sample above it");
  write_file("twice.csv", "at_s,service,cpu_s\n1764538000.1,app,0\n1764538000.1,app,1\n");
  refused(AT "vegeta.json," ROOM "/twice.csv", "twice.csv:3:1: error: its time is that of the sample above it");
  write_file("more.csv", "at_s,service,cpu_s\n1764538000.1,app,0\n1764538030.1,app,63\n");
  says(AT "app.json", AT "vegeta.json," ROOM "/more.csv", "app used 2.1 cores, and its nodes (");
  struct child c = AGUANTA("calibrate", AT "app.json", "--from", AT "wrk-2.txt," AT "cpu-2.txt", "-o", ROOM "/not/there.json");
  test_check(c.status == 2 && strstr(c.err, "cannot write " ROOM "/not/there.json"), "status %d: %s", c.status, c.err);
  child_free(&c);
}

/* The 257th service, and 5,000. */
static void many_names(void) {
  for (int names = 257; names < 6000; names += 4743) {
    char *text = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&text, &length);
    fputs("at_s,service,cpu_s\n", f);
    for (int i = 0; i < names; i++) fprintf(f, "1764538000.1,s%d,0\n1764538030.1,s%d,1\n", i, i);
    fclose(f);
    write_file("many.csv", text);
    free(text);
    refused(AT "vegeta.json," ROOM "/many.csv", "many.csv:514:1: error: has more than 256 names: keep the lines");
  }
}

static void too_few(void) {
  write_file("few.txt", "Running 3s test @ http://127.0.0.1:8080/page\n  1 threads and 1 connections\n"
                        "    Latency     4.10ms    3.30ms  25.92ms   93.69%\n    Req/Sec     9.00     1.00     12.00    51.00%\n"
                        "  27 requests in 3.00s, 43.31MB read\n");
  refused(ROOM "/few.txt", "few.txt:5:3: error: only 27 requests: too few for a fit");
  refused(AT "cpu-2.txt", "no requests are known for these samples");
}

#define LINE(time, rest) "203.0.113.9 - - [30/Nov/2025:" time "] \"GET /page HTTP/1.1\" 200 2326" rest "\n"

static void bad_logs(void) {
  write_file("torn.log", LINE("21:00:00 +0000", " 1200") LINE("21:00:01 +0000", " 1200") "203.0.113.9 - - [30/Nov/2025:21:0");
  refused(ROOM "/torn.log", "torn.log:3:1: error: line 3: has no time such as");
  write_file("column.log", LINE("21:00:00 +0000", " 1200") LINE("21:00:01 +0000", "") LINE("21:00:02 +0000", " 1300"));
  refused(ROOM "/column.log", "column.log:2:1: error: line 2: has no time that it took at its end, and the first line has one");
  write_file("backwards.log", LINE("21:00:30 +0000", " 1200") LINE("21:00:10 +0000", " 1200"));
  refused(ROOM "/backwards.log", "backwards.log:2:1: error: line 2: its time is 20 s before that of the line above: two clocks");
  write_file("short.log", LINE("21:00:00 +0000", " 1200") LINE("21:00:01 +0000", " 1200"));
  refused(ROOM "/short.log", "short.log:1:1: error: has only 2 requests: too few for a fit");
  write_file("torn-json.log", "{\"time\": 1764538000, \"uri\": \"/page\", \"status\": 200, \"request_time\": 0.1}\n"
                              "{\"time\": 1764538001, \"uri\": \"/page\", \"status\": 200, \"requ\n");
  refused(ROOM "/torn-json.log", "torn-json.log:2:1: error: line 2: its object is not closed: the line is torn");
}

/* 100 requests in the first half minute and 300 in the second. */
static void unsteady_log(void) {
  char *text = NULL;
  size_t length = 0;
  FILE *f = open_memstream(&text, &length);
  for (int i = 0; i < 100; i++) fprintf(f, LINE("21:00:%02d +0000", " 1200"), i * 3 / 10);
  for (int i = 0; i < 300; i++) fprintf(f, LINE("21:00:%02d +0000", " 1200"), 30 + i / 10);
  fclose(f);
  write_file("unsteady.log", text);
  free(text);
  refused(ROOM "/unsteady.log", "unsteady.log:1:1: error: the load was not steady");
}

/* The log is of 21:26 UTC, the clocks of two hours later. */
static void time_zones(void) {
  write_file("zone.csv", "at_s,service,cpu_s\n1764545200.0,app,100.00\n1764545320.0,app,106.30\n");
  refused(AT "nginx.log," ROOM "/zone.csv", "-2 hours apart: their time zones disagree");
}

static void bad_tables(void) {
  write_file("missing.csv", "queryid,query,mean_exec_time,stddev_exec_time\n1,a,2,3\n");
  refused("statements:" ROOM "/missing.csv", "missing.csv:1:1: error: the column \"calls\" is missing");
  write_file("torn.csv", "queryid,query,calls,total_exec_time,mean_exec_time,stddev_exec_time\n1,a,2,3\n");
  refused(ROOM "/torn.csv", "torn.csv:2:1: error: this row is torn: it has 4 cells of 6");
  refused(AT "statements-after.csv," AT "statements.csv",
          "statements.csv:2:1: error: the calls of this statement fell from 11000 to 1000");
  write_file("cell.csv", "at_s,service,cpu_s\n1764545200.0,app,100.00\n1764545320.0,app\n");
  refused(AT "vegeta.json," ROOM "/cell.csv",
          "cell.csv:3:1: error: must be a time, a name and a number: a cell is missing or torn");
  write_file("half.json", "{\"latencies\": {\"mean\": 12");
  refused(ROOM "/half.json", "half.json:1:");
  write_file("ramp.json", "{\"metrics\": {\"http_reqs\": {\"count\": 1000, \"rate\": 10}, \"http_req_duration\": {\"avg\": 5},"
                          " \"vus\": {\"value\": 1, \"min\": 1, \"max\": 50}}}");
  refused(ROOM "/ramp.json", "ramp.json:1:96: error: the load was not steady: between 1 and 50 users");
  write_file("fell.json",
             "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\", \"result\": [{\"metric\": {\"__name__\": "
             "\"process_cpu_seconds_total\", \"job\": \"app\"}, \"values\": [[0, \"9\"], [15, \"1\"]]}]}}");
  refused(ROOM "/fell.json", "the counter process_cpu_seconds_total of \"app\" fell from 9 to 1: it was reset");
  write_file("failed.json", "{\"latencies\": {\"mean\": 1000}, \"requests\": 1000, \"duration\": 1000000000, \"success\": 0.8}");
  refused(ROOM "/failed.json", "20% of the requests failed");
  refused(AT "vegeta.json," AT "oha.json", "a second load generator next to " AT "vegeta.json");
  refused(AT "vegeta.json," AT "stat-30.txt", "none of the CPU clocks has the name of a service, such as \"node\"");
}

static const struct test_case cases[] = {{"utilization_law", utilization_law},
                                         {"written", written},
                                         {"load_tools", load_tools},
                                         {"prometheus", prometheus},
                                         {"histogram", histogram},
                                         {"statements", statements},
                                         {"law_of_log", law_of_log},
                                         {"pool", pool},
                                         {"not_identified", not_identified},
                                         {"bad_logs", bad_logs},
                                         {"unsteady_log", unsteady_log},
                                         {"time_zones", time_zones},
                                         {"bad_tables", bad_tables},
                                         {"torn_output", torn_output},
                                         {"counter_reset", counter_reset},
                                         {"clocks_disagree", clocks_disagree},
                                         {"not_steady", not_steady},
                                         {"too_few", too_few},
                                         {"impossible", impossible},
                                         {"many_names", many_names},
                                         {NULL, NULL}};
const struct test_suite suite_calibrate = {"calibrate", cases};
