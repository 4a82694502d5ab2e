/* Lines over one number: pale bands behind them, limits dashed and grey with their words at the right end, labels at the ends of
 * the lines which make room for each other, what lies beyond the frame as an arrow with its value. Private to sim/report/plot.
 *
 *     struct line_chart c = {.x_label = "users", .y_label = "p99 of latency", .unit = UNIT_SECONDS, .logarithmic = true};
 *     struct chart_line *line = line_chart_add(&c, "#0072B2", "buy");
 *     chart_point(line, x, value, low, high);
 *     line_chart_put(&f, &c);         after the title
 */
#ifndef LINE_CHART_H
#define LINE_CHART_H
#include "sim/report/plot/figure.h"
#include "sim/report/format.h"

enum { CHART_LINES = 8, CHART_POINTS = 200, CHART_LIMITS = 6, CHART_MARKS = 6 };

struct chart_point {
  double x, value, low, high;
  bool hollow; /* of those who were answered only */
};

struct chart_line {
  const char *color;
  char label[120];
  int count;
  struct chart_point points[CHART_POINTS];
};

struct line_chart {
  char x_label[240], y_label[200];
  enum unit unit; /* UNIT_NONE: shares of a limit */
  bool logarithmic, x_logarithmic;
  double low, high; /* of the frame; 0: from the numbers */
  int line_count, limit_count, mark_count;
  struct chart_line line[CHART_LINES];
  struct chart_limit {
    double value;
    char words[120];
  } limit[CHART_LIMITS];
  struct chart_mark { /* a vertical line with its words at the top, and the interval as a grey band */
    double x, low, high;
    bool solid;
    char words[120];
  } mark[CHART_MARKS];
  double endless_from; /* beyond, something grows without end; NaN: nowhere */
};

/* Null when there is no room for one more. */
struct chart_line *line_chart_add(struct line_chart *, const char *color, const char *label);
void chart_point(struct chart_line *, double x, double value, double low, double high);
void chart_limit(struct line_chart *, double value, const char *words);
void chart_mark(struct line_chart *, const struct chart_mark *);
/* False when no line has two points. */
bool line_chart_drawable(const struct line_chart *);
void line_chart_put(struct figure *, const struct line_chart *);
/* Where a line first passes a limit, between two of its points; NaN: nowhere. */
double chart_crossing(const struct line_chart *, const struct chart_line *, double limit);

#endif
