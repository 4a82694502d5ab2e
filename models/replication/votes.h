/* Votes: which regions may have a primary.
 *
 * A machine that promotes asks a store of which every region with a vote has a part (etcd under Patroni); what it says counts where
 * more than half of the votes see each other. So the side of a cut with the majority promotes and the other side's primary steps
 * down; where no side has one, no replica is promoted: two regions alone cannot decide whether the other is lost or the line is
 * cut. A
 * region's votes are seen while a node of it is up, from regions that reach it (models/network/cut.h); those of a witness always
 * are. In a scenario without regions there are no votes.
 *
 * People ask no votes. With "split_brain" machines do not either. */
#ifndef VOTES_H
#define VOTES_H
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct linker;
struct replication;
struct service_config;
struct world;

/* Reports what is wrong with who promotes a replica of the database and by whose votes, and counts the votes that are given; those
 * of its replicas once they are placed, in l->trial. */
void votes_link(struct linker *, struct service_config *);
void votes_link_placed(struct linker *, struct service_config *, uint32_t index);

/* The region sees more than half of the votes, or there are no votes. */
bool votes_majority(const struct replication *, int32_t region);
/* What is sent from the one region arrives in the other; -1: no place, which reaches all. */
bool votes_region_reaches(const struct world *, int32_t region, int32_t other);
/* What is sent from the one container's region arrives in the other's. */
bool votes_reach(const struct world *, uint32_t container, uint32_t other);

#endif
