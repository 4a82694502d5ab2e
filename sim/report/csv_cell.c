#include "sim/report/csv_cell.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

void csv_cell(FILE *file, const char *text) {
  if (!text) return;
  const char *guard = *text && strchr("=+-@\t\r", *text) ? "'" : "";
  if (!text[strcspn(text, ",\"\r\n")]) {
    fprintf(file, "%s%s", guard, text);
    return;
  }
  fprintf(file, "\"%s", guard);
  for (; *text; text++) {
    if (*text == '"') fputc('"', file);
    fputc(*text, file);
  }
  fputc('"', file);
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
