/* To be preloaded: the n-th allocation of the program fails, and with STARVE_ON=1 all that follow. STARVE=0 fails none; how many there
 * were is written to the file that STARVE_COUNT names. */
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t),
    *__libc_memalign(size_t, size_t);

static atomic_ulong taken;
static unsigned long wanted;
static bool on, begun;

__attribute__((constructor)) static void begin(void) {
  const char *n = getenv("STARVE"), *rest = getenv("STARVE_ON");
  wanted = n ? strtoul(n, NULL, 10) : 0, on = rest && *rest == '1', begun = true;
  unsetenv("LD_PRELOAD");
}

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("STARVE_COUNT");
  begun = false;
  FILE *file = path ? fopen(path, "w") : NULL;
  if (file) fprintf(file, "%lu\n", atomic_load(&taken)), fclose(file);
}

static bool starved(void) {
  if (!begun) return false;
  unsigned long n = atomic_fetch_add(&taken, 1) + 1;
  if (!wanted || (on ? n < wanted : n != wanted)) return false;
  errno = ENOMEM;
  return true;
}

void *malloc(size_t size) { return starved() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return starved() ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return starved() ? NULL : __libc_realloc(old, size); }
void *aligned_alloc(size_t alignment, size_t size) { return starved() ? NULL : __libc_memalign(alignment, size); }

void *mmap(void *at, size_t length, int protection, int flags, int file, off_t offset) {
  if (starved()) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, at, length, protection, flags, file, offset);
}
