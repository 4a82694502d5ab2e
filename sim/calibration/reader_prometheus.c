/* The answer of Prometheus to query_range: a matrix of counters. What a series counts goes by its name: seconds of CPU
 * (..._cpu_usage_seconds_total, process_cpu_seconds_total), of a machine (node_cpu_seconds_total without idle), requests
 * (..._requests_total, or ..._count of a histogram where there is none), and times of answers (..._seconds_bucket,
 * ..._seconds_sum). Whose they are goes by the first label of: service, container, app, job, and of
 * requests: endpoint, route, handler, path, uri. Series of one name are added. */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include <stdlib.h>
#include <string.h>

static bool knows(const struct reading *r) {
  return json_member(json_member(r->tree, "data"), "resultType") || json_member(r->tree, "errorType");
}

static bool ends(const char *name, const char *with) {
  size_t a = strlen(name), b = strlen(with);
  return a >= b && !strcmp(name + a - b, with);
}

static const char *label_of(const struct json_value *metric, const char *const *names) {
  for (; *names; names++) {
    const char *text = json_text(json_member(metric, *names));
    if (text && *text) return text;
  }
  return NULL;
}

/* Null: it is of no use, and not an error. */
static const char *owner_of(const struct json_value *metric, const char *name, enum series_of *of) {
  static const char *const services[] = {"service", "container", "app", "container_label_com_docker_compose_service",
                                         "name",    "pod",       "job", NULL};
  static const char *const endpoints[] = {"endpoint", "route", "handler", "path", "uri", "url", NULL};
  const char *mode = json_text(json_member(metric, "mode")), *owner;
  if (!strcmp(name, "node_cpu_seconds_total")) {
    *of = SERIES_HOST;
    return mode && (!strcmp(mode, "idle") || !strcmp(mode, "iowait")) ? NULL : "host";
  }
  if (*of == SERIES_BUCKET) {
    owner = json_text(json_member(metric, "le"));
    return owner && strcmp(owner, "+Inf") != 0 ? owner : NULL;
  }
  if (*of == SERIES_TIME) return "all";
  owner = label_of(metric, *of == SERIES_CPU ? services : endpoints);
  if (*of == SERIES_CPU && owner && !strcmp(owner, "POD")) return NULL;
  return owner ? owner : *of == SERIES_CPU ? "app" : "/";
}

static const struct {
  const char *ending;
  enum series_of of;
} known[] = {{"cpu_usage_seconds_total", SERIES_CPU},
             {"cpu_seconds_total", SERIES_CPU},
             {"requests_total", SERIES_REQUESTS},
             {"requests", SERIES_REQUESTS},
             {"_count", SERIES_REQUESTS},
             {"_seconds_bucket", SERIES_BUCKET},
             {"_seconds_sum", SERIES_TIME}};

static bool counts(const char *name, enum series_of *of) {
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (ends(name, known[i].ending)) {
      *of = known[i].of;
      return true;
    }
  return false;
}

static bool has_total(const struct reading *r) {
  for (const struct json_value *v = json_first(json_member(json_member(r->tree, "data"), "result")); v; v = json_next(v)) {
    const char *name = json_text(json_member(json_member(v, "metric"), "__name__"));
    if (name && ends(name, "requests_total")) return true;
  }
  return false;
}

/* Adds to what is there, when another series of this name has been read. */
static void put(struct reading *r, struct series *s, uint32_t i, double at_s, double value, const struct json_value *at,
                bool fresh) {
  if (fresh)
    series_put(r, s, at_s, value, *json_position(at));
  else if (i < s->count && fabs(s->at_s[i] - at_s) < 1e-6)
    s->value[i] += value;
  else
    diagnostic_add(r->diagnostics, json_position(at),
                   "series of \"%s\" have other times than the first of them: some began or ended within "
                   "the range; ask for a range in which all are there",
                   s->name);
}

static void read_series(struct reading *r, const struct json_value *v) {
  const struct json_value *metric = json_member(v, "metric"), *values = json_member(v, "values");
  const char *name = json_text(json_member(metric, "__name__"));
  enum series_of of;
  if (!name || !counts(name, &of)) {
    diagnostic_add(r->diagnostics, json_position(metric),
                   name ? "\"%s\" is not a counter of CPU seconds or requests that is known"
                        : "has no name: ask for the counter itself, not for rate() or sum() of it",
                   name);
    return;
  }
  const char *owner = owner_of(metric, name, &of);
  if (!owner || (ends(name, "_count") && has_total(r))) return;
  struct series *s = reading_series(r, of, owner);
  bool fresh = !s->count;
  double last = -INFINITY;
  uint32_t i = 0, before = diagnostics_errors(r->diagnostics);
  for (const struct json_value *p = json_first(values); p && diagnostics_errors(r->diagnostics) == before; p = json_next(p), i++) {
    const struct json_value *second = json_next(json_first(p));
    double value = json_text(second) ? strtod(json_text(second), NULL) : json_number(second);
    if (json_count(p) != 2 || !isfinite(value))
      diagnostic_add(r->diagnostics, json_position(p), "must be a time and a number");
    else if (value < last)
      diagnostic_add(r->diagnostics, json_position(p),
                     "the counter %s of \"%s\" fell from %.9g to %.9g: it was reset; ask for a range on one "
                     "side of it",
                     name, owner, last, value);
    else
      put(r, s, i, json_number(json_first(p)), value, p, fresh);
    last = value;
  }
}

static void read(struct reading *r) {
  const char *error = json_text(json_member(r->tree, "error"));
  const struct json_value *data = json_member(r->tree, "data");
  const char *type = json_text(json_member(data, "resultType"));
  if (error || !type || strcmp(type, "matrix") != 0) {
    diagnostic_add(r->diagnostics, json_position(r->tree),
                   error ? "Prometheus says: %s" : "must be the answer to query_range, a matrix, and not %s",
                   error  ? error
                   : type ? type
                          : "something else");
    return;
  }
  for (const struct json_value *v = json_first(json_member(data, "result")); v; v = json_next(v)) read_series(r, v);
  if (!r->series_count && !diagnostics_errors(r->diagnostics)) reading_error(r, NULL, 0, "has no series: the query found nothing");
}

const struct reader_kind reader_prometheus = {"prometheus", "the answer to query_range: counters of CPU seconds and of requests",
                                              true, knows, read};
