// A program that breaks several calls deep, having said at each call which line it is on. It is told how: it
// divides by zero, reads outside of its memory, calls through a pointer that is null, or says so itself.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT said(__LINE__)

typedef int (*Step)(int left);

static volatile int zero, some = 7;
static Step volatile missing;

__attribute__((noinline)) static int said(int line) {
  printf("%d\n", line);
  fflush(stdout);
  usleep(1000); // a wait, in which the stack may be taken out
  return 0;
}

__attribute__((noinline)) static int breaks(const char *how) {
  if (strcmp(how, "divide") == 0)
    return AT + some / zero;
  if (strcmp(how, "read") == 0)
    return AT + *(volatile int *)0xfffffff0u;
  if (strcmp(how, "call") == 0)
    return AT + missing(1);
  AT, __builtin_trap();
}

static const char *how;

__attribute__((noinline)) static int loops(int turns) {
  int sum = 0;
  for (int i = 0; i < turns; i++) {
    for (int j = 0; j < i; j++)
      sum += j ^ turns;
    if (i == turns / 2)
      sum += AT + breaks(how);
  }
  return sum;
}

__attribute__((noinline)) static int recurses(int left) {
  char kept[32];
  snprintf(kept, sizeof kept, "%d", left);
  int below = left == 0
    ? AT + loops(10)
    : AT + recurses(left - 1);
  return below + (int)strlen(kept);
}

static Step const steps[] = {loops, recurses};

int main(int argc, char **argv) {
  how = argc > 1 ? argv[1] : "";
  Step step = steps[argc % 2 == 0];
  return AT + step(2);
}
