-- Backtracking: all solutions of eight queens; the first and the last are printed.
local solutions, first, last = 0, nil, nil
local function place(row, columns, queens)
  if row > 8 then
    solutions = solutions + 1
    last = table.concat(queens, " ")
    first = first or last
    return
  end
  for column = 1, 8 do
    local free = true
    for above = 1, row - 1 do
      local distance = queens[above] - column
      if distance == 0 or distance == row - above or distance == above - row then free = false break end
    end
    if free then
      queens[row] = column
      place(row + 1, columns, queens)
      queens[row] = nil
    end
  end
end
place(1, {}, {})
print(solutions, first, last)
