#include "models/machine/runtime.h"

const char *const runtime_words[] = {"event-loop", "threads", "gil", NULL};
static const char *const deal_words[] = {"random", "round-robin", "idle", NULL};

#define AT(member) offsetof(struct processes_config, member)
static const struct field processes_fields[] = {
    {.name = "count",
     .kind = FIELD_INTEGER,
     .offset = AT(count),
     .fallback = "1",
     .low = 1,
     .high = 1000,
     .doc = "Processes in one replica."},
    {.name = "deal",
     .kind = FIELD_WORD,
     .offset = AT(deal),
     .words = deal_words,
     .fallback = "\"random\"",
     .doc = "Which process gets a new request, or a new connection where clients keep theirs. random: any (SO_REUSEPORT, or "
            "connections kept open by a proxy); round-robin: each in turn (Node's cluster); idle: one that has nothing to do, else "
            "any (a shared listening socket: uvicorn, gunicorn)."},
    {0}};
#undef AT
const struct record processes_record = {.name = "processes",
                                        .size = sizeof(struct processes_config),
                                        .fields = processes_fields,
                                        .doc = "Pre-forked processes in each replica.",
                                        .shorthand = "count"};

#define AT(member) offsetof(struct warm_up_config, member)
static const struct field warm_up_fields[] = {
    {.name = "factor",
     .kind = FIELD_NUMBER,
     .offset = AT(factor),
     .low = 1,
     .high = 1000,
     .doc = "How many times its usual work the first request of a new process takes."},
    {.name = "requests",
     .kind = FIELD_INTEGER,
     .offset = AT(requests),
     .low = 1,
     .high = 1e12,
     .doc = "Requests that it answers until it is warm; up to then the factor falls to 1 in a straight line."},
    {0}};
#undef AT
const struct record warm_up_record = {.name = "warm_up",
                                      .size = sizeof(struct warm_up_config),
                                      .fields = warm_up_fields,
                                      .doc = "How slow a new process is at first, as with a just-in-time compiler."};

#define AT(member) offsetof(struct gc_config, member)
static const struct field gc_fields[] = {
    {.name = "every",
     .kind = FIELD_DISTRIBUTION,
     .offset = AT(every),
     .doc = "From the end of a pause (or the start of the process) to the next."},
    {.name = "pause", .kind = FIELD_DISTRIBUTION, .offset = AT(pause), .doc = "How long nothing in the process computes."},
    {0}};
#undef AT
const struct record gc_record = {
    .name = "gc", .size = sizeof(struct gc_config), .fields = gc_fields, .doc = "Pauses of a process, as by garbage collection."};
