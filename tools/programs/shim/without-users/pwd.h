/* The user database of a system without users: every look-up finds nobody. */
#ifndef SHIM_PWD_H
#define SHIM_PWD_H
struct passwd {
  char *pw_dir;
};
#define getuid() 0
#define getpwuid(user) ((struct passwd *)0)
#endif
