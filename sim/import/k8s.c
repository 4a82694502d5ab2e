#include "sim/import/import.h"

struct json_value *import_k8s(struct import *im, const char *const *files, uint32_t count) {
  (void)files, (void)count;
  diagnostic_add(im->diagnostics, NULL, "not yet");
  return NULL;
}
