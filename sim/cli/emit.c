#include "sim/cli/emit.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/report/format.h"
#include "sim/store/scheduler.h"
#include "sim/study/version.h"
#include "sim/sweep/sweep_estimate.h"
#include <stdlib.h>

static bool refuse(const char *option, const char *why) {
  safe_print(stderr, "aguanta sweep: --emit with --%s: %s\n", option, why);
  return false;
}

static bool shards_fit(const char *text) {
  char *end;
  long n = strtol(text, &end, 10);
  if (end != text && !*end && n >= 1 && n <= SWEEP_POINTS) return true;
  safe_print(stderr, "aguanta sweep: --shards must be a whole number from 1 to %d, not \"%s\"\n", SWEEP_POINTS, text);
  return false;
}

bool emit_fits(const struct options *o) {
  if (o->shards && !o->emit) safe_print(stderr, "aguanta sweep: --shards is for --emit; one shard is run with --shard I/N\n");
  if (!o->emit) return !o->shards;
  if (o->shard) return refuse("shard", "the job runs all shards");
  if (o->where) return refuse("where", "shards must be complete to be merged");
  if (o->fresh) return refuse("fresh", "a shard that is run again must not start over");
  if (o->dry_run) return refuse("dry-run", "one of both");
  if (o->shards && !shards_fit(o->shards)) return false;
  if (scheduler_named(o->emit)) return true;
  safe_print(stderr, "aguanta sweep: --emit has no \"%s\"; there are:", o->emit);
  for (const struct scheduler *const *f = schedulers; *f; f++) safe_print(stderr, " %s", (*f)->name);
  fputc('\n', stderr);
  return false;
}

static void add_words(struct task *task, const char **words, const char *option, const char *const *values, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) words[task->word_count++] = option, words[task->word_count++] = values[i];
}

enum exit_code emit_task(const struct options *o, const struct sweep_plan *plan, const struct sweep_results *results,
                         const char *store) {
  struct sweep_estimate estimate = {0};
  if (!o->shards && !sweep_estimate(plan, results, &estimate)) return EXIT_INVALID;
  const char **words = arena_new_array(plan->arena, const char *, 2 * (o->set_count + o->vary_count) + 13);
  const char *export = arena_format(plan->arena, "%s.csv", plan->name);
  struct task task = {.name = plan->name, .file = o->files[0], .store = store, .words = words, .version = AGUANTA_VERSION};
  add_words(&task, words, "--set", o->sets, o->set_count);
  add_words(&task, words, "--vary", o->varies, o->vary_count);
  add_words(&task, words, "--seed", &o->seed, o->seed != NULL);
  add_words(&task, words, "--reps", &o->reps, o->reps != NULL);
  add_words(&task, words, "--add-reps", &o->add_reps, o->add_reps != NULL);
  add_words(&task, words, "--precision", &o->precision, o->precision != NULL);
  add_words(&task, words, "--budget", &o->budget, o->budget != NULL);
  if (o->statements) words[task.word_count++] = "--statements";
  task.exports = o->export_count ? o->exports : &export;
  task.export_count = o->export_count ? o->export_count : 1;
  task.shards = o->shards ? (uint32_t)strtoul(o->shards, NULL, 10) : sweep_shards(plan, estimate.seconds);
  task.seconds = estimate.seconds / task.shards;
  task.work = task.seconds > 0 ? arena_format(plan->arena, "about %s", format_number(UNIT_SECONDS, NULL, task.seconds).text)
                               : "not estimated";
  scheduler_named(o->emit)->write(stdout, &task);
  return EXIT_HOLDS;
}
