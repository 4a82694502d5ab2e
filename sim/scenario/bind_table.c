/* Tables: CSV files that a scenario names (RFC 4180 without line breaks in cells).
 *
 * The file is checked as strictly as the scenario: a header line with known columns, as many cells in each row, plain decimal
 * numbers, names that exist, the order and the range that a column has. Faults stand at their line and column of the file; the
 * file is read to its end or to the first TABLE_FAULTS of them. */
#include "sim/engine/arena.h"
#include "sim/engine/fnv.h"
#include "sim/json/json_print.h"
#include "sim/scenario/bind_inner.h"
#include "sim/json/csv.h"
#include "sim/json/json_node.h"
#include "sim/json/source_file.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_FILE_LIMIT = 256 << 20, TABLE_FAULTS = 20, IGNORED = -1 };

struct table_reader {
  struct binder *binder;
  const struct field *field;
  const struct source_text *source;
  struct csv csv;
  uint32_t width;           /* cells of the header */
  int column_of[CSV_CELLS]; /* index into field->columns of each cell, or IGNORED */
  double *numbers[TABLE_COLUMNS];
  int32_t *names[TABLE_COLUMNS];
  uint32_t faults_before;
};

static struct position place_of(const struct table_reader *r, struct csv_cell cell) {
  return (struct position){r->source, (uint32_t)(cell.text - r->source->text), cell.length ? cell.length : 1};
}

static const char *text_of(struct table_reader *r, struct csv_cell cell) {
  return arena_format(r->binder->arena, "%.*s", (int)(cell.length < 60 ? cell.length : 60), cell.text);
}

/* --- the header ------------------------------------------------------------------------------------------------------------ */

static const char *const *column_names(const struct table_reader *r, uint32_t *count) {
  const char **names = arena_alloc(r->binder->arena, TABLE_COLUMNS * sizeof *names);
  for (*count = 0; r->field->columns[*count].name; ++*count) names[*count] = r->field->columns[*count].name;
  return names;
}

static int find_column(const struct table_reader *r, struct csv_cell cell) {
  for (int i = 0; r->field->columns[i].name; i++)
    if (strlen(r->field->columns[i].name) == cell.length && !memcmp(r->field->columns[i].name, cell.text, cell.length)) return i;
  return IGNORED;
}

static void unknown_column(struct table_reader *r, struct csv_cell cell) {
  uint32_t count;
  const char *const *names = column_names(r, &count), *word = text_of(r, cell);
  const char *hint = bind_suggestion(r->binder, word, names, count);
  if (!*hint) hint = arena_format(r->binder->arena, "; columns, between commas, are: %s", bind_words(r->binder, names, count));
  struct position at = place_of(r, cell);
  diagnostic_add(r->binder->diagnostics, &at, "unknown column \"%s\"%s", word, hint);
}

static void read_header_cell(struct table_reader *r, uint32_t i) {
  struct csv_cell cell = r->csv.cells[i];
  int column = r->column_of[i] = find_column(r, cell);
  if (column == IGNORED) {
    if (cell.length < 2 || memcmp(cell.text, "x-", 2)) unknown_column(r, cell);
    return;
  }
  for (uint32_t k = 0; k < i; k++)
    if (r->column_of[k] == column) {
      struct position at = place_of(r, cell);
      diagnostic_add(r->binder->diagnostics, &at, "the column \"%s\" is there twice", r->field->columns[column].name);
    }
}

static void read_header(struct table_reader *r) {
  uint32_t count;
  const char *const *names = column_names(r, &count);
  struct position whole = {r->source, 0, 0};
  if (!csv_next(&r->csv)) {
    diagnostic_add(r->binder->diagnostics, &whole, "is empty: it needs a header line with the columns %s, and rows",
                   bind_words(r->binder, names, count));
    return;
  }
  r->width = r->csv.count;
  if (r->width > CSV_CELLS) {
    diagnostic_add(r->binder->diagnostics, &whole, "has %u columns; at most %d are read", r->width, CSV_CELLS);
    return;
  }
  bool known = false;
  for (uint32_t i = 0; i < r->width; i++) known |= find_column(r, r->csv.cells[i]) != IGNORED;
  if (!known) { /* any file of the machine, perhaps: nothing of it is shown */
    diagnostic_add(r->binder->diagnostics, &whole, "has a header line with none of the columns, between commas: %s",
                   bind_words(r->binder, names, count));
    return;
  }
  for (uint32_t i = 0; i < r->width; i++) read_header_cell(r, i);
  for (uint32_t c = 0; c < count; c++) {
    bool there = r->field->columns[c].optional;
    for (uint32_t i = 0; i < r->width; i++) there |= r->column_of[i] == (int)c;
    struct position line = {r->source, 0, 1};
    if (!there) diagnostic_add(r->binder->diagnostics, &line, "the header line needs the column \"%s\"", names[c]);
  }
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

static const char *wrong_number(struct table_reader *r, const struct table_column *c, double value, const double *before) {
  struct arena *arena = r->binder->arena;
  bool ranged = c->low != 0 || c->high != 0;
  if (isinf(value)) return "must be less than 1.8e308";
  if (value < c->low && ranged) return arena_format(arena, "must be at least %s", json_print_number(arena, c->low));
  if (value > c->high && c->high != 0) return arena_format(arena, "must be at most %s", json_print_number(arena, c->high));
  if (!before || c->order == ORDER_ANY || value > *before || (value == *before && c->order == ORDER_NOT_FALLING)) return NULL;
  return arena_format(arena,
                      c->order == ORDER_RISING ? "must rise from row to row, but follows %s" : "must not fall, but follows %s",
                      json_print_number(arena, *before));
}

static void read_number(struct table_reader *r, int column, struct csv_cell cell, uint32_t row) {
  const struct table_column *c = &r->field->columns[column];
  struct position at = place_of(r, cell);
  if (!csv_cell_is_number(cell)) {
    diagnostic_add(r->binder->diagnostics, &at, "\"%s\" must be a number such as 12.5, not \"%s\"", c->name, text_of(r, cell));
    return;
  }
  double *out = r->numbers[column];
  out[row] = csv_cell_value(cell) + 0.0; /* no negative zero */
  const char *wrong = wrong_number(r, c, out[row], row ? &out[row - 1] : NULL);
  if (wrong) diagnostic_add(r->binder->diagnostics, &at, "\"%s\" %s, not %s", c->name, wrong, text_of(r, cell));
}

static void read_name(struct table_reader *r, int column, struct csv_cell cell, uint32_t row) {
  const struct table_column *c = &r->field->columns[column];
  struct position at = place_of(r, cell);
  char name[65];
  snprintf(name, sizeof name, "%.*s", (int)cell.length, cell.text);
  r->names[column][row] = bind_find_target(r->binder, c->name, c->target, name, &at);
}

static void read_row(struct table_reader *r, uint32_t row) {
  struct position at = place_of(r, r->csv.cells[0]);
  bool blank = r->csv.count == 1 && r->csv.cells[0].length == 0;
  if (blank)
    diagnostic_add(r->binder->diagnostics, &at, "an empty line among the rows");
  else if (r->csv.count != r->width)
    diagnostic_add(r->binder->diagnostics, &at, "the header has %u columns, this row %u", r->width, r->csv.count);
  if (blank || r->csv.count != r->width) return;
  for (uint32_t i = 0; i < r->width; i++) {
    int column = r->column_of[i];
    if (column == IGNORED) continue;
    if (r->field->columns[column].target)
      read_name(r, column, r->csv.cells[i], row);
    else
      read_number(r, column, r->csv.cells[i], row);
  }
}

static bool good_so_far(const struct table_reader *r, uint32_t most) {
  return diagnostics_errors(r->binder->diagnostics) < r->faults_before + most;
}

static void reserve_columns(struct table_reader *r, uint32_t rows) {
  for (uint32_t i = 0; i < r->width; i++) {
    int c = r->column_of[i];
    if (c == IGNORED) continue;
    if (r->field->columns[c].target)
      r->names[c] = arena_new_array(r->binder->arena, int32_t, rows);
    else
      r->numbers[c] = arena_new_array(r->binder->arena, double, rows);
  }
}

static void read_rows(struct table_reader *r, struct table *out) {
  const struct field *f = r->field;
  uint32_t rows = csv_lines_left(&r->csv), least = f->low > 1 ? (uint32_t)f->low : 1;
  uint32_t most = f->high > 0 ? (uint32_t)f->high : TABLE_ROWS_LIMIT;
  struct position whole = {r->source, 0, 0};
  if (!rows)
    diagnostic_add(r->binder->diagnostics, &whole, "has no rows below its header line");
  else if (rows < least || rows > most)
    diagnostic_add(r->binder->diagnostics, &whole, "has %u rows; \"%s\" needs %s %u", rows, f->name,
                   rows < least ? "at least" : "at most", rows < least ? least : most);
  if (!rows || rows < least || rows > most) return;
  reserve_columns(r, rows);
  for (uint32_t row = 0; row < rows && good_so_far(r, TABLE_FAULTS) && csv_next(&r->csv); row++) read_row(r, row);
  if (!good_so_far(r, 1)) return;
  out->rows = rows;
  memcpy(out->numbers, r->numbers, sizeof out->numbers);
  memcpy(out->names, r->names, sizeof out->names);
}

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length) {
  return fnv_number(fnv_bytes(hash, bytes, length), length);
}

/* The text of the file that the value names; null after an error. It becomes part of the scenario's hash. */
static const struct source_text *read_named(struct binder *b, const struct field *field, const struct json_value *value,
                                            const char *called) {
  const char *file = json_text(value), *scenario = b->root && b->root->position.source ? b->root->position.source->name : "";
  if (!file) {
    bind_wrong_type(b, field->name, called, value);
    return NULL;
  }
  const char *path = source_beside(b->arena, json_position(value), scenario, file);
  if (!source_named(b->diagnostics, json_position(value), *file ? path : "")) return NULL;
  const struct source_text *source = source_read_file(b->arena, b->diagnostics, path, TABLE_FILE_LIMIT);
  if (source) b->tables_hash = hash_bytes(b->tables_hash, source->text, source->length), b->table_count++;
  return source;
}

void bind_table(struct binder *b, const struct field *field, const struct json_value *value, struct table *out) {
  const struct source_text *source = read_named(b, field, value, "the name of a CSV file");
  out->file = json_text(value);
  if (!source) return;
  struct table_reader r = {.binder = b, .field = field, .source = source, .faults_before = diagnostics_errors(b->diagnostics)};
  r.csv.at = source->text, r.csv.end = source->text + source->length;
  read_header(&r);
  if (good_so_far(&r, 1)) read_rows(&r, out);
}

void bind_file(struct binder *b, const struct field *field, const struct json_value *value, struct text_file *out) {
  const struct source_text *source = read_named(b, field, value, "the name of a text file");
  out->file = json_text(value);
  if (source) out->text = source->text, out->length = source->length;
}
