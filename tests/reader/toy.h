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

static const struct field toy_pool_fields[] = {
    KEY("max", INTEGER, toy_pool, max, DEFAULT(10), RANGE(1, 1000), .doc = "Connections.", .source = "node-postgres: 10"),
    KEY("wait", DURATION, toy_pool, wait, DEFAULT("2s"), RANGE(1e6, INFINITY), .doc = "Patience."),
    {0}};
static const struct record toy_pool_record = {
    .name = "pool", .size = sizeof(struct toy_pool), .fields = toy_pool_fields, .doc = "A connection pool.", .shorthand = "max"};

struct toy_link {
  int32_t reference;
  int64_t max;
};

static const struct field toy_link_fields[] = {KEY("max", INTEGER, toy_link, max, DEFAULT(5)), {0}};
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
    KEY("replicas", INTEGER, toy_service, replicas, DEFAULT(1), RANGE(1, 1000), .doc = "Copies."),
    KEY("memory", BYTES, toy_service, memory, DEFAULT("128Mi"), RANGE(1048576, 1099511627776.0)),
    KEY("cpu", CPU, toy_service, cpu, DEFAULT("unlimited"), RANGE(1, 256000)),
    KEY("queue", LIMIT, toy_service, queue, DEFAULT(511)),
    KEY("balance", WORD, toy_service, balance, DEFAULT("round-robin"), .words = toy_balances),
    KEY("persistent", FLAG, toy_service, persistent, DEFAULT(false)),
    KEY("failure", RATIO, toy_service, failure, DEFAULT(0)),
    KEY("price", MONEY, toy_service, price, OPTIONAL),
    KEY("image", TEXT, toy_service, image, OPTIONAL),
    KEY("pool", RECORD, toy_service, pool, .record = &toy_pool_record, .doc = "To the database."),
    KEY("links", REFERENCE_MAP, toy_service, links, OPTIONAL, .record = &toy_link_record, .target = "services"),
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

static const struct field toy_cpu_fields[] = {KEY("demand", DISTRIBUTION, toy_cpu, demand, .doc = "Time on a core."), {0}};
static const struct record toy_cpu_record = {
    .name = "cpu", .size = sizeof(struct toy_cpu), .fields = toy_cpu_fields, .doc = "Uses the processor.", .shorthand = "demand"};
static const struct field toy_call_fields[] = {KEY("call", REFERENCE, toy_call, call, .target = "services"),
                                               KEY("steps", CHOICES, toy_call, steps, OPTIONAL, .choices = &toy_steps),
                                               {0}};
static const struct record toy_call_record = {
    .name = "call", .size = sizeof(struct toy_call), .fields = toy_call_fields, .doc = "Uses another service."};

static const struct alternative toy_cpu_kind = {"cpu", false, &toy_cpu_record, NULL};
static const struct alternative toy_call_kind = {"call", true, &toy_call_record, NULL};
static const struct alternative *const toy_step_kinds[] = {&toy_cpu_kind, &toy_call_kind, NULL};
static const struct choice_set toy_steps = {.name = "step", .doc = "What a request does.", .kinds = toy_step_kinds};

struct toy_endpoint {
  const char *name;
  int32_t entry;
  struct config_list steps;
};

static const struct field toy_endpoint_fields[] = {
    KEY("entry", REFERENCE, toy_endpoint, entry, .target = "services", .doc = "Where it comes in."),
    KEY("steps", CHOICES, toy_endpoint, steps, OPTIONAL, .choices = &toy_steps),
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

static const struct field toy_constant_fields[] = {KEY("rate", RATE, toy_constant, rate, .open_range_low = true), {0}};
static const struct record toy_constant_record = {.name = "constant",
                                                  .size = sizeof(struct toy_constant),
                                                  .fields = toy_constant_fields,
                                                  .doc = "Always the same.",
                                                  .shorthand = "rate"};
static const struct field toy_day_fields[] = {
    KEY("mean", RATE, toy_day, mean, .doc = "Over the day."), KEY("at", CLOCK, toy_day, at, DEFAULT("20:00")), {0}};
static const struct record toy_day_record = {
    .name = "day", .size = sizeof(struct toy_day), .fields = toy_day_fields, .doc = "A day with a peak."};
static const struct alternative toy_constant_kind = {"constant", false, &toy_constant_record, NULL};
static const struct alternative toy_day_kind = {"day", false, &toy_day_record, NULL};
static const struct alternative *const toy_profile_kinds[] = {&toy_constant_kind, &toy_day_kind, NULL};
static const struct choice_set toy_profiles = {
    .name = "profile", .doc = "How a rate changes.", .kinds = toy_profile_kinds, .shorthand_key = "constant"};

struct toy_claim {
  const char *expr;
  const char *source;
};

static const struct field toy_claim_fields[] = {
    KEY("expr", TEXT, toy_claim, expr, .doc = "A claim."), KEY("source", TEXT, toy_claim, source, OPTIONAL), {0}};
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
    KEY("name", TEXT, toy, name, DEFAULT("toy")),
    KEY("seed", SEED, toy, seed, DEFAULT(1)),
    KEY("scale", NUMBER, toy, scale, DEFAULT(1), RANGE(0, 10), .open_range_low = true),
    KEY("drain", DURATION, toy, drain, DEFAULT("30s")),
    KEY("think", DISTRIBUTION, toy, think, .fallback = "{\"exponential\": \"7s\"}", .doc = "Between two requests."),
    KEY("mix", WEIGHTS, toy, mix, OPTIONAL, .target = "endpoints"),
    KEY("rate", CHOICE, toy, rate, OPTIONAL, .choices = &toy_profiles),
    KEY("services", MAP, toy, services, .record = &toy_service_record, .doc = "All that runs."),
    KEY("endpoints", MAP, toy, endpoints, OPTIONAL, .record = &toy_endpoint_record),
    KEY("claims", LIST, toy, claims, OPTIONAL, .record = &toy_claim_record),
    {0}};
static const struct record toy_record = {
    .name = "scenario", .size = sizeof(struct toy), .fields = toy_fields, .doc = "A toy scenario."};

#endif
