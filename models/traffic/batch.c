#include "models/traffic/batch.h"
#include "sim/engine/real.h"
#include <assert.h>

enum { MOST = 100000 };

struct batch_kind {
  uint32_t (*draw)(const void *self, struct stream *);
  double (*mean)(const void *self);
  double (*second_moment)(const void *self);
  const char *(*error)(const void *self); /* null: none is possible */
};

static const struct batch_kind *kind_of(const struct choice *b) { return b->kind->behaviour; }

uint32_t batch_draw(const struct choice *b, struct stream *draws) { return kind_of(b)->draw(b->value, draws); }
double batch_mean(const struct choice *b) { return b->kind ? kind_of(b)->mean(b->value) : 1; }
double batch_second_moment(const struct choice *b) { return b->kind ? kind_of(b)->second_moment(b->value) : 1; }
const char *batch_error(const struct choice *b) { return b->kind && kind_of(b)->error ? kind_of(b)->error(b->value) : NULL; }

/* --- constant ------------------------------------------------------------------------------------------------------------ */

struct constant_batch {
  int64_t size;
};
static uint32_t constant_draw(const void *self, struct stream *draws) {
  (void)draws;
  return (uint32_t)((const struct constant_batch *)self)->size;
}
static double constant_mean(const void *self) { return (double)((const struct constant_batch *)self)->size; }
static double constant_second_moment(const void *self) { return constant_mean(self) * constant_mean(self); }

static const struct field constant_fields[] = {
    KEY("size", INTEGER, constant_batch, size, RANGE(1, MOST), .doc = "Requests in each batch."), {0}};
static const struct record constant_record = {.name = "constant batch",
                                              .size = sizeof(struct constant_batch),
                                              .fields = constant_fields,
                                              .doc = "Every batch has the same size.",
                                              .shorthand = "size"};
static const struct batch_kind constant_kind = {constant_draw, constant_mean, constant_second_moment, NULL};
static const struct alternative constant_alternative = {"constant", false, &constant_record, &constant_kind};

/* --- geometric: after each request the batch ends with the same probability, 1 / mean ------------------------------------ */

struct geometric_batch {
  double mean;
};
static uint32_t geometric_draw(const void *self, struct stream *draws) {
  double mean = ((const struct geometric_batch *)self)->mean;
  if (mean <= 1) return 1;
  double more = real_log(stream_uniform(draws)) / real_log(1 - 1 / mean); /* its whole part is geometric from 0 */
  return more < MOST ? 1 + (uint32_t)more : MOST;
}
static double geometric_mean(const void *self) { return ((const struct geometric_batch *)self)->mean; }
static double geometric_second_moment(const void *self) {
  double mean = geometric_mean(self);
  return mean * (2 * mean - 1);
}
static const struct field geometric_fields[] = {KEY("mean", NUMBER, geometric_batch, mean, RANGE(1, 1000), .doc = "Mean size."),
                                                {0}};
static const struct record geometric_record = {.name = "geometric batch",
                                               .size = sizeof(struct geometric_batch),
                                               .fields = geometric_fields,
                                               .doc = "One request or more; after each the batch ends with probability 1 / mean.",
                                               .shorthand = "mean"};
static const struct batch_kind geometric_kind = {geometric_draw, geometric_mean, geometric_second_moment, NULL};
static const struct alternative geometric_alternative = {"geometric", false, &geometric_record, &geometric_kind};

/* --- uniform -------------------------------------------------------------------------------------------------------------- */

struct uniform_batch {
  int64_t low, high;
};
static uint32_t uniform_draw(const void *self, struct stream *draws) {
  const struct uniform_batch *u = self;
  assert(u->low <= u->high);
  return (uint32_t)u->low + stream_below(draws, (uint32_t)(u->high - u->low + 1));
}
static double uniform_mean(const void *self) {
  const struct uniform_batch *u = self;
  return 0.5 * (double)(u->low + u->high);
}
static double uniform_second_moment(const void *self) {
  const struct uniform_batch *u = self;
  double values = (double)(u->high - u->low + 1), mean = uniform_mean(self);
  return mean * mean + (values * values - 1) / 12;
}
static const char *uniform_error(const void *self) {
  const struct uniform_batch *u = self;
  return u->high < u->low ? "\"high\" is less than \"low\"" : NULL;
}
static const struct field uniform_fields[] = {KEY("low", INTEGER, uniform_batch, low, RANGE(1, MOST), .doc = "Smallest size."),
                                              KEY("high", INTEGER, uniform_batch, high, RANGE(1, MOST), .doc = "Largest size."),
                                              {0}};
static const struct record uniform_record = {.name = "uniform batch",
                                             .size = sizeof(struct uniform_batch),
                                             .fields = uniform_fields,
                                             .doc = "Every size between two equally likely."};
static const struct batch_kind uniform_kind = {uniform_draw, uniform_mean, uniform_second_moment, uniform_error};
static const struct alternative uniform_alternative = {"uniform", false, &uniform_record, &uniform_kind};

static const struct alternative *const alternatives[] = {&constant_alternative, &geometric_alternative, &uniform_alternative, NULL};
const struct choice_set batch_choices = {
    .name = "batch size", .doc = "How many requests come together.", .kinds = alternatives, .shorthand_key = "constant"};
