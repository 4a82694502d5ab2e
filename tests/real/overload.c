/* Rows of an overload: goodput second by second and by stretch, attempts, time-outs, and how long the recovery takes. */
#include "sim/engine/arena.h"
#include "tests/real/real.h"
#include <string.h>

/* Stretches: before the overload, in it, after it, by the rates of the phases. */
struct stretch {
  uint32_t from, until;
};
enum { BEFORE, OVERLOAD, AFTER, STRETCHES };

static double sum_of(const double *x, struct stretch s) {
  double sum = 0;
  for (uint32_t i = s.from; x && i < s.until; i++) sum += x[i];
  return sum;
}

/* The stretch with the highest rate, and what lies before and behind it. False: there are not three. */
static bool find_stretches(const struct recording *c, struct stretch out[STRETCHES]) {
  const char *phases = json_text(json_member(json_member(c->root, "parameters"), "phases"));
  if (!phases) phases = note_text(c, "phases");
  double at = 0, most = 0, rate, length;
  for (int used; phases && *phases && sscanf(phases, "%lf:%lf%n", &rate, &length, &used) == 2;) {
    if (rate > most) most = rate, out[OVERLOAD] = (struct stretch){(uint32_t)at, (uint32_t)(at + length)};
    at += length, phases += used, phases += *phases == ',';
  }
  uint32_t end = (uint32_t)at < c->seconds->count ? (uint32_t)at : c->seconds->count;
  out[BEFORE] = (struct stretch){0, out[OVERLOAD].from}, out[AFTER] = (struct stretch){out[OVERLOAD].until, end};
  return most > 0 && out[OVERLOAD].until <= c->seconds->count;
}

/* Seconds from the end of the overload until five seconds together answer 95% of what comes; NaN: not in what was recorded. */
static double recovery(const double *ok, const double *offered, struct stretch after) {
  for (uint32_t i = after.from; i + 5 <= after.until; i++) {
    double good = 0, asked = 0;
    for (uint32_t k = i; k < i + 5; k++) good += ok[k], asked += offered[k];
    if (asked > 0 && good >= 0.95 * asked) return i - after.from;
  }
  return NAN;
}

static struct real_row *stretch_row(struct real *r, const struct recording *c, const char *measure, const double *measured,
                                    const double *to, struct stretch s, double limit) {
  if (!measured || s.until <= s.from) return NULL;
  struct real_row *row = real_add(r, c, NULL, NULL, measure);
  double length = s.until - s.from;
  row->unit = REAL_PER_S;
  row->measured = (struct measured){sum_of(measured, s) / length, NAN, c->seconds->runs};
  row->predicted = sum_of(to, s) / length;
  real_judge(row, limit, true);
  if (row->measured.value < 0.5 && row->predicted < 0.5) row->within = true, row->error = 0; /* nearly none */
  return row;
}

/* By second: the share of the seconds in which goodput is within 5%, or within 1.5 times what the runs vary by. */
static void second_rows(struct real *r, const struct recording *c, struct stretch all) {
  const struct real_seconds *s = c->seconds;
  uint32_t within = 0, close = 0, judged = 0;
  double apart = 0;
  for (uint32_t i = all.from; i < all.until; i++) {
    if (!(s->ok[i] >= 1) && s->to_ok[i] < 1) continue;
    double error = fabs(s->to_ok[i] / fmax(s->ok[i], 1) - 1), spread = 1.5 * s->ok_spread[i];
    judged++, within += error <= 0.05 || (isfinite(spread) && error <= spread), close += error <= 0.05;
    apart += fabs(s->to_ok[i] - s->ok[i]);
  }
  if (!judged) return;
  struct real_row *row = real_add(r, c, NULL, NULL, "seconds with goodput within 5%, or 1.5 spreads");
  row->unit = REAL_RATIO, row->measured = (struct measured){1, NAN, judged}, row->predicted = (double)within / judged;
  real_judge(row, 0.1, true);
  row->why =
      arena_format(r->arena, "%u of %u within 5%%; goodput is off by %.1f a second in the mean", close, judged, apart / judged);
}

static void recovery_row(struct real *r, const struct recording *c, struct stretch after) {
  const struct real_seconds *s = c->seconds;
  const double *asked = s->offered ? s->offered : s->to_sent;
  struct real_row *row = real_add(r, c, NULL, NULL, "recovery");
  row->unit = REAL_S;
  row->measured = (struct measured){recovery(s->ok, asked, after), NAN, s->runs};
  row->predicted = recovery(s->to_ok, asked, after);
  row->why = "until five seconds together answer 95% of what comes";
  row->limit = 2, row->goal = true;
  row->error = row->predicted - row->measured.value;
  if (isnan(row->error)) row->error = isnan(row->predicted) == isnan(row->measured.value) ? 0 : INFINITY;
  row->within = fabs(row->error) <= row->limit;
}

void real_overload(struct real *r, const struct recording *c) {
  struct real_seconds *s = c->seconds;
  struct stretch at[STRETCHES] = {{0}};
  if (!s) return;
  if (!find_stretches(c, at)) {
    real_fault(r, "%s: \"phases\" do not fit the seconds that are recorded", c->file);
    return;
  }
  if (!real_predict_seconds(r, c)) return;
  struct stretch all = {0, at[AFTER].until}, grown = {at[OVERLOAD].from + 5, at[OVERLOAD].until};
  stretch_row(r, c, "goodput before", s->ok, s->to_ok, at[BEFORE], 0.05);
  stretch_row(r, c, "goodput in overload, from its 6th second", s->ok, s->to_ok, grown, 0.05);
  stretch_row(r, c, "goodput after", s->ok, s->to_ok, at[AFTER], 0.05);
  stretch_row(r, c, "goodput in all", s->ok, s->to_ok, all, 0.05);
  stretch_row(r, c, "attempts sent", s->sent, s->to_sent, all, 0.05);
  stretch_row(r, c, "time-outs", s->timeouts, s->to_timeouts, all, 0.05);
  second_rows(r, c, all);
  recovery_row(r, c, at[AFTER]);
}
