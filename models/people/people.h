/* People: who repairs what no machine does. A person is paged, acknowledges, finds out what it is, and acts.
 *
 *     fault --acknowledge--> looks --diagnose--> knows what to do --act--> done
 *
 * Each step has a time by day, by night and at weekends; which one holds is judged by the clock on the wall when the step begins
 * (models/core/wall_clock.h). A night lasts from `day_ends` to `day_begins`; a weekend is all of Saturday and Sunday. What is not
 * given for the night is as by day, and at weekends as at night.
 *
 *     if (people_are_there(model)) delay = people_take(model, PERSON_DIAGNOSES, now, &draws);
 */
#ifndef PEOPLE_H
#define PEOPLE_H
#include "models/core/model.h"
#include "models/core/parts.h"
#include "sim/engine/distribution.h"
#include "sim/engine/stream.h"

enum person_step { PERSON_ACKNOWLEDGES, PERSON_DIAGNOSES, PERSON_ACTS, PERSON_STEPS };

/* No kind: not given. */
struct person_times {
  struct distribution day, night, weekend;
};

struct people_config {
  struct person_times acknowledge, diagnose, act;
  sim_time day_begins, day_ends; /* since midnight */
};

/* The part's keys: null where the scenario describes no people. */
struct people {
  struct people_config *config;
};

static inline const struct people_config *model_people(const struct model *m) {
  return ((const struct people *)model_part(m, PART_people))->config;
}
static inline bool people_are_there(const struct model *m) { return model_people(m) != NULL; }

/* How long the step takes that begins at this time of the run. */
sim_time people_take(const struct model *, enum person_step, sim_time at, struct stream *);
/* All three, by day, without waiting for a crew; the longest of day, night and weekend. */
double people_mean_s(const struct model *);
double people_longest_s(const struct model *);
/* The squared coefficient of variation of all three together, over the hours of a week. */
double people_scv(const struct model *);
/* It matters what time it is. */
bool people_follow_the_clock(const struct model *);

extern const struct record people_root_record;

#endif
