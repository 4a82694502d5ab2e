/* Who promotes a replica, and how long that takes: a manager, Patroni, a managed service, a person. Values by hand stand in the rows. */
#include "tests/model_fixture.h"
#include "models/availability/outage.h"
#include "models/replication/replication.h"

#define YEARS                                                                                                                      \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'p': { 'kind': 'open', 'rate': '10/s', 'timeout': '5s', 'mix': { 'w': 1 } } }, "      \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { "     \
  "'kind': 'app', 'place': 'a' }, 'd': { 'kind': 'database', 'place': 'd', 'replicas': 2, 'start': '%s', 'replication': { "        \
  "'failover': %s } } }, 'platform': { 'kind': 'compose', 'nodes': { 'a': { 'cpu': 2 }, 'd': { 'count': 2, 'cpu': 2 } } }, "       \
  "'faults': { 'f': { %s } }, 'run': { 'warmup': '1s', 'window': '10s', 'windows': 1, 'replications': 2, 'years': 200 } }"
#define HOST  "'kind': 'node', 'nodes': 'd', 'mtbf': '60d', 'repair': '4h'"
#define CRASH "'kind': 'crash', 'service': 'd', 'mtbf': '60d'"

static const struct {
  const char *name, *failover, *start, *fault;
  double least_s, mean_s, most_s; /* of an outage */
} rows[] = {
    /* The key expires after 20 to 30 s, a replica looks within 10 s, 0 to 2 s for the promotion. */
    {"Patroni, host lost", "'patroni'", "20s", HOST, 20, 31, 42},
    /* Seen within 10 s, 300 s of trying, seen within 10 s, 0 to 2 s: worst case 10 + 300 + 10, and the promotion. */
    {"Patroni, process crashed and does not start", "'patroni'", "1h", CRASH, 300, 311, 322},
    /* Compose starts it after 0.1 s, and it takes 20 s: nobody is promoted. */
    {"Patroni, process crashed", "'patroni'", "20s", CRASH, 20.05, 20.1, 20.15},
    /* A manager does not tell the two apart: 31 s, though it would have been back after 60. */
    {"manager, process crashed", "{}", "60s", CRASH, 20, 31, 42},
    {"Patroni, shorter lease", "{ 'by': 'patroni', 'ttl': '20s', 'loop_wait': '5s' }", "20s", HOST, 15, 21, 27},
    /* The same behind HAProxy (inter 1 s, fastinter 0.5 s, rise 3): 1 s of two fast checks, and 0 to 1 s until the first. */
    {"Patroni behind a proxy",
     "{ 'by': 'patroni', 'ttl': '20s', 'loop_wait': '5s', 'proxy': { 'inter': '1s', 'fastinter': '0.5s', "
     "'rise': 3 } }",
     "20s", HOST, 16, 22.5, 29},
    /* Its defaults: two checks 2 s apart. */
    {"a proxy that knows no more", "{ 'by': 'patroni', 'ttl': '20s', 'loop_wait': '5s', 'proxy': {} }", "20s", HOST, 17, 24, 31},
    {"RDS Multi-AZ", "'managed'", "20s", HOST, 60, 90, 120},
    /* 5 to 15 min, 10 to 30 min, 2 to 10 min. */
    {"a person", "'person'", "20s", HOST, 17 * 60, 36 * 60, 55 * 60},
};

/* 400 years with a dozen losses a year: outages longer than `most_s` are those of both at once. */
static void test_times(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct fixture f = fixture_of(YEARS, rows[i].start, rows[i].failover, rows[i].fault);
    double sum_s = 0, least_s = INFINITY, outages = 0, longer = 0;
    for (uint32_t k = 0; f.scenario && k < 2; k++) {
      struct world *w = world_new(&f.scenario->model, 1, k, WORLD_AVAILABILITY);
      w->measured_until = w->horizon = 200 * 365 * SIM_DAY;
      world_run(w);
      const struct outage_log *log = &world_outages(w)->classes[0];
      for (uint64_t j = 0; j < log->rto.count; j++) {
        double s = log->rto.s[j];
        if (s > rows[i].most_s)
          longer++;
        else
          outages++, sum_s += s, least_s = fmin(least_s, s);
      }
      world_free(w);
    }
    test_check(outages > 1000 && least_s > rows[i].least_s && longer < 0.02 * outages,
               "%s: %g outages, the shortest takes %.1f s, %g more than %g s", rows[i].name, outages, least_s, longer,
               rows[i].most_s);
    test_check(fabs(sum_s / outages / rows[i].mean_s - 1) < 0.01, "%s: %.2f s in the mean, by hand %g", rows[i].name,
               sum_s / outages, rows[i].mean_s);
    fixture_close(&f);
  }
}

/* A person of `people`: Monday at 03:00 and at 12:00, Saturday at 12:00. Acknowledged in 10 min, at night in 2 h, at weekends in 4 h;
 * known in 20 min (that from 05:00 on is still night: 40 min), done in 5 min. */
#define PEOPLE                                                                                                                     \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'p': { 'kind': 'open', 'rate': '10/s', 'mix': { 'w': 1 } } }, 'endpoints': { 'w': { " \
  "'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'place': "   \
  "'a' }, 'd': { 'kind': 'database', 'place': 'd', 'replicas': 2, 'replication': { 'failover': { 'by': 'person' %s } } } }, "      \
  "'people': { 'acknowledge': { 'day': '10min', 'night': '2h', 'weekend': '4h' }, 'diagnose': { 'day': '20min', 'night': '40min' " \
  "}, 'act': '5min' }, 'platform': { 'kind': 'compose', 'nodes': { 'a': { 'cpu': 2 }, 'd': { 'count': 2, 'cpu': 2 } } }, "         \
  "'faults': { 'f': { 'kind': 'node', 'nodes': 'd', 'at': '%s', 'repair': '9d' } }, 'run': { 'warmup': '0s', 'window': '1s', "     \
  "'years': 1 } }"

static void test_people(void) {
  static const struct {
    const char *keys, *at;
    double lasts_min;
  } nights[] = {{"", "3h", 120 + 40 + 5},
                {"", "12h", 10 + 20 + 5},
                {"", "132h", 240 + 40 + 5},
                {", 'acknowledge': '1min'", "3h", 1 + 40 + 5}};
  for (size_t i = 0; i < sizeof nights / sizeof *nights; i++) {
    struct fixture f = fixture_of(PEOPLE, nights[i].keys, nights[i].at);
    if (!f.scenario) continue;
    struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
    world_run(w);
    const struct outage_log *log = &world_outages(w)->classes[0];
    double lasts_min = log->rto.count == 1 ? log->rto.s[0] / 60 : NAN;
    test_check(fabs(lasts_min - nights[i].lasts_min) < 1e-6, "at %s: %g min, by hand %g", nights[i].at, lasts_min,
               nights[i].lasts_min);
    world_free(w), fixture_close(&f);
  }
}

/* --- phases ------------------------------------------------------------------------------------------------------------------ */

#define RUN                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'r', 'traffic': { 'p': { 'kind': 'open', 'rate': '10/s', 'timeout': '1s', 'mix': { 'w': 1 } } }, "      \
  "'endpoints': { 'w': { 'entry': 'a', 'steps': [ { 'query': 'd', 'writes': 1, 'demand': '1ms' } ] } }, 'services': { 'a': { "     \
  "'kind': 'app', 'place': 'a' }, 'd': { 'kind': 'database', 'place': 'd', 'replicas': 2, 'replication': { 'failover': { 'by': "   \
  "'person', 'acknowledge': '10s', 'diagnose': '20s', 'act': '5s' } } } }, 'platform': { 'kind': 'compose', 'nodes': { 'a': { "    \
  "'cpu': 2 }, 'd': { 'count': 2, 'cpu': 2 } } }, 'faults': { 'f': { 'kind': 'node', 'nodes': 'd', 'at': '30s', 'repair': '1h' "   \
  "} }, 'run': { 'warmup': '1s', 'window': '2min', 'windows': 1 } }"

static double seconds(const struct world *w, uint32_t meter) {
  const struct histogram *h = w->observation.meters[meter].time;
  return h->count == 1 ? histogram_mean(h) * 1e-9 : -1;
}

/* The first host is lost at 30 s: acknowledged at 40, known at 60, done at 65. */
static void test_phases(void) {
  struct fixture f = fixture_of(RUN);
  if (!f.scenario) return;
  struct world *w = fixture_run(&f, 1, "phases");
  const struct failover_config *c = &service_replication(model_service(w->model, fixture_service(&f, "d")))->failover;
  static const double by_hand[] = {10, 20, 5};
  double all[] = {seconds(w, c->detect_time), seconds(w, c->decide_time), seconds(w, c->promote_time)};
  for (int i = 0; i < 3; i++)
    test_check(fabs(all[i] - by_hand[i]) < 0.01, "phase %d takes %.3f s, by hand %g", i, all[i], by_hand[i]);
  test_check(world_outages(w)->classes[0].rto.count == 1 && fabs(world_outages(w)->classes[0].rto.s[0] - 35) < 1e-6,
             "the outage lasts as long as its phases");
  world_free(w), fixture_close(&f);
}

static const struct test_case cases[] = {{"times", test_times}, {"people", test_people}, {"phases", test_phases}, {0}};
const struct test_suite suite_promotion = {"promotion", cases};
