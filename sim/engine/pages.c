#include "sim/engine/pages.h"
#include "sim/engine/allocate.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static bool on_large(size_t size) { return size >= PAGES_LEAST && size <= PAGES_MOST; }

/* So much on large pages: what is less than half of one stays on small ones. */
static size_t large(size_t size) { return (size + PAGES_SIZE / 2) / PAGES_SIZE * PAGES_SIZE; }

static size_t whole(size_t size) {
  size_t small = (size_t)sysconf(_SC_PAGESIZE), all = (size + small - 1) / small * small;
  return all > large(size) ? all : large(size);
}

/* A large page begins at a multiple of its size: what is around that is given back. */
static void *map(size_t wanted) {
  size_t size = whole(wanted);
  unsigned char *mapped = allocate_mapped(size + PAGES_SIZE);
  size_t before = (PAGES_SIZE - (uintptr_t)mapped % PAGES_SIZE) % PAGES_SIZE;
  if (before) munmap(mapped, before);
  munmap(mapped + before + size, PAGES_SIZE - before);
#ifdef MADV_HUGEPAGE
  madvise(mapped + before, large(wanted), MADV_HUGEPAGE); /* refused: then all are small */
#endif
  return mapped + before;
}

void *pages_take(size_t size) {
  if (on_large(size)) return map(size);
  void *piece = allocate_zeroed(1, size ? size : 1);
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

void pages_keep_freed(void) {
#ifdef __GLIBC__
  enum { LARGE = 32 << 20, KEPT = 256 << 20 };
  mallopt(M_MMAP_THRESHOLD, LARGE);
  mallopt(M_TRIM_THRESHOLD, KEPT);
#endif
}
