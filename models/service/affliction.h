/* Afflictions: what is wrong with a service whose processes live. A bad release answers some calls with errors, a full disk takes
 * no writes, an external service is down, a certificate has expired.
 *
 * An affliction is of all replicas of a service, from when it begins until it ends. A share of the calls fails, each on its own,
 * before it reaches a replica: at once, and without work. Or its computations, and the latency of an external service, take longer.
 * Several of the same service multiply.
 *
 * A call comes by a door (enum door, models/request/program.h): the ENTER of a service, the answer of an external one, a query of
 * an embedded database. Doors are marked once all programs are compiled, in services that a fault may afflict (`may_ail`) only: a
 * run without such faults has no door and pays nothing. Requests draw from a band of their own, so that a fault that never happens
 * shifts no other draw.
 *
 *     ((struct service_config *)...)->may_ail = true;                                  while linking, before programs are compiled
 *     affliction_begins(world, fault, &(struct affliction){.service = s, .fails = 0.1, .slower = 1, .outcome = OUTCOME_ERROR});
 *     double share = affliction_spares(world, instruction);         in years: of the calls by this door those that get through
 *     affliction_ends(world, fault, s);
 *
 * Both call parts_changed. Years of faults look states up (models/availability/state.h): what affliction_shares says of each
 * service that may ail is all that is asked there.
 *
 * Routing, in a run of years, sees only the share of calls that fail; what becomes of requests to a slower service, short traffic
 * runs of that state say (models/availability/carrying.h). */
#ifndef AFFLICTION_H
#define AFFLICTION_H
#include "models/core/parts.h"
#include "models/request/outcome.h"
#include <stdbool.h>
#include <stdint.h>

struct compiler;
struct instruction;
struct world;

struct affliction {
  uint32_t service;
  bool writes;          /* only calls that write fail; else all alike */
  double fails;         /* share of them */
  enum outcome outcome; /* how they end */
  double slower;        /* factor of the time of computations, or of the latency of an external service */
};

/* by: who says so, a fault by its number. The same one may begin several times, and ends as often. */
void affliction_begins(struct world *, uint32_t by, const struct affliction *);
void affliction_ends(struct world *, uint32_t by, uint32_t service);

/* Of calls by the door, an instruction with one: the share that gets through. */
double affliction_spares(const struct world *, const struct instruction *);
/* Of the calls of a service, and of those of them that write: the shares that get through on their own. Each world has it. */
struct ailing {
  double calls, writes;
};
struct ailing affliction_shares(const struct world *, uint32_t service);

/* Names are not resolved: of the clients in a region, or of all (-1, and where there are no places) this share finds no address and
 * fails before anything else. */
void affliction_unresolved(struct world *, int32_t region, double share);
static inline double affliction_resolves(const double *unresolved, uint32_t region) {
  return unresolved ? 1 - unresolved[region] : 1;
}

/* While a query of an embedded database is compiled: its door, if it may ail. Others are found by themselves. */
void compile_door(struct compiler *, int32_t service, bool write);

#endif
