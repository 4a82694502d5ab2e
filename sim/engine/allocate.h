/* Memory from the system: the one door to it. What it returns is never null.
 *
 * There is nothing sensible to do in a simulation without memory, and a caller that forgot to check would crash or cut a result
 * short. So the last thing that a request that cannot be met does is to call out_of_memory, which does not return. The program that
 * is linked with this layer defines it: nothing here prints, exits or can be set. Any thread may be the first to get there.
 *
 *     double *samples = allocate(n * sizeof *samples);
 *     samples = allocate_resized(samples, 2 * n, sizeof *samples);
 *     free(samples);
 *
 *     char *text;
 *     size_t length;
 *     FILE *file = allocate_stream(&text, &length);
 *     fprintf(file, "%u replications", n);
 *     fclose(file);                            text ends with a zero that length does not count
 *     free(text);
 */
#ifndef ALLOCATE_H
#define ALLOCATE_H
#include <stddef.h>
#include <stdio.h>

/* Defined by the program: reports the number of bytes that were refused (0: not known) and ends it. */
_Noreturn void out_of_memory(size_t wanted);

void *allocate(size_t size);
/* An array of zeros; a product that does not fit in a size is refused. */
void *allocate_zeroed(size_t count, size_t size);
/* The array with another length; what is new is not zeroed. */
void *allocate_resized(void *piece, size_t count, size_t size);
/* The size is rounded up to a multiple of the alignment. */
void *allocate_aligned(size_t alignment, size_t size);
/* Pages of zeros straight from the system, for munmap. */
void *allocate_mapped(size_t size);

char *allocate_text(const char *text);
/* Text as by printf, of any length. */
char *allocate_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A file in memory, as by open_memstream, except that it is never cut short: *text and *length are right after fflush and fclose,
 * and *text is the caller's to free. */
FILE *allocate_stream(char **text, size_t *length);

/* For a call that opens something and has just failed: ends the program when it was memory that was missing. */
void allocate_check_errno(void);

#endif
