/* The schedulers that jobs are written for, one line each: the name for --emit; scheduler_NAME.c has the descriptor
 * scheduler_NAME. */
SCHEDULER(slurm)
SCHEDULER(k8s)
SCHEDULER(parallel)
