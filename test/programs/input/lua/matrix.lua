-- Floating point: a matrix product and a Gaussian elimination.
local size = 90
local function make(f)
  local matrix = {}
  for row = 1, size do
    matrix[row] = {}
    for column = 1, size do matrix[row][column] = f(row, column) end
  end
  return matrix
end
local a = make(function(r, c) return 1 / (r + c) end)
local b = make(function(r, c) return (r * c) % 17 + (r == c and size or 0) end)
local product = make(function(r, c)
  local total = 0.0
  for k = 1, size do total = total + a[r][k] * b[k][c] end
  return total
end)
local determinant = 1.0
for pivot = 1, size do
  determinant = determinant * b[pivot][pivot] / size
  for row = pivot + 1, size do
    local factor = b[row][pivot] / b[pivot][pivot]
    for column = pivot, size do b[row][column] = b[row][column] - factor * b[pivot][column] end
  end
end
print(string.format("%.10f %.10f %.6e", product[1][1], product[size][size], determinant))
