/* Drills: the one door through which a question decides which fault strikes, and when.
 *
 * A drilled model is a copy of a linked one in which one fault strikes once, on its first target, and no other ever does. Faults
 * keep their numbers and their draws, customers are the same, and what the scenario says of their timing does not matter.
 *
 *     struct model drilled = scenario->model;
 *     model_drill(&drilled, arena, fault, 120 * SIM_S);
 *     ... world_new(&drilled, ...) */
#ifndef DRILL_H
#define DRILL_H
#include "models/core/model.h"

/* Of a copy of a linked model: the faults are replaced, by new ones in the arena. fault: its number; -1: none strikes. */
void model_drill(struct model *, struct arena *, int32_t fault, sim_time at);

#endif
