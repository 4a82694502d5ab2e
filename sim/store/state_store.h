/* The sums behind finished points, in the same folder as their rows (point_store.h): what more replications go on from.
 *
 * A file a point and number of replications, HASH-N.state; the bytes are a study's (study_save), with a checksum of their own. */
#ifndef STATE_STORE_H
#define STATE_STORE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct state_list;

/* The states that a folder holds now; null when it cannot be read. */
struct state_list *state_list_new(const char *folder);
void state_list_free(struct state_list *); /* null is allowed */
/* The largest number of replications, at most `most`, of which there is a state; 0 when there is none. */
uint32_t state_list_find(const struct state_list *, uint64_t hash, uint32_t most);

/* Null when it cannot be opened. */
FILE *state_open(const char *folder, uint64_t hash, uint32_t replications);
bool state_write(const char *folder, uint64_t hash, uint32_t replications, const void *bytes, size_t length, char **error);

#endif
