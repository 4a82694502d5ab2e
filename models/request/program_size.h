/* How large a program may be: what is asked of one endpoint. */
#ifndef PROGRAM_SIZE_H
#define PROGRAM_SIZE_H

enum { PROGRAM_CELLS = 64, PROGRAM_FRAMES = 6, PROGRAM_PERMITS = 6, PROGRAM_LOCKS = 16, PROGRAM_INSTRUCTIONS = 2000 };

#endif
