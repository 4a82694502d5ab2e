/* The shells that complete command lines, one line each: completion_NAME.c has the descriptor. */
SHELL(bash)
SHELL(zsh)
SHELL(fish)
