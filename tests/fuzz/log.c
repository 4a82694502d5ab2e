/* The log of a web server, of which traffic is made. */
#include "tests/fuzz/imported.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) { return fuzz_import(import_log, bytes, length); }
