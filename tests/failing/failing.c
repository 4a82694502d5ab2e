/* Loaded in front of the C library by tests/sim/cli/test_failing.c: lets the nth call of one function fail, as a full disk or a machine without
 * processes would. FAIL_CALL names the function, FAIL_NTH the call, FAIL_MARK a file that is made when it has failed. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static atomic_int calls;

static bool fails(const char *name) {
  const char *wanted = getenv("FAIL_CALL"), *nth = getenv("FAIL_NTH"), *mark = getenv("FAIL_MARK");
  if (!wanted || !nth || strcmp(wanted, name) != 0 || atomic_fetch_add(&calls, 1) + 1 != atoi(nth)) return false;
  int file = mark ? open(mark, O_WRONLY | O_CREAT, 0600) : -1;
  if (file >= 0) close(file);
  return true;
}

/* ISO C has no conversion from an object's address to a function's; POSIX does. */
#define REAL(type, name)                                                                                                           \
  type real;                                                                                                                       \
  *(void **)&real = dlsym(RTLD_NEXT, name)

ssize_t write(int file, const void *bytes, size_t length) {
  typedef ssize_t call(int, const void *, size_t);
  REAL(call *, "write");
  if (file > 2 && fails("write")) return errno = ENOSPC, -1;
  return real(file, bytes, length);
}

int rename(const char *from, const char *to) {
  typedef int call(const char *, const char *);
  REAL(call *, "rename");
  return fails("rename") ? errno = EACCES, -1 : real(from, to);
}

int fsync(int file) {
  typedef int call(int);
  REAL(call *, "fsync");
  return fails("fsync") ? errno = EIO, -1 : real(file);
}

FILE *fopen(const char *path, const char *mode) {
  typedef FILE *call(const char *, const char *);
  REAL(call *, "fopen");
  return fails("fopen") ? errno = EMFILE, NULL : real(path, mode);
}

char *mkdtemp(char *path) {
  typedef char *call(char *);
  REAL(call *, "mkdtemp");
  return fails("mkdtemp") ? errno = ENOSPC, NULL : real(path);
}

pid_t fork(void) {
  typedef pid_t call(void);
  REAL(call *, "fork");
  if (!fails("fork")) return real();
  errno = EAGAIN;
  return -1;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context) {
  typedef int call(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  REAL(call *, "pthread_create");
  return fails("pthread_create") ? EAGAIN : real(thread, attributes, run, context);
}
