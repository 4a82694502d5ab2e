#include "models/request/steps.h"
#include "models/request/program.h"

#define STEP_ADDRESS(name) &step_##name,
static const struct alternative *const kinds[] = {STEPS(STEP_ADDRESS) NULL};

const struct choice_set step_choices = {"step", "One thing that a request does.", kinds, NULL};

#define AT(member) offsetof(struct endpoint_config, member)
static const struct field fields[] = {
    {.name = "entry",
     .kind = FIELD_REFERENCE,
     .offset = AT(entry),
     .target = "services",
     .optional = true,
     .doc = "The service that the client's request reaches first; its \"cpu\" steps run there."},
    {.name = "steps",
     .kind = FIELD_CHOICES,
     .offset = AT(steps),
     .choices = &step_choices,
     .doc = "What a request does, in order."},
    {.name = "cdn",
     .kind = FIELD_RECORD,
     .offset = AT(cdn),
     .record = &cdn_record,
     .doc = "A content delivery network that answers some of the requests."},
    {.name = "request",
     .kind = FIELD_BYTES,
     .offset = AT(request),
     .fallback = "\"0B\"",
     .low = 0,
     .high = 1e15,
     .doc = "Sent by the client: takes time on its link."},
    {.name = "response",
     .kind = FIELD_BYTES,
     .offset = AT(response),
     .fallback = "\"0B\"",
     .low = 0,
     .high = 1e15,
     .doc = "Sent to the client: takes time on its link, and counts as egress on the bill."},
    {.name = "priority",
     .kind = FIELD_INTEGER,
     .offset = AT(priority),
     .fallback = "0",
     .low = -1000,
     .high = 1000,
     .doc = "Of such requests where services have the discipline priority: higher is served first. That of the source is added."},
    {0}};

const struct record endpoint_record = {.name = "endpoint",
                                       .size = sizeof(struct endpoint_config),
                                       .fields = fields,
                                       .doc = "A kind of request, as a program of steps."};
