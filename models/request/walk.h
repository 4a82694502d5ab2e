/* Walks over programs without requests. Two readers share the instructions of requests (models/request/operation.h):
 *
 * A walk follows requests of some weight and adds what they ask of each resource to sums. It knows what is held meanwhile (frames,
 * connections, permits, locks), because time that passes is time for which these are held. A look-up splits it: those with a hit go
 * on elsewhere.
 *
 * A passage multiplies shares: of replicas that serve, or, without `serving`, of external services that answer. Where places matter
 * it is followed from each site that a call may have led to on its own, as what is called from there depends on it. */
#ifndef WALK_H
#define WALK_H
#include "models/network/regions.h"
#include "models/request/program.h"

struct retry_config;

struct walk {
  const struct demand_sums *sums;
  const struct program *program;
  uint32_t at, stop; /* the next instruction; where the walk ends */
  double elsewhere;  /* weight that has reached `stop` on another way */
  int32_t frames[PROGRAM_FRAMES];
  uint32_t depth;
  int32_t connected; /* service whose connection is held, or -1 */
  int32_t aside;     /* likewise, of the connection of a transaction */
  int32_t bound;     /* pooler whose connection is held, or -1 */
  struct held_lock locked[PROGRAM_LOCKS];
  uint32_t locked_count;
  const struct instruction *enter;   /* the innermost call */
  enum route route;                  /* of the innermost call: a query holds nothing but its computation */
  uint16_t permits[PROGRAM_PERMITS]; /* limits whose permits are held */
  uint32_t permit_count;
  uint64_t held[PARTS_MOST]; /* by part: what is held of it, in the part's own terms; 0: nothing */
  uint32_t base;             /* frames below are those of the caller of a branch: its time passes for them at the join */
  double *passed_s;          /* of a branch: the time that passes, weighted; else null */
};

/* Time passes, in seconds times weight: for all that is held meanwhile. */
void walk_passes(const struct walk *, double weighted_s);
/* Requests of this weight take the way from a service to one that they call by that route, or back. */
void walk_hops(const struct walk *, int32_t caller, int32_t called, enum route, double weight);
/* Follows requests of this weight from `at` on; returns the weight of those that reach `stop`. */
double walk_on(struct walk, uint32_t at, uint32_t stop, double weight);
/* Of what runs on its own on the replica that it begins on: it holds nothing of its caller. */
struct walk walk_beside(const struct walk *, double *passed_s);
/* `onward` of a look-up: those that find go on at the target. */
double walk_looks_up(struct walk *, const struct instruction *, double weight);
/* `onward` of a jump. */
double walk_skips(struct walk *, const struct instruction *, double weight);
/* `ask` of an instruction that takes its demand and uses nothing. */
void walk_waits(const struct walk *, const struct instruction *, double weight);

/* Where calls arrive: this share of them finds a replica there that serves. */
struct arrival {
  struct site at;
  double share;
};
enum { ARRIVALS_MOST = ZONES_MOST + 1 };

struct passage {
  const struct program *program;
  uint32_t at, stop;
  double (*serving)(void *context, const struct instruction *, enum route); /* ROUTE_DOOR: by its door, whatever it leads to */
  void *context;
  /* Where places matter: says where the calls from a site arrive, and returns at how many sites that is; null: they do not. */
  uint32_t (*arrives)(void *context, const struct instruction *, struct site from, struct arrival *);
  struct site sites[PROGRAM_FRAMES + 1]; /* of the entry, and of the replicas of the frames that are open */
  uint32_t depth;                        /* frames that are open */
};

/* Without `serving`. */
extern const struct passage passage_outside;

/* program_serving by a passage that says how. */
double program_serving_by(const struct program *, const struct passage *);
/* Of the requests at instruction `at` of the program: those that reach `stop`. */
double passage_share(const struct passage *, const struct program *, uint32_t at, uint32_t stop);
/* `through` of a look-up and of a jump. */
double passage_looks_up(struct passage *, const struct instruction *);
double passage_skips(struct passage *, const struct instruction *);

/* Attempts of a call or a job of which each gets through with this share, independently of the others. */
struct attempts {
  double expected, all_fail;
};
struct attempts passage_attempts(const struct passage *, const struct retry_config *, double success);

#endif
