/* What a program that is started may do, as far as the kernel allows: Landlock (Linux 5.13 on) for files, seccomp for system calls,
 * limits.
 *
 * It reads and executes what belongs to the system (/usr, /lib, /etc/fonts, ...) and the folder that its own file is in, reads and
 * writes below one folder, and nothing else: no file of the user, no network, no other process, no more privileges than it has,
 * files up to a limit, no core. All of it holds for what that program starts, too. Where the kernel lacks one of these the program
 * starts without that one: `confined_by` says what there is.
 *
 *     pid_t child;
 *     int reason = confined_start(&(struct confined){.folder = room, .program = "gnuplot", ...}, &child);    an errno, or 0
 */
#ifndef CONFINE_H
#define CONFINE_H
#include <sys/types.h>

struct confined {
  const char *folder;  /* it starts here, and may write here only */
  const char *program; /* a name, looked up in $PATH */
  char *const *arguments, *const *environment;
  const char *log; /* a new file in the folder: stdout and stderr. stdin is /dev/null */
  long file_limit; /* bytes */
};

/* Starts it as the leader of a process group. Returns 0, or the reason why it was not started. */
int confined_start(const struct confined *, pid_t *child);

enum { CONFINED_FILES = 1, CONFINED_CALLS = 2 };
int confined_by(void); /* what this kernel offers */

#endif
