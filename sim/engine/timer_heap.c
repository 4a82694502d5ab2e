/* Timer heap: a 4-ary heap whose root is at index 3 and whose node i has the children 4i - 8 to 4i - 5, so that four
 * children share a 64-byte line. Beyond the last node all keys are the largest one. */
#include "sim/engine/timer_heap.h"
#include "sim/engine/allocate.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ROOT = 3, FIRST_PLACES = 64 };
static const calendar_key LARGEST = ~(calendar_key)0;

struct timer_heap {
  struct calendar *calendar;
  calendar_key *keys;    /* by place; time, then sequence number */
  timer_ticket *tickets; /* by place */
  uint32_t *places;      /* by ticket */
  uint32_t *payloads;    /* by ticket */
  timer_ticket *unused;  /* stack of tickets */
  uint32_t unused_count;
  uint32_t count; /* events in the heap, in the places ROOT to ROOT + count - 1 */
  uint32_t size;  /* places; a multiple of 4, and large enough for the last line of children */
  slot_id slot;
  bool firing; /* the handler is running */
  bool hole;   /* and nothing has been pushed: the root is empty */
  event_handler *handler;
  void *context;
};

static void resize(struct timer_heap *heap, uint32_t size) {
  assert(size > heap->size && size % 4 == 0);
  calendar_key *keys = allocate_aligned(64, size * sizeof *keys);
  uint32_t old = heap->size;
  if (old) memcpy(keys, heap->keys, old * sizeof *keys);
  for (uint32_t i = old; i < size; i++) keys[i] = LARGEST;
  free(heap->keys);
  heap->keys = keys;
  heap->tickets = allocate_resized(heap->tickets, size, sizeof *heap->tickets);
  heap->places = allocate_resized(heap->places, size, sizeof *heap->places);
  heap->payloads = allocate_resized(heap->payloads, size, sizeof *heap->payloads);
  heap->unused = allocate_resized(heap->unused, size, sizeof *heap->unused);
  for (uint32_t ticket = size; ticket-- > old;) {
    heap->unused[heap->unused_count++] = ticket;
    heap->places[ticket] = 0;
  }
  heap->size = size;
}

static void put(struct timer_heap *heap, uint32_t place, calendar_key key, timer_ticket ticket) {
  heap->keys[place] = key;
  heap->tickets[place] = ticket;
  heap->places[ticket] = place;
}

static void sift_up(struct timer_heap *heap, uint32_t place, calendar_key key, timer_ticket ticket) {
  while (place > ROOT) {
    uint32_t parent = place / 4 + 2;
    if (heap->keys[parent] < key) break;
    put(heap, place, heap->keys[parent], heap->tickets[parent]);
    place = parent;
  }
  put(heap, place, key, ticket);
}

/* The arrays are in locals, because a store into one of them could be one to the heap itself for all the compiler knows. */
static void sift_down(struct timer_heap *heap, uint32_t place, calendar_key key, timer_ticket ticket) {
  calendar_key *keys = heap->keys;
  timer_ticket *tickets = heap->tickets;
  uint32_t *places = heap->places, end = ROOT + heap->count;
  for (uint32_t child = 4 * place - 8; child < end; child = 4 * place - 8) {
    uint32_t a = child + (keys[child + 1] < keys[child]), b = child + 2 + (keys[child + 3] < keys[child + 2]);
    uint32_t least = a + (b - a) * (keys[b] < keys[a]);
    if (key < keys[least]) break;
    keys[place] = keys[least];
    tickets[place] = tickets[least];
    places[tickets[least]] = place;
    place = least;
  }
  put(heap, place, key, ticket);
}

/* Schedules the slot for the root. */
static void arm(struct timer_heap *heap) {
  if (!heap->count) {
    calendar_clear(heap->calendar, heap->slot);
    return;
  }
  calendar_key root = heap->keys[ROOT];
  calendar_set_keyed(heap->calendar, heap->slot, (sim_time)(root >> 64), (uint64_t)root);
}

static void release_ticket(struct timer_heap *heap, timer_ticket ticket) {
  assert(heap->places[ticket] >= ROOT && heap->unused_count < heap->size);
  heap->places[ticket] = 0;
  heap->unused[heap->unused_count++] = ticket;
}

/* Fills the place with the last entry. */
static void remove_place(struct timer_heap *heap, uint32_t place) {
  assert(heap->count && place >= ROOT && place < ROOT + heap->count);
  uint32_t last = ROOT + --heap->count;
  calendar_key key = heap->keys[last];
  heap->keys[last] = LARGEST;
  if (place == last) return;
  if (place > ROOT && key < heap->keys[place / 4 + 2])
    sift_up(heap, place, key, heap->tickets[last]);
  else
    sift_down(heap, place, key, heap->tickets[last]);
}

/* While the handler runs, the root is a hole with the served key, still the least: the first push drops into it, one pass
 * down instead of two passes. The slot is armed once, afterwards. */
static void on_slot(void *context, uint32_t argument) {
  (void)argument;
  struct timer_heap *heap = context;
  timer_ticket ticket = heap->tickets[ROOT];
  assert(heap->count && !heap->firing);
  uint32_t payload = heap->payloads[ticket];
  release_ticket(heap, ticket);
  heap->firing = heap->hole = true;
  heap->handler(heap->context, payload);
  if (heap->hole) remove_place(heap, ROOT);
  heap->firing = heap->hole = false;
  if (heap->count) arm(heap);
}

struct timer_heap *timer_heap_new(struct calendar *calendar, event_handler *handler, void *context) {
  struct timer_heap *heap = allocate_zeroed(1, sizeof *heap);
  heap->calendar = calendar;
  heap->handler = handler;
  heap->context = context;
  heap->slot = calendar_slot(calendar, on_slot, heap, 0);
  resize(heap, FIRST_PLACES);
  return heap;
}

void timer_heap_free(struct timer_heap *heap) {
  if (!heap) return;
  calendar_clear(heap->calendar, heap->slot);
  free(heap->keys);
  free(heap->tickets);
  free(heap->places);
  free(heap->payloads);
  free(heap->unused);
  free(heap);
}

timer_ticket timer_heap_push(struct timer_heap *heap, sim_time at, uint32_t payload) {
  assert(at >= calendar_now(heap->calendar) && at < SIM_NEVER);
  if (ROOT + heap->count == heap->size) resize(heap, 2 * heap->size);
  timer_ticket ticket = heap->unused[--heap->unused_count];
  heap->payloads[ticket] = payload;
  calendar_key key = (calendar_key)(uint64_t)at << 64 | calendar_next_sequence(heap->calendar);
  if (heap->hole) {
    heap->hole = false;
    sift_down(heap, ROOT, key, ticket);
    return ticket;
  }
  sift_up(heap, ROOT + heap->count++, key, ticket);
  if (heap->places[ticket] == ROOT && !heap->firing) arm(heap);
  return ticket;
}

void timer_heap_cancel(struct timer_heap *heap, timer_ticket ticket) {
  assert(ticket < heap->size && heap->places[ticket] != 0);
  uint32_t place = heap->places[ticket];
  release_ticket(heap, ticket);
  remove_place(heap, place);
  if (place == ROOT && !heap->firing) arm(heap);
}

sim_time timer_heap_time_of(const struct timer_heap *heap, timer_ticket ticket) {
  assert(ticket < heap->size && heap->places[ticket] != 0);
  return (sim_time)(heap->keys[heap->places[ticket]] >> 64);
}

sim_time timer_heap_next(const struct timer_heap *heap) { return heap->count ? (sim_time)(heap->keys[ROOT] >> 64) : SIM_NEVER; }

uint32_t timer_heap_pending(const struct timer_heap *heap) { return heap->count - heap->hole; }
