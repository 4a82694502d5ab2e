/* The schedulers that jobs are written for, one line each: the name for --emit; job_NAME.c has the descriptor job_NAME. */
SCHEDULER(slurm)
SCHEDULER(k8s)
SCHEDULER(parallel)
