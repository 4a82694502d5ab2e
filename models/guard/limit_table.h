/* Which clients have an account: an open-addressing table from a key to the number of an account in a pool.
 *
 * Slots are probed one after another; the table is rebuilt when half of it is taken. A rebuild asks of every account whether it
 * is spent and drops those, so it happens at most once per quarter of the table's size of new keys, and the size follows the
 * accounts that are alive. */
#ifndef LIMIT_TABLE_H
#define LIMIT_TABLE_H
#include <stdbool.h>
#include <stdint.h>

/* Whose account (client, class, endpoint), and where: a container's life, or everywhere. */
struct limit_key {
  uint64_t who;
  uint32_t container, generation;
};

struct limit_slot {
  struct limit_key key;
  uint32_t account; /* NO_ACCOUNT: free */
};

#define NO_ACCOUNT UINT32_MAX

struct limit_table {
  struct limit_slot *slots;
  uint32_t size, used; /* size: 0 or a power of two */
};

/* The account's slot. A new key's has NO_ACCOUNT, which the caller fills in at once. `drops` is asked of each account before the
 * table would grow: true when it was given back. */
struct limit_slot *limit_table_find(struct limit_table *, struct limit_key, bool (*drops)(void *context, uint32_t account),
                                    void *context);
void limit_table_free(struct limit_table *);

#endif
