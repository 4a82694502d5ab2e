/* {"answer": true}: the replica answers here, and does the steps behind it while nobody waits for them: what a runtime does after
 * a response (models/request/answer.c), a log line, a metric, a notification. */
#include "models/request/program.h"
#include "models/steps/steps.h"

struct answer_step {
  bool answer;
};

static void compile(struct compiler *c, const void *config) {
  const struct answer_step *s = config;
  if (s->answer) compile_answer(c);
}

static const struct field fields[] = {
    KEY("answer", FLAG, answer_step, answer,
        .doc = "true: whoever called has its answer here, and the steps behind it are done on the same replica without anybody "
               "waiting "
               "for them: they take its CPU, and its thread where requests hold one. false: as if the step were not there."),
    {0}};
static const struct record record = {
    .name = "answer step",
    .size = sizeof(struct answer_step),
    .fields = fields,
    .doc = "Answers before the steps are done. What fails afterwards fails nobody; SERVICE.failed_after_answer counts it."};
static const struct step_kind kind = {compile};
const struct alternative step_answer = {"answer", true, &record, &kind};
