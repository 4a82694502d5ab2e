/* Folding: worked by hand, then properties of tables that nobody laid out. */
#include "sim/report/text/text_fold.h"
#include "sim/engine/allocate.h"
#include "tests/suite.h"
#include <stdlib.h>
#include <string.h>

typedef void fold(FILE *, const char *, int);

/* Through a struct that lives on the heap: *text of a stream is set when it is closed, which the compiler does not see. */
struct memory {
  char *text;
  size_t length;
  FILE *file;
};

static struct memory *memory_open(void) {
  struct memory *m = allocate_zeroed(1, sizeof *m);
  m->file = allocate_stream(&m->text, &m->length);
  return m;
}

static char *memory_close(struct memory *m) {
  fclose(m->file);
  char *text = m->text;
  free(m);
  return text;
}

static char *folded(fold *by, const char *text, int width) {
  struct memory *m = memory_open();
  by(m->file, text, width);
  return memory_close(m);
}

static const struct {
  const char *text, *wanted;
  int width;
} cases[] = {
    /* what fits is left as it is */
    {"a b  c\n\n  d\n", "a b  c\n\n  d\n", 60},
    /* prose goes on four further in, indented prose two, notes under their text */
    {"one two three four five\n", "one two\n    three\n    four\n    five\n", 9},
    {"  one two three four five\n", "  one two\n    three\n    four five\n", 13},
    {"note: one two three\n", "note: one two\n      three\n", 14},
    /* a word that is wider than the width stays in one piece */
    {"short averyveryverylongword end\n", "short\n    averyveryverylongword\n    end\n", 12},
    /* gaps that all rows have are narrowed, from the left and to two columns, as far as needed, before anything moves */
    {"  name            value      unit\n  a                   1      s\n", "  name  value   unit\n  a         1   s\n", 20},
    /* then the columns that do not fit move under their rows, the heading's too */
    {"  name        first  second  third  last column\n  a               1       2      3  x\n",
     "  name  first  second  third\n      last column\n  a         1       2      3\n      x\n", 30},
    /* a colour takes no column */
    {"\033[1;31mFAIL\033[0m is red\n", "\033[1;31mFAIL\033[0m is red\n", 11},
    {"\033[1;31mFAIL\033[0m is red\n", "\033[1;31mFAIL\033[0m is\n    red\n", 10},
    /* nor do the bytes of a character beyond the first */
    {"\xC2\xB5s \xC2\xB5s \xC2\xB5s\n", "\xC2\xB5s \xC2\xB5s \xC2\xB5s\n", 8},
};

static void test_worked(void) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *out = folded(text_folded, cases[i].text, cases[i].width);
    test_check(!strcmp(out, cases[i].wanted), "case %zu:\n%s", i, out);
    free(out);
  }
}

/* What a message quotes is cut, so that what is marked is seen; the rest of it breaks. */
static void test_messages(void) {
  const char *text = "f.yaml:3:50: error: this does not fit at all\n"
                     "    3 | key: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, wrong: 1, bbbbbbbbbbbbbbbbbbbbbb}\n"
                     "      |                                                       ^~~~~\n";
  char *out = folded(text_folded_messages, text, 40);
  const char *marked = strstr(out, "wrong"), *mark = strstr(out, "^~~~~");
  test_check(marked && mark, "lost: %s", out);
  if (marked && mark) {
    while (marked > out && marked[-1] != '\n') marked--;
    const char *line = strrchr(out, '|');
    while (line > out && line[-1] != '\n') line--;
    test_check(strstr(marked, "wrong") - marked == mark - line, "the mark is elsewhere:\n%s", out);
  }
  test_check(strstr(out, "all\n"), "the message is cut: %s", out);
  for (const char *l = out; *l; l += strcspn(l, "\n") + 1) test_check(strcspn(l, "\n") <= 40, "wide: %s", l);
  free(out);
}

/* ---- any table ---- */

static unsigned next(unsigned *state) { return (*state = *state * 1664525u + 1013904223u) >> 16; }

static void put_word(FILE *file, unsigned *state, int least, int room) {
  int letters = least + (int)(next(state) % (unsigned)(room - least + 1));
  for (int i = 0; i < letters; i++) fputc('a' + (int)(next(state) % 26), file);
  fprintf(file, "%*s", room - letters, "");
}

static char *any_table(unsigned *state) {
  struct memory *m = memory_open();
  FILE *file = m->file;
  int columns = 2 + (int)(next(state) % 9), rows = 1 + (int)(next(state) % 5), indent = (int)(next(state) % 3) * 2;
  int wide[12];
  for (int i = 0; i < columns; i++) wide[i] = 1 + (int)(next(state) % 25);
  for (int r = 0; r < rows; r++, fputc('\n', file)) {
    fprintf(file, "%*s", indent, "");
    for (int i = 0; i < columns; i++) put_word(file, state, 1, wide[i]), fputs(i + 1 < columns ? "  " : "", file);
  }
  return memory_close(m);
}

static bool same_letters(const char *a, const char *b) {
  for (;; a++, b++) {
    a += strspn(a, " \n"), b += strspn(b, " \n");
    if (*a != *b) return false;
    if (!*a) return true;
  }
}

/* Nothing is lost, nothing is wider than it may be: its words are narrower than the narrowest screen. */
static void test_any_table(void) {
  unsigned state = 20;
  for (int n = 0; n < 400; n++) {
    char *text = any_table(&state);
    int width = 60 + (int)(next(&state) % 141), widest = 0;
    char *out = folded(text_folded, text, width);
    for (const char *l = out; *l; l += strcspn(l, "\n") + 1)
      if ((int)strcspn(l, "\n") > widest) widest = (int)strcspn(l, "\n");
    test_check(widest <= width && same_letters(text, out), "%d columns, %d:\n%s\n%s", width, widest, text, out);
    free(text), free(out);
  }
}

static const struct test_case fold_cases[] = {
    {"worked", test_worked}, {"messages", test_messages}, {"any_table", test_any_table}, {NULL, NULL}};
const struct test_suite suite_fold = {"fold", fold_cases};
