/* When faults strike, how many targets they take, and how long repairs last. All expectations are worked by hand beside them. */
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "models/people/people.h"
#include "tests/command.h"
#include "tests/model_fixture.h"

#define FLEET                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'fleet', 'run': { 'window': '1s', 'warmup': '1s', 'years': %d, 'years_per_replication': %d %s },"       \
  "  'traffic': { 't': { 'kind': 'open', 'rate': '1/s', 'mix': { 'p': 1 } } },"                                                    \
  "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'delay': '1ms' } ] } },"                                                     \
  "  'services': { 'a': { 'kind': 'app' } },"                                                                                      \
  "  'faults': { %s }, %s"                                                                                                         \
  "  'platform': { 'kind': 'static', 'nodes': { 'n': { 'cpu': 1, 'count': %d } } } }"

struct fleet {
  struct fixture fixture;
  struct world *world;
};

static struct fleet fleet_of(int years, const char *run, int nodes, const char *faults, const char *more) {
  struct fleet f = {.fixture = fixture_of(FLEET, years, years, run, faults, more, nodes)};
  if (!f.fixture.scenario) return f;
  f.world = world_new(&f.fixture.scenario->model, 7, 0, WORLD_AVAILABILITY);
  f.world->horizon = f.world->measured_until;
  world_warm_up(f.world);
  return f;
}

static void fleet_close(struct fleet *f) {
  if (f->world) world_close(f->world), world_free(f->world);
  fixture_close(&f->fixture);
}

static uint64_t struck(const struct fleet *f) { return world_outages(f->world)->classes[0].faults; }

static uint64_t struck_by(struct fleet *f, sim_time at) {
  world_measure_until(f->world, at);
  return struck(f);
}

static int nodes_down(const struct fleet *f) {
  int down = 0;
  for (uint32_t i = 0; i < f->world->node_count; i++) down += !f->world->nodes[i].up;
  return down;
}

/* By hand: from 08:00 to 18:00 five times as often: 10 x 5 + 14 = 64 parts a day, 24/64 x 5 = 1.875 and 0.375 of the mean rate.
 * 100 nodes, 100 d, 10 years: 3,650 strikes (the repairs of a minute take 0.0007% of the time); 285.2 and 57.03 in each hour of the
 * day. The run begins at 06:00. 24 squares with 23 degrees of freedom: above 58 once in 10,000 times. */
static void test_by_hour(void) {
  struct fleet f = fleet_of(10, ", 'start': '06:00'", 100,
                            "'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '100d', 'repair': '1min',"
                            "       'by_hour': { 'from': '08:00', 'to': '18:00', 'times': 5 } }",
                            "");
  if (!f.world) return;
  double seen[24] = {0}, squares = 0;
  uint64_t before = 0;
  for (sim_time h = 0; h < 10 * 365 * 24; h++) {
    uint64_t now = struck_by(&f, (h + 1) * SIM_HOUR - 1);
    seen[(h + 6) % 24] += (double)(now - before), before = now;
  }
  for (int h = 0; h < 24; h++) {
    double wanted = 3650 / 24. * (h >= 8 && h < 18 ? 1.875 : 0.375);
    squares += (seen[h] - wanted) * (seen[h] - wanted) / wanted;
  }
  test_check(squares < 58, "by hour: chi square %g", squares);
  test_check(fabs((double)before - 3650) < 4 * sqrt(3650.), "%g strikes instead of 3650", (double)before);
  fleet_close(&f);
}

/* Days from 0, where Monday is 0 modulo 7 and the months begin on days 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334. */
static void test_calendars(void) {
  static const struct {
    const char *every, *run;
    int count;    /* in the year */
    int days[12]; /* the first of them, -1: no more are checked */
    int hour;
  } rows[] = {{"first Sunday 03:00", "", 12, {6, 34, 62, 90, 125, 153, 181, 216, 244, 279, 307, 335}, 3},
              {"last Friday 18:00", "", 12, {25, 53, 88, 116, -1}, 18},
              {"fifth Monday 00:30", "", 5, {28, 119, 210, 301, 364}, 0},
              {"31st 03:00", "", 7, {30, 89, 150, 211, 242, 303, 364}, 3},
              {"24 December 18:00", "", 1, {357, -1}, 18},
              {"weekdays 02:00", "", 261, {0, 1, 2, 3, 4, 7, -1}, 2},
              {"daily 23:00", "", 365, {0, 1, 2, -1}, 23},
              {"sun 03:00", ", 'weekday': 'saturday'", 52, {1, 8, -1}, 3},
              {"daily 03:00", ", 'start': '12:00'", 365, {1, 2, -1}, 3}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    char fault[200];
    snprintf(fault, sizeof fault, "'f': { 'kind': 'node', 'nodes': 'n', 'every': '%s', 'repair': '10min' }", rows[r].every);
    struct fleet f = fleet_of(1, rows[r].run, 1, fault, "");
    if (!f.world) continue;
    sim_time start = strstr(rows[r].run, "12:00") ? 12 * SIM_HOUR : 0;
    for (int i = 0; i < 12 && rows[r].days[i] >= 0 && (i == 0 || rows[r].days[i]); i++) {
      sim_time at = rows[r].days[i] * SIM_DAY + rows[r].hour * SIM_HOUR - start;
      uint64_t before = struck_by(&f, at - 1);
      test_check(before == (uint64_t)i, "%s: %g strikes before number %d", rows[r].every, (double)before, i + 1);
      test_check(struck_by(&f, at + SIM_HOUR) == (uint64_t)i + 1, "%s: none on day %d", rows[r].every, rows[r].days[i]);
    }
    uint64_t all = struck_by(&f, SIM_YEAR);
    test_check(all == (uint64_t)rows[r].count, "%s: %g strikes a year", rows[r].every, (double)all);
    fleet_close(&f);
  }
}

/* Every 30 d, of each node on its own: 10 each in 300 d. A certificate that is forgotten in 2% of the years: 200 in 10,000 years of
 * servers, with a deviation of 14. Of the daily backup 1 in 100 fails: 365 in 100 years of servers, 19. */
static void test_periods(void) {
  struct fleet f = fleet_of(1, "", 20, "'f': { 'kind': 'node', 'nodes': 'n', 'every': '30d', 'repair': '1h' }", "");
  if (!f.world) return;
  uint64_t half = struck_by(&f, 15 * SIM_DAY), all = struck_by(&f, 300 * SIM_DAY);
  test_check(half > 2 && half < 18, "%g of 20 in the first half: their phases are not their own", (double)half);
  test_check(all == 200, "%g strikes instead of 200", (double)all);
  fleet_close(&f);
  f = fleet_of(50, "", 200, "'f': { 'kind': 'node', 'nodes': 'n', 'every': '1y', 'probability': '2%', 'repair': '1h' }", "");
  if (!f.world) return;
  double seen = (double)struck_by(&f, 50 * SIM_YEAR);
  test_check(fabs(seen - 200) < 4 * 14, "%g forgotten certificates instead of 200", seen);
  fleet_close(&f);
  f = fleet_of(10, "", 10, "'f': { 'kind': 'node', 'nodes': 'n', 'every': 'daily 03:00', 'probability': 0.01, 'repair': '1h' }",
               "");
  if (!f.world) return;
  seen = (double)struck_by(&f, 10 * SIM_YEAR);
  test_check(fabs(seen - 365) < 4 * 19, "%g failed backups instead of 365", seen);
  fleet_close(&f);
}

/* Stationary from the start: N x T / mean strikes in any time T. A Weibull life with shape 0.7 that began with the run would break
 * 1 - exp(-(0.2 x 1.2658)^0.7) = 31.8% of the nodes in a fifth of its mean, not 20%. */
static void test_renewals(void) {
  static const char *const lives[] = {"'1000h'", "{ 'weibull': { 'mean': '1000h', 'shape': 0.7 } }",
                                      "{ 'lognormal': { 'mean': '1000h', 'cv': 0.5 } }"};
  for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
    char fault[300];
    snprintf(fault, sizeof fault, "'f': { 'kind': 'node', 'nodes': 'n', 'uptime': %s, 'repair': '1s' }", lives[i]);
    struct fleet f = fleet_of(1, "", 2000, fault, "");
    if (!f.world) continue;
    double seen = (double)struck_by(&f, 200 * SIM_HOUR);
    test_check(fabs(seen - 400) < 4 * 25, "%s: %g strikes in a fifth of the mean instead of 400", lives[i], seen);
    fleet_close(&f);
  }
}

/* Exactly, for mtbf 100 h, ten times as likely for 20 h: x = 10 x 20 / 100 = 2; mean up time 100 x ((1 - e^-2)/10 + e^-2) = 100 x
 * (0.086466 + 0.135335) = 22.180 h; with 5 h of repair a cycle of 27.180 h: 50 x 87,600 / 27.180 = 161,148 strikes. */
static void test_again(void) {
  struct fleet f =
      fleet_of(10, "", 50,
               "'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '100h', 'repair': '5h', 'again': { 'times': 10, 'for': '20h' } }", "");
  if (!f.world) return;
  double seen = (double)struck_by(&f, 10 * SIM_YEAR);
  test_check(fabs(seen / 161148 - 1) < 0.02, "%g strikes instead of 161148", seen);
  fleet_close(&f);
}

/* 30% of 10 nodes, and 3 of them, are 3; 31% are 4. Each node is drawn alike: in 400 draws of 3 of 10 each 120 times, with a deviation
 * of 9.2. A drill strikes at each of its times. */
static void test_drawn(void) {
  static const struct {
    const char *how;
    int taken;
  } rows[] = {{"'count': 3", 3}, {"'share': '30%'", 3}, {"'share': '31%'", 4}, {"'share': 1", 10}, {"'count': 10", 10}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    char fault[200];
    snprintf(fault, sizeof fault, "'f': { 'kind': 'node', 'nodes': 'all', 'at': [ '1h', '3h' ], 'repair': '1h', %s }", rows[r].how);
    struct fleet f = fleet_of(1, "", 10, fault, "");
    if (!f.world) continue;
    struck_by(&f, 90 * SIM_MINUTE);
    test_check(nodes_down(&f) == rows[r].taken && struck(&f) == 1, "%s: %d taken", rows[r].how, nodes_down(&f));
    struck_by(&f, 150 * SIM_MINUTE);
    test_check(nodes_down(&f) == 0, "%s: %d are not back", rows[r].how, nodes_down(&f));
    struck_by(&f, 210 * SIM_MINUTE);
    test_check(nodes_down(&f) == rows[r].taken && struck(&f) == 2, "%s: %d taken again", rows[r].how, nodes_down(&f));
    fleet_close(&f);
  }
  struct fleet f =
      fleet_of(1, "", 10, "'f': { 'kind': 'node', 'nodes': 'n', 'every': 'daily 03:00', 'count': 3, 'repair': '1h' }", "");
  if (!f.world) return;
  double times[10] = {0};
  for (int day = 0; day < 365; day++) {
    struck_by(&f, day * SIM_DAY + 3 * SIM_HOUR + SIM_MINUTE);
    for (int i = 0; i < 10; i++) times[i] += !f.world->nodes[i].up;
  }
  for (int i = 0; i < 10; i++) test_check(fabs(times[i] - 109.5) < 4 * 8.8, "node %d was drawn %g times of 109.5", i, times[i]);
  fleet_close(&f);
}

/* Shares of the time, looked at every hour. Two units, up 100 h, repair 50 h, one crew: a birth-death chain with p1 = 2 x 0.5 = 1 and
 * p2 = 0.5 of p0: 0.4, 0.4, 0.2. Three units: 1, 1.5, 1.5, 0.75 of 4.75: at least two are up for 2.5/4.75 = 0.5263 of the time. With two
 * crews, two units are independent: both down for (1/3)^2 = 0.1111. */
static void test_crews(void) {
  static const struct {
    int units, crews, down; /* at least so many are down */
    double share;
  } rows[] = {{2, 1, 2, 0.2}, {2, 1, 1, 0.6}, {3, 1, 2, 2.25 / 4.75}, {2, 2, 2, 1 / 9.}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    char crews[60];
    snprintf(crews, sizeof crews, "'crews': { 'ops': %d },", rows[r].crews);
    struct fleet f =
        fleet_of(20, "", rows[r].units,
                 "'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '100h', 'repair': { 'exponential': '50h' }, 'crew': 'ops' }", crews);
    if (!f.world) continue;
    double hours = 0;
    for (int h = 0; h < 20 * 8760; h++) struck_by(&f, h * SIM_HOUR), hours += nodes_down(&f) >= rows[r].down;
    double share = hours / (20 * 8760);
    test_check(fabs(share - rows[r].share) < 0.025, "%d units, %d crews, %d down: %g of the time instead of %g", rows[r].units,
               rows[r].crews, rows[r].down, share, rows[r].share);
    fleet_close(&f);
  }
}

#define PERSON(acknowledge, diagnose, act) "'people': { 'acknowledge': " acknowledge ", 'diagnose': " diagnose ", 'act': " act " },"
#define UP_TO(time)                        "{ 'uniform': { 'low': '0s', 'high': '" time "' } }"

/* Three uniform delays of up to an hour: P(sum <= 1 h) = 1/6, P(sum <= 1.5 h) = 1/2, P(sum <= 2 h) = 5/6 (Irwin and Hall). 2,000
 * repairs: deviations of 0.0083 and 0.011. */
static void test_sums_of_delays(void) {
  struct fleet f = fleet_of(1, "", 2000, "'f': { 'kind': 'node', 'nodes': 'n', 'at': '1h', 'share': 1, 'by': 'person' }",
                            PERSON(UP_TO("1h"), UP_TO("1h"), UP_TO("1h")));
  if (!f.world) return;
  static const struct {
    int minutes;
    double share;
  } rows[] = {{60, 1 / 6.}, {90, 0.5}, {120, 5 / 6.}, {180, 1}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    struck_by(&f, SIM_HOUR + rows[r].minutes * SIM_MINUTE);
    double repaired = 1 - nodes_down(&f) / 2000.;
    test_check(fabs(repaired - rows[r].share) < 0.045, "%d min: %g instead of %g", rows[r].minutes, repaired, rows[r].share);
  }
  fleet_close(&f);
}

/* By day 30 min, 10 min and 5 min; at night 4 h, 1 h and 20 min; at weekends 6 h, 2 h and 40 min; then 7 min of the machine. By the
 * clock at the beginning of each step:
 *   Monday 10:00:    30 + 10 + 5 + 7 = 52 min
 *   Monday 02:00:    240 + 60 + 20 + 7 = 327 min
 *   Monday 19:45:    30 by day, to 20:15, then 60 + 20 at night + 7 = 117 min
 *   Monday 05:00:    240 at night, to 09:00, then 10 + 5 + 7 = 262 min
 *   Saturday 10:00:  360 + 120 + 40 + 7 = 527 min
 *   Friday 23:00:    240 at night, to Saturday 03:00, then 120 + 40 + 7 = 407 min */
static void test_by_the_clock(void) {
  static const struct {
    int day, at_min, minutes;
  } rows[] = {{0, 600, 52}, {0, 120, 327}, {0, 1185, 117}, {0, 300, 262}, {5, 600, 527}, {4, 1380, 407}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    char fault[200];
    snprintf(fault, sizeof fault, "'f': { 'kind': 'node', 'nodes': 'n', 'at': '%dmin', 'by': 'person', 'repair': '7min' }",
             rows[r].day * 1440 + rows[r].at_min);
    struct fleet f =
        fleet_of(1, "", 1, fault,
                 PERSON("{ 'day': '30min', 'night': '4h', 'weekend': '6h' }", "{ 'day': '10min', 'night': '1h', 'weekend': '2h' }",
                        "{ 'day': '5min', 'night': '20min', 'weekend': '40min' }"));
    if (!f.world) continue;
    sim_time struck_at = (rows[r].day * 1440 + rows[r].at_min) * SIM_MINUTE, back = struck_at + rows[r].minutes * SIM_MINUTE;
    struck_by(&f, back - SIM_S);
    test_check(nodes_down(&f) == 1, "row %zu: it is back too early", r);
    test_check(fault_phase(world_faults(f.world)->struck) == FAULT_REPAIRING, "row %zu: the machine's part", r);
    struck_by(&f, back + SIM_S);
    test_check(nodes_down(&f) == 0, "row %zu: it is not back", r);
    fleet_close(&f);
  }
}

/* Noticed after 10 min, then one crew for two: the first takes 5 + 10 + 15 + 20 min from 01:10 on, the second from 02:00 on. */
static void test_phases(void) {
  struct fleet f = fleet_of(1, "", 2,
                            "'f': { 'kind': 'node', 'nodes': 'n', 'at': '1h', 'count': 2, 'detect': '10min', 'repair': '20min',"
                            "       'crew': 'ops' }",
                            PERSON("'5min'", "'10min'", "'15min'") "'crews': { 'ops': { 'size': 1, 'by': 'person' } },");
  if (!f.world) return;
  static const struct {
    int minute;
    enum fault_phase first, second;
  } rows[] = {{30, FAULT_STANDS, FAULT_STANDS},
              {69, FAULT_UNNOTICED, FAULT_UNNOTICED},
              {71, FAULT_UNACKNOWLEDGED, FAULT_AWAITS_CREW},
              {76, FAULT_DIAGNOSING, FAULT_AWAITS_CREW},
              {86, FAULT_ACTING, FAULT_AWAITS_CREW},
              {101, FAULT_REPAIRING, FAULT_AWAITS_CREW},
              {121, FAULT_STANDS, FAULT_UNACKNOWLEDGED},
              {169, FAULT_STANDS, FAULT_REPAIRING},
              {171, FAULT_STANDS, FAULT_STANDS}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    struck_by(&f, rows[r].minute * SIM_MINUTE);
    struct fault_process *const *all = world_faults(f.world)->processes;
    enum fault_phase a = fault_phase(all[0]), b = fault_phase(all[1]);
    bool as_said = (a == rows[r].first && b == rows[r].second) || (b == rows[r].first && a == rows[r].second);
    test_check(as_said, "minute %d: phases %d and %d", rows[r].minute, (int)a, (int)b);
  }
  fleet_close(&f);
}

/* A common cause: a zone takes its nodes, and they come back together. */
static const char *const zones = "{ 'aguanta': 1, 'name': 'zones', 'run': { 'window': '1s', 'warmup': '1s', 'years': 1 },"
                                 "  'traffic': { 't': { 'kind': 'open', 'region': 'r', 'rate': '1/s', 'mix': { 'p': 1 } } },"
                                 "  'endpoints': { 'p': { 'entry': 'a', 'steps': [ { 'delay': '1ms' } ] } },"
                                 "  'services': { 'a': { 'kind': 'app' } },"
                                 "  'faults': { 'z': { 'kind': 'zone', 'zone': 'one', 'at': [ '1h', '5h' ], 'repair': '1h' } },"
                                 "  'platform': { 'kind': 'static', 'regions': { 'r': { 'zones': [ 'one', 'two' ] } },"
                                 "    'nodes': { 'n': { 'cpu': 1, 'count': 6, 'region': 'r' } } } }";

static void test_common_cause(void) {
  struct fleet f = {.fixture = fixture_of("%s", zones)};
  if (!f.fixture.scenario) return;
  f.world = world_new(&f.fixture.scenario->model, 1, 0, WORLD_AVAILABILITY);
  world_warm_up(f.world);
  static const struct { int minute, down; } rows[] = {{59, 0}, {61, 3}, {119, 3}, {121, 0}, {301, 3}, {361, 0}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    struck_by(&f, rows[r].minute * SIM_MINUTE);
    test_check(nodes_down(&f) == rows[r].down, "minute %d: %d are down", rows[r].minute, nodes_down(&f));
  }
  fleet_close(&f);
}

/* A fault that never strikes changes nothing of what the others do, to the last bit. */
static void test_no_chance(void) {
  static const char *const other = "'f': { 'kind': 'node', 'nodes': 'n', 'mtbf': '100h', 'repair': { 'exponential': '5h' } }";
  char with[400];
  snprintf(with, sizeof with,
           "%s, 'never': { 'kind': 'node', 'nodes': 'n', 'every': 'daily 03:00', 'probability': 0, 'repair': '1h' }", other);
  struct fleet a = fleet_of(1, "", 3, other, ""), b = fleet_of(1, "", 3, with, "");
  if (a.world && b.world) {
    struck_by(&a, SIM_YEAR), struck_by(&b, SIM_YEAR);
    const struct outage_book *x = world_outages(a.world), *y = world_outages(b.world);
    test_check(x->total_served_ns == y->total_served_ns && x->classes[0].faults == y->classes[0].faults, "%.17g and %.17g",
               x->total_served_ns, y->total_served_ns);
    test_check(x->classes[0].faults > 200 && y->classes[1].faults == 0, "%g strikes, %g", (double)x->classes[0].faults,
               (double)y->classes[1].faults);
  }
  fleet_close(&a), fleet_close(&b);
}

/* The answer is given, with a warning. */
static void test_warnings(void) {
  static const char *const said[] = {
      "tests/cli/long_repairs.json:3:14: warning: crews.ops: 5 crews for 2 targets: no repair ever waits [crews-many]\n",
      "tests/cli/long_repairs.json:3:24: warning: crews.idle: no fault names this crew [crew-unused]\n",
      "tests/cli/long_repairs.json:5:5: warning: faults.slow: takes longer to repair (30 h) than until it strikes again (10 h): a "
      "target "
      "is broken most of the time [repair-longer]\n"};
  struct child c = AGUANTA("validate", "tests/cli/long_repairs.json");
  for (size_t i = 0; i < sizeof said / sizeof *said; i++)
    test_check(c.status == 0 && strstr(c.err, said[i]), "exit status %d, %s\ndoes not say %s", c.status, c.err, said[i]);
  test_check(!strstr(c.err, "faults.rare"), "%s", c.err);
  child_free(&c);
}

static const struct test_case cases[] = {{"by hour", test_by_hour},
                                         {"calendars", test_calendars},
                                         {"periods and probabilities", test_periods},
                                         {"renewals are stationary", test_renewals},
                                         {"a second failure is likelier", test_again},
                                         {"targets are drawn", test_drawn},
                                         {"crews", test_crews},
                                         {"sums of delays", test_sums_of_delays},
                                         {"by the clock", test_by_the_clock},
                                         {"phases", test_phases},
                                         {"a common cause", test_common_cause},
                                         {"no chance", test_no_chance},
                                         {"warnings", test_warnings},
                                         {0}};
const struct test_suite suite_fault_times = {"fault_times", cases};
