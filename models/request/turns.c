/* Turns: consecutive computation of a request on one replica. An event loop, or a thread, runs a callback to its end; whether the
 * scenario says "cpu: 5ms" or "cpu: 2ms, cpu: 3ms", and whether a look into the process's own memory or a branch that has ended
 * stands between the two, the request waits for a thread only once. container.c keeps the thread while the request goes on within
 * the instant. That is of no use where the request leaves the replica, so the programs are searched beforehand:
 *
 *     continues of a computation = on some path from it another computation by the same crew comes before all that takes time or
 *     leaves
 *
 * All jumps of a program lead forward, but for a guarded call, which repeats itself: one pass from the end finds it. */
#include "models/request/operation.h"
#include "models/request/program.h"
#include "sim/engine/arena.h"

enum { BY_LOOP = 1, BY_WORKERS = 2 };

static uint8_t crew_bit(const struct instruction *in) { return in->on_workers ? BY_WORKERS : BY_LOOP; }

/* By which crews of the replica a request may compute first when it comes to the instruction, within the instant. computes: the
 * same of all behind it. */
static uint8_t computes_at(const struct program *p, uint32_t at, const uint8_t *computes) {
  const struct instruction *in = &p->instructions[at];
  const struct operation *o = in->operation;
  if (o->leaves || o->ends) return 0;
  uint8_t target = in->target > at && in->target < p->count ? computes[in->target] : 0;
  if (o->enters) return target; /* a cache that is away is a miss */
  if (o->turns) return o->turns(computes, in, at);
  return (o->computes ? crew_bit(in) : 0) | target | computes[at + 1];
}

void program_find_turns(struct program *p, struct arena *arena) {
  uint8_t *computes = arena_new_array(arena, uint8_t, p->count + 1);
  for (uint32_t at = p->count; at-- > 0;) {
    struct instruction *in = &p->instructions[at];
    in->continues = in->operation->computes && computes[at + 1] & crew_bit(in);
    computes[at] = computes_at(p, at, computes);
  }
}
