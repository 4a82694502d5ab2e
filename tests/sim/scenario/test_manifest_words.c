/* Words of manifests and Compose files, and values as their authors write them: what the program says to each, the whole message
 * and no other. What is understood is there too, with null for a message. */
#include "models/core/model.h"
#include "models/traffic/profile/profile.h"
#include "models/traffic/source.h"
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/scenario.h"
#include "tests/suite.h"
#include <string.h>

/* Where a row's text goes in a scenario that is right without it. */
enum slot { ROOT, RATE, SOURCE, ENDPOINT, STEP, SERVICE, DATABASE, PLATFORM, NODES, RUN, CLAIM, SLOTS };

static const char *const usual[SLOTS] = {[RATE] = "'20/s'", [STEP] = "{ 'cpu': '2ms' }"};

static struct scenario *read_with(struct arena *arena, struct diagnostics *d, enum slot slot, const char *text) {
  const char *t[SLOTS];
  for (int i = 0; i < SLOTS; i++) t[i] = (enum slot)i == slot ? text : usual[i] ? usual[i] : "";
  char *file = arena_format(
      arena,
      "{ 'aguanta': 1, 'name': 'm', %s 'traffic': { 'users': { 'kind': 'open', 'rate': %s, %s 'mix': { 'page': 1 } } }, "
      "'endpoints': { 'page': { 'entry': 'web', %s 'steps': [ %s, { 'query': 'db', 'reads': 1, 'demand': '1ms' } ] } }, "
      "'services': { 'web': { 'kind': 'app', 'runtime': 'event-loop', %s 'start': '1s' }, "
      "'db': { 'kind': 'database', %s 'start': '1s' } }, "
      "'platform': { 'kind': 'kubernetes', %s 'nodes': { 'n': { %s 'cpu': 4, 'memory': '8GB' } } }, "
      "'run': { %s 'window': '2h', 'replications': 2 }, 'claims': [ %s ] }",
      t[ROOT], t[RATE], t[SOURCE], t[ENDPOINT], t[STEP], t[SERVICE], t[DATABASE], t[PLATFORM], t[NODES], t[RUN], t[CLAIM]);
  for (char *p = file; *p; p++)
    if (*p == '\'') *p = '"';
  return scenario_read_text(arena, d, "m.json", file, NULL, 0);
}

struct row {
  enum slot slot;
  const char *text;
  const char *message; /* null: it is understood */
};

static void check_rows(const struct row *rows) {
  for (; rows->text; rows++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    struct scenario *s = read_with(arena, d, rows->slot, rows->text);
    const char *said = diagnostics_render(d, arena);
    if (!rows->message)
      test_check(s != NULL && !diagnostics_errors(d), "%s: %s", rows->text, said);
    else
      test_check(!s && diagnostics_errors(d) == 1 && strstr(said, arena_format(arena, ": error: %s\n", rows->message)),
                 "%s:\n  %s\n  is not the one message\n  %s", rows->text, said, rows->message);
    arena_free(arena);
  }
}

static void test_claims(void) {
  static const struct row rows[] = {
      {CLAIM, "'availability >= 99.9%'",
       "claim \"availability >= 99.9%\" does not say of what, in parentheses; did you mean \"availability(year) >= 99.9%\"?"},
      {CLAIM, "'cost <= 30 EUR'",
       "claim \"cost <= 30 EUR\" does not say of what, in parentheses; did you mean \"cost(month) <= 30 EUR\"?"},
      {CLAIM, "'p95(page.latency) <= 300 ms'", NULL},
      {CLAIM, "'p95(page.latency) < 300ms over peak(1h)'",
       "claim \"p95(page.latency) < 300ms over peak(1h)\" has \"over\" after the comparison: write MEASURE over "
       "WINDOW < VALUE; did you mean \"p95(page.latency) over peak(1h) < 300ms\"?"},
      {CLAIM, "'p95(page) < 0.3s'",
       "claim \"p95(page) < 0.3s\" takes percentiles of latencies and of endpoints' waits only; did you mean "
       "\"p95(page.latency) < 0.3s\"?"},
      {CLAIM, "'p95(page.latncy) < 1s'",
       "claim \"p95(page.latncy) < 1s\" finds no endpoint, service or node group \"page.latncy\"; did you mean "
       "\"p95(page.latency) < 1s\"?"},
      {CLAIM, "'uptime(year) >= 99%'",
       "claim \"uptime(year) >= 99%\" has no aggregate \"uptime\"; did you mean \"availability(year) >= 99%\"?"},
      {CLAIM, "'latency(page) < 1s'",
       "claim \"latency(page) < 1s\" has no aggregate \"latency\"; did you mean \"p95(page.latency) < 1s\"?"},
      {CLAIM, "'cpu(web) < 80%'",
       "claim \"cpu(web) < 80%\" has no aggregate \"cpu\"; did you mean \"utilization(web.cpu) < 80%\"?"},
      {CLAIM, "'error_rate(all) <= 5'",
       "claim \"error_rate(all) <= 5\" has a value that is a share and must be at most 100%: write \"5%\", not \"5\""},
      {CLAIM, "'p95(page.latency) < 300'",
       "claim \"p95(page.latency) < 300\" has a value that needs a unit: write \"300ms\" or \"300s\", not 300"},
      {0}};
  check_rows(rows);
}

static void test_values(void) {
  static const struct row rows[] = {
      {STEP, "{ 'cpu': '300 ms' }", NULL},
      {NODES, "'reserved': { 'memory': '1 GB' },", NULL},
      {SERVICE, "'memory': '150Mi',", NULL},
      {SERVICE, "'memory': 150,", "\"base\" needs a unit: write \"150Mi\" or \"150MB\", not 150"},
      {STEP, "{ 'cpu': 300 }", "\"cpu\" needs a unit: write \"300ms\" or \"300s\", not 300"},
      {RATE, "100", "\"rate\" needs a unit: write \"100/s\" or \"100/min\", not 100"},
      {RATE, "'100 rps'", NULL},
      {RATE, "'.5/s'", "\"rate\" must begin with a digit: write \"0.5/s\", not \".5/s\""},
      {RUN, "'seed': 1, 'budget': '.5',", "\"budget\" must be a whole number, not .5"},
      {RATE, "{ 'day': { 'mean': '100/s', 'peak': '200/s' } }",
       "\"peak\" must be a number without a unit, not \"200/s\": Rate at the busiest moment, as a multiple of the mean "
       "(\"peak_rate\" takes the rate itself)"},
      {RATE, "{ 'day': { 'mean': '100/s', 'peak_rate': '200/s' } }", NULL},
      {RATE, "{ 'day': { 'peak_rate': '200/s' } }", NULL},
      {RATE, "{ 'day': { 'at': '10:00' } }", "traffic.users.rate: needs a \"mean\" or a \"peak_rate\" above 0/s"},
      {SOURCE, "'priority': '90%',", "\"priority\" must be a whole number without a unit, not \"90%\": write 90"},
      {ROOT, "'faults': { 'f': { 'kind': 'crash', 'service': 'web', 'mtbf': '30d', 'repair': '60s..120s' } },",
       "\"repair\" must be a duration or a distribution, not \"60s..120s\": write {\"uniform\": {\"low\": \"60s\", \"high\": "
       "\"120s\"}}"},
      {ROOT, "'faults': { 'f': { 'kind': 'crash', 'service': 'web', 'on': 'replica', 'mtbf': '30d' } },",
       "unknown key \"on\" in fault \"f\"; what it strikes is \"service\" or \"nodes\"; a fault of kind \"replica\" strikes a "
       "replica "
       "of a database"},
      {0}};
  check_rows(rows);
}

#define SAYS(key, where, hint) "unknown key \"" key "\" in " where "; here it is " hint

/* Keys of manifests and Compose files where their authors put them. */
static void test_words_of_services(void) {
  static const struct row rows[] = {
      {SERVICE, "'minReplicas': 2,", SAYS("minReplicas", "service \"web\"", "\"autoscale\": {\"min\": ...}")},
      {SERVICE, "'maxReplicas': 9,", SAYS("maxReplicas", "service \"web\"", "\"autoscale\": {\"max\": ...}")},
      {SERVICE, "'targetCPUUtilizationPercentage': 70,",
       SAYS("targetCPUUtilizationPercentage", "service \"web\"", "\"autoscale\": {\"cpu\": \"80%\"}")},
      {SERVICE, "'image': 'nginx:1.25',",
       "\"size\" takes no name of an image, not \"nginx:1.25\": software is named by \"preset\": \"nginx\" of the service"},
      {SERVICE, "'ports': ['80:80'],",
       "unknown key \"ports\" in service \"web\"; it changes nothing that is simulated: leave it out"},
      {SERVICE, "'deploy': {},",
       "unknown key \"deploy\" in service \"web\"; its \"replicas\" and \"resources\" stand in the service itself"},
      {SERVICE, "'readinessProbe': {},",
       SAYS("readinessProbe", "service \"web\"", "\"probes\": {\"readiness\": {\"every\": \"10s\", ...}}")},
      {SERVICE, "'minReadySeconds': 5,", SAYS("minReadySeconds", "service \"web\"", "\"update\": {\"min_ready\": ...}")},
      {SERVICE, "'stop_grace_period': '5s',", SAYS("stop_grace_period", "service \"web\"", "\"update\": {\"grace\": ...}")},
      {SERVICE, "'minAvailable': 1,", SAYS("minAvailable", "service \"web\"", "\"budget\": {\"min_available\": ...} of a service")},
      {SERVICE, "'nodeSelector': {},", "unknown key \"nodeSelector\" in service \"web\"; did you mean \"node_selector\"?"},
      {SERVICE, "'topologySpreadConstraints': [],",
       SAYS("topologySpreadConstraints", "service \"web\"", "\"spread\": {\"over\": ...}")},
      {SERVICE, "'update_config': {},", SAYS("update_config", "service \"web\"", "\"update\": {\"kind\": ...}")},
      {SERVICE, "'mem_limit': '1g',", SAYS("mem_limit", "service \"web\"", "\"resources\": {\"limits\": {\"memory\": ...}}")},
      {SERVICE, "'probes': { 'readiness': { 'periodSeconds': 5 } },", SAYS("periodSeconds", "\"readiness\"", "\"every\"")},
      {SERVICE, "'probes': { 'liveness': { 'interval': '5s' } },", SAYS("interval", "\"liveness\"", "\"every\"")},
      {SERVICE, "'update': { 'kind': 'rolling', 'maxSurge': 1 },", SAYS("maxSurge", "\"update\"", "\"surge\"")},
      {SERVICE, "'budget': { 'minAvailable': 1 },", "unknown key \"minAvailable\" in \"budget\"; did you mean \"min_available\"?"},
      {SERVICE, "'autoscale': { 'min': 1, 'max': 2, 'cpu': '80%', 'scaleTargetRef': {} },",
       "unknown key \"scaleTargetRef\" in \"autoscale\"; what it goes by is \"cpu\" or \"metrics\": [ {...} ]"},
      {DATABASE, "'database': { 'max_connections': 100 },",
       SAYS("max_connections", "\"database\"", "\"connections\": {\"max\": ...} of the service")},
      {DATABASE, "'engine': 'postgresql',",
       SAYS("engine", "service \"db\"", "\"kind\": \"database\" with \"database\": {\"engine\": ...}")},
      {0}};
  check_rows(rows);
}

static void test_values_of_manifests(void) {
  static const struct row rows[] = {
      {SERVICE, "'update': { 'kind': 'RollingUpdate' },",
       "\"kind\" must be one of platform, rolling, ordered, recreate, tasks, canary, blue-green, not \"RollingUpdate\"; did you "
       "mean "
       "\"rolling\"?"},
      {SERVICE, "'spread': 'kubernetes.io/hostname',",
       "\"over\" must be one of node, zone, region, not \"kubernetes.io/hostname\"; did you mean \"node\"?"},
      {SERVICE, "'volume': 'hostPath',",
       "\"kind\" must be one of auto, none, local, network, not \"hostPath\"; did you mean \"local\"?"},
      {0}};
  check_rows(rows);
}

/* And where nobody would expect them. */
static void test_words_elsewhere(void) {
  static const struct row rows[] = {
      {ROOT, "'replicas': 2,", "unknown key \"replicas\"; it stands at a service: \"services\": {\"NAME\": {...}}"},
      {ENDPOINT, "'hpa': {},",
       SAYS("hpa", "endpoint \"page\"", "\"autoscale\": {\"min\": ..., \"max\": ..., \"cpu\": ...} of a service")},
      {PLATFORM, "'ingress': {},",
       "unknown key \"ingress\" in \"platform\"; an ingress is a service of kind proxy, the \"entry\" of endpoints whose steps "
       "\"call\" what is behind it"},
      {ROOT, "'kind': 'Deployment',",
       "unknown key \"kind\"; it is of a Kubernetes manifest: 'aguanta import k8s FILE' makes a scenario of one"},
      {PLATFORM, "'minReplicas': 2,", SAYS("minReplicas", "\"platform\"", "\"autoscale\": {\"min\": ...} of a service")},
      {PLATFORM, "'services': {},", "unknown key \"services\" in \"platform\"; it stands beside \"platform\", not in it"},
      {NODES, "'maxSize': 5,", SAYS("maxSize", "node group \"n\"", "\"autoscale\": {\"min\": ..., \"max\": ...}")},
      {NODES, "'kubeReserved': {},", SAYS("kubeReserved", "node group \"n\"", "\"reserved\": {...} of a node group")},
      {ENDPOINT, "'readinessProbe': {},",
       SAYS("readinessProbe", "endpoint \"page\"", "\"probes\": {\"readiness\": {...}} of a service")},
      {ENDPOINT, "'maxReplicas': 4,", SAYS("maxReplicas", "endpoint \"page\"", "\"autoscale\": {\"max\": ...} of a service")},
      {STEP, "{ 'http': 'api' }", "unknown step \"http\"; here it is {\"call\": \"SERVICE\", \"steps\": [...]}"},
      {STEP, "{ 'sql': 'SELECT 1' }", "unknown step \"sql\"; here it is {\"query\": \"DATABASE\", \"reads\": 1, \"demand\": ...}"},
      {STEP, "{ 'sleep': '10ms' }", "unknown step \"sleep\"; here it is {\"delay\": \"20ms\"}"},
      {SOURCE, "'vus': 10,", SAYS("vus", "source \"users\"", "\"population\", of kind closed")},
      {RUN, "'maxReplicas': 4,", SAYS("maxReplicas", "\"run\"", "\"autoscale\": {\"max\": ...} of a service")},
      {0}};
  check_rows(rows);
}

/* Services as a list, as they stand in some files: one error, and none at each name that is not found in it. */
static void test_a_list_for_a_map(void) {
  struct arena *arena = arena_new();
  struct diagnostics *d = diagnostics_new(arena);
  const char *text =
      "{ \"aguanta\": 1, \"name\": \"l\", \"traffic\": { \"u\": { \"kind\": \"open\", \"rate\": \"1/s\", \"mix\": { \"p\": 1 "
      "} } }, \"endpoints\": { \"p\": { \"entry\": \"web\", \"steps\": [ { \"query\": \"db\", \"reads\": 1, \"demand\": "
      "\"1ms\" } ] } }, \"services\": [ { \"name\": \"web\", \"kind\": \"app\" } ], \"platform\": { \"kind\": "
      "\"static\", \"nodes\": { \"n\": { \"cpu\": 1 } } } }";
  test_check(!scenario_read_text(arena, d, "l.json", text, NULL, 0), "a list of services is no scenario");
  const char *said = diagnostics_render(d, arena);
  test_check(diagnostics_errors(d) == 1 && strstr(said, "\"services\" must be an object of named service objects"), "%s", said);
  arena_free(arena);
}

/* The peak alone: the mean is half of it, as the shape of a day with no "peak" has it; with one, its share. */
static void test_peak_alone(void) {
  static const char *const same[][2] = {
      {"{ 'day': { 'peak_rate': '200/s' } }", "{ 'day': { 'mean': '100/s' } }"},
      {"{ 'day': { 'peak_rate': '200/s', 'peak': 4 } }", "{ 'day': { 'mean': '50/s', 'peak': 4 } }"}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
    double rate[2][3];
    for (int k = 0; k < 2; k++) {
      struct arena *arena = arena_new();
      struct diagnostics *d = diagnostics_new(arena);
      struct scenario *s = read_with(arena, d, RATE, same[i][k]);
      test_check(s != NULL, "%s", diagnostics_render(d, arena));
      for (int h = 0; s && h < 3; h++) rate[k][h] = profile_rate(&model_source(&s->model, 0)->rate, (sim_time)h * 7 * SIM_HOUR);
      arena_free(arena);
    }
    for (int h = 0; h < 3; h++) test_check(rate[0][h] == rate[1][h] && rate[0][h] > 0, "%g and %g", rate[0][h], rate[1][h]);
  }
}

static const struct test_case cases[] = {{"claims", test_claims},
                                         {"values", test_values},
                                         {"words_of_services", test_words_of_services},
                                         {"values_of_manifests", test_values_of_manifests},
                                         {"words_elsewhere", test_words_elsewhere},
                                         {"a_list_for_a_map", test_a_list_for_a_map},
                                         {"peak_alone", test_peak_alone},
                                         {0}};
const struct test_suite suite_manifest_words = {"manifest_words", cases};
