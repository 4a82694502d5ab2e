/* Operations: what an instruction does, in every way in which a program is read.
 *
 * Requests execute a program (`run`). It is also walked without requests (models/request/walk.h): for what requests ask of each
 * resource (`hold`, `ask`, `onward`), and for the share of requests that gets through (`through`). What an instruction means in
 * each of these stands in one descriptor, next to the code of its mechanism; no list names it. The descriptor is also the identity
 * of the operation: two instructions do the same when they have the same one.
 *
 * Every member but `name` and `run` may be null: the instruction then changes nothing for that reader, which goes on behind it. */
#ifndef OPERATION_H
#define OPERATION_H
#include "models/request/outcome.h"
#include <stdbool.h>
#include <stdint.h>

struct instruction;
struct passage;
struct request;
struct walk;
struct world;

struct operation {
  const char *name;
  /* Of a travelling request: true to go on at once, false when the request waits or is gone. */
  bool (*run)(struct world *, struct request *, const struct instruction *);
  /* Of requests of this weight: what they hold from here on, or no more. */
  void (*hold)(struct walk *, const struct instruction *, double weight);
  /* What they ask for, and the time that this takes when no other request is there. */
  void (*ask)(const struct walk *, const struct instruction *, double weight);
  /* Returns the weight of those that go on at walk->at, which it may move. */
  double (*onward)(struct walk *, const struct instruction *, double weight);
  /* Returns the share of those that go on at passage->at, which it may move. */
  double (*through)(struct passage *, const struct instruction *);
  /* Of a turn (turns.c): by which crews a request may compute next; computes: the same of the instructions behind it. Null: as the
   * next one and the target say. */
  uint8_t (*turns)(const uint8_t *computes, const struct instruction *, uint32_t at);
  /* Of one that waits for children (child.h): one of them fails; the request is not wanted any more. Null: it waits for none. */
  void (*child_fails)(struct world *, struct request *child, enum outcome);
  void (*cancels)(struct world *, struct request *);
  bool computes; /* on a thread of the replica of the topmost frame */
  bool leaves;   /* that thread, to wait elsewhere */
  bool enters;   /* opens a frame on a replica of instruction->service */
  bool calls;    /* the same, of what compile_enter emits: the next instruction is to be accepted there */
  bool accepts;  /* the replica of the topmost frame accepts it */
  bool jumps;    /* a look-up: with instruction->probability it goes on at instruction->target */
  bool answers;  /* an external service has answered */
  bool ends;     /* nothing follows: a walk stops here */
};

#endif
