/* One service of a Compose file on its way to a workload. */
#ifndef COMPOSE_INNER_H
#define COMPOSE_INNER_H
#include "sim/import/stack.h"

struct converting {
  struct import *im;
  struct stack *stack;
  struct workload *w;
  const char *file; /* the first: names of other files are relative to it */
  bool swarm;       /* keys are there that only Swarm has */
  uint32_t replicas;
  bool restarts, restart_said, policy_said, volumes;
  double cpu, memory; /* of one replica: what is set aside or allowed, the larger */
  const struct json_value *environment, *env_file, *depends;
};

void compose_service(struct converting *, const struct json_value *service);
/* Who it calls: once all workloads are there. */
void compose_calls(struct converting *);
void compose_deploy(struct converting *, const struct json_value *deploy);
void compose_resources(struct converting *, const struct json_value *resources);
/* Notes that a bound on restarts is not taken. */
void compose_attempts(struct converting *, const struct json_value *);
void compose_replicas(struct converting *, const struct json_value *);
/* The words of a command, which may be a list. */
const char *compose_words(struct arena *, const struct json_value *);
bool compose_is_swarm(const struct json_value *services);

#endif
