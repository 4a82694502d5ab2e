#include "sim/report/drill_report.h"
#include "sim/report/page/markdown_cell.h"
#include <math.h>

static void put_value(FILE *file, const struct drill_requirement *q, const struct estimate *e) {
  struct estimate plain = {e->value, NAN, NAN, e->n, false};
  fprintf(file, " %s |", q->reason ? "-" : format_value_beside(q->unit, NULL, &plain, q->low, q->high).text);
}

static void put_row(FILE *file, const struct drill_results *r, const struct drill_fault *f, uint32_t i) {
  const struct drill_requirement *q = &r->requirements[i];
  const struct drill_cell *c = &f->cells[i];
  markdown_put(file, "| ", i ? "" : f->name, " | ");
  markdown_put(file, "", q->expression, " |");
  put_value(file, q, &c->before);
  put_value(file, q, &c->worst);
  fprintf(file, " %s |", drill_recovery_words(r, q, c).text);
  put_value(file, q, &c->after);
  fprintf(file, " %s |\n", drill_cell_word(q, c));
}

void report_drill_markdown(FILE *file, const struct answer *a) {
  const struct drill_results *r = a->drill;
  fputs("# Drill: ", file);
  markdown_text(file, r->scenario_title && *r->scenario_title ? r->scenario_title : r->scenario_name);
  fprintf(file, "\n\n**%s.** Each fault once, ", r->interrupted ? "Interrupted" : drill_verdict_words(r).text);
  markdown_put(file, "", drill_when_words(r).text, ";");
  fprintf(file, " %s of each, seed ", format_counted(r->replications, "replication", NULL).text);
  markdown_put(file, "", r->seed_text, ".\n");
  for (uint32_t i = 0; i < r->note_count; i++) markdown_put(file, "\n> Note: ", r->notes[i], "\n");
  for (uint32_t i = 0; i < r->violation_count; i++) markdown_put(file, "\n> Broken invariant: ", r->violations[i], "\n");
  if (r->interrupted) return;
  fputs("\n| fault | requirement | before | worst | holds again after | at the end | verdict |\n| --- | --- | ---: | ---: | --- | "
        "---: | --- |\n",
        file);
  for (uint32_t i = 0; i < r->fault_count; i++)
    for (uint32_t k = 0; k < r->requirement_count; k++) put_row(file, r, &r->faults[i], k);
  fputs("\n## What was lost\n\n", file);
  for (uint32_t i = 0; i < r->fault_count; i++) {
    const struct drill_fault *f = &r->faults[i];
    markdown_put(file, "- ", f->name, " (");
    markdown_put(file, "", drill_what_words(f).text, "): ");
    markdown_put(file, "", drill_fault_words(r, f).text, "");
    for (uint32_t k = 0; k < f->note_count; k++) markdown_put(file, "; ", f->notes[k], "");
    fputc('\n', file);
  }
  if (r->left_out_count) fputs("\n## What was not asked\n\n", file);
  for (uint32_t i = 0; i < r->left_out_count; i++) {
    markdown_put(file, "- ", r->left_out[i].expression, "");
    markdown_put(file, " ", r->left_out[i].reason, "\n");
  }
}
