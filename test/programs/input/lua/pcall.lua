-- Errors: a storm of protected calls, errors of every kind, nested handlers, stack overflow.
local caught = 0
for index = 1, 200000 do
  local ok, message = pcall(error, index, 0)
  if not ok and message == index then caught = caught + 1 end
end
print(caught)
local function nested(depth)
  if depth == 0 then error({ code = 42 }) end
  local ok, problem = pcall(nested, depth - 1)
  problem.code = problem.code + 1
  error(problem)
end
print(select(2, pcall(nested, 100)).code)
print(xpcall(function() return nil + 1 end, function(message) return "handled: " .. message end))
print(pcall(function() local t = nil; return t.field end))
print(pcall(string.rep))
print(pcall(setmetatable, 1, {}))
local function forever() return 1 + forever() end
local ok, message = pcall(forever)
print(ok, message:match("stack overflow") )
print(select("#", pcall(load, "x = = 1")), select(2, load("x = = 1")))
local okay, text = pcall(string.format, "%d", 1.5)
print(okay, text)
