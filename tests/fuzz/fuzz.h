/* Fuzz targets: one an input of the program, fed with bytes by libFuzzer (`make fuzz`).
 *
 * A target reads its bytes as the program would and throws the answer away: what counts is that neither a sanitizer nor an assertion
 * speaks. tests/fuzz/corpus/TARGET holds inputs to begin with and every one that once failed; `make check-long` replays them all.
 * Targets run from the root of the repository; those that need a scenario beside their input take BASE. */
#ifndef FUZZ_H
#define FUZZ_H
#include "sim/engine/arena.h"
#include "sim/scenario/scenario.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE "tests/fuzz/base.json"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* The bytes as a text with a zero behind it, in the arena. */
static inline char *fuzz_text(struct arena *arena, const uint8_t *bytes, size_t length) {
  char *text = arena_alloc(arena, length + 1);
  if (length) memcpy(text, bytes, length);
  return text;
}

/* A file that exists in memory only and holds the bytes; its path is in the arena and holds until close(*file). */
static inline const char *fuzz_file(struct arena *arena, const uint8_t *bytes, size_t length, int *file) {
  *file = memfd_create("input", MFD_CLOEXEC);
  if (*file < 0 || write(*file, bytes, length) != (ssize_t)length) abort();
  return arena_format(arena, "/proc/self/fd/%d", *file);
}

#endif
