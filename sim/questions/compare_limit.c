/* Limits of a difference: "p99(web.latency) +5%". */
#include "sim/engine/arena.h"
#include "sim/scenario/unit.h"
#include "sim/measure/estimate.h"
#include "sim/questions/compare_inner.h"
#include "sim/scenario/claim_hint.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- parsing ------------------------------------------------------------------------------------------------------------------ */

const char *compare_measures(struct compare *c, const char *text, struct measure **measures, const char **rest) {
  *measures = arena_new_array(c->arena, struct measure, c->count);
  for (uint32_t i = 0; i < c->count; i++) {
    const char *wrong = measure_parse(c->arena, &c->scenarios[i].model, text, &(*measures)[i], rest);
    if (wrong)
      return arena_format(c->arena, "%s (in %s)", measure_with_hint(c->arena, &c->scenarios[i].model, text, wrong),
                          c->scenarios[i].file);
  }
  return NULL;
}

/* The reader of claims knows which unit belongs to which measure: the value is read as the limit of one. */
const char *compare_value(struct compare *c, const char *text, const char *rest, const char *value, double *out) {
  struct claim claim = {.expression = arena_format(c->arena, "%.*s < %s", (int)(rest - text), text, value)};
  const char *wrong = claim_parse(c->arena, &c->scenarios[0].model, &claim);
  *out = claim.high;
  return wrong;
}

uint32_t *compare_take(struct compare *c, const struct measure *measures, const char *name) {
  uint32_t *entries = arena_new_array(c->arena, uint32_t, c->count);
  for (uint32_t i = 0; i < c->count; i++) entries[i] = study_add(c->studies[i], &measures[i], name, "");
  return entries;
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), wanted = strlen(end);
  return length > wanted && !strcmp(text + length - wanted, end);
}

/* "5%" is relative, "0.1pp" are points of a ratio, everything else is in the measure's unit. */
static const char *parse_limit(struct compare *c, struct compare_limit *l, const char *rest, const char *value) {
  bool points = ends_with(value, "pp");
  l->is_relative = ends_with(value, "%");
  if (l->is_relative) return unit_parse_ratio(c->arena, value, &l->limit);
  if (!points && measure_unit(&l->measures[0]) == UNIT_RATIO)
    return "needs +5% (of the base's value) or +0.1pp (percentage points) for a ratio";
  if (!points) return compare_value(c, l->text, rest, value, &l->limit);
  if (measure_unit(&l->measures[0]) != UNIT_RATIO) return "has points (pp), which only ratios have";
  return unit_parse_ratio(c->arena, arena_format(c->arena, "%.*s%%", (int)strlen(value) - 2, value), &l->limit);
}

const char *compare_add_limit(struct compare *c, const char *text) {
  struct compare_limit l = {.text = arena_text(c->arena, text)};
  const char *rest, *wrong = compare_measures(c, l.text, &l.measures, &rest);
  if (wrong) return wrong;
  const char *sign = rest + strspn(rest, " ");
  if (*sign != '+' && *sign != '-')
    return arena_format(
        c->arena, "needs how much is too much, such as +5%%, +10ms or (where less is worse) -1%%, where it says \"%s\"", sign);
  l.falls = *sign == '-';
  wrong = parse_limit(c, &l, rest, sign + 1 + strspn(sign + 1, " "));
  if (l.falls) l.limit = -l.limit;
  if (!wrong && c->limit_count == sizeof c->limits / sizeof *c->limits) wrong = "is one too many";
  if (!wrong) c->limits[c->limit_count++] = l;
  return wrong;
}

/* --- judging ------------------------------------------------------------------------------------------------------------------ */

/* What the limit is held against. */
static const struct estimate *judged(const struct compare_limit *l, const struct compare_row *row) {
  return l->is_relative ? &row->relative : &row->difference;
}

/* Exactly as much as is allowed is allowed: 105 is +5% of 100, whatever a division says in its last digit. */
static enum verdict judge(const struct compare_limit *l, const struct estimate *e, double caution) {
  if (isnan(e->low) || isnan(e->high)) return VERDICT_UNDECIDED;
  double low = e->value - caution * (e->value - e->low), high = e->value + caution * (e->high - e->value);
  double slack = 1e-12 * (1 + fabs(l->limit));
  if (l->falls ? low >= l->limit - slack : high <= l->limit + slack) return VERDICT_PASS;
  return (l->falls ? high < l->limit : low > l->limit) ? VERDICT_FAIL : VERDICT_UNDECIDED;
}

static struct compare_row row_of(const struct compare *c, const struct compare_limit *l, uint32_t system) {
  struct compare_row row =
      compare_row_of(c, &(struct compare_pair){system, l->entries[0], l->entries[system], false}, INTERVAL_CONFIDENCE);
  if (l->is_relative && !row.reason && row.base.value == 0)
    row.reason = "nothing is relative to 0: give a limit in the measure's unit, of a ratio such as +0.1pp";
  return row;
}

uint32_t compare_limit_needs(const struct compare *c, const struct compare_limit *l, uint32_t system, double caution) {
  struct compare_row row = row_of(c, l, system);
  const struct estimate *e = judged(l, &row);
  const struct evidence *base = compare_evidence(c, 0);
  uint32_t done = entry_replications(base, &base->entries[l->entries[0]]);
  if (base->growth.grows || compare_evidence(c, system)->growth.grows) return UINT32_MAX;
  if (isnan(e->value)) {
    const struct evidence *other = compare_evidence(c, system);
    uint32_t a = isnan(row.base.value) ? entry_needs(base, &base->entries[l->entries[0]], 0) : 0;
    uint32_t b = isnan(row.value.value) ? entry_needs(other, &other->entries[l->entries[system]], 0) : 0;
    return a || b ? (a > b ? a : b) : UINT32_MAX;
  }
  if (judge(l, e, caution) != VERDICT_UNDECIDED) return 0;
  double half = 0.5 * (e->high - e->low), distance = fabs(e->value - l->limit);
  return stopping_until(half, distance, done);
}

struct compare_limit_result compare_judge(const struct compare *c, const struct compare_limit *l, uint32_t system, double caution) {
  struct compare_limit_result r = {.text = l->text, .limit = l->limit, .is_relative = l->is_relative, .falls = l->falls};
  r.row = row_of(c, l, system);
  const struct estimate *e = judged(l, &r.row);
  r.verdict = isnan(e->value) || r.row.reason ? VERDICT_NO_DATA : judge(l, e, caution);
  r.row.shown = r.verdict != VERDICT_NO_DATA && (e->low > 0 || e->high < 0);
  uint32_t needs = r.verdict == VERDICT_UNDECIDED ? compare_limit_needs(c, l, system, caution) : 0;
  uint32_t done = entry_replications(compare_evidence(c, 0), &compare_evidence(c, 0)->entries[l->entries[0]]);
  r.more_replications = needs && needs != UINT32_MAX ? needs - done : 0;
  return r;
}
