/* Outages: which share of the requests would find a serving path now, and how long it took to get back to all of them.
 *
 * After each change of state the programs are walked over the routing tables: a dead replica in rotation fails its share of
 * the calls. The share is integrated over time per endpoint; endpoints count by the mix. An outage of a fault lasts from the
 * fault until every endpoint is served as well as before it: its RTO. So a crash in the middle of a longer outage is charged
 * with its own part only, and a fault that takes nothing from anybody has no outage. What is not served meanwhile is counted once,
 * whatever overlaps: of the outages that are open the latest is charged with what it took, the one before it with what it had taken
 * before that, and so on: over all faults this adds up to the downtime.
 *
 * Where clients are sent to regions, shares are those of the clients by the region that they are sent to now (models/dns/dns.h):
 * the load balancer of a region has only the replicas there for targets. Stragglers, who keep an old address for an hour, are part
 * of what is not served and charged to its fault, and not of the recovery time: that ends when all others are served.
 *
 * Requests play no part: the same book serves traffic and availability runs. */
#ifndef OUTAGE_H
#define OUTAGE_H
#include "models/availability/durations.h"
#include "models/availability/ledger.h"
#include "models/availability/phase.h"
#include "models/availability/state.h"
#include "models/core/parts.h"
#include "sim/engine/calendar.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>

struct world;

struct outage_log {
  uint64_t faults;
  struct durations rto; /* of every outage */
  struct durations
      rpo; /* of every primary of a database that the fault took: age of the oldest lost write; infinite: all is lost */
  double phase_ns[OUTAGE_PHASES]; /* what the recovery times were spent on, summed */
  double lost_ns;                 /* time times the share of requests that this fault alone took */
};

struct open_outage {
  uint32_t fault;
  sim_time at;
  bool hurts;          /* some endpoint was served worse than before it, apart from stragglers */
  bool recovered;      /* it is not any more: its recovery time is recorded */
  bool held;           /* its fault goes on: it is not over when all are served as before */
  bool by_dips, worse; /* by_dips: it was held: what counts is the time that it is worse, now or not */
  sim_time worse_since, worse_ns;
  bool straggles;                   /* stragglers were served worse when the others were not */
  enum outage_phase phase;          /* what it waits for now */
  sim_time phase_ns[OUTAGE_PHASES]; /* until it is recovered */
  double *before, *apart_before;    /* by endpoint when it struck: outage_book's serving and apart */
};

struct outage_book {
  uint32_t endpoint_count, class_count;
  double *share;   /* of the endpoint in the mix */
  double *serving; /* share of its requests served now */
  double *apart;   /* the same as if no client straggled (models/dns/dns.h) */
  struct states states;
  bool audited;                       /* every state is walked again, also one that is known */
  uint64_t audits, mismatches;        /* audits where what was known was wrong */
  double *clients;                    /* where they are (audience.h); null: there are no places */
  double *served_ns;                  /* integral of it */
  double total_served_ns, weighed_ns; /* weighed_ns: the time that these are of: passed, or biased (models/faults/biasing.h) */
  const struct state *first;          /* of a biased world: that of the start */
  sim_time since, measured_from;
  sim_time phase_since;
  slot_id phase_slot;         /* books phases once per instant */
  slot_id slot;               /* evaluates once per instant, after all changes in it */
  struct outage_log *classes; /* one a fault */
  struct open_outage *open;   /* in the order in which they struck */
  uint32_t open_room;
  uint32_t open_count;
  struct ledger ledger; /* by year and month */
};

void outage_fault(struct world *, uint32_t fault);
/* The fault that has struck at this instant goes on by itself, as a roll-out does, and may take something again and again until it
 * is let go: it is one outage, and its RTO is the time in all for which something was taken. */
void outage_holds(struct world *, uint32_t fault);
void outage_lets_go(struct world *, uint32_t fault);
/* After all changes of this instant what is served is found again. */
void outage_look_again(struct world *);
/* Share of the endpoint's requests that find a serving path at this moment. */
double outage_serving(const struct world *, uint32_t endpoint);

static inline struct outage_book *world_outages(const struct world *w) { return world_part(w, PART_outages); }

#endif
