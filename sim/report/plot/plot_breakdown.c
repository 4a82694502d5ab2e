/* Where the time goes: two bars an endpoint, each as shares of its own whole, because the slowest 1% takes many times longer.
 *
 * A colour is a component, the same as in every picture of the set; its tint says what the time is: full for work, paler for
 * waiting and palest for the way. The colours of layouts are not among them. */
#include "sim/report/plot/bars.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
  char name[120];
  double mean, slow;
  struct figure_tint color;
};

/* Work, waiting, and being on the way or away. */
static int tint_of_kind(const char *kind) {
  static const char *const work[] = {"service", "external", "disk"}, *const way[] = {"network", "delay", "retry"};
  for (size_t i = 0; i < sizeof work / sizeof *work; i++)
    if (!strcmp(kind, work[i])) return 0;
  for (size_t i = 0; i < sizeof way / sizeof *way; i++)
    if (!strcmp(kind, way[i])) return 3;
  return 2;
}

static int by_slow(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  return x->slow != y->slow ? (x->slow < y->slow ? 1 : -1) : strcmp(x->name, y->name);
}

static int rows_of(const struct result_file *file, const char *endpoint, struct row *rows) {
  int count = 0;
  for (const struct json_value *b = json_first(json_member(file->root, "breakdown")); b; b = json_next(b)) {
    struct row row = {.mean = result_number(b, "mean_s"), .slow = result_number(b, "slow_s")};
    if (strcmp(result_text(b, "endpoint"), endpoint) || isnan(row.mean) || isnan(row.slow)) continue;
    /* "client network, network" says it twice */
    const char *component = result_text(b, "component"), *kind = result_text(b, "kind");
    snprintf(row.name, sizeof row.name, "%s%s%s", component, strstr(component, kind) ? "" : " ",
             strstr(component, kind) ? "" : kind);
    row.color = figure_tint(palette_of_component(file, component), tint_of_kind(kind));
    rows[count++] = row;
  }
  if (count) qsort(rows, (size_t)count, sizeof *rows, by_slow);
  return count;
}

static void add_part(struct bar *bar, const char *name, double share, struct figure_tint color) {
  struct bar_part *part = bars_add(bar, name, share, color);
  snprintf(part->amount, sizeof part->amount, "%s", format_percent(share).text);
}

/* Slivers of under a percent each are one part, as they are one line of the text. */
static void fill(struct bar *bar, const struct row *rows, int count, bool slow) {
  double sum = 0, slivers = 0;
  int smaller = 0;
  for (int i = 0; i < count; i++) sum += slow ? rows[i].slow : rows[i].mean;
  snprintf(bar->total, sizeof bar->total, "%s", format_number(UNIT_SECONDS, NULL, sum).text);
  for (int i = 0; i < count && sum > 0; i++) {
    double share = (slow ? rows[i].slow : rows[i].mean) / sum;
    if (share >= 0.01)
      add_part(bar, rows[i].name, share, rows[i].color);
    else if (share > 0)
      slivers += share, smaller++;
  }
  if (slivers < 0.005) return;
  char name[40];
  snprintf(name, sizeof name, "%d smaller", smaller);
  add_part(bar, name, slivers, figure_tint(palette_component(-1), 3));
}

static int add_endpoint(const struct result_file *file, const char *endpoint, struct bar *bars, int count) {
  struct row *rows = allocate_zeroed(json_count(json_member(file->root, "breakdown")) + 1, sizeof *rows);
  int found = rows_of(file, endpoint, rows);
  if (found) {
    bars[count] = (struct bar){.group = true}, bars[count + 1] = (struct bar){0};
    snprintf(bars[count].name, sizeof bars[count].name, "%s, mean", endpoint);
    snprintf(bars[count + 1].name, sizeof bars[count].name, "slowest 1%%");
    fill(&bars[count], rows, found, false);
    fill(&bars[count + 1], rows, found, true);
  }
  free(rows);
  return found ? count + 2 : count;
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t file_count,
                              const char *output, const struct plot_options *options, char **error) {
  (void)kind, (void)file_count;
  struct bar *bars = allocate_zeroed(BARS_MAX, sizeof *bars);
  const char *endpoint = plot_endpoint(files, options);
  char text[300], culprit[200], subtitle[300];
  struct figure f;
  int count = 0, left_out = 0;
  for (const struct json_value *e = json_first(json_member(files->root, "endpoints")); e; e = json_next(e)) {
    if (!json_text(e) || !plot_wants(options, json_text(e))) continue;
    if (count + 2 > BARS_MAX)
      left_out++;
    else
      count = add_endpoint(files, json_text(e), bars, count);
  }
  if (count == 0)
    return free(bars), plot_nothing(error, files,
                                    "no breakdown of the time to draw: nothing was answered, or all of it grows without end; run "
                                    "longer, or with less load");
  bool known = plot_culprit(files, endpoint, culprit, sizeof culprit);
  snprintf(text, sizeof text, "%s: %s", endpoint, known ? culprit : "where the time goes");
  figure_open(&f, options, 1000, bars_height(bars, count));
  figure_title(&f, options->title ? options->title : text, plot_subtitle(files, subtitle, sizeof subtitle));
  figure_left_out(&f, left_out, "endpoint");
  bars_note(&f, "full colour: at work; pale: waiting; palest: on the way");
  bars_put(&f, bars, count, 1);
  free(bars);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_breakdown = {.name = "breakdown",
                                         .doc = "Where the time of a request goes, the mean against the slowest 1%.",
                                         .least = 1,
                                         .most = 1,
                                         .draw = draw};
