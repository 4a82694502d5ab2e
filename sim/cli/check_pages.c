#include "sim/cli/check_pages.h"
#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/document/answers.h"
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "sim/json/safe_text.h"
#include "sim/json/source_file.h"
#include "sim/study/version.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct checking {
  const struct options *options;
  struct arena *arena;
  struct page *page;
  struct diagnostics *diagnostics;
  struct answers *answers;
  enum exit_code code;
};

bool check_is_page(const char *file) {
  size_t length = strlen(file);
  return (length > 3 && !strcasecmp(file + length - 3, ".md")) || (length > 9 && !strcasecmp(file + length - 9, ".markdown"));
}

/* A page says what its scenarios are, not what else they could be. */
bool check_write_fits(const struct options *o) {
  const char *other = o->set_count ? "set" : o->seed ? "seed" : NULL;
  bool any = false;
  for (uint32_t i = 0; i < o->file_count; i++) any |= check_is_page(o->files[i]);
  if (o->write && !any) safe_print(stderr, "aguanta check: --write is for pages, FILE.md\n");
  if (o->write && any && other)
    safe_print(stderr, "aguanta check: --write with --%s: the page would not say what its scenarios are\n", other);
  return !o->write || (any && !other);
}

const char *check_page_words(enum exit_code code) {
  return code == EXIT_FAILED      ? "a page differs from what is simulated"
         : code == EXIT_UNDECIDED ? "no page differs from what is simulated, a figure is without data"
                                  : "every page says what is simulated";
}

/* What the answer depends on: the scenario, its seed, when to stop, and what else is asked. */
static uint64_t key_of(const struct checking *c, uint32_t i, const struct scenario *s) {
  struct study_options study = {0};
  char more[160];
  session_options(c->options, &study);
  snprintf(more, sizeof more, " %llu %s replications %u budget %u precision %a", (unsigned long long)s->model.run.seed,
           AGUANTA_VERSION, study.replications, study.budget, study.precision);
  return page_asked(c->page, i, fnv_text(s->hash, more));
}

static const struct results *run(struct checking *c, struct arena *arena, const struct page_scenario *of, const struct scenario *s,
                                 uint64_t key) {
  const struct results *r = session_run(arena, c->options, s);
  if (!r) return c->code = exit_code_worse(c->code, EXIT_ERROR), NULL;
  struct answer answer = answer_of_run(r);
  for (uint32_t i = 0; i < r->violation_count; i++)
    safe_print(stderr, "aguanta check: %s: broken invariant: %s\n", of->name, r->violations[i]);
  if (answer.broken) return c->code = exit_code_worse(c->code, EXIT_ERROR), NULL;
  if (answer.interrupted) return c->code = session_interrupted(), NULL;
  return answers_put(c->answers, of->name, key, r);
}

/* Its warnings are for those who run it: of a page's scenarios only errors are shown. */
static struct scenario *read_scenario(struct checking *c, struct arena *arena, const char *path) {
  struct diagnostics *diagnostics = diagnostics_new(arena);
  const char *root = session_root(arena, c->options);
  uint32_t count;
  struct scenario_override *all = session_overrides(arena, c->options, 0, &count);
  if (root) diagnostics_confine(diagnostics, root);
  struct scenario *s = scenario_read(arena, diagnostics, path, all, count);
  if (!s) screen_messages(diagnostics_render(diagnostics, arena));
  return session_outputs_apart(c->options, diagnostics) ? s : NULL;
}

/* False when the page cannot be judged. */
static bool answer_one(struct checking *c, uint32_t i) {
  struct arena *arena = arena_new();
  struct page_scenario *of = page_scenario(c->page, i);
  struct scenario *s = read_scenario(c, arena, of->path);
  if (!s) diagnostic_add(c->diagnostics, &of->at, "%s is no valid scenario", of->name);
  if (s && page_ask(c->page, i, s)) {
    uint64_t key = key_of(c, i, s);
    of->results = c->options->fresh ? NULL : answers_find(c->answers, of->name, key);
    of->ran = !of->results;
    if (of->ran) of->results = run(c, arena, of, s, key);
  }
  arena_free(arena);
  return of->results != NULL;
}

static bool answer_all(struct checking *c) {
  bool good = true;
  for (uint32_t i = 0; i < page_scenarios(c->page) && c->code != EXIT_INTERRUPTED && c->code != EXIT_TERMINATED; i++)
    good &= answer_one(c, i);
  return good;
}

static void not_written(struct checking *c, char *error) {
  safe_print(stderr, "aguanta check: %s\n", error);
  free(error);
  c->code = exit_code_worse(c->code, EXIT_ERROR);
}

static void write_page(struct checking *c, const char *answers) {
  char *error = NULL;
  bool kept = !page_scenarios(c->page) || answers_write(c->answers, answers, false, &error);
  if (!kept || !page_write(c->page, &error)) not_written(c, error);
}

/* What is finished of a page that was interrupted. */
static void keep_answers(struct checking *c, const char *answers) {
  char *error = NULL;
  bool any = false;
  for (uint32_t i = 0; c->page && i < page_scenarios(c->page); i++) any |= page_scenario(c->page, i)->results != NULL;
  if (any && !answers_write(c->answers, answers, true, &error)) not_written(c, error);
}

static enum exit_code code_of(const struct page_sum *s, bool written) {
  return s->differences || (s->stale && !written) ? EXIT_FAILED : s->no_data ? EXIT_UNDECIDED : EXIT_HOLDS;
}

static void judge(struct checking *c, const char *answers) {
  const struct options *o = c->options;
  page_judge(c->page);
  if (o->write) write_page(c, answers);
  struct screen screen;
  if (!session_exports_to_stdout(o)) {
    page_report(screen_open(&screen, stdout), c->page, o->write, o->quiet);
    screen_close(&screen);
  }
  c->code = exit_code_worse(c->code, code_of(page_sum(c->page), o->write));
}

enum exit_code check_page(struct arena *arena, const struct options *o, const char *file, struct page **page) {
  struct checking c = {.options = o, .arena = arena, .diagnostics = diagnostics_new(arena), .code = EXIT_HOLDS};
  const char *root = session_root(arena, o), *stored = answers_path(arena, file);
  bool damaged;
  if (root) diagnostics_confine(c.diagnostics, root);
  const char *outside = source_outside(c.diagnostics, stored);
  if (outside && !access(stored, F_OK)) diagnostic_add(c.diagnostics, NULL, "%s: %s", stored, outside);
  c.page = page_read(arena, c.diagnostics, file);
  c.answers = answers_read(arena, stored, &damaged);
  if (damaged) safe_print(stderr, "aguanta check: %s is damaged and not used\n", stored);
  bool judged = c.page && !diagnostics_errors(c.diagnostics) && answer_all(&c) && !diagnostics_errors(c.diagnostics);
  screen_messages(diagnostics_render(c.diagnostics, arena));
  if (diagnostics_errors(c.diagnostics)) c.code = exit_code_worse(c.code, EXIT_INVALID);
  if (judged)
    judge(&c, stored);
  else if (o->write && !diagnostics_errors(c.diagnostics))
    keep_answers(&c, stored);
  *page = judged ? c.page : NULL;
  return c.code;
}
