#include "sim/cli/step_summary.h"
#include "sim/engine/allocate.h"
#include "sim/json/safe_text.h"
#include "sim/report/page_report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "GITHUB_STEP_SUMMARY"

static const char *path_of(void) {
  const char *path = getenv(VARIABLE);
  return path && *path ? path : NULL;
}

bool step_summary_fits(const struct options *o) {
  if (!o->step_summary || path_of()) return true;
  safe_print(stderr, "aguanta %s: --step-summary: " VARIABLE " is not set; it names a file in the steps of GitHub Actions\n",
             o->command->name);
  return false;
}

static bool append(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return false;
  while (length) {
    ssize_t put = write(file, text, length);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      int reason = errno;
      close(file);
      errno = reason;
      return false;
    }
    text += put, length -= (size_t)put;
  }
  return !close(file);
}

bool step_summary_append(const struct options *o, const struct answer *a) {
  char *text = NULL;
  size_t length = 0;
  if (!o->step_summary) return true;
  FILE *file = allocate_stream(&text, &length);
  page_answer_markdown(file, a);
  fclose(file);
  bool good = append(path_of(), text, length);
  if (!good)
    safe_print(stderr, "aguanta %s: cannot append to %s (" VARIABLE "): %s\n", o->command->name, path_of(), strerror(errno));
  free(text);
  return good;
}
