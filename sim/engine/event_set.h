/* The event set: everything that is yet to happen, in one order.
 *
 * Three parts behind this header, all served by one calendar, all with the same order: by time, and at equal times by the
 * order of scheduling. Choose by what can be pending:
 *
 *   part         pending                        cost of one event        for
 *   calendar     one a slot, slots are fixed    10 to 20 ns              servers, arrival streams, ticks, faults
 *   lane         many, one constant delay       3 ns armed + cancelled   time-outs, network hops, constant think times
 *   timer_heap   many, any delay                20 to 50 ns              random think times, external latencies
 *
 * A lane or a heap holds one slot of the calendar, for its first event; each of its events keeps the sequence number that it
 * got when it was pushed, so ties are in order across all parts. tests/sim/engine/test_calendar.c runs the same random pushes,
 * cancels and pops through each part, and through all at once, and compares with a sorted list. */
#ifndef EVENT_SET_H
#define EVENT_SET_H
#include "sim/engine/calendar.h"
#include "sim/engine/lane.h"
#include "sim/engine/timer_heap.h"

#endif
