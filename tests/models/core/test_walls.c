/* A mechanism that lives only in the tests, tests/walls/part_toll.c: one file, and its name in the Makefile, give it keys with
 * errors and pages, a wait, something held, draws, a row of saturation, meters and an audit. The program that has it is asked as a
 * user would ask it. */
#include "tests/command.h"
#include "tests/suite.h"
#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>

/* --- the program with the part ------------------------------------------------------------------------------------------------ */

/* It is built next to the one that has no such part. */
static const char *walls_program(void) {
  static _Thread_local char path[300];
  const char *ordinary = child_aguanta(), *name = strrchr(ordinary, '/');
  snprintf(path, sizeof path, "%.*s/tests/walls/aguanta", name ? (int)(name - ordinary) : 1, name ? ordinary : ".");
  return path;
}

#define WALLS(...) child_run(&(struct child_wish){0}, (const char *const[]){walls_program(), __VA_ARGS__, NULL})

/* Written with single quotes; the path is to be freed. */
__attribute__((format(printf, 1, 2))) static char *scenario(const char *format, ...) {
  char text[4000], *path = child_path("toll.json");
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  for (char *c = text; *c; c++)
    if (*c == '\'') *c = '"';
  child_write(path, text);
  return path;
}

struct answer {
  struct child child;
  char *exported;
  cJSON *json; /* null: there is none */
};

/* Of a run of the scenario at the path, with this setting. */
static struct answer ask(const char *program, const char *path, const char *jobs, const char *setting) {
  char *export = child_path("answer.json");
  remove(export);
  struct answer a = {
      .child = child_run(&(struct child_wish){0}, (const char *const[]){program, "run", path, "--jobs", jobs, "--set", setting,
                                                                        "--progress", "never", "--export", export, NULL})};
  a.exported = test_read_file(export);
  a.json = a.exported ? cJSON_Parse(a.exported) : NULL;
  free(export);
  return a;
}

static struct answer ask_walls(const char *path, const char *setting) { return ask(walls_program(), path, "1", setting); }

static void forget(struct answer *a) {
  child_free(&a->child);
  free(a->exported);
  cJSON_Delete(a->json);
}

static const cJSON *member(const cJSON *row, const char *key) { return cJSON_GetObjectItemCaseSensitive(row, key); }

static bool says(const cJSON *row, const char *key, const char *text) {
  const cJSON *value = member(row, key);
  return !text || (cJSON_IsString(value) && !strcmp(value->valuestring, text));
}

/* The row of a list in which each of the keys says what is wanted; null: there is none. */
static const cJSON *row_of(const struct answer *a, const char *list, const char *key, const char *text, const char *aggregate) {
  const cJSON *row;
  cJSON_ArrayForEach(row, member(a->json, list)) if (says(row, key, text) && says(row, "agg", aggregate)) return row;
  return NULL;
}

static double number(const cJSON *row, const char *key) {
  const cJSON *value = member(row, key);
  return cJSON_IsNumber(value) ? value->valuedouble : NAN;
}

static double metric(const struct answer *a, const char *name, const char *aggregate) {
  return number(row_of(a, "metrics", "metric", name, aggregate), "value");
}

/* --- one file and one name ---------------------------------------------------------------------------------------------------- */

static void test_one_line_names_it(void) {
  char *makefile = test_read_file("Makefile"), *list = test_read_file("models/core/parts.h");
  test_check(makefile && child_count(makefile, "toll") == 1, "the Makefile names the part more or less than once");
  test_check(list && child_count(list, "toll") == 0, "the program's own list names it");
  free(makefile), free(list);
}

/* --- keys --------------------------------------------------------------------------------------------------------------------- */

#define SMALL                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'toll',\n'traffic': { 'u': { 'kind': 'closed', 'population': 5, 'think': '10ms', 'mix': { 'p': 1 } } "  \
  "},\n'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '1005ns' } ] } },\n'services': { 'a': { 'kind': 'app', 'threads': " \
  "8%s } },\n'tolls': { 'gate': { 'lanes': %s } },\n'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 8 } } },\n'run': { "  \
  "'warmup': '0s', 'window': '15ms', 'replications': 2%s } %s }\n"
#define PAYMENT "'payment': '1234560ns'"
#define TOLL    ", 'toll': 'gate'"

static void test_errors_of_keys(void) {
  static const struct {
    const char *service, *gate, *place, *message;
  } rows[] = {
      {TOLL, "2, 'payments': '1s', " PAYMENT,
       ":5:34: error: ", "unknown key \"payments\" in toll \"gate\"; did you mean \"payment\"?"},
      {TOLL, "0, " PAYMENT, ":5:31: error: ", "\"lanes\" must be from 1 to 1000000, not 0"},
      {TOLL, "2", ":5:12: error: ", "toll \"gate\" needs the key \"payment\""},
      {TOLL, "2, 'payment': '1 parsec'", ":5:45: error: ", "\"payment\""},
      {", 'toll': 'gaet'", "2, " PAYMENT,
       ":4:59: error: ", "\"toll\" refers to \"gaet\", which is not in \"tolls\"; did you mean \"gate\"?"},
      {", 'tol': 'gate'", "2, " PAYMENT, ":4:51: error: ", "unknown key \"tol\" in service \"a\"; did you mean \"toll\"?"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *path = scenario(SMALL, rows[i].service, rows[i].gate, "", "");
    struct child c = WALLS("check", path);
    test_check(c.status == 3 && child_begins(c.err, path) && child_begins(c.err + strlen(path), rows[i].place) &&
                   strstr(c.err, rows[i].message) && strstr(c.err, "^"),
               "%s: %d, %s", rows[i].message, c.status, c.err);
    child_free(&c), free(path);
  }
}

/* What the part itself finds wrong is reported at the key, too. */
static void test_errors_of_links(void) {
  char *path = scenario(SMALL, TOLL " }, 'x': { 'kind': 'external', 'latency': '1ms', 'toll': 'gate'", "2, " PAYMENT, "", "");
  struct child c = WALLS("check", path);
  test_check(c.status == 3 && strstr(c.err, ":4:") && strstr(c.err, "an external service has no gate"), "%d, %s", c.status, c.err);
  child_free(&c), free(path);
}

static void test_pages(void) {
  struct child page = WALLS("schema", "markdown"), schema = WALLS("schema"), key = WALLS("explain", "tolls.gate.lanes");
  test_check(strstr(page.out, "\n| `tolls` | an object of named toll objects ([toll](#record-toll)) |") != NULL, "no tolls");
  test_check(strstr(page.out, "\n| `toll` | a name from \"tolls\" |") != NULL, "no toll of a service");
  test_check(strstr(page.out, "\n| `lanes` | a whole number; from 1 to 1000000 | **required** |") != NULL, "no lanes");
  cJSON *json = cJSON_Parse(schema.out);
  test_check(json && strstr(schema.out, "\"tolls\"") && strstr(schema.out, "\"payment\""), "no schema");
  test_check(key.status == 0 && strstr(key.out, "Requests that may have passed the gate"), "%s%s", key.out, key.err);
  cJSON_Delete(json);
  child_free(&page), child_free(&schema), child_free(&key);
}

/* --- by hand ------------------------------------------------------------------------------------------------------------------ */

/* Five users come at 10 ms. Two lanes, each taken for a payment and a computation: two pass at once, two after the first two, the
 * last after these. A user with an answer thinks until the run is over. */
enum { LANE_NS = 1234560 + 1005 };

static void test_by_hand(void) {
  const double window_ns = 15e6;
  const struct {
    const char *name, *aggregate;
    double value;
  } rows[] = {{"gate.paid", "count", 5},
              {"gate.in_use", "max", 2},
              {"gate.in_use", "mean", 5 * LANE_NS / window_ns},
              {"gate.waiting", "max", 3},
              {"gate.waiting", "mean", 4 * LANE_NS / window_ns},
              {"gate.wait", "mean", 4.0 / 5 * LANE_NS * 1e-9},
              {"gate.wait", "max", 2 * LANE_NS * 1e-9},
              {"p.latency", "mean", 9.0 / 5 * LANE_NS * 1e-9},
              {"p.latency", "max", 3 * LANE_NS * 1e-9}};
  char *path = scenario(SMALL, TOLL, "2, " PAYMENT, "", "");
  struct answer a = ask_walls(path, "name=hand");
  test_check(a.json != NULL, "%s", a.child.err);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    double value = metric(&a, rows[i].name, rows[i].aggregate);
    test_check(fabs(value - rows[i].value) < 1e-12, "%s of %s: %.12f, by hand %.12f", rows[i].aggregate, rows[i].name, value,
               rows[i].value);
  }
  const cJSON *row = row_of(&a, "saturation", "resource", "gate lanes", NULL);
  double full = number(row, "saturates_at_per_s"), used = number(member(row, "utilization"), "value");
  test_check(fabs(full - 2 / (LANE_NS * 1e-9)) < 1e-6, "full at %.9f/s", full);
  test_check(fabs(used - 5 * LANE_NS / (2 * window_ns)) < 1e-12, "utilization %.12f", used);
  forget(&a), free(path);
}

/* A lane is free when the work is done: an answer that is on its way to a client holds none. */
static void test_answers_on_their_way(void) {
  char *path = scenario(SMALL, TOLL, "2, " PAYMENT, "", "");
  struct answer a = ask_walls(path, "traffic.u.connection.round_trip=1ms");
  double mean = metric(&a, "gate.wait", "mean"), most = metric(&a, "gate.wait", "max");
  test_check(fabs(mean - 4.0 / 5 * LANE_NS * 1e-9) < 1e-12 && fabs(most - 2 * LANE_NS * 1e-9) < 1e-12,
             "waits of %.12f s, at most %.12f s; %s", mean, most, a.child.err);
  forget(&a), free(path);
}

static void test_claims(void) {
  char *path = scenario(SMALL, TOLL, "2, " PAYMENT, "",
                        ", 'claims': [ 'count(gate.paid) >= 5', 'max(gate.in_use) <= 1', 'mean(gate.wait) < 0.99ms', "
                        "'share(gate.wait < 2ms) > 70%', 'max(gate.waiting) <= 2' ]");
  struct answer a = ask_walls(path, "name=claims");
  static const char *const verdicts[] = {"PASS", "FAIL", "PASS", "PASS", "FAIL"};
  for (int i = 0; i < 5; i++) {
    const cJSON *claim = cJSON_GetArrayItem(member(a.json, "claims"), i);
    const char *expression = cJSON_GetStringValue(member(claim, "expr")), *verdict = cJSON_GetStringValue(member(claim, "verdict"));
    test_check(verdict && !strcmp(verdict, verdicts[i]), "%s: %s; %s", expression ? expression : "?", verdict ? verdict : "?",
               a.child.err);
  }
  forget(&a), free(path);
}

/* --- theory ------------------------------------------------------------------------------------------------------------------- */

#define QUEUE                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'queue', 'traffic': { 'u': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } } }, 'endpoints': { "   \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '0s' } ] } }, 'services': { 'a': { 'kind': 'app', 'toll': 'gate' } }, 'tolls': { "     \
  "'gate': { 'lanes': %d, 'payment': %s } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { "          \
  "'warmup': '20s', 'window': '100s', 'replications': 40 } }"

/* Mean wait of M/M/c (Erlang 1917): C(c, a) s / (c - a). */
static double erlang_wait(int servers, double rate, double service_s) {
  double offered = rate * service_s, blocking = 1;
  for (int k = 1; k <= servers; k++) blocking = offered * blocking / (k + offered * blocking);
  double waits = blocking / (1 - offered / servers * (1 - blocking));
  return waits * service_s / (servers - offered);
}

/* Of M/D/1 (Pollaczek 1930, Khinchine 1932): rho s / (2 (1 - rho)). */
static double fixed_wait(double rate, double service_s) { return rate * service_s * service_s / (2 * (1 - rate * service_s)); }

static void test_theory(void) {
  const struct {
    int lanes;
    const char *payment;
    double wait_s, full;
  } rows[] = {{3, "{ 'exponential': '21ms' }", erlang_wait(3, 100, 0.021), 3 / 0.021},
              {1, "{ 'exponential': '7ms' }", erlang_wait(1, 100, 0.007), 1 / 0.007},
              {1, "'7ms'", fixed_wait(100, 0.007), 1 / 0.007}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char *path = scenario(QUEUE, rows[i].lanes, rows[i].payment);
    struct answer a = ask_walls(path, "name=theory");
    const cJSON *row = row_of(&a, "metrics", "metric", "gate.wait", "mean"), *bounds = member(row, "ci95");
    double low = cJSON_GetNumberValue(cJSON_GetArrayItem(bounds, 0)), high = cJSON_GetNumberValue(cJSON_GetArrayItem(bounds, 1));
    double slack = (high - low) / 4; /* one run in twenty is outside of its interval, whatever the number of the part */
    test_check(low - slack <= rows[i].wait_s && rows[i].wait_s <= high + slack && high - low < 0.2 * rows[i].wait_s,
               "%d lanes, %s: from %.6f to %.6f s, by theory %.6f; %s", rows[i].lanes, rows[i].payment, low, high, rows[i].wait_s,
               a.child.err);
    double full = number(row_of(&a, "saturation", "resource", "gate lanes", NULL), "saturates_at_per_s");
    test_check(fabs(full - rows[i].full) < 1e-6 * full, "full at %.9f/s", full);
    forget(&a), free(path);
  }
}

/* --- all ways out ------------------------------------------------------------------------------------------------------------- */

/* Clients that give up, with and without their servers noticing; calls that are given up and repeated; requests that turn back at a
 * gate, that pass two gates, and one twice; branches; processes and machines that die. */
#define TROUBLE                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'trouble', 'traffic': { 'u': { 'kind': 'open', 'rate': '60/s', 'mix': { 'p': 1, 'q': 1 }, 'timeout': "  \
  "'150ms', 'cancel': true }, 'v': { 'kind': 'open', 'rate': '20/s', 'mix': { 'p': 1, 'q': 1 }, 'timeout': '250ms' } }, "          \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '2ms' } }, { 'call': 'b', 'timeout': '40ms', "         \
  "'cancel': true, 'retry': { 'attempts': 2, 'backoff': '5ms' }, 'steps': [ { 'cpu': { 'exponential': '5ms' } } ] }, { 'call': "   \
  "'c', 'steps': [ { 'cpu': '1ms' } ] } ] }, 'q': { 'entry': 'c', 'steps': [ { 'parallel': [ { 'steps': [ { 'call': 'b', "         \
  "'steps': "                                                                                                                      \
  "[ { 'cpu': '3ms' } ] } ] }, { 'steps': [ { 'cpu': '4ms' } ] } ] } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, "   \
  "'threads': 16, 'toll': 'gate' }, 'b': { 'kind': 'app', 'replicas': 2, 'threads': 16, 'toll': 'bridge' }, 'c': { 'kind': "       \
  "'app', "                                                                                                                        \
  "'replicas': 2, 'threads': 16, 'toll': 'gate' } }, 'tolls': { 'gate': { 'lanes': 6, 'payment': { 'exponential': '25ms' }, "      \
  "'patience': '50ms' }, 'bridge': { 'lanes': 2, 'payment': { 'exponential': '12ms' } } }, 'platform': { 'kind': 'compose', "      \
  "'nodes': { 'n': { 'count': 2, 'cpu': 8 } } }, 'faults': { 'a': { 'kind': 'crash', 'service': 'a', 'mtbf': '1s' }, 'b': { "      \
  "'kind': 'crash', 'service': 'b', 'mtbf': '1s' }, 'n': { 'kind': 'node', 'nodes': 'n', 'mtbf': '8s', 'repair': '500ms' } }, "    \
  "'run': { 'warmup': '1s', 'window': '10s', 'replications': 4, 'settles': false } }"

static double error_share(const struct answer *a, const char *cause) {
  const cJSON *row;
  cJSON_ArrayForEach(row, member(a->json, "metrics")) if (says(row, "metric", "all") &&
                                                          says(member(row, "labels"), "cause", cause)) return number(row, "value");
  return NAN;
}

static void test_audit_holds(void) {
  static const char *const causes[] = {"timeout", "call_timeout", "limited", "crashed"};
  char *path = scenario(TROUBLE);
  for (int seed = 1; seed <= 3; seed++) {
    char setting[40];
    snprintf(setting, sizeof setting, "run.seed=%d", seed);
    struct answer a = ask_walls(path, setting);
    test_check(a.json && !cJSON_GetArraySize(member(a.json, "violations")), "seed %d: %s%s", seed, a.child.out, a.child.err);
    test_check(metric(&a, "gate.waiting", "max") > 0 && metric(&a, "bridge.waiting", "max") > 0, "no request waits");
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
      test_check(error_share(&a, causes[i]) > 0, "seed %d: no %s", seed, causes[i]);
    forget(&a);
  }
  free(path);
}

static void test_audit_finds_a_leak(void) {
  static const char *const settings[] = {"tolls.gate.leaks=1", "tolls.bridge.leaks=1"};
  char *path = scenario(TROUBLE);
  for (int i = 0; i < 2; i++) {
    struct answer a = ask_walls(path, settings[i]);
    const char *found = cJSON_GetStringValue(cJSON_GetArrayItem(member(a.json, "violations"), 0));
    test_check(found && strstr(found, "lanes held and"), "%s: %s; %s", settings[i], found ? found : "nothing is broken",
               a.child.err);
    test_check(strstr(a.child.out, "BROKEN INVARIANT: toll ") != NULL, "%s", a.child.out);
    forget(&a);
  }
  free(path);
}

/* --- bytes -------------------------------------------------------------------------------------------------------------------- */

static bool same(const struct answer *a, const struct answer *b) {
  return a->child.status == b->child.status && a->exported && b->exported && !strcmp(a->exported, b->exported) &&
         !strcmp(a->child.out, b->child.out) && !strcmp(a->child.err, b->child.err);
}

static void test_threads(void) {
  char *path = scenario(TROUBLE);
  struct answer one = ask(walls_program(), path, "1", "name=bytes"), two = ask(walls_program(), path, "2", "name=bytes");
  test_check(same(&one, &two), "two threads: other bytes");
  forget(&one), forget(&two), free(path);
}

/* A part that a scenario does not use changes nothing in it. */
static void test_without_tolls(void) {
  static const char *const paths[] = {"tests/cli/small.json", "tests/cli/many-outages.json", "tests/oracle/retrial-mm1.json",
                                      "scenarios/ideas/shards.json", "scenarios/ideas/hot-row.json"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    struct answer with = ask(walls_program(), paths[i], "1", "run.window=2s"),
                  without = ask(child_aguanta(), paths[i], "1", "run.window=2s");
    test_check(same(&with, &without), "%s: other bytes; %s", paths[i], with.child.err);
    forget(&with), forget(&without);
  }
}

#define NEUTRAL                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'neutral', 'traffic': { 'u': { 'kind': 'open', 'rate': '150/s', 'mix': { 'p': 1 }, 'timeout': '1s' } "  \
  "}, "                                                                                                                            \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': { 'exponential': '2ms' } }, { 'call': 'b', 'steps': [ { 'cpu': { "      \
  "'exponential': '5ms' } } ] }, { 'cpu': { 'exponential': '1ms' } } ] } }, 'services': { 'a': { 'kind': 'app', 'threads': 4%s "   \
  "}, "                                                                                                                            \
  "'b': { 'kind': 'app'%s } }, 'tolls': { 'gate': { 'lanes': 1000000, 'payment': '0s' } }, 'platform': { 'kind': 'static', "       \
  "'nodes': { 'n': { 'cpu': 2 } } }, 'faults': { 'f': { 'kind': 'crash', 'service': 'b', 'mtbf': '3s' } }, 'run': { 'warmup': "    \
  "'1s', 'window': '20s', 'replications': 3 } }"

/* With a gate at which no request waits, and none pays, customers draw and get what they do without. */
static void test_neutral_gates(void) {
  static const char *const aggregates[] = {"mean", "p50", "p90", "max", "rate", "error_rate"};
  struct answer a[2];
  for (int i = 0; i < 2; i++) {
    char *path = scenario(NEUTRAL, i ? TOLL : "", i ? TOLL : "");
    a[i] = ask_walls(path, "name=neutral");
    free(path);
  }
  for (size_t k = 0; k < sizeof aggregates / sizeof *aggregates; k++) {
    const char *of = k < 4 ? "p.latency" : "p";
    double without = metric(&a[0], of, aggregates[k]), with = metric(&a[1], of, aggregates[k]);
    test_check(without > 0 && without == with, "%s of %s: %.12f with gates, %.12f without; %s", aggregates[k], of, with, without,
               a[1].child.err);
  }
  double paid = metric(&a[1], "gate.paid", "count"), none = metric(&a[0], "gate.paid", "count");
  test_check(paid > 4000 && none == 0, "%.0f payments with gates, %.0f without", paid, none);
  forget(&a[0]), forget(&a[1]);
}

static const struct test_case cases[] = {{"one line names it", test_one_line_names_it},
                                         {"errors of keys", test_errors_of_keys},
                                         {"errors of links", test_errors_of_links},
                                         {"pages", test_pages},
                                         {"by hand", test_by_hand},
                                         {"answers on their way", test_answers_on_their_way},
                                         {"claims", test_claims},
                                         {"theory", test_theory},
                                         {"audit holds", test_audit_holds},
                                         {"audit finds a leak", test_audit_finds_a_leak},
                                         {"threads", test_threads},
                                         {"without tolls", test_without_tolls},
                                         {"neutral gates", test_neutral_gates},
                                         {NULL, NULL}};
const struct test_suite suite_walls = {"walls", cases};
