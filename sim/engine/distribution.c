/* Distributions: the table of kinds and the two that are made without parameters. */
#include "sim/engine/distribution.h"
#include "sim/engine/distribution_kinds.h"
#include <string.h>

const struct distribution_kind *const distribution_kinds[] = {
    &distribution_kind_constant,         &distribution_kind_exponential, &distribution_kind_uniform,
    &distribution_kind_lognormal,        &distribution_kind_erlang,      &distribution_kind_gamma,
    &distribution_kind_hyperexponential, &distribution_kind_weibull,     &distribution_kind_bounded_pareto,
    &distribution_kind_discrete,         &distribution_kind_sum,         NULL};

const struct distribution_kind *distribution_kind_named(const char *name) {
  for (const struct distribution_kind *const *kind = distribution_kinds; *kind; kind++)
    if (!strcmp((*kind)->name, name)) return *kind;
  return NULL;
}

struct distribution distribution_constant(double value) {
  return (struct distribution){.kind = &distribution_kind_constant, .p = {value}, .mean = value};
}

struct distribution distribution_exponential(double mean) {
  return (struct distribution){.kind = &distribution_kind_exponential, .p = {mean}, .mean = mean, .scv = 1};
}
