/* The end of a k6 run as JSON: --summary-export, where a metric is {"count": 1, "rate": 2}, and the data of handleSummary, where it
 * is {"type": "counter", "values": {"count": 1, "rate": 2}}. Times are in milliseconds. Virtual users ask, wait for the answer and
 * sleep as their script says, so that the run is taken as requests at its rate, and not as a closed one. */
#include "sim/calibration/reading_inner.h"
#include <stdlib.h>
#include <string.h>

static const struct json_value *metric(const struct reading *r, const char *name) {
  const struct json_value *m = json_member(json_member(r->tree, "metrics"), name), *values = json_member(m, "values");
  return values ? values : m;
}

static bool knows(const struct reading *r) {
  return metric(r, "http_reqs") || metric(r, "http_req_duration") || metric(r, "iterations");
}

static double number_of(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static bool has(struct reading *r, const char *name) {
  if (metric(r, name)) return true;
  diagnostic_add(r->diagnostics, json_position(r->tree), "has no metric \"%s\": export the whole summary", name);
  return false;
}

/* "p(95)" and "med". */
static void read_times(struct measured_latency *l, const struct json_value *v) {
  l->mean = number_of(v, "avg") / 1e3;
  for (v = json_first(v); v; v = json_next(v)) {
    if (!strncmp(json_name(v), "p(", 2)) latency_put(l, atof(json_name(v) + 2) / 100, json_number(v) / 1e3);
    if (!strcmp(json_name(v), "med")) latency_put(l, 0.5, json_number(v) / 1e3);
  }
}

static void check_steady(struct reading *r) {
  const struct json_value *users = metric(r, "vus");
  double low = number_of(users, "min"), high = number_of(users, "max");
  if (!(high >= 4) || !(high > 3 * low)) return;
  diagnostic_add(r->diagnostics, json_position(users),
                 "the load was not steady: between %.0f and %.0f users; no fit is made of it. Measure "
                 "one load at a time, with constant-vus or constant-arrival-rate",
                 low, high);
}

static void read(struct reading *r) {
  if (!has(r, "http_reqs") || !has(r, "http_req_duration")) return;
  const struct json_value *requests = metric(r, "http_reqs");
  double n = number_of(requests, "count"), rate = number_of(requests, "rate");
  double ms = number_of(json_member(r->tree, "state"), "testRunDurationMs");
  if (!(n > 0) || !(rate > 0)) {
    diagnostic_add(r->diagnostics, json_position(requests), "must have a count and a rate that are more than 0");
    return;
  }
  struct measured_window *w = reading_window(r);
  w->at = *json_position(requests), w->seconds = isnan(ms) ? n / rate : ms / 1e3;
  double failed = number_of(metric(r, "http_req_failed"), "rate");
  if (isnan(failed)) failed = number_of(metric(r, "http_req_failed"), "value");
  w->failed = isnan(failed) ? 0 : failed * n, w->requests = n - w->failed;
  measured_add(&w->asked, "/", w->requests);
  w->latency.n = n;
  read_times(&w->latency, metric(r, "http_req_duration"));
  check_steady(r);
}

const struct reader_kind reader_k6 = {"k6", "the summary of k6 as JSON, of --summary-export or handleSummary", true, knows, read};
