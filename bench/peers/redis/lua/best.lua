-- Holds the first neighbours of the frontmost row that has as many. KEYS: seats, holds, cursors. ARGV: hold's id (8 bytes), how
-- many, seconds, seats in a row, rows. Answers the first seat, or -1: there are not as many.
-- A cursor says before which row a number of neighbours is surely not free. An id begins and ends with a byte that is not
-- zero, so that eight zeros are a free seat.
local seats, holds, cursors = KEYS[1], KEYS[2], KEYS[3]
local id, count, width, rows = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[5])
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local wanted = string.rep('\0', count * 8)

local function search()
  local start = tonumber(redis.call('HGET', cursors, ARGV[2]) or 0)
  for row = start, rows - 1 do
    local from = row * width * 8
    local at = string.find(redis.call('GETRANGE', seats, from, from + width * 8 - 1), wanted, 1, true)
    if at then
      if row ~= start then redis.call('HSET', cursors, ARGV[2], row) end
      return row * width + (at - 1) / 8
    end
  end
  redis.call('HSET', cursors, ARGV[2], rows)
end

-- Frees all lapsed holds; remembers when the next one lapses, so that a sold-out hall is not swept for each who asks.
local function sweep()
  if tonumber(redis.call('HGET', cursors, 'sweep') or 0) > now then return false end
  local freed, due = false, now + ARGV[3] * 1000
  local all = redis.call('HGETALL', holds)
  for i = 1, #all, 2 do
    local deadline, f, n = string.match(all[i + 1], '^h(%d+) (%d+) (%d+)')
    if deadline and tonumber(deadline) <= now then
      redis.call('SETRANGE', seats, f * 8, string.rep('\0', n * 8))
      redis.call('HDEL', holds, all[i])
      freed = true
    elseif deadline then
      due = math.min(due, tonumber(deadline))
    end
  end
  if freed then redis.call('DEL', cursors) end
  redis.call('HSET', cursors, 'sweep', due)
  return freed
end

local first = search()
if not first and sweep() then first = search() end
if not first then return -1 end
redis.call('SETRANGE', seats, first * 8, string.rep(id, count))
redis.call('HSET', holds, id, string.format('h%013d %d %d', now + ARGV[3] * 1000, first, count))
return first
