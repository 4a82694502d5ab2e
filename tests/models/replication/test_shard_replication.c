/* Replication of a database with shards: each shard has a log, a primary and replicas of its own. */
#include "models/keys/keyspace.h"
#include "models/replication/shard.h"
#include "models/availability/outage.h"
#include "sim/engine/ziggurat.h"
#include "models/replication/replication.h"
#include "models/core/meter.h"
#include "tests/model_fixture.h"

#define DIVIDED                                                                                                                    \
  "{ 'aguanta': 1, 'name': 'divided', 'keys': { 'k': { 'of': 1000, 'zipf': %s } }, 'traffic': { 'x': { 'kind': 'open', 'rate': "   \
  "'%s', 'timeout': '20ms', 'mix': { 'e': 1 } } }, 'endpoints': { 'e': { 'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { " \
  "'kind': 'app' }, 'd': { 'kind': 'database', 'threads': 100, 'backlog': 'unlimited', 'restart': 'no', 'replicas': %d, "          \
  "'replication': { %s } %s } }, 'platform': { 'kind': 'static', 'nodes': { 'x': { 'cpu': 64 } } }, 'faults': { 'f': { 'kind': "   \
  "'crash', 'service': 'd', 'at': '1h' } }, 'run': { 'warmup': '0s', "                                                             \
  "'window': '30s', 'windows': 1, 'years': 1 } }"
#define SHARDS(n) ", 'shards': { 'count': " #n ", 'by': 'k' }"
#define WRITE     "{ 'query': 'd', 'writes': 1, 'demand': '0s' }"

static const struct meter_observation *meter(const struct world *w, const char *name) {
  for (uint32_t i = 0; i < w->model->meter_count; i++)
    if (!strcmp(w->model->meters[i].name, name)) return &w->observation.meters[i];
  abort();
}

/* What the requests for shard `which` of so many are of all. */
static double share_of(const struct fixture *f, uint32_t which, uint32_t shards) {
  const struct keyspace_config *k = model_keyspace(&f->scenario->model, 0);
  double share = 0;
  for (uint32_t item = 0; item < k->of; item++)
    if (shard_slot(k, item) * shards / SHARD_SLOTS == which) share += keyspace_probability(k, item);
  return share;
}

/* 150 writes a second of 10 ms to apply: one log falls behind by 50 a second, two keep up. */
static void test_two_logs(void) {
  static const struct {
    int replicas;
    const char *shards;
    double least, most;
  } cases[] = {{2, "", 1300, 1700}, {4, SHARDS(2), 1, 60}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f =
        fixture_of(DIVIDED, "0", "150/s", WRITE, cases[i].replicas, "'workers': 1, 'apply': '10ms'", cases[i].shards);
    struct world *w = fixture_run(&f, 1, cases[i].shards);
    double behind = meter(w, "behind")->most;
    test_check(behind >= cases[i].least && behind <= cases[i].most, "%d replicas: %g writes behind", cases[i].replicas, behind);
    world_free(w), fixture_close(&f);
  }
}

/* Of four shards, the first replica of the third dies at 10 s; 2 s later the other one takes over, without what had not arrived within
 * 20 ms: D - (1 - e^-wD) / w at the w writes a second of that shard. With requests and without. */
static void test_failover_of_a_shard(void) {
  struct fixture f = fixture_of(DIVIDED, "1", "500/s", WRITE, 8,
                                "'ship': '20ms', 'apply': '0s', 'failover': { 'detect': '1s', 'promote': '1s' }", SHARDS(4));
  enum { SEEDS = 40 };
  double lost = share_of(&f, 2, 4), w_ms = 0.5 * lost, due = 20 - (1 - exp(-20 * w_ms)) / w_ms, rpo[2] = {0}, failed = 0;
  for (int quiet = 0; quiet < 2; quiet++)
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      struct world *w = world_new(&f.scenario->model, seed, 0, quiet ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
      const struct service *d = &w->services[1];
      w->horizon = w->measured_until = 15 * SIM_S;
      for (uint32_t k = 0; k < 4; k++)
        test_check(fabs(d->replication[k].writes_per_s - 500 * share_of(&f, k, 4)) < 1e-6, "shard %u: %g writes a second", k,
                   d->replication[k].writes_per_s);
      world_warm_up(w);
      calendar_run(w->calendar, 10 * SIM_S);
      outage_fault(w, 0);
      lifecycle_crash(w, &w->containers[d->first + 4]);
      test_check(fabs(outage_serving(w, 0) - (1 - lost)) < 1e-12 && d->shards->uncovered == 1, "%.12f are served, by hand %.12f",
                 outage_serving(w, 0), 1 - lost);
      calendar_run(w->calendar, 11999 * SIM_MS);
      test_check(d->shards->of[2].primary == d->first + 4, "taken over too early");
      world_measure_until(w, 15 * SIM_S);
      test_check(d->shards->of[2].primary == d->first + 5 && d->shards->of[1].primary == d->first + 2 && !d->shards->uncovered &&
                     fabs(outage_serving(w, 0) - 1) < 1e-12,
                 "the shard has not been taken over");
      world_close(w);
      world_audit(w, fixture_broken, (void *)(uintptr_t) "failover");
      const struct outage_log *log = &world_outages(w)->classes[0];
      test_check(log->rpo.count == 1 && log->rto.count == 1 && fabs(log->rto.s[0] - 2) < 1e-9, "%llu losses",
                 (unsigned long long)log->rpo.count);
      rpo[quiet] += log->rpo.count ? log->rpo.s[0] * 1e3 / SEEDS : 0;
      if (!quiet) failed += (double)w->observation.ended[OUTCOME_REFUSED];
      world_free(w);
    }
  for (int quiet = 0; quiet < 2; quiet++)
    test_check(fabs(rpo[quiet] - due) < 4 * 6.0 / sqrt(SEEDS), "RPO %.3f ms, by hand %.3f", rpo[quiet], due);
  double expected = 1000.0 * lost * SEEDS;
  test_check(fabs(failed - expected) < 4.5 * sqrt(expected), "%g writes were refused, by hand %g", failed, expected);
  fixture_close(&f);
}

/* Its standby gone, a synchronous shard takes no writes; the others do. */
static void test_a_shard_blocks(void) {
  struct fixture f = fixture_of(DIVIDED, "1", "500/s", WRITE, 8, "'mode': 'synchronous', 'flush': '0s'", SHARDS(4));
  double lost = share_of(&f, 2, 4);
  for (int quiet = 0; quiet < 2; quiet++) {
    struct world *w = world_new(&f.scenario->model, 1, 0, quiet ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
    w->horizon = w->measured_until = 30 * SIM_S;
    world_warm_up(w);
    lifecycle_crash(w, &w->containers[w->services[1].first + 5]);
    test_check(fabs(outage_serving(w, 0) - (1 - lost)) < 1e-12, "%.12f are served, by hand %.12f", outage_serving(w, 0), 1 - lost);
    world_measure_until(w, w->measured_until);
    world_close(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t) "blocks");
    double failed = (double)w->observation.ended[OUTCOME_TIMEOUT], due = 15000 * lost;
    test_check(quiet || fabs(failed - due) < 4.5 * sqrt(due) + 10, "%g writes failed, by hand %g", failed, due);
    world_free(w);
  }
  fixture_close(&f);
}

/* Reads of a role go to the replica of their shard that has it; what a client wrote it sees there once that shard has applied it. */
static void test_reads_by_role(void) {
  struct fixture f =
      fixture_of(DIVIDED, "0", "100/s", WRITE ", { 'delay': '5ms' }, { 'query': 'd', 'reads': 1, 'demand': '1ms', 'on': 'menu' }",
                 6, "'workers': 1, 'apply': '1ms', 'ship': '10ms', 'roles': [ 'reports', 'menu' ]", SHARDS(2));
  struct world *w = fixture_run(&f, 1, "roles");
  const struct container *d = &w->containers[w->services[1].first];
  double reads = meter(w, "reads_after_write")->course.sums[0];
  for (int shard = 0; shard < 2; shard++) {
    double writes = (double)w->services[1].replication[shard].head, done = (double)d[3 * shard + 2].done_ns * 1e-6;
    test_check(
        d[3 * shard].done_ns == 0 && fabs((double)d[3 * shard + 1].done_ns * 1e-6 - writes) <= 3 && fabs(done - 2 * writes) <= 6,
        "shard %d: %g writes, its replicas did %.3f and %.3f ms", shard, writes, (double)d[3 * shard + 1].done_ns * 1e-6, done);
    test_check(fabs(writes - 3000 * share_of(&f, (uint32_t)shard, 2)) < 200, "shard %d: %g writes", shard, writes);
  }
  test_check(reads > 2500 && meter(w, "stale_reads")->course.sums[0] == reads, "%g reads, %g stale", reads,
             meter(w, "stale_reads")->course.sums[0]);
  world_free(w), fixture_close(&f);
}

/* Who has written to one shard and asks both has written to one. */
static void test_the_other_shard(void) {
  struct fixture f = fixture_of(DIVIDED, "0", "100/s", WRITE ", { 'query': 'd', 'reads': 1, 'demand': '0s', 'shards': 'all' }", 4,
                                "'apply': '0s'", SHARDS(2));
  struct world *w = fixture_run(&f, 1, "the other shard");
  double writes = (double)(w->services[1].replication[0].head + w->services[1].replication[1].head);
  test_check(writes > 2500 && meter(w, "reads_after_write")->course.sums[0] == writes, "%g writes, %g reads of them", writes,
             meter(w, "reads_after_write")->course.sums[0]);
  world_free(w), fixture_close(&f);
}

static const struct test_case tests[] = {{"two_logs", test_two_logs},
                                         {"failover_of_a_shard", test_failover_of_a_shard},
                                         {"a_shard_blocks", test_a_shard_blocks},
                                         {"reads_by_role", test_reads_by_role},
                                         {"the_other_shard", test_the_other_shard},
                                         {NULL, NULL}};
const struct test_suite suite_shard_replication = {"shard_replication", tests};
