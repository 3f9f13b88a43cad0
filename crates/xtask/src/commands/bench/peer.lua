-- What a dissector of this protocol in Lua costs: RC4 and the first opcode of each frame, no more. Only to compare with.
-- It takes for granted that nothing is lost or comes out of order, and that all frames begin as the simulator's do.
local peer = Proto("peer", "Guild Wars 2 in Lua, for comparison")
local opcode_field = ProtoField.uint16("peer.opcode", "Opcode", base.HEX)
peer.fields = { opcode_field }
local bxor, band = bit32.bxor, bit32.band

local keys = {}
for line in io.lines((...)) do
  local seed, key = line:match("^GW2_RC4_KEY%s+(%x+)%s+(%x+)")
  if seed then keys[seed:lower()] = key end
end

local function cipher(key)
  local bytes, state, j = {}, {}, 0
  for hex in key:gmatch("%x%x") do bytes[#bytes + 1] = tonumber(hex, 16) end
  for i = 0, 255 do state[i] = i end
  for i = 0, 255 do
    j = band(j + state[i] + bytes[i % #bytes + 1], 255)
    state[i], state[j] = state[j], state[i]
  end
  return { state = state, i = 0, j = 0 }
end

local function decrypt(c, bytes)
  local state, i, j, out = c.state, c.i, c.j, {}
  for n = 0, bytes:len() - 1 do
    i = band(i + 1, 255)
    j = band(j + state[i], 255)
    state[i], state[j] = state[j], state[i]
    out[n + 1] = bxor(bytes:get_index(n), state[band(state[i] + state[j], 255)])
  end
  c.i, c.j = i, j
  return out
end

local connections, opcodes = {}, {}

local function read(tvb, pinfo)
  local from_server = pinfo.src_port == 6112
  local port = from_server and pinfo.dst_port or pinfo.src_port
  local connection = connections[port]
  local bytes = tvb:bytes()
  if not connection then
    connections[port] = {}
  elseif from_server and not connection.server then
    local key = keys[bytes:subset(2, 20):tohex():lower()]
    if key then connection.server, connection.client = cipher(key), cipher(key) end
  elseif connection.server then
    local plain = decrypt(from_server and connection.server or connection.client, bytes)
    local at = from_server and 5 or 1
    if plain[at + 1] then opcodes[pinfo.number] = plain[at] + 256 * plain[at + 1] end
  end
end

function peer.dissector(tvb, pinfo, tree)
  if not pinfo.visited then read(tvb, pinfo) end
  local opcode = opcodes[pinfo.number]
  if opcode then tree:add(peer, tvb()):add(opcode_field, opcode) end
end

DissectorTable.get("tcp.port"):add(6112, peer)
