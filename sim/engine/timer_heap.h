/* Timer heap: an open-ended set of events with any delays, behind one slot of the calendar.
 *
 * For what a lane cannot hold: random think times, retries with jitter, sessions. A 4-ary heap of 128-bit keys (time, then
 * sequence number), with the four children of a node in one cache line; unused places hold the largest key, so the least of
 * four children is found without a branch. An index from ticket to place makes cancelling O(log n). Only the root is in the
 * calendar, with the sequence number that it took when pushed, so ties keep the order of scheduling everywhere.
 *
 * A ticket is good until its event fires or is cancelled; after that it may name another event. The heap owns its arrays
 * (which double when full), the calendar its slot.
 *
 *   struct timer_heap *thinking = timer_heap_new(calendar, on_return, world);
 *   timer_ticket ticket = timer_heap_push(thinking, calendar_now(calendar) + pause, user); // on_return(world, user)
 *   timer_heap_cancel(thinking, ticket);
 *   timer_heap_free(thinking);
 */
#ifndef TIMER_HEAP_H
#define TIMER_HEAP_H
#include "sim/engine/calendar.h"

struct timer_heap;
typedef uint32_t timer_ticket;

struct timer_heap *timer_heap_new(struct calendar *calendar, event_handler *handler, void *context);
void timer_heap_free(struct timer_heap *heap); /* null is allowed; the slot stays reserved and idle */

/* handler(context, payload) is called at `at`, which is not in the past and is not SIM_NEVER. */
timer_ticket timer_heap_push(struct timer_heap *heap, sim_time at, uint32_t payload);

/* Forgets an event that has neither fired nor been cancelled. */
void timer_heap_cancel(struct timer_heap *heap, timer_ticket ticket);

/* When the event of this ticket fires. */
sim_time timer_heap_time_of(const struct timer_heap *heap, timer_ticket ticket);

/* When the first of all fires, or the one whose handler is running; SIM_NEVER when none will. */
sim_time timer_heap_next(const struct timer_heap *heap);

/* Number of events that will still fire. */
uint32_t timer_heap_pending(const struct timer_heap *heap);

#endif
