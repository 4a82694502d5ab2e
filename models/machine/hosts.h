/* Hosts: where a service runs. The group that it is placed on, or all groups that no service is placed on, taken together. */
#ifndef HOSTS_H
#define HOSTS_H
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct model;
struct service_config;

enum { HOSTS_NONE = -2, HOSTS_SEVERAL = -1 };

struct hosts {
  int32_t group;       /* HOSTS_SEVERAL: more than one; HOSTS_NONE: there is nowhere to run */
  double plain_cores;  /* of all nodes */
  double fast_cores;   /* of all nodes, each times its speed */
  double cores;        /* the work that they do together, in reference cores: second threads of cores add less */
  double speed;        /* mean over the cores */
  double largest_node; /* cores of it */
  const char *name;
};

struct hosts hosts_of(const struct model *, const struct service_config *, struct arena *);
/* Those of them that are in the region. */
struct hosts hosts_in(const struct model *, const struct service_config *, int32_t region, struct arena *);
/* All nodes of the groups that are marked. */
struct hosts hosts_together(const struct model *, const bool *groups, struct arena *);

#endif
