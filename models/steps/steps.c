#include "models/steps/steps.h"
#include "models/request/program.h"

#define STEP_ADDRESS(name) &step_##name,
static const struct alternative *const kinds[] = {STEPS(STEP_ADDRESS) NULL};

const struct choice_set step_choices = {.name = "step", .doc = "One thing that a request does.", .kinds = kinds, .named = true};

static const struct field fields[] = {
    KEY("entry", REFERENCE, endpoint_config, entry, OPTIONAL, .target = "services",
        .doc = "The service that the client's request reaches first; its \"cpu\" steps run there."),
    KEY("steps", CHOICES, endpoint_config, steps, .choices = &step_choices, .doc = "What a request does, in order."),
    ADDED_KEY("cdn"),
    ADDED_KEY("request"),
    ADDED_KEY("response"),
    KEY("priority", INTEGER, endpoint_config, priority, DEFAULT(0), RANGE(-1000, 1000),
        .doc = "Priority of these requests at services with the discipline priority: higher is served first. That of the source is "
               "added."),
    {0}};

static const struct additions endpoint_added = {parts_endpoint_keys, offsetof(struct endpoint_config, parts)};
const struct record endpoint_record = {.added = &endpoint_added,
                                       .name = "endpoint",
                                       .size = sizeof(struct endpoint_config),
                                       .fields = fields,
                                       .doc = "A kind of request, as a program of steps."};
