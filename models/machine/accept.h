/* Turns of an event loop, and the queue of connections that are yet to be accepted: `accept` of a service.
 *
 * Each process has a loop (one thread). A turn begins when the one before has ended: the kernel says what is ready (epoll_wait),
 * and the loop goes through that batch to its end; what becomes ready meanwhile belongs to the next turn. In a batch come
 *
 *     again     connections that were read in the turn before and have something to read once more, in the order of that turn: they
 *               watch for a level, and the kernel puts what it has reported behind the list at once, in front of all that comes
 * later
 *     ready     what has become ready since, in that order: requests on established connections, and computations that go on after
 *               an answer (a database's, a delay that is over)
 *     accepted  connections that were accepted in the turn before: they are registered only now
 *
 * The listening socket is ready as long as its queue is not empty, keeps its place in the list by the same rule and so comes to the
 * front of the batch in a few turns: it is taken as its first member. `one` connection is accepted in a turn, or `all` that wait. A
 * request is read, and its program begins, when it comes to its place in a batch; what it computes until it waits for something
 * else is one turn of computation (container.h). So of n connections that are always busy one that is new to the process waits for
 * a turn, n computations, for each that stands before it.
 *
 * The accept queue holds `backlog` + 1 connections: Linux compares with "more than". Where that is not enough the connection is
 * rejected, or (`full`: drop) the kernel throws its SYN away, and the client sends it again 1, 3, 7, 15, 31, 63 s after the first,
 * as long as the connect_timeout of the service lets it, and no longer than 127 s.
 *
 * A request is on a connection of its own (it opens it: a client without keep-alive, `upstream` of a caller that had no idle one)
 * or on one that is established. Where the caller has no `upstream`, and the client's connections carry any number of requests, all
 * are established.
 *
 * With runtime threads or gil there are no turns: the line for a thread is the accept queue for requests that open a connection,
 * and is not bounded for those on an established one.
 *
 * Sources: libuv 1.46 src/unix/linux.c (uv__io_poll) and src/unix/stream.c (uv__server_io: one accept a callback since 1.45);
 * Linux fs/eventpoll.c (ep_send_events, ep_insert), include/net/sock.h (sk_acceptq_is_full), net/ipv4/tcp_input.c
 * (tcp_conn_request), RFC 6298 (the first time-out of a SYN, doubled), tcp_syn_retries 6.
 *
 * Invariants, audited: a loop whose thread is free has nothing to do; an accept queue is not longer than backlog + 1. */
#ifndef ACCEPT_H
#define ACCEPT_H
#include "models/core/parts.h"
#include "models/request/queue.h"
#include "models/service/service.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/timer_heap.h"

struct audit;
struct compiler;
struct container;
struct crew;
struct instruction;
struct request;
struct service_config;
struct world;

enum accept_takes { ACCEPT_NONE, ACCEPT_ONE, ACCEPT_ALL };
enum accept_full { ACCEPT_REJECT, ACCEPT_DROP };

struct accept_config {
  int32_t takes, full;               /* ACCEPT_NONE: connections are not modelled */
  struct distribution cpu;           /* of the loop, a connection */
  uint32_t queue, accepted, dropped; /* meters */
};

/* What a loop sees of a connection: where it stood in the last batch that it was in, and which process has it. */
enum { UNDEALT = UINT16_MAX };
struct descriptor {
  uint32_t turn, place;
  uint16_t process; /* of its replica, or UNDEALT */
};

/* Of one process. */
struct loop {
  uint32_t turn, place;                        /* of now; how many connections it has read in it */
  struct request_queue again, ready, accepted; /* of the next turn; the rest of the batch is the crew's own queue */
};

/* Of each request. */
struct accepting {
  struct descriptor *descriptor; /* of the connection that it comes on; null: it has none of its own */
  sim_time knocked_at;           /* its connection would have been accepted, with room in the queue */
  sim_time gives_up_at;          /* its client gives up to connect */
  timer_ticket again;            /* while the SYN is to be sent again */
  uint8_t stage, in;             /* enum accept_stage; enum loop_queue: the queue that it stands in */
  bool opens;                    /* it comes on a connection that is yet to be set up */
};

static inline struct accepting *request_accepting(const struct world *w, const struct request *r) {
  return request_part(w, r, PART_accept);
}
static inline const struct accept_config *service_accept(const struct service_config *s) { return service_part(s, PART_accept); }

/* CPU time, in s on a reference core, that one connection costs its loop; 0 where no loop accepts. */
double accept_cpu_s(const struct service_config *);
/* Something is ready for the process's loop. */
bool loop_is_ready(const struct container *, const struct crew *);
/* The request, if it waits for its SYN to be sent again, gives that up: it fails within the instant. */
void accept_gives_up(struct world *, struct request *);
/* The request comes to a process that hangs and has no room for it. True: its SYN was dropped, or it has given up and is gone. */
bool accept_hangs(struct world *, struct request *);

extern const struct wait wait_read;     /* on a connection: for its place in a batch */
extern const struct wait wait_accepted; /* in the accept queue, or accepted and not registered */
extern const struct record accept_keys_record;
void audit_accept(const struct audit *);

#endif
