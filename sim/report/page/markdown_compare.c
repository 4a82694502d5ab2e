#include "sim/report/compare_report.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"

static void write_rows(FILE *file, const struct compare_results *c, uint32_t system) {
  markdown_put(file, "\n## ", compare_file(c, system), "");
  markdown_put(file, " against ", compare_file(c, 0), "");
  fputs("\n\n| | base | this | difference | relative |\n| --- | ---: | ---: | --- | ---: |\n", file);
  for (uint32_t i = 0; i < c->row_count; i++) {
    const struct compare_row *row = &c->rows[i];
    if (row->system != system || row->detail) continue;
    markdown_put_code(file, "| ", compare_name(row).text, "");
    fprintf(file, " | %s | %s | %s", format_value(row->unit, c->currency, &row->base).text,
            format_value(row->unit, c->currency, &row->value).text, compare_words(row, c->currency).text);
    if (row->reason) markdown_put(file, ": ", row->reason, "");
    fprintf(file, " | %s |\n", compare_relative(row).text);
  }
}

static void write_limits(FILE *file, const struct compare_results *c) {
  if (!c->limit_count) return;
  fputs("\n## Limits\n\n| verdict | limit | of | difference |\n| --- | --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < c->limit_count; i++) {
    const struct compare_limit_result *l = &c->limits[i];
    fprintf(file, "| %s | ", format_verdict_word(l->verdict));
    markdown_put_code(file, "", l->text, " | ");
    markdown_put(file, "", compare_file(c, l->row.system), "");
    fprintf(file, " | %s |\n", compare_judged(l, c->currency).text);
  }
}

/* Only a comparison with years of faults has rows of uptime. */
static void write_left_out(FILE *file, const struct compare_results *c) {
  for (uint32_t i = 0; i < c->system_count && c->fault_replications; i++) {
    const char *words = c->systems[i]->availability.leaves_out;
    if (!words) continue;
    markdown_put(file, "\n> ", compare_file(c, i), "");
    markdown_put(file, ": availability, downtime, RTO and RPO leave out: ", words, ".\n");
  }
}

static void write_best(FILE *file, const struct compare_results *c) {
  if (!c->best) return;
  fputs("\n## The best\n\n| file | mean | replications |\n| --- | ---: | ---: |\n", file);
  for (uint32_t i = 0; i < c->system_count; i++) {
    markdown_put(file, "| ", compare_file(c, i), "");
    const struct best_system *s = &c->best->systems[i];
    fprintf(file, "%s | %s", i == c->best->best ? " **best**" : "", format_estimate(c->best->unit, c->currency, &s->mean).text);
    if (s->reason) markdown_put(file, " no candidate: ", s->reason, "");
    fprintf(file, " | %u |\n", s->replications);
  }
}

void report_compare_markdown(FILE *file, const struct answer *a) {
  const struct compare_results *c = a->compare;
  char last[400];
  compare_last_line(c, last, sizeof last);
  markdown_put(file, "# Comparison\n\n**", last, "");
  fprintf(file, "** %s of %s each%s, seed ", format_counted(c->replications, "replication", NULL).text,
          format_number(UNIT_SECONDS, NULL, c->window_s).text, c->other_customers ? "" : " on the same customers");
  markdown_text(file, c->seed_text);
  fputs(". All intervals of differences hold together at 95%; those of limits each.\n", file);
  if (c->other_customers) markdown_put(file, "\n> Other customers: ", c->other_customers, "\n");
  write_limits(file, c);
  for (uint32_t i = 1; i < c->system_count && c->row_count; i++) write_rows(file, c, i);
  write_left_out(file, c);
  write_best(file, c);
}
