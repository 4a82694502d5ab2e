/* Fork and join: branches of a request that run at the same time, and a caller that waits for all of them or for the first k.
 *
 * Every branch (and every copy of it) is a child (child.h) on the caller's replica, begun in the order of the branches within the
 * instant of the fork. Branches contend for the same threads, cores, connections and locks as all others. The caller goes on
 * at the instant of the k-th success, and its time is that of the branch which brought it; branches that still run lose their
 * caller and go on (or end at their next step, with `cancel`). A branch may fail as long as k can still succeed; then the caller
 * fails as the branch did that made it impossible.
 *
 * Copy 0 of a branch draws as the caller would; copy i has a key of its own. So a fork of one branch and no copies is bit for bit
 * the sequence of its steps, but for the order of events at the same instant.
 *
 * Theory: all of n by Flatto and Hahn (1984) and Nelson and Tantawi (1988) for two branches; k of n without queues are order
 * statistics. */
#ifndef PARALLEL_H
#define PARALLEL_H
#include "models/request/request.h"

enum { FORK_MOST = 1000 };

struct branch {
  uint16_t at, end; /* its first instruction; its JOIN */
  uint32_t copies;
};

struct fork {
  const struct branch *branches;
  uint32_t count, children, needed;
  uint32_t number; /* among the forks of its program */
  uint16_t cell;   /* of a wait that is cut short */
  uint16_t after;
  bool cancel;
};

/* The branch has failed: its caller, which still waits, learns it when it cannot succeed any more. */
void branch_fails(struct world *, struct request *branch, enum outcome);

struct compiler;
/* Compiles so many branches, of which all must succeed. */
void compile_parallel(struct compiler *, uint32_t branches, void (*branch)(struct compiler *, const void *config, uint32_t number),
                      const void *config);

/* Given the probability with which each branch succeeds, independently: of at least `needed` successes. */
double fork_success(const struct fork *, const double *success);

#endif
