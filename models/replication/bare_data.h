/* Data of a database with neither "replication" nor "backup": its replicas (of each shard) hold the same at every instant, one
 * that starts empty copies from another in no time, and nothing else has them.
 *
 * When the replica that takes the writes is back without its data and none that serves has them either, all that was ever
 * written is lost: an RPO without a bound (SIM_NEVER). What becomes of the data of one replica says models/volume. An RPO of 0
 * is recorded only where the replica itself has kept them, and the scenario says so or it follows from its orchestrator.
 * Nothing is recorded where they came from another replica, as what that had is not modelled without "replication", nor for a
 * disk of which nothing is said. */
#ifndef BARE_DATA_H
#define BARE_DATA_H
#include <stdint.h>

struct service;
struct world;

/* Another replica has taken over the shard. */
void bare_data_superseded(struct world *, struct service *, uint32_t shard);

#endif
