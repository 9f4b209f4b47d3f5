/*
 * Answers for what posix.h declares. Nothing here starts a process or makes a file; the owner of
 * a file, which WASI does not know, is set by doing nothing, and everyone is user 0.
 */
#include <errno.h>
#include <stdio.h>

int system(const char *command) {
  if (command == 0) return 0; /* "is there a command processor?" No. */
  errno = ENOSYS;
  return -1;
}

FILE *popen(const char *command, const char *mode) {
  errno = ENOSYS;
  return 0;
}

int pclose(FILE *stream) {
  errno = ENOSYS;
  return -1;
}

char *tmpnam(char *buffer) {
  return 0;
}

FILE *tmpfile(void) {
  errno = ENOSYS;
  return 0;
}

char *mktemp(char *pattern) {
  pattern[0] = 0;
  return pattern;
}

int fchown(int descriptor, unsigned owner, unsigned group) {
  return 0;
}

unsigned geteuid(void) {
  return 0;
}
