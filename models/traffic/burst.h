/* Bursts: a rate that is multiplied by the factor of a state, and states that follow each other at random: a Markov-modulated
 * Poisson process (MMPP) on top of any rate profile. Fischer and Meier-Hellstern (1993), "The Markov-modulated Poisson process
 * (MMPP) cookbook".
 *
 * State i has a factor f_i, an exponential dwell of mean d_i and chances p_ij of what comes next. The chain is stationary from
 * the start: with v = v P (by the elimination of Grassmann, Taksar and Heyman 1985, which never subtracts), the state at time
 * zero is i with probability v_i d_i / sum v d. Expected arrivals are those of the profile times the mean factor at all times,
 * and where the profile is constant the arrivals are a stationary process.
 *
 * Two states, rates a and b, left at rates r = 1/d_a and s = 1/d_b: the index of dispersion of counts (variance over mean of the
 * arrivals in a span) grows with the span towards
 *     I = 1 + 2 (a - b)^2 r s / ((r + s)^2 (a s + b r))                                    (cookbook, section 2.1.1)
 * `dispersion` asks for I and for the mean length T of a spell. It becomes the symmetric chain d_a = d_b = T with the rates
 * L (1 + c) and L (1 - c) around the mean rate L; put into the formula above this is I = 1 + c^2 L T, hence c = sqrt((I - 1) / (L
 * T)). The index over a span t is  1 + (I - 1) (1 - (1 - exp(-2 t / T)) / (2 t / T)).
 * A rate cannot be negative: c <= 1, so I is at most 1 + L T. Batches of size B add to it: the 1 becomes E[B^2] / E[B]. L is the
 * mean rate of the measured time; where the profile rises above L the index rises too. */
#ifndef BURST_H
#define BURST_H
#include "sim/describe/field.h"
#include "sim/engine/sim_time.h"
#include "sim/engine/stream.h"

struct arena;

/* {"index": 20, "time": "30s"}; index 1: none asked for. */
struct dispersion_config {
  double index;
  sim_time time;
};

/* A chain, solved. */
struct burst {
  uint32_t states;
  const double *factor;   /* by state: of the rate */
  const double *dwell_ns; /* by state: mean */
  const double *share;    /* by state: of time */
  const double *next;     /* by state: cumulative chances of the state that follows */
  double mean;            /* factor, over time */
};

/* A chain in one replication. */
struct modulation {
  const struct burst *chain;
  struct stream draws;
  uint32_t state;
  sim_time until; /* the first instant of the next state */
};

extern const struct choice_set burst_choices;
extern const struct record dispersion_record;

/* Whether it gives the rates themselves, not factors of one. */
bool burst_has_rates(const struct choice *);
/* Solves the chain. Null, or what is wrong. Of rates the factors are those per request a second. */
const char *burst_solve(const struct choice *, struct arena *, struct burst *out);
/* The symmetric chain for a mean rate per second and an index of the batches alone. Null, or what is wrong. */
const char *dispersion_solve(const struct dispersion_config *, double rate, double batches, struct arena *, struct burst *out);

void modulation_start(struct modulation *, const struct burst *, struct stream draws);
/* The factor at `at`, which never goes back; `until` then says how long it stays. */
double modulation_factor(struct modulation *, sim_time at);

#endif
