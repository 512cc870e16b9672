-- SPDX-FileCopyrightText: Certway contributors
-- SPDX-License-Identifier: Apache-2.0

-- libcurl leaves the optional field Version out of its NTLM messages (MS-NLMP 2.2.1.1, 2.2.1.3), which Windows allows and
-- gss-ntlmssp 1.2.0 refuses. This puts an empty one in before the messages are checked: what they prove stays as it is.

local function number(bytes, at)
  local a, b, c, d = bytes:byte(at + 1, at + 4)
  return a + b * 256 + c * 65536 + d * 16777216
end

local function encoded(value)
  return string.char(value % 256, math.floor(value / 256) % 256, math.floor(value / 65536) % 256,
    math.floor(value / 16777216) % 256)
end

-- The server's own functions for Base64 end at the first null character.
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function decoded(text)
  local bytes, bits, count = {}, 0, 0
  for character in text:gmatch("[A-Za-z0-9+/]") do
    bits, count = bits * 64 + alphabet:find(character, 1, true) - 1, count + 6
    if count >= 8 then
      count = count - 8
      bytes[#bytes + 1] = string.char(math.floor(bits / 2 ^ count))
      bits = bits % 2 ^ count
    end
  end
  return table.concat(bytes)
end

local function base64(bytes)
  local text = bytes:gsub("..?.?", function(group)
    local a, b, c = group:byte(1, 3)
    local bits, characters = a * 65536 + (b or 0) * 256 + (c or 0), ""
    for index = 0, #group do
      local place = math.floor(bits / 64 ^ (3 - index)) % 64 + 1
      characters = characters .. alphabet:sub(place, place)
    end
    return characters .. string.rep("=", 3 - #group)
  end)
  return text
end

-- Puts eight bytes in at `start`, where the fields end, and moves what the fields point to.
local function widened(message, start, fields)
  for _, field in ipairs(fields) do
    local offset = number(message, field + 4)
    if offset >= start then
      message = message:sub(1, field + 4) .. encoded(offset + 8) .. message:sub(field + 9)
    end
  end
  return message:sub(1, start) .. string.rep("\0", 8) .. message:sub(start + 1)
end

function add_version(r)
  local text = (r.headers_in["Authorization"] or ""):match("^NTLM (.+)$")
  local message = text and decoded(text)
  if message and message:sub(1, 8) == "NTLMSSP\0" then
    local kind = number(message, 8)
    if kind == 1 then
      message = widened(message, 32, {16, 24})
    elseif kind == 3 then
      message = widened(message, 64, {12, 20, 28, 36, 44, 52})
    end
    r.headers_in["Authorization"] = "NTLM " .. base64(message)
  end
  return apache2.DECLINED
end
