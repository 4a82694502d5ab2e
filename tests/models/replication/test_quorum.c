/* The same faults, alone and overlapping, with requests and without: the same share of the writes is served, for the same time,
 * and as much is lost. And by hand. */
#include "models/replication/replication.h"
#include "models/availability/outage.h"
#include "models/core/meter.h"
#include "models/platform/nodes.h"
#include "tests/model_fixture.h"

/* Writes come at 100 a second and are 5 ms on their way to a replica; the machine that is back serves after 100 ms. A primary that is missed is
 * replaced after 2 s. */
#define WRITES                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'q', 'traffic': { 'x': { 'kind': 'open', 'rate': '100/s', 'timeout': '%s', 'mix': { 'w': 1 } } }, "     \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '0s' } ] } }, 'services': { 'a': { "      \
  "'kind': 'app', 'place': 'x' }, 'd': { 'kind': 'database', 'place': 'y', 'replicas': %d, 'runtime': 'event-loop', 'start': "     \
  "'100ms', 'connect_timeout': '1ms', 'replication': { 'mode': '%s', 'ack_wait': '5s', 'ship': '5ms', 'flush': '0s', 'apply': "    \
  "'0s', 'failover': { 'detect': '1s', 'promote': '1s' } } } }, 'platform': { 'kind': 'static', 'network': { 'between_nodes': "    \
  "'0s' }, 'nodes': { 'x': { 'cpu': 64 }, 'y': { 'cpu': 8, 'count': %d } } }, 'faults': { 'f': { 'kind': 'node', 'nodes': 'y', "   \
  "'at': '1h', 'repair': '1h' } }, 'run': { 'warmup': '0s', 'window': '60s', 'windows': 1, 'years': 1 } }"

#define NEVER_DROPPED       "synchronous', 'drop_after': 'never"
#define NEVER_DROPPED_APPLY "synchronous-apply', 'drop_after': 'never"
#define DROPPED(after)      "synchronous', 'drop_after': '" after

enum { SEEDS = 40, EVENTS = 5 };

struct event {
  double at_s;
  int node; /* of the database; -1: no more */
  bool back;
};

#define LOST(at, node)                                                                                                             \
  { at, node, false }
#define BACK(at, node)                                                                                                             \
  { at, node, true }
#define END                                                                                                                        \
  { 0, -1, false }

static const struct {
  const char *name, *mode, *timeout;
  int replicas;
  struct event events[EVENTS];
  double unserved_s, rpo_s; /* by hand; rpo -1: no primary was lost */
} cases[] = {
    {"asynchronous, no standby", "asynchronous", "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 0, -1},
    {"synchronous, no standby", NEVER_DROPPED, "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 20.1, -1},
    {"applied, no standby", NEVER_DROPPED_APPLY, "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 20.1, -1},
    {"synchronous, another standby", NEVER_DROPPED, "20ms", 3, {LOST(10, 1), BACK(30, 1), END}, 0, -1},
    {"synchronous, neither standby", NEVER_DROPPED, "20ms", 3, {LOST(10, 1), LOST(20, 2), BACK(30, 1), END}, 10.1, -1},
    {"semi-synchronous, nobody waits 5 s", "semi-synchronous", "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 5, -1},
    {"semi-synchronous, all wait 5 s", "semi-synchronous", "20s", 2, {LOST(10, 1), BACK(30, 1), END}, 0, -1},
    {"semi-synchronous, back within 5 s", "semi-synchronous", "20ms", 2, {LOST(10, 1), BACK(12, 1), END}, 2.1, -1},
    /* The primary alone: with the last 5 ms less a gap of 10 ms: 5 - 10 (1 - e^-1/2) in the mean. */
    {"asynchronous, no primary", "asynchronous", "20ms", 3, {LOST(20, 0), END}, 2, 0.001065},
    {"synchronous, no primary", NEVER_DROPPED, "20ms", 3, {LOST(20, 0), END}, 2, 0},
    {"synchronous, no primary, nobody else", NEVER_DROPPED, "20ms", 2, {LOST(20, 0), BACK(40, 0), END}, 20.1, 0},
    {"semi-synchronous, no primary", "semi-synchronous", "20ms", 3, {LOST(20, 0), END}, 2, 0},
    /* The new primary waits for 5 s for a replica that is not there. */
    {"semi-synchronous, no primary, nobody else", "semi-synchronous", "20ms", 2, {LOST(20, 0), BACK(40, 0), END}, 2 + 5, 0},
    /* First the standby, then the primary; the standby is back first and is promoted with what it had: its last write is one that
     * was committed 5 ms before it left, and the first one lost came 10 ms later in the mean. */
    {"asynchronous, a stale heir",
     "asynchronous",
     "20ms",
     2,
     {LOST(10, 1), LOST(30, 0), BACK(40, 1), BACK(50, 0), END},
     10.1,
     19.995},
    {"synchronous, an heir that blocked",
     NEVER_DROPPED,
     "20ms",
     2,
     {LOST(10, 1), LOST(30, 0), BACK(40, 1), BACK(50, 0), END},
     40.1,
     0},
    {"semi-synchronous, fallen back",
     "semi-synchronous",
     "20ms",
     2,
     {LOST(10, 1), LOST(30, 0), BACK(40, 1), BACK(50, 0), END},
     5 + 10.1 + 5,
     19.995},
    {"semi-synchronous, not yet fallen back",
     "semi-synchronous",
     "20ms",
     2,
     {LOST(10, 1), LOST(12, 0), BACK(20, 1), BACK(40, 0), END},
     10.1 + 5,
     0},
    {"semi-synchronous, caught up again",
     "semi-synchronous",
     "20ms",
     2,
     {LOST(10, 1), BACK(20, 1), LOST(30, 0), BACK(40, 0), END},
     5 + 2 + 5,
     0},
    /* The other standby has acknowledged until 20 s, and is not there; the one that is had left at 10 s. */
    {"synchronous, the wrong standby",
     NEVER_DROPPED,
     "20ms",
     3,
     {LOST(10, 1), LOST(20, 2), LOST(25, 0), BACK(40, 1), END},
     40,
     14.995},
    /* The lost standby is left out after 5 s; who waits that long is served. */
    {"dropped, nobody waits 5 s", DROPPED("5s"), "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 5, -1},
    {"dropped, all wait 5 s", DROPPED("5s"), "5s", 2, {LOST(10, 1), BACK(30, 1), END}, 0, -1},
    {"dropped and applied", "synchronous-apply', 'drop_after': '5s", "20ms", 2, {LOST(10, 1), BACK(30, 1), END}, 5, -1},
    {"dropped twice", DROPPED("5s"), "20ms", 2, {LOST(10, 1), BACK(20, 1), LOST(30, 1), END}, 10, -1},
    {"back before it is dropped", DROPPED("5s"), "20ms", 2, {LOST(10, 1), BACK(12, 1), END}, 2.1, -1},
    /* The new primary has not seen the old one since 20 s: with 1 s it goes on alone at once, with 5 s after three more. */
    {"dropped by its heir", DROPPED("1s"), "20ms", 2, {LOST(20, 0), BACK(40, 0), END}, 2, 0},
    {"dropped by its heir later", DROPPED("5s"), "20ms", 2, {LOST(20, 0), BACK(40, 0), END}, 5, 0},
    /* What has been left out is not promoted: it waits for the primary, and nothing is lost. */
    {"a dropped heir", DROPPED("5s"), "20ms", 2, {LOST(10, 1), LOST(30, 0), BACK(40, 1), BACK(50, 0), END}, 5 + 20.1, 0},
    /* Both machines are back before the second detection is over, the primary first. */
    {"asynchronous, the primary back first",
     "asynchronous",
     "20ms",
     2,
     {LOST(10, 1), LOST(30, 0), BACK(31, 0), BACK(32, 1), END},
     1.1,
     0}};

struct seen {
  double unserved_s, rpo_s, losses;
};

static void happen(struct world *w, const struct event *e) {
  struct node *n = NULL;
  for (uint32_t i = 0; i < w->node_count; i++)
    if (w->nodes[i].group_index == 1 && w->nodes[i].number == (uint32_t)e->node) n = &w->nodes[i];
  calendar_run(w->calendar, (sim_time)(e->at_s * 1e9));
  if (!e->back) outage_fault(w, 0), node_fails(w, n, DISK_UNSTATED);
  if (e->back) node_returns(w, n);
}

static struct seen play(const struct fixture *f, size_t which, uint64_t seed, enum world_mode mode) {
  struct world *w = world_new(&f->scenario->model, seed, 0, mode);
  struct seen seen = {0};
  w->measured_until = w->horizon = 60 * SIM_S;
  world_warm_up(w);
  for (const struct event *e = cases[which].events; e->node >= 0; e++) happen(w, e);
  world_measure_until(w, w->measured_until);
  world_close(w);
  world_audit(w, fixture_broken, (void *)(uintptr_t)cases[which].name);
  const struct outage_log *log = &world_outages(w)->classes[0];
  for (uint64_t i = 0; i < log->rpo.count; i++) seen.rpo_s += log->rpo.s[i];
  seen.losses = (double)log->rpo.count;
  const struct observation *o = &w->observation;
  seen.unserved_s = 60 - world_outages(w)->total_served_ns * 1e-9;
  if (mode == WORLD_TRAFFIC) {
    double failed = (double)(o->arrived - o->ended[OUTCOME_COMPLETED] - o->inside);
    test_check(fabs(failed / 100 - seen.unserved_s) < 0.5 + 0.05 * seen.unserved_s, "%s: %g writes failed, %.3f s without service",
               cases[which].name, failed, seen.unserved_s);
    seen.unserved_s = failed / 100;
  }
  world_free(w);
  return seen;
}

static void test_agreement(void) {
  static const char *const modes[] = {"with requests", "without"};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f = fixture_of(WRITES, cases[i].timeout, cases[i].replicas, cases[i].mode, cases[i].replicas);
    for (int quiet = 0; quiet < 2; quiet++) {
      double unserved = 0, rpo = 0, losses = 0;
      for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct seen s = play(&f, i, seed, quiet ? WORLD_AVAILABILITY : WORLD_TRAFFIC);
        unserved += s.unserved_s / SEEDS, rpo += s.rpo_s / SEEDS, losses += s.losses / SEEDS;
      }
      /* Poisson writes; clients who came less than 20 ms before it ended were served; a first write that waits comes 10 ms late. */
      double error = 0.06 + (quiet ? 0 : 4 * sqrt(cases[i].unserved_s / 100 / SEEDS));
      test_check(fabs(unserved - cases[i].unserved_s) <= error, "%s, %s: %.4f s without service, by hand %.4f", cases[i].name,
                 modes[quiet], unserved, cases[i].unserved_s);
      double due = cases[i].rpo_s < 0 ? 0 : cases[i].rpo_s, spread = due > 0 ? 4 * 0.011 / sqrt(SEEDS) : 0;
      test_check(fabs(losses - (cases[i].rpo_s >= 0)) < 1e-9 && fabs(rpo - due) <= spread + 1e-9,
                 "%s, %s: %g losses of %.6f s, by hand %.6f", cases[i].name, modes[quiet], losses, rpo, due);
    }
    fixture_close(&f);
  }
}

static const struct test_case tests[] = {{"agreement", test_agreement}, {NULL, NULL}};
const struct test_suite suite_quorum = {"quorum", tests};
