#!/usr/bin/env python3
# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Judges the records of a simulation (certway simulate --keep DIR: DIR/records.json) without any of its code.

Usage: simulation-judge.py RECORDS; prints one JSON object with the same counts as the simulation, told apart by names. Opens what
lies in Intune as the certificate connector does, and reads mails that openssl has encrypted to what was published.
"""
import base64
import collections
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import pkcs12

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


def thumbprint(text):
    return x509.load_der_x509_certificate(base64.b64decode(text)).fingerprint(hashes.SHA1()).hex()


class Devices:
    """What people's devices hold: PFX records, opened with the key of the Intune connector."""

    OAEP = padding.OAEP(padding.MGF1(hashes.SHA512()), hashes.SHA512(), None)

    def __init__(self, records):
        connector = serialization.load_pem_private_key(records["connector"]["privateKeyPEM"].encode(), None)
        self.keys = {}
        self.unreadable = []
        for record in records["pfx"]:
            holder = (record["userPrincipalName"].lower(), record["thumbprint"].lower())
            try:
                password = connector.decrypt(base64.b64decode(record["encryptedPfxPassword"]), self.OAEP)
                blob = base64.b64decode(record["encryptedPfxBlob"])
                key, leaf, _ = pkcs12.load_key_and_certificates(blob, password)
                assert leaf.fingerprint(hashes.SHA1()).hex() == holder[1]
                self.keys[holder] = (key, leaf)
            except Exception as error:
                self.unreadable.append(f"{holder}: {error}")

    def has(self, name, mark):
        return (name.lower(), mark) in self.keys

    def reads(self, name, certificate):
        """Whether a mail that openssl encrypts to the certificate is read with what lies on the person's devices."""
        mark = certificate.fingerprint(hashes.SHA1()).hex()
        if not self.has(name, mark):
            return False
        key, leaf = self.keys[(name.lower(), mark)]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "found.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
            (folder / "leaf.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
            (folder / "key.pem").write_bytes(key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
            (folder / "mail.txt").write_text(f"for {name}\n")
            for command in (
                ["-encrypt", "-aes256", "-binary", "-outform", "DER", "-in", "mail.txt", "-out", "mail.p7m", "found.pem"],
                ["-decrypt", "-binary", "-inform", "DER", "-in", "mail.p7m", "-out", "read.txt", "-inkey", "key.pem",
                 "-recip", "leaf.pem"],
            ):
                if subprocess.run(["openssl", "cms"] + command, cwd=folder, stderr=subprocess.DEVNULL).returncode:
                    return False
            return (folder / "read.txt").read_text() == f"for {name}\n"


class Others:
    """Keys, address lists and notices: what issue and revocation alone do not tell."""

    def __init__(self, records, held, now, moments, wanted):
        self.records, self.held, self.now = records, held, now
        self.people = {person["number"]: person for person in records["people"]}
        self.names = {person["userPrincipalName"].lower(): person for person in records["people"]}
        self.wanted = wanted
        self.touched = {number: max(moments.get(number, [moment(records["start"])])) for number in self.people}
        self.went = {}
        for event in records["happened"]:
            if event["event"] in ("leave", "disable", "delete") and not event["isEnd"]:
                for number in event["people"]:
                    self.went[number] = moment(event["date"])
        self.mailboxes = {mailbox["address"]: mailbox for mailbox in records["mailboxes"]}
        self.policies = records["policies"]
        self.delivered = {
            pfx["thumbprint"].lower() for pfx in records["deletedPFX"] + records["pfx"]
        }
        self.devices = Devices(records)
        self.by_mark = {one.thumbprint: one for one in held}
        self.counts = collections.Counter(keysMissing=0, keysAstray=0, unpublished=0, publishedAstray=0,
                                          noticesDoubled=0, noticesMissing=0, mailsOpened=0, mailsUnreadable=0,
                                          keysHandedOut=0, handOutsMissing=0, handOutsAstray=0)
        self.moments = moments

    def rests(self, number):
        return self.now - self.touched[number] > PATIENCE

    def is_quiet(self, mailbox):
        return self.now - moment(mailbox["changed"]) > PATIENCE

    def is_gone(self, number):
        """Longer than any grace, where somebody who is gone keeps nothing."""
        leaving = [policy for policy in self.policies if policy["departure"] != "keep"]
        return bool(not self.wanted[number] and leaving and self.now - self.touched[number]
                    > datetime.timedelta(seconds=leaving[0]["graceSeconds"]) + PATIENCE)

    def was_made_for(self, one, person):
        for index, name in enumerate(person["names"]):
            following = person["names"][index + 1:index + 2]
            until = moment(following[0]["from"]) if following else self.now + 3650 * DAY
            if one.addresses <= set(name["addresses"]) and moment(name["from"]) <= one.start + DAY and until >= one.start - DAY:
                return True
        return False

    def keys_at_hand(self):
        for one in self.held:
            fitting = [policy for policy in self.policies if policy["purpose"] == one.purpose] or self.policies
            history = datetime.timedelta(seconds=fitting[0]["historySeconds"])
            if (one.purpose == "smimeSigning" or one.thumbprint not in self.delivered or self.now - one.start <= PATIENCE
                    or one.end + history <= self.now or one.revoked and one.reason == 1):
                continue
            if one.mailbox:
                holders = one.mailbox["delegates"] if self.is_quiet(one.mailbox) else []
            elif one.person and self.wanted[one.person["number"]] and self.rests(one.person["number"]):
                number = one.person["number"]
                holders = [number] if number not in self.went or one.start > self.went[number] else []
            else:
                holders = []
            for number in holders:
                if not self.devices.has(self.people[number]["userPrincipalName"], one.thumbprint):
                    self.counts["keysMissing"] += 1
        for record in self.records["pfx"]:
            one = self.by_mark.get(record["thumbprint"].lower())
            person = self.names.get(record["userPrincipalName"].lower())
            if one is None or person is None:
                stray = True
            elif one.mailbox:
                stray = self.is_quiet(one.mailbox) and person["number"] not in one.mailbox["delegates"]
            else:
                stray = not self.was_made_for(one, person) or self.is_gone(person["number"])
            self.counts["keysAstray"] += stray

    def address_list(self):
        lists = {entry["name"]: {thumbprint(text) for text in entry["certificates"]} for entry in self.records["addressList"]}
        published = [policy for policy in self.policies if policy["isPublished"]]
        if not published:
            return
        for person in self.records["people"]:
            number, listed = person["number"], lists.get(person["userPrincipalName"].lower(), set())
            mine = [one for one in self.held
                    if one.person is person and not one.mailbox and one.purpose != "smimeSigning"]
            if self.wanted[number] and self.rests(number):
                addresses, mail = addresses_of(person, self.now), person["names"][-1]["mail"].lower()
                fitting = [one for one in mine if not published[0]["replacesOnChange"]
                           or one.addresses <= addresses and mail in one.addresses]
                self.entry(mine, fitting, listed)
            elif self.is_gone(number):
                self.counts["publishedAstray"] += sum(one.thumbprint in listed for one in mine)
        for address, mailbox in self.mailboxes.items():
            if self.is_quiet(mailbox):
                mine = [one for one in self.held if one.mailbox is mailbox and one.purpose != "smimeSigning"]
                self.entry(mine, mine, lists.get(address, set()))
        for name, listed in lists.items():
            person = self.names.get(name)
            if person is None or not self.rests(person["number"]):
                continue
            for mark in listed:
                one = self.by_mark.get(mark)
                if one and not one.mailbox and not self.was_made_for(one, person):
                    self.counts["publishedAstray"] += 1

    def entry(self, mine, fitting, listed):
        usable = [one for one in fitting if one.good(self.now) and one.thumbprint in self.delivered]
        if usable and self.now - usable[-1].start > PATIENCE:
            self.counts["unpublished"] += usable[-1].thumbprint not in listed
            self.counts["publishedAstray"] += sum(one.thumbprint in listed and not one.good(self.now) for one in mine)

    def mail(self):
        for period in self.records["periods"]:
            for entry in period["people"]:
                number = entry["number"]
                if not self.wanted[number] or not self.rests(number):
                    continue
                for text in entry["certificates"]:
                    one = self.by_mark.get(thumbprint(text))
                    if one is None or number in self.went and one.start <= self.went[number]:
                        continue
                    is_read = self.devices.reads(self.people[number]["userPrincipalName"], one.certificate)
                    self.counts["mailsOpened" if is_read else "mailsUnreadable"] += 1

    def notices(self):
        told, arrivals = collections.Counter(), collections.defaultdict(list)
        for mail in self.records["mails"]:
            headers = {entry["name"]: entry["value"] for entry in mail["message"].get("internetMessageHeaders", [])}
            recipient, event = mail["recipients"][0].lower(), headers.get("x-certway-event", "")
            told[(recipient, event, mail["message"]["subject"], mail["message"]["body"]["content"])] += 1
            if event in ("issued", "renewed"):
                arrivals[recipient].append(moment(mail["acceptedAt"]))
        for (recipient, event, _, text), count in told.items():
            alike = 1
            if event == "renewed":
                alike = sum(recipient in one.addresses and one.end.date().isoformat() in text for one in self.held)
            self.counts["noticesDoubled"] += count > max(1, alike)
        for number, person in self.people.items():
            if not self.wanted[number] or not self.rests(number):
                continue
            got = sum(one.person is person and one.thumbprint in self.delivered and self.now - one.start > PATIENCE
                      for one in self.held)
            known = {address for name in person["names"] for address in name["addresses"] + [name["mail"].lower()]}
            heard = sum(address in addresses_of(person, when) for address in known for when in arrivals[address])
            self.counts["noticesMissing"] += heard < got

    def opened(self, file):
        """The certificate of a file whose key belongs to it; None for one that does not open."""
        try:
            blob, password = base64.b64decode(file["content"]), file["password"].encode()
            key, leaf, _ = pkcs12.load_key_and_certificates(blob, password)
            assert key.public_key().public_numbers() == leaf.public_key().public_numbers()
            return leaf.fingerprint(hashes.SHA1()).hex()
        except Exception:
            return None

    def hand_outs(self):
        """Keys that were recovered or handed over: once, to whom they were to come, and to nobody else."""
        for one in self.records.get("handOuts", []):
            number, owner, came = one["person"], self.people[one["person"]], 0
            for file in one["files"]:
                if one["outcome"] != "fetched" or file["by"] != "entitled" or came:
                    self.counts["handOutsAstray"] += 1
                    continue
                mark = self.opened(file)
                if mark is None:
                    continue
                held = self.by_mark.get(mark)
                if held is not None and held.person is owner:
                    came += 1
                else:
                    self.counts["handOutsAstray"] += 1
            self.counts["keysHandedOut"] += came
            if not one["ended"]:
                continue
            begun, ended = moment(one["begun"]), moment(one["ended"])
            if any(begun - PATIENCE < when <= ended + DAY for when in self.moments.get(number, [])):
                continue
            offered = self.by_mark.get(one["certificate"]) if one["kind"] == "handOver" else None
            # Another certificate that took its place has ended the offer.
            is_superseded = offered is not None and any(
                other.person is offered.person and other.purpose == offered.purpose
                and offered.start < other.start <= ended + DAY for other in self.held)
            self.counts["handOutsMissing"] += one["outcome"] == "fetched" and not came and not is_superseded
            if one["kind"] != "recoverKey" and one["outcome"] == "refused" or self.now - begun <= PATIENCE:
                continue
            known = {address for name in owner["names"] for address in name["addresses"] + [name["mail"].lower()]}
            self.counts["noticesMissing"] += not any(
                mail["recipients"][0].lower() in known and one["mark"] in mail["message"]["body"]["content"]
                for mail in self.records["mails"])

    def judge(self):
        self.hand_outs()
        self.keys_at_hand()
        self.address_list()
        self.mail()
        self.notices()
        return dict(self.counts, keysUnreadable=len(self.devices.unreadable), mailsSent=len(self.records["mails"]))


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
    mailboxes = {mailbox["address"]: mailbox for mailbox in records["mailboxes"]}
    for one in held:
        one.mailbox = next((mailboxes[address] for address in one.addresses if address in mailboxes), None)
        one.person = None
        if one.mailbox:
            continue
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
        **Others(records, held, now, moments, wanted).judge(),
        "ordersPaid": len(paid), "money": round(money, 2), "doubled": len(doubled), "lost": len(lost),
        "withoutCertificate": len(without), "strangersWithCertificate": len(strangers),
        "revocationsMissing": len(missing), "examples": (without + strangers + missing + doubled + lost)[:10],
    }))


main(sys.argv[1])
