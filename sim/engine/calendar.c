/* Calendar: building the tree and the loop that serves it. */
#include "sim/engine/calendar.h"
#include "sim/engine/allocate.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_LEAVES = 4, FIRST_OF_FOUR = 4 };

/* `count` nodes, all idle. */
static calendar_key *tree_new(size_t count) {
  calendar_key *nodes = allocate_aligned(64, (count * sizeof *nodes + 63) / 64 * 64);
  for (size_t i = 0; i < count; i++) nodes[i] = CALENDAR_IDLE;
  return nodes;
}

struct calendar *calendar_new(void) {
  struct calendar *calendar = allocate_aligned(64, (sizeof *calendar + 63) / 64 * 64);
  *calendar = (struct calendar){.nodes = tree_new(FIRST_OF_FOUR + FIRST_LEAVES),
                                .leaves = FIRST_LEAVES,
                                .first = FIRST_OF_FOUR,
                                .front = CALENDAR_IDLE,
                                .firing = CALENDAR_IDLE};
  calendar->slots = allocate_zeroed(FIRST_LEAVES, sizeof *calendar->slots);
  return calendar;
}

void calendar_free(struct calendar *calendar) {
  if (!calendar) return;
  free(calendar->nodes);
  free(calendar->slots);
  free(calendar);
}

/* One more row: the old leaves go to the start of the new row, the inner nodes are computed again. */
static void grow(struct calendar *calendar) {
  uint32_t old = calendar->leaves, leaves = 4 * old, first = 4 * calendar->first - 8;
  calendar_key *nodes = tree_new((size_t)first + leaves);
  memcpy(nodes + first, calendar->nodes + calendar->first, old * sizeof *nodes);
  for (size_t i = first - 1; i >= CALENDAR_ROOT; i--)
    for (size_t child = 4 * i - 8; child < 4 * i - 4; child++)
      if (nodes[child] < nodes[i]) nodes[i] = nodes[child];
  free(calendar->nodes);
  calendar->nodes = nodes;
  calendar->leaves = leaves;
  calendar->first = first;
  calendar->slots = allocate_resized(calendar->slots, leaves, sizeof *calendar->slots);
}

slot_id calendar_slot(struct calendar *calendar, event_handler *handler, void *context, uint32_t argument) {
  assert(handler && calendar->slot_count < 1u << CALENDAR_SLOT_BITS);
  if (calendar->slot_count == calendar->leaves) grow(calendar);
  calendar->slots[calendar->slot_count] = (struct calendar_slot){.handler = handler, .context = context, .argument = argument};
  return calendar->slot_count++;
}

/* In front: gone before its handler runs. In the tree: its leaf is cleared afterwards, unless it was written. */
static void serve(struct calendar *calendar, calendar_key key) {
  slot_id id = calendar_slot_of(key);
  calendar->now = (sim_time)(key >> 64);
  calendar->events++;
  bool in_front = key == calendar->front;
  if (in_front)
    calendar_empty_front(calendar);
  else
    calendar->firing = key;
  const struct calendar_slot *slot = &calendar->slots[id];
  slot->handler(slot->context, slot->argument);
  if (!in_front && calendar_leaf(calendar, id) == key) calendar_write(calendar, id, CALENDAR_IDLE);
}

void calendar_run_through(struct calendar *calendar, sim_time end) {
  calendar_run(calendar, end + 1);
  if (!calendar->stopped) calendar->now = end;
}

void calendar_run(struct calendar *calendar, sim_time end) {
  assert(end >= calendar->now);
  calendar->stopped = false;
  while (!calendar->stopped) {
    calendar_key root = calendar->nodes[CALENDAR_ROOT], key = calendar->front < root ? calendar->front : root;
    sim_time at = (sim_time)(key >> 64);
    if (at >= end) break;
    assert(at >= calendar->now);
    serve(calendar, key);
  }
  calendar->firing = CALENDAR_IDLE;
  if (!calendar->stopped && end != SIM_NEVER) calendar->now = end;
}
