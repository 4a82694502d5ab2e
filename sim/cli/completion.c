#include "sim/cli/completion.h"
#include "models/service/preset.h"
#include "sim/engine/arena.h"
#include "sim/report/export.h"
#include "sim/report/plot/plot.h"
#include "sim/store/scheduler.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHELL(name) extern const struct shell shell_##name;
#include "sim/cli/shells.h"
#undef SHELL
#define SHELL(name) &shell_##name,
const struct shell *const shells[] = {
#include "sim/cli/shells.h"
    NULL};

/* --- what options take -------------------------------------------------------------------------------------------------------- */

static const char *whens(struct arena *arena, const struct command *c) { return (void)arena, (void)c, "auto always never"; }
static const char *themes(struct arena *arena, const struct command *c) { return (void)arena, (void)c, "light dark auto"; }

static const char *templates(struct arena *arena, const struct command *c) {
  (void)arena, (void)c;
#define TEMPLATE(name, text) name " "
  static const char names[] =
#include "templates/templates.inc"
      ;
#undef TEMPLATE
  return names;
}

static const char *plots(struct arena *arena, const struct command *c) {
  const char *names = "";
  for (const struct plot_kind *const *k = plot_kinds(); *k; k++) names = arena_format(arena, "%s%s ", names, (*k)->name);
  return (void)c, names;
}

static const char *emitted(struct arena *arena, const struct command *c) {
  const char *names = "";
  for (const struct scheduler *const *s = schedulers; *s; s++) names = arena_format(arena, "%s%s ", names, (*s)->name);
  return (void)c, names;
}

static const char *formats(struct arena *arena, const struct command *c) {
  char *names = export_names(c->answer, "", " ", " ");
  const char *kept = arena_text(arena, names);
  free(names);
  return kept;
}

static const char *(*const values[OPTION_COUNT])(struct arena *, const struct command *) = {
    [OPTION_FORMAT] = formats, [OPTION_EMIT] = emitted, [OPTION_TEMPLATE] = templates, [OPTION_KIND] = plots,
    [OPTION_THEME] = themes,   [OPTION_COLOR] = whens,  [OPTION_PROGRESS] = whens};

const char *completion_values(struct arena *arena, const struct command *c, const struct option *o) {
  const char *(*of)(struct arena *, const struct command *) = values[o - options_table];
  return of ? of(arena, c) : NULL;
}

bool completion_file(const struct option *o) {
  return o->argument && (!strncmp(o->argument, "FILE", 4) || !strcmp(o->argument, "DIR"));
}

/* --- what commands take ------------------------------------------------------------------------------------------------------- */

/* "[json|markdown|presets]" and "compose|k8s|log FILE..." name words; "STUDY | FILE" does not. */
const char *completion_words(struct arena *arena, const struct command *c) {
  const char *from = c->arguments + (*c->arguments == '[');
  size_t length = strcspn(from, " ]");
  char *words = arena_format(arena, "%.*s", (int)length, from);
  if (!strcmp(c->name, "explain")) {
    const char *names = "";
    for (const char *const *p = preset_words; *p; p++) names = arena_format(arena, "%s%s ", names, *p);
    return names;
  }
  if (!strchr(words, '|')) return NULL;
  for (char *at = words; *at; at++) {
    if (isupper((unsigned char)*at)) return NULL;
    if (*at == '|') *at = ' ';
  }
  return words;
}

void completion_quote(FILE *file, const char *text, const char *escaped, const char *quote) {
  fputc('\'', file);
  for (; *text; text++) {
    if (strchr(escaped, *text)) fputc('\\', file);
    if (*text == '\'')
      fputs(quote, file);
    else
      fputc(*text, file);
  }
  fputc('\'', file);
}
