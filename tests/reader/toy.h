/* A small language with one field of every kind, so that the reader's tests do not depend on the real one. */
#ifndef TOY_H
#define TOY_H
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include <math.h>

struct toy_pool {
  int64_t max;
  int64_t wait;
};

static const struct field toy_pool_fields[] = {{"max", FIELD_INTEGER, offsetof(struct toy_pool, max), .fallback = "10", .low = 1,
                                                .high = 1000, .doc = "Connections.", .source = "node-postgres: 10"},
                                               {"wait", FIELD_DURATION, offsetof(struct toy_pool, wait), .fallback = "\"2s\"",
                                                .low = 1e6, .high = INFINITY, .doc = "Patience."},
                                               {0}};
static const struct record toy_pool_record = {
    .name = "pool", .size = sizeof(struct toy_pool), .fields = toy_pool_fields, .doc = "A connection pool.", .shorthand = "max"};

struct toy_link {
  int32_t reference;
  int64_t max;
};

static const struct field toy_link_fields[] = {{"max", FIELD_INTEGER, offsetof(struct toy_link, max), .fallback = "5"}, {0}};
static const struct record toy_link_record = {.name = "link",
                                              .size = sizeof(struct toy_link),
                                              .fields = toy_link_fields,
                                              .doc = "A pool by the service that it leads to.",
                                              .shorthand = "max"};

struct toy_service {
  const char *name;
  int64_t replicas;
  int64_t memory, cpu, queue;
  int32_t balance;
  bool persistent;
  double failure;
  struct money_value price;
  const char *image;
  struct toy_pool pool;
  struct config_list links;
};

static const char *const toy_balances[] = {"round-robin", "least-conn", "random", NULL};
static const struct field toy_service_fields[] = {
    {"replicas", FIELD_INTEGER, offsetof(struct toy_service, replicas), .fallback = "1", .low = 1, .high = 1000, .doc = "Copies."},
    {"memory", FIELD_BYTES, offsetof(struct toy_service, memory), .fallback = "\"128Mi\"", .low = 1048576, .high = 1099511627776.0},
    {"cpu", FIELD_CPU, offsetof(struct toy_service, cpu), .fallback = "\"unlimited\"", .low = 1, .high = 256000},
    {"queue", FIELD_LIMIT, offsetof(struct toy_service, queue), .fallback = "511"},
    {"balance", FIELD_WORD, offsetof(struct toy_service, balance), .fallback = "\"round-robin\"", .words = toy_balances},
    {"persistent", FIELD_FLAG, offsetof(struct toy_service, persistent), .fallback = "false"},
    {"failure", FIELD_RATIO, offsetof(struct toy_service, failure), .fallback = "0"},
    {"price", FIELD_MONEY, offsetof(struct toy_service, price), .optional = true},
    {"image", FIELD_TEXT, offsetof(struct toy_service, image), .optional = true},
    {"pool", FIELD_RECORD, offsetof(struct toy_service, pool), .record = &toy_pool_record, .doc = "To the database."},
    {"links", FIELD_REFERENCE_MAP, offsetof(struct toy_service, links), .optional = true, .record = &toy_link_record,
     .target = "services"},
    {0}};
static const struct record toy_service_record = {
    .name = "service", .size = sizeof(struct toy_service), .fields = toy_service_fields, .doc = "Something that runs."};

struct toy_cpu {
  struct distribution demand;
};
struct toy_call {
  int32_t call;
  struct config_list steps;
};

static const struct choice_set toy_steps;

static const struct field toy_cpu_fields[] = {
    {"demand", FIELD_DISTRIBUTION, offsetof(struct toy_cpu, demand), .doc = "Time on a core."}, {0}};
static const struct record toy_cpu_record = {
    .name = "cpu", .size = sizeof(struct toy_cpu), .fields = toy_cpu_fields, .doc = "Uses the processor.", .shorthand = "demand"};
static const struct field toy_call_fields[] = {
    {"call", FIELD_REFERENCE, offsetof(struct toy_call, call), .target = "services"},
    {"steps", FIELD_CHOICES, offsetof(struct toy_call, steps), .optional = true, .choices = &toy_steps},
    {0}};
static const struct record toy_call_record = {
    .name = "call", .size = sizeof(struct toy_call), .fields = toy_call_fields, .doc = "Uses another service."};

static const struct alternative toy_cpu_kind = {"cpu", false, &toy_cpu_record, NULL};
static const struct alternative toy_call_kind = {"call", true, &toy_call_record, NULL};
static const struct alternative *const toy_step_kinds[] = {&toy_cpu_kind, &toy_call_kind, NULL};
static const struct choice_set toy_steps = {"step", "What a request does.", toy_step_kinds, NULL};

struct toy_endpoint {
  const char *name;
  int32_t entry;
  struct config_list steps;
};

static const struct field toy_endpoint_fields[] = {
    {"entry", FIELD_REFERENCE, offsetof(struct toy_endpoint, entry), .target = "services", .doc = "Where it comes in."},
    {"steps", FIELD_CHOICES, offsetof(struct toy_endpoint, steps), .optional = true, .choices = &toy_steps},
    {0}};
static const struct record toy_endpoint_record = {
    .name = "endpoint", .size = sizeof(struct toy_endpoint), .fields = toy_endpoint_fields, .doc = "A kind of request."};

struct toy_constant {
  double rate;
};
struct toy_day {
  double mean;
  int64_t at;
};

static const struct field toy_constant_fields[] = {
    {"rate", FIELD_RATE, offsetof(struct toy_constant, rate), .open_range_low = true}, {0}};
static const struct record toy_constant_record = {.name = "constant",
                                                  .size = sizeof(struct toy_constant),
                                                  .fields = toy_constant_fields,
                                                  .doc = "Always the same.",
                                                  .shorthand = "rate"};
static const struct field toy_day_fields[] = {{"mean", FIELD_RATE, offsetof(struct toy_day, mean), .doc = "Over the day."},
                                              {"at", FIELD_CLOCK, offsetof(struct toy_day, at), .fallback = "\"20:00\""},
                                              {0}};
static const struct record toy_day_record = {
    .name = "day", .size = sizeof(struct toy_day), .fields = toy_day_fields, .doc = "A day with a peak."};
static const struct alternative toy_constant_kind = {"constant", false, &toy_constant_record, NULL};
static const struct alternative toy_day_kind = {"day", false, &toy_day_record, NULL};
static const struct alternative *const toy_profile_kinds[] = {&toy_constant_kind, &toy_day_kind, NULL};
static const struct choice_set toy_profiles = {"profile", "How a rate changes.", toy_profile_kinds, "constant"};

struct toy_claim {
  const char *expr;
  const char *source;
};

static const struct field toy_claim_fields[] = {{"expr", FIELD_TEXT, offsetof(struct toy_claim, expr), .doc = "A claim."},
                                                {"source", FIELD_TEXT, offsetof(struct toy_claim, source), .optional = true},
                                                {0}};
static const struct record toy_claim_record = {
    .name = "claim", .size = sizeof(struct toy_claim), .fields = toy_claim_fields, .doc = "What must hold.", .shorthand = "expr"};

struct toy {
  const char *name;
  uint64_t seed;
  double scale;
  int64_t drain;
  struct distribution think;
  struct weights mix;
  struct choice rate;
  struct config_list services, endpoints, claims;
};

static const struct field toy_fields[] = {
    {"name", FIELD_TEXT, offsetof(struct toy, name), .fallback = "\"toy\""},
    {"seed", FIELD_SEED, offsetof(struct toy, seed), .fallback = "1"},
    {"scale", FIELD_NUMBER, offsetof(struct toy, scale), .fallback = "1", .high = 10, .open_range_low = true},
    {"drain", FIELD_DURATION, offsetof(struct toy, drain), .fallback = "\"30s\""},
    {"think", FIELD_DISTRIBUTION, offsetof(struct toy, think), .fallback = "{\"exponential\": \"7s\"}",
     .doc = "Between two requests."},
    {"mix", FIELD_WEIGHTS, offsetof(struct toy, mix), .optional = true, .target = "endpoints"},
    {"rate", FIELD_CHOICE, offsetof(struct toy, rate), .optional = true, .choices = &toy_profiles},
    {"services", FIELD_MAP, offsetof(struct toy, services), .record = &toy_service_record, .doc = "All that runs."},
    {"endpoints", FIELD_MAP, offsetof(struct toy, endpoints), .optional = true, .record = &toy_endpoint_record},
    {"claims", FIELD_LIST, offsetof(struct toy, claims), .optional = true, .record = &toy_claim_record},
    {0}};
static const struct record toy_record = {
    .name = "scenario", .size = sizeof(struct toy), .fields = toy_fields, .doc = "A toy scenario."};

#endif
