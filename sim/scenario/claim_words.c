#include "sim/scenario/claim_words.h"
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

const struct claim_word claim_words[] = {
    {"latency|response_time|response|duration|rt|ttfb|percentile|quantile|tail|tail_latency|delay", "p95", ".latency", NULL},
    {"median", "p50", ".latency", NULL},
    {"mean|avg|average|expected", "mean", ".latency", NULL},
    {"sd|std|stddev|stdev|std_dev|standard_deviation|sigma|variance", "sd", ".latency", NULL},
    {"max|maximum|worst|slowest|p100", "max", ".latency", NULL},
    {"min|minimum|least", "min", "", NULL},
    {"p999", "p99.9", ".latency", NULL},
    {"p9999", "p99.99", ".latency", NULL},
    {"p995", "p99.5", ".latency", NULL},
    {"wait|waiting_time|wait_time|queue_time|queueing_time|queuing_time|time_in_queue", "p95", ".wait", NULL},
    {"share|fraction|proportion|percentage|ratio", "share", ".latency", NULL},
    {"error_rate|error|errors|errorrate|error_ratio|error_percentage|failure|failures|failed|failure_rate|fail_rate|5xx|http_5xx",
     "error_rate", "", NULL},
    {"rate|throughput|goodput|rps|qps|tps|req_rate|request_rate|requests_per_second|requests_per_s|req_s|answered_rate", "rate", "",
     NULL},
    {"count|requests|answers|total|number|completed", "count", "", NULL},
    {"arrived|arrivals|offered|demand", "arrived", "", NULL},
    {"availability|uptime|available|avail|sla|slo|service_level", "availability", "", "year"},
    {"downtime|outage|unavailability|unavailable|down", "downtime", "", "year"},
    {"outages|incidents|outage_count|failures_per_year", "outages", "", "year"},
    {"mtbf|mean_time_between_failures|time_between_failures|time_between_outages", "mtbf", "", "all"},
    {"time_to_first_outage|mttf|mttff|time_to_failure|time_to_first_failure|first_outage", "time_to_first_outage", "", "all"},
    {"rto|recovery|recovery_time|time_to_recover|time_to_recovery|mttr|failover_time", "rto", "", NULL},
    {"rpo|data_loss|lost_data|dataloss|loss_window", "rpo", "", NULL},
    {"cost|costs|price|bill|spend|spending|money|budget|monthly_cost", "cost", "", "month"},
    {"cost_low|lowest_cost|cost_min|min_cost", "cost_low", "", "month"},
    {"cost_high|highest_cost|cost_max|max_cost", "cost_high", "", "month"},
    {"cost_first|first_month|first_cost", "cost_first", "", "month"},
    {"cost_per_1000|cost_per_thousand|cost_per_request|cost_per_requests", "cost_per_1000", "", "all"},
    {"cost_per_user|unit_cost", "cost_per_user", "", "month"},
    {"cost_per_order|cost_per_sale", "cost_per_order", "", "month"},
    {"revenue|income|turnover|sales|mrr", "revenue", "", "month"},
    {"profit|earnings", "profit", "", "month"},
    {"margin|gross_margin|profit_margin", "margin", "", "month"},
    {"downtime_cost|cost_of_downtime|outage_cost", "downtime_cost", "", "year"},
    {"utilization|utilisation|usage|busy|load|cpu|cpu_usage|cpu_load|cpu_utilization|cpu_utilisation", "utilization", ".cpu", NULL},
    {"memory|mem|ram|rss|memory_usage|resident", "max", ".memory", NULL},
    {"saturation|capacity|max_rate|max_throughput|max_rps|breaking_point", "saturation", "", NULL},
    {"hit_rate|hitrate|hit_ratio|hitratio|hits|cache_hit|cache_hits|cache_hit_rate|cache_hit_ratio", "hit_rate", "", NULL},
    {"inside|users|concurrency|concurrent|concurrent_users|in_flight|inflight|active_users|queue_length", "mean", "", "inside"},
    {"replicas|pods|instances|replica_count|pod_count", "mean", ".replicas", NULL},
    {"queue|queueing|queuing", "mean", ".queue", NULL},
    {"lag|replica_lag|replication_lag", "p95", ".lag", NULL},
    {0}};

static char folded(char c) { return c == '-' || c == ' ' ? '_' : (char)tolower((unsigned char)c); }

static bool is_among(const char *list, const char *word, size_t length) {
  for (const char *p = list; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL) {
    size_t i = 0;
    while (i < length && p[i] == folded(word[i])) i++;
    if (i == length && strcspn(p, "|") == length) return true;
  }
  return false;
}

const struct claim_word *claim_word_named(const char *word, size_t length) {
  for (const struct claim_word *w = claim_words; length && w->words; w++)
    if (is_among(w->words, word, length)) return w;
  return NULL;
}

const char *claim_quantity_named(const char *word) {
  static const struct {
    const char *words, *quantity;
  } quantities[] = {{"latency|response_time|response|duration|rt|time|lat|delay_time", "latency"},
                    {"wait|waiting|waiting_time|wait_time|queue_time", "wait"},
                    {"cpu|load|cpu_usage|processor|utilization|utilisation|usage|cores", "cpu"},
                    {"replicas|pods|instances|containers|count", "replicas"},
                    {"threads|workers|processes", "threads"},
                    {"memory|mem|ram|rss", "memory"},
                    {"connections|pool|conns", "connections"}};
  for (size_t i = 0; i < sizeof quantities / sizeof *quantities; i++)
    if (is_among(quantities[i].words, word, strlen(word))) return quantities[i].quantity;
  return NULL;
}

const char *claim_operator_words(const char *text, size_t *length) {
  static const struct {
    const char *words, *operator;
  } operators[] = {{"less than or equal to", "<="},
                   {"greater than or equal to", ">="},
                   {"is less than", "<"},
                   {"is more than", ">"},
                   {"is at most", "<="},
                   {"is at least", ">="},
                   {"is below", "<"},
                   {"is under", "<"},
                   {"is above", ">"},
                   {"less than", "<"},
                   {"lower than", "<"},
                   {"more than", ">"},
                   {"greater than", ">"},
                   {"at most", "<="},
                   {"at least", ">="},
                   {"up to", "<="},
                   {"below", "<"},
                   {"under", "<"},
                   {"above", ">"},
                   {"lte", "<="},
                   {"gte", ">="},
                   {"lt", "<"},
                   {"gt", ">"},
                   {"≤", "<="},
                   {"≥", ">="},
                   {"=<", "<="},
                   {"=>", ">="}};
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    size_t n = strlen(operators[i].words);
    if (strncmp(text, operators[i].words, n) || (isalpha((unsigned char)operators[i].words[n - 1]) && text[n] != ' ')) continue;
    *length = n;
    return operators[i].operator;
  }
  return NULL;
}
