/* Manifests of Kubernetes. */
#include "tests/fuzz/imported.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) { return fuzz_import(import_k8s, bytes, length); }
