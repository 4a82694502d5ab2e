#include "sim/cli/sweep_preview.h"
#include "sim/cli/session.h"
#include "sim/cli/sweep_estimate.h"
#include "sim/engine/arena.h"
#include "sim/report/format.h"
#include "sim/store/job.h"
#include "sim/study/version.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

enum { SLICE_S = 10, SHARDS_MOST = 1000 }; /* Slurm's arrays end at 1000 unless its administrator says more */

/* --- --dry-run --------------------------------------------------------------------------------------------------------------------- */

static const char *state_of(const struct sweep_answers *a, uint64_t n) {
  if (!sweep_plan_mine(a->plan, n)) return "of another shard";
  if (a->of[n].there) return "stored";
  return sweep_plan_wanted(a->plan, n) ? "to run" : "left out";
}

static void list_points(const struct sweep_answers *a) {
  for (uint64_t n = 0; n < a->plan->sweep->points; n++) {
    struct arena *arena = arena_new();
    struct sweep_point point = sweep_plan_point(a->plan, arena, n);
    safe_print(stdout, "%-6llu  %s  %-7s ", (unsigned long long)n, point.hash, state_of(a, n));
    for (uint32_t i = 0; i < point.axes; i++)
      if (point.values[i]) safe_print(stdout, " %s=%s", point.paths[i], point.values[i]);
    putchar('\n');
    arena_free(arena);
  }
}

static void print_estimate(const struct sweep_answers *a, const struct sweep_estimate *e) {
  struct study_options study;
  session_options(a->plan->options, &study);
  uint32_t jobs = study.jobs;
  if (!e->points) {
    safe_print(stdout, "nothing is left to run\n");
    return;
  }
  safe_print(stdout, "%s points to run: about %s requests", format_count(e->points).text,
             format_count((uint64_t)(e->requests + 0.5)).text);
  if (e->years > 0) safe_print(stdout, " and %s years of faults", format_count((uint64_t)e->years).text);
  safe_print(stdout, "\nestimate: %s on %u thread%s, from a pilot of point %llu\n",
             format_number(UNIT_SECONDS, NULL, e->seconds / jobs).text, jobs, jobs > 1 ? "s" : "", (unsigned long long)e->pilot);
}

enum exit_code sweep_dry_run(struct sweep_answers *a) {
  struct sweep_estimate estimate;
  if (!a->plan->options->quiet) list_points(a);
  if (!sweep_estimate(a, &estimate)) return EXIT_INVALID;
  print_estimate(a, &estimate);
  return EXIT_HOLDS;
}

/* --- --emit ------------------------------------------------------------------------------------------------------------------------ */

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

bool sweep_emit_fits(const struct options *o) {
  if (o->shards && !o->emit) safe_print(stderr, "aguanta sweep: --shards is for --emit; one shard is run with --shard I/N\n");
  if (!o->emit) return !o->shards;
  if (o->shard) return refuse("shard", "the job runs all shards");
  if (o->where) return refuse("where", "shards must be complete to be merged");
  if (o->fresh) return refuse("fresh", "a shard that is run again must not start over");
  if (o->dry_run) return refuse("dry-run", "one of both");
  if (o->shards && !shards_fit(o->shards)) return false;
  if (job_format_named(o->emit)) return true;
  safe_print(stderr, "aguanta sweep: --emit has no \"%s\"; there are:", o->emit);
  for (const struct job_format *const *f = job_formats; *f; f++) safe_print(stderr, " %s", (*f)->name);
  fputc('\n', stderr);
  return false;
}

static uint32_t choose_shards(const struct sweep_answers *a, double seconds) {
  if (a->plan->options->shards) return (uint32_t)strtoul(a->plan->options->shards, NULL, 10);
  uint64_t most = a->plan->sweep->points < SHARDS_MOST ? a->plan->sweep->points : SHARDS_MOST;
  double slices = seconds / SLICE_S;
  return slices < 1 ? 1 : slices > (double)most ? (uint32_t)most : (uint32_t)slices;
}

static uint32_t add_words(const char **words, uint32_t count, const char *option, const char *const *values, uint32_t more) {
  for (uint32_t i = 0; i < more; i++) words[count++] = option, words[count++] = values[i];
  return count;
}

enum exit_code sweep_emit(struct sweep_answers *a) {
  const struct sweep_plan *p = a->plan;
  const struct options *o = p->options;
  struct sweep_estimate estimate = {0};
  if (!o->shards && !sweep_estimate(a, &estimate)) return EXIT_INVALID;
  const char **words = arena_new_array(p->arena, const char *, 2 * (o->set_count + o->vary_count) + 13);
  const char *export = arena_format(p->arena, "%s.csv", p->name);
  struct job job = {.name = p->name, .file = p->file, .store = p->store, .words = words, .version = AGUANTA_VERSION};
  job.word_count = add_words(words, job.word_count, "--set", o->sets, o->set_count);
  job.word_count = add_words(words, job.word_count, "--vary", o->varies, o->vary_count);
  job.word_count = add_words(words, job.word_count, "--seed", &o->seed, o->seed != NULL);
  job.word_count = add_words(words, job.word_count, "--reps", &o->reps, o->reps != NULL);
  job.word_count = add_words(words, job.word_count, "--add-reps", &o->add_reps, o->add_reps != NULL);
  job.word_count = add_words(words, job.word_count, "--precision", &o->precision, o->precision != NULL);
  job.word_count = add_words(words, job.word_count, "--budget", &o->budget, o->budget != NULL);
  if (o->statements) words[job.word_count++] = "--statements";
  job.exports = o->export_count ? o->exports : &export, job.export_count = o->export_count ? o->export_count : 1;
  job.shards = choose_shards(a, estimate.seconds);
  job.seconds = estimate.seconds / job.shards;
  job.work =
      job.seconds > 0 ? arena_format(p->arena, "about %s", format_number(UNIT_SECONDS, NULL, job.seconds).text) : "not estimated";
  job_format_named(o->emit)->write(stdout, &job);
  return EXIT_HOLDS;
}
