/* The archive of the sources is the same bytes with another umask, time zone and folder, and holds this version. */
#include "sim/study/version.h"
#include "tests/command.h"
#include "tests/suite.h"

static void test_same_bytes(void) {
  char *to = child_path("dist"), line[1200];
  snprintf(line, sizeof line,
           "git rev-parse -q --verify HEAD >/dev/null 2>&1 || { echo none; exit; }; (umask 022; packaging/dist.sh %s/a) "
           "2>/dev/null | cut -c1-64 "
           "&& git clone -q . %s/clone && cd %s/clone && (umask 077; TZ=Asia/Tokyo LC_ALL=C packaging/dist.sh %s/b) | cut -c1-64 "
           "&& tar -tzf "
           "%s/b/aguanta-" AGUANTA_VERSION ".tar.gz | grep -c /CHANGELOG.md",
           to, to, to, to, to);
  const char *words[] = {"sh", "-c", line, NULL};
  struct child c = child_run(&(struct child_wish){0}, words);
  bool none = !strcmp(c.out, "none\n");
  test_check(none || (c.status == 0 && c.out_length == 132 && !strncmp(c.out, c.out + 65, 65) && !strcmp(c.out + 130, "1\n")),
             "%d %s%s", c.status, c.out, c.err);
  child_free(&c), free(to);
}

static void test_version(void) {
  char *text = test_read_file("CHANGELOG.md"), heading[100];
  snprintf(heading, sizeof heading, "\n## %s (%s)\n", AGUANTA_VERSION, AGUANTA_DATE);
  const char *first = text ? strstr(text, "\n## ") : NULL;
  test_check(first && child_begins(first, heading), "CHANGELOG.md begins with %.30s, not %s", first ? first : "nothing", heading);
  struct child c = AGUANTA("--version");
  test_check(!strcmp(c.out, "aguanta " AGUANTA_VERSION "\n"), "%s", c.out);
  child_free(&c), free(text);
}

static const struct test_case cases[] = {{"same bytes", test_same_bytes}, {"version", test_version}, {0}};
const struct test_suite suite_dist = {"dist", cases};
