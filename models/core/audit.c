#include "models/core/audit.h"
#include "models/core/audit_parts.h"
#include "models/core/world.h"
#include <stdarg.h>
#include <stdio.h>

void audit_broken(const struct audit *a, const char *format, ...) {
  char text[300];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  a->report(a->context, text);
}

static const struct {
  void (*audit)(const struct audit *);
  enum { EVERY_RUN, REQUESTS } of;
} parts[] = {
#define ROW(name, of) {audit_##name, of},
    AUDIT_PARTS(ROW)
#undef ROW
};

void world_audit(const struct world *w, audit_report *report, void *context) {
  struct audit a = {w, report, context};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (parts[i].of == EVERY_RUN || w->mode == WORLD_TRAFFIC) parts[i].audit(&a);
}
