/* What is not served in a year: one bar a result by cause, in the mean; and below it one dot for each year in twenty, so that it is
 * seen how much a bad year differs from a good one. */
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

/* --- twenty years ------------------------------------------------------------------------------------------------------------- */

enum { ROW = 62, DOT = 11, BINS = 52, DOTS_LEFT = 180, DOTS_RIGHT = 190, UNDER = 74 };

static const struct json_value *years_of(const struct result_file *file) {
  return json_member(json_first(json_member(json_member(file->root, "outages"), "downtime")), "year");
}

struct dots {
  const struct result_file *files;
  uint32_t count;
  double low, high; /* of the axis, in seconds; logarithmic where low is not 0 */
};

/* Where good and bad years are far apart the axis is logarithmic; a year without downtime stands at its lower end. */
static bool find_range(struct dots *d) {
  double least = INFINITY;
  bool any = false;
  for (uint32_t i = 0; i < d->count; i++)
    for (const struct json_value *t = json_first(json_member(years_of(&d->files[i]), "twentieths_s")); t; t = json_next(t)) {
      if (json_type(t) != JSON_NUMBER) continue;
      any = true, d->high = fmax(d->high, json_number(t));
      if (json_number(t) > 0) least = fmin(least, json_number(t));
    }
  if (d->high > 20 * least) d->low = least / 2;
  return any && d->high > 0;
}

static double along(const struct dots *d, double seconds) {
  if (d->low <= 0) return seconds / d->high;
  return seconds <= d->low ? 0 : log(seconds / d->low) / log(d->high / d->low);
}

/* Positions in pixels from the lower left corner. */
static void put_at(struct figure *f, double x, double y, const char *align, const char *color, int size, const char *text) {
  char position[80];
  snprintf(position, sizeof position, "screen %.6f,%.6f", x / f->width, y / f->height);
  figure_text(f, position, align, color, size, text);
}

static void put_years(struct figure *f, const struct dots *d, uint32_t i, double y) {
  int stacked[BINS + 1] = {0};
  double width = f->width - DOTS_LEFT - DOTS_RIGHT, worst = result_number(years_of(&d->files[i]), "worst_s");
  for (const struct json_value *t = json_first(json_member(years_of(&d->files[i]), "twentieths_s")); t; t = json_next(t)) {
    if (json_type(t) != JSON_NUMBER) continue;
    int bin = (int)lround(BINS * fmin(fmax(along(d, json_number(t)), 0), 1)), row = stacked[bin]++;
    fprintf(f->script, "set label '\xE2\x97\x8F' at screen %.6f,%.6f center front noenhanced textcolor rgb '%s' font ',12'\n",
            (DOTS_LEFT + width * bin / BINS) / f->width, (y + DOT * row * fmin(1, 4.0 / fmax(4, row + 1))) / f->height,
            figure_color((int)i));
  }
  char text[120];
  snprintf(text, sizeof text, "worst %s", isnan(worst) ? "-" : format_number(UNIT_SECONDS, NULL, worst).text);
  put_at(f, DOTS_LEFT - 22, y, "right", FIGURE_INK, 12, figure_fit(d->files[i].name, 17).text);
  put_at(f, f->width - DOTS_RIGHT + 20, y, "left", FIGURE_GREY, 11, text);
}

static void put_scale(struct figure *f, const struct dots *d, double y) {
  static const double ticks[] = {0,    1,    5,    10,    30,    60,    120,    300,    600,
                                 1800, 3600, 7200, 14400, 28800, 86400, 172800, 604800, 2592000};
  double width = f->width - DOTS_LEFT - DOTS_RIGHT, last = -INFINITY;
  for (size_t i = 0; i < sizeof ticks / sizeof *ticks && ticks[i] <= d->high; i++) {
    double x = width * along(d, ticks[i]);
    if ((ticks[i] > 0 && ticks[i] < d->low) || x - last < 66) continue;
    last = x;
    put_at(f, DOTS_LEFT + x, y, "center", "#444444", 11, ticks[i] > 0 ? format_number(UNIT_SECONDS, NULL, ticks[i]).text : "0");
  }
}

/* From the bottom up: the scale, then a row a result. */
static void put_dots(struct figure *f, const struct dots *d) {
  put_at(f, 16, UNDER + ROW * d->count - 12, "left", FIGURE_GREY, 11, "each dot is one year in twenty: what is not served in it");
  for (uint32_t i = 0; i < d->count; i++) put_years(f, d, i, UNDER - 30 + ROW * (d->count - 1 - i) + 8);
  put_scale(f, d, 18);
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
  struct dots dots = {.files = files, .count = count};
  bool spread = find_range(&dots);
  figure_open(&f, options, 1000, bars_height(bars, (int)count) + (spread ? UNDER + ROW * (int)count : 0));
  figure_title(&f, options->title ? options->title : text,
               "time a year that is not served by fault, weighted by the share of requests");
  if (spread) put_dots(&f, &dots);
  bars_put(&f, bars, (int)count, longest);
  free(bars);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_downtime = {
    .name = "downtime", .doc = "What is not served in a year, by fault and in twenty years.", .least = 1, .most = 8, .draw = draw};
