#include "sim/report/export/csv_cell.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Line breaks and what could drive a terminal are gone before the quotes are set. */
void csv_cell(FILE *file, const char *text) {
  char *safe = NULL;
  size_t length = 0;
  if (!text) return;
  FILE *memory = allocate_stream(&safe, &length);
  safe_put(memory, text);
  fclose(memory);
  const char *guard = *text && strchr("=+-@\t\r\n", *text) ? "'" : "";
  bool quoted = safe[strcspn(safe, ",\"")];
  fprintf(file, quoted ? "\"%s" : "%s", guard);
  for (const char *c = safe; *c; c++) {
    if (*c == '"') fputc('"', file);
    fputc(*c, file);
  }
  if (quoted) fputc('"', file);
  free(safe);
}

void csv_number(FILE *file, double value) {
  char text[40];
  if (!isfinite(value)) return;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, file);
}

void csv_column(FILE *file, const char *text) {
  csv_cell(file, text);
  fputc(',', file);
}

void csv_column_number(FILE *file, double value) {
  csv_number(file, value);
  fputc(',', file);
}
