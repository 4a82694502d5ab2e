/* Databases with copies: what a replica or a primary does that comes back empty. */
#include "models/availability/outage.h"
#include "models/platform/nodes.h"
#include "models/replication/replication.h"
#include "models/replication/shard.h"
#include "models/volume/volume.h"
#include "tests/model_fixture.h"

enum { AT_S = 600, SECONDS = 1800 };

/* Nodes of the group y, of which the first holds the first replica and so on, lost for good at 600 s. */
struct losses {
  struct world *world;
  uint32_t mask;
};

static void strike(void *losses, uint32_t unused) {
  (void)unused;
  const struct losses *l = losses;
  outage_fault(l->world, 0);
  for (uint32_t i = 0; i < l->world->node_count; i++) {
    struct node *n = &l->world->nodes[i];
    if (n->group_index == 1 && l->mask >> n->number & 1) node_fails(l->world, n, DISK_UNSTATED);
  }
}

/* Swarm: a lost task starts elsewhere 9 to 16.5 s after the loss, empty, and is up 20 s later. */
static struct fixture opened(const char *platform, const char *database) {
  return fixture_of("{ 'aguanta': 1, 'name': 'copies', 'traffic': { 't': { 'kind': 'open', 'rate': '20/s', 'timeout': '1s', "
                    "'mix': { 'p': 1 } } }, 'keys': { 'k': { 'of': 100 } }, "
                    "'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, "
                    "'services': { 'a': { 'kind': 'app', 'place': 'x' }, "
                    "'d': { 'kind': 'database', 'place': 'y', 'start': '20s', %s } }, "
                    "'platform': { 'kind': '%s', 'nodes': { 'x': { 'cpu': 4 }, 'y': { 'count': 6, 'cpu': 4 } } }, "
                    "'faults': { 'f': { 'kind': 'node', 'nodes': 'y', 'at': '200y', 'repair': '1h' } }, "
                    "'run': { 'warmup': '0s', 'window': '%ds', 'windows': 1, 'years': 1 } }",
                    database, platform, SECONDS);
}

static struct world *played(const struct fixture *f, enum world_mode mode, uint64_t seed, uint32_t mask) {
  struct world *w = world_new(&f->scenario->model, seed, 0, mode);
  struct losses l = {w, mask};
  w->horizon = w->measured_until = SECONDS * SIM_S;
  calendar_set(w->calendar, calendar_slot(w->calendar, strike, &l, 0), AT_S * SIM_S);
  world_run(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t) "copies");
  return w;
}

/* Of both kinds of run, with a few seeds: RTO and RPO within the bounds, in seconds. */
static void check(const char *name, const char *database, uint32_t mask, double rto_low, double rto_high, double rpo_low,
                  double rpo_high) {
  char local[400];
  snprintf(local, sizeof local, "'volume': 'local', %s", database);
  struct fixture f = opened("swarm", local);
  for (uint64_t seed = 1; f.scenario && seed <= 6; seed++) {
    struct world *w = played(&f, seed % 2 ? WORLD_AVAILABILITY : WORLD_TRAFFIC, seed, mask);
    const struct outage_log *log = &world_outages(w)->classes[0];
    test_check(log->rto.count == 1 && log->rpo.count <= 1, "%s: %u outages, %u losses", name, (unsigned)log->rto.count,
               (unsigned)log->rpo.count);
    double rto = log->rto.count ? log->rto.s[0] : -1, rpo = log->rpo.count ? log->rpo.s[0] : -1;
    test_check(rto >= rto_low - 1e-6 && rto <= rto_high + 1e-6, "%s, seed %llu: RTO %g s", name, (unsigned long long)seed, rto);
    test_check(rpo >= rpo_low && rpo <= rpo_high, "%s, seed %llu: RPO %g s", name, (unsigned long long)seed, rpo);
    world_free(w);
  }
  fixture_close(&f);
}

#define SHIP "'replication': { 'ship': '5s'"

/* A replica has what was shipped 5 s ago: at 20 writes/s the oldest lost one is 5 s - X old, X exponential with mean 50 ms. */
static void test_primary(void) {
  const double least = 4, most = 5;
  /* Found after 20 s and promoted 1 s later, while the old one, up on another node after 29 s at the earliest, has nothing. */
  check("promoted before it is up", "'replicas': 2, " SHIP ", 'failover': { 'detect': '20s', 'promote': '1s' } }", 1, 21, 21, least,
        most);
  /* Would be up after 29 to 36.5 s: it waits all the same for the promotion at 120 + 1 s. */
  check("promoted after it would be up", "'replicas': 2, " SHIP ", 'failover': { 'detect': '2min', 'promote': '1s' } }", 1, 121,
        121, least, most);
  /* No one is promoted: it copies the replica, in no time as there is no "resync". */
  check("copied, no failover", "'replicas': 2, " SHIP " }", 1, 29, 36.5, least, most);
  /* The only replica is too far behind to be promoted (5 s > 1 s): the empty primary, which waited for that until 21 s, then starts
   * from it: 20 s. */
  check("copied, none may be promoted",
        "'replicas': 2, " SHIP ", 'failover': { 'detect': '20s', 'promote': '1s', 'max_lag': '1s' } }", 1, 41, 41, least, most);
  /* Both are lost, so both are empty. */
  check("nothing is left", "'replicas': 2, " SHIP ", 'failover': { 'detect': '20s', 'promote': '1s' } }", 3, 29, 36.5, INFINITY,
        INFINITY);
  check("nothing is left, no failover", "'replicas': 2, " SHIP " }", 3, 29, 36.5, INFINITY, INFINITY);
  /* A backup is restored: 9 to 16.5 + 20 + 100 s, before a failover that takes longer. */
  check("a backup",
        "'replicas': 2, 'backup': { 'every': '5min', 'restore': '100s' }, " SHIP ", 'failover': { 'detect': '10min' } }", 1, 129,
        136.5, 1e-9, 300);
}

/* Without "replication" the replicas of a database, or of a shard, hold the same at every instant. -1: no RPO is recorded. */
static void test_bare(void) {
  check("one", "'replicas': 1", 1, 29, 36.5, INFINITY, INFINITY);
  check("another has the data", "'replicas': 2", 1, 29, 36.5, -1, -1);
  check("both are lost", "'replicas': 2", 3, 29, 36.5, INFINITY, INFINITY);
  check("a shard", "'replicas': 2, 'shards': { 'count': 2, 'by': 'k' }", 1, 29, 36.5, INFINITY, INFINITY);
  check("a shard with a replica", "'replicas': 4, 'shards': { 'count': 2, 'by': 'k', 'failover': '15s' }", 1, 15, 15, -1, -1);
  check("a shard and its replica", "'replicas': 4, 'shards': { 'count': 2, 'by': 'k', 'failover': '15s' }", 3, 29, 36.5, INFINITY,
        INFINITY);
}

/* A replica that comes back empty is copied before it follows: 9 to 16.5 + 20 + 60 s. With its volume it follows at once. */
static void test_replica(void) {
  static const struct {
    const char *volume;
    double low, high;
  } rows[] = {{"local", 89, 96.5}, {"network", 389, 396.5}};
  for (int i = 0; i < 2; i++) {
    char database[300];
    snprintf(database, sizeof database,
             "'replicas': 2, 'volume': '%s', 'replication': { 'failover': { 'detect': '20s', 'resync': '60s' } }", rows[i].volume);
    struct fixture f = opened("swarm", database);
    for (uint64_t seed = 1; f.scenario && seed <= 3; seed++) {
      struct world *w = played(&f, WORLD_TRAFFIC, seed, 2);
      const struct replica *r = &w->services[1].replication->replicas[1];
      double joined = sim_seconds(r->joined) - AT_S;
      test_check(r->follows && joined >= rows[i].low && joined <= rows[i].high, "%s: it follows after %g s", rows[i].volume,
                 joined);
      world_free(w);
    }
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"a primary comes back empty", test_primary},
                                         {"neither replication nor backup", test_bare},
                                         {"a replica comes back empty", test_replica},
                                         {NULL, NULL}};
const struct test_suite suite_volume_copies = {"volume_copies", cases};
