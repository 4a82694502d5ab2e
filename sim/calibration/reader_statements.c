/* pg_stat_statements as CSV with its header (psql --csv, COPY ... CSV HEADER) or as a JSON list (json_agg). Times are in
 * milliseconds; before PostgreSQL 13 the columns are total_time, mean_time and stddev_time. Two files of one group are two
 * readings: what counts is the second less the first. */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include "sim/json/csv.h"
#include <stdlib.h>
#include <string.h>

enum column { ID, QUERY, CALLS, TOTAL, MEAN, DEVIATION, COLUMNS };
static const char *const names[COLUMNS][3] = {{"queryid", NULL, NULL},
                                              {"query", NULL, NULL},
                                              {"calls", NULL, NULL},
                                              {"total_exec_time", "total_time", NULL},
                                              {"mean_exec_time", "mean_time", NULL},
                                              {"stddev_exec_time", "stddev_time", NULL}};

static bool is_named(const char *text, size_t length, int column) {
  for (int i = 0; i < 2 && names[column][i]; i++)
    if (strlen(names[column][i]) == length && !memcmp(names[column][i], text, length)) return true;
  return false;
}

static bool knows(const struct reading *r) {
  struct line l = {0};
  if (!line_next(r, &l) || *l.text == '{') return false;
  size_t length = (size_t)(l.end - l.text);
  bool table =
      memmem(l.text, length, "calls", 5) && (memmem(l.text, length, "_exec_time", 10) || memmem(l.text, length, "query", 5));
  return table || (r->source->length > 20 && *l.text == '[' && strstr(r->source->text, "\"calls\"") &&
                   strstr(r->source->text, "exec_time\""));
}

/* A quoted cell may hold commas, line breaks and doubled quotes: the texts of queries do. */
static const char *next_cell(const char *at, const char *end, const char **text, size_t *length, bool *last, bool *torn) {
  bool quoted = at < end && *at == '"';
  *text = quoted ? ++at : at;
  if (quoted) {
    while (at < end && (*at != '"' || (at + 1 < end && at[1] == '"'))) at += *at == '"' ? 2 : 1;
    *torn |= at >= end;
    *length = (size_t)(at - *text);
    if (at < end) at++;
  }
  while (at < end && *at != ',' && *at != '\n') at++;
  if (!quoted) *length = (size_t)(at - *text);
  if (!quoted && *length && (*text)[*length - 1] == '\r') --*length;
  *last = at >= end || *at == '\n';
  return at < end ? at + 1 : end;
}

struct cells {
  const char *text[CSV_CELLS];
  size_t length[CSV_CELLS];
  uint32_t count;
  bool torn;
};

static const char *next_row(const char *at, const char *end, struct cells *c) {
  bool last = false;
  c->count = 0, c->torn = false;
  while (!last) {
    const char *text;
    size_t length;
    at = next_cell(at, end, &text, &length, &last, &c->torn);
    if (c->count < CSV_CELLS) c->text[c->count] = text, c->length[c->count] = length;
    c->count++;
  }
  return at;
}

static bool find_columns(struct reading *r, const struct cells *head, int *where) {
  for (int k = 0; k < COLUMNS; k++) {
    where[k] = -1;
    for (uint32_t i = 0; i < head->count && i < CSV_CELLS; i++)
      if (is_named(head->text[i], head->length[i], k)) where[k] = (int)i;
  }
  const char *missing = where[CALLS] < 0                      ? "calls"
                        : where[MEAN] < 0 && where[TOTAL] < 0 ? "mean_exec_time"
                        : where[ID] < 0 && where[QUERY] < 0   ? "queryid"
                        : where[DEVIATION] < 0                ? "stddev_exec_time"
                                                              : NULL;
  if (missing) reading_error(r, r->source->text, strcspn(r->source->text, "\r\n"), "the column \"%s\" is missing", missing);
  return !missing;
}

static void put_row(struct reading *r, const struct cells *c, const int *where, uint32_t columns) {
  double numbers[COLUMNS] = {0};
  const char *rest;
  bool whole = c->count == columns && !c->torn;
  for (int k = CALLS; k < COLUMNS && whole; k++)
    if (where[k] >= 0) {
      const char *text = c->text[where[k]], *end = text + c->length[where[k]];
      numbers[k] = number_at(text, end, &rest);
      whole &= !isnan(numbers[k]) && rest == end;
    }
  if (!whole) {
    reading_error(r, c->text[0], c->length[0], "this row is torn: it has %u cells of %u, or a time that is no number", c->count,
                  columns);
    return;
  }
  struct measured_statement *s = reading_statement(r);
  int id = where[ID] >= 0 ? where[ID] : where[QUERY], query = where[QUERY] >= 0 ? where[QUERY] : where[ID];
  s->id = arena_format(r->arena, "%.*s", (int)c->length[id], c->text[id]);
  s->text = arena_format(r->arena, "%.*s", (int)c->length[query], c->text[query]);
  s->at = reading_position(r, c->text[0], c->length[0]);
  s->calls = numbers[CALLS], s->sd_s = numbers[DEVIATION] / 1e3;
  s->mean_s = (where[MEAN] >= 0 ? numbers[MEAN] : numbers[TOTAL] / fmax(1, numbers[CALLS])) / 1e3;
}

static void read_csv(struct reading *r) {
  const char *at = r->source->text, *end = at + r->source->length;
  struct cells *c = arena_alloc(r->arena, sizeof *c);
  int where[COLUMNS];
  at = next_row(at, end, c);
  uint32_t columns = c->count;
  if (!find_columns(r, c, where)) return;
  while (at < end) {
    at = next_row(at, end, c);
    if (c->count == 1 && (!c->length[0] || c->text[0][0] == '(')) continue;
    put_row(r, c, where, columns);
  }
}

static const struct json_value *cell(const struct json_value *row, int column) {
  for (int i = 0; i < 2 && names[column][i]; i++)
    if (json_member(row, names[column][i])) return json_member(row, names[column][i]);
  return NULL;
}

static const char *text_of(struct reading *r, const struct json_value *v) {
  return json_text(v) ? json_text(v) : json_raw_number_text(v) ? json_raw_number_text(v) : arena_text(r->arena, "");
}

static void read_json(struct reading *r) {
  const struct json_value *list = r->tree;
  if (!list) list = json_read_text(r->arena, r->diagnostics, r->source->name, r->source->text, r->source->length);
  for (const struct json_value *v = json_first(list); v; v = json_next(v)) {
    const struct json_value *mean = cell(v, MEAN), *calls = cell(v, CALLS), *sd = cell(v, DEVIATION);
    const struct json_value *id = cell(v, ID), *query = cell(v, QUERY);
    if (json_type(mean) != JSON_NUMBER || json_type(calls) != JSON_NUMBER || json_type(sd) != JSON_NUMBER || (!id && !query)) {
      diagnostic_add(r->diagnostics, json_position(v),
                     "must have queryid or query, and calls, mean_exec_time and stddev_exec_time");
      continue;
    }
    struct measured_statement *s = reading_statement(r);
    s->id = text_of(r, id ? id : query), s->text = text_of(r, query ? query : id), s->at = *json_position(v);
    s->calls = json_number(calls), s->mean_s = json_number(mean) / 1e3, s->sd_s = json_number(sd) / 1e3;
  }
}

static void read(struct reading *r) {
  if (r->source->text[0] == '[')
    read_json(r);
  else
    read_csv(r);
  if (!r->statement_count && !diagnostics_errors(r->diagnostics)) reading_error(r, NULL, 0, "has no statements");
}

const struct reader_kind reader_statements = {"statements", "pg_stat_statements as CSV or JSON", false, knows, read};
