/* A part: a mechanism with keys, state, waits, things that requests hold, or invariants of its own.
 *
 * One descriptor says all that the core must know of it; the core names no part. Every member but `name` may be null. The list of
 * parts (models/core/parts.h) gives each a number and its place in every order.
 *
 *     const struct part part_toll = {.name = "toll", .requests = true, .room = {.world = sizeof(struct toll_book)},
 *                                    .start = toll_start, .stop = toll_stop, .forget = toll_forgets, .audit = audit_toll};
 *
 * A life in the order of calls: `open` (nothing is built), `build` (each service, its containers exist, none is placed), `serves`
 * (the initial replicas), `start` (all is there, no request has come), then events, `measure` at the edges of the measured time,
 * `audit` after the run, `stop`. A part with `requests` does not exist in a run without requests: of its hooks only those of
 * linking are called then.
 *
 * A request that acquires something of a part calls request_holds. When it ends, each part that it may hold something of is asked,
 * in the order of the list: a hook looks for itself whether there still is something, so that releasing early costs nothing. A
 * request that holds nothing costs one test. */
#ifndef PART_H
#define PART_H
#include "models/core/parts.h"
#include "models/request/request.h"
#include "sim/describe/field.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit;
struct arena;
struct compiler;
struct container;
struct demand_sums;
struct endpoint_config;
struct service_use;
struct walk;
struct linker;
struct service_config;
struct load_part;
struct model;
struct node;
struct request;
struct service;
struct world;

/* ADVANCE: integrals are brought to the present. BEGIN, END: of the measured time, after an ADVANCE. LAST: the last window of the
 * measured time has ended, and what happens at its last instant is yet to come. CLOSE: the run is over, and w->horizon is now. */
enum world_edge { EDGE_ADVANCE, EDGE_BEGIN, EDGE_END, EDGE_LAST, EDGE_CLOSE };

/* Bytes that are dealt to the part, zero at first: of a world, and of each request. */
struct part_room {
  size_t world, request;
};

/* Rows that the part adds, to the scenario's root, to each service, endpoint and node group: each a struct of its own (model_part,
 * service_part, endpoint_part, nodes_part), which is there with or without keys, so that it may also hold what is derived while
 * linking. */
struct part_keys {
  const struct record *root, *service, *endpoint, *nodes;
};

/* Stages of linking, in order. Those marked * are left out once an error was reported. */
enum link_stage {
  LINK_FIRST,    /* what services, sources and programs refer to */
  LINK_JOINED,   /* each service has been linked (part.service): what several of them make together */
  LINK_SENDERS,  /* sources, whose clients programs may meet */
  LINK_STEPS,    /* what steps refer to: limits, stock, queues */
  LINK_ENDPOINT, /* the endpoint l->endpoint, before its program is compiled */
  LINK_PROGRAMS, /* the programs of endpoints are there; programs of parts are compiled */
  LINK_COMPILED, /* * all programs are there */
  LINK_RUN,      /* what happens to the run */
  LINK_MEASURED, /* * the warm-up is known */
  LINK_LAST,     /* what nothing else refers to */
  LINK_WORK,     /* * is it too much to be simulated? */
  LINK_PLACED    /* * l->trial is a world that has just been built */
};

/* How the load of a model changes with time. */
enum steadiness {
  STEADY,        /* in the mean it does not */
  STEADY_BY_RUN, /* not within a run, but from run to run */
  DAILY,         /* every day is alike */
  TIMED          /* something happens at an instant of the run */
};

struct part {
  const char *name;
  struct part_keys keys;
  bool requests;                      /* only runs with requests have it */
  bool (*used)(const struct model *); /* null: always */
  struct part_room room;
  const void *request; /* what its room in a new request holds; null: zeros */

  void (*link)(struct linker *, enum link_stage);
  void (*service)(struct linker *, struct service_config *, const char *path); /* between LINK_FIRST and LINK_JOINED */
  enum steadiness (*steadiness)(const struct model *);

  /* While programs are compiled: before a call of the service is emitted; of the call; behind the program of an endpoint. */
  void (*calls)(struct compiler *, int32_t service);
  void (*enters)(struct compiler *, struct instruction *);
  void (*leaves)(struct compiler *);                        /* before the leave of the open frame */
  void (*accepts)(struct compiler *, struct instruction *); /* of the accept that belongs to it; its frame is not open yet */
  void (*left)(struct compiler *, struct instruction *);    /* of the leave; its frame is not open any more */
  void (*accepted)(struct compiler *);                      /* behind the accept of the open frame */
  void (*behind)(struct compiler *, const struct endpoint_config *);
  /* Of sums of demand: its room in them; what a computation of requests of this weight asks, besides CPU time of the service. */
  void (*sums)(struct demand_sums *, struct arena *);
  void (*computes)(const struct walk *, int32_t service, double weighted_s);
  /* Time passes, in seconds times weight, while the walk holds something of the part: walk->held of it is not 0. */
  void (*passes)(const struct walk *, double weighted_s);

  void (*open)(struct world *);
  void (*build)(struct world *, struct service *);
  void (*start)(struct world *);
  void (*measure)(struct world *, enum world_edge);
  void (*use)(const struct world *, struct service *, struct service_use *); /* since the warm-up, of the service */
  void (*stop)(struct world *);

  void (*begins)(struct world *, struct container *); /* a process starts, and serves after its start */
  /* Of a process: it serves (warm: it has done so for long); it is about to stop, and served so far or not; it dies, and what was
   * inside has not learnt it; all that was inside has failed. stopped: it does not count as up any more, and has not died yet. */
  void (*serves)(struct world *, struct container *, bool warm);
  void (*stops)(struct world *, struct container *, bool served);
  void (*stopped)(struct world *, struct container *);
  void (*dies)(struct world *, struct container *);
  void (*died)(struct world *, struct container *);
  void (*hangs)(struct world *, struct container *, bool hung); /* it hangs, or goes on: models/machine/hang.c */
  void (*placed)(struct world *, const struct container *,
                 bool stands); /* it has been put on a node, or is about to be taken off */
  /* There is one node more than before: what is kept by node grows with w->node_room. */
  void (*joins)(struct world *, const struct node *);
  sim_time (*fetches)(struct world *, const struct container *);  /* from its start until its process can begin */
  sim_time (*recovers)(struct world *, const struct container *); /* how much longer its start takes */
  /* Of a container that needs a node: whether this one may be it. */
  bool (*admits)(const struct world *, const struct container *, const struct node *);
  /* Of a container on a lost node, which its orchestrator would replace: 0: it does so. Else it is left there until this time, or
   * (SIM_NEVER) until the node is back. */
  sim_time (*gives_up)(struct world *, struct container *);
  /* Some process or routing has changed: which requests are served may have. */
  void (*changed)(struct world *);
  /* A wait of a process, a node or a failover has begun or ended: what an outage waits for now may be another thing. */
  void (*staged)(struct world *);
  /* The link between two regions has been cut, or carries again (models/network/network.h). */
  void (*severed)(struct world *, uint32_t region, uint32_t other, bool cut);
  /* A primary that the fault (-1: none) took is replaced, or back: the writes of this last time are lost;
   * SIM_NEVER: all of them. */
  void (*lost_data)(struct world *, int32_t fault, sim_time rpo);

  /* Of a request that may hold something of the part. fails: its client learns of the outcome now, or has gone. ends: it has done
   * all its work, and its answer has not left yet. release: it fails, and still has its threads. forget: it is gone, its threads
   * too. bereaved: a replica of another frame than its topmost one died, and with it what it holds there. */
  void (*fails)(struct world *, struct request *, enum outcome);
  void (*ends)(struct world *, struct request *);
  void (*release)(struct world *, struct request *);
  void (*forget)(struct world *, struct request *);
  void (*bereaved)(struct world *, struct request *, const struct container *, uint32_t dead_generation);
  /* Of any request: its client does not wait for it any more, and it goes on. */
  void (*forsaken)(struct world *, struct request *);

  /* Of a child (models/request/child.h): it is new; it has ended for its caller; its caller waits for it no more. */
  void (*child_begins)(const struct world *, struct request *child, const struct request *caller);
  void (*child_ends)(struct world *, struct request *child, struct request *caller, bool failed);
  void (*child_left)(struct world *, struct request *child);

  void (*audit)(const struct audit *); /* of a run with requests */
  const struct load_part *load;        /* what requests ask of it (models/core/load_sheet.h) */
};

/* By number; null beyond the last. */
const struct part *part_numbered(uint32_t number);

/* For the core: calls the hooks of the parts that the world has, or that the request may hold something of. */
void parts_link(struct linker *, enum link_stage);
void parts_link_service(struct linker *, struct service_config *, const char *path);
enum steadiness parts_steadiness(const struct model *); /* the least steady of all */
void parts_calls(struct compiler *, int32_t service);
void parts_enters(struct compiler *, struct instruction *);
void parts_leaves(struct compiler *);
void parts_accepts(struct compiler *, struct instruction *);
void parts_left(struct compiler *, struct instruction *);
void parts_accepted(struct compiler *);
void parts_behind(struct compiler *, const struct endpoint_config *);
void parts_sums(struct demand_sums *, struct arena *);
void parts_computes(const struct walk *, int32_t service, double weighted_s);
void parts_open(struct world *); /* deals the room of the world first, and of requests behind their cells */
void parts_build(struct world *, struct service *);
void parts_start(struct world *);
void parts_measure(struct world *, enum world_edge);
void parts_use(const struct world *, struct service *, struct service_use *);
sim_time parts_fetch(struct world *, const struct container *);
sim_time parts_recover(struct world *, const struct container *);
bool parts_admit(const struct world *, const struct container *, const struct node *);
sim_time parts_give_up(struct world *, struct container *); /* the latest of all */
void parts_child_begins(const struct world *, struct request *child, const struct request *caller);
void parts_child_ends(struct world *, struct request *child, struct request *caller, bool failed);
void parts_child_left(struct world *, struct request *child);
void parts_stop(struct world *);
void parts_audit(const struct audit *);
void parts_begins(struct world *, struct container *);
void parts_serves(struct world *, struct container *, bool warm);
void parts_stops(struct world *, struct container *, bool served);
void parts_stopped(struct world *, struct container *);
void parts_placed(struct world *, const struct container *, bool stands);
void parts_dies(struct world *, struct container *);
void parts_died(struct world *, struct container *);
void parts_hangs(struct world *, struct container *, bool hung);
void parts_joins(struct world *, const struct node *);
/* Of the container alone; of anything. */
void parts_replica_changed(struct world *, struct container *);
void parts_changed(struct world *);
void parts_staged(struct world *);
void parts_severed(struct world *, uint32_t region, uint32_t other, bool cut);
void parts_lost_data(struct world *, int32_t fault, sim_time rpo);
void parts_fails(struct world *, struct request *, enum outcome);
void parts_forsaken(struct world *, struct request *);
void parts_ends(struct world *, struct request *);
void parts_release(struct world *, struct request *);
void parts_forget(struct world *, struct request *);
void parts_bereaved(struct world *, struct request *, const struct container *, uint32_t dead_generation);

#endif
