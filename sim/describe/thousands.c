#include "sim/describe/thousands.h"
#include <stdio.h>
#include <string.h>

void thousands_group(const char *digits, char *out, size_t size) {
  const char *first = digits + (*digits == '-'), *end = first + strspn(first, "0123456789");
  size_t used = 0;
  if (*digits == '-') out[used++] = '-';
  for (const char *d = first; d < end && used + 2 < size; d++) {
    if (d > first && (end - d) % 3 == 0) out[used++] = ',';
    out[used++] = *d;
  }
  snprintf(out + used, size - used, "%s", end);
}
