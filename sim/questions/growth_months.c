/* Month by month: what was run, and straight lines in the load between. */
#include "sim/engine/arena.h"
#include "sim/questions/growth_inner.h"
#include <math.h>
#include <string.h>

enum { ADDED_MOST = 8 };
static const double known = 0.1; /* of the value: wider bends are run */

static const struct estimate nothing = {NAN, NAN, NAN, 0, false};

/* The coordinate in which values are drawn as lines. */
static double at(const struct outlook *o, const struct outlook_run *r) { return user_growth_factor(o->growth, r->month); }

/* --- one quantity of a run ---------------------------------------------------------------------------------------------------- */

static struct estimate busy_of(const struct outlook *o, const struct outlook_run *r, uint32_t resource) {
  for (uint32_t i = 0; i < r->results->saturation_count; i++)
    if (!strcmp(r->results->saturation[i].resource, o->results->resources[resource])) return r->results->saturation[i].utilization;
  return nothing;
}

/* Requirements, then resources, then the bill. */
static struct estimate quantity(const struct outlook *o, uint32_t run, uint32_t k) {
  const struct outlook_run *r = o->runs[run];
  uint32_t q = o->results->requirement_count;
  if (!r->done) return nothing;
  if (k < q) return r->answer.values[k].estimate;
  return k < q + o->results->resource_count ? busy_of(o, r, k - q) : r->answer.cost;
}

/* --- between ------------------------------------------------------------------------------------------------------------------ */

static double slope(const struct outlook *o, uint32_t a, uint32_t b, uint32_t k) {
  return (quantity(o, b, k).value - quantity(o, a, k).value) / (at(o, o->runs[b]) - at(o, o->runs[a]));
}

/* How far the value may lie from the chord between a run and the next, at most: c h^2 / 8 with the second derivative c of the
 * neighbouring chords. */
static double bend(const struct outlook *o, uint32_t a, uint32_t k) {
  double h = at(o, o->runs[a + 1]) - at(o, o->runs[a]), most = 0;
  for (int side = 0; side < 2; side++) {
    if (side ? a + 2 >= o->count : a == 0) continue;
    uint32_t first = side ? a : a - 1;
    double c = (slope(o, first + 1, first + 2, k) - slope(o, first, first + 1, k)) /
               (0.5 * (at(o, o->runs[first + 2]) - at(o, o->runs[first])));
    if (isfinite(c)) most = fmax(most, fabs(c) * h * h / 8);
  }
  return most;
}

static struct estimate between(const struct outlook *o, uint32_t a, double month, uint32_t k) {
  struct estimate x = quantity(o, a, k), y = quantity(o, a + 1, k);
  double from = at(o, o->runs[a]), to = at(o, o->runs[a + 1]);
  double share = to != from ? (user_growth_factor(o->growth, month) - from) / (to - from) : 0.5;
  double more = 4 * share * (1 - share) * bend(o, a, k);
  struct estimate e = {x.value + share * (y.value - x.value), x.low + share * (y.low - x.low) - more,
                       x.high + share * (y.high - x.high) + more, x.n < y.n ? x.n : y.n, x.exact && y.exact && more == 0};
  if (x.low >= 0 && y.low >= 0) e.low = fmax(0, e.low);
  return e;
}

bool outlook_ask_between(struct outlook *o) {
  double middles[ADDED_MOST];
  uint32_t added = 0, quantities = o->results->requirement_count + o->results->resource_count;
  for (uint32_t a = 0; a + 1 < o->count && added < ADDED_MOST; a++) {
    bool open = false;
    for (uint32_t k = 0; k < quantities && !open; k++) {
      double value = fmax(fabs(quantity(o, a, k).value), fabs(quantity(o, a + 1, k).value));
      open = isfinite(value) && bend(o, a, k) > known * value;
    }
    double gap = o->runs[a + 1]->month - o->runs[a]->month;
    if (open && gap > 1) middles[added++] = rint(100 * (o->runs[a]->month + 0.5 * gap)) / 100;
  }
  for (uint32_t i = 0; i < added; i++)
    if (!outlook_at(o, middles[i])) return false;
  return added > 0;
}

/* --- the table ---------------------------------------------------------------------------------------------------------------- */

/* Where it breaks once, all before and behind that is known. */
static enum verdict verdict_at(const struct outlook *o, uint32_t a, double month, uint32_t k) {
  const struct outlook_requirement *q = &o->results->requirements[k];
  bool once = q->course == OUTLOOK_BREAKS && !q->again;
  if (once && month <= q->when.low) return VERDICT_PASS;
  if ((once && month >= q->when.high) || (q->course == OUTLOOK_BROKEN && !q->again)) return VERDICT_FAIL;
  if (a + 1 >= o->count) return VERDICT_NO_DATA;
  enum verdict x = o->runs[a]->answer.values[k].verdict, y = o->runs[a + 1]->answer.values[k].verdict;
  return x == y ? x : VERDICT_UNDECIDED;
}

/* What costs the same in all months that were run costs that in the others. */
static struct estimate fixed_cost(const struct outlook *o) {
  struct estimate e = o->runs[0]->answer.cost;
  for (uint32_t i = 0; i < o->count; i++)
    if (o->runs[i]->answer.cost.value != e.value) return nothing;
  return e;
}

static void add_values(struct outlook *o, struct outlook_month *m, uint32_t a, bool exactly) {
  const struct outlook_results *r = o->results;
  uint32_t all = r->requirement_count + r->resource_count;
  m->values = arena_new_array(o->arena, struct outlook_value, r->requirement_count + 1);
  m->busy = arena_new_array(o->arena, struct estimate, r->resource_count + 1);
  for (uint32_t k = 0; k <= all; k++) {
    struct estimate e = m->beyond ? k == all ? fixed_cost(o) : nothing : exactly ? quantity(o, a, k) : between(o, a, m->month, k);
    if (k >= r->requirement_count)
      *(k < all ? &m->busy[k - r->requirement_count] : &m->cost) = e;
    else if (m->beyond)
      m->values[k] =
          (struct outlook_value){nothing, verdict_at(o, o->count, m->month, k), "more is offered than can be done: not run"};
    else if (exactly)
      m->values[k] = o->runs[a]->answer.values[k];
    else
      m->values[k] = (struct outlook_value){e, verdict_at(o, a, m->month, k), NULL};
  }
}

static void add_month(struct outlook *o, struct outlook_month *m, double month) {
  const struct outlook_run *first = o->runs[0];
  uint32_t a = 0;
  while (a + 2 < o->count && o->runs[a + 1]->month <= month + 1e-9) a++;
  for (uint32_t i = 0; i < o->count; i++)
    if (fabs(o->runs[i]->month - month) < 1e-9) {
      *m = o->runs[i]->answer;
      add_values(o, m, i, true);
      return;
    }
  double factor = user_growth_factor(o->growth, month) / user_growth_factor(o->growth, first->month);
  *m = (struct outlook_month){.month = month,
                              .users = user_growth_users(o->growth, month),
                              .load_per_s = factor * first->answer.load_per_s,
                              .peak_per_s = factor * first->answer.peak_per_s,
                              .load = factor * first->answer.load,
                              .beyond = month > o->runs[o->count - 1]->month || o->count < 2};
  if (o->results->who_count < o->results->source_count && !m->beyond) {
    const struct outlook_month *x = &o->runs[a]->answer, *y = &o->runs[a + 1]->answer;
    double share = (factor - at(o, o->runs[a]) / at(o, first)) / ((at(o, o->runs[a + 1]) - at(o, o->runs[a])) / at(o, first));
    m->load_per_s = x->load_per_s + share * (y->load_per_s - x->load_per_s);
    m->peak_per_s = x->peak_per_s + share * (y->peak_per_s - x->peak_per_s);
    m->load = x->load + share * (y->load - x->load);
  }
  add_values(o, m, a, false);
}

/* The month in which the busiest 48th is as much as the resource can do. */
static double full_at(struct outlook *o, uint32_t resource) {
  const struct results *r = o->runs[0]->results;
  double can = NAN;
  for (uint32_t i = 0; i < r->saturation_count; i++)
    if (!strcmp(r->saturation[i].resource, o->results->resources[resource])) can = r->saturation[i].saturates_at_per_s;
  double peak = o->runs[0]->answer.peak_per_s, low = 0, high = o->results->months;
  if (!isfinite(can) || isnan(peak) || o->results->who_count < o->results->source_count) return NAN;
  double now = user_growth_factor(o->growth, 0);
  if (peak * user_growth_factor(o->growth, high) / now < can) return NAN;
  for (int i = 0; i < 60; i++) {
    double middle = 0.5 * (low + high);
    *(peak * user_growth_factor(o->growth, middle) / now < can ? &low : &high) = middle;
  }
  return high;
}

void outlook_table(struct outlook *o) {
  struct outlook_results *r = o->results;
  uint32_t months = (uint32_t)floor(r->months + 1e-9) + 1;
  r->runs = arena_new_array(o->arena, struct outlook_month, o->count + 1);
  r->table = arena_new_array(o->arena, struct outlook_month, months + 1);
  r->full_at = arena_new_array(o->arena, double, r->resource_count + 1);
  for (uint32_t i = 0; i < o->count; i++) add_month(o, &r->runs[r->run_count++], o->runs[i]->month);
  for (uint32_t i = 0; i < months; i++) add_month(o, &r->table[r->month_count++], i);
  for (uint32_t i = 0; i < r->resource_count; i++) r->full_at[i] = full_at(o, i);
}
