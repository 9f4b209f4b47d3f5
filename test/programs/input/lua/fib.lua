-- Calls: doubly recursive Fibonacci numbers and a mutual recursion with tail calls.
local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
for n = 0, 27, 3 do print(n, fib(n)) end
print(even(100000), odd(99999))
