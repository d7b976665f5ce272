-- Holds neighbours, all or none. KEYS: seats, holds, cursors. ARGV: hold's id (8 bytes), first seat, how many, seconds.
-- Answers the first seat, or -1: somebody has one of them.
local seats, holds = KEYS[1], KEYS[2]
local id, first, count = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local from, to = first * 8, (first + count) * 8 - 1
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local owners = redis.call('GETRANGE', seats, from, to)
if owners ~= string.rep('\0', count * 8) then
  local lapsed = {}
  for i = 1, count * 8, 8 do
    local owner = string.sub(owners, i, i + 7)
    if owner ~= '\0\0\0\0\0\0\0\0' and owner ~= lapsed[#lapsed] then
      local record = redis.call('HGET', holds, owner)
      if string.sub(record, 1, 1) ~= 'h' or tonumber(string.sub(record, 2, 14)) > now then return -1 end
      lapsed[#lapsed + 1] = owner
    end
  end
  for _, owner in ipairs(lapsed) do
    local f, n = string.match(redis.call('HGET', holds, owner), '^h%d+ (%d+) (%d+)')
    redis.call('SETRANGE', seats, f * 8, string.rep('\0', n * 8))
    redis.call('HDEL', holds, owner)
  end
  redis.call('DEL', KEYS[3])
end
redis.call('SETRANGE', seats, from, string.rep(id, count))
redis.call('HSET', holds, id, string.format('h%013d %d %d', now + ARGV[4] * 1000, first, count))
return first
