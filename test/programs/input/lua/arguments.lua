-- Arguments, environment, standard streams and the exit code.
print(#arg, arg[0], arg[1], arg[2], arg[3])
print(os.getenv("FISH"), os.getenv("ABSENT"))
io.stderr:write("to standard error\n")
local total = 0
for line in io.lines() do
  local number = tonumber(line)
  if number then total = total + number else print("not a number: " .. line) end
end
print(total)
os.exit(7)
