/* Distributions of durations and sizes: one kind, one file, one descriptor.
 *
 * A `struct distribution` is plain data: a kind and its solved parameters. It is built once from named parameters by
 * distribution_solve and then sampled without allocation. Values are doubles in the unit of the parameters (durations:
 * nanoseconds). Every kind knows its mean and squared coefficient of variation in closed form: reports use the first,
 * tests check the sampler against both. */
#ifndef DISTRIBUTION_H
#define DISTRIBUTION_H
#include "sim/engine/sim_time.h"
#include "sim/engine/stream.h"
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct distribution;

enum { DISTRIBUTION_PARAMETERS = 8 };

enum parameter_dimension {
  PARAMETER_VALUE,   /* in the unit of the sampled quantity: a duration in a scenario */
  PARAMETER_NUMBER,  /* dimensionless, such as a shape or a coefficient of variation */
  PARAMETER_VALUES,  /* list of values */
  PARAMETER_NUMBERS, /* list of numbers, such as weights */
  PARAMETER_PARTS    /* list of distributions of the same quantity */
};

struct distribution_parameter {
  const char *name;
  enum parameter_dimension dimension;
  bool shorthand; /* {"exponential": "8s"} sets the parameter that carries this mark */
  const char *doc;
};

/* What was given: scalars, or lists for the list dimensions; `given` says which. Order is that of the kind's table. */
struct parameter_values {
  bool given[DISTRIBUTION_PARAMETERS];
  double scalar[DISTRIBUTION_PARAMETERS];
  const double *list[DISTRIBUTION_PARAMETERS];
  const struct distribution *parts[DISTRIBUTION_PARAMETERS];
  uint32_t count[DISTRIBUTION_PARAMETERS];
};

struct distribution_kind {
  const char *name; /* the key in a scenario */
  const char *doc;
  struct distribution_parameter parameters[DISTRIBUTION_PARAMETERS]; /* ends at a null name */
  /* Fills p, mean, scv (and table, allocated in the arena). Returns null, or what is wrong in words for the user. */
  const char *(*solve)(struct distribution *, const struct parameter_values *, struct arena *);
  double (*sample)(const struct distribution *, struct stream *);
};

struct distribution {
  const struct distribution_kind *kind;
  double p[6];
  union {
    const double *table;
    const struct distribution *parts;
  };
  uint32_t table_count; /* or of the parts */
  double mean;
  double scv; /* variance over squared mean */
};

/* All kinds, in the order of the documentation; ends with null. */
extern const struct distribution_kind distribution_kind_constant;
extern const struct distribution_kind *const distribution_kinds[];
const struct distribution_kind *distribution_kind_named(const char *name); /* null when unknown */

struct distribution distribution_constant(double value);
struct distribution distribution_exponential(double mean);
struct distribution distribution_lognormal(double median, double p95);
struct distribution distribution_gamma(double cv); /* of mean 1 */

static inline double distribution_sample(const struct distribution *d, struct stream *s) { return d->kind->sample(d, s); }

static inline sim_time distribution_as_time(double x) { return x < 9.2e18 ? x > 0 ? (sim_time)(x + 0.5) : 0 : SIM_NEVER - 1; }

/* A duration: rounded to the nearest nanosecond, never negative; beyond the end of time it is that end. */
static inline sim_time distribution_sample_time(const struct distribution *d, struct stream *s) {
  return distribution_as_time(distribution_sample(d, s));
}

/* A sample, as time, from the n-th substream of the key, which need not be opened for a constant. */
static inline sim_time distribution_time_at(const struct distribution *d, uint64_t key, uint64_t n) {
  if (d->kind == &distribution_kind_constant) return distribution_as_time(d->p[0]); /* as its sampler */
  struct stream s = stream_at(key, n);
  return distribution_sample_time(d, &s);
}

#endif
