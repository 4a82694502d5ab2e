#include "sim/scenario/source_file.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

bool source_too_large(struct diagnostics *d, const char *name, size_t length, size_t limit) {
  if (length <= limit) return false;
  struct position whole = {diagnostics_source(d, name, "", 0), 0, 0};
  diagnostic_add(d, &whole, "is larger than %zu MiB, the most that is read", limit >> 20);
  return true;
}

/* Reads at most the limit and a little more, which is then known to be too much. */
static char *read_bytes(struct arena *arena, FILE *file, size_t limit, size_t *length) {
  size_t room = 1 << 16, size = 0;
  char *bytes = arena_alloc(arena, room);
  for (size_t got; (got = fread(bytes + size, 1, room - size - 1, file)) > 0;) {
    size += got;
    if (size > limit) break;
    if (room - size > 1) continue;
    char *more = arena_alloc(arena, room *= 2);
    memcpy(more, bytes, size);
    bytes = more;
  }
  bytes[size] = 0;
  *length = size;
  return bytes;
}

const struct source_text *source_read_file(struct arena *arena, struct diagnostics *d, const char *path, size_t limit) {
  errno = 0;
  FILE *file = fopen(path, "rbe");
  if (!file) allocate_check_errno();
  size_t length = 0;
  char *bytes = file ? read_bytes(arena, file, limit, &length) : NULL;
  int problem = !file || ferror(file) ? errno : 0;
  if (file) fclose(file);
  if (problem) {
    struct position whole = {diagnostics_source(d, path, "", 0), 0, 0};
    diagnostic_add(d, &whole, "cannot be read: %s", strerror(problem));
    return NULL;
  }
  return source_too_large(d, path, length, limit) ? NULL : diagnostics_source(d, path, bytes, length);
}

const char *source_beside(struct arena *arena, const struct position *from, const char *fallback, const char *name) {
  const char *file = from && from->source && !from->source->is_option ? from->source->name : fallback;
  const char *slash = strcmp(file, "/dev/stdin") ? strrchr(file, '/') : NULL; /* what is piped in stands in no folder */
  return name[0] == '/' || !slash ? name : arena_format(arena, "%.*s/%s", (int)(slash - file), file, name);
}
