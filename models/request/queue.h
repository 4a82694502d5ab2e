/* Requests that wait for the same thing, in the order of their turns: first come first served, or by rank and within a rank first
 * come first served. Only the data; what can be done with it is in models/request/line.h, which knows the world.
 *
 * A request waits in one queue at most: it is a link of it (request->next, ->previous). */
#ifndef QUEUE_H
#define QUEUE_H
#include <stdint.h>

struct lane;

struct request_queue {
  uint32_t head, tail, count;
  uint32_t *last; /* by rank: the last of the rank in the queue, or NONE; null: ranks do not matter */
};

/* A queue whose requests all give up after the same time: so the first to give up is always the first in the line. */
struct line {
  struct request_queue queue;
  struct lane *patience; /* null: they wait for ever; its handler ends in line_gives_up */
};

#endif
