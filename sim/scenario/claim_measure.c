/* What is measured: an aggregate of a metric, with its cause, threshold and window. */
#include "models/core/model.h"
#include "models/faults/fault.h"
#include "models/cache/cache.h"
#include "sim/scenario/claim_inner.h"
#include "sim/json/diagnostic.h"
#include "sim/scenario/unit.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- words ---------------------------------------------------------------------------------------------------------------- */

/* The percentage of "p99.9"; NaN for what is none. */
static double percentage_of(const char *word) {
  size_t digits = word[0] == 'p' && isdigit((unsigned char)word[1]) ? strspn(word + 1, "0123456789.") : 0;
  char *end = NULL;
  double percent = digits ? strtod(word + 1, &end) : NAN;
  return percent > 0 && percent < 100 && end == word + 1 + digits && !*end ? percent : NAN;
}

/* All words, in the order of the rows. */
static const char *all_words(struct arena *arena) {
  const char *text = "";
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++) {
    if (!kind->word || measure_kind_of_word(kind->word) != kind) continue;
    text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", kind->percentage ? "p50 ... p99.99" : kind->word);
  }
  return text;
}

/* The first row of the word, and the percentage that belongs to it. */
static const struct measure_kind *parse_word(struct claim_parser *p, struct measure *m, const char *word) {
  double percent = percentage_of(word);
  const struct measure_kind *first = measure_kind_of_word(isnan(percent) ? word : "p");
  if (first && first->percentage == !isnan(percent)) {
    m->p = first->percentage ? percent / 100 : 0;
    return first;
  }
  FAIL(p, "has no aggregate \"%s\"; there are: %s", word, all_words(p->arena));
  return NULL;
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
  FAIL(p, "finds no endpoint, service or node group \"%s\"%s", name, names);
}

static const struct {
  const char *word;
  enum quantity quantity;
} quantities[] = {{"latency", QUANTITY_LATENCY}, {"wait", QUANTITY_WAIT},       {"replicas", QUANTITY_REPLICAS},
                  {"cpu", QUANTITY_CPU},         {"threads", QUANTITY_THREADS}, {"primary", QUANTITY_PRIMARY},
                  {"connections", QUANTITY_POOL}};
enum { QUANTITY_WORDS = sizeof quantities / sizeof *quantities };

static bool quantity_word(const char *word, struct measure *m, enum quantity *quantity) {
  for (size_t i = 0; i < QUANTITY_WORDS; i++)
    if (!strcmp(word, quantities[i].word)) {
      *quantity = quantities[i].quantity;
      return true;
    }
  for (int i = 0; i < TIME_KINDS; i++)
    if (!strcmp(word, time_kind_names[i])) {
      *quantity = QUANTITY_TIME;
      m->time_kind = (enum time_kind)i;
      return true;
    }
  return false;
}

uint32_t claim_quantities(const char **words, uint32_t most) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < QUANTITY_WORDS && count < most; i++) words[count++] = quantities[i].word;
  for (uint32_t i = 0; i < TIME_KINDS && count < most; i++) words[count++] = time_kind_names[i];
  return count;
}

static enum quantity quantity_of_meter(enum meter_kind kind) {
  static const enum quantity of[] = {
      [METER_COUNT] = QUANTITY_METER_COUNT, [METER_LEVEL] = QUANTITY_METER_LEVEL, [METER_TIME] = QUANTITY_METER_TIME};
  return of[kind];
}

static bool find_meter(const struct model *m, const char *word, struct measure *out, enum quantity *quantity) {
  const char *dot = strrchr(word, '.');
  for (uint32_t i = 0; i < m->meter_count && dot; i++) {
    const struct meter_config *meter = &m->meters[i];
    if (*meter->name != dot[1] || strcmp(meter->name, dot + 1) || strlen(meter->thing) != (size_t)(dot - word) ||
        strncmp(meter->thing, word, (size_t)(dot - word)))
      continue;
    out->subject = SUBJECT_METER;
    out->index = i;
    *quantity = quantity_of_meter(meter->kind);
    return true;
  }
  return false;
}

/* "buy.latency", "all", "server.cpu": a name, and what of it after the last dot. */
static enum quantity parse_metric(struct claim_parser *p, struct measure *m, char *word) {
  enum quantity quantity = QUANTITY_NONE;
  if (!strcmp(word, "inside")) return QUANTITY_INSIDE;
  if (!strcmp(word, "latency")) return QUANTITY_LATENCY;
  if (find_meter(p->model, word, m, &quantity)) return quantity;
  char *dot = strrchr(word, '.');
  if (dot && quantity_word(dot + 1, m, &quantity)) *dot = 0;
  if (!find_subject(p->model, word, m)) no_such_subject(p, word);
  return quantity;
}

static const char *all_causes(struct arena *arena) {
  const char *text = outcome_names[OUTCOME_TIMEOUT];
  for (int i = OUTCOME_TIMEOUT + 1; i < OUTCOMES; i++) text = arena_format(arena, "%s, %s", text, outcome_names[i]);
  return text;
}

static void parse_cause(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *value) {
  for (int i = OUTCOME_TIMEOUT; i < OUTCOMES; i++)
    if (!strcmp(value, outcome_names[i])) m->cause = i;
  if (m->cause < 0) FAIL(p, "finds no cause \"%s\"; causes are %s", value, all_causes(p->arena));
  if (!first->causes) FAIL(p, "has a cause, which belongs to error_rate, rate and count");
  if (m->subject == SUBJECT_SERVICE) FAIL(p, "has a cause, which endpoints and \"all\" have: a service does not see why");
}

static void parse_region(struct claim_parser *p, struct measure *m, const char *value) {
  const struct regions *all = &p->model->platform.regions;
  m->region = regions_named(all, value, strlen(value));
  if (!all->list.count)
    FAIL(p, "asks for clients of a region, and the scenario has no platform.regions");
  else if (m->region < 0)
    FAIL(p, "finds no region \"%s\"; there are: %s", value, regions_listed(all, p->arena));
}

static void parse_region_label(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *value) {
  (void)first;
  parse_region(p, m, value);
}

static const char *fault_names(struct claim_parser *p) {
  const char *names = "";
  for (uint32_t i = 0; i < model_faults(p->model)->count && i < NAMES_SHOWN; i++)
    names = arena_format(p->arena, "%s%s%s", names, i ? ", " : "", model_fault_at(p->model, i)->name);
  return names;
}

/* What a fault takes counts over all endpoints by the mix. */
static void take_part(struct claim_parser *p, const struct measure_kind *first, struct measure *m, enum lost_part part) {
  if (!first->by_cause) FAIL(p, "asks for what some faults took, which downtime has, such as downtime(year{planned=true})");
  if (m->part) FAIL(p, "asks for what one fault took and for what all planned or unplanned ones did; give one of them");
  m->part = part;
}

static void parse_fault_label(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *value) {
  int32_t found = find(value, model_faults(p->model), sizeof(struct fault_config));
  if (found < 0) FAIL(p, "finds no fault \"%s\"; there are: %s", value, fault_names(p));
  take_part(p, first, m, LOST_TO_FAULT);
  m->fault = found >= 0 ? (uint32_t)found : 0;
}

static void parse_planned(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *value) {
  bool planned = !strcmp(value, "true");
  if (!planned && strcmp(value, "false")) FAIL(p, "has {planned=%s}; it is true or false", value);
  take_part(p, first, m, planned ? LOST_PLANNED : LOST_UNPLANNED);
}

static void parse_endpoint(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *value) {
  (void)first;
  int32_t found = find(value, &p->model->endpoints, sizeof(struct endpoint_config));
  if (found < 0) FAIL(p, "finds no endpoint \"%s\"", value);
  m->subject = SUBJECT_ENDPOINT;
  m->index = found >= 0 ? (uint32_t)found : 0;
}

static const struct label {
  const char *name;
  void (*read)(struct claim_parser *, const struct measure_kind *, struct measure *, const char *);
  bool of_years; /* behind "year" and "month"; else behind a metric */
} labels[] = {{"cause", parse_cause, false},
              {"region", parse_region_label, false},
              {"endpoint", parse_endpoint, true},
              {"fault", parse_fault_label, true},
              {"planned", parse_planned, true}};

static void parse_label(struct claim_parser *p, const struct measure_kind *first, struct measure *m, const char *name,
                        const char *value) {
  bool of_years = first->argument == ARGUMENT_YEAR;
  for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
    if (!strcmp(name, labels[i].name) && labels[i].of_years == of_years) {
      labels[i].read(p, first, m, value);
      return;
    }
  FAIL(p, "has a label \"%s\"; there are %s", name,
       of_years ? "{endpoint=...}, {fault=...} and {planned=...}" : "{cause=...} and {region=...}");
}

/* {cause=timeout}, {region=eu}, {cause=timeout,region=eu} */
static void parse_labels(struct claim_parser *p, const struct measure_kind *first, struct measure *m) {
  if (!claim_take(p, "{")) return;
  do {
    claim_skip_space(p);
    char *label = claim_take_word(p, "=},"), *value = claim_take(p, "=") ? claim_take_word(p, "},") : (char *)"";
    parse_label(p, first, m, label, value);
  } while (claim_take(p, ","));
  if (!claim_take(p, "}")) FAIL(p, "misses \"}\"");
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

static void parse_month(struct claim_parser *p, struct measure *m, const char *word) {
  (void)m;
  if (strcmp(word, "month")) FAIL(p, "is of a month only, such as cost(month)");
}

static void parse_whom(struct claim_parser *p, struct measure *m, const char *word) {
  if (!find_subject(p->model, word, m) || m->subject > SUBJECT_ENDPOINT) no_such_subject(p, word);
}

static void parse_year(struct claim_parser *p, struct measure *m, const char *word) {
  m->monthly = !strcmp(word, "month");
  if (!m->monthly && strcmp(word, "year")) parse_whom(p, m, word);
}

static void parse_fault(struct claim_parser *p, struct measure *m, const char *word) {
  int32_t found = find(word, model_faults(p->model), sizeof(struct fault_config));
  if (found < 0) FAIL(p, "finds no fault \"%s\"", word);
  m->subject = SUBJECT_FAULT;
  m->index = (uint32_t)found;
}

/* What the parentheses hold; returns what of the subject. */
static enum quantity parse_argument(struct claim_parser *p, const struct measure_kind *first, struct measure *m) {
  static void (*const special[])(struct claim_parser *, struct measure *, const char *) = {[ARGUMENT_MONTH] = parse_month,
                                                                                           [ARGUMENT_YEAR] = parse_year,
                                                                                           [ARGUMENT_WHOM] = parse_whom,
                                                                                           [ARGUMENT_FAULT] = parse_fault,
                                                                                           [ARGUMENT_PROBE] = parse_probe};
  char *word = claim_take_word(p, first->threshold ? "{)<>" : "{)");
  if (!*p->at) {
    FAIL(p, "misses \")\"");
    return QUANTITY_NONE;
  }
  if (first->argument != ARGUMENT_METRIC) {
    special[first->argument](p, m, word);
    if (first->argument == ARGUMENT_YEAR) parse_labels(p, first, m);
    if (m->part && m->subject == SUBJECT_ENDPOINT)
      FAIL(p, "asks for a fault's part of one endpoint; what a fault takes counts over all endpoints by the mix");
    return QUANTITY_NONE;
  }
  enum quantity quantity = parse_metric(p, m, word);
  parse_labels(p, first, m);
  if (first->threshold) parse_threshold(p, m);
  return quantity;
}

/* --- combinations --------------------------------------------------------------------------------------------------------- */

/* What can be taken of a quantity: "mean, max and min". */
static const char *ways_of(struct arena *arena, enum quantity quantity) {
  const char *text = "", *last = NULL;
  const struct measure_kind *kind;
  for (uint32_t i = 0; (kind = measure_kind_at(i)); i++) {
    if (kind->quantity != quantity) continue;
    if (last) text = arena_format(arena, "%s%s%s", text, *text ? ", " : "", last);
    last = kind->percentage ? "percentiles" : kind->word;
  }
  return *text ? arena_format(arena, "%s and %s", text, last) : last;
}

/* What is wrong with asking for this word of this quantity of the subject. */
static void refuse(struct claim_parser *p, const struct measure_kind *first, const struct measure *m, enum quantity quantity) {
  if (m->subject == SUBJECT_METER) {
    const struct meter_config *meter = &p->model->meters[m->index];
    FAIL(p, "can take %s of %s.%s", ways_of(p->arena, quantity), meter->thing, meter->name);
    return;
  }
  const struct measure_kind *kind, *near = NULL;
  for (uint32_t i = 0; !near && (kind = measure_kind_at(i)); i++)
    if (kind->word && !strcmp(kind->word, first->word) && kind->quantity == quantity) near = kind;
  FAIL(p, "%s", near && near->wrong_subject ? near->wrong_subject : first->wrong);
}

static const struct measure_kind *find_kind(struct claim_parser *p, const struct measure_kind *first, const struct measure *m,
                                            enum quantity quantity) {
  const struct measure_kind *kind = measure_kind_of(first->word, quantity, m->subject);
  if (kind && m->region >= 0 && !(kind->regions & ASKED_OF(m->subject)))
    FAIL(p,
         "asks for clients of a region, which latency, wait, attributed time, rate, count, arrived, unanswered and error_rate of "
         "endpoints and \"all\" have");
  if (kind && (!kind->fits || kind->fits(p->model, m->index))) return kind;
  refuse(p, first, m, quantity);
  return NULL;
}

static void parse_window(struct claim_parser *p, struct measure *m) {
  if (!claim_take(p, "over ")) return;
  claim_skip_space(p);
  const char *wrong = window_parse(p->arena, p->model, &p->at, &m->window);
  if (wrong) FAIL(p, "has a window that %s", wrong);
  if (!(m->kind->windows & ASKED_OF(m->subject)))
    FAIL(p, "can look at a window of latency, wait, error_rate, rate, count and arrived of endpoints, of hit rates, utilization, "
            "counts and mean levels (a service's replicas, \"inside\", what is counted) only");
}

void measure_request(const struct measure *m, struct model *model) {
  if (m->kind->request) m->kind->request(m, model);
}

const char *measure_parse(struct arena *arena, const struct model *model, const char *text, struct measure *m, const char **rest) {
  struct claim_parser p = {arena, model, text, NULL};
  *m = (struct measure){.cause = -1, .region = -1};
  char *word = claim_take_word(&p, "(");
  if (!claim_take(&p, "(")) FAIL(&p, "does not say of what, in parentheses, such as p99(web.latency) < 250ms");
  const struct measure_kind *first = p.error ? NULL : parse_word(&p, m, word);
  enum quantity quantity = first ? parse_argument(&p, first, m) : QUANTITY_NONE;
  if (!p.error && !claim_take(&p, ")")) FAIL(&p, "misses \")\"");
  if (!p.error) m->kind = find_kind(&p, first, m, quantity);
  if (!p.error) parse_window(&p, m);
  *rest = p.at;
  return p.error;
}
