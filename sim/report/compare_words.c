/* Differences in words. */
#include "sim/report/compare_report.h"
#include <math.h>
#include <string.h>

struct compare_words compare_name(const struct compare_row *row) {
  struct compare_words out;
  bool whole = !*row->aggregate; /* a limit's or an objective's own text */
  snprintf(out.text, sizeof out.text, "%s%s%s%s", whole ? "" : row->aggregate, whole ? "" : "(", row->metric, whole ? "" : ")");
  return out;
}

const char *compare_file(const struct compare_results *c, uint32_t system) {
  const char *file = c->systems[system]->scenario_file;
  return file ? file : c->systems[system]->scenario_name;
}

/* Of a ratio the difference is told in points: "0.2%" more would be read as relative. */
static struct estimate in_points(enum unit unit, struct estimate e) {
  double factor = unit == UNIT_RATIO ? 100 : 1;
  return (struct estimate){e.value * factor, e.low * factor, e.high * factor, e.n, e.exact};
}

static struct shown amount(enum unit unit, const char *currency, struct estimate e) {
  struct estimate points = in_points(unit, e);
  struct shown out = format_value(unit == UNIT_RATIO ? UNIT_NONE : unit, currency, &points);
  size_t length = strlen(out.text);
  if (unit == UNIT_RATIO) snprintf(out.text + length, sizeof out.text - length, " points");
  return out;
}

static const char *direction(const struct compare_row *row, bool more) {
  bool latency = strstr(row->metric, ".latency") || strstr(row->metric, "latency)");
  if (latency && row->unit == UNIT_SECONDS) return more ? "slower" : "faster";
  if (row->unit == UNIT_RATIO) return more ? "higher" : "lower";
  return more ? "more" : "less";
}

/* Rounded up to two digits: a bound must not be promised closer than it is. */
static double rounded_up(double x) {
  if (!(x > 0)) return x;
  double step = pow(10, floor(log10(x)) - 1);
  return ceil(x / step - 1e-9) * step;
}

/* "(8 to 16)" in the unit of the value; empty when both read like the value. */
static struct shown bounds(enum unit unit, struct estimate e) {
  struct estimate points = in_points(unit, e);
  struct shown interval = format_interval(unit == UNIT_RATIO ? UNIT_NONE : unit, NULL, &points), out = {""};
  char *comma = strstr(interval.text, ", ");
  size_t length = strlen(interval.text);
  if (!comma) return out;
  size_t low = (size_t)(comma - interval.text - 1), high = length - low - 4;
  if (low == high && !strncmp(interval.text + 1, comma + 2, low)) return out;
  snprintf(out.text, sizeof out.text, " (%.*s to %.*s)", (int)low, interval.text + 1, (int)high, comma + 2);
  return out;
}

static struct compare_words shown_difference(const struct compare_row *row, const char *currency) {
  struct compare_words out;
  struct estimate d = row->difference;
  bool more = d.value > 0;
  if (!more) d = (struct estimate){-d.value, -d.high, -d.low, d.n, d.exact};
  snprintf(out.text, sizeof out.text, "%s %s%s", amount(row->unit, currency, d).text, direction(row, more),
           d.exact ? "" : bounds(row->unit, d).text);
  return out;
}

struct compare_words compare_words(const struct compare_row *row, const char *currency) {
  struct compare_words out;
  const struct estimate *d = &row->difference;
  if (row->reason) return (struct compare_words){"no number"};
  if (row->same && d->exact) return (struct compare_words){"the same"};
  double most = rounded_up(fmax(fabs(d->low), fabs(d->high)));
  struct estimate bound = {most, NAN, NAN, 0, false};
  if (row->same) {
    snprintf(out.text, sizeof out.text, "the same in all %llu replications%s%s", (unsigned long long)d->n,
             most > 0 ? ", at most " : "", most > 0 ? amount(row->unit, currency, bound).text : "");
    return out;
  }
  if (row->shown) return shown_difference(row, currency);
  snprintf(out.text, sizeof out.text, "no difference shown, at most %s", amount(row->unit, currency, bound).text);
  return out;
}

struct compare_words compare_signed(const struct compare_row *row, const char *currency) {
  struct compare_words out;
  struct estimate d = row->difference;
  bool more = d.value > 0;
  if (!more) d = (struct estimate){-d.value, -d.high, -d.low, d.n, d.exact};
  snprintf(out.text, sizeof out.text, "%c%s", more ? '+' : '-', amount(row->unit, currency, d).text);
  return out;
}

static struct shown with_sign(double value, struct shown s) {
  struct shown out = s;
  if (value > 0) snprintf(out.text, sizeof out.text, "+%.*s", (int)sizeof out.text - 2, s.text);
  return out;
}

struct shown compare_relative(const struct compare_row *row) {
  if (row->reason || !row->shown || isnan(row->relative.value)) return (struct shown){""};
  if (row->relative.value >= 9) { /* beyond ten times nobody reads percents */
    struct shown times = format_number(UNIT_NONE, NULL, 1 + row->relative.value);
    snprintf(times.text + strlen(times.text), sizeof times.text - strlen(times.text), " times");
    return times;
  }
  return with_sign(row->relative.value, format_value(UNIT_RATIO, NULL, &row->relative));
}

struct compare_words compare_judged(const struct compare_limit_result *l, const char *currency) {
  struct compare_words out;
  const struct compare_row *row = &l->row;
  if (l->verdict == VERDICT_NO_DATA) return (struct compare_words){"-"};
  struct estimate e = l->is_relative ? row->relative : in_points(row->unit, row->difference);
  enum unit unit = l->is_relative ? UNIT_RATIO : row->unit == UNIT_RATIO ? UNIT_NONE : row->unit;
  double limit = unit == UNIT_NONE && row->unit == UNIT_RATIO ? 100 * l->limit : l->limit;
  struct shown value = with_sign(e.value, format_value_beside(unit, currency, &e, limit, INFINITY)),
               interval = format_interval_beside(unit, &e, limit, INFINITY);
  snprintf(out.text, sizeof out.text, "%s%s%s%s", value.text, !l->is_relative && row->unit == UNIT_RATIO ? " points" : "",
           *interval.text ? " " : "", interval.text);
  return out;
}

struct requirement_sum compare_verdicts(const struct compare_results *c) {
  struct requirement_sum sum = {.count = c->limit_count};
  for (uint32_t i = 0; i < c->limit_count; i++) {
    uint32_t *const counts[] = {&sum.pass, &sum.fail, &sum.undecided, &sum.no_data};
    ++*counts[c->limits[i].verdict];
  }
  sum.overall = verdicts_worst(&sum);
  return sum;
}

static void best_line(const struct compare_results *c, char *text, size_t size) {
  const struct best_result *b = c->best;
  if (b->best == UINT32_MAX)
    snprintf(text, size, "best: NO DATA (no candidate)");
  else if (!b->decided)
    snprintf(text, size, "best: UNDECIDED (so far %s)", compare_file(c, b->best));
  else
    snprintf(text, size, "best: %s (right with at least %.0f%%, if it is better by %s)", compare_file(c, b->best),
             100 * b->confidence, format_number(b->unit, c->currency, b->indifference).text);
}

static void limits_line(const struct compare_results *c, char *text, size_t size) {
  struct requirement_sum sum = compare_verdicts(c);
  const uint32_t counts[] = {sum.pass, sum.fail, sum.undecided, sum.no_data};
  static const char *const words[] = {"pass", "fail", "undecided", "no data"};
  size_t used = (size_t)snprintf(text, size, "verdict: %s (", format_verdict_word(sum.overall));
  for (int i = 0, first = 1; i < 4; i++)
    if (counts[i] && used < size) {
      used += (size_t)snprintf(text + used, size - used, "%s%u %s", first ? "" : ", ", counts[i], words[i]);
      first = 0;
    }
  if (used < size) snprintf(text + used, size - used, ")");
}

static void rows_line(const struct compare_results *c, char *text, size_t size) {
  uint32_t shown = 0, not_shown = 0, missing = 0;
  for (uint32_t i = 0; i < c->row_count; i++) {
    if (c->rows[i].detail) continue;
    if (c->rows[i].reason)
      missing++;
    else if (c->rows[i].shown)
      shown++;
    else
      not_shown++;
  }
  snprintf(text, size, "compared: %s shown, %u not shown, %u without a number", format_counted(shown, "difference", NULL).text,
           not_shown, missing);
}

void compare_last_line(const struct compare_results *c, char *text, size_t size) {
  uint32_t broken = 0;
  for (uint32_t i = 0; i < c->system_count; i++) broken += c->systems[i]->violation_count;
  if (broken)
    snprintf(text, size, "verdict: ERROR (broken invariants: do not use these figures)");
  else if (c->interrupted)
    snprintf(text, size, "verdict: INTERRUPTED (partial results)");
  else if (c->best)
    best_line(c, text, size);
  else if (c->limit_count)
    limits_line(c, text, size);
  else
    rows_line(c, text, size);
}
