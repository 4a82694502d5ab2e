/* What a failover may say: who promotes another replica, and how long each phase of that takes.
 *
 *     dies --detect--> noticed --decide--> it is clear who --promote--> takes writes
 *
 * What promotes is a member of the family in failovers.h, a file each, which draws these times. Machines decide at once, if the
 * votes let them (models/replication/votes.h); where they do not, `person` does, or it waits until they let them. */
#ifndef FAILOVER_CONFIG_H
#define FAILOVER_CONFIG_H
#include "models/people/people.h"
#include "sim/describe/field.h"
#include "sim/engine/distribution.h"
#include "sim/engine/sim_time.h"
#include "sim/engine/stream.h"
#include <stdbool.h>

struct failover_kind;

/* A place with a vote and no nodes. */
struct witness_config {
  const char *name;
};

/* An engineer on call. */
struct person_config {
  struct distribution acknowledge, diagnose, act; /* no kind: as the scenario's `people`, or as a small team by day */
};

/* What leads callers to the primary, and finds it by checks: HAProxy in front of Patroni's. */
struct primary_proxy {
  sim_time inter, fastinter; /* fastinter 0: as inter */
  int64_t rise;
};

struct failover_config {
  const struct failover_kind *by; /* null: no replica is promoted */
  struct distribution detect;
  struct distribution promote;
  struct distribution resync; /* no kind: takes no time */
  sim_time max_lag;
  sim_time ttl, loop_wait, start_timeout; /* of a lease on being the primary */
  struct person_config own;               /* who promotes */
  struct primary_proxy *proxy;            /* null: callers know at once who was promoted */
  struct person_config *person;           /* who does where machines may not; null: nobody does */
  struct weights votes;                   /* by name, of regions and witnesses */
  struct config_list witnesses;           /* struct witness_config */
  bool split_brain;                       /* machines ask no votes */
  double coverage;                        /* share of the losses of a primary that the failover covers */
  struct distribution uncovered;          /* how long the others take; no kind: all are covered */
  /* Derived by votes_link, where there are regions. */
  double *region_votes; /* by region; null: there are no votes */
  double witness_votes, all_votes;
  uint32_t detect_time, decide_time, promote_time, two_primaries; /* meters */
};

extern const struct record failover_record;

static inline bool failover_is_on(const struct failover_config *c) { return c->by != NULL; }
static inline bool failover_has_person(const struct failover_config *c) { return c->person != NULL; }

/* How long each phase took is counted. */
bool failover_counts_phases(const struct failover_config *);

/* When a phase begins, and what it draws from. */
struct failover_moment {
  const struct model *model;
  sim_time now;
  struct stream *draws;
};

struct failover_kind {
  struct member member;
  bool automatic; /* a machine, which needs a majority of the votes */
  /* Drawn, each when it begins. host: the machine of the primary is lost, not only its process. */
  sim_time (*detect)(const struct failover_config *, struct failover_moment, bool host);
  sim_time (*decide)(const struct failover_config *, struct failover_moment); /* null: at once */
  sim_time (*promote)(const struct failover_config *, struct failover_moment);
  /* How long a primary that sees no majority goes on taking writes, and how much later others notice. Null: as long as it takes to
   * detect, and at once. */
  sim_time (*lease)(const struct failover_config *, struct failover_moment);
  sim_time (*notice)(const struct failover_config *, struct failover_moment);
  const char *(*link)(const struct failover_config *, const char **key); /* null, or what is wrong with the key; may be null */
};

/* Null, or what is wrong with the key. */
const char *failover_wrong(const struct failover_config *, const char **key);
/* From the promotion until its proxy leads callers there; 0: it has none. */
sim_time failover_reached(const struct failover_config *, struct stream *);
/* Between these two, alike. */
sim_time failover_between(struct stream *, sim_time from, sim_time until);
/* How long a step of an engineer takes that begins at the moment; the first two together. */
sim_time person_takes(const struct person_config *, enum person_step, struct failover_moment);
sim_time person_decides(const struct person_config *, struct failover_moment);
/* A person who goes by the clock on the wall may promote. */
bool failover_follows_the_clock(const struct failover_config *, const struct model *);

/* For members: keys that several have. */
extern const struct record person_record;
#define PERSON_KEYS(record, person)                                                                                                \
  KEY("acknowledge", DISTRIBUTION, record, person acknowledge, OPTIONAL,                                                           \
      .doc = "From the page, which leaves when the primary is gone, until an engineer looks. Absent: as \"people\" says, or 5 to " \
             "15 min.",                                                                                                            \
      .source = "an estimate of a small team by day; at night 1 to 8 h"),                                                          \
      KEY("diagnose", DISTRIBUTION, record, person diagnose, OPTIONAL,                                                             \
          .doc = "From then until it is clear what to do. Absent: as \"people\" says, or 10 to 30 min.", .source = "an estimate"), \
      KEY("act", DISTRIBUTION, record, person act, OPTIONAL,                                                                       \
          .doc = "From then until the replica takes writes. Absent: as \"people\" says, or 2 to 10 min.",                          \
          .source = "an estimate: what a rollback takes")
#define PERSON_KEY                                                                                                                 \
  KEY("person", RECORD, failover_config, person, OPTIONAL, .record = &person_record, .apart = true,                                \
      .doc = "Who promotes where the votes let no machine do so, paged when the primary is gone. Absent: it waits until they do.")

#endif
