#include "models/core/audit.h"
#include "models/core/part.h"
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

void world_audit(const struct world *w, audit_report *report, void *context) {
  struct audit a = {w, report, context};
  audit_cpu(&a);
  audit_placement(&a);
  if (w->mode != WORLD_TRAFFIC) return;
  audit_requests(&a);
  audit_replicas(&a);
  parts_audit(&a);
}
