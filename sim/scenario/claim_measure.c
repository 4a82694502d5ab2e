/* What is measured: an aggregate of a metric, with its cause, threshold and window. */
#include "models/core/model.h"
#include "sim/scenario/claim_inner.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/unit.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- aggregates ----------------------------------------------------------------------------------------------------------- */

static const struct {
  const char *word;
  enum aggregate aggregate;
} aggregates[] = {{"mean", AGGREGATE_MEAN},
                  {"max", AGGREGATE_MAX},
                  {"rate", AGGREGATE_RATE},
                  {"count", AGGREGATE_COUNT},
                  {"error_rate", AGGREGATE_ERROR_RATE},
                  {"utilization", AGGREGATE_UTILIZATION},
                  {"saturation", AGGREGATE_SATURATION},
                  {"inside", AGGREGATE_INSIDE},
                  {"availability", AGGREGATE_AVAILABILITY},
                  {"downtime", AGGREGATE_DOWNTIME},
                  {"rto", AGGREGATE_RTO},
                  {"cost", AGGREGATE_COST},
                  {"share", AGGREGATE_SHARE},
                  {"sd", AGGREGATE_SD},
                  {"arrived", AGGREGATE_ARRIVED},
                  {"min", AGGREGATE_MIN},
                  {"hit_rate", AGGREGATE_HIT_RATE},
                  {"rpo", AGGREGATE_RPO},
                  {"unanswered", AGGREGATE_UNANSWERED}};
enum { AGGREGATE_WORDS = sizeof aggregates / sizeof *aggregates };

static void parse_aggregate(struct claim_parser *p, struct measure *m, const char *word) {
  for (int i = 0; i < AGGREGATE_WORDS; i++)
    if (!strcmp(word, aggregates[i].word)) {
      m->aggregate = aggregates[i].aggregate;
      return;
    }
  size_t digits = word[0] == 'p' && isdigit((unsigned char)word[1]) ? strspn(word + 1, "0123456789.") : 0;
  char *end = NULL;
  double percent = digits ? strtod(word + 1, &end) : NAN;
  if (percent > 0 && percent < 100 && end == word + 1 + digits && !*end) {
    m->aggregate = AGGREGATE_QUANTILE, m->p = percent / 100;
    return;
  }
  FAIL(p,
       "has no aggregate \"%s\"; there are: p50 ... p99.99, mean, sd, max, min, share, rate, count, arrived, unanswered, "
       "error_rate, utilization, saturation, hit_rate, inside, availability, downtime, rto, rpo, cost",
       word);
}

/* --- subjects ---------------------------------------------------------------------------------------------------------------- */

static int32_t find(const char *name, const struct config_list *list, size_t size) {
  for (uint32_t i = 0; i < list->count; i++)
    if (!strcmp(name, *(const char *const *)((const char *)list->items + i * size))) return (int32_t)i;
  return -1;
}

/* Looks for a name among endpoints, services and node groups, in this order. */
static bool find_subject(const struct model *m, const char *name, struct measure *out) {
  int32_t found;
  if (!strcmp(name, "all")) {
    out->subject = SUBJECT_ALL;
    return true;
  }
  if ((found = find(name, &m->endpoints, sizeof(struct endpoint_config))) >= 0)
    out->subject = SUBJECT_ENDPOINT;
  else if ((found = find(name, &m->services, sizeof(struct service_config))) >= 0)
    out->subject = SUBJECT_SERVICE;
  else if ((found = find(name, &m->platform.nodes, sizeof(struct node_group))) >= 0)
    out->subject = SUBJECT_NODES;
  out->index = found >= 0 ? (uint32_t)found : 0;
  return found >= 0;
}

enum { NAMES_SHOWN = 12 };

static const char *more_names(struct claim_parser *p, const char *text, const struct config_list *list, size_t size) {
  for (uint32_t i = 0; i < list->count; i++)
    text = arena_format(p->arena, "%s, %s", text, *(const char *const *)((const char *)list->items + i * size));
  return text;
}

/* All names, where there are few. */
static void no_such_subject(struct claim_parser *p, const char *name) {
  const struct model *m = p->model;
  const char *names = "";
  if (m->endpoints.count + m->services.count + m->platform.nodes.count <= NAMES_SHOWN) {
    names = more_names(p, "; there are: all", &m->endpoints, sizeof(struct endpoint_config));
    names = more_names(p, names, &m->services, sizeof(struct service_config));
    names = more_names(p, names, &m->platform.nodes, sizeof(struct node_group));
  }
  FAIL(p, "knows no endpoint, service or node group \"%s\"%s", name, names);
}

static bool quantity_word(const char *word, struct measure *m) {
  static const char *const words[] = {"latency", "wait", "replicas", "cpu", "threads", "primary", "connections"};
  static const enum quantity quantities[] = {QUANTITY_LATENCY, QUANTITY_WAIT,    QUANTITY_REPLICAS, QUANTITY_CPU,
                                             QUANTITY_THREADS, QUANTITY_PRIMARY, QUANTITY_POOL};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(word, words[i])) {
      m->quantity = quantities[i];
      return true;
    }
  for (int i = 0; i < TIME_KINDS; i++)
    if (!strcmp(word, time_kind_names[i])) {
      m->quantity = QUANTITY_TIME, m->time_kind = (enum time_kind)i;
      return true;
    }
  return false;
}

static bool find_meter(const struct model *m, const char *word, struct measure *out) {
  const char *dot = strrchr(word, '.');
  for (uint32_t i = 0; i < m->meter_count && dot; i++) {
    const struct meter_config *meter = &m->meters[i];
    if (strlen(meter->thing) != (size_t)(dot - word) || strncmp(meter->thing, word, (size_t)(dot - word)) ||
        strcmp(meter->name, dot + 1))
      continue;
    out->subject = SUBJECT_METER, out->index = i, out->quantity = QUANTITY_METER, out->meter = meter->kind;
    return true;
  }
  return false;
}

/* "buy.latency", "all", "server.cpu": a name, and what of it after the last dot. */
static void parse_plain_metric(struct claim_parser *p, struct measure *m, char *word) {
  m->quantity = QUANTITY_NONE;
  if (!strcmp(word, "inside")) {
    m->quantity = QUANTITY_INSIDE;
    return;
  }
  if (find_meter(p->model, word, m)) return;
  char *dot = strrchr(word, '.');
  if (!strcmp(word, "latency"))
    m->quantity = QUANTITY_LATENCY;
  else if (dot && quantity_word(dot + 1, m)) {
    *dot = 0;
    if (!find_subject(p->model, word, m)) no_such_subject(p, word);
  } else if (!find_subject(p->model, word, m))
    no_such_subject(p, word);
}

static const char *all_causes(struct arena *arena) {
  const char *text = outcome_names[OUTCOME_TIMEOUT];
  for (int i = OUTCOME_TIMEOUT + 1; i < OUTCOMES; i++) text = arena_format(arena, "%s, %s", text, outcome_names[i]);
  return text;
}

static void parse_cause(struct claim_parser *p, struct measure *m) {
  m->cause = -1;
  if (!claim_take(p, "{")) return;
  char *label = claim_take_word(p, "=}"), *value = claim_take(p, "=") ? claim_take_word(p, "}") : (char *)"";
  if (!claim_take(p, "}") || strcmp(label, "cause")) {
    FAIL(p, "has a label \"%s\"; the only one is {cause=...}", label);
    return;
  }
  for (int i = OUTCOME_TIMEOUT; i < OUTCOMES; i++)
    if (!strcmp(value, outcome_names[i])) m->cause = i;
  if (m->cause < 0) FAIL(p, "knows no cause \"%s\"; causes are %s", value, all_causes(p->arena));
  if (m->aggregate != AGGREGATE_ERROR_RATE && m->aggregate != AGGREGATE_RATE && m->aggregate != AGGREGATE_COUNT)
    FAIL(p, "has a cause, which belongs to error_rate, rate and count");
  if (m->subject == SUBJECT_SERVICE) FAIL(p, "has a cause, which endpoints and \"all\" have: a service does not see why");
}

/* The "< 20s" of share(buy.wait < 20s). Values are whole nanoseconds. */
static void parse_threshold(struct claim_parser *p, struct measure *m) {
  bool below = claim_take(p, "<"), or_equal;
  m->above = !below && claim_take(p, ">");
  if (!below && !m->above) {
    FAIL(p, "needs what the share is of, such as share(buy.wait < 20s)");
    return;
  }
  or_equal = claim_take(p, "=");
  const char *wrong = unit_parse_duration(p->arena, claim_take_word(p, ")"), &m->threshold);
  if (wrong) FAIL(p, "has a threshold that %s", wrong);
  if (below != or_equal) m->threshold--;
}

static void parse_probe(struct claim_parser *p, struct measure *m, const char *word) {
  sim_time at = 0;
  const char *wrong = unit_parse_duration(p->arena, word, &at);
  const struct probe_config *probes = p->model->run.probes.items;
  for (uint32_t i = 0; !wrong && i < p->model->run.probes.count; i++)
    if (probes[i].at == at) {
      m->index = i;
      return;
    }
  FAIL(p, "asks for the number inside at \"%s\", which is not among run.probes", word);
}

static void parse_metric(struct claim_parser *p, struct measure *m) {
  char *word = claim_take_word(p, m->aggregate == AGGREGATE_SHARE ? "{)<>" : "{)");
  if (!*p->at) {
    FAIL(p, "misses \")\"");
    return;
  }
  switch (m->aggregate) {
  case AGGREGATE_COST:
    if (strcmp(word, "month")) FAIL(p, "gives the cost of a month only");
    return;
  case AGGREGATE_DOWNTIME:
  case AGGREGATE_AVAILABILITY:
    m->over_faults = true;
    if (strcmp(word, "year") && (!find_subject(p->model, word, m) || m->subject > SUBJECT_ENDPOINT)) no_such_subject(p, word);
    return;
  case AGGREGATE_RTO:
  case AGGREGATE_RPO: {
    int32_t found = find(word, &p->model->faults, sizeof(struct fault_config));
    m->over_faults = true, m->subject = SUBJECT_FAULT, m->index = (uint32_t)found;
    if (found < 0) FAIL(p, "knows no fault \"%s\"", word);
    return;
  }
  case AGGREGATE_INSIDE:
    parse_probe(p, m, word);
    return;
  default:
    parse_plain_metric(p, m, word);
    parse_cause(p, m);
    if (m->aggregate == AGGREGATE_SHARE) parse_threshold(p, m);
  }
}

static void check_meter(struct claim_parser *p, const struct measure *m) {
  static const char *const ways[] = {
      [METER_COUNT] = "count and rate", [METER_LEVEL] = "mean, max and min", [METER_TIME] = "mean, max, sd, share and percentiles"};
  enum aggregate a = m->aggregate;
  bool fits[] = {[METER_COUNT] = a == AGGREGATE_COUNT || a == AGGREGATE_RATE,
                 [METER_LEVEL] = a == AGGREGATE_MEAN || a == AGGREGATE_MAX || a == AGGREGATE_MIN,
                 [METER_TIME] = a == AGGREGATE_MEAN || a == AGGREGATE_MAX || a == AGGREGATE_SD || a == AGGREGATE_SHARE ||
                                a == AGGREGATE_QUANTILE};
  const struct meter_config *meter = &p->model->meters[m->index];
  if (!fits[m->meter]) FAIL(p, "can take %s of %s.%s", ways[m->meter], meter->thing, meter->name);
}

/* Which quantities an aggregate can be taken of. */
static void check_combination(struct claim_parser *p, const struct measure *m) {
  if (m->quantity == QUANTITY_METER) {
    check_meter(p, m);
    return;
  }
  bool latency = (m->quantity == QUANTITY_LATENCY && m->subject != SUBJECT_NODES) ||
                 (m->quantity == QUANTITY_WAIT && m->subject <= SUBJECT_ENDPOINT);
  bool traffic = m->quantity == QUANTITY_NONE && m->subject != SUBJECT_NODES;
  switch (m->aggregate) {
  case AGGREGATE_QUANTILE:
    if (!latency) FAIL(p, "takes percentiles of latencies and of endpoints' waits only, such as p99(buy.latency)");
    break;
  case AGGREGATE_SHARE:
  case AGGREGATE_SD:
    if (!latency) FAIL(p, "is of a latency or of an endpoint's wait, such as buy.wait");
    break;
  case AGGREGATE_MEAN:
    if (!latency && m->quantity != QUANTITY_INSIDE && !(m->quantity == QUANTITY_TIME && m->subject <= SUBJECT_ENDPOINT) &&
        !(m->quantity == QUANTITY_REPLICAS && m->subject == SUBJECT_SERVICE))
      FAIL(p, "takes means of a latency, an endpoint's wait, queue, service, pool, network, external, delay or permit, a service's "
              "replicas, or of \"inside\"");
    break;
  case AGGREGATE_MAX:
    if (!latency && !(m->quantity == QUANTITY_REPLICAS && m->subject == SUBJECT_SERVICE))
      FAIL(p, "takes the max of a latency, an endpoint's wait or a service's replicas");
    break;
  case AGGREGATE_MIN:
    FAIL(p, "takes the min of levels only, such as min(tickets.left)");
    break;
  case AGGREGATE_ARRIVED:
  case AGGREGATE_UNANSWERED:
    if (!traffic || m->subject == SUBJECT_SERVICE) FAIL(p, "counts the requests of an endpoint or of \"all\"");
    break;
  case AGGREGATE_ERROR_RATE:
    if (!traffic || m->subject == SUBJECT_SERVICE) FAIL(p, "gives the error rate of an endpoint or of \"all\"");
    break;
  case AGGREGATE_RATE:
  case AGGREGATE_COUNT:
    if (!traffic) FAIL(p, "counts the answers of an endpoint, a service or \"all\"");
    break;
  case AGGREGATE_UTILIZATION:
    if (m->quantity != QUANTITY_CPU && m->quantity != QUANTITY_THREADS && m->quantity != QUANTITY_PRIMARY &&
        m->quantity != QUANTITY_POOL)
      FAIL(p, "gives the utilization of a node group's or a service's .cpu, or of a service's .threads");
    if (m->quantity != QUANTITY_CPU && m->subject != SUBJECT_SERVICE)
      FAIL(p, "only services have threads, connections and a primary");
    if (m->subject < SUBJECT_SERVICE) FAIL(p, "gives the utilization of services and node groups, not of endpoints");
    break;
  case AGGREGATE_SATURATION:
    if (m->quantity != QUANTITY_NONE || m->subject == SUBJECT_ENDPOINT)
      FAIL(p, "gives the saturation of \"all\", a service or a node group");
    break;
  case AGGREGATE_HIT_RATE:
    if (!traffic || m->subject != SUBJECT_SERVICE || !model_service(p->model, m->index)->cache.keyed)
      FAIL(p, "gives the hit rate of a service in which \"cached\" steps look by \"key\"");
    break;
  default:
    break;
  }
}

/* What is kept by window. */
static bool is_windowed(const struct measure *m) {
  if (m->quantity == QUANTITY_METER) return m->meter == METER_COUNT || (m->meter == METER_LEVEL && m->aggregate == AGGREGATE_MEAN);
  if (m->aggregate == AGGREGATE_HIT_RATE || m->aggregate == AGGREGATE_UTILIZATION) return true;
  if (m->aggregate == AGGREGATE_MEAN && (m->quantity == QUANTITY_REPLICAS || m->quantity == QUANTITY_INSIDE)) return true;
  if (m->subject > SUBJECT_ENDPOINT) return false;
  return m->quantity == QUANTITY_LATENCY || m->quantity == QUANTITY_WAIT || m->aggregate == AGGREGATE_ERROR_RATE ||
         m->aggregate == AGGREGATE_RATE || m->aggregate == AGGREGATE_COUNT || m->aggregate == AGGREGATE_ARRIVED;
}

static void parse_window(struct claim_parser *p, struct measure *m) {
  if (!claim_take(p, "over ")) return;
  claim_skip_space(p);
  const char *wrong = window_parse(p->arena, p->model, &p->at, &m->window);
  if (wrong) FAIL(p, "has a window that %s", wrong);
  if (!is_windowed(m))
    FAIL(p, "can look at a window of latency, wait, error_rate, rate, count and arrived of endpoints, of hit rates, utilization, "
            "counts and mean levels (a service's replicas, \"inside\", what is counted) only");
}

void measure_request(const struct measure *m, struct model *model) {
  model->records_waits |= m->quantity == QUANTITY_WAIT;
  model->records_use |= m->aggregate == AGGREGATE_UTILIZATION && m->window.kind != WINDOW_WHOLE;
}

const char *measure_parse(struct arena *arena, const struct model *model, const char *text, struct measure *m, const char **rest) {
  struct claim_parser p = {arena, model, text, NULL};
  *m = (struct measure){.cause = -1, .quantity = QUANTITY_NONE};
  char *word = claim_take_word(&p, "(");
  bool open = claim_take(&p, "(");
  if (!open) FAIL(&p, "does not say of what, in parentheses, such as p99(web.latency) < 250ms");
  if (open) parse_aggregate(&p, m, word);
  if (!p.fault) parse_metric(&p, m);
  if (!p.fault && !claim_take(&p, ")")) FAIL(&p, "misses \")\"");
  if (!p.fault) check_combination(&p, m);
  if (!p.fault) parse_window(&p, m);
  *rest = p.at;
  return p.fault;
}
