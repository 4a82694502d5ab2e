/* Manifests on their way to workloads: the objects of all documents, and the parts that know one kind each. */
#ifndef K8S_INNER_H
#define K8S_INNER_H
#include "sim/import/stack.h"

struct k8s_object {
  const char *kind, *name, *space; /* namespace; "" */
  const struct json_value *value, *spec, *labels;
  struct workload *w;      /* of one that runs pods */
  uint32_t replicas, most; /* most: with its autoscaler */
  double cpu, memory;      /* requests of one pod */
  const char *used;        /* its keys that were used, for the account */
};

struct manifests {
  struct import *im;
  struct stack stack;
  struct k8s_object *items;
  uint32_t count, room;
};

/* Appends a key to what was used of an object. */
void k8s_used(struct manifests *, struct k8s_object *, const char *key);
struct k8s_object *k8s_named(struct manifests *, const char *kind, const char *name, const char *space);
/* Whether every label of the selector is one of the labels, and there is one. */
bool k8s_selects(const struct json_value *selector, const struct json_value *labels);

void k8s_pod(struct manifests *, struct k8s_object *, const struct json_value *pod);
/* Who it calls, from its environment and what it mounts: once all workloads are there. */
void k8s_calls(struct manifests *, struct k8s_object *);
void k8s_rollout(struct manifests *, struct k8s_object *);
void k8s_autoscaler(struct manifests *, const struct k8s_object *);
void k8s_budget(struct manifests *, const struct k8s_object *);
/* Where requests come in. */
void k8s_service(struct manifests *, const struct k8s_object *);
void k8s_entries(struct manifests *);

#endif
