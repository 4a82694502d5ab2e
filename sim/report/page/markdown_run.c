#include "sim/report/uptime_words.h"
#include "sim/report/check_report.h"
#include "sim/report/format.h"
#include "sim/report/load_words.h"
#include "sim/report/page/markdown_cell.h"
#include "sim/report/missing_words.h"
#include "sim/report/run_report.h"
#include "sim/report/saturation_words.h"
#include "sim/report/verdicts.h"
#include <string.h>

static void put_cell(FILE *file, const char *text) { markdown_put(file, " | ", text, ""); }

static void write_head(FILE *file, const struct results *r) {
  fputs("# ", file);
  markdown_text(file, r->scenario_title && *r->scenario_title ? r->scenario_title : r->scenario_name);
  fprintf(file, "\n\n**Verdict: %s.** ", verdicts_line(r).text);
  struct verdict_line statements = verdicts_statements(r);
  if (*statements.text) fprintf(file, "Statements of documents: %s. ", statements.text);
  fprintf(file, "%s in %s of %s, seed ", format_counted(r->requests, "request", NULL).text,
          format_counted(r->replications, "replication", NULL).text, format_number(UNIT_SECONDS, NULL, r->window_s).text);
  markdown_text(file, r->seed_text);
  fputs(". Values with their 95% intervals.\n", file);
  if (r->interrupted) fputs("\n> Interrupted: partial results.\n", file);
  for (uint32_t i = 0; i < r->violation_count; i++) markdown_put(file, "\n> Broken invariant: ", r->violations[i], "\n");
  for (uint32_t i = 0; i < r->note_count; i++) markdown_put(file, "\n> Note: ", r->notes[i], "\n");
}

static void write_claim(FILE *file, const struct results *r, const struct claim_result *c) {
  fputs("| ", file);
  if (c->kind != CLAIM_INFO) fprintf(file, "%s | ", verdict_claim_word(c));
  markdown_code(file, c->expression);
  fprintf(file, " | %s", format_claim(c, r->bill.currency).text);
  if (c->judged) markdown_put(file, " (", c->judged, ")");
  if (c->reason) markdown_put(file, " (", c->reason, ")");
  put_cell(file, verdict_claim_tag(c).text);
  fputs(" |\n", file);
}

static void write_claims(FILE *file, const struct results *r) {
  static const struct {
    enum claim_kind kind;
    const char *head;
  } tables[] = {
      {CLAIM_REQUIREMENT, "Requirements\n\nOurs to keep.\n\n| verdict | requirement | value | source |\n| --- | --- | --- | --- |"},
      {CLAIM_STATEMENT, "Statements\n\nOf documents, under audit: better than stated is not a failure of the system.\n\n"
                        "| verdict | statement | value | source |\n| --- | --- | --- | --- |"},
      {CLAIM_INFO, "Info\n\nShown, not judged.\n\n| measure | value | source |\n| --- | --- | --- |"}};
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    uint32_t at = 0;
    const struct claim_result *c = verdict_next(r, tables[i].kind, &at);
    if (c) fprintf(file, "\n## %s\n", tables[i].head);
    const char *leaves_out = NULL;
    for (; c; c = verdict_next(r, tables[i].kind, &at)) {
      write_claim(file, r, c);
      if (c->leaves_out) leaves_out = c->leaves_out;
    }
    if (leaves_out) markdown_put(file, "\nAvailability, downtime, RTO and RPO leave out: ", leaves_out, ".\n");
  }
}

static void write_load(FILE *file, const struct results *r) {
  if (r->load_count == 0) return;
  fputs("\n## Load\n\nFrom users to requests.\n\n", file);
  for (uint32_t i = 0; i < r->load_count; i++) {
    struct load_words words = load_words(r, i);
    for (uint32_t k = 0; k < words.count; k++) {
      markdown_put(file, "- ", r->loads[i].source, "");
      markdown_put(file, ": ", words.lines[k], "\n");
    }
  }
}

static void write_missing(void *file, const char *line) { markdown_put(file, "\n\\-: ", line, "\n"); }

static void write_latency(FILE *file, const struct results *r) {
  if (r->endpoint_count == 0 || r->requests == 0) return;
  fputs("\n## Latency\n\n| endpoint | mean | p50 | p90 | p95 | p99 | p99.9 | unanswered |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        file);
  for (uint32_t i = 0; i < r->latency_count; i++) {
    const struct latency_row *row = &r->latencies[i];
    markdown_put(file, "| ", row->name, "");
    for (size_t a = 0; a < LATENCY_COLUMNS; a++) {
      const struct metric *m = latency_metric(r, row, latency_columns[a]);
      fprintf(file, " | %s", m ? format_estimate(m->unit, NULL, &m->estimate).text : "-");
    }
    const struct metric *inside = results_metric(r, row->endpoint, "unanswered", row->region);
    fprintf(file, " | %s |\n", inside ? format_estimate(inside->unit, NULL, &inside->estimate).text : "-");
  }
  missing_words(r, write_missing, file);
}

/* Each once, though it is of several resources. */
static void write_remarks(FILE *file, const struct results *r) {
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const char *remark = r->saturation[i].remark;
    bool before = false;
    for (uint32_t k = 0; k < i && remark; k++) before |= r->saturation[k].remark && !strcmp(r->saturation[k].remark, remark);
    if (remark && !before) markdown_put(file, "\n", remark, "\n");
  }
}

static void write_capacity(FILE *file, const struct results *r) {
  if (r->saturation_count == 0) return;
  fputs("\n## What fills up first\n\n| resource | busy, mean | full at | |\n| --- | ---: | ---: | --- |\n", file);
  for (uint32_t i = 0; i < r->saturation_count; i++) {
    const struct saturation *s = &r->saturation[i];
    markdown_put(file, "| ", s->resource, "");
    fprintf(file, " | %s | %s | %s |\n", format_estimate(UNIT_RATIO, NULL, &s->utilization).text,
            format_number(UNIT_PER_SECOND, NULL, s->saturates_at_per_s).text, saturation_word(r, i));
  }
  write_remarks(file, r);
}

static void write_spread(FILE *file, const char *name, const char *period, const struct downtime_spread *s) {
  fprintf(file, "| %s a %s | %s | %s | %s | %s |\n", name, period, format_estimate(UNIT_SECONDS, NULL, &s->mean).text,
          format_number(UNIT_SECONDS, NULL, s->p50).text, format_number(UNIT_SECONDS, NULL, s->p95.value).text,
          format_number(UNIT_SECONDS, NULL, s->worst).text);
}

static void write_line(void *context, const char *word, const char *text) {
  const struct uptime_writer *writer = context;
  fprintf(writer->file, "- %s: ", word);
  markdown_put(writer->file, "", text, "\n");
}

static void write_uptime(FILE *file, const struct availability_result *a) {
  fputs("\n| not served | mean | median | p95 | worst |\n| --- | ---: | ---: | ---: | ---: |\n", file);
  for (uint32_t i = 0; i < a->part_count; i++) write_spread(file, a->parts[i].name, "year", &a->parts[i].year);
  for (uint32_t i = 0; i < a->part_count; i++) write_spread(file, a->parts[i].name, "month", &a->parts[i].month);
  fputc('\n', file);
  struct uptime_writer writer = {file, 0, write_line};
  uptime_words(a, &writer);
}

static void write_phases(FILE *file, const struct availability_result *a) {
  for (uint32_t i = 0; i < a->class_count; i++) {
    const struct outage_class *o = &a->classes[i];
    if (!o->phase_count) continue;
    markdown_put(file, "\nRTO of ", o->fault, ":");
    for (uint32_t k = 0, shown = 0; k < o->phase_count; k++)
      if (o->phase_mean_s[k] > 0)
        fprintf(file, "%s %s %s", shown++ ? "," : "", uptime_phase_word(o->phases[k]),
                format_number(UNIT_SECONDS, NULL, o->phase_mean_s[k]).text);
    fputs(".\n", file);
  }
}

static void write_availability(FILE *file, const struct results *r) {
  const struct availability_result *a = &r->availability;
  if (!a->present) return;
  fprintf(file, "\n## Availability\n\n%s of all requests are served; %s a year are not.\n",
          format_estimate(UNIT_RATIO, NULL, &a->availability).text, format_number(UNIT_SECONDS, NULL, a->downtime_per_year_s).text);
  if (a->leaves_out) markdown_put(file, "\nLeaves out: ", a->leaves_out, ".\n");
  write_uptime(file, a);
  if (a->class_count)
    fputs("\n| fault | a year | RTO mean | p95 | lost a year | share |\n| --- | ---: | ---: | ---: | ---: | ---: |\n", file);
  for (uint32_t i = 0; i < a->class_count; i++) {
    const struct outage_class *o = &a->classes[i];
    markdown_put(file, "| ", o->fault, "");
    fprintf(file, " | %s | %s | %s | %s | %s%s |\n", format_number(UNIT_NONE, NULL, o->faults_per_year).text,
            format_estimate(UNIT_SECONDS, NULL, &o->rto_mean).text, format_number(UNIT_SECONDS, NULL, o->rto_p95).text,
            format_number(UNIT_SECONDS, NULL, o->downtime_per_year_s).text,
            isnan(o->downtime_share) ? "-" : format_percent(o->downtime_share).text, o->planned ? ", planned" : "");
  }
  write_phases(file, a);
}

static void write_bill(FILE *file, const struct results *r) {
  if (r->bill.count == 0) return;
  fprintf(file, "\n## Cost\n\n| item | %s a month |\n| --- | ---: |\n", r->bill.currency ? r->bill.currency : "");
  for (uint32_t i = 0; i < r->bill.count; i++) {
    markdown_put(file, "| ", r->bill.lines[i].item, "");
    fprintf(file, " | %s |\n", format_money(r->bill.lines[i].monthly).text);
  }
  const struct bill *b = &r->bill;
  fprintf(file, "| **total** | **%s** |\n", isnan(b->monthly) ? "unknown" : format_money(b->monthly).text);
  if (b->high - b->low > 1e-9 * b->high)
    fprintf(file, "| all prices at their low ends | %s |\n| all prices at their high ends | %s |\n", format_money(b->low).text,
            format_money(b->high).text);
  if (!b->income_count) return;
  fprintf(file, "| revenue | %s |\n| profit | %s |\n", format_money(b->revenue).text, format_money(b->revenue - b->monthly).text);
}

static void write_assumptions(FILE *file, const struct results *r) {
  if (r->assumption_count == 0) return;
  fputs("\n## Assumptions\n\n| value | set to | source |\n| --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < r->assumption_count; i++) {
    markdown_put_code(file, "| ", r->assumptions[i].path, "");
    put_cell(file, r->assumptions[i].value ? r->assumptions[i].value : "(all of it)");
    put_cell(file, r->assumptions[i].source ? r->assumptions[i].source : "");
    fputs(" |\n", file);
  }
}

void report_markdown_write(FILE *file, const struct results *r) {
  write_head(file, r);
  write_claims(file, r);
  write_load(file, r);
  write_latency(file, r);
  write_capacity(file, r);
  write_availability(file, r);
  write_bill(file, r);
  write_assumptions(file, r);
}

void report_check_markdown(FILE *file, const struct answer *a) {
  bool first = true;
  for (uint32_t i = 0; i < a->check->count; i++) {
    if (!a->check->rows[i].results) continue;
    if (!first) fputc('\n', file);
    report_markdown_write(file, a->check->rows[i].results);
    first = false;
  }
}
