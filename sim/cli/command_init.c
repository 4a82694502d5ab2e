#include "sim/cli/installed.h"
#include "sim/cli/screen.h"
#include "sim/cli/session.h"
#include "sim/engine/arena.h"
#include "sim/json/safe_text.h"
#include "sim/store/output.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The files of scenarios/templates, built into the program; their second comment line says what they are. */
static const struct template { const char *name, *text; }
templates[] = {
#define TEMPLATE(name, text) {name, text},
#include "templates/templates.inc"
#undef TEMPLATE
};
enum { COUNT = sizeof templates / sizeof *templates };

static const struct template *template_named(const char *name) {
  for (size_t i = 0; i < COUNT; i++)
    if (!strcmp(templates[i].name, name)) return &templates[i];
  return NULL;
}

/* Of a template: its first line, without the sign of a comment. */
static int title_length(const struct template *t) { return (int)strcspn(t->text, "\n") - 2; }

static void list_templates(FILE *file) {
  for (size_t i = 0; i < COUNT; i++)
    fprintf(file, "  %-11s %.*s\n", templates[i].name, title_length(&templates[i]), templates[i].text + 2);
}

static enum exit_code misused(const struct options *o) {
  const char *names[COUNT];
  for (size_t i = 0; i < COUNT; i++) names[i] = templates[i].name;
  const char *near = nearest_name(o->template, names, COUNT);
  safe_print(stderr, "aguanta init: no template \"%s\"", o->template);
  if (near) safe_print(stderr, "; did you mean \"%s\"?", near);
  fprintf(stderr, "\nTemplates:\n");
  struct screen screen;
  list_templates(screen_open(&screen, stderr));
  screen_close(&screen);
  return EXIT_USAGE;
}

/* The comments of a template call it by its name; here by the name that the file gets. */
static const char *with_name(struct arena *arena, const struct template *t, const char *path) {
  const char *own = arena_format(arena, "%s.yaml", t->name), *rest = t->text, *text = "";
  for (const char *at; (at = strstr(rest, own)); rest = at + strlen(own))
    text = arena_format(arena, "%s%.*s%s", text, (int)(at - rest), rest, path);
  return arena_format(arena, "%s%s", text, rest);
}

static bool ends_with(const char *text, const char *end) {
  size_t length = strlen(text), tail = strlen(end);
  return length > tail && !strcmp(text + length - tail, end);
}

static enum exit_code write_template(const struct template *t, const char *path) {
  bool piped = !strcmp(path, "-");
  struct arena *arena = arena_new();
  const char *text = installed_text(arena, with_name(arena, t, path));
  char *error = NULL;
  bool written = output_write(path, text, strlen(text), &error);
  if (!written) safe_print(stderr, "aguanta init: %s\n", error);
  free(error), arena_free(arena);
  if (written && !piped) safe_print(stderr, "wrote %s; next: aguanta run %s\n", path, path);
  return written ? EXIT_HOLDS : EXIT_ERROR;
}

static enum exit_code run(const struct options *o) {
  const struct template *t = o->template ? template_named(o->template) : &templates[0];
  if (!t) return misused(o);
  char by_default[64];
  snprintf(by_default, sizeof by_default, "%s.yaml", t->name);
  const char *path = o->output ? o->output : by_default;
  if (strcmp(path, "-") && !ends_with(path, ".yaml") && !ends_with(path, ".yml")) {
    safe_print(stderr, "aguanta init: templates are YAML: give -o a name that ends in .yaml, not \"%s\"\n", path);
    return EXIT_USAGE;
  }
  struct stat there;
  if (strcmp(path, "-") && !o->force && !lstat(path, &there)) {
    safe_print(stderr, "aguanta init: %s is there already; -o FILE.yaml writes another one, --force writes over it\n", path);
    return EXIT_ERROR;
  }
  return write_template(t, path);
}

static void help(FILE *file) {
  fprintf(file, "\nA complete scenario with comments, to be changed. What is marked \"assumed\" is a guess: replace it by what you "
                "measure.\n\n"
                "Templates, the first unless another one is named:\n");
  list_templates(file);
}

const struct command command_init = {.name = "init",
                                     .arguments = "[--template NAME] [-o FILE.yaml]",
                                     .doc = "write a complete scenario to start from",
                                     .options = TAKES(TEMPLATE) | TAKES(OUTPUT) | TAKES(FORCE),
                                     .help = help,
                                     .run = run};
