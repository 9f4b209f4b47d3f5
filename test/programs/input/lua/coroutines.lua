-- Coroutines: generators, a pipeline, a round-robin of a thousand, an error inside one.
local function range(n)
  return coroutine.wrap(function() for index = 1, n do coroutine.yield(index) end end)
end
local sum = 0
for value in range(100000) do sum = sum + value end
print(sum)
local function filter(keep, source)
  return coroutine.wrap(function() for value in source do if keep(value) then coroutine.yield(value) end end end)
end
local kept = {}
for value in filter(function(v) return v % 7 == 0 end, filter(function(v) return v % 3 == 1 end, range(200))) do
  kept[#kept + 1] = value
end
print(table.concat(kept, " "))
local tasks, turns = {}, 0
for index = 1, 1000 do
  tasks[index] = coroutine.create(function() for _ = 1, index % 5 do turns = turns + 1 coroutine.yield() end end)
end
while #tasks > 0 do
  for index = #tasks, 1, -1 do
    coroutine.resume(tasks[index])
    if coroutine.status(tasks[index]) == "dead" then table.remove(tasks, index) end
  end
end
print(turns)
print(coroutine.resume(coroutine.create(function() error("inside", 0) end)))
local closing = coroutine.create(function() local _ <close> = setmetatable({}, { __close = function() print("closed") end }) coroutine.yield() end)
coroutine.resume(closing)
print(coroutine.close(closing), coroutine.status(closing))
