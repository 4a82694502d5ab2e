/* The mechanisms that have rows in the load sheet, or ask for something that no program of an endpoint does. */
#ifndef LOAD_PARTS_H
#define LOAD_PARTS_H
#include "models/core/load_sheet.h"

/* In the order in which they ask: a law of scalability is about all that is asked of a service. */
#define LOAD_PARTS(PART)                                                                                                           \
  PART(client_network)                                                                                                             \
  PART(jobs)                                                                                                                       \
  PART(connections)                                                                                                                \
  PART(stocks)                                                                                                                     \
  PART(locks)                                                                                                                      \
  PART(disks)                                                                                                                      \
  PART(copies)                                                                                                                     \
  PART(computing)                                                                                                                  \
  PART(permits)                                                                                                                    \
  PART(cores)

#define LOAD_DECLARE(name) extern const struct load_part load_of_##name;
LOAD_PARTS(LOAD_DECLARE)
#undef LOAD_DECLARE

#endif
