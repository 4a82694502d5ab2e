#include "models/service/breaker.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <string.h>

static const char *const scope_words[] = {"replica", "shared", NULL};

static const struct field fields[] = {
    KEY("failures", RATIO, breaker_config, failures, DEFAULT("50%"), RANGE(0.0001, 1),
        .doc = "Share of failed calls at which it opens.", .source = "resilience4j failureRateThreshold 50%"),
    KEY("calls", INTEGER, breaker_config, calls, DEFAULT(100), RANGE(1, 100000),
        .doc = "Number of the last results that it judges by.", .source = "resilience4j slidingWindowSize 100"),
    KEY("over", DURATION, breaker_config, over, DEFAULT("never"), RANGE(10, FIELD_YEAR),
        .doc = "Judges by the results of this time instead of the last calls; never: by calls."),
    KEY("minimum", INTEGER, breaker_config, minimum, DEFAULT(100), RANGE(1, 1e9),
        .doc = "Results that it needs before it judges; when it judges by calls, at most \"calls\".",
        .source = "resilience4j minimumNumberOfCalls 100"),
    KEY("open", DURATION, breaker_config, open, DEFAULT("60s"), RANGE(1, FIELD_YEAR),
        .doc = "How long it refuses all calls before it lets probes through.",
        .source = "resilience4j waitDurationInOpenState 60 s"),
    KEY("probes", INTEGER, breaker_config, probes, DEFAULT(10), RANGE(1, 1e9),
        .doc = "Calls that it lets through half-open, and judges by.",
        .source = "resilience4j permittedNumberOfCallsInHalfOpenState 10"),
    KEY("scope", WORD, breaker_config, scope, DEFAULT("replica"), .words = scope_words,
        .doc = "Whether each calling replica has a breaker of its own, which is lost when it dies, or all share one."),
    {0}};
const struct record breaker_record = {
    .name = "breaker", .size = sizeof(struct breaker_config), .fields = fields, .doc = "Stops calling what keeps failing."};

static bool timed(const struct breaker_config *c) { return c->over != SIM_NEVER; }

static size_t ring_words(const struct breaker_config *c) { return (size_t)(c->calls + 63) / 64; }

static void forget_results(struct breaker *b, const struct breaker_config *c) {
  b->results = b->failed = b->probing = b->next = 0;
  if (timed(c))
    memset(b->parts, 0, BREAKER_PARTS * sizeof *b->parts);
  else
    memset(b->ring, 0, ring_words(c) * sizeof *b->ring);
}

static void enter(struct breaker *b, const struct breaker_config *c, enum breaker_state state, sim_time now) {
  b->state = state;
  b->epoch++;
  if (state == BREAKER_OPEN) b->opened_at = now;
  forget_results(b, c);
}

void breaker_start(struct breaker *b, const struct breaker_config *c, struct arena *arena) {
  if (!b->ring && !timed(c)) b->ring = arena_new_array(arena, uint64_t, ring_words(c));
  if (!b->ring && timed(c)) b->parts = arena_new_array(arena, struct breaker_part, BREAKER_PARTS);
  enter(b, c, BREAKER_CLOSED, 0);
}

bool breaker_admits(struct breaker *b, const struct breaker_config *c, sim_time now, uint32_t *epoch) {
  if (b->state == BREAKER_OPEN && now - b->opened_at >= c->open) enter(b, c, BREAKER_HALF_OPEN, now);
  *epoch = b->epoch;
  if (b->state == BREAKER_CLOSED) return true;
  if (b->state == BREAKER_OPEN || b->probing >= (uint64_t)c->probes) return false;
  b->probing++;
  return true;
}

/* By count: the result takes the place of the oldest. */
static void remember(struct breaker *b, const struct breaker_config *c, bool bad) {
  assert(b->next < (uint64_t)c->calls && b->failed <= b->results);
  uint64_t *word = &b->ring[b->next / 64], bit = (uint64_t)1 << b->next % 64;
  if (b->results == (uint64_t)c->calls)
    b->failed -= (*word & bit) != 0;
  else
    b->results++;
  *word = bad ? *word | bit : *word & ~bit;
  b->failed += bad;
  b->next = b->next + 1 < (uint64_t)c->calls ? b->next + 1 : 0;
}

/* By time: ten parts in a ring, each with the number of the stretch that it counts. */
static void remember_timed(struct breaker *b, const struct breaker_config *c, sim_time now, bool bad) {
  assert(c->over >= BREAKER_PARTS);
  int64_t number = now / (c->over / BREAKER_PARTS) + 1;
  struct breaker_part *part = &b->parts[number % BREAKER_PARTS];
  if (part->number != number) *part = (struct breaker_part){.number = number};
  part->results++, part->failed += bad;
  b->results = b->failed = 0;
  for (int i = 0; i < BREAKER_PARTS; i++)
    if (b->parts[i].number > number - BREAKER_PARTS) b->results += b->parts[i].results, b->failed += b->parts[i].failed;
}

static bool too_many(const struct breaker *b, const struct breaker_config *c) {
  assert(b->failed <= b->results);
  return (double)b->failed >= c->failures * (double)b->results;
}

static void probe_result(struct breaker *b, const struct breaker_config *c, sim_time now, enum breaker_result result) {
  assert(b->state == BREAKER_HALF_OPEN && b->probing);
  if (result == RESULT_NONE) {
    b->probing--;
    return;
  }
  b->results++, b->failed += result == RESULT_BAD;
  if (b->results < (uint64_t)c->probes) return;
  enter(b, c, too_many(b, c) ? BREAKER_OPEN : BREAKER_CLOSED, now);
}

void breaker_result(struct breaker *b, const struct breaker_config *c, sim_time now, uint32_t epoch, enum breaker_result result) {
  if (epoch != b->epoch) return;
  if (b->state == BREAKER_HALF_OPEN) {
    probe_result(b, c, now, result);
    return;
  }
  if (result == RESULT_NONE) return;
  if (timed(c))
    remember_timed(b, c, now, result == RESULT_BAD);
  else
    remember(b, c, result == RESULT_BAD);
  int64_t minimum = !timed(c) && c->minimum > c->calls ? c->calls : c->minimum;
  if (b->results >= (uint64_t)minimum && too_many(b, c)) enter(b, c, BREAKER_OPEN, now);
}
