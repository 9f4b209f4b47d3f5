-- Strings: building, formatting, patterns, packing, UTF-8.
local parts = {}
for index = 1, 20000 do parts[#parts + 1] = string.format("%05d:%s", index, ("ab"):rep(index % 5)) end
local text = table.concat(parts, ",")
print(#text, text:sub(1, 40), text:sub(-20))
local counts = {}
for number in text:gmatch("%d+") do
  local last = number:sub(-1)
  counts[last] = (counts[last] or 0) + 1
end
for digit = 0, 9 do io.write(digit, "=", counts[tostring(digit)], " ") end
print()
print((("the quick brown fox"):gsub("%w+", function(word) return word:upper():reverse() end)))
print(string.format("%q %5.2f %-8s| %+d %x %g %a", 'a "quoted"\nline', math.pi, "left", 7, 255, 1e20, 0.5))
print(string.unpack("<i4 z B", string.pack("<i4 z B", -2, "zero", 200)))
print(utf8.len("smørrebrød €"), utf8.codepoint("€"), utf8.char(0x1F41F))
print(("x"):rep(3, "-"), ("%d"):format(3.0), tostring(2^53), 7 // 2, -7 % 3, 1 / 0, 3 | 8)
