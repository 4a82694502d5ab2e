/* The machine and document formats of `aguanta capacity`. */
#include "sim/engine/arena.h"
#include "sim/report/capacity_report.h"
#include "sim/report/export/csv_cell.h"
#include "sim/report/format.h"
#include "sim/report/page/markdown_cell.h"
#include "sim/json/json.h"
#include <math.h>
#include <string.h>

const struct capacity_format capacity_formats[] = {
    {"json", report_capacity_json}, {"csv", report_capacity_csv}, {"md", report_capacity_markdown}, {0}};

static const char *const kinds[] = {
    [CAPACITY_LARGEST] = "largest",       [CAPACITY_SMALLEST] = "smallest", [CAPACITY_STRETCH] = "stretch",
    [CAPACITY_EVERYWHERE] = "everywhere", [CAPACITY_NOWHERE] = "nowhere",   [CAPACITY_UNTOLD] = "untold"};
static const char *const courses[] = {[COURSE_BREAKS] = "breaks",
                                      [COURSE_BEGINS] = "begins",
                                      [COURSE_HOLDS] = "holds",
                                      [COURSE_NEVER] = "never",
                                      [COURSE_UNTOLD] = "untold"};

/* --- JSON ---------------------------------------------------------------------------------------------------------------------- */

struct out {
  FILE *file;
  struct arena *arena;
};

/* What stands before a key: a comma with a space, or a line of its own with a depth. */
static void text(const struct out *o, const char *before, const char *key, const char *value) {
  fprintf(o->file, "%s\"%s\": %s", before, key, value ? json_quote(o->arena, value) : "null");
}

static void number(const struct out *o, const char *before, const char *key, double value) {
  fprintf(o->file, "%s\"%s\": %s", before, key, json_print_number(o->arena, value));
}

static void flag(const struct out *o, const char *before, const char *key, bool value) {
  fprintf(o->file, "%s\"%s\": %s", before, key, value ? "true" : "false");
}

static void pair(const struct out *o, const char *before, const char *key, double low, double high) {
  fprintf(o->file, "%s\"%s\": [%s, %s]", before, key, json_print_number(o->arena, low), json_print_number(o->arena, high));
}

static void estimate(const struct out *o, const char *before, const struct estimate *e) {
  number(o, before, "value", e->value);
  pair(o, ", ", "ci95", e->exact ? e->value : e->low, e->exact ? e->value : e->high);
  number(o, ", ", "n", (double)e->n);
}

static void root(const struct out *o, const char *before, const char *key, const struct capacity_root *r) {
  fprintf(o->file, "%s\"%s\": {", before, key);
  number(o, "", "value", r->value);
  pair(o, ", ", "ci95", r->low, r->high);
  number(o, ", ", "holds_at", r->holds), number(o, ", ", "fails_at", r->fails);
  flag(o, ", ", "resolved", r->resolved);
  fputc('}', o->file);
}

static void write_bounds(const struct out *o, const struct capacity_result *r) {
  fputs(",\n  \"claims\": [", o->file);
  for (uint32_t i = 0; i < r->limit_count; i++) {
    const struct capacity_limit *l = &r->limits[i];
    const struct capacity_bound *b = &r->bounds[l->bound];
    number(o, i ? "},\n    {" : "\n    {", "bound", l->bound);
    text(o, ", ", "id", b->id), text(o, ", ", "expr", b->expression);
    text(o, ", ", "unit", format_unit_word(b->unit, r->currency));
    pair(o, ", ", "limit", b->low, b->high);
    text(o, ", ", "course", courses[l->course]);
    root(o, ", ", "capacity", &l->root);
    text(o, ", ", "fullest", l->fullest), number(o, ", ", "busy", l->busy);
  }
  fputs(r->limit_count ? "}\n  ]" : "]", o->file);
}

static void write_level(const struct out *o, const struct capacity_result *r, const struct capacity_level *l) {
  number(o, "\n    {", "value", l->value), text(o, ", ", "text", l->text);
  number(o, ", ", "replications", l->replications);
  flag(o, ", ", "scanned", l->scanned), flag(o, ", ", "from_empty", l->from_empty);
  text(o, ", ", "growth", l->growth.word), text(o, ", ", "growth_reason", l->growth.text);
  number(o, ", ", "load", l->load > 0 ? l->load : NAN), number(o, ", ", "power", l->power);
  fputs(",\n     \"throughput\": {", o->file), estimate(o, "", &l->throughput);
  fputs("},\n     \"latency\": {", o->file), estimate(o, "", &l->latency);
  fputs("},\n     \"claims\": [", o->file);
  for (uint32_t i = 0; i < r->bound_count; i++) {
    number(o, i ? "},\n       {" : "\n       {", "bound", i);
    text(o, ", ", "verdict", format_verdict_word(l->verdicts[i].verdict));
    estimate(o, ", ", &l->verdicts[i].estimate);
    text(o, ", ", "reason", l->verdicts[i].reason);
  }
  fputs("}],\n     \"resources\": [", o->file);
  for (uint32_t i = 0; i < l->resource_count; i++) {
    text(o, i ? "}, {" : "{", "resource", l->resources[i].resource);
    number(o, ", ", "busy", l->resources[i].utilization.value);
  }
  fputs(l->resource_count ? "}]}" : "]}", o->file);
}

static void write_levels(const struct out *o, const struct capacity_result *r) {
  fputs(",\n  \"levels\": [", o->file);
  for (uint32_t i = 0; i < r->level_count; i++) fputs(i ? "," : "", o->file), write_level(o, r, &r->levels[i]);
  fputs("\n  ]", o->file);
  number(o, ",\n  ", "stands_at", r->stands_at), flag(o, ",\n  ", "stands_holds", r->stands_holds);
  fputs(",\n  \"resources\": [", o->file);
  for (uint32_t i = 0; i < r->resource_count; i++) {
    text(o, i ? "},\n    {" : "\n    {", "resource", r->resources[i].resource);
    number(o, ", ", "full_at", r->resources[i].full_at), number(o, ", ", "busy", r->resources[i].busy),
        text(o, ", ", "reason", r->resources[i].reason), text(o, ", ", "grows", r->resources[i].grows);
  }
  fputs(r->resource_count ? "}\n  ]" : "]", o->file);
}

static void write_texts(const struct out *o, const char *key, const char **texts, uint32_t count) {
  fprintf(o->file, ",\n  \"%s\": [", key);
  for (uint32_t i = 0; i < count; i++) fprintf(o->file, "%s%s", i ? ", " : "", json_quote(o->arena, texts[i]));
  fputc(']', o->file);
}

static void write_head(const struct out *o, const struct capacity_result *r) {
  fputs("{\n  \"aguanta_capacity\": 1", o->file);
  text(o, ",\n  \"scenario\": {", "name", r->scenario_name), text(o, ", ", "title", r->scenario_title);
  text(o, ", ", "file", r->scenario_file);
  fprintf(o->file, ", \"hash\": \"%016llx\"}", (unsigned long long)r->scenario_hash);
  text(o, ",\n  ", "engine", r->engine), text(o, ",\n  ", "seed", r->seed_text);
  text(o, ",\n  ", "path", r->path), text(o, ",\n  ", "unit", r->unit);
  text(o, ",\n  \"range\": {", "low", r->low_text), text(o, ", ", "high", r->high_text), flag(o, ", ", "whole", r->whole);
  number(o, "},\n  ", "precision", r->precision);
  text(o, ",\n  ", "kind", kinds[r->kind]), flag(o, ",\n  ", "resolved", r->resolved);
  flag(o, ",\n  ", "interrupted", r->interrupted);
  text(o, ",\n  ", "answer", capacity_sentence(r).text), text(o, ",\n  ", "reason", r->reason);
  root(o, ",\n  ", "most", &r->most), root(o, ",\n  ", "least", &r->least);
  number(o, ",\n  ", "looks", r->looks), number(o, ",\n  ", "requests", (double)r->requests);
  number(o, ",\n  ", "knee", r->knee >= 0 ? r->levels[r->knee].value : NAN);
}

void report_capacity_json(FILE *file, const struct capacity_result *r) {
  struct out o = {file, arena_new()};
  write_head(&o, r);
  write_bounds(&o, r);
  write_levels(&o, r);
  write_texts(&o, "notes", r->notes, r->note_count);
  write_texts(&o, "violations", r->violations, r->violation_count);
  fputs("\n}\n", file);
  arena_free(o.arena);
}

/* --- CSV ----------------------------------------------------------------------------------------------------------------------- */

static void write_row(FILE *file, const struct capacity_result *r, const struct capacity_level *l, uint32_t bound) {
  const struct capacity_bound *b = &r->bounds[bound];
  const struct estimate *e = &l->verdicts[bound].estimate;
  csv_cell(file, r->scenario_name), fputc(',', file);
  csv_cell(file, r->path), fputc(',', file);
  csv_cell(file, l->text), fputc(',', file);
  csv_number(file, l->value);
  fprintf(file, ",%u,%s,", l->replications, l->scanned ? "scan" : "look");
  csv_cell(file, capacity_bound_text(r, bound).text), fputc(',', file);
  csv_cell(file, b->id), fputc(',', file);
  csv_number(file, e->value), fputc(',', file);
  csv_cell(file, format_unit_word(b->unit, r->currency)), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->low), fputc(',', file);
  csv_number(file, e->exact ? e->value : e->high);
  fprintf(file, ",%llu,%s\r\n", (unsigned long long)e->n, format_verdict_word(l->verdicts[bound].verdict));
}

void report_capacity_csv(FILE *file, const struct capacity_result *r) {
  fputs("scenario,path,set,level,replications,run,claim,id,value,unit,ci_low,ci_high,n,verdict\r\n", file);
  for (uint32_t i = 0; i < r->level_count; i++)
    for (uint32_t k = 0; k < r->bound_count; k++) write_row(file, r, &r->levels[i], k);
}

/* --- Markdown -------------------------------------------------------------------------------------------------------------------- */

static void put_limit(FILE *file, const struct capacity_result *r, const struct capacity_limit *l) {
  fputs("| ", file), markdown_text(file, capacity_bound_text(r, l->bound).text);
  fprintf(file, " | %s %s | ", courses[l->course], isnan(l->root.holds) ? "" : capacity_limit_text(r, l).text);
  if (l->fullest) markdown_text(file, l->fullest), fprintf(file, ", %s busy", format_percent(l->busy).text);
  fputs(" |\n", file);
}

void report_capacity_markdown(FILE *file, const struct capacity_result *r) {
  fputs("# Capacity: ", file);
  markdown_text(file, r->scenario_title && *r->scenario_title ? r->scenario_title : r->scenario_name);
  fputs("\n\n**Capacity: ", file), markdown_text(file, capacity_sentence(r).text);
  fputs(".**\n\n", file), markdown_code(file, r->path);
  fputs(" from ", file), markdown_text(file, capacity_end_text(r, r->low_text).text), fputs(" to ", file),
      markdown_text(file, capacity_end_text(r, r->high_text).text);
  fprintf(file, ", %u values, %s requests, seed ", r->level_count, format_count(r->requests).text);
  markdown_text(file, r->seed_text), fputs(". Each interval covers with 95% confidence.\n", file);
  for (uint32_t i = 0; i < r->note_count; i++) fputs("\n> Note: ", file), markdown_text(file, r->notes[i]), fputc('\n', file);
  for (uint32_t i = 0; i < r->violation_count; i++)
    fputs("\n> Broken invariant: ", file), markdown_text(file, r->violations[i]), fputc('\n', file);
  fputs("\n## What breaks\n\n| requirement | where | fullest there |\n| --- | --- | --- |\n", file);
  for (uint32_t i = 0; i < r->limit_count; i++) put_limit(file, r, &r->limits[i]);
  fputs("\n## What fills up\n\nResources: ", file), markdown_text(file, capacity_stands_text(r).text);
  fputs(".\n\n| resource | busy | full at |\n| --- | ---: | ---: |\n", file);
  for (uint32_t i = 0; i < r->resource_count; i++) {
    fputs("| ", file), markdown_text(file, r->resources[i].resource);
    fprintf(file, " | %s | ", format_percent(r->resources[i].busy).text);
    markdown_text(file, r->resources[i].reason ? r->resources[i].reason : capacity_value_text(r, r->resources[i].full_at).text);
    fputs(" |\n", file);
  }
  if (r->knee < 0) return;
  const struct capacity_level *l = &r->levels[r->knee];
  fprintf(file, "\nThe knee, where throughput over mean latency is greatest, is at %s: a mean latency of %s.\n",
          capacity_value_text(r, l->value).text, format_estimate(UNIT_SECONDS, NULL, &l->latency).text);
}
