/* The life of a fault process, among the files that make it. */
#ifndef LIVES_INNER_H
#define LIVES_INNER_H
#include "models/faults/fault.h"

/* The event of the process comes at this time, if that is within the run. */
void fault_arm(struct fault_process *, sim_time at);

/* Up, until the time that its law says. */
void fault_lives(struct fault_process *);

/* Strikes the target, and asks for its repair. counted: it is a fault of its own for the book of outages. */
void fault_breaks(struct fault_process *, bool counted);

/* The target has just broken: its event is that of the repair. */
void repair_asked(struct fault_process *);
/* The event of a broken target: true: it is repaired. False: it has been noticed, and its repair waits or has begun. */
bool repair_goes_on(struct fault_process *);
bool fault_needs_person(const struct model *, const struct fault_config *);
void repair_check(struct linker *, const struct fault_config *, const char *path);

/* A strike may take machines of the group by its name, not by its place. */
bool fault_takes_group(const struct model *, const struct fault_config *, uint32_t group);

/* Hooks of the part. */
void faults_start(struct world *);
void faults_join(struct world *, const struct node *);
void faults_wake(struct world *, struct container *, bool warm);

/* Several targets at once. A member has no life of its own. */
struct fault_pool *pool_new(struct world *);
void pool_add(struct fault_pool *, struct world *, struct fault_process *member);
/* Draws targets and strikes them. */
void pool_strikes(struct fault_process *);
/* The number that a strike takes of n. */
uint32_t pool_takes(const struct fault_config *, uint32_t n);
void pool_check(struct linker *, const struct fault_config *, const char *path);
static inline bool fault_draws(const struct fault_config *f) { return f->count > 0 || f->share > 0; }

#endif
