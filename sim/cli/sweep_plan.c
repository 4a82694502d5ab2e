#include "sim/cli/sweep_plan.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/study/condition.h"
#include "sim/study/study_file.h"
#include "sim/study/version.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* Of all that an answer can depend on: an answer of other sources is another answer. */
static const char sources[] =
#include "sources.inc"
    ;

/* --- reading the points ------------------------------------------------------------------------------------------------------------ */

static uint32_t add_axes(const struct sweep_plan *p, struct arena *arena, uint64_t n, struct scenario_override *all,
                         uint32_t count) {
  const struct sweep *s = p->sweep;
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(s, n, values);
  for (uint32_t i = 0; i < s->column_count; i++)
    if (values[i]) all[count++] = (struct scenario_override){values[i]->option, s->columns[i].path, values[i]->text};
  uint32_t repetition = sweep_repetition(s, n);
  if (repetition == 1) return count;
  const char *seed = arena_format(arena, "%llu", (unsigned long long)sweep_seed(p->seed, repetition));
  all[count++] = (struct scenario_override){arena_format(arena, "repetition %u", repetition), "run.seed", seed};
  return count;
}

struct scenario *sweep_plan_try(const struct sweep_plan *p, struct arena *arena, struct diagnostics *faults, uint64_t n,
                                const struct scenario_override *more, uint32_t more_count) {
  const struct options *o = p->options;
  const struct sweep *s = p->sweep;
  struct scenario_override *all =
      arena_new_array(arena, struct scenario_override, s->fixed_count + o->set_count + s->column_count + more_count + 2);
  uint32_t count = 0;
  for (uint32_t i = 0; i < s->fixed_count; i++) all[count++] = s->fixed[i];
  for (uint32_t i = 0; i < o->set_count; i++) all[count++].path = o->sets[i];
  if (o->seed) all[count++] = (struct scenario_override){arena_format(arena, "--seed %s", o->seed), "run.seed", o->seed};
  count = add_axes(p, arena, n, all, count);
  for (uint32_t i = 0; i < more_count; i++) all[count++] = more[i];
  return scenario_read(arena, faults, s->scenario, all, count);
}

struct scenario *sweep_plan_scenario(const struct sweep_plan *p, struct arena *arena, uint64_t n,
                                     const struct scenario_override *more, uint32_t count) {
  struct diagnostics *faults = session_diagnostics(arena, p->options);
  struct scenario *s = sweep_plan_try(p, arena, faults, n, more, count);
  if (!s) fputs(diagnostics_render(faults, arena), stderr);
  return s;
}

/* --- what identifies them ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_text(uint64_t hash, const char *text) {
  for (; *text; text++) hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
  return hash;
}

struct study_options sweep_plan_study(const struct sweep_plan *p, const struct scenario *s) {
  struct study_options study;
  session_options(p->options, &study);
  uint32_t base = study.replications ? study.replications : (uint32_t)s->model.run.replications;
  if (p->options->add_reps) study.replications = base + (uint32_t)strtoul(p->options->add_reps, NULL, 10);
  return study;
}

static struct point_identity identify(const struct sweep_plan *p, const struct scenario *s) {
  struct study_options study = sweep_plan_study(p, s);
  char seed[32], stopping[64] = "exactly";
  snprintf(seed, sizeof seed, " %llu ", (unsigned long long)s->model.run.seed);
  if (!study.replications) snprintf(stopping, sizeof stopping, "budget %u precision %a", study.budget, study.precision);
  uint64_t state = hash_text(hash_text(hash_text(s->hash, seed), AGUANTA_VERSION " "), sources);
  uint32_t replications = study.replications ? study.replications : (uint32_t)s->model.run.replications;
  return (struct point_identity){hash_text(state, stopping), state, replications};
}

const char *sweep_plan_key(const struct sweep_plan *p, struct arena *arena, uint64_t n) {
  return arena_format(arena, "%016llx-%u", (unsigned long long)p->points[n].hash, p->points[n].replications);
}

/* --- telling what is wrong --------------------------------------------------------------------------------------------------------- */

enum { TOLD_MOST = 20 };

struct told {
  struct arena *arena;
  const char *messages[TOLD_MOST];
  uint32_t count;
};

/* A message goes on in lines that begin with a space. */
static size_t message_length(const char *text) {
  const char *at = text + strcspn(text, "\n");
  while (*at && at[1] == ' ') at += 1 + strcspn(at + 1, "\n");
  return (size_t)(at - text) + (*at != 0);
}

static bool is_new(struct told *t, const char *message) {
  for (uint32_t i = 0; i < t->count; i++)
    if (!strcmp(t->messages[i], message)) return false;
  t->messages[t->count++] = message;
  return true;
}

static bool names_option(const struct sweep_plan *p, uint64_t n, const char *message) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(p->sweep, n, values);
  for (uint32_t i = 0; i < p->sweep->column_count; i++)
    if (values[i] && !strncmp(message, values[i]->option, strlen(values[i]->option))) return true;
  for (uint32_t i = 0; i < p->sweep->fixed_count; i++)
    if (!strncmp(message, p->sweep->fixed[i].option, strlen(p->sweep->fixed[i].option))) return true;
  return !strncmp(message, "--set ", 6) || !strncmp(message, "--seed ", 7);
}

static void print_place(const struct sweep_plan *p, uint64_t n) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(p->sweep, n, values);
  safe_print(stderr, "at point %llu:", (unsigned long long)n);
  for (uint32_t i = 0; i < p->sweep->column_count; i++)
    if (values[i]) safe_print(stderr, " %s=%s", p->sweep->columns[i].path, values[i]->text);
  fputc('\n', stderr);
}

/* One wrong value spoils many points and is told once. */
static void tell(const struct sweep_plan *p, uint64_t n, struct told *t, const char *text) {
  while (*text && t->count < TOLD_MOST) {
    size_t length = message_length(text);
    const char *message = arena_format(t->arena, "%.*s", (int)length, text);
    text += length;
    if (!is_new(t, message)) continue;
    if (!names_option(p, n, message)) print_place(p, n);
    fputs(message, stderr);
  }
}

/* All points are read before the first is run: a typo in the last value must not cost an hour. */
static enum exit_code read_points(struct sweep_plan *p) {
  struct told told = {.arena = p->arena};
  p->points = arena_new_array(p->arena, struct point_identity, p->sweep->points);
  bool good = true;
  for (uint64_t n = 0; n < p->sweep->points && told.count < TOLD_MOST; n++) {
    struct arena *arena = arena_new();
    struct diagnostics *faults = session_diagnostics(arena, p->options);
    struct scenario *s = sweep_plan_try(p, arena, faults, n, NULL, 0);
    if (s && n == 0) p->seed = s->model.run.seed;
    if (s && n == 0 && !session_outputs_apart(p->options, faults)) {
      arena_free(arena);
      return EXIT_USAGE;
    }
    if (s)
      p->points[n] = identify(p, s);
    else
      good = false, tell(p, n, &told, diagnostics_render(faults, arena));
    arena_free(arena);
  }
  if (told.count == TOLD_MOST) fprintf(stderr, "after %d errors no more points are read\n", TOLD_MOST);
  return good ? EXIT_HOLDS : EXIT_INVALID;
}

/* --- the sweep --------------------------------------------------------------------------------------------------------------------- */

static bool add_varies(const struct options *o, const char *command, struct sweep *s) {
  for (uint32_t i = 0; i < o->vary_count; i++) {
    const char *wrong = sweep_add_vary(s, o->varies[i]);
    if (!wrong) continue;
    safe_print(stderr, "aguanta %s: --vary %s %s\n", command, o->varies[i], wrong);
    return false;
  }
  return true;
}

static enum exit_code told(struct diagnostics *faults, struct arena *arena) {
  fputs(diagnostics_render(faults, arena), stderr);
  return EXIT_INVALID;
}

static enum exit_code read_study(struct sweep_plan *p, const char *command) {
  struct diagnostics *faults = session_diagnostics(p->arena, p->options);
  struct study_file study;
  if (!study_file_read(p->arena, faults, p->file, &study)) return told(faults, p->arena);
  p->sweep = study.sweep;
  if (!add_varies(p->options, command, p->sweep)) return EXIT_USAGE;
  return study_file_close(faults, &study) ? EXIT_HOLDS : told(faults, p->arena);
}

/* A file that is no JSON could be a study as well: that is told first. */
static enum exit_code read_scenario(struct sweep_plan *p, const char *command) {
  struct diagnostics *faults = session_diagnostics(p->arena, p->options);
  p->sweep = sweep_new(p->arena, faults, p->file);
  if (!p->sweep) return told(faults, p->arena);
  if (!p->options->vary_count) {
    safe_print(stderr, "aguanta %s: needs at least one --vary PATH=A,B,C\n", command);
    return EXIT_USAGE;
  }
  if (!add_varies(p->options, command, p->sweep)) return EXIT_USAGE;
  const char *wrong = sweep_close(p->sweep, NULL, 0);
  if (wrong) safe_print(stderr, "aguanta %s: the sweep %s\n", command, wrong);
  return wrong ? EXIT_USAGE : EXIT_HOLDS;
}

static bool read_where(struct sweep_plan *p, const char *command) {
  if (!p->options->where) return true;
  const char *wrong = condition_parse(p->sweep, p->options->where, &p->where);
  if (wrong) safe_print(stderr, "aguanta %s: --where %s: the condition %s\n", command, p->options->where, wrong);
  return !wrong;
}

static bool read_shard(struct sweep_plan *p, const char *command) {
  const char *text = p->options->shard;
  p->shard = p->shards = 1;
  if (!text) return true;
  char *slash, *end = NULL;
  unsigned long i = strtoul(text, &slash, 10), n = *slash == '/' ? strtoul(slash + 1, &end, 10) : 0;
  if (end && !*end && *text != '-' && slash[1] != '-' && i >= 1 && i <= n && n <= SWEEP_POINTS) {
    p->shard = (uint32_t)i, p->shards = (uint32_t)n;
    return true;
  }
  safe_print(stderr, "aguanta %s: --shard must be I/N, the I-th of N shards, such as 1/4, not \"%s\"\n", command, text);
  return false;
}

static bool name_columns(struct sweep_plan *p, const char *command) {
  for (uint32_t i = 0; i < p->sweep->column_count; i++) {
    p->paths[p->columns++] = p->sweep->columns[i].path;
    if (p->sweep->repeat == 1 || strcmp(p->sweep->columns[i].path, "run.seed")) continue;
    safe_print(stderr, "aguanta %s: %s repeats with other seeds and varies run.seed too: one of both\n", command, p->file);
    return false;
  }
  if (p->sweep->repeat > 1) p->paths[p->columns++] = "repeat";
  return true;
}

static const char *stem(struct arena *arena, const char *path, bool keep_folder) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
  const char *from = keep_folder ? path : name;
  return arena_format(arena, "%.*s", dot && dot > name ? (int)(dot - from) : (int)strlen(from), from);
}

/* Named by --store; else beside the first exported file, as other tools keep their state beside what they make; else, for a
 * study or a shard, in the current directory. A sweep of the command line that is only shown keeps nothing. */
static const char *choose_store(const struct sweep_plan *p) {
  const struct options *o = p->options;
  if (o->store) return o->store;
  for (uint32_t i = 0; i < o->export_count; i++)
    if (strcmp(o->exports[i], "-")) return arena_format(p->arena, "%s.sweep", stem(p->arena, o->exports[i], true));
  return p->is_study || o->shard || o->emit ? arena_format(p->arena, "%s.sweep", p->name) : NULL;
}

enum exit_code sweep_plan_read(struct sweep_plan *p, struct arena *arena, const struct options *o, const char *command) {
  *p = (struct sweep_plan){.options = o, .arena = arena, .file = o->files[0]};
  p->is_study = study_file_is(p->file);
  p->name = stem(arena, p->file, false);
  enum exit_code code = p->is_study ? read_study(p, command) : read_scenario(p, command);
  if (code != EXIT_HOLDS) return code;
  if (!read_where(p, command) || !read_shard(p, command) || !name_columns(p, command)) return EXIT_USAGE;
  p->store = choose_store(p);
  return read_points(p);
}

/* --- one point --------------------------------------------------------------------------------------------------------------------- */

bool sweep_plan_mine(const struct sweep_plan *p, uint64_t n) { return n % p->shards == p->shard - 1; }

bool sweep_plan_wanted(const struct sweep_plan *p, uint64_t n) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(p->sweep, n, values);
  return !p->where || condition_holds(p->where, p->sweep, values, sweep_repetition(p->sweep, n));
}

struct sweep_point sweep_plan_point(const struct sweep_plan *p, struct arena *arena, uint64_t n) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  const char **texts = arena_new_array(arena, const char *, p->columns + 1);
  sweep_values(p->sweep, n, values);
  for (uint32_t i = 0; i < p->sweep->column_count; i++) texts[i] = values[i] ? values[i]->text : NULL;
  if (p->sweep->repeat > 1) texts[p->columns - 1] = arena_format(arena, "%u", sweep_repetition(p->sweep, n));
  return (struct sweep_point){n, sweep_plan_key(p, arena, n), p->columns, p->paths, texts};
}
