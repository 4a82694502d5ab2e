#include "sim/report/load_words.h"
#include "sim/report/format.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct amount {
  char text[40];
};

/* Four digits, and whole numbers in full: what a pocket calculator needs. */
static struct amount amount(double value) {
  struct amount a;
  if (value >= 1000 && value < 1e15)
    snprintf(a.text, sizeof a.text, "%.39s", format_count((uint64_t)(value + 0.5)).text);
  else
    snprintf(a.text, sizeof a.text, "%.4g", value);
  return a;
}

__attribute__((format(printf, 2, 3))) static void say(struct load_words *w, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(w->lines[w->count], sizeof w->lines[0], format, arguments);
  va_end(arguments);
  w->count++;
}

static const char *counted(const struct load_figures *l) { return isnan(l->requests_per_session) ? " sessions/s" : "/s"; }

static void say_users(struct load_words *w, const struct load_figures *l) {
  if (!isnan(l->concurrent)) {
    say(w, "%s users inside at the peak / %s s a session = %s sessions/s (Little's law)", amount(l->concurrent).text,
        amount(l->session_s).text, amount(l->sessions_at_peak_per_s).text);
    say(w, "%s sessions/s / %s at the peak x 86,400 s / %s sessions = %s users a day", amount(l->sessions_at_peak_per_s).text,
        amount(l->peak_factor).text, amount(l->sessions_per_user).text, amount(l->users_per_day).text);
  } else if (!isnan(l->registered))
    say(w, "%s registered x %s%% active = %s users a day", amount(l->registered).text, amount(100 * l->active).text,
        amount(l->users_per_day).text);
  else
    say(w, "%s users a day", amount(l->users_per_day).text);
}

static void say_rates(struct load_words *w, const struct load_figures *l) {
  char requests[60] = "";
  if (!isnan(l->requests_per_session)) snprintf(requests, sizeof requests, " x %s requests", amount(l->requests_per_session).text);
  say(w, "%s users x %s sessions%s / 86,400 s = %s%s mean", amount(l->users_per_day).text, amount(l->sessions_per_user).text,
      requests, amount(l->mean_per_s).text, counted(l));
  say(w, "%s%s x %s at the peak = %s%s", amount(l->mean_per_s).text, counted(l), amount(l->peak_factor).text,
      amount(l->peak_per_s).text, counted(l));
  if (!isnan(l->inside_at_peak) && isnan(l->concurrent))
    say(w, "%s sessions/s at the peak x %s s = %s users inside (Little's law)", amount(l->sessions_at_peak_per_s).text,
        amount(l->session_s).text, amount(l->inside_at_peak).text);
}

struct load_words load_words(const struct results *r, uint32_t i) {
  struct load_words w = {0};
  const struct load_figures *l = &r->loads[i];
  say_users(&w, l);
  say_rates(&w, l);
  bool last = i + 1 == r->load_count || strcmp(r->loads[i + 1].source, l->source);
  if (last)
    say(&w, "due in the measured time of this run: %s%s mean, %s%s at most", amount(l->run_mean_per_s).text, counted(l),
        amount(l->run_peak_per_s).text, counted(l));
  return w;
}
