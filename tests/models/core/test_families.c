/* A member of a family is one file and one line elsewhere: each of these families is looked through, source by source.
 *
 * A family is files that are called alike, such as DIRECTORY/PREFIX_NAME.c. The file defines a descriptor of that name; one line
 * of another file lists it, by the identifier or as WORD(NAME) in a list that is expanded. Nothing else may name it. Where
 * scenarios select members by a word, no other file of models/ has that word either; of words with other meanings, no other file
 * of the folder. */
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <glob.h>

static const struct family {
  const char *what, *files; /* a pattern, whose star is the name */
  const char *prefix;       /* of the descriptor */
  const char *word;         /* of the list; null: it holds identifiers */
  const char *beside;       /* files of the pattern that are no members, by their names; may be null */
  bool has_words;           /* a descriptor says `.word = "..."` */
} families[] = {
    {.what = "export", .files = "sim/report/*/export_*.c", .prefix = "export_", .word = "EXPORT"},
    {.what = "picture", .files = "sim/report/plot/plot_*.c", .prefix = "plot_", .word = "PLOT"},
    {.what = "command", .files = "sim/cli/command_*.c", .prefix = "command_", .word = "COMMAND"},
    {.what = "scheduler", .files = "sim/store/scheduler_*.c", .prefix = "scheduler_", .word = "SCHEDULER"},
    {.what = "balancer",
     .files = "models/service/balancer/balancer_*.c",
     .prefix = "balancer_",
     .word = "BALANCER",
     .beside = "balancer_config.c",
     .has_words = true},
    {.what = "limit",
     .files = "models/guard/limit_*.c",
     .prefix = "limit_",
     .word = "LIMIT",
     .beside = "limit_over_time.c limit_table.c",
     .has_words = true},
    {.what = "orchestrator",
     .files = "models/platform/orchestrator/*.c",
     .prefix = "orchestrator_",
     .word = "ORCHESTRATOR",
     .has_words = true},
    {.what = "fault", .files = "models/faults/fault_*.c", .prefix = "fault_", .word = "FAULT", .has_words = true},
    {.what = "source",
     .files = "models/traffic/source_*.c",
     .prefix = "source_kind_",
     .word = "SOURCE",
     .beside = "source_link.c",
     .has_words = true},
};

/* Words of members that mean other things outside their folders: a policy of caches, a key of queues, meters, places. */
static const char *const common_words[] = {"random", "round-robin", "concurrency", "node",     "region",  "zone", "link",
                                           "open",   "session",     "release",     "database", "replica", "dns",  NULL};

/* --- sources ------------------------------------------------------------------------------------------------------------------ */

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

/* --- families ----------------------------------------------------------------------------------------------------------------- */

static bool is_common(const char *word) {
  const char *const *w = common_words;
  while (*w && strcmp(*w, word)) w++;
  return *w != NULL;
}

/* Up to the last slash. */
static bool same_folder(const char *path, const char *other) {
  size_t length = (size_t)(strrchr(path, '/') - path);
  return strrchr(other, '/') == other + length && !strncmp(path, other, length);
}

/* The default of a key is a word of its family. */
static bool is_default(const char *text, const char *at) { return at - text > 8 && !strncmp(at - 8, "DEFAULT(", 8); }

/* A key may be called as a member is. */
static bool is_key(const char *text, const char *at) { return at - text > 4 && !strncmp(at - 4, "KEY(", 4); }

/* "word" in code; a line of a comment does not count. */
static bool says(const char *text, const char *quoted) {
  for (const char *line = text; text && *line;) {
    const char *end = line + strcspn(line, "\n"), *at = strstr(line, quoted);
    if (!is_comment(line) && at && at < end && !is_default(text, at) && !is_key(text, at)) return true;
    line = end + (*end != 0);
  }
  return false;
}

static void check_word(const struct sources *s, const struct family *f, const char *path) {
  char *own = test_read_file(path), word[100] = "", quoted[104];
  const char *at = own ? strstr(own, ".word = \"") : NULL;
  if (at) snprintf(word, sizeof word, "%.*s", (int)strcspn(at + 9, "\""), at + 9);
  free(own);
  snprintf(quoted, sizeof quoted, "\"%s\"", word);
  test_check(*word != 0, "%s has no word", path);
  for (size_t i = 0; i < s->files.gl_pathc; i++) {
    const char *other = s->files.gl_pathv[i];
    if (!strcmp(other, path) || strncmp(other, "models/", 7) || (is_common(word) && !same_folder(path, other))) continue;
    test_check(!says(s->texts[i], quoted), "%s says %s, which is the word of the %s in %s", other, quoted, f->what, path);
  }
}

static void check_member(const struct sources *s, const struct family *f, const char *path) {
  char name[100], identifier[200], listed[200] = "", defined[260], seen[600] = "";
  const char *star = strrchr(strrchr(f->files, '/'), '*'), *base = strrchr(path, '/') + (star - strrchr(f->files, '/'));
  snprintf(name, sizeof name, "%.*s", (int)(strlen(base) - strlen(star + 1)), base);
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
  if (f->has_words) check_word(s, f, path);
  test_check(elsewhere == 1, "the %s %s is named by %d lines elsewhere, not by one:%s", f->what, name, elsewhere, seen);
}

static void test_one_file_one_line(void) {
  struct sources s = {0};
  sources_read(&s);
  for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
    glob_t members;
    if (!test_check(!glob(families[i].files, 0, NULL, &members), "no %s", families[i].what)) continue;
    for (size_t k = 0; k < members.gl_pathc; k++)
      if (!families[i].beside || !strstr(families[i].beside, strrchr(members.gl_pathv[k], '/') + 1))
        check_member(&s, &families[i], members.gl_pathv[k]);
    globfree(&members);
  }
  sources_free(&s);
}

static const struct test_case cases[] = {{"one_file_one_line", test_one_file_one_line}, {0}};
const struct test_suite suite_families = {"families", cases};
