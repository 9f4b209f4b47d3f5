/*
 * Advisory locks for SQLite on a system that has none: WASI gives a file to one program at a time
 * as far as this one can know, so that every lock is granted and none is ever seen held.
 */
#ifndef SHIM_SQLITE_LOCKS_H
#define SHIM_SQLITE_LOCKS_H

#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_GETLK 5
#define F_SETLK 6

int fcntlWithLocks(int descriptor, int command, ...);

/* Declared before it is renamed. */
#include <fcntl.h>
#define fcntl fcntlWithLocks

#endif
