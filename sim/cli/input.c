#include "sim/cli/input.h"
#include "sim/json/safe_text.h"
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { INPUT_LIMIT = 64 << 20, PIECE = 1 << 16 }; /* bytes; scenarios have a limit of their own */

static bool fail(const struct command *c, enum exit_code *code, const char *why) {
  safe_print(stderr, "aguanta %s: cannot read standard input: %s\n", c->name, why);
  *code = EXIT_INVALID;
  return false;
}

/* From standard input to the file; the bytes, or -1 with errno. */
static ssize_t copy(int file) {
  char piece[PIECE];
  ssize_t sum = 0, got;
  while ((got = read(STDIN_FILENO, piece, sizeof piece)) != 0 && sum <= INPUT_LIMIT) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || write(file, piece, (size_t)got) != got) return -1;
    sum += got;
  }
  return sum;
}

/* Reads it into memory that has a name: a pipe could be read once, and a sweep reads its scenario at every point. */
static bool keep(const struct command *c, enum exit_code *code) {
  int file = memfd_create("standard input", 0);
  ssize_t length = file < 0 ? -1 : copy(file);
  if (length < 0 || dup2(file, STDIN_FILENO) < 0) {
    int reason = errno;
    if (file >= 0) close(file);
    return fail(c, code, strerror(reason));
  }
  close(file);
  return length <= INPUT_LIMIT || fail(c, code, "it is larger than 64 MiB");
}

/* --from FILE,...: "-" has one of its own, since a list of files is read as one measurement. */
static bool take_from(struct options *o, const struct command *c, uint32_t i, uint32_t *named) {
  const char *list = o->froms[i];
  if (!strcmp(list, "-")) {
    ++*named, o->froms[i] = "/dev/stdin";
    return true;
  }
  size_t length = strlen(list);
  bool part = !strncmp(list, "-,", 2) || strstr(list, ",-,") || (length > 1 && !strcmp(list + length - 2, ",-"));
  if (part) safe_print(stderr, "aguanta %s: in --from %s: write /dev/stdin for the one that is standard input\n", c->name, list);
  return !part;
}

bool input_take(struct options *o, const struct command *c, enum exit_code *code) {
  uint32_t named = 0;
  if (c->words) return true;
  for (uint32_t i = 0; i < o->file_count; i++)
    if (!strcmp(o->files[i], "-")) named++, o->files[i] = "/dev/stdin";
  for (uint32_t i = 0; i < o->from_count; i++)
    if (!take_from(o, c, i, &named)) {
      *code = EXIT_USAGE;
      return false;
    }
  if (!named) return true;
  if (named == 1) return (c->streams && c->streams(o)) || keep(c, code);
  safe_print(stderr, "aguanta %s: \"-\" is given %u times: standard input is one file\n", c->name, named);
  *code = EXIT_USAGE;
  return false;
}
