/* How busy each resource is over load, of a sweep over one number or of `aguanta capacity`: which is full first. A component has
 * the colour that it has in every picture; the second resource of one is paler. */
#include "sim/report/plot/axis_result.h"
#include "sim/report/plot/line_chart.h"
#include "sim/report/plot/plot_kinds.h"
#include "sim/engine/allocate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RESOURCES = 64, NAME = 100 };
#define FULL 0.98

struct resource {
  char name[NAME];
  double busy[AXIS_MOST], most;
  struct figure_tint color;
};

struct resources_picture {
  struct axis_result axis;
  struct line_chart chart;
  struct resource resource[RESOURCES];
  int count;
};

static const char *list_key(const struct axis_result *a) { return a->capacity ? "resources" : "metrics"; }

static const char *name_of(const struct axis_result *a, const struct json_value *r) {
  if (a->capacity) return result_text(r, "resource");
  return strcmp(result_text(r, "agg"), "utilization") || json_count(json_member(r, "labels")) ? "" : result_text(r, "metric");
}

static struct resource *find(struct resources_picture *p, const char *name) {
  for (int i = 0; i < p->count; i++)
    if (!strcmp(p->resource[i].name, name)) return &p->resource[i];
  if (p->count == RESOURCES) return NULL;
  struct resource *r = &p->resource[p->count++];
  snprintf(r->name, sizeof r->name, "%.99s", name);
  for (int i = 0; i < AXIS_MOST; i++) r->busy[i] = NAN;
  r->most = -INFINITY;
  return r;
}

/* What is said twice stands once: of a service whose threads compute, "cpu" and "threads" are one. */
static bool said_already(const struct resources_picture *p, const struct resource *r) {
  for (const struct resource *other = p->resource; other < r; other++) {
    size_t stem = strcspn(r->name, ".");
    if (strncmp(other->name, r->name, stem + 1)) continue;
    bool same = true;
    for (int i = 0; i < p->axis.count; i++) same &= !(fabs(other->busy[i] - r->busy[i]) > fmax(0.002, 0.02 * fabs(r->busy[i])));
    if (same) return true;
  }
  return false;
}

static void gather(struct resources_picture *p) {
  const struct axis_result *a = &p->axis;
  for (int i = 0; i < a->count; i++)
    for (const struct json_value *r = json_first(json_member(a->at[i], list_key(a))); r; r = json_next(r)) {
      const char *name = name_of(a, r);
      struct resource *resource = *name ? find(p, name) : NULL;
      double busy = result_number(r, a->capacity ? "busy" : "value");
      if (!resource || isnan(busy)) continue;
      resource->busy[i] = busy, resource->most = fmax(resource->most, busy);
    }
}

static void color_all(struct resources_picture *p) {
  for (int i = 0; i < p->count; i++) {
    int earlier = 0, place = palette_place(p->axis.file, p->resource[i].name);
    for (int k = 0; k < i; k++) earlier += place >= 0 && place == palette_place(p->axis.file, p->resource[k].name);
    p->resource[i].color = figure_tint(palette_component(place), earlier < 2 ? earlier : 2);
  }
}

static int by_most(const void *a, const void *b) {
  const struct resource *x = *(const struct resource *const *)a, *y = *(const struct resource *const *)b;
  return x->most != y->most ? (x->most < y->most ? 1 : -1) : strcmp(x->name, y->name);
}

/* The busiest that find room; returns how many others there are. */
static int add_lines(struct resources_picture *p, const struct resource **order) {
  int kept = 0, left_out = 0;
  for (int i = 0; i < p->count; i++)
    if (!said_already(p, &p->resource[i])) order[kept++] = &p->resource[i];
  qsort(order, (size_t)kept, sizeof *order, by_most);
  for (int i = 0; i < kept; i++) {
    struct chart_line *line = line_chart_add(&p->chart, order[i]->color.text, order[i]->name);
    if (!line) left_out++;
    for (int k = 0; line && k < p->axis.count; k++) chart_point(line, p->axis.x[k], order[i]->busy[k], NAN, NAN);
  }
  return left_out;
}

static void mark_full(struct resources_picture *p) {
  for (const struct json_value *r = json_first(json_member(p->axis.file->root, "resources")); r; r = json_next(r)) {
    struct chart_mark mark = {.x = result_number(r, "full_at"), .low = NAN, .high = NAN};
    snprintf(mark.words, sizeof mark.words, "%.50s is full at %.50s", result_text(r, "resource"),
             axis_result_words(&p->axis, mark.x).text);
    if (isfinite(mark.x) && mark.x <= p->axis.x[p->axis.count - 1]) chart_mark(&p->chart, &mark);
    break; /* the others fill behind it */
  }
}

static void say(const struct resources_picture *p, const struct resource *first, char *text, size_t size) {
  int at = 0;
  if (p->chart.mark_count) { /* exact, where the scenario says it */
    snprintf(text, size, "%s", p->chart.mark[0].words);
    return;
  }
  while (at < p->axis.count && !(first->busy[at] > FULL)) at++;
  if (at < p->axis.count) {
    snprintf(text, size, "%s is full at %s", first->name, axis_result_words(&p->axis, p->axis.x[at]).text);
    return;
  }
  for (at = p->axis.count - 1; at > 0 && isnan(first->busy[at]);) at--;
  snprintf(text, size, "nothing is full up to %s; %s is the fullest, %s busy",
           axis_result_words(&p->axis, p->axis.x[p->axis.count - 1]).text, first->name, format_percent(first->most).text);
}

/* Of those that are full the one that is so first. */
static const struct resource *first_full(const struct resources_picture *p, const struct resource **order) {
  for (int i = 0; i < p->axis.count; i++)
    for (int k = 0; k < p->chart.line_count; k++)
      if (order[k]->busy[i] > FULL) return order[k];
  return order[0];
}

static enum plot_outcome draw_it(struct resources_picture *p, const char *output, const struct plot_options *options,
                                 char **error) {
  const struct resource *order[RESOURCES];
  const struct result_file *file = p->axis.file;
  struct figure f;
  char text[600] = "", under[300];
  const char *wrong = axis_read(&p->axis, file);
  if (wrong) return plot_nothing(error, file, wrong);
  gather(p), color_all(p);
  int left_out = add_lines(p, order);
  if (!line_chart_drawable(&p->chart))
    return plot_nothing(error, file, "no resource at two values to draw: run more values of --vary");
  mark_full(p), say(p, first_full(p, order), text, sizeof text);
  snprintf(p->chart.y_label, sizeof p->chart.y_label, "share of the time that it is busy");
  snprintf(p->chart.x_label, sizeof p->chart.x_label, "%s", p->axis.label);
  if (p->axis.capacity)
    snprintf(under, sizeof under, "%.250s", file->title);
  else
    snprintf(under, sizeof under, "%s (%s a point)", result_text(p->axis.at[0], "scenario"), plot_replications(p->axis.at[0]).text);
  figure_open(&f, options, 1060, 560);
  figure_title(&f, options->title ? options->title : text, under);
  figure_left_out(&f, left_out, "resource");
  line_chart_put(&f, &p->chart);
  return figure_draw(&f, output, error);
}

static enum plot_outcome draw(const struct plot_kind *kind, const struct result_file *files, uint32_t count, const char *output,
                              const struct plot_options *options, char **error) {
  (void)kind, (void)count;
  struct resources_picture *p = allocate_zeroed(1, sizeof *p);
  p->axis.file = files;
  p->chart = (struct line_chart){.unit = UNIT_RATIO, .endless_from = NAN, .low = 0, .high = 1.08};
  enum plot_outcome outcome = draw_it(p, output, options, error);
  free(p);
  return outcome;
}

const struct plot_kind plot_resources = {.name = "resources",
                                         .doc = "How busy each resource is over load, and which is full first.",
                                         .least = 1,
                                         .most = 1,
                                         .draw = draw,
                                         .of = "capacity sweep",
                                         .own_endpoints = true};
