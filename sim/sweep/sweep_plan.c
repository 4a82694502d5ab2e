#include "sim/sweep/sweep_plan.h"
#include "sim/engine/fnv.h"
#include "sim/engine/arena.h"
#include "sim/sweep/condition.h"
#include "sim/sweep/study_file.h"
#include "sim/study/version.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* Of all that an answer can depend on: an answer of other sources is another answer. */
static const char sources[] =
#include "sources.inc"
    ;

/* --- reading the points ------------------------------------------------------------------------------------------------------- */

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

struct diagnostics *sweep_plan_diagnostics(const struct sweep_plan *p, struct arena *arena) {
  struct diagnostics *diagnostics = diagnostics_new(arena);
  if (p->request->root) diagnostics_confine(diagnostics, p->request->root);
  return diagnostics;
}

struct scenario *sweep_plan_try(const struct sweep_plan *p, struct arena *arena, struct diagnostics *diagnostics, uint64_t n,
                                const struct scenario_override *more, uint32_t more_count) {
  const struct sweep_request *q = p->request;
  const struct sweep *s = p->sweep;
  uint32_t most = s->fixed_count + q->override_count + s->column_count + more_count + 1, count = 0;
  struct scenario_override *all = arena_new_array(arena, struct scenario_override, most);
  for (uint32_t i = 0; i < s->fixed_count; i++) all[count++] = s->fixed[i];
  for (uint32_t i = 0; i < q->override_count; i++) all[count++] = q->overrides[i];
  count = add_axes(p, arena, n, all, count);
  for (uint32_t i = 0; i < more_count; i++) all[count++] = more[i];
  return scenario_read(arena, diagnostics, s->scenario, all, count);
}

struct scenario *sweep_plan_scenario(const struct sweep_plan *p, struct arena *arena, uint64_t n,
                                     const struct scenario_override *more, uint32_t count) {
  struct diagnostics *diagnostics = sweep_plan_diagnostics(p, arena);
  struct scenario *s = sweep_plan_try(p, arena, diagnostics, n, more, count);
  if (!s) fputs(diagnostics_render(diagnostics, arena), p->request->messages);
  return s;
}

/* --- what identifies them ----------------------------------------------------------------------------------------------------- */

struct study_options sweep_plan_study(const struct sweep_plan *p, const struct scenario *s) {
  struct study_options study = p->request->study;
  uint32_t base = study.replications ? study.replications : (uint32_t)s->model.run.replications;
  if (p->request->more_replications) study.replications = base + p->request->more_replications;
  return study;
}

static struct point_identity identify(const struct sweep_plan *p, const struct scenario *s) {
  struct study_options study = sweep_plan_study(p, s);
  char seed[32], stopping[64] = "exactly";
  snprintf(seed, sizeof seed, " %llu ", (unsigned long long)s->model.run.seed);
  if (!study.replications) snprintf(stopping, sizeof stopping, "budget %u precision %a", study.budget, study.precision);
  uint64_t state = fnv_text(fnv_text(fnv_text(s->hash, seed), AGUANTA_VERSION " "), sources);
  uint32_t replications = study.replications ? study.replications : (uint32_t)s->model.run.replications;
  return (struct point_identity){fnv_text(state, stopping), state, replications};
}

const char *sweep_plan_key(const struct sweep_plan *p, struct arena *arena, uint64_t n) {
  return arena_format(arena, "%016llx-%u", (unsigned long long)p->points[n].hash, p->points[n].replications);
}

/* --- reporting what is wrong -------------------------------------------------------------------------------------------------- */

enum { REPORTED_MOST = 20 };

struct reported {
  struct arena *arena;
  const char *messages[REPORTED_MOST];
  uint32_t count;
};

/* A message goes on in lines that begin with a space. */
static size_t message_length(const char *text) {
  const char *at = text + strcspn(text, "\n");
  while (*at && at[1] == ' ') at += 1 + strcspn(at + 1, "\n");
  return (size_t)(at - text) + (*at != 0);
}

static bool is_new(struct reported *t, const char *message) {
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
  safe_print(p->request->messages, "at point %llu:", (unsigned long long)n);
  for (uint32_t i = 0; i < p->sweep->column_count; i++)
    if (values[i]) safe_print(p->request->messages, " %s=%s", p->sweep->columns[i].path, values[i]->text);
  fputc('\n', p->request->messages);
}

/* One wrong value spoils many points and is reported once. */
static void report_new(const struct sweep_plan *p, uint64_t n, struct reported *t, const char *text) {
  while (*text && t->count < REPORTED_MOST) {
    size_t length = message_length(text);
    const char *message = arena_format(t->arena, "%.*s", (int)length, text);
    text += length;
    if (!is_new(t, message)) continue;
    if (!names_option(p, n, message)) print_place(p, n);
    fputs(message, p->request->messages);
  }
}

static bool outputs_apart(const struct sweep_plan *p, const struct diagnostics *read) {
  const struct sweep_request *q = p->request;
  return !q->outputs_apart || q->outputs_apart(q->context, read);
}

/* All points are read before the first is run: a typo in the last value must not cost an hour. */
static enum sweep_outcome read_points(struct sweep_plan *p) {
  struct reported reported = {.arena = p->arena};
  p->points = arena_new_array(p->arena, struct point_identity, p->sweep->points);
  bool good = true;
  for (uint64_t n = 0; n < p->sweep->points && reported.count < REPORTED_MOST; n++) {
    struct arena *arena = arena_new();
    struct diagnostics *diagnostics = sweep_plan_diagnostics(p, arena);
    struct scenario *s = sweep_plan_try(p, arena, diagnostics, n, NULL, 0);
    if (s && n == 0) p->seed = s->model.run.seed;
    if (s && n == 0 && !outputs_apart(p, diagnostics)) {
      arena_free(arena);
      return SWEEP_MISUSED;
    }
    if (s)
      p->points[n] = identify(p, s);
    else
      good = false, report_new(p, n, &reported, diagnostics_render(diagnostics, arena));
    arena_free(arena);
  }
  if (reported.count == REPORTED_MOST) fprintf(p->request->messages, "after %d errors no more points are read\n", REPORTED_MOST);
  return good ? SWEEP_GOOD : SWEEP_INVALID;
}

/* --- the sweep ---------------------------------------------------------------------------------------------------------------- */

/* Begins a message; what is wrong follows. */
static FILE *refuse(const struct sweep_plan *p) {
  fprintf(p->request->messages, "aguanta %s: ", p->request->command);
  return p->request->messages;
}

static bool add_varies(struct sweep_plan *p) {
  for (uint32_t i = 0; i < p->request->vary_count; i++) {
    const char *wrong = sweep_add_vary(p->sweep, p->request->varies[i]);
    if (!wrong) continue;
    safe_print(refuse(p), "--vary %s %s\n", p->request->varies[i], wrong);
    return false;
  }
  return true;
}

static enum sweep_outcome report(const struct sweep_plan *p, const struct diagnostics *diagnostics) {
  fputs(diagnostics_render(diagnostics, p->arena), p->request->messages);
  return SWEEP_INVALID;
}

static enum sweep_outcome read_study(struct sweep_plan *p) {
  struct diagnostics *diagnostics = sweep_plan_diagnostics(p, p->arena);
  struct study_file study;
  if (!study_file_read(p->arena, diagnostics, p->request->file, &study)) return report(p, diagnostics);
  p->sweep = study.sweep;
  if (!add_varies(p)) return SWEEP_MISUSED;
  return study_file_close(diagnostics, &study) ? SWEEP_GOOD : report(p, diagnostics);
}

/* A file that is no JSON could be a study as well: that is reported first. */
static enum sweep_outcome read_scenario(struct sweep_plan *p) {
  struct diagnostics *diagnostics = sweep_plan_diagnostics(p, p->arena);
  p->sweep = sweep_new(p->arena, diagnostics, p->request->file);
  if (!p->sweep) return report(p, diagnostics);
  if (!p->request->vary_count) {
    safe_print(refuse(p), "needs at least one --vary PATH=A,B,C\n");
    return SWEEP_MISUSED;
  }
  if (!add_varies(p)) return SWEEP_MISUSED;
  const char *wrong = sweep_close(p->sweep, NULL, 0);
  if (wrong) safe_print(refuse(p), "the sweep %s\n", wrong);
  return wrong ? SWEEP_MISUSED : SWEEP_GOOD;
}

static bool read_where(struct sweep_plan *p) {
  const char *text = p->request->where, *wrong = text ? condition_parse(p->sweep, text, &p->where) : NULL;
  if (wrong) safe_print(refuse(p), "--where %s: the condition %s\n", text, wrong);
  return !wrong;
}

static bool read_shard(struct sweep_plan *p) {
  const char *text = p->request->shard;
  p->shard = p->shards = 1;
  if (!text) return true;
  char *slash, *end = NULL;
  unsigned long i = strtoul(text, &slash, 10), n = *slash == '/' ? strtoul(slash + 1, &end, 10) : 0;
  if (end && !*end && *text != '-' && slash[1] != '-' && i >= 1 && i <= n && n <= SWEEP_POINTS) {
    p->shard = (uint32_t)i;
    p->shards = (uint32_t)n;
    return true;
  }
  safe_print(refuse(p), "--shard must be I/N, the I-th of N shards, such as 1/4, not \"%s\"\n", text);
  return false;
}

static bool name_columns(struct sweep_plan *p) {
  for (uint32_t i = 0; i < p->sweep->column_count; i++) {
    p->paths[p->columns++] = p->sweep->columns[i].path;
    if (p->sweep->repeat == 1 || strcmp(p->sweep->columns[i].path, "run.seed")) continue;
    safe_print(refuse(p), "%s repeats with other seeds and varies run.seed too: one of both\n", p->request->file);
    return false;
  }
  if (p->sweep->repeat > 1) p->paths[p->columns++] = "repeat";
  return true;
}

/* Without its extension, and without its folder unless that is kept. */
static const char *stem(struct arena *arena, const char *path, bool keep_folder) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
  const char *from = keep_folder ? path : name;
  return arena_format(arena, "%.*s", dot && dot > name ? (int)(dot - from) : (int)strlen(from), from);
}

const char *sweep_plan_store(const struct sweep_plan *p, const char *named, const char *const *exports, uint32_t count, bool job) {
  if (named) return named;
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(exports[i], "-")) return arena_format(p->arena, "%s.sweep", stem(p->arena, exports[i], true));
  return p->is_study || p->request->shard || job ? arena_format(p->arena, "%s.sweep", p->name) : NULL;
}

enum sweep_outcome sweep_worse(enum sweep_outcome a, enum sweep_outcome b) { return a > b ? a : b; }

enum sweep_outcome sweep_plan_read(struct sweep_plan *p, struct arena *arena, const struct sweep_request *request) {
  *p = (struct sweep_plan){.request = request, .arena = arena, .name = stem(arena, request->file, false)};
  p->is_study = study_file_is(request->file);
  enum sweep_outcome outcome = p->is_study ? read_study(p) : read_scenario(p);
  if (outcome != SWEEP_GOOD) return outcome;
  if (!read_where(p) || !read_shard(p) || !name_columns(p)) return SWEEP_MISUSED;
  return read_points(p);
}

/* --- one point ---------------------------------------------------------------------------------------------------------------- */

bool sweep_plan_mine(const struct sweep_plan *p, uint64_t n) { return n % p->shards == p->shard - 1; }

bool sweep_plan_wanted(const struct sweep_plan *p, uint64_t n) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  sweep_values(p->sweep, n, values);
  return !p->where || condition_holds(p->where, p->sweep, values, sweep_repetition(p->sweep, n));
}

uint64_t sweep_plan_mine_count(const struct sweep_plan *p) {
  uint64_t count = 0;
  for (uint64_t n = 0; n < p->sweep->points; n++) count += sweep_plan_mine(p, n);
  return count;
}

struct sweep_point sweep_plan_point(const struct sweep_plan *p, struct arena *arena, uint64_t n) {
  const struct sweep_value *values[SWEEP_COLUMNS];
  const char **texts = arena_new_array(arena, const char *, p->columns + 1);
  sweep_values(p->sweep, n, values);
  for (uint32_t i = 0; i < p->sweep->column_count; i++) texts[i] = values[i] ? values[i]->text : NULL;
  if (p->sweep->repeat > 1) texts[p->columns - 1] = arena_format(arena, "%u", sweep_repetition(p->sweep, n));
  return (struct sweep_point){n, sweep_plan_key(p, arena, n), p->columns, p->paths, texts};
}
