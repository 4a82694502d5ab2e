/* Several results side by side: p99 of an endpoint, hours lost a year, cost. One row a result, one panel a figure. The title goes
 * by requirements: what a document states about a layout, and whether that is so, does not make it worse or better. */
#include "sim/report/plot/plot_kinds.h"
#include <math.h>
#include <string.h>

enum { PANELS = 3, STEP = 52, TOP = 122, BOTTOM = 24, GAP = 120, RIGHT = 120 };

struct cell {
  double value, low, high;
  struct shown text;
};

static struct cell p99_cell(const struct result_file *file, const char *endpoint) {
  struct result_estimate e = plot_p99(file, endpoint);
  struct estimate shown = {.value = e.value, .low = e.low, .high = e.high};
  return (struct cell){e.value, e.low, e.high, format_value(UNIT_SECONDS, NULL, &shown)};
}

static struct cell downtime_cell(const struct result_file *file, const char *endpoint) {
  (void)endpoint;
  const double year = 365 * 86400.0;
  struct result_estimate e = result_estimate(json_member(json_member(file->root, "outages"), "availability"));
  struct cell cell = {(1 - e.value) * year, (1 - e.high) * year, (1 - e.low) * year, {"-"}};
  struct estimate shown = {.value = cell.value, .low = cell.low, .high = cell.high};
  cell.text = format_value(UNIT_SECONDS, NULL, &shown);
  return cell;
}

static struct cell cost_cell(const struct result_file *file, const char *endpoint) {
  (void)endpoint;
  double monthly = result_number(json_member(file->root, "bill"), "monthly");
  struct estimate shown = {.value = monthly, .low = monthly, .high = monthly, .exact = true};
  return (struct cell){monthly, NAN, NAN, format_value(UNIT_CURRENCY, file->currency, &shown)};
}

static const struct {
  struct cell (*cell)(const struct result_file *, const char *endpoint);
  const char *heading;
} panels[PANELS] = {{p99_cell, "p99 latency of %s"}, {downtime_cell, "not served in a year"}, {cost_cell, "cost a month"}};

/* Under the name: the verdict of the requirements, and that of the statements where there are any. */
static void put_verdicts(struct figure *f, const struct result_file *file, double x, double y) {
  char position[80], text[120];
  const char *statements = result_statements_verdict(file);
  snprintf(position, sizeof position, "screen %.6f, first %.9g", x, y - 0.34);
  snprintf(text, sizeof text, "requirements %s%s%s", result_verdict(file), *statements ? ", statements " : "", statements);
  figure_text(f, position, "right", FIGURE_GREY, 9, text);
}

static void put_panel(struct figure *f, const struct result_file *files, uint32_t count, const char *endpoint, int panel,
                      double margin) {
  double width = (f->width - margin - RIGHT - GAP * (PANELS - 1)) / (double)PANELS, left = margin + panel * (width + GAP), most = 0;
  char position[80], heading[200];
  int block = figure_block(f);
  fputs("unset label\n", f->script);
  for (uint32_t i = 0; i < count; i++) {
    struct cell c = panels[panel].cell(&files[i], endpoint);
    double high = isnan(c.high) ? c.value : c.high;
    if (high > most) most = high;
    figure_row(f, 8, c.value / 2, -(double)i, 0.0, c.value, -(double)i - 0.28, -(double)i + 0.28, c.low, c.high);
    snprintf(position, sizeof position, "first %.9g,%.9g offset 0.8,0", isnan(high) ? 0 : high, -(double)i);
    figure_text(f, position, "left", isnan(c.value) ? FIGURE_GREY : FIGURE_INK, 12, isnan(c.value) ? "no data" : c.text.text);
    snprintf(position, sizeof position, "screen %.6f, first %.9g", (margin - 14.0) / f->width, -(double)i);
    if (panel == 0) figure_text(f, position, "right", figure_color((int)i), 13, figure_fit(files[i].name, 30).text);
    if (panel == 0) put_verdicts(f, &files[i], (margin - 14.0) / f->width, -(double)i);
  }
  snprintf(heading, sizeof heading, panels[panel].heading, endpoint ? endpoint : "-");
  snprintf(position, sizeof position, "screen %.6f,%.6f", left / f->width, 1 - (TOP - 14.0) / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, heading);
  figure_area(f, left / f->width, (left + width) / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  fprintf(f->script, "set xrange [0:%.9g]\nset yrange [%.9g:0.5]\nplot ", most > 0 ? most : 1.0, -(double)count + 0.5);
  for (uint32_t i = 0; i < count; i++)
    fprintf(f->script, "%s'data' index %d every ::%u::%u using 1:2:3:4:5:6 with boxxyerror fs solid 1 noborder lc rgb '%s'",
            i ? ", " : "", block, i, i, figure_color((int)i));
  for (uint32_t i = 0; i < count; i++)
    if (!isnan(panels[panel].cell(&files[i], endpoint).low))
      fprintf(f->script, ", '' index %d every ::%u::%u using 4:2:7:8 with xerrorbars pt 7 ps 0.1 lw 1.2 lc rgb '%s'", block, i, i,
              FIGURE_INK);
  fputc('\n', f->script);
}

/* The cheapest; with `shown` of those whose requirements all hold. Null when there is none. */
static const struct result_file *cheapest(const struct result_file *files, uint32_t count, bool shown) {
  const struct result_file *best = NULL;
  for (uint32_t i = 0; i < count; i++) {
    double cost = cost_cell(&files[i], NULL).value;
    if ((shown && strcmp(result_verdict(&files[i]), "PASS")) || isnan(cost)) continue;
    if (!best || cost < cost_cell(best, NULL).value) best = &files[i];
  }
  return best;
}

static void say(char *text, size_t size, const struct result_file *files, uint32_t count, const char *endpoint) {
  const struct result_file *best = cheapest(files, count, true), *least = cheapest(files, count, false), *fastest = files;
  for (uint32_t i = 1; i < count; i++)
    if (p99_cell(&files[i], endpoint).value < p99_cell(fastest, endpoint).value) fastest = &files[i];
  if (!best) {
    snprintf(text, size, "none is shown to keep all its requirements; %s has the lowest p99 of %s: %s", fastest->name, endpoint,
             p99_cell(fastest, endpoint).text.text);
    return;
  }
  int used = snprintf(text, size, "%s is the cheapest that keeps all its requirements: %s a month", best->name,
                      cost_cell(best, NULL).text.text);
  if (least != best && used > 0 && (size_t)used < size)
    snprintf(text + used, size - (size_t)used, "; of %s, for %s, they are %s", least->name, cost_cell(least, NULL).text.text,
             result_verdict(least));
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind;
  const char *endpoint = plot_endpoint(files, options);
  char text[300];
  struct figure f;
  if (!endpoint) return plot_nothing(error, files, "no endpoint to compare: write \"endpoints\" into the scenario");
  figure_open(&f, options, 1300, TOP + BOTTOM + STEP * (int)count);
  say(text, sizeof text, files, count, endpoint);
  double margin = 322; /* for the verdicts */
  for (uint32_t i = 0; i < count; i++) margin = fmax(margin, 9.3 * fmin(30, format_width(files[i].name)) + 34);
  fputs("set multiplot\nunset border\nunset tics\nunset grid\n", f.script);
  for (int panel = 0; panel < PANELS; panel++) {
    put_panel(&f, files, count, endpoint, panel, margin);
    if (panel < PANELS - 1) continue;
    fputs("unset label\n", f.script);
    struct arena *arena = arena_new();
    bool same = result_same_customers(arena, files, count);
    arena_free(arena);
    figure_title(&f, options->title ? options->title : text,
                 same ? "the same customers through each; lines are 95% intervals"
                      : "not the same customers through each: seed, sources or endpoints differ; lines are 95% intervals");
    /* labels are drawn with a plot only: an empty one carries the title */
    fputs("set xrange [0:1]\nset yrange [0:1]\nplot NaN notitle\nunset multiplot\n", f.script);
  }
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_overview = {
    .name = "overview", .doc = "Several results side by side: p99, availability, cost.", .least = 2, .most = 8, .draw = draw};
