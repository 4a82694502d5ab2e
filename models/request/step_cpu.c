/* {"cpu": "6ms"}: computes on the replica that serves the request, on a reference core. */
#include "models/request/program.h"
#include "models/request/steps.h"

struct cpu_step {
  struct distribution cpu;
};

static void compile(struct compiler *c, const void *config) { compile_cpu(c, &((const struct cpu_step *)config)->cpu); }

static const struct field fields[] = {
    {.name = "cpu", .kind = FIELD_DISTRIBUTION, .offset = offsetof(struct cpu_step, cpu), .doc = "CPU time on a reference core."},
    {0}};
static const struct record record = {"cpu step", sizeof(struct cpu_step), fields,
                                     "Computes on the replica that serves the request.", NULL};
static const struct step_kind kind = {compile};
const struct alternative step_cpu = {"cpu", true, &record, &kind};
