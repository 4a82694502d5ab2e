/* What importers understand of a deployment: its workloads, what calls what, and where requests come in.
 *
 * Each workload carries the tree of its service, to which importers add the keys that they know. stack_scenario() adds what a
 * deployment does not say, as assumptions: how many users come, what a request computes and asks of databases, and the machines. */
#ifndef STACK_H
#define STACK_H
#include "sim/import/import.h"

enum role { ROLE_APP, ROLE_PROXY, ROLE_DATABASE, ROLE_CACHE, ROLE_BROKER, ROLE_WORKER, ROLE_TOOL, ROLE_EXTERNAL };

struct workload {
  const char *name;
  struct position at;
  const char *image, *command; /* null: not said */
  const char *hints;           /* words of its environment that tell its framework */
  enum role role;
  bool entry;           /* requests of clients reach it first */
  bool called, proxied; /* by any workload; by a proxy */
  struct json_value *service;
  uint32_t *calls; /* of the stack's workloads */
  uint32_t call_count, call_room;
  double cpu, memory; /* asked for by all its replicas, at most: cores, bytes */
  double largest_cpu, largest_memory;
  const struct json_value *selector; /* labels of its nodes */
  const char *queue;                 /* of a worker */
};

struct stack {
  struct import *im;
  const char *platform, *title, *name;
  bool logged;            /* its traffic is known from a log */
  struct workload *items; /* which stay where they are */
  uint32_t count;
  uint32_t *by_name; /* a table of their numbers + 1, and of those that aliases mean; names of the table's places: */
  const char **names;
  /* Of the steps that are being made: */
  bool *reached; /* by number: called from the deepest call that there may be */
  uint32_t calls;
};

struct workload *stack_add(struct stack *, const char *name, const struct position *);
struct workload *stack_named(struct stack *, const char *name);
/* Another name of a workload: a Service of Kubernetes. Names of workloads go before. */
void stack_alias(struct stack *, const char *name, const struct workload *);
/* Notes that one calls another; once, and never itself. */
void stack_call(struct stack *, struct workload *from, struct workload *to);

/* Sets the role, and what follows from the image and the command; the keys that say something else are set before. */
void image_settle(struct stack *, struct workload *);
/* The workloads that the value of an environment variable or an argument names, and databases that are elsewhere. */
void stack_mentions(struct stack *, struct workload *from, const char *key, const char *value, const struct position *);
/* What the name of a variable says of the framework, such as SPRING_PROFILES_ACTIVE. */
void stack_hint(struct stack *, struct workload *, const char *variable);
/* The number behind an option of a command line, such as --workers 4, -w4 or --workers=4; null. */
const char *command_option(struct arena *, const char *command, const char *option);

/* Null after errors. */
struct json_value *stack_scenario(struct stack *);

/* The steps of a request at a workload, behind those before it. */
void stack_steps(struct stack *, struct json_value *steps, const struct workload *, int depth);

#endif
