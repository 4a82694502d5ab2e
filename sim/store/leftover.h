/* What must not stay behind when the program ends in the middle of something: temporary files, a private folder, a process.
 *
 * A signal handler and the end of memory can reach nothing but globals, so here are some: the one place outside of sim/cli that has
 * any. leftover_remove_all is safe in a signal handler, in any thread, at any time.
 *
 *     int guard = leftover_guard(name);
 *     ... write the file, rename it or unlink it ...
 *     leftover_release(guard);
 */
#ifndef LEFTOVER_H
#define LEFTOVER_H
#include <sys/types.h>

/* A file, or a folder that is empty once all that was guarded before it is gone. Returns -1, which may be released, when there is
 * no room for it. */
int leftover_guard(const char *path);
void leftover_release(int guard);
/* A child that leads a process group of its own; 0: it has ended. One at a time. */
void leftover_child(pid_t child);

/* To be followed by _exit. */
void leftover_remove_all(void);

#endif
