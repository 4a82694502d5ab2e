/* The one with the least (recent mean response time) x (requests unanswered + 1).
 *
 * Response times are averaged with weights that fade: after an observation x that comes t after the last one
 *
 *     mean' = e^(-t / decay) mean + (1 - e^(-t / decay)) x
 *
 * and a mean that nothing renews fades by the same law, so that a slow replica is tried again after a while (as in Finagle's peak
 * EWMA, without its peaks). A replica of which nothing is known gets one request, and the next when that is answered. Only answers
 * are observed, and calls that their caller gives up at their time so far: a refusal is quick and no merit. */
#include "models/service/balancer/balancers.h"
#include "models/service/balancer/least.h"
#include "sim/engine/real.h"

#define UNKNOWN_IDLE (-1e15)
#define UNKNOWN_BUSY 1e15

/* Logarithm of mean x (unanswered + 1), as it would be at time zero: the fading is a common factor. Nothing known: idle ones before
 * and busy ones behind all others. */
static inline double expected_time(const struct balancing *b, uint32_t replica) {
  const struct response_estimate *e = &b->seen_time[replica];
  uint32_t load = b->seen_load[replica];
  if (e->at < 0) return load ? UNKNOWN_BUSY + load : UNKNOWN_IDLE;
  return e->lift + (load < BALANCING_LOGS ? b->log_of[load] : real_log(load + 1.0));
}

static uint32_t pick(const struct pick *p) { return least(p, expected_time, UNKNOWN_IDLE); }

static const struct field keys[] = {LEAST_KEYS,
                                    KEY("decay", DURATION, balance_config, decay, DEFAULT("10s"), RANGE(1000000, FIELD_YEAR),
                                        .doc = "How fast a response time is forgotten: its weight falls to 1/e in this time.",
                                        .source = "Finagle and Linkerd peak EWMA 10 s"),
                                    {0}};
const struct balancer balancer_least_time = {
    .member = {.word = "least-time",
               .doc = "The one with the least (recent mean response time) x (requests unanswered + 1).",
               .keys = keys},
    .pick = pick,
    .by_time = true,
    .link = least_link};
