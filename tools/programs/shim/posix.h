/*
 * Included before every file of a foreign program. Declares the few C and POSIX functions that a
 * WASI libc leaves out and that these programs name; posix.c answers each with a refusal, as a
 * system without processes would. Includes nothing, so that a program's own feature macros hold.
 */
#ifndef SHIM_POSIX_H
#define SHIM_POSIX_H

struct _IO_FILE;

int system(const char *command);
struct _IO_FILE *popen(const char *command, const char *mode);
int pclose(struct _IO_FILE *stream);
char *tmpnam(char *buffer);
struct _IO_FILE *tmpfile(void);
char *mktemp(char *pattern);
int fchown(int descriptor, unsigned owner, unsigned group);
unsigned geteuid(void);

#ifndef L_tmpnam
#define L_tmpnam 32
#endif

#endif
