/* The documents say what is true: commands run, links lead somewhere, shown output is what the program prints.
 *
 * Looked at are README.md and docs/[...].md. What they promise:
 *
 *     ```sh                          every line is a command; exit status 0, 98 or 99
 *     ```sh exit=3                   ... or the one that is told
 *     <!-- output: COMMAND -->       the block after it shows the command's output; a line "..." leaves lines out
 *     <!-- file: PATH -->            the block after it is that file, byte for byte
 *     `oracle/NAME`                  a case of tests/oracle; may have a *
 *
 * `make` lines are not run: their targets must exist. Commands run in the root of the repository, and what they write to
 * build/ goes to build/docs-test/ instead. The tables of docs/documents/ are checked by test_documents.c.
 *
 * When the numbers change for a good reason, `AGUANTA_DOCS_UPDATE=1 build/tests/all docs.update` writes the new ones into the
 * shown outputs; prose and small tables are for people to correct. */
#include "sim/cli/options.h"
#include "sim/engine/arena.h"
#include "sim/json/json.h"
#include "sim/report/export.h"
#include "sim/store/scheduler.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <glob.h>
#include <sys/stat.h>

#define ROOM "build/docs-test"

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

struct document {
  const char *path;
  char *text;
};

enum { WITHOUT_PLANNING_DOCUMENTS, WITH_PLANNING_DOCUMENTS };

static void for_documents_of(int which, void (*visit)(struct document *)) {
  glob_t found;
  glob("README.md", 0, NULL, &found);
  glob("docs/*.md", GLOB_APPEND, NULL, &found);
  if (which == WITH_PLANNING_DOCUMENTS) glob("docs/documents/*.md", GLOB_APPEND, NULL, &found);
  test_check(found.gl_pathc >= 6, "only %zu documents", (size_t)found.gl_pathc);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    struct document d = {found.gl_pathv[i], test_read_file(found.gl_pathv[i])};
    if (test_check(d.text != NULL, "%s cannot be read", d.path)) visit(&d);
    free(d.text);
  }
  globfree(&found);
}

static void for_documents(void (*visit)(struct document *)) { for_documents_of(WITHOUT_PLANNING_DOCUMENTS, visit); }

/* Cuts off the first line and returns it; null at the end. */
static char *next_line(char **rest) {
  char *line = *rest;
  if (!line || !*line) return NULL;
  char *end = strchr(line, '\n');
  if (end) *end = 0;
  *rest = end ? end + 1 : NULL;
  return line;
}

static bool begins(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

/* The text between `before` and `after` in a line, to be freed; null when it has no such thing. */
static char *between(const char *line, const char *before, const char *after) {
  const char *from = strstr(line, before);
  if (!from) return NULL;
  from += strlen(before);
  const char *to = strstr(from, after);
  return to ? strndup(from, (size_t)(to - from)) : NULL;
}

/* The next block between fences; the cursor stands behind it. To be freed. */
static char *next_block(char **rest) {
  char *line, *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  while ((line = next_line(rest)) && !begins(line, "```")) {}
  while ((line = next_line(rest)) && !begins(line, "```")) fprintf(out, "%s\n", line);
  fclose(out);
  return text;
}

static bool some_document_says(const char *words) {
  glob_t found;
  bool says = false;
  glob("README.md", 0, NULL, &found);
  glob("docs/*.md", GLOB_APPEND, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc && !says; i++) {
    char *text = test_read_file(found.gl_pathv[i]);
    for (const char *at = text; at && !says && (at = strstr(at, words)); at++) says = !isalnum((unsigned char)at[strlen(words)]);
    free(text);
  }
  globfree(&found);
  return says;
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

/* The command with the program under test, writing to the test's own folder. To be freed. */
static char *as_run(const char *command) {
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  for (const char *at = command; *at;) {
    if (begins(at, "build/aguanta"))
      fputs(child_aguanta(), out), at += strlen("build/aguanta");
    else if (begins(at, "build/"))
      fputs(ROOM "/", out), at += strlen("build/");
    else
      fputc(*at++, out);
  }
  fclose(out);
  return text;
}

static struct child run_shell(const char *command) {
  char *ours = as_run(command);
  struct child_wish wish = {.limit_s = 300};
  mkdir(ROOM, 0777);
  struct child c = child_run(&wish, (const char *const[]){"/bin/sh", "-c", ours, NULL});
  free(ours);
  return c;
}

static void check_targets(const struct document *d, const char *command) {
  char *makefile = test_read_file("Makefile"), *words = strdup(command), *save = NULL;
  for (char *word = strtok_r(words + strlen("make"), " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    if (*word == '#') break;
    if (strchr(word, '=')) continue;
    char target[100];
    snprintf(target, sizeof target, "\n%s:", word);
    test_check(strstr(makefile, target) != NULL, "%s: make %s: there is no such target", d->path, word);
  }
  free(makefile);
  free(words);
}

/* Commands that other tests run: those whose output a page shows, and the self-test (cli_selftest). */
static bool runs_elsewhere(const char *command) {
  char shown[600];
  snprintf(shown, sizeof shown, "<!-- output: %s -->", command);
  return !strcmp(command, "build/aguanta selftest") || some_document_says(shown);
}

static void check_command(const struct document *d, const char *command, int wanted) {
  if (begins(command, "make") && (!command[4] || command[4] == ' ')) {
    check_targets(d, command);
    return;
  }
  if (runs_elsewhere(command)) return;
  struct child c = run_shell(command);
  bool good = wanted >= 0 ? c.status == wanted : c.status == EXIT_HOLDS || c.status == EXIT_UNDECIDED || c.status == EXIT_FAILED;
  test_check(good, "%s: %s: exit status %d: %.300s", d->path, command, c.status, c.err);
  child_free(&c);
}

static void run_commands(struct document *d) {
  char *rest = d->text, *line;
  while ((line = next_line(&rest))) {
    if (!begins(line, "```")) continue;
    bool shell = !strcmp(line, "```sh") || begins(line, "```sh ");
    int wanted = shell && begins(line, "```sh exit=") ? atoi(line + strlen("```sh exit=")) : -1;
    while ((line = next_line(&rest)) && !begins(line, "```"))
      if (shell && *line && *line != '#') check_command(d, line, wanted);
  }
}

/* Those of the planning documents make pictures of long runs. */
static void test_commands(void) {
  for_documents_of(getenv("AGUANTA_LONG") ? WITH_PLANNING_DOCUMENTS : WITHOUT_PLANNING_DOCUMENTS, run_commands);
}

/* --- shown output and shown files --------------------------------------------------------------------------------------------- */

/* Every line of the block is in the output, in order; only "..." leaves lines out. Null, or the first that is not. */
static const char *not_shown(char *block, char *output) {
  bool skipping = false;
  char *shown, *printed;
  while ((shown = next_line(&block))) {
    if (!strcmp(shown, "...")) {
      skipping = true;
      continue;
    }
    while ((printed = next_line(&output)) && strcmp(printed, shown))
      if (!skipping) return shown;
    if (!printed) return shown;
    skipping = false;
  }
  return !skipping && output && *output ? "(the end: more lines follow)" : NULL;
}

/* Take four to eleven seconds each: `make check-long` has them. That their claims hold is seen by the suite ideas each time. */
static bool is_slow(const char *command) {
  static const char *const slow[] = {"ideas/stampede.json", "ideas/cache-restart.json", "ideas/fan-out.json",
                                     "ideas/balancers.json", "growth-triggers.json --months 16"};
  for (size_t i = 0; i < sizeof slow / sizeof *slow; i++)
    if (strstr(command, slow[i])) return true;
  return false;
}

static void check_outputs(struct document *d) {
  char *rest = d->text, *line;
  while ((line = next_line(&rest))) {
    char *command = begins(line, "<!--") ? between(line, "<!-- output: ", " -->") : NULL;
    if (!command) continue;
    if (is_slow(command) && !getenv("AGUANTA_LONG")) {
      free(command);
      continue;
    }
    char *block = next_block(&rest);
    struct child c = run_shell(command);
    const char *wrong = not_shown(block, c.out);
    test_check(!wrong, "%s: %s prints something else at: %s", d->path, command, wrong ? wrong : "");
    child_free(&c);
    free(block);
    free(command);
  }
}

static void test_outputs(void) {
  char block[] = "a\n...\nd\n", good[] = "a\nb\nc\nd\n", bad[] = "a\nb\nc\ne\n", again[] = "a\nc\n", strict[] = "a\nb\nc\n";
  test_check(!not_shown(block, good), "the comparison refuses what is right");
  strcpy(block, "a\n...\nd\n");
  test_check(not_shown(block, bad) != NULL, "the comparison lets a wrong line through");
  test_check(not_shown(again, strict) != NULL, "the comparison lets a missing line through");
  for_documents(check_outputs);
}

static void check_files(struct document *d) {
  char *rest = d->text, *line;
  while ((line = next_line(&rest))) {
    char *path = begins(line, "<!--") ? between(line, "<!-- file: ", " -->") : NULL;
    if (!path) continue;
    char *block = next_block(&rest), *file = test_read_file(path);
    test_check(file && !strcmp(file, block), "%s shows another %s than there is", d->path, path);
    free(file);
    free(block);
    free(path);
  }
}

static void test_files(void) { for_documents(check_files); }

/* --- links and paths ---------------------------------------------------------------------------------------------------------- */

/* The anchor of a heading, as GitHub makes it. */
static void slug(char *out, size_t size, const char *heading) {
  size_t length = 0;
  for (; *heading && length + 1 < size; heading++) {
    unsigned char c = (unsigned char)*heading;
    if (c == ' ') out[length++] = '-';
    if (isalnum(c) || c == '-' || c == '_' || c >= 0x80) out[length++] = (char)tolower(c);
  }
  out[length] = 0;
}

static bool has_anchor(const char *path, const char *anchor) {
  char *text = test_read_file(path), *rest = text, *line, name[300];
  bool found = false, fenced = false;
  while (!found && (line = next_line(&rest))) {
    if (begins(line, "```")) fenced = !fenced;
    if (fenced || *line != '#') continue;
    line += strspn(line, "#");
    slug(name, sizeof name, line + (*line == ' '));
    found = !strcmp(name, anchor);
  }
  free(text);
  return found;
}

static void check_link(const struct document *d, char *target) {
  char path[600], *anchor = strchr(target, '#');
  if (strstr(target, "://") || begins(target, "mailto:")) return;
  if (anchor) *anchor++ = 0;
  const char *slash = strrchr(d->path, '/');
  snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - d->path + 1) : 0, d->path, target);
  if (!*target) snprintf(path, sizeof path, "%s", d->path);
  if (!test_check(child_exists(path), "%s: the link to %s leads nowhere", d->path, path)) return;
  if (anchor) test_check(has_anchor(path, anchor), "%s: %s has no heading #%s", d->path, path, anchor);
}

static void check_links(struct document *d) {
  for (const char *at = d->text; (at = strstr(at, "](")); at += 2) {
    char *target = between(at, "](", ")");
    if (target) check_link(d, target);
    free(target);
  }
}

static bool is_path(char c) { return isalnum((unsigned char)c) || strchr("_./-", c); }

static void check_path(const struct document *d, const char *from) {
  size_t length = 0;
  while (from[length] && is_path(from[length])) length++;
  if (from[length] && strchr("*?<{[$", from[length])) return; /* a pattern */
  while (length && strchr("./", from[length - 1])) length--;
  char path[600];
  snprintf(path, sizeof path, "%.*s", (int)length, from);
  if (strstr(path, "NAME")) return; /* a place for one */
  test_check(child_exists(path), "%s names %s, which does not exist", d->path, path);
}

static void check_paths(struct document *d) {
  static const char *const roots[] = {"scenarios/", "sim/", "models/", "tests/", "docs/"};
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    for (const char *at = d->text; (at = strstr(at, roots[i])); at++)
      if (at == d->text || !is_path(at[-1])) check_path(d, at);
}

static void check_oracle_names(struct document *d) {
  for (const char *at = d->text; (at = strstr(at, "`oracle/")); at++) {
    char *name = between(at, "`oracle/", "`"), pattern[300];
    glob_t found;
    snprintf(pattern, sizeof pattern, "tests/oracle/%s.json", name ? name : "?");
    test_check(glob(pattern, 0, NULL, &found) == 0 || strstr(pattern, "NAME"), "%s names %s: there is no such case", d->path,
               pattern);
    globfree(&found);
    free(name);
  }
}

/* "191 scenarios with exact values" and "191 scenarios cover": as many as there are in tests/oracle. */
static void check_oracle_count(const char *path, size_t cases) {
  static const char *const ends[] = {" scenarios with exact values", " scenarios cover"};
  char *text = test_read_file(path);
  int found = 0;
  for (size_t i = 0; text && i < sizeof ends / sizeof *ends; i++)
    for (const char *at = text; (at = strstr(at, ends[i])); at++) {
      const char *from = at;
      while (from > text && isdigit((unsigned char)from[-1])) from--;
      size_t told = strtoul(from, NULL, 10);
      test_check(told == cases, "%s says %zu%s, there are %zu", path, told, ends[i], cases);
      found++;
    }
  test_check(found == 1, "%s says %d times how many scenarios there are", path, found);
  free(text);
}

static void test_oracle_count(void) {
  glob_t found;
  size_t cases = glob("tests/oracle/*.expected.json", 0, NULL, &found) ? 0 : found.gl_pathc;
  if (cases) globfree(&found);
  check_oracle_count("docs/validation.md", cases);
  check_oracle_count("tests/oracle/README.md", cases);
}

static void test_links(void) {
  for_documents_of(WITH_PLANNING_DOCUMENTS, check_links);
  for_documents_of(WITH_PLANNING_DOCUMENTS, check_paths);
  for_documents(check_oracle_names);
}

/* --- what a document must have ------------------------------------------------------------------------------------------------ */

static void test_reference_is_generated(void) {
  struct child c = run_shell("build/aguanta schema markdown");
  char *file = test_read_file("docs/scenario.md");
  test_check(file && c.status == 0 && !strcmp(file, c.out), "docs/scenario.md is not what the program prints: make docs");
  free(file);
  child_free(&c);
}

static void test_every_folder_is_named(void) {
  char *text = test_read_file("docs/architecture.md");
  glob_t found;
  glob("sim/*/*.h", 0, NULL, &found);
  glob("models/*/*.h", GLOB_APPEND, NULL, &found);
  for (size_t i = 0; i < found.gl_pathc; i++) {
    *strrchr(found.gl_pathv[i], '/') = 0;
    char name[200];
    snprintf(name, sizeof name, "`%s`", found.gl_pathv[i]);
    test_check(text && strstr(text, name), "docs/architecture.md does not name %s", name);
  }
  globfree(&found);
  free(text);
}

/* Whether a document says the words, not within a longer word. */
static void expect_said(const char *before, const char *name) {
  char words[100];
  snprintf(words, sizeof words, "%s%s", before, name);
  test_check(some_document_says(words), "no document says \"%s\"", words);
}

/* What is added to these families is in the manual, too; pictures are those that `aguanta help plot` lists. */
/* By the end of a file's name, or, of one that is never a file, with --format. */
static void expect_format(const char *name) {
  char word[100];
  snprintf(word, sizeof word, "--format %s", name);
  if (!some_document_says(word)) expect_said(".", name);
}

static void test_every_member_is_named(void) {
  for (const struct command *const *c = commands; *c; c++) expect_said("aguanta ", (*c)->name);
  for (const struct scheduler *const *f = schedulers; *f; f++) expect_said("--emit ", (*f)->name);
#define EXPORT(name) expect_format(#name);
#include "sim/report/exports.h"
#undef EXPORT
}

static void check_keys(const char *text, const char *folder, const struct json_value *v) {
  for (const struct json_value *member = json_first(v); member; member = json_next(member)) {
    const char *key = json_name(member);
    char name[100];
    snprintf(name, sizeof name, "`%s`", key ? key : "");
    if (key && strcmp(folder, "labels")) test_check(strstr(text, name) != NULL, "docs/results.md does not explain %s", name);
    if (!key || strcmp(key, "scenario_resolved")) check_keys(text, key ? key : folder, member);
  }
}

static void test_every_key_is_explained(void) {
  struct arena *arena = arena_new();
  char *text = test_read_file("docs/results.md");
  struct child c = run_shell("build/aguanta run scenarios/platform/compose.json -q --reps 2 --set run.years=100 --export "
                             "build/keys.json --timing build/timing.json");
  static const char *const files[] = {ROOM "/keys.json", ROOM "/timing.json"};
  for (int i = 0; i < 2 && test_check(text != NULL, "docs/results.md is missing"); i++) {
    const struct json_value *result = json_read_file(arena, diagnostics_new(arena), files[i]);
    if (test_check(result != NULL, "no %s", files[i])) check_keys(text, "", result);
  }
  for (const struct exit_code_row *row = exit_codes; row->meaning && text; row++) {
    char line[200];
    snprintf(line, sizeof line, "| %d | %s |", row->code, row->meaning);
    test_check(strstr(text, line) != NULL, "docs/results.md has no line \"%s\"", line);
    if (!row->with_statements) continue;
    snprintf(line, sizeof line, "| %d | %s |", row->code, row->with_statements);
    test_check(strstr(text, line) != NULL, "docs/results.md has no line \"%s\"", line);
  }
  child_free(&c);
  free(text);
  arena_free(arena);
}

/* --- bringing the numbers up to date ------------------------------------------------------------------------------------------ */

/* Equal but for numbers and the space around them. */
static bool same_shape(const char *a, const char *b) {
  static const char *const number = "0123456789.,[]% ";
  for (;;) {
    a += strspn(a, number), b += strspn(b, number);
    if (*a != *b) return false;
    if (!*a) return true;
    a++, b++;
  }
}

/* Writes the block's lines, each as the output has it now; what cannot be found stays, and the test tells it. */
static void write_block(FILE *out, char *block, char *output) {
  char *shown, *printed;
  while ((shown = next_line(&block))) {
    char *here = output;
    bool found = false;
    while (strcmp(shown, "...") && !found && (printed = next_line(&here))) {
      found = same_shape(shown, printed);
      if (here) here[-1] = '\n';
      if (found) fprintf(out, "%.*s\n", (int)strcspn(printed, "\n"), printed), output = here;
    }
    if (!found) fprintf(out, "%s\n", shown);
  }
}

static void update_document(struct document *d) {
  char *text = NULL, *rest = d->text, *line;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  while ((line = next_line(&rest))) {
    fprintf(out, "%s\n", line);
    char *command = begins(line, "<!--") ? between(line, "<!-- output: ", " -->") : NULL;
    if (!command) continue;
    fprintf(out, "%s\n", next_line(&rest));
    char *end = strstr(rest, "\n```");
    if (end) *end = 0;
    struct child c = run_shell(command);
    write_block(out, rest, c.out);
    rest = end ? end + 1 : NULL;
    child_free(&c);
    free(command);
  }
  fclose(out);
  if (strcmp(d->path, "docs/scenario.md")) child_write(d->path, text);
  free(text);
}

static void test_update(void) {
  test_check(same_shape("p99  1.2 ms [1, 2]", "p99 11.25 ms [11, 12]") && !same_shape("1 ms", "1 s"), "what has the same shape");
  if (getenv("AGUANTA_DOCS_UPDATE")) for_documents(update_document);
}

static const struct test_case cases[] = {{"update", test_update},
                                         {"commands", test_commands},
                                         {"outputs", test_outputs},
                                         {"files", test_files},
                                         {"links", test_links},
                                         {"reference_is_generated", test_reference_is_generated},
                                         {"every_folder_is_named", test_every_folder_is_named},
                                         {"every_member_is_named", test_every_member_is_named},
                                         {"every_key_is_explained", test_every_key_is_explained},
                                         {"oracle_count", test_oracle_count},
                                         {0}};
const struct test_suite suite_docs = {"docs", cases};
