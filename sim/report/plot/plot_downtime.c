/* What is not served in a year by cause, one bar a result. */
#include "sim/report/plot/bars.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double lost(const struct result_file *file) {
  return result_number(json_member(file->root, "outages"), "downtime_per_year_s");
}

static void add(struct bar *bar, const char *name, double seconds, int layout) {
  if (!(seconds > 0)) return;
  struct bar_part *part = bars_add(bar, name, seconds, figure_tint(figure_color(layout), bar->count));
  snprintf(part->amount, sizeof part->amount, "%s", format_number(UNIT_SECONDS, NULL, seconds).text);
}

static bool fill(struct bar *bar, const struct result_file *file, int layout) {
  const struct json_value *outages = json_member(file->root, "outages");
  if (isnan(lost(file))) return false;
  snprintf(bar->name, sizeof bar->name, "%s", file->name);
  snprintf(bar->total, sizeof bar->total, "%s", format_number(UNIT_SECONDS, NULL, lost(file)).text);
  for (const struct json_value *c = json_first(json_member(outages, "classes")); c; c = json_next(c))
    add(bar, result_text(c, "fault"), result_number(c, "downtime_per_year_s"), layout);
  add(bar, "no fault", result_number(outages, "without_fault_per_year_s"), layout);
  return true;
}

static void say(char *text, size_t size, const struct result_file *files, uint32_t count) {
  const struct result_file *least = files;
  for (uint32_t i = 1; i < count; i++)
    if (lost(&files[i]) < lost(least)) least = &files[i];
  struct shown time = format_number(UNIT_SECONDS, NULL, lost(least));
  if (count == 1)
    snprintf(text, size, "%s loses %s a year", least->name, time.text);
  else
    snprintf(text, size, "%s loses least: %s a year", least->name, time.text);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind;
  struct bar *bars = allocate_zeroed(BARS_MAX, sizeof *bars);
  double longest = 0;
  char text[400];
  struct figure f;
  for (uint32_t i = 0; i < count; i++) {
    if (!fill(&bars[i], &files[i], (int)i))
      return free(bars),
             plot_nothing(error, &files[i], "no years of faults to draw: write run.years and \"faults\" into the scenario");
    longest = fmax(longest, lost(&files[i]));
  }
  if (!(longest > 0)) return free(bars), plot_nothing(error, files, "no downtime to draw: none was seen in these run.years");
  say(text, sizeof text, files, count);
  figure_open(&f, options, 1000, bars_height(bars, (int)count));
  figure_title(&f, options->title ? options->title : text,
               "time a year that is not served by fault, weighted by the share of requests");
  bars_put(&f, bars, (int)count, longest);
  free(bars);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_downtime = {
    .name = "downtime", .doc = "What is not served in a year by fault, one bar a result.", .least = 1, .most = 8, .draw = draw};
