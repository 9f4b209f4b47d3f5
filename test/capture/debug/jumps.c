// What is not written for wasm: jumps out of calls, which compilers make exceptions of, of the old kind or
// the new.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

static jmp_buf back;

__attribute__((noinline)) static int deep(int left) {
  if (left == 0) longjmp(back, 7);
  return deep(left - 1) + 1;
}

int main(void) {
  int sum = 0;
  for (volatile int turn = 0; turn < 3; turn++) {
    int code = setjmp(back);
    if (code == 0)
      sum += deep(turn);
    else
      sum += code;
    printf("%d\n", sum);
  }
  return sum == 21 ? 0 : 1;
}
