#include "sim/report/markup.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <stdlib.h>
#include <string.h>

static const char *stand_in(char c) {
  return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : c == '\'' ? "&#39;" : NULL;
}

void markup_text_part(FILE *file, const char *text, size_t length) {
  char *safe = NULL;
  size_t size = 0;
  FILE *memory = allocate_stream(&safe, &size);
  safe_put_part(memory, text, length, false);
  fclose(memory);
  for (const char *c = safe; *c; c++) {
    const char *instead = stand_in(*c);
    if (instead)
      fputs(instead, file);
    else
      fputc(*c, file);
  }
  free(safe);
}

void markup_text(FILE *file, const char *text) {
  if (text) markup_text_part(file, text, strlen(text));
}

void markup_put(FILE *file, const char *before, const char *text, const char *after) {
  fputs(before, file);
  markup_text(file, text);
  fputs(after, file);
}
