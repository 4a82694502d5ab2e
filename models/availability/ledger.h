/* Ledger: what was not served in each year and month of an availability run, and when the system went down.
 *
 * The book of outages (outage.h) knows what is not served now. The ledger adds it up by year and by month, in rows: of all
 * endpoints by the mix, of the part that planned faults took and of the rest, of each fault, and of each endpoint. Years are of 365
 * days and count from the beginning of a piece of the run; a month is a twelfth of one, 730 h. What is not served across a boundary
 * is cut there. Only periods in which something was lost are kept one by one: the others are their number less those.
 *
 * An outage of the system, or of one endpoint, begins when a fault takes something from it and lasts until all that faults had
 * taken is back; what overlaps is one outage. It belongs to the year in which it begins.
 *
 *     ledger_open(&ledger, world);
 *     ledger_book(world, from, to);      ... the state of the book held from `from` to `to`
 *     ledger_close(world);               ... the run is over
 *
 * Invariants: over all faults and what no fault took, lost adds up to that of all; planned and unplanned do too; the months of a
 * year add up to the year. */
#ifndef LEDGER_H
#define LEDGER_H
#include "models/availability/durations.h"
#include "sim/engine/sim_time.h"
#include <stdbool.h>
#include <stdint.h>

struct model;
struct world;

#define SIM_MONTH (SIM_YEAR / 12)

/* Rows; behind them one for each fault, then one for each endpoint, then the number of outages: of all, of each endpoint. */
enum { LEDGER_ALL, LEDGER_PLANNED, LEDGER_UNPLANNED, LEDGER_FAULTS };

struct ledger_row {
  double rate;                    /* lost now, a second */
  double month, year, lost_s;     /* in the period that is open; in all */
  struct durations months, years; /* those in which something was lost, in seconds; of numbers of outages: how many */
};

/* Of all, or of one endpoint. */
struct ledger_life {
  bool down;
  uint64_t outages;
  double down_s;
  sim_time first; /* its first outage began; SIM_NEVER: none has */
};

struct ledger {
  bool kept;     /* it is: in availability runs */
  sim_time from; /* time is counted from here */
  int64_t month; /* number of the one that is open */
  uint32_t row_count, life_count;
  struct ledger_row *rows;
  uint32_t *losing, losing_count; /* rows whose rate is not 0 */
  struct ledger_life *lives;      /* all; then each endpoint */
  bool *down, any_down;           /* now; when it was booked last, something was lost */
};

uint32_t ledger_rows(const struct model *);
static inline uint32_t ledger_fault_row(uint32_t fault) { return LEDGER_FAULTS + fault; }
uint32_t ledger_endpoint_row(const struct model *, uint32_t endpoint);
/* Of numbers of outages: -1: of all endpoints. */
uint32_t ledger_outage_row(const struct model *, int32_t endpoint);

void ledger_open(struct world *);
/* What comes before is forgotten. */
void ledger_restart(struct world *);
void ledger_book(struct world *, sim_time from, sim_time to);
void ledger_close(struct world *);
void ledger_free(struct ledger *);

#endif
