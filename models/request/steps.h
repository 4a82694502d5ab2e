/* The kinds of step: one file each; a new one is declared here and listed in steps.c. */
#ifndef STEPS_H
#define STEPS_H
#include "sim/describe/field.h"

extern const struct alternative step_cpu, step_call, step_query, step_cached, step_external, step_delay, step_limit, step_reserve,
    step_pay, step_release, step_parallel, step_transaction, step_publish, step_invalidate, step_command, step_broadcast;

#endif
