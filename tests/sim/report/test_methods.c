/* docs/methods.md says of each model what it does and what it does not do, and which test shows it. Here: that every statement
 * names one, and that what is named exists.
 *
 *     | CPU | a fluid: ... | `model_cpu.by_hand`, `oracle/mg1ps-*` |       a row of a table: the last column, which is called "check"
 *     A replica that is dead ... <!-- check: caches.crash | agreement -->   prose: a comment behind what it is of
 *     ... (no test) <!-- check: none -->                                   a statement that has none says so to the reader
 *     ... <!-- says nothing of a model -->
 *
 * A name is a suite, a test of one, or oracle/NAME, a case of tests/oracle, which may have a *. Which test fits is for people to
 * judge; a comment may not cover more than COVERED characters, so that it stands next to what it is of. */
#include "models/faults/faults.h"
#include "tests/suite.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COVERED = 560, NAME_MOST = 200 };

static const char path[] = "docs/methods.md";

struct page_line {
  const char *text;
  int number;
};

/* --- names -------------------------------------------------------------------------------------------------------------------- */

static bool is_case(const char *name) {
  char pattern[NAME_MOST + 40];
  glob_t found;
  snprintf(pattern, sizeof pattern, "tests/%s.json", name);
  bool exists = glob(pattern, 0, NULL, &found) == 0;
  globfree(&found);
  return exists;
}

/* Of `length` bytes. */
static bool check_name(const char *text, size_t length, int line) {
  char name[NAME_MOST];
  while (length && *text == ' ') text++, length--;
  while (length && text[length - 1] == ' ') length--;
  snprintf(name, sizeof name, "%.*s", (int)length, text);
  bool exists = !strncmp(name, "oracle/", 7) ? is_case(name) : test_is_registered(name);
  return test_check(exists, "%s:%d: there is no test \"%s\"", path, line, name);
}

/* --- tables ------------------------------------------------------------------------------------------------------------------- */

static const char *last_cell(const char *row) {
  const char *cell = row, *next;
  while ((next = strstr(cell, " | "))) cell = next + 3;
  return cell;
}

static uint32_t cells_of(const char *row) {
  uint32_t cells = 1;
  for (const char *at = row; (at = strstr(at, " | ")); at += 2) cells++;
  return cells;
}

static void check_row(const struct page_line *l, uint32_t columns) {
  test_check(cells_of(l->text) == columns, "%s:%d: %u cells in a table of %u columns", path, l->number, cells_of(l->text), columns);
  uint32_t names = 0;
  for (const char *open = strchr(last_cell(l->text), '`'), *close; open && (close = strchr(open + 1, '`')); names++) {
    check_name(open + 1, (size_t)(close - open - 1), l->number);
    open = strchr(close + 1, '`');
  }
  test_check(names || strstr(l->text, "no test"), "%s:%d: a row without a check", path, l->number);
}

static bool is_header(const struct page_line *l) { return !strncmp(l[1].text, "| ---", 5); }

static void check_header(const struct page_line *l) {
  test_check(!strncmp(last_cell(l->text), "check", 5), "%s:%d: the last column of a table is its check", path, l->number);
}

/* --- prose -------------------------------------------------------------------------------------------------------------------- */

static void check_comment(const char *names, const char *end, const char *covered, int line) {
  if (!strncmp(names, "none", 4)) {
    test_check(strstr(covered, "no test") && strstr(covered, "no test") < names, "%s:%d: says nowhere that there is no test", path,
               line);
    return;
  }
  for (const char *at = names; at < end;) {
    const char *bar = memchr(at, '|', (size_t)(end - at));
    check_name(at, (size_t)((bar ? bar : end) - at), line);
    at = bar ? bar + 1 : end;
  }
}

/* A paragraph, or an item of a list: every part of it ends with a comment. */
static void check_prose(const char *text, int line) {
  static const char opening[] = "<!-- ", check[] = "check: ";
  const char *covered = text, *open;
  while ((open = strstr(covered, opening))) {
    const char *inside = open + strlen(opening), *end = strstr(inside, " -->");
    if (!test_check(end != NULL, "%s:%d: a comment without an end", path, line)) return;
    test_check(open - covered <= COVERED, "%s:%d: a check covers %ld characters, from \"%.40s\"", path, line,
               (long)(open - covered), covered);
    if (!strncmp(inside, check, strlen(check))) check_comment(inside + strlen(check), end, covered, line);
    covered = end + strlen(" -->");
  }
  covered += strspn(covered, " ");
  test_check(!*covered || covered[strlen(covered) - 1] == ':', "%s:%d: no check behind \"%.60s\"", path, line, covered);
}

/* --- the page ----------------------------------------------------------------------------------------------------------------- */

static bool begins_block(const char *text) {
  return !*text || *text == '#' || *text == '|' || !strncmp(text, "- ", 2) || !strncmp(text, "```", 3);
}

/* Lines i to the end of its block, joined; returns the line behind them. */
static uint32_t join(const struct page_line *lines, uint32_t count, uint32_t i, char *block) {
  strcpy(block, lines[i++].text);
  for (; i < count && !begins_block(lines[i].text); i++) strcat(strcat(block, " "), lines[i].text + strspn(lines[i].text, " "));
  return i;
}

static void check_page(const struct page_line *lines, uint32_t count, char *block) {
  bool code = false;
  uint32_t columns = 0;
  for (uint32_t i = 1; i < count;) {
    const struct page_line *l = &lines[i];
    bool fence = !strncmp(l->text, "```", 3);
    code ^= fence;
    if (fence || code || !*l->text || *l->text == '#' || !strncmp(l->text, "| ---", 5)) {
      i++;
    } else if (*l->text == '|') {
      if (i + 1 < count && is_header(l)) {
        columns = cells_of(l->text);
        check_header(l);
      } else {
        check_row(l, columns);
      }
      i++;
    } else {
      i = join(lines, count, i, block);
      check_prose(block, l->number);
    }
  }
}

static void test_statements(void) {
  char *text = test_read_file(path), *rest = text;
  if (!test_check(text != NULL, "%s cannot be read", path)) return;
  char *block = malloc(strlen(text) + 2);
  struct page_line *lines = calloc(strlen(text) + 2, sizeof *lines);
  uint32_t count = 0;
  for (char *line; (line = strsep(&rest, "\n")); count++) lines[count] = (struct page_line){line, (int)count + 1};
  check_page(lines, count, block);
  free(lines), free(block), free(text);
}

/* "What each kind breaks is in faults-kinds.md, all of them". */
static void test_faults(void) {
  static const struct fault_kind *const kinds[] = {
#define FAULT(name) &fault_##name,
      FAULTS(FAULT)
#undef FAULT
  };
  char *page = test_read_file("docs/faults-kinds.md");
  if (!test_check(page != NULL, "docs/faults-kinds.md cannot be read")) return;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char word[80];
    snprintf(word, sizeof word, "`%s`", kinds[i]->member.word);
    test_check(strstr(page, word) != NULL, "docs/faults-kinds.md does not tell of %s", word);
  }
  free(page);
}

static const struct test_case cases[] = {{"statements", test_statements}, {"faults", test_faults}, {0}};
const struct test_suite suite_methods = {"methods", cases};
