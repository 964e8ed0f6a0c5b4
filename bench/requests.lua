-- What wrk sends and counts: prepared requests from a file, in order, each answer's status.
-- Arguments: file (a line a request: method, path, Authorization, body, tab-separated), index of the
-- first request, file for the outcome, "once" when no request may be sent twice.
-- For one thread of wrk; the outcome is lines of: name, value, count.

-- wrk runs setup() and done() in one Lua state and the rest in another: what done() reads of the
-- other one must be global there.
local the_thread
local requests = {}
local index
local once

function setup(thread)
    the_thread = thread
end

function init(arguments)
    for line in io.lines(arguments[1]) do
        local method, path, authorization, body
            = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
        local headers = {["Content-Type"] = "application/json", ["Authorization"] = authorization}
        if method == "GET" then
            -- As the gateway wants it.
            headers = {
                ["Accept"] = "application/json;charset=UTF-8", ["Accept-Version"] = "1",
                ["Authorization"] = authorization
            }
        end
        requests[#requests + 1] = wrk.format(method, path, headers, method ~= "GET" and body or nil)
    end
    index = tonumber(arguments[2])
    once = arguments[4] == "once"
    outcome_file = arguments[3]
    statuses = {}
    refusal = ""
    asked = 0
    exhausted = 0
end

function request()
    local request = requests[index % #requests + 1]
    if index >= #requests and once then
        exhausted = 1
    end
    index = index + 1
    asked = asked + 1
    return request
end

function response(status, headers, body)
    statuses[status] = (statuses[status] or 0) + 1
    if status >= 300 and refusal == "" then
        refusal = body
    end
end

function done(summary, latency, _)
    local file = assert(io.open(the_thread:get("outcome_file"), "w"))
    for status, count in pairs(the_thread:get("statuses")) do
        file:write("status\t", status, "\t", count, "\n")
    end
    for name, count in pairs(summary.errors) do
        if name ~= "status" then
            file:write("failure\t", name, "\t", count, "\n")
        end
    end
    for i = 1, #latency do
        local microseconds, count = latency(i)
        file:write("latency\t", microseconds, "\t", count, "\n")
    end
    file:write("asked\t\t", the_thread:get("asked"), "\n")
    file:write("exhausted\t\t", the_thread:get("exhausted"), "\n")
    file:write("microseconds\t\t", summary.duration, "\n")
    file:write("refusal\t", (the_thread:get("refusal"):gsub("%s", " ")), "\t0\n")
    file:close()
end
