/* Each client is sent to a healthy region with a probability in proportion to its weight, wherever the client is.
 *
 * A client has one point on the line of all weights. While the region there is healthy the client keeps it; when it is not, its
 * place within that region's stretch is its point on the line of the healthy ones. So a lost region moves its own clients only, and
 * they spread by weight. */
#include "models/core/link.h"
#include "models/dns/policies.h"
#include <assert.h>

static double weight_of(const struct weights *w, uint32_t i, uint64_t regions) {
  return regions >> w->reference[i] & 1 ? w->weight[i] : 0;
}

static double sum_of(const struct weights *w, uint64_t regions) {
  double sum = 0;
  for (uint32_t i = 0; i < w->count; i++) sum += weight_of(w, i, regions);
  return sum;
}

static void link(struct linker *l, const struct dns_config *d) {
  if (!d->weights.count) link_error(l, "dns", "weights", "needs weights by region");
  if (d->weights.count && !(sum_of(&d->weights, UINT64_MAX) > 0))
    link_error(l, "dns", "weights", "some weight must be more than 0");
}

static uint64_t takes(const struct dns_config *d) {
  uint64_t regions = 0;
  for (uint32_t i = 0; i < d->weights.count; i++)
    if (d->weights.weight[i] > 0) regions |= UINT64_C(1) << d->weights.reference[i];
  return regions;
}

/* The index of the weight at the point of the line, and in *chance the place within it. */
static uint32_t find(const struct weights *w, uint64_t regions, double *chance) {
  double left = *chance * sum_of(w, regions);
  uint32_t found = UINT32_MAX;
  for (uint32_t i = 0; i < w->count; i++) {
    double weight = weight_of(w, i, regions);
    if (!(weight > 0)) continue;
    found = i, *chance = left / weight;
    if (left < weight) break;
    left -= weight;
  }
  assert(found < w->count);
  return found;
}

static uint32_t answer(const struct model *m, uint32_t region, uint64_t regions, double chance) {
  (void)region;
  const struct weights *w = &model_dns(m)->weights;
  uint32_t i = find(w, UINT64_MAX, &chance);
  if (!(regions >> w->reference[i] & 1)) i = find(w, regions, &chance);
  return (uint32_t)w->reference[i];
}

static double likely(const struct model *m, uint64_t regions, uint32_t edge) {
  const struct weights *w = &model_dns(m)->weights;
  double sum = sum_of(w, regions), here = sum_of(w, regions & UINT64_C(1) << edge);
  assert(sum > 0);
  return here / sum;
}

static const struct field keys[] = {
    DNS_RESOLVED_KEYS,
    KEY("weights", WEIGHTS, dns_config, weights, .target = "platform.regions",
        .doc = "Share of all clients that each region gets while it is healthy, in proportion: {\"us\": 90, \"eu\": 10}."),
    {0}};
const struct dns_policy dns_policy_weight = {
    .member = {.word = "weight", .doc = "A healthy region by chance, in proportion to its weight.", .keys = keys},
    .by_chance = true,
    .unchecked = true,
    .link = link,
    .takes = takes,
    .answer = answer,
    .likely = likely};
