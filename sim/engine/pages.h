/* Memory for tables, on large pages where that pays.
 *
 * A run reads and writes histograms, cache contents and tables all over some megabytes. On pages of 4 KiB the processor spends a
 * seventh of its time on finding out where they are (measured on a virtual machine, where a look-up walks two tables); on pages of
 * 2 MiB it knows. A large page is there as a whole once any of it is touched, and the system takes a fraction of a millisecond to
 * clear it: so tables beyond PAGES_MOST, of which most is never touched, and small ones are on ordinary pages, and who lives for a
 * few milliseconds does not ask for any.
 *
 *     uint32_t *slots = pages_take(count * sizeof *slots);                          all zero
 *     slots = pages_grow(slots, count * sizeof *slots, 2 * count * sizeof *slots);  the new half is zero
 *     pages_give(slots, 2 * count * sizeof *slots);                                 what it was taken or grown with
 */
#ifndef PAGES_H
#define PAGES_H
#include <stddef.h>

enum { PAGES_SIZE = 1 << 21, PAGES_LEAST = 1 << 20, PAGES_MOST = 1 << 25 };

void *pages_take(size_t size);
void *pages_grow(void *piece, size_t size, size_t more);
void pages_give(void *piece, size_t size); /* null is allowed */

/* For a main function. Each replication builds a world and frees it: given back to the system every time, its pages would have to
 * be faulted in again, by all threads under one lock. A sweep took twice as long. */
void pages_keep_freed(void);

#endif
