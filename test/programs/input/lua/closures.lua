-- Closures and metatables: counters, memoisation, an object with inheritance and operators.
local function counter(step)
  local value = 0
  return function() value = value + step return value end
end
local two, five = counter(2), counter(5)
for _ = 1, 200000 do two() five() end
print(two(), five())

local memo = setmetatable({}, { __index = function(self, n)
  local value = n < 2 and n or self[n - 1] + self[n - 2]
  rawset(self, n, value)
  return value
end })
print(memo[80])

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return Vector.new(a.x + b.x, a.y + b.y) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__tostring = function(v) return "(" .. v.x .. ", " .. v.y .. ")" end
Vector.__call = function(v, k) return Vector.new(v.x * k, v.y * k) end
function Vector.new(x, y) return setmetatable({ x = x, y = y }, Vector) end
local sum = Vector.new(0, 0)
for index = 1, 50000 do sum = sum + Vector.new(index, -index) end
print(tostring(sum), tostring(sum(2)), sum == Vector.new(sum.x, sum.y), #{ 1, 2, 3 })
