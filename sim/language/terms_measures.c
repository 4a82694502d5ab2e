/* Measures as terms: a sentence for each word of claims, and a claim with each row of the table. */
#include "models/core/meter.h"
#include "sim/engine/arena.h"
#include "sim/language/terms.h"
#include "sim/measure/measure_row.h"
#include <string.h>

const char *measure_text(const char *word) {
  static const struct {
    const char *word, *text;
  } texts[] = {
      {"p", "Percentile, p50 to p99.99: this share of the values is below. Of latencies, of waits and of times that parts count."},
      {"mean", "Mean of a latency, a wait, a kind of time, the replicas of a service, the clients inside, a level or a time."},
      {"sd", "Standard deviation over requests."},
      {"max", "The largest value of one replication."},
      {"min", "The lowest level in one replication."},
      {"share", "Share of the requests whose latency or wait is below (or above) a limit: a service level."},
      {"rate",
       "Answers a second of an endpoint, a service or \"all\", with {cause=...} requests that ended so; or what a part counts."},
      {"count", "The same in one replication: answers, or what a part of the scenario counts."},
      {"arrived", "Requests that arrived in one replication, however they ended."},
      {"unanswered", "Requests still inside at the end of the measured time: neither answered nor failed."},
      {"error_rate", "Share of the requests that ended which failed; with {cause=...} by this cause only."},
      {"utilization", "Share of the time that CPU, threads or connections are in use, over all replicas or nodes."},
      {"saturation", "Requests a second of the whole system at which the first resource is full."},
      {"hit_rate", "Share of the look-ups of a cache, by key, that find their item."},
      {"inside", "Clients that wait inside at an instant of run.probes."},
      {"availability", "Share of the year's (or month's) requests that are served, over years of faults."},
      {"downtime", "Time a year (or month) that is not served, weighted by the share that is missing."},
      {"outages", "How often a year something begins to be missing."},
      {"mtbf", "Mean time from one outage to the next."},
      {"time_to_first_outage", "From the beginning, all being up, to the first outage."},
      {"rto", "From a fault until all are served again: recovery time. The mean, or with \"for 95%\" that share of the outages."},
      {"rpo", "Age of the oldest write that is lost with a primary which the fault takes: what a crash costs in data."},
      {"cost", "The bill of a month, at the means of its prices."},
      {"cost_low", "The bill of a month at the low ends of its prices."},
      {"cost_high", "The bill of a month at the high ends of its prices."},
      {"cost_first", "The bill of the first month, where promotional prices hold."},
      {"cost_per_1000", "The bill over a thousand answered requests."},
      {"cost_per_user", "The bill of a month over bill.users."},
      {"cost_per_order", "The bill of a month over the answers of the endpoint bill.order."},
      {"revenue", "What comes in a month, as bill.revenue says."},
      {"profit", "Revenue less the bill."},
      {"margin", "Profit as a share of the revenue."},
      {"downtime_cost", "What downtime costs, at the price bill.hour_down."}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (!strcmp(texts[i].word, word)) return texts[i].text;
  return NULL;
}

static const char *subject_name(const struct measure_kind *k) {
  bool fault = k->argument == ARGUMENT_FAULT, cache = !strcmp(k->word, "hit_rate");
  static const char *const meters[] = {
      [QUANTITY_METER_COUNT] = "mails.done", [QUANTITY_METER_LEVEL] = "tickets.left", [QUANTITY_METER_TIME] = "mails.wait"};
  if (k->quantity >= QUANTITY_METER_COUNT) return meters[k->quantity];
  if (k->quantity == QUANTITY_INSIDE) return "inside";
  if (fault) return strcmp(k->word, "rpo") ? "api_crash" : "db_loss";
  if (cache) return "cache";
  if (k->subjects & ASKED_OF(SUBJECT_ENDPOINT)) return "page";
  if (k->subjects & ASKED_OF(SUBJECT_NODES) && k->quantity == QUANTITY_CPU) return "workers";
  return k->subjects & ASKED_OF(SUBJECT_SERVICE) && !(k->subjects & ASKED_OF(SUBJECT_ALL)) ? "api" : "all";
}

static const char *argument_of(struct arena *arena, const struct measure_kind *k) {
  static const char *const behind[] = {
      [QUANTITY_LATENCY] = ".latency",   [QUANTITY_WAIT] = ".wait",       [QUANTITY_TIME] = ".queue",
      [QUANTITY_REPLICAS] = ".replicas", [QUANTITY_CPU] = ".cpu",         [QUANTITY_THREADS] = ".threads",
      [QUANTITY_PRIMARY] = ".primary",   [QUANTITY_POOL] = ".connections"};
  if (k->argument == ARGUMENT_MONTH) return "month";
  if (k->argument == ARGUMENT_YEAR) return "year";
  if (k->argument == ARGUMENT_PROBE) return "30s";
  const char *quantity = k->quantity < sizeof behind / sizeof *behind && behind[k->quantity] ? behind[k->quantity] : "";
  const char *name = k->quantity == QUANTITY_PRIMARY ? "db" : subject_name(k);
  return arena_format(arena, "%s%s%s", name, quantity, k->threshold ? " < 200ms" : "");
}

static const char *limit_of(const struct measure_kind *k) {
  bool good_high = ((const struct measure_row *)k)->good > 0;
  switch (k->unit) {
  case UNIT_SECONDS:
    return !k->over_faults ? "< 300ms" : good_high ? "> 30d" : "< 4h";
  case UNIT_RATIO:
    return !strcmp(k->word, "utilization")    ? "< 70%"
           : !strcmp(k->word, "availability") ? ">= 99.9%"
           : good_high                        ? ">= 90%"
                                              : "< 1%";
  case UNIT_PER_SECOND:
    return good_high ? "> 10/s" : "< 100/s";
  case UNIT_CURRENCY:
    return good_high ? ">= 1000 USD" : "<= 200 USD";
  default:
    return good_high ? "> 100" : !strcmp(k->word, "min") ? ">= 0" : "< 100";
  }
}

const char *measure_claim(struct arena *arena, const struct measure_kind *k) {
  if (k->argument == ARGUMENT_NONE) return NULL;
  return arena_format(arena, "%s(%s) %s", k->percentage ? "p95" : k->word, argument_of(arena, k), limit_of(k));
}

const char *measure_example(struct arena *arena, const struct measure_kind *k) {
  const char *claim = measure_claim(arena, k), *needs = "";
  if (k->over_faults) needs = "\"run\": {\"years\": 200}, ";
  if (k->argument == ARGUMENT_FAULT)
    needs =
        "\"faults\": {\"api_crash\": {\"kind\": \"crash\", \"service\": \"api\", \"mtbf\": \"30d\"}}, \"run\": {\"years\": 200}, ";
  if (k->argument == ARGUMENT_PROBE) needs = "\"run\": {\"probes\": [\"30s\"]}, ";
  if (k->argument == ARGUMENT_FAULT && !strcmp(k->word, "rpo"))
    needs = "\"services\": {\"db\": {\"kind\": \"database\", \"replicas\": 2, \"replication\": {\"mode\": \"asynchronous\"}}}, "
            "\"faults\": {\"db_loss\": {\"kind\": \"database\", \"service\": \"db\", \"loses\": \"machine\", \"mtbf\": \"180d\", "
            "\"repair\": \"4h\"}}, \"run\": {\"years\": 200}, ";
  if (k->quantity == QUANTITY_POOL) needs = "\"services\": {\"api\": {\"kind\": \"app\", \"pools\": {\"db\": {\"max\": 20}}}}, ";
  if (k->quantity == QUANTITY_PRIMARY) needs = "\"services\": {\"db\": {\"kind\": \"database\", \"replicas\": 2}}, ";
  return claim ? arena_format(arena, "{%s\"claims\": [\"%s\"]}", needs, claim) : NULL;
}
