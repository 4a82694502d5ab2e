#include "models/availability/ledger.h"
#include "models/availability/carrying.h"
#include "models/availability/outage.h"
#include "models/core/world.h"
#include "models/faults/fault.h"
#include "sim/engine/allocate.h"
#include "sim/engine/arena.h"
#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const double rounding = 1e-12; /* of a sum of shares */

void durations_add(struct durations *d, double seconds) {
  if (d->count == d->room) {
    d->room = d->room ? 2 * d->room : 16;
    d->s = allocate_resized(d->s, d->room, sizeof *d->s);
  }
  d->s[d->count++] = seconds;
}

/* --- rows --------------------------------------------------------------------------------------------------------------------- */

uint32_t ledger_endpoint_row(const struct model *m, uint32_t endpoint) { return LEDGER_FAULTS + model_faults(m)->count + endpoint; }

uint32_t ledger_outage_row(const struct model *m, int32_t endpoint) {
  return LEDGER_FAULTS + model_faults(m)->count + m->endpoints.count + (uint32_t)(endpoint + 1);
}

uint32_t ledger_rows(const struct model *m) { return ledger_outage_row(m, (int32_t)m->endpoints.count); }

/* --- periods ------------------------------------------------------------------------------------------------------------------ */

/* To the nanosecond: a sum of many parts is a whole number of them again. */
static void close_period(struct durations *into, double *open) {
  double amount = round(*open * 1e9) / 1e9;
  if (amount > 0) durations_add(into, amount);
  *open = 0;
}

/* The period that is open becomes that of month `month`. */
static void turn_to(struct ledger *l, int64_t month) {
  bool new_year = month / 12 != l->month / 12;
  assert(month >= l->month);
  if (month == l->month) return;
  for (uint32_t i = 0; i < l->row_count; i++) {
    close_period(&l->rows[i].months, &l->rows[i].month);
    if (new_year) close_period(&l->rows[i].years, &l->rows[i].year);
  }
  l->month = month;
}

static void add(struct ledger_row *r, double amount) { r->month += amount, r->year += amount, r->lost_s += amount; }

/* --- what is lost now --------------------------------------------------------------------------------------------------------- */

static void loses(struct ledger *l, uint32_t row, double rate) {
  if (!(rate > 0)) return;
  if (!(l->rows[row].rate > 0)) l->losing[l->losing_count++] = row;
  l->rows[row].rate += rate;
}

/* As in outage.c: to the latest outage what it took, to those before it what is left. Returns what faults took in all. */
static double charge(struct ledger *l, const struct outage_book *b, uint32_t endpoint) {
  double level = b->serving[endpoint], taken = 0;
  for (uint32_t k = b->open_count; k-- > 0;) {
    double before = b->open[k].before[endpoint];
    if (!(before > level)) continue;
    loses(l, ledger_fault_row(b->open[k].fault), b->share[endpoint] * (before - level));
    taken += before - level;
    level = before;
  }
  return taken;
}

static double planned_rate(const struct ledger *l, const struct model *m) {
  double rate = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++)
    if (model_fault_at(m, i)->planned) rate += l->rows[ledger_fault_row(i)].rate;
  return rate;
}

static bool loses_any(const struct outage_book *b) {
  bool any = false;
  for (uint32_t i = 0; i < b->endpoint_count; i++) any |= 1 - b->serving[i] > rounding;
  return any;
}

/* Sets the rates and who is down; returns whether anything is lost. */
static bool find_rates(struct ledger *l, const struct model *m, const struct outage_book *b, bool *down) {
  for (uint32_t i = 0; i < l->losing_count; i++) l->rows[l->losing[i]].rate = 0;
  l->losing_count = 0;
  for (uint32_t i = 0; i <= b->endpoint_count; i++) down[i] = false;
  if (!loses_any(b)) return false;
  for (uint32_t i = 0; i < b->endpoint_count; i++) {
    double lost = 1 - b->serving[i];
    if (!(lost > rounding)) continue;
    loses(l, ledger_endpoint_row(m, i), lost);
    loses(l, LEDGER_ALL, b->share[i] * lost);
    down[i + 1] = charge(l, b, i) > rounding;
    down[0] |= down[i + 1] && b->share[i] > 0;
  }
  double all = l->rows[LEDGER_ALL].rate, planned = planned_rate(l, m);
  loses(l, LEDGER_PLANNED, planned);
  if (all - planned > rounding) loses(l, LEDGER_UNPLANNED, all - planned);
  return true;
}

/* Months end in between. */
static void add_lost(struct ledger *l, const struct world *w, sim_time from, sim_time to) {
  while (from < to) {
    turn_to(l, (from - l->from) / SIM_MONTH);
    sim_time ends = l->from + (l->month + 1) * SIM_MONTH, until = to < ends ? to : ends;
    double passed = sim_seconds(until - from) * carrying_weight(w, from, until);
    for (uint32_t i = 0; i < l->losing_count; i++) add(&l->rows[l->losing[i]], l->rows[l->losing[i]].rate * passed);
    from = until;
  }
}

static void live(struct world *w, uint32_t life, bool down, sim_time from, sim_time to) {
  struct ledger *l = &world_outages(w)->ledger;
  struct ledger_life *one = &l->lives[life];
  if (down && !one->down) {
    one->outages++;
    if (one->first == SIM_NEVER) one->first = from - l->from;
    turn_to(l, (from - l->from) / SIM_MONTH);
    add(&l->rows[ledger_outage_row(w->model, (int32_t)life - 1)], 1);
  }
  if (down) one->down_s += sim_seconds(to - from);
  one->down = down;
}

void ledger_book(struct world *w, sim_time from, sim_time to) {
  struct outage_book *b = world_outages(w);
  struct ledger *l = &b->ledger;
  if (!l->kept || from >= to) return;
  if (!l->any_down && !loses_any(b)) return;
  bool lost = find_rates(l, w->model, b, l->down);
  for (uint32_t i = 0; i < l->life_count; i++) live(w, i, l->down[i], from, to);
  l->any_down = lost;
  if (lost) add_lost(l, w, from, to);
}

/* --- beginning and end -------------------------------------------------------------------------------------------------------- */

void ledger_open(struct world *w) {
  struct ledger *l = &world_outages(w)->ledger;
  l->kept = w->mode == WORLD_AVAILABILITY && !w->model->run.biased;
  if (!l->kept) return;
  l->row_count = ledger_rows(w->model), l->life_count = w->model->endpoints.count + 1;
  l->rows = arena_new_array(w->arena, struct ledger_row, l->row_count);
  l->losing = arena_new_array(w->arena, uint32_t, l->row_count);
  l->lives = arena_new_array(w->arena, struct ledger_life, l->life_count);
  l->down = arena_new_array(w->arena, bool, l->life_count);
  ledger_restart(w);
}

void ledger_restart(struct world *w) {
  struct ledger *l = &world_outages(w)->ledger;
  l->from = world_now(w), l->month = 0;
  for (uint32_t i = 0; i < l->row_count; i++) {
    struct ledger_row *r = &l->rows[i];
    r->month = r->year = r->lost_s = 0, r->months.count = r->years.count = 0;
  }
  for (uint32_t i = 0; i < l->life_count; i++) l->lives[i] = (struct ledger_life){.down = l->lives[i].down, .first = SIM_NEVER};
}

/* A part of a month or year at the end is none. */
void ledger_close(struct world *w) {
  struct ledger *l = &world_outages(w)->ledger;
  if (!l->kept) return;
  int64_t month = (world_now(w) - l->from) / SIM_MONTH;
  turn_to(l, month);
}

void ledger_free(struct ledger *l) {
  for (uint32_t i = 0; i < l->row_count; i++) free(l->rows[i].months.s), free(l->rows[i].years.s);
}
