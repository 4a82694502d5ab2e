#include "sim/cli/session.h"
#include "sim/cli/sweep_answers.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 20 };

static bool stores_are_there(const struct options *o) {
  for (uint32_t i = 1; i < o->file_count; i++) {
    DIR *folder = opendir(o->files[i]);
    if (!folder) allocate_check_errno();
    if (folder) {
      closedir(folder);
      continue;
    }
    safe_print(stderr, "aguanta merge: cannot read the store %s: %s\n", o->files[i], strerror(errno));
    return false;
  }
  return true;
}

/* --- points that the sweep does not have ------------------------------------------------------------------------------------------- */

struct strangers {
  const char **keys; /* of the sweep, sorted */
  uint64_t count, seen;
};

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static void count_stranger(void *context, const char *key) {
  struct strangers *s = context;
  s->seen += !bsearch(&key, s->keys, s->count, sizeof *s->keys, by_text);
}

/* An edited scenario or another program gives other keys: such files are no part of this answer, and it is good to know. */
static void tell_strangers(const struct sweep_plan *p, const struct options *o) {
  struct strangers s = {arena_new_array(p->arena, const char *, p->sweep->points), p->sweep->points, 0};
  for (uint64_t n = 0; n < s.count; n++) s.keys[n] = sweep_plan_key(p, p->arena, n);
  qsort(s.keys, s.count, sizeof *s.keys, by_text);
  for (uint32_t i = 1; i < o->file_count; i++) {
    s.seen = 0;
    point_store_list(o->files[i], count_stranger, &s);
    if (s.seen)
      safe_print(
          stderr,
          "aguanta merge: %s holds %llu points that are not of this sweep: of another scenario, seed, number of replications "
          "or version\n",
          o->files[i], (unsigned long long)s.seen);
  }
}

/* --- completeness ------------------------------------------------------------------------------------------------------------------ */

static void list_point(const struct sweep_plan *p, uint64_t n) {
  struct arena *arena = arena_new();
  struct sweep_point point = sweep_plan_point(p, arena, n);
  safe_print(stderr, "  point %llu  %s ", (unsigned long long)n, point.hash);
  for (uint32_t i = 0; i < point.axes; i++)
    if (point.values[i]) safe_print(stderr, " %s=%s", point.paths[i], point.values[i]);
  fputc('\n', stderr);
  arena_free(arena);
}

static void list_missing(const struct sweep_answers *a, uint64_t missing) {
  uint64_t listed = 0;
  safe_print(stderr, "aguanta merge: %llu of %llu points are missing:\n", (unsigned long long)missing,
             (unsigned long long)a->plan->sweep->points);
  for (uint64_t n = 0; n < a->plan->sweep->points && listed < LISTED; n++)
    if (!a->of[n].there) list_point(a->plan, n), listed++;
  if (missing > listed) fprintf(stderr, "  and %llu more\n", (unsigned long long)(missing - listed));
  if (a->plan->options->export_count) fprintf(stderr, "nothing was written\n");
}

static enum exit_code merge(struct sweep_answers *a) {
  const struct options *o = a->plan->options;
  enum exit_code code = sweep_answers_find(a, "merge");
  tell_strangers(a->plan, o);
  uint64_t missing = sweep_answers_missing(a);
  if (missing) list_missing(a, missing);
  if (missing || code != EXIT_HOLDS) return missing ? exit_code_worse(code, EXIT_INCOMPLETE) : code;
  if (!o->quiet && !session_exports_to_stdout(o)) sweep_answers_print_header(a), sweep_answers_print(a, true);
  code = sweep_answers_code(a);
  return sweep_answers_export(a) ? code : exit_code_worse(code, EXIT_ERROR);
}

enum exit_code command_merge(const struct options *o) {
  struct study_options unused;
  if (o->file_count < 2) {
    safe_print(stderr, "aguanta merge: needs the sweep's file and at least one store\nSee 'aguanta help merge'.\n");
    return EXIT_USAGE;
  }
  if (!session_options(o, &unused) || !sweep_exports_known(o, "merge") || !stores_are_there(o)) return EXIT_USAGE;
  struct arena *arena = arena_new();
  struct sweep_plan plan;
  enum exit_code code = sweep_plan_read(&plan, arena, o, "merge");
  if (code == EXIT_HOLDS) {
    struct sweep_answers *answers = sweep_answers_new(&plan, o->files + 1, o->file_count - 1);
    code = merge(answers);
    sweep_answers_free(answers);
  }
  arena_free(arena);
  return code;
}
