#include "sim/json/csv.h"
#include <stdlib.h>
#include <string.h>

static struct csv_cell trimmed(const char *from, const char *to) {
  while (from < to && (*from == ' ' || *from == '\t')) from++;
  while (to > from && (to[-1] == ' ' || to[-1] == '\t')) to--;
  if (to - from >= 2 && *from == '"' && to[-1] == '"') from++, to--;
  return (struct csv_cell){from, (uint32_t)(to - from)};
}

/* The end of the cell that begins at `p`: a comma between quotes belongs to it. */
static const char *cell_end(const char *p, const char *end) {
  bool quoted = false;
  for (; p < end && (quoted || *p != ','); p++) quoted ^= *p == '"';
  return p;
}

bool csv_next(struct csv *c) {
  if (c->at >= c->end) return false;
  const char *stop = memchr(c->at, '\n', (size_t)(c->end - c->at)), *after = stop ? stop + 1 : c->end;
  if (!stop) stop = c->end;
  if (stop > c->at && stop[-1] == '\r') stop--;
  c->count = 0;
  for (const char *from = c->at, *to = from; from <= stop; from = to + 1) {
    to = cell_end(from, stop);
    if (c->count < CSV_CELLS) c->cells[c->count] = trimmed(from, to);
    c->count++;
  }
  c->at = after;
  return true;
}

uint32_t csv_lines_left(const struct csv *c) {
  uint32_t count = 0;
  for (const char *p = c->at; p < c->end; count++) {
    const char *stop = memchr(p, '\n', (size_t)(c->end - p));
    p = stop ? stop + 1 : c->end;
  }
  return count;
}

static const char *skip_digits(const char *p, const char *end) {
  while (p < end && *p >= '0' && *p <= '9') p++;
  return p;
}

bool csv_cell_is_number(struct csv_cell cell) {
  const char *p = cell.text, *end = p + cell.length, *from;
  if (p < end && *p == '-') p++;
  from = p, p = skip_digits(p, end);
  if (p == from) return false;
  if (p < end && *p == '.') {
    from = ++p, p = skip_digits(p, end);
    if (p == from) return false;
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    p += 1 + (p + 1 < end && (p[1] == '-' || p[1] == '+'));
    from = p, p = skip_digits(p, end);
    if (p == from) return false;
  }
  return p == end;
}

/* Up to 15 digits with up to 15 decimals are a whole number over a power of ten, both exact: one rounding, as strtod's. */
double csv_cell_value(struct csv_cell cell) {
  static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (cell.length > 15) return strtod(cell.text, NULL);
  int64_t whole = 0;
  uint32_t decimals = 0, i = *cell.text == '-';
  for (bool point = false; i < cell.length; i++) {
    if (cell.text[i] == '.') {
      point = true;
      continue;
    }
    if (cell.text[i] < '0') return strtod(cell.text, NULL);
    if (cell.text[i] > '9') return strtod(cell.text, NULL);
    whole = 10 * whole + (cell.text[i] - '0'), decimals += point;
  }
  double size = (double)whole / powers[decimals];
  return *cell.text == '-' ? -size : size;
}
