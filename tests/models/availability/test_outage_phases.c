/* What a recovery time is spent on: for each orchestrator and for a failover the phases of one drill, against the delays that make it
 * up. In every row they add up to the recovery time to the nanosecond. */
#include "models/availability/outage.h"
#include "models/faults/fault.h"
#include "tests/model_fixture.h"

#define PLATFORM                                                                                                                   \
  "{ 'aguanta': 1, 'name': 'p', 'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'x': 1 } } }, 'endpoints': { 'x': { "  \
  "'entry': 'a', 'steps': [ %s ] } }, 'services': { 'a': { 'kind': 'app', 'start': '%s', 'replicas': %d%s }%s }, 'platform': { "   \
  "'kind': '%s', 'nodes': { 'n': { 'cpu': 4, 'count': %d }%s } }, 'faults': { 'f': { %s, 'at': '30d' } }, 'run': { 'warmup': "     \
  "'0s', 'window': '1s', 'years': 1, 'years_per_replication': 1 } }"
#define CPU   "{ 'cpu': '1ms' }"
#define CRASH "'kind': 'crash', 'service': 'a'"
#define NODE  "'kind': 'node', 'nodes': 'n', 'repair': '1h'"
#define WRITE "{ 'query': 'd', 'writes': 1, 'demand': '1us' }"
#define DB(failover)                                                                                                               \
  ", 'd': { 'kind': 'database', 'place': 'y', 'start': '5s', 'replicas': 2, 'replication': { 'failover': { " failover " } } }"
#define Y ", 'y': { 'cpu': 4, 'count': 2 }"

struct range {
  double low, high; /* seconds */
};

static const struct {
  const char *name, *steps, *start;
  int replicas;
  const char *place, *more, *kind;
  int nodes;
  const char *groups, *fault;
  struct range phases[OUTAGE_PHASES];
} rows[] = {
    /* Docker restarts after 100 ms; the process takes 3 s. */
    {"compose, a crash", CPU, "3s", 1, "", "", "compose", 1, "", CRASH, {[PHASE_REACTION] = {0.1, 0.1}, [PHASE_START] = {3, 3}}},
    /* Nothing is moved: the machine is waited for. */
    {"compose, its machine", CPU, "3s", 1, "", "", "compose", 1, "", NODE, {[PHASE_START] = {3, 3}, [PHASE_REPAIR] = {3600, 3600}}},
    {"static, its machine", CPU, "3s", 1, "", "", "static", 1, "", NODE, {[PHASE_START] = {3, 3}, [PHASE_REPAIR] = {3600, 3600}}},
    /* The managers know after 100 ms and replace after 5 s. */
    {"swarm, a crash",
     CPU,
     "3s",
     1,
     "",
     "",
     "swarm",
     2,
     "",
     CRASH,
     {[PHASE_DETECTION] = {0.1, 0.1}, [PHASE_REACTION] = {5, 5}, [PHASE_START] = {3, 3}}},
    /* Three missed heartbeats of 4.5 to 5.5 s: 9 to 16.5 s; replaced at once. */
    {"swarm, its machine", CPU, "3s", 1, "", "", "swarm", 2, "", NODE, {[PHASE_DETECTION] = {9, 16.5}, [PHASE_START] = {3, 3}}},
    /* Of two replicas the other serves once the dead one is not called any more. */
    {"swarm, one of two machines", CPU, "3s", 2, "", "", "swarm", 2, "", NODE, {[PHASE_DETECTION] = {9, 16.5}}},
    /* The kubelet sees the exit within a second; the probe passes within 10 s, the endpoints follow in one. */
    {"kubernetes, a crash",
     CPU,
     "3s",
     1,
     "",
     "",
     "kubernetes",
     2,
     "",
     CRASH,
     {[PHASE_DETECTION] = {0, 1}, [PHASE_START] = {3, 3}, [PHASE_WARM_UP] = {1, 11}}},
    /* 50 s less up to 10 s since the last renewal and more up to 5 s until the check; 300 s until eviction; start; probe, endpoints. */
    {"kubernetes, its machine",
     CPU,
     "3s",
     1,
     "",
     "",
     "kubernetes",
     2,
     "",
     NODE,
     {[PHASE_DETECTION] = {40, 55}, [PHASE_REACTION] = {300, 300}, [PHASE_START] = {3, 3}, [PHASE_WARM_UP] = {1, 11}}},
    /* The endpoints of the dead one are gone a second after it is known. */
    {"kubernetes, one of two machines",
     CPU,
     "3s",
     2,
     "",
     "",
     "kubernetes",
     2,
     "",
     NODE,
     {[PHASE_DETECTION] = {40, 55}, [PHASE_REACTION] = {1, 1}}},
    /* Of a single machine there is no other to go to: evicted at 340 s to 355 s, then the machine is waited for. */
    {"kubernetes, the only machine",
     CPU,
     "3s",
     1,
     "",
     "",
     "kubernetes",
     1,
     "",
     NODE,
     {[PHASE_DETECTION] = {40, 55},
      [PHASE_REACTION] = {300, 300},
      [PHASE_START] = {3, 3},
      [PHASE_WARM_UP] = {1, 11},
      [PHASE_REPAIR] = {3245, 3260}}},
    /* Writes wait for the failover and not for the machine. */
    {"failover",
     WRITE,
     "3s",
     1,
     ", 'place': 'n'",
     DB("'detect': '3s', 'promote': '2s'"),
     "compose",
     1,
     Y,
     "'kind': 'node', 'nodes': 'y', 'repair': '1h'",
     {[PHASE_DETECTION] = {3, 3}, [PHASE_REACTION] = {2, 2}}},
};

static sim_time recovery_of(const struct outage_log *log) { return (sim_time)llround(log->rto.s[0] * 1e9); }

static void test_drills(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(PLATFORM, rows[i].steps, rows[i].start, rows[i].replicas, rows[i].place, rows[i].more,
                                  rows[i].kind, rows[i].nodes, rows[i].groups, rows[i].fault);
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 7, 0, WORLD_AVAILABILITY);
    world_run(w);
    const struct outage_log *log = &world_outages(w)->classes[0];
    if (test_check(log->rto.count == 1, "%s: %llu outages", rows[i].name, (unsigned long long)log->rto.count)) {
      double sum_ns = 0;
      for (int k = 0; k < OUTAGE_PHASES; k++) {
        const struct range *r = &rows[i].phases[k];
        double s = log->phase_ns[k] * 1e-9;
        sum_ns += log->phase_ns[k];
        test_check(s >= r->low - 1e-9 && s <= r->high + 1e-9, "%s: %s %.9f s, not %g to %g", rows[i].name, outage_phase_names[k], s,
                   r->low, r->high);
      }
      test_check((sim_time)sum_ns == recovery_of(log), "%s: phases add up to %.9f s of %.9f", rows[i].name, sum_ns * 1e-9,
                 log->rto.s[0]);
    }
    world_free(w), fixture_close(&f);
  }
}

static const struct test_case cases[] = {{"drills", test_drills}, {0}};
const struct test_suite suite_outage_phases = {"outage_phases", cases};
