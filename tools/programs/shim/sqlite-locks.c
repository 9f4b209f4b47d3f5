/* See sqlite-locks.h. Commands other than locks are passed on. */
#undef fcntl
#include <fcntl.h>
#include <stdarg.h>

enum { getLock = 5, setLock = 6, unlocked = 2 };

int fcntlWithLocks(int descriptor, int command, ...) {
  va_list words;
  va_start(words, command);
  int result = 0;
  if (command == getLock) {
    struct flock *lock = va_arg(words, struct flock *);
    lock->l_type = unlocked;
  } else if (command != setLock) {
    result = fcntl(descriptor, command, va_arg(words, int));
  }
  va_end(words);
  return result;
}
