/* The words of the answer, the same in every format. */
#include "sim/report/capacity_report.h"
#include "sim/report/format.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *capacity_course_word(enum capacity_course course) {
  static const char *const words[] = {[COURSE_BREAKS] = "breaks",
                                      [COURSE_BEGINS] = "begins",
                                      [COURSE_HOLDS] = "holds",
                                      [COURSE_NEVER] = "never",
                                      [COURSE_UNDECIDED] = "untold"};
  return words[course];
}

static struct estimate as_estimate(double value, double low, double high) {
  return (struct estimate){.value = value, .low = low, .high = high};
}

/* "/s", " users": what stands behind a number. */
static const char *unit_of(const struct capacity_result *r) { return *r->unit ? r->unit : r->noun; }

/* Whole numbers as they are, others with four digits, both with separators. */
static struct shown number_text(const struct capacity_result *r, double x) {
  struct shown out;
  double size = fabs(x);
  double step = size > 0 ? pow(10, floor(log10(size)) - 3) : 1, rounded = r->whole ? round(x) : round(x / step) * step;
  if (size >= 1e15 || (size > 0 && size < 1e-4))
    snprintf(out.text, sizeof out.text, "%.4g", x);
  else if (r->whole || size >= 1000)
    snprintf(out.text, sizeof out.text, "%s%.40s", x < 0 ? "-" : "", format_count((uint64_t)fabs(round(rounded))).text);
  else
    snprintf(out.text, sizeof out.text, "%.4g", rounded);
  return out;
}

struct shown capacity_value_text(const struct capacity_result *r, double x) {
  struct shown out = {"-"};
  if (!isnan(x)) snprintf(out.text, sizeof out.text, "%.40s%.20s", number_text(r, x).text, unit_of(r));
  return out;
}

struct shown capacity_end_text(const struct capacity_result *r, const char *text) {
  return capacity_value_text(r, strtod(text, NULL));
}

/* A few whole numbers, or a bracket of no width, are told as they are. */
static bool is_countable(const struct capacity_result *r, const struct capacity_root *root) {
  return root->low == root->high || (r->whole && root->high - root->low < 20);
}

struct shown capacity_root_text(const struct capacity_result *r, const struct capacity_root *root) {
  struct shown out;
  if (isnan(root->value)) return (struct shown){"-"};
  if (is_countable(r, root)) {
    struct shown value = capacity_value_text(r, root->value);
    if (root->low == root->high) return value;
    snprintf(out.text, sizeof out.text, "%.40s [%.16s, %.16s]", value.text, number_text(r, root->low).text,
             number_text(r, root->high).text);
    return out;
  }
  struct estimate e = as_estimate(root->value, root->low, root->high);
  snprintf(out.text, sizeof out.text, "%.24s%.16s %.36s", format_value(UNIT_NONE, NULL, &e).text, unit_of(r),
           format_interval(UNIT_NONE, NULL, &e).text);
  return out;
}

/* Where nothing is shown to hold, the value is only one of those that were run. */
struct capacity_sentence capacity_stands_text(const struct capacity_result *r) {
  struct capacity_sentence out;
  const char *what = !r->stands_holds               ? " (no value is shown to hold)"
                     : r->kind == CAPACITY_SMALLEST ? ", the smallest value shown to hold"
                                                    : ", the largest value shown to hold";
  snprintf(out.text, sizeof out.text, "busy at %s%s; full at", capacity_value_text(r, r->stands_at).text, what);
  return out;
}

struct capacity_sentence capacity_bound_text(const struct capacity_result *r, uint32_t bound) {
  struct capacity_sentence out;
  const struct capacity_bound *b = &r->bounds[bound];
  snprintf(out.text, sizeof out.text, "%s%s%.300s", b->side, *b->side ? " " : "", b->expression);
  return out;
}

struct shown capacity_limit_text(const struct capacity_result *r, const struct capacity_limit *l) {
  struct shown out = {"-"};
  if (!isnan(l->root.value)) return capacity_root_text(r, &l->root);
  if (l->course == COURSE_HOLDS)
    snprintf(out.text, sizeof out.text, "does not break up to %.40s", capacity_value_text(r, l->root.holds).text);
  if (l->course == COURSE_NEVER) snprintf(out.text, sizeof out.text, "fails throughout");
  if (l->course == COURSE_UNDECIDED) snprintf(out.text, sizeof out.text, "cannot be determined");
  if (l->course == COURSE_BREAKS && !isnan(l->root.holds))
    snprintf(out.text, sizeof out.text, "above %.40s", capacity_value_text(r, l->root.holds).text);
  if (l->course == COURSE_BEGINS && !isnan(l->root.holds))
    snprintf(out.text, sizeof out.text, "below %.40s", capacity_value_text(r, l->root.holds).text);
  return out;
}

__attribute__((format(printf, 2, 3))) static void add(struct capacity_sentence *s, const char *format, ...) {
  size_t used = strlen(s->text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(s->text + used, sizeof s->text - used, format, arguments);
  va_end(arguments);
}

static void add_claims(struct capacity_sentence *s, const struct capacity_result *r) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->bound_count; i++) count += !i || r->bounds[i].claim != r->bounds[i - 1].claim;
  add(s, count == 1 ? "the requirement" : "all %u requirements", count);
}

/* The bound that decides: the first to break, or the last to begin. */
static void add_first(struct capacity_sentence *s, const struct capacity_result *r, enum capacity_course course,
                      const struct capacity_root *root, const char *words) {
  for (uint32_t i = 0; i < r->limit_count; i++) {
    const struct capacity_limit *l = &r->limits[i];
    if (l->course != course) continue;
    add(s, "; %s: %s", words, capacity_bound_text(r, l->bound).text);
    if (!isnan(root->fails)) add(s, " at %s", capacity_value_text(r, root->fails).text);
    if (l->fullest) add(s, " (%s %s busy)", l->fullest, format_percent(l->busy).text);
    return;
  }
}

static void add_root(struct capacity_sentence *s, const struct capacity_result *r, const struct capacity_root *root) {
  if (root->resolved) {
    add(s, "%s", capacity_root_text(r, root).text);
  } else if (!isnan(root->fails) && !isnan(root->holds)) {
    add(s, "between %s and %s, not resolved to %s,", capacity_value_text(r, fmin(root->holds, root->fails)).text,
        capacity_value_text(r, fmax(root->holds, root->fails)).text, format_number(UNIT_RATIO, NULL, r->precision).text);
  } else {
    add(s, "%s, not resolved,", isnan(root->holds) ? "an unknown value" : capacity_value_text(r, root->holds).text);
  }
}

static void add_between(struct capacity_sentence *s, const struct capacity_result *r) {
  if (r->kind == CAPACITY_LARGEST) {
    add_root(s, r, &r->most), add(s, " keeps "), add_claims(s, r);
    add_first(s, r, COURSE_BREAKS, &r->most, "first to break");
  } else if (r->kind == CAPACITY_SMALLEST) {
    add_root(s, r, &r->least), add(s, " is the smallest value that keeps "), add_claims(s, r);
    add_first(s, r, COURSE_BEGINS, &r->least, "fails below");
  } else {
    add(s, "from "), add_root(s, r, &r->least), add(s, " to "), add_root(s, r, &r->most), add(s, " keeps "), add_claims(s, r);
    add_first(s, r, COURSE_BEGINS, &r->least, "fails below");
    add_first(s, r, COURSE_BREAKS, &r->most, "breaks above");
  }
}

struct capacity_sentence capacity_sentence(const struct capacity_result *r) {
  struct capacity_sentence s = {""};
  if (r->violation_count) add(&s, "ERROR, broken invariants; ");
  if (r->interrupted) add(&s, "INTERRUPTED, so far: ");
  switch (r->kind) {
  case CAPACITY_EVERYWHERE:
    add(&s, "holds up to %s at least, and from %s on: nothing in this range breaks ", capacity_end_text(r, r->high_text).text,
        capacity_end_text(r, r->low_text).text);
    add_claims(&s, r);
    break;
  case CAPACITY_NOWHERE:
    add(&s, "no value keeps "), add_claims(&s, r), add(&s, ": %.400s", r->reason);
    break;
  case CAPACITY_UNDECIDED:
    add(&s, "cannot be determined: %.400s", r->reason ? r->reason : "nothing is known");
    break;
  default:
    add_between(&s, r);
  }
  return s;
}
