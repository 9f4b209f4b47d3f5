/* A small session: answers each line of its input with its number, until there is no more. */
#include <stdio.h>

int main(void) {
  int lines = 0;
  for (int c = getchar(); c != EOF; c = getchar()) {
    if (c != '\n') continue;
    printf("line %d\n", ++lines);
    fflush(stdout);
  }
  printf("end after %d\n", lines);
  return 0;
}
