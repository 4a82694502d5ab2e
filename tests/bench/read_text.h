/* Scenarios that a bench writes by itself: ' stands for ". */
#ifndef BENCH_READ_TEXT_H
#define BENCH_READ_TEXT_H
#include "sim/json/diagnostic.h"
#include "sim/scenario/scenario.h"
#include "tests/bench/bench.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct text {
  char bytes[8000];
  size_t length;
};

__attribute__((format(printf, 2, 3))) static inline void text_put(struct text *t, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  t->length += (size_t)vsnprintf(t->bytes + t->length, sizeof t->bytes - t->length, format, arguments);
  va_end(arguments);
}

/* Null when it cannot be read. */
static inline const struct scenario *text_read(struct arena *arena, struct text *t) {
  for (size_t i = 0; i < t->length; i++)
    if (t->bytes[i] == '\'') t->bytes[i] = '"';
  char path[] = "/tmp/aguanta-bench-XXXXXX";
  int file = mkstemp(path);
  if (file < 0 || write(file, t->bytes, t->length) != (ssize_t)t->length) return NULL;
  close(file);
  const struct scenario *s = scenario_read(arena, diagnostics_new(arena), path, NULL, 0);
  unlink(path);
  return s;
}

#endif
