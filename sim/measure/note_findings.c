/* What the reader of a result should know of it: what is full, what is too short, what is not to be relied on. */
#include "sim/engine/arena.h"
#include "models/availability/carrying.h"
#include "models/dns/dns.h"
#include "models/traffic/offered.h"
#include "models/jobs/job_queue.h"
#include "models/traffic/client.h"
#include "sim/measure/estimate.h"
#include "sim/measure/findings.h"
#include "sim/measure/measure_row.h"
#include <math.h>
#include <string.h>

void findings_note(const struct evidence *ev, struct results *r, const char *text) {
  const char **all = arena_new_array(ev->arena, const char *, r->note_count + 1);
  for (uint32_t i = 0; i < r->note_count; i++) all[i] = r->notes[i];
  all[r->note_count++] = text;
  r->notes = all;
}

/* The highest mean rate of any window, and of the whole, both as offered. */
static double offered_at_peak(const struct evidence *ev) {
  const struct observation *o = &ev->traffic.sum->observation;
  double most = 0;
  for (uint32_t i = 0; i < o->window_count; i++) {
    sim_time from = o->measured_from + i * o->window_length;
    most = fmax(most, model_offered(&ev->model, from, from + o->window_length) / sim_seconds(o->window_length));
  }
  return most;
}

/* The first that is full of what works in the background; the others are full of the same jobs. */
static void note_background(const struct evidence *ev, struct results *r) {
  double offered = model_offered_rate(&ev->model);
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const struct saturation *s = &r->saturation[i];
    if (!s->grows || !(s->saturated || offered > s->saturates_at_per_s)) continue;
    findings_note(ev, r,
                  arena_format(ev->arena,
                               "%s grow: %s is full at %.4g requests/s, the mean load offered is %.4g/s; no request waits for it",
                               s->grows, s->resource, s->saturates_at_per_s, offered));
    return;
  }
}

/* --- many endpoints in one line ----------------------------------------------------------------------------------------------- */

enum { NAMED = 3 };

/* "a", "a and b", "a, b, c and 12 others". */
static const char *listed(const struct evidence *ev, const char *const *names, uint32_t count) {
  uint32_t named = count <= NAMED + 1 ? count : NAMED;
  const char *text = "";
  for (uint32_t i = 0; i < named; i++)
    text = arena_format(ev->arena, "%s%s%s", text, i == 0 ? "" : i + 1 == count ? " and " : ", ", names[i]);
  return count > named ? arena_format(ev->arena, "%s and %u others", text, count - named) : text;
}

/* --- what is full ------------------------------------------------------------------------------------------------------------- */

enum fullness { FULL_FOR_USERS, FULL_IN_THE_MEAN, FULL_AT_THE_PEAK, FULLNESSES, NOT_FULL };

static enum fullness fullness_of(const struct saturation *s, double offered, double peak) {
  if (s->grows || s->blocked) return NOT_FULL;
  if (s->saturated && !(offered > 0)) return FULL_FOR_USERS;
  if (s->saturated || offered > s->saturates_at_per_s) return FULL_IN_THE_MEAN;
  return peak > s->saturates_at_per_s ? FULL_AT_THE_PEAK : NOT_FULL;
}

/* "db threads is full at 200 requests/s, host CPU at 210 requests/s and 3 others": the first to fill up is the one that matters. */
static const char *full_text(const struct evidence *ev, const struct results *r, enum fullness kind, double offered, double peak) {
  const char **texts = arena_new_array(ev->arena, const char *, r->saturation_count + 1);
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const struct saturation *s = &r->saturation[i];
    if (fullness_of(s, offered, peak) == kind)
      texts[count] = arena_format(ev->arena, count ? "%s at %.4g requests/s" : "%s is full at %.4g requests/s", s->resource,
                                  s->saturates_at_per_s),
      count++;
  }
  return count ? listed(ev, texts, count) : NULL;
}

/* One line for all that are full in the same way. */
static void note_saturated(const struct evidence *ev, struct results *r) {
  double offered = model_offered_rate(&ev->model), peak = offered_at_peak(ev);
  const char *full[FULLNESSES];
  for (enum fullness k = FULL_FOR_USERS; k < FULLNESSES; k++) full[k] = full_text(ev, r, k, offered, peak);
  if (full[FULL_FOR_USERS])
    findings_note(ev, r, arena_format(ev->arena, "saturated: %s; the users send no more than is answered", full[FULL_FOR_USERS]));
  if (full[FULL_IN_THE_MEAN])
    findings_note(ev, r,
                  arena_format(ev->arena, "saturated: %s; the mean load offered is %.4g/s", full[FULL_IN_THE_MEAN], offered));
  if (full[FULL_AT_THE_PEAK])
    findings_note(ev, r,
                  arena_format(ev->arena, "saturated at the peak: %s; the busiest part of the run offers %.4g/s",
                               full[FULL_AT_THE_PEAK], peak));
}

/* Intervals cover as often as they say once they are narrow: half-widths up to about 7% (docs/validation.md, coverage). */
static bool is_wide(const struct estimate *e) { return 0.5 * (e->high - e->low) > 0.07 * e->value; }

/* An interval half as wide again would leave the verdict open: only then does its coverage matter to the claim. */
static bool rests_on_width(const struct claim_result *c) {
  const struct estimate *e = &c->estimate;
  double low = e->value - 1.5 * (e->value - e->low), high = e->value + 1.5 * (e->high - e->value);
  bool inside = low >= c->low && high <= c->high, outside = low > c->high || high < c->low;
  return c->kind != CLAIM_INFO && is_wide(e) && !inside && !outside;
}

/* A claim rests on its own interval, which may be of a part of the run. The table of latencies shows all of them. */
static void note_wide(const struct evidence *ev, struct results *r) {
  const char **names = arena_new_array(ev->arena, const char *, r->claim_count + ev->model.endpoints.count + 1);
  uint32_t claims = 0, endpoints = 0;
  for (uint32_t i = 0; i < r->claim_count && ev->claims_from + i < ev->count; i++) {
    const struct measure *m = &ev->entries[ev->claims_from + i].measure;
    if (measure_is_latency(m) && rests_on_width(&r->claims[i])) names[claims++] = r->claims[i].expression;
  }
  for (uint32_t i = 0; i < ev->model.endpoints.count; i++) {
    bool any = false;
    for (uint32_t k = 0; k < ev->claims_from; k++) {
      const struct measure *m = &ev->entries[k].measure;
      any |= measure_is_latency(m) && m->subject == SUBJECT_ENDPOINT && m->index == i && is_wide(&r->metrics[k].estimate);
    }
    if (any) names[claims + endpoints++] = model_endpoint(&ev->model, i)->name;
  }
  const char *why =
      arena_format(ev->arena, "over 7%% of the value each way, and cover%s less often than 95%%; use --reps or a longer run.window",
                   claims == 1 ? "s" : "");
  if (claims)
    findings_note(ev, r,
                  arena_format(ev->arena, "wide: the interval%s of %s %s %s", claims > 1 ? "s" : "", listed(ev, names, claims),
                               claims > 1 ? "are" : "is", why));
  else if (endpoints)
    findings_note(
        ev, r,
        arena_format(ev->arena, "wide: some intervals of the latency of %s are %s", listed(ev, names + claims, endpoints), why));
}

/* What a percentile lacks stands with it (results.h). Requests of which none was answered are worth a line; an endpoint that
 * nothing asked for is not, as in a run that is there for its years of faults. */
static void note_unanswered(const struct evidence *ev, struct results *r) {
  const char **names = arena_new_array(ev->arena, const char *, ev->model.endpoints.count + 1);
  uint32_t count = 0;
  for (uint32_t e = 0; e < ev->model.endpoints.count; e++)
    if (ev->traffic.sum->arrived[e] && !ev->traffic.sum->latency[e].count) names[count++] = model_endpoint(&ev->model, e)->name;
  if (count && !ev->growth.grows)
    findings_note(ev, r, arena_format(ev->arena, "no request of %s was answered", listed(ev, names, count)));
}

static void note_warmup(const struct evidence *ev, struct results *r) {
  if (ev->warmup == WARMUP_IS_MISSING && !ev->growth.grows)
    findings_note(
        ev, r,
        arena_format(ev->arena,
                     "too short: no end of the warm-up was seen within %.3g s from an empty system; give run.warmup, or a longer "
                     "run.window",
                     sim_seconds(ev->looked_at)));
}

static void note_batches(const struct evidence *ev, struct results *r) {
  if (ev->correlated)
    findings_note(
        ev, r,
        "correlated: the batches of the long run still follow each other; intervals are too narrow; use a larger run.budget");
  else if (ev->correlated_shown)
    findings_note(
        ev, r,
        "correlated: the batches of the long run are still correlated in what is only shown, and the run is not prolonged for "
        "that; its intervals are too narrow");
}

static double counted(const struct view *v, uint32_t meter) {
  const struct series *course = &v->observation.meters[meter].course;
  double sum = 0;
  for (uint32_t i = 0; i < course->windows; i++) sum += course->sums[i];
  return sum;
}

/* Work that is done again: by a queue whose jobs outlast its visibility, alone or because they wait for something. */
static void note_redelivered(const struct evidence *ev, struct results *r) {
  const struct view *v = ev->traffic.sum;
  for (uint32_t i = 0; v->observation.meter_count && i < model_queues(&ev->model)->count; i++) {
    const struct queue_config *q = model_queue(&ev->model, i);
    double jobs = counted(v, q->meters[JOBS_PUBLISHED]), again = counted(v, q->meters[JOBS_REDELIVERED]);
    if (q->visibility == SIM_NEVER || !(again > 0.1 * jobs)) continue;
    findings_note(
        ev, r,
        arena_format(ev->arena,
                     "redelivered: %s published %.4g jobs and gave jobs out again %.4g times, because they were not done %.4g s "
                     "after they were taken (\"visibility\"); they run more than once, and take the workers from others",
                     q->name, jobs, again, sim_seconds(q->visibility)));
  }
}

/* What the recovery time of a fault leaves out. */
static void note_stragglers(const struct evidence *ev, struct results *r) {
  const struct dns_config *d = model_dns(&ev->model);
  if (!d->policy || !(d->stragglers.share > 0) || d->check.every == SIM_NEVER || !ev->model.run.years) return;
  findings_note(
      ev, r,
      arena_format(
          ev->arena,
          "rto is the time until all clients but the stragglers of \"dns\" are served again: %.4g%% keep an old address for "
          "%.4g min, which availability and downtime include",
          100 * d->stragglers.share, sim_seconds(d->stragglers.lasts) / 60));
}

/* A share of the time without an exponent: "0.02%", "under 0.0001%". */
static const char *small_share(const struct evidence *ev, double share) {
  return share < 1e-6 ? "under 0.0001%" : arena_format(ev->arena, "%.3g%%", 100 * share);
}

/* Which states of what faults leave were played with requests. */
static void note_carried(const struct evidence *ev, struct results *r) {
  const struct carrying *book = model_part(&ev->model, PART_carrying);
  if (!book || !ev->faults.sum || !(ev->faults.sum->seconds > 0)) return;
  struct carrying_summary sum = carrying_summary(book);
  const struct view *v = ev->faults.sum;
  if (!sum.states && !(v->assumed_s > 0)) return;
  const char *text =
      arena_format(ev->arena,
                   "years of faults: in %u state%s of the platform something may be overloaded, %s of the time; "
                   "what is served then is what %u short traffic runs answer",
                   sum.states, sum.states == 1 ? "" : "s", small_share(ev, (v->strained_s + v->assumed_s) / v->seconds), sum.runs);
  if (v->assumed_s > 0)
    text =
        arena_format(ev->arena,
                     "%s; where there was no run, %s of the time, it is nothing, and after an overload what was served in it, for "
                     "as long again",
                     text, small_share(ev, v->assumed_s / v->seconds));
  if (sum.timed) text = arena_format(ev->arena, "%s; their load is the mean over the measured window", text);
  findings_note(ev, r, text);
}

/* What an import had to put in place of a measurement. */
static void note_placeholders(const struct evidence *ev, struct results *r) {
  static const char mark[] = "assumed: a placeholder";
  const char *names[NAMED + 2];
  uint32_t count = 0;
  for (uint32_t i = 0; i < r->assumption_count; i++) {
    const char *source = r->assumptions[i].source;
    if (!source || strncmp(source, mark, sizeof mark - 1)) continue;
    if (count < NAMED + 1) names[count] = r->assumptions[i].path;
    count++;
  }
  if (count)
    findings_note(ev, r,
                  arena_format(ev->arena, "placeholders: %s %s not measured but assumed, and the answer depends on %s",
                               listed(ev, names, count), count == 1 ? "is" : "are", count == 1 ? "it" : "them"));
}

void findings_notes(const struct evidence *ev, struct results *r) {
  note_placeholders(ev, r);
  if (ev->traffic.sum->overflowed)
    findings_note(
        ev, r,
        arena_format(ev->arena,
                     "stopped: more than %d requests were inside at once, or %d clients about; figures of the traffic are left out",
                     REQUESTS_MOST, CLIENTS_MOST));
  if (ev->growth.grows && !ev->traffic.sum->overflowed) findings_note(ev, r, ev->growth.reason);
  if (ev->growth.too_short) findings_note(ev, r, arena_format(ev->arena, "%s; give a longer run.window", ev->growth.too_short));
  note_saturated(ev, r);
  note_background(ev, r);
  const char *backlog = findings_backlog(ev);
  if (backlog) findings_note(ev, r, backlog);
  findings_kept_data(ev, findings_note, r);
  note_stragglers(ev, r);
  note_carried(ev, r);
  note_redelivered(ev, r);
  note_unanswered(ev, r);
  note_warmup(ev, r);
  note_batches(ev, r);
  note_wide(ev, r);
  findings_bill_notes(ev, findings_note, r);
  findings_bytes_notes(ev, findings_note, r);
  if (ev->traffic.done == 1) findings_note(ev, r, "one replication: no interval can be given");
  if (r->interrupted) findings_note(ev, r, "interrupted: these are the results of the replications that were finished");
}
