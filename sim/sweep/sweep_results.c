#include "sim/sweep/sweep_results.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/sweep/sweep_plan.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct point_answer {
  bool there;
  uint32_t code, statements, store; /* exit codes; which store holds the rows */
  char *table;                      /* cells of the terminal's table */
  struct point_rows *rows;          /* in memory; null: in the store */
};

struct sweep_results {
  const struct sweep_plan *plan;
  const char *const *stores;
  uint32_t store_count;
  struct point_answer *of; /* by point */
  bool lost;               /* rows that were there could not be read any more */
};

struct sweep_results *sweep_results_new(const struct sweep_plan *plan, const char *const *stores, uint32_t count) {
  struct sweep_results *r = arena_alloc(plan->arena, sizeof *r);
  *r = (struct sweep_results){.plan = plan, .stores = stores, .store_count = count};
  r->of = arena_new_array(plan->arena, struct point_answer, plan->sweep->points);
  return r;
}

void sweep_results_free(struct sweep_results *r) {
  for (uint64_t n = 0; n < sweep_results_points(r); n++) {
    if (r->of[n].rows) point_rows_free(r->of[n].rows);
    free(r->of[n].rows);
    free(r->of[n].table);
  }
}

static char *copy_of(const struct point_section *s) {
  char *copy = allocate(s->length + 1);
  memcpy(copy, s->text, s->length + 1);
  return copy;
}

void sweep_results_put(struct sweep_results *r, uint64_t n, struct point_rows *rows, bool stored) {
  struct point_answer *answer = &r->of[n];
  assert(n < sweep_results_points(r) && !answer->there);
  *answer = (struct point_answer){
      .there = true, .code = rows->code, .statements = rows->statements, .table = copy_of(&rows->parts[POINT_TABLE])};
  if (stored) {
    point_rows_free(rows);
    return;
  }
  answer->rows = allocate(sizeof *rows);
  *answer->rows = *rows;
}

/* --- the stores --------------------------------------------------------------------------------------------------------------- */

static bool same_rows(const struct point_rows *a, const struct point_rows *b) {
  bool same = a->code == b->code && a->statements == b->statements;
  for (int i = 0; i < POINT_PARTS; i++)
    same &= a->parts[i].length == b->parts[i].length && !memcmp(a->parts[i].text, b->parts[i].text, a->parts[i].length);
  return same;
}

/* Notes the answer of one store. False when another store says something else. */
static bool note(struct sweep_results *r, uint64_t n, uint32_t store, const char *key, struct point_rows *rows) {
  struct point_answer *answer = &r->of[n];
  bool same = true;
  if (answer->there) {
    struct point_rows other;
    same = point_store_read(r->stores[answer->store], key, &other) != POINT_STORED || same_rows(&other, rows);
    point_rows_free(&other);
    point_rows_free(rows);
    return same;
  }
  sweep_results_put(r, n, rows, true);
  answer->store = store;
  return true;
}

static bool find_one(struct sweep_results *r, struct arena *arena, uint64_t n) {
  const char *key = sweep_plan_key(r->plan, arena, n), *command = r->plan->request->command;
  FILE *messages = r->plan->request->messages;
  bool agree = true;
  for (uint32_t i = 0; i < r->store_count; i++) {
    struct point_rows rows;
    enum point_state state = point_store_read(r->stores[i], key, &rows);
    if (state == POINT_BROKEN)
      safe_print(messages, "aguanta %s: %s/%s.point is damaged and not used\n", command, r->stores[i], key);
    if (state == POINT_UNREADABLE)
      safe_print(messages, "aguanta %s: %s/%s.point cannot be read and is not used\n", command, r->stores[i], key);
    if (state != POINT_STORED || note(r, n, i, key, &rows)) continue;
    safe_print(messages, "aguanta %s: %s and %s disagree about point %llu (%s): one of them was changed\n", command,
               r->stores[r->of[n].store], r->stores[i], (unsigned long long)n, key);
    agree = false;
  }
  return agree;
}

bool sweep_results_find(struct sweep_results *r) {
  struct arena *arena = arena_new();
  bool agree = true;
  for (uint64_t n = 0; n < sweep_results_points(r); n++)
    if (sweep_results_mine(r, n)) agree &= find_one(r, arena, n);
  arena_free(arena);
  return agree;
}

/* --- points that the sweep does not have -------------------------------------------------------------------------------------- */

struct strangers {
  const char **keys; /* of the sweep, sorted */
  uint64_t count, seen;
};

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void count_stranger(void *context, const char *key) {
  struct strangers *s = context;
  s->seen += !bsearch(&key, s->keys, s->count, sizeof *s->keys, by_text);
}

/* An edited scenario or another program gives other keys: such files are no part of this answer, and it is good to know. */
void sweep_results_report_strangers(const struct sweep_results *r) {
  const struct sweep_plan *p = r->plan;
  struct strangers s = {arena_new_array(p->arena, const char *, p->sweep->points), p->sweep->points, 0};
  for (uint64_t n = 0; n < s.count; n++) s.keys[n] = sweep_plan_key(p, p->arena, n);
  qsort(s.keys, s.count, sizeof *s.keys, by_text);
  for (uint32_t i = 0; i < r->store_count; i++) {
    s.seen = 0;
    point_store_list(r->stores[i], count_stranger, &s);
    if (s.seen)
      safe_print(p->request->messages,
                 "aguanta %s: %s holds %llu points that are not of this sweep: of another scenario, seed, number of replications "
                 "or version\n",
                 p->request->command, r->stores[i], (unsigned long long)s.seen);
  }
}

/* --- what there is ------------------------------------------------------------------------------------------------------------ */

uint64_t sweep_results_points(const struct sweep_results *r) { return r->plan->sweep->points; }

struct sweep_point sweep_results_columns(const struct sweep_results *r) {
  return (struct sweep_point){.axes = r->plan->columns, .paths = r->plan->paths};
}

struct sweep_point sweep_results_point(const struct sweep_results *r, struct arena *arena, uint64_t n) {
  return sweep_plan_point(r->plan, arena, n);
}

bool sweep_results_mine(const struct sweep_results *r, uint64_t n) { return sweep_plan_mine(r->plan, n); }
bool sweep_results_wanted(const struct sweep_results *r, uint64_t n) { return sweep_plan_wanted(r->plan, n); }
bool sweep_results_has(const struct sweep_results *r, uint64_t n) { return r->of[n].there; }

uint32_t sweep_results_code(const struct sweep_results *r, uint64_t n, bool statements) {
  assert(r->of[n].there);
  return statements ? r->of[n].statements : r->of[n].code;
}

const char *sweep_results_table(const struct sweep_results *r, uint64_t n) { return r->of[n].table; }

static struct point_section take_part(struct point_rows *rows, enum point_part part) {
  struct point_section taken = rows->parts[part];
  rows->parts[part] = (struct point_section){NULL, 0};
  point_rows_free(rows);
  return taken;
}

struct point_section sweep_results_section(struct sweep_results *r, struct arena *arena, uint64_t n, enum point_part part) {
  const struct point_answer *answer = &r->of[n];
  assert(answer->there);
  if (answer->rows) return (struct point_section){copy_of(&answer->rows->parts[part]), answer->rows->parts[part].length};
  const char *key = sweep_plan_key(r->plan, arena, n), *store = r->stores[answer->store];
  struct point_rows rows;
  if (point_store_read(store, key, &rows) == POINT_STORED) return take_part(&rows, part);
  safe_print(r->plan->request->messages, "aguanta %s: %s/%s.point can no longer be read\n", r->plan->request->command, store, key);
  r->lost = true;
  return (struct point_section){NULL, 0};
}

bool sweep_results_whole(const struct sweep_results *r) { return !r->lost; }

uint64_t sweep_results_missing(const struct sweep_results *r) {
  uint64_t missing = 0;
  for (uint64_t n = 0; n < sweep_results_points(r); n++) missing += sweep_results_mine(r, n) && !r->of[n].there;
  return missing;
}
