#include "sim/scenario/watch.h"
#include "models/autoscaling/trigger.h"
#include "models/service/computing.h"
#include "models/service/service.h"
#include "sim/engine/arena.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the claim ---------------------------------------------------------------------------------------------------------------- */

/* `measure` with a limit in base units that it must not pass. */
static const char *calm_of(struct arena *arena, const struct model *m, const char *measure, double limit, struct watch *w) {
  const char *rest = NULL, *wrong = measure_parse(arena, m, measure, &w->calm.measure, &rest);
  w->calm.expression = measure;
  w->calm.comparison = COMPARE_LESS_EQUAL, w->calm.low = -INFINITY, w->calm.high = limit;
  w->calm.kind = CLAIM_REQUIREMENT;
  w->known = !wrong;
  return wrong;
}

/* A share cannot be more than all of it; of replicas with a limit, than that. */
static void bound_share(struct watch *w, const char *why) {
  if (w->calm.measure.kind->unit == UNIT_RATIO) w->most = 1, w->most_why = why;
}

static const char *cores_of(struct arena *arena, const struct model *m, uint32_t service, double cores, struct watch *w) {
  const struct service_config *s = model_service(m, service);
  double can = computing_cores(m, s);
  const char *wrong = calm_of(arena, m, arena_format(arena, "utilization(%s.cpu)", s->name), cores / can, w);
  w->scale = can, w->unit = "cores";
  w->text = arena_format(arena, "CPU of a replica of %s > %.4g cores", s->name, cores);
  bool limited = s->resources.limits.cpu != INT64_MAX;
  bound_share(w, limited ? arena_format(arena, "the limit of a replica is %lldm of CPU", (long long)s->resources.limits.cpu)
                         : arena_format(arena, "a replica can use %.4g cores at most", can));
  return wrong;
}

static const char *of_nodes(struct arena *arena, const struct model *m, const struct trigger_config *t, struct watch *w) {
  const char *name = model_nodes(m, (uint32_t)t->nodes)->name;
  w->text = arena_format(arena, "%s of %s > %.4g%%", t->utilization > 0 ? "CPU" : "memory", name,
                         100 * (t->utilization > 0 ? t->utilization : t->filled));
  if (t->utilization > 0) {
    const char *wrong = calm_of(arena, m, arena_format(arena, "utilization(%s.cpu)", name), t->utilization, w);
    if (!wrong) bound_share(w, "no more than all of it can be in use");
    return wrong;
  }
  double mib = t->filled * (double)model_nodes(m, (uint32_t)t->nodes)->memory / 1048576;
  return calm_of(arena, m, arena_format(arena, "mean(%s.node_memory)", name), mib, w);
}

/* Of the largest replica, which is never below the mean that acts in a run: it fires no later. */
static const char *of_memory(struct arena *arena, const struct model *m, const struct trigger_config *t, struct watch *w) {
  const struct service_config *s = model_service(m, (uint32_t)t->service);
  double mib = (double)t->memory / 1048576;
  w->text = arena_format(arena, "memory of the largest replica of %s > %.4g MiB", s->name, mib);
  const char *wrong = calm_of(arena, m, arena_format(arena, "mean(%s.memory)", s->name), mib, w);
  int64_t limit = s->resources.limits.memory;
  if (wrong || !limit || limit == INT64_MAX) return wrong;
  w->most = (double)limit / 1048576;
  w->most_why = arena_format(arena, "a replica is killed at its limit of %.4g MiB", w->most);
  return NULL;
}

/* --- when --------------------------------------------------------------------------------------------------------------------- */

static const char *of_when(struct arena *arena, const struct model *m, const struct trigger_config *t, struct watch *w) {
  struct claim *c = &w->calm;
  c->expression = t->when, c->kind = CLAIM_REQUIREMENT;
  const char *wrong = claim_parse(arena, m, c);
  if (wrong) return wrong;
  w->text = t->when;
  if (c->comparison == COMPARE_IN || c->share > 0) return "needs one limit, such as \"> 80%\"";
  if (c->measure.kind->over_faults) return "is of years of faults, which have no months";
  bool above = c->comparison == COMPARE_GREATER || c->comparison == COMPARE_GREATER_EQUAL;
  *c = (struct claim){.expression = t->when,
                      .kind = CLAIM_REQUIREMENT,
                      .measure = c->measure,
                      .comparison = above ? COMPARE_LESS_EQUAL : COMPARE_GREATER_EQUAL,
                      .low = above ? -INFINITY : c->high,
                      .high = above ? c->low : INFINITY};
  w->known = true;
  if (above) bound_share(w, "it cannot be more than 100%");
  return NULL;
}

/* --- rules of Prometheus ------------------------------------------------------------------------------------------------------ */

struct rule {
  const char *text, *named; /* the metric that decides the unit */
  double limit;
  bool percent; /* the expression is multiplied by 100 */
};

/* Whether a label value of the rule names this: name="backend", pod=~"backend-.*". */
static bool names(const char *rule, const char *word) {
  size_t length = strlen(word);
  for (const char *quote = strchr(rule, '"'); quote; quote = strchr(quote, '"')) {
    const char *end = strchr(++quote, '"');
    if (!end) return false;
    for (const char *at = strstr(quote, word); at && at < end; at = strstr(at + 1, word)) {
      bool begins = at == quote || !isalnum((unsigned char)at[-1]), ends = !isalnum((unsigned char)at[length]);
      if (begins && ends) return true;
    }
    quote = end + 1;
  }
  return false;
}

/* The longest name that fits: "worker" is no "bullmq-worker". */
static int32_t service_in(const struct model *m, const char *rule) {
  int32_t found = -1;
  for (uint32_t i = 0; i < m->services.count; i++)
    if (names(rule, model_service(m, i)->name) &&
        (found < 0 || strlen(model_service(m, i)->name) > strlen(model_service(m, (uint32_t)found)->name)))
      found = (int32_t)i;
  return found;
}

static int32_t endpoint_in(const struct model *m, const char *rule) {
  for (uint32_t i = 0; i < m->endpoints.count; i++)
    if (names(rule, model_endpoint(m, i)->name)) return (int32_t)i;
  return -1;
}

/* "[5m]" is what the rate is a mean over. */
static void read_range(struct arena *arena, const char *rule, sim_time *every) {
  const char *open = strchr(rule, '['), *close = open ? strchr(open, ']') : NULL;
  if (!close) return;
  char *text = arena_format(arena, "%.*s", (int)(close - open - 1), open + 1);
  int64_t ns;
  if (!unit_parse_duration(arena, text, &ns) && ns > 0) *every = ns;
}

static const char *limit_of(struct arena *arena, const char *rule, const char *called, double *limit, bool *below) {
  const char *at = NULL;
  int depth = 0;
  bool quoted = false;
  for (const char *c = rule; *c; c++) {
    quoted ^= *c == '"';
    if (!quoted) depth += (*c == '(' || *c == '{') - (*c == ')' || *c == '}');
    if (!quoted && depth == 0 && (*c == '>' || *c == '<')) at = c;
  }
  if (!at) return "has no limit: a rule ends with \"> 0.7\"";
  *below = *at == '<';
  const char *number = at + 1 + (at[1] == '=');
  char *end;
  *limit = strtod(number, &end);
  while (isspace((unsigned char)*end)) end++;
  if (end == number || !isfinite(*limit)) return "has a limit that is no number";
  if (*end == '%')
    return arena_format(arena, "is in %s, and \"%s\" is a share in percent: a rule is compared in its own unit", called,
                        number + strspn(number, " "));
  if (*end) return arena_format(arena, "has \"%s\" behind its limit: it is a number in %s", end, called);
  return NULL;
}

static const char *of_cpu_rule(struct arena *arena, const struct model *m, const char *rule, struct watch *w) {
  bool share = strstr(rule, "container_spec_cpu_quota") || strstr(rule, "resource_limits") || strstr(rule, "resource_requests");
  double limit = 0;
  bool below = false;
  const char *wrong = limit_of(arena, rule, share ? "shares of the limit, 0 to 1" : "cores", &limit, &below);
  if (wrong) return wrong;
  int32_t service = service_in(m, rule);
  if (service < 0) return "names no service: give it a label, such as container_cpu_usage_seconds_total{name=\"backend\"}";
  const struct service_config *s = model_service(m, (uint32_t)service);
  if (!share) return cores_of(arena, m, (uint32_t)service, limit, w);
  if (s->resources.limits.cpu == INT64_MAX)
    return arena_format(arena, "is divided by a limit of CPU that \"%s\" does not have", s->name);
  if (strstr(rule, "* 100") || strstr(rule, "*100")) limit /= 100;
  wrong = cores_of(arena, m, (uint32_t)service, limit * (double)s->resources.limits.cpu / 1000, w);
  w->unit = NULL, w->scale = 1, w->text = arena_format(arena, "CPU of %s > %.4g%% of its limit", s->name, 100 * limit);
  return wrong;
}

static const char *of_node_rule(struct arena *arena, const struct model *m, const char *rule, struct watch *w) {
  double limit = 0;
  bool below = false;
  const char *wrong = limit_of(arena, rule, "shares, 0 to 1", &limit, &below);
  if (wrong) return wrong;
  if (strstr(rule, "100")) limit /= 100;
  if (limit > 1)
    return arena_format(arena, "is a share of the nodes' CPU, and %.4g is no share: multiply it by 100, or write %.4g", limit,
                        limit / 100);
  int32_t group = 0;
  for (uint32_t i = 0; i < m->platform.nodes.count; i++)
    if (names(rule, model_nodes(m, i)->name)) group = (int32_t)i;
  struct trigger_config t = {.nodes = group, .utilization = limit};
  return of_nodes(arena, m, &t, w);
}

static const char *of_latency_rule(struct arena *arena, const struct model *m, const char *rule, struct watch *w) {
  double limit = 0, p = strtod(strstr(rule, "histogram_quantile(") + strlen("histogram_quantile("), NULL);
  bool below = false;
  const char *wrong = limit_of(arena, rule, "seconds", &limit, &below);
  if (wrong) return wrong;
  if (!(p > 0 && p < 1)) return "has no quantile between 0 and 1";
  int32_t endpoint = endpoint_in(m, rule);
  const char *of = endpoint < 0 ? "all" : model_endpoint(m, (uint32_t)endpoint)->name;
  w->text = arena_format(arena, "p%.6g(%s.latency) > %s", 100 * p, of, unit_print_duration(arena, (sim_time)(limit * 1e9)));
  return calm_of(arena, m, arena_format(arena, "p%.6g(%s.latency)", 100 * p, of), limit, w);
}

static const char *of_rule(struct arena *arena, const struct model *m, const struct trigger_config *t, struct watch *w) {
  read_range(arena, t->rule, &w->every);
  if (strstr(t->rule, "histogram_quantile(")) return of_latency_rule(arena, m, t->rule, w);
  if (strstr(t->rule, "container_cpu_usage_seconds_total")) return of_cpu_rule(arena, m, t->rule, w);
  if (strstr(t->rule, "node_cpu_seconds_total")) return of_node_rule(arena, m, t->rule, w);
  return "is none of those that are understood: container_cpu_usage_seconds_total, node_cpu_seconds_total, histogram_quantile; "
         "write what it watches as \"when\"";
}

const char *watch_of(struct arena *arena, const struct model *m, const struct trigger_config *t, struct watch *w,
                     const char **key) {
  *w = (struct watch){.scale = 1, .most = INFINITY, .every = t->every};
  *key = t->when ? "when" : t->rule ? "rule" : t->nodes >= 0 ? "nodes" : "service";
  if (t->when) return of_when(arena, m, t, w);
  if (t->rule) return of_rule(arena, m, t, w);
  if (t->nodes >= 0) return of_nodes(arena, m, t, w);
  if (t->service >= 0 && t->cpu) return cores_of(arena, m, (uint32_t)t->service, (double)t->cpu / 1000, w);
  if (t->service >= 0) return of_memory(arena, m, t, w);
  w->why = "metrics of the scenario are not followed over months: write it as \"when\"";
  w->text = "a metric of the scenario";
  return NULL;
}
