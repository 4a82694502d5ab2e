/* Lane: making, growing and firing. */
#include "sim/engine/lane.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>

enum { FIRST_RING = 16 };

/* The slot fired: for the head, or for an entry that was cancelled since. The slot is armed for the next entry before the
 * handler runs, so the handler may push and cancel as it likes. */
static void on_slot(void *context, uint32_t argument) {
  (void)argument;
  struct lane *lane = context;
  lane->is_armed = false;
  if (lane->head == lane->tail) return;
  const struct lane_entry *entry = &lane->ring[lane->head & lane->mask];
  if (entry->sequence != lane->armed) {
    lane_arm(lane);
    return;
  }
  uint32_t payload = entry->payload;
  lane->head++;
  lane->pending--;
  lane_skip_cancelled(lane);
  if (lane->head != lane->tail) lane_arm(lane);
  lane->handler(lane->context, payload);
}

struct lane *lane_new(struct calendar *calendar, sim_time delay, event_handler *handler, void *context) {
  assert(delay >= 0 && delay < SIM_NEVER / 2);
  struct lane *lane = allocate(sizeof *lane);
  *lane = (struct lane){.calendar = calendar, .delay = delay, .handler = handler, .context = context, .mask = FIRST_RING - 1};
  lane->ring = allocate(FIRST_RING * sizeof *lane->ring);
  lane->slot = calendar_slot(calendar, on_slot, lane, 0);
  return lane;
}

void lane_free(struct lane *lane) {
  if (!lane) return;
  calendar_clear(lane->calendar, lane->slot);
  free(lane->ring);
  free(lane);
}

void lane_grow(struct lane *lane) {
  assert(lane->tail - lane->head == lane->mask + 1);
  uint64_t mask = 2 * lane->mask + 1;
  struct lane_entry *ring = allocate((mask + 1) * sizeof *ring);
  for (uint64_t ticket = lane->head; ticket != lane->tail; ticket++) ring[ticket & mask] = lane->ring[ticket & lane->mask];
  free(lane->ring);
  lane->ring = ring;
  lane->mask = mask;
}
