/* What a scenario says of autoscalers, to the size that they give: the controller's own cases as scenarios, memory that runs away,
 * several metrics, failures, policies, schedules. */
#include "models/autoscaling/autoscaler.h"
#include "tests/model_fixture.h"
#include <cjson/cJSON.h>

/* One service "a", without requests that matter. The text after `replicas`, the root's keys, the flags. */
#define ALONE                                                                                                                      \
  "{ 'aguanta': 1, 'name': 's', 'traffic': { 'x': { 'kind': 'open', 'rate': '%s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "   \
  "'entry': 'a', 'steps': [ { 'delay': '%s' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': %d, 'resources': { "          \
  "'requests': { 'cpu': '1m', 'memory': '%lldB' } }, 'start': '1s', %s } }, %s 'platform': { 'kind': 'kubernetes', 'kubernetes': " \
  "{ "                                                                                                                             \
  "'readiness_period': '1s' %s }, 'nodes': { 'n': { 'count': 20, 'cpu': 'unlimited', 'memory': '400Gi' } } }, 'run': { 'warmup': " \
  "'0s', 'window': '3h', 'windows': 1 } }"
#define MEBI512 536870912LL

static struct world *alone(struct fixture *f, const char *rate, const char *delay, int replicas, long long memory, const char *keys,
                           const char *root, const char *flags) {
  *f = fixture_of(ALONE, rate, delay, replicas, memory, keys, root, flags);
  return f->scenario ? world_new(&f->scenario->model, 1, 0, WORLD_TRAFFIC) : NULL;
}

/* Sizes that it has one after the other, at most `room`. */
static int path_of(struct world *w, sim_time until, int32_t *sizes, sim_time *times, int room) {
  int count = 1;
  sizes[0] = w->services[0].desired;
  for (sim_time at = 0; at <= until; at += SIM_S) {
    calendar_run(w->calendar, at);
    if (w->services[0].desired == sizes[count - 1] || count == room) continue;
    if (times) times[count] = at;
    sizes[count++] = w->services[0].desired;
  }
  return count;
}

static void ends(struct world *w, struct fixture *f, const char *name) {
  audit_autoscalers(&(struct audit){w, fixture_broken, (void *)(uintptr_t)name});
  world_free(w), fixture_close(f);
}

/* --- memory ------------------------------------------------------------------------------------------------------------------- */

/* 512e6 of 536,870,912 bytes: U = trunc(95.37) = 95; 95/80 = 1.1875; from 5: 5.94 -> 6, 7.1 -> 8, 9.5 -> 10, 11.9 -> 12, 14.25
 * -> 15, 17.8 -> 18, 21.4 -> 20 at most. Memory does not fall with more pods, so nothing stops it. */
static void test_memory_runs_away(void) {
  static const int32_t by_hand[] = {5, 6, 8, 10, 12, 15, 18, 20};
  int32_t sizes[16];
  struct fixture f;
  struct world *w =
      alone(&f, "1/s", "1ms", 5, MEBI512,
            "'memory': { 'base': '512000000B' }, 'autoscale': { 'min': 5, 'max': 20, 'metrics': [ { 'memory': '80%' } ] }", "", "");
  int count = path_of(w, SIM_HOUR, sizes, NULL, 16);
  test_check(count == 8, "%d sizes", count);
  for (int i = 0; i < 8 && i < count; i++) test_check(sizes[i] == by_hand[i], "size %d is %d, by hand %d", i, sizes[i], by_hand[i]);
  ends(w, &f, "memory");
}

/* 72% of the request: 72/80 = 0.9, which is inside of the tolerance: 20 pods stay 20. One percent less: 0.8875 x 20 = 17.75 -> 18,
 * then 16, 15, 14, 13, 12, 11, 10, 9, and 0.8875 x 9 = 7.99 -> 8; 0.8875 x 8 = 7.1 -> 8. */
static void test_memory_stays(void) {
  static const struct {
    long long base;
    int32_t end;
  } rows[] = {{386547057, 20}, {381178348, 8}};
  for (int i = 0; i < 2; i++) {
    int32_t sizes[16];
    char keys[200];
    struct fixture f;
    snprintf(keys, sizeof keys,
             "'memory': { 'base': '%lldB' }, 'autoscale': { 'min': 5, 'max': 20, 'metrics': [ { 'memory': '80%%' } ] }",
             rows[i].base);
    struct world *w = alone(&f, "1/s", "1ms", 20, MEBI512, keys, "", "");
    int count = path_of(w, 2 * SIM_HOUR, sizes, NULL, 16);
    test_check(sizes[count - 1] == rows[i].end, "%lld bytes: %d pods after %d sizes, by hand %d", rows[i].base, sizes[count - 1],
               count, rows[i].end);
    ends(w, &f, "memory that stays");
  }
}

/* --- the controller's own cases ----------------------------------------------------------------------------------------------- */

static const cJSON *item(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }
static double number(const cJSON *object, const char *key) { return cJSON_GetNumberValue(item(object, key)); }
static const char *text(const cJSON *object, const char *key) {
  const char *found = cJSON_GetStringValue(item(object, key));
  return found ? found : "";
}
static bool is_kind(const cJSON *test, const char *kind) { return !strcmp(text(test, "kind"), kind); }

/* Any change in one step. */
#define FREELY                                                                                                                     \
  "'behavior': { 'scale_up': { 'policies': { 'percent': 100000, 'period': '15s' }%s }, 'scale_down': { 'window': '0s'%s } }"

struct stated {
  char keys[1500], root[600], flags[200];
  int replicas;
  long long memory;
  sim_time at; /* when exactly one sync had a value */
};

static void freely(const cJSON *test, char *out, size_t room) {
  const cJSON *params = item(test, "params");
  char up[60] = "", down[60] = "";
  if (item(params, "tolerance_up")) snprintf(up, sizeof up, ", 'tolerance': %.17g", number(params, "tolerance_up"));
  if (item(params, "tolerance_down")) snprintf(down, sizeof down, ", 'tolerance': %.17g", number(params, "tolerance_down"));
  snprintf(out, room, FREELY, up, down);
}

static void of_total(const cJSON *test, struct stated *s, const char *form) {
  char behavior[500];
  freely(test, behavior, sizeof behavior);
  snprintf(s->root, sizeof s->root, "'metrics': { 'm': { 'values': { 'at': '0s', 'value': %.17g } } },",
           number(test, "metric_total_milli") / 1000);
  snprintf(s->keys, sizeof s->keys, "'autoscale': { 'min': 1, 'max': 1000, 'metrics': [ { 'external': 'm', '%s': %.17g } ], %s }",
           form, number(test, "target_milli") / 1000, behavior);
}

static bool all_counted(const cJSON *test, const char *usage, double *sum, double *requests, int *count) {
  const cJSON *pod;
  *sum = *requests = 0, *count = 0;
  cJSON_ArrayForEach(pod, item(test, "pods")) {
    bool running = !strcmp(text(pod, "phase"), "Running") && !cJSON_IsTrue(item(pod, "deleting"));
    if (!running || !cJSON_IsTrue(item(pod, "ready")) || !cJSON_IsNumber(item(pod, usage)) || number(pod, "start_age_s") < 1000)
      return false;
    *sum += number(pod, usage), *requests += number(pod, "request_milli"), ++*count;
  }
  return *count > 0;
}

/* Utilization of memory instead of CPU: all pods are ready, so that both are judged alike, and U = 100 sum / requests. */
static bool of_utilization(const cJSON *test, struct stated *s) {
  double sum, requests;
  int count;
  char behavior[500];
  if (!all_counted(test, "usage_milli", &sum, &requests, &count) || count != s->replicas || sum <= 0) return false;
  freely(test, behavior, sizeof behavior);
  s->memory = (long long)(requests / count * 1000), s->at = 45 * SIM_S;
  snprintf(s->keys, sizeof s->keys,
           "'memory': { 'base': '%lldB' }, 'autoscale': { 'min': 1, 'max': 1000, 'metrics': [ { 'memory': %.17g } ], %s }",
           (long long)(sum / count * 1000), number(test, "target_utilization_pct") / 100, behavior);
  return true;
}

static bool of_pods(const cJSON *test, struct stated *s) {
  double sum, requests;
  int count;
  char behavior[500];
  if (!all_counted(test, "value_milli", &sum, &requests, &count) || count != s->replicas) return false;
  freely(test, behavior, sizeof behavior);
  snprintf(s->root, sizeof s->root, "'metrics': { 'm': { 'values': { 'at': '0s', 'value': %.17g } } },", floor(sum / count) / 1000);
  snprintf(s->keys, sizeof s->keys, "'autoscale': { 'min': 1, 'max': 1000, 'metrics': [ { 'pods': 'm', 'average': %.17g } ], %s }",
           number(test, "target_milli") / 1000, behavior);
  return true;
}

static void put_rules(const cJSON *rules, const char *name, char *out, size_t room) {
  const cJSON *p;
  size_t at = (size_t)snprintf(out, room, "'%s': { 'window': '0s', 'select': '%s'", name,
                               !strcmp(text(rules, "select"), "Max")   ? "max"
                               : !strcmp(text(rules, "select"), "Min") ? "min"
                                                                       : "disabled");
  int first = 1;
  cJSON_ArrayForEach(p, item(rules, "policies")) {
    at += (size_t)snprintf(out + at, room - at, "%s{ '%s': %d, 'period': '%ds' }", first ? ", 'policies': [ " : ", ",
                           !strcmp(text(p, "type"), "Pods") ? "pods" : "percent", (int)number(p, "value"),
                           (int)number(p, "period_s"));
    first = 0;
  }
  snprintf(out + at, room - at, "%s }", first ? "" : " ]");
}

/* Of the wish: a metric of which one is wanted for each pod. */
static void of_wish(const cJSON *test, struct stated *s, const char *behavior) {
  snprintf(s->root, sizeof s->root, "'metrics': { 'm': { 'values': { 'at': '0s', 'value': %d } } },",
           (int)number(test, "desired_replicas"));
  snprintf(s->keys, sizeof s->keys, "'autoscale': { 'min': %d, 'max': %d, 'metrics': [ { 'external': 'm', 'average': 1 } ]%s }",
           item(test, "min_replicas") ? (int)number(test, "min_replicas") : 1,
           item(test, "max_replicas") ? (int)number(test, "max_replicas") : 1000, behavior);
  snprintf(s->flags, sizeof s->flags, ", 'autoscaler_tolerance': 0");
}

static bool of_rate_limit(const cJSON *test, struct stated *s) {
  char up[500], down[500], behavior[1100];
  if (cJSON_GetArraySize(item(test, "scale_up_events")) || cJSON_GetArraySize(item(test, "scale_down_events"))) return false;
  put_rules(item(test, "scale_up"), "scale_up", up, sizeof up);
  put_rules(item(test, "scale_down"), "scale_down", down, sizeof down);
  snprintf(behavior, sizeof behavior, ", 'behavior': { %s, %s }", up, down);
  of_wish(test, s, behavior);
  return true;
}

static bool of_proposals(const cJSON *test, struct stated *s) {
  char metrics[400] = "";
  size_t at = 0;
  const cJSON *p;
  cJSON_ArrayForEach(p, item(test, "metric_proposals")) at +=
      (size_t)snprintf(metrics + at, sizeof metrics - at, "%s{ 'external': '%s', 'average': 1%s }", at ? ", " : "",
                       cJSON_IsNumber(p) ? "m" : "gone", cJSON_IsNumber(p) ? "" : ", 'failures': { 'at': '0s', 'for': '1h' }");
  p = item(test, "metric_proposals")->child;
  snprintf(s->root, sizeof s->root,
           "'metrics': { 'm': { 'values': { 'at': '0s', 'value': %d } }, 'gone': { 'values': { 'at': '0s', 'value': 1 } } },",
           p ? p->valueint : 1);
  snprintf(s->keys, sizeof s->keys, "'autoscale': { 'min': %d, 'max': %d%s%s%s }", (int)number(test, "min_replicas"),
           (int)number(test, "max_replicas"), at ? ", 'metrics': [ " : "", metrics, at ? " ]" : "");
  return true;
}

/* Whether a scenario can state the case. It cannot say which of its pods are unready, what CPU each uses to the thousandth (that is
 * simulated), what the controller remembers from before the run, or that there are no pods. */
static bool state(const cJSON *test, struct stated *s) {
  *s = (struct stated){.replicas = (int)number(test, "current_replicas"), .memory = MEBI512, .at = 15 * SIM_S};
  if (!item(test, "current_replicas") || s->replicas < 1 || s->replicas > 1000) return false;
  if (item(test, "ready_pods") && number(test, "ready_pods") != s->replicas && is_kind(test, "total_value")) return false;
  if (is_kind(test, "total_value")) return of_total(test, s, "value"), true;
  if (is_kind(test, "average_of_total")) return of_total(test, s, "average"), true;
  if (is_kind(test, "cpu_utilization")) return of_utilization(test, s);
  if (is_kind(test, "pods_average_value")) return of_pods(test, s);
  if (is_kind(test, "limit_without_behavior")) return of_wish(test, s, ""), strcmp(text(test, "id"), "legacy-below-min") != 0;
  if (is_kind(test, "rate_limit_with_behavior")) return of_rate_limit(test, s);
  return is_kind(test, "combine_metrics") && of_proposals(test, s);
}

static bool run_stated(const cJSON *test) {
  struct stated s;
  struct fixture f;
  if (!state(test, &s)) return false;
  struct world *w = alone(&f, "1/s", "1ms", s.replicas, s.memory, s.keys, s.root, s.flags);
  if (!w) return false;
  calendar_run(w->calendar, s.at - 1);
  test_check(w->services[0].desired == (int32_t)number(test, "expected_replicas"),
             "%s: %d replicas, the controller's test has %d: %s %s", text(test, "id"), w->services[0].desired,
             (int)number(test, "expected_replicas"), s.keys, s.root);
  world_free(w), fixture_close(&f);
  return true;
}

static void test_controller_cases(void) {
  char *bytes = test_read_file("tests/data/hpa-cases.json");
  cJSON *root = cJSON_Parse(bytes);
  int stated = 0, all = 0;
  const cJSON *test;
  cJSON_ArrayForEach(test, item(root, "cases")) stated += run_stated(test), all++;
  test_check(all == 107 && stated == 49, "%d of %d cases are stated as scenarios", stated, all);
  cJSON_Delete(root);
  free(bytes);
}

/* --- paths -------------------------------------------------------------------------------------------------------------------- */

/* Sizes in their order, each reached within a sync (and 1 s, the step of looking) of `at`, by hand. The first is there at the
 * start. */
struct reached {
  int32_t size;
  int at_s;
};

static void follow(const char *name, int replicas, const char *keys, const char *root, const char *flags, int until_s,
                   const struct reached *by_hand, int count) {
  int32_t sizes[16];
  sim_time times[16] = {0};
  struct fixture f;
  struct world *w = alone(&f, "1/s", "1ms", replicas, MEBI512, keys, root, flags);
  int seen = path_of(w, until_s * SIM_S, sizes, times, 16);
  test_check(seen == count, "%s: %d sizes, by hand %d", name, seen, count);
  for (int i = 0; i < seen && i < count; i++) {
    test_check(sizes[i] == by_hand[i].size, "%s: size %d is %d, by hand %d", name, i, sizes[i], by_hand[i].size);
    double late = sim_seconds(times[i]) - by_hand[i].at_s;
    test_check(late >= 0 && late <= 16, "%s: size %d at %.0f s, by hand at %d s", name, sizes[i], sim_seconds(times[i]),
               by_hand[i].at_s);
  }
  ends(w, &f, name);
}

#define WISH(values) "'metrics': { 'm': { 'values': [ " values " ] }, 'n': { 'values': { 'at': '0s', 'value': 1 } } },"
#define SCALE(keys)  "'autoscale': { 'min': 1, 'max': 100, 'metrics': [ { 'external': 'm', 'average': 1 } ]" keys " }"

/* 100 wanted from 1. Without behavior at most max(2 n, 4); with it the larger of 4 more and twice. */
static void test_growth(void) {
  static const struct reached without[] = {{1, 0}, {4, 0}, {8, 15}, {16, 30}, {32, 45}, {64, 60}, {100, 75}},
                              with[] = {{1, 0}, {5, 0}, {10, 15}, {20, 30}, {40, 45}, {80, 60}, {100, 75}};
  follow("without", 1, SCALE(""), WISH("{ 'at': '0s', 'value': 100 }"), "", 600, without, 7);
  follow("with", 1, SCALE(", 'behavior': true"), WISH("{ 'at': '0s', 'value': 100 }"), "", 600, with, 7);
}

/* 2 pods a minute: a change exactly a minute old counts no more, so that the syncs are a minute apart. Upwards only what was
 * asked for throughout the last 60 s: the last sync before the step at 100 s is at 85 to 100 s, and counts for 60 s. Downwards
 * the highest of 120 s, so from 205 to 220 s on, and one pod at a time of the two policies. */
static void test_policies(void) {
  static const struct reached pods[] = {{2, 0}, {4, 0}, {6, 60}, {8, 120}, {10, 180}}, window[] = {{2, 0}, {10, 145}},
                              down[] = {{4, 0}, {3, 205}, {2, 220}, {1, 235}}, frozen[] = {{4, 0}};
  follow("pods", 2, SCALE(", 'behavior': { 'scale_up': { 'policies': { 'pods': 2, 'period': '60s' } } }"),
         WISH("{ 'at': '0s', 'value': 10 }"), "", 900, pods, 5);
  follow("window up", 2, SCALE(", 'behavior': { 'scale_up': { 'window': '60s', 'policies': { 'pods': 100, 'period': '15s' } } }"),
         WISH("{ 'at': '0s', 'value': 2 }, { 'at': '100s', 'value': 10 }"), "", 900, window, 2);
  follow("min of two down", 4,
         SCALE(", 'behavior': { 'scale_down': { 'window': '120s', 'select': 'min', 'policies': [ { 'percent': 100 }, { 'pods': 1 } "
               "] } }"),
         WISH("{ 'at': '0s', 'value': 4 }, { 'at': '100s', 'value': 1 }"), "", 900, down, 4);
  follow("disabled down", 4, SCALE(", 'behavior': { 'scale_down': { 'select': 'disabled' } }"), WISH("{ 'at': '0s', 'value': 1 }"),
         "", 3600, frozen, 1);
}

/* 14 of 10 is 1.4: inside of a tolerance of 50% upwards; 8 of 10 is outside of the 10% downwards. */
static void test_tolerance(void) {
  static const struct reached one_way[] = {{10, 0}, {8, 400}}, both[] = {{10, 0}};
#define WISH_TOLERANCE WISH("{ 'at': '0s', 'value': 14 }, { 'at': '400s', 'value': 8 }")
  follow("up", 10, SCALE(", 'behavior': { 'scale_up': { 'tolerance': '50%' }, 'scale_down': { 'window': '0s' } }"), WISH_TOLERANCE,
         "", 900, one_way, 2);
  follow("flag", 10, SCALE(""), WISH_TOLERANCE, ", 'downscale_window': '0s', 'autoscaler_tolerance': '50%'", 900, both, 1);
}

/* The second metric cannot be read from 150 to 750 s: at 200 s nothing is taken away, at 400 s two are added, and at 750 s seven
 * go. The counter-test: with it, three steps down and up. */
static void test_failures(void) {
  static const struct reached blocked[] = {{10, 0}, {12, 400}, {3, 750}},
                              free[] = {{10, 0}, {2, 200}, {4, 400}, {8, 415}, {12, 430}, {3, 500}};
#define WISH_FAILURE                                                                                                               \
  WISH("{ 'at': '0s', 'value': 10 }, { 'at': '200s', 'value': 2 }, { 'at': '400s', 'value': 12 }, { 'at': '500s', 'value': 3 }")
  follow("blocked", 10,
         "'autoscale': { 'min': 1, 'max': 100, 'metrics': [ { 'external': 'm', 'average': 1 }, { 'external': 'n', 'average': 1, "
         "'failures': { 'at': '150s', 'for': '600s' } } ] }",
         WISH_FAILURE, ", 'downscale_window': '1s'", 1500, blocked, 3);
  follow(
      "read", 10,
      "'autoscale': { 'min': 1, 'max': 100, 'metrics': [ { 'external': 'm', 'average': 1 }, { 'external': 'n', 'average': 1 } ] }",
      WISH_FAILURE, ", 'downscale_window': '1s'", 1500, free, 6);
}

/* From 00:10 for 10 minutes at least 12, tomorrow again; the metric asks for 3 all the time. A maximum of two metrics: 3 and 5. */
static void test_schedule(void) {
  static const struct reached sale[] = {{3, 0}, {12, 600}, {3, 1200}},
                              hours[] = {{3, 0}, {12, 600}, {3, 1200}, {12, 4200}, {3, 4800}}, two[] = {{3, 0}, {5, 0}};
  follow("once a day", 3, SCALE(", 'schedule': { 'at': '00:10', 'for': '10min', 'min': 12 }"), WISH("{ 'at': '0s', 'value': 3 }"),
         "", 5000, sale, 3);
  follow("every hour", 3, SCALE(", 'schedule': [ { 'at': '00:10', 'every': '1h', 'for': '10min', 'min': 12 } ]"),
         WISH("{ 'at': '0s', 'value': 3 }"), "", 5000, hours, 5);
  follow("two metrics", 3,
         "'autoscale': { 'min': 1, 'max': 100, 'metrics': [ { 'external': 'm', 'average': 1 }, { 'object': 'n', 'value': 0.6 } ] }",
         WISH("{ 'at': '0s', 'value': 3 }"), ", 'downscale_window': '1s'", 14, two, 2);
}

/* --- what is emitted ---------------------------------------------------------------------------------------------------------- */

static int32_t settles(const char *format, sim_time at) {
  struct fixture f = fixture_of("%s", format);
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, at);
  int32_t size = w->services[fixture_service(&f, "a")].desired;
  ends(w, &f, "emitted");
  return size;
}

#define EMITS(traffic, step, metric, keys)                                                                                         \
  "{ 'aguanta': 1, 'name': 'e', 'traffic': { 'x': { " traffic ", 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', "      \
  "'steps': [ " step                                                                                                               \
  " ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'autoscale': { 'min': 1, 'max': 50, 'metrics': [ { " keys            \
  " } ] } } }, 'metrics': { 'm': { " metric " } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': 'unlimited', "     \
  "'memory': '64Gi' } } }, 'run': { 'warmup': '0s', 'window': '1h', 'windows': 1 } }"
#define JOBS(counted)                                                                                                              \
  "{ 'aguanta': 1, 'name': 'j', 'traffic': { 'x': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { "  \
  "'entry': 'c', 'steps': [ { 'cpu': '1us' } ] } }, 'queues': { 'q': { 'at': 'c', 'workers': 'a', 'concurrency': 1, 'steps': [ { " \
  "'delay': '1000s' } ], 'schedule': [ { 'every': '1d', 'at': '00:00:10', 'count': 6 } ] } }, 'metrics': { 'm': { 'jobs': 'q', "   \
  "'count': '" counted "' } }, 'services': { 'c': { 'kind': 'cache' }, 'a': { 'kind': 'app', 'autoscale': { 'min': 1, 'max': 50, " \
  "'metrics': [ { 'external': 'm', 'average': 1 } ] } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': "          \
  "'unlimited', 'memory': '64Gi' } } }, 'run': { 'warmup': '0s', 'window': '1h', 'windows': 1 } }"

/* 20 requests that never end on 2 pods: 10 each, target 5: 4 pods; then 20/4 = 5. 100 answers a second at 30 each: ceil(3.33) = 4.
 * 6 jobs, none of which ends: unfinished 6; of those that wait 5 at first, of which 4 are allowed; then 2 are left, but the 5 are
 * remembered. */
static void test_emitted(void) {
  int32_t in_flight = settles(EMITS("'kind': 'closed', 'population': 20, 'think': '0s'", "{ 'delay': '1d' }", "'in_flight': 'a'",
                                    "'pods': 'm', 'average': 5"),
                              200 * SIM_S);
  int32_t rate = settles(
      EMITS("'kind': 'open', 'rate': '100/s'", "{ 'delay': '1ms' }", "'rate': 'a'", "'object': 'm', 'average': 30"), 400 * SIM_S);
  int32_t each = settles(
      EMITS("'kind': 'open', 'rate': '100/s'", "{ 'delay': '1ms' }", "'rate': 'a'", "'pods': 'm', 'average': 30"), 400 * SIM_S);
  int32_t unfinished = settles(JOBS("unfinished"), 200 * SIM_S), waiting = settles(JOBS("waiting"), 200 * SIM_S);
  test_check(in_flight == 4, "in flight: %d", in_flight);
  test_check(rate == 4 && each == 4, "rate: %d, of pods %d", rate, each);
  test_check(unfinished == 6 && waiting == 5, "unfinished: %d, waiting: %d", unfinished, waiting);
}

/* --- bad input ---------------------------------------------------------------------------------------------------------------- */

static void test_refused(void) {
  static const struct {
    const char *keys, *root, *flags, *message;
  } rows[] = {
      {"'autoscale': { 'min': 5, 'max': 4 }", "", "", "\"max\" is less than \"min\""},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'external': 'm', 'average': 1 } ] }", "", "", "metrics"},
      {SCALE(""), "'metrics': { 'n': { 'values': { 'at': '0s', 'value': 1 } } },", "", "\"n\""},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'memory': '80%' } ] }", "", "", "memory of a is not modelled"},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'external': 'n' } ] }", WISH("{ 'at': '0s', 'value': 1 }"), "", "needs one target"},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'external': 'n', 'value': 1, 'average': 1 } ] }",
       WISH("{ 'at': '0s', 'value': 1 }"), "", "needs one target"},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'pods': 'n', 'value': 1 } ] }", WISH("{ 'at': '0s', 'value': 1 }"), "",
       "needs \"average\""},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'cpu': '50%', 'value': 1 } ] }", "", "",
       "is of \"pods\", \"object\" and \"external\""},
      {"'autoscale': { 'max': 4, 'metrics': [ { 'cpu': '50%', 'memory': '50%' } ] }", "", "", "\"memory\" next to \"cpu\""},
      {"'autoscale': { 'max': 4, 'metrics': [ { } ] }", "", "", "needs one of the keys"},
      {"'autoscale': { 'max': 4, 'schedule': { 'for': '1h', 'min': 5 } }", "", "", "is 5, and \"max\" is 4"},
      {"'autoscale': { 'max': 4, 'schedule': { 'for': '2d', 'min': 2 } }", "", "", "is longer than from one beginning"},
      {"'autoscale': { 'max': 4, 'behavior': { 'scale_up': { 'window': '3600s' } } }", "", ", 'autoscaler_sync': '1s'",
       "it would have to remember too much"},
      {SCALE(""), WISH("{ 'at': '10s', 'value': 1 }, { 'at': '5s', 'value': 2 }"), "", "must be in order of time"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, ALONE, "1/s", "1ms", 1, MEBI512, rows[i].keys, rows[i].root, rows[i].flags);
    struct fixture f = fixture_try(&t);
    test_check(!f.scenario && strstr(f.refused, rows[i].message), "%s: %s", rows[i].keys, f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"memory_runs_away", test_memory_runs_away},
                                         {"memory_stays", test_memory_stays},
                                         {"controller_cases", test_controller_cases},
                                         {"growth", test_growth},
                                         {"policies", test_policies},
                                         {"tolerance", test_tolerance},
                                         {"failures", test_failures},
                                         {"schedule", test_schedule},
                                         {"emitted", test_emitted},
                                         {"refused", test_refused},
                                         {NULL, NULL}};
const struct test_suite suite_scaling = {"scaling", cases};
