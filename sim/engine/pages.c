#include "sim/engine/pages.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static bool on_large(size_t size) { return size >= PAGES_LEAST && size <= PAGES_MOST; }

static size_t whole(size_t size) { return (size + PAGES_SIZE - 1) / PAGES_SIZE * PAGES_SIZE; }

/* A large page begins at a multiple of its size: what is around that is given back. */
static void *map(size_t size) {
  unsigned char *mapped = mmap(NULL, size + PAGES_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) abort();
  size_t before = (PAGES_SIZE - (uintptr_t)mapped % PAGES_SIZE) % PAGES_SIZE;
  if (before) munmap(mapped, before);
  munmap(mapped + before + size, PAGES_SIZE - before);
#ifdef MADV_HUGEPAGE
  madvise(mapped + before, size, MADV_HUGEPAGE); /* refused: then they are small */
#endif
  return mapped + before;
}

void *pages_take(size_t size) {
  if (on_large(size)) return map(whole(size));
  void *piece = calloc(1, size ? size : 1);
  if (!piece) abort();
  return piece;
}

void pages_give(void *piece, size_t size) {
  if (piece && on_large(size))
    munmap(piece, whole(size));
  else
    free(piece);
}

void *pages_grow(void *piece, size_t size, size_t more) {
  void *larger = pages_take(more);
  if (piece) memcpy(larger, piece, size);
  pages_give(piece, size);
  return larger;
}
