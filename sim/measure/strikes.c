#include "sim/measure/strikes.h"
#include "models/faults/fault.h"
#include "sim/engine/arena.h"
#include "sim/measure/measure_row.h"
#include "sim/measure/recovery.h"
#include "sim/scenario/unit_print.h"
#include <string.h>

/* Windows that must fit behind the strike: of one alone nothing is seen to change. */
enum { WINDOWS_LEAST = 2 };
/* What is kept of a replication instead of a recovery time. */
static const double held = 0, too_few = -1, not_back = INFINITY, not_struck = NAN;

struct strike_cell {
  const struct claim *claim; /* null: of none */
  uint32_t fault;
  sim_time at, last, next; /* since the run begins; the strikes before and after it: 0 and SIM_NEVER when there is none */
  /* By replication: seconds or one of the above, whether it was broken just before the strike, and how long a window needs to be.
   * */
  double *samples[STRIKE_SAMPLES];
  uint32_t room;
};

/* --- which there are ---------------------------------------------------------------------------------------------------------- */

/* A release begins at a time too, but is no fault. */
static const struct config_list *strikes_of(const struct fault_config *f) {
  static const struct config_list none = {NULL, 0};
  return f->kind->root ? &none : &f->at;
}

/* The strikes next to this one: those at the same time are watched together. */
static void find_neighbours(const struct model *m, struct strike_cell *c) {
  c->last = 0, c->next = SIM_NEVER;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct config_list *at = strikes_of(model_fault_at(m, i));
    for (uint32_t k = 0; k < at->count; k++) {
      sim_time t = ((const sim_time *)at->items)[k];
      if (t < c->at && t > c->last) c->last = t;
      if (t > c->at && t < c->next) c->next = t;
    }
  }
}

static bool is_judged(const struct claim *c) {
  const struct measure_kind *k = c->measure.kind;
  if (c->kind != CLAIM_REQUIREMENT || measure_settles(&c->measure) || c->measure.subject > SUBJECT_ENDPOINT) return false;
  if (k->over_faults || k->argument != ARGUMENT_METRIC || !(k->windows & ASKED_OF(c->measure.subject))) return false;
  return k->quantity == QUANTITY_LATENCY || windowed_of(c).share == SHARE_FAILED;
}

/* Where it is asked of a part of the run, of strikes in it. */
static bool is_asked(const struct model *m, const struct claim *c, sim_time at) {
  const struct window *w = &c->measure.window;
  return w->kind != WINDOW_PEAK && window_covers(w, &m->run, at - m->run.warmup);
}

static bool is_measured(const struct model *m, sim_time at) { return at >= m->run.warmup && at < m->run.warmup + m->run.window; }

static void add(struct evidence *ev, const struct claim *claim, uint32_t fault, sim_time at) {
  struct strike_cell *c = &ev->strikes[ev->strike_count++];
  *c = (struct strike_cell){.claim = claim, .fault = fault, .at = at};
  find_neighbours(&ev->model, c);
}

static void add_strike(struct evidence *ev, uint32_t fault, sim_time at) {
  if (!is_measured(&ev->model, at)) return add(ev, NULL, fault, at);
  for (uint32_t i = 0; i < ev->judged.count; i++) {
    const struct claim *claim = evidence_claim(ev, i);
    if (is_judged(claim) && is_asked(&ev->model, claim, at)) add(ev, claim, fault, at);
  }
}

void strikes_open(struct evidence *ev) {
  const struct model *m = &ev->model;
  uint32_t strikes = 0, judged = 0;
  for (uint32_t i = 0; i < model_faults(m)->count; i++) strikes += strikes_of(model_fault_at(m, i))->count;
  for (uint32_t i = 0; i < ev->judged.count; i++) judged += is_judged(evidence_claim(ev, i));
  if (!strikes || !judged) return;
  ev->strikes = arena_new_array(ev->arena, struct strike_cell, (size_t)strikes * judged);
  for (uint32_t i = 0; i < model_faults(m)->count; i++) {
    const struct config_list *at = strikes_of(model_fault_at(m, i));
    for (uint32_t k = 0; k < at->count; k++) add_strike(ev, i, ((const sim_time *)at->items)[k]);
  }
}

/* --- one replication ---------------------------------------------------------------------------------------------------------- */

void strikes_make_room(struct evidence *ev, uint32_t n) {
  for (uint32_t i = 0; i < ev->strike_count; i++) {
    struct strike_cell *c = &ev->strikes[i];
    for (int k = 0; k < STRIKE_SAMPLES && c->room < n; k++) {
      double *old = c->samples[k];
      c->samples[k] = arena_new_array(ev->arena, double, n);
      if (c->room) memcpy(c->samples[k], old, c->room * sizeof *old);
    }
    if (c->room < n) c->room = n;
  }
}

double **strike_samples(const struct evidence *ev, uint32_t i) { return ev->strikes[i].samples; }

/* What ends at an instant counts just before it: what the strike itself ends is to count behind it. */
static uint32_t bin_of(const struct evidence *ev, const struct observation *o, sim_time at) {
  sim_time since = at - ev->model.run.warmup - 1;
  if (since < 0) return 0;
  sim_time bin = since / o->window_length;
  return bin < o->window_count ? (uint32_t)bin : o->window_count;
}

/* Requests a second that it is of, from the strike before to the one behind. */
static double rate_of(const struct measure *m, const struct view *v, uint32_t from, uint32_t until) {
  uint64_t arrived = 0;
  for (uint32_t e = 0; e < v->endpoint_count; e++)
    for (uint32_t i = from; i < until && (m->subject == SUBJECT_ALL || e == m->index); i++)
      arrived += view_observed(v, e, m->region)->windows[i].arrived;
  return (double)arrived / ((until - from) * sim_seconds(v->observation.window_length));
}

static bool broken_before(const struct evidence *ev, const struct view *v, const struct windowed *q, uint32_t from,
                          uint32_t strike) {
  if (strike < from + q->width) return false;
  struct arena *scratch = arena_new();
  const struct watched last = {&ev->model, v->observation.window_length, strike - q->width, strike};
  bool broken = !recovery_kept(&last, scratch, q, v, NULL)[0];
  arena_free(scratch);
  return broken;
}

/* A replication that was stopped has seen nothing hold again. */
static double judge(const struct evidence *ev, const struct strike_cell *c, const struct view *v, const struct watched *w,
                    const struct windowed *q, uint32_t from) {
  struct arena *scratch = arena_new();
  const double *without = recovery_failed_as_before(w, scratch, q, v, from);
  const bool *kept = recovery_kept(w, scratch, q, v, without);
  struct broken b = recovery_broken(w, q, kept, NULL, without, v);
  double since_s = w->before * sim_seconds(w->bin) - sim_seconds(c->at - ev->model.run.warmup);
  arena_free(scratch);
  if (v->overflowed) return not_back;
  /* Less than nothing would be "too few": what the strike itself ended is over at once. */
  return !b.broken ? held : !b.back ? not_back : fmax(b.recovery_s + since_s, 1e-9);
}

static void take(const struct evidence *ev, struct strike_cell *c, uint32_t replication, const struct view *v) {
  const struct observation *o = &v->observation;
  const struct watched w = {&ev->model, o->window_length, bin_of(ev, o, c->at),
                            c->next == SIM_NEVER ? o->window_count : bin_of(ev, o, c->next)};
  uint32_t from = c->last ? bin_of(ev, o, c->last) : 0;
  double *recovery = &c->samples[0][replication], *before = &c->samples[1][replication], *needs = &c->samples[2][replication];
  struct windowed q = windowed_of(c->claim);
  sim_time length = w.bins > from ? windowed_length(&q, rate_of(&c->claim->measure, v, from, w.bins)) : SIM_NEVER;
  *before = 0, *needs = length == SIM_NEVER ? INFINITY : sim_seconds(length);
  *recovery = v->faults[c->fault].faults ? too_few : not_struck;
  if (length == SIM_NEVER || !v->faults[c->fault].faults) return;
  windowed_set(&q, length, w.bin);
  if (w.bins <= w.before || (w.bins - w.before) / WINDOWS_LEAST < q.width) return;
  *before = broken_before(ev, v, &q, from, w.before);
  *recovery = judge(ev, c, v, &w, &q, from);
}

void strikes_take(struct evidence *ev, uint32_t replication, const struct view *v) {
  for (uint32_t i = 0; i < ev->strike_count; i++)
    if (ev->strikes[i].claim) take(ev, &ev->strikes[i], replication, v);
}

/* --- all of them -------------------------------------------------------------------------------------------------------------- */

static double watched_s(const struct model *m, const struct strike_cell *c) {
  sim_time end = m->run.warmup + m->run.window;
  return sim_seconds((c->next < end ? c->next : end) - c->at);
}

static const char *duration(struct arena *arena, double s) {
  return unit_print_duration(arena, (sim_time)(fmin(ceil(s), 1e9)) * SIM_S);
}

/* Why nothing is judged. */
static const char *why_none(const struct evidence *ev, const struct strike_result *r, bool few) {
  if (!few) return "the fault found nothing to strike";
  if (isinf(r->needs_s)) return "too few requests";
  return arena_format(ev->arena, "too few requests: it takes windows of %s, and %s are watched", duration(ev->arena, r->window_s),
                      duration(ev->arena, r->watched_s));
}

static void add_samples(const struct evidence *ev, const struct strike_cell *c, struct strike_result *r) {
  uint32_t n = ev->traffic.done;
  double *back = arena_new_array(ev->arena, double, n + 1);
  bool few = false;
  r->needs_s = 0;
  for (uint32_t i = 0; i < n; i++) {
    double x = c->samples[0][i];
    few |= x < 0;
    if (!isnan(x)) r->needs_s = fmax(r->needs_s, c->samples[2][i]);
    if (isnan(x) || x < 0) continue;
    r->judged++, r->broken += x > 0, r->broken_before += c->samples[1][i] > 0;
    if (x > 0 && isfinite(x)) back[r->back++] = x, r->longest_s = fmax(r->longest_s, x);
  }
  r->window_s = fmax(1, ceil(r->needs_s / r->step_s - 1e-9)) * r->step_s;
  if (r->back && r->back == r->broken) r->recovery = recovery_mean(back, r->back);
  if (!r->judged) r->reason = why_none(ev, r, few);
}

static struct strike_result tell(const struct evidence *ev, const struct strike_cell *c) {
  const struct model *m = &ev->model;
  struct strike_result r = {.fault = model_fault_at(m, c->fault)->name,
                            .at_s = sim_seconds(c->at),
                            .id = c->claim ? c->claim->name : NULL,
                            .expression = c->claim ? c->claim->expression : NULL,
                            .recovery = {NAN, NAN, NAN, 0, false},
                            .longest_s = NAN,
                            .watched_s = c->claim ? watched_s(m, c) : NAN,
                            .window_s = NAN,
                            .needs_s = NAN,
                            .step_s = sim_seconds(ev->traffic.sum->observation.window_length)};
  if (c->claim)
    add_samples(ev, c, &r);
  else
    r.reason =
        c->at < m->run.warmup ? "strikes in the warm-up: only what is measured is judged" : "strikes behind the end of the run";
  return r;
}

void findings_strikes(const struct evidence *ev, struct results *r) {
  if (!ev->strike_count || !ev->traffic.done) return;
  r->strikes = arena_new_array(ev->arena, struct strike_result, ev->strike_count);
  for (uint32_t i = 0; i < ev->strike_count; i++) r->strikes[r->strike_count++] = tell(ev, &ev->strikes[i]);
}
