/* The members of the family of sources, in the order of their words, and the keys that several share. A new one: source_NAME.c with
 * `const struct source_kind source_kind_NAME`, and a line here. */
#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H
#include "models/traffic/source.h"

#define SOURCES(SOURCE)                                                                                                            \
  SOURCE(open)                                                                                                                     \
  SOURCE(closed)                                                                                                                   \
  SOURCE(session)                                                                                                                  \
  SOURCE(trace)

#define SOURCE_DECLARE(name) extern const struct source_kind source_kind_##name;
SOURCES(SOURCE_DECLARE)
#undef SOURCE_DECLARE

#define MIX_KEY                                                                                                                    \
  KEY("mix", WEIGHTS, source_config, mix, OPTIONAL, .target = "endpoints", .doc = "Endpoints that it asks for, by weight.",        \
      .elsewhere = "a \"mix\" belongs to open and closed sources; a session asks for what its journey says")

#define CLIENTS_KEY                                                                                                                \
  KEY("clients", RECORD, source_config, clients, .record = &clients_record,                                                        \
      .doc = "How many different clients send, for parts that tell clients apart: limits. Absent: each request comes from a new "  \
             "one.",                                                                                                               \
      .elsewhere = "says who sends for an open source")

/* Of arrivals at a rate (arrivals.h). */
#define ARRIVALS_KEYS                                                                                                              \
  KEY("rate", CHOICE, source_config, rate, OPTIONAL, .choices = &profile_choices, .doc = "Arrivals per second over time.",         \
      .elsewhere = "is that of an open source"),                                                                                   \
      KEY("busyness_cv", NUMBER, source_config, busyness_cv, DEFAULT(0), RANGE(0, 3),                                              \
          .doc = "Days differ. The rate of each replication is multiplied by one gamma factor of mean 1 and this coefficient of "  \
                 "variation; 0: by 1.",                                                                                            \
          .elsewhere = "varies the rate of an open source"),                                                                       \
      KEY("burst", CHOICE, source_config, burst, OPTIONAL, .choices = &burst_choices,                                              \
          .doc = "The rate jumps at random times. Absent: it does not.", .elsewhere = "varies the rate of an open source"),        \
      KEY("batch", CHOICE, source_config, batch, OPTIONAL, .choices = &batch_choices,                                              \
          .doc = "How many requests come together; the rate stays that of requests. Absent: each comes alone.",                    \
          .elsewhere = "groups the arrivals of an open source"),                                                                   \
      KEY("dispersion", RECORD, source_config, dispersion, .record = &dispersion_record,                                           \
          .doc = "Burstiness by an index of dispersion of counts; the mean rate stays.",                                           \
          .elsewhere = "varies the rate of an open source")

#endif
