/* What the files of placement share: replicas by domain of a spread, counted for one replica that is to be placed. */
#ifndef PLACEMENT_INNER_H
#define PLACEMENT_INNER_H
#include <stdint.h>

struct node;
struct world;

struct domain_counts {
  uint32_t *replicas, *seen; /* by domain: of the service; the count for which a node of it was seen */
  uint32_t room, number;     /* number: of the count */
  uint32_t fewest;           /* in any domain that may have some */
  int64_t *worst;            /* by service with a hard spread: most that a domain was above the emptiest after a placement */
};

void placement_open(struct world *);
void placement_joins(struct world *, const struct node *);

#endif
