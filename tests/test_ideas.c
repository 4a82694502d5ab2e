/* scenarios/ideas: each is named on its page, and its claims have the verdict that the page tells of. */
#include "sim/engine/arena.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <dirent.h>

/* The claims of these fail because of what they show. */
static const char *const failing[] = {"event-loop-blocking", "memory-leak", "pods-and-connections",
                                      "report-inline",       "shards",      NULL};
/* Those that are run in check; the others in check-long. */
static const char *const cheap[] = {"fan-out", "parallel-batches", "replica-lag", NULL};

static bool among(const char *const *names, const char *name) {
  while (*names && strcmp(*names, name)) names++;
  return *names != NULL;
}

static void check_one(const char *name, const char *page) {
  char path[200], mention[200];
  snprintf(path, sizeof path, "scenarios/ideas/%s.json", name);
  snprintf(mention, sizeof mention, "`%s.json`", name);
  test_check(strstr(page, mention) != NULL, "docs/ideas.md does not name %s", name);
  bool runs = getenv("AGUANTA_LONG") || among(cheap, name);
  struct child c = AGUANTA_AS(&(struct child_wish){.limit_s = 120}, runs ? "check" : "validate", path);
  int wanted = runs && among(failing, name) ? 99 : 0;
  test_check(c.status == wanted, "%s: exit status %d, not %d\n%s%s", name, c.status, wanted, c.out, c.err);
  child_free(&c);
}

static void test_all(void) {
  char *page = test_read_file("docs/ideas.md");
  DIR *folder = opendir("scenarios/ideas");
  test_check(page && folder, "no page or no folder");
  for (struct dirent *e; folder && page && (e = readdir(folder));) {
    char *dot = strrchr(e->d_name, '.');
    if (!dot || strcmp(dot, ".json")) continue;
    *dot = 0;
    check_one(e->d_name, page);
  }
  if (folder) closedir(folder);
  free(page);
}

static const struct test_case cases[] = {{"verdicts", test_all}, {NULL, NULL}};
const struct test_suite suite_ideas = {"ideas", cases};
