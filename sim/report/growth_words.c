#include "sim/report/growth_report.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

static void add(struct growth_words_text *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct growth_words_text *w, const char *format, ...) {
  size_t used = strlen(w->text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(w->text + used, sizeof w->text - used, format, arguments);
  va_end(arguments);
}

const char *growth_course_word(enum outlook_course course) {
  static const char *const words[] = {[OUTLOOK_BREAKS] = "breaks",
                                      [OUTLOOK_HOLDS] = "holds",
                                      [OUTLOOK_BROKEN] = "fails today",
                                      [OUTLOOK_BEGINS] = "begins to hold",
                                      [OUTLOOK_UNDECIDED] = "undecided"};
  return words[course];
}

bool growth_shows(const struct outlook_requirement *q) { return !q->implicit || q->course != OUTLOOK_HOLDS; }

enum answer_verdict growth_verdict(const struct outlook_results *r) {
  enum answer_verdict worst = ANSWER_HOLDS;
  for (uint32_t i = 0; i < r->requirement_count; i++) {
    const struct outlook_requirement *q = &r->requirements[i];
    bool fails = q->course == OUTLOOK_BREAKS || q->course == OUTLOOK_BROKEN || q->course == OUTLOOK_BEGINS;
    enum answer_verdict v = fails ? ANSWER_FAILED : q->course == OUTLOOK_UNDECIDED ? ANSWER_UNDECIDED : ANSWER_HOLDS;
    if (q->severity == SEVERITY_MUST && v > worst) worst = v;
  }
  return worst;
}

struct growth_words_text growth_when(const struct outlook_when *w) {
  struct growth_words_text t = {""};
  if (isnan(w->month))
    add(&t, "-");
  else if (w->high <= 0)
    add(&t, "today");
  else
    add(&t, "%.1f [%.1f, %.1f]", w->month, w->low, w->high);
  return t;
}

struct growth_words_text growth_users_words(const struct outlook_results *r) {
  struct growth_words_text t = {""};
  if (!r->month_count || isnan(r->table->users)) return t;
  const struct outlook_month *last = &r->table[r->month_count - 1];
  add(&t, "%s users today, %s in month %.3g", format_count((uint64_t)rint(r->table->users)).text,
      format_count((uint64_t)rint(last->users)).text, last->month);
  return t;
}

/* How long it is from the beginning of what must hold; NaN: it holds through. */
static const struct outlook_requirement *open_one(const struct outlook_results *r) {
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (r->requirements[i].severity == SEVERITY_MUST && r->requirements[i].course == OUTLOOK_UNDECIDED) return &r->requirements[i];
  return NULL;
}

static void add_cause(struct growth_words_text *t, const struct outlook_requirement *q) {
  add(t, "%s", q->expression);
  if (q->fullest) add(t, " (%s %s busy)", q->fullest, format_percent(q->busy).text);
}

static void add_order(struct growth_words_text *t, const struct outlook_results *r, const struct outlook_when *w) {
  double order = floor(w->low - r->lead_months);
  if (order <= 0)
    add(t, "; order %s now", r->next);
  else
    add(t, "; order %s in month %.0f", r->next, order);
}

struct growth_words_text growth_sentence(const struct outlook_results *r) {
  struct growth_words_text t = {""};
  if (!r->run_count) {
    add(&t, "interrupted before any month was run");
    return t;
  }
  const struct outlook_requirement *q = r->first >= 0 ? &r->requirements[r->first] : NULL, *open = open_one(r);
  add(&t, "%s %s ", r->how, r->what);
  if (q && q->course == OUTLOOK_BROKEN) {
    add(&t, "does not hold today: ");
    add_cause(&t, q);
    add(&t, " fails");
  } else if (q) {
    double months = floor(q->when.month);
    add(&t, "holds %s", months < 1 ? "less than a month" : format_counted((uint64_t)months, "month", NULL).text);
    add_order(&t, r, &q->when);
    add(&t, "; first to break: ");
    add_cause(&t, q);
    add(&t, " in month %s", growth_when(&q->when).text);
  } else if (open) {
    add(&t, "cannot be told to hold: %s is undecided%s%s", open->expression, open->reason ? ", " : "",
        open->reason ? open->reason : "");
  } else {
    bool all = r->runs[r->run_count - 1].month >= r->months;
    add(&t, "holds %s", all ? "all " : "");
    add(&t, "%s", format_counted((uint64_t)floor(r->runs[r->run_count - 1].month), "month", NULL).text);
    add(&t, all ? " that were asked for" : "; what is beyond was not run");
  }
  if (r->interrupted) add(&t, " (interrupted)");
  return t;
}

/* --- triggers ----------------------------------------------------------------------------------------------------------------- */

struct growth_words_text growth_trigger_when(const struct outlook_trigger *t) {
  struct growth_words_text w = {""};
  if (t->course == OUTLOOK_BREAKS) return growth_when(&t->when);
  add(&w, "%s", t->never ? "never" : t->course == OUTLOOK_HOLDS ? "later" : "unknown");
  return w;
}

struct growth_words_text growth_trigger_move(const struct outlook_trigger *t) {
  struct growth_words_text w = {""};
  add(&w, "calls for: %s, which takes %s", t->move, format_number(UNIT_SECONDS, NULL, t->takes_s).text);
  return w;
}

struct growth_words_text growth_trigger_worth(const struct outlook_results *r, const struct outlook_trigger *t) {
  struct growth_words_text w = {""};
  if (t->course != OUTLOOK_BREAKS) return w;
  if (isnan(t->ahead))
    add(&w, "in time: no requirement breaks in these months");
  else if (fabs(t->ahead) < 0.25)
    add(&w, "just then %s breaks", t->breaks);
  else if (t->late)
    add(&w, "too late by %.1f months: %s breaks before it is done", -t->ahead, t->breaks);
  else
    add(&w, "in time: %.1f months before %s breaks", t->ahead, t->breaks);
  if (t->unserved >= 0.5) add(&w, "; while it is made %s fail", format_counted((uint64_t)rint(t->unserved), "request", NULL).text);
  if (t->cost > 0) add(&w, ", worth %s %s", format_money(t->cost).text, r->currency ? r->currency : "");
  return w;
}
