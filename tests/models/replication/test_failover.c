/* A database dies while transactions wait for acknowledgements, for locks and in a pooler; one fault or two that overlap. By hand: four
 * ask at 10 s and crash with the primary at 11 s; at 21 s they ask again, whoever is the primary then, and are served. */
#include "tests/model_fixture.h"
#include "models/database/connection_pool.h"
#include "models/database/lock.h"
#include "models/database/database.h"
#include "models/replication/replication.h"
#include "models/availability/outage.h"

struct strike {
  double at_s;
  uint32_t replica;
};

#define SYNCHRONOUS ", 'replication': { 'mode': 'synchronous', 'ship': '2s', 'failover': { 'detect': '1s', 'promote': '1s' } }"
#define PLAIN       ", 'replication': { 'ship': '1ms', 'failover': { 'detect': '1s', 'promote': '1s' } }"
#define POOLER      ", 'z': { 'kind': 'proxy', 'pooler': { 'database': 'd', 'pool_size': 9, 'mode': "
#define BACKUP      ", 'backup': { 'every': '3s', 'restore': '500ms' }"

static const struct {
  const char *name, *locks, *wait, *database, *others;
  struct strike strikes[2];
  uint32_t primary; /* in the end */
} rows[] = {
    {"waiting for acknowledgements", "", "10ms", ", 'replicas': 3" SYNCHRONOUS, "", {{11, 0}}, 1},
    {"holding a lock and waiting for it", ", 'locks': { 'row': 'r' }", "10ms", ", 'replicas': 3" SYNCHRONOUS, "", {{11, 0}}, 1},
    {"between statements", "", "3.5s", ", 'replicas': 3" PLAIN, "", {{11, 0}}, 1},
    {"between statements, pooled", "", "3s", ", 'replicas': 3" PLAIN, POOLER "'transaction' } }", {{11, 0}}, 1},
    {"in a session", "", "3s", ", 'replicas': 3" PLAIN, POOLER "'session' } }", {{11, 0}}, 1},
    {"pooled, waiting for acknowledgements", "", "10ms", ", 'replicas': 3" SYNCHRONOUS, POOLER "'transaction' } }", {{11, 0}}, 1},
    {"a replica before", "", "10ms", ", 'replicas': 3" SYNCHRONOUS, "", {{10.5, 1}, {11, 0}}, 2},
    {"the heir behind it", "", "10ms", ", 'replicas': 3" SYNCHRONOUS, "", {{11, 0}, {12.5, 1}}, 2},
    {"all of two", "", "10ms", ", 'replicas': 2" SYNCHRONOUS, "", {{11, 0}, {11.05, 1}}, 0},
    {"all of two, pooled and locked",
     ", 'locks': { 'row': 'r' }",
     "10ms",
     ", 'replicas': 2" SYNCHRONOUS,
     POOLER "'transaction' } }",
     {{11, 0}, {11.05, 1}},
     0},
    {"with a backup", "", "10ms", ", 'replicas': 2" SYNCHRONOUS BACKUP, "", {{11, 0}, {11.05, 1}}, 0},
};

struct killer {
  struct world *world;
  const struct strike *strike;
  bool hangs; /* and is killed when another one is promoted */
};

static void strike(void *killer, uint32_t database) {
  struct killer *k = killer;
  struct container *c = &k->world->containers[k->world->services[database].first + k->strike->replica];
  if (k->hangs)
    lifecycle_hang(k->world, c);
  else
    lifecycle_crash(k->world, c);
}

static void play(bool hangs) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (hangs && !rows[i].primary) continue; /* no other one to be promoted */
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'failover', 'traffic': { 'u': { 'kind': 'closed', 'population': 4, 'think': '10s', 'mix': { 'p': "
        "1 } "
        "} }, 'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'transaction': 'd', 'steps': [ { 'query': 'd', 'writes': 1, "
        "'demand': "
        "'1ms'%s }, { 'delay': '%s' }, { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } ] } }, 'services': { 'a': { 'kind': "
        "'app', "
        "'pools': { 'd': { 'max': 9 } } }, 'd': { 'kind': 'database', 'start': '4s'%s }%s }, 'platform': { 'kind': 'compose', "
        "'nodes': { 'n': { 'cpu': 16 } } }, 'run': { 'warmup': '0s', 'window': '%s', 'windows': 1 } }",
        rows[i].locks, rows[i].wait, rows[i].database, rows[i].others, hangs ? "33s" : "30s"); /* failed 2 s later */
    if (!f.scenario) continue;
    uint32_t d = fixture_service(&f, "d");
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
    struct killer killers[2] = {{w, &rows[i].strikes[0], hangs}, {w, &rows[i].strikes[1], hangs}};
    for (int k = 0; k < 2; k++)
      if (rows[i].strikes[k].at_s > 0)
        calendar_set(w->calendar, calendar_slot(w->calendar, strike, &killers[k], d), (sim_time)(rows[i].strikes[k].at_s * 1e9));
    w->horizon = w->measured_until;
    world_run(w);
    world_audit(w, fixture_broken, (void *)(uintptr_t)rows[i].name);
    const struct service *s = &w->services[d];
    test_check(w->observation.ended[OUTCOME_CRASHED] == 4 && w->observation.ended[OUTCOME_COMPLETED] == 4,
               "%s: %llu crashed and %llu completed, by hand 4 and 4", rows[i].name,
               (unsigned long long)w->observation.ended[OUTCOME_CRASHED],
               (unsigned long long)w->observation.ended[OUTCOME_COMPLETED]);
    test_check(s->primary - s->first == rows[i].primary, "%s: replica %u is the primary, by hand %u", rows[i].name,
               s->primary - s->first, rows[i].primary);
    test_check(!pool_live(&w->requests) && !pool_live(&world_databases(w)->transactions) && !pool_live(&world_locks(w)->holds) &&
                   !s->replication->line.queue.count && !w->containers[0].pools[0].in_use,
               "%s: left are %u requests, %u transactions, %u locks, %u commits and %u connections", rows[i].name,
               pool_live(&w->requests), pool_live(&world_databases(w)->transactions), pool_live(&world_locks(w)->holds),
               s->replication->line.queue.count, w->containers[0].pools[0].in_use);
    world_free(w), fixture_close(&f);
  }
}

static void test_failover(void) { play(false); }

/* The same from the primary that hangs: its transactions wait until another one is promoted, and fail then, because whoever promotes
 * it makes sure that the old one never goes on; it starts again as a replica. */
static void test_hang(void) { play(true); }

/* --- recipes of docs/data-replication.md -------------------------------------------------------------------------------------- */

#define YEARS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'p': { 'kind': 'open', 'rate': '10/s', 'timeout': '5s', 'mix': { 'w': 1 } } }, "      \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { "     \
  "'kind': 'app', 'place': 'a' }, 'd': { 'kind': 'database', 'place': 'd', 'replicas': %d, 'replication': { %s } } }, "            \
  "'platform': { 'kind': 'static', 'nodes': { 'a': { 'cpu': 2 }, 'd': { 'count': %d, 'cpu': 2 } } }, 'faults': { 'host': { "       \
  "'kind': 'node', 'nodes': 'd', 'mtbf': '30d', 'repair': '1h' } }, 'run': { 'warmup': '1s', 'window': '10s', 'windows': 1, "      \
  "'replications': 4, 'years': 200 } }"
#define RDS                                                                                                                        \
  "'mode': 'synchronous', 'failover': { 'detect': { 'uniform': { 'low': '55s', 'high': '110s' } }, 'promote': { 'uniform': { "     \
  "'low': '5s', 'high': '10s' } } }"

static const struct {
  const char *name, *replication;
  int replicas;
  double least_s, mean_s, most_s; /* of an outage */
  double share;                   /* of the losses of a machine that are one */
} recipes[] = {
    /* Half of the losses are those of the standby: no outage. Both machines are rarely away at once: 2 x 1 h in 30 days. */
    {"RDS Multi-AZ", RDS, 2, 60, 90, 120, 0.5},
    {"RDS Multi-AZ that blocks", RDS ", 'drop_after': 'never'", 2, 60, 3600, 3720, 1},
    /* The lease runs out after 20 to 30 s, a replica looks within 10 s, 0 to 2 s for the lock. */
    {"Patroni", "'workers': 1, 'failover': {}", 3, 20, 31, 42, 1. / 3},
};

/* 800 years with a dozen losses a year and machine. Outages longer than `most_s` are those of both machines: one loss in some hundred. */
static void test_recipes(void) {
  for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
    struct fixture f = fixture_of(YEARS, recipes[i].replicas, recipes[i].replication, recipes[i].replicas);
    double sum_s = 0, least_s = INFINITY, faults = 0, outages = 0, longer = 0;
    for (uint32_t k = 0; k < 4; k++) {
      struct world *w = world_new(&f.scenario->model, 1, k, WORLD_AVAILABILITY);
      w->measured_until = w->horizon = 200 * 365 * SIM_DAY;
      world_run(w);
      const struct outage_log *log = &world_outages(w)->classes[0];
      faults += (double)log->faults;
      for (uint64_t j = 0; j < log->rto.count; j++) {
        double s = log->rto.s[j];
        outages++, least_s = fmin(least_s, s);
        if (s > recipes[i].most_s) longer++;
        sum_s += fmin(s, recipes[i].most_s);
      }
      world_free(w);
    }
    test_check(least_s > recipes[i].least_s && longer < 0.02 * outages, "%s: the shortest takes %.1f s, %.2f%% more than %g s",
               recipes[i].name, least_s, 100 * longer / outages, recipes[i].most_s);
    test_check(fabs(sum_s / outages / recipes[i].mean_s - 1) < 0.02, "%s: %.2f s in the mean, by hand %g", recipes[i].name,
               sum_s / outages, recipes[i].mean_s);
    test_check(fabs(outages / faults - recipes[i].share) < 0.02, "%s: %.1f%% of the losses are outages", recipes[i].name,
               100 * outages / faults);
    fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"overlapping", test_failover}, {"hang", test_hang}, {"recipes", test_recipes}, {0}};
const struct test_suite suite_failover = {"failover", cases};
