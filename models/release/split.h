/* A weighted route: which share of a service's calls a new version gets, whatever the numbers of replicas. One pod of six is 16.7%
 * of the calls of a Service; an ingress or a mesh with weights gives its version 5% of them.
 *
 * The side is drawn for each call; among the replicas of a side the service's balancer chooses. A side without a replica in
 * rotation leaves its calls to the other.
 *
 * The new version is judged by what was seen of it since the last judgement: which share of its calls failed, and which share of
 * its answers took longer than a limit. In years no request is played: as many are drawn as would have come in that time. */
#ifndef SPLIT_H
#define SPLIT_H
#include "models/release/release.h"

void split_begins(struct rollout *);
/* The share of the build that goes out. */
void split_set(struct rollout *, double share);
void split_ends(struct rollout *);
/* All calls go to this side from now on, and the replicas that are not of the build go. The route stays until the last of them is
 * gone, so that nothing is sent to one that has closed; then the roll-out is done. To be called at each look. */
enum split_side { SPLIT_OTHERS, SPLIT_BUILD };
void split_retires_old(struct rollout *, enum split_side);

/* Not by a roll-out: in a world that is to stand as another one did. */
void split_imposed(struct world *, uint32_t service, uint32_t build, double share);
void split_lifted(struct world *, uint32_t service);

/* What was seen since the last time, or since the share was set, is too bad to go on. */
bool split_condemns(struct rollout *);
/* In years: what is offered, for judgements. */
void splits_open(struct world *);
/* While linking: null, or why calls cannot be divided by weight. */
const char *split_wrong(const struct model *, const struct service_config *);

#endif
