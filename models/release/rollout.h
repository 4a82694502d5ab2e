/* Roll-outs, for the files of this mechanism. */
#ifndef ROLLOUT_H
#define ROLLOUT_H
#include "models/release/release.h"

void rollouts_open(struct world *);
/* A version goes out to the service of the roll-out, which has none under way. */
void rollout_begins(struct rollout *, const struct release_config *, const struct service_config *to, bool bad);
void rollout_stops(struct world *, struct container *, bool served);
/* One of its roll-outs has ended. */
void release_ended(struct world *, const struct release_config *);
void update_count_calls(struct model *);
/* Of the services of releases: what their strategies need, before services are linked. */
void update_settle(struct linker *);
extern const struct record update_keys_record;

#endif
