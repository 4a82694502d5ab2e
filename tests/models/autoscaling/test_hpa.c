/* The Horizontal Pod Autoscaler against the figures of the controller's own unit tests, the oracle's paths, and the growth
 * table with and without spec.behavior. AGUANTA_HPA_CASES names another file of the same format. */
#include "models/autoscaling/hpa.h"
#include "tests/suite.h"
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static double number(const cJSON *object, const char *key) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
  test_check(cJSON_IsNumber(item), "key %s is missing", key);
  return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static int32_t integer(const cJSON *object, const char *key) { return (int32_t)number(object, key); }
static int64_t long_integer(const cJSON *object, const char *key) { return (int64_t)number(object, key); }
static sim_time seconds(const cJSON *object, const char *key) { return (sim_time)number(object, key) * SIM_S; }
static bool flag(const cJSON *object, const char *key) { return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, key)); }
static bool has(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key) != NULL; }
static const cJSON *item(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static const char *text(const cJSON *object, const char *key) {
  const char *found = cJSON_GetStringValue(item(object, key));
  return found ? found : "";
}

static int32_t word(const char *seen, const char *const *words) {
  for (int32_t i = 0; words[i]; i++)
    if (!strcmp(words[i], seen)) return i;
  test_check(false, "unknown word %s", seen);
  return 0;
}

static const char *const phases[] = {"Pending", "Running", "Succeeded", "Failed", NULL};
static const char *const classes[] = {"ready", "unready", "missing", "ignored", NULL};
static const char *const reasons[] = {"DesiredWithinRange", "TooFewReplicas", "TooManyReplicas",
                                      "ScaleUpLimit",       "ScaleDownLimit", NULL};
static const char *const selects[] = {"Max", "Min", "Disabled", NULL};
static const char *const policy_types[] = {"Pods", "Percent", NULL};

static struct hpa_params read_params(const cJSON *test) {
  struct hpa_params params = hpa_config_default().params;
  const cJSON *given = item(test, "params");
  if (has(given, "tolerance_up")) params.tolerance_up = number(given, "tolerance_up");
  if (has(given, "tolerance_down")) params.tolerance_down = number(given, "tolerance_down");
  if (has(given, "cpu_init_period_s")) params.cpu_initialization_period = seconds(given, "cpu_init_period_s");
  if (has(given, "initial_readiness_delay_s")) params.initial_readiness_delay = seconds(given, "initial_readiness_delay_s");
  return params;
}

static int64_t read_usage(const cJSON *pod) {
  const char *key = has(pod, "usage_milli") ? "usage_milli" : "value_milli";
  if (has(pod, "has_metric")) return flag(pod, "has_metric") ? 0 : HPA_NO_METRIC;
  return cJSON_IsNull(item(pod, key)) ? HPA_NO_METRIC : long_integer(pod, key);
}

static struct hpa_pod read_pod(const cJSON *pod) {
  bool conditioned = !has(pod, "has_ready_condition") || flag(pod, "has_ready_condition");
  bool started = !has(pod, "has_start_time") || flag(pod, "has_start_time");
  return (struct hpa_pod){
      .request_milli = has(pod, "request_milli") ? long_integer(pod, "request_milli") : 0,
      .usage_milli = read_usage(pod),
      .phase = (enum hpa_phase)word(text(pod, "phase"), phases),
      .ready = !conditioned         ? HPA_READY_ABSENT
               : flag(pod, "ready") ? HPA_READY_TRUE
                                    : HPA_READY_FALSE,
      .deleting = flag(pod, "deleting"),
      .start_age = started ? seconds(pod, "start_age_s") : HPA_NO_START,
      .transition_age = seconds(pod, "transition_age_s"),
      .metric_age = seconds(pod, "metric_age_s"),
      .metric_window = seconds(pod, "metric_window_s"),
  };
}

enum { PODS_MAX = 64 };

static uint32_t read_pods(const cJSON *test, struct hpa_pod *pods) {
  uint32_t count = 0;
  const cJSON *pod;
  cJSON_ArrayForEach(pod, item(test, "pods")) if (count < PODS_MAX) pods[count++] = read_pod(pod);
  return count;
}

static void read_log(const cJSON *entries, const char *key, sim_time now, struct hpa_log *log) {
  const cJSON *entry;
  log->count = 0;
  cJSON_ArrayForEach(entry, entries) log->entries[log->count++] =
      (struct hpa_entry){now - seconds(entry, "age_s"), integer(entry, key)};
}

static struct hpa_rules read_rules(const cJSON *rules) {
  struct hpa_rules out = {.select = (enum hpa_select)word(text(rules, "select"), selects)};
  const cJSON *policy;
  cJSON_ArrayForEach(policy, item(rules, "policies")) out.policies[out.count++] = (struct hpa_policy){
      (enum hpa_policy_type)word(text(policy, "type"), policy_types), integer(policy, "value"), seconds(policy, "period_s")};
  return out;
}

static void expect(const cJSON *test, const char *what, const char *key, int64_t seen) {
  int64_t wanted = long_integer(test, key);
  test_check(seen == wanted, "%s: %s is %lld, not %lld", text(test, "id"), what, (long long)seen, (long long)wanted);
}

static void expect_proposal(const cJSON *test, const char *measured_key, bool known, struct hpa_proposal seen) {
  if (!test_check(known, "%s: not computed", text(test, "id"))) return;
  expect(test, "replicas", "expected_replicas", seen.replicas);
  expect(test, "the measured value", measured_key, seen.measured);
}

static void expect_limited(const cJSON *test, struct hpa_limited seen) {
  expect(test, "replicas", "expected_replicas", seen.replicas);
  test_check(!strcmp(reasons[seen.reason], text(test, "expected_condition")), "%s: condition is %s", text(test, "id"),
             reasons[seen.reason]);
}

/* ---- one function per kind of case ---- */

static const sim_time clock_now = 200000 * SIM_S;

static void run_cpu_utilization(const cJSON *test) {
  struct hpa_pod pods[PODS_MAX];
  struct hpa_params params = read_params(test);
  struct hpa_proposal seen = {0};
  uint32_t count = read_pods(test, pods);
  bool known =
      hpa_cpu_replicas(&params, integer(test, "current_replicas"), integer(test, "target_utilization_pct"), pods, count, &seen);
  expect_proposal(test, "expected_utilization_pct", known, seen);
}

static void run_pods_average_value(const cJSON *test) {
  struct hpa_pod pods[PODS_MAX];
  struct hpa_params params = read_params(test);
  struct hpa_proposal seen = {0};
  uint32_t count = read_pods(test, pods);
  bool known =
      hpa_pods_average_value(&params, integer(test, "current_replicas"), long_integer(test, "target_milli"), pods, count, &seen);
  expect_proposal(test, "expected_usage_milli", known, seen);
}

static void run_total_value(const cJSON *test) {
  struct hpa_params params = read_params(test);
  struct hpa_proposal seen = {0};
  bool known = hpa_total_value(&params, integer(test, "current_replicas"), integer(test, "ready_pods"),
                               long_integer(test, "target_milli"), long_integer(test, "metric_total_milli"), &seen);
  expect_proposal(test, "expected_usage_milli", known, seen);
}

static void run_average_of_total(const cJSON *test) {
  struct hpa_params params = read_params(test);
  struct hpa_proposal seen = {0};
  bool known = hpa_average_of_total(&params, integer(test, "current_replicas"), long_integer(test, "target_milli"),
                                    long_integer(test, "metric_total_milli"), &seen);
  expect_proposal(test, "expected_usage_milli", known, seen);
}

static void run_classify_pod(const cJSON *test) {
  struct hpa_params params = read_params(test);
  struct hpa_pod pod = read_pod(item(test, "pod"));
  const char *seen = classes[hpa_classify(&params, &pod, !strcmp(text(test, "resource"), "cpu"))];
  test_check(!strcmp(seen, text(test, "expected_class")), "%s: class is %s", text(test, "id"), seen);
}

static void run_limit_without_behavior(const cJSON *test) {
  expect_limited(test, hpa_limit_without_behavior(integer(test, "current_replicas"), integer(test, "desired_replicas"),
                                                  integer(test, "min_replicas"), integer(test, "max_replicas")));
}

static void run_rate_limit(const cJSON *test) {
  struct hpa_behavior behavior = {read_rules(item(test, "scale_up")), read_rules(item(test, "scale_down"))};
  static struct hpa_log ups, downs;
  read_log(item(test, "scale_up_events"), "change", clock_now, &ups);
  read_log(item(test, "scale_down_events"), "change", clock_now, &downs);
  expect_limited(test, hpa_rate_limit_with_behavior(&behavior, clock_now, integer(test, "current_replicas"),
                                                    integer(test, "desired_replicas"), integer(test, "min_replicas"),
                                                    integer(test, "max_replicas"), &ups, &downs));
}

static void run_policy_limit(const cJSON *test) {
  struct hpa_rules rules = read_rules(test);
  static const struct hpa_log none;
  bool up = !strcmp(text(test, "direction"), "up");
  int32_t seen =
      (up ? hpa_policy_limit_up : hpa_policy_limit_down)(&rules, clock_now, integer(test, "current_replicas"), &none, &none);
  expect(test, "limit", "expected_limit", seen);
}

static void run_stabilize_without(const cJSON *test) {
  static struct hpa_log log;
  read_log(item(test, "recommendations"), "value", clock_now, &log);
  int32_t seen = hpa_stabilize_without_behavior(&log, clock_now, seconds(test, "window_s"), integer(test, "desired_replicas"));
  expect(test, "replicas", "expected_replicas", seen);
  expect(test, "length of the log", "expected_log_length", log.count);
}

static void run_stabilize_with(const cJSON *test) {
  static struct hpa_log log;
  read_log(item(test, "recommendations"), "value", clock_now, &log);
  int32_t seen =
      hpa_stabilize_with_behavior(&log, clock_now, seconds(test, "scale_up_window_s"), seconds(test, "scale_down_window_s"),
                                  integer(test, "current_replicas"), integer(test, "desired_replicas"));
  expect(test, "replicas", "expected_replicas", seen);
}

static void run_combine(const cJSON *test) {
  struct hpa_config config = hpa_config_default();
  static struct hpa hpa;
  int32_t proposals[8];
  uint32_t count = 0;
  const cJSON *proposal;
  cJSON_ArrayForEach(proposal, item(test, "metric_proposals")) proposals[count++] =
      cJSON_IsNumber(proposal) ? proposal->valueint : HPA_NO_PROPOSAL;
  config.min = integer(test, "min_replicas"), config.max = integer(test, "max_replicas");
  hpa_init(&hpa, &config);
  expect(test, "replicas", "expected_replicas",
         hpa_reconcile_proposals(&hpa, clock_now, integer(test, "current_replicas"), proposals, count));
}

/* Both situations of the source leave the selected pods without any metric. */
static void run_error(const cJSON *test) {
  static struct hpa hpa;
  struct hpa_pod pods[PODS_MAX];
  struct hpa_config config = hpa_config_default();
  struct hpa_proposal seen;
  int32_t current = integer(test, "current_replicas");
  for (int32_t i = 0; i < current; i++)
    pods[i] = (struct hpa_pod){.request_milli = 1000, .usage_milli = HPA_NO_METRIC, .phase = HPA_RUNNING, .ready = HPA_READY_TRUE};
  hpa_init(&hpa, &config);
  test_check(!hpa_cpu_replicas(&config.params, current, 50, pods, (uint32_t)current, &seen), "%s: computed", text(test, "id"));
  int32_t next = hpa_reconcile(&hpa, clock_now, current, pods, (uint32_t)current);
  test_check(next == current, "%s: replicas are %d", text(test, "id"), next);
}

static const struct {
  const char *kind;
  void (*run)(const cJSON *test);
} kinds[] = {
    {"cpu_utilization", run_cpu_utilization},
    {"pods_average_value", run_pods_average_value},
    {"total_value", run_total_value},
    {"average_of_total", run_average_of_total},
    {"classify_pod", run_classify_pod},
    {"limit_without_behavior", run_limit_without_behavior},
    {"rate_limit_with_behavior", run_rate_limit},
    {"policy_limit", run_policy_limit},
    {"stabilize_without_behavior", run_stabilize_without},
    {"stabilize_with_behavior", run_stabilize_with},
    {"combine_metrics", run_combine},
    {"error", run_error},
};

static void run_case(const cJSON *test) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (!strcmp(kinds[i].kind, text(test, "kind"))) {
      kinds[i].run(test);
      return;
    }
  test_check(false, "%s: unknown kind %s", text(test, "id"), text(test, "kind"));
}

static void test_controller_cases(void) {
  const char *path = getenv("AGUANTA_HPA_CASES");
  char *bytes = test_read_file(path ? path : "tests/data/hpa-cases.json");
  cJSON *root = bytes ? cJSON_Parse(bytes) : NULL;
  int count = 0;
  const cJSON *test;
  cJSON_ArrayForEach(test, item(root, "cases")) run_case(test), count++;
  test_check(path ? count > 0 : count == 107, "%d cases read from %s", count, path ? path : "tests/data/hpa-cases.json");
  cJSON_Delete(root);
  free(bytes);
}

/* ---- paths of the whole controller ---- */

static struct hpa_pod steady_pod(int64_t usage) {
  return (struct hpa_pod){.request_milli = 1000,
                          .usage_milli = usage,
                          .phase = HPA_RUNNING,
                          .ready = HPA_READY_TRUE,
                          .start_age = SIM_HOUR,
                          .transition_age = SIM_HOUR,
                          .metric_window = 15 * SIM_S};
}

/* The load spread evenly over `count` pods of one core, to the last milli; capped: a pod cannot use more than its limit. */
static void spread(struct hpa_pod *pods, int32_t count, int64_t load_milli, bool capped) {
  for (int32_t i = 0; i < count; i++) {
    int64_t usage = load_milli * (i + 1) / count - load_milli * i / count;
    pods[i] = steady_pod(capped && usage > 1000 ? 1000 : usage);
  }
}

static void check_path(const char *name, bool behavior, int64_t load_milli, bool capped, const int32_t *path, uint32_t length) {
  static struct hpa hpa;
  struct hpa_pod pods[128];
  struct hpa_config config = hpa_config_default();
  config.max = 100, config.target_pct = 60, config.has_behavior = behavior;
  hpa_init(&hpa, &config);
  int32_t current = path[0];
  for (uint32_t i = 1; i < length; i++) {
    spread(pods, current, load_milli, capped);
    current = hpa_reconcile(&hpa, (sim_time)i * config.sync_period, current, pods, (uint32_t)current);
    test_check(current == path[i], "%s: step %u is %d, not %d", name, i, current, path[i]);
  }
}

#define LENGTH(a) (uint32_t)(sizeof(a) / sizeof *(a))

static void test_oracle_steady(void) {
  static const int32_t start[] = {2, 4, 12, 14, 15, 16, 17, 18, 30}, desired[] = {16, 16, 16, 16, 15, 16, 17, 16, 16};
  struct hpa_params params = hpa_config_default().params;
  struct hpa_pod pods[32];
  for (uint32_t i = 0; i < LENGTH(start); i++) {
    struct hpa_proposal seen = {0};
    spread(pods, start[i], 9500, false);
    hpa_cpu_replicas(&params, start[i], 60, pods, (uint32_t)start[i], &seen);
    test_check(seen.replicas == desired[i], "hpa-steady-95rps: from %d to %d", start[i], seen.replicas);
  }
  static const int32_t from_4[] = {4, 8, 16, 16, 16}, from_2[] = {2, 6, 12, 16, 16};
  check_path("hpa-steady-95rps", true, 9500, false, from_4, LENGTH(from_4));
  check_path("hpa-steady-95rps", true, 9500, false, from_2, LENGTH(from_2));
  for (int32_t n = 15; n <= 17; n++) check_path("stable set", true, 9500, false, (int32_t[]){n, n, n, n}, 4);
}

static void test_oracle_capped(void) {
  static const int32_t path[] = {2, 4, 7, 12, 16, 16};
  check_path("hpa-capped-path", true, 9500, true, path, LENGTH(path));
}

static void test_growth_table(void) {
  static const int32_t without[] = {1, 4, 8, 16, 32, 64, 100, 100}, with[] = {1, 5, 10, 20, 40, 80, 100, 100};
  check_path("without behavior", false, 1000000, false, without, LENGTH(without));
  check_path("with behavior", true, 1000000, false, with, LENGTH(with));
}

/* The load vanishes: nothing goes down before every larger recommendation has left the 300 s window. */
static void test_scale_down_waits(void) {
  static struct hpa hpa;
  for (int behavior = 0; behavior < 2; behavior++) {
    struct hpa_config config = hpa_config_default();
    struct hpa_pod pods[16];
    config.has_behavior = behavior, config.max = 16, config.target_pct = 50;
    hpa_init(&hpa, &config);
    int32_t current = 16;
    sim_time now = 0;
    for (; current == 16 && now < SIM_HOUR; now += config.sync_period) {
      spread(pods, current, now == 0 ? 8000 : 100, false);
      current = hpa_reconcile(&hpa, now, current, pods, (uint32_t)current);
    }
    sim_time at = now - config.sync_period;
    /* Both kinds keep the recommendation of t = 0; at exactly 300 s it still counts without behavior only. */
    test_check(at == (behavior ? 300 : 315) * SIM_S, "behavior %d: down at %.0f s", behavior, sim_seconds(at));
    test_check(current == 1, "behavior %d: down to %d", behavior, current);
  }
}

static void test_sync_edges(void) {
  static struct hpa hpa;
  struct hpa_config config = hpa_config_default();
  struct hpa_pod pods[4];
  config.min = 2, config.max = 8;
  hpa_init(&hpa, &config);
  spread(pods, 4, 4000, false);
  test_check(hpa_reconcile(&hpa, 0, 0, pods, 0) == 0, "size 0 switches the autoscaler off");
  test_check(hpa_reconcile(&hpa, 0, 1, pods, 1) == 2, "below min is corrected at once");
  test_check(hpa_reconcile(&hpa, 0, 12, pods, 4) == 8, "above max is corrected at once");
  pods[2].request_milli = HPA_NO_REQUEST;
  test_check(hpa_reconcile(&hpa, 0, 4, pods, 4) == 4, "a pod without a request fails the metric");
  config.has_behavior = true, config.behavior.up.select = HPA_SELECT_DISABLED;
  hpa_init(&hpa, &config);
  spread(pods, 4, 40000, false);
  test_check(hpa_reconcile(&hpa, 0, 4, pods, 4) == 4, "disabled freezes");
  config.sync_period = SIM_S / 10;
  test_check(!hpa_config_fits(&config), "a window of 3000 syncs does not fit");
}

static const struct test_case cases[] = {
    {"controller_cases", test_controller_cases},
    {"oracle_steady", test_oracle_steady},
    {"oracle_capped", test_oracle_capped},
    {"growth_table", test_growth_table},
    {"scale_down_waits", test_scale_down_waits},
    {"sync_edges", test_sync_edges},
    {NULL, NULL},
};
const struct test_suite suite_hpa = {"hpa", cases};
