# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The rolling request limits, with the sandbox's clock moved by hand."""
from common import *

control("clock", {"stopAt": "2026-01-05T10:00:00Z"})
ca = DigiCert()


def burst(count):
    return [ca.call("GET", "/user/me").status_code for _ in range(count)]


equal(burst(101), [200] * 100 + [429], "100 in 5 seconds")
refused = ca.call("GET", "/user/me")
equal(codes(refused.json()), ["request_limit_exceeded"], "code")
check("Retry-After" not in refused.headers, "no Retry-After")
control("clock", {"stopAt": "2026-01-05T10:00:04Z"})
equal(burst(1), [429], "the window rolls, it does not jump")
for step in range(1, 10):
    control("clock", {"stopAt": f"2026-01-05T10:00:{step * 5:02}Z"})
    equal(burst(100), [200] * 100, f"step {step}")
control("clock", {"stopAt": "2026-01-05T10:01:00Z"})
equal(burst(1), [429], "1000 in 3 minutes")
control("clock", {"stopAt": "2026-01-05T10:03:01Z"})
equal(burst(1), [200], "room again")
other = DigiCert(READY["cas"]["digicert-certcentral"]["otherKeys"]["viewOnly"])
equal(other.call("GET", "/user/me").status_code, 200, "each key has its own limits")
