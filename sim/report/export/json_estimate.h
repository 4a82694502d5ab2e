/* What several JSON formats write alike. */
#ifndef JSON_ESTIMATE_H
#define JSON_ESTIMATE_H
#include "sim/json/json_writer.h"
#include "sim/measure/results.h"

/* value, ci95 and n; the interval of an exact value is the value. */
void json_add_estimate(struct json_writer *, const struct estimate *);
void json_add_named_estimate(struct json_writer *, const char *name, const struct estimate *);
/* "labels": of one label, or of none where it is null. */
void json_add_label(struct json_writer *, const char *label, const char *value);
/* name, title, file and hash of a scenario. */
void json_add_scenario(struct json_writer *, const char *name, const char *title, const char *file, uint64_t hash);

#endif
