/* The way of clients to the regions: the round trips of far clients, when a lost region is seen and clients move, what that costs,
 * with requests and without. */
#include "models/availability/outage.h"
#include "models/dns/dns.h"
#include "models/network/request_place.h"
#include "models/platform/nodes.h"
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

/* --- policies -------------------------------------------------------------------------------------------------------------------- */

static uint64_t ended_of(const struct world *w, uint32_t endpoint, enum outcome outcome) {
  return w->observation.endpoints[endpoint].windows[0].ended[outcome];
}

static double seen_s(const struct world *w) {
  const struct dns_record *d = record(w);
  for (uint32_t k = 1; k < d->count; k++)
    if (d->past[k].from > 100 * SIM_S) return (double)(d->past[k].from - 100 * SIM_S) * 1e-9;
  return NAN;
}

/* Without "dns" the clients of us stay with us: all 900 s x 50/s after the loss are lost, the others serve theirs. */
static void test_without_dns(void) {
  struct fixture f = loss("", "", "10h", "1000s");
  struct world *w = fixture_run(&f, 1, "without dns");
  double lost = (double)ended_of(w, 0, OUTCOME_UNREACHABLE), due = 50 * 899; /* those of the last second still knock */
  test_check(fabs(lost - due) < 4 * sqrt(due) && !ended_of(w, 1, OUTCOME_UNREACHABLE), "%g are lost, by hand %g", lost, due);
  test_check(fabs(2 * world_outages(w)->classes[0].lost_ns * 1e-9 - 900) < 1e-6, "%.9f s in the book",
             2 * world_outages(w)->classes[0].lost_ns * 1e-9);
  world_free(w);
  fixture_close(&f);
}

/* Anycast: all move 7 s after the change, and none is late. */
static void test_anycast(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'anycast', 'check': '10s', 'convergence': '7s' },", "10h", "1000s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  calendar_run(w->calendar, 200 * SIM_S);
  double seen = announced_s(w, 100 * SIM_S), lost = 2 * world_outages(w)->classes[0].lost_ns * 1e-9;
  test_check(seen >= 20 && seen <= 30, "seen after %.3f s, by hand 20 to 30", seen);
  test_check(fabs(lost - seen - 7) < 1e-6 && fabs(world_outages(w)->classes[0].rto.s[0] - seen - 7) < 1e-6,
             "%.9f s are lost, by hand %.9f", lost, seen + 7);
  world_free(w);
  fixture_close(&f);
}

/* Weights 1 : 3 send a quarter of all clients to us, wherever they are; a lost region's clients go to the other. */
static void test_weight(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'weight', 'weights': { 'us': 1, 'eu': 3 }, 'check': {} },", "10h", "1000s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  test_check(dns_settled(w, 0, 0) == -1 && dns_share(w, 0, 0, 0, DNS_CLIENTS) == 0.25 && dns_share(w, 0, 1, 1, DNS_CLIENTS) == 0.75,
             "%g and %g", dns_share(w, 0, 0, 0, DNS_CLIENTS), dns_share(w, 0, 1, 1, DNS_CLIENTS));
  uint32_t to_us = 0;
  enum { CLIENTS = 40000 };
  for (uint32_t i = 0; i < CLIENTS; i++) {
    struct stream draws = stream_at(7, i);
    to_us += dns_resolved(w, 0, i % 2, &draws) == 0;
  }
  /* standard deviation sqrt(40000 x 3 / 16) = 87 */
  test_check(abs((int)to_us - CLIENTS / 4) < 3 * 87, "%u of %d are sent to us, by hand %d", to_us, CLIENTS, CLIENTS / 4);
  calendar_run(w->calendar, 300 * SIM_S);
  test_check(dns_settled(w, 0, 0) == -1 && dns_share(w, 0, 0, 1, DNS_APART_FROM_STRAGGLERS) == 1, "all but stragglers are in eu");
  for (uint32_t i = 0; i < 1000; i++) {
    struct stream draws = stream_at(7, i), before = draws;
    bool straggler = (stream_uniform(&before), stream_uniform(&before) < 0.03);
    test_check(straggler || dns_resolved(w, 0, i % 2, &draws) == 1, "client %u is sent to the lost region", i);
  }
  world_free(w);
  fixture_close(&f);
}

/* Failover: all go to us, listed first, though eu is nearer for half of them; then to eu. */
static void test_failover(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'failover', 'order': ['us', 'eu'], 'check': {} },", "10h", "1000s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  test_check(dns_settled(w, 0, 0) == 0 && dns_settled(w, 0, 1) == 0, "all are sent to us");
  calendar_run(w->calendar, 4000 * SIM_S);
  test_check(dns_settled(w, 0, 0) == 1 && dns_settled(w, 0, 1) == 1, "all are sent to eu");
  double lost = world_outages(w)->classes[0].lost_ns * 1e-9, due = lost_by_hand(seen_s(w));
  test_check(fabs(lost - due) < 1e-6, "%.9f s of all clients are lost, by hand %.9f", lost, due);
  world_free(w);
  fixture_close(&f);
}

/* --- back again ------------------------------------------------------------------------------------------------------------------- */

/* The region is back after 1,000 s: announced by the third passed check in a row, 60 to 90 s later, and clients drift back. The
 * stragglers never left: their hour had not passed, and when it has us is the answer again. They miss the 1,000 s. */
static void test_fail_back(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "1000s", "3000s");
  struct world *w = world_new(&f.scenario->model, 1, 3, WORLD_AVAILABILITY);
  const struct dns_record *d = record(w);
  calendar_run(w->calendar, 1050 * SIM_S);
  double seen = announced_s(w, 100 * SIM_S);
  test_check(dns_share(w, 0, 0, 1, DNS_CLIENTS) == 0.97, "%g are sent to eu", dns_share(w, 0, 0, 1, DNS_CLIENTS));
  calendar_run(w->calendar, 1300 * SIM_S);
  double back = announced_s(w, 1100 * SIM_S);
  /* the phase of the checks is the same, 1,000 s are 33 checks and 10 s: 10 s less, or 20 s more */
  test_check(back >= 60 && back <= 90 && (fabs(back - seen + 10) < 1e-6 || fabs(back - seen - 20) < 1e-6),
             "announced after %.3f s; the loss after %.3f s", back, seen);
  test_check(dns_share(w, 0, 0, 0, DNS_CLIENTS) == 1, "%g are back", dns_share(w, 0, 0, 0, DNS_CLIENTS));
  calendar_run(w->calendar, 10000 * SIM_S);
  test_check(dns_settled(w, 0, 0) == 0 && d->count <= 3, "no straggler ever left");
  double lost = 2 * world_outages(w)->classes[0].lost_ns * 1e-9, due = 0.97 * (seen + 30) + 0.03 * 1000;
  test_check(fabs(lost - due) < 1e-6, "%.9f s are lost, by hand %.9f", lost, due);
  world_free(w);
  fixture_close(&f);
}

/* The same with requests: they come back, and 80 ms further away meanwhile. */
static void test_back_with_requests(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "1000s", "3000s");
  struct world *w = world_new(&f.scenario->model, 4, 0, WORLD_TRAFFIC);
  calendar_run(w->calendar, 300 * SIM_S);
  double seen = seen_s(w);
  calendar_run(w->calendar, 2900 * SIM_S);
  double failed = (double)ended_of(w, 0, OUTCOME_UNREACHABLE), due = 50 * (0.97 * (seen + 30) + 0.03 * 1000);
  test_check(fabs(failed - due) < 4 * sqrt(due), "%g fail, by hand %g", failed, due);
  test_check(dns_settled(w, 0, 0) == -1 || dns_settled(w, 0, 0) == 0, "they are back");
  world_free(w);
  fixture_close(&f);
}

/* A region that dies and comes back between two checks is never missed; its death at two checks of three is not announced, and a
 * check that passes in between begins the count anew. Checks at phase + 30 s k. */
static void test_checks_in_a_row(void) {
  struct fixture f = loss("", "'dns': { 'policy': 'geo', 'check': {} },", "10h", "3000s");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_AVAILABILITY);
  const struct dns_record *d = record(w);
  sim_time phase = d->checks[1].checking.phase, check = phase + 30 * SIM_S;
  struct container *eu = NULL;
  for (uint32_t i = 0; i < w->container_count; i++)
    if (container_region(w, &w->containers[i]) == 1) eu = &w->containers[i];
  struct node *n = &w->nodes[eu->node];
  static const struct {
    double from_s, until_s; /* since the first check that is looked at */
    bool lost;
  } rows[] = {
      {1, 29, false},    /* between two checks */
      {59, 119, false},  /* two checks fail */
      {149, 209, false}, /* two */
      {211, 239, false}, /* the check at 210 s has passed, the next at 240 s */
      {299, 361, true},  /* checks at 300, 330 and 360 s */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    calendar_run(w->calendar, check + (sim_time)(rows[i].from_s * 1e9));
    node_fails(w, n, DISK_KEPT);
    calendar_run(w->calendar, check + (sim_time)(rows[i].until_s * 1e9));
    test_check((d->healthy >> 1 & 1) == !rows[i].lost, "%g to %g s: %s", rows[i].from_s, rows[i].until_s,
               rows[i].lost ? "not announced" : "announced");
    node_returns(w, n);
  }
  /* it is back at 361 s; checks at 390, 420 and 450 s pass */
  calendar_run(w->calendar, check + 449 * SIM_S);
  test_check(!(d->healthy >> 1 & 1), "healthy too early");
  calendar_run(w->calendar, check + 450 * SIM_S + 1);
  test_check(d->healthy >> 1 & 1, "healthy after three checks");
  world_free(w);
  fixture_close(&f);
}

/* --- what is there answers ---------------------------------------------------------------------------------------------------------- */

/* Kubernetes takes the pods of the lost node out of the rotation; the other machine of the region, which has none, makes its load
 * balancer answer at once: no backend. Where no machine is left the client waits for its connect time-out. */
static void test_no_backend(void) {
  for (int lives = 0; lives < 2; lives++) {
    struct fixture f = fixture_of(
        "{ 'aguanta': 1, 'name': 'n', 'traffic': { 'us': { 'kind': 'open', 'rate': '50/s', 'region': 'us', 'mix': { 'u': 1 } } }, "
        "'endpoints': { 'u': { 'entry': 'a', 'steps': [ { 'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2, "
        "'place': ['nu', 'ne'], 'connect_timeout': '1s' }, 'b': { 'kind': 'app', 'place': 'nb' } }, 'dns': { 'policy': 'geo', "
        "'check': '1h', 'ttl': '1h' }, 'platform': { 'kind': 'kubernetes', 'regions': { 'us': {}, 'eu': {} }, 'network': { "
        "'round_trip': { 'us-eu': '80ms' } }, 'nodes': { 'nu': { 'cpu': 4, 'region': 'us' }, 'nb': { 'cpu': 4, 'region': '%s' }, "
        "'ne': { 'cpu': 4, 'region': 'eu' } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': 'nu', 'at': '100s', 'repair': "
        "'10h' } }, 'run': { 'warmup': '0s', 'window': '1000s', 'windows': 1 } }",
        lives ? "us" : "eu");
    struct world *w = fixture_run(&f, 1, "no backend");
    uint64_t at_once = ended_of(w, 0, OUTCOME_NO_BACKEND), late = ended_of(w, 0, OUTCOME_UNREACHABLE);
    if (lives)
      test_check(at_once > 50 * 800 && late > 50 * 20 && late < 50 * 80, "%llu at once, %llu after the connect time-out",
                 (unsigned long long)at_once, (unsigned long long)late);
    else
      test_check(!at_once && late > 50 * 880, "%llu at once, %llu after the connect time-out", (unsigned long long)at_once,
                 (unsigned long long)late);
    world_free(w);
    fixture_close(&f);
  }
}

/* Connections die with their region; those that were opened to another one survive that the answer changes back. */
static void test_connections_stay(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'k', 'traffic': { 'us': { 'kind': 'closed', 'population': 20, 'think': '1s', 'region': 'us', 'mix': "
      "{ "
      "'u': 1 }, 'connection': { 'requests': 'unlimited', 'idle': 'never' } } }, 'endpoints': { 'u': { 'entry': 'a', 'steps': [ { "
      "'cpu': '1ms' } ] } }, 'services': { 'a': { 'kind': 'app', 'replicas': 2 } }, 'dns': { 'policy': 'failover', 'order': [ "
      "'us', "
      "'eu' ], 'check': {} }, 'platform': { 'kind': 'static', 'regions': { 'us': {}, 'eu': {} }, 'network': { 'round_trip': { "
      "'us-eu': '80ms' } }, 'nodes': { 'nu': { 'cpu': 4, 'region': 'us' }, 'ne': { 'cpu': 4, 'region': 'eu' } } }, 'faults': { "
      "'loss': { 'kind': 'node', 'nodes': 'nu', 'at': '100s', 'repair': '400s' } }, 'run': { 'warmup': '0s', 'window': '3000s', "
      "'windows': 1 } }");
  struct world *w = world_new(&f.scenario->model, 1, 0, WORLD_TRAFFIC);
  const struct client_network *n = &world_sources(w)->each[0].network;
  calendar_run(w->calendar, 90 * SIM_S);
  uint32_t at[2] = {0, 0};
  for (uint32_t i = 0; i < 20; i++) at[n->connections[i].edge]++;
  test_check(at[0] == 20, "%u connections lead to us", at[0]);
  /* us is lost, and its connections with it; all but stragglers move. It is answered again from 560 to 590 s on, for new
   * connections: those to eu live and stay. */
  calendar_run(w->calendar, 480 * SIM_S);
  uint32_t moved = 0;
  for (uint32_t i = 0; i < 20; i++) moved += n->connections[i].edge == 1;
  test_check(moved >= 17, "%u have moved", moved);
  calendar_run(w->calendar, 2900 * SIM_S);
  test_check(dns_share(w, 0, 0, 0, DNS_APART_FROM_STRAGGLERS) == 1, "us is answered again");
  uint32_t stayed = 0;
  for (uint32_t i = 0; i < 20; i++) stayed += n->connections[i].edge == 1;
  test_check(stayed == moved, "%u of %u have stayed with their connection", stayed, moved);
  world_free(w);
  fixture_close(&f);
}

/* --- the one that is left ------------------------------------------------------------------------------------------------------------ */

/* 500/s in each region, each able to do 800/s: after the loss eu is asked for 1,000/s and can do 800/s. Of 16 threads with 20 ms each
 * and a backlog of 100 the rest is rejected: from 300 s to 400 s about 970/s come, all but the stragglers, and 800/s are answered. */
static void test_both_loads(void) {
  struct fixture f = fixture_of(
      "{ 'aguanta': 1, 'name': 'both', 'traffic': { 'us': { 'kind': 'open', 'rate': '500/s', 'region': 'us', 'mix': { 'p': 1 } }, "
      "'eu': { 'kind': 'open', 'rate': '500/s', 'region': 'eu', 'mix': { 'p': 1 } } }, 'endpoints': { 'p': { 'entry': 'a', "
      "'steps': "
      "[ { 'cpu': '10ms' } ] } }, 'services': { 'a': { 'kind': 'proxy', 'runtime': 'threads', 'threads': 8, 'replicas': 2, "
      "'backlog': "
      "100, 'connect_timeout': '1s' } }, 'dns': { 'policy': 'geo', 'check': {} }, 'platform': { 'kind': 'static', 'regions': { "
      "'us': "
      "{}, 'eu': {} }, 'network': { 'round_trip': { 'us-eu': '80ms' } }, 'nodes': { 'nu': { 'cpu': 8, 'region': 'us' }, 'ne': { "
      "'cpu': 8, 'region': 'eu' } } }, 'faults': { 'loss': { 'kind': 'node', 'nodes': 'nu', 'at': '50s', 'repair': '10h' } }, "
      "'run': "
      "{ 'warmup': '0s', 'window': '400s', 'windows': 4 } }");
  struct world *w = fixture_run(&f, 1, "both");
  const struct endpoint_window *before = &w->observation.endpoints[0].windows[0], *after = &w->observation.endpoints[0].windows[3];
  double answered = (double)after->ended[OUTCOME_COMPLETED] / 100, rejected = (double)after->ended[OUTCOME_REJECTED] / 100;
  test_check(!before->ended[OUTCOME_REJECTED], "rejected before the loss");
  test_check(fabs(answered - 800) < 4 && fabs(rejected - 185) < 15, "%.1f/s are answered and %.1f/s rejected", answered, rejected);
  world_free(w);
  fixture_close(&f);
}

static const struct test_case cases[] = {{"round_trips", test_round_trips},
                                         {"odd_trips", test_odd_trips},
                                         {"checks", test_checks},
                                         {"drift", test_drift},
                                         {"lost_without_requests", test_lost_without_requests},
                                         {"lost_with_requests", test_lost_with_requests},
                                         {"without_dns", test_without_dns},
                                         {"anycast", test_anycast},
                                         {"weight", test_weight},
                                         {"failover", test_failover},
                                         {"fail_back", test_fail_back},
                                         {"back_with_requests", test_back_with_requests},
                                         {"checks_in_a_row", test_checks_in_a_row},
                                         {"no_backend", test_no_backend},
                                         {"connections_stay", test_connections_stay},
                                         {"both_loads", test_both_loads},
                                         {NULL, NULL}};
const struct test_suite suite_dns = {"dns", cases};
