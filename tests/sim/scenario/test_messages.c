/* Words and values that a newcomer writes, each with the message that helps: one row a kind. Each is put into one small scenario. */
#include "sim/engine/arena.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/scenario.h"
#include "tests/suite.h"
#include <string.h>

/* What a row replaces in the scenario below. */
enum part { TRAFFIC, STEPS, SERVICES, PLATFORM, MORE, CLAIMS, PARTS };

static const char *const ordinary[PARTS] = {"{ 'web': { 'kind': 'open', 'rate': '10/s', 'mix': { 'page': 1 } } }",
                                            "[ { 'cpu': '5ms' } ]",
                                            ("{ 'api': { 'kind': 'app', 'runtime': 'event-loop' }, 'db': { 'kind': 'database', "
                                             "'replicas': 2 }, 'redis': { 'kind': 'cache' } }"),
                                            "{ 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': 4 } } }",
                                            "{}",
                                            "[]"};

struct row {
  enum part part;
  const char *written, *message; /* part of the message; null: it is understood */
};

#define SERVICE(keys)                                                                                                              \
  "{ 'api': { 'kind': 'app', 'runtime': 'event-loop', " keys " }, 'db': { 'kind': 'database' }, 'redis': { 'kind': 'cache' } }"
#define NODE(keys)  "{ 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': 4, " keys " } } }"
#define CLAIM(text) "[ '" text "' ]"
#define DAY(keys)   "{ 'web': { 'kind': 'open', 'rate': { 'day': { " keys " } }, 'mix': { 'page': 1 } } }"

static const struct row rows[] = {
    /* claims */
    {CLAIMS, CLAIM("availability >= 99.9%"), "did you mean \"availability(year) >= 99.9%\"?"},
    {CLAIMS, CLAIM("cost <= 30 EUR"), "did you mean \"cost(month) <= 30 EUR\"?"},
    {CLAIMS, CLAIM("p95(page) < 0.3s"), "did you mean \"p95(page.latency) < 0.3s\"?"},
    {CLAIMS, CLAIM("p95(page.latncy) < 3s"), "did you mean \"p95(page.latency) < 3s\"?"},
    {CLAIMS, CLAIM("uptime(year) > 99%"), "did you mean \"availability(year) > 99%\"?"},
    {CLAIMS, CLAIM("rps(page) > 5/s"), "did you mean \"rate(page) > 5/s\"?"},
    {CLAIMS, CLAIM("cpu(api) < 80%"), "did you mean \"utilization(api.cpu) < 80%\"?"},
    {CLAIMS, CLAIM("p95(page.latency) < 300"), "needs a unit: write \"300ms\" or \"300s\", not 300"},
    {CLAIMS, CLAIM("p95(page.latency) < 300 ms"), NULL},
    {CLAIMS, CLAIM("cost(month) < 30EUR"), NULL},
    {CLAIMS, CLAIM("p95(page.latency) < 300ms over 0s..5s"),
     "has \"over\" after the comparison: write MEASURE over WINDOW < VALUE"},
    /* values */
    {TRAFFIC, DAY("'mean': '10/s', 'peak': '200/s'"), "as a multiple of the mean (\"peak_rate\" takes the rate itself)"},
    {TRAFFIC, DAY("'mean': '10/s', 'peak_rate': '25/s'"), NULL},
    {PLATFORM, NODE("'memory': '4 GB'"), NULL},
    {PLATFORM, NODE("'price': '0.03 EUR/hour'"), NULL},
    {PLATFORM, NODE("'price': '25 EUR/mo'"), NULL},
    {PLATFORM, NODE("'price': '25 €/month'"), NULL},
    {PLATFORM, NODE("'price': '$30/month'"), NULL},
    {PLATFORM, NODE("'price': '30EUR per month'"), NULL},
    {PLATFORM, NODE("'price': '30 EUR'"), "needs a currency and what it is per, such as \"40 USD/month\""},
    {PLATFORM, NODE("'price': 'cx22'"), "write the price itself, such as \"40 USD/month\", or add \"prices\": \"file.json\""},
    {STEPS, "[ { 'cached': 'redis', 'hit': '90', 'miss': [] } ]", "not \"90\": write \"90%\""},
    {STEPS, "[ { 'cached': 'redis', 'hit': 90, 'miss': [] } ]", "not 90: write \"90%\""},
    {STEPS, "[ { 'cpu': 5 } ]", "needs a unit: write \"5ms\" or \"5s\", not 5"},
    {STEPS, "[ 'cpu' ]", "a step is an object: write {\"cpu\": ...}"},
    {SERVICES, SERVICE("'memory': '150Mi'"), NULL},
    {SERVICES, SERVICE("'image': 'registry.io/team/node:20'"), "software is named by \"preset\": \"node\" of the service"},
    {MORE, "{ 'faults': { 'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '30 days', 'repair': '60s..120s' } } }",
     "write {\"uniform\": {\"low\": \"60s\", \"high\": \"120s\"}}"},
    {MORE, "{ 'faults': { 'f': { 'kind': 'crash', 'service': 'api', 'nodes': 'n', 'mtbf': '30 days' } } }",
     "faults.f: \"nodes\" belongs to node and maintenance"},
    {MORE, "{ 'faults': { 'f': { 'service': 'api', 'mtbf': '30 days' } } }", "fault \"f\" needs the key \"kind\": one of node, "},
    {TRAFFIC, "{ 'web': { 'rate': '10/s' } }", "source \"web\" needs the key \"kind\": one of open, closed, session, trace"},
    /* words of Kubernetes and Compose */
    {SERVICES, "{ 'api': { 'kind': 'web' }, 'db': { 'kind': 'database' }, 'redis': { 'kind': 'cache' } }", "did you mean \"app\"?"},
    {SERVICES, "{ 'api': { 'kind': 'postgres' }, 'db': { 'kind': 'database' }, 'redis': { 'kind': 'cache' } }",
     "did you mean \"database\"? Or name the software instead: \"preset\": \"postgresql\""},
    {SERVICES,
     "{ 'api': { 'kind': 'database', 'engine': 'postgresql' }, 'db': { 'kind': 'database' }, 'redis': { 'kind': 'cache' } }",
     "here it is \"kind\": \"database\" with \"database\": {\"engine\": ...}"},
    {SERVICES, SERVICE("'max_connections': 100"), "here it is \"connections\": {\"max\": ...}"},
    {SERVICES, SERVICE("'minReplicas': 2"), "here it is \"autoscale\": {\"min\": ...}"},
    {SERVICES, SERVICE("'autoscale': { 'maxReplicas': 5 }"), "unknown key \"maxReplicas\" in \"autoscale\"; here it is \"max\""},
    {SERVICES, SERVICE("'targetCPUUtilizationPercentage': 70"), "here it is \"autoscale\": {\"cpu\": \"80%\"}"},
    {SERVICES, SERVICE("'ports': ['80:80']"), "it changes nothing that is simulated: leave it out"},
    {SERVICES, SERVICE("'deploy': {}"), "its \"replicas\" and \"resources\" stand in the service itself"},
    {SERVICES, SERVICE("'livenessProbe': {}"), "here it is \"probes\": {\"liveness\""},
    {SERVICES, SERVICE("'probes': { 'readiness': { 'periodSeconds': 5 } }"), "here it is \"every\""},
    {SERVICES, SERVICE("'probes': { 'readiness': { 'failureThreshold': 5 } }"), "here it is \"failures\""},
    {SERVICES, SERVICE("'strategy': {}"), "here it is \"update\": {\"kind\": ...}"},
    {SERVICES, SERVICE("'update': { 'maxSurge': 1 }"), "here it is \"surge\""},
    {SERVICES, SERVICE("'stop_grace_period': '20s'"), "here it is \"update\": {\"grace\": ...}"},
    {SERVICES, SERVICE("'volumes': []"), "here it is \"volume\": {\"kind\": \"local\"} or {\"kind\": \"network\"}"},
    {SERVICES, SERVICE("'mem_limit': '1g'"), "here it is \"resources\": {\"limits\": {\"memory\": ...}}"},
    {SERVICES, SERVICE("'topologySpreadConstraints': []"), "here it is \"spread\": {\"over\": ...}"},
    {SERVICES, SERVICE("'depends_on': []"), "the \"call\", \"query\" and \"cached\" steps of an endpoint say what uses what"},
    {STEPS, "[ { 'http': 'api' } ]", "here it is {\"call\": \"SERVICE\", \"steps\": [...]}"},
    {STEPS, "[ { 'sql': 'select 1' } ]", "here it is {\"query\": \"DATABASE\", \"reads\": 1, \"demand\": ...}"},
    {STEPS, "[ { 'sleep': '20ms' } ]", "here it is {\"delay\": \"20ms\"}"},
    {STEPS, "[ { 'query': 'db', 'reads': 1, 'demand': '1ms', 'on': 'replica' } ]",
     "which is not a role of a replica of \"db\"; did you mean \"replicas\"?"},
    {PLATFORM, "{ 'kind': 'k8s', 'nodes': { 'n': { 'cpu': 4 } } }", "did you mean \"kubernetes\"?"},
    {MORE, "{ 'hpa': {} }", "\"autoscale\" of a service, and \"autoscale\" of a node group for machines"},
    {MORE, "{ 'ingress': {} }", "a service of kind proxy: \"services\": {\"nginx\": {\"preset\": \"nginx\"}}"},
};

/* Single quotes for double ones. */
static char *scenario_of(struct arena *arena, const struct row *row) {
  const char *parts[PARTS];
  memcpy(parts, ordinary, sizeof parts);
  parts[row->part] = row->written;
  bool more = row->part == MORE;
  size_t inner = strlen(parts[MORE]) - 2;
  char *text = arena_format(arena,
                            "{ 'aguanta': 1, 'name': 't', 'traffic': %s, 'endpoints': { 'page': { 'entry': 'api', 'steps': %s } }, "
                            "'services': %s, 'platform': %s, 'claims': %s%s%.*s }",
                            parts[TRAFFIC], parts[STEPS], parts[SERVICES], parts[PLATFORM], parts[CLAIMS], more ? ", " : "",
                            more ? (int)inner : 0, parts[MORE] + 1);
  for (char *p = text; *p; p++)
    if (*p == '\'') *p = '"';
  return text;
}

static void test_rows(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const struct scenario *s = scenario_read_text(arena, d, "t.json", scenario_of(arena, &rows[i]), NULL, 0);
    const char *said = diagnostics_render(d, arena);
    if (rows[i].message)
      test_check(!s && strstr(said, rows[i].message), "%s: %s", rows[i].written, said);
    else
      test_check(s != NULL, "%s: %s", rows[i].written, said);
    test_check(diagnostics_errors(d) <= 2, "%s: %s", rows[i].written, said);
    arena_free(arena);
  }
}

static const struct test_case cases[] = {{"rows", test_rows}, {0}};
const struct test_suite suite_messages = {"messages", cases};
