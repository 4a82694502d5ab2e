#include "sim/engine/allocate.h"
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *given(void *piece, size_t size) {
  if (!piece) out_of_memory(size);
  return piece;
}

static size_t product(size_t count, size_t size) {
  if (size && count > SIZE_MAX / 2 / size) out_of_memory(SIZE_MAX / 2);
  return count * size;
}

void *allocate(size_t size) { return given(malloc(size ? size : 1), size); }

void *allocate_zeroed(size_t count, size_t size) {
  size_t all = product(count, size);
  return given(calloc(1, all ? all : 1), all);
}

void *allocate_resized(void *piece, size_t count, size_t size) {
  size_t all = product(count, size);
  return given(realloc(piece, all ? all : 1), all);
}

void *allocate_aligned(size_t alignment, size_t size) {
  return given(aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment), size);
}

void *allocate_mapped(size_t size) {
  void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return given(pages == MAP_FAILED ? NULL : pages, size);
}

char *allocate_text(const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(allocate(size), text, size);
}

char *allocate_format(const char *format, ...) {
  va_list arguments, again;
  va_start(arguments, format);
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, arguments);
  if (length < 0) out_of_memory(0);
  char *text = allocate((size_t)length + 1);
  vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  va_end(arguments);
  return text;
}

void allocate_check_errno(void) {
  if (errno == ENOMEM) out_of_memory(0);
}

/* --- files in memory --------------------------------------------------------------------------------------------------------- */

struct stream {
  char **text;
  size_t *length;
  size_t room;
};

static ssize_t append(void *cookie, const char *bytes, size_t size) {
  struct stream *s = cookie;
  size_t needed = *s->length + size + 1;
  while (s->room < needed) s->room *= 2;
  *s->text = allocate_resized(*s->text, s->room, 1);
  memcpy(*s->text + *s->length, bytes, size);
  *s->length += size;
  (*s->text)[*s->length] = 0;
  return (ssize_t)size;
}

static int stream_closed(void *cookie) {
  free(cookie);
  return 0;
}

FILE *allocate_stream(char **text, size_t *length) {
  struct stream *s = allocate(sizeof *s);
  *s = (struct stream){.text = text, .length = length, .room = 256};
  *text = allocate(s->room);
  **text = 0, *length = 0;
  FILE *file = fopencookie(s, "w", (cookie_io_functions_t){.write = append, .close = stream_closed});
  return given(file, sizeof *file);
}
