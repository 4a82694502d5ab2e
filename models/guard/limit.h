/* Limits: how abuse and overload are held back, as configured.
 *
 * A limit is a rule with a name of its own. The step {"limit": "login"} asks it once; a request that is refused ends there with
 * the outcome `limited`: an answer at once (429 or 503), which costs no work. The kinds are a family, one file each: most count
 * requests over time, a bulkhead counts those that are inside the step's nested steps.
 *
 * What is counted apart: `per` client each client has an account of its own, per address each address that clients are behind
 * (models/traffic/address.h), per class each source, per endpoint each endpoint; per all there is one. `scope` shared: one account
 * for the whole system, as in Redis. `scope` replica: each replica at which the step stands keeps accounts of its own, in its
 * memory: with n replicas n times as much passes, and a restart forgets.
 *
 *     "limits": { "login": { "kind": "sliding-log", "rate": "5/15min", "per": "client" } }
 *     ... "steps": [ { "limit": "login" }, { "cpu": "60ms" } ] */
#ifndef LIMIT_H
#define LIMIT_H
#include "sim/describe/field.h"
#include "models/core/model.h"
#include "models/service/service.h"
#include "sim/engine/sim_time.h"

struct model;
struct limit;
struct limit_account;
struct limit_kind;

enum limit_per { LIMIT_PER_ALL, LIMIT_PER_CLIENT, LIMIT_PER_ADDRESS, LIMIT_PER_CLASS, LIMIT_PER_ENDPOINT };
enum limit_scope { LIMIT_SHARED, LIMIT_REPLICA };

struct limit_config {
  const char *name;
  const struct limit_kind *kind;
  int32_t per, scope; /* enums above */
  struct quota rate;  /* no time: not given */
  int64_t limit;      /* requests in the window, or inside at once; INT64_MAX: every request passes */
  sim_time window;
  int64_t burst; /* token bucket: its size; set while linking if it was not given */
  int32_t counts;
  int64_t queue; /* concurrency: requests that may wait for a permit */
  sim_time wait; /* how long they do */
  /* Numbers of its meters; waiting and in_use only with permits. */
  uint32_t accepted, limited, in_use, waiting;
};

extern const struct record limit_record;

enum { LIMIT_MOST = 1000000000 };

/* One kind of limit: a member of the family in limits.h. An account is what it knows of one client (class, endpoint, all clients);
 * zero: new. */
struct limit_kind {
  struct member member;
  bool permits; /* requests hold one while the nested steps run; `admits` is not asked */
  /* Null, or what is wrong and in *key the key to blame. */
  const char *(*link)(struct limit_config *, const char **key);
  /* A request asks at `now`: whether it passes. The account is brought up to date in either case. */
  bool (*admits)(struct limit *, struct limit_account *, sim_time now);
  /* The account says no more than a new one would: its memory may go to another. */
  bool (*spent)(const struct limit *, const struct limit_account *, sim_time now);
  /* Gives back what the account holds outside itself; null when that is nothing. */
  void (*forget)(struct limit *, struct limit_account *);
  /* Entries of the limit's log that the account holds; null when there are none. */
  uint32_t (*logged)(const struct limit_account *);
  /* The audit: null, or what is wrong with the account. May be null. */
  const char *(*wrong)(const struct limit *, const struct limit_account *);
};

/* Lets the kind check and derive what it needs, and declares the meters. Null, or what is wrong and in *key the key to blame. */
const char *limit_link(struct model *, struct limit_config *, const char **key);

/* Of an external service: the limit of its provider, or -1. */
static inline int32_t service_limit(const struct service_config *s) { return *(const int32_t *)service_part(s, PART_limits); }
extern const struct record limit_keys_record;

extern const struct record limits_root_record;
static inline struct config_list *model_limits(const struct model *m) { return model_part(m, PART_limits); }
static inline const struct limit_config *model_limit(const struct model *m, uint32_t i) {
  return (const struct limit_config *)model_limits(m)->items + i;
}

#endif
