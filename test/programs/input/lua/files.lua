-- Files in the granted directory: write, append, seek, read in all ways, rename, remove, errors.
local out = assert(io.open("made.txt", "w"))
for index = 1, 1000 do out:write(index, " ", index * index, "\n") end
print(out:seek("cur"), out:close())
local more = assert(io.open("made.txt", "a"))
more:write("end of file without newline")
more:close()
local file = assert(io.open("made.txt", "rb"))
print(file:read("n", "n"), file:read("l"), file:read("L"))
print(file:seek("set", 100), file:read(10))
print(file:seek("end"), file:read("a"), file:read("l"))
file:close()
local lines = 0
for _ in io.lines("made.txt") do lines = lines + 1 end
print(lines)
print(os.rename("made.txt", "renamed.txt"), (io.open("made.txt")))
-- Only the messages: error numbers are not the same everywhere.
print((select(2, io.open("absent.txt"))))
print((select(2, io.open("no/such/folder.txt", "w"))))
local edit = assert(io.open("renamed.txt", "r+"))
edit:write("X")
edit:seek("set", 0)
print(edit:read("l"))
edit:close()
assert(io.open("gone.txt", "w")):close()
print(os.remove("gone.txt"), (select(2, os.remove("gone.txt"))))
