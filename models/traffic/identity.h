/* Clients of an open source: who sends a request, for whatever knows its clients (limits per client).
 *
 * Requests are independent, so who sends one is a draw: uniformly over `count` clients, or by Zipf's law, client k (from 1) with
 * a probability in proportion to k to the power -zipf: a few send most. A request's client is drawn from its own stream, and
 * shifts no other draw.
 *
 *     "clients": 5000                               "clients": { "count": 5000, "zipf": 1.1 } */
#ifndef IDENTITY_H
#define IDENTITY_H
#include "sim/describe/field.h"

struct arena;
struct zipf;

struct clients_config {
  int64_t count;          /* 0: each request comes from a client of its own */
  double zipf;            /* 0: uniformly */
  const struct zipf *law; /* derived; null: uniformly */
};

extern const struct record clients_record;

void identity_link(struct clients_config *, struct arena *);

/* The client of the request with this key: 0 .. count - 1, the busiest first. */
uint32_t identity_draw(const struct clients_config *, uint64_t key);

#endif
