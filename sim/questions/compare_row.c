/* Rows of a comparison: which metrics two studies share, and the difference of each from its pairs. */
#include "sim/engine/arena.h"
#include "models/money/bill.h"
#include "models/faults/fault.h"
#include "sim/stats/compare.h"
#include "sim/stats/tally.h"
#include "sim/measure/estimate.h"
#include "sim/measure/measure_row.h"
#include "sim/questions/compare_inner.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- which rows --------------------------------------------------------------------------------------------------------------- */

enum place { NOWHERE, HEADLINE, DETAIL };

static bool is_percentile_shown(const struct measure *m) {
  const double *shown = measure_row(m)->percentiles;
  for (int i = 0; i < COMPARED_PERCENTILES; i++)
    if (shown[i] == m->p) return true;
  return false;
}

static enum place place_of(const struct measure *m) {
  const struct measure_row *row = measure_row(m);
  if (m->window.kind != WINDOW_WHOLE || m->cause >= 0 || !(row->compared & ASKED_OF(m->subject))) return NOWHERE;
  if (row->kind.percentage && !is_percentile_shown(m)) return NOWHERE;
  return measure_is_headline(m) ? HEADLINE : DETAIL;
}

/* With a single endpoint "all" would only say everything twice. */
static bool is_repeated(const struct compare *c, uint32_t system, const struct measure *m) {
  bool single = c->scenarios[0].model.endpoints.count == 1 && c->scenarios[system].model.endpoints.count == 1;
  bool once = measure_is_latency(m) || measure_row(m)->failures;
  return single && once && m->subject == SUBJECT_ALL;
}

static bool is_alike(const struct entry *a, const struct entry *b) {
  const struct measure *x = &a->measure, *y = &b->measure;
  return x->kind == y->kind && x->subject == y->subject && x->cause == y->cause && !strcmp(a->name, b->name) &&
         !strcmp(a->aggregate, b->aggregate) && !a->label == !b->label && (!a->label || !strcmp(a->label_value, b->label_value));
}

static uint32_t find_entry(const struct evidence *ev, uint32_t count, const struct entry *like) {
  for (uint32_t i = 0; i < count; i++)
    if (is_alike(&ev->entries[i], like)) return i;
  return UINT32_MAX;
}

static void add_standard(struct compare *c, const char *text, const char *aggregate, const char *name) {
  const char *rest;
  for (uint32_t i = 0; i < c->count; i++) {
    struct measure m;
    if (!measure_parse(c->arena, &c->scenarios[i].model, text, &m, &rest)) study_add(c->studies[i], &m, name, aggregate);
  }
}

static bool all_have_faults(const struct compare *c) {
  for (uint32_t i = 0; i < c->count; i++)
    if (!c->scenarios[i].model.run.years || !model_faults(&c->scenarios[i].model)->count) return false;
  return true;
}

static void add_pairs(struct compare *c, uint32_t system, enum place wanted, uint32_t *counts) {
  const struct evidence *base = compare_evidence(c, 0), *other = compare_evidence(c, system);
  for (uint32_t i = 0; i < counts[0]; i++) {
    const struct entry *e = &base->entries[i];
    if (place_of(&e->measure) != wanted || is_repeated(c, system, &e->measure)) continue;
    uint32_t entry = find_entry(other, counts[system], e);
    if (entry != UINT32_MAX) c->pairs[c->pair_count++] = (struct compare_pair){system, i, entry, wanted == DETAIL};
  }
}

/* Before anything else is added to the studies. */
void compare_find_pairs(struct compare *c) {
  uint32_t *counts = arena_new_array(c->arena, uint32_t, c->count);
  add_standard(c, "cost(month)", "cost", "month");
  if (all_have_faults(c)) {
    add_standard(c, "downtime(year)", "downtime", "year");
    add_standard(c, "availability(year)", "availability", "year");
  }
  for (uint32_t i = 0; i < c->count; i++) counts[i] = compare_evidence(c, i)->count;
  c->pairs = arena_new_array(c->arena, struct compare_pair, (size_t)c->count * counts[0]);
  for (uint32_t i = 1; i < c->count; i++) add_pairs(c, i, HEADLINE, counts);
  for (uint32_t i = 1; i < c->count; i++) add_pairs(c, i, DETAIL, counts);
}

/* --- one row ------------------------------------------------------------------------------------------------------------------ */

/* Values of the replications in which both have one. */
struct paired {
  double *base, *value;
  uint32_t n;
};

static struct paired pairs_of(const struct compare *c, const struct compare_pair *p) {
  const struct entry *a = &compare_evidence(c, 0)->entries[p->base_entry], *b = &compare_evidence(c, p->system)->entries[p->entry];
  uint32_t n = entry_replications(compare_evidence(c, 0), a), other = entry_replications(compare_evidence(c, p->system), b);
  if (other < n) n = other;
  struct paired out = {allocate_zeroed(n + 1, sizeof(double)), allocate_zeroed(n + 1, sizeof(double)), 0};
  for (uint32_t i = 0; i < n; i++)
    if (!isnan(a->samples[i]) && !isnan(b->samples[i])) out.base[out.n] = a->samples[i], out.value[out.n++] = b->samples[i];
  return out;
}

/* The pairs say how far the difference may be off, the pooled values where it is: their differences b - factor a, moved so that
 * their mean is `centre`. */
static void move_to(double *out, const struct paired *p, double factor, double centre) {
  struct tally t = {0};
  for (uint32_t i = 0; i < p->n; i++) tally_add(&t, out[i] = p->value[i] - factor * p->base[i]);
  for (uint32_t i = 0; i < p->n; i++) out[i] = out[i] - t.mean + centre;
}

static bool all_same(const struct paired *p) {
  bool same = p->n > 0;
  for (uint32_t i = 0; i < p->n; i++) same &= p->base[i] == p->value[i];
  return same;
}

static struct estimate estimate_of(double value, struct interval i, uint32_t n) {
  return (struct estimate){value, i.low, i.high, n, false};
}

/* The relative difference r is where b - (1 + r) a has mean 0; its error is that of b - (1 + r) a, over the base (the delta
 * method for a ratio of means, pairs included). */
static void from_pairs(struct compare_row *row, const struct paired *p, double confidence) {
  double *moved = allocate_zeroed(2 * ((size_t)p->n + 1), sizeof *moved), *zeros = moved + p->n;
  double difference = row->value.value - row->base.value, relative = difference / row->base.value;
  row->same = all_same(p) && difference == 0;
  move_to(moved, p, 1, difference);
  memset(zeros, 0, p->n * sizeof *zeros);
  row->difference = estimate_of(difference, compare_paired(moved, zeros, p->n, confidence), p->n);
  row->p_value = compare_p_value(moved, zeros, p->n);
  row->variance_ratio = compare_variance_ratio(p->value, p->base, p->n);
  if (row->base.value != 0) {
    move_to(moved, p, 1 + relative, 0);
    struct interval i = compare_paired(moved, zeros, p->n, confidence);
    double scale = fabs(row->base.value);
    row->relative = estimate_of(relative, (struct interval){relative + i.low / scale, relative + i.high / scale}, p->n);
  }
  free(moved);
}

/* --- few failures, few outages ------------------------------------------------------------------------------------------------ */

static double outages_of(const struct evidence *ev) {
  double count = 0;
  for (uint32_t i = 0; i < model_faults(&ev->model)->count; i++) count += (double)ev->faults.sum->faults[i].rto.count;
  return count;
}

/* As verdict.c has it: so few that their spread over replications says little. */
static bool is_few(const struct evidence *ev, const struct entry *e, const struct estimate *x) {
  if (measure_row(&e->measure)->time_lost) return outages_of(ev) < 100;
  double failures = x->value * (double)x->n;
  return measure_row(&e->measure)->failures && (failures < 20 || (double)x->n - failures < 20);
}

/* Of few events seen or unseen the pairs may agree by luck. The interval from those of the two values as if they were independent
 * (Zou and Donner 2008) is then the least that is admitted. */
static void widen(struct compare_row *row) {
  struct estimate *d = &row->difference, *a = &row->base, *b = &row->value, *r = &row->relative;
  double down = hypot(b->value - b->low, a->high - a->value), up = hypot(b->high - b->value, a->value - a->low);
  row->few = true;
  d->low = fmin(d->low, d->value - down);
  d->high = fmax(d->high, d->value + up);
  if (a->value != 0) {
    r->low = fmin(r->low, d->low / fabs(a->value));
    r->high = fmax(r->high, d->high / fabs(a->value));
  }
}

static void exactly(struct compare_row *row) {
  double d = row->value.value - row->base.value, r = row->base.value != 0 ? d / row->base.value : NAN;
  row->difference = (struct estimate){d, d, d, 0, true};
  row->relative = (struct estimate){r, r, r, 0, true};
  row->shown = d != 0;
  row->same = d == 0;
}

static const char *currency_of(const struct scenario *s) {
  const struct price_list *list = &model_bill(&s->model)->prices;
  return list->currency ? list->currency : "";
}

static const char *file_of(const struct compare *c, uint32_t system) { return c->scenarios[system].file; }

static const char *missing(const struct compare *c, uint32_t system, const struct entry *e, const struct estimate *x) {
  const struct evidence *ev = compare_evidence(c, system);
  if (!x->n && !ev->growth.grows && ev->warmup != WARMUP_IS_MISSING && measure_is_latency(&e->measure))
    return arena_format(c->arena, "%s: no request was answered", file_of(c, system));
  return arena_format(c->arena, "%s: %s", file_of(c, system), entry_why_no_data(ev, e));
}

/* "buy.latency{region=eu}" */
static const char *metric_of(struct arena *arena, const struct entry *e) {
  return e->label ? arena_format(arena, "%s{%s=%s}", e->name, e->label, e->label_value) : e->name;
}

struct compare_row compare_row_of(const struct compare *c, const struct compare_pair *p, double confidence) {
  const struct evidence *base = compare_evidence(c, 0), *other = compare_evidence(c, p->system);
  const struct entry *a = &base->entries[p->base_entry], *b = &other->entries[p->entry];
  struct estimate nothing = {NAN, NAN, NAN, 0, false};
  struct compare_row row = {.aggregate = a->aggregate,
                            .metric = metric_of(c->arena, a),
                            .system = p->system,
                            .unit = measure_unit(&a->measure),
                            .detail = p->detail,
                            .over_faults = a->measure.kind->over_faults,
                            .base = entry_at_typical(base, a),
                            .value = entry_at_typical(other, b),
                            .difference = nothing,
                            .relative = nothing,
                            .p_value = NAN,
                            .p_adjusted = NAN,
                            .variance_ratio = NAN};
  if (isnan(row.base.value)) row.reason = missing(c, 0, a, &row.base);
  if (!row.reason && isnan(row.value.value)) row.reason = missing(c, p->system, b, &row.value);
  if (row.unit == UNIT_CURRENCY && strcmp(currency_of(&c->scenarios[0]), currency_of(&c->scenarios[p->system])))
    row.reason = "the price lists have different currencies";
  if (row.reason) return row;
  if (row.base.exact && row.value.exact) {
    exactly(&row);
    return row;
  }
  struct paired pairs = pairs_of(c, p);
  from_pairs(&row, &pairs, confidence);
  if (is_few(base, a, &row.base) || is_few(other, b, &row.value)) widen(&row);
  free(pairs.base), free(pairs.value);
  if (isnan(row.difference.low)) row.reason = "one replication says nothing about how far it may be off";
  return row;
}

/* --- families ----------------------------------------------------------------------------------------------------------------- */

static bool is_random(const struct compare *c, const struct compare_pair *p) {
  const struct evidence *base = compare_evidence(c, 0), *other = compare_evidence(c, p->system);
  return !measure_is_exact(&base->entries[p->base_entry].measure, &base->model) ||
         !measure_is_exact(&other->entries[p->entry].measure, &other->model);
}

static uint32_t family_size(const struct compare *c, bool detail) {
  uint32_t size = 0;
  for (uint32_t i = 0; i < c->pair_count; i++) size += c->pairs[i].detail == detail && is_random(c, &c->pairs[i]);
  return size ? size : 1;
}

double compare_family_confidence(const struct compare *c, bool detail) {
  return compare_simultaneous(INTERVAL_CONFIDENCE, family_size(c, detail));
}

/* Every question of the family counts, also those without an answer. */
static void adjust(const struct compare *c, bool detail, struct compare_row *rows) {
  uint32_t size = family_size(c, detail), n = 0;
  double *p = arena_new_array(c->arena, double, size), *adjusted = arena_new_array(c->arena, double, size);
  for (uint32_t i = 0; i < c->pair_count; i++)
    if (rows[i].detail == detail && is_random(c, &c->pairs[i])) p[n++] = rows[i].p_value;
  compare_holm(p, adjusted, n);
  for (uint32_t i = 0, k = 0; i < c->pair_count; i++)
    if (rows[i].detail == detail && is_random(c, &c->pairs[i])) {
      rows[i].p_adjusted = adjusted[k++];
      bool apart = !rows[i].few || rows[i].difference.low > 0 || rows[i].difference.high < 0;
      rows[i].shown = rows[i].p_adjusted < 0.05 && apart;
    }
}

struct compare_row *compare_rows(const struct compare *c) {
  struct compare_row *rows = arena_new_array(c->arena, struct compare_row, c->pair_count + 1);
  for (uint32_t i = 0; i < c->pair_count; i++)
    rows[i] = compare_row_of(c, &c->pairs[i], compare_family_confidence(c, c->pairs[i].detail));
  adjust(c, false, rows);
  adjust(c, true, rows);
  return rows;
}
