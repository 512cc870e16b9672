#!/usr/bin/env python3
# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Judges the records of a simulation (certway simulate --keep DIR: DIR/records.json) without any of its code.

Usage: simulation-judge.py RECORDS; prints one JSON object with the same counts as the simulation, told apart by names.
"""
import datetime
import json
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes

DAY = datetime.timedelta(days=1)
PATIENCE = 3 * DAY


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def start_of(certificate):
    return getattr(certificate, "not_valid_before_utc", None) or certificate.not_valid_before.replace(tzinfo=datetime.timezone.utc)


def end_of(certificate):
    return getattr(certificate, "not_valid_after_utc", None) or certificate.not_valid_after.replace(tzinfo=datetime.timezone.utc)


def purpose_of(certificate):
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    encrypts = usage.key_encipherment or usage.key_agreement
    if usage.digital_signature and encrypts:
        return "smime"
    return "smimeEncryption" if encrypts else "smimeSigning"


class Held:
    """A certificate with what its CA's record says of it."""

    def __init__(self, ca, order, entry):
        self.ca = ca
        self.order = order
        self.reference = order.get("reference") or ""
        self.certificate = x509.load_pem_x509_certificate(entry["pem"].encode())
        self.revoked = entry["revoked"]
        self.reason = entry["reason"]
        self.start, self.end = start_of(self.certificate), end_of(self.certificate)
        self.thumbprint = self.certificate.fingerprint(hashes.SHA1()).hex()
        names = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.addresses = {name.lower() for name in names.get_values_for_type(x509.RFC822Name)}
        self.purpose = purpose_of(self.certificate)

    def good(self, now):
        return not self.revoked and self.start <= now <= self.end


def addresses_of(person, when):
    known = [set(name["addresses"]) for name in person["names"] if moment(name["from"]) <= when]
    return known[-1] if known else set()


def main(path):
    records = json.load(open(path))
    now = moment(records["now"])
    held = [
        Held(name, order, entry)
        for name, ca in records["cas"].items() for order in ca["orders"] for entry in order["certificates"]
    ]
    held.sort(key=lambda one: one.start)
    directory = {entry["id"]: entry for entry in records["directory"]}
    moments = {}
    changes = []
    for event in records["happened"]:
        if event["event"] in ("switchCA", "renameProduct"):
            changes.append(moment(event["date"]))
        for number in event["people"]:
            moments.setdefault(number, []).append(moment(event["date"]))
    present = {pfx["thumbprint"].lower() for pfx in records["pfx"]}
    owner_of = {
        pfx["thumbprint"].lower(): pfx["userPrincipalName"].lower() for pfx in records["deletedPFX"] + records["pfx"]
    }
    names = {person["userPrincipalName"].lower(): person for person in records["people"]}
    owned = {person["number"]: [] for person in records["people"]}
    for one in held:
        one.person = names.get(owner_of.get(one.thumbprint))
        if one.person is None:
            for person in records["people"]:
                if addresses_of(person, one.start) & one.addresses:
                    one.person = person
                    break
        if one.person is not None:
            owned[one.person["number"]].append(one)

    without, strangers, missing, doubled, lost = [], [], [], [], []
    wanted = {}
    for person in records["people"]:
        entry = directory[person["id"]]
        wanted[person["number"]] = bool(entry["isPresent"] and entry["accountEnabled"] and entry["isMember"])
        quiet = now - max(moments.get(person["number"], [moment(records["start"])]))
        for policy in records["policies"]:
            own = [
                one for one in owned[person["number"]]
                if len(records["policies"]) == 1 or one.purpose == policy["purpose"]
            ]
            usable = [one for one in own if one.good(now) and one.thumbprint in present]
            grace = datetime.timedelta(seconds=policy["graceSeconds"])
            if wanted[person["number"]]:
                mine = addresses_of(person, now)
                mail = person["names"][-1]["mail"].lower()
                fitting = usable
                if policy["replacesOnChange"]:
                    fitting = [one for one in usable if one.addresses <= mine and mail in one.addresses]
                if quiet > PATIENCE and not fitting:
                    without.append(person["userPrincipalName"])
                elif (quiet > PATIENCE and policy["revokesSuperseded"] and len(usable) > 1
                      and now - usable[-1].start > PATIENCE):
                    missing.append(person["userPrincipalName"])
            elif quiet > grace + PATIENCE and policy["departure"] != "keep":
                if usable:
                    strangers.append(person["userPrincipalName"])
                if policy["departure"] == "revoke":
                    missing += [one.thumbprint for one in own if one.good(now)]
            renewal = datetime.timedelta(seconds=policy["renewalSeconds"]) + 2 * DAY
            for former, following in zip(own, own[1:]):
                until = following.start + DAY
                because = (
                    former.end - following.start < renewal
                    or any(former.start - DAY < at <= until for at in moments.get(person["number"], []))
                    or any(former.start - PATIENCE < at <= until for at in changes))
                if not because:
                    doubled.append(following.thumbprint)
    references = {}
    for one in held:
        if one.reference:
            references.setdefault(one.reference, set()).add((one.ca, one.order["id"]))
        if one.thumbprint not in owner_of and not one.revoked and now - one.start > PATIENCE:
            lost.append(one.thumbprint)
    doubled += [reference for reference, orders in references.items() if len(orders) > 1]
    owners = {}
    for person in records["people"]:
        if wanted[person["number"]]:
            for address in addresses_of(person, now):
                owners[address] = person
    for one in held:
        if one.good(now) and one.thumbprint in present:
            for address in one.addresses:
                owner = owners.get(address)
                if owner is None or (one.person and owner["number"] == one.person["number"]):
                    continue
                if now - max(moments.get(owner["number"], [moment(records["start"])])) > PATIENCE:
                    strangers.append(address)
    for name, ca in records["cas"].items():
        listed = {}
        for pem in ca["revocationLists"].values():
            for entry in x509.load_pem_x509_crl(pem.encode()):
                try:
                    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
                except x509.ExtensionNotFound:
                    reason = "unspecified"
                listed[entry.serial_number] = reason
        words = ["unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded",
                 "cessationOfOperation", "certificateHold", "", "removeFromCRL", "privilegeWithdrawn", "aACompromise"]
        for one in held:
            if one.ca == name and one.revoked:
                reason = listed.get(one.certificate.serial_number)
                told = words[one.reason] if isinstance(one.reason, int) else None
                if reason is None or (ca["publishesReasons"] and told is not None and reason != told):
                    missing.append(one.thumbprint)
    paid = {(one.ca, one.order["id"]) for one in held}
    money = sum((records["cas"][ca]["price"] or 0) for ca, _ in paid)
    print(json.dumps({
        "ordersPaid": len(paid), "money": round(money, 2), "doubled": len(doubled), "lost": len(lost),
        "withoutCertificate": len(without), "strangersWithCertificate": len(strangers),
        "revocationsMissing": len(missing), "examples": (without + strangers + missing + doubled + lost)[:10],
    }))


main(sys.argv[1])
