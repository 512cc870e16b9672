# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Every lie that the control API asks for can be seen on the wire of each CA."""
from faces import *

EMAIL = "ada@sandbox.example"


class Look:
    """One CA and what it said under one lie."""

    def __init__(self, face, lie):
        self.face = face
        self.lie = lie

    def issue(self, email=EMAIL):
        key, handle = self.face.order(email)
        leaf, chain = self.face.pick_up(handle)
        return key, handle, leaf, chain

    def names(self, leaf):
        return leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.RFC822Name)

    def sees(self):
        face, lie = self.face, self.lie
        if lie in ("accepts-any-credentials", "token-never-accepted", "throttles-always"):
            try:
                face.log_in_again()
            except Trouble:
                return lie == "throttles-always"
            except Refused as refused:
                return lie == "token-never-accepted" and refused.args[0] == 401
            return lie == "accepts-any-credentials"
        if lie == "issues-what-was-rejected":
            face.ca.switch(rejectNext="no")
            return bool(self.issue())
        if lie in ("never-issues", "forgets-orders"):
            try:
                self.issue()
            except (Trouble, Refused):
                return True
            return False
        if lie == "unknown-order-is-issued":
            try:
                return bool(face.pick_up({"globalsign-atlas": "0A0B", "ssl-com": "co-0"}[face.ca.name]))
            except Refused:
                return False
        if lie == "mixes-orders":
            # However slow this machine is: both come at the same time.
            control("clock", {"stopAt": control("clock", {"advance": 0})["now"]})
            orders = [face.order(EMAIL), face.order("bob@sandbox.example")]
            control("clock", {"resume": True})
            return self.names([face.pick_up(order[1])[0] for order in orders][1]) == [EMAIL]
        before = len(control("cas/" + face.ca.name)["orders"])
        key, handle, leaf, chain = self.issue()
        if lie == "duplicate-orders":
            return len(control("cas/" + face.ca.name)["orders"]) > before + 1
        if lie.startswith("inventory"):
            listed = face.list()
            mine = leaf.serial_number if face.ca.name == "globalsign-atlas" else handle
            return listed.count(mine) > 1 if lie == "inventory-repeats" else mine not in listed
        if "revo" in lie:
            face.revoke(handle, leaf, 4)
            return crl_reason(leaf) != 4
        days = (leaf.not_valid_after - leaf.not_valid_before).days
        return {
            "wrong-key": lambda: leaf.public_key().public_numbers() != key.public_key().public_numbers(),
            "other-persons-certificate": lambda: leaf.public_key().public_numbers() != key.public_key().public_numbers()
            or self.names(leaf) != [EMAIL],
            "missing-address": lambda: not any(isinstance(e.value, x509.SubjectAlternativeName) for e in leaf.extensions),
            "extra-address": lambda: len(self.names(leaf)) == 2,
            "wrong-common-name": lambda: leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value != "Ada Example",
            "wrong-usage": lambda: not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature,
            "short-validity": lambda: days < 2, "long-validity": lambda: days > 1000,
            "expired-certificate": lambda: leaf.not_valid_after < leaf.not_valid_before.utcnow(),
            "missing-intermediate": lambda: face.ca.verify(leaf, chain).returncode != 0,
            "foreign-root": lambda: face.ca.verify(leaf, chain).returncode != 0,
        }[lie]()


COMMON = ["wrong-key", "other-persons-certificate", "missing-address", "extra-address", "wrong-common-name", "wrong-usage",
          "short-validity", "long-validity", "expired-certificate", "missing-intermediate", "foreign-root",
          "duplicate-orders", "forgets-orders", "never-issues", "issues-what-was-rejected", "mixes-orders",
          "revocation-unpublished", "wrong-revocation-reason", "revokes-another", "accepts-any-credentials",
          "throttles-always"]
LISTS = ["inventory-incomplete", "inventory-repeats"]
MORE = {"globalsign-atlas": ["unknown-order-is-issued", "inventory-wrong-serial", "token-never-accepted", *LISTS],
        "ssl-com": ["unknown-order-is-issued", *LISTS], "globaltrust": [], "ejbca": []}
LESS = {"ejbca": ["mixes-orders"]}
for name in [name for name in FACES if name in READY["cas"]]:
    face = FACES[name]()
    face.ca.switch(**({"statsLag": 0} if name == "globalsign-atlas" else {}))
    for lie in [*MORE[name], *COMMON]:
        if lie in LESS.get(name, []):
            continue
        # Something to confuse it with; then the truth must not look like the lie.
        Look(face, lie).issue("bob@sandbox.example")
        face.ca.switch(disobey=[lie])
        check(Look(face, lie).sees(), f"{name}: {lie} is not seen")
        face.ca.switch(disobey=[])
