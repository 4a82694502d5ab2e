/* Footprint: the memory that a study will need, estimated before anything has run.
 *
 * What can become large is counted: requests in progress (Little's law without queues, and what a load beyond the capacity leaves
 * behind, at most as many as a run holds), the windows of the endpoints with their histograms, contents of caches, clients and
 * users, and samples. An estimate errs on the large side, by less than a factor of two where it matters.
 *
 *     struct footprint f = footprint_of(&scenario->model, replications);
 *     if (footprint_bytes(&f, jobs) > most) ... f.parts[0].what ...
 */
#ifndef FOOTPRINT_H
#define FOOTPRINT_H
#include "models/core/model.h"

enum { FOOTPRINT_PARTS = 6 };

struct footprint_part {
  const char *what; /* "requests in progress" */
  double count;     /* of these */
  double bytes;     /* of one thread, or of all of it */
  bool shared;      /* by all threads */
};

struct footprint {
  struct footprint_part parts[FOOTPRINT_PARTS]; /* the largest first */
};

struct footprint footprint_of(const struct model *, double replications);
double footprint_bytes(const struct footprint *, uint32_t jobs);

#endif
