#include "sim/report/costs_report.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

static void add(struct costs_words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct costs_words *w, const char *format, ...) {
  size_t used = strlen(w->text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(w->text + used, sizeof w->text - used, format, arguments);
  va_end(arguments);
}

struct shown costs_users(double users) {
  if (isnan(users)) return (struct shown){"-"};
  if (isinf(users)) return (struct shown){"more"};
  double step = users > 1000 ? pow(10, floor(log10(users)) - 2) : 1;
  return format_count((uint64_t)fmax(0, rint(users / step) * step));
}

struct costs_words costs_place(double users, double low, double high) {
  struct costs_words w = {""};
  add(&w, "%s", costs_users(users).text);
  if (!(low == users && high == users)) add(&w, " [%s, %s]", costs_users(low).text, costs_users(high).text);
  return w;
}

struct costs_words costs_until(const struct outlook_until *u) {
  struct costs_words w = {""};
  if (isnan(u->users))
    add(&w, "users are not known");
  else if (isinf(u->users))
    add(&w, "holds throughout");
  else if (!u->shown)
    add(&w, "shown to hold to %s users only: %s", costs_users(u->users).text, u->breaks);
  else
    add(&w, "holds to %s users: %s breaks", costs_place(u->users, u->low, u->high).text, u->breaks);
  return w;
}

const char *costs_why(enum envelope_why why) {
  return why == ENVELOPE_ENDS      ? "it does not hold any more"
         : why == ENVELOPE_CROSSES ? "another one costs less"
         : why == ENVELOPE_UNKNOWN ? "the costs of one of them are not known on both sides"
                                   : "";
}

static const char *named(const struct costs_results *c, int32_t i) { return i < 0 ? "none" : c->names[i]; }

struct costs_words costs_sentence(const struct costs_results *c) {
  struct costs_words w = {""};
  if (!c->range_count) {
    add(&w, "no users to look at");
    return w;
  }
  const struct envelope_range *first = c->ranges;
  add(&w, first->lowest < 0 ? "no architecture holds" : "%s is the cheapest that holds", named(c, first->lowest));
  for (uint32_t i = 0; i + 1 < c->range_count; i++)
    add(&w, " to %s users%s then %s", costs_place(c->ranges[i].to, c->ranges[i].low, c->ranges[i].high).text, i ? "," : ",",
        named(c, c->ranges[i + 1].lowest));
  add(&w, ", to the %s users looked at", costs_users(c->ranges[c->range_count - 1].to).text);
  if (c->interrupted) add(&w, " (interrupted)");
  return w;
}

struct shown costs_stated_range(double low, double high, bool money) {
  struct shown a = money ? format_money(low) : costs_users(low), b = money ? format_money(high) : costs_users(high), s;
  if (low == high) return a;
  snprintf(s.text, sizeof s.text, "%.30s to %.30s", a.text, b.text);
  return s;
}

/* Where none holds: failed where each that is known there was shown to fail. */
enum answer_verdict costs_verdict(const struct costs_results *c) {
  enum answer_verdict worst = ANSWER_HOLDS;
  for (uint32_t i = 0; i < c->range_count; i++) {
    const struct envelope_range *r = &c->ranges[i];
    bool open = false;
    for (uint32_t k = 0; k < c->count; k++) open |= c->curves[k].until_high > 0.5 * (r->from + r->to);
    enum answer_verdict v = r->lowest >= 0 ? ANSWER_HOLDS : open ? ANSWER_UNDECIDED : ANSWER_FAILED;
    if (v > worst) worst = v;
  }
  return worst;
}

enum answer_verdict costs_statements(const struct outlook_results *const *outlooks, uint32_t count) {
  enum answer_verdict worst = ANSWER_HOLDS;
  for (uint32_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < outlooks[i]->stated_count; k++) {
      enum verdict v = outlooks[i]->stated[k].verdict;
      enum answer_verdict as = v == VERDICT_CONTRADICTED                        ? ANSWER_FAILED
                               : v == VERDICT_UNDECIDED || v == VERDICT_NO_DATA ? ANSWER_UNDECIDED
                                                                                : ANSWER_HOLDS;
      if (as > worst) worst = as;
    }
  return worst;
}
