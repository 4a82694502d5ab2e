/* Members of "outages" that say how years and months differ, how often something is missing, and what of an error budget is
 * used. */
#ifndef JSON_UPTIME_H
#define JSON_UPTIME_H
#include "sim/measure/results.h"
#include "sim/report/export/json_estimate.h"

/* Of the object that is open. */
void json_add_life(struct json_writer *, const struct outage_life *);
/* Of a fault's mean recovery time, what it was spent on. */
void json_add_phases(struct json_writer *, const struct outage_class *);
void json_add_uptime(struct json_writer *, const struct availability_result *);

#endif
