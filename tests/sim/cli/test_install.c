/* What `make install` leaves: a program that needs nothing of its sources, a manual, completion that the shells accept, and nothing
 * after `make uninstall`. It is installed once, below a DESTDIR, and then moved to a place that it was not installed for. */
#include "sim/cli/completion.h"
#include "sim/cli/installed.h"
#include "models/money/known_prices.h"
#include "sim/engine/arena.h"
#include "tests/command.h"
#include "tests/suite.h"
#include <ctype.h>
#include <stdarg.h>
#include <unistd.h>

static bool have(const char *program) {
  char line[100];
  snprintf(line, sizeof line, "command -v %s >/dev/null", program);
  return system(line) == 0;
}

static struct child shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static struct child shell(const char *format, ...) {
  char *line = NULL;
  va_list list;
  va_start(list, format);
  if (vasprintf(&line, format, list) < 0) abort();
  va_end(list);
  const char *words[] = {"sh", "-c", line, NULL};
  struct child c = child_run(&(struct child_wish){0}, words);
  return free(line), c;
}

/* The folder that holds bin and share; null after a failed check. */
static const char *prefix(void) {
  static char moved[200];
  if (*moved) return moved;
  char *stage = child_path("stage"), *room = child_path("moved");
  struct child c = shell("umask 077; packaging/install.sh install %s %s /opt/a && mv %s/opt/a %s && find %s", child_aguanta(),
                         stage, stage, room, stage);
  if (test_check(c.status == 0, "install: %d %s", c.status, c.err)) snprintf(moved, sizeof moved, "%s", room);
  child_free(&c), free(stage), free(room);
  return *moved ? moved : NULL;
}

/* In an empty folder. */
static struct child installed(const char *words) {
  char *empty = child_path("empty");
  mkdir(empty, 0777);
  struct child c = shell("cd %s && export PATH=%s/bin:/usr/bin:/bin HOME=%s; %s", empty, prefix(), empty, words);
  return free(empty), c;
}

static void test_runs_without_sources(void) {
  if (!prefix()) return;
  struct child c =
      installed("aguanta init -o shop.yaml --force && aguanta run shop.yaml --reps 1 --set run.window=20s --set run.years=2 -q");
  test_check((c.status == 0 || c.status == 98) && strstr(c.out, "verdict: "), "%d %s%s", c.status, c.out, c.err);
  child_free(&c);
  for (const struct known_prices *p = known_prices; p->name; p++) {
    char words[300];
    snprintf(words, sizeof words, "aguanta validate shop.yaml --set 'prices=[\"%s\"]' && ls %s/share/aguanta/prices/%s.json",
             p->name, prefix(), p->name);
    c = installed(words);
    test_check(c.status == 0 && strstr(c.out, "valid: "), "%s: %d %s%s", p->name, c.status, c.out, c.err);
    child_free(&c);
  }
  c = installed("aguanta validate shop.yaml --set 'prices=[\"digitalocan\"]'");
  test_check(c.status == 3 && strstr(c.err, "cannot read digitalocan: No such file or directory"), "%d %s", c.status, c.err);
  child_free(&c);
}

/* A price of the program's own list is the price of its file. */
static void test_price_lists(void) {
  static const char *const names[] = {"digitalocean", "../../scenarios/prices/digitalocean.json"};
  char *bills[2] = {NULL, NULL};
  for (int i = 0; i < 2; i++) {
    char prices[100];
    snprintf(prices, sizeof prices, "prices=\"%s\"", names[i]);
    struct child c = AGUANTA("run", "tests/cli/small.json", "--reps", "2", "--set", prices, "--set",
                             "platform.nodes.box.price=droplet-4-2", "--set", "claims=[\"cost(month) < 1000 USD\"]");
    bills[i] = strdup(c.out);
    test_check(c.status == 0, "%s: %d %s%s", names[i], c.status, c.out, c.err);
    child_free(&c);
  }
  test_check(bills[0] && strstr(bills[0], "cost(month)") && !strcmp(bills[0], bills[1]), "%s is not %s", bills[0], bills[1]);
  free(bills[0]), free(bills[1]);
}

/* --- paths -------------------------------------------------------------------------------------------------------------------- */

static bool path_character(char c) { return isalnum((unsigned char)c) || strchr("_./-", c); }

/* What looks like a path of the sources, or one of this installation; how many exist. */
static int check_paths(const char *of, const char *text) {
  static const char *const sources[] = {"docs/", "scenarios/", "models/", "sim/", "tests/", "plots/"};
  int found = 0;
  for (const char *at = text; *at; at++) {
    if (at != text && path_character(at[-1])) continue;
    size_t length = 0;
    while (path_character(at[length])) length++;
    while (length && at[length - 1] == '.') length--;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
      if (!strncmp(at, sources[i], strlen(sources[i])))
        test_check(false, "%s names a file of the sources: %.*s", of, (int)length, at);
    char path[400];
    snprintf(path, sizeof path, "%.*s", (int)length, at);
    if (strncmp(path, prefix(), strlen(prefix())) != 0) continue;
    char *name = strstr(path, "NAME");
    if (name) *name = 0;
    test_check(child_exists(path), "%s names %s, which does not exist", of, path), found++;
  }
  return found;
}

static void test_paths_exist(void) {
  int found = 0;
  if (!prefix()) return;
  for (const struct command *const *c = commands; *c; c++) {
    char words[100];
    snprintf(words, sizeof words, "aguanta help %s", (*c)->name);
    struct child help = installed(words);
    found += check_paths(words, help.out);
    child_free(&help);
  }
  static const char *const others[] = {"aguanta help",
                                       "aguanta explain claims",
                                       "aguanta explain prices",
                                       "aguanta explain services.web.preset",
                                       "aguanta explain presets",
                                       "aguanta init -o -",
                                       "aguanta init --template sale -o -",
                                       "aguanta sweep shop.yaml --vary services.web.replicas=1,2 --emit k8s --shards 2",
                                       "aguanta sweep shop.yaml --vary services.web.replicas=1,2 --emit slurm --shards 2",
                                       "aguanta sweep shop.yaml --vary services.web.replicas=1,2 --emit parallel --shards 2"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    struct child c = installed(others[i]);
    test_check(c.status == 0, "%s: %d %s", others[i], c.status, c.err);
    found += check_paths(others[i], c.out);
    child_free(&c);
  }
  test_check(found > 5, "%d paths were printed", found);
}

/* docs/results.md is there below the prefix and nowhere else; what is part of another path stays. */
static void test_texts(void) {
  struct arena *arena = arena_new();
  if (!prefix()) return;
  const char *here =
      arena_format(arena, "see %s/share/doc/aguanta/docs/x.md, my/docs/x.md; %s/share/aguanta/prices/", prefix(), prefix());
  const char *text = installed_text_at(arena, prefix(), "see docs/x.md, my/docs/x.md; scenarios/prices/");
  test_check(!strcmp(text, here), "%s", text);
  test_check(!strcmp(installed_text_at(arena, "/nowhere", "see docs/x.md"), "see docs/x.md"), "without an installation");
  arena_free(arena);
}

/* Links of the installed pages to other pages lead somewhere. */
static void test_pages(void) {
  if (!prefix()) return;
  struct child c =
      shell("cd %s/share/doc/aguanta && grep -oE '\\]\\([A-Za-z0-9_/.-]+\\.(md|svg|png)\\)' README.md | tr -d '])(' | sort -u | "
            "while read -r f; do [ -e \"$f\" ] || echo \"$f\"; done; grep -c 'docs/' README.md; find . ! -perm -004",
            prefix());
  test_check(c.status == 0 && atoi(c.out) > 10 && child_count(c.out, "\n") == 1, "missing, or not readable by all: %s%s", c.out,
             c.err);
  child_free(&c);
}

/* --- manual ------------------------------------------------------------------------------------------------------------------- */

static void test_manual(void) {
  if (!prefix()) return;
  for (const struct command *const *c = commands; *c; c++) {
    char path[300];
    snprintf(path, sizeof path, "%s/share/man/man1/aguanta-%s.1", prefix(), (*c)->name);
    char *page = test_read_file(path);
    if (!test_check(page != NULL, "no %s", path)) continue;
    for (const struct option *o = options_table; o < options_table + OPTION_COUNT; o++) {
      char word[80] = "\\-\\-", *at = word + 4;
      for (const char *n = o->name; *n; n++) *n == '-' ? (*at++ = '\\', *at++ = '-') : (*at++ = *n);
      *at = 0;
      const char *found = strstr(page, word);
      test_check(!command_takes(*c, o) || found, "%s without --%s", path, o->name);
    }
    free(page);
  }
  if (!have("mandoc")) return;
  struct child lint = shell("mandoc -Tlint -Wwarning %s/share/man/man1/*.1", prefix());
  test_check(lint.status == 0, "mandoc -Tlint: %s%s", lint.out, lint.err);
  child_free(&lint);
}

/* --- completion --------------------------------------------------------------------------------------------------------------- */

static const struct completed {
  const char *line, *wanted; /* the last word of the line is completed to it */
} completed[] = {{"aguanta sens", "sensitivity"}, {"aguanta run --expo", "--export"},   {"aguanta plot --kind ov", "overview"},
                 {"aguanta import k", "k8s"},     {"aguanta run --color ne", "never"},  {"aguanta init --template sw", "swarm"},
                 {"aguanta help gro", "growth"},  {"aguanta sweep --emit sl", "slurm"}, {"aguanta check --format gi", "github"}};
enum { COMPLETED = sizeof completed / sizeof *completed };

/* The script of tests/cli prints "LINE: what is offered". */
static void expect_completed(const char *called, const char *command) {
  char lines[800] = "";
  for (int i = 0; i < COMPLETED; i++) strcat(strcat(strcat(lines, " '"), completed[i].line), "'");
  struct child c = shell("%s%s", command, lines);
  for (int i = 0; i < COMPLETED; i++) {
    char start[100];
    snprintf(start, sizeof start, "%s: ", completed[i].line);
    const char *line = strstr(c.out, start);
    const char *found = line ? strstr(line + strlen(start), completed[i].wanted) : NULL;
    test_check(found && found < line + strcspn(line, "\n"), "%s: \"%s\" offers %.300s%s", called, completed[i].line,
               line ? line : "nothing", c.err);
  }
  child_free(&c);
}

static void test_completion(void) {
  struct arena *arena = arena_new();
  if (!prefix()) return;
  expect_completed("bash",
                   arena_format(arena, "bash tests/cli/complete.bash %s/share/bash-completion/completions/aguanta", prefix()));
  if (have("fish"))
    expect_completed("fish", arena_format(arena,
                                          "HOME=%s fish --no-config tests/cli/complete.fish "
                                          "%s/share/fish/vendor_completions.d/aguanta.fish",
                                          prefix(), prefix()));
  if (have("zsh") && getenv("AGUANTA_LONG"))
    expect_completed("zsh", arena_format(arena, "TERM=xterm zsh -f tests/cli/complete.zsh %s/share/zsh/site-functions", prefix()));
  struct child c = shell("! command -v zsh >/dev/null || zsh -n %s/share/zsh/site-functions/_aguanta", prefix());
  test_check(c.status == 0, "zsh: %s", c.err);
  child_free(&c);
  c = shell("bash tests/cli/complete.bash %s/share/bash-completion/completions/aguanta 'aguanta explain --re'", prefix());
  test_check(!strcmp(c.out, "aguanta explain --re: \n"), "an option that explain does not take: %s", c.out);
  child_free(&c);
  c = AGUANTA("completion", "tcsh");
  test_check(c.status == 2 && strstr(c.err, "unknown shell \"tcsh\"; there are: bash zsh fish\n"), "%d %s", c.status, c.err);
  child_free(&c), arena_free(arena);
}

/* --- and away again ----------------------------------------------------------------------------------------------------------- */

static void test_uninstall(void) {
  char *stage = child_path("again");
  struct child c = shell("packaging/install.sh install %s %s /usr && mkdir -p %s/usr/share/other && find %s -type f | wc -l && "
                         "packaging/install.sh uninstall %s %s /usr && cd %s && find . ! -name .",
                         child_aguanta(), stage, stage, stage, child_aguanta(), stage, stage);
  char *rest = strchr(c.out, '\n');
  test_check(c.status == 0 && atoi(c.out) > 100 && rest && !strcmp(rest + 1, "./usr\n./usr/share\n./usr/share/other\n"), "%d %s%s",
             c.status, c.out, c.err);
  child_free(&c), free(stage);
}

static const struct test_case cases[] = {{"runs without its sources", test_runs_without_sources},
                                         {"price lists by name", test_price_lists},
                                         {"paths exist", test_paths_exist},
                                         {"texts", test_texts},
                                         {"pages", test_pages},
                                         {"manual", test_manual},
                                         {"completion", test_completion},
                                         {"uninstall", test_uninstall},
                                         {0}};
const struct test_suite suite_install = {"install", cases};
