/* What a program asks about the end of a child process. There are no children, so never much. */
#ifndef SHIM_CHILD_H
#define SHIM_CHILD_H
#define WIFEXITED(status) 1
#define WEXITSTATUS(status) ((status) >> 8 & 255)
#define WIFSIGNALED(status) 0
#define WTERMSIG(status) 0
#define WCOREDUMP(status) 0
#endif
