/* The stored state of a study. The input is a list of changes to a true one (what, where, byte), which so stays a state of this
 * program; the checksum is put right, so that what it says has to hold alone. Then the study goes on from it. */
#include "sim/study/study.h"
#include "tests/fuzz/fuzz.h"

enum { CHANGE = 4, SUM = 8, MOST = 1 << 20 };

static const struct study_options options = {.replications = 3};

static struct scenario *base(struct arena *arena) { return scenario_read(arena, diagnostics_new(arena), BASE, NULL, 0); }

static size_t true_state(struct arena *arena, char *bytes) {
  FILE *file = fmemopen(bytes, MOST, "wb");
  struct study *s = study_open(arena, base(arena), &options);
  if (!study_extend(s, 2, 2) || !study_save(s, file)) abort();
  study_close(s);
  size_t length = (size_t)ftell(file);
  fclose(file);
  return length;
}

static size_t changed(char *state, size_t length, const uint8_t *bytes, size_t count) {
  for (; count >= CHANGE; bytes += CHANGE, count -= CHANGE) {
    size_t at = (size_t)(bytes[1] << 8 | bytes[2]) % length;
    if (bytes[0] % 4 == 1) memmove(state + at + 1, state + at, length++ - at);
    if (bytes[0] % 4 == 2 && length > 1) memmove(state + at, state + at + 1, --length - at);
    if (bytes[0] % 4 != 2) state[at] = (char)bytes[3];
  }
  uint64_t sum = 0xcbf29ce484222325;
  for (size_t i = 0; i < length; i++) sum = (sum ^ (unsigned char)state[i]) * 0x100000001b3;
  memcpy(state + length, &sum, SUM);
  return length + SUM;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  static char truth[MOST], state[MOST + (1 << 16)];
  static size_t length;
  struct arena *arena = arena_new();
  if (!length) length = true_state(arena, truth) - SUM;
  memcpy(state, truth, length);
  FILE *file = fmemopen(state, changed(state, length, bytes, count), "rb");
  struct study *s = study_open(arena, base(arena), &options);
  if (study_load(s, file)) study_settle(s), study_results(s);
  fclose(file);
  study_close(s);
  arena_free(arena);
  return 0;
}
