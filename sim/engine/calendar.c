/* Calendar: building the tree and the loop that serves it. */
#include "sim/engine/calendar.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_LEAVES = 2 };

/* A tree of this many leaves, all idle. */
static calendar_key *tree_new(uint32_t leaves) {
  size_t count = 2 * (size_t)leaves;
  calendar_key *nodes = aligned_alloc(64, (count * sizeof *nodes + 63) / 64 * 64);
  if (!nodes) abort();
  for (size_t i = 0; i < count; i++) nodes[i] = CALENDAR_IDLE;
  return nodes;
}

struct calendar *calendar_new(void) {
  struct calendar *calendar = aligned_alloc(64, (sizeof *calendar + 63) / 64 * 64);
  if (!calendar) abort();
  *calendar = (struct calendar){.nodes = tree_new(FIRST_LEAVES), .leaves = FIRST_LEAVES, .firing = CALENDAR_IDLE};
  calendar->slots = calloc(FIRST_LEAVES, sizeof *calendar->slots);
  if (!calendar->slots) abort();
  return calendar;
}

void calendar_free(struct calendar *calendar) {
  if (!calendar) return;
  free(calendar->nodes);
  free(calendar->slots);
  free(calendar);
}

/* Doubles the leaves: the old ones go to the start of the new row, the inner nodes are computed again. */
static void grow(struct calendar *calendar) {
  uint32_t old = calendar->leaves, leaves = 2 * old;
  calendar_key *nodes = tree_new(leaves);
  memcpy(nodes + leaves, calendar->nodes + old, old * sizeof *nodes);
  for (uint32_t i = leaves - 1; i > 0; i--) {
    calendar_key left = nodes[2 * i], right = nodes[2 * i + 1];
    nodes[i] = right < left ? right : left;
  }
  free(calendar->nodes);
  calendar->nodes = nodes;
  calendar->leaves = leaves;
  calendar->slots = realloc(calendar->slots, leaves * sizeof *calendar->slots);
  if (!calendar->slots) abort();
}

slot_id calendar_slot(struct calendar *calendar, event_handler *handler, void *context, uint32_t argument) {
  assert(handler && calendar->slot_count < 1u << CALENDAR_SLOT_BITS);
  if (calendar->slot_count == calendar->leaves) grow(calendar);
  calendar->slots[calendar->slot_count] = (struct calendar_slot){.handler = handler, .context = context, .argument = argument};
  return calendar->slot_count++;
}

void calendar_run(struct calendar *calendar, sim_time end) {
  assert(end >= calendar->now);
  calendar->stopped = false;
  while (!calendar->stopped) {
    calendar_key key = calendar->nodes[1];
    sim_time at = (sim_time)(key >> 64);
    if (at >= end) break;
    assert(at >= calendar->now);
    slot_id id = (slot_id)key & ((1u << CALENDAR_SLOT_BITS) - 1);
    calendar->now = at;
    calendar->firing = key;
    calendar->events++;
    const struct calendar_slot *slot = &calendar->slots[id];
    slot->handler(slot->context, slot->argument);
    if (calendar->nodes[(size_t)calendar->leaves + id] == key) calendar_write(calendar, id, CALENDAR_IDLE);
  }
  calendar->firing = CALENDAR_IDLE;
  if (!calendar->stopped && end != SIM_NEVER) calendar->now = end;
}
