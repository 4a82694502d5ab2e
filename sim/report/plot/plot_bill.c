/* The monthly bill, one bar a result, one part a line. A bar has the colour of its layout, its parts are tints of it: they are told
 * apart by their words. */
#include "sim/report/plot/bars.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A credit has no length: what it pays for, the last parts, is drawn without. */
static void take_off(struct bar *bar, double off) {
  for (int i = bar->count; i-- > 0 && off > 0;) {
    double less = fmin(off, bar->parts[i].value);
    bar->parts[i].value -= less, off -= less;
    snprintf(bar->parts[i].amount, sizeof bar->parts[i].amount, "%s", format_money(bar->parts[i].value).text);
  }
}

static bool fill(struct bar *bar, const struct result_file *file, int layout) {
  const struct json_value *bill = json_member(file->root, "bill");
  double monthly = result_number(bill, "monthly");
  if (isnan(monthly)) return false;
  snprintf(bar->name, sizeof bar->name, "%s", file->name);
  snprintf(bar->total, sizeof bar->total, "%s %s", format_money(monthly).text, file->currency);
  double credit = 0;
  for (const struct json_value *l = json_first(json_member(bill, "lines")); l; l = json_next(l)) {
    double item = result_number(l, "monthly");
    if (item < 0) credit -= item;
    if (!(item > 0)) continue;
    struct bar_part *part = bars_add(bar, result_text(l, "item"), item, figure_tint(figure_color(layout), bar->count));
    snprintf(part->amount, sizeof part->amount, "%s", format_money(part->value).text);
  }
  take_off(bar, credit);
  return true;
}

static void say(char *text, size_t size, const struct result_file *files, uint32_t count) {
  const struct result_file *least = files, *most = files;
  double low = INFINITY, high = -INFINITY;
  for (uint32_t i = 0; i < count; i++) {
    double monthly = result_number(json_member(files[i].root, "bill"), "monthly");
    if (monthly < low) low = monthly, least = &files[i];
    if (monthly > high) high = monthly, most = &files[i];
  }
  if (count == 1)
    snprintf(text, size, "%s costs %s %s a month", files->name, format_money(low).text, files->currency);
  else if (low > 0)
    snprintf(text, size, "%s is the cheapest at %s %s a month; %s costs %.2g times as much", least->name, format_money(low).text,
             least->currency, most->name, high / low);
  else
    snprintf(text, size, "%s is the cheapest at %s %s a month", least->name, format_money(low).text, least->currency);
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
      return free(bars), plot_nothing(error, &files[i], "no bill to draw: the scenario names no \"prices\"");
    if (strcmp(files[i].currency, files[0].currency))
      return free(bars), plot_nothing(error, &files[i], "its bill is in another currency");
    double sum = 0;
    for (int k = 0; k < bars[i].count; k++) sum += bars[i].parts[k].value;
    longest = fmax(longest, sum);
  }
  if (!(longest > 0)) return free(bars), plot_nothing(error, files, "the bill is empty: give what costs a \"price\"");
  say(text, sizeof text, files, count);
  figure_open(&f, options, 1000, bars_height(bars, (int)count));
  figure_title(&f, options->title ? options->title : text, "monthly bill by line, list prices as sourced in the scenarios");
  bars_put(&f, bars, (int)count, longest);
  free(bars);
  return figure_draw(&f, output, error);
}

const struct plot_kind plot_bill = {
    .name = "bill", .doc = "The monthly bill by line, one bar a result.", .least = 1, .most = 8, .draw = draw};
