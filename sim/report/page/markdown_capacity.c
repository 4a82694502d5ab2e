#include "sim/report/capacity_report.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"

static void put_limit(FILE *file, const struct capacity_result *r, const struct capacity_limit *l) {
  markdown_put(file, "| ", capacity_bound_text(r, l->bound).text, "");
  fprintf(file, " | %s %s | ", capacity_course_word(l->course), isnan(l->root.holds) ? "" : capacity_limit_text(r, l).text);
  if (l->fullest) markdown_text(file, l->fullest), fprintf(file, ", %s busy", format_percent(l->busy).text);
  fputs(" |\n", file);
}

void report_capacity_markdown(FILE *file, const struct answer *a) {
  const struct capacity_result *r = a->capacity;
  fputs("# Capacity: ", file);
  markdown_text(file, r->scenario_title && *r->scenario_title ? r->scenario_title : r->scenario_name);
  markdown_put(file, "\n\n**Capacity: ", capacity_sentence(r).text, "");
  markdown_put_code(file, ".**\n\n", r->path, "");
  markdown_put(file, " from ", capacity_end_text(r, r->low_text).text, "");
  markdown_put(file, " to ", capacity_end_text(r, r->high_text).text, "");
  fprintf(file, ", %u values, %s requests, seed ", r->level_count, format_count(r->requests).text);
  markdown_put(file, "", r->seed_text, ". Each interval covers with 95% confidence.\n");
  for (uint32_t i = 0; i < r->note_count; i++) markdown_put(file, "\n> Note: ", r->notes[i], "\n");
  for (uint32_t i = 0; i < r->violation_count; i++) markdown_put(file, "\n> Broken invariant: ", r->violations[i], "\n");
  fputs("\n## What breaks\n\n| requirement | where | fullest there |\n| --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < r->limit_count; i++) put_limit(file, r, &r->limits[i]);
  markdown_put(file, "\n## What fills up\n\nResources: ", capacity_stands_text(r).text, "");
  fputs(".\n\n| resource | busy | full at |\n| --- | ---: | ---: |\n", file);
  for (uint32_t i = 0; i < r->resource_count; i++) {
    markdown_put(file, "| ", r->resources[i].resource, "");
    fprintf(file, " | %s | ", format_percent(r->resources[i].busy).text);
    markdown_text(file, r->resources[i].reason ? r->resources[i].reason : capacity_value_text(r, r->resources[i].full_at).text);
    fputs(" |\n", file);
  }
  if (r->knee < 0) return;
  const struct capacity_level *l = &r->levels[r->knee];
  fprintf(file, "\nThe knee, where throughput over mean latency is greatest, is at %s: a mean latency of %s.\n",
          capacity_value_text(r, l->value).text, format_estimate(UNIT_SECONDS, NULL, &l->latency).text);
}
