/* To how many users an architecture holds, and what documents say it costs next to its bill. */
#include "models/money/bill.h"
#include "sim/engine/arena.h"
#include "sim/questions/growth_inner.h"
#include <math.h>
#include <string.h>

static const double as_stated = 0.01; /* documents state whole dollars: 1% off is as stated */

static double users_in(const struct outlook *o, double month) { return user_growth_users(o->growth, month); }

/* Of one requirement: infinite where it holds in all months that were asked for. */
static struct outlook_until until_of(const struct outlook *o, const struct outlook_requirement *q) {
  double last = o->runs[o->count - 1]->month, beyond = INFINITY;
  if (q->course == OUTLOOK_BREAKS)
    return (struct outlook_until){users_in(o, q->when.month), users_in(o, q->when.low), users_in(o, q->when.high), q->expression,
                                  true};
  if (q->course == OUTLOOK_BROKEN || q->course == OUTLOOK_BEGINS)
    return (struct outlook_until){users_in(o, 0), users_in(o, 0), users_in(o, 0), q->expression, true};
  if (q->course == OUTLOOK_HOLDS && last >= o->results->months - 1e-9)
    return (struct outlook_until){beyond, beyond, beyond, NULL, true};
  double held = q->course == OUTLOOK_HOLDS ? last : isnan(q->held_to) ? 0 : q->held_to;
  return (struct outlook_until){users_in(o, held), users_in(o, held), beyond, q->expression, false};
}

static void find_until(struct outlook *o) {
  struct outlook_until all = {INFINITY, INFINITY, INFINITY, NULL, true};
  for (uint32_t i = 0; i < o->results->requirement_count; i++) {
    const struct outlook_requirement *q = &o->results->requirements[i];
    if (q->severity != SEVERITY_MUST) continue;
    struct outlook_until one = until_of(o, q);
    if (one.users < all.users) all.users = one.users, all.breaks = one.breaks, all.shown = one.shown;
    all.low = fmin(all.low, one.low), all.high = fmin(all.high, one.high);
  }
  if (isnan(users_in(o, 0))) all.users = all.low = all.high = NAN;
  o->results->until = all;
}

/* --- what is stated ----------------------------------------------------------------------------------------------------------- */

/* The month with this many users, by the table; NaN: there is none. */
static double month_with(const struct outlook *o, double users) {
  const struct outlook_results *r = o->results;
  for (uint32_t i = 0; i < r->month_count; i++) {
    double b = r->table[i].users, a = i ? r->table[i - 1].users : b;
    if (!(users >= a && users <= b)) continue;
    double low = i ? r->table[i - 1].month : 0, high = r->table[i].month;
    for (int k = 0; k < 60; k++) {
      double middle = 0.5 * (low + high);
      *(users_in(o, middle) < users ? &low : &high) = middle;
    }
    return high;
  }
  return NAN;
}

/* Between two months of the table in a straight line. */
static struct estimate cost_in(const struct outlook_results *r, double month) {
  uint32_t a = (uint32_t)floor(month), b = a + 1 < r->month_count ? a + 1 : a;
  double share = month - a;
  const struct estimate *x = &r->table[a].cost, *y = &r->table[b].cost;
  if (share < 1e-9 || a == b) return *x;
  return (struct estimate){x->value + share * (y->value - x->value), x->low + share * (y->low - x->low),
                           x->high + share * (y->high - x->high), 1, x->exact && y->exact};
}

/* The bill over a range of users: at its middle, and between its least and its greatest. */
static struct estimate cost_over(const struct outlook *o, double from, double to) {
  double first = month_with(o, from), last = month_with(o, to), middle = month_with(o, 0.5 * (from + to));
  if (isnan(first) || isnan(last)) return (struct estimate){NAN, NAN, NAN, 0, false};
  struct estimate sum = cost_in(o->results, middle);
  for (double m = first; m <= last; m = m < last ? fmin(last, floor(m + 1)) : INFINITY) {
    struct estimate e = cost_in(o->results, m);
    if (isnan(e.value)) return e;
    sum.low = fmin(sum.low, e.low), sum.high = fmax(sum.high, e.high);
  }
  sum.exact = sum.low == sum.high;
  return sum;
}

/* Nothing is said of more users than were looked at, unless fewer are too many. */
static enum verdict holds_with(const struct outlook_results *r, double users) {
  const struct outlook_until *u = &r->until;
  double most = r->month_count ? r->table[r->month_count - 1].users : NAN;
  if (isnan(u->users) || (users > most && !(users >= u->high))) return VERDICT_NO_DATA;
  return users <= u->low ? VERDICT_PASS : users >= u->high ? VERDICT_FAIL : VERDICT_UNDECIDED;
}

static void judge_stated(struct outlook_stated *s) {
  const struct estimate *c = &s->cost;
  double low = s->low * (1 - as_stated), high = s->high * (1 + as_stated);
  s->verdict = VERDICT_UNDECIDED;
  if (s->holds == VERDICT_FAIL)
    s->verdict = VERDICT_CONTRADICTED, s->reason = "it does not hold with that many users";
  else if (isnan(c->value))
    s->verdict = VERDICT_NO_DATA, s->reason = "the months do not reach that many users, or the bill there is not known";
  else if (c->low > high)
    s->verdict = VERDICT_CONTRADICTED, s->reason = "it costs more";
  else if (s->holds != VERDICT_PASS)
    s->reason = "whether it holds with that many users is not shown";
  else if (c->high < low)
    s->verdict = VERDICT_BETTER, s->reason = "it costs less";
  else if (c->low >= low && c->high <= high)
    s->verdict = VERDICT_CONFIRMED;
  else
    s->reason = "its bill lies partly within what is stated";
}

static void set_against(struct outlook *o, const struct stated_cost *from, struct outlook_stated *s) {
  double worth = price_list_worth(&model_bill(&o->today->model)->prices, from->cost.currency);
  double most = *from->cost_to.currency ? from->cost_to.amount : from->cost.amount;
  *s = (struct outlook_stated){.name = from->name,
                               .source = from->source,
                               .users = from->users,
                               .from = from->from > 0 ? from->from : from->users,
                               .low = from->cost.amount * worth,
                               .high = most * worth,
                               .cost = {NAN, NAN, NAN, 0, false},
                               .holds = holds_with(o->results, from->users),
                               .verdict = VERDICT_NO_DATA};
  if (isnan(worth)) {
    s->reason = "the price list has no rate for its currency";
    return;
  }
  double today = o->results->month_count ? o->results->table->users : NAN;
  s->cost = cost_over(o, s->from < today && s->users >= today ? today : s->from, s->users);
  judge_stated(s);
}

void outlook_until(struct outlook *o) {
  const struct config_list *list = &o->growth->stated_costs;
  find_until(o);
  o->results->stated = arena_new_array(o->arena, struct outlook_stated, list->count + 1);
  for (uint32_t i = 0; i < list->count; i++)
    set_against(o, (const struct stated_cost *)list->items + i, &o->results->stated[o->results->stated_count++]);
}
