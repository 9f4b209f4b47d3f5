// A program that does what its arguments say, one after the other:
//   out:TEXT err:TEXT  writes a line; part:TEXT writes without a newline
//   sleep:MS           waits
//   exit:CODE          ends; trap breaks
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *after(const char *word, const char *action) {
  size_t length = strlen(action);
  return strncmp(word, action, length) == 0 ? word + length : NULL;
}

static void wait_ms(int ms) {
  struct timespec span = {ms / 1000, (long)(ms % 1000) * 1000000};
  nanosleep(&span, NULL);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *text;
    if ((text = after(argv[i], "out:"))) printf("%s\n", text);
    if ((text = after(argv[i], "part:"))) printf("%s", text);
    if ((text = after(argv[i], "err:"))) fprintf(stderr, "%s\n", text);
    fflush(stdout);
    if ((text = after(argv[i], "sleep:"))) wait_ms(atoi(text));
    if ((text = after(argv[i], "exit:"))) return atoi(text);
    if (after(argv[i], "trap")) abort();
  }
  return 0;
}
