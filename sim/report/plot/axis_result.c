#include "sim/report/plot/axis_result.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *read_levels(struct axis_result *a) {
  const struct json_value *root = a->file->root;
  a->unit = result_text(root, "unit");
  snprintf(a->label, sizeof a->label, "%.180s%s%.20s%s", result_text(root, "path"), *a->unit ? " (" : "", a->unit,
           *a->unit ? ")" : "");
  for (const struct json_value *l = json_first(json_member(root, "levels")); l && a->count < AXIS_MOST; l = json_next(l)) {
    double x = result_number(l, "value");
    if (!isfinite(x) || (a->count && x <= a->x[a->count - 1])) return "its values are not numbers that rise";
    a->at[a->count] = l, a->x[a->count++] = x;
  }
  return a->count < 2 ? "fewer than two values were run: no curve to draw" : NULL;
}

/* Points in any order; texts with one unit. */
static const char *read_points(struct axis_result *a) {
  const struct json_value *points = json_member(a->file->root, "points");
  if (json_count(points) > AXIS_MOST) return "more than 200 points do not fit into one picture";
  for (const struct json_value *p = json_first(points); p; p = json_next(p)) {
    const struct json_value *value = json_first(json_member(p, "set"));
    char *rest = NULL;
    double x = json_text(value) ? strtod(json_text(value), &rest) : NAN;
    if (!json_text(value) || rest == json_text(value) || !isfinite(x) || (a->count && strcmp(rest, a->unit)))
      return "its values are no numbers of one unit; --kind sweep draws those";
    if (!a->count)
      snprintf(a->label, sizeof a->label, "%.180s%s%.20s%s", json_name(value), *rest ? " (" : "", rest, *rest ? ")" : "");
    a->unit = rest;
    int at = a->count++;
    for (; at > 0 && a->x[at - 1] >= x; at--) {
      if (a->x[at - 1] == x) return "a sweep over several values; --kind grid draws those";
      a->x[at] = a->x[at - 1], a->at[at] = a->at[at - 1];
    }
    a->x[at] = x, a->at[at] = p;
  }
  return a->count < 2 ? "fewer than two values were run: no curve to draw" : NULL;
}

const char *axis_read(struct axis_result *a, const struct result_file *file) {
  *a = (struct axis_result){.file = file, .capacity = !strcmp(file->answer, "capacity"), .unit = ""};
  return a->capacity ? read_levels(a) : read_points(a);
}

struct axis_words axis_result_words(const struct axis_result *a, double x) {
  struct axis_words shown;
  snprintf(shown.text, sizeof shown.text, "%.3g%.20s", x, a->unit);
  if (x >= 1000) snprintf(shown.text, sizeof shown.text, "%.0f%.20s", x >= 1e5 ? x : rint(x), a->unit);
  return shown;
}

const struct json_value *axis_metric(const struct json_value *point, const char *name, const char *aggregate) {
  for (const struct json_value *m = json_first(json_member(point, "metrics")); m; m = json_next(m))
    if (!strcmp(result_text(m, "metric"), name) && !strcmp(result_text(m, "agg"), aggregate) &&
        !json_count(json_member(m, "labels")))
      return m;
  return NULL;
}

bool axis_endless(const struct json_value *at) {
  if (*result_text(at, "growth")) return true;
  for (const struct json_value *c = json_first(json_member(at, "claims")); c; c = json_next(c)) {
    const struct json_value *implicit = json_member(c, "implicit");
    if (implicit && json_flag(implicit) && !strcmp(result_text(c, "verdict"), "FAIL")) return true;
  }
  return false;
}

double axis_fullest(const struct axis_result *a, int i, char *name, size_t size) {
  double most = NAN;
  const struct json_value *list = json_member(a->at[i], a->capacity ? "resources" : "metrics");
  for (const struct json_value *r = json_first(list); r; r = json_next(r)) {
    if (!a->capacity && (strcmp(result_text(r, "agg"), "utilization") || json_count(json_member(r, "labels")))) continue;
    double busy = result_number(r, a->capacity ? "busy" : "value");
    if (!(busy > most) && !isnan(most)) continue;
    if (isnan(busy)) continue;
    most = busy;
    snprintf(name, size, "%s", result_text(r, a->capacity ? "resource" : "metric"));
  }
  return most;
}
