/* Shards: who gets what by hand and by theory, what a lost primary takes from whom, and who takes over when. */
#include "models/cache/cache.h"
#include "models/keys/keyspace.h"
#include "models/replication/shard.h"
#include "models/availability/outage.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

/* An app without work of its own before a database or a cache with shards. */
#define DIVIDED                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'divided', 'keys': { 'k': { %s } }, 'traffic': { 'web': { 'kind': 'open', 'rate': '%s', 'mix': { 'p': " \
  "1 } } }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app' }, 'd': { 'kind': '%s', "  \
  "'threads': 1, 'backlog': 'unlimited', 'start': '%s', %s } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 64 } } }" \
  ", 'faults': { %s }, 'run': { 'warmup': '%s', 'window': '%s', 'windows': 1, 'seed': 'shards' } }"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  abort();
}

static double counted(const struct world *w, const char *name) { return meter(w, name)->course.sums[0]; }

static struct world *run(struct fixture *f, const char *name) { return fixture_run(f, 1, name); }

/* Sums the items by hand; the shards' counts must agree with them, and so must a thousand drawn items one by one. */
static void test_shares_are_exact(void) {
  static const char *const keys[] = {"'of': 1000, 'zipf': 1", "'of': 7", "'of': 300, 'zipf': 0.5"};
  for (int i = 0; i < 3; i++) {
    struct fixture f = fixture_of(DIVIDED, keys[i], "1000/s", "{ 'query': 'd', 'reads': 1, 'demand': '0s' }", "database", "0s",
                                  "'replicas': 5, 'shards': { 'count': 5, 'by': 'k' }", "", "0s", "100s");
    const struct keyspace_config *k = model_keyspace(&f.scenario->model, 0);
    double shares[5] = {0};
    for (uint32_t item = 0; item < k->of; item++) shares[shard_slot(k, item) * 5 / SHARD_SLOTS] += keyspace_probability(k, item);
    struct world *w = run(&f, keys[i]);
    double all = 0;
    for (int s = 0; s < 5; s++) all += counted(w, arena_format(f.arena, "shard%d", s));
    for (int s = 0; s < 5; s++) {
      double share = counted(w, arena_format(f.arena, "shard%d", s)) / all, sd = sqrt(shares[s] * (1 - shares[s]) / all);
      test_check(fabs(share - shares[s]) <= 4.5 * sd, "%s: shard %d gets %.5f, by hand %.5f", keys[i], s, share, shares[s]);
    }
    world_free(w);
    fixture_close(&f);
  }
}

/* One of the primaries dies for good (the restart takes longer than the run): its share of requests finds nobody, three queries of the
 * same item as well as one; reads go to the shard's other replica when it is in rotation. */
static void test_lost_primary_takes_its_share(void) {
  static const char *const steps[] = {"{ 'query': 'd', 'writes': 1, 'demand': '0s' }",
                                      "{ 'query': 'd', 'writes': 3, 'demand': '0s' }"};
  for (int i = 0; i < 2; i++) {
    struct fixture f = fixture_of(DIVIDED, "'of': 1000, 'zipf': 1", "1000/s", steps[i], "database", "1h",
                                  "'replicas': 8, 'shards': { 'count': 4, 'by': 'k' }", "", "0s", "100s");
    const struct keyspace_config *k = model_keyspace(&f.scenario->model, 0);
    double lost = 0;
    for (uint32_t item = 0; item < k->of; item++)
      if (shard_slot(k, item) * 4 / SHARD_SLOTS == 2) lost += keyspace_probability(k, item);
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    lifecycle_crash(w, &w->containers[w->services[1].first + 4]);
    test_check(fabs(outage_serving(w, 0) - (1 - lost)) < 1e-12, "%d: %.12f are served, by hand %.12f", i, outage_serving(w, 0),
               1 - lost);
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t) "died");
    double all = 0, failed = (double)w->observation.ended[OUTCOME_REFUSED];
    for (int o = 0; o < OUTCOMES; o++) all += (double)w->observation.ended[o];
    test_check(fabs(failed / all - lost) <= 4.5 * sqrt(lost * (1 - lost) / all), "%d: %.5f refused, by hand %.5f", i, failed / all,
               lost);
    world_free(w);
    fixture_close(&f);
  }
}

/* Redis Cluster of six: a primary dies at 10 s. 16.5 s later its replica takes over, with all that the primary had: of 50 items, of
 * which each was asked for long before, none is missed again. With full coverage everything is refused from 25 s to 26.5 s. */
static void test_redis_cluster(void) {
  static const struct {
    const char *coverage;
    double from_s, until_s;
  } cases[] = {{"false", 0, 0}, {"true", 25, 26.5}};
  for (int i = 0; i < 2; i++) {
    struct text shards = {.length = 0};
    put(&shards, "'restart': 'no', 'replicas': 6, 'shards': { 'count': 3, 'failover': '16500ms', 'full_coverage': %s }",
        cases[i].coverage);
    struct fixture f =
        fixture_of(DIVIDED, "'of': 50", "1000/s", "{ 'cached': 'd', 'key': 'k', 'demand': '0s', 'miss': [ { 'delay': '0s' } ] }",
                   "cache", "1h", shards.bytes, "", "0s", "60s");
    const struct keyspace_config *k = model_keyspace(&f.scenario->model, 0);
    double lost = 0;
    for (uint32_t item = 0; item < k->of; item++) lost += shard_slot(k, item) * 3 / SHARD_SLOTS == 1 ? 1.0 / 50 : 0;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    world_warm_up(w);
    uint32_t first = w->services[1].first;
    world_measure_until(w, 10 * SIM_S);
    lifecycle_crash(w, &w->containers[first + 2]);
    world_measure_until(w, 26499 * SIM_MS);
    test_check(w->services[1].shards->of[1].primary == first + 2 && w->services[1].shards->uncovered == 1, "took over too early");
    world_measure_until(w, 26501 * SIM_MS);
    test_check(w->services[1].shards->of[1].primary == first + 3 && !w->services[1].shards->uncovered, "has not taken over");
    world_measure_until(w, 60 * SIM_S);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t) "died");
    double refused_s = cases[i].until_s - cases[i].from_s, asked = counted(w, "hits") + counted(w, "misses");
    double unasked = 60000 - asked, by_hand = 1000 * (16.5 * lost + refused_s * (1 - lost));
    test_check(counted(w, "misses") == 50, "%g misses of 50 items", counted(w, "misses"));
    test_check(counted(w, "failovers") == 1, "%g failovers", counted(w, "failovers"));
    test_check(fabs(unasked - by_hand) < 4.5 * sqrt(60000 + by_hand), "coverage %s: %g were refused, by hand %g", cases[i].coverage,
               unasked, by_hand);
    world_free(w);
    fixture_close(&f);
  }
}

/* Without load a question to all of n shards takes as long as the slowest: 1 + 1/2 + ... + 1/n means of an exponential. */
static void test_all_shards(void) {
  static const int counts[] = {1, 4, 8};
  for (int i = 0; i < 3; i++) {
    struct text shards = {.length = 0};
    put(&shards, "'replicas': %d, 'shards': { 'count': %d, 'by': 'k' }", counts[i], counts[i]);
    struct fixture f =
        fixture_of(DIVIDED, "'of': 50", "1/s", "{ 'query': 'd', 'reads': 1, 'demand': { 'exponential': '1ms' }, 'shards': 'all' }",
                   "database", "0s", shards.bytes, "", "0s", "20000s");
    struct world *w = run(&f, "all");
    double n = (double)w->observation.ended[OUTCOME_COMPLETED], mean = (double)w->observation.sojourn_ns / n / 1e6, harmonic = 0,
           variance = 0;
    for (int k = 1; k <= counts[i]; k++) harmonic += 1.0 / k, variance += 1.0 / (k * k);
    test_check(fabs(mean - harmonic) < 4.5 * sqrt(variance / n) + 0.004, "%d shards: %.4f ms, by theory %.4f", counts[i], mean,
               harmonic);
    for (int s = 0; s < counts[i]; s++)
      test_check(counted(w, arena_format(f.arena, "shard%d", s)) >= n, "shard %d was not asked each time", s);
    world_free(w);
    fixture_close(&f);
  }
}

/* Four logs, of which each commits once in 10 ms: 300 a second pass, where one log without group commit stops at 100. */
static void test_log_of_each_shard(void) {
  struct fixture f = fixture_of(
      DIVIDED, "'of': 100000", "300/s", "{ 'query': 'd', 'writes': 1, 'demand': '0s' }", "database", "0s",
      "'replicas': 4, 'shards': { 'count': 4, 'by': 'k' }, 'database': { 'commit': { 'latency': '10ms', 'group': false } }", "",
      "0s", "30s");
  struct world *w = run(&f, "logs");
  double commits = counted(w, "commits");
  test_check(commits > 8600 && commits < 9400, "%g commits in 30 s", commits);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"shares are the sums of the items' probabilities", test_shares_are_exact},
                                         {"a lost primary takes its share", test_lost_primary_takes_its_share},
                                         {"Redis Cluster of six", test_redis_cluster},
                                         {"a question to all shards", test_all_shards},
                                         {"each shard has a log", test_log_of_each_shard},
                                         {0}};
const struct test_suite suite_shards = {"shards", cases};
