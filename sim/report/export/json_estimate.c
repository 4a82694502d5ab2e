#include "sim/report/export/json_estimate.h"
#include <inttypes.h>

void json_add_estimate(struct json_writer *w, const struct estimate *e) {
  json_add_number(w, "value", e->value);
  json_add_pair(w, "ci95", e->exact ? e->value : e->low, e->exact ? e->value : e->high);
  json_add_count(w, "n", e->n);
}

void json_add_named_estimate(struct json_writer *w, const char *name, const struct estimate *e) {
  json_key(w, name);
  json_open(w, '{');
  json_add_estimate(w, e);
  json_close(w, '}');
}

void json_add_label(struct json_writer *w, const char *label, const char *value) {
  json_key(w, "labels");
  json_open_line(w, '{');
  if (label) json_add_text(w, label, value);
  json_close_line(w, '}');
}

void json_add_scenario(struct json_writer *w, const char *name, const char *title, const char *file, uint64_t hash) {
  char digits[20];
  snprintf(digits, sizeof digits, "%016" PRIx64, hash);
  json_add_text(w, "name", name);
  json_add_text(w, "title", title);
  json_add_text(w, "file", file);
  json_add_text(w, "hash", digits);
}
