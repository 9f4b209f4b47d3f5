-- Tables: the sieve of Eratosthenes up to a million, and a checksum over the primes.
local limit = 1000000
local composite = {}
local count, sum = 0, 0
for n = 2, limit do
  if not composite[n] then
    count = count + 1
    sum = (sum * 31 + n) % 2147483647
    for multiple = n * n, limit, n do composite[multiple] = true end
  end
end
print(count, sum)
