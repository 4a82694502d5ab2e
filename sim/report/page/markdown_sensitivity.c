#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"
#include "sim/report/sensitivity_report.h"
#include <math.h>
#include <stdlib.h>

static void put_table(FILE *file, const struct sensitivity_results *r, const struct sensitivity_target *t) {
  markdown_put_code(file, "\n## ", t->expression, "");
  fprintf(
      file,
      "\n\nNow %s%s%s.\n\n| input | low | high | at low | at high | swing | |\n| --- | --- | --- | ---: | ---: | ---: | --- |\n",
      format_estimate_beside(t->unit, r->currency, &t->base.estimate, t->limit_low, t->limit_high).text, t->judged ? ": " : "",
      t->judged ? format_verdict_word(t->base.verdict) : "");
  for (uint32_t i = 0; i < r->input_count; i++) {
    const struct sensitivity_effect *e = &t->effects[i];
    const struct sensitivity_input *in = &r->inputs[e->input];
    struct estimate swing = {e->swing, e->swing_low, e->swing_high, 0, e->swing_low == e->swing_high};
    markdown_put_code(file, "| ", in->path, "");
    markdown_put_code(file, " | ", in->low, "");
    markdown_put_code(file, " | ", in->high, "");
    fprintf(file, " | %s | %s | %s | %s |\n", report_sensitivity_point(r, t, &e->low).text,
            report_sensitivity_point(r, t, &e->high).text,
            isinf(e->swing) ? "without end" : format_estimate(t->unit, r->currency, &swing).text,
            e->flips   ? "decides the claim"
            : e->shown ? ""
                       : "no effect shown");
  }
}

void report_sensitivity_markdown(FILE *file, const struct answer *a) {
  const struct sensitivity_results *r = a->sensitivity;
  char *first = report_sensitivity_first(r);
  markdown_put(file, "# What moves the answer: ", r->scenario_name, "\n\n");
  markdown_code(file, first);
  fprintf(file, "\n\n%s, one at a time; %s of %s with the same customers, seed ",
          format_counted(r->input_count, "input", NULL).text, format_counted(r->runs, "run", NULL).text,
          format_counted(r->replications, "replication", NULL).text);
  markdown_text(file, r->seed_text);
  fputs(". Intervals of a measure hold together at 95%. One at a time sees no interactions.\n", file);
  for (uint32_t i = 0; i < r->target_count; i++) put_table(file, r, &r->targets[i]);
  free(first);
}
