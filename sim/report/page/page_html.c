/* The report as one HTML file: no script, nothing from elsewhere, and a policy that lets a browser run and fetch nothing. The one
 * style element is allowed by its hash, and no element has a style of its own. */
#include "sim/report/markup.h"
#include "sim/report/page/page.h"
#include "sim/report/page/picture_markup.h"
#include <string.h>

/* page.css as a string, and the SHA-256 of it in hexadecimal digits; the Makefile makes both. */
static const char style[] =
#include "sim/report/page/page_style.inc"
    ;
static const char style_hash[] =
#include "sim/report/page/page_hash.inc"
    ;

static unsigned digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static unsigned byte_of(size_t i) { return i < 32 ? digit(style_hash[2 * i]) << 4 | digit(style_hash[2 * i + 1]) : 0; }

/* The 32 bytes in base 64. */
static void put_hash(FILE *file) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < 33; i += 3) {
    unsigned bits = byte_of(i) << 16 | byte_of(i + 1) << 8 | byte_of(i + 2);
    for (int k = 3; k >= 0; k--) fputc(i == 30 && k == 0 ? '=' : digits[bits >> 6 * k & 63], file);
  }
}

static void open(struct page *p, const struct page_head *head) {
  fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-",
        p->file);
  put_hash(p->file);
  fputs("'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n",
        p->file);
  markup_put(p->file, "<meta name=\"generator\" content=\"aguanta ", head->engine, "\">\n");
  markup_put(p->file, "<title>", head->title, "</title>\n");
  fprintf(p->file, "<style>%s</style>\n</head>\n<body>\n<header>\n", style);
  markup_put(p->file, "<h1>", head->title, "</h1>\n");
}

static void body(struct page *p) { fputs("</header>\n<main>\n", p->file); }

static void close_page(struct page *p, const struct page_head *head) {
  markup_put(
      p->file, "</main>\n<footer>Simulated by aguanta ", head->engine,
      ". Every value stands with its 95% interval where it has one; the same scenario and seed give the same page.</footer>\n"
      "</body>\n</html>\n");
}

static void part(struct page *p, const char *title) {
  fprintf(p->file, "<section class=\"part\" aria-labelledby=\"h%u\">\n<h2 id=\"h%u\">", p->ids, p->ids);
  markup_put(p->file, "", title, "</h2>\n");
  p->ids++;
}

static void part_end(struct page *p) { fputs("</section>\n", p->file); }

static void section(struct page *p, const char *title, bool folded) {
  (void)folded; /* it would be missing in print */
  fprintf(p->file, "<section aria-labelledby=\"h%u\">\n<h3 id=\"h%u\">", p->ids, p->ids);
  markup_put(p->file, "", title, "</h3>\n");
  p->ids++;
}

static void section_end(struct page *p, bool folded) {
  (void)folded;
  fputs("</section>\n", p->file);
}

/* The word says it; the colour only repeats it. */
static const char *class_of(const char *verdict) {
  static const char *const good[] = {"PASS", "CONFIRMED", "BETTER"}, *const bad[] = {"FAIL", "CONTRADICTED", "ERROR"};
  for (int i = 0; i < 3; i++) {
    if (!strcmp(verdict, good[i])) return "good";
    if (!strcmp(verdict, bad[i])) return "bad";
  }
  return "open";
}

static void put_verdict(FILE *file, const char *verdict) {
  fprintf(file, "<b class=\"%s\">", class_of(verdict));
  markup_put(file, "", verdict, "</b>");
}

static void lead(struct page *p, const char *verdict, const char *sentence) {
  fputs("<p class=\"lead\">", p->file);
  if (verdict) put_verdict(p->file, verdict), fputc(' ', p->file);
  markup_put(p->file, "", sentence, ".</p>\n");
}

static void text(struct page *p, const char *words) { markup_put(p->file, "<p>", words, "</p>\n"); }

static void item(struct page *p, const char *word, const char *words) {
  if (!p->listed) fputs("<ul>\n", p->file);
  fputs("<li>", p->file);
  if (word) markup_put(p->file, "<span>", word, ":</span> ");
  markup_put(p->file, "", words, "</li>\n");
}

static void items_end(struct page *p) { fputs("</ul>\n", p->file); }

static const char *cell_class(enum page_cell cell) {
  static const char *const classes[] = {[PAGE_TEXT] = "t", [PAGE_CODE] = "c", [PAGE_NUMBER] = "n", [PAGE_VERDICT] = "v"};
  return classes[cell];
}

static void table(struct page *p, const char *caption) {
  fprintf(p->file, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"t%u\">\n<table>\n<caption id=\"t%u\">",
          p->ids, p->ids);
  markup_put(p->file, "<span>", caption, "</span></caption>\n<thead>\n<tr>");
  for (uint32_t i = 0; i < p->column_count; i++) {
    fprintf(p->file, "<th scope=\"col\" class=\"%s\">", cell_class(p->columns[i].cell));
    markup_put(p->file, "", p->columns[i].head, "</th>");
  }
  fputs("</tr>\n</thead>\n<tbody>\n", p->file);
  p->ids++;
}

/* The interval goes under its value, which keeps tables narrow. */
static void put_number(FILE *file, const char *words) {
  const char *interval = strstr(words, " [");
  if (!interval || words[strlen(words) - 1] != ']') {
    markup_text(file, words);
    return;
  }
  markup_text_part(file, words, (size_t)(interval - words));
  markup_put(file, " <small>", interval + 1, "</small>");
}

static void put_cell(FILE *file, enum page_cell cell, const char *words) {
  if (cell == PAGE_VERDICT && *words)
    put_verdict(file, words);
  else if (cell == PAGE_CODE && *words)
    markup_put(file, "<code>", words, "</code>");
  else if (cell == PAGE_NUMBER)
    put_number(file, words);
  else
    markup_text(file, words);
}

static void row(struct page *p, const char *const *cells) {
  fputs("<tr>", p->file);
  for (uint32_t i = 0; i < p->column_count; i++) {
    fprintf(p->file, i ? "<td class=\"%s\">" : "<th scope=\"row\" class=\"%s\">", cell_class(p->columns[i].cell));
    put_cell(p->file, p->columns[i].cell, cells[i] ? cells[i] : "");
    fputs(i ? "</td>" : "</th>", p->file);
  }
  fputs("</tr>\n", p->file);
}

static void table_end(struct page *p) { fputs("</tbody>\n</table>\n</div>\n", p->file); }

static void picture(struct page *p, const struct drawn *d) {
  fprintf(p->file, "<div class=\"picture\" role=\"region\" tabindex=\"0\" aria-label=\"picture: ");
  markup_put(p->file, "", d->kind, "\">\n");
  if (!picture_markup(p->file, d, p->ids)) fputs("<p>This picture cannot be shown here.</p>\n", p->file);
  fputs("</div>\n", p->file);
  p->ids++;
}

const struct page_form page_html = {.name = "html",
                                    .pictures = true,
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
