#include "sim/report/output.h"
#include "sim/engine/allocate.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TRIES = 100 };

static bool write_all(int file, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(file, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written, length -= (size_t)written;
  }
  return true;
}

static bool fail(const char *path, int reason, char **error) {
  *error = allocate_format("cannot write %s: %s", path, strerror(reason));
  return false;
}

static bool write_directly(const char *path, const void *bytes, size_t length, char **error) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return fail(path, errno, error);
  bool written = write_all(file, bytes, length);
  int reason = errno;
  if (close(file) < 0 && written) written = false, reason = errno;
  return written || fail(path, reason, error);
}

/* A new file beside the target, with the permissions that the target has or would get. Returns -1 with errno. */
static int create_beside(const char *path, const struct stat *old, char **name) {
  for (int i = 0; i < TRIES; i++) {
    *name = allocate_format("%s.%ld-%d.tmp", path, (long)getpid(), i);
    int file = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 && old && fchmod(file, old->st_mode & 07777) < 0) errno = 0; /* a courtesy: not worth failing for */
    if (file >= 0) return file;
    free(*name);
    *name = NULL;
    if (errno != EEXIST) return -1;
  }
  return -1;
}

static bool replace(const char *path, const struct stat *old, const void *bytes, size_t length, char **error) {
  char *name = NULL;
  int file = create_beside(path, old, &name);
  if (file < 0) return fail(path, errno, error);
  int reason = 0;
  if (!write_all(file, bytes, length) || fsync(file) < 0) reason = errno;
  if (close(file) < 0 && !reason) reason = errno;
  if (!reason && rename(name, path) < 0) reason = errno;
  if (reason) unlink(name);
  free(name);
  return !reason || fail(path, reason, error);
}

bool output_write(const char *path, const void *bytes, size_t length, char **error) {
  struct stat old;
  *error = NULL;
  if (stat(path, &old) < 0) return replace(path, NULL, bytes, length, error);
  if (S_ISDIR(old.st_mode)) return fail(path, EISDIR, error);
  if (!S_ISREG(old.st_mode)) return write_directly(path, bytes, length, error);
  char *real = realpath(path, NULL);
  if (!real) allocate_check_errno();
  bool written = replace(real ? real : path, &old, bytes, length, error);
  free(real);
  return written;
}
