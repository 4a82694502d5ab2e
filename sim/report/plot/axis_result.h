/* What was run at several values of one number: the points of a sweep, or the levels of `aguanta capacity`, in the order of the
 * axis. Private to sim/report/plot. */
#ifndef AXIS_RESULT_H
#define AXIS_RESULT_H
#include "sim/report/result_file.h"

enum { AXIS_MOST = 200 };

struct axis_result {
  const struct result_file *file;
  bool capacity;
  char label[240]; /* path and unit */
  const char *unit;
  int count;
  double x[AXIS_MOST];
  const struct json_value *at[AXIS_MOST]; /* point or level */
};

/* Null when read; else why it cannot be drawn and what to run instead. */
const char *axis_read(struct axis_result *, const struct result_file *);
/* "143/s" of the axis. */
struct axis_words {
  char text[60];
};
struct axis_words axis_result_words(const struct axis_result *, double x);
/* A metric of a point without labels; null: there is none. */
const struct json_value *axis_metric(const struct json_value *point, const char *name, const char *aggregate);
/* Something grows without end there: the requirement `settles` fails, or the level says so. */
bool axis_endless(const struct json_value *at);
/* The busiest resource at a point or level and how busy it is; NaN: unknown. */
double axis_fullest(const struct axis_result *, int i, char *name, size_t size);

#endif
