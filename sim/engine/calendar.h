/* Calendar: the set of pending events and the loop that serves them.
 *
 * A server, an arrival stream, a controller's tick or a fault process has at most one pending event, so each reserves a
 * slot once and then only writes the time of its next event into it. The slots are the leaves of a winner tree (Knuth,
 * TAOCP 3, 5.4.1) of degree four: every inner node holds the smallest key of its four children, which share a cache line,
 * so the root is the next event. Writing a leaf and redoing the path above it is the only operation; scheduling,
 * rescheduling and cancelling are the same pass, without a branch that depends on data. (Measured: leaving the pass early,
 * when a node does not change, costs 10 to 20% by mispredicted branches; degree two costs 10 to 25% by its longer chain.)
 *
 * A key is one 128-bit integer: time in the high 64 bits, then the sequence number of the scheduling (44 bits), then the
 * slot (20 bits). Keys are unique, so the order is total: equal times are served in the order of scheduling.
 *
 * Beside the tree there is room for one key in front of it. An event that is earlier than all in the tree when it is scheduled goes
 * there, if the place is empty, and is served or cancelled without a pass: a short computation on a machine with little to do
 * mostly ends before anything else happens. The next event is the lesser of the front and the root, so the order is the same.
 *
 * Where few events are close and all others far (calendar_is_sparse: a process that dies, restarts and is ready again, and then
 * nothing for hours) there is room for a few more behind the one in front, in order, and what the handler of the first event of the
 * tree sets goes there too: little is earlier.
 *
 * Invariants: each node is the minimum of its children whenever a handler may look; a slot is in one leaf, in front or behind that;
 * a time in the tree is never below `now`; a slot that fires is idle unless its handler sets it again (its leaf keeps the served
 * key while the handler runs and is cleared after it if it was not written, which saves one of two passes). Slots are never given
 * back. The calendar owns its tree; contexts belong to the caller. Parts that keep many events behind one slot (lane.h,
 * timer_heap.h) take a sequence number for each and schedule their earliest with it.
 *
 *   struct calendar *calendar = calendar_new();
 *   slot_id tick = calendar_slot(calendar, on_tick, controller, 0);
 *   calendar_set(calendar, tick, 15 * SIM_S); // on_tick(controller, 0) runs then, and may set the slot again
 *   calendar_run(calendar, SIM_HOUR);
 *   calendar_free(calendar);
 */
#ifndef CALENDAR_H
#define CALENDAR_H
#include "sim/engine/sim_time.h"
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

typedef uint32_t slot_id;
typedef void event_handler(void *context, uint32_t argument);
typedef unsigned __int128 calendar_key;

enum { CALENDAR_SLOT_BITS = 20, CALENDAR_ROOT = 3, CALENDAR_BEHIND = 8 }; /* at most 2^20 slots, 2^44 schedulings */
#define CALENDAR_IDLE ((calendar_key)SIM_NEVER << 64)

struct calendar_slot {
  event_handler *handler;
  void *context;
  uint32_t argument;
};

struct calendar {
  calendar_key *nodes;         /* the root is CALENDAR_ROOT, the children of i are 4i - 8 to 4i - 5, leaves from `first` */
  struct calendar_slot *slots; /* `leaves` of them */
  uint32_t leaves;             /* a power of four */
  uint32_t first;              /* index of slot 0 */
  uint32_t slot_count;
  sim_time now;
  uint64_t sequence; /* the next one */
  uint64_t events;   /* served so far */
  bool stopped;
  calendar_key front;  /* an event that is not in the tree, or CALENDAR_IDLE */
  calendar_key firing; /* key of the event of the tree that is being served, or CALENDAR_IDLE */
  bool sparse;
  uint32_t behind_count;                /* 0 unless sparse */
  calendar_key behind[CALENDAR_BEHIND]; /* later than the one in front, the latest first */
};

struct calendar *calendar_new(void);
void calendar_free(struct calendar *calendar); /* null is allowed */

/* Reserves a slot: handler(context, argument) is called when it fires. Slots are best reserved while building; one more
 * while running is allowed and makes the tree four times as large now and then. */
slot_id calendar_slot(struct calendar *calendar, event_handler *handler, void *context, uint32_t argument);

/* Serves every event with time < end in order, then sets now = end (but never to SIM_NEVER). After calendar_stop it returns
 * as soon as the current handler has, and now stays; running again goes on from there. */
void calendar_run(struct calendar *calendar, sim_time end);
/* Serves the events at `end` too. Before SIM_NEVER; nothing that was set meanwhile is due in between. */
void calendar_run_through(struct calendar *calendar, sim_time end);

static inline void calendar_stop(struct calendar *calendar) { calendar->stopped = true; }

static inline sim_time calendar_now(const struct calendar *calendar) { return calendar->now; }

static inline uint64_t calendar_events(const struct calendar *calendar) { return calendar->events; }

/* Takes the next sequence number: the tie rank of an event that is kept elsewhere until it is the first of its part. */
static inline uint64_t calendar_next_sequence(struct calendar *calendar) { return calendar->sequence++; }

/* Writes a leaf and the path above it. */
static inline void calendar_write(struct calendar *calendar, slot_id slot, calendar_key key) {
  calendar_key *nodes = calendar->nodes;
  size_t i = (size_t)calendar->first + slot;
  nodes[i] = key;
  do {
    calendar_key a = nodes[i ^ 1], b = nodes[i ^ 2], c = nodes[i ^ 3];
    b = c < b ? c : b;
    a = b < a ? b : a;
    key = a < key ? a : key;
    i = i / 4 + 2;
    nodes[i] = key;
  } while (i > CALENDAR_ROOT);
}

static inline calendar_key calendar_leaf(const struct calendar *calendar, slot_id slot) {
  assert(slot < calendar->slot_count);
  return calendar->nodes[(size_t)calendar->first + slot];
}

static inline slot_id calendar_slot_of(calendar_key key) { return (slot_id)key & ((1u << CALENDAR_SLOT_BITS) - 1); }

/* From now on few events are close and all others far. Nothing is being served. */
static inline void calendar_is_sparse(struct calendar *calendar) { calendar->sparse = true; }

static inline bool calendar_in_front(const struct calendar *calendar, slot_id slot) {
  return calendar->front != CALENDAR_IDLE && calendar_slot_of(calendar->front) == slot;
}

/* The place of the slot behind the front; behind_count: it is not there. */
static inline uint32_t calendar_behind(const struct calendar *calendar, slot_id slot) {
  uint32_t i = 0;
  while (i < calendar->behind_count && calendar_slot_of(calendar->behind[i]) != slot) i++;
  return i;
}

/* The next of those behind it comes to the front. */
static inline void calendar_empty_front(struct calendar *calendar) {
  calendar->front = calendar->behind_count ? calendar->behind[--calendar->behind_count] : CALENDAR_IDLE;
}

/* Returns whether the slot was there. */
static inline bool calendar_leave_front(struct calendar *calendar, slot_id slot) {
  if (calendar_in_front(calendar, slot)) {
    calendar_empty_front(calendar);
    return true;
  }
  uint32_t i = calendar_behind(calendar, slot);
  if (i == calendar->behind_count) return false;
  for (calendar->behind_count--; i < calendar->behind_count; i++) calendar->behind[i] = calendar->behind[i + 1];
  return true;
}

static inline void calendar_join_front(struct calendar *calendar, calendar_key key) {
  if (key < calendar->front) {
    calendar_key first = calendar->front;
    calendar->front = key;
    if (first == CALENDAR_IDLE) return;
    key = first;
  }
  uint32_t i = calendar->behind_count++;
  for (; i && calendar->behind[i - 1] < key; i--) calendar->behind[i] = calendar->behind[i - 1];
  calendar->behind[i] = key;
}

static inline void calendar_put(struct calendar *calendar, slot_id slot, calendar_key key) {
  if (calendar->front != CALENDAR_IDLE) calendar_leave_front(calendar, slot);
  calendar_key root = calendar->nodes[CALENDAR_ROOT];
  bool room = calendar->front == CALENDAR_IDLE || (calendar->sparse && calendar->behind_count < CALENDAR_BEHIND);
  bool early = key < root || (calendar->sparse && root == calendar->firing && key < CALENDAR_IDLE);
  if (room && early && calendar_leaf(calendar, slot) == CALENDAR_IDLE)
    calendar_join_front(calendar, key);
  else
    calendar_write(calendar, slot, key);
}

/* Schedules the slot with a sequence number taken earlier. */
static inline void calendar_set_keyed(struct calendar *calendar, slot_id slot, sim_time at, uint64_t sequence) {
  assert(slot < calendar->slot_count && at >= calendar->now && sequence < calendar->sequence);
  calendar_put(calendar, slot, (calendar_key)(uint64_t)at << 64 | sequence << CALENDAR_SLOT_BITS | slot);
}

/* Makes the slot idle, scheduled or not. */
static inline void calendar_clear(struct calendar *calendar, slot_id slot) {
  if (calendar->front != CALENDAR_IDLE && calendar_leave_front(calendar, slot)) return;
  if (calendar_leaf(calendar, slot) != CALENDAR_IDLE) calendar_write(calendar, slot, CALENDAR_IDLE);
}

/* Schedules or reschedules the slot at `at`, which is not in the past; SIM_NEVER clears it. */
static inline void calendar_set(struct calendar *calendar, slot_id slot, sim_time at) {
  assert(slot < calendar->slot_count && at >= calendar->now);
  uint64_t sequence = calendar_next_sequence(calendar);
  calendar_put(calendar, slot, (calendar_key)(uint64_t)at << 64 | sequence << CALENDAR_SLOT_BITS | slot);
}

/* Nothing else is due at this instant. False also where the handler of an event of the tree has not written its own slot yet. */
static inline bool calendar_is_quiet(const struct calendar *calendar) {
  calendar_key root = calendar->nodes[CALENDAR_ROOT], next = calendar->front < root ? calendar->front : root;
  return (sim_time)(next >> 64) > calendar->now;
}

/* The same in the handler of the slot, which has not written it yet: what stands beside its way to the root. */
static inline bool calendar_is_quiet_beside(const struct calendar *calendar, slot_id slot) {
  const calendar_key *nodes = calendar->nodes;
  uint64_t now = (uint64_t)calendar->now;
  bool quiet = (uint64_t)(calendar->front >> 64) > now;
  for (size_t i = (size_t)calendar->first + slot; i > CALENDAR_ROOT; i = i / 4 + 2)
    quiet &= (uint64_t)(nodes[i ^ 1] >> 64) > now && (uint64_t)(nodes[i ^ 2] >> 64) > now && (uint64_t)(nodes[i ^ 3] >> 64) > now;
  return quiet;
}

/* When the slot fires next: SIM_NEVER when idle, also inside its own handler before it is set again. */
static inline sim_time calendar_time_of(const struct calendar *calendar, slot_id slot) {
  uint32_t i = calendar_behind(calendar, slot);
  calendar_key key = i < calendar->behind_count          ? calendar->behind[i]
                     : calendar_in_front(calendar, slot) ? calendar->front
                                                         : calendar_leaf(calendar, slot);
  return key == calendar->firing ? SIM_NEVER : (sim_time)(key >> 64);
}

#endif
