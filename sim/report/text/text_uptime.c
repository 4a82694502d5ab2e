/* How years and months of uptime differ, how often something is missing, what of the error budget that uses, and what more nines
 * take. */
#include "sim/report/format.h"
#include "sim/report/text/text_table.h"
#include "sim/report/uptime_words.h"
#include <math.h>

static void print_spread(FILE *file, const char *name, const char *period, const struct downtime_spread *s) {
  char label[48];
  snprintf(label, sizeof label, "%s a %s", name, period);
  fputs("  ", file);
  table_left(file, label, 22);
  table_right(file, format_value(UNIT_SECONDS, NULL, &s->mean).text, 9);
  fputc(' ', file);
  table_left(file, format_interval(UNIT_SECONDS, NULL, &s->mean).text, 18);
  table_right(file, format_number(UNIT_SECONDS, NULL, s->p50).text, 9);
  table_right(file, format_number(UNIT_SECONDS, NULL, s->p95.value).text, 10);
  table_right(file, format_number(UNIT_SECONDS, NULL, s->worst).text, 10);
  fputc('\n', file);
}

/* "detection 45 s, start 8.2 s": those that took any. */
static void write_phases(char *line, size_t size, const struct outage_class *o) {
  size_t used = 0;
  snprintf(line, size, "-");
  for (uint32_t i = 0; i < o->phase_count && used < size; i++) {
    if (!(o->phase_mean_s[i] > 0)) continue;
    int more = snprintf(line + used, size - used, "%s%s %s", used ? ", " : "", uptime_phase_word(o->phases[i]),
                        format_number(UNIT_SECONDS, NULL, o->phase_mean_s[i]).text);
    if (more > 0) used += (size_t)more;
  }
}

void text_causes(FILE *file, const struct availability_result *a, int width) {
  char line[400];
  fprintf(file, "\n  %-18s%11s  %s\n", "fault", "of all lost", "what the mean RTO is spent on");
  for (uint32_t i = 0; i < a->class_count; i++) {
    const struct outage_class *o = &a->classes[i];
    write_phases(line, sizeof line, o);
    fputs("  ", file);
    table_left(file, o->fault, 18);
    table_right(file, isnan(o->downtime_share) ? "-" : format_percent(o->downtime_share).text, 11);
    fputs(o->planned ? "  planned: " : "  ", file);
    table_wrapped(file, line, o->planned ? 42 : 33, width);
    fputc('\n', file);
  }
}

static void print_line(void *context, const char *word, const char *text) {
  const struct uptime_writer *writer = context;
  fputs("  ", writer->file);
  table_left(writer->file, word, 22);
  table_wrapped(writer->file, text, 24, writer->width);
  fputc('\n', writer->file);
}

void text_uptime(FILE *file, const struct availability_result *a, const struct report_options *options) {
  fprintf(file, "\n  %-22s%9s%28s%10s%10s\n", "not served", "mean", "median", "p95", "worst");
  for (uint32_t i = 0; i < a->part_count; i++) print_spread(file, a->parts[i].name, "year", &a->parts[i].year);
  for (uint32_t i = 0; i < a->part_count; i++) print_spread(file, a->parts[i].name, "month", &a->parts[i].month);
  struct uptime_writer writer = {file, options->width, print_line};
  uptime_words(a, &writer);
}
