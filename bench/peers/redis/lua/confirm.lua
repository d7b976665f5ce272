-- Makes a hold an order. KEYS: holds. ARGV: hold's id, reference. Answers 1, or 0: it lapsed, or is not known. Asked again
-- with the same reference it says 1 again.
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record then return 0 end
if string.sub(record, 1, 1) == 'o' then
  return string.match(record, ' (%S+)$') == ARGV[2] and 1 or 0
end
local t = redis.call('TIME')
if tonumber(string.sub(record, 2, 14)) <= t[1] * 1000 + math.floor(t[2] / 1000) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], 'o' .. string.sub(record, 2) .. ' ' .. ARGV[2])
return 1
