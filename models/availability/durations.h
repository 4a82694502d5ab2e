/* Durations one by one, in seconds; grows by doubling. Zeroed is empty; `s` is freed by the owner. */
#ifndef DURATIONS_H
#define DURATIONS_H
#include <stdint.h>

struct durations {
  uint64_t count, room;
  double *s;
};

void durations_add(struct durations *, double seconds);

#endif
