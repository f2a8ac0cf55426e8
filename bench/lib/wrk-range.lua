-- Random ranges over kept connections: wrk -t2 -c8 -d5s -s wrk-range.lua URL -- FILE_BYTES RANGE_BYTES; a line of JSON at the end.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("id", threads)
end
function init(args)
  size, length = tonumber(args[1]), tonumber(args[2])
  math.randomseed(os.time() * 7919 + id * 104729)
end
function request()
  if length == 0 then return wrk.format("GET") end
  local first = math.random(0, math.floor((size - length) / 4096)) * 4096
  return wrk.format("GET", nil, { Range = string.format("bytes=%d-%d", first, first + length - 1) })
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"mbps":%.1f,"requests":%d,"p50":%.2f,"p99":%.2f,"errors":%d}\n', summary.bytes / summary.duration, summary.requests,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
