/* `oha --no-tui --output-format json`: times are in seconds. Without a rate (-q) its connections ask again as soon as they are
 * answered, but the file does not say how many there were: it is taken as requests at the rate that came out. */
#include "sim/calibration/reading_inner.h"
#include <stdlib.h>
#include <string.h>

static bool knows(const struct reading *r) {
  return json_member(json_member(r->tree, "summary"), "requestsPerSec") && json_member(r->tree, "latencyPercentiles");
}

static double number_of(const struct json_value *object, const char *name) {
  const struct json_value *v = json_member(object, name);
  return json_type(v) == JSON_NUMBER ? json_number(v) : NAN;
}

static double count_of(const struct json_value *codes, char from, char to) {
  double sum = 0;
  for (const struct json_value *v = json_first(codes); v; v = json_next(v))
    if (json_name(v)[0] >= from && json_name(v)[0] <= to) sum += json_number(v);
  return sum;
}

static void read(struct reading *r) {
  const struct json_value *s = json_member(r->tree, "summary"), *codes = json_member(r->tree, "statusCodeDistribution");
  double seconds = number_of(s, "total"), n = count_of(codes, '1', '9'), errors = 0;
  for (const struct json_value *v = json_first(json_member(r->tree, "errorDistribution")); v; v = json_next(v))
    if (!strstr(json_name(v), "deadline")) errors += json_number(v);
  if (!(seconds > 0) || !(n > 0)) {
    diagnostic_add(r->diagnostics, json_position(s),
                   "must have a \"total\" that is more than 0, and answers in \"statusCodeDistribution\"");
    return;
  }
  struct measured_window *w = reading_window(r);
  w->at = *json_position(s), w->seconds = seconds;
  w->failed = errors + count_of(codes, '4', '9'), w->requests = n - count_of(codes, '4', '9');
  measured_add(&w->asked, "/", w->requests);
  w->latency.n = n, w->latency.mean = number_of(s, "average");
  for (const struct json_value *v = json_first(json_member(r->tree, "latencyPercentiles")); v; v = json_next(v))
    if (json_type(v) == JSON_NUMBER && n * (1 - atof(json_name(v) + 1) / 100) >= 10)
      latency_put(&w->latency, atof(json_name(v) + 1) / 100, json_number(v));
}

const struct reader_kind reader_oha = {"oha", "what oha writes as JSON", true, knows, read};
