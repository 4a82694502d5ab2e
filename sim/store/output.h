/* Files that are either the old ones or the new ones, never half of each.
 *
 * The bytes go to a new file in the same directory, are flushed to the disk, and take the target's name in one step. A
 * failure (full disk, no permission) leaves the old file as it was and no other file. A link is followed, so that it
 * stays a link; a device or a pipe (/dev/stdout) is written directly. "-" is standard output, and so are "-.svg" and "-.png",
 * which say the format too. The new file is a leftover (leftover.h) until then. */
#ifndef OUTPUT_H
#define OUTPUT_H
#include <stdbool.h>
#include <stddef.h>

/* On failure *error is a message with the path and the reason; the caller frees it. */
bool output_write(const char *path, const void *bytes, size_t length, char **error);

/* Whether output_write could write there now, by a new file beside the target that is removed again; likewise whether a folder
 * takes new files, or could be made. Before long work: a wrong path is an error then and not after it. */
bool output_try(const char *path, char **error);
bool output_try_folder(const char *path, char **error);

/* Removes the new files that writers to this folder left behind when they were killed: those of this machine that are no more, and
 * of others what is older than a day. */
void output_tidy(const char *folder);

#endif
