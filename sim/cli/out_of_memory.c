/* The end of the program when memory runs out: one line, nothing half written, exit status 1. */
#include "sim/cli/exit_code.h"
#include "sim/engine/allocate.h"
#include "sim/store/leftover.h"
#include <stdatomic.h>
#include <unistd.h>

static size_t append(char *line, size_t length, const char *text) {
  while (*text) line[length++] = *text++;
  return length;
}

static size_t append_number(char *line, size_t length, size_t number) {
  char digits[24];
  size_t count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while (number /= 10);
  while (count) line[length++] = digits[--count];
  return length;
}

/* Without memory, and without stdio: what it holds is not to be written. Of several threads one reports. */
_Noreturn void out_of_memory(size_t wanted) {
  static atomic_flag reported = ATOMIC_FLAG_INIT;
  while (atomic_flag_test_and_set(&reported)) pause();
  char line[120];
  size_t length = append(line, 0, "aguanta: out of memory");
  if (wanted >= 1 << 20) {
    length = append(line, length, ": the system refused another ");
    length = append_number(line, length, wanted >> 20);
    length = append(line, length, " MiB");
  }
  length = append(line, length, "\n");
  leftover_remove_all();
  if (write(STDERR_FILENO, line, length) < 0) _exit(EXIT_ERROR);
  _exit(EXIT_ERROR);
}
