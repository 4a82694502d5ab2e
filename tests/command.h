/* Runs a program by argument vector and keeps what it said: fork and exec, no shell, a time limit, signals on request.
 *
 *     struct child c = AGUANTA("run", "tests/cli/small.json", "-q");
 *     test_check(c.status == 0, "%s", c.err);
 *     child_free(&c);
 */
#ifndef COMMAND_H
#define COMMAND_H
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Zero is the ordinary case: both streams are kept, nothing is signalled, 60 s. */
struct child_wish {
  const char *stdout_path; /* instead of keeping it */
  const char *stdin_path;  /* instead of nothing */
  bool reader_leaves;      /* stdout is closed by its reader after the first bytes */
  int signal, again;       /* sent, one right after the other, when the program catches SIGINT and `after_s` more have passed */
  double after_s, limit_s;
  long file_bytes;         /* files end here, as on a full disk */
  const char *environment; /* one NAME=VALUE more */
};

struct child {
  int status; /* exit status; 128 + signal when killed; -1: not started or out of time */
  char *out, *err;
  size_t out_length, err_length;
  double seconds; /* after the first signal, else in all */
};

static inline double child_clock(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline const char *child_aguanta(void) {
  const char *named = getenv("AGUANTA_BIN");
  return named && *named ? named : "build/aguanta";
}

static inline void child_exec(const struct child_wish *w, const char *const *words, int out, int err) {
  int nothing = open(w->stdin_path ? w->stdin_path : "/dev/null", O_RDONLY);
  if (w->stdout_path) out = open(w->stdout_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(nothing, STDIN_FILENO), dup2(out, STDOUT_FILENO), dup2(err, STDERR_FILENO);
  if (w->file_bytes) {
    struct rlimit limit = {(rlim_t)w->file_bytes, (rlim_t)w->file_bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (w->environment) putenv((char *)w->environment);
  signal(SIGINT, SIG_DFL), signal(SIGPIPE, SIG_DFL);
  execvp(words[0], (char *const *)words);
  _exit(127);
}

/* Whether the process has a handler for SIGINT: only then does a signal say anything about the program. */
static inline bool child_catches(pid_t pid) {
  char path[60], line[200];
  unsigned long long caught = 0;
  snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file)) sscanf(line, "SigCgt: %llx", &caught);
  if (file) fclose(file);
  return caught >> (SIGINT - 1) & 1;
}

/* Takes what is there; false at the end. */
static inline bool child_read(int file, char **text, size_t *length) {
  char bytes[65536];
  ssize_t got = read(file, bytes, sizeof bytes);
  if (got <= 0) return false;
  *text = realloc(*text, *length + (size_t)got + 1);
  memcpy(*text + *length, bytes, (size_t)got);
  (*text)[ *length += (size_t)got] = 0;
  return true;
}

struct child_signals {
  double caught, first; /* moments; 0: not yet */
};

static inline void child_signal(const struct child_wish *w, pid_t pid, struct child_signals *s) {
  double now = child_clock();
  if (!w->signal) return;
  if (!s->caught && child_catches(pid)) s->caught = now;
  if (s->caught && !s->first && now >= s->caught + w->after_s) {
    kill(pid, w->signal), s->first = now;
    if (w->again) kill(pid, w->again);
  }
}

static inline bool child_watch(const struct child_wish *w, pid_t pid, int out, int err, struct child *c, struct child_signals *s) {
  double end = child_clock() + (w->limit_s > 0 ? w->limit_s : 60);
  struct pollfd files[2] = {{out, POLLIN, 0}, {err, POLLIN, 0}};
  while (files[0].fd >= 0 || files[1].fd >= 0) {
    if (child_clock() > end) return false;
    child_signal(w, pid, s);
    if (poll(files, 2, w->signal ? 10 : 100) <= 0) continue;
    if (files[0].fd >= 0 && files[0].revents && (!child_read(out, &c->out, &c->out_length) || w->reader_leaves))
      close(out), files[0].fd = -1;
    if (files[1].fd >= 0 && files[1].revents && !child_read(err, &c->err, &c->err_length)) close(err), files[1].fd = -1;
  }
  return true;
}

static inline struct child child_run(const struct child_wish *w, const char *const *words) {
  struct child c = {.status = -1, .out = calloc(1, 1), .err = calloc(1, 1)};
  struct child_signals s = {0, 0};
  int out[2], err[2];
  double started = child_clock();
  if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return c;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) child_exec(w, words, out[1], err[1]);
  close(out[1]), close(err[1]);
  if (pid < 0) return c;
  bool ended = child_watch(w, pid, out[0], err[0], &c, &s);
  if (!ended) kill(pid, SIGKILL);
  int status;
  waitpid(pid, &status, 0);
  c.seconds = child_clock() - (s.first > 0 ? s.first : started);
  if (ended) c.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return c;
}

static inline void child_free(struct child *c) {
  free(c->out), free(c->err);
  c->out = c->err = NULL;
}

#define AGUANTA_AS(wish, ...) child_run(wish, (const char *const[]){child_aguanta(), __VA_ARGS__, NULL})
#define AGUANTA(...)          AGUANTA_AS(&(struct child_wish){0}, __VA_ARGS__)

/* --- a private directory, removed at the end -------------------------------------------------------------------------------- */

static char child_directory[60];

static inline int child_remove(const char *path, const struct stat *status, int type, struct FTW *place) {
  (void)status, (void)type, (void)place;
  return remove(path);
}
static inline void child_clean(void) { nftw(child_directory, child_remove, 8, FTW_DEPTH | FTW_PHYS); }

/* A path inside of it, to be freed. */
static inline char *child_path(const char *name) {
  char *path = NULL;
  if (!*child_directory) {
    strcpy(child_directory, "/tmp/aguanta-test-XXXXXX");
    if (!mkdtemp(child_directory)) abort();
    atexit(child_clean);
  }
  if (asprintf(&path, "%s/%s", child_directory, name) < 0) abort();
  return path;
}

static inline void child_write(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  if (!file) return;
  fputs(text, file);
  fclose(file);
}

static inline bool child_exists(const char *path) { return access(path, F_OK) == 0; }

/* --- what was said ---------------------------------------------------------------------------------------------------------------- */

static inline bool child_begins(const char *text, const char *with) { return !strncmp(text, with, strlen(with)); }

static inline bool child_ends(const char *text, const char *with) {
  size_t length = strlen(text), wanted = strlen(with);
  return length >= wanted && !strcmp(text + length - wanted, with);
}

static inline int child_count(const char *text, const char *word) {
  int count = 0;
  for (; (text = strstr(text, word)); text += strlen(word)) count++;
  return count;
}

/* The last line, which must end with a newline; "" when it does not. */
static inline const char *child_last_line(const char *text) {
  size_t length = strlen(text);
  if (!length || text[length - 1] != '\n') return "";
  const char *at = text + length - 1;
  while (at > text && at[-1] != '\n') at--;
  return at;
}

#endif
