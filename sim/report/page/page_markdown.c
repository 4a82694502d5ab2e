/* The report as Markdown for a pull request: the verdict and the claims, and the rest folded away.
 *
 * Texts by others are shown, not obeyed: neither by Markdown nor by what the hosts of pull requests make of @names, #numbers,
 * addresses and formulas. */
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/page/page.h"
#include <stdlib.h>
#include <string.h>

static const char mark[] = "<!-- -->"; /* ends a word for a host, and is not seen */

static void put_character(FILE *file, const char *safe, const char *c) {
  static const char escaped[] = "|\\`*_<>[]&~!{}";
  if (*c == '$') {
    fputs("<span>$</span>", file);
  } else if (strchr(escaped, *c)) {
    fprintf(file, "\\%c", *c);
  } else {
    fputc(*c, file);
    bool address = *c == ':' && c[1] == '/';
    bool site = *c == 'w' && c > safe + 1 && c[-1] == 'w' && c[-2] == 'w' && c[1] == '.';
    if (*c == '@' || *c == '#' || address || site) fputs(mark, file);
  }
}

static void put(FILE *file, const char *text) {
  char *safe = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&safe, &length);
  safe_put(memory, text);
  fclose(memory);
  for (const char *c = safe; *c; c++) put_character(file, safe, c);
  free(safe);
}

/* In a code span only the back-quote ends it, and a bar the cell. */
static void put_code(FILE *file, const char *text) {
  char *safe = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&safe, &length);
  safe_put(memory, text);
  fclose(memory);
  fputc('`', file);
  for (const char *c = safe; *c; c++) {
    if (*c == '|') fputc('\\', file);
    fputc(*c == '`' ? '\'' : *c, file);
  }
  fputc('`', file);
  free(safe);
}

static void open(struct page *p, const struct page_head *head) {
  fputs("## ", p->file);
  put(p->file, head->title);
  fputs("\n\n", p->file);
}

static void body(struct page *p) { (void)p; }

static void close_page(struct page *p, const struct page_head *head) {
  fputs("<sub>Simulated by aguanta ", p->file);
  put(p->file, head->engine);
  fputs("; values with their 95% intervals.</sub>\n", p->file);
}

static void part(struct page *p, const char *title) {
  fputs("### ", p->file);
  put(p->file, title);
  fputs("\n\n", p->file);
}

static void part_end(struct page *p) { (void)p; }

static void section(struct page *p, const char *title, bool folded) {
  fputs(folded ? "<details><summary>" : "**", p->file);
  put(p->file, title);
  fputs(folded ? "</summary>\n\n" : "**\n\n", p->file);
}

static void section_end(struct page *p, bool folded) {
  if (folded) fputs("</details>\n\n", p->file);
}

static void lead(struct page *p, const char *verdict, const char *sentence) {
  if (verdict) {
    fputs("**", p->file);
    put(p->file, verdict);
    fputs("** ", p->file);
  }
  put(p->file, sentence);
  fputs(".\n\n", p->file);
}

static void text(struct page *p, const char *words) {
  put(p->file, words);
  fputs("\n\n", p->file);
}

static void item(struct page *p, const char *word, const char *words) {
  fputs("- ", p->file);
  if (word) put(p->file, word), fputs(": ", p->file);
  put(p->file, words);
  fputc('\n', p->file);
}

static void items_end(struct page *p) { fputc('\n', p->file); }

static void table(struct page *p, const char *caption) {
  (void)caption; /* the section's title says it */
  for (uint32_t i = 0; i < p->column_count; i++) {
    fputs(i ? " | " : "| ", p->file);
    put(p->file, p->columns[i].head);
  }
  fputs(" |\n|", p->file);
  for (uint32_t i = 0; i < p->column_count; i++) fputs(p->columns[i].cell == PAGE_NUMBER ? " ---: |" : " --- |", p->file);
  fputc('\n', p->file);
}

static void row(struct page *p, const char *const *cells) {
  for (uint32_t i = 0; i < p->column_count; i++) {
    const char *words = cells[i] ? cells[i] : "";
    bool bold = p->columns[i].cell == PAGE_VERDICT && strcmp(words, "PASS") && strcmp(words, "CONFIRMED") && *words;
    fprintf(p->file, "%s%s", i ? " | " : "| ", bold ? "**" : "");
    if (p->columns[i].cell == PAGE_CODE && *words)
      put_code(p->file, words);
    else
      put(p->file, words);
    if (bold) fputs("**", p->file);
  }
  fputs(" |\n", p->file);
}

static void table_end(struct page *p) { fputc('\n', p->file); }

static void picture(struct page *p, const struct drawn *d) { (void)p, (void)d; }

const struct page_form page_markdown = {.name = "md",
                                        .open = open,
                                        .body = body,
                                        .close = close_page,
                                        .part = part,
                                        .part_end = part_end,
                                        .section = section,
                                        .section_end = section_end,
                                        .lead = lead,
                                        .text = text,
                                        .item = item,
                                        .items_end = items_end,
                                        .table = table,
                                        .row = row,
                                        .table_end = table_end,
                                        .picture = picture};
