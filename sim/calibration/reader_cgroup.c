/* CPU clocks that were read again and again: of cgroups, and of processes.
 *
 * A line that is only a number is the time since 1970, of what follows. "==> PATH <==", as head and tail print it, and "# NAME" say
 * whose clock comes next; of a path the last part counts that is no file of a cgroup. Then come the lines of cpu.stat, of which
 * usage_usec is read, or the one number of cpuacct.usage, in nanoseconds; or a line of /proc/PID/stat, which has its name with it
 * and counts in hundredths of a second. A file with one line a sample has them in columns:
 *
 *     at_s,service,cpu_s
 *     1764538000.1,nginx,12.25
 */
#include "sim/calibration/reading_inner.h"
#include "sim/engine/arena.h"
#include "sim/json/csv.h"
#include <string.h>

enum { PROCESSES = 512 };

struct clocks {
  struct reading *r;
  double at_s; /* of the block; NaN: none yet */
  const char *name;
  /* Processes of one name are one service: each counts from when it is first seen. */
  struct process {
    long number;
    const char *name;
    double last;
  } processes[PROCESSES];
  uint32_t process_count;
  struct measured_list spent; /* by name, of all its processes since each was first seen */
};

static bool has_digits_only(const char *at, const char *end) {
  const char *rest;
  double x = number_at(at, end, &rest);
  return !isnan(x) && rest == end;
}

static bool is_stat(const char *at, const char *end) {
  const char *rest;
  double pid = number_at(at, end, &rest);
  return !isnan(pid) && end - rest > 4 && rest[0] == ' ' && rest[1] == '(' && memchr(rest, ')', (size_t)(end - rest));
}

static bool is_table(const char *at, const char *end) { return end - at > 5 && !memcmp(at, "at_s,", 5); }

static bool knows(const struct reading *r) {
  struct line l = {0};
  for (int i = 0; i < 40 && line_next(r, &l); i++) {
    size_t length = (size_t)(l.end - l.text);
    if (is_table(l.text, l.end)) return memmem(l.text, length, "cpu", 3) || memmem(l.text, length, "usage", 5);
    if (memmem(l.text, length, "usage_usec ", 11) || memmem(l.text, length, "cpuacct.usage", 13) || is_stat(l.text, l.end))
      return true;
  }
  return false;
}

/* "==> /sys/fs/cgroup/system.slice/nginx.service/cpu.stat <==": nginx. */
static const char *name_of(struct arena *arena, const char *at, const char *end) {
  static const char *const endings[] = {".service", ".scope", ".slice"};
  static const char *const files[] = {"cpu.stat", "cpuacct.usage", "cpuacct.stat"};
  for (;;) {
    const char *slash = end;
    while (slash > at && slash[-1] != '/') slash--;
    size_t length = (size_t)(end - slash);
    bool file = false;
    for (size_t i = 0; i < 3; i++) file |= strlen(files[i]) == length && !memcmp(files[i], slash, length);
    if (!file || slash == at) {
      for (size_t i = 0; i < 3; i++) {
        size_t tail = strlen(endings[i]);
        if (length > tail && !memcmp(end - tail, endings[i], tail)) length -= tail;
      }
      return arena_format(arena, "%.*s", (int)length, slash);
    }
    end = slash - 1;
  }
}

static bool take_name(struct clocks *c, const char *at, const char *end) {
  size_t length = (size_t)(end - at);
  if (length > 8 && !memcmp(at, "==> ", 4) && !memcmp(end - 4, " <==", 4))
    c->name = name_of(c->r->arena, at + 4, end - 4);
  else if (length > 2 && !memcmp(at, "# ", 2))
    c->name = name_of(c->r->arena, at + 2, end);
  else
    return false;
  return true;
}

static void put(struct clocks *c, const struct line *l, double seconds) {
  if (isnan(c->at_s))
    reading_error(c->r, l->text, (size_t)(l->end - l->text), "no time stands before it: begin each sample with \"date +%%s.%%N\"");
  else if (!c->name)
    reading_error(c->r, l->text, (size_t)(l->end - l->text),
                  "it is not known whose CPU this is: no line \"# NAME\" stands before it");
  else
    series_put(c->r, reading_series(c->r, SERIES_CPU, c->name), c->at_s, seconds,
               reading_position(c->r, l->text, (size_t)(l->end - l->text)));
}

/* --- processes ---------------------------------------------------------------------------------------------------------------- */

static struct process *process_of(struct clocks *c, long number, const char *name, bool *fresh) {
  *fresh = false;
  for (uint32_t i = 0; i < c->process_count; i++)
    if (c->processes[i].number == number && !strcmp(c->processes[i].name, name)) return &c->processes[i];
  if (c->process_count == PROCESSES) return NULL;
  *fresh = true;
  c->processes[c->process_count] = (struct process){number, name, 0};
  return &c->processes[c->process_count++];
}

/* Fields 14 and 15: user and system time in ticks of 1/100 s. */
static double ticks_of(const char *at, const char *end) {
  double sum = 0;
  for (int field = 3; field <= 15; field++) {
    while (at < end && *at == ' ') at++;
    const char *rest;
    double x = number_at(at, end, &rest);
    if (field >= 14 && (isnan(x) || rest == at)) return NAN;
    if (field >= 14) sum += x;
    while (at < end && *at != ' ') at++;
  }
  return sum;
}

static void take_stat(struct clocks *c, const struct line *l) {
  const char *rest, *open = memchr(l->text, '(', (size_t)(l->end - l->text)), *close = l->end;
  while (close > open && *close != ')') close--;
  double ticks = close > open ? ticks_of(close + 1, l->end) : NAN;
  if (isnan(ticks)) {
    reading_error(c->r, l->text, (size_t)(l->end - l->text), "is torn: /proc/PID/stat has its CPU time in columns 14 and 15");
    return;
  }
  long number = (long)number_at(l->text, l->end, &rest);
  c->name = arena_format(c->r->arena, "%.*s", (int)(close - open - 1), open + 1);
  bool fresh;
  struct process *p = process_of(c, number, c->name, &fresh);
  if (!p) return;
  if (!fresh && ticks < p->last)
    reading_error(c->r, l->text, (size_t)(rest - l->text),
                  "the CPU time of process %ld (%s) fell from %g to %g ticks: it is another "
                  "process by now",
                  number, c->name, p->last, ticks);
  measured_add(&c->spent, c->name, fresh ? 0 : (ticks - p->last) / 100);
  p->last = ticks;
}

/* The sums of the block that ends. */
static void close_block(struct clocks *c, const char *at) {
  for (uint32_t i = 0; i < c->spent.count && !isnan(c->at_s); i++)
    series_put(c->r, reading_series(c->r, SERIES_CPU, c->spent.items[i].name), c->at_s, c->spent.items[i].amount,
               reading_position(c->r, at, 1));
}

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

static const char *word_end(const char *at, const char *end) {
  while (at < end && *at != ' ') at++;
  return at;
}

/* "TIME NAME usage_usec N" on one line. */
static bool take_one_line(struct clocks *c, const struct line *l) {
  const char *first = word_end(l->text, l->end), *second = first < l->end ? word_end(first + 1, l->end) : first;
  if (first == l->end || second == l->end || !has_digits_only(l->text, first) || first[1] == '(') return false;
  const char *third = word_end(second + 1, l->end), *rest;
  double at_s = number_at(l->text, first, &rest), value = third < l->end ? number_at(third + 1, l->end, &rest) : NAN;
  size_t length = (size_t)(third - second - 1);
  double unit = length == 10 && !memcmp(second + 1, "usage_usec", 10) ? 1e-6
                : length == 8 && !memcmp(second + 1, "usage_ns", 8)   ? 1e-9
                                                                      : 0;
  if (!unit) return false;
  c->at_s = at_s, c->name = name_of(c->r->arena, first + 1, second);
  if (isnan(value))
    reading_error(c->r, l->text, (size_t)(l->end - l->text), "is torn: no number stands behind %.*s", (int)length, second + 1);
  else
    put(c, l, value * unit);
  return true;
}

static void take_line(struct clocks *c, const struct line *l) {
  const char *rest;
  size_t length = (size_t)(l->end - l->text);
  if (!length || take_name(c, l->text, l->end) || take_one_line(c, l)) return;
  if (is_stat(l->text, l->end)) {
    take_stat(c, l);
  } else if (length > 11 && !memcmp(l->text, "usage_usec ", 11)) {
    double usec = number_at(l->text + 11, l->end, &rest);
    if (isnan(usec) || rest != l->end) reading_error(c->r, l->text, length, "is torn: a number of microseconds must follow");
    if (!isnan(usec)) put(c, l, usec * 1e-6);
  } else if (has_digits_only(l->text, l->end)) {
    double value = number_at(l->text, l->end, &rest);
    bool is_time = isnan(c->at_s) || !c->name || memchr(l->text, '.', length) || c->process_count;
    if (is_time)
      close_block(c, l->text), c->at_s = value, c->name = NULL;
    else
      put(c, l, value * 1e-9), c->name = NULL;
  } else if (l->torn) {
    reading_error(c->r, l->text, length, "the file is torn here: its last line is not whole");
  }
}

static void read_table(struct clocks *c) {
  struct csv t = {.at = c->r->source->text, .end = c->r->source->text + c->r->source->length};
  csv_next(&t);
  const char *unit = t.count > 2 ? t.cells[2].text : "";
  size_t length = t.count > 2 ? t.cells[2].length : 0;
  double factor = length == 5 && !memcmp(unit, "cpu_s", 5)          ? 1
                  : length == 10 && !memcmp(unit, "usage_usec", 10) ? 1e-6
                  : length == 8 && !memcmp(unit, "usage_ns", 8)     ? 1e-9
                                                                    : 0;
  if (t.count != 3 || !factor) {
    reading_error(c->r, c->r->source->text, 5, "must have the columns at_s, service and one of cpu_s, usage_usec, usage_ns");
    return;
  }
  while (csv_next(&t)) {
    struct line l = {t.cells[0].text, t.cells[t.count > 2 ? 2 : 0].text + t.cells[t.count > 2 ? 2 : 0].length, 0, false};
    if (t.count == 1 && !t.cells[0].length) continue;
    if (t.count != 3 || !csv_cell_is_number(t.cells[0]) || !csv_cell_is_number(t.cells[2])) {
      reading_error(c->r, l.text, (size_t)(l.end - l.text), "must be a time, a name and a number: a cell is missing or torn");
      continue;
    }
    c->at_s = csv_cell_value(t.cells[0]);
    c->name = arena_format(c->r->arena, "%.*s", (int)t.cells[1].length, t.cells[1].text);
    put(c, &l, csv_cell_value(t.cells[2]) * factor);
  }
}

static void read(struct reading *r) {
  struct clocks *c = arena_alloc(r->arena, sizeof *c);
  *c = (struct clocks){.r = r, .at_s = NAN};
  struct line l = {0};
  bool first = line_next(r, &l);
  if (first && is_table(l.text, l.end)) {
    read_table(c);
  } else {
    while (first) take_line(c, &l), first = line_next(r, &l);
    close_block(c, r->source->text + r->source->length - (r->source->length > 0));
  }
}

const struct reader_kind reader_cgroup = {"cgroup", "cpu.stat or cpuacct.usage of cgroups, or /proc/PID/stat, read again and again",
                                          false, knows, read};
