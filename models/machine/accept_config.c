#include "models/machine/accept.h"

static const char *const takes_words[] = {"none", "one", "all", NULL};
static const char *const full_words[] = {"reject", "drop", NULL};

static const struct field fields[] = {
    KEY("takes", WORD, accept_config, takes, DEFAULT("none"), .words = takes_words,
        .doc = "Connections that an event loop accepts in one turn, after all that is ready on established ones: one, or all that "
               "wait. The request on it is read in the next turn. none: connections are not modelled, and \"backlog\" bounds "
               "waiting requests.",
        .source =
            "one: libuv since 1.45 (Node.js 20), nginx multi_accept off; all: libuv before, nginx multi_accept on, Go, HAProxy"),
    KEY("full", WORD, accept_config, full, DEFAULT("drop"), .words = full_words,
        .doc =
            "What becomes of a connection when \"backlog\" + 1 wait. drop: its SYN is thrown away and sent again 1, 3, 7, 15, 31 "
            "and 63 s after the first, until \"connect_timeout\" is over; reject: the request fails at once.",
        .source = "Linux: sk_acceptq_is_full; drop unless net.ipv4.tcp_abort_on_overflow is set; tcp_syn_retries 6"),
    KEY("cpu", DISTRIBUTION, accept_config, cpu, DEFAULT("0s"), .doc = "CPU time of the loop to accept one connection."),
    {0}};
static const struct record record = {.name = "accept",
                                     .size = sizeof(struct accept_config),
                                     .fields = fields,
                                     .doc = "How the processes of a service accept connections.",
                                     .shorthand = "takes"};

static const struct field keys[] = {
    ONLY_KEY("accept", RECORD, OPTIONAL, .record = &record,
             .doc = "How its processes accept connections; a word is \"takes\". Absent: connections are not modelled."),
    {0}};
const struct record accept_keys_record = {
    .name = "accept queue of a service", .size = sizeof(struct accept_config), .fields = keys};
