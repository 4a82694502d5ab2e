#include "models/request/outcome.h"
#include <stddef.h>

const char *const outcome_names[OUTCOMES + 1] = {
    "completed",  "timeout",    "rejected",   "pool_timeout",      "refused",      "unreachable",
    "no_backend", "crashed",    "external",   "patience",          "call_timeout", "breaker",
    "shed",       "limited",    "sold_out",   "expired",           "lock_timeout", "too_many_connections",
    "pool_full",  "queue_full", "job_failed", "recovery_conflict", "error",        "unresolved",
    NULL};
