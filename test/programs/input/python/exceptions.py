"""Exceptions: a storm, chains, finally, groups, and one that nobody catches (exit code 1)."""
class Wrong(Exception):
    pass
caught = 0
for i in range(100_000):
    try:
        if i % 2:
            raise Wrong(i)
        raise KeyError(i)
    except (Wrong, KeyError):
        caught += 1
print(caught)
def finals():
    try:
        return "try"
    finally:
        print("finally")
print(finals())
try:
    try:
        1 / 0
    except ZeroDivisionError as cause:
        raise Wrong("outer") from cause
except Wrong as error:
    print(repr(error), repr(error.__cause__))
try:
    raise ExceptionGroup("many", [ValueError(1), TypeError(2), ValueError(3)])
except* ValueError as group:
    print("values", group.exceptions)
except* TypeError as group:
    print("types", group.exceptions)
raise Wrong("nobody catches this")
