/* Steps whose demand a trace tells (trace.h): of requests of a trace that has the column the computation takes what its row says,
 * of all others what the step draws. Where all sources are such traces, what the step asks for in the mean is the mean of their
 * rows. */
#ifndef RECORDED_H
#define RECORDED_H
#include <stdint.h>

struct instruction;
struct linker;

/* The computation is that of the column, 0 to TRACE_DEMANDS - 1. */
void compile_recorded(struct instruction *cpu, uint32_t column);
/* When all programs are there: some trace has each column that is asked for. */
void recorded_link(struct linker *);

#endif
