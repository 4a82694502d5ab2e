/* Laws as a scenario writes them: "2ms", {"exponential": "2ms"}, {"lognormal": {"mean": "2ms", "cv": 1.5}}. */
#include "sim/calibration/calibration_inner.h"
#include "sim/json/json_node.h"
#include "sim/json/json_print.h"
#include "sim/scenario/unit.h"
#include "sim/scenario/unit_print.h"
#include <string.h>

static double seconds_of(const struct json_value *v) {
  if (json_type(v) != JSON_TEXT) return NAN;
  struct arena *arena = arena_new();
  int64_t ns;
  const char *wrong = unit_parse_duration(arena, json_text(v), &ns);
  arena_free(arena);
  return wrong ? NAN : (double)ns / 1e9;
}

/* By two of its parameters. */
static double lognormal_mean(const struct json_value *v) {
  static const struct {
    const char *name;
    double z;
  } tails[] = {{"p90", 1.2815515655446004}, {"p95", 1.6448536269514722}, {"p99", 2.3263478740408408}};
  double median = seconds_of(json_member(v, "median"));
  const struct json_value *cv = json_member(v, "cv");
  if (cv) return median * sqrt(1 + json_number(cv) * json_number(cv));
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    double x = seconds_of(json_member(v, tails[i].name)), sigma = log(x / median) / tails[i].z;
    if (!isnan(x)) return median * exp(0.5 * sigma * sigma);
  }
  return NAN;
}

static double values_mean(const struct json_value *values, const struct json_value *weights) {
  double sum = 0, weight = 0;
  const struct json_value *w = json_first(weights);
  for (const struct json_value *v = json_first(values); v; v = json_next(v), w = json_next(w)) {
    double one = w ? json_number(w) : 1;
    sum += one * seconds_of(v), weight += one;
  }
  return weight > 0 ? sum / weight : NAN;
}

double law_mean_s(const struct json_value *law) {
  if (json_type(law) != JSON_OBJECT) return seconds_of(law);
  const struct json_value *v = json_first(law);
  const char *name = v ? json_name(v) : "";
  if (json_type(v) == JSON_LIST) return values_mean(v, NULL);
  if (json_type(v) == JSON_TEXT) return seconds_of(v);
  if (json_member(v, "mean")) return seconds_of(json_member(v, "mean"));
  if (!strcmp(name, "lognormal")) return lognormal_mean(v);
  if (!strcmp(name, "discrete")) return values_mean(json_member(v, "values"), json_member(v, "weights"));
  if (!strcmp(name, "uniform")) return 0.5 * (seconds_of(json_member(v, "min")) + seconds_of(json_member(v, "max")));
  return NAN;
}

/* Four digits: more than any measurement has. */
static int64_t rounded_ns(double seconds) {
  double ns = seconds * 1e9;
  if (!(ns >= 1)) return ns > 0 ? 1 : 0;
  double unit = pow(10, floor(log10(ns)) - 3);
  return (int64_t)(unit > 1 ? round(ns / unit) * unit : round(ns));
}

const char *law_seconds(struct arena *arena, double seconds) {
  return arena_format(arena, "\"%s\"", unit_print_duration(arena, rounded_ns(seconds)));
}

static struct json_value *scaled(struct arena *arena, const struct json_value *v, double factor) {
  struct json_value *copy = json_new(arena, json_type(v));
  double seconds = seconds_of(v);
  copy->name = v->name, copy->number = v->number, copy->text = v->text, copy->flag = v->flag;
  if (!isnan(seconds)) copy->text = unit_print_duration(arena, rounded_ns(seconds * factor));
  for (const struct json_value *c = json_first(v); c; c = json_next(c)) json_append(copy, scaled(arena, c, factor));
  return copy;
}

const char *law_scaled(struct arena *arena, const struct json_value *law, double factor) {
  return json_print_line(arena, scaled(arena, law, factor));
}
