#include "sim/report/text_table.h"
#include "sim/report/format.h"
#include <string.h>

static void spaces(FILE *file, int count) {
  if (count > 0) fprintf(file, "%*s", count, "");
}

void table_left(FILE *file, const char *text, int width) {
  fputs(text, file);
  spaces(file, width - format_width(text));
}

void table_right(FILE *file, const char *text, int width) {
  spaces(file, width - format_width(text));
  fputs(text, file);
}

static int width_of(const char *text, size_t length) {
  int width = 0;
  for (size_t i = 0; i < length; i++) width += (text[i] & 0xC0) != 0x80;
  return width;
}

void table_wrapped(FILE *file, const char *text, int indent, int width) {
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
    fwrite(word, 1, length, file);
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

void table_trimmed(FILE *file, const char *text) {
  for (const char *line = text; *line;) {
    size_t length = strcspn(line, "\n"), shown = length;
    while (shown > 0 && line[shown - 1] == ' ') shown--;
    fwrite(line, 1, shown, file);
    line += length;
    if (*line) fputc(*line++, file);
  }
}
