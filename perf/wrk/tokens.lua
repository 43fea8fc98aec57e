-- Sends one token per request. TOKENS names a file with one token a line.
-- MODE=rotate goes round and round through it, with the requests built beforehand.
-- MODE=once reads on and never repeats a token; when they run out, done() says so.
local path, mode = os.getenv("TOKENS"), os.getenv("MODE")
local head = "GET /v1/orders/a-1 HTTP/1.1\r\nHost: orders.perf.example\r\nAuthorization: Bearer "
local requests, next_one, file = {}, 0, nil
local threads = {}
exhausted = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  file = assert(io.open(path))
  file:setvbuf("full", 1048576)
  if mode == "rotate" then
    for token in file:lines() do
      requests[#requests + 1] = head .. token .. "\r\n\r\n"
    end
  end
end

function request()
  if mode == "rotate" then
    next_one = next_one % #requests + 1
    return requests[next_one]
  end
  local token = file:read("*l")
  if not token then
    exhausted = exhausted + 1
    file:seek("set")
    token = file:read("*l")
  end
  return head .. token .. "\r\n\r\n"
end

function done(summary, latency, _)
  local repeated = 0
  for _, thread in ipairs(threads) do
    repeated = repeated + thread:get("exhausted")
  end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout, repeated))
end
