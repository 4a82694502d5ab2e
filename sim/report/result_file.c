#include "sim/report/result_file.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail(char **error, const char *path, const char *text) {
  if (asprintf(error, "%s: %s", path, text) < 0) abort();
  return false;
}

bool result_file_read(struct arena *arena, const char *path, struct result_file *out, char **error) {
  struct diagnostics *faults = diagnostics_new(arena);
  *error = NULL;
  const struct json_value *root = json_read_file(arena, faults, path);
  if (diagnostics_errors(faults)) {
    *error = strdup(diagnostics_render(faults, arena));
    (*error)[strcspn(*error, "\n")] = 0; /* one line: the file is ours, not the user's to mend */
    return false;
  }
  if (json_number(json_member(root, "aguanta_result")) != 1)
    return fail(error, path,
                "not a result of aguanta (no \"aguanta_result\": 1); write one with `aguanta run FILE --export result.json`");
  const struct json_value *scenario = json_member(root, "scenario");
  *out = (struct result_file){root, arena_text(arena, path), result_text(scenario, "name"), result_text(scenario, "title"),
                              result_text(json_member(root, "bill"), "currency")};
  if (!*out->title) out->title = out->name;
  return true;
}

double result_number(const struct json_value *object, const char *key) {
  const struct json_value *value = json_member(object, key);
  return json_type(value) == JSON_NUMBER ? json_number(value) : NAN;
}

const char *result_text(const struct json_value *object, const char *key) {
  const char *text = json_text(json_member(object, key));
  return text ? text : "";
}

static double number_or_nan(const struct json_value *value) { return json_type(value) == JSON_NUMBER ? json_number(value) : NAN; }

struct result_estimate result_estimate(const struct json_value *object) {
  const struct json_value *low = json_first(json_member(object, "ci95"));
  return (struct result_estimate){result_number(object, "value"), number_or_nan(low), number_or_nan(json_next(low))};
}

const struct json_value *result_metric(const struct result_file *file, const char *name, const char *aggregate) {
  for (const struct json_value *m = json_first(json_member(file->root, "metrics")); m; m = json_next(m))
    if (!strcmp(result_text(m, "metric"), name) && !strcmp(result_text(m, "agg"), aggregate) &&
        json_count(json_member(m, "labels")) == 0)
      return m;
  return NULL;
}

bool result_has_endpoint(const struct result_file *file, const char *endpoint) {
  for (const struct json_value *e = json_first(json_member(file->root, "endpoints")); e; e = json_next(e))
    if (json_text(e) && !strcmp(json_text(e), endpoint)) return true;
  return false;
}

const char *result_verdict(const struct result_file *file) {
  static const char *const order[] = {"NONE", "PASS", "NO DATA", "UNDECIDED", "FAIL"}; /* the worst last */
  int worst = 0;
  for (const struct json_value *c = json_first(json_member(file->root, "claims")); c; c = json_next(c)) {
    if (!strcmp(result_text(c, "severity"), "info")) continue;
    for (int i = worst + 1; i < 5; i++)
      if (!strcmp(order[i], result_text(c, "verdict"))) worst = i;
  }
  return order[worst];
}

/* ---- limits in claims ---- */

static const struct {
  const char *suffix;
  double factor;
} suffixes[] = {{"ns", 1e-9},        {"us", 1e-6}, {"ms", 1e-3},    {"min", 60},       {"m", 60},     {"s", 1},
                {"h", 3600},         {"d", 86400}, {"y", 31536000}, {"%", 0.01},       {"KiB", 1024}, {"MiB", 1048576},
                {"GiB", 1073741824}, {"Ki", 1024}, {"Mi", 1048576}, {"Gi", 1073741824}};

/* A number and its unit; words that are not a unit (USD, /s) leave it as it is. Durations may have parts: 2h30m. */
static bool quantity(const char **text, double *out) {
  *out = 0;
  bool any = false;
  while (strspn(*text, " ")) ++*text;
  for (char *end;; any = true) {
    double part = strtod(*text, &end);
    if (end == *text || strchr("nNiI", **text)) return any;
    double factor = 1;
    size_t length = strspn(end, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%");
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
      if (strlen(suffixes[i].suffix) == length && !strncmp(end, suffixes[i].suffix, length)) factor = suffixes[i].factor;
    *out += part * factor;
    *text = end + length;
    if (**text < '0' || **text > '9') return true;
  }
}

bool claim_limit(const char *expression, struct claim_limit *out) {
  const char *after = strrchr(expression, ')'), *in, *compare;
  *out = (struct claim_limit){-INFINITY, INFINITY};
  /* a window such as over peak(15m) also ends with a bracket; the comparison comes after the last one */
  if (!after) return false;
  if ((in = strstr(after, " in "))) {
    in += 4;
    return quantity(&in, &out->low) && !strncmp(in, "..", 2) && (in += 2, quantity(&in, &out->high));
  }
  if (!(compare = strpbrk(after, "<>"))) return false;
  double *bound = *compare == '<' ? &out->high : &out->low;
  compare += 1 + (compare[1] == '=');
  return quantity(&compare, bound);
}
