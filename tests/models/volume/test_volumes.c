/* What a lost node takes with it: by orchestrator and volume, how long a database is away and what it has lost. */
#include "models/availability/outage.h"
#include "models/volume/volume.h"
#include "tests/model_fixture.h"

enum { SEEDS = 12, HOUR = 3600, DAY = 24 * HOUR };

/* What the RPO is: nothing is recorded, 0, the age of the hourly backup, all. */
enum loss { NOT_SAID, NOTHING, BACKUP, ALL };

struct table_row {
  const char *name, *platform, *volume, *fault; /* volume: keys of the database; fault: more keys of it */
  double low, high;                             /* RTO in seconds */
  enum loss loss;
};

#define LOCAL     ", 'volume': 'local'"
#define NETWORK   ", 'volume': 'network'"
#define BACKUP_1H ", 'backup': { 'every': '1h', 'restore': '10min' }"
#define V(more)   ", 'volume': { " more " }"

/* The machine is lost at 1 h and away for 24 h, a start takes 20 s.
 *   static, compose  it starts as the machine is back: 86,400 + 20 s
 *   swarm            the node is down 9 to 16.5 s after its loss (three heartbeats of 5 s +- 0.5 s, less the phase): 29 to 36.5 s
 *                    with the start; a detach adds 360 s
 *   kubernetes       unknown after 50 - U(0, 10) + U(0, 5) = 40 to 55 s, evicted 300 s later, in rotation U(0, 10) + 1 s after its
 *                    start: 340 + 20 + 1 = 361 to 386 s; with a detach 721 to 746 s = 12.0 to 12.5 min; after its machine is back
 *                    20 + 1 to 20 + 11 s; deleted by force at T: T + 20 + 1 to T + 20 + 11, and no earlier than unknown */
static const struct table_row table[] = {
    /* local disk */
    {"compose, local", "compose", LOCAL, "", DAY + 20, DAY + 20, NOT_SAID},
    {"compose, by default", "compose", "", "", DAY + 20, DAY + 20, NOT_SAID},
    {"static, by default", "static", "", "", DAY + 20, DAY + 20, NOT_SAID},
    {"swarm, local, pinned", "swarm", V("'kind': 'local', 'pinned': true"), "", DAY + 20, DAY + 20, NOT_SAID},
    {"swarm, local", "swarm", LOCAL, "", 29, 36.5, ALL},
    {"swarm, by default", "swarm", "", "", 29, 36.5, ALL},
    {"swarm, local, backup", "swarm", LOCAL BACKUP_1H, "", 629, 636.5, BACKUP},
    {"swarm, by default, backup", "swarm", BACKUP_1H, "", 629, 636.5, BACKUP},
    {"deployment, local", "kubernetes", V("'kind': 'local', 'owner': 'deployment'"), "", DAY + 21, DAY + 31, NOT_SAID},
    {"statefulset, local", "kubernetes", LOCAL, "", DAY + 21, DAY + 31, NOT_SAID},
    {"statefulset, local, deleted", "kubernetes", V("'kind': 'local', 'deleted': '30min'"), "", DAY + 21, DAY + 31, NOT_SAID},
    /* network volume */
    {"swarm, network", "swarm", NETWORK, "", 389, 396.5, NOTHING},
    {"swarm, network, a fast driver", "swarm", V("'kind': 'network', 'detach': '10s'"), "", 39, 46.5, NOTHING},
    {"swarm, network, pinned", "swarm", V("'kind': 'network', 'pinned': true"), "", DAY + 20, DAY + 20, NOTHING},
    {"deployment, network", "kubernetes", V("'kind': 'network', 'owner': 'deployment'"), "", 721, 746, NOTHING},
    {"statefulset, network, deleted", "kubernetes", V("'kind': 'network', 'deleted': '30min'"), "", 2181, 2191, NOTHING},
    {"statefulset, network", "kubernetes", NETWORK, "", DAY + 21, DAY + 31, NOTHING},
    {"kubernetes, by default", "kubernetes", "", "", DAY + 21, DAY + 31, NOTHING},
    {"kubernetes, by default, deleted", "kubernetes", V("'deleted': '1h'"), "", 3981, 3991, NOTHING},
    /* none: a new container is empty, Docker restarts the old one */
    {"compose, none", "compose", ", 'volume': 'none'", ", 'disk': 'kept'", DAY + 20, DAY + 20, NOTHING},
    {"swarm, none", "swarm", ", 'volume': 'none'", "", 29, 36.5, ALL},
    {"deployment, none", "kubernetes", V("'kind': 'none', 'owner': 'deployment'"), "", 361, 386, ALL},
    {"statefulset, none", "kubernetes", ", 'volume': 'none'", "", DAY + 21, DAY + 31, ALL},
    {"statefulset, none, deleted at once", "kubernetes", V("'kind': 'none', 'deleted': '1s'"), "", 61, 86, ALL},
    /* the machine comes back with its disk or without */
    {"compose, disk kept", "compose", LOCAL, ", 'disk': 'kept'", DAY + 20, DAY + 20, NOTHING},
    {"compose, disk lost", "compose", LOCAL, ", 'disk': 'lost'", DAY + 20, DAY + 20, ALL},
    {"compose, by default, disk lost", "compose", "", ", 'disk': 'lost'", DAY + 20, DAY + 20, ALL},
    {"compose, disk lost, backup", "compose", BACKUP_1H, ", 'disk': 'lost'", DAY + 620, DAY + 620, BACKUP},
    {"compose, backup", "compose", BACKUP_1H, "", DAY + 620, DAY + 620, BACKUP},
    {"compose, disk kept, backup", "compose", BACKUP_1H, ", 'disk': 'kept'", DAY + 20, DAY + 20, NOTHING},
    {"statefulset, local, disk lost", "kubernetes", LOCAL, ", 'disk': 'lost'", DAY + 21, DAY + 31, ALL},
    {"statefulset, network, disk lost", "kubernetes", NETWORK, ", 'disk': 'lost'", DAY + 21, DAY + 31, NOTHING},
    {"statefulset, network, disk lost, backup", "kubernetes", NETWORK BACKUP_1H, ", 'disk': 'lost'", DAY + 21, DAY + 31, NOTHING},
};

#define WEB "'a': { 'kind': 'app', 'place': 'x', 'replicas': 2 }"

static struct fixture opened(const char *platform, const char *volume, const char *fault, const char *window) {
  return fixture_of("{ 'aguanta': 1, 'name': 'volumes', 'traffic': { 't': { 'kind': 'open', 'rate': '0.1/s', 'timeout': '5s', "
                    "'mix': { 'p': 1 } } }, "
                    "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, "
                    "'services': { " WEB ", 'd': { 'kind': 'database', 'place': 'y', 'start': '20s'%s } }, "
                    "'platform': { 'kind': '%s', 'nodes': { 'x': { 'count': 2, 'cpu': 4 }, 'y': { 'count': 2, 'cpu': 4 } } }, "
                    "'faults': { 'f': { 'at': '1h', %s } }, "
                    "'run': { 'warmup': '0s', 'window': '%s', 'windows': 1, 'years': 1, 'years_per_replication': 1 } }",
                    volume, platform, fault, window);
}

static struct world *played(const struct fixture *f, enum world_mode mode, uint64_t seed, const char *name) {
  struct world *w = world_new(&f->scenario->model, seed, 0, mode);
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)name);
  return w;
}

static void check_loss(const struct table_row *c, const struct durations *rpo) {
  if (c->loss == NOT_SAID) {
    test_check(rpo->count == 0, "%s: an RPO of %g s, and nothing is known of the disk", c->name, rpo->count ? rpo->s[0] : 0);
    return;
  }
  test_check(rpo->count == 1, "%s: %llu losses of the primary", c->name, (unsigned long long)rpo->count);
  if (rpo->count != 1) return;
  double s = rpo->s[0];
  bool right = c->loss == NOTHING ? s == 0 : c->loss == ALL ? isinf(s) : s > 0 && s <= HOUR;
  test_check(right, "%s: RPO %g s", c->name, s);
}

static void test_table(void) {
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    const struct table_row *c = &table[i];
    char fault[200];
    snprintf(fault, sizeof fault, "'kind': 'node', 'nodes': 'y', 'repair': '24h'%s", c->fault);
    struct fixture f = opened(c->platform, c->volume, fault, "10s");
    double least = INFINITY, most = 0, ages = 0;
    for (uint64_t seed = 1; f.scenario && seed <= SEEDS; seed++) {
      struct world *w = played(&f, WORLD_AVAILABILITY, seed, c->name);
      const struct outage_log *log = &world_outages(w)->classes[0];
      test_check(log->rto.count == 1, "%s: %llu outages", c->name, (unsigned long long)log->rto.count);
      if (log->rto.count) least = fmin(least, log->rto.s[0]), most = fmax(most, log->rto.s[0]);
      check_loss(c, &log->rpo);
      if (c->loss == BACKUP && log->rpo.count) ages += log->rpo.s[0] / SEEDS;
      world_free(w);
    }
    test_check(least >= c->low - 1e-6 && most <= c->high + 1e-6, "%s: RTO %.1f to %.1f s, by hand %.0f to %.0f", c->name, least,
               most, c->low, c->high);
    /* Uniform over an hour: 1,800 s, and over 12 seeds 5 standard errors of 300 s. */
    test_check(c->loss != BACKUP || fabs(ages - 1800) < 1500, "%s: a mean RPO of %.0f s", c->name, ages);
    fixture_close(&f);
  }
}

/* A process dies, and its machine lives. Compose: 0.1 s; Swarm: 0.1 + 5 s; Kubernetes: U(0, 1) + U(0, 10) + 1 s; and the start. */
static void test_crash(void) {
  static const struct table_row crashes[] = {
      {"compose, none", "compose", ", 'volume': 'none'", "", 20.1, 20.1, NOTHING},
      {"swarm, none", "swarm", ", 'volume': 'none'", "", 25.1, 25.1, ALL},
      {"swarm, local", "swarm", LOCAL, "", 25.1, 25.1, NOTHING},
      {"swarm, none, backup", "swarm", ", 'volume': 'none'" BACKUP_1H, "", 625.1, 625.1, BACKUP},
      {"kubernetes, none", "kubernetes", ", 'volume': 'none'", "", 21, 32, ALL},
      {"kubernetes, local", "kubernetes", LOCAL, "", 21, 32, NOTHING},
      {"kubernetes, network", "kubernetes", NETWORK, "", 21, 32, NOTHING},
  };
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) {
    const struct table_row *c = &crashes[i];
    struct fixture f = opened(c->platform, c->volume, "'kind': 'crash', 'service': 'd'", "10s");
    for (uint64_t seed = 1; f.scenario && seed <= 3; seed++) {
      struct world *w = played(&f, WORLD_AVAILABILITY, seed, c->name);
      const struct outage_log *log = &world_outages(w)->classes[0];
      double s = log->rto.count == 1 ? log->rto.s[0] : -1;
      test_check(s >= c->low - 1e-6 && s <= c->high + 1e-6, "%s: RTO %.2f s", c->name, s);
      check_loss(c, &log->rpo);
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* With requests and without: the same draws, so the same outage to the nanosecond, and the same loss. Meters: one wait of exactly
 * 6 min for the volume, one empty start. */
static void test_with_requests(void) {
  static const struct table_row same[] = {
      {"network", "kubernetes", V("'kind': 'network', 'owner': 'deployment'"), "", 721, 746, NOTHING},
      {"empty", "swarm", LOCAL, "", 29, 36.5, ALL},
  };
  for (size_t i = 0; i < 2; i++) {
    const char *fault = "'kind': 'node', 'nodes': 'y', 'repair': '24h'";
    struct fixture f = opened(same[i].platform, same[i].volume, fault, "2h");
    if (!f.scenario) continue;
    struct world *loud = played(&f, WORLD_TRAFFIC, 1, same[i].name), *quiet = played(&f, WORLD_AVAILABILITY, 1, same[i].name);
    const struct outage_log *a = &world_outages(loud)->classes[0], *b = &world_outages(quiet)->classes[0];
    test_check(a->rto.count == 1 && b->rto.count == 1 && a->rto.s[0] == b->rto.s[0], "%s: two outages", same[i].name);
    check_loss(&same[i], &a->rpo);
    const struct volume_config *c = service_volume(model_service(&f.scenario->model, 1));
    const struct meter_observation *m = loud->observation.meters;
    if (!i) test_check(histogram_max(m[c->waited].time) == 360 * SIM_S && m[c->waited].time->count == 1, "a detach of 6 min");
    test_check(m[c->emptied].course.sums[0] == (double)i, "%g empty starts", m[c->emptied].course.sums[0]);
    world_free(loud), world_free(quiet);
    fixture_close(&f);
  }
}

/* What has no "volume": data wait for their node on Kubernetes, all else moves as ever: 361 to 386 s. */
static void test_defaults(void) {
  static const struct {
    const char *kind;
    double low, high;
  } rows[] = {{"queue", DAY + 21, DAY + 31}, {"app", 361, 386}, {"cache", 361, 386}, {"proxy", 361, 386}};
  for (int i = 0; i < 4; i++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'defaults', 'traffic': { 't': { 'kind': 'open', 'rate': '0.1/s', 'mix': { 'p': 1 } } }, "
        "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'call': 'd', 'steps': [ { 'cpu': '1ms' } ] } ] } }, "
        "'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': '%s', 'place': 'y', 'start': '20s' } }, "
        "'platform': { 'kind': 'kubernetes', 'nodes': { 'x': { 'cpu': 4 }, 'y': { 'count': 2, 'cpu': 4 } } }, "
        "'faults': { 'f': { 'kind': 'node', 'nodes': 'y', 'at': '1h', 'repair': '24h' } }, "
        "'run': { 'warmup': '0s', 'window': '10s', 'windows': 1, 'years': 1, 'years_per_replication': 1 } }",
        rows[i].kind);
    if (!f.scenario) continue;
    struct world *w = played(&f, WORLD_AVAILABILITY, 1, rows[i].kind);
    const struct durations *rto = &world_outages(w)->classes[0].rto;
    double s = rto->count == 1 ? rto->s[0] : -1;
    test_check(s >= rows[i].low && s <= rows[i].high, "%s: RTO %g s", rows[i].kind, s);
    test_check(world_outages(w)->classes[0].rpo.count == 0, "%s: an RPO", rows[i].kind);
    world_free(w);
    fixture_close(&f);
  }
}

/* Two machines a zone: the volume moves to the other one of its zone, 721 to 746 s as in the table. One machine a zone: it cannot
 * follow to the other zone, and waits. */
static void test_zones(void) {
  static const struct {
    int nodes;
    double low, high;
  } rows[] = {{4, 721, 746}, {2, DAY + 21, DAY + 31}};
  for (int i = 0; i < 2; i++) {
    struct fixture f =
        fixture_of("{ 'aguanta': 1, 'name': 'zones', 'traffic': { 't': { 'kind': 'open', 'rate': '0.1/s', 'region': 'r', 'mix': { "
                   "'p': 1 } } }, "
                   "'endpoints': { 'p': { 'entry': 'd', 'steps': [ { 'cpu': '1ms' } ] } }, "
                   "'services': { 'd': { 'kind': 'app', 'start': '20s', 'volume': 'network' } }, "
                   "'platform': { 'kind': 'kubernetes', 'regions': { 'r': { 'zones': [ 'a', 'b' ] } }, "
                   "'nodes': { 'y': { 'count': %d, 'cpu': 4, 'region': 'r' } } }, "
                   "'faults': { 'f': { 'kind': 'node', 'nodes': 'y', 'at': '1h', 'repair': '24h' } }, "
                   "'run': { 'warmup': '0s', 'window': '10s', 'windows': 1, 'years': 1, 'years_per_replication': 1 } }",
                   rows[i].nodes);
    for (uint64_t seed = 1; f.scenario && seed <= 4; seed++) {
      struct world *w = played(&f, WORLD_AVAILABILITY, seed, "zones");
      const struct durations *rto = &world_outages(w)->classes[0].rto;
      double s = rto->count == 1 ? rto->s[0] : -1;
      test_check(s >= rows[i].low && s <= rows[i].high, "%d nodes: RTO %g s", rows[i].nodes, s);
      world_free(w);
    }
    fixture_close(&f);
  }
}

/* A claim on an RPO without a bound fails, also for a tenth of the losses, and says why; it is null in JSON. */
static void test_unbounded(void) {
  static const char *const claims = "'rpo(f) < 24h', 'rpo(f) <= 292y for 10%', 'rto(f) < 1min for 95%', 'max(d.rpo) < 24h', "
                                    "'mean(d.rpo) < 24h'";
  struct fixture f =
      fixture_of("{ 'aguanta': 1, 'name': 'unbounded', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } }, "
                 "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, "
                 "'services': { 'a': { 'kind': 'app', 'place': 'x' }, 'd': { 'kind': 'database', 'place': 'y', 'start': '20s', "
                 "'volume': 'local' } }, "
                 "'platform': { 'kind': 'swarm', 'nodes': { 'x': { 'cpu': 4 }, 'y': { 'count': 3, 'cpu': 4 } } }, "
                 "'faults': { 'f': { 'kind': 'node', 'nodes': 'y', 'mtbf': '30d', 'at': '60s', 'repair': '1h' } }, "
                 "'run': { 'warmup': '0s', 'window': '5min', 'replications': 4, 'years': 20 }, 'claims': [ %s ] }",
                 claims);
  if (!f.scenario) return;
  const struct results *r = study_run(f.arena, f.scenario, &(struct study_options){.jobs = 2});
  for (uint32_t i = 0; i < r->claim_count && !r->claims[i].implicit; i++) {
    const struct claim_result *c = &r->claims[i];
    bool rpo = i != 2;
    test_check(c->verdict == (rpo ? VERDICT_FAIL : VERDICT_PASS), "%s: verdict %d, %g", c->expression, c->verdict,
               c->estimate.value);
    test_check(!rpo || (isinf(c->estimate.value) && c->reason), "%s: %g, %s", c->expression, c->estimate.value,
               c->reason ? c->reason : "no reason");
  }
  const struct outage_class *o = &r->availability.classes[0];
  test_check(isinf(o->rpo_mean.value) && isinf(o->rpo_max) && o->primaries > 20, "%llu losses", (unsigned long long)o->primaries);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"the table", test_table},
                                         {"a crash", test_crash},
                                         {"by default", test_defaults},
                                         {"with requests and without", test_with_requests},
                                         {"a network volume stays in its zone", test_zones},
                                         {"an RPO without a bound", test_unbounded},
                                         {NULL, NULL}};
const struct test_suite suite_volumes = {"volumes", cases};
