#include "models/traffic/burst.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <string.h>

enum { STATES_MOST = 64 };

struct transition {
  const char *name;
  double weight;
};
struct burst_state {
  const char *name;
  double level; /* a factor, or a rate per second */
  sim_time dwell;
  struct config_list next; /* struct transition */
};
struct mmpp {
  struct config_list states, rates; /* struct burst_state; one of them is empty */
};

static const struct field transition_fields[] = {
    KEY("weight", NUMBER, transition, weight, RANGE(0, 1e12), .doc = "How often it is this state, as a weight among those named."),
    {0}};
static const struct record transition_record = {.name = "transition",
                                                .size = sizeof(struct transition),
                                                .fields = transition_fields,
                                                .doc = "A state that may follow.",
                                                .shorthand = "weight"};

#define DWELL KEY("dwell", DURATION, burst_state, dwell, RANGE(1, FIELD_YEAR), .doc = "Mean time in this state; exponential.")
#define NEXT                                                                                                                       \
  KEY("next", MAP, burst_state, next, OPTIONAL, .record = &transition_record,                                                      \
      .doc = "States that may follow, by weight; absent: any other, equally likely.")

static const struct field state_fields[] = {
    KEY("factor", NUMBER, burst_state, level, RANGE(0, 1e6), .doc = "The source's rate is multiplied by it in this state."),
    DWELL,
    NEXT,
    {0}};
static const struct field rate_state_fields[] = {
    KEY("rate", RATE, burst_state, level, RANGE(0, 1e9), .doc = "Requests per unit of time in this state."), DWELL, NEXT, {0}};
static const struct record state_record = {.name = "burst state",
                                           .size = sizeof(struct burst_state),
                                           .fields = state_fields,
                                           .doc = "A factor of the rate that holds for a random time."};
static const struct record rate_state_record = {.name = "burst rate",
                                                .size = sizeof(struct burst_state),
                                                .fields = rate_state_fields,
                                                .doc = "A rate that holds for a random time."};
static const struct field mmpp_fields[] = {KEY("states", MAP, mmpp, states, OPTIONAL, .record = &state_record,
                                               .doc = "States by name, with factors of the source's rate."),
                                           KEY("rates", MAP, mmpp, rates, OPTIONAL, .record = &rate_state_record,
                                               .doc = "States by name, with rates of their own; the source then has no `rate`."),
                                           {0}};
static const struct record mmpp_record = {.name = "mmpp",
                                          .size = sizeof(struct mmpp),
                                          .fields = mmpp_fields,
                                          .doc = "A Markov-modulated Poisson process: the rate jumps at random times."};
static const struct alternative mmpp_alternative = {"mmpp", false, &mmpp_record, NULL};
static const struct alternative *const alternatives[] = {&mmpp_alternative, NULL};
const struct choice_set burst_choices = {.name = "burst", .doc = "How the rate jumps at random.", .kinds = alternatives};

static const struct field dispersion_fields[] = {
    KEY("index", NUMBER, dispersion_config, index, DEFAULT(1), RANGE(1, 1e9),
        .doc = "Variance over mean of the arrivals in a long span; 1: a Poisson process."),
    KEY("time", DURATION, dispersion_config, time, DEFAULT("1min"), RANGE(1, FIELD_YEAR),
        .doc = "Mean length of a busy and of a calm spell.",
        .source = "an assumption: fit it to the counts of a log, by minute and by hour"),
    {0}};
const struct record dispersion_record = {.name = "dispersion",
                                         .size = sizeof(struct dispersion_config),
                                         .fields = dispersion_fields,
                                         .doc =
                                             "Burstiness by one number: the rate jumps between two levels around its mean, so that "
                                             "counts over long spans have this index of dispersion."};

/* --- solving ---------------------------------------------------------------------------------------------------------------- */

/* Chances of what follows each state, n x n. Null, or what is wrong. */
static const char *chances_of(const struct burst_state *states, uint32_t n, struct arena *arena, double *p) {
  memset(p, 0, (size_t)n * n * sizeof *p);
  for (uint32_t i = 0; i < n; i++) {
    const struct transition *next = states[i].next.items;
    double sum = 0;
    for (uint32_t j = 0; j < n && !states[i].next.count; j++) sum += p[i * n + j] = i != j;
    for (uint32_t k = 0; k < states[i].next.count; k++) {
      uint32_t j = 0;
      while (j < n && strcmp(states[j].name, next[k].name) != 0) j++;
      if (j == n)
        return arena_format(arena, "state \"%s\" leads to \"%s\", which is not one of its states", states[i].name, next[k].name);
      if (j == i) return arena_format(arena, "state \"%s\" leads to itself: make its \"dwell\" longer instead", states[i].name);
      sum += p[i * n + j] = next[k].weight;
    }
    if (!(sum > 0)) return arena_format(arena, "the weights of \"next\" of state \"%s\" add up to zero", states[i].name);
    for (uint32_t j = 0; j < n; j++) p[i * n + j] /= sum;
  }
  return NULL;
}

/* v = v P, not normalised, by elimination of one state after the other from the last: what goes through it goes past it. Returns
 * the state from which no way leads back to an earlier one, or n. Overwrites p. */
static uint32_t stationary(double *p, uint32_t n, double *v) {
  for (uint32_t k = n - 1; k > 0; k--) {
    double leaves = 0;
    for (uint32_t j = 0; j < k; j++) leaves += p[k * n + j];
    if (!(leaves > 0)) return k;
    for (uint32_t i = 0; i < k; i++) p[i * n + k] /= leaves;
    for (uint32_t i = 0; i < k; i++)
      for (uint32_t j = 0; j < k; j++) p[i * n + j] += p[i * n + k] * p[k * n + j];
  }
  v[0] = 1;
  for (uint32_t k = 1; k < n; k++) {
    v[k] = 0;
    for (uint32_t i = 0; i < k; i++) v[k] += v[i] * p[i * n + k];
  }
  return n;
}

static void accumulate(double *p, uint32_t n) {
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t j = 1; j < n; j++) p[i * n + j] += p[i * n + j - 1];
}

static const char *solve(const struct burst_state *states, uint32_t n, struct arena *arena, struct burst *out) {
  double *factor = arena_new_array(arena, double, n), *dwell = arena_new_array(arena, double, n),
         *share = arena_new_array(arena, double, n), *p = arena_new_array(arena, double, (size_t)n *n),
         *next = arena_new_array(arena, double, (size_t)n *n), time = 0, mean = 0;
  const char *wrong = chances_of(states, n, arena, p);
  if (wrong) return wrong;
  memcpy(next, p, (size_t)n * n * sizeof *next);
  uint32_t stuck = stationary(p, n, share);
  if (stuck < n) return arena_format(arena, "no path leads from state \"%s\" back to \"%s\"", states[stuck].name, states[0].name);
  for (uint32_t i = 0; i < n; i++) {
    factor[i] = states[i].level, dwell[i] = (double)states[i].dwell;
    time += share[i] *= dwell[i];
  }
  for (uint32_t i = 0; i < n; i++) mean += (share[i] /= time) * factor[i];
  accumulate(next, n);
  *out = (struct burst){n, factor, dwell, share, next, mean};
  return mean > 0 ? NULL : "nothing ever arrives: the rate is zero in every state that lasts";
}

bool burst_has_rates(const struct choice *b) { return b->kind && ((const struct mmpp *)b->value)->rates.count > 0; }

const char *burst_solve(const struct choice *b, struct arena *arena, struct burst *out) {
  const struct mmpp *m = b->value;
  const struct config_list *list = m->rates.count ? &m->rates : &m->states;
  if (m->states.count && m->rates.count) return "has \"states\" and \"rates\": keep one";
  if (list->count < 2) return "needs at least two states, under \"states\" (factors) or \"rates\"";
  if (list->count > STATES_MOST) return "has more than 64 states";
  return solve(list->items, list->count, arena, out);
}

const char *dispersion_solve(const struct dispersion_config *d, double rate, double batches, struct arena *arena,
                             struct burst *out) {
  double spell_s = sim_seconds(d->time), more = d->index - batches, square = more / (rate * spell_s);
  if (more < 0)
    return arena_format(arena, "the batches alone have an index of dispersion of %.4g, more than the \"index\" of %g", batches,
                        d->index);
  if (!(square <= 1))
    return arena_format(arena,
                        "at a mean rate of %.4g/s, spells of %.4gs reach an index of dispersion of %.4g at most, not %g: give a "
                        "\"time\" of at least %.4gs",
                        rate, spell_s, batches + rate * spell_s, d->index, more / rate);
  struct burst_state states[] = {{"busy", 1 + sqrt(square), d->time, {0}}, {"calm", 1 - sqrt(square), d->time, {0}}};
  return solve(states, 2, arena, out);
}

/* --- running ---------------------------------------------------------------------------------------------------------------- */

static uint32_t chosen(const double *up_to, uint32_t n, double u) {
  uint32_t i = 0;
  while (i + 1 < n && u >= up_to[i]) i++;
  return i;
}

static void stay(struct modulation *m) {
  double dwell = stream_exponential(&m->draws) * m->chain->dwell_ns[m->state];
  m->until = dwell < (double)(SIM_NEVER / 2 - m->until) ? m->until + (sim_time)dwell + 1 : SIM_NEVER;
}

void modulation_start(struct modulation *m, const struct burst *chain, struct stream draws) {
  m->chain = chain, m->draws = draws, m->until = 0, m->state = 0;
  assert(chain->states > 0);
  double u = stream_uniform(&m->draws), up_to = chain->share[0];
  while (m->state + 1 < chain->states && u >= up_to) up_to += chain->share[++m->state];
  stay(m);
}

double modulation_factor(struct modulation *m, sim_time at) {
  while (m->until <= at) {
    uint32_t n = m->chain->states;
    m->state = chosen(m->chain->next + (size_t)m->state * n, n, stream_uniform(&m->draws));
    stay(m);
  }
  assert(m->state < m->chain->states);
  return m->chain->factor[m->state];
}
