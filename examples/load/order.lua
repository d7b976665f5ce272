-- wrk: each thread is one buyer after another, who holds 1 to 4 places and then pays for them.
--
-- wrk does not tell Lua on which connection an answer came, so give every thread one connection (-t = -c): then an
-- answer belongs to the request before it, and a retry can carry the same key. Threads take the nodes in turn.

local function env(name, default) return os.getenv(name) or default end

local endpoints = env("ENDPOINTS", "http://127.0.0.1:8081,http://127.0.0.1:8082,http://127.0.0.1:8083")
local event     = env("EVENT", "load")
local sections  = tonumber(env("SECTIONS", "40")) -- the hall of setup.sh
local rows      = tonumber(env("ROWS", "100"))
local seats     = tonumber(env("SEATS", "50"))
local chosen    = tonumber(env("CHOSEN", "50"))   -- % of buyers who pick seats; the others take the best available
local parties   = {}                              -- one is drawn for each buyer
for size in env("PARTIES", "1,1,2,2,2,2,2,3,4,4"):gmatch("%d+") do parties[#parties + 1] = tonumber(size) end

-- setup runs once per thread, in the main thread; what it sets are globals of that thread.
local threads, addresses = {}, {} -- wrk keeps no reference to an address of its own, so they are kept here
local run = ("%x-%04x"):format(os.time(), tonumber(tostring({}):match("0x(%x+)"), 16) % 65536) -- keys differ from the last run's

function setup(thread)
  local nodes = {}
  for host, port in endpoints:gmatch("http://([^:/,]+):(%d+)") do nodes[#nodes + 1] = { host = host, port = port } end
  local node = nodes[#threads % #nodes + 1]
  threads[#threads + 1] = thread
  addresses[#threads] = assert(wrk.lookup(node.host, node.port)[1], "no address for " .. node.host)
  thread.addr = addresses[#threads]
  thread:set("name", run .. "-" .. #threads)
  thread:set("seed", os.time() + #threads * 7919)
end

function init()
  math.randomseed(seed)
  held, orders, places, taken, retries, failed = 0, 0, 0, 0, 0, 0
  buyers, wait = 0, 0
end

-- pick names size seats side by side; the square makes rows at the stage wanted most.
local function pick(size)
  local section, row = math.random(sections), math.floor(rows * math.random() ^ 2) + 1
  local first, labels = math.random(math.max(seats - size + 1, 1)), {}
  for i = 1, size do labels[i] = ('"S%d-%d-%d"'):format(section, row, first + i - 1) end
  return table.concat(labels, ",")
end

local function post(path, key, body)
  local headers = { ["Content-Type"] = "application/json", ["Idempotency-Key"] = key }
  return wrk.format("POST", "/v1/events/" .. event .. path, headers, body)
end

local function hold()
  buyers = buyers + 1
  local buyer, size = name .. "-" .. buyers, parties[math.random(#parties)]
  local want = math.random(100) <= chosen and ('"seats":[%s]'):format(pick(size))
    or ('"best_available":{"quantity":%d}'):format(size)
  return post("/holds", "hold-" .. buyer, ('{"buyer":"%s",%s}'):format(buyer, want))
end

local function confirm(id)
  return post("/orders", "pay-" .. name .. "-" .. buyers, ('{"hold":"%s","reference":"psp-%s"}'):format(id, id))
end

-- request: what has had no answer goes again as it is, key and all; that also serves a connection that broke.
function request()
  if not under_way then under_way = hold() end
  return under_way
end

-- delay: milliseconds before the next request; 0 but after a Retry-After.
function delay()
  local millis = wait
  wait = 0
  return millis
end

function response(status, headers, body)
  if status == 429 or status == 503 or status == 504 then -- not now: the same request again, when the node says
    retries = retries + 1
    wait = 1000 * (tonumber(headers["Retry-After"]) or 1)
    return
  end
  under_way = nil
  if status == 409 then -- somebody was faster: a normal answer, the next buyer comes
    taken = taken + 1
  elseif status ~= 201 and status ~= 200 then
    failed = failed + 1
    if failed == 1 then io.stderr:write(("unexpected %d: %s\n"):format(status, body)) end
  elseif body:find('"state":"held"', 1, true) then
    held = held + 1
    under_way = confirm(body:match('"hold":"([^"]+)"'))
  else
    orders = orders + 1
    for _ in body:gmatch('"ticket":') do places = places + 1 end
  end
end

function done(summary, latency, requests)
  local function sum(name)
    local n = 0
    for _, thread in ipairs(threads) do n = n + thread:get(name) end
    return n
  end
  local seconds = summary.duration / 1e6
  print(("orders %d (%d places), %.0f orders/s; holds refused with 409: %d; retried after 429/503/504: %d; unexpected: %d")
    :format(sum("orders"), sum("places"), sum("orders") / seconds, sum("taken"), sum("retries"), sum("failed")))
  print(("requests p50 %.2f ms, p99 %.2f ms; wrk counts 409s as \"Non-2xx\"")
    :format(latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
