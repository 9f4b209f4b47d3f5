-- An error nobody catches: its message and the exit code 1.
print("before")
error("it went wrong", 0)
