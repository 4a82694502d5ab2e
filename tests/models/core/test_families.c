/* A member of a family is one file and one line elsewhere: each of these families is looked through, source by source.
 *
 * A family is files that are called alike, DIRECTORY/PREFIX_NAME.c. The file defines a descriptor of that name; one line of another
 * file lists it, by the identifier or as WORD(NAME) in a list that is expanded. Nothing else may name it. */
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <glob.h>

static const struct family {
  const char *what, *files; /* a pattern, whose star is the name */
  const char *prefix;       /* of the descriptor */
  const char *word;         /* of the list; null: it holds identifiers */
  const char *beside;       /* a file of the pattern that is no member; may be null */
} families[] = {
    {.what = "export", .files = "sim/report/*/export_*.c", .prefix = "export_", .word = "EXPORT"},
    {.what = "picture", .files = "sim/report/plot/plot_*.c", .prefix = "plot_", .word = "PLOT"},
    {.what = "command", .files = "sim/cli/command_*.c", .prefix = "command_", .word = "COMMAND"},
    {.what = "scheduler", .files = "sim/store/job_*.c", .prefix = "job_", .word = "SCHEDULER"},
};

/* --- sources ----------------------------------------------------------------------------------------------------------------------- */

struct sources {
  glob_t files;
  char **texts;
};

static void sources_read(struct sources *s) {
  static const char *const patterns[] = {"sim/*/*.[ch]", "sim/*/*/*.[ch]", "models/*/*.[ch]", "models/*/*/*.[ch]"};
  for (int i = 0; i < 4; i++) glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &s->files);
  s->texts = calloc(s->files.gl_pathc, sizeof *s->texts);
  for (size_t i = 0; i < s->files.gl_pathc; i++) s->texts[i] = test_read_file(s->files.gl_pathv[i]);
  test_check(s->files.gl_pathc > 300, "only %zu sources", s->files.gl_pathc);
}

static void sources_free(struct sources *s) {
  for (size_t i = 0; i < s->files.gl_pathc; i++) free(s->texts[i]);
  free(s->texts);
  globfree(&s->files);
}

static bool is_word(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Whether the text holds the words up to `end`, not within a longer word. */
static bool holds(const char *line, const char *end, const char *words) {
  size_t length = strlen(words);
  for (const char *at = line; (at = strstr(at, words)) && at < end; at++)
    if ((at == line || !is_word(at[-1])) && !is_word(at[length])) return true;
  return false;
}

/* A line of a comment that stands by itself. */
static bool is_comment(const char *line) {
  line += strspn(line, " ");
  return *line == '*' || (*line == '/' && line[1] == '*');
}

static int lines_with(const char *text, const char *identifier, const char *listed) {
  int count = 0;
  for (const char *line = text; text && *line;) {
    const char *end = line + strcspn(line, "\n");
    count += !is_comment(line) && (holds(line, end, identifier) || (*listed && holds(line, end, listed)));
    line = end + (*end != 0);
  }
  return count;
}

/* --- families ---------------------------------------------------------------------------------------------------------------------- */

static void check_member(const struct sources *s, const struct family *f, const char *path) {
  char name[100], identifier[200], listed[200] = "", defined[260], seen[600] = "";
  const char *base = strrchr(path, '/') + 1;
  snprintf(name, sizeof name, "%.*s", (int)(strlen(base) - strlen(f->prefix) - 2), base + strlen(f->prefix));
  snprintf(identifier, sizeof identifier, "%s%s", f->prefix, name);
  snprintf(defined, sizeof defined, " %s = {", identifier);
  if (f->word) snprintf(listed, sizeof listed, "%s(%s)", f->word, name);
  int elsewhere = 0;
  for (size_t i = 0; i < s->files.gl_pathc; i++) {
    if (!strcmp(s->files.gl_pathv[i], path)) {
      test_check(s->texts[i] && strstr(s->texts[i], defined), "%s does not define %s", path, identifier);
      continue;
    }
    int lines = lines_with(s->texts[i], identifier, listed);
    elsewhere += lines;
    if (lines) snprintf(seen + strlen(seen), sizeof seen - strlen(seen), " %s: %d", s->files.gl_pathv[i], lines);
  }
  test_check(elsewhere == 1, "the %s %s is named by %d lines elsewhere, not by one:%s", f->what, name, elsewhere, seen);
}

static void test_one_file_one_line(void) {
  struct sources s = {0};
  sources_read(&s);
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    glob_t members;
    if (!test_check(!glob(families[i].files, 0, NULL, &members), "no %s", families[i].what)) continue;
    for (size_t k = 0; k < members.gl_pathc; k++)
      if (!families[i].beside || strcmp(members.gl_pathv[k], families[i].beside))
        check_member(&s, &families[i], members.gl_pathv[k]);
    globfree(&members);
  }
  sources_free(&s);
}

static const struct test_case cases[] = {{"one_file_one_line", test_one_file_one_line}, {0}};
const struct test_suite suite_families = {"families", cases};
