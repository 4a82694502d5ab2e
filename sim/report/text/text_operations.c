#include "sim/engine/allocate.h"
#include "sim/report/format.h"
#include "sim/report/saturation_words.h"
#include "sim/report/text/text_table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what fills up, and when ---- */

enum { RESOURCES = 5 };

static void print_resource(FILE *file, const struct saturation *s, const char *remark) {
  fputs("  ", file);
  table_left(file, s->resource, 30);
  table_right(file, format_value(UNIT_RATIO, NULL, &s->utilization).text, 8);
  fputc(' ', file);
  table_left(file, format_interval(UNIT_RATIO, NULL, &s->utilization).text, 16), fputc(' ', file);
  table_right(file, isinf(s->saturates_at_per_s) ? "never" : format_number(UNIT_PER_SECOND, NULL, s->saturates_at_per_s).text, 11);
  if (*remark) fprintf(file, "  %s", remark);
  fputc('\n', file);
}

/* Once, though it is of several resources. */
static void print_remark(FILE *file, const struct results *r, uint32_t i, int width) {
  const char *remark = r->saturation[i].remark;
  bool before = false;
  for (uint32_t k = 0; k < i && remark; k++) before |= r->saturation[k].remark && !strcmp(r->saturation[k].remark, remark);
  if (!remark || before) return;
  fputs("  ", file), table_wrapped(file, remark, 2, width), fputc('\n', file);
}

/* Each reason with the resources that it is of. */
static void print_unmeasured(FILE *file, const struct results *r, uint32_t count, int width) {
  for (uint32_t i = 0; i < count; i++) {
    const char *reason = r->saturation[i].reason;
    bool before = false;
    for (uint32_t k = 0; k < i && reason; k++) before |= r->saturation[k].reason && !strcmp(r->saturation[k].reason, reason);
    if (!reason || before) continue;
    char *text = NULL;
    size_t length;
    FILE *line = allocate_stream(&text, &length);
    fprintf(line, "%s", r->saturation[i].resource);
    for (uint32_t k = i + 1; k < count; k++)
      if (r->saturation[k].reason && !strcmp(r->saturation[k].reason, reason)) fprintf(line, ", %s", r->saturation[k].resource);
    fprintf(line, ": %s", reason);
    fclose(line);
    fputs("  -: ", file), table_wrapped(file, text, 5, width), fputc('\n', file);
    free(text);
  }
}

void text_capacity(FILE *file, const struct results *r, const struct report_options *options) {
  if (r->saturation_count == 0) return;
  uint32_t count = options->verbose || r->saturation_count < RESOURCES ? r->saturation_count : RESOURCES;
  table_heading(file, "BOTTLENECK", "what fills up first, in requests/s of the whole system at this mix");
  table_left(file, "", 32);
  table_right(file, "busy, mean", 8);
  table_right(file, "full at", 29);
  fputc('\n', file);
  for (uint32_t i = 0; i < count; i++) print_resource(file, &r->saturation[i], saturation_word(r, i));
  print_unmeasured(file, r, count, options->width);
  for (uint32_t i = 0; i < count; i++) print_remark(file, r, i, options->width);
}

/* ---- errors by cause ---- */

/* Requests of an endpoint: the largest number of observations that any of its figures rests on. */
static uint64_t requests_of(const struct results *r, const char *endpoint) {
  char name[160];
  snprintf(name, sizeof name, "%s.latency", endpoint);
  uint64_t most = 0;
  for (uint32_t i = 0; i < r->error_count; i++)
    if (!strcmp(r->errors[i].endpoint, endpoint) && r->errors[i].ratio.n > most) most = r->errors[i].ratio.n;
  for (uint32_t i = 0; i < r->metric_count && most == 0; i++)
    if (!strcmp(r->metrics[i].name, name) && r->metrics[i].estimate.n > most) most = r->metrics[i].estimate.n;
  return most;
}

/* Room for the longest name, and a space. */
static int name_width(const struct results *r) {
  int width = 14;
  for (uint32_t i = 0; i < r->endpoint_count; i++)
    if (format_width(r->endpoints[i]) >= width) width = format_width(r->endpoints[i]) + 1;
  return width;
}

static bool print_causes(FILE *file, const struct results *r, const char *endpoint) {
  bool any = false;
  for (uint32_t i = 0; i < r->error_count; i++) {
    const struct error_cause *e = &r->errors[i];
    if (strcmp(e->endpoint, endpoint) || e->count == 0) continue;
    fputs("  ", file);
    table_left(file, any ? "" : endpoint, name_width(r));
    table_left(file, e->cause, 18);
    table_right(file, format_value(UNIT_RATIO, NULL, &e->ratio).text, 8);
    fputc(' ', file);
    table_left(file, format_interval(UNIT_RATIO, NULL, &e->ratio).text, 18);
    fprintf(file, "%s of %s requests\n", format_count(e->count).text, format_count(e->ratio.n).text);
    any = true;
  }
  return any;
}

/* Nothing seen in n trials excludes a rate above 3/n with 95% confidence (the rule of three). */
static void print_none(FILE *file, const struct results *r, const char *endpoint, uint64_t n) {
  const struct metric *rate = results_metric(r, endpoint, "error_rate", NULL);
  fputs("  ", file);
  table_left(file, endpoint, name_width(r));
  fputs("none seen", file);
  double most = rate && !isnan(rate->estimate.high) ? rate->estimate.high : n > 3 ? 3.0 / (double)n : 1;
  if (n) fprintf(file, " in %s requests: at most %s", format_count(n).text, format_number(UNIT_RATIO, NULL, most).text);
  fputc('\n', file);
}

/* Neither answered nor failed: inside when the measured time was over. */
static void print_unanswered(FILE *file, const struct results *r) {
  const struct metric *m = results_metric(r, "all", "unanswered", NULL);
  if (!m || !(m->estimate.value > 0)) return;
  fputs("  ", file);
  table_left(file, "unanswered", name_width(r));
  fprintf(file, "%s inside at the end of a %s: neither answered nor failed\n", format_estimate(UNIT_COUNT, NULL, &m->estimate).text,
          r->batches ? "batch" : "replication");
}

void text_errors(FILE *file, const struct results *r, const struct report_options *options) {
  (void)options;
  if (r->endpoint_count == 0 || r->requests == 0) return;
  table_heading(file, "ERRORS", "share of the endpoint's requests that ended");
  for (uint32_t i = 0; i < r->endpoint_count; i++)
    if (!print_causes(file, r, r->endpoints[i])) print_none(file, r, r->endpoints[i], requests_of(r, r->endpoints[i]));
  print_unanswered(file, r);
}

/* ---- availability ---- */

static void print_available(FILE *file, const char *name, const struct estimate *e) {
  fputs("  ", file);
  table_left(file, name, 20);
  table_right(file, format_value(UNIT_RATIO, NULL, e).text, 11);
  fputc(' ', file);
  table_left(file, format_interval(UNIT_RATIO, NULL, e).text, 25), fputc(' ', file);
  fprintf(file, "%s a year not served\n", format_number(UNIT_SECONDS, NULL, (1 - e->value) * 365 * 86400).text);
}

static void print_outage(FILE *file, const struct outage_class *o) {
  fputs("  ", file);
  table_left(file, o->fault, 18);
  table_right(file, format_number(UNIT_NONE, NULL, o->faults_per_year).text, 7);
  table_right(file, o->faults ? format_percent((double)o->outages / (double)o->faults).text : "-", 9);
  fputc(' ', file);
  table_right(file, format_value(UNIT_SECONDS, NULL, &o->rto_mean).text, 9);
  fputc(' ', file);
  table_left(file, format_interval(UNIT_SECONDS, NULL, &o->rto_mean).text, 14);
  table_right(file, format_number(UNIT_SECONDS, NULL, o->rto_p50).text, 9);
  table_right(file, format_number(UNIT_SECONDS, NULL, o->rto_p95).text, 9);
  table_right(file, format_number(UNIT_SECONDS, NULL, o->rto_max).text, 9);
  table_right(file, format_number(UNIT_SECONDS, NULL, o->downtime_per_year_s).text, 12);
  fputc('\n', file);
}

static void print_losses(FILE *file, const struct availability_result *a) {
  bool any = false;
  int width = 9;
  for (uint32_t i = 0; i < a->class_count; i++) {
    any |= a->classes[i].primaries > 0;
    if (isinf(a->classes[i].rpo_max)) width = 11; /* "unbounded" */
  }
  if (!any) return;
  fprintf(file, "\n  %-18s%9s%10s %-14s%*s%*s\n", "fault", "primaries", "RPO mean", "", width, "p95", width, "max");
  for (uint32_t i = 0; i < a->class_count; i++) {
    const struct outage_class *o = &a->classes[i];
    if (!o->primaries) continue;
    fputs("  ", file);
    table_left(file, o->fault, 18);
    table_right(file, format_number(UNIT_COUNT, NULL, (double)o->primaries).text, 9);
    fputc(' ', file);
    table_right(file, format_value(UNIT_SECONDS, NULL, &o->rpo_mean).text, 9);
    fputc(' ', file);
    table_left(file, format_interval(UNIT_SECONDS, NULL, &o->rpo_mean).text, 14);
    table_right(file, format_number(UNIT_SECONDS, NULL, o->rpo_p95).text, width);
    table_right(file, format_number(UNIT_SECONDS, NULL, o->rpo_max).text, width);
    fputc('\n', file);
  }
}

static void print_no_outage(FILE *file, const struct outage_class *o, int width) {
  fputs("  -: ", file), table_left(file, o->fault, format_width(o->fault)), fputs(": ", file);
  table_wrapped(file, o->reason, 7 + format_width(o->fault), width), fputc('\n', file);
}

void text_availability(FILE *file, const struct results *r, const struct report_options *options) {
  const struct availability_result *a = &r->availability;
  if (!a->present) return;
  char remark[160];
  snprintf(remark, sizeof remark, "over %s simulated years of faults", format_number(UNIT_COUNT, NULL, a->years).text);
  table_heading(file, "AVAILABILITY", remark);
  print_available(file, "all endpoints", &a->availability);
  for (uint32_t i = 0; i < a->endpoint_count; i++) print_available(file, a->endpoints[i], &a->endpoint_availability[i]);
  if (a->leaves_out) fputs("  leaves out: ", file), table_wrapped(file, a->leaves_out, 14, options->width), fputc('\n', file);
  text_uptime(file, a, options);
  if (a->class_count == 0) return;
  fprintf(file, "\n  %-18s%7s%9s%10s %-14s%9s%9s%9s%12s\n", "fault", "a year", "outages", "RTO mean", "", "p50", "p95", "max",
          "lost a year");
  for (uint32_t i = 0; i < a->class_count; i++) print_outage(file, &a->classes[i]);
  for (uint32_t i = 0; i < a->class_count; i++)
    if (a->classes[i].reason) print_no_outage(file, &a->classes[i], options->width);
  text_causes(file, a, options->width);
  print_losses(file, a);
}

/* ---- what the answer depends on ---- */

void text_assumptions(FILE *file, const struct results *r, const struct report_options *options) {
  if (r->assumption_count == 0) return;
  table_heading(file, "ASSUMPTIONS", options->verbose ? "what this answer depends on" : NULL);
  if (!options->verbose) {
    fprintf(file, "  the answer depends on %s; --verbose lists them\n",
            format_counted(r->assumption_count, "assumed or sourced value", NULL).text);
    return;
  }
  for (uint32_t i = 0; i < r->assumption_count; i++) {
    const struct stated_value *a = &r->assumptions[i];
    fputs("  ", file);
    table_left(file, a->path, 40);
    fputs("  ", file);
    table_left(file, a->value ? a->value : "(all of it)", 26); /* the source of an object */
    fputs("  ", file);
    table_wrapped(file, a->source ? a->source : "no source", 72, options->width);
    fputc('\n', file);
  }
}
