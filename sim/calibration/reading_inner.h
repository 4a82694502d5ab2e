/* Inside of reading: what one file says, and the kinds of files. A kind is a file reader_NAME.c with a descriptor and a line in
 * readers.h. */
#ifndef READING_INNER_H
#define READING_INNER_H
#include "sim/calibration/measured.h"
#include "sim/json/json.h"

/* No group has as many: what comes after is put to the last, and joining refuses it. */
enum { SERIES_MOST = 4096 };

/* A counter that was read several times. */
enum series_of {
  SERIES_CPU,
  SERIES_HOST, /* CPU of all of a machine */
  SERIES_REQUESTS,
  SERIES_TIME,  /* seconds that answers took, in all */
  SERIES_BUCKET /* answers that took at most what its name says, in seconds */
};
struct series {
  enum series_of of;
  const char *name;
  uint32_t count, room;
  double *at_s, *value; /* seconds of CPU, or requests */
  struct position *at;
};

struct reading {
  struct arena *arena;
  struct diagnostics *diagnostics;
  const struct source_text *source;
  const char *kind;
  const struct json_value *tree; /* of a file that is JSON as a whole */
  /* What it says. */
  struct measured_window *windows;
  uint32_t window_count, window_room;
  struct series *series;
  uint32_t series_count, series_room;
  struct measured_statement *statements;
  uint32_t statement_count, statement_room;
  struct measured_log log;
  const char *const *maps; /* "MEASURED=NAME" of the user: what of a path counts */
  uint32_t map_count;
  bool idle; /* no file, but the word: nothing was asked meanwhile */
};

struct reader_kind {
  const char *name, *doc;
  bool json;                             /* the file is one JSON text, in reading->tree */
  bool (*knows)(const struct reading *); /* by its content */
  void (*read)(struct reading *);        /* errors go to the diagnostics */
};

extern const struct reader_kind *const reader_kinds[]; /* ends with null */

/* A window with everything unknown. */
struct measured_window *reading_window(struct reading *);
void latency_put(struct measured_latency *, double share, double seconds);
struct series *reading_series(struct reading *, enum series_of, const char *name);
void series_put(struct reading *, struct series *, double at_s, double value, struct position at);
struct measured_statement *reading_statement(struct reading *);

/* An error at bytes of the file. */
void reading_error(struct reading *, const char *at, size_t length, const char *format, ...) __attribute__((format(printf, 4, 5)));
struct position reading_position(const struct reading *, const char *at, size_t length);

/* Lines: the next one without its end; false behind the last. `torn`: it has no line break behind it. */
struct line {
  const char *text, *end;
  uint32_t number;
  bool torn;
};
bool line_next(const struct reading *, struct line *);
/* The number at `text`, which `*rest` is then behind; NaN: there is none. */
double number_at(const char *text, const char *end, const char **rest);

/* Joins the readings of one group to windows of `m`. False after errors. */
bool reading_join(struct measured *m, struct arena *, struct diagnostics *, struct reading *, uint32_t count, const char *from);

#endif
