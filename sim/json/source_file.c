#include "sim/json/source_file.h"
#include "sim/engine/arena.h"
#include "sim/engine/allocate.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool source_too_large(struct diagnostics *d, const char *name, size_t length, size_t limit) {
  if (length <= limit) return false;
  struct position whole = {diagnostics_source(d, name, "", 0), 0, 0};
  diagnostic_add(d, &whole, "is larger than %zu MiB, the most that is read", limit >> 20);
  return true;
}

FILE *source_open(const char *path, size_t *size, const char **wrong) {
  struct stat status;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe without a writer would block here */
  bool good = descriptor >= 0 && !fstat(descriptor, &status);
  if (!good)
    *wrong = strerror(errno);
  else if (!S_ISREG(status.st_mode))
    errno = S_ISDIR(status.st_mode) ? EISDIR : ENXIO,
    *wrong = S_ISDIR(status.st_mode) ? strerror(EISDIR) : "it is a pipe or a device and not a file";
  else
    *size = (size_t)status.st_size;
  FILE *file = good && S_ISREG(status.st_mode) ? fdopen(descriptor, "rb") : NULL;
  if (good && S_ISREG(status.st_mode) && !file) allocate_check_errno(), *wrong = strerror(errno);
  if (!file && descriptor >= 0) close(descriptor);
  return file;
}

/* Reads at most the limit and a little more, which is then known to be too much: files of /proc say that they are empty. */
static char *read_bytes(struct arena *arena, FILE *file, size_t size, size_t limit, size_t *length) {
  size_t room = size + 4096, used = 0;
  char *bytes = arena_alloc(arena, room);
  for (size_t got; (got = fread(bytes + used, 1, room - used - 1, file)) > 0;) {
    used += got;
    if (used > limit) break;
    if (room - used > 1) continue;
    char *more = arena_alloc(arena, room *= 2);
    memcpy(more, bytes, used);
    bytes = more;
  }
  bytes[used] = 0;
  *length = used;
  return bytes;
}

static const struct source_text *refuse(struct diagnostics *d, const char *path, const char *wrong) {
  struct position whole = {diagnostics_source(d, path, "", 0), 0, 0};
  diagnostic_add(d, &whole, "cannot be read: %s", wrong);
  return NULL;
}

const struct source_text *source_read_file(struct arena *arena, struct diagnostics *d, const char *path, size_t limit) {
  size_t length = 0, size = 0;
  const char *wrong = source_outside(d, path);
  FILE *file = wrong ? NULL : source_open(path, &size, &wrong);
  if (!file) return refuse(d, path, wrong);
  struct stat status;
  if (!fstat(fileno(file), &status)) diagnostics_note_file(d, (struct diagnostics_file){status.st_dev, status.st_ino});
  bool large = source_too_large(d, path, size, limit);
  char *bytes = large ? NULL : read_bytes(arena, file, size, limit, &length);
  int problem = ferror(file) ? errno : 0;
  if (problem) allocate_check_errno();
  fclose(file);
  if (problem) return refuse(d, path, strerror(problem));
  return large || source_too_large(d, path, length, limit) ? NULL : diagnostics_source(d, path, bytes, length);
}

const char *source_outside(const struct diagnostics *d, const char *path) {
  const char *root = diagnostics_root(d);
  if (!root || !strcmp(path, "/dev/stdin")) return NULL; /* what the user pipes in is in no folder */
  char *real = realpath(path, NULL);
  if (!real) allocate_check_errno();
  if (!real) return strerror(errno == EACCES ? EACCES : ENOENT);
  size_t length = strlen(root);
  bool inside = !strcmp(root, "/") || (!strncmp(real, root, length) && (real[length] == '/' || !real[length]));
  free(real);
  return inside ? NULL : "it is outside the folder that --root names";
}

bool source_was_read(const struct diagnostics *d, const char *path) {
  struct stat status;
  return !stat(path, &status) && diagnostics_has_file(d, (struct diagnostics_file){status.st_dev, status.st_ino});
}

bool source_same_file(const char *a, const char *b) {
  struct stat x, y;
  return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool source_named(struct diagnostics *d, const struct position *at, const char *path) {
  size_t size;
  const char *wrong = source_outside(d, path);
  FILE *file = wrong ? NULL : source_open(path, &size, &wrong);
  if (file)
    fclose(file);
  else
    diagnostic_add(d, at, "cannot read %s: %s", *path ? path : "\"\"", *path ? wrong : strerror(ENOENT));
  return file != NULL;
}

const char *source_beside(struct arena *arena, const struct position *from, const char *fallback, const char *name) {
  const char *file = from && from->source && !from->source->is_option ? from->source->name : fallback;
  const char *slash = strcmp(file, "/dev/stdin") ? strrchr(file, '/') : NULL; /* what is piped in stands in no folder */
  return name[0] == '/' || !slash ? name : arena_format(arena, "%.*s/%s", (int)(slash - file), file, name);
}
