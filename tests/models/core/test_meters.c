/* Meters: by hand across the end of the warm-up, in every kind of study, and in what is asked of them; and the warm-up that follows
 * their levels. */
#include "tests/command.h"
#include "models/traffic/source.h"
#include "models/traffic/client.h"
#include "tests/model_fixture.h"

/* --- by hand --------------------------------------------------------------------------------------------------------------------- */

static struct fixture ten(const char *run) {
  /* Ten users ask at 10 s, a second of work each: one is served, nine are rejected and back off until 30 s; the served one asks again
   * at 21 and 32 s. */
  return fixture_of(
      "{ 'aguanta': 1, 'name': 'ten', 'traffic': { 'u': { 'kind': 'closed', 'population': 10, 'think': '10s', 'mix': { 'p': "
      "1 }, 'retry': { 'attempts': 2, 'backoff': '20s', 'jitter': 'none' } } }, 'endpoints': { 'p': { 'entry': 'a', "
      "'steps': [ { 'cpu': '1s' } ] } }, 'services': { 'a': { 'kind': 'app', 'backlog': 0 } }, 'platform': { 'kind': "
      "'static', 'nodes': { 'n': { 'cpu': 8 } } }, 'run': { %s } }",
      run);
}

static void test_levels_cross_the_warm_up(void) {
  struct fixture f = ten("'warmup': '15s', 'window': '20s', 'windows': 4");
  struct world *w = fixture_run(&f, 1, "ten");
  const struct client_meters *t = &world_sources(w)->each[0].config->meters;
  const struct meter_observation *level = &w->observation.meters[t->backing_off], *attempts = &w->observation.meters[t->attempts];
  /* 15 to 20, 25, 30 and 35 s: nine until 30 s; then eight have failed for good, and the ninth is served. */
  static const double sums[4] = {45e9, 45e9, 45e9, 0};
  static const uint64_t counts[4] = {0, 1, 0, 10};
  for (uint32_t i = 0; i < 4; i++)
    test_check(level->course.sums[i] == sums[i] && attempts->course.counts[i] == counts[i], "window %u: %.9f s, %llu attempts", i,
               level->course.sums[i] * 1e-9, (unsigned long long)attempts->course.counts[i]);
  test_check(level->most == 9 && -level->least_negated == 0, "from %.0f to %.0f", -level->least_negated, level->most);
  test_check(w->observation.meters[t->retries].course.counts[3] == 9, "retries");
  world_free(w);
  fixture_close(&f);
}

static void test_extremes_are_measured_ones(void) {
  struct fixture f = ten("'warmup': '32s', 'window': '3s', 'windows': 1");
  struct world *w = fixture_run(&f, 1, "late");
  const struct meter_observation *level = &w->observation.meters[world_sources(w)->each[0].config->meters.backing_off];
  test_check(level->most == 0 && -level->least_negated == 0, "nine of the warm-up count: %.0f", level->most);
  world_free(w), fixture_close(&f);
  f = ten("'warmup': '12s', 'window': '3s', 'windows': 1");
  w = fixture_run(&f, 1, "constant");
  level = &w->observation.meters[world_sources(w)->each[0].config->meters.backing_off];
  test_check(level->most == 9 && -level->least_negated == 9 && level->course.sums[0] == 27e9,
             "a level that never moves: %.0f to %.0f", -level->least_negated, level->most);
  world_free(w), fixture_close(&f);
}

/* --- studies ------------------------------------------------------------------------------------------------------------------------- */

/* All that clients do, in a site that bears it: stationary, so that one long run does too. */
static void put_fair(struct text *t, const char *run) {
  put(t,
      "{ 'aguanta': 1, 'name': 'fair', 'traffic': { 'fans': { 'kind': 'session', 'rate': '8/s', 'room': 'lobby', 'timeout': "
      "'60ms', "
      "'retry': { 'attempts': 3, 'backoff': '50ms' }, 'hedge': '30ms', 'journey': [ { 'ask': 'p', 'think': { 'exponential': "
      "'200ms' } }, "
      "{ 'ask': 'q', 'failed': 'go-on', 'next': { 'p': 1, 'leave': 2 } } ] }, 'shoppers': { 'kind': 'open', 'rate': '10/s', 'mix': "
      "{ 'p': "
      "1 }, 'reload': { 'after': '20ms' }, 'impatience': { 'exponential': '300ms' } } }, 'waiting_rooms': { 'lobby': { 'admit': "
      "'12/s', "
      "'inside': 30, 'patience': { 'exponential': '5s' }, 'tolerance': '2s' } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { "
      "'cpu': { "
      "'exponential': '9ms' } } ] }, 'q': { 'entry': 'a', 'steps': [ { 'cpu': '4ms' } ] } }, 'services': { 'a': { 'kind': 'app', "
      "'backlog': 20 } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, 'run': { %s }, 'claims': [ "
      "'rate(fans.attempts) < 90/s', 'count(fans.retries) >= 1', 'mean(lobby.length) < 5', 'max(fans.active) <= 30', "
      "'min(lobby.length) "
      ">= 0', 'p95(lobby.wait) < 5s', 'share(lobby.wait < 1s) > 50%%', 'mean(fans.length) < 10s', 'p50(p.wait) < 1s', "
      "'mean(fans.backing_off) < 3', 'mean(p.retry) < 1s' ] }",
      run);
}

struct bytes {
  char *text;
  size_t length;
};

static struct bytes bytes_of(const struct results *r) {
  struct bytes b;
  b.text = report_json(r, &b.length);
  return b;
}

static void same(struct bytes a, struct bytes b, const char *what) {
  test_check(a.length == b.length && !memcmp(a.text, b.text, a.length), "%s: other bytes", what);
  free(b.text);
}

static void test_studies(void) {
  struct text t = {.length = 0};
  put_fair(&t, "'warmup': '5s', 'window': '200s', 'windows': 4, 'replications': 6");
  struct fixture f = fixture_open(&t);
  struct study_options one = {.jobs = 1, .replications = 6}, two = {.jobs = 2, .replications = 6};
  struct results *r = study_run(f.arena, f.scenario, &one);
  struct bytes whole = bytes_of(r);
  for (uint32_t i = 0; i < r->claim_count; i++)
    test_check(r->claims[i].verdict == VERDICT_PASS, "%s: %d", r->claims[i].expression, r->claims[i].verdict);
  test_check(!r->violation_count, "%u violations", r->violation_count);
  same(whole, bytes_of(study_run(f.arena, f.scenario, &two)), "two threads");
  FILE *file = tmpfile();
  struct study *s = study_open(f.arena, f.scenario, &two);
  test_check(study_extend(s, 2, 0) && study_save(s, file), "saved");
  study_close(s);
  rewind(file);
  s = study_open(f.arena, f.scenario, &one);
  test_check(study_load(s, file) && study_replications(s, false) == 2 && study_extend(s, 6, 0), "loaded");
  same(whole, bytes_of(study_results(s)), "over a file");
  study_close(s);
  fclose(file);
  free(whole.text);
  fixture_close(&f);
}

/* Batches of one long run and replications say the same of the same site. */
static void test_batches(void) {
  static const char *const names[][2] = {{"fans.attempts", "rate"}, {"fans.active", "mean"},      {"lobby.length", "mean"},
                                         {"lobby.wait", "mean"},    {"fans.backing_off", "mean"}, {"fans.length", "mean"},
                                         {"lobby.balked", "rate"},  {"lobby.admitted", "rate"}};
  struct estimate seen[2][8];
  for (int batches = 0; batches < 2; batches++) {
    struct text t = {.length = 0};
    put_fair(&t, batches ? "'warmup': '20s', 'window': '200s', 'replications': 20, 'budget': 20, 'method': 'batches'"
                         : "'warmup': '20s', 'window': '200s', 'replications': 20, 'budget': 20, 'method': 'replications'");
    struct fixture f = fixture_open(&t);
    struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
    for (int i = 0; i < 8; i++) {
      const struct metric *m = results_metric(r, names[i][0], names[i][1], NULL);
      test_check(m != NULL, "no %s(%s)", names[i][1], names[i][0]);
      seen[batches][i] = m ? m->estimate : (struct estimate){0};
    }
    fixture_close(&f);
  }
  for (int i = 0; i < 8; i++) {
    double a = (seen[0][i].high - seen[0][i].low) / 2, b = (seen[1][i].high - seen[1][i].low) / 2;
    test_check(a > 0 && b > 0 && b < 4 * a && fabs(seen[0][i].value - seen[1][i].value) < 1.8 * sqrt(a * a + b * b),
               "%s(%s): %.6g +- %.2g by replications, %.6g +- %.2g by batches", names[i][1], names[i][0], seen[0][i].value, a,
               seen[1][i].value, b);
  }
}

/* From outside: two variants compared, and a sweep, with figures that come from meters. */
static void test_compare_and_sweep(void) {
  struct text t = {.length = 0};
  put_fair(&t, "'warmup': '5s', 'window': '40s', 'replications': 10");
  char *path = child_path("fair.json"), *narrow = child_path("narrow.json"), *points = child_path("points.csv");
  child_write(path, t.bytes);
  child_write(narrow, "{ \"extends\": \"fair.json\", \"waiting_rooms\": { \"lobby\": { \"admit\": \"6/s\" } } }");
  struct child c =
      AGUANTA("compare", path, narrow, "--fail-on", "mean(lobby.length) +10%", "--fail-on", "rate(fans.attempts) +10%");
  test_check(c.status == 99 && strstr(c.out, "mean(lobby.length)") && strstr(c.out, "verdict: FAIL (1 pass, 1 fail)"), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c);
  c = AGUANTA("sweep", path, "--vary", "waiting_rooms.lobby.inside=20,30", "--reps", "3", "--export", points);
  char *table = test_read_file(points);
  test_check((c.status == 0 || c.status == 98) && table && strstr(table, "lobby.length") && strstr(table, "fans.attempts"),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  unlink(path), unlink(narrow), unlink(points);
  free(path), free(narrow), free(points), free(table);
}

/* --- the warm-up ----------------------------------------------------------------------------------------------------------------------- */

static double warmup_s(const char *think) {
  struct fixture f = fixture_of("{ 'aguanta': 1, 'name': 'visits', 'traffic': { 's': { 'kind': 'session', 'rate': '2/s', "
                                "'journey': [ { 'ask': 'p', 'think': '%s' }, "
                                "{ 'ask': 'p', 'name': 'q', 'think': '%s' }, { 'ask': 'p', 'name': 'r' } ] } }, 'endpoints': { "
                                "'p': { 'entry': 'a', 'steps': [ { "
                                "'cpu': '5ms' } ] } }, 'services': { 'a': { 'kind': 'app' } }, 'platform': { 'kind': 'static', "
                                "'nodes': { 'n': { 'cpu': 4 } } }, "
                                "'run': { 'window': '10m' } }",
                                think, think);
  struct study *s = study_open(f.arena, f.scenario, &(struct study_options){.jobs = 1});
  double found = sim_seconds(study_warmup(s));
  study_close(s);
  fixture_close(&f);
  return found;
}

/* A session of 200 s fills its site for 200 s, while hardly ever a request is inside. */
static void test_warm_up_follows_sessions(void) {
  double quick = warmup_s("1s"), slow = warmup_s("100s");
  test_check(slow >= 400 && slow < 4000, "sessions of 200 s: a warm-up of %.1f s", slow);
  test_check(quick < 60, "sessions of 2 s: a warm-up of %.1f s", quick);
}

static const struct test_case cases[] = {{"levels_cross_the_warm_up", test_levels_cross_the_warm_up},
                                         {"extremes_are_measured_ones", test_extremes_are_measured_ones},
                                         {"studies", test_studies},
                                         {"batches", test_batches},
                                         {"compare_and_sweep", test_compare_and_sweep},
                                         {"warm_up_follows_sessions", test_warm_up_follows_sessions},
                                         {NULL, NULL}};
const struct test_suite suite_meters = {"meters", cases};
