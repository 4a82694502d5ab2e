/* A cache that restarts: warm from a snapshot or a log, cold without one or where its volume does not follow. */
#include "models/availability/outage.h"
#include "models/cache/cache.h"
#include "models/cache/persistence.h"
#include "tests/model_fixture.h"

/* Items are asked for alike, at 100/s in all, each every 300 s: content that began empty holds the share 1 - exp(-t / 300 s). */
enum { ITEMS = 30000, RATE = 100, EVERY_S = ITEMS / RATE, CRASH_S = 420 };

struct table_row {
  const char *name, *platform, *cache, *fault; /* keys of the cache, of the fault */
};

static struct fixture opened(const struct table_row *r, int items, const char *start) {
  return fixture_of("{ 'aguanta': 1, 'name': 'persistence', 'keys': { 'k': { 'of': %d, 'zipf': 0 } }, "
                    "'traffic': { 't': { 'kind': 'open', 'rate': '%d/s', 'mix': { 'p': 99, 'q': 1 } } }, "
                    "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'cached': 'c', 'key': 'k', 'bytes': '1kB', 'demand': '1us', "
                    "'miss': [ ] } ] }, 'q': { 'entry': 'a', 'steps': [ { 'command': 'c', 'demand': '1us' } ] } }, "
                    "'services': { 'a': { 'kind': 'app', 'place': 'x' }, "
                    "'c': { 'kind': 'cache', 'place': 'y', 'start': '%s', 'connect_timeout': '1ms'%s } }, "
                    "'platform': { 'kind': '%s', 'network': { 'between_nodes': '0s' }, "
                    "'nodes': { 'x': { 'cpu': 4 }, 'y': { 'count': 2, 'cpu': 4 } } }, "
                    "'faults': { 'f': { 'at': '%ds', %s } }, "
                    "'run': { 'warmup': '0s', 'window': '1000s', 'windows': 100, 'years': 1 } }",
                    items, RATE, start, r->cache, r->platform, CRASH_S, r->fault);
}

/* The phase of the replica's snapshots, as drawn. */
static double phase(uint64_t seed, double every_s) {
  struct stream draws = stream_open(stream_key(seed, 0, PURPOSE_SNAPSHOT, stream_entity("c", 0)));
  return stream_uniform(&draws) * every_s;
}

/* Share of hits in the ten seconds from this one of the run on. */
static double hits_from(const struct world *w, const struct fixture *f, int second) {
  const struct cache_config *c = service_cache(model_service(&f->scenario->model, 1));
  double hits = w->observation.meters[c->hits].course.sums[second / 10],
         misses = w->observation.meters[c->misses].course.sums[second / 10];
  return hits / (hits + misses);
}

/* Over the ten seconds that begin `since` after the restart of content that was there after `age` of filling: each item missing has
 * been asked for meanwhile with the rate 1 / 300 s. */
static double expected(double age_s, double since_s) {
  double missing = exp(-age_s / EVERY_S);
  return 1 - missing * exp(-since_s / EVERY_S) * EVERY_S / 10 * (1 - exp(-10.0 / EVERY_S));
}

#define SNAPSHOT ", 'persistence': { 'snapshot': '200s' }"
#define CRASH    "'kind': 'crash', 'service': 'c'"
#define NODE     "'kind': 'node', 'nodes': 'y', 'repair': '60s'"

/* It is back 1 s after the crash, of which it is up to 0.6 s down; looked at from the tenth second on. 1,000 look-ups: at most 4
 * standard errors of sqrt(p (1 - p) / 1000) away. */
static void check_hits(const struct world *w, const struct fixture *f, const char *name, double age_s) {
  double p = expected(age_s, 9), seen = hits_from(w, f, CRASH_S + 10);
  test_check(fabs(seen - p) < 4 * sqrt(fmax(p * (1 - p), 0.01) / (RATE * 10)), "%s: %.3f hit, by hand %.3f", name, seen, p);
}

static void test_age(void) {
  static const struct table_row snapshot = {"snapshot", "compose", SNAPSHOT, CRASH}, cold = {"cold", "compose", "", CRASH},
                                log = {"log", "compose", ", 'persistence': { 'append': '1s' }", CRASH};
  double least = INFINITY, most = 0;
  for (uint64_t seed = 1; seed <= 4; seed++) {
    struct fixture f = opened(&snapshot, ITEMS, "500ms"), g = opened(&cold, ITEMS, "500ms"), h = opened(&log, ITEMS, "500ms");
    struct world *a = fixture_run(&f, seed, "snapshot"), *b = fixture_run(&g, seed, "cold"), *c = fixture_run(&h, seed, "log");
    /* The last one before 420 s of those at phase, phase + 200 s, phase + 400 s. */
    double at = phase(seed, 200);
    while (at + 200 <= CRASH_S) at += 200;
    check_hits(a, &f, "snapshot", at);
    check_hits(b, &g, "cold", 0);
    check_hits(c, &h, "log", CRASH_S - 0.5);
    least = fmin(least, CRASH_S - at), most = fmax(most, CRASH_S - at);
    world_free(a), world_free(b), world_free(c);
    fixture_close(&f), fixture_close(&g), fixture_close(&h);
  }
  test_check(most - least > 50, "ages of %g to %g s", least, most);
}

/* What follows a restart, by platform and volume: how much there is right afterwards, with a content that was full. A pod that waits
 * for a network volume comes back after 12 min. */
static void test_followed(void) {
  static const struct {
    struct table_row row;
    bool warm;
    int back_s;
  } rows[] = {
      {{"compose, crash", "compose", SNAPSHOT, CRASH}, true, 10},
      {{"static, crash", "static", SNAPSHOT, CRASH}, true, 10},
      {{"compose, machine", "compose", SNAPSHOT, NODE}, true, 70},
      {{"compose, disk kept", "compose", SNAPSHOT, NODE ", 'disk': 'kept'"}, true, 70},
      {{"compose, disk lost", "compose", SNAPSHOT, NODE ", 'disk': 'lost'"}, false, 70},
      {{"swarm, crash", "swarm", SNAPSHOT, CRASH}, false, 20},
      {{"swarm, crash, local", "swarm", SNAPSHOT ", 'volume': 'local'", CRASH}, true, 20},
      {{"swarm, machine, local", "swarm", SNAPSHOT ", 'volume': 'local'", NODE}, false, 30},
      {{"swarm, machine, network", "swarm", SNAPSHOT ", 'volume': { 'kind': 'network', 'detach': '10s' }", NODE}, true, 40},
      {{"kubernetes, crash", "kubernetes", SNAPSHOT, CRASH}, false, 30},
      {{"kubernetes, crash, network", "kubernetes", SNAPSHOT ", 'volume': 'network'", CRASH}, true, 30},
      {{"kubernetes, machine, statefulset", "kubernetes", SNAPSHOT ", 'volume': { 'kind': 'network', 'owner': 'statefulset' }",
        NODE},
       true,
       90},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = opened(&rows[i].row, 100, "500ms"); /* each item once a second: full after some seconds */
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    const struct container *c = &w->containers[w->services[1].first];
    world_warm_up(w);
    calendar_run(w->calendar, CRASH_S * SIM_S + 1);
    test_check(cache_content(c, 0)->count == 0 || container_serves(c), "%s: %u items", rows[i].row.name,
               cache_content(c, 0)->count);
    while (!container_serves(c) && world_now(w) < 900 * SIM_S) calendar_run(w->calendar, world_now(w) + SIM_MS);
    uint32_t count = cache_content(c, 0)->count;
    double after = sim_seconds(world_now(w)) - CRASH_S;
    test_check(rows[i].warm ? count == 100 : count < 5, "%s: %u of 100 items", rows[i].row.name, count);
    test_check(after > 0 && after <= rows[i].back_s, "%s: up after %g s", rows[i].row.name, after);
    world_measure_until(w, w->measured_until), world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].row.name);
    world_free(w);
    fixture_close(&f);
  }
}

/* 1,000 items, each asked for every 10 s in the mean, with a ttl of 30 s: it is there for 30 s and then missing for 10 s. With a log,
 * after a start of 5 s those are there that were filled in the last 24.9 s before the crash: 24.9 of 40 s. A start of 40 s outlasts
 * all of them. */
static void test_expired(void) {
  static const struct table_row row = {"ttl", "compose", ", 'cache': { 'ttl': '30s' }, 'persistence': { 'append': '1ms' }", CRASH};
  static const struct {
    const char *start;
    double share;
  } rows[] = {{"40s", 0}, {"5s", 24.9 / 40}};
  for (int i = 0; i < 2; i++) {
    struct fixture f = opened(&row, 1000, rows[i].start);
    struct world *w = world_new(&f.scenario->model, 2, 0, WORLD_TRAFFIC);
    const struct container *c = &w->containers[w->services[1].first];
    world_warm_up(w);
    calendar_run(w->calendar, CRASH_S * SIM_S + 1);
    while (!container_serves(c)) calendar_run(w->calendar, world_now(w) + SIM_MS);
    double share = cache_content(c, 0)->count / 1000.0;
    double due = rows[i].share;
    test_check(fabs(share - due) < 0.05, "a start of %s: %.3f are there, by hand %.3f", rows[i].start, share, due);
    world_measure_until(w, w->measured_until), world_close(w);
    world_free(w);
    fixture_close(&f);
  }
}

/* 100 items of 1,000 bytes at 10 kB/s take 10 s, twice that from a log; the process 0.1 + 0.5 s. Without requests it is the same. */
static void test_load(void) {
  static const struct {
    struct table_row row;
    double s;
  } rows[] = {{{"snapshot", "compose", ", 'persistence': { 'snapshot': '20s', 'load': '10kB' }", CRASH}, 10.6},
              {{"log", "compose", ", 'persistence': { 'append': '1s', 'load': '10kB' }", CRASH}, 20.6},
              {{"none", "compose", "", CRASH}, 0.6}};
  for (int i = 0; i < 3; i++) {
    struct fixture f = opened(&rows[i].row, 100, "500ms");
    for (int mode = 0; f.scenario && mode < 2; mode++) {
      struct world *w = world_new(&f.scenario->model, 1, 0, mode ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      world_run(w);
      const struct durations *rto = &world_outages(w)->classes[0].rto;
      double s = rto->count == 1 ? rto->s[0] : -1;
      test_check(fabs(s - rows[i].s) < 0.3, "%s, %s requests: %.2f s, by hand %.1f", rows[i].row.name, mode ? "without" : "with", s,
                 rows[i].s);
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* Items of all replicas at this instant. */
static uint32_t held(const struct world *w) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < w->services[1].capacity; i++) sum += cache_content(&w->containers[w->services[1].first + i], 0)->count;
  return sum;
}

/* All 100 items are held by 420 s, by one of two shards each. A shard that is alone loads its own again. With a replica that takes over
 * after 100 ms nothing is lost but what is not asked for in that time, and the old primary, back as a replica, holds nothing itself. */
static void test_shards(void) {
  static const struct table_row rows[] = {
      {"alone", "compose", SNAPSHOT ", 'replicas': 2, 'shards': { 'count': 2, 'by': 'k' }", CRASH},
      {"replicated", "compose", SNAPSHOT ", 'replicas': 4, 'shards': { 'count': 2, 'by': 'k', 'failover': '100ms' }", CRASH}};
  for (int i = 0; i < 2; i++) {
    struct fixture f = opened(&rows[i], 100, "5s");
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    const struct container *c = &w->containers[w->services[1].first];
    world_warm_up(w);
    calendar_run(w->calendar, CRASH_S * SIM_S - 1);
    test_check(held(w) == 100, "%s: %u of 100 items", rows[i].name, held(w));
    uint32_t own = cache_content(c, 0)->count;
    calendar_run(w->calendar, CRASH_S * SIM_S + 1);
    test_check(held(w) == (i ? 100 : 100 - own) && own > 20, "%s: %u of 100 items, it had %u", rows[i].name, held(w), own);
    while (!container_serves(c)) calendar_run(w->calendar, world_now(w) + SIM_MS);
    test_check(held(w) == 100 && cache_content(c, 0)->count == (i ? 0 : own), "%s: %u of 100 items, %u its own", rows[i].name,
               held(w), cache_content(c, 0)->count);
    world_measure_until(w, w->measured_until), world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].name);
    world_free(w);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {
    {"hits by the age of what was saved", test_age}, {"what follows", test_followed}, {"what has expired", test_expired},
    {"how long it takes to load", test_load},        {"shards", test_shards},         {NULL, NULL}};
const struct test_suite suite_persistence = {"persistence", cases};
