/* Strain: how full the fullest resource is that the living share, known without a run.
 *
 * The load sheet says what requests ask of each resource and how much of it there is when all is well. What is left of a service or
 * of a node group bears the whole load: use is scaled by how many there were over how many there are. Nodes are looked at one by
 * one too, since what moved to them is not spread evenly. Calls that hang because the machine that they are sent to is gone hold
 * threads of their callers meanwhile: where these are not few it is infinite, as it is where the sheet says too little (shifts).
 *
 * Of several versions the slowest is taken for all, and of calls that are divided by weight the side that has most to do.
 *
 * Below STRAIN_SAFE the living carry everything. It is a bound: of replicas with roles or data of their own one is taken to bear
 * all, and services whose replicas serve their own region only are taken as if each region had what the poorest has. */
#ifndef STRAIN_H
#define STRAIN_H
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct arrangement;
struct model;
struct strain;
struct world;

#define STRAIN_SAFE 0.7

/* per_second: requests offered in the mean. */
struct strain *strain_new(const struct model *, double per_second, struct arena *);
/* Some service has a size that follows the load. */
bool strain_follows(const struct strain *);
/* Of what it depends on besides the arrangement: how many replicas such services are to have. */
uint64_t strain_sizes(const struct strain *, const struct world *);
/* The world has just been built: what runs where with all well. */
void strain_all_well(struct strain *, const struct world *, struct arena *);
/* At the mean load. each: room for a number by service. It depends on nothing but what the sums of the arrangement and strain_sizes
 * tell apart. */
double strain_now(const struct strain *, const struct world *, const struct arrangement *, double *each);

#endif
