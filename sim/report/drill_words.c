#include "sim/report/drill_report.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

static void add(struct drill_words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct drill_words *w, const char *format, ...) {
  size_t used = strlen(w->text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(w->text + used, sizeof w->text - used, format, arguments);
  va_end(arguments);
}

/* --- verdicts ----------------------------------------------------------------------------------------------------------------- */

static void add_verdict(struct requirement_sum *sum, enum severity severity, enum verdict v) {
  bool should = severity == SEVERITY_SHOULD;
  sum->count++;
  if (v == VERDICT_PASS)
    sum->pass++;
  else if (v == VERDICT_FAIL)
    ++*(should ? &sum->warnings : &sum->fail);
  else if (v == VERDICT_UNDECIDED)
    ++*(should ? &sum->open : &sum->undecided);
  else
    ++*(should ? &sum->open : &sum->no_data);
}

struct requirement_sum drill_verdicts(const struct drill_results *r) {
  struct requirement_sum sum = {0};
  uint32_t musts = 0;
  for (uint32_t i = 0; i < r->fault_count && !r->interrupted; i++)
    for (uint32_t k = 0; k < r->requirement_count; k++) {
      add_verdict(&sum, r->requirements[k].severity, r->faults[i].cells[k].verdict);
      musts += r->requirements[k].severity == SEVERITY_MUST;
    }
  sum.overall = musts ? verdicts_worst(&sum) : VERDICT_NONE;
  return sum;
}

struct drill_words drill_verdict_words(const struct drill_results *r) {
  struct requirement_sum sum = drill_verdicts(r);
  struct drill_words w = {""};
  const struct {
    uint32_t count;
    const char *word;
  } parts[] = {{sum.pass, "pass"},       {sum.fail, "fail"},     {sum.undecided, "undecided"},
               {sum.no_data, "no data"}, {sum.warnings, "warn"}, {sum.open, "open"}};
  add(&w, "%s (", sum.overall == VERDICT_NONE ? "NO REQUIREMENTS" : format_verdict_word(sum.overall));
  bool any = false;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i].count) add(&w, "%s%u %s", any ? ", " : "", parts[i].count, parts[i].word), any = true;
  add(&w, "%s of %s)", any ? "" : "0", format_counted(r->fault_count, "fault", NULL).text);
  return w;
}

const char *drill_cell_word(const struct drill_requirement *q, const struct drill_cell *c) {
  if (q->severity != SEVERITY_SHOULD || c->verdict == VERDICT_PASS) return format_verdict_word(c->verdict);
  return c->verdict == VERDICT_FAIL ? "WARNING" : "open";
}

/* --- sentences ---------------------------------------------------------------------------------------------------------------- */

struct drill_words drill_recovery_words(const struct drill_results *r, const struct drill_requirement *q,
                                        const struct drill_cell *c) {
  struct drill_words w = {""};
  if (q->reason)
    add(&w, "-");
  else if (!c->broken)
    add(&w, "held");
  else if (!c->back)
    add(&w, "not back");
  else if (c->back < c->broken)
    add(&w, "not back in %u of %u", c->broken - c->back, r->replications);
  else
    add(&w, "%s", format_estimate(UNIT_SECONDS, NULL, &c->recovery).text);
  if (c->broken && c->broken < r->replications && c->back == c->broken) add(&w, ", in %u of %u", c->broken, r->replications);
  return w;
}

/* As many digits as the interval supports; less than half a request is none. */
static const char *requests(const struct estimate *e, struct shown *room) {
  *room = format_estimate(UNIT_COUNT, NULL, e);
  return room->text;
}

static void add_served(struct drill_words *w, const struct drill_results *r, const struct drill_fault *f) {
  if (!f->outages)
    add(w, "every request finds a way throughout");
  else if (f->served < f->outages)
    add(w, "not all served again within %s%s", format_number(UNIT_SECONDS, NULL, r->watch_s).text,
        f->served ? " in some replications" : "");
  else
    add(w, "served again after %s", format_estimate(UNIT_SECONDS, NULL, &f->served_again).text);
}

static void add_losses(struct drill_words *w, const struct drill_fault *f) {
  bool any = false;
  for (uint32_t i = 0; i < f->loss_count; i++) {
    const struct drill_loss *l = &f->losses[i];
    if (!l->requests || !(l->count.low > 0)) continue; /* some fail otherwise, and some by chance */
    add(w, "%s %s %s", any ? "," : ":", format_number(UNIT_COUNT, NULL, l->count.value).text, l->what);
    any = true;
  }
  for (uint32_t i = 0; i < f->loss_count; i++) {
    const struct drill_loss *l = &f->losses[i];
    if (!l->requests) add(w, "; %s %s", format_estimate(UNIT_COUNT, NULL, &l->count).text, l->what);
  }
}

struct drill_words drill_fault_words(const struct drill_results *r, const struct drill_fault *f) {
  struct drill_words w = {""};
  struct shown room;
  add_served(&w, r, f);
  if (f->failed.value == 0 && f->failed.exact)
    add(&w, "; no request fails that would not without it");
  else
    add(&w, "; %s requests fail, %s of traffic", requests(&f->failed, &room),
        format_number(UNIT_SECONDS, NULL, f->failed_s.value).text);
  add_losses(&w, f);
  if (fabs(f->unanswered.value) >= 0.5) add(&w, "; %s more wait at the end", requests(&f->unanswered, &room));
  if (f->primaries && isinf(f->lost_writes_s.value))
    add(&w, "; all data are lost");
  else if (f->primaries && f->lost_writes_s.value == 0)
    add(&w, "; no write is lost");
  else if (f->primaries)
    add(&w, "; writes of the last %s are lost", format_estimate(UNIT_SECONDS, NULL, &f->lost_writes_s).text);
  return w;
}

struct drill_words drill_what_words(const struct drill_fault *f) {
  struct drill_words w = {""};
  add(&w, "%s%s%s", f->kind, *f->of ? " of " : "", f->of);
  return w;
}

struct drill_words drill_when_words(const struct drill_results *r) {
  struct drill_words w = {""};
  if (r->clock)
    add(&w, "at %s", r->clock);
  else
    add(&w, "%s after the run begins", format_number(UNIT_SECONDS, NULL, r->strike_s).text);
  add(&w, " (%s), with %s", r->chosen, format_number(UNIT_PER_SECOND, NULL, r->load_per_s).text);
  return w;
}
