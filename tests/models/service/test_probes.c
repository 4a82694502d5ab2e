/* Probes of replicas: when a process that hangs is known, what each orchestrator does then, and that an overloaded one fails.
 *
 * By hand, for a hang at an instant that no probe knows of (phase uniform): with period p, time-out t and f failures Kubernetes knows
 * between (f - 1) p + t and f p + t, Docker, which waits p after the end of each check, between f t + (f - 1) p and f t + f p. */
#include "models/availability/outage.h"
#include "models/service/probe.h"
#include "tests/model_fixture.h"

#define TWO                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'two', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': "  \
  "{ 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '%s', "          \
  "'probes': { %s } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'x': { 'kind': '%s', "          \
  "'service': 'a', 'at': '50s' %s } }, 'run': { 'warmup': '0s', 'window': '30m', 'windows': 1 } }"

static const char hangs[] = "hang", for_an_hour[] = ", 'repair': '1h'";

enum what { OUT, IN, DIES, SERVES };

static bool is(const struct container *c, enum what what) {
  switch (what) {
  case OUT:
    return !c->in_rotation;
  case IN:
    return c->in_rotation;
  case DIES:
    return !container_lives(c);
  default:
    return c->state == CONTAINER_UP;
  }
}

/* The first instant after `from` at which it is so, in steps of 10 ms; from then on, as `from` of the next. */
static double when(struct world *w, enum what what, double from) {
  for (double at = from; at < 1500; at += 0.01) {
    calendar_run(w->calendar, (sim_time)(at * 1e9));
    if (is(&w->containers[0], what)) return at;
  }
  return NAN;
}

/* Of times over seeds: each within the range, their mean within 4 standard errors of its middle; `width`: of the part that is
 * uniform, if the ends of the range have more. */
struct times {
  double sum, least, most;
  int count;
};

static void note(struct times *t, double s) {
  if (!t->count) t->least = t->most = s;
  t->sum += s, t->count++;
  t->least = s < t->least ? s : t->least, t->most = s > t->most || isnan(s) ? s : t->most;
}

static void check(const struct times *t, double low, double high, double width, const char *name) {
  double mean = t->sum / t->count, error = width / sqrt(12. * t->count);
  test_check(t->least >= low - 1e-6 && t->most <= high + 0.02, "%s: %g to %g s; by hand %g to %g s", name, t->least, t->most, low,
             high);
  test_check(fabs(mean - (low + high) / 2) < 4 * error + 0.01, "%s: %g s in the mean; by hand %g s", name, mean, (low + high) / 2);
}

enum { SEEDS = 60 };

/* Both kinds of run play a row: out of rotation, dead and serving again, after the hang; the same instants. Low and high by hand;
 * 0: it never is. */
static const struct row {
  const char *name, *platform, *start, *probes;
  double out_low, out_high, out_width, dies_low, dies_high, dies_width;
} rows[] = {
    /* 20 to 30 s and 1 s; a second until the endpoints know. */
    {"readiness", "kubernetes", "2s", "'readiness': {}", 22, 32, 10, 0, 0, 0},
    {"readiness of 5 s, 2 failures", "kubernetes", "2s", "'readiness': { 'every': '5s', 'failures': 2, 'timeout': '2s' }", 8, 13, 5,
     0, 0, 0},
    /* 21 to 31 s, and the grace of 30 s: it does not react to SIGTERM. Then the kubelet looks within 1 s, and the endpoints take 1 s:
     * a sum of two uniform times, of 10 s and 1 s. */
    {"liveness", "kubernetes", "2s", "'liveness': {}, 'readiness': { 'every': '1000s', 'timeout': '999s' }", 52, 63, 10.05, 51, 61,
     10},
    /* With liveness alone a container is ready when it runs, and that is at once: it never leaves the endpoints. */
    {"liveness alone", "kubernetes", "2s", "'liveness': {}", 0, 0, 0, 51, 61, 10},
    {"both", "kubernetes", "2s", "'readiness': { 'every': '5s' }, 'liveness': {}", 12, 17, 5, 51, 61, 10},
    /* 3 time-outs of 30 s and two pauses of 30 s: 150 s, and up to 30 s until the first begins; the managers know 0.1 s later. */
    {"HEALTHCHECK", "swarm", "2s", "'liveness': {}", 150.1, 180.1, 30, 150, 180, 30},
    {"HEALTHCHECK of 10 s", "swarm", "2s", "'liveness': { 'every': '10s', 'timeout': '3s' }", 29.1, 39.1, 10, 29, 39, 10},
    {"balancer of machines", "static", "2s", "'readiness': {}", 21, 31, 10, 0, 0, 0},
    {"supervisor of machines", "static", "2s", "'liveness': {}", 21, 31, 10, 21, 31, 10},
    {"compose", "compose", "2s", "'liveness': {}, 'readiness': {}", 0, 0, 0, 0, 0, 0},
};

static void play(const struct row *row, const struct fixture *f, struct times *out, struct times *dies) {
  for (uint64_t seed = 1; seed <= SEEDS; seed++) {
    double at[2][2];
    for (int years = 0; years < 2; years++) {
      struct world *w = world_new(&f->scenario->model, seed, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      calendar_run(w->calendar, 50 * SIM_S + 1);
      test_check(w->containers[0].state == CONTAINER_HUNG, "%s: it does not hang", row->name);
      bool out_first = row->out_low && row->out_low < row->dies_low;
      at[years][0] = out_first || !row->dies_low ? when(w, OUT, 50.01) : NAN;
      at[years][1] = row->dies_low ? when(w, DIES, out_first ? at[years][0] : 50.01) : NAN;
      if (!out_first && row->dies_low) at[years][0] = when(w, OUT, at[years][1]);
      world_free(w);
    }
    for (int i = 0; i < 2; i++)
      test_check(at[0][i] == at[1][i] || (isnan(at[0][i]) && isnan(at[1][i])), "%s: %g s with requests, %g s without", row->name,
                 at[0][i], at[1][i]);
    note(out, at[0][0] - 50), note(dies, at[0][1] - 50);
  }
}

static void test_known(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct row *row = &rows[i];
    struct fixture f = fixture_of(TWO, row->start, row->probes, row->platform, hangs, for_an_hour);
    struct times out = {0}, dies = {0};
    play(row, &f, &out, &dies);
    if (row->out_high)
      check(&out, row->out_low, row->out_high, row->out_width, row->name);
    else
      test_check(isnan(out.most), "%s: out of rotation", row->name);
    if (row->dies_high) check(&dies, row->dies_low, row->dies_high, row->dies_width, row->name);
    fixture_close(&f);
  }
}

/* --- after a start ------------------------------------------------------------------------------------------------------------ */

/* The first replica crashes at 50 s. When it is in rotation again, by both kinds of run; NAN: not within the run. */
static void starts(const char *name, const char *platform, const char *start, const char *probes, double low, double high) {
  struct fixture f = fixture_of(TWO, start, probes, platform, "crash", "");
  for (uint64_t seed = 1; seed <= 12; seed++) {
    double in[2];
    for (int years = 0; years < 2; years++) {
      struct world *w = world_new(&f.scenario->model, seed, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      calendar_run(w->calendar, 50 * SIM_S + 1);
      in[years] = when(w, IN, when(w, OUT, 50.01)) - 50;
      world_free(w);
    }
    test_check(in[0] == in[1] || (isnan(in[0]) && isnan(in[1])), "%s: %g s with requests, %g s without", name, in[0], in[1]);
    bool as_by_hand = isnan(low) ? isnan(in[0]) : in[0] >= low - 1e-6 && in[0] <= high + 0.02;
    test_check(as_by_hand, "%s: in rotation after %g s; by hand %g to %g s", name, in[0], low, high);
  }
  fixture_close(&f);
}

/* The kubelet sees the crash within 1 s and starts the process at once; the endpoints take 1 s. */
static void test_start(void) {
  starts("no probe", "kubernetes", "2s", "", 3, 14); /* as ever: 2 s, a readiness within 10 s */
  starts("readiness", "kubernetes", "2s", "'readiness': { 'every': '4s' }", 3, 8);
  starts("its delay", "kubernetes", "2s", "'readiness': { 'every': '4s', 'delay': '20s' }", 21, 26);
  starts("three successes", "kubernetes", "2s", "'readiness': { 'every': '4s', 'successes': 3 }", 11, 16);
  starts("startup", "kubernetes", "60s", "'startup': { 'every': '5s', 'failures': 30 }, 'liveness': {}", 61, 67);
  starts("startup, then readiness", "kubernetes", "60s",
         "'startup': { 'every': '5s', 'failures': 30 }, 'readiness': { 'every': '4s' }", 61, 71);
  starts("liveness of a slow starter", "kubernetes", "60s", "'readiness': {}, 'liveness': {}", NAN, NAN);
  starts("its delay", "kubernetes", "60s", "'readiness': { 'every': '4s' }, 'liveness': { 'delay': '70s' }", 61, 66);
  starts("startup that gives up", "kubernetes", "60s", "'startup': { 'every': '5s', 'failures': 10 }", NAN, NAN);
  /* Killed at each period and started again at once: the probe that kills it is not the first of its successor, within the instant. */
  starts("startup that kills at once", "static", "2s", "'startup': { 'every': '1s', 'timeout': '100ms', 'failures': 1 }", NAN, NAN);
  /* Known after 0.1 s, replaced after 5 s, checked 10 s, 20 s, ... after the start. */
  starts("HEALTHCHECK", "swarm", "2s", "'liveness': { 'every': '10s', 'timeout': '3s' }", 15.1, 15.11);
  starts("slow, in time", "swarm", "25s", "'liveness': { 'every': '10s', 'timeout': '3s' }", 35.1, 35.11);
  starts("too slow", "swarm", "35s", "'liveness': { 'every': '10s', 'timeout': '3s' }", NAN, NAN);
  starts("its start period", "swarm", "35s", "'liveness': { 'every': '10s', 'timeout': '3s', 'delay': '25s' }", 45.1, 45.11);
}

/* With liveness alone Kubernetes sends requests to a container as soon as it runs: one that crashes at 50 s, and starts for 60 s, refuses
 * half of the calls until 110 to 111 s; and one whose machine is lost is placed elsewhere and in rotation within its start. With a startup
 * probe it is not. */
static void test_early(void) {
  static const char *const probes[] = {"'liveness': { 'delay': '90s' }",
                                       "'liveness': { 'delay': '90s' }, 'startup': { 'failures': 30 }"};
  for (int gated = 0; gated < 2; gated++) {
    struct fixture f = fixture_of(TWO, "60s", probes[gated], "kubernetes", "crash", "");
    for (int years = 0; years < 2; years++) {
      struct world *w = world_new(&f.scenario->model, 1, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      calendar_run(w->calendar, 100 * SIM_S);
      const struct container *c = &w->containers[0];
      test_check(c->state == CONTAINER_STARTING && c->in_rotation == !gated, "at 100 s it is %s",
                 c->in_rotation ? "called" : "not called");
      if (years) test_check(fabs(outage_serving(w, 0) - (gated ? 1 : 0.5)) < 1e-9, "%g are served at 100 s", outage_serving(w, 0));
      calendar_run(w->calendar, 112 * SIM_S);
      test_check(c->state == CONTAINER_UP && c->in_rotation == !gated, "at 112 s it is %s",
                 c->in_rotation ? "called" : "not called");
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* A process that starts for 60 s and is killed 20 to 30 s after each start: the waits before its starts are 0, 10, 20, 40, 80, 160
 * and 300 s. Starts lie at about 0.5, 26, 62, 108, 174, 280 and 466 s after the crash, the next at 792 s: 7 restarts by 600 s. */
static void test_back_off(void) {
  struct fixture f = fixture_of(TWO, "60s", "'liveness': {}", "kubernetes", "crash", "");
  for (uint64_t seed = 1; seed <= 5; seed++) {
    struct world *w = world_new(&f.scenario->model, seed, 0, WORLD_AVAILABILITY);
    calendar_run(w->calendar, 650 * SIM_S);
    test_check(w->containers[0].restarts == 7 || w->containers[0].restarts == 8, "%u restarts", w->containers[0].restarts);
    world_free(w);
  }
  fixture_close(&f);
}

/* A hang that is over before it is known changes nothing: of 19 s with readiness (2 failures are at least 11 s apart and known after
 * 12 to 21 s, the third after 21 s); and one of 100 s ends in rotation again with the first probe, up to 10 s and 1 s later. */
static void test_goes_on(void) {
  for (int years = 0; years < 2; years++)
    for (uint64_t seed = 1; seed <= 10; seed++) {
      struct fixture shorter = fixture_of(TWO, "2s", "'readiness': {}", "kubernetes", hangs, ", 'repair': '19s'");
      struct world *w = world_new(&shorter.scenario->model, seed, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      test_check(isnan(when(w, OUT, 50.01)), "it has left the rotation");
      world_free(w);
      fixture_close(&shorter);
      struct fixture longer = fixture_of(TWO, "2s", "'readiness': {}", "kubernetes", hangs, ", 'repair': '100s'");
      w = world_new(&longer.scenario->model, seed, 0, years ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      double in = when(w, IN, when(w, OUT, 50.01)) - 150;
      test_check(in >= 1 && in <= 11.02, "in rotation %g s after it goes on", in);
      world_free(w);
      fixture_close(&longer);
    }
}

/* --- in years ---------------------------------------------------------------------------------------------------------------- */

#define YEARS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'years', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "     \
  "'p': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, 'start': '2s', "     \
  "'probes': { %s } } }, 'platform': { 'kind': '%s', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'x': { 'kind': 'hang', "        \
  "'service': 'a', 'mtbf': '200h', 'repair': '10min' } }, 'run': { 'warmup': '0s', 'window': '1s', 'years': 300 } }"

/* Half of the calls fail until the replica is out of rotation: the recovery time is that of test_known, and what is lost by a hang is
 * half of it. A replication of 50 years or so holds 4,200 hangs (a relative error of 1.5%); one in 1,200 meets another one, and
 * lasts up to 10 minutes. */
static void test_years(void) {
  static const struct {
    const char *platform, *probes;
    double low, high;
  } cells[] = {{"kubernetes", "'readiness': {}", 22, 32},
               /* killed after 51 to 61 s, seen within 1 s, and 2 s to start: called all the while */
               {"kubernetes", "'liveness': {}", 53, 64},
               {"swarm", "'liveness': {}", 150.1, 180.1},
               {"static", "'liveness': {}", 21, 31},
               {"compose", "'liveness': {}", 600, 600}};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    struct fixture f = fixture_of(YEARS, cells[i].probes, cells[i].platform);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    world_run(w);
    const struct outage_log *log = &world_outages(w)->classes[0];
    struct times t = {0};
    uint64_t beyond = 0;
    for (uint64_t k = 0; k < log->rto.count; k++) {
      bool as_by_hand = log->rto.s[k] >= cells[i].low - 1e-6 && log->rto.s[k] <= cells[i].high + 1e-6;
      beyond += !as_by_hand;
      if (as_by_hand) note(&t, log->rto.s[k]);
    }
    double mean = t.sum / t.count, by_hand = (cells[i].low + cells[i].high) / 2, lost = log->lost_ns * 1e-9 / (double)log->faults;
    double wanted = 2 * sim_seconds(w->measured_until) / 3600 / (200 + 1. / 6);
    test_check(wanted > 3000 && fabs((double)log->faults / wanted - 1) < 4 * 0.018, "%s: %llu hangs", cells[i].platform,
               (unsigned long long)log->faults);
    test_check(beyond <= 12, "%s: %llu of %d beyond %g to %g s", cells[i].platform, (unsigned long long)beyond, t.count,
               cells[i].low, cells[i].high);
    test_check(fabs(mean - by_hand) < 4 * 30 / sqrt(12. * t.count) + 1e-3 * by_hand, "%s: %g s in the mean; by hand %g s",
               cells[i].platform, mean, by_hand);
    test_check(fabs(lost - by_hand / 2) < 0.04 * by_hand, "%s: %g s lost by a hang; by hand %g s", cells[i].platform, lost,
               by_hand / 2);
    world_free(w);
    fixture_close(&f);
  }
}

/* --- under load -------------------------------------------------------------------------------------------------------------- */

/* Three replicas that do 100 requests a second each; one hangs for good after 60 s. */
#define LOAD                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'load', 'traffic': { 'u': { 'kind': 'open', 'rate': '%d/s', 'timeout': '2s', 'mix': { 'p': 1 } } }, "   \
  "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 3, "    \
  "'start': '2s', 'probes': { %s } } }, 'platform': { 'kind': 'kubernetes', 'nodes': { 'n': { 'cpu': 4 } } }, 'faults': { 'x': { " \
  "'kind': 'hang', 'service': 'a', 'at': '60s', 'repair': '2h' } }, 'run': { 'warmup': '2m', 'window': '5m', 'windows': 1 } }"

static double served_of(int rate, const char *probes) {
  struct fixture f = fixture_of(LOAD, rate, probes);
  struct world *w = fixture_run(&f, 1, probes);
  struct ends e = fixture_ends(w, 0);
  world_free(w);
  fixture_close(&f);
  return (double)e.by[OUTCOME_COMPLETED] / (double)e.arrived;
}

/* From a minute after the hang on. Without probes the one that hangs keeps a third of the requests, which time out: 66.7% are served
 * at 60% and at 70% of capacity. With readiness the two others get all: 180 a second are 90% of them, and all are served. 210 are
 * 105%: their queues grow by 5 requests a second each, after 20 s a probe waits for more than a second, and three of them later the
 * first of the two leaves the rotation. The last one gets 210% of what it can do, so that its backlog of 511 is full after 5 s and
 * what it serves has waited for 5 s: its clients are gone. It leaves in its turn, and whichever comes back meets all the load. Of
 * the requests fewer than half are served in time: less than without probes. */
static void test_cascade(void) {
  double holds = served_of(180, "'readiness': {}"), without = served_of(180, ""), falls = served_of(210, "'readiness': {}"),
         without_too = served_of(210, "");
  test_check(holds > 0.999, "%g are served at 90%%", holds);
  test_check(fabs(without - 2. / 3) < 0.01 && fabs(without_too - 2. / 3) < 0.01, "%g and %g are served without probes", without,
             without_too);
  test_check(falls < 0.5, "%g are served at 105%%", falls);
}

/* Four threads that all wait for something slow: 1 request a second waits for 60 s. A probe needs a thread; from 4 s on there is
 * none, so that the replica is out of rotation within 4 + 32 s, though it computes nothing. With room for it, it stays. */
static void test_threads(void) {
  static const char scenario[] =
      "{ 'aguanta': 1, 'name': 'threads', 'traffic': { 'u': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, 'endpoints': { "
      "'p': { 'entry': 'a', 'steps': [ { 'delay': '60s' } ] } }, 'services': { 'a': { 'kind': 'app', 'runtime': 'threads', "
      "'threads': %d, 'start': '2s', 'probes': { 'readiness': { 'cost': '%s' } } } }, 'platform': { 'kind': 'kubernetes', 'nodes': "
      "{ "
      "'n': { 'cpu': 4 } } }, 'run': { 'warmup': '0s', 'window': '3m', 'windows': 1 } }";
  for (int i = 0; i < 4; i++) {
    struct fixture f = fixture_of(scenario, i < 2 ? 4 : 400, i % 2 ? "1ms" : "0s");
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    double out = when(w, OUT, 0);
    test_check(i < 2 ? out > 20 && out < 45 : isnan(out), "%d threads: out of rotation after %g s", i < 2 ? 4 : 400, out);
    world_free(w);
    fixture_close(&f);
  }
}

/* Probes cost what they say: 2 replicas, one of 50 ms each 10 s, in 30 minutes 360 of them and 18 s of CPU next to the 1.8 s of 1,800
 * requests of 1 ms; and none of it is a request of the endpoint. */
static void test_cost(void) {
  struct fixture f = fixture_of(TWO, "2s", "'readiness': { 'cost': '50ms' }", "kubernetes", "crash", ", 'mtbf': '200y'");
  struct world *w = fixture_run(&f, 1, "cost");
  double used = 0;
  for (uint32_t i = 0; i < w->container_count; i++) used += w->containers[i].used_ns * 1e-9;
  test_check(used > 18 + 1.8 - 0.5 && used < 18 + 1.8 + 0.5, "%g s of CPU", used);
  test_check(fabs((double)w->observation.arrived - 1800) < 4 * 42, "%llu requests", (unsigned long long)w->observation.arrived);
  world_free(w);
  fixture_close(&f);
}

/* --- bad input --------------------------------------------------------------------------------------------------------------- */

static void test_bad(void) {
  static const struct {
    const char *platform, *probes, *wrong;
  } bad[] = {{"kubernetes", "'readiness': { 'timeout': '10s' }", "a probe slower than its period"},
             {"static", "'liveness': { 'every': '1s' }", "a probe slower than its period"},
             {"kubernetes", "'liveness': { 'successes': 2 }", "only readiness may need several"},
             {"swarm", "'liveness': { 'successes': 2 }", "only readiness may need several"},
             {"kubernetes", "'readiness': { 'failures': 0 }", "from 1 to 1000"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    struct text t = {0};
    put(&t, TWO, "2s", bad[i].probes, bad[i].platform, "crash", "");
    struct fixture f = fixture_try(&t);
    test_check(f.refused && strstr(f.refused, bad[i].wrong), "%s: %s", bad[i].probes, f.refused ? f.refused : "");
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"known", test_known},
                                         {"start", test_start},
                                         {"early", test_early},
                                         {"back_off", test_back_off},
                                         {"goes_on", test_goes_on},
                                         {"years", test_years},
                                         {"cascade", test_cascade},
                                         {"threads", test_threads},
                                         {"cost", test_cost},
                                         {"bad", test_bad},
                                         {NULL, NULL}};
const struct test_suite suite_probes = {"probes", cases};
