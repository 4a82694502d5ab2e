/* `vegeta report -type=json`: one attack at a constant rate. Times are in nanoseconds; latencies has total, mean, 50th, 90th, 95th,
 * 99th, max and min. */
#include "sim/calibration/reading_inner.h"
#include <stdlib.h>
#include <string.h>

static bool knows(const struct reading *r) {
  return json_member(json_member(r->tree, "latencies"), "mean") && json_member(r->tree, "requests");
}

static double number_of(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static void read(struct reading *r) {
  double n = number_of(r->tree, "requests"), ns = number_of(r->tree, "duration"), wait = number_of(r->tree, "wait");
  double success = number_of(r->tree, "success");
  if (!(n > 0) || !(ns > 0)) {
    diagnostic_add(r->diagnostics, json_position(r->tree),
                   "must have \"requests\" and a \"duration\" that are more than 0: is it the report of a whole attack?");
    return;
  }
  struct measured_window *w = reading_window(r);
  w->at = *json_position(r->tree), w->seconds = (ns + (isnan(wait) ? 0 : wait)) / 1e9;
  w->failed = isnan(success) ? 0 : round((1 - success) * n), w->requests = n - w->failed;
  measured_add(&w->asked, "/", w->requests);
  w->latency.n = n;
  for (const struct json_value *v = json_first(json_member(r->tree, "latencies")); v; v = json_next(v)) {
    char *rest;
    double share = strtod(json_name(v), &rest);
    if (!strcmp(json_name(v), "mean")) w->latency.mean = json_number(v) / 1e9;
    if (!strcmp(rest, "th") && rest != json_name(v)) latency_put(&w->latency, share / 100, json_number(v) / 1e9);
  }
}

const struct reader_kind reader_vegeta = {"vegeta", "the report of vegeta as JSON", true, knows, read};
