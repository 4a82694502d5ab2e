/* What one replication saw: plain counts, histograms and integrals, merged by addition.
 *
 * A request counts where it ends: its outcome, latency and wait belong to the last instant at which it was inside, the one before
 * its end (that of its arrival where it takes no time). So ten clients that are served one after the other in 10 ms each are
 * answered 100 times a second exactly, from the first second on. Arrivals count where they happen. For each endpoint and window
 *
 *     inside at its start + arrived = ended + inside at its end,
 *
 * and those inside at the end of the measured time are unanswered: neither answered nor failed, and nothing is known of them yet
 * (models/request/audit_requests.c checks it). Latency is that of answered requests, from the intended arrival; requests that
 * failed are counted by cause. The wait of a request, kept only where a claim asks for it, is the time that it waited for
 * the system until it ended, and is that of all requests: those that gave up waited too.
 *
 * A client that asks again (models/traffic/client.h) sends several attempts for one errand. Attempts count where they are sent, and
 * their time-outs where the time is over, whatever becomes of the errand: in a window
 *
 *     attempts sent = arrived + repeated,    time-outs = ended as a time-out + timed_out.
 *
 * Where clients are in regions, endpoints are observed twice: as a whole, and by the region of the client in rows of their own
 * behind the endpoints: first those of the first region, in the order of the endpoints. The rows of an endpoint's regions add up
 * to its own.
 *
 * An endpoint costs what it uses: its windows are made when its first request arrives, bins and blocks of histograms when something
 * falls into them. Until then all endpoints share the windows of `unused`, which nothing is ever written to. */
#ifndef OBSERVATION_H
#define OBSERVATION_H
#include "models/core/meter.h"
#include "models/request/request.h"
#include "models/core/use.h"
#include "sim/stats/histogram.h"
#include "sim/stats/series.h"

enum { SLOW_BINS = 256 };

/* Sums of attributed time by quarter octave of latency: from these, where the slowest 1% spent theirs. */
struct slow_bin {
  uint64_t count;
  double cell_ns[]; /* one a cell of the endpoint's program */
};

struct endpoint_window {
  uint64_t arrived;         /* in this window */
  uint64_t ended[OUTCOMES]; /* likewise */
  uint64_t repeated;        /* attempts behind the first, which is sent when its errand arrives */
  uint64_t timed_out;       /* attempts whose time was over and whose errand went on */
  struct histogram latency; /* of the completed */
};

struct endpoint_observation {
  struct endpoint_window *windows;    /* window_count of the observation */
  uint64_t inside_from, inside_until; /* at the start and at the end of the measured time */
  struct slow_bin **slow;             /* SLOW_BINS, null where none is; null while none is anywhere */
  struct histogram *waits;            /* by window, of all that ended, however; null unless records_waits */
  uint32_t cells;                     /* of the endpoint's program */
};

struct service_observation {
  struct histogram latency; /* from call to answer, waiting included */
  uint64_t calls;           /* answered in the measured window */
  struct series replicas;   /* in rotation, from the end of the warm-up */
};

struct observation {
  struct arena *arena; /* all of it is there */
  sim_time measured_from, measured_until, window_length;
  uint32_t window_count;
  uint32_t endpoint_count, service_count;
  uint32_t row_count; /* endpoints, and endpoints by region */
  bool records_waits;
  struct endpoint_observation unused;     /* no request, no end, empty histograms */
  struct endpoint_observation *endpoints; /* row_count */
  struct service_observation *services;
  struct meter_observation *meters;
  uint32_t meter_count;
  uint32_t node_groups;
  struct service_use *use; /* [service * window_count + window]; null unless it is recorded */
  double *nodes_used_s;    /* [node group * window_count + window], likewise */
  /* Over the whole run, from time zero: for the invariants. */
  uint64_t arrived, ended[OUTCOMES];
  uint64_t wasted; /* ran on after their client had gone, to the end of their program */
  uint32_t inside; /* clients that wait now */
  sim_time inside_since;
  unsigned __int128 inside_ns;    /* integral of the number of waiting clients */
  unsigned __int128 sojourn_ns;   /* sum of the times of those that have ended */
  struct series inside_over_time; /* from the end of the warm-up */
  uint64_t broken_attributions;   /* requests whose cells did not add up */
};

/* What has ended for its client: a request, or an errand of several (models/traffic/client.h). */
struct ended {
  uint32_t endpoint, cells;
  int32_t region;      /* of its client, or -1 */
  sim_time arrived;    /* intended */
  const int64_t *cell; /* attributed time, of what was answered */
};

struct observation_plan {
  uint32_t endpoints, services, windows; /* windows: equal parts of the measured time */
  uint32_t regions;                      /* of clients */
  sim_time measured_from, measured_until;
  bool waits, use;                /* to be recorded */
  const struct program *programs; /* of the endpoints, in their order */
  uint32_t node_groups;
  const struct meter_config *meters;
  uint32_t meter_count;
};

void observation_open(struct observation *, struct arena *, const struct observation_plan *);
/* region: of its client, or -1. */
void observation_arrival(struct observation *, uint32_t endpoint, int32_t region, sim_time now);
void observation_end(struct observation *, const struct ended *, enum outcome, sim_time now);
/* One more attempt of an errand; the first is its arrival. */
void observation_repeated(struct observation *, uint32_t endpoint, int32_t region, sim_time now);
/* The time of an attempt is over, since it was sent until now, and its errand goes on. */
void observation_timed_out(struct observation *, uint32_t endpoint, int32_t region, sim_time since, sim_time now);
/* Just before its end is recorded: how long it has waited. */
void observation_wait(struct observation *, const struct ended *, sim_time waited, sim_time now);
void observation_close(struct observation *, sim_time now);
void observation_merge(struct observation *into, const struct observation *);

/* The row of an endpoint's requests from a region; -1: from wherever. */
static inline uint32_t observation_row(const struct observation *o, uint32_t endpoint, int32_t region) {
  return region < 0 ? endpoint : o->endpoint_count * (1 + (uint32_t)region) + endpoint;
}

/* Some request of the endpoint has arrived: otherwise all about it is zero. */
static inline bool observation_touched(const struct observation *o, uint32_t endpoint) {
  return o->endpoints[endpoint].windows != o->unused.windows;
}
/* Makes the windows of an endpoint, unless it has them. */
void observation_touch(struct observation *, uint32_t endpoint);

/* A bin for reading: null when nothing fell into it. */
static inline const struct slow_bin *slow_bin_at(const struct endpoint_observation *e, uint32_t bin) {
  return e->slow ? e->slow[bin] : NULL;
}
/* A bin for writing, made if need be. */
struct slow_bin *slow_bin_of(struct observation *, struct endpoint_observation *, uint32_t bin);
void slow_bins_merge(struct observation *, struct endpoint_observation *into, const struct endpoint_observation *from);

/* The last instant of what lasted from `since` until now: where it counts. */
static inline sim_time observation_last(sim_time since, sim_time now) { return now > since ? now - 1 : now; }

static inline void observation_call(struct observation *o, uint32_t service, sim_time since, sim_time now) {
  sim_time last = observation_last(since, now);
  if (last < o->measured_from || last >= o->measured_until) return;
  o->services[service].calls++;
  histogram_add(&o->services[service].latency, now - since);
}

#endif
