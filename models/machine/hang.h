/* A process that hangs: it computes nothing and answers nothing, and keeps all that it has.
 *
 * Its machine accepts connections for it, so a request that is sent there is not refused: it waits, as does every request that comes
 * back from elsewhere, and what was computing stands still. Newcomers beyond the backlog of its processes are rejected. Requests
 * stay until their callers give up, the process goes on (all continue, in the order in which they stopped), or it dies (all fail).
 * Its memory, its connections and what others hold of it stay.
 *
 * Every request with a frame on the container is marked `held`, so that a request that goes on costs no test more than before: a
 * marked one is asked where it is. What a hung process would do by a clock of its own is not followed: a wait for a connection of
 * its pool or for a lock ends in time, and a callee that fails ends the request for its client at once. */
#ifndef HANG_H
#define HANG_H
#include <stdbool.h>

struct container;
struct request;
struct world;

/* Called by models/platform/lifecycle.c, which sets the state: it hangs, or goes on. */
void container_hangs(struct world *, struct container *);
void container_goes_on(struct world *, struct container *);
/* One that hangs dies: what waits in it is forgotten by container_kill. */
void container_hung_dies(struct world *, struct container *);
/* A request that is marked wants to go on: true: it waits, or is rejected and gone, because the replica that it is on hangs. */
bool hang_holds(struct world *, struct request *);
/* The request has just opened a frame on a replica that hangs. */
void hang_marks(struct request *);

#endif
