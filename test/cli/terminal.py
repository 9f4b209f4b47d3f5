# Runs a command in a pseudo-terminal, as a shell with job control would: in a process group of its own
# that is in the foreground. Takes one JSON argument: {"command": [...], "columns": n, "rows": n, "steps":
# [[text to wait for, text to type], ...]}. When the command is stopped (ctrl-Z) this says "[stopped]" on
# the terminal and lets it go on. Prints {"output": text, "code": exit code or minus the signal}.
import fcntl
import json
import os
import pty
import signal
import struct
import sys
import termios

spec = json.loads(sys.argv[1])


def run_command():
    size = struct.pack("HHHH", spec["rows"], spec["columns"], 0, 0)
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(spec["command"][0], spec["command"])
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        os.write(1, b"[stopped]")
        os.kill(child, signal.SIGCONT)
    os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


def read_some(terminal):
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


pid, terminal = pty.fork()
if pid == 0:
    run_command()

output = b""
seen = 0
for expected, typed in spec["steps"]:
    while expected.encode() not in output[seen:]:
        part = read_some(terminal)
        if part == b"":
            break
        output += part
    seen = len(output)
    os.write(terminal, typed.encode("latin1"))
while True:
    part = read_some(terminal)
    if part == b"":
        break
    output += part
_, status = os.waitpid(pid, 0)
print(json.dumps({"output": output.decode("latin1"), "code": os.WEXITSTATUS(status)}))
