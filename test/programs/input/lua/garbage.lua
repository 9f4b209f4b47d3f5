-- Allocation: binary trees built and dropped, in both collector modes, with weak references.
local function tree(depth)
  if depth == 0 then return {} end
  return { tree(depth - 1), tree(depth - 1) }
end
local function count(node)
  if not node[1] then return 1 end
  return 1 + count(node[1]) + count(node[2])
end
for _, mode in ipairs({ "incremental", "generational" }) do
  collectgarbage(mode)
  local total = 0
  for depth = 4, 14, 2 do total = total + count(tree(depth)) end
  print(mode, total)
end
local weak = setmetatable({}, { __mode = "k" })
for index = 1, 100 do weak[{}] = index end
collectgarbage()
print(next(weak) == nil, collectgarbage("count") > 0)
