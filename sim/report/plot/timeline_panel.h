/* The panels of a timeline: a picture of its own each, stacked over one axis of time.
 *
 * A panel asks for series by the names of their metrics. Those of one metric are one line, added up over its owners (endpoints,
 * sources), or a line for each owner. A line that is nothing but zero is not drawn, a panel without lines not either.
 *
 * Of several results, or several endpoints that were asked for, a panel compares one metric: a line for each of them, in its
 * colour. A line of zeros is drawn there as long as another one of the panel is not zero. */
#ifndef TIMELINE_PANEL_H
#define TIMELINE_PANEL_H
#include "sim/report/plot/plot_kinds.h"

enum { TIMELINE_LINES = 8 };

/* A metric that a panel shows. */
struct timeline_metric {
  const char *metric, *label; /* label: behind the owner's name; null: the name alone */
  const char *color;          /* null: that of the owner */
  bool dashed;
  const char *beside; /* only of owners that have this metric too, where two kinds of owner use one name; may be null */
};

struct timeline_line {
  const struct timeline_metric *what;
  const struct json_value **series; /* added up; while they are collected */
  int count, room;
  char label[164];
  const char *owner;                       /* of the first series; "" where there is none */
  int compared;                            /* the number of the result or the endpoint that it is of; -1: of neither */
  struct figure_tint color;                /* of timeline_color */
  double total, end, peak, peak_at, least; /* least: above zero */
  double gone_at;                          /* when less than 1 in 200 of the peak was left for the first time, or NaN */
  int block;
};

/* Whose lines a panel has: each kind has colours of its own. */
enum timeline_owners { OWNED_BY_ENDPOINT, OWNED_BY_PEOPLE, OWNED_BY_STOCK, OWNED_BY_SERVICE, TIMELINE_OWNERS };

struct timeline_panel {
  enum timeline_owners owners;
  const char *axis, *unit;
  struct timeline_metric metrics[5]; /* ends with a null metric */
  int share;                         /* of the height */
  bool sum;                          /* over owners, unless an endpoint was asked for */
  bool logarithmic;                  /* where the values differ by more than a factor of ten */
  bool compared;                     /* drawn where results or endpoints are compared */
  int count, left_out;               /* left_out: lines without room */
  struct timeline_line lines[TIMELINE_LINES];
  double most, least;
  double cut_at; /* a dashed line goes so far above the picture; 0: none does */
};

/* Where a panel goes, in pixels from below; last: the end of the axis of time, in seconds. */
struct timeline_place {
  double left, right, bottom, top, last;
  bool lowest;
};

bool timeline_compares(uint32_t count, const struct plot_options *);
/* Takes its series from the results and puts their numbers into the figure. */
void timeline_collect(struct figure *, const struct result_file *, uint32_t count, struct timeline_panel *,
                      const struct plot_options *);
const struct timeline_line *timeline_find(const struct timeline_panel *, const char *metric);
/* The colours of all lines of a picture: those of the metrics, and for the others one of each owner, the same in every panel. */
void timeline_color(const struct result_file *, uint32_t files_count, struct timeline_panel *panels, int count);
void timeline_drop(struct timeline_panel *, int line);
void timeline_draw(struct figure *, const struct timeline_panel *, const struct timeline_place *);

#endif
