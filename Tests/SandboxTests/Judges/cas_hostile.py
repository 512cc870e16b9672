# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Hostile mode: a client that tries again gets every certificate, and it is the right one."""
from faces import *

for name in [name for name in FACES if name in READY["cas"]]:
    face = patient(FACES[name])
    for number in range(8):
        email = f"person.{number}@sandbox.example"
        for _ in range(5):
            key, handle = patient(lambda: face.order(email))
            try:
                leaf, chain = patient(lambda: face.pick_up(handle), attempts=25 if name != "ejbca" else 8)
                break
            except Lost:
                # The order itself was lost before it was made.
                equal(name, "ejbca", "only EJBCA has no handle until it is done")
        face.ca.check_certificate(leaf, [c for c in chain if c != leaf], key, [email])
        if number < 3:
            try:
                patient(lambda: face.revoke(handle, leaf, 4))
            except Refused as refused:
                # Done at the first attempt, whose answer was lost.
                check("revoked" in str(refused).lower(), f"{name}: {refused}")
            equal(crl_reason(leaf), 4, "revoked")
faults = [key for key in control("state")["requests"] if key.startswith("faults.")]
check(len(faults) >= 5, f"trouble of many kinds: {faults}")
