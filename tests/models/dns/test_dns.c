/* The way of clients to the regions: the round trips of far clients, when a lost region is seen and clients move, what that costs,
 * with requests and without. */
#include "models/availability/outage.h"
#include "models/dns/dns.h"
#include "models/network/request_place.h"
#include "models/traffic/source.h"
#include "sim/measure/measure.h"
#include "tests/model_fixture.h"

/* One user of region eu who asks at 10 s and 10 s after each answer; 5 ms of work in the region `home` only. Last mile 20 ms, the
 * regions 80 ms apart. */
#define FAR                                                                                                                        \
  "{ 'aguanta': 1, 'name': 'far', 'traffic': { 'u': { 'kind': 'closed', 'population': 1, 'think': '10s', 'region': 'eu', "         \
  "'mix': { 'p': 1 }, 'connection': { 'round_trip': '20ms', 'handshake_cpu': '1ms', %s } } }, 'endpoints': { 'p': { 'entry': "     \
  "'a', 'steps': [ { 'cpu': '5ms' } ] %s } }, 'services': { 'a': { 'kind': 'app', 'place': '%s' } }, 'platform': { 'kind': "       \
  "'static', 'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '%s' } }, 'nodes': { 'nu': { 'cpu': 8, "     \
  "'region': 'us' }, 'ne': { 'cpu': 8, 'region': 'eu' } } }, 'run': { 'warmup': '0s', 'window': '48s', 'windows': 1 } }"

static void check_sojourn(const struct world *w, const char *name, uint64_t completed, int64_t sojourn_ns) {
  const struct observation *o = &w->observation;
  test_check(o->ended[OUTCOME_COMPLETED] == completed && o->sojourn_ns == (uint64_t)sojourn_ns,
             "{%s}: %llu answers, %.9f s inside; by hand %llu, %.9f s", name, (unsigned long long)o->ended[OUTCOME_COMPLETED],
             (double)o->sojourn_ns * 1e-9, (unsigned long long)completed, (double)sojourn_ns * 1e-9);
}

/* Four requests. On an open connection a request takes one trip and 5 ms; a new one takes a trip for TCP, one (1.3) or two (1.2) for
 * TLS, and 1 ms of computation. A trip is 20 ms near, 100 ms far. */
static void test_round_trips(void) {
  static const struct {
    const char *connection;
    int trips, shakes; /* of the four requests together */
  } rows[] = {
      {"'tls': 'none', 'requests': 'unlimited'", 4 + 1, 0},    {"'tls': 'none'", 4 + 4, 0},
      {"'tls': '1.3', 'requests': 'unlimited'", 4 + 1 + 1, 1}, {"'tls': '1.3'", 4 + 4 + 4, 4},
      {"'tls': '1.2', 'requests': 'unlimited'", 4 + 1 + 2, 1}, {"'tls': '1.2'", 4 + 4 + 8, 4},
      {"'tls': '1.2', 'requests': 3", 4 + 2 + 4, 2},
  };
  for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
    bool far = i % 2;
    const char *connection = rows[i / 2].connection;
    struct fixture f = fixture_of(FAR, connection, "", far ? "nu" : "ne", "80ms");
    struct world *w = fixture_run(&f, 1, connection);
    check_sojourn(w, connection, 4, (rows[i / 2].trips * (far ? 100 : 20) + 4 * 5 + rows[i / 2].shakes) * SIM_MS);
    world_free(w);
    fixture_close(&f);
  }
}

/* Odd nanoseconds: 20,000,000 + 7 there and back; half of it, rounded down, there. The edge of a CDN stays near. */
static void test_odd_trips(void) {
  struct fixture f = fixture_of(FAR, "'tls': '1.3'", "", "nu", "7ns");
  struct world *w = fixture_run(&f, 1, "odd");
  check_sojourn(w, "odd", 4, 4 * (3 * (20 * SIM_MS + 7) + 6 * SIM_MS));
  world_free(w);
  fixture_close(&f);
  f = fixture_of(FAR, "'tls': '1.3'", ", 'cdn': { 'hit': 1, 'latency': '30ms' }", "nu", "80ms");
  w = fixture_run(&f, 1, "cdn");
  check_sojourn(w, "cdn", 4, 4 * 30 * SIM_MS);
  world_free(w);
  fixture_close(&f);
}

/* --- a region is lost ------------------------------------------------------------------------------------------------------------ */

/* 50 requests a second of each region, served in 1 ms; us is lost at 100 s. */
#define LOSS                                                                                                                       \
  "{ 'aguanta': 1, 'name': 'loss', 'traffic': { 'us': { 'kind': 'open', 'rate': '50/s', 'region': 'us', 'mix': { 'u': 1 } %s }, "  \
  "'eu': { 'kind': 'open', 'rate': '50/s', 'region': 'eu', 'mix': { 'e': 1 } } }, 'endpoints': { 'u': { 'entry': 'a', 'steps': [ " \
  "{ 'cpu': '1ms' } ] }, 'e': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': " \
  "2, 'start': '0s', 'connect_timeout': '1s' } }, %s 'platform': { 'kind': 'static', 'regions': { 'us': {}, 'eu': {} }, "          \
  "'network': { 'round_trip': { 'us-eu': '80ms' } }, 'nodes': { 'nu': { 'cpu': 4, 'region': 'us' }, 'ne': { 'cpu': 4, 'region': "  \
  "'eu' } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': 'nu', 'at': '100s', 'repair': '%s' } }, 'run': { 'warmup': '0s', "   \
  "'window': '%s', 'windows': 1 } }"

static struct fixture loss(const char *source, const char *dns, const char *repair, const char *window) {
  return fixture_of(LOSS, source, dns, repair, window);
}

static struct dns_record *record(const struct world *w) { return &world_dns(w)->records[0]; }

/* Seconds since the instant at which a region's health was last announced. */
static double announced_s(const struct world *w, sim_time since) {
  const struct dns_record *d = record(w);
  return (double)(d->past[d->count - 1].from - since) * 1e-9;
}

/* The third failed check in a row comes 60 to 90 s after the loss, 75 s in the mean: the phase is uniform on 30 s. Over 200 phases the
 * standard error is 30 / sqrt(12 x 200) = 0.61 s. */
static void test_checks(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "10d", "1000s");
  double sum = 0, least = 1e9, most = 0;
  enum { PHASES = 200 };
  for (uint32_t i = 0; i < PHASES; i++) {
    struct world *w = world_new(&f.scenario->model, 1, i, WORLD_AVAILABILITY);
    calendar_run(w->calendar, 300 * SIM_S);
    double seen = announced_s(w, 100 * SIM_S);
    sum += seen, least = seen < least ? seen : least, most = seen > most ? seen : most;
    world_free(w);
  }
  test_check(least >= 60 && least < 62 && most <= 90 && most > 88, "seen after %.3f to %.3f s, by hand 60 to 90 s", least, most);
  test_check(fabs(sum / PHASES - 75) < 3 * 0.61, "seen after %.3f s in the mean, by hand 75 s", sum / PHASES);
  fixture_close(&f);
}

/* At t of the TTL of 60 s the share that has moved is t / 60 s, then all but the stragglers, who follow an hour after the change. */
static void test_drift(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "10d", "1000s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  const struct dns_record *d = record(w);
  calendar_run(w->calendar, 300 * SIM_S);
  sim_time changed = d->past[d->count - 1].from;
  world_free(w);
  w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  static const struct {
    double after_s, moved;
  } rows[] = {{-1, 0}, {15, 0.25}, {30, 0.5}, {59, 59 / 60.0}, {60, 1}, {3000, 1}, {3599, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    calendar_run(w->calendar, changed + (sim_time)(rows[i].after_s * 1e9));
    double apart = dns_share(w, 0, 0, 1, DNS_APART_FROM_STRAGGLERS), all = dns_share(w, 0, 0, 1, DNS_CLIENTS);
    /* shares are means over a step of 3 s */
    test_check(fabs(apart - rows[i].moved) <= 1.5 / 60 + 1e-9 && fabs(all - 0.97 * apart) < 1e-12,
               "%g s after the change %g have moved, %g with stragglers; by hand %g", rows[i].after_s, apart, all, rows[i].moved);
    test_check(dns_share(w, 0, 1, 1, DNS_CLIENTS) == 1, "eu stays where it is");
    test_check(fabs(dns_share(w, 0, 0, 0, DNS_CLIENTS) + all - 1) < 1e-12, "shares sum to 1");
  }
  calendar_run(w->calendar, changed + 3600 * SIM_S + 1);
  test_check(dns_share(w, 0, 0, 1, DNS_CLIENTS) == 1, "the stragglers have followed");
  world_free(w);
  fixture_close(&f);
}

/* Seconds of the lost region's traffic that are not served, when its loss is seen after `seen` s: all until then, half of the TTL of
 * 60 s for those who follow it, and an hour for 3%. */
static double lost_by_hand(double seen) { return 0.97 * (seen + 30) + 0.03 * (seen + 3600); }

/* 75 + 30 + 0.03 x 3,570 = 212 s in the mean over phases; each phase to the nanosecond of a step. Endpoint 0 is half of the requests. All
 * but the stragglers are served 60 s after the change: an RTO of 135 s in the mean. */
static void test_lost_without_requests(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "10h", "1000s");
  double sum = 0, rto = 0, worst = 0;
  enum { PHASES = 200 };
  for (uint32_t i = 0; i < PHASES; i++) {
    struct world *w = world_new(&f.scenario->model, 1, i, WORLD_AVAILABILITY);
    calendar_run(w->calendar, 300 * SIM_S);
    double seen = announced_s(w, 100 * SIM_S);
    calendar_run(w->calendar, 8 * SIM_HOUR);
    const struct outage_log *log = &world_outages(w)->classes[0];
    double lost = 2 * log->lost_ns * 1e-9, off = fabs(lost - lost_by_hand(seen));
    sum += lost, worst = off > worst ? off : worst;
    test_check(log->rto.count == 1 && fabs(log->rto.s[0] - seen - 60) < 1e-6, "%llu outages, the first of %.3f s; by hand %.3f s",
               (unsigned long long)log->rto.count, log->rto.s[0], seen + 60);
    rto += log->rto.s[0];
    world_free(w);
  }
  test_check(worst < 1e-6, "up to %.9f s off", worst);
  test_check(fabs(sum / PHASES - 212.1) < 3 * 0.61 && fabs(rto / PHASES - 135) < 3 * 0.61, "%.2f s lost, by hand 212.1; RTO %.2f s",
             sum / PHASES, rto / PHASES);
  fixture_close(&f);
}

/* The same with requests: 50/s Poisson, so that n failures have a standard deviation of sqrt(n) and less. None of eu fails. */
static void test_lost_with_requests(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "10h", "3900s");
  double sum = 0;
  enum { RUNS = 6 };
  for (uint32_t i = 0; i < RUNS; i++) {
    struct world *w = world_new(&f.scenario->model, 1, i, WORLD_TRAFFIC);
    world_run(w);
    const struct observation *o = &w->observation;
    double seen = 0;
    for (uint32_t k = 0; k < record(w)->count; k++) seen = (double)(record(w)->past[k].from - 100 * SIM_S) * 1e-9;
    double failed = (double)o->endpoints[0].windows[0].ended[OUTCOME_UNREACHABLE], due = 50 * lost_by_hand(seen);
    test_check(fabs(failed - due) < 4 * sqrt(due), "%g fail, by hand %g", failed, due);
    test_check(!o->endpoints[1].windows[0].ended[OUTCOME_UNREACHABLE], "clients of eu fail");
    double book = 2 * world_outages(w)->classes[0].lost_ns * 1e-9;
    test_check(fabs(book - lost_by_hand(seen)) < 1, "the book has %.3f s, by hand %.3f", book, lost_by_hand(seen));
    sum += failed / 50;
    world_free(w);
  }
  /* phases: 30 / sqrt(12 x 6) = 3.5 s; counts: 2.06 / sqrt(6) = 0.8 s */
  test_check(fabs(sum / RUNS - 212.1) < 3 * 3.6, "%.2f s of the region's traffic are lost, by hand 212.1", sum / RUNS);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"round_trips", test_round_trips},
                                         {"odd_trips", test_odd_trips},
                                         {"checks", test_checks},
                                         {"drift", test_drift},
                                         {"lost_without_requests", test_lost_without_requests},
                                         {"lost_with_requests", test_lost_with_requests},
                                         {NULL, NULL}};
const struct test_suite suite_dns = {"dns", cases};
