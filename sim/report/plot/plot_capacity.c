/* What `aguanta capacity` found: each claim's measure as a share of its limit against the value that was varied, with its interval,
 * the limit as one dashed line for all, and the capacity as a grey band. Below the line is good for every claim; for "at least"
 * claims the share is turned. Claims have the colours that they have over the load. */
#include "sim/report/plot/axis_result.h"
#include "sim/report/plot/line_chart.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LOWEST  0.02
#define HIGHEST 8.0

struct capacity_picture {
  struct axis_result axis;
  struct line_chart chart;
  int left_out;
};

static double share(const struct json_value *claim, const struct claim_limit *limit, double value) {
  if (isfinite(limit->high)) return value / limit->high;
  if (limit->low > 0.5 && limit->low < 1 && !strcmp(result_text(claim, "unit"), "ratio")) return (1 - value) / (1 - limit->low);
  return limit->low / value;
}

/* Of nothing at all there is no logarithm: it stands at the lower edge. */
static double raised(double x) { return x < LOWEST ? LOWEST : x; }

static const struct json_value *claim_at(const struct json_value *level, double bound) {
  for (const struct json_value *c = json_first(json_member(level, "claims")); c; c = json_next(c))
    if (result_number(c, "bound") == bound) return c;
  return NULL;
}

/* That nothing grows without end has no share: the part of the axis where something does is shaded. */
static void add_claim(struct capacity_picture *p, const struct json_value *claim) {
  double bound = result_number(claim, "bound");
  struct claim_limit limit;
  if (!claim_limit(claim, &limit) || limit.high == 0) return;
  struct chart_line *line =
      line_chart_add(&p->chart, palette_endpoint((int)fmax(0, fmin(bound, 1000))), result_text(claim, "expr"));
  if (!line) {
    p->left_out++;
    return;
  }
  for (int i = 0; i < p->axis.count; i++) {
    struct result_estimate e = result_estimate(claim_at(p->axis.at[i], bound));
    double a = raised(share(claim, &limit, e.low)), b = raised(share(claim, &limit, e.high));
    chart_point(line, p->axis.x[i], raised(share(claim, &limit, e.value)), fmin(a, b), fmax(a, b));
    if (isnan(a) || isnan(b)) line->points[line->count - 1].low = line->points[line->count - 1].high = NAN;
  }
}

/* The capacity, or both ends of a stretch. */
static void add_answer(struct capacity_picture *p, const char *key) {
  struct result_estimate e = result_estimate(json_member(p->axis.file->root, key));
  struct chart_mark mark = {.x = e.value, .low = e.low, .high = e.high, .solid = true};
  snprintf(mark.words, sizeof mark.words, "holds %s %.60s", strcmp(key, "most") ? "from" : "up to",
           axis_result_words(&p->axis, e.value).text);
  chart_mark(&p->chart, &mark);
}

/* The answer is one sentence of two parts: what holds, and what breaks. */
static void title(struct figure *f, const struct json_value *root, const struct plot_options *options, const char *name) {
  char text[300], rest[500];
  const char *answer = result_text(root, "answer"), *then = strstr(answer, "; ");
  snprintf(text, sizeof text, "%.*s", then ? (int)(then - answer) : 280, answer);
  snprintf(rest, sizeof rest, "%s%s%.200s", then ? then + 2 : "", then ? "; " : "", name);
  figure_title(f, options->title ? options->title : figure_fit(text, 100).text, figure_fit(rest, 150).text);
}

static enum plot_outcome draw_it(struct capacity_picture *p, const char *output, const struct plot_options *options, char **error) {
  const struct result_file *file = p->axis.file;
  struct figure f;
  const char *wrong = axis_read(&p->axis, file);
  if (wrong) return plot_nothing(error, file, wrong);
  for (const struct json_value *c = json_first(json_member(file->root, "claims")); c; c = json_next(c)) add_claim(p, c);
  add_answer(p, "least"), add_answer(p, "most");
  for (int i = 0; i < p->axis.count && isnan(p->chart.endless_from); i++)
    if (*result_text(p->axis.at[i], "growth")) p->chart.endless_from = p->axis.x[i];
  chart_limit(&p->chart, 1, "limit");
  snprintf(p->chart.y_label, sizeof p->chart.y_label, "measure as a share of its limit (below is good)");
  snprintf(p->chart.x_label, sizeof p->chart.x_label, "%s", p->axis.label);
  figure_open(&f, options, 1120, 560);
  title(&f, file->root, options, file->title);
  figure_left_out(&f, p->left_out, "claim");
  line_chart_put(&f, &p->chart);
  return figure_draw(&f, output, error);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  struct capacity_picture *p = allocate_zeroed(1, sizeof *p);
  p->axis.file = files;
  p->chart = (struct line_chart){.unit = UNIT_NONE, .logarithmic = true, .low = LOWEST * 0.9, .high = HIGHEST, .endless_from = NAN};
  enum plot_outcome outcome = draw_it(p, output, options, error);
  free(p);
  return outcome;
}

const struct plot_kind plot_capacity = {.name = "capacity",
                                        .doc = "Each claim's measure against the value that `capacity` varied, and what it found.",
                                        .least = 1,
                                        .most = 1,
                                        .draw = draw,
                                        .of = "capacity",
                                        .own_endpoints = true};
