-- table.sort with a comparison function over numbers and strings, from a generator of our own.
local seed = 42
local function draw() seed = (seed * 1103515245 + 12345) % 2147483648 return seed end
local numbers, words = {}, {}
for index = 1, 60000 do numbers[index] = draw() % 100000 end
for index = 1, 5000 do words[index] = string.format("%x-%d", draw(), index) end
table.sort(numbers, function(a, b) return a > b end)
table.sort(words)
local sum = 0
for index, number in ipairs(numbers) do sum = (sum * 7 + number * index) % 1000000007 end
print(numbers[1], numbers[#numbers], sum)
print(words[1], words[2500], words[#words])
