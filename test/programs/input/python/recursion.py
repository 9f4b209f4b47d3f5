"""Deep recursion: near the limit, beyond it, and recovery after it."""
import sys
def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)
print(depth(700))
def forever():
    return forever() + 1
caught = 0
for _ in range(20):
    try:
        forever()
    except RecursionError as error:
        caught += 1
        message = str(error)
print(caught, message, sys.getrecursionlimit())
def hanoi(n, a, b, c):
    return 0 if n == 0 else hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)
print(hanoi(14, "a", "b", "c"), depth(700))
