#include "sim/report/page/markdown_cell.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

/* The safe text with a backslash before each character of `marks`. */
static void put(FILE *file, const char *text, const char *marks, char quote) {
  char *safe = NULL;
  size_t length = 0;
  FILE *memory = allocate_stream(&safe, &length);
  safe_put(memory, text);
  fclose(memory);
  for (const char *c = safe; *c; c++) {
    if (strchr(marks, *c)) fputc('\\', file);
    fputc(*c == '`' ? quote : *c, file);
  }
  free(safe);
}

void markdown_text(FILE *file, const char *text) { put(file, text, "|\\`*_<>[]&", '`'); }

void markdown_code(FILE *file, const char *text) {
  fputc('`', file);
  put(file, text, "|", '\'');
  fputc('`', file);
}

void markdown_put(FILE *file, const char *before, const char *text, const char *after) {
  fputs(before, file);
  markdown_text(file, text);
  fputs(after, file);
}

void markdown_put_code(FILE *file, const char *before, const char *text, const char *after) {
  fputs(before, file);
  markdown_code(file, text);
  fputs(after, file);
}
