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
