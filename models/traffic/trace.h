/* Traces: arrivals as they were written down, replayed.
 *
 * From a table of times in seconds since the start (`file`: at_s, and if wanted endpoint and client) or from log lines (`log`,
 * models/traffic/log.h; the first line is the start, paths become endpoints by their longest prefix in `paths`). Read once while
 * linking; all replications share the arrivals, 16 bytes each. A trace gives exactly its arrivals, to the nanosecond: nothing is
 * drawn, unless it is asked for:
 *
 *     speed 2     every time is halved
 *     scale 2.4   each request comes as 2 at once, and as a third with probability 0.4; below 1 it is kept with that probability
 *     spread 1s   requests that the trace has at one time come evenly over so long: the order statistics of that many uniform
 *                 draws (logs know whole seconds; a second's requests at its first instant would be a burst that never was)
 *     repeat 1d   it starts again after so long
 *
 * The draws for arrival i of round r are keyed by (r, i): a scale changes nobody's spread.
 * A table may also say what each request asks for: its columns demand_us to demand4_us are the demands of "cpu" steps that name one
 * ("recorded"), in microseconds, so that a recorded run is replayed request by request. Whatever stands for the request, an attempt
 * of its client, a branch, what is left after an answer, asks for the same. Requests of other sources draw what the step says.
 *
 * Owned by the source; for each request one call: source_send_to. */
#ifndef TRACE_H
#define TRACE_H
#include "sim/describe/field.h"
#include "sim/engine/calendar.h"

struct arena;
struct endpoint_config;
struct source;
struct source_config;

enum { TRACE_DEMANDS = 4 };

struct trace_arrival {
  sim_time at;      /* since the start of the run, `speed` included */
  int32_t endpoint; /* -1: by the source's mix */
  uint32_t client;  /* NONE where it is not told */
};

struct trace_config {
  struct table file;
  struct text_file log;
  struct config_list paths; /* struct trace_path */
  double speed, scale;
  sim_time spread, repeat; /* repeat: SIM_NEVER for once */
  /* Read by trace_link. */
  const struct trace_arrival *arrivals;
  uint32_t count;
  bool demands; /* it has some */
};

/* Which row of the trace a request is, by what it is about (request->subject): open addressing. */
struct trace_rows {
  uint64_t *subjects;
  uint32_t *rows; /* less one; 0: free */
  uint32_t mask, count;
};

/* {"prefix": "/event", "endpoint": "event"} */
struct trace_path {
  const char *prefix;
  int32_t endpoint;
};

/* A trace in one replication. */
struct replay {
  uint64_t sent;  /* n of the next request */
  uint64_t key;   /* of its draws, by round and arrival */
  sim_time began; /* of this round */
  uint64_t round;
  uint32_t next;  /* arrival */
  uint32_t group; /* arrivals left at the present time of the trace, the next included */
  double place;   /* of the last one within the spread, 0 to 1 */
  slot_id slot;
  struct trace_rows rows; /* where the trace has demands */
};

extern const struct table_column trace_columns[];
extern const struct record trace_path_record;

/* Reads the arrivals, and the source's mix where they name endpoints. Null, or what is wrong with `key`. */
const char *trace_link(struct source_config *, struct arena *, const char **key);
/* Arrivals in [from, to), scale and rounds included. */
double trace_expected(const struct trace_config *, sim_time from, sim_time to);

/* What the request of the source asks for by the column, 0 to TRACE_DEMANDS - 1. False: nothing is recorded. */
bool trace_demand(const struct source *, uint64_t subject, uint32_t column, sim_time *out);
/* Of the column: the mean over the rows of the endpoint, in ns; negative: the trace has no such column. */
double trace_mean_demand(const struct trace_config *, uint32_t column, int32_t endpoint);
extern const char *const trace_demand_words[]; /* "none" first */

/* The source has its world and its config. */
void trace_start(struct source *);

#endif
