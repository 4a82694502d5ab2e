/* The event set against a sorted list: the same random scheduling, rescheduling and cancelling on slots, lanes, a heap and
 * all of them in one calendar, with few distinct times so that ties abound. Then the rules that others rely on, and pools
 * and arenas. */
#include "sim/engine/arena.h"
#include "sim/engine/calendar.h"
#include "sim/engine/lane.h"
#include "sim/engine/pool.h"
#include "sim/engine/stream.h"
#include "sim/engine/timer_heap.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 37, LANES = 3, EVENTS = 20000, MOST_PENDING = 4096 };
enum part { PART_SLOT, PART_LANE, PART_HEAP, PARTS };

/* The model: every pending event in a list in the order of scheduling; the next one is the first of the least time. */
struct expected {
  uint64_t name;
  sim_time at;
};

struct trial {
  struct calendar *calendar;
  slot_id slots[SLOTS];
  struct lane *lanes[LANES];
  struct timer_heap *heap;
  struct stream draws;
  bool use[PARTS];
  struct expected list[MOST_PENDING];
  uint32_t pending;
  uint64_t slot_names[SLOTS]; /* what a slot carries; 0 is nothing */
  struct {
    uint64_t name;
    enum part part;
    uint32_t lane;
    uint64_t ticket;
  } tickets[MOST_PENDING];
  uint64_t next_name;
  uint32_t fired, wrong, unexpected;
};

static void list_remove(struct trial *t, uint32_t i) {
  memmove(&t->list[i], &t->list[i + 1], (t->pending - i - 1) * sizeof *t->list);
  t->pending--;
}

static void list_forget(struct trial *t, uint64_t name) {
  for (uint32_t i = 0; i < t->pending; i++)
    if (t->list[i].name == name) {
      list_remove(t, i);
      return;
    }
  t->unexpected++;
}

static uint32_t list_next(const struct trial *t) {
  uint32_t next = 0;
  for (uint32_t i = 1; i < t->pending; i++)
    if (t->list[i].at < t->list[next].at) next = i;
  return next;
}

static uint64_t list_add(struct trial *t, sim_time at) {
  t->list[t->pending++] = (struct expected){.name = ++t->next_name, .at = at};
  return t->next_name;
}

static void set_slot(struct trial *t, uint32_t k) {
  sim_time at = calendar_now(t->calendar) + stream_below(&t->draws, 8);
  if (t->slot_names[k]) list_forget(t, t->slot_names[k]);
  t->slot_names[k] = list_add(t, at);
  calendar_set(t->calendar, t->slots[k], at);
  if (calendar_time_of(t->calendar, t->slots[k]) != at) t->wrong++;
}

static void clear_slot(struct trial *t, uint32_t k) {
  if (t->slot_names[k]) list_forget(t, t->slot_names[k]);
  t->slot_names[k] = 0;
  if (stream_below(&t->draws, 2))
    calendar_clear(t->calendar, t->slots[k]);
  else
    calendar_set(t->calendar, t->slots[k], SIM_NEVER);
  if (calendar_time_of(t->calendar, t->slots[k]) != SIM_NEVER) t->wrong++;
}

/* The payload of lanes and heap is the place of the ticket. */
static uint32_t ticket_place(const struct trial *t) {
  for (uint32_t i = 0; i < MOST_PENDING; i++)
    if (!t->tickets[i].name) return i;
  return 0;
}

static void push_lane(struct trial *t) {
  uint32_t i = ticket_place(t), k = stream_below(&t->draws, LANES);
  t->tickets[i].name = list_add(t, calendar_now(t->calendar) + t->lanes[k]->delay);
  t->tickets[i].part = PART_LANE;
  t->tickets[i].lane = k;
  t->tickets[i].ticket = lane_push(t->lanes[k], i);
}

static void push_heap(struct trial *t) {
  uint32_t i = ticket_place(t);
  sim_time at = calendar_now(t->calendar) + stream_below(&t->draws, 30);
  t->tickets[i].name = list_add(t, at);
  t->tickets[i].part = PART_HEAP;
  t->tickets[i].ticket = timer_heap_push(t->heap, at, i);
  if (timer_heap_time_of(t->heap, (timer_ticket)t->tickets[i].ticket) != at || timer_heap_next(t->heap) > at) t->wrong++;
}

static void cancel_one(struct trial *t) {
  uint32_t start = stream_below(&t->draws, 64);
  for (uint32_t i = start; i < start + 16; i++) {
    if (!t->tickets[i].name) continue;
    list_forget(t, t->tickets[i].name);
    t->tickets[i].name = 0;
    if (t->tickets[i].part == PART_LANE)
      lane_cancel(t->lanes[t->tickets[i].lane], t->tickets[i].ticket);
    else
      timer_heap_cancel(t->heap, (timer_ticket)t->tickets[i].ticket);
    return;
  }
}

static void check_pending(struct trial *t) {
  uint64_t kept = timer_heap_pending(t->heap);
  for (uint32_t i = 0; i < LANES; i++) kept += lane_pending(t->lanes[i]);
  for (uint32_t i = 0; i < SLOTS; i++) kept += t->slot_names[i] != 0;
  if (kept != t->pending) t->unexpected++;
}

/* A few random operations; on average as much is pushed as fires. */
static void act(struct trial *t) {
  check_pending(t);
  for (uint32_t actions = stream_below(&t->draws, 5); actions > 0; actions--) {
    uint32_t what = stream_below(&t->draws, 10), k = stream_below(&t->draws, SLOTS);
    bool room = t->pending < 200;
    if (t->use[PART_SLOT] && what < 4) set_slot(t, k);
    if (t->use[PART_SLOT] && what == 4) clear_slot(t, k);
    if (t->use[PART_LANE] && room && (what == 5 || what == 6)) push_lane(t);
    if (t->use[PART_HEAP] && room && (what == 7 || what == 8)) push_heap(t);
    if (what == 9) cancel_one(t);
  }
}

static void fired(struct trial *t, uint64_t name) {
  uint32_t next = list_next(t);
  if (!t->pending || t->list[next].name != name || t->list[next].at != calendar_now(t->calendar)) t->wrong++;
  if (t->pending) list_remove(t, next);
  if (++t->fired == EVENTS) calendar_stop(t->calendar);
}

static void on_slot(void *context, uint32_t k) {
  struct trial *t = context;
  if (calendar_time_of(t->calendar, t->slots[k]) != SIM_NEVER) t->wrong++;
  uint64_t name = t->slot_names[k];
  t->slot_names[k] = 0;
  fired(t, name);
  act(t);
}

static void on_payload(void *context, uint32_t i) {
  struct trial *t = context;
  uint64_t name = t->tickets[i].name;
  t->tickets[i].name = 0;
  fired(t, name);
  act(t);
}

static void feed(struct trial *t) {
  if (t->use[PART_SLOT]) set_slot(t, 0);
  if (t->use[PART_LANE]) push_lane(t);
  if (t->use[PART_HEAP]) push_heap(t);
}

static void check_kind(uint64_t seed, bool slots, bool lanes, bool heap, bool sparse) {
  struct trial *t = calloc(1, sizeof *t);
  *t = (struct trial){.calendar = calendar_new(), .draws = stream_open(seed), .use = {slots, lanes, heap}};
  if (sparse) calendar_is_sparse(t->calendar);
  for (uint32_t i = 0; i < SLOTS; i++) t->slots[i] = calendar_slot(t->calendar, on_slot, t, i);
  for (uint32_t i = 0; i < LANES; i++) t->lanes[i] = lane_new(t->calendar, i * 5, on_payload, t);
  t->heap = timer_heap_new(t->calendar, on_payload, t);
  while (t->fired < EVENTS && t->wrong + t->unexpected == 0) {
    feed(t);
    calendar_run(t->calendar, calendar_now(t->calendar) + 100);
  }
  test_check(t->fired == EVENTS && !t->wrong && !t->unexpected, "seed %lu: %u fired, %u out of order, %u unknown", seed, t->fired,
             t->wrong, t->unexpected);
  test_check(calendar_events(t->calendar) >= t->fired, "%lu events served", calendar_events(t->calendar));
  for (uint32_t i = 0; i < LANES; i++) lane_free(t->lanes[i]);
  timer_heap_free(t->heap);
  calendar_free(t->calendar);
  free(t);
}

static void check_parts(uint64_t seed, bool slots, bool lanes, bool heap) {
  check_kind(seed, slots, lanes, heap, false);
  check_kind(seed, slots, lanes, heap, true);
}

static void test_slots(void) {
  for (uint64_t seed = 1; seed <= 3; seed++) check_parts(seed, true, false, false);
}
static void test_lanes(void) {
  for (uint64_t seed = 1; seed <= 3; seed++) check_parts(seed, false, true, false);
}
static void test_heap(void) {
  for (uint64_t seed = 1; seed <= 3; seed++) check_parts(seed, false, false, true);
}
static void test_mixed(void) {
  for (uint64_t seed = 1; seed <= 10; seed++) check_parts(seed, true, true, true);
}

/* --- one rule at a time --- */

struct record {
  struct calendar *calendar;
  slot_id slots[100];
  uint32_t seen[400];
  sim_time times[400];
  uint32_t count, repeats;
};

static void note(void *context, uint32_t argument) {
  struct record *r = context;
  r->seen[r->count] = argument;
  r->times[r->count++] = calendar_now(r->calendar);
}

static void note_and_stop(void *context, uint32_t argument) {
  note(context, argument);
  calendar_stop(((struct record *)context)->calendar);
}

static void note_and_repeat(void *context, uint32_t argument) {
  struct record *r = context;
  note(r, argument);
  if (--r->repeats) calendar_set(r->calendar, argument, calendar_now(r->calendar) + 7);
}

static void note_and_grow(void *context, uint32_t argument) {
  struct record *r = context;
  note(r, argument);
  for (uint32_t i = 0; i < 50; i++) calendar_set(r->calendar, calendar_slot(r->calendar, note, r, 100 + i), 20 + i);
}

static void test_end_is_open(void) {
  struct record r = {.calendar = calendar_new()};
  slot_id slot = calendar_slot(r.calendar, note, &r, 5);
  calendar_set(r.calendar, slot, 10);
  calendar_run(r.calendar, 10);
  test_check(r.count == 0 && calendar_now(r.calendar) == 10, "%u served before their time, now %ld", r.count,
             calendar_now(r.calendar));
  calendar_run(r.calendar, 11);
  test_check(r.count == 1 && r.times[0] == 10 && calendar_now(r.calendar) == 11, "%u served", r.count);
  calendar_run(r.calendar, SIM_NEVER);
  test_check(r.count == 1 && calendar_now(r.calendar) == 11, "an empty calendar stays at %ld", calendar_now(r.calendar));
  test_check(calendar_time_of(r.calendar, slot) == SIM_NEVER && calendar_events(r.calendar) == 1, "idle after firing");
  calendar_free(r.calendar);
}

static void test_stop(void) {
  struct record r = {.calendar = calendar_new()};
  for (uint32_t i = 0; i < 3; i++) calendar_set(r.calendar, calendar_slot(r.calendar, i == 1 ? note_and_stop : note, &r, i), 10);
  calendar_run(r.calendar, 50);
  test_check(r.count == 2 && calendar_now(r.calendar) == 10, "stopped after %u at %ld", r.count, calendar_now(r.calendar));
  calendar_run(r.calendar, 50);
  test_check(r.count == 3 && r.times[2] == 10 && calendar_now(r.calendar) == 50, "went on to %u", r.count);
  calendar_free(r.calendar);
}

static void test_growth_keeps_events(void) {
  struct record r = {.calendar = calendar_new()};
  for (uint32_t i = 0; i < 100; i++) calendar_set(r.calendar, calendar_slot(r.calendar, note, &r, i), (sim_time)(i * 37 % 100));
  calendar_run(r.calendar, SIM_NEVER);
  uint32_t right = 0;
  for (uint32_t i = 0; i < r.count; i++) right += r.times[i] == (sim_time)i && r.seen[i] * 37 % 100 == i;
  test_check(r.count == 100 && right == 100, "%u of %u in place", right, r.count);
  calendar_free(r.calendar);
}

static void test_growth_while_running(void) {
  struct record r = {.calendar = calendar_new()};
  calendar_set(r.calendar, calendar_slot(r.calendar, note_and_grow, &r, 0), 1);
  calendar_run(r.calendar, SIM_NEVER);
  test_check(r.count == 51 && r.seen[50] == 149 && r.times[50] == 69, "%u served, last %u", r.count, r.seen[50]);
  calendar_free(r.calendar);
}

static void test_repeats(void) {
  struct record r = {.calendar = calendar_new(), .repeats = 20};
  calendar_set(r.calendar, calendar_slot(r.calendar, note_and_repeat, &r, 0), 7);
  calendar_run(r.calendar, SIM_NEVER);
  test_check(r.count == 20 && r.times[19] == 140, "%u ticks, last at %ld", r.count, r.times[19]);
  calendar_free(r.calendar);
}

/* A lane's cancelled head and a heap's root leave the order of others alone; late times fit the key. */
static void test_far_times(void) {
  struct record r = {.calendar = calendar_new()};
  struct timer_heap *heap = timer_heap_new(r.calendar, note, &r);
  struct lane *lane = lane_new(r.calendar, 100 * SIM_YEAR, note, &r);
  slot_id slot = calendar_slot(r.calendar, note, &r, 3);
  lane_cancel(lane, lane_push(lane, 9));
  lane_push(lane, 1);
  timer_heap_push(heap, 100 * SIM_YEAR, 2);
  calendar_set(r.calendar, slot, 100 * SIM_YEAR);
  timer_ticket gone = timer_heap_push(heap, SIM_S, 9);
  timer_heap_push(heap, SIM_NEVER - 1, 4);
  timer_heap_cancel(heap, gone);
  calendar_run(r.calendar, SIM_NEVER);
  test_check(r.count == 4, "%u served", r.count);
  for (uint32_t i = 0; i < 4; i++) test_check(r.seen[i] == i + 1, "event %u is %u", i, r.seen[i]);
  lane_free(lane);
  timer_heap_free(heap);
  calendar_free(r.calendar);
}

/* --- memory --- */

static void test_pool(void) {
  struct pool pool;
  pool_init(&pool, 24);
  uint32_t ids[5000], wrong = 0;
  uint32_t *first = NULL;
  for (uint32_t i = 0; i < 5000; i++) {
    ids[i] = pool_take(&pool);
    uint32_t *entry = pool_at(&pool, ids[i]);
    wrong += *entry != 0;
    *entry = i + 1;
    if (i == 0) first = entry;
  }
  for (uint32_t i = 0; i < 5000; i++) wrong += *(uint32_t *)pool_at(&pool, ids[i]) != i + 1;
  test_check(wrong == 0, "%u entries shared or not zero at first", wrong);
  test_check(first == pool_at(&pool, ids[0]), "an entry moved");
  test_check(pool_live(&pool) == 5000 && pool_high_water(&pool) == 5000 && pool_capacity(&pool) >= 5000, "%u live",
             pool_live(&pool));
  for (uint32_t i = 0; i < 5000; i++) pool_give(&pool, ids[i]);
  test_check(pool_live(&pool) == 0 && pool_high_water(&pool) == 5000, "%u live at the end", pool_live(&pool));
  test_check(pool_take(&pool) == ids[4999], "the last given is not the first taken");
  test_check(pool_live(&pool) == 1 && pool_high_water(&pool) == 5000, "high water %u", pool_high_water(&pool));
  pool_release(&pool);
}

static void test_arena(void) {
  struct arena *arena = arena_new();
  uint32_t wrong = 0;
  unsigned char *pieces[2000];
  for (uint32_t i = 0; i < 2000; i++) {
    size_t size = i % 100 == 99 ? 100000 : i % 300;
    pieces[i] = arena_alloc(arena, size);
    wrong += (uintptr_t)pieces[i] % (size >= 64 ? 64 : 16) != 0;
    for (size_t k = 0; k < size; k++) wrong += pieces[i][k] != 0;
    memset(pieces[i], (int)i % 250 + 1, size);
  }
  for (uint32_t i = 0; i < 2000; i++)
    for (size_t k = 0; k < (i % 100 == 99 ? 100000 : i % 300); k++) wrong += pieces[i][k] != i % 250 + 1;
  test_check(wrong == 0, "%u bytes misplaced, shared or not zero", wrong);
  char *text = arena_format(arena, "%s-%04d %0600d", "node", 7, 1);
  test_check(strlen(text) == 4 + 1 + 4 + 1 + 600 && !strncmp(text, "node-0007 000", 13), "text is %.20s", text);
  test_check(!strcmp(arena_text(arena, "abc"), "abc"), "copied text");
  double *numbers = arena_new_array(arena, double, 1000);
  test_check(numbers[999] == 0, "array is not zero");
  arena_free(arena);
}

static const struct test_case cases[] = {{"slots", test_slots},
                                         {"lanes", test_lanes},
                                         {"heap", test_heap},
                                         {"mixed", test_mixed},
                                         {"end_is_open", test_end_is_open},
                                         {"stop", test_stop},
                                         {"growth_keeps_events", test_growth_keeps_events},
                                         {"growth_while_running", test_growth_while_running},
                                         {"repeats", test_repeats},
                                         {"far_times", test_far_times},
                                         {"pool", test_pool},
                                         {"arena", test_arena},
                                         {0}};
const struct test_suite suite_calendar = {"calendar", cases};
