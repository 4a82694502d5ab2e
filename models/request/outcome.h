/* Outcomes: how requests end for their clients, and attempts and branches for their callers. */
#ifndef OUTCOME_H
#define OUTCOME_H
#include <stdbool.h>

/* How a request ended for its client. */
enum outcome {
  OUTCOME_COMPLETED,
  OUTCOME_TIMEOUT,              /* the client gave up */
  OUTCOME_REJECTED,             /* backlog full */
  OUTCOME_POOL_TIMEOUT,         /* no free database connection in time */
  OUTCOME_REFUSED,              /* the process is down, its machine answers */
  OUTCOME_UNREACHABLE,          /* the machine is down: the connection attempt timed out */
  OUTCOME_NO_BACKEND,           /* nothing in rotation, or no quorum */
  OUTCOME_CRASHED,              /* its replica died while it was inside */
  OUTCOME_EXTERNAL,             /* an external service failed */
  OUTCOME_PATIENCE,             /* left the queue: its service had not begun within its patience */
  OUTCOME_CALL_TIMEOUT,         /* a caller inside gave up its call */
  OUTCOME_BREAKER,              /* a circuit breaker let no call through */
  OUTCOME_SHED,                 /* dropped by the service when its turn came: it had waited too long */
  OUTCOME_LIMITED,              /* refused by a limit: 429, at once */
  OUTCOME_SOLD_OUT,             /* answered: too little stock was left. No failure */
  OUTCOME_EXPIRED,              /* what it wanted to pay had run out, or was never held */
  OUTCOME_LOCK_TIMEOUT,         /* waited too long for a lock of a database, or for the rebuild of an item of a cache */
  OUTCOME_TOO_MANY_CONNECTIONS, /* the database, or its pooler, took no more */
  OUTCOME_POOL_FULL,            /* as many wait for a connection as may */
  OUTCOME_QUEUE_FULL,           /* a job queue took no more jobs */
  OUTCOME_JOB_FAILED,           /* the job that it waited for was given up or lost */
  OUTCOME_RECOVERY_CONFLICT,    /* a read that held up the replay of a replica for too long */
  OUTCOME_ERROR,                /* answered with an error: a bad release, a full disk */
  OUTCOME_UNRESOLVED,           /* its client found no address for the name */
  OUTCOMES
};
extern const char *const outcome_names[OUTCOMES + 1]; /* ends with null */
/* A page that says "sold out" is an answer, though not the one that was asked for. */
static inline bool outcome_failed(enum outcome o) { return o != OUTCOME_COMPLETED && o != OUTCOME_SOLD_OUT; }

#endif
