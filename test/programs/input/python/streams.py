"""Standard streams, arguments, environment, exit code."""
import os, sys
lines = sys.stdin.read().splitlines()
print(sys.argv[1:], os.environ.get("FISH"), len(lines), sum(map(int, lines)))
sys.stdout.flush()
sys.stdout.buffer.write(bytes([0, 255, 10]))
print("to standard error", file=sys.stderr)
sys.exit(5)
