/* The workloads. Windows are short against what the precision takes, so that the program has to choose some tens of
 * replications; they are long against the relaxation time, except in the rows that are named for being short.
 *
 * Exact values: M/M/1 from its exponential sojourn (mean 1 / (mu - lambda)), M/M/c from Erlang's C, two-state units from their
 * transient solution, others from tests/oracle. Latency and losses of the flash crowd: Kolmogorov's equations of M(t)/M/8(/24),
 * Runge-Kutta with steps of 0.01 and 0.005 (the oracle's numbers inside come out to nine digits), an arrival that finds n
 * inside staying 1 + max(0, n - 7) / 8 in the mean. */
#include "tests/coverage/coverage.h"

#define MM1          "tests/oracle/mm1-rho80.json"
#define MM100        "tests/oracle/mmc-100-qed-wait.json"
#define MM1K         "tests/oracle/mm1k-rho90-K10.json"
#define CROWD        "tests/oracle/mtms-spike-8.json"
#define UNIT         "tests/oracle/avail-1unit-720-4.json"
#define CHOSEN       "run.warmup=auto", "run.replications=10", "run.windows=1"
#define SERVERS_1000 "traffic.web.rate=950/s", "services.server.threads=1000", "platform.nodes.box.cpu=1000"
#define YEARLY       "faults.outage.mtbf=8760h"
#define LOGNORMAL    "run.years_per_replication=10", "faults.outage.repair={\"lognormal\": {\"median\": \"2h\", \"p90\": \"8h\"}}"
#define CLAIM(text)  "claims=[\"" text "\"]"

#define OF_MM1_80                                                                                                                  \
  {                                                                                                                                \
    {"mean(all.latency)", 5, 0}, {"mean(inside)", 4, 0}, { "utilization(box.cpu)", 0.8, 0 }                                        \
  }
#define OF_MM1_90                                                                                                                  \
  {                                                                                                                                \
    {"mean(all.latency)", 10, 0}, {"mean(inside)", 9, 0}, { "utilization(box.cpu)", 0.9, 0 }                                       \
  }
#define OF_MM1000                                                                                                                  \
  {                                                                                                                                \
    {"mean(all.latency)", 1.0013650683075428, 0}, {"mean(inside)", 951.2968148921657, 0}, { "utilization(box.cpu)", 0.95, 0 }      \
  }
#define OF_CENTRAL                                                                                                                 \
  {                                                                                                                                \
    {"mean(all.latency)", 4.000141145, 0}, {"rate(job)", 2.499911787, 0}, { "utilization(disk1-box.cpu)", 0.3499876502, 0 }        \
  }
#define OF_CROWD                                                                                                                   \
  {                                                                                                                                \
    {"inside(22s)", 21.34812991, 0}, {"inside(30s)", 85.35724236, 0}, {"inside(50s)", 13.4461091, TEN}, {                          \
      "inside(70s)", 4.071670209, 0                                                                                                \
    }                                                                                                                              \
  }
#define OF_MM1K                                                                                                                    \
  {                                                                                                                                \
    {"error_rate(all)", 0.00048851978505129456, CLUSTERS}, { "mean(all.latency)", 1.990224828934506, 0 }                           \
  }
#define OF_UNIT_720                                                                                                                \
  {"availability(year)", 0.994477646951583, 0}, { "rto(outage)", 14400, 0 }
#define OF_UNIT_8760                                                                                                               \
  {"availability(year)", 0.999543795715471, FEW}, { "rto(outage)", 14400, 0 }
#define OF_LOGNORMAL                                                                                                               \
  {"availability(year)", 0.9995903234158247, FEW}, { "rto(outage)", 12924.855769368649, 0 }

static const char CLUSTERS[] = "losses come in clusters whose size a few of them do not tell: the cautious side is taken",
                  FEW[] = "few outages: the upper bound is cautious", WIDE[] = "20% is too wide for a skewed mean",
                  SHORT[] = "the window is too short: most runs must refuse", TEN[] = "few replications of a skewed number",
                  LIMIT[] = "the claim's limit is near the true value: runs that are decided early are those that err";

const struct coverage_row coverage_rows[] = {
    {"mm1-80", "M/M/1 at 0.8, to 5%", MM1, {CHOSEN, "run.window=4000s", "run.precision=5%"}, 1, true, false, OF_MM1_80},
    {"mm1-80-fine", "the same, to 2%", MM1, {CHOSEN, "run.window=16000s", "run.precision=2%"}, 0.2, false, false, OF_MM1_80},
    {"mm1-80-coarse",
     "the same, to 20%",
     MM1,
     {CHOSEN, "run.window=2000s", "run.precision=20%"},
     1,
     true,
     false,
     {{"mean(all.latency)", 5, WIDE}, {"mean(inside)", 4, WIDE}}},
    {"mm1-80-fixed",
     "the same, 10 replications",
     MM1,
     {CHOSEN, "run.window=20000s"},
     1,
     false,
     false,
     {{"mean(all.latency)", 5, 0}, {"mean(inside)", 4, 0}, {"rate(all)", 0.8, 0}}},
    {"mm1-90",
     "M/M/1 at 0.9, to 7%",
     MM1,
     {CHOSEN, "traffic.web.rate=0.9/s", "run.window=16000s", "run.precision=7%"},
     1,
     false,
     false,
     OF_MM1_90},
    {"batches",
     "M/M/1 at 0.8, batches, to 5%",
     MM1,
     {CHOSEN, "run.window=2000s", "run.precision=5%", "run.method=batches"},
     1,
     false,
     false,
     OF_MM1_80},
    {"batches-20",
     "the same, one look at 20 batches",
     MM1,
     {CHOSEN, "run.window=4000s", "run.method=batches"},
     1,
     false,
     false,
     OF_MM1_80},
    {"mh21",
     "M/H2/1 at 0.8, to 7%",
     "tests/oracle/mg1-h2-scv4-rho80.json",
     {CHOSEN, "run.window=16000s", "run.precision=7%"},
     1,
     false,
     false,
     {{"mean(all.latency)", 11, 0}, {"mean(inside)", 8.8, 0}}},
    {"mm1-ps",
     "M/M/1-PS at 0.8, to 5%",
     "tests/oracle/mm1ps-rho80.json",
     {CHOSEN, "run.window=4000s", "run.precision=5%"},
     1,
     false,
     false,
     OF_MM1_80},
    {"central",
     "closed central server, to 1%",
     "tests/oracle/closed-central-server-10.json",
     {CHOSEN, "run.window=200s", "run.precision=1%"},
     1,
     true,
     false,
     OF_CENTRAL},
    {"erlang-a",
     "M/M/10+M at load 1, 10 replications",
     "tests/oracle/erlanga-10-crit.json",
     {CHOSEN, "run.window=1000s"},
     1,
     true,
     false,
     {{"mean(inside)", 11.03913212, 0}, {"rate(all)", 8.960867877, 0}, {"error_rate(all)", 0.1039132123, 0}}},
    {"percentiles",
     "M/M/1 at 0.5, p99 to 5%",
     MM1,
     {CHOSEN, "traffic.web.rate=0.5/s", "run.window=4000s", "run.precision=5%"},
     1,
     true,
     false,
     {{"p99(all.latency)", 9.210340371976184, 0},
      {"p95(all.latency)", 5.991464547107982, 0},
      {"p50(all.latency)", 1.3862943611198906, 0},
      {"mean(all.latency)", 2, 0}}},
    {"percentile-rare",
     "the same, p99.9 as soon as it may be told",
     MM1,
     {CHOSEN, "traffic.web.rate=0.5/s", "run.window=40000s", CLAIM("p99.9(all.latency) < 20s")},
     0.3,
     false,
     false,
     {{"p99.9(all.latency)", 13.815510557964274, TEN}, {"mean(all.latency)", 2, 0}}},
    {"crowd-10", "flash crowd, 10 replications", CROWD, {"run.replications=10"}, 1, true, false, OF_CROWD},
    {"crowd-50", "the same, 50 replications", CROWD, {"run.replications=50"}, 1, true, false, OF_CROWD},
    {"crowd",
     "the same, to 5%",
     CROWD,
     {"run.replications=10", "run.precision=5%"},
     1,
     true,
     false,
     {{"mean(all.latency)", 3.9294627674048117, 0}, {"inside(30s)", 85.35724236, 0}}},
    {"crowd-bounded",
     "flash crowd, queue of 16, 30 replications",
     "tests/oracle/mtmsk-spike-bounded.json",
     {"run.replications=30"},
     1,
     true,
     false,
     {{"error_rate(all)", 0.22191543098520805, 0},
      {"mean(all.latency)", 1.7303431857547895, 0},
      {"inside(25s)", 22.96396036, 0},
      {"inside(40s)", 4.135426434, 0}}},
    {"loss-few",
     "M/M/1/10 at 0.5, 2.4 losses expected",
     MM1K,
     {CHOSEN, "traffic.web.rate=0.5/s", "run.window=1000s"},
     1,
     true,
     false,
     OF_MM1K},
    {"loss-some", "the same, 12 losses", MM1K, {CHOSEN, "traffic.web.rate=0.5/s", "run.window=5000s"}, 1, true, false, OF_MM1K},
    {"loss-many",
     "the same, 100 losses",
     MM1K,
     {CHOSEN, "traffic.web.rate=0.5/s", "run.window=40000s"},
     0.5,
     false,
     false,
     OF_MM1K},
    {"unit-10",
     "unit up 720 h, down 4 h: 10 years",
     UNIT,
     {"run.years=10"},
     1,
     true,
     false,
     {OF_UNIT_720, {"downtime(year)", 48.37581270413 * 3600, 0}}},
    {"unit-2", "the same, 2 years", UNIT, {"run.years=2"}, 1, true, false, {OF_UNIT_720}},
    {"rare-10", "up 8760 h, down 4 h: 10 years", UNIT, {"run.years=10", YEARLY}, 1, true, false, {OF_UNIT_8760}},
    {"rare-3", "the same, 3 years", UNIT, {"run.years=3", YEARLY}, 1, true, true, {OF_UNIT_8760}},
    {"rare-ln-10",
     "the same, lognormal repair: 10 years",
     UNIT,
     {"run.years=10", YEARLY, LOGNORMAL},
     1,
     true,
     false,
     {OF_LOGNORMAL}},
    {"rare-ln-200", "the same, 200 years", UNIT, {"run.years=200", YEARLY, LOGNORMAL}, 1, true, false, {OF_LOGNORMAL}},
    {"short-80-1",
     "M/M/1 at 0.8, window of 1 relaxation time",
     MM1,
     {CHOSEN, "run.window=90s"},
     0.5,
     true,
     true,
     {{"mean(all.latency)", 5, SHORT}, {"utilization(box.cpu)", 0.8, SHORT}}},
    {"short-80-5",
     "the same, 5 relaxation times, to 10%",
     MM1,
     {CHOSEN, "run.window=450s", "run.precision=10%"},
     1,
     false,
     false,
     OF_MM1_80},
    {"short-90-1",
     "M/M/1 at 0.9, window of 1 relaxation time",
     MM1,
     {CHOSEN, "traffic.web.rate=0.9/s", "run.window=380s"},
     0.5,
     true,
     true,
     {{"mean(all.latency)", 10, SHORT}, {"utilization(box.cpu)", 0.9, SHORT}}},
    {"short-90-5",
     "the same, 5 relaxation times",
     MM1,
     {CHOSEN, "traffic.web.rate=0.9/s", "run.window=1900s"},
     0.5,
     false,
     false,
     {{"mean(all.latency)", 10, WIDE}, {"mean(inside)", 9, WIDE}}},
    {"thousand-2",
     "M/M/1000 at 0.95, window of 2 service times",
     MM100,
     {CHOSEN, SERVERS_1000, "run.window=2s"},
     0.1,
     false,
     true,
     OF_MM1000},
    {"thousand-10", "the same, 10 service times", MM100, {CHOSEN, SERVERS_1000, "run.window=10s"}, 0.1, false, false, OF_MM1000},
    {"thousand-50", "the same, 50 service times", MM100, {CHOSEN, SERVERS_1000, "run.window=50s"}, 0.1, false, false, OF_MM1000},
    {"claim-at",
     "M/M/1 at 0.8, claim mean < 5 s: the true value",
     MM1,
     {CHOSEN, "run.window=4000s", CLAIM("mean(all.latency) < 5s")},
     1,
     true,
     false,
     {{"mean(all.latency)", 5, 0}}},
    {"claim-1",
     "the same, limit 1% off",
     MM1,
     {CHOSEN, "run.window=4000s", CLAIM("mean(all.latency) < 5.05s")},
     1,
     false,
     false,
     {{"mean(all.latency)", 5, LIMIT}}},
    {"claim-5",
     "the same, limit 5% off",
     MM1,
     {CHOSEN, "run.window=4000s", CLAIM("mean(all.latency) < 5.25s")},
     1,
     false,
     false,
     {{"mean(all.latency)", 5, LIMIT}}},
};

const uint32_t coverage_row_count = sizeof coverage_rows / sizeof *coverage_rows;
