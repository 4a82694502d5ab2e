/* The table of measures: all that can be asked of a run, a row each (sim/measure/measure_row.h). Their order is that of the words
 * in messages: of all words, and of what can be taken of a meter. */
#include "models/core/model.h"
#include "models/money/bill.h"
#include "models/cache/cache.h"
#include "sim/measure/law.h"
#include "sim/measure/measure_money.h"
#include "sim/measure/measure_numbers.h"
#include "sim/measure/measure_use.h"
#include "sim/measure/measure_values.h"
#include "sim/measure/measure_years.h"

/* --- what has to be recorded, and what follows from the scenario -------------------------------------------------------------- */

static void records_waits(const struct measure *m, struct model *model) {
  (void)m;
  model->records_waits = true;
}

static void records_use(const struct measure *m, struct model *model) { model->records_use |= m->window.kind != WINDOW_WHOLE; }

static bool looks_by_key(const struct model *m, uint32_t service) { return service_cache(model_service(m, service))->keyed; }

static bool always(const struct model *m) {
  (void)m;
  return true;
}

/* --- what rows have in common ------------------------------------------------------------------------------------------------- */

#define ALL      ASKED_OF(SUBJECT_ALL)
#define ENDPOINT ASKED_OF(SUBJECT_ENDPOINT)
#define SERVICE  ASKED_OF(SUBJECT_SERVICE)
#define NODES    ASKED_OF(SUBJECT_NODES)
#define FAULT    ASKED_OF(SUBJECT_FAULT)
#define METER    ASKED_OF(SUBJECT_METER)
#define REQUESTS (ALL | ENDPOINT)

/* What is taken of values. */
#define PERCENTILE                                                                                                                 \
  .kind.word = "p", .kind.percentage = true, .kind.unit = UNIT_SECONDS, .statistic = statistic_percentile,                         \
  .range = range_of_percentile
#define MEAN .kind.word = "mean", .kind.unit = UNIT_SECONDS, .statistic = statistic_mean
#define SD   .kind.word = "sd", .kind.unit = UNIT_SECONDS, .statistic = statistic_sd
#define MAX  .kind.word = "max", .kind.unit = UNIT_SECONDS, .statistic = statistic_max, .extreme = true
#define SHARE                                                                                                                      \
  .kind.word = "share", .kind.threshold = true, .kind.unit = UNIT_RATIO, .statistic = statistic_share, .range = range_of_share,    \
  .law = law_of_failures

/* Of which values. */
#define LATENCY                                                                                                                    \
  .kind.quantity = QUANTITY_LATENCY, .kind.subjects = REQUESTS | SERVICE, .kind.windows = REQUESTS, .kind.regions = REQUESTS,      \
  .over = over_latencies, .of_requests = true, .steady = true
#define WAIT                                                                                                                       \
  .kind.quantity = QUANTITY_WAIT, .kind.subjects = REQUESTS, .kind.windows = REQUESTS, .kind.regions = REQUESTS,                   \
  .kind.request = records_waits, .over = over_waits, .of_requests = true, .steady = true
#define METER_TIME .kind.quantity = QUANTITY_METER_TIME, .kind.subjects = METER, .over = over_meter_times

#define MONEY(word_)                                                                                                               \
  .kind.word = word_, .kind.argument = ARGUMENT_MONTH, .kind.subjects = ALL, .kind.unit = UNIT_CURRENCY, .count = count_of_requests
#define NO_PRICE   "nothing has a price, or there is more of something than the last tier of its price"
#define NO_REVENUE "\"bill\" has no \"revenue\", or nothing has a price"

#define REPLICAS    .kind.quantity = QUANTITY_REPLICAS, .kind.subjects = SERVICE
#define LEVEL       .kind.quantity = QUANTITY_METER_LEVEL, .kind.subjects = METER, .count = count_of_level
#define METER_COUNT .kind.quantity = QUANTITY_METER_COUNT, .kind.subjects = METER, .kind.windows = METER, .count = count_of_meter
#define UTILIZATION .kind.word = "utilization", .kind.unit = UNIT_RATIO, .kind.request = records_use, .good = -1

static const struct measure_row rows[] = {
    /* --- times of requests --- */
    {PERCENTILE, LATENCY, .good = -1, .compared = REQUESTS, .headlines = REQUESTS, .percentiles = {0.5, 0.95, 0.99},
     .kind.wrong = "takes percentiles of latencies and of endpoints' waits only, such as p99(buy.latency)"},
    {PERCENTILE, WAIT, .good = -1},
    {MEAN, LATENCY, .good = -1, .compared = REQUESTS, .headlines = REQUESTS,
     .kind.wrong = "takes means of a latency, an endpoint's wait, queue, service, pool, network, external, delay or permit, a "
                   "service's replicas, or of \"inside\""},
    {MEAN, WAIT, .good = -1},
    {.kind = {.word = "mean", .quantity = QUANTITY_TIME, .subjects = REQUESTS, .regions = REQUESTS, .unit = UNIT_SECONDS},
     .value = value_attributed,
     .count = count_of_requests,
     .of_requests = true,
     .steady = true,
     .good = -1},
    {.kind.word = "mean", REPLICAS, .kind.windows = SERVICE, .value = value_mean_replicas, .compared = SERVICE},
    {.kind = {.word = "mean", .quantity = QUANTITY_INSIDE, .subjects = ALL, .windows = ALL},
     .value = value_mean_inside,
     .count = count_of_requests,
     .of_requests = true,
     .steady = true,
     .good = -1},
    {SD, LATENCY, .good = -1, .kind.wrong = "is of a latency or of an endpoint's wait, such as buy.wait"},
    {SD, WAIT, .good = -1},
    {MAX, LATENCY, .good = -1, .kind.wrong = "takes the max of a latency, an endpoint's wait or a service's replicas"},
    {MAX, WAIT, .good = -1},
    {.kind.word = "max", REPLICAS, .value = value_max_replicas, .extreme = true},

    /* --- levels of parts of the scenario --- */
    {.kind.word = "mean", LEVEL, .kind.windows = METER, .value = value_level_mean, .compared = METER},
    {.kind.word = "max", LEVEL, .value = value_level_max, .extreme = true},
    {.kind.word = "min",
     LEVEL,
     .value = value_level_min,
     .extreme = true,
     .kind.wrong = "takes the min of levels only, such as min(tickets.left)"},

    /* --- shares of times; times of parts of the scenario --- */
    {SHARE, LATENCY, .good = 1, .kind.wrong = "is of a latency or of an endpoint's wait, such as buy.wait"},
    {SHARE, WAIT, .good = 1},
    {MEAN, METER_TIME, .compared = METER},
    {MAX, METER_TIME},
    {SD, METER_TIME},
    {SHARE, METER_TIME},
    {PERCENTILE, METER_TIME, .compared = METER, .percentiles = {0.95}},

    /* --- numbers of requests, and what parts of the scenario count --- */
    {.kind = {.word = "rate",
              .regions = REQUESTS,
              .subjects = REQUESTS | SERVICE,
              .windows = REQUESTS,
              .unit = UNIT_PER_SECOND,
              .causes = true,
              .wrong = "counts the answers of an endpoint, a service or \"all\""},
     .value = value_rate,
     .count = count_of_requests,
     .law = law_of_rate,
     .of_requests = true,
     .good = 1,
     .compared = REQUESTS,
     .headlines = ALL},
    {.kind = {.word = "count",
              .regions = REQUESTS,
              .subjects = REQUESTS | SERVICE,
              .windows = REQUESTS,
              .unit = UNIT_COUNT,
              .causes = true,
              .wrong = "counts the answers of an endpoint, a service or \"all\""},
     .value = value_count,
     .count = count_of_requests,
     .law = law_of_number,
     .of_requests = true,
     .good = 1},
    {.kind.word = "count",
     METER_COUNT,
     .kind.unit = UNIT_COUNT,
     .value = value_meter_count,
     .law = law_of_number,
     .compared = METER},
    {.kind.word = "rate", METER_COUNT, .kind.unit = UNIT_PER_SECOND, .value = value_meter_rate, .law = law_of_rate},
    {.kind = {.word = "arrived",
              .regions = REQUESTS,
              .subjects = REQUESTS,
              .windows = REQUESTS,
              .unit = UNIT_COUNT,
              .wrong = "counts the requests of an endpoint or of \"all\""},
     .value = value_arrived,
     .count = count_of_requests},
    {.kind = {.word = "unanswered",
              .regions = REQUESTS,
              .subjects = REQUESTS,
              .unit = UNIT_COUNT,
              .wrong = "counts the requests of an endpoint or of \"all\""},
     .value = value_unanswered,
     .count = count_of_requests,
     .of_requests = true,
     .good = -1},
    {.kind = {.word = "error_rate",
              .regions = REQUESTS,
              .subjects = REQUESTS,
              .windows = REQUESTS,
              .unit = UNIT_RATIO,
              .causes = true,
              .wrong = "gives the error rate of an endpoint or of \"all\""},
     .value = value_error_rate,
     .count = count_of_requests,
     .law = law_of_failures,
     .of_requests = true,
     .failures = true,
     .good = -1,
     .compared = REQUESTS,
     .headlines = REQUESTS},

    /* --- what is used --- */
    {UTILIZATION, .kind.quantity = QUANTITY_CPU, .kind.subjects = SERVICE | NODES, .kind.windows = SERVICE | NODES,
     .value = value_node_or_service_cpu, .compared = SERVICE | NODES,
     .kind.wrong = "gives the utilization of a node group's or a service's .cpu, or of a service's .threads",
     .kind.wrong_subject = "gives the utilization of services and node groups, not of endpoints"},
    {UTILIZATION, .kind.quantity = QUANTITY_THREADS, .kind.subjects = SERVICE, .kind.windows = SERVICE, .value = value_threads,
     .compared = SERVICE, .kind.wrong_subject = "only services have threads, connections and a primary"},
    {UTILIZATION, .kind.quantity = QUANTITY_PRIMARY, .kind.subjects = SERVICE, .kind.windows = SERVICE, .value = value_primary,
     .compared = SERVICE, .kind.wrong_subject = "only services have threads, connections and a primary"},
    {UTILIZATION, .kind.quantity = QUANTITY_POOL, .kind.subjects = SERVICE, .kind.windows = SERVICE, .value = value_connections,
     .compared = SERVICE, .kind.wrong_subject = "only services have threads, connections and a primary"},
    {.kind = {.word = "saturation",
              .subjects = ALL | SERVICE | NODES,
              .unit = UNIT_PER_SECOND,
              .wrong = "gives the saturation of \"all\", a service or a node group"},
     .value = value_saturation,
     .count = count_of_requests,
     .exact = always,
     .why_none = "no resource has a bound",
     .good = 1,
     .compared = ALL | SERVICE | NODES},
    {.kind = {.word = "hit_rate",
              .subjects = SERVICE,
              .windows = SERVICE,
              .unit = UNIT_RATIO,
              .fits = looks_by_key,
              .wrong = "gives the hit rate of a service in which \"cached\" steps look by \"key\""},
     .value = value_hit_rate,
     .count = count_of_look_ups,
     .good = 1,
     .compared = SERVICE},
    {.kind = {.word = "inside", .argument = ARGUMENT_PROBE, .subjects = ALL},
     .value = value_probe,
     .count = count_of_requests,
     .good = -1},

    /* --- years of faults --- */
    {.kind = {.word = "availability",
              .argument = ARGUMENT_YEAR,
              .subjects = REQUESTS,
              .unit = UNIT_RATIO,
              .shares = true,
              .over_faults = true},
     .value = value_availability,
     .periods = losses_by_period,
     .law = law_of_availability,
     .time_lost = true,
     .nines = true,
     .good = 1,
     .compared = REQUESTS},
    {.kind = {.word = "downtime",
              .argument = ARGUMENT_YEAR,
              .subjects = REQUESTS,
              .unit = UNIT_SECONDS,
              .shares = true,
              .by_cause = true,
              .over_faults = true},
     .value = value_downtime,
     .periods = losses_by_period,
     .law = law_of_downtime,
     .time_lost = true,
     .good = -1,
     .compared = REQUESTS,
     .headlines = REQUESTS},
    {.kind = {.word = "outages",
              .argument = ARGUMENT_YEAR,
              .subjects = REQUESTS,
              .unit = UNIT_COUNT,
              .shares = true,
              .over_faults = true},
     .value = value_outages,
     .periods = outages_by_period,
     .law = law_of_outages,
     .good = -1,
     .compared = REQUESTS},
    {.kind = {.word = "mtbf", .argument = ARGUMENT_WHOM, .subjects = REQUESTS, .unit = UNIT_SECONDS, .over_faults = true},
     .value = value_mtbf,
     .count = count_of_outages,
     .law = law_of_mtbf,
     .endless = true,
     .good = 1},
    {.kind = {.word = "time_to_first_outage",
              .argument = ARGUMENT_WHOM,
              .subjects = REQUESTS,
              .unit = UNIT_SECONDS,
              .over_faults = true},
     .value = value_time_to_first,
     .count = count_of_firsts,
     .law = law_of_first,
     .endless = true,
     .good = 1},
    {.kind =
         {.word = "rto", .argument = ARGUMENT_FAULT, .subjects = FAULT, .unit = UNIT_SECONDS, .shares = true, .over_faults = true},
     .value = value_mean_duration,
     .count = count_of_durations,
     .each = recovery_times,
     .events = "outages",
     .law = law_of_recoveries,
     .why_none = "no outage of this fault happened",
     .good = -1},
    {.kind =
         {.word = "rpo", .argument = ARGUMENT_FAULT, .subjects = FAULT, .unit = UNIT_SECONDS, .shares = true, .over_faults = true},
     .value = value_mean_duration,
     .count = count_of_durations,
     .each = ages_of_lost_writes,
     .events = "losses of a primary",
     .law = law_of_losses,
     .why_none = "this fault took no primary of a database that has \"replication\" or \"backup\"",
     .good = -1},

    {MONEY("cost"), .value = value_priced, .priced = priced_cost, .exact = bill_is_exact, .why_none = NO_PRICE, .good = -1,
     .compared = ALL, .headlines = ALL},
    {MONEY("cost_low"), .value = value_cost_low, .exact = bill_is_exact, .why_none = NO_PRICE, .good = -1},
    {MONEY("cost_high"), .value = value_cost_high, .exact = bill_is_exact, .why_none = NO_PRICE, .good = -1},
    {MONEY("cost_first"), .value = value_cost_first, .exact = bill_is_exact, .why_none = NO_PRICE, .good = -1},
    {.kind = {.word = "cost_per_1000", .argument = ARGUMENT_WHOM, .subjects = REQUESTS, .unit = UNIT_CURRENCY},
     .value = value_priced,
     .priced = priced_cost_per_1000,
     .count = count_of_requests,
     .why_none = "nothing has a price, or nothing is answered",
     .good = -1},
    {MONEY("cost_per_user"), .value = value_priced, .priced = priced_cost_per_user, .exact = bill_is_exact,
     .why_none = "nothing has a price, or \"bill\" does not say how many \"users\" there are", .good = -1},
    {MONEY("cost_per_order"), .value = value_priced, .priced = priced_cost_per_order,
     .why_none = "nothing has a price, or \"bill\" names no endpoint as the \"order\", or none is answered", .good = -1},
    {MONEY("revenue"), .value = value_priced, .priced = priced_revenue, .exact = bill_is_exact, .why_none = NO_REVENUE, .good = 1},
    {MONEY("profit"), .value = value_priced, .priced = priced_profit, .exact = bill_is_exact, .why_none = NO_REVENUE, .good = 1,
     .negative = true},
    {.kind = {.word = "margin", .argument = ARGUMENT_MONTH, .subjects = ALL, .unit = UNIT_RATIO},
     .value = value_priced,
     .priced = priced_margin,
     .count = count_of_requests,
     .exact = bill_is_exact,
     .why_none = NO_REVENUE,
     .good = 1,
     .negative = true},
    {.kind = {.word = "downtime_cost",
              .argument = ARGUMENT_YEAR,
              .subjects = REQUESTS,
              .unit = UNIT_CURRENCY,
              .by_cause = true,
              .over_faults = true},
     .value = value_downtime_cost,
     .worth = worth_of_a_second_down,
     .law = law_of_downtime,
     .time_lost = true,
     .why_none = "\"bill\" has no price of an \"hour_down\"",
     .good = -1},
    {.kind = {.argument = ARGUMENT_NONE, .subjects = ALL, .unit = UNIT_PER_SECOND}, .count = count_of_requests, .good = -1},
};

const struct measure_kind *measure_kind_at(uint32_t i) { return i < sizeof rows / sizeof *rows ? &rows[i].kind : NULL; }
