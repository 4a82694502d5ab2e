/* A result as a planner would meet it, made by hand: the ticket platform on one server, at its evening peak. Figures are
 * invented but consistent: the breakdown adds up to the mean latency. For the tests of sim/report. */
#ifndef REPORT_FIXTURE_H
#define REPORT_FIXTURE_H
#include "sim/measure/results.h"
#include <string.h>

#define COUNT(a) (uint32_t)(sizeof(a) / sizeof *(a))
#define EST(v, l, h, k)                                                                                                            \
  { .value = (v), .low = (l), .high = (h), .n = (k) }

static struct metric fixture_metrics[] = {
    {"list.latency", "mean", NULL, NULL, UNIT_SECONDS, EST(0.0142, 0.0139, 0.0145, 2419752), NULL},
    {"list.latency", "p50", NULL, NULL, UNIT_SECONDS, EST(0.0118, 0.0116, 0.0120, 2419752), NULL},
    {"list.latency", "p90", NULL, NULL, UNIT_SECONDS, EST(0.0251, 0.0243, 0.0259, 2419752), NULL},
    {"list.latency", "p95", NULL, NULL, UNIT_SECONDS, EST(0.0314, 0.0301, 0.0327, 2419752), NULL},
    {"list.latency", "p99", NULL, NULL, UNIT_SECONDS, EST(0.0523, 0.0491, 0.0555, 2419752), NULL},
    {"list.latency", "p99.9", NULL, NULL, UNIT_SECONDS, EST(0.0884, 0.0801, 0.0967, 2419752), NULL},
    {"event.latency", "mean", NULL, NULL, UNIT_SECONDS, EST(0.0412, 0.0404, 0.0420, 864197), NULL},
    {"event.latency", "p50", NULL, NULL, UNIT_SECONDS, EST(0.0310, 0.0306, 0.0314, 864197), NULL},
    {"event.latency", "p90", NULL, NULL, UNIT_SECONDS, EST(0.0782, 0.0761, 0.0803, 864197), NULL},
    {"event.latency", "p95", NULL, NULL, UNIT_SECONDS, EST(0.1040, 0.1001, 0.1079, 864197), NULL},
    {"event.latency", "p99", NULL, NULL, UNIT_SECONDS, EST(0.1824, 0.1761, 0.1888, 864197), NULL},
    {"event.latency", "p99.9", NULL, NULL, UNIT_SECONDS, EST(0.3412, 0.2950, 0.3874, 864197), NULL},
    {"buy.latency", "mean", NULL, NULL, UNIT_SECONDS, EST(0.512, 0.501, 0.523, 172840), NULL},
    {"buy.latency", "p50", NULL, NULL, UNIT_SECONDS, EST(0.391, 0.386, 0.396, 172840), NULL},
    {"buy.latency", "p90", NULL, NULL, UNIT_SECONDS, EST(0.884, 0.852, 0.916, 172840), NULL},
    {"buy.latency", "p95", NULL, NULL, UNIT_SECONDS, EST(1.214, 1.150, 1.278, 172840), NULL},
    {"buy.latency", "p99", NULL, NULL, UNIT_SECONDS, EST(1.924, 1.807, 2.041, 172840), NULL},
    {"buy.latency", "p99.9", NULL, NULL, UNIT_SECONDS, EST(3.31, NAN, NAN, 172840), NULL},
    {"backend.utilization", "mean", NULL, NULL, UNIT_RATIO, EST(0.684, 0.671, 0.697, 24), NULL},
    {"buy.errors", "error_rate", "cause", "timeout", UNIT_RATIO, EST(0.00231, 0.00208, 0.00256, 172840), NULL},
};

static struct claim_result fixture_claims[] = {
    {"latency-mean", "mean(backend.latency) in 100ms..200ms", "P-2", "stated for the backend alone", CLAIM_STATEMENT, SEVERITY_MUST,
     VERDICT_UNDECIDED, UNIT_SECONDS, EST(0.1951, 0.1840, 0.2062, 24), 12, NULL, 0.1, 0.2, NULL, NULL, false},
    {"event-p95", "p95(event.latency) over peak(15m) < 400ms", "P-8", NULL, CLAIM_REQUIREMENT, SEVERITY_MUST, VERDICT_PASS,
     UNIT_SECONDS, EST(0.1204, 0.1151, 0.1257, 24), 0, NULL, -INFINITY, 0.4, NULL, NULL, false},
    {"buy-p99", "p99(buy.latency) < 800ms", "P-8", NULL, CLAIM_REQUIREMENT, SEVERITY_MUST, VERDICT_FAIL, UNIT_SECONDS,
     EST(1.924, 1.807, 2.041, 172840), 0, NULL, -INFINITY, 0.8, NULL, NULL, false},
    {"errors", "error_rate(buy) < 0.5%", "P-9", NULL, CLAIM_REQUIREMENT, SEVERITY_MUST, VERDICT_PASS, UNIT_RATIO,
     EST(0.00231, 0.00208, 0.00256, 172840), 0, NULL, -INFINITY, 0.005, NULL, NULL, false},
    {"uptime", "availability(year) >= 99.9%", NULL, NULL, CLAIM_REQUIREMENT, SEVERITY_MUST, VERDICT_FAIL, UNIT_RATIO,
     EST(0.99874, 0.99861, 0.99887, 2000), 0, NULL, 0.999, INFINITY, NULL, NULL, false},
    {"money",
     "cost(month) <= 40 USD",
     "budget",
     NULL,
     CLAIM_REQUIREMENT,
     SEVERITY_SHOULD,
     VERDICT_PASS,
     UNIT_CURRENCY,
     {.value = 31.49, .low = 31.49, .high = 31.49, .exact = true},
     0,
     NULL,
     -INFINITY,
     40,
     NULL,
     NULL,
     false},
    {"queries", "rate(mysql.queries) in 1000/s..3000/s", "P-3", NULL, CLAIM_STATEMENT, SEVERITY_MUST, VERDICT_CONTRADICTED,
     UNIT_PER_SECOND, EST(231, 228, 234, 24), 0, NULL, 1000, 3000, NULL, NULL, false},
    {"limit", "saturation(all) in 50/s..150/s", "P-1", NULL, CLAIM_STATEMENT, SEVERITY_MUST, VERDICT_BETTER, UNIT_PER_SECOND,
     EST(219, NAN, NAN, 24), 0, NULL, 50, 150, NULL, NULL, false},
    {"loop", "utilization(backend.threads) < 60%", NULL, NULL, CLAIM_REQUIREMENT, SEVERITY_SHOULD, VERDICT_FAIL, UNIT_RATIO,
     EST(0.684, 0.671, 0.697, 24), 0, NULL, -INFINITY, 0.6, NULL, NULL, false},
    {"rpo", "rpo(server_loss) < 24h for 95%", NULL, NULL, CLAIM_INFO, SEVERITY_MUST, VERDICT_NONE, UNIT_SECONDS,
     EST(NAN, NAN, NAN, 0), 0, "no backup is configured, so nothing can be restored", -INFINITY, 86400, NULL, NULL, false},
};

static struct breakdown fixture_breakdown[] = {
    {"list", "backend", "service", 0.0081, 0.0150},
    {"list", "backend", "queue", 0.0032, 0.0290},
    {"list", "redis", "service", 0.0004, 0.0005},
    {"list", "client network", "network", 0.0025, 0.0025},
    {"event", "backend", "queue", 0.0101, 0.0930},
    {"event", "backend", "service", 0.0120, 0.0311},
    {"event", "mysql", "service", 0.0148, 0.0402},
    {"event", "mysql", "lock", 0.0003, 0.0041},
    {"event", "client network", "network", 0.0040, 0.0040},
    {"buy", "backend", "queue", 0.0670, 1.6160},
    {"buy", "payments", "external", 0.3860, 0.1700},
    {"buy", "mysql", "lock", 0.0290, 0.0900},
    {"buy", "mysql", "service", 0.0110, 0.0210},
    {"buy", "backend", "service", 0.0150, 0.0230},
    {"buy", "client network", "network", 0.0040, 0.0040},
};

static struct saturation fixture_saturation[] = {
    {"backend event loop", EST(0.684, 0.671, 0.697, 24), 146.2, false, false, NULL, NULL, NULL},
    {"mysql CPU", EST(0.341, 0.334, 0.348, 24), 293.0, false, false, NULL, NULL, NULL},
    {"server CPU", EST(0.297, 0.291, 0.303, 24), 336.0, false, false, NULL, NULL, NULL},
    {"backend to mysql pool", EST(0.142, 0.137, 0.147, 24), 704.0, false, false, NULL, NULL, NULL},
    {"nginx", EST(0.0111, 0.0109, 0.0113, 24), 9010.0, false, false, NULL, NULL, NULL},
};

static struct error_cause fixture_errors[] = {
    {"event", "timeout", 0, EST(0, 0, NAN, 864197)},
    {"buy", "timeout", 399, EST(0.00231, 0.00208, 0.00256, 172840)},
    {"buy", "external", 2593, EST(0.0150, 0.01443, 0.01559, 172840)},
};

static struct bill_line fixture_lines[] = {
    {"1 x server (vps-4-8)", "vps-4-8", "provider price list, 2026-03", 1, 24.00, 24.00, "node-month", 24.00, 24.00, 24.00},
    {"egress beyond the free pool", "egress", "docs, 2026-03", 249, 0.01, 2.49, "GB", 2.49, 2.49, 2.49},
    {"backup storage", "backup", "provider price list, 2026-03", 50, 0.10, 5.00, "GB-month", 5.00, 5.00, 5.00},
};

static const double fixture_phase_s[] = {60, 11100};
static const char *const fixture_phases[] = {"start", "repair"};
static struct outage_class fixture_classes[] = {
    {"server_loss", 2041, 2041, 1.02, EST(11160, 10800, 11520, 2041), 7200, 29160, 111600, 11383, 0, EST(0, 0, 0, 0), 0, 0, NULL,
     0.286, false, 2, fixture_phase_s, fixture_phases},
    {"mysql_crash", 8120, 8011, 4.06, EST(41.2, 40.4, 42.0, 8011), 38.1, 71, 240, 165, 0, EST(0, 0, 0, 0), 0, 0, NULL, 0.004, false,
     0, NULL, NULL},
    {"deployment", 104000, 104000, 52, EST(6.1, 6.05, 6.15, 104000), 5.8, 9.9, 14.2, 317, 0, EST(0, 0, 0, 0), 0, 0, NULL, 0.008,
     true, 0, NULL, NULL},
};
static const char *const fixture_endpoints[] = {"list", "event", "buy"};
#define FIXTURE_LIFE                                                                                                               \
  {                                                                                                                                \
    .outages = 114000, .per_year = EST(57, 56.7, 57.3, 114000), .mtbf = EST(553200, 550300, 556200, 114000), .length_s = 697,      \
    .first = EST(560000, 450000, 710000, 40), .pieces = 40, .firsts = 40                                                           \
  }
static const struct outage_life fixture_lives[] = {FIXTURE_LIFE, FIXTURE_LIFE, FIXTURE_LIFE, FIXTURE_LIFE};
static struct latency_row fixture_latencies[] = {{"list", "list", NULL}, {"event", "event", NULL}, {"buy", "buy", NULL}};
static const struct estimate fixture_up[] = {EST(0.99875, 0.99862, 0.99888, 2000), EST(0.99874, 0.99861, 0.99887, 2000),
                                             EST(0.99869, 0.99856, 0.99882, 2000)};

static struct stated_value fixture_assumptions[] = {
    {"endpoints.buy.steps.0.cpu", "9ms", "assumed"},
    {"services.payments.latency", "lognormal, median 300ms", "provider's status page, 2025"},
};

static const char *fixture_notes[] = {"the backend's event loop is above 65% busy in the measured window, so that a percentile "
                                      "moves much with a small change of load; "
                                      "read the intervals before the values."};

enum { FIXTURE_POINTS = 41, FIXTURE_WINDOWS = 60 };

/* Percentile curves: straight on the axis of nines between the percentiles that the metrics have. */
static double fixture_quantile(const char *endpoint, double nines) {
  static const double at[] = {0.30103, 1, 1.30103, 2, 3};
  const struct metric *first = fixture_metrics;
  char name[40];
  snprintf(name, sizeof name, "%s.latency", endpoint);
  while (strcmp(first->name, name)) first++;
  if (nines <= at[0]) return first[1].estimate.value * (0.6 + 0.4 * nines / at[0]);
  int i = 0;
  while (i < 3 && nines > at[i + 1]) i++;
  double a = log(first[1 + i].estimate.value), b = log(first[2 + i].estimate.value);
  return exp(a + (b - a) * (nines - at[i]) / (at[i + 1] - at[i]));
}

static struct latency_curve *fixture_curves(void) {
  static struct latency_curve curves[3];
  static double share[3][FIXTURE_POINTS], latency[3][FIXTURE_POINTS];
  for (uint32_t e = 0; e < 3; e++) {
    for (int i = 0; i < FIXTURE_POINTS; i++) {
      double nines = 3.0 * i / (FIXTURE_POINTS - 1);
      share[e][i] = 1 - pow(10, -nines), latency[e][i] = fixture_quantile(fixture_endpoints[e], nines);
    }
    curves[e] = (struct latency_curve){fixture_endpoints[e], FIXTURE_POINTS, share[e], latency[e]};
  }
  return curves;
}

/* A ticket sale at minute 20: offered load jumps, served load saturates, p99 and errors follow, replicas step up. */
static struct result_series *fixture_series(void) {
  static double t[FIXTURE_WINDOWS], v[6][3][FIXTURE_WINDOWS];
  static struct result_series series[5];
  static const struct {
    const char *metric, *label;
    enum unit unit;
  } kinds[] = {{"offered", NULL, UNIT_PER_SECOND},
               {"completed", NULL, UNIT_PER_SECOND},
               {"errors", NULL, UNIT_PER_SECOND},
               {"latency.p99", "buy", UNIT_SECONDS},
               {"replicas", "backend", UNIT_COUNT}};
  for (int i = 0; i < FIXTURE_WINDOWS; i++) {
    double offered = i < 20 ? 90 + 5 * sin(i) : 90 + 220 * exp(-(i - 20) / 9.0), capacity = i < 24 ? 145 : i < 30 ? 220 : 290;
    double served = offered < capacity ? offered : capacity;
    double values[] = {offered, served, offered - served, 0.4 + (offered - served) * 0.08, i < 24 ? 1 : i < 30 ? 2 : 3};
    t[i] = 60.0 * i;
    for (int k = 0; k < 5; k++) v[k][0][i] = values[k], v[k][1][i] = values[k] * 0.95, v[k][2][i] = values[k] * 1.05;
  }
  for (int k = 0; k < 5; k++)
    series[k] =
        (struct result_series){kinds[k].metric, kinds[k].label, kinds[k].unit, FIXTURE_WINDOWS, t, v[k][0], v[k][1], v[k][2], NULL};
  return series;
}

static struct results fixture_results(void) {
  return (struct results){
      .scenario_name = "platform-compose",
      .scenario_title = "Ticket platform on one server, evening peak",
      .scenario_file = "scenarios/platform/compose.jsonc",
      .scenario_hash = 0x1234abcd,
      .engine = "0.1.0",
      .seed_text = "42",
      .replications = 24,
      .requests = 3456789,
      .window_s = 7200,
      .warmup_s = 600,
      .resolved = "{\"aguanta\": 1, \"name\": \"platform-compose\"}",
      .metric_count = COUNT(fixture_metrics),
      .metrics = fixture_metrics,
      .claim_count = COUNT(fixture_claims),
      .claims = fixture_claims,
      .breakdown_count = COUNT(fixture_breakdown),
      .breakdown = fixture_breakdown,
      .saturation_count = COUNT(fixture_saturation),
      .saturation = fixture_saturation,
      .error_count = COUNT(fixture_errors),
      .errors = fixture_errors,
      .curve_count = 3,
      .curves = fixture_curves(),
      .series_count = 5,
      .series = fixture_series(),
      .assumption_count = COUNT(fixture_assumptions),
      .assumptions = fixture_assumptions,
      .endpoint_count = COUNT(fixture_endpoints),
      .endpoints = fixture_endpoints,
      .latency_count = COUNT(fixture_latencies),
      .latencies = fixture_latencies,
      .bill = {.currency = "USD",
               .monthly = 31.49,
               .count = COUNT(fixture_lines),
               .lines = fixture_lines,
               .low = 31.49,
               .high = 31.49,
               .first = 31.49,
               .revenue = NAN,
               .per_1000 = NAN,
               .per_user = NAN,
               .per_order = NAN,
               .hour_down = NAN,
               .down_a_year = NAN},
      .availability = {.present = true,
                       .years = 2000,
                       .availability = EST(0.99874, 0.99861, 0.99887, 2000),
                       .downtime_per_year_s = 39735,
                       .class_count = COUNT(fixture_classes),
                       .classes = fixture_classes,
                       .endpoint_count = COUNT(fixture_endpoints),
                       .endpoints = fixture_endpoints,
                       .endpoint_availability = fixture_up,
                       .part_count = 1,
                       .parts = {{"downtime",
                                  {EST(39735, 35600, 43800, 2000), EST(84000, 80000, 88000, 2000), 36000, 150000, {0}},
                                  {EST(3311, 2970, 3650, 24000), EST(12000, 11000, 13000, 24000), 900, 110000, {0}}}},
                       .lives = fixture_lives,
                       .budget = {.target = 0.999,
                                  .claimed = true,
                                  .year_s = 31536,
                                  .month_s = 2628,
                                  .used = EST(1.26, 1.13, 1.39, 2000),
                                  .year_kept = EST(0.41, 0.39, 0.43, 2000),
                                  .month_kept = EST(0.78, 0.77, 0.79, 24000)},
                       .needs = "three nines need at most 8.76 h a year, and it is 11 h: server_loss must take less"},
      .note_count = COUNT(fixture_notes),
      .notes = fixture_notes,
  };
}

#endif
