#include "sim/report/plot/line_chart.h"
#include <math.h>
#include <string.h>

enum { LEFT = 90, TOP = 128, BOTTOM = 76, LABEL = 34, CHARACTER = 8 };

struct frame {
  double x_low, x_high, low, high, right; /* right: the margin in pixels */
};

struct chart_line *line_chart_add(struct line_chart *c, const char *color, const char *label) {
  if (c->line_count == CHART_LINES) return NULL;
  struct chart_line *line = &c->line[c->line_count++];
  *line = (struct chart_line){.color = color};
  snprintf(line->label, sizeof line->label, "%.110s", figure_fit(label, LABEL).text);
  return line;
}

void chart_point(struct chart_line *line, double x, double value, double low, double high) {
  if (line && line->count < CHART_POINTS) line->points[line->count++] = (struct chart_point){x, value, low, high, false};
}

/* One line for limits that are the same. */
void chart_limit(struct line_chart *c, double value, const char *words) {
  if (!isfinite(value) || (c->logarithmic && value <= 0)) return;
  for (int i = 0; i < c->limit_count; i++)
    if (c->limit[i].value == value) return;
  if (c->limit_count == CHART_LIMITS) return;
  struct chart_limit *limit = &c->limit[c->limit_count++];
  limit->value = value;
  snprintf(limit->words, sizeof limit->words, "%.110s", figure_fit(words, LABEL).text);
}

void chart_mark(struct line_chart *c, const struct chart_mark *mark) {
  if (isfinite(mark->x) && c->mark_count < CHART_MARKS) c->mark[c->mark_count++] = *mark;
}

static bool drawn(const struct line_chart *c, double value) { return isfinite(value) && (!c->logarithmic || value > 0); }

bool line_chart_drawable(const struct line_chart *c) {
  for (int i = 0; i < c->line_count; i++) {
    int known = 0;
    for (int k = 0; k < c->line[i].count; k++) known += drawn(c, c->line[i].points[k].value);
    if (known > 1) return true;
  }
  return false;
}

double chart_crossing(const struct line_chart *c, const struct chart_line *line, double limit) {
  const struct chart_point *before = NULL;
  for (const struct chart_point *p = line->points; p < line->points + line->count; p++) {
    if (!drawn(c, p->value)) continue;
    if (p->value > limit) {
      if (!before) return p->x;
      double a = before->value, b = p->value;
      double share = c->logarithmic ? log(limit / a) / log(b / a) : (limit - a) / (b - a);
      return before->x + share * (p->x - before->x);
    }
    before = p;
  }
  return NAN;
}

/* --- the frame ---------------------------------------------------------------------------------------------------------------- */

/* Ten times the highest limit is far enough: what is beyond is an arrow. */
static struct frame frame_of(const struct line_chart *c) {
  struct frame f = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0};
  double limits = -INFINITY;
  int longest = 8;
  for (int i = 0; i < c->limit_count; i++) {
    f.low = fmin(f.low, c->limit[i].value), f.high = fmax(f.high, c->limit[i].value), limits = fmax(limits, c->limit[i].value);
    longest = (int)fmax(longest, format_width(c->limit[i].words));
  }
  for (int i = 0; i < c->line_count; i++) {
    longest = (int)fmax(longest, format_width(c->line[i].label));
    for (int k = 0; k < c->line[i].count; k++) {
      const struct chart_point *p = &c->line[i].points[k];
      f.x_low = fmin(f.x_low, p->x), f.x_high = fmax(f.x_high, p->x);
      if (drawn(c, p->value)) f.low = fmin(f.low, p->value), f.high = fmax(f.high, p->value);
    }
  }
  if (c->logarithmic && limits > 0) f.high = fmin(f.high, 10 * limits);
  if (c->logarithmic)
    f.low *= 0.7, f.high *= 1.5;
  else
    f.low = 0, f.high = 1.1 * fmax(f.high, 1e-9);
  if (c->high > 0) f.low = c->low, f.high = c->high;
  f.right = CHARACTER * longest + 40;
  return f;
}

static double height(const struct line_chart *c, double value) { return c->logarithmic ? log10(value) : value; }
static double clamped(const struct frame *f, double value) { return fmin(fmax(value, f->low), f->high); }

/* --- what stands in it -------------------------------------------------------------------------------------------------------- */

/* The last point that is within the frame. */
static double end_of(const struct line_chart *c, const struct chart_line *line, const struct frame *frame) {
  double end = NAN;
  for (int k = 0; k < line->count; k++)
    if (drawn(c, line->points[k].value)) end = clamped(frame, line->points[k].value);
  return end;
}

/* Lines and limits together, so that none is written over another. */
static void put_labels(struct figure *f, const struct line_chart *c, const struct frame *frame) {
  double y[CHART_LINES + CHART_LIMITS];
  const char *color[CHART_LINES + CHART_LIMITS], *text[CHART_LINES + CHART_LIMITS];
  int count = 0;
  for (int i = 0; i < c->line_count; i++) {
    double end = end_of(c, &c->line[i], frame);
    if (isnan(end)) continue;
    y[count] = height(c, end), color[count] = c->line[i].color, text[count++] = c->line[i].label;
  }
  for (int i = 0; i < c->limit_count; i++)
    y[count] = height(c, clamped(frame, c->limit[i].value)), color[count] = FIGURE_GREY, text[count++] = c->limit[i].words;
  double span = height(c, frame->high) - height(c, frame->low);
  figure_spread(y, count, 18.0 / (f->height - TOP - BOTTOM) * span, height(c, frame->low));
  for (int i = 0; i < count; i++) {
    char position[80];
    snprintf(position, sizeof position, "graph 1.015, first %.9g", c->logarithmic ? pow(10, y[i]) : y[i]);
    figure_text(f, position, "left", color[i], 12, text[i]);
  }
}

static void put_limits(struct figure *f, const struct line_chart *c) {
  for (int i = 0; i < c->limit_count; i++)
    fprintf(f->script, "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead back dt 2 lw 1 lc rgb '%s'\n",
            c->limit[i].value, c->limit[i].value, FIGURE_GREY);
}

/* How far along the axis, from 0 to 1. */
static double along(const struct line_chart *c, const struct frame *frame, double x) {
  return c->x_logarithmic ? log(x / frame->x_low) / log(frame->x_high / frame->x_low)
                          : (x - frame->x_low) / (frame->x_high - frame->x_low);
}

static void put_words(struct figure *f, const struct line_chart *c, const struct frame *frame, double x, int row,
                      const char *words) {
  char position[80];
  bool right = along(c, frame, x) > 0.6;
  snprintf(position, sizeof position, "first %.9g, graph 1 offset %s,%.2f", x, right ? "-0.5" : "0.5", 0.55 + 1.15 * row);
  figure_text(f, position, right ? "right" : "left", FIGURE_GREY, 11, words);
}

static void put_marks(struct figure *f, const struct line_chart *c, const struct frame *frame) {
  for (int i = 0; i < c->mark_count; i++) {
    const struct chart_mark *m = &c->mark[i];
    if (m->x < frame->x_low || m->x > frame->x_high) continue;
    if (isfinite(m->low) && isfinite(m->high) && m->low < m->high)
      fprintf(f->script,
              "set object rectangle from first %.9g, graph 0 to first %.9g, graph 1 fc rgb '#ececec' fs solid noborder behind\n",
              fmax(m->low, frame->x_low), fmin(m->high, frame->x_high));
    fprintf(f->script, "set arrow from first %.9g, graph 0 to first %.9g, graph %g nohead back %s lw 1.2 lc rgb '%s'\n", m->x, m->x,
            1 + 0.045 * (i % 2), m->solid ? "" : "dt 3", m->solid ? FIGURE_INK : FIGURE_GREY);
    put_words(f, c, frame, m->x, i % 2, m->words);
  }
  if (!(c->endless_from >= frame->x_low) || c->endless_from > frame->x_high) return;
  fprintf(f->script,
          "set object rectangle from first %.9g, graph 0 to graph 1, graph 1 fc rgb '#f4f4f4' fs solid noborder behind\n"
          "set arrow from first %.9g, graph 0 to first %.9g, graph 1 nohead back lw 0.8 lc rgb '#c8c8c8'\n",
          c->endless_from, c->endless_from, c->endless_from);
  char position[80];
  bool right = along(c, frame, c->endless_from) > 0.6;
  snprintf(position, sizeof position, "first %.9g, graph 0.04 offset %s,0", c->endless_from, right ? "-0.5" : "0.5");
  figure_text(f, position, right ? "right" : "left", FIGURE_GREY, 11,
              right ? "grows without end \xE2\x86\x92" : "grows without end");
}

/* An arrow where a line leaves at the top, with the first value beyond. */
static void put_beyond(struct figure *f, const struct line_chart *c, const struct frame *frame) {
  double taken = INFINITY;
  int row = 0;
  for (int i = 0; i < c->line_count; i++) {
    const struct chart_line *line = &c->line[i];
    double x = chart_crossing(c, line, frame->high);
    if (isnan(x)) continue;
    int k = 0;
    while (!drawn(c, line->points[k].value) || line->points[k].value <= frame->high) k++;
    double at = along(c, frame, x);
    bool right = at > 0.15;
    row = fabs(at - taken) < 0.12 ? row + 1 : 0, taken = at;
    char position[80], text[100];
    if (c->unit == UNIT_NONE)
      snprintf(text, sizeof text, "\xE2\x86\x91 %.3gx", line->points[k].value);
    else
      snprintf(text, sizeof text, "\xE2\x86\x91 %s", format_number(c->unit, NULL, line->points[k].value).text);
    snprintf(position, sizeof position, "first %.9g, graph %.4f offset %s,0", x, 0.965 - 0.05 * row, right ? "-1.4" : "1.4");
    figure_text(f, position, right ? "right" : "left", line->color, 11, text);
  }
}

static void axes(struct figure *f, const struct line_chart *c, const struct frame *frame) {
  char position[80];
  figure_area(f, (double)LEFT / f->width, 1 - frame->right / f->width, (double)BOTTOM / f->height, 1 - (double)TOP / f->height);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 16.0 / f->width, 1 - 92.0 / f->height);
  figure_text(f, position, "left", FIGURE_GREY, 12, c->y_label);
  double room = c->x_logarithmic ? 0 : 0.01 * (frame->x_high - frame->x_low);
  fprintf(f->script, "%sset xrange [%.9g:%.9g]\n%sset yrange [%.9g:%.9g]\n", c->x_logarithmic ? "set logscale x\n" : "",
          c->x_logarithmic ? frame->x_low * 0.97 : frame->x_low - room,
          c->x_logarithmic ? frame->x_high * 1.03 : frame->x_high + room, c->logarithmic ? "set logscale y\n" : "", frame->low,
          frame->high);
  if (c->unit == UNIT_SECONDS) figure_ticks_seconds(f, 'y', frame->low, frame->high);
  if (c->unit == UNIT_RATIO) fputs("set ytics ('0' 0, '25%%' 0.25, '50%%' 0.5, '75%%' 0.75, '100%%' 1)\n", f->script);
  if (c->unit == UNIT_NONE)
    fputs("set ytics ('1/50' 0.02, '1/20' 0.05, '1/10' 0.1, '1/5' 0.2, '1/2' 0.5, 'limit' 1, '2x' 2, '5x' 5)\n", f->script);
  snprintf(position, sizeof position, "screen %.6f,%.6f", 0.5 * (LEFT + f->width - frame->right) / f->width, 22.0 / f->height);
  figure_text(f, position, "center", "#444444", 12, figure_fit(c->x_label, 90).text);
}

/* A block of the band, one of the line, one of its points, one of the hollow ones; never empty. */
static int put_blocks(struct figure *f, const struct line_chart *c, const struct chart_line *line, const struct frame *frame) {
  int first = figure_block(f);
  bool open = false;
  figure_row(f, 3, NAN, NAN, NAN);
  for (const struct chart_point *p = line->points; p < line->points + line->count; p++) {
    bool known = drawn(c, p->low) && drawn(c, p->high);
    if (known) figure_row(f, 3, p->x, clamped(frame, p->low), clamped(frame, p->high));
    if (!known && open) fputc('\n', f->data);
    open = known;
  }
  for (int block = 0; block < 3; block++) {
    figure_block(f);
    figure_row(f, 2, NAN, NAN);
    for (const struct chart_point *p = line->points; p < line->points + line->count; p++) {
      bool within = drawn(c, p->value) && p->value <= frame->high && p->value >= frame->low;
      if (block == 0 ? drawn(c, p->value) : within && (block == 1 || p->hollow))
        figure_row(f, 2, p->x, p->value); /* gnuplot clips the line at the frame */
    }
  }
  return first;
}

void line_chart_put(struct figure *f, const struct line_chart *c) {
  struct frame frame = frame_of(c);
  int blocks[CHART_LINES];
  if (frame.x_high <= frame.x_low) frame.x_high = frame.x_low + 1;
  for (int i = 0; i < c->line_count; i++) blocks[i] = put_blocks(f, c, &c->line[i], &frame);
  put_limits(f, c), put_marks(f, c, &frame), put_beyond(f, c, &frame), put_labels(f, c, &frame), axes(f, c, &frame);
  for (int i = 0; i < c->line_count; i++)
    fprintf(f->script, "%s'data' index %d using 1:2:3 with filledcurves fc rgb '%s' fs solid 1 noborder", i ? ", " : "plot ",
            blocks[i], figure_tint(c->line[i].color, 4).text);
  for (int i = 0; i < c->line_count; i++)
    fprintf(f->script,
            ", '' index %d using 1:2 with lines lw 2 lc rgb '%s', '' index %d using 1:2 with points pt 7 ps 0.8 lc rgb '%s', '' "
            "index %d "
            "using 1:2 with points pt 7 ps 0.45 lc rgb '#ffffff'",
            blocks[i] + 1, c->line[i].color, blocks[i] + 2, c->line[i].color, blocks[i] + 3);
  fputc('\n', f->script);
}
