/* Roll-outs of Kubernetes: how many pods, how long, what is lost; in traffic and in years. */
#include "models/release/release.h"
#include "models/release/strategies.h"
#include "models/availability/outage.h"
#include "tests/model_fixture.h"

#define ROLLED                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'rolled', 'traffic': { 't': { 'kind': 'open', 'rate': '%s', 'mix': { 'p': 1 } } },"                     \
  "'endpoints': { 'p': { 'entry': 'api', 'steps': [ { 'cpu': '10ms' } ] } },"                                                      \
  "'services': { 'api': { 'kind': 'app', 'replicas': %d, 'start': '8s', 'probes': { 'readiness': { 'delay': '10s', 'every': '5s' " \
  "} }, 'update': { %s } } },"                                                                                                     \
  "'releases': { 'weekly': { 'services': 'api', %s } },"                                                                           \
  "'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'count': 3, 'cpu': 8 } } },"                                              \
  "'run': { 'warmup': '0s', 'window': '40min', 'years': 20, 'replications': 1 } }"

struct sizes {
  uint32_t there, ready, processes;
};

static struct sizes sizes_of(const struct world *w) {
  const struct service *s = &w->services[0];
  struct sizes n = {0, 0, 0};
  for (uint32_t i = 0; i < s->capacity; i++) {
    const struct container *c = &w->containers[s->first + i];
    n.there += c->state != CONTAINER_UNUSED && !c->leaving;
    n.processes += c->state != CONTAINER_UNUSED;
    n.ready += container_serves(c) && c->ready && !c->leaving;
  }
  return n;
}

static struct world *world_of(const struct fixture *f, uint64_t seed) {
  return world_new(&f->scenario->model, seed, 0, WORLD_TRAFFIC);
}

static void finish(struct world *w) {
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "rolled");
  world_free(w);
}

/* With 25% and 25% (reference: ResolveFenceposts): surge is rounded up, unavailable down. By hand:
 *   1: 0.25 -> 1, 0    2: 0.5 -> 1, 0    3: 0.75 -> 1, 0    4: 1 -> 1, 1    5: 1.25 -> 2, 1    8: 2, 2    10: 2.5 -> 3, 2
 * Surge "0%" with 25% of 2: 0 and 0, so that one may be missing. 1 and 0 are as they are. So many are there at most, so many are ready
 * at least, and at both ends all are ready. */
static void test_rounding(void) {
  static const struct {
    int n;
    const char *update;
    uint32_t most, least;
  } rows[] = {{1, "", 2, 1},
              {2, "", 3, 2},
              {3, "", 4, 3},
              {4, "", 5, 3},
              {5, "", 7, 4},
              {8, "", 10, 6},
              {10, "", 13, 8},
              {2, "'surge': '0%', 'unavailable': '25%'", 2, 1},
              {5, "'surge': 1, 'unavailable': 0", 6, 5},
              {5, "'kind': 'rolling', 'surge': 0, 'unavailable': 2", 5, 3}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(ROLLED, "1/s", rows[i].n, rows[i].update, "'at': '1min'");
    if (!f.scenario) continue;
    struct world *w = world_of(&f, 1);
    world_warm_up(w);
    uint32_t most = 0, least = UINT32_MAX;
    for (sim_time t = 50 * SIM_S; t < 5 * SIM_MINUTE; t += SIM_S / 5) {
      world_measure_until(w, t);
      struct sizes n = sizes_of(w);
      if (n.there > most) most = n.there;
      if (n.ready < least) least = n.ready;
    }
    struct sizes n = sizes_of(w);
    test_check(most == rows[i].most, "%d, %s: %u pods at most, not %u", rows[i].n, rows[i].update, most, rows[i].most);
    test_check(least == rows[i].least, "%d, %s: %u ready at least, not %u", rows[i].n, rows[i].update, least, rows[i].least);
    test_check(n.ready == (uint32_t)rows[i].n && n.processes == n.ready && !world_releases(w)->active, "%d: not done", rows[i].n);
    finish(w);
    fixture_close(&f);
  }
}

/* C: 5 pods, surge 1, unavailable 0. A round is 1 s until the process begins + max(start 8 s, delay 10 s) + a phase of the probe that is
 * uniform on 0 to 5 s: 11 to 16 s; five rounds 55 to 80 s, 67.5 s in the mean, with a standard deviation of 5 / sqrt(12) sqrt(5) = 3.2
 * s: over 16 seeds 0.8 s. Requests lost: each old pod is chosen for a second after it has closed, one of five in rotation (the new one
 * comes in with the same news): 5 x 1 s x 50/s / 5 = 50, Poisson 7.1, over 16 seeds 1.8. With pre_stop of 2 s none. */
static void test_c(void) {
  for (int hook = 0; hook < 2; hook++) {
    struct fixture f =
        fixture_of(ROLLED, "50/s", 5, hook ? "'surge': 1, 'unavailable': 0, 'pre_stop': '2s'" : "'surge': 1, 'unavailable': 0",
                   "'at': '1min'");
    if (!f.scenario) return;
    double took = 0, lost = 0;
    enum { SEEDS = 16 };
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      struct world *w = world_of(&f, seed);
      world_warm_up(w);
      world_measure_until(w, 4 * SIM_MINUTE);
      double each = fixture_metered(w, "weekly", "took");
      test_check(each >= 55 && each <= 80, "took %g s", each);
      took += each / SEEDS, lost += fixture_metered(w, "api", "lost_in_updates") / SEEDS;
      struct ends e = fixture_ends(w, 0);
      test_check((double)e.by[OUTCOME_REFUSED] == fixture_metered(w, "api", "lost_in_updates"), "lost, and not refused");
      finish(w);
    }
    test_check(fabs(took - 67.5) < 3, "%g s in the mean", took);
    test_check(hook ? lost == 0 : fabs(lost - 50) < 6, "%g lost", lost);
    fixture_close(&f);
  }
}

/* What is inside at SIGTERM is finished, or dropped by a process that exits at once, or that has no grace. 2 pods, each with 20/s of 10
 * ms: 0.2 inside and a little more that waits when one goes: over 40 seeds and 2 pods 16 to 20 are cut off, sd 4. */
static void test_cut_off(void) {
  static const char *const updates[] = {"'surge': 1, 'unavailable': 0", "'surge': 1, 'unavailable': 0, 'on_stop': 'exit'",
                                        "'surge': 1, 'unavailable': 0, 'grace': '0s', 'schedule': '0s'"};
  for (int i = 0; i < 3; i++) {
    struct fixture f = fixture_of(ROLLED, "40/s", 2, updates[i], "'at': '10s'");
    if (!f.scenario) return;
    double lost = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
      struct world *w = world_of(&f, seed);
      world_warm_up(w);
      world_measure_until(w, 70 * SIM_S);
      struct ends e = fixture_ends(w, 0);
      lost += (double)e.by[OUTCOME_CRASHED];
      test_check((double)(e.by[OUTCOME_CRASHED] + e.by[OUTCOME_REFUSED]) == fixture_metered(w, "api", "lost_in_updates"),
                 "lost, not counted");
      finish(w);
    }
    test_check(i ? fabs(lost - 18) < 14 : lost == 0, "%s: %g cut off", updates[i], lost);
    fixture_close(&f);
  }
}

/* Pods that never get ready: of ten the surge of 3 and 2 more are new (13 - 8 old), and 8 old ones serve on; after 600 s without
 * progress the roll-out is reported and nothing else happens. 10 min + 5 min later it is taken back, and all ten are old. */
static void test_never_ready(void) {
  static const char *const kinds[] = {"never-ready", "never-starts"};
  for (int i = 0; i < 2; i++) {
    char release[200];
    snprintf(release, sizeof release, "'at': '1min', 'bad': { 'probability': 1, 'kind': '%s' }, 'detect': '15min'", kinds[i]);
    struct fixture f = fixture_of(ROLLED, "1/s", 10, "", release);
    if (!f.scenario) return;
    struct world *w = world_of(&f, 3);
    world_warm_up(w);
    world_measure_until(w, SIM_MINUTE + 590 * SIM_S);
    test_check(sizes_of(w).ready == 8 && sizes_of(w).there == 13, "%s: %u ready of %u", kinds[i], sizes_of(w).ready,
               sizes_of(w).there);
    test_check(fixture_metered(w, "weekly", "stuck") == 0, "%s: stuck too early", kinds[i]);
    world_measure_until(w, SIM_MINUTE + 640 * SIM_S);
    test_check(fixture_metered(w, "weekly", "stuck") == 1 && sizes_of(w).ready == 8, "%s: not reported", kinds[i]);
    world_measure_until(w, 21 * SIM_MINUTE - 1);
    test_check(sizes_of(w).there == 13, "%s: taken back too early", kinds[i]);
    world_measure_until(w, 24 * SIM_MINUTE);
    test_check(sizes_of(w).ready == 10 && sizes_of(w).processes == 10 && w->services[0].build == 0, "%s: %u ready", kinds[i],
               sizes_of(w).ready);
    test_check(fixture_metered(w, "weekly", "rolled_back") == 1 && fixture_metered(w, "weekly", "bad") == 1, "%s: not counted",
               kinds[i]);
    test_check(fixture_ends(w, 0).by[OUTCOME_COMPLETED] > 0, "%s: nothing served", kinds[i]);
    finish(w);
    fixture_close(&f);
  }
}

/* A share of the calls of the new version fails: 30% from when all five pods have it (1 min + 80 s at the latest) until it is taken
 * back at 1 + 10 + 5 min. 11 min x 60 x 20/s = 13,200 requests, 3,960 of them: sd 53. */
static void test_errors(void) {
  struct fixture f = fixture_of(ROLLED, "20/s", 5, "'surge': 1, 'unavailable': 0, 'pre_stop': '2s'",
                                "'at': '1min', 'bad': { 'probability': 1, 'errors': '30%' }, 'detect': '10min'");
  if (!f.scenario) return;
  struct world *w = world_of(&f, 5);
  world_warm_up(w);
  world_measure_until(w, 150 * SIM_S);
  double before = fixture_metered(w, "weekly", "hit");
  world_measure_until(w, 150 * SIM_S + 11 * SIM_MINUTE);
  double hit = fixture_metered(w, "weekly", "hit") - before;
  test_check(fabs(hit - 3960) < 220, "%g hit", hit);
  world_measure_until(w, 20 * SIM_MINUTE);
  before = fixture_metered(w, "weekly", "hit");
  world_measure_until(w, 30 * SIM_MINUTE);
  test_check(fixture_metered(w, "weekly", "hit") == before && w->impaired == 0, "%g hit after it was taken back",
             fixture_metered(w, "weekly", "hit") - before);
  test_check((double)fixture_ends(w, 0).by[OUTCOME_ERROR] == before, "hit, and no error");
  finish(w);
  fixture_close(&f);
}

/* --- years ------------------------------------------------------------------------------------------------------------------- */

struct lost {
  double a_year_s, releases;
};

static struct lost years_of(const char *update, const char *release) {
  struct fixture f = fixture_of(ROLLED, "20/s", 5, update, release);
  struct lost l = {NAN, 0};
  if (!f.scenario) return l;
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_outages(w)->audited = true;
  world_run(w);
  const struct outage_book *b = world_outages(w);
  double years = b->weighed_ns / (double)SIM_YEAR;
  l.a_year_s = (b->weighed_ns - b->total_served_ns) * 1e-9 / years;
  l.releases = (double)b->classes[0].faults / years;
  test_check(b->audits > 100 && !b->mismatches, "%lu mismatches", (unsigned long)b->mismatches);
  test_check(fabs(b->classes[0].lost_ns * 1e-9 / years - l.a_year_s) < 1e-3, "%g s lost to releases, %g in all",
             b->classes[0].lost_ns * 1e-9 / years, l.a_year_s);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "years");
  world_free(w);
  fixture_close(&f);
  return l;
}

/* Each of five pods is in rotation for a second after it has closed, one of five: 1 s a release, 365 / 7 = 52.14 a year. A pre_stop of
 * 2 s: nothing. With 10% bad ones that fail 30% of their calls: per bad release about 30% of 15 min less the time in which few pods
 * have it, and of the roll-back. The share of new pods grows from 0 to 1 over 67.5 s, both ways: 0.3 x (900 + 67.5 / 2 - 67.5 / 2) = 270
 * s at 5.2 a year, 1,408 s; bad and back lose another 0.1 x 52.14 s. Of 20 years 104 are bad, sd 9.7 of 1,043: 9%. */
static void test_years(void) {
  struct lost l = years_of("'surge': 1, 'unavailable': 0", "'every': 'Tuesday 10:00'");
  test_check(fabs(l.releases - 52.14) < 0.1 && fabs(l.a_year_s - 52.14) < 0.1, "%g releases, %g s", l.releases, l.a_year_s);
  l = years_of("'surge': 1, 'unavailable': 0, 'pre_stop': '2s'", "'every': 'Tuesday 10:00'");
  test_check(l.a_year_s < 1e-6, "%g s", l.a_year_s);
  l = years_of("'surge': 1, 'unavailable': 0, 'pre_stop': '2s'",
               "'rate': '1/week', 'bad': { 'probability': '10%', 'errors': '30%' }, 'detect': '10min'");
  test_check(fabs(l.a_year_s - 1408) < 4 * 0.1 * 1408, "%g s of bad ones", l.a_year_s);
}

/* --- nothing changes --------------------------------------------------------------------------------------------------------- */

/* One that comes after the run, and one that is done before it is looked at: the same requests end in the same way. */
static void test_leaves_no_trace(void) {
  static const char *const releases[] = {"'at': '100d'", "'at': '100d', 'slower': 3, 'errors': '50%', 'start': '9min'"};
  struct histogram latency[2];
  struct ends ends[2];
  struct arena *arena = arena_new();
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(ROLLED, "50/s", 5, i ? "" : "'surge': 5, 'unavailable': 1", releases[i]);
    if (!f.scenario) return;
    struct world *w = world_of(&f, 9);
    world_warm_up(w);
    world_measure_until(w, 5 * SIM_MINUTE);
    ends[i] = fixture_ends(w, 0);
    latency[i] = *fixture_latency_in(arena, w, 0);
    finish(w);
    fixture_close(&f);
  }
  test_check(!memcmp(&ends[0], &ends[1], sizeof *ends) && fixture_same_values(&latency[0], &latency[1]), "a trace is left");
  arena_free(arena);
}

/* Five pods take 55 s at least: the second release comes 30 s after the first and is left out, the third after 4 min is not. */
static void test_left_out(void) {
  struct fixture f = fixture_of(ROLLED, "1/s", 5, "'surge': 1, 'unavailable': 0", "'at': [ '1min', '90s', '5min' ]");
  if (!f.scenario) return;
  struct world *w = world_of(&f, 1);
  world_warm_up(w);
  world_measure_until(w, 10 * SIM_MINUTE);
  test_check(fixture_metered(w, "weekly", "left_out") == 1 && w->services[0].build == 2, "%g left out, build %u",
             fixture_metered(w, "weekly", "left_out"), w->services[0].build);
  finish(w);
  fixture_close(&f);
}

static void test_bad_input(void) {
  static const struct {
    const char *update, *release, *says;
  } rows[] = {{"'surge': 0, 'unavailable': 0", "'at': '1min'", "no pod could ever be replaced"},
              {"'surge': '0%', 'unavailable': '0%'", "'at': '1min'", "no pod could ever be replaced"},
              {"", "'slower': 2", "never happens: give \"rate\", \"every\" or \"at\""},
              {"", "'at': '1min', 'bad': { 'probability': 1, 'kind': 'slow' }", "needs \"slower\""},
              {"", "'at': '1min', 'bad': { 'probability': 1, 'kind': 'leak', 'leak': '1kB' }", "has no \"memory\""},
              {"", "'at': '1min', 'bad': { 'kind': 'slow' }", "needs the key \"probability\""},
              {"", "'at': '1min', 'by': 'person', 'bad': { 'probability': 1 }", "\"people\" does not say"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct text t = {.length = 0};
    put(&t, ROLLED, "1/s", 5, rows[i].update, rows[i].release);
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, rows[i].says), "%s %s: %s", rows[i].update, rows[i].release,
               f.refused ? f.refused : "accepted");
    fixture_close(&f);
  }
}

/* One node: each release is one pull, whatever the number of pods; going back to the version before is none, since the node has kept it.
 * Two releases, at 1 and 20 min, and each taken back after 2 min: 2 pulls. */
static void test_images(void) {
  static const char *const bad[] = {"", ", 'detect': '1min', 'rollback': '1min', 'bad': { 'probability': 1, 'errors': '3%' }"};
  for (int i = 0; i < 2; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'i', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
                   "'endpoints': { 'p': { "
                   "'entry': 'api', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'api': { 'kind': 'app', 'replicas': 3, "
                   "'start': '1s', 'image': "
                   "'100MB' } }, 'releases': { 'r': { 'services': 'api', 'at': [ '1min', '20min' ] %s } }, 'platform': { 'kind': "
                   "'kubernetes', "
                   "'nodes': { 'n': { 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '40min', 'replications': 1 } }",
                   bad[i]);
    struct world *w = world_of(&f, 1);
    world_run(w);
    double pulls = fixture_metered(w, "api", "image_pulls"), back = fixture_metered(w, "r", "rolled_back");
    test_check(pulls == 2 && back == 2 * i, "%g pulls and %g times back, by hand 2 and %d", pulls, back, 2 * i);
    world_audit(w, fixture_broken, (void *)(uintptr_t) "images");
    world_free(w), fixture_close(&f);
  }
}

/* A version that fails 10% from 1 min on, of 10: 9% of all requests. The causes that are listed add up to the rate of errors. */
static void test_causes(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'c', 'traffic': { 't': { 'kind': 'open', 'rate': '100/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { "
      "'entry': 'api', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'api': { 'kind': 'app', 'replicas': 3, 'start': '1s' } }, "
      "'releases': { 'r': { 'services': 'api', 'at': '1min', 'errors': '10%%' } }, 'platform': { 'kind': 'kubernetes', 'nodes': { "
      "'n': "
      "{ 'cpu': 8 } } }, 'run': { 'warmup': '0s', 'window': '10min', 'replications': 2 } }");
  struct arena *arena = arena_new();
  const struct results *r = study_run(arena, f.scenario, &(struct study_options){.jobs = 1});
  const struct metric *rate = results_metric(r, "p", "error_rate", NULL);
  double sum = 0;
  for (uint32_t i = 0; i < r->error_count; i++) sum += r->errors[i].ratio.value;
  test_check(rate && fabs(rate->estimate.value - 0.09) < 0.005, "%g of the requests fail, by hand 9%%",
             rate ? rate->estimate.value : NAN);
  test_check(rate && fabs(sum - rate->estimate.value) < 1e-9, "the causes add up to %g", sum);
  arena_free(arena), fixture_close(&f);
}

static const struct test_case cases[] = {
    {"rounding", test_rounding}, {"causes", test_causes},       {"images", test_images},
    {"five pods", test_c},       {"cut off", test_cut_off},     {"never ready", test_never_ready},
    {"errors", test_errors},     {"years", test_years},         {"leaves no trace", test_leaves_no_trace},
    {"left out", test_left_out}, {"bad input", test_bad_input}, {0}};
const struct test_suite suite_rollouts = {"rollouts", cases};
