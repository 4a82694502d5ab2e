/* Data of a database with neither "replication" nor "backup": all replicas have them at every instant, and nothing else does.
 *
 * When the replica that takes the writes (of each shard) is back, empty, and no other one serves, all that was ever written is
 * lost: an RPO without a bound (SIM_NEVER). What becomes of the data of one replica says models/volume. An RPO of 0 is recorded
 * only where the scenario says that the data outlive the fault, or it follows from its orchestrator: a disk of which nothing is
 * said is no promise, and then there is no RPO. Replicas copy from each other in no time. */
#ifndef BARE_DATA_H
#define BARE_DATA_H
#include <stdint.h>

struct service;
struct world;

/* Another replica has taken over the shard. */
void bare_data_superseded(struct world *, struct service *, uint32_t shard);

#endif
