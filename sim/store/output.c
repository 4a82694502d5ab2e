#include "sim/store/output.h"
#include "sim/engine/allocate.h"
#include "sim/store/leftover.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 100, HOST_SIZE = 64, DAY_S = 86400 };

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

/* The machine's name as a part of a file's: a store may be written to by many machines. */
static void host_name(char name[HOST_SIZE]) {
  memset(name, 0, HOST_SIZE);
  if (gethostname(name, HOST_SIZE - 1) < 0 || !*name) strcpy(name, "host");
  for (char *c = name; *c; c++)
    if (!isalnum((unsigned char)*c)) *c = '-';
}

/* A new file beside the target, with the permissions that the target has or would get. Returns -1 with errno. */
static int create_beside(const char *path, const struct stat *old, char **name) {
  char host[HOST_SIZE];
  host_name(host);
  for (int i = 0; i < TRIES; i++) {
    *name = allocate_format("%s.%s.%ld-%d.tmp", path, host, (long)getpid(), i);
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
  int reason = 0, guard = leftover_guard(name);
  if (!write_all(file, bytes, length) || fsync(file) < 0) reason = errno;
  if (close(file) < 0 && !reason) reason = errno;
  if (!reason && rename(name, path) < 0) reason = errno;
  if (reason) unlink(name);
  leftover_release(guard);
  free(name);
  return !reason || fail(path, reason, error);
}

/* "-", and "-.png" where the name says the format too. */
static bool is_stdout(const char *path) { return path[0] == '-' && (!path[1] || path[1] == '.'); }

static bool to_stdout(const void *bytes, size_t length, char **error) {
  return (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0) || fail("to standard output", errno, error);
}

bool output_write(const char *path, const void *bytes, size_t length, char **error) {
  struct stat old;
  *error = NULL;
  if (is_stdout(path)) return to_stdout(bytes, length, error);
  if (stat(path, &old) < 0) return replace(path, NULL, bytes, length, error);
  if (S_ISDIR(old.st_mode)) return fail(path, EISDIR, error);
  if (!S_ISREG(old.st_mode)) return write_directly(path, bytes, length, error);
  char *real = realpath(path, NULL);
  if (!real) allocate_check_errno();
  bool written = replace(real ? real : path, &old, bytes, length, error);
  free(real);
  return written;
}

/* --- before anything is written ----------------------------------------------------------------------------------------------*/

static bool try_beside(const char *target, const char *path, char **error) {
  char *name = NULL;
  int file = create_beside(target, NULL, &name);
  if (file < 0) return fail(path, errno, error);
  int guard = leftover_guard(name);
  close(file), unlink(name);
  leftover_release(guard);
  free(name);
  return true;
}

bool output_try(const char *path, char **error) {
  struct stat old;
  *error = NULL;
  if (is_stdout(path)) return true;
  if (stat(path, &old) < 0) return try_beside(path, path, error);
  if (S_ISDIR(old.st_mode)) return fail(path, EISDIR, error);
  if (!S_ISREG(old.st_mode)) return access(path, W_OK) == 0 || fail(path, errno, error);
  char *real = realpath(path, NULL);
  if (!real) allocate_check_errno();
  bool good = try_beside(real ? real : path, path, error);
  free(real);
  return good;
}

bool output_try_folder(const char *path, char **error) {
  struct stat there;
  *error = NULL;
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  bool exists = !stat(path, &there);
  if (exists && !S_ISDIR(there.st_mode)) return fail(path, ENOTDIR, error);
  char *target = allocate_format(exists ? "%.*s/try" : "%.*s", (int)length, path);
  bool good = try_beside(target, path, error);
  free(target);
  return good;
}

/* --- what was left behind ----------------------------------------------------------------------------------------------------- */

/* Whether the name is NAME.HOST.PID-N.tmp, and its process is or may be at work. */
static bool is_temporary(const char *name, char host[HOST_SIZE], long *process) {
  size_t length = strlen(name);
  if (length < 5 || strcmp(name + length - 4, ".tmp")) return false;
  const char *dots[2] = {NULL, NULL}; /* before the host, and before the process */
  for (const char *c = name; c < name + length - 4; c++)
    if (*c == '.') dots[0] = dots[1], dots[1] = c;
  int try, end = 0;
  if (!dots[0] || dots[0] == name || dots[1] - dots[0] - 1 >= HOST_SIZE) return false;
  snprintf(host, HOST_SIZE, "%.*s", (int)(dots[1] - dots[0] - 1), dots[0] + 1);
  return sscanf(dots[1], ".%9ld-%3d.tmp%n", process, &try, &end) == 2 && dots[1][end] == 0;
}

void output_tidy(const char *folder) {
  DIR *directory = opendir(folder);
  char mine[HOST_SIZE], host[HOST_SIZE];
  host_name(mine);
  if (!directory) return allocate_check_errno();
  for (struct dirent *entry; (entry = readdir(directory));) {
    long process;
    struct stat status;
    if (!is_temporary(entry->d_name, host, &process)) continue;
    if (fstatat(dirfd(directory), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode)) continue;
    bool gone = !strcmp(host, mine) && kill((pid_t)process, 0) < 0 && errno == ESRCH;
    if (gone || status.st_mtime + DAY_S < time(NULL)) unlinkat(dirfd(directory), entry->d_name, 0);
  }
  closedir(directory);
}
