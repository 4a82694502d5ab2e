/* Tables of Markdown pages: which text is a table, which are its cells. */
#include "sim/document/markdown.h"
#include "sim/engine/arena.h"
#include "tests/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIE "<!-- aguanta: a.json -->\n"
#define END "<!-- aguanta: end -->\n"

struct page_case {
  const char *text;
  const char *tables; /* the tied ones: cells between brackets, rows between slashes; the header first */
  uint32_t untied, errors;
};

static const struct page_case cases[] = {
    {TIE "| a | b |\n|---|---|\n| 1 | 2 |\n" END, "[a][b]/[1][2]", 0, 0},
    {TIE "a|b\n-|-\n1|2\n" END, "[a][b]/[1][2]", 0, 0},
    {TIE "| a | b |\r\n|:-:|--:|\r\n|  |2|\r\n" END, "[a][b]/[][2]", 0, 0},
    {TIE "| a |\n|-|\n" END, "[a]", 0, 0},
    {TIE "\n\n| a |\n|-|\n| 1 |\n\n\n<!-- aguanta: end -->", "[a]/[1]", 0, 0},
    /* pipes and backslashes: GitHub ends a cell at a pipe in code, too, and not at one behind a backslash */
    {TIE "| a | b |\n|-|-|\n| x\\|y | `p\\|q` |\n| `p|q` |\n| \\\\| z |\n" END, "[a][b]/[x|y][p|q]/[p][q]/[\\][z]", 0, 0},
    /* marks of emphasis, code and links are no text; brackets are */
    {TIE "| a |\n|-|\n| **P-1** |\n| `p95(a.b)` |\n| [P-2](x.md) and |\n| 1 [0, 2] |\n| a_b_c |\n" END,
     "[a]/[P-1]/[p95(a.b)]/[P-2 and]/[1 [0, 2]]/[a_b_c]", 0, 0},
    /* rows may be shorter than the header; longer ones are seen */
    {TIE "| a | b |\n|-|-|\n| 1 |\n| 1 | 2 | 3 |\n" END, "[a][b]/[1]/[1][2][3]", 0, 0},
    /* lists and quotations */
    {"- one\n  - two\n\n    " TIE "    | a |\n    |-|\n    | 1 |\n    " END, "[a]/[1]", 0, 0},
    {"1. one\n   " TIE "   | a |\n   |-|\n   | 1 |\n   " END, "[a]/[1]", 0, 0},
    {"> " TIE "> | a |\n> |-|\n> | 1 |\n> " END, "[a]/[1]", 0, 0},
    /* code is no table and no comment */
    {"```md\n" TIE "| a |\n|-|\n```\n~~~~\n```\n" TIE "~~~~\n\n    " TIE "\n\t" TIE, "", 0, 0},
    {"```\n" TIE "| a |\n|-|\n| 1 |\n" END, "", 0, 0},
    {"text `" TIE "` text\n", "", 0, 0},
    /* other comments, over several lines, hide what is in them; ours may have several lines */
    {"<!-- x\n" TIE, "", 0, 0},
    {"<!-- x\n\n| a |\n|-|\n-->\n<!--aguanta:\n  a.json\n  b.json\n-->\n| a |\n|-|\n<!--AGUANTA: END-->\n", "[a]", 0, 0},
    /* several tables, with and without a comment; text between them */
    {"| n |\n|-|\n| 0 |\n\n" TIE "| a |\n|-|\n| 1 |\n" END "\ntext\n\n" TIE "| b |\n|-|\n| 2 |\n" END "| c |\n|-|\n",
     "[a]/[1] [b]/[2]", 2, 0},
    /* a table ends where another block begins */
    {TIE "| a |\n|-|\n| 1 |\n# heading\n" END, "", 0, 2},
    {TIE "| a |\n|-|\n| 1 |\n" TIE "| b |\n|-|\n| 2 |\n" END, "[b]/[2]", 0, 1},
    /* no tables: the rule has other columns, or no dashes */
    {TIE "| a | b |\n|-|\n" END, "", 0, 2},
    {TIE "| a |\n| : |\n" END, "", 0, 2},
    {TIE, "", 0, 1},
    {"<!-- aguanta: a.json", "", 0, 1},
    {END, "", 0, 1},
    {"", "", 0, 0},
    {"\n\n", "", 0, 0},
};

static void put_row(FILE *out, struct arena *arena, const struct markdown *page, const struct table_row *row) {
  for (uint32_t i = 0; i < row->count; i++) fprintf(out, "[%s]", markdown_cell_text(arena, page, row, i));
}

static void test_tables(void) {
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const struct source_text *source = diagnostics_source(d, "page.md", cases[i].text, strlen(cases[i].text));
    const struct markdown *page = markdown_read(arena, d, source);
    char *seen = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&seen, &length);
    for (uint32_t k = 0; k < page->tie_count; k++) {
      const struct markdown_table *t = &page->ties[k].table;
      fputs(k ? " " : "", out);
      put_row(out, arena, page, &t->header);
      for (uint32_t n = 0; n < t->count; n++) fputc('/', out), put_row(out, arena, page, &t->rows[n]);
    }
    fclose(out);
    test_check(!strcmp(seen, cases[i].tables), "%zu: %s, not %s", i, seen, cases[i].tables);
    test_check(page->untied_count == cases[i].untied, "%zu: %u tables without a comment", i, page->untied_count);
    test_check(diagnostics_errors(d) == cases[i].errors, "%zu: %u errors: %s", i, diagnostics_errors(d),
               diagnostics_render(d, arena));
    free(seen), arena_free(arena);
  }
}

/* What a page says first is to be done. */
static void test_advice(void) {
  static const char *const rows[][2] = {
      {"# T\n\ntext\n\n## What to do and when, in five lines\n\n- **Now:** buy\n  two `a` b.\n- later\n", "- Now: buy two a b."},
      {"**What to do, and when.**\n\n1. first\n2. second\n", "1. first"},
      {"**What to do and when.** At once: move\nthe [data](x.md).\n\nmore\n", "At once: move the data."},
      {"## What to do\n\n### Now\n\nbuy\n", "buy"},
      {"# T\n\nwhat to do is not said\n", ""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new();
    struct diagnostics *d = diagnostics_new(arena);
    const struct markdown *page = markdown_read(arena, d, diagnostics_source(d, "page.md", rows[i][0], strlen(rows[i][0])));
    const char *said = markdown_plain(arena, page, page->first_advice);
    test_check(!strcmp(said, rows[i][1]), "%zu: \"%s\"", i, said);
    arena_free(arena);
  }
}

/* Any bytes are a page: cut anywhere, with any one replaced. */
static void test_any_bytes(void) {
  static const char whole[] =
      "# a\n- b\n\n  " TIE "  | a | `b\\|c` |\r\n  |:-|-|\r\n  | [x](y) | **z** |\n  " END "```\n<!-- x -->\n> | q |\n> |-|\n";
  static const char others[] = {0, '|', '\\', '`', '-', '>', '<', '\n', '\r', (char)0xff};
  for (size_t i = 0; i < sizeof whole; i++) {
    for (size_t k = 0; k < sizeof others; k++) {
      struct arena *arena = arena_new();
      char *text = arena_text(arena, whole);
      size_t length = k ? sizeof whole - 1 : i;
      if (i < length) text[i] = others[k];
      struct diagnostics *d = diagnostics_new(arena);
      const struct markdown *page = markdown_read(arena, d, diagnostics_source(d, "page.md", text, length));
      for (uint32_t n = 0; n < page->tie_count; n++) {
        const struct markdown_table *t = &page->ties[n].table;
        for (uint32_t r = 0; r < t->count; r++)
          if (t->rows[r].line.to > length) test_check(false, "%zu, %zu: beyond the page", i, k);
      }
      arena_free(arena);
    }
  }
  CU_PASS("none crashed");
}

static const struct test_case all[] = {
    {"tables", test_tables}, {"advice", test_advice}, {"any_bytes", test_any_bytes}, {NULL, NULL}};
const struct test_suite suite_markdown = {"markdown", all};
