/* Ziggurat tables beyond those of stream.h: the densities and the edges that the slow paths need. */
#ifndef ZIGGURAT_H
#define ZIGGURAT_H

/* Where the tail begins. */
#define ZIGGURAT_EXPONENTIAL_EDGE 7.69711747013105
#define ZIGGURAT_NORMAL_EDGE      3.654152885361009

/* Unnormalised density at the outer edge of layer i (for i = 0 that of the tail); 1 at the top, i = 256. */
extern const double ziggurat_exponential_density[257];
extern const double ziggurat_normal_density[257];

#endif
