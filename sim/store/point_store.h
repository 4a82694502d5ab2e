/* A folder of finished points: what makes a sweep resumable.
 *
 * A file a point, named after what identifies it, KEY.point. The file holds the point's rows, without number and values,
 * because these depend on the sweep and not on the point:
 *
 *     aguanta-point 1 KEY             KEY again, so that a renamed file is found out
 *     code 98 statements 99 requests 180123 events 2345678
 *     section csv 10234               then as many bytes, then a line feed
 *     section ndjson 9876
 *     section table 80                the cells of the terminal's table
 *     sum 0123456789abcdef            FNV-1a, 64 bits, of all bytes before this line
 *
 * Files are written whole or not at all (output.h). A file that is cut, changed or of another format is distinguished from one
 * that is missing. Unknown sections are read over, so that a later version can keep more than the rows, such as the sums
 * from which more replications could go on.
 *
 *     struct point_rows rows;
 *     if (point_store_read("web.sweep", key, &rows) == POINT_STORED) ...
 *     point_rows_free(&rows);
 */
#ifndef POINT_STORE_H
#define POINT_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Text or bytes with their length, from malloc. */
struct point_section {
  char *text;
  size_t length;
};

enum point_part { POINT_CSV, POINT_NDJSON, POINT_TABLE, POINT_PARTS };

/* What an answer comes to, as the exit code that it gives. */
enum point_code { POINT_HOLDS = 0, POINT_UNDECIDED = 98, POINT_FAILED = 99 };

struct point_rows {
  uint32_t code, statements; /* enum point_code: of its requirements, and with its statements */
  uint64_t requests, events;
  struct point_section parts[POINT_PARTS];
};

void point_rows_free(struct point_rows *);

enum point_state { POINT_MISSING, POINT_STORED, POINT_BROKEN, POINT_UNREADABLE };

/* Makes the folder if need be. False with a message that the caller frees. */
bool point_store_open(const char *folder, char **error);
/* Whether the folder can be read. False with a message that the caller frees. */
bool point_store_there(const char *folder, char **error);
enum point_state point_store_read(const char *folder, const char *key, struct point_rows *);
bool point_store_write(const char *folder, const char *key, const struct point_rows *, char **error);
/* Calls `visit` with the key of every point file, in no order. False when the folder cannot be read. */
bool point_store_list(const char *folder, void (*visit)(void *context, const char *key), void *context);

#endif
