/* Studies in parts: settled, extended, saved, loaded, cut into batches. Whatever way a study came about, its bytes are those of
 * its number of replications; and it stops when, and only when, it may. */
#include "sim/stats/interval.h"
#include "tests/model_fixture.h"

/* M/M/1: mean sojourn 1 / (1 - rate) seconds. */
static void put_mm1(struct text *t, double rate, const char *run, const char *claims) {
  put(t,
      "{ 'aguanta': 1, 'name': 'mm1', 'traffic': { 'w': { 'kind': 'open', 'rate': '%g/s', 'mix': { 'job': 1 } } }, "
      "'endpoints': { 'job': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '1s' } } ] } }, "
      "'services': { 's': { 'kind': 'app', 'backlog': 'unlimited' } }, "
      "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1 } } }, "
      "'faults': { 'f': { 'kind': 'crash', 'service': 's', 'mtbf': '52w' } }, 'run': { %s }, 'claims': [ %s ] }",
      rate, run, claims);
}

struct json {
  char *text;
  size_t length;
};

static struct json json_of(const struct results *r) {
  struct json j;
  j.text = report_json(r, &j.length);
  return j;
}

static bool same_json(struct json a, struct json b) {
  bool same = a.length == b.length && !memcmp(a.text, b.text, a.length);
  free(a.text), free(b.text);
  return same;
}

#define SHORT_RUN "'warmup': '50s', 'window': '2000s', 'windows': 4, 'replications': 9, 'years': 100, 'years_per_replication': 10"

/* In one go, in three steps, and over a file in between. */
static void test_steps_and_state(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.5, SHORT_RUN, "'mean(job.latency) < 3s', 'availability(year) > 99%'");
  struct fixture f = fixture_open(&t);
  struct study_options options = {.jobs = 2, .replications = 9};
  struct json whole = json_of(study_run(f.arena, f.scenario, &options));

  struct study *s = study_open(f.arena, f.scenario, &options);
  test_check(study_extend(s, 2, 1) && study_extend(s, 7, 5) && study_extend(s, 9, 10) && study_settle(s), "extended");
  struct json steps = json_of(study_results(s));
  test_check(steps.length == whole.length && !memcmp(steps.text, whole.text, whole.length), "three steps make the same bytes");
  free(steps.text);
  study_close(s);

  FILE *file = tmpfile();
  s = study_open(f.arena, f.scenario, &options);
  test_check(study_extend(s, 4, 3) && study_save(s, file), "saved");
  study_close(s);
  rewind(file);
  s = study_open(f.arena, f.scenario, &options);
  test_check(study_load(s, file) && study_replications(s, false) == 4 && study_replications(s, true) == 3, "loaded");
  test_check(study_extend(s, 9, 10) && study_settle(s), "extended after loading");
  test_check(same_json(json_of(study_results(s)), whole), "a study from disk goes on with the same bytes");
  study_close(s);
  fclose(file);
  fixture_close(&f);
}

/* A state that is cut, changed by one bit or of another seed is refused. */
static void test_bad_state(void) {
  struct text t = {.length = 0}, other = {.length = 0};
  put_mm1(&t, 0.5, SHORT_RUN, "");
  put_mm1(&other, 0.5, SHORT_RUN ", 'seed': 2", "");
  struct fixture f = fixture_open(&t), g = fixture_open(&other);
  char *bytes;
  size_t length;
  FILE *file = open_memstream(&bytes, &length);
  struct study *s = study_open(f.arena, f.scenario, &(struct study_options){.jobs = 1});
  test_check(study_extend(s, 3, 2) && study_save(s, file), "saved");
  study_close(s);
  fclose(file);
  for (size_t i = 0; i < 40; i++) {
    size_t at = i * (length - 1) / 39, cut = i == 39 ? length - 1 : length;
    bytes[at] ^= i < 39 ? 4 : 0;
    file = fmemopen(bytes, cut, "r");
    s = study_open(f.arena, f.scenario, &(struct study_options){.jobs = 1});
    test_check(!study_load(s, file), "byte %zu of %zu was changed and nobody noticed", at, length);
    study_close(s);
    fclose(file);
    bytes[at] ^= i < 39 ? 4 : 0;
  }
  file = fmemopen(bytes, length, "r");
  s = study_open(g.arena, g.scenario, &(struct study_options){.jobs = 1});
  test_check(!study_load(s, file), "the state of another scenario was taken");
  study_close(s);
  fclose(file);
  free(bytes);
  fixture_close(&f), fixture_close(&g);
}

static const struct results *settled(const struct fixture *f, struct study_options o) {
  return study_run(f->arena, f->scenario, &o);
}

/* Within twice its interval: four standard errors. */
static bool is_near(const struct estimate *x, double exact) { return fabs(x->value - exact) < x->high - x->low; }

/* Precision: the interval is as narrow as asked for, and not much narrower; fewer replications would not have done. */
static void test_precision(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.8, "'warmup': '500s', 'window': '5000s', 'windows': 1", "");
  struct fixture f = fixture_open(&t);
  const struct results *r = settled(&f, (struct study_options){.jobs = 2, .precision = 0.03});
  const struct metric *mean = results_metric(r, "all.latency", "mean", NULL), *p99 = results_metric(r, "all.latency", "p99", NULL);
  double g = 0.5 * (p99->estimate.high - p99->estimate.low) / p99->estimate.value;
  test_check(g <= 0.03 / 1.03 && g > 0.01, "p99 is known to %.2f%%", 100 * g);
  test_check(is_near(&mean->estimate, 5), "mean %g [%g, %g]", mean->estimate.value, mean->estimate.low, mean->estimate.high);
  test_check(r->replications > 10, "%u replications", r->replications);
  r = settled(&f, (struct study_options){.jobs = 2, .precision = 0.03, .replications = 5});
  test_check(r->replications == 5, "exactly 5 were asked for: %u", r->replications);
  fixture_close(&f);
}

/* Claims: one that is decided costs nothing more, one that is near buys more, one that is hopeless does not burn the budget and
 * says what it would take. */
static void test_claims_buy(void) {
  static const struct {
    const char *claim;
    enum verdict verdict;
    uint32_t least, most;
  } rows[] = {{"'mean(job.latency) < 50s'", VERDICT_PASS, 10, 10},
              {"'mean(job.latency) < 4.6s'", VERDICT_FAIL, 11, 100},
              {"'mean(job.latency) < 5s'", VERDICT_UNDECIDED, 10, 100}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put_mm1(&t, 0.8, "'warmup': '500s', 'window': '10000s', 'windows': 1, 'replications': 10", rows[i].claim);
    struct fixture f = fixture_open(&t);
    const struct results *r = settled(&f, (struct study_options){.jobs = 2});
    test_check(r->claims[0].verdict == rows[i].verdict, "row %zu: verdict %d", i, r->claims[0].verdict);
    test_check(r->replications >= rows[i].least && r->replications <= rows[i].most, "row %zu: %u replications", i, r->replications);
    test_check((r->claims[0].more_replications > 0) == (rows[i].verdict == VERDICT_UNDECIDED), "row %zu: how many more", i);
    test_check(settled(&f, (struct study_options){.jobs = 2, .replications = 3})->replications == 3, "row %zu: exactly 3", i);
    fixture_close(&f);
  }
}

/* The warm-up of M/M/1 at 0.9 is five times 380 s at least, or three quarters of it where the estimate is low; of a thousand
 * servers with a mean service of 100 s it is 500 s, and what is measured after it is right. */
static void test_warmup_found(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.9, "'window': '100000s', 'windows': 1", "");
  struct fixture f = fixture_open(&t);
  const struct results *r = settled(&f, (struct study_options){.jobs = 2});
  test_check(r->warmup_found && r->warmup_s > 0.7 * 5 * 380 && r->warmup_s < 20000, "found %g s", r->warmup_s);
  fixture_close(&f);

  struct text many = {.length = 0};
  put(&many, "{ 'aguanta': 1, 'name': 'm', 'traffic': { 'w': { 'kind': 'open', 'rate': '9/s', 'mix': { 'job': 1 } } }, "
             "'endpoints': { 'job': { 'entry': 's', 'steps': [ { 'cpu': { 'exponential': '100s' } } ] } }, "
             "'services': { 's': { 'kind': 'app', 'runtime': 'threads', 'threads': 1000, 'backlog': 'unlimited' } }, "
             "'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1000 } } }, 'run': { 'window': '4000s', 'windows': 1 } }");
  f = fixture_open(&many);
  r = settled(&f, (struct study_options){.jobs = 2});
  const struct metric *inside = results_metric(r, "inside", "mean", NULL);
  test_check(r->warmup_found && r->warmup_s > 400, "found %g s", r->warmup_s);
  test_check(is_near(&inside->estimate, 900) && inside->estimate.high - inside->estimate.low < 18, "inside %g [%g, %g]",
             inside->estimate.value, inside->estimate.low, inside->estimate.high);
  fixture_close(&f);
}

/* A window that is no longer than the memory of the system: no number. */
static void test_warmup_refused(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.97, "'window': '300s', 'windows': 1", "'p50(job.latency) < 1s'");
  struct fixture f = fixture_open(&t);
  const struct results *r = settled(&f, (struct study_options){.jobs = 2});
  test_check(!r->warmup_found && isnan(results_metric(r, "job.latency", "mean", NULL)->estimate.value), "a mean of nothing");
  test_check(r->claims[0].verdict == VERDICT_NO_DATA && strstr(r->claims[0].reason, "too short"), "%s", r->claims[0].reason);
  fixture_close(&f);
}

/* Days repeat: one whole day. A sale has a course: nothing is cut off. */
static void test_warmup_by_profile(void) {
  static const struct {
    const char *rate;
    sim_time warmup;
    bool found;
  } rows[] = {{"'2/s'", 0, true},
              {"{ 'day': { 'mean': '2/s', 'peak': 2, 'at': '20:00' } }", SIM_DAY, false},
              {"{ 'steps': [ { 'from': '0s', 'rate': '1/s' }, { 'from': '10s', 'rate': '5/s' } ] }", 0, false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t,
        "{ 'aguanta': 1, 'name': 'm', 'traffic': { 'w': { 'kind': 'open', 'rate': %s, 'mix': { 'job': 1 } } }, 'endpoints': { "
        "'job': { 'entry': 's', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 's': { 'kind': 'app' } }, 'platform': { 'kind': "
        "'static', 'nodes': { 'n': { 'cpu': 1 } } } }",
        rows[i].rate);
    struct fixture f = fixture_open(&t);
    const struct run_config *run = &f.scenario->model.run;
    test_check(run->warmup == rows[i].warmup && run->find_warmup == rows[i].found, "row %zu: %g s", i, sim_seconds(run->warmup));
    fixture_close(&f);
  }
}

/* One long run: as right as replications, and its batches are of one run: their sum is the whole. */
static void test_batches(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.8, "'method': 'batches', 'warmup': '500s', 'window': '2500s', 'windows': 1, 'budget': 400", "");
  struct fixture f = fixture_open(&t);
  int covered = 0;
  enum { RUNS = 40 };
  for (int i = 0; i < RUNS; i++) {
    f.scenario->model.run.seed = 100 + (uint64_t)i;
    const struct results *r = settled(&f, (struct study_options){.jobs = 1});
    const struct estimate *mean = &results_metric(r, "job.latency", "mean", NULL)->estimate;
    covered += mean->low < 5 && mean->high > 5;
    test_check(r->batches && r->replications >= 20 && !r->violation_count, "%u batches", r->replications);
  }
  test_check(covered >= 33, "%d of %d intervals cover", covered, RUNS); /* of 95%: fewer once in 3000 such tests */
  f.scenario->model.run.method = METHOD_REPLICATIONS;
  test_check(!settled(&f, (struct study_options){.jobs = 1})->batches, "replications when they are asked for");
  fixture_close(&f);
}

/* Where the warm-up is longer than the window, batches are taken unless a claim looks at a part of the window. */
static void test_batches_chosen(void) {
  static const struct {
    const char *run, *claim;
    bool batches;
  } rows[] = {{"'warmup': '1000s', 'window': '500s'", "'mean(job.latency) < 9s'", true},
              {"'warmup': '400s', 'window': '500s'", "'mean(job.latency) < 9s'", false},
              {"'warmup': '1000s', 'window': '600s'", "'mean(job.latency) over 0s..100s < 9s'", false}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put_mm1(&t, 0.5, rows[i].run, rows[i].claim);
    struct fixture f = fixture_open(&t);
    test_check(settled(&f, (struct study_options){.jobs = 1})->batches == rows[i].batches, "row %zu", i);
    fixture_close(&f);
  }
  struct fixture course =
      fixture_of("{ 'aguanta': 1, 'name': 'course', 'traffic': { 'w': { 'kind': 'open', 'rate': { 'ramp': { 'from': '1/s', 'to': "
                 "'5/s', 'over': '10s' } }, 'mix': { 'job': 1 } } }, 'endpoints': { 'job': { 'entry': 's', 'steps': [ { 'cpu': "
                 "'10ms' } ] } }, 'services': { 's': { 'kind': 'app' } }, 'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': "
                 "1 } } }, 'run': { 'warmup': '10s', 'window': '5s', 'replications': 2 } }");
  test_check(!settled(&course, (struct study_options){.jobs = 1})->batches, "traffic with a course is not cut into batches");
  fixture_close(&course);
}

/* The band of the timeline is that of the replications. */
static void test_timeline(void) {
  struct text t = {.length = 0};
  put_mm1(&t, 0.5, "'warmup': '50s', 'window': '2000s', 'windows': 4, 'replications': 20", "");
  struct fixture f = fixture_open(&t);
  const struct results *r = settled(&f, (struct study_options){.jobs = 2});
  for (uint32_t i = 0; i < r->series_count; i++) {
    const struct result_series *s = &r->series[i];
    if (!strcmp(s->metric, "attempts_sent")) /* nobody asks twice: columns of `arrivals`, which are three series before */
      test_check(!memcmp(s->mean, r->series[i - 3].mean, s->count * sizeof *s->mean) && s->low[0] == r->series[i - 3].low[0],
                 "sent");
    if (!strcmp(s->metric, "timeouts")) test_check(s->mean[0] == 0 && s->high[0] == 0, "%g time-outs", s->mean[0]);
    if (strcmp(s->metric, "arrivals")) continue;
    for (uint32_t k = 0; k < s->count; k++) /* Poisson: 250 in 500 s; the half-width is 2.09 sqrt(0.5 / 500 / 20) */
      test_check(fabs(0.5 * (s->high[k] - s->low[k]) / 0.0148 - 1) < 0.5 && s->low[k] < s->mean[k], "window %u: %g [%g, %g]", k,
                 s->mean[k], s->low[k], s->high[k]);
  }
  fixture_close(&f);
}

static const struct test_case cases[] = {{"steps_and_state", test_steps_and_state},
                                         {"bad_state", test_bad_state},
                                         {"precision", test_precision},
                                         {"claims_buy", test_claims_buy},
                                         {"warmup_found", test_warmup_found},
                                         {"warmup_refused", test_warmup_refused},
                                         {"warmup_by_profile", test_warmup_by_profile},
                                         {"batches", test_batches},
                                         {"batches_chosen", test_batches_chosen},
                                         {"timeline", test_timeline},
                                         {0}};
const struct test_suite suite_study = {"study", cases};
