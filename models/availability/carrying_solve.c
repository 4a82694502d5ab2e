/* Filling the book: which courses are run, and what they say of the shares that routing serves. */
#include "models/availability/carrying_inner.h"
#include "models/availability/strain.h"
#include "models/core/model.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of each of two rounds: strained states, then what they leave behind. */
enum { RUNS_MOST = 400, ASKED_MOST = 600000, LONGER = 24, SHORTER = 8, SHARE_OF_LONG = 64 };

struct run {
  struct carrying_entry *entry; /* null: all is well */
  uint32_t level, times, shorter;
  struct arena *arena;
  struct course *course;
};

struct round {
  struct carrying *book;
  struct run *runs;
  uint32_t count;
  double **base; /* by level: answered with all well, by endpoint; null: not run */
};

static uint64_t seed_of(const struct carrying *c, const struct run *r) {
  uint64_t sum = stance_mix(c->model->run.seed, r->level);
  if (r->entry) sum = stance_mix(stance_mix(sum, r->entry->key.state), stance_mix(r->entry->key.before, r->entry->key.lasted));
  return sum;
}

static void task(void *round, uint32_t i) {
  const struct carrying *c = ((struct round *)round)->book;
  struct run *r = &((struct round *)round)->runs[i];
  struct course_plan p = {.model = c->model, .levels = &c->levels, .level = r->level, .nominal = c->nominal, .now = c->nominal};
  p.times = r->times, p.shorter = r->shorter;
  p.seed = seed_of(c, r);
  if (r->entry) p.now = carrying_state(c, r->entry->key.state)->stance;
  if (r->entry && r->entry->key.before)
    p.before = carrying_state(c, r->entry->key.before)->stance, p.lasted = carrying_lasted(c, &r->entry->key);
  if (r->entry && !r->entry->key.before) p.routing = carrying_state(c, r->entry->key.state)->routing;
  r->arena = arena_new();
  r->course = course_run(&p, r->arena);
}

/* --- reading a course -------------------------------------------------------------------------------------------------------- */

struct answers {
  double arrived, answered;
};

static struct answers in_bins(const struct course *c, uint32_t endpoints, uint32_t endpoint, uint32_t from, uint32_t until) {
  struct answers a = {0, 0};
  for (uint32_t b = from; b < until; b++)
    a.arrived += c->arrived[b * endpoints + endpoint], a.answered += c->answered[b * endpoints + endpoint];
  return a;
}

/* Of what is due, what has come; 1 where chance alone may have made the difference. */
static double ratio_of(struct answers a, double due) {
  double failed = fmax(a.arrived - a.answered, 0), foreseen = a.arrived * (1 - due);
  if (!(due > 0) || failed <= foreseen + 3 * sqrt(foreseen + 4)) return 1;
  return fmin(a.answered / (a.arrived * due), 1);
}

/* Of all endpoints together: for one that nobody has asked for just then. */
static double ratio_of_all(const struct course *c, const double *due, uint32_t endpoints, uint32_t from, uint32_t until) {
  struct answers sum = {0, 0};
  double expected = 0;
  for (uint32_t e = 0; e < endpoints; e++) {
    struct answers a = in_bins(c, endpoints, e, from, until);
    sum.arrived += a.arrived, sum.answered += a.answered, expected += a.arrived * due[e];
  }
  return sum.arrived > 0 ? ratio_of(sum, expected / sum.arrived) : 0; /* it stopped: too many were inside */
}

static double ratio_in(const struct course *c, const double *due, uint32_t endpoints, uint32_t e, uint32_t from, uint32_t until) {
  struct answers a = in_bins(c, endpoints, e, from, until);
  return a.arrived > 0 ? ratio_of(a, due[e]) : ratio_of_all(c, due, endpoints, from, until);
}

static const double *due_of(const struct round *t, const struct run *r, struct arena *arena) {
  const struct carrying *c = t->book;
  uint32_t endpoints = c->model->endpoints.count;
  double *due = arena_new_array(arena, double, endpoints + 1);
  const double *routing = r->entry->key.before ? carrying_state(c, r->entry->key.state)->routing : r->course->routing;
  const double *base = t->base[r->level];
  for (uint32_t e = 0; e < endpoints; e++) due[e] = routing[e] * (base ? base[e] : 1);
  return due;
}

static void fill(const struct round *t, const struct run *r) {
  struct carrying *c = t->book;
  struct carrying_entry *to = r->entry;
  uint32_t endpoints = c->model->endpoints.count;
  const double *due = due_of(t, r, r->arena);
  to->bin = r->course->bin;
  to->ratio = arena_new_array(c->arena, double, (COURSE_BINS + 1) * (size_t)endpoints + 1);
  to->whole = true;
  for (uint32_t b = 0; b <= COURSE_BINS; b++)
    for (uint32_t e = 0; e < endpoints; e++) {
      uint32_t from = b < COURSE_BINS ? b : COURSE_BINS / 2, until = b < COURSE_BINS ? b + 1 : r->course->bins;
      double ratio = ratio_in(r->course, due, endpoints, e, from, until);
      to->ratio[b * endpoints + e] = ratio;
      to->whole &= !(ratio < 1);
    }
  sim_time course = COURSE_BINS * to->bin;
  to->until = to->unsafe ? SIM_NEVER : course + (to->key.lasted ? (sim_time)ldexp(1e9, (int)to->key.lasted) : 0);
  to->found = true;
}

/* With no strain, what fails with all well fails for reasons of its own. */
static void fill_base(struct round *t, const struct run *r) {
  struct carrying *c = t->book;
  uint32_t endpoints = c->model->endpoints.count;
  double *base = arena_new_array(c->arena, double, endpoints + 1);
  bool strained = c->nominal_strain * c->levels.most[r->level] >= STRAIN_SAFE;
  for (uint32_t e = 0; e < endpoints; e++) {
    struct answers a = in_bins(r->course, endpoints, e, 0, r->course->bins);
    base[e] = strained || !(a.arrived > 0) ? 1 : fmin(a.answered / a.arrived, 1);
  }
  t->base[r->level] = base;
}

/* --- which -------------------------------------------------------------------------------------------------------------------- */

static int longest_first(const void *one, const void *other) {
  const struct carrying_entry *a = *(struct carrying_entry *const *)one, *b = *(struct carrying_entry *const *)other;
  if (a->us != b->us) return a->us > b->us ? -1 : 1;
  if (a->key.state != b->key.state) return a->key.state < b->key.state ? -1 : 1;
  if (a->key.before != b->key.before) return a->key.before < b->key.before ? -1 : 1;
  if (a->key.lasted != b->key.lasted) return a->key.lasted < b->key.lasted ? -1 : 1;
  return (a->key.level > b->key.level) - (a->key.level < b->key.level);
}

/* In the first round strained states as they are; in the second what some of these leave behind that lose requests. */
static bool is_wanted(const struct carrying *c, const struct carrying_entry *e, bool second) {
  if (!second) return e->unsafe && !e->key.before;
  if (!e->key.before || e->found) return false;
  const struct carrying_entry *before = carrying_find(c, &(struct carrying_key){.state = e->key.before, .level = e->key.level});
  return before && before->found && !before->whole;
}

/* What most of the time is spent in is run for longer. */
static uint32_t times_of(const struct carrying *c, const struct carrying_entry *e) {
  uint64_t all = 0;
  for (uint32_t i = 0; i < c->entry_count; i++)
    all += c->entries[i]->unsafe && !c->entries[i]->key.before ? c->entries[i]->us / 16 : 0;
  double share = e->unsafe && !e->key.before && all ? (double)(e->us / 16) / (double)all : 0;
  return 1 + (uint32_t)(share * LONGER);
}

static double requests_of(const struct carrying *c, const struct run *r) {
  const struct carrying_key *k = &r->entry->key;
  sim_time time = course_horizon(&c->levels, k->level, r->shorter) * r->times;
  time += course_warm_up(c->model, &c->levels, k->level, r->shorter) + (k->before ? carrying_lasted(c, k) : 0);
  return sim_seconds(time) * c->levels.per_second[k->level];
}

/* Of those that are wanted. */
static uint64_t time_of(const struct carrying *c, bool second) {
  uint64_t sum = 0;
  for (uint32_t i = 0; i < c->entry_count; i++) sum += is_wanted(c, c->entries[i], second) ? c->entries[i]->us : 0;
  return sum;
}

/* As many as fit. */
static void choose(struct round *t, bool second) {
  struct carrying *c = t->book;
  double requests = 0;
  uint64_t all = time_of(c, second);
  t->count = 0;
  if (c->entry_count) qsort(c->entries, c->entry_count, sizeof *c->entries, longest_first);
  bool *has_base = allocate_zeroed(HOURS, sizeof *has_base);
  for (uint32_t i = 0; i < c->entry_count && t->count < RUNS_MOST; i++) {
    struct carrying_entry *e = c->entries[i];
    if (!is_wanted(c, e, second)) continue;
    struct run r = {.entry = e, .level = e->key.level, .times = times_of(c, e)};
    r.shorter = e->us < all / SHARE_OF_LONG ? SHORTER : 1;
    requests += requests_of(c, &r);
    if (t->count && requests > ASKED_MOST) break;
    t->runs[t->count++] = r;
    has_base[e->key.level] = true;
  }
  for (uint32_t level = 0; level < c->levels.count && !second; level++)
    if (has_base[level]) t->runs[t->count++] = (struct run){.level = level, .times = 1, .shorter = 1};
  free(has_base);
}

static void play(struct round *t, carrying_in_parallel *parallel, void *context) {
  parallel(context, task, t, t->count);
  for (uint32_t i = 0; i < t->count; i++)
    if (!t->runs[i].entry) fill_base(t, &t->runs[i]);
  for (uint32_t i = 0; i < t->count; i++)
    if (t->runs[i].entry) fill(t, &t->runs[i]);
  for (uint32_t i = 0; i < t->count; i++) arena_free(t->runs[i].arena);
  t->book->runs += t->count;
}

/* --- kinds -------------------------------------------------------------------------------------------------------------------- */

static double served_by(const struct carrying *c, const struct carrying_entry *e) {
  uint32_t endpoints = c->model->endpoints.count;
  double sum = 0;
  for (uint32_t i = 0; i < endpoints; i++) sum += c->model->endpoint_share[i] * e->ratio[COURSE_BINS * endpoints + i];
  return sum;
}

/* For states of its kind that have no run. */
static void stand_in(struct carrying *c, const struct carrying_entry *e) {
  struct carrying_key key = {.state = carrying_state(c, e->key.state)->kind, .level = e->key.level};
  struct carrying_entry *of_kind = carrying_find(c, &key);
  if (of_kind && !(served_by(c, e) < served_by(c, of_kind))) return;
  if (!of_kind) of_kind = carrying_add(c, &key);
  *of_kind = *e;
  of_kind->key = key, of_kind->us = 0, of_kind->unsafe = false;
}

static void stand_ins(struct carrying *c, const struct round *t) {
  for (uint32_t i = 0; i < t->count; i++)
    if (t->runs[i].entry) stand_in(c, t->runs[i].entry);
}

void carrying_solve(struct carrying *c, carrying_in_parallel *parallel, void *context) {
  struct round t = {.book = c};
  t.runs = allocate_zeroed(RUNS_MOST + HOURS, sizeof *t.runs);
  t.base = allocate_zeroed(HOURS, sizeof *t.base);
  for (int second = 0; second < 2; second++) {
    choose(&t, second);
    carrying_index(c);
    play(&t, parallel, context);
    if (!second) stand_ins(c, &t);
  }
  c->collects = false;
  free(t.runs), free(t.base);
}
