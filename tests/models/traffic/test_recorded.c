/* Traces that carry demands: a recorded run is replayed request by request. */
#include "models/request/walk.h"
#include "models/traffic/trace.h"
#include "tests/model_fixture.h"

/* The trace's text, more of its source, other sources, the steps. */
static struct fixture replayed(const char *trace, const char *more, const char *others, const char *steps, bool refused) {
  char path[] = "/tmp/trace-test-XXXXXX";
  int file = mkstemp(path);
  if (file < 0 || write(file, trace, strlen(trace)) != (ssize_t)strlen(trace)) abort();
  close(file);
  struct text t = {.length = 0};
  put(&t,
      "{ 'aguanta': 1, 'name': 'recorded', 'traffic': { 't': { 'kind': 'trace', 'file': '%s', 'mix': { 'p': 1 }%s }%s }, "
      "'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'backlog': 'unlimited' }, 'b': { 'kind': "
      "'app', "
      "'backlog': 'unlimited' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', "
      "'window': "
      "'60s', 'replications': 1, 'windows': 1 } }",
      path, more, others, steps);
  struct fixture f = refused ? fixture_try(&t) : fixture_open(&t);
  unlink(path);
  return f;
}

#define STEP "{ 'cpu': { 'exponential': '7ms' }, 'recorded': 'demand_us' }"

/* One server, first come first served (Lindley 1952): the next one waits max(0, wait + service - gap), to the nanosecond. */
static void test_lindley(void) {
  enum { ROWS = 4000 };
  char *text = malloc(40 * ROWS + 40), *end = text + sprintf(text, "at_s,demand_us\n");
  struct stream s = stream_open(9);
  int64_t at = 0, wait = 0, before = 0, sum = 0, longest = 0;
  for (int i = 0; i < ROWS; i++) {
    int64_t gap = (int64_t)(10e6 * stream_exponential(&s)), work = (int64_t)(8e6 * stream_exponential(&s));
    at += gap;
    end += sprintf(end, "%lld.%09lld,%lld.%03lld\n", (long long)(at / 1000000000), (long long)(at % 1000000000),
                   (long long)(work / 1000), (long long)(work % 1000));
    wait = i && wait + before > gap ? wait + before - gap : 0;
    sum += wait + work, before = work;
    if (wait + work > longest) longest = wait + work;
  }
  struct fixture f = replayed(text, "", "", STEP, false);
  struct world *w = fixture_run(&f, 1, "lindley");
  const struct histogram *h = fixture_latency(w, 0);
  test_check(h->count == ROWS && fabs(histogram_mean(h) * ROWS - (double)sum) < 1, "%llu answers, %.3f ns in all, by Lindley %lld",
             (unsigned long long)h->count, histogram_mean(h) * ROWS, (long long)sum);
  test_check((int64_t)histogram_max(h) == longest, "the longest %lld, by Lindley %lld", (long long)histogram_max(h),
             (long long)longest);
  world_free(w);
  fixture_close(&f);
  free(text);
}

/* Two steps of 100 and 300 ms, and of 200 and 100 ms: on the loop at 0 and 50 ms, then at b. The loop until 0.1 and 0.3 s, b until 0.4 and
 * 0.5 s: 0.4 and 0.45 s. What they ask for in the mean is that of the rows: 0.15 and 0.2 s. */
static void test_columns(void) {
  struct fixture f = replayed("at_s,demand2_us,demand_us\n0,300000,100000\n0.05,100000,200000\n", "", "",
                              STEP ", { 'call': 'b', 'steps': [ { 'cpu': '1s', 'recorded': 'demand2_us' } ] }", false);
  struct world *w = fixture_run(&f, 1, "columns");
  test_check(fabs(fixture_mean_s(w, 0) - 0.425) < 1e-9, "mean %.9f s", fixture_mean_s(w, 0));
  double speed[3] = {1, 1, 1};
  struct demand_sums d = demand_sums_new(&f.scenario->model, speed, f.arena);
  program_demand(&f.scenario->model.programs[0], 1, &d);
  test_check(fabs(d.cpu_s[0] - 0.15) + fabs(d.cpu_s[1] - 0.2) < 1e-12, "asks for %g and %g s", d.cpu_s[0], d.cpu_s[1]);
  world_free(w);
  fixture_close(&f);
}

/* What is done in all, in seconds: a client that asks twice asks for the same; so does each of two copies, each round of a trace that is
 * repeated, and what is left after an answer. Another source's request, one at 30 s, draws its 2 s. */
static void test_who_else(void) {
  static const struct {
    const char *name, *more, *others, *steps;
    double done_s;
  } rows[] = {
      {"as it is", "", "", STEP, 1.5},
      {"a retry", ", 'timeout': '100ms', 'retry': { 'attempts': 2, 'backoff': '5s' }", "", STEP, 3},
      {"a copy", ", 'scale': 2", "", STEP, 3},
      {"rounds", ", 'repeat': '20s'", "", STEP, 4.5},
      {"after an answer", "", "", "{ 'answer': true }, " STEP, 1.5},
      {"in a branch", "", "", "{ 'parallel': [ { 'steps': [ " STEP " ] } ] }", 1.5},
      {"another source", "", ", 'u': { 'kind': 'closed', 'population': 1, 'think': '30s', 'mix': { 'p': 1 } }",
       "{ 'cpu': '2s', 'recorded': 'demand_us' }", 3.5},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = replayed("at_s,demand_us\n1,1000000\n2.5,500000\n", rows[i].more, rows[i].others, rows[i].steps, false);
    struct world *w = fixture_run(&f, 1, rows[i].name);
    double done_s = (double)w->containers[0].done_ns * 1e-9;
    test_check(fabs(done_s - rows[i].done_s) < 1e-9, "%s: %.9f s were done, by hand %g", rows[i].name, done_s, rows[i].done_s);
    world_free(w);
    fixture_close(&f);
  }
}

static void test_refused(void) {
  static const struct {
    const char *trace, *text;
  } rows[] = {{"at_s\n1\n2\n", "no trace has a column \"demand_us\""},
              {"at_s,demand2_us\n1,3\n2,4\n", "no trace has a column \"demand_us\""},
              {"at_s,demand_us\n1,3\n2,-4\n", ":3:"},
              {"at_s,demand_us\n1,3\n2,4\n3,x\n", ":4:"},
              {"at_s,demand_us\n1,3\n2,\n", ":3:"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = replayed(rows[i].trace, "", "", STEP, true);
    test_check(f.refused && strstr(f.refused, rows[i].text), "%s: %s", rows[i].trace, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"lindley", test_lindley}, {"columns", test_columns}, {"who else", test_who_else}, {"refused", test_refused}, {NULL, NULL}};
const struct test_suite suite_recorded = {"recorded", cases};
