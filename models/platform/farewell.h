/* Farewell: how a replica ends that its orchestrator takes away.
 *
 *     told to go --pre_stop--> SIGTERM --what is inside ends, or grace is over--> its process has ended
 *
 * At the same time its callers learn that it is gone, which takes a while of its own: until then they go on choosing it. A process
 * that has got SIGTERM takes no more (it closes its socket), and finishes what it has; one that exits drops it; one that ignores
 * the signal, as the first process of a container does by default, serves on until it is killed. So a request that is sent to it
 * between SIGTERM and the news is refused, and one that is inside when the grace is over is cut off: both are lost to the roll-out,
 * and counted (service_config.lost_meter). A `pre_stop` as long as the news needs avoids the first. The grace counts from the
 * beginning, pre_stop included, as terminationGracePeriodSeconds does.
 *
 *     if (farewell_begin(w, c, how, until_known)) ... it has gone already ...
 *     ...
 *     case LIFE_PRE_STOP: case LIFE_CLOSING: case LIFE_ENDED:       in the orchestrator's `life`
 *       if (farewell_goes_on(w, c)) ... it has gone: its process has ended, and nobody chooses it any more ...
 *
 * The caller arranges for the news (lifecycle_rotate) before it begins. */
#ifndef FAREWELL_H
#define FAREWELL_H
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct container;
struct world;

enum on_stop { STOP_FINISHES, STOP_EXITS, STOP_IGNORED };

struct farewell {
  sim_time pre_stop, grace;
  sim_time takes;  /* from SIGTERM until its process has ended, when nothing is inside */
  int32_t on_stop; /* enum on_stop: what it does with SIGTERM */
};

/* A replica whose process answers. routed: how long callers still choose it; 0: it is no matter. Both return whether it is over. */
bool farewell_begin(struct world *, struct container *, const struct farewell *, sim_time routed);
bool farewell_goes_on(struct world *, struct container *);

#endif
