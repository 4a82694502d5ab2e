/* A Compose file. */
#include "tests/fuzz/imported.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) { return fuzz_import(import_compose, bytes, length); }
