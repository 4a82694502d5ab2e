#include "sim/report/uptime_words.h"
#include "sim/report/format.h"
#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { LINE = 600 };

__attribute__((format(printf, 3, 4))) static void say(struct uptime_writer *to, const char *word, const char *format, ...) {
  char line[LINE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  to->line(to, word, line);
}

const char *uptime_phase_word(const char *phase) {
  static const char *const words[][2] = {{"warm_up", "warm-up"}, {"dns", "DNS"}, {"cut_over", "cut-over"}};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(phase, words[i][0])) return words[i][1];
  return phase;
}

static struct shown seconds(double s) { return format_number(UNIT_SECONDS, NULL, s); }

/* An estimate with a bound on one side only: "more than 12 d". */
static struct shown at_least(const struct estimate *e) {
  struct shown out;
  if (isinf(e->value))
    snprintf(out.text, sizeof out.text, "more than %.60s", seconds(e->low).text);
  else
    out = format_estimate(UNIT_SECONDS, NULL, e);
  return out;
}

static void say_outages(const struct outage_life *life, struct uptime_writer *to) {
  if (!life->outages) {
    say(to, "outages", "none was seen: fewer than %s a year", format_number(UNIT_NONE, NULL, life->per_year.high).text);
    return;
  }
  say(to, "outages", "%s a year, %s long in the mean; those that overlap count once",
      format_estimate(UNIT_NONE, NULL, &life->per_year).text, seconds(life->length_s).text);
  say(to, "MTBF", "%s from one to the next", at_least(&life->mtbf).text);
}

static void say_first(const struct outage_life *life, struct uptime_writer *to) {
  char cut[120] = "";
  if (life->firsts < life->pieces)
    snprintf(cut, sizeof cut, "; %.30s of %.30s pieces of the run ended before one", format_count(life->pieces - life->firsts).text,
             format_count(life->pieces).text);
  say(to, "first outage", "after %s in the mean, all being up at first%s", at_least(&life->first).text, cut);
}

static void say_budget(const struct error_budget *b, struct uptime_writer *to) {
  say(to, "error budget", "%s a year, %s a month for %s%s", seconds(b->year_s).text, seconds(b->month_s).text,
      format_number(UNIT_RATIO, NULL, b->target).text, b->claimed ? ", the strictest claim" : ", as no claim says what is wanted");
  say(to, "used of it", "%s in the mean; %s of the years and %s of the months keep within it",
      format_estimate(UNIT_RATIO, NULL, &b->used).text, format_estimate(UNIT_RATIO, NULL, &b->year_kept).text,
      format_estimate(UNIT_RATIO, NULL, &b->month_kept).text);
}

void uptime_words(const struct availability_result *a, struct uptime_writer *to) {
  if (a->biased_years > 0)
    say(to, "means rest on",
        "%s more years in which a second failure is made likelier and counts as much less, because the %s years say too little of "
        "outages that take several failures",
        format_number(UNIT_COUNT, NULL, a->biased_years).text, format_number(UNIT_COUNT, NULL, a->years).text);
  say_outages(&a->lives[0], to);
  say_first(&a->lives[0], to);
  say_budget(&a->budget, to);
  if (a->without_fault_per_year_s > 0)
    say(to, "without a fault", "%s a year are lost while no fault is the cause", seconds(a->without_fault_per_year_s).text);
  if (a->needs) say(to, "more nines", "%s", a->needs);
}
