/* Screens as golden text: what the main commands print in 60, 80 and 120 columns (tests/cli/screens, written by write.sh there), and
 * that no line of any command is wider than the terminal. */
#include "tests/command.h"
#include "tests/suite.h"

enum { WORDS = 40 };

/* The lines of tests/cli/screens/commands: a name, and the words of the command. */
static char *next_command(char **at, const char **words) {
  char *line = strsep(at, "\n"), *name = line ? strsep(&line, " ") : NULL;
  int count = 0;
  if (!name || !*name) return NULL;
  words[count++] = child_aguanta();
  for (char *word; count < WORDS - 1 && (word = strsep(&line, " "));) words[count++] = word;
  words[count] = NULL;
  return name;
}

static struct child in_columns(int columns, const char *const *words) {
  char wide[20];
  snprintf(wide, sizeof wide, "COLUMNS=%d", columns);
  return child_run(&(struct child_wish){.environment = wide}, words);
}

static int width_of(const char *line, size_t length) {
  int width = 0;
  for (size_t i = 0; i < length; i++) width += ((unsigned char)line[i] & 0xC0) != 0x80;
  return width;
}

/* A single word may be wider: it has nowhere to break. */
static void expect_width(const char *what, int columns, const char *text) {
  for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
    size_t length = strcspn(line, "\n"), indent = strspn(line, " ");
    bool word = indent + strcspn(line + indent, " \n") >= length;
    int width = width_of(line, length);
    test_check(width <= columns || word, "%s in %d columns has %d: %.*s", what, columns, width, (int)length, line);
  }
}

static void expect_golden(const char *name, int columns, const struct child *c) {
  char path[200], *wanted, *seen;
  snprintf(path, sizeof path, "tests/cli/screens/%s.%d", name, columns);
  wanted = test_read_file(path);
  if (asprintf(&seen, "%s%s", c->out, c->err) < 0) abort();
  test_check(wanted && !strcmp(wanted, seen), "%s is now (tests/cli/screens/write.sh):\n%s", path, seen);
  free(wanted), free(seen);
}

static void test_golden(void) {
  static const int columns[] = {60, 80, 120};
  char *text = test_read_file("tests/cli/screens/commands"), *at = text;
  const char *words[WORDS];
  for (char *name; (name = next_command(&at, words));)
    for (int i = 0; i < 3; i++) {
      struct child c = in_columns(columns[i], words);
      expect_golden(name, columns[i], &c);
      expect_width(name, columns[i], c.out), expect_width(name, columns[i], c.err);
      child_free(&c);
    }
  free(text);
}

/* ---- more of them, without their text ---- */

static const char *const scenarios[] = {
    "scenarios/templates/compose.yaml",  "scenarios/templates/node.yaml",   "scenarios/templates/kubernetes.yaml",
    "scenarios/templates/swarm.yaml",    "scenarios/templates/sale.yaml",   "scenarios/platform/swarm.json",
    "scenarios/ideas/hot-row.json",      "scenarios/ideas/hpa-memory.json", "scenarios/ideas/spot.json",
    "scenarios/ideas/report-queue.json", "scenarios/ideas/balancers.json",  "scenarios/ideas/shards.json",
    "scenarios/ideas/fan-out.json",      "scenarios/qa/recommended.json",   "docs/examples/drill.json"};

static void test_widths(void) {
  static const int columns[] = {60, 80, 120, 200};
  bool all = getenv("AGUANTA_LONG") != NULL;
  for (size_t i = 0; i < (all ? sizeof scenarios / sizeof *scenarios : 1); i++)
    for (int k = all ? 0 : 3; k < 4; k++) {
      const char *words[] = {child_aguanta(), "run",           scenarios[i], "--reps",        "2",
                             "--set",         "run.window=2s", "--set",      "run.windows=1", "--set",
                             "run.years=2",   "--verbose",     "--progress", "never",         NULL};
      struct child c = in_columns(columns[k], words);
      test_check(c.out_length > 1000, "%s: %d %s", scenarios[i], c.status, c.err);
      expect_width(scenarios[i], columns[k], c.out), expect_width(scenarios[i], columns[k], c.err);
      child_free(&c);
    }
}

/* A file or a program gets the tables as wide as they are; less than 60 is 60, more than 200 is 200, and what is no number is none. */
static void test_limits(void) {
  const char *words[] = {child_aguanta(), "run", "tests/cli/small.json", "--reps", "2", NULL};
  struct child none = in_columns(0, words), narrow = in_columns(60, words), narrower = in_columns(5, words);
  struct child wide = in_columns(200, words), wider = in_columns(5000, words), plain = child_run(&(struct child_wish){0}, words);
  test_check(none.out_length && !strcmp(none.out, plain.out), "0 is not \"any\": %s", none.out);
  test_check(!strcmp(narrow.out, narrower.out) && strcmp(narrow.out, plain.out), "5 is not 60: %s", narrower.out);
  test_check(!strcmp(wide.out, wider.out), "5000 is not 200: %s", wider.out);
  struct child *const children[] = {&none, &narrow, &narrower, &wide, &wider, &plain};
  for (int i = 0; i < 6; i++) child_free(children[i]);
}

static const struct test_case screen_cases[] = {
    {"golden", test_golden}, {"widths", test_widths}, {"limits", test_limits}, {NULL, NULL}};
const struct test_suite suite_screen = {"screen", screen_cases};
