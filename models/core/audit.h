/* The audit: invariants that every run must keep, whatever the scenario. A broken one is our fault, never the user's.
 *
 * Flow: what arrived has ended or is still inside. Little's law from the same events: the integral of the number inside is
 * the sum of the times inside. Response time law: users' thinking and waiting fill population x horizon. Attributed times add
 * up to the latency and none is negative. Each node's up and down time fill the horizon. Delivered work is the integral of
 * the busy rate (utilisation law). Requests in flight, connections in use and pool entries are those of the living requests.
 * Whoever asked a limit has passed, was refused, waits or has lost its replica; no account of a limit has let in more than it may
 * at once, no request waits for a permit that is free, and permits in use are those that living requests hold.
 * Requests and numbers of replicas placed on a node are those of its containers and never exceed what it holds; no replica is on a
 * node that may not run it, in another region than its own, or was placed against a hard spread.
 * Memory in use is that of the requests and connections there. No stock is oversold at any instant, its books agree with the holds
 * that there are, and every lock is held and waited for by living requests. */
#ifndef AUDIT_H
#define AUDIT_H

struct world;

typedef void audit_report(void *context, const char *message);

/* After world_run. Calls report once for each broken invariant. */
void world_audit(const struct world *, audit_report *, void *context);

/* --- adding to it ---------------------------------------------------------------------------------------------------------- */

/* Adding to the audit: a part says what must be true of it, in a file audit_NAME.c next to it, and has it in its
 * descriptor (models/core/part.h).
 *
 *     void audit_stocks(const struct audit *a) {
 *       for (each stock of a->world)
 *         if (its books are wrong) audit_broken(a, "stock: of %lld pieces of %s ...", ...);
 *     }
 *
 * It reads the world after its run and changes nothing. It may count what it likes: an audit costs a walk over what lives. */
struct audit {
  const struct world *world;
  audit_report *report;
  void *context;
};

void audit_broken(const struct audit *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of the core. */
void audit_cpu(const struct audit *);
void audit_placement(const struct audit *);
void audit_requests(const struct audit *);
void audit_replicas(const struct audit *);

#endif
