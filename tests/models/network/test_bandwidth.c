/* Bandwidth beside arithmetic: rows of the saturation table, queues for a line, what is paid for by the way that it takes. */
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <math.h>

struct answer {
  struct child child;
  struct arena *arena;
  const struct json_value *root;
};

static struct answer answer_from(struct child child) {
  struct answer a = {.child = child, .arena = arena_new()};
  a.root = json_read_text(a.arena, diagnostics_new(a.arena), "the answer", child.out, child.out_length);
  test_check(a.root != NULL, "%d %s", child.status, child.err);
  return a;
}
#define ANSWER(...) answer_from(AGUANTA("run", __VA_ARGS__, "--seed", "1", "--export", "-", "--format", "json"))

static void answer_free(struct answer *a) { arena_free(a->arena), child_free(&a->child); }

static double number(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return v && json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

/* The first entry of a list whose member has this text. */
static const struct json_value *entry(const struct answer *a, const char *list, const char *member, const char *text) {
  const struct json_value *all = json_resolve_path(a->root, list);
  for (const struct json_value *v = json_first(all); v; v = json_next(v))
    if (json_text(json_member(v, member)) && !strcmp(json_text(json_member(v, member)), text)) return v;
  return NULL;
}

static double metric(const struct answer *a, const char *name, const char *agg) {
  for (const struct json_value *v = json_first(json_member(a->root, "metrics")); v; v = json_next(v))
    if (!strcmp(json_text(json_member(v, "metric")), name) && !strcmp(json_text(json_member(v, "agg")), agg))
      return number(v, "value");
  return NAN;
}

static void about(const char *what, double is, double wanted, double relative) {
  test_check(fabs(is / wanted - 1) <= relative, "%s: %.6g instead of %.6g", what, is, wanted);
}

/* C: 2.5 MB x 8 x 85% are 17 Mbit a request: at 500/s 8.5 Gbit/s. A line of 250 Mbit/s is full at 250 / 17 = 14.706 requests a second, and
 * 68% busy at 10. An image takes 80 ms. */
static void test_images(void) {
  struct answer a = ANSWER("tests/cli/money/images.json");
  const struct json_value *row = entry(&a, "saturation", "resource", "server network out");
  about("full at", number(row, "saturates_at_per_s"), 250. / 17, 1e-9);
  about("busy", number(json_member(row, "utilization"), "value"), 0.68, 0.02);
  about("bytes a second", metric(&a, "server.sent", "rate"), 10 * 0.85 * 2.5e6, 0.02);
  test_check(a.child.status == 99, "500/s: %d", a.child.status);
  answer_free(&a);
}

/* Counted without a limit: no row, no wait. */
static void test_unlimited(void) {
  struct answer a = ANSWER("tests/cli/money/images.json", "--set", "platform.nodes.server.bandwidth=unlimited", "--set",
                           "claims=[{\"show\":\"rate(server.sent)\"}]", "--reps", "2");
  about("bytes a second", metric(&a, "server.sent", "rate"), 10 * 0.85 * 2.5e6, 0.04);
  test_check(!entry(&a, "saturation", "resource", "server network out"), "a row");
  about("latency", metric(&a, "image.latency", "mean"), 0.0001, 0.01);
  answer_free(&a);
}

/* M/D/1: images alone at 10/s are 80% of the line: S + rho S / (2 (1 - rho)) = 80 + 160 ms; with the 0.1 ms of CPU 240.1. */
static void test_queue(void) {
  struct answer a = ANSWER("tests/cli/money/images.json", "--set", "traffic.people.mix.page=0", "--set", "run.window=30m");
  about("latency", metric(&a, "image.latency", "mean"), 0.2401, 0.05);
  answer_free(&a);
}

/* At 20/s more is asked for than the line carries: nothing settles, and no requirement on latencies holds. */
static void test_overload(void) {
  struct answer a = ANSWER("tests/cli/money/images.json", "--set", "traffic.people.rate=20/s", "--set",
                           "claims=[\"p50(image.latency) < 1h\"]", "--reps", "3");
  test_check(a.child.status == 99 && strstr(a.child.out, "server.line_ms"), "%d %s", a.child.status, a.child.out);
  answer_free(&a);
}

/* A balancer that is rented for 100 Mbit/s is full before the machine: 100 / 17 = 5.882/s. */
static void test_balancer(void) {
  struct answer a = ANSWER("tests/cli/money/images.json", "--set", "services.web.bandwidth=100Mbit/s", "--set",
                           "traffic.people.rate=4/s", "--reps", "2");
  about("full at", number(entry(&a, "saturation", "resource", "web network out"), "saturates_at_per_s"), 100. / 17, 1e-9);
  about("busy", number(json_member(entry(&a, "saturation", "resource", "web network out"), "utilization"), "value"), 0.68, 0.05);
  answer_free(&a);
}

/* 5/s x (10 + 990) kB between zones are 5 MB/s: 13,140 GB of a month at 0.05; 5/s x 100 kB between regions 1,314 GB. */
static void test_ways(void) {
  struct answer a = ANSWER("tests/cli/money/zones.json");
  about("between zones", number(entry(&a, "bill.lines", "item", "between zones"), "monthly"), 657, 0.05);
  about("between regions", number(entry(&a, "bill.lines", "item", "between regions"), "monthly"), 65.7, 0.05);
  double per_gb = number(entry(&a, "bill.lines", "item", "between zones"), "unit_price");
  test_check(per_gb == 0.05, "%g", per_gb);
  answer_free(&a);
}

/* 5/s x 100 kB x 8 = 4 Mbit/s of 5 from eu to us, which is the way in of us-eu: 80% busy; 50% of 10/s do it, so it is full at 12.5/s. */
static void test_way(void) {
  struct answer a = ANSWER("tests/cli/money/zones.json", "--set", "ways={\"us-eu\":\"5Mbit/s\"}");
  const struct json_value *row = entry(&a, "saturation", "resource", "us-eu network in");
  about("full at", number(row, "saturates_at_per_s"), 12.5, 1e-9);
  about("busy", number(json_member(row, "utilization"), "value"), 0.8, 0.06);
  /* M/D/1 of 160 ms at 0.8: 160 + 320 ms, next to 75 ms of the round trip; two quarters of a ms and 1 of CPU are left out. */
  about("latency", metric(&a, "far.latency", "mean"), 0.555, 0.15);
  answer_free(&a);
}

/* A delay before it does not change who calls: api sends 10 kB and receives 990 kB with each request. Of a line
 * of 10 Mbit/s that is 80 kbit and 7.92 Mbit: full at 125/s and at 1.263/s. */
static void test_behind_a_delay(void) {
  struct answer a = ANSWER(
      "tests/cli/money/zones.json", "--set", "services.api.bandwidth=10Mbit/s", "--set", "traffic.people.rate=1/s", "--set",
      "endpoints.near.steps=[{\"delay\":\"1ms\"},{\"call\":\"search\",\"request\":\"10kB\",\"response\":\"990kB\",\"steps\":[]}]",
      "--set", "traffic.people.mix.far=0", "--set", "traffic.people.mix.near=100", "--reps", "2", "--set", "run.window=10s");
  about("out", number(entry(&a, "saturation", "resource", "api network out"), "saturates_at_per_s"), 125, 1e-9);
  about("in", number(entry(&a, "saturation", "resource", "api network in"), "saturates_at_per_s"), 10 / 7.92, 1e-9);
  answer_free(&a);
}

static const struct test_case cases[] = {{"images", test_images},
                                         {"behind a delay", test_behind_a_delay},
                                         {"a queue for a line", test_queue},
                                         {"unlimited", test_unlimited},
                                         {"overload", test_overload},
                                         {"a balancer", test_balancer},
                                         {"ways that are paid for", test_ways},
                                         {"a way between regions", test_way},
                                         {0}};
const struct test_suite suite_bandwidth = {"bandwidth", cases};
