/* What is full first: the load at which each resource is, by hand. */
#include "sim/report/text/text.h"
#include "sim/measure/resource.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

/* The resource of this name; null when there is none. */
static const struct resource *find(const struct fixture *f, const char *name) {
  struct resource *all;
  uint32_t count = resources_of(&f->scenario->model, f->arena, &all);
  for (uint32_t i = 0; i < count; i++)
    if (!strcmp(all[i].name, name)) return &all[i];
  for (uint32_t i = 0; i < count; i++) printf("    there is \"%s\"\n", all[i].name);
  return NULL;
}

static void check_full(const struct fixture *f, const char *name, double per_s) {
  const struct resource *r = find(f, name);
  test_check(r && fabs(resource_saturates_at(r) / per_s - 1) < 1e-9, "%s is full at %.9g, by hand %.9g", name,
             r ? resource_saturates_at(r) : NAN, per_s);
}

/* --- autoscaled services ------------------------------------------------------------------------------------------------------ */

/* Twelve threads a pod, each held for 400 ms and `cpu_ms` of computing. */
static struct fixture scaled_open(double rate, double cpu_ms, int start, int target_pct, int nodes) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'scaled', 'traffic': { 'users': { 'kind': 'open', 'rate': '%g/s', 'timeout': '10s', 'mix': { "
      "'page': 1 } } }, 'endpoints': { 'page': { 'entry': 'web', 'steps': [ { 'cpu': '%gms' }, { 'delay': '400ms' } ] } }, "
      "'services': { 'web': { 'kind': 'app', 'runtime': 'threads', 'threads': 12, 'replicas': %d, 'resources': { 'requests': { "
      "'cpu': '500m', 'memory': '128Mi' }, 'limits': { 'cpu': 1, 'memory': '128Mi' } }, 'autoscale': { 'min': 2, 'max': 6, "
      "'cpu': '%d%%' } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'worker': { 'count': %d, 'cpu': 4, 'memory': '8Gi' "
      "} } }, 'run': { 'warmup': '10m', 'window': '10m', 'replications': 1 } }",
      rate, cpu_ms, start, target_pct, nodes);
}

/* One pod carries 12 / 405.5 ms = 29.59/s and then uses 163 mCPU, 32% of its request. */
static void test_autoscaled(void) {
  const double pod = 12 / 0.4055;
  static const struct {
    const char *title, *name;
    int start, target_pct, replicas;
  } rows[] = {{"full long before the target", "web threads x 2 of 6", 2, 50, 2},
              {"comes down from six", "web threads x 2 of 6", 6, 50, 2},
              {"starts above its maximum", "web threads x 6 at most", 8, 20, 6},
              {"32/30 is within the tolerance", "web threads x 2 of 6", 2, 30, 2},
              {"32/29 is not: one more each time", "web threads x 6 at most", 2, 29, 6},
              {"far above the target", "web threads x 6 at most", 2, 20, 6},
              {"just above two pods' load 21/30 of three is three again", "web threads x 3 of 6", 3, 30, 3},
              {"21/50 of three is two", "web threads x 2 of 6", 3, 50, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = scaled_open(55, 5.5, rows[i].start, rows[i].target_pct, 5);
    const struct resource *r = find(&f, rows[i].name);
    test_check(r != NULL, "%s: no %s", rows[i].title, rows[i].name);
    check_full(&f, rows[i].name, rows[i].replicas * pod);
    test_check(r && (rows[i].replicas == 6) == (r->remark == NULL), "%s: %s", rows[i].title,
               r && r->remark ? r->remark : "no remark");
    fixture_close(&f);
  }
}

/* A load that varies comes from below: the size is the smallest, whatever the service starts with. */
static void test_autoscaled_from_below(void) {
  struct fixture f = scaled_open(55, 5.5, 3, 30, 5);
  f.scenario->model.run.stationary = false;
  check_full(&f, "web threads x 2 of 6", 2 * 12 / 0.4055);
  fixture_close(&f);
}

/* The CPU limit is full first, at twice the request: it scales to the most, or to the three that find room in 2 cores less 500m. */
static void test_autoscaled_cpu(void) {
  struct fixture f = scaled_open(55, 100, 2, 80, 5);
  check_full(&f, "web CPU limit x 6 at most", 6 * 1 / 0.1);
  fixture_close(&f);
  f = fixture_of(
      "{ 'aguanta': 1, 'name': 'room', 'traffic': { 'w': { 'kind': 'open', 'rate': '5/s', 'mix': { 'q': 1 } } }, 'endpoints': { "
      "'q': "
      "{ 'entry': 'web', 'steps': [ { 'cpu': '10ms' }, { 'delay': '90ms' }, { 'cpu': '30ms' } ] } }, 'services': { 'web': { "
      "'kind': 'app', "
      "'runtime': 'threads', 'threads': 2, 'resources': { 'requests': { 'cpu': '500m' } }, 'autoscale': { 'max': 6, 'cpu': '40%%' "
      "} }, "
      "'other': { 'kind': 'app', 'resources': { 'requests': { 'cpu': '500m' } } } }, 'platform': { 'kind': 'kubernetes', "
      "'nodes': { 'n': { 'cpu': 2 } } } }");
  check_full(&f, "web threads x 3 of 6", 3 * 2 / 0.130);
  const struct resource *r = find(&f, "web threads x 3 of 6");
  test_check(r && r->remark && strstr(r->remark, "room for 3 replicas"), "%s", r && r->remark ? r->remark : "no remark");
  fixture_close(&f);
}

/* The simulation agrees: it holds a little below, not a little above, with the replicas that the table names. */
static void test_autoscaled_runs(void) {
  static const double loads[] = {0.92, 1.08};
  for (int i = 0; i < 2; i++) {
    struct fixture f = scaled_open(loads[i] * 2 * 12 / 0.4055, 5.5, 2, 50, 5);
    const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1, .replications = 1});
    double errors = results_metric(r, "page", "error_rate", NULL)->estimate.value,
           replicas = results_metric(r, "web.replicas", "mean", NULL)->estimate.value;
    test_check(i ? errors > 0.02 : errors < 0.001, "%g of the load: %g errors", loads[i], errors);
    test_check(replicas == 2, "%g replicas", replicas);
    fixture_close(&f);
  }
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

static const struct saturation *row_of(const struct results *r, const char *name) {
  for (uint32_t i = 0; i < r->saturation_count; i++)
    if (!strcmp(r->saturation[i].resource, name)) return &r->saturation[i];
  return NULL;
}

/* A row is locked for 6 ms of each request, and whoever waits for it holds one of 8 connections: full at 1 / 6 ms. */
static struct fixture locked_open(double rate) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'row', 'traffic': { 'w': { 'kind': 'open', 'rate': '%g/s', 'timeout': '5s', 'mix': { 'q': 1 } } }, "
      "'endpoints': { 'q': { 'entry': 'app', 'steps': [ { 'cpu': '1ms' }, { 'transaction': 'db', 'steps': [ { 'query': 'db', "
      "'writes': 1, 'demand': '1ms', 'locks': { 'row': 'counter' } }, { 'query': 'db', 'reads': 1, 'demand': '5ms' } ] } ] } }, "
      "'services': { 'app': { 'kind': 'app', 'runtime': 'threads', 'threads': 64, 'pools': { 'db': { 'max': 8 } } }, 'db': { "
      "'kind': 'database', 'threads': 50 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 16 } } }, "
      "'run': { 'warmup': '10s', 'window': '1m', 'replications': 4 } }",
      rate);
}

/* Busy by the utilization law below; full above, where connections and threads are full of what waits for it. */
static void test_locked_row(void) {
  struct fixture f = locked_open(100);
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1, .replications = 4});
  const struct saturation *row = row_of(r, "db row counter");
  test_check(row && fabs(row->saturates_at_per_s - 1 / 0.006) < 1e-9 && fabs(row->utilization.value - 0.6) < 0.02 &&
                 row == r->saturation,
             "full at %g, %g busy", row ? row->saturates_at_per_s : NAN, row ? row->utilization.value : NAN);
  fixture_close(&f);
  f = locked_open(220);
  r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1, .replications = 4});
  row = row_of(r, "db row counter");
  const struct saturation *pool = row_of(r, "app connections");
  test_check(row && row->saturated && !row->blocked && row->utilization.value > 0.999, "the row: %g",
             row ? row->utilization.value : NAN);
  test_check(pool && !pool->saturated && pool->blocked && pool->utilization.value > 0.99, "the pool: %g",
             pool ? pool->utilization.value : NAN);
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  report_text(file, r, &(struct report_options){.width = 120});
  fclose(file);
  test_check(strstr(text, "full of what waits\n") && strstr(text, "full now\n"), "%s", text);
  free(text);
  fixture_close(&f);
}

/* --- background work ---------------------------------------------------------------------------------------------------------- */

/* Each request publishes a job of 50 ms to a worker with four slots: 80 jobs a second; the app is full at 1,000/s. */
static struct fixture jobs_open(double rate, const char *wait, const char *schedule) {
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'jobs', 'traffic': { 'w': { 'kind': 'open', 'rate': '%g/s', 'timeout': '5s', 'mix': { 'q': 1 } } }, "
      "'endpoints': { 'q': { 'entry': 'app', 'steps': [ { 'cpu': '1ms' }, { 'publish': 'mails'%s } ] } }, 'queues': { 'mails': { "
      "'at': 'broker', 'workers': 'worker', 'concurrency': 4, %s'steps': [ { 'cpu': '1ms' }, { 'delay': '49ms' } ] } }, "
      "'services': "
      "{ 'broker': { 'kind': 'queue' }, 'app': { 'kind': 'app' }, 'worker': { 'kind': 'app', 'threads': 4, 'runtime': 'threads', "
      "'place': 'back' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 2 }, 'back': { 'cpu': 2 } } }, 'run': { "
      "'warmup': '10s', 'window': '30s', 'replications': 2 } }",
      rate, wait, schedule);
}

static void test_background(void) {
  static const struct {
    const char *title, *wait, *schedule;
    bool background;
  } rows[] = {{"nothing waits", "", "", true},
              {"requests wait", ", 'wait': true", "", false},
              {"the clock publishes", "", "'schedule': [ { 'every': '1s' } ], ", true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = jobs_open(50, rows[i].wait, rows[i].schedule);
    const struct resource *slots = find(&f, "worker job slots"), *loop = find(&f, "app event loop");
    test_check(slots && (slots->grows != NULL) == rows[i].background, "%s: %s", rows[i].title,
               slots && slots->grows ? slots->grows : "-");
    test_check(loop && !loop->grows, "%s: requests wait for the app", rows[i].title);
    fixture_close(&f);
  }
}

/* Above 80/s jobs grow, and the app is still the bottleneck of the requests. */
static void test_jobs_grow(void) {
  struct fixture f = jobs_open(120, "", "");
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 1, .replications = 2});
  char *text = NULL;
  size_t length;
  FILE *file = open_memstream(&text, &length);
  report_text(file, r, &(struct report_options){.width = 120});
  fclose(file);
  const char *slots = strstr(text, "  worker threads"), *loop = strstr(text, "  app event loop");
  test_check(slots && strstr(slots, "full now: jobs grow\n"), "%s", text);
  test_check(loop && strstr(loop, "the bottleneck\n") && !strstr(text, "full now\n"), "%s", text);
  free(text);
  fixture_close(&f);
}

/* The axis from 20/s to 200/s: what is full within it, and why the rest is not; the worker is never what a claim is blamed on. */
static void test_capacity_reasons(void) {
  struct fixture f = jobs_open(50, "", "");
  const struct scenario *one = f.scenario;
  struct resource *all;
  uint32_t count = resources_of(&one->model, f.arena, &all), background = 0;
  for (uint32_t i = 0; i < count; i++) background += all[i].grows != NULL;
  test_check(background == 3, "%u of %u: the worker's threads, its slots, its node", background, count);
  fixture_close(&f);
  char *path = child_path("jobs.json");
  FILE *file = fopen(path, "w");
  fputs("{ \"aguanta\": 1, \"name\": \"jobs\", \"traffic\": { \"w\": { \"kind\": \"open\", \"rate\": \"100/s\", \"mix\": { \"q\": "
        "1 } } }, \"endpoints\": { "
        "\"q\": { \"entry\": \"app\", \"steps\": [ { \"cpu\": \"1ms\" }, { \"publish\": \"mails\" } ] } }, \"queues\": { "
        "\"mails\": { \"at\": \"broker\", "
        "\"workers\": \"worker\", \"concurrency\": 4, \"steps\": [ { \"delay\": \"50ms\" } ] } }, \"services\": { \"broker\": { "
        "\"kind\": \"queue\" }, \"app\": { "
        "\"kind\": \"app\" }, \"worker\": { \"kind\": \"app\" } }, \"platform\": { \"kind\": \"static\", \"nodes\": { \"n\": { "
        "\"cpu\": 4 } } }, \"run\": { "
        "\"warmup\": \"0s\", \"window\": \"10s\", \"replications\": 2 }, \"claims\": [ \"p50(q.latency) < 10ms\" ] }",
        file);
  fclose(file);
  struct child c = AGUANTA("capacity", path, "--vary", "traffic.w.rate=20/s..200/s");
  test_check(strstr(c.out, "97/s  jobs grow beyond it, no request waits for it\n") && strstr(c.out, "-  not full up to 200/s\n"),
             "%s%s", c.out, c.err);
  child_free(&c);
  free(path);
}

static const struct test_case cases[] = {{"reasons of a capacity", test_capacity_reasons},
                                         {"a locked row", test_locked_row},
                                         {"background work", test_background},
                                         {"jobs grow", test_jobs_grow},
                                         {"autoscaled", test_autoscaled},
                                         {"autoscaled, from below", test_autoscaled_from_below},
                                         {"autoscaled by its CPU", test_autoscaled_cpu},
                                         {"autoscaled, simulated", test_autoscaled_runs},
                                         {NULL, NULL}};
const struct test_suite suite_saturation = {"saturation", cases};
