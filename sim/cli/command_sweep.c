#include "sim/cli/session.h"
enum exit_code command_sweep(const struct options *o) { (void)o; return EXIT_ERROR; }
