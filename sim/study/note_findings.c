/* What the reader of a result should know of it: what is full, what is too short, what nobody should rely on. */
#include "sim/engine/arena.h"
#include "sim/study/study_inner.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Requests of open sources in a quarter of the measured time, expected. */
static double offered_in_quarter(const struct model *m, int quarter) {
  sim_time from = m->run.warmup + m->run.window / 4 * quarter;
  return model_offered(m, from, from + m->run.window / 4);
}

static double inside_in_quarter(const struct observation *o, int quarter) {
  double sum = 0;
  for (uint32_t i = o->window_count * (uint32_t)quarter / 4; i < o->window_count * (uint32_t)(quarter + 1) / 4; i++)
    sum += o->inside_over_time.sums[i];
  return sum;
}

/* A client who tries again without end waits for ever too, however short each attempt. */
static bool for_ever(const struct source_config *s) {
  return !s->impatience.kind && (s->timeout == SIM_NEVER || retry_unbounded(&s->retry));
}

/* Some open source waits for ever, more than one in a hundred of the requests were inside in the last quarter, their
 * number grew by a fifth over the second half, and not because the load did: no mean would ever settle. What is full is a
 * matter of the saturation table; a pool or a queue behind it counts all the same. */
bool findings_unstable(const struct study *l) {
  const struct view *v = l->traffic.sum;
  const struct model *m = &l->model;
  bool waits = false;
  for (uint32_t i = 0; i < m->sources.count; i++)
    waits |= model_source(m, i)->kind != SOURCE_CLOSED && for_ever(model_source(m, i));
  if (v->overflowed) return true;
  if (!waits || v->observation.window_count < 4) return false;
  double backlog = inside_in_quarter(&v->observation, 3) * 1e-9 / (0.25 * v->seconds / (double)v->replications);
  if (backlog < 0.01 * (double)v->arrived[v->endpoint_count]) return false;
  struct measure first = {.aggregate = AGGREGATE_SATURATION, .subject = SUBJECT_ALL, .quantity = QUANTITY_NONE};
  bool overloaded = model_offered_rate(m) >= measure_value(&first, m, v);
  bool load_grew = offered_in_quarter(m, 3) > 1.05 * offered_in_quarter(m, 1);
  return inside_in_quarter(&v->observation, 3) > 1.2 * inside_in_quarter(&v->observation, 1) && (overloaded || !load_grew);
}

static void note(const struct study *l, struct results *r, const char *text) {
  const char **all = arena_new_array(l->arena, const char *, r->note_count + 1);
  for (uint32_t i = 0; i < r->note_count; i++) all[i] = r->notes[i];
  all[r->note_count++] = text;
  r->notes = all;
}

/* The highest mean rate of any window, and of the whole, both as offered. */
static double offered_at_peak(const struct study *l) {
  const struct observation *o = &l->traffic.sum->observation;
  double most = 0;
  for (uint32_t i = 0; i < o->window_count; i++) {
    sim_time from = o->measured_from + i * o->window_length;
    most = fmax(most, model_offered(&l->model, from, from + o->window_length) / sim_seconds(o->window_length));
  }
  return most;
}

static void note_saturated(const struct study *l, struct results *r) {
  double offered = model_offered_rate(&l->model), peak = offered_at_peak(l);
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const struct saturation *s = &r->saturation[i];
    if (s->saturated || offered > s->saturates_at_per_s)
      note(l, r,
           arena_format(l->arena, "saturated: %s is full at %.4g requests/s, the mean load offered is %.4g/s", s->resource,
                        s->saturates_at_per_s, offered));
    else if (peak > s->saturates_at_per_s)
      note(l, r,
           arena_format(l->arena, "saturated at the peak: %s is full at %.4g requests/s, the busiest part of the run offers %.4g/s",
                        s->resource, s->saturates_at_per_s, peak));
  }
}

/* Intervals cover as often as they say once they are narrow: half-widths up to about 7% (METHOD; tests of coverage). */
static void note_wide(const struct study *l, struct results *r) {
  char list[300] = "";
  for (uint32_t i = 0; i < r->metric_count; i++) {
    const struct metric *m = &r->metrics[i];
    double half = 0.5 * (m->estimate.high - m->estimate.low);
    if (l->entries[i].measure.quantity != QUANTITY_LATENCY || l->entries[i].measure.subject != SUBJECT_ENDPOINT ||
        !(half > 0.07 * m->estimate.value))
      continue;
    size_t used = strlen(list);
    if (used < sizeof list - 60) snprintf(list + used, sizeof list - used, "%s%s of %s", used ? ", " : "", m->aggregate, m->name);
  }
  if (*list)
    note(l, r,
         arena_format(l->arena,
                      "wide: the intervals of %s are over 7%% of their value each way and cover less often than 95%%; use --reps "
                      "or a longer run.window",
                      list));
}

static void note_too_short(const struct study *l, struct results *r) {
  for (uint32_t e = 0; e < l->model.endpoints.count; e++) {
    uint64_t n = l->traffic.sum->latency[e].count;
    if (l->unstable || n >= 100000) continue;
    if (!n) { /* more replications of nothing are nothing */
      note(l, r, arena_format(l->arena, "%s: no request was answered", model_endpoint(&l->model, e)->name));
      continue;
    }
    const char *first = n < 200 ? "p50" : n < 1000 ? "p90" : n < 2000 ? "p95" : n < 10000 ? "p99" : "p99.9";
    note(l, r,
         arena_format(l->arena,
                      "too short: %s has %llu answered requests, not enough for its %s (a percentile p needs 100/(1-p)); use "
                      "--reps or a longer run.window",
                      model_endpoint(&l->model, e)->name, (unsigned long long)n, first));
  }
}

static void note_warmup(const struct study *l, struct results *r) {
  if (l->warmup == WARMUP_IS_MISSING && !l->unstable)
    note(l, r,
         arena_format(l->arena,
                      "too short: no end of the warm-up was seen within %.3g s from an empty system; give run.warmup, or a longer "
                      "run.window",
                      sim_seconds(l->looked_at)));
}

static void note_batches(const struct study *l, struct results *r) {
  if (l->correlated)
    note(l, r,
         "correlated: the batches of the long run still follow each other; intervals are too narrow; use a larger run.budget");
}

void findings_notes(struct study *l, struct results *r) {
  if (l->traffic.sum->overflowed)
    note(
        l, r,
        arena_format(l->arena,
                     "stopped: more than %d requests were inside at once, or %d clients about; figures of the traffic are left out",
                     REQUESTS_MOST, CLIENTS_MOST));
  if (l->unstable && !l->traffic.sum->overflowed)
    note(l, r,
         "unstable: more requests arrive than the system can ever serve, and nothing bounds the queue; it grows for as long as the "
         "run lasts, so there is no mean latency to report");
  note_saturated(l, r);
  note_too_short(l, r);
  note_wide(l, r);
  note_warmup(l, r);
  note_batches(l, r);
  if (l->traffic.done < 2) note(l, r, "one replication: no interval can be given");
  if (r->interrupted) note(l, r, "interrupted: these are the results of the replications that were finished");
}
