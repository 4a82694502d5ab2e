/* Shapes: how a day or a week differs from its mean. Factors of mean 1, for `users` and `product`. */
#include "models/traffic/profile/profile_kinds.h"

static double one(const void *self, sim_time t) { return (void)self, (void)t, 1; }
static double one_between(const void *self, sim_time from, sim_time to) { return (void)self, (void)from, (void)to, 1; }
static double seconds(const void *self, sim_time from, sim_time to) { return (void)self, profile_seconds(from, to); }

static const struct field flat_fields[] = {{0}};
static const struct record flat_record = {.name = "flat shape", .size = 1, .fields = flat_fields, .doc = "The same at all times."};
static const struct profile_kind flat_kind = {one, one_between, one_between, seconds, NULL, NULL};
const struct alternative shape_flat = {"flat", false, &flat_record, &flat_kind};

#define SHAPE_ADDRESS(name) &shape_##name,
static const struct alternative *const shapes[] = {SHAPES(SHAPE_ADDRESS) NULL};
const struct choice_set shape_choices = {
    .name = "shape", .doc = "A course of mean 1: how a rate differs from its mean over the day or the week.", .kinds = shapes};
