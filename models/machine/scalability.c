#include "models/machine/scalability.h"
#include <math.h>

double scalability_factor(const struct scalability_config *s, double n) {
  return 1 + s->contention * (n - 1) + s->coherency * n * (n - 1);
}

double scalability_at_best(const struct scalability_config *s, double most) {
  if (s->counts != SCALABILITY_ACTIVE || s->contention + s->coherency <= 0 || most <= 1) return 1;
  double peak = s->coherency > 0 ? sqrt((1 - s->contention) / s->coherency) : INFINITY;
  double n = fmax(1, fmin(most, peak));
  return isinf(n) ? 1 : scalability_factor(s, n) * (isinf(most) ? 1 : most / n);
}

double concurrency_factor(const struct config_list *points, double n) {
  const struct concurrency_point *p = points->items;
  uint32_t i = 0;
  while (i < points->count && p[i].in_flight < n) i++;
  if (!i || i == points->count) return p[i ? i - 1 : 0].factor;
  double part = (n - p[i - 1].in_flight) / (p[i].in_flight - p[i - 1].in_flight);
  return p[i - 1].factor + part * (p[i].factor - p[i - 1].factor);
}

double concurrency_at_most(const struct config_list *points) {
  const struct concurrency_point *p = points->items;
  return points->count ? p[points->count - 1].factor : 1;
}

static const struct field concurrency_fields[] = {
    KEY("in_flight", NUMBER, concurrency_point, in_flight, RANGE(1, 1e9),
        .doc = "Requests that are on the replica, from acceptance to answer, the one that begins to compute included."),
    KEY("factor", NUMBER, concurrency_point, factor, RANGE(1e-3, 1e6),
        .doc = "How many times its demand the computation then takes."),
    {0}};
const struct record concurrency_record = {
    .name = "concurrency point",
    .size = sizeof(struct concurrency_point),
    .fields = concurrency_fields,
    .doc = "What a computation takes with so many requests in flight: linear between the points, constant beyond them."};

static const char *const counts_words[] = {"active", "open", NULL};

static const struct field scalability_fields[] = {
    KEY("contention", NUMBER, scalability_config, contention, DEFAULT(0), RANGE(0, 1),
        .doc = "Share of the work that only one can do at a time: alpha of the Universal Scalability Law."),
    KEY("coherency", NUMBER, scalability_config, coherency, DEFAULT(0), RANGE(0, 1),
        .doc = "Work for each pair of those at work, to agree on what they share: beta of the law."),
    KEY("counts", WORD, scalability_config, counts, DEFAULT("active"), .words = counts_words,
        .doc = "What N is: active: requests at work, at most \"threads\"; open: open connections, used or not."),
    {0}};
const struct record scalability_record = {
    .name = "scalability",
    .size = sizeof(struct scalability_config),
    .fields = scalability_fields,
    .doc =
        "The Universal Scalability Law: with N at work a computation takes 1 + contention (N - 1) + coherency N (N - 1) times its "
        "demand."};
