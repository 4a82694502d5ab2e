#include "sim/report/text/text_table.h"
#include "sim/report/format.h"
#include "sim/json/safe_text.h"
#include <string.h>

enum { NARROWEST = 20, LOWER = 6 };

static void spaces(FILE *file, int count) {
  if (count > 0) fprintf(file, "%*s", count, "");
}

void table_left(FILE *file, const char *text, int width) {
  safe_put(file, text);
  spaces(file, width - format_width(text));
}

void table_column(FILE *file, const char *text, int width) {
  table_left(file, text, width);
  if (format_width(text) >= width) fputs("  ", file);
}

void table_right(FILE *file, const char *text, int width) {
  spaces(file, width - format_width(text));
  safe_put(file, text);
}

static int width_of(const char *text, size_t length) {
  int width = 0;
  for (size_t i = 0; i < length; i++) width += (text[i] & 0xC0) != 0x80;
  return width;
}

/* A column of text that would be too narrow to be read begins on the next line, further left. */
static int begin_lower(FILE *file, const char *text, int indent, int width) {
  if (indent <= LOWER || width - indent >= NARROWEST || format_width(text) <= width - indent) return indent;
  fprintf(file, "\n%*s", LOWER, "");
  return LOWER;
}

void table_wrapped(FILE *file, const char *text, int indent, int width) {
  indent = begin_lower(file, text, indent, width);
  int column = indent;
  for (const char *word = text; *word;) {
    size_t length = strcspn(word, " \n");
    int columns = width_of(word, length);
    if (column > indent && column + 1 + columns > width) {
      fprintf(file, "\n%*s", indent, "");
      column = indent;
    } else if (column > indent) {
      fputc(' ', file), column++;
    }
    safe_put_part(file, word, length, false);
    column += columns;
    word += length;
    word += strspn(word, " \n");
  }
}

void table_note(FILE *file, const char *word, const char *text, int width) {
  fprintf(file, "%s: ", word);
  table_wrapped(file, text, (int)strlen(word) + 2, width);
  fputc('\n', file);
}

void table_heading(FILE *file, const char *title, const char *remark) {
  fprintf(file, "\n%s", title);
  if (remark && *remark) fprintf(file, "  %s", remark);
  fputc('\n', file);
}

void table_bar(FILE *file, double share, int width) {
  int halves = share > 0 ? (int)(share * 2 * width + 0.5) : 0;
  if (halves > 2 * width) halves = 2 * width;
  for (int i = 0; i < halves / 2; i++) fputs("\xE2\x96\x88", file); /* full block */
  if (halves % 2) fputs("\xE2\x96\x8C", file);                      /* left half block */
}

/* Length of a sequence that only sets a colour, as ours do; else 0. */
static size_t color_length(const char *text) {
  if (text[0] != '\033' || text[1] != '[') return 0;
  size_t length = 2 + strspn(text + 2, "0123456789;");
  return text[length] == 'm' ? length + 1 : 0;
}

/* Colours pass; what else could drive a terminal and slipped through does not. */
static void put_line(FILE *file, const char *line, size_t length) {
  for (const char *end = line + length; line < end;) {
    size_t color = color_length(line), plain = color;
    while (!color && line + plain < end && !color_length(line + plain)) plain++;
    if (color)
      fwrite(line, 1, color, file);
    else
      safe_put_part(file, line, plain, false);
    line += plain;
  }
}

void table_trimmed(FILE *file, const char *text) {
  for (const char *line = text; *line;) {
    size_t length = strcspn(line, "\n"), shown = length;
    while (shown > 0 && line[shown - 1] == ' ') shown--;
    put_line(file, line, shown);
    line += length;
    if (*line) fputc(*line++, file);
  }
}
