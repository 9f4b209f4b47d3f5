# Runs a command in a pseudo-terminal, as a shell with job control would: in a process group of its own
# that is in the foreground. Takes one JSON argument: {"command": [...], "columns": n, "rows": n, "steps":
# [[text to wait for, text to type], ...]}. A third element "errors" waits for the text on standard error,
# which is then a pipe; else it is the terminal, too. When the command is stopped (ctrl-Z) this says
# "[stopped]" on the terminal and lets it go on. Prints {"output": text, "code": exit code, or 128 + signal}.
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


class Stream:
    """What came from a file descriptor so far, and how much of it was looked at."""

    def __init__(self, fd):
        self.fd = fd
        self.text = b""
        self.seen = 0

    def read(self):
        try:
            part = os.read(self.fd, 65536)
        except OSError:
            part = b""
        self.text += part
        return part != b""

    def wait_for(self, expected):
        while expected not in self.text[self.seen :]:
            if not self.read():
                return
        self.seen = self.text.index(expected, self.seen) + len(expected)


has_errors = any(len(step) > 2 for step in spec["steps"])
errors_read, errors_write = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    if has_errors:
        os.dup2(errors_write, 2)
    os.close(errors_read)
    os.close(errors_write)
    run_command()
os.close(errors_write)

output = Stream(terminal)
errors = Stream(errors_read)
for expected, typed, *where in spec["steps"]:
    (errors if where else output).wait_for(expected.encode())
    os.write(terminal, typed.encode("latin1"))
while output.read():
    pass
_, status = os.waitpid(pid, 0)
print(json.dumps({"output": output.text.decode("latin1"), "code": os.WEXITSTATUS(status)}))
