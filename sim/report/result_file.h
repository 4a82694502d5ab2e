/* A result read back from its JSON, for pictures and pages: narrow access over the strict reader. */
#ifndef RESULT_FILE_H
#define RESULT_FILE_H
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/measure/results.h"

struct result_file {
  const struct json_value *root;
  const char *path, *name, *title; /* of the scenario; title falls back to the name */
  const char *currency;            /* never null */
  const char *answer;              /* what it is of: "result", "sweep", "capacity", ... */
};

/* Of an answer that is in memory; the path is for messages. */
struct result_file result_file_of(const struct json_value *root, const char *path);
/* Everything lives in the arena. False with a message (the caller frees it) when the file is not a result of version 1. */
bool result_file_read(struct arena *, const char *path, struct result_file *, char **error);

/* Reads an answer of one of the kinds named, with spaces between: "sweep capacity" wants the .ndjson of a sweep or
 * "aguanta_capacity": 1. The root of a sweep has the member "points". "scenario" is a scenario with "aguanta": 1. */
bool result_file_read_of(struct arena *, const char *kinds, const char *path, struct result_file *, char **error);
/* Whether it is of one of the kinds named. */
bool result_is(const struct result_file *, const char *kinds);
/* "`aguanta growth FILE --export F.json`": what writes answers of these kinds. */
const char *result_commands(struct arena *, const char *kinds);

/* The member as a number; NaN for null, absent or anything else. */
double result_number(const struct json_value *object, const char *key);
/* The member as text; "" for anything else. */
const char *result_text(const struct json_value *object, const char *key);
/* value and ci95 of an estimate-like object. */
struct result_estimate {
  double value, low, high;
};
struct result_estimate result_estimate(const struct json_value *object);
/* The member as an estimate for format.h, exact where its interval is the value. */
struct estimate result_value(const struct json_value *object);
/* The unit of a machine format's word; a currency when it is no other. */
enum unit result_unit(const char *word);
/* The metric without labels, or null. */
const struct json_value *result_metric(const struct result_file *, const char *name, const char *aggregate);
/* All were made with one seed of the same sources and endpoint names: the customers of one are those of the others. */
bool result_same_customers(struct arena *, const struct result_file *, uint32_t count);
/* Has the result this endpoint? */
/* An endpoint, or one of clients in a region: "buy{region=eu}". */
bool result_has_endpoint(const struct result_file *, const char *endpoint);
/* What a claim is: of a result that does not say so, a requirement or, with severity "info", info. */
enum claim_kind result_claim_kind(const struct json_value *claim);
/* The overall verdict of the requirements of severity must: PASS, FAIL, UNDECIDED, NO DATA; "NONE" without any. */
const char *result_verdict(const struct result_file *);

/* That of the statements: CONTRADICTED, UNDECIDED, NO DATA, BETTER, CONFIRMED; "" without any. */
const char *result_statements_verdict(const struct result_file *);

/* The limit of a claim, in base units: "< 400ms" is {-inf, 0.4}; "in 1..2" is {1, 2}. False when there is none. */
struct claim_limit {
  double low, high;
};
bool claim_limit(const struct json_value *claim, struct claim_limit *);

#endif
