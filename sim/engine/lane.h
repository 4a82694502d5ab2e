/* Lane: many pending events that all wait for the same constant delay, behind one slot of the calendar.
 *
 * Time-outs, network hops of a fixed length, expiries: pushed in order of time, they fire in order of pushing, so a ring is
 * the whole event set and a push costs one store. Every entry takes its sequence number when it is pushed, so that ties
 * with all other events keep the order of scheduling.
 *
 * A ticket is the entry's number since the start; a cancelled entry is marked and leaves when it reaches the head. The slot
 * may stay armed for an entry that was cancelled: it then fires, finds another head and arms itself for that one. So
 * calendar_events counts such a firing, and most cancels never touch the tree. The lane owns its ring (which doubles when
 * full), the calendar its slot.
 *
 *   struct lane *timeouts = lane_new(calendar, 30 * SIM_S, on_timeout, world);
 *   lane_ticket ticket = lane_push(timeouts, request_id); // on_timeout(world, request_id) in 30 s, unless
 *   lane_cancel(timeouts, ticket);                        // the answer comes first
 *   lane_free(timeouts);
 */
#ifndef LANE_H
#define LANE_H
#include "sim/engine/calendar.h"

typedef uint64_t lane_ticket;

struct lane_entry {
  sim_time at;
  uint64_t sequence;
  uint32_t payload;
  bool live;
};

struct lane {
  struct calendar *calendar;
  struct lane_entry *ring;
  uint64_t mask; /* size of the ring less one */
  uint64_t head; /* ticket of the oldest entry: live, or equal to tail */
  uint64_t tail; /* ticket of the next push */
  uint64_t pending;
  sim_time delay;
  event_handler *handler;
  void *context;
  uint64_t armed; /* sequence number that the slot carries; valid when is_armed */
  slot_id slot;
  bool is_armed;
};

struct lane *lane_new(struct calendar *calendar, sim_time delay, event_handler *handler, void *context);
void lane_free(struct lane *lane); /* null is allowed; the slot stays reserved and idle */
void lane_grow(struct lane *lane); /* doubles the ring; called by lane_push */

/* Number of entries that will still fire. */
static inline uint64_t lane_pending(const struct lane *lane) { return lane->pending; }

static inline void lane_arm(struct lane *lane) {
  const struct lane_entry *entry = &lane->ring[lane->head & lane->mask];
  calendar_set_keyed(lane->calendar, lane->slot, entry->at, entry->sequence);
  lane->armed = entry->sequence;
  lane->is_armed = true;
}

/* handler(context, payload) is called at now + delay. */
static inline lane_ticket lane_push(struct lane *lane, uint32_t payload) {
  if (__builtin_expect(lane->tail - lane->head > lane->mask, 0)) lane_grow(lane);
  lane->ring[lane->tail & lane->mask] = (struct lane_entry){.at = calendar_now(lane->calendar) + lane->delay,
                                                            .sequence = calendar_next_sequence(lane->calendar),
                                                            .payload = payload,
                                                            .live = true};
  lane->pending++;
  lane_ticket ticket = lane->tail++;
  if (!lane->is_armed) lane_arm(lane);
  return ticket;
}

static inline void lane_skip_cancelled(struct lane *lane) {
  while (lane->head != lane->tail && !lane->ring[lane->head & lane->mask].live) lane->head++;
}

/* Forgets an entry that has neither fired nor been cancelled. */
static inline void lane_cancel(struct lane *lane, lane_ticket ticket) {
  assert(ticket >= lane->head && ticket < lane->tail);
  struct lane_entry *entry = &lane->ring[ticket & lane->mask];
  assert(entry->live);
  entry->live = false;
  lane->pending--;
  lane_skip_cancelled(lane);
}

#endif
