/* A stored point of a sweep: the bytes with a right checksum behind them, so that what is in front of it has to hold alone. */
#include "sim/store/point_store.h"
#include "tests/fuzz/fuzz.h"
#include <inttypes.h>

static uint64_t checksum(const uint8_t *bytes, size_t length) {
  uint64_t sum = 0xCBF29CE484222325u;
  for (size_t i = 0; i < length; i++) sum = (sum ^ bytes[i]) * 0x100000001B3u;
  return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
  FILE *file = fopen("build/fuzz/k-1.point", "wb");
  if (!file || fwrite(bytes, 1, length, file) != length) abort();
  fprintf(file, "sum %016" PRIx64 "\n", checksum(bytes, length));
  fclose(file);
  struct point_rows rows;
  if (point_store_read("build/fuzz", "k-1", &rows) == POINT_STORED)
    for (int i = 0; i < POINT_PARTS; i++)
      if (memchr(rows.parts[i].text, 0, rows.parts[i].length + 1) == NULL) abort();
  point_rows_free(&rows);
  return 0;
}
