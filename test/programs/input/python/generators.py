"""Generators, context managers, comprehension, itertools, an event loop without a clock."""
import contextlib, functools, heapq, itertools
def primes():
    found = {}
    for n in itertools.count(2):
        p = found.pop(n, None)
        if p is None:
            yield n
            found[n * n] = n
        else:
            step = n + p
            while step in found:
                step += p
            found[step] = p
print(list(itertools.islice(primes(), 20)), sum(itertools.islice(primes(), 5000)))
def average():
    total, count, mean = 0.0, 0, None
    while True:
        total += yield mean
        count += 1
        mean = total / count
coroutine = average()
next(coroutine)
print([coroutine.send(x) for x in (10, 30, 5)])
@contextlib.contextmanager
def noisy(name):
    print("enter", name)
    try:
        yield name
    finally:
        print("leave", name)
with noisy("a") as a, noisy("b") as b:
    print(a + b)
def flat(tree):
    for item in tree:
        if isinstance(item, list):
            yield from flat(item)
        else:
            yield item
print(list(flat([1, [2, [3, [4]], 5]])), functools.reduce(lambda a, b: a * b, range(1, 25)))
print(list(heapq.merge([1, 4, 9], [2, 3, 10])), [*itertools.permutations("abc")][:3])
