#include "sim/report/costs_report.h"
#include "sim/report/page/markdown_cell.h"
#include <math.h>

static void put_requirement(FILE *file, const struct outlook_requirement *q) {
  markdown_put(file, "| ", q->expression, " | ");
  fprintf(file, "%s | %s | ", growth_course_word(q->course), growth_when(&q->when).text);
  markdown_put(file, "", q->fullest ? q->fullest : "", "");
  fprintf(file, "%s%s | ", q->fullest ? " " : "", q->fullest ? format_percent(q->busy).text : "");
  markdown_put(file, "", q->reason ? q->reason : "", " |\n");
}

static void put_trigger(FILE *file, const struct outlook_results *r, const struct outlook_trigger *t) {
  markdown_put(file, "| ", t->condition, " | ");
  fprintf(file, "%s | ", growth_trigger_when(t).text);
  markdown_put(file, "", t->move, " | ");
  markdown_put(file, "", growth_trigger_worth(r, t).text, "");
  markdown_put(file, t->reason ? " " : "", t->reason ? t->reason : "", " |\n");
}

static void put_month(FILE *file, const struct outlook_results *r, const struct outlook_month *m) {
  fprintf(file, "| %s%.0f | %s | %s |", m->replications ? "" : "~", m->month,
          isnan(m->users) ? "-" : format_count((uint64_t)rint(m->users)).text,
          format_number(UNIT_PER_SECOND, NULL, m->peak_per_s).text);
  for (uint32_t i = 0; i < r->requirement_count; i++) {
    if (!growth_shows(&r->requirements[i])) continue;
    struct estimate plain = {m->values[i].estimate.value, NAN, NAN, 1, m->values[i].estimate.exact};
    fprintf(file, " %s %s |", format_value(r->requirements[i].unit, r->currency, &plain).text,
            format_verdict_word(m->values[i].verdict));
  }
  fprintf(file, " %s |\n", isnan(m->cost.value) ? "-" : format_money(m->cost.value).text);
}

void report_growth_markdown(FILE *file, const struct answer *a) {
  const struct outlook_results *r = a->growth;
  fputs("# Growth: ", file);
  markdown_text(file, r->scenario_title && *r->scenario_title ? r->scenario_title : r->scenario_name);
  markdown_put(file, "\n\n**", growth_sentence(r).text, ".**\n");
  for (uint32_t i = 0; i < r->note_count; i++) markdown_put(file, "\n> Note: ", r->notes[i], "\n");
  for (uint32_t i = 0; i < r->violation_count; i++) markdown_put(file, "\n> Broken invariant: ", r->violations[i], "\n");
  if (!r->run_count) return;
  fputs("\n| requirement | | month | fullest | |\n| --- | --- | --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (growth_shows(&r->requirements[i])) put_requirement(file, &r->requirements[i]);
  if (r->trigger_count) fputs("\n| trigger | fires in month | calls for | |\n| --- | --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < r->trigger_count; i++) put_trigger(file, r, &r->triggers[i]);
  fputs("\n| month | users | busiest |", file);
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (growth_shows(&r->requirements[i])) markdown_put(file, " ", r->requirements[i].expression, " |");
  markdown_put(file, " ", r->currency ? r->currency : "cost", " a month |\n| ---: | ---: | ---: |");
  for (uint32_t i = 0; i < r->requirement_count; i++)
    if (growth_shows(&r->requirements[i])) fputs(" --- |", file);
  fputs(" ---: |\n", file);
  for (uint32_t i = 0; i < r->month_count; i++) put_month(file, r, &r->table[i]);
  if (r->stated_count)
    fputs("\n| stated | | users | stated | found | verdict | |\n| --- | --- | ---: | ---: | ---: | --- | --- |\n", file);
  report_stated_markdown(file, r, "");
}
