#include "models/machine/runtime.h"

const char *const runtime_words[] = {"event-loop", "threads", "gil", NULL};
static const char *const deal_words[] = {"random", "round-robin", "idle", NULL};

static const struct field processes_fields[] = {
    KEY("count", INTEGER, processes_config, count, DEFAULT(1), RANGE(1, 1000), .doc = "Processes in one replica."),
    KEY("deal", WORD, processes_config, deal, DEFAULT("random"), .words = deal_words,
        .doc = "Which process gets a new request, or a new connection where clients keep theirs. random: any (SO_REUSEPORT, or "
               "connections kept open by a proxy); round-robin: each in turn (Node's cluster); idle: one that has nothing to do, "
               "else any (a shared listening socket: uvicorn, gunicorn)."),
    {0}};
const struct record processes_record = {.name = "processes",
                                        .size = sizeof(struct processes_config),
                                        .fields = processes_fields,
                                        .doc = "Pre-forked processes in each replica.",
                                        .shorthand = "count"};

static const struct field warm_up_fields[] = {
    KEY("factor", NUMBER, warm_up_config, factor, RANGE(1, 1000),
        .doc = "How many times its usual work the first request of a new process takes."),
    KEY("requests", INTEGER, warm_up_config, requests, OPTIONAL, RANGE(1, 1e12),
        .doc = "Requests that it answers until it is warm; up to then the factor falls to 1 in a straight line. What warms with "
               "calls: a just-in-time compiler."),
    KEY("for", DURATION, warm_up_config, lasts, OPTIONAL, RANGE(0, FIELD_YEAR),
        .doc = "Time from when it serves until it is warm, in a straight line too. What warms with time: classes and pages that "
               "are loaded in the background. With \"requests\" as well it is warm after both."),
    {0}};
const struct record warm_up_record = {.name = "warm_up",
                                      .size = sizeof(struct warm_up_config),
                                      .fields = warm_up_fields,
                                      .doc = "How slow a new process is at first, as with a just-in-time compiler."};

static const struct field gc_fields[] = {
    KEY("every", DISTRIBUTION, gc_config, every, OPTIONAL,
        .doc = "Pauses by time: from the end of a pause (or the start of the process) to the next."),
    KEY("pause", DISTRIBUTION, gc_config, pause, OPTIONAL,
        .doc = "How long nothing in the process computes in a pause by time; it uses no CPU."),
    KEY("allocation", BYTES, gc_config, allocation, DEFAULT("0B"), RANGE(0, 1e15),
        .doc = "Collections by allocation: bytes that each request to the service allocates there; a \"cpu\" step may add to it "
               "(\"allocates\")."),
    KEY("young", BYTES, gc_config, young, DEFAULT("16Mi"), RANGE(1, 1e15),
        .doc = "Bytes that a process allocates until it collects.", .source = "V8: semi-space of 16 MiB"),
    KEY("minor", DISTRIBUTION, gc_config, minor, OPTIONAL,
        .doc = "CPU time of a collection by allocation, during which the process does nothing else; it needs a core as any "
               "computation does."),
    KEY("major", RECORD, gc_config, major, OPTIONAL, .record = &major_record,
        .doc = "Some collections by allocation are long; absent: none is."),
    {0}};
const struct record gc_record = {.name = "gc",
                                 .size = sizeof(struct gc_config),
                                 .fields = gc_fields,
                                 .doc = "Garbage collection: pauses by time (\"every\", \"pause\"), and collections by what is "
                                        "allocated, which use the core (\"allocation\", \"young\", \"minor\", \"major\")."};

static const struct field major_fields[] = {
    KEY("every", INTEGER, major_config, every, RANGE(1, 1e9), .doc = "Each so many-th collection of a process is a major one."),
    KEY("pause", DISTRIBUTION, major_config, pause, .doc = "CPU time of that collection, instead of that of a minor one."),
    {0}};
const struct record major_record = {
    .name = "major", .size = sizeof(struct major_config), .fields = major_fields, .doc = "Collections that take long."};
