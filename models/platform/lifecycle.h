/* The life of containers: what every orchestrator does, once. That of nodes: models/platform/nodes.h.
 *
 * A container is placed on a node, its process starts, serves, dies. Being in rotation is separate: callers go on choosing a
 * dead replica until it is taken out. Each container has one wait at a time (`life`). */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H
#include "models/request/request.h"
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct world;
struct node;
struct container;
struct model;
struct service;
struct service_config;

enum {
  LIFE_START = 1,
  LIFE_RESTART,
  LIFE_READY,
  LIFE_IN_ROTATION,
  LIFE_OUT_OF_ROTATION,
  LIFE_DRAINED,
  LIFE_GIVEN_UP,
  LIFE_PRE_STOP, /* of a farewell, as the next two */
  LIFE_CLOSING,
  LIFE_ENDED
};

/* Builds nodes, services and containers and places the replicas that the scenario starts with: all up and in rotation. */
void lifecycle_build(struct world *);

bool lifecycle_place(struct world *, struct container *);                   /* false: no node fits; the container is pending */
void lifecycle_place_on(struct world *, struct container *, struct node *); /* as if it had been chosen */
void lifecycle_unplace(struct world *, struct container *);

void lifecycle_start(struct world *, struct container *);             /* the process starts; serves after the service's `start` */
void lifecycle_serves(struct world *, struct container *, bool warm); /* its process serves from now on; warm: it has for long */
void lifecycle_wait(struct world *, struct container *, int32_t stage, sim_time delay);
void lifecycle_crash(struct world *, struct container *); /* the process dies on its own */
void lifecycle_kill(struct world *, struct container *);  /* its orchestrator ends a process that serves, hangs or starts */
void lifecycle_hang(struct world *, struct container *);  /* it hangs; one that hangs or is not up does not */
void lifecycle_go_on(struct world *, struct container *); /* one that hangs goes on */
void lifecycle_stop(struct world *, struct container *, enum outcome); /* it is ended; no orchestrator callback */
/* A replica whose process is not there runs this version from now on. */
void lifecycle_runs(struct world *, struct container *, const struct service_config *version, uint32_t build);
void lifecycle_runs_as_stated(struct world *, struct container *); /* the scenario's own version */
void lifecycle_closes(struct world *, struct container *);         /* one that serves takes no more from now on */
/* The slot fires after the delay; one that leads beyond the end of time never ends. */
void lifecycle_alarm(struct world *, slot_id, sim_time delay);

void rotation_add(struct world *, struct container *);
void rotation_remove(struct world *, struct container *);
/* What the balancer's own checks say of a replica: in rotation is one that the orchestrator offers and that is healthy. */
void rotation_checked(struct world *, struct container *, bool healthy);
/* Whether it stands by for another one. */
void rotation_withheld(struct world *, struct container *, bool withheld);
/* In or out of rotation after the delay; a later call replaces an earlier one that has not happened yet. */
void lifecycle_rotate(struct world *, struct container *, bool in, sim_time delay);

/* Brings the series of replicas in rotation to now. */
void service_replicas_until(struct world *, struct service *, sim_time now);

double lifecycle_uniform(struct container *); /* from the container's own stream */

#endif
