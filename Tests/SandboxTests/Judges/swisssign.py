# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""SwissSign's CMC service: the checks, flows and switches of the wire sheet, and the published vectors."""
from swisssign_client import *

VECTORS = os.path.join(os.environ["CERTWAY_FIXTURES"], "..", "..", "PKIXTests", "Fixtures", "cmc")


def order(email="anna.muster@sandbox.example", key=None, lenient=False, good=True, **query):
    key, request = pkcs10(key, email)
    message = Message(requests=[(4, request)])
    return key, message, message.post(lenient=lenient, good=good, **query)


def switch(**values):
    control("cas/swisssign", values)


def refused(answer, fail, ids=None, text=None):
    equal((answer.status.code, answer.status.fail), (2, fail), f"refusal: {answer.status.text}")
    equal(answer.status.oid, STATUSV2, "statusInfoV2")
    if ids is not None:
        equal(answer.status.ids, ids, "bodyList")
    if text:
        check(text in answer.status.text, f"{text!r} in {answer.status.text!r}")


# Enrol ----------------------------------------------------------------------------------------------------------------
key, message, answer = order()
equal((answer.status.code, answer.status.ids, answer.status.oid), (0, [4], STATUSV2), "success")
leaf = answer.certificate(key)
check(leaf and len(answer.certificates) == 4, "leaf, issuing CA, root and responder")
equal(leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.RFC822Name),
      ["anna.muster@sandbox.example"], "address")
issuing = next(c for c in answer.certificates if c.subject == leaf.issuer)
equal((leaf.not_valid_after - leaf.not_valid_before).days, 365, "validity")
with tempfile.TemporaryDirectory() as folder:
    paths = []
    for name, certificate in [("root", x509.load_pem_x509_certificate(CA["rootPEM"].encode())), ("issuing", issuing), ("leaf", leaf)]:
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as out:
            out.write(certificate.public_bytes(serialization.Encoding.PEM))
    check(openssl("verify", "-CAfile", paths[0], "-untrusted", paths[1], paths[2]).returncode == 0, "openssl verify")
for validity, days in [("3y", 1095), ("2y", 730)]:
    key, _, answer = order(validity=validity)
    equal((answer.certificate(key).not_valid_after - answer.certificate(key).not_valid_before).days, days, validity)
key, request = pkcs10(organization=OTHER["organization"])
equal(Message(requests=[(4, request)]).post(product="personal-gold").status.code, 0, "gold")
equal(Message(requests=[(4294967295, pkcs10()[1])]).post().status.ids, [4294967295], "the largest bodyPartID")
equal(Message((9, REGINFO, core.OctetString(b"hello")), requests=[(4, pkcs10()[1])]).post().octets(RESPONSEINFO), b"hello", "regInfo")

# The same message, and the same request in the same transaction, are the same order.
key, message, first = order()
equal(post(message.der).certificate(key), first.certificate(key), "the same message again")
key2, request2 = pkcs10()
once = Message(requests=[(4, request2)])
again = Message(requests=[(4, request2)], transaction=once.transaction)
equal(once.post().certificate(key2), again.post().certificate(key2), "the same transaction and request, another nonce")
refused(Message(requests=[(4, pkcs10()[1])], transaction=once.transaction).post(), 2, [0], "transactionId")
refused(Message(requests=[(4, pkcs10()[1])], nonce=once.nonce).post(), 2, [0], "senderNonce")
refused(Message(requests=[(4, pkcs10()[1])], recipient=b"never sent").post(), 2, [0], "recipientNonce")

# Refusals.
for query, text in [(dict(account="other.ra"), "unknown account"), (dict(account=None), "unknown account"),
                    (dict(product="gold"), "unknown product"), (dict(validity="4y"), "validity"), (dict(validity="1"), "validity")]:
    refused(order(**query)[2], 2, None, text)
refused(order(product="personal-gold")[2], 2, [4], "Subject not permitted")
for email in ["a@other.example", "a@Sandbox.Example"]:
    refused(order(email)[2], 2, [4], "domain")
refused(order(None)[2], 2, [4], "address")
refused(order(key=rsa.generate_private_key(public_exponent=65537, key_size=1024))[2], 0, [4])
refused(order(key=ed25519.Ed25519PrivateKey.generate())[2], 0, [4])
for bundle in ("expiredOperatorCertificate", "foreignOperatorCertificate"):
    refused(Message(requests=[(4, pkcs10()[1])], bundle=OTHER[bundle]).post(lenient=True), 7, [0])
switch(expireCredentials=True)
refused(order(lenient=True)[2], 7, [0], "expired")
switch(expireCredentials=False, refusesWithStatus=True)
post(Message(requests=[(4, pkcs10()[1])], bundle=OTHER["foreignOperatorCertificate"]).der, expected=403)
switch(refusesWithStatus=False)
refused(Message().post(), 2, [0])
refused(post(sign(b"text", SETTINGS["operatorCertificate"], "data")), 2, [0])
refused(post(pkcs10()[1], content_type="application/pkcs10"), 7, [1])
post(b"no message", expected=400)
post(b"", expected=400)
post(b"\x30" * (1 << 20) + b"\x30", expected=413)
post(Message(requests=[(4, pkcs10()[1])]).der, content_type="text/plain", expected=400)
equal(post(Message(requests=[(4, pkcs10()[1])]).der, content_type=None).status.code, 0, "no Content-Type")
switch(exactContentType=True)
post(Message(requests=[(4, pkcs10()[1])]).der, content_type="application/pkcs7-mime; smime-type=CMC-request", expected=400)
equal(order()[2].status.code, 0, "the exact Content-Type")
switch(exactContentType=False, refusesKeyReuse=True)
refused(order(key=key)[2], 10, [4])
switch(refusesKeyReuse=False)

# Waiting --------------------------------------------------------------------------------------------------------------


def query(token, recipient=None, transaction=None):
    return Message((5, QUERY, core.OctetString(token)), recipient=recipient, transaction=transaction).post(product=None, validity=None)


for pending_info in ("repeated", "omitted", "later"):
    switch(pendingPolls=2, pendingInfo=pending_info)
    key, message, answer = order()
    status = answer.status
    check(status.code == 3 and status.token and status.ids == [4] and not answer.certificate(key), "pending")
    for _ in range(2):
        answer = query(status.token, answer.octets(SENDER), message.transaction)
        equal((answer.status.code, answer.status.ids), (3, [5]), "still pending")
        found = (answer.status.token, answer.status.time)
        if pending_info == "later":
            check(found[0] == status.token and found[1] >= status.time, "moved pendInfo")
        else:
            equal(found, (None, None) if pending_info == "omitted" else (status.token, status.time), pending_info)
    answer = query(status.token, answer.octets(SENDER), message.transaction)
    equal(answer.status.code, 0, "issued after waiting")
    check(answer.certificate(key), "certificate after waiting")
switch(pendingPolls=None, pendingInfo="repeated", manualApproval=True)
waiting = [order()[2].status.token.decode() for _ in range(2)]
switch(manualApproval=False)
control(f"cas/swisssign/orders/{waiting[0]}", {"decision": "approve"})
control(f"cas/swisssign/orders/{waiting[1]}", {"decision": "reject", "reason": "not known here"})
equal(query(waiting[0].encode()).status.code, 0, "approved")
refused(query(waiting[1].encode()), 2, [5], "not known here")
refused(query(b"REQ-9999999999"), 2, [5], "pendToken")
switch(unknownDomainsWait=True)
equal(order("a@other.example")[2].status.code, 3, "another domain waits")
switch(unknownDomainsWait=False, partial=True)
keys = [pkcs10(), pkcs10()]
both = Message(requests=[(4, keys[0][1]), (5, keys[1][1])])
answer = both.post()
equal((answer.status.code, answer.status.ids), (7, [4, 5]), "partial")
check(answer.certificate(keys[0][0]) and not answer.certificate(keys[1][0]), "one now")
control("cas/swisssign/orders/" + answer.status.token.decode(), {"decision": "approve"})
check(query(answer.status.token).certificate(keys[1][0]), "and the rest by polling")
switch(partial=False)
answer = Message(requests=[(4, pkcs10()[1]), (5, pkcs10(email="a@other.example")[1])]).post()
equal([(s.code, s.ids) for s in answer.statuses], [(0, [4]), (2, [5])], "one status each")

# Confirm --------------------------------------------------------------------------------------------------------------


def issuer_and_serial(certificate):
    parsed = asn1x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    return IssuerAndSerial({"issuer": parsed.issuer, "serial": parsed.serial_number})


def crl():
    revoked = x509.load_der_x509_crl(requests.get(
        leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value, timeout=TIMEOUT).content)
    check(revoked.is_signature_valid(issuing.public_key()), "CRL")
    found = {}
    for entry in revoked:
        reason = [e.value.reason.value for e in entry.extensions if isinstance(e.value, x509.CRLReason)]
        found[entry.serial_number] = reason[0] if reason else "unspecified"
    return found


switch(confirmRequired=True)
for code in (0, 2):
    key, message, answer = order()
    equal(answer.status.code, 5, "confirmRequired")
    certificate = answer.certificate(key)
    own = StatusInfo({"status": code, "ids": [4]})
    done = Message((5, CONFIRM, issuer_and_serial(certificate)), (6, STATUSV2, own), transaction=message.transaction,
                   recipient=answer.octets(SENDER)).post(product=None, validity=None)
    equal((done.status.code, done.status.ids), (0, [5]), "confirmed")
    equal(certificate.serial_number in crl(), code == 2, "what the client does not want is revoked")
refused(Message((5, CONFIRM, issuer_and_serial(issuing))).post(), 4, [5])
switch(confirmRequired=False)

# Revoke ---------------------------------------------------------------------------------------------------------------


def revoke(certificate, reason, **fields):
    name = issuer_and_serial(certificate)
    return Message((5, REVOKE, RevokeRequest({"issuer": name["issuer"], "serial": name["serial"], "reason": reason, **fields}))).post(
        product=None, validity=None)


for reason, word in [("0", "unspecified"), ("1", "keyCompromise"), ("3", "affiliationChanged"), ("4", "superseded"),
                     ("5", "cessationOfOperation")]:
    key, _, answer = order()
    certificate = answer.certificate(key)
    done = revoke(certificate, reason, comment="left the company")
    equal((done.status.code, done.status.ids, done.certificate(key)), (0, [5], None), "revoked")
    equal(crl().get(certificate.serial_number), word, "reason in the CRL")
equal(revoke(certificate, "4").status.code, 0, "revoked already")
switch(revokedTwiceFails=True)
refused(revoke(certificate, "4"), 4, [5])
switch(revokedTwiceFails=False)
key, _, answer = order()
certificate = answer.certificate(key)
equal(revoke(certificate, "6").status.code, 0, "hold")
equal(crl().get(certificate.serial_number), "certificateHold", "on hold")
equal(revoke(certificate, "8").status.code, 0, "released")
check(certificate.serial_number not in crl(), "off the CRL")
refused(revoke(issuing, "4"), 4, [5])
# The issuer in other string types is another issuer.
name = issuer_and_serial(certificate)["issuer"].dump()
check(b"\x0c" in name, "UTF8String in the issuer")
other = asn1x509.Name.load(name.replace(b"\x0c\x11SwissSign Sandbox", b"\x13\x11SwissSign Sandbox"))
refused(Message((5, REVOKE, RevokeRequest({"issuer": other, "serial": certificate.serial_number, "reason": "4"}))).post(), 4, [5])

# Forms of the answer --------------------------------------------------------------------------------------------------
switch(status="v1")
equal([s.oid for s in order()[2].statuses], [STATUS], "V1 only")
switch(status="both")
equal([s.oid for s in order()[2].statuses], [STATUSV2, STATUS], "both")
switch(status="none")
key, _, answer = order()
check(not answer.statuses and answer.certificate(key), "no status where all went well")
switch(status="v2", ber=True)
key, _, answer = order()
check(answer.der[:2] == b"\x30\x80" and answer.certificate(key), "BER")
switch(ber=False, subjectKeyIdentifier=True)
key, _, answer = order()
equal(cms.ContentInfo.load(answer.der)["content"]["signer_infos"][0]["sid"].name, "subject_key_identifier", "SKI")
switch(subjectKeyIdentifier=False, certsOnly=True)
key, _, answer = order(lenient=True, good=False)
check(answer.certificate(key) and not answer.verified and not answer.body, "certs-only")
equal(len(cms.ContentInfo.load(answer.der)["content"]["signer_infos"]), 0, "no signer")
switch(certsOnly=False, nonces=False, transactionID=False)
answer = order(lenient=True)[2]
equal(set(answer.controls), {STATUSV2}, "no nonce, no transaction")
switch(nonces=True, transactionID=True, emptyBodyList=True)
equal(order("a@other.example")[2].status.ids, [], "empty bodyList")
switch(emptyBodyList=False, failInfo=12)
refused(order()[2], 12, [4])
switch(failInfo=None)
switch(answer="badSignature")
check(not order(good=False, lenient=True)[2].verified, "a broken signature")
switch(answer="foreignResponder")
check(not order(good=False, lenient=True)[2].verified, "a foreign responder")
switch(answer="wrongContentType")
equal(cms.ContentInfo.load(order(good=False, lenient=True)[2].der)["content"]["encap_content_info"]["content_type"].native, "data", "type")
switch(answer="wrongNonce")
_, message, answer = order(lenient=True)
check(answer.octets(RECIPIENT) != message.nonce, "another nonce")
switch(answer="wrongTransaction")
_, message, answer = order(lenient=True)
check(core.Integer.load(answer.controls[TRANSACTION][0]).native != message.transaction, "another transaction")
switch(answer="noCertificate")
key, _, answer = order()
check(answer.status.code == 0 and not answer.certificate(key), "no certificate")
switch(answer=None)
addresses = lambda c: [n for e in c.extensions if isinstance(e.value, x509.SubjectAlternativeName) for n in e.value]
for lie, honest in [
        ("wrong-key", lambda a, k: a.certificate(k)), ("other-persons-certificate", lambda a, k: a.certificate(k)),
        ("missing-address", lambda a, k: addresses(a.certificate(k))),
        ("extra-address", lambda a, k: len(addresses(a.certificate(k))) == 1),
        ("expired-certificate", lambda a, k: a.certificate(k).not_valid_after > leaf.not_valid_before),
        ("foreign-root", lambda a, k: a.certificate(k).issuer == leaf.issuer),
        ("missing-intermediate", lambda a, k: issuing in a.certificates), ("never-issues", lambda a, k: a.status.code == 0)]:
    for disobey in ([], [lie]):
        switch(disobey=disobey)
        key, _, answer = order(good=not disobey)
        equal(bool(honest(answer, key)), not disobey, lie if disobey else "the truth before " + lie)
for lie in ("revocation-unpublished", "wrong-revocation-reason", "revokes-another"):
    switch(disobey=[])
    key, _, answer = order()
    switch(disobey=[lie])
    equal(revoke(answer.certificate(key), "4").status.code, 0, lie)
    check(crl().get(answer.certificate(key).serial_number) != "superseded", lie)
switch(disobey=["duplicate-orders"])
before = len(control("cas/swisssign")["orders"])
order()
equal(len(control("cas/swisssign")["orders"]) - before, 2, "two orders")
switch(disobey=["throttles-always"])
post(b"", expected=429)
switch(disobey=[])
key, _, answer = order()
switch(disobey=["forgets-orders"])
refused(revoke(answer.certificate(key), "4"), 4, [5])
switch(disobey=["accepts-any-credentials"])
equal(Message(requests=[(4, pkcs10()[1])], bundle=OTHER["foreignOperatorCertificate"]).post().status.code, 0, "any operator")
switch(disobey=["issues-what-was-rejected"])
equal(order("a@other.example")[2].status.code, 0, "another domain")
switch(disobey=[], rejectNext="not today")
refused(order()[2], 2, [4], "not today")
count = lambda: len(control("cas/swisssign")["orders"])
for fault, does in [("cut-after", 1), ("cut-before", 0), ("unavailable-after", 1), ("status", 0)]:
    before = count()
    control("faults", {"operation": "swisssign.message", "fault": fault, "status": 500})
    message = Message(requests=[(4, pkcs10()[1])])
    try:
        check(session.post(CA["endpoint"], data=message.der, timeout=TIMEOUT, params={
            "account": SETTINGS["account"], "product": "personal-silver"}).status_code >= 500, fault)
    except requests.RequestException:
        check(fault.startswith("cut"), fault)
    equal(count() - before, does, f"orders after {fault}")
    equal(message.post(validity=None).status.code, 0, f"the same message after {fault}")
    equal(count() - before, 1, f"one order after {fault}")

# The published vectors ------------------------------------------------------------------------------------------------


def vector(name):
    with open(os.path.join(VECTORS, name), "rb") as file:
        data = file.read()
    return post(data, "application/pkcs7-mime; smime-type=CMC-request; name=\"smime.p7m\"", product="personal-gold", validity="3y")


def pem(name):
    with open(os.path.join(VECTORS, "keys", name)) as file:
        return file.read()


def private(name):
    return serialization.load_pem_private_key(pem(name).encode(), None)


refused(vector("req-full.der"), 7, [0])
switch(trustedOperator=pem("ra.cert.pem"), trustedDomains=["example.ch"])
ee, ee2, ee256 = private("ee.key.pem"), private("ee2.key.pem"), private("ee-p256.key.pem")
answer = vector("req-full.der")
equal((answer.status.code, answer.status.ids), (0, [4]), "req-full")
equal(answer.octets(RECIPIENT), bytes(range(16)), "req-full: nonce")
equal(core.Integer.load(answer.controls[TRANSACTION][0]).native, 2776661, "req-full: transaction")
equal(answer.octets(RESPONSEINFO), b"account=example.ra&product=personal-gold&validity=3y", "req-full: regInfo")
certificate = answer.certificate(ee)
check(certificate, "req-full: certificate")
equal(vector("req-full-ski.der").certificate(ee), certificate, "req-full-ski: the same transaction, the same certificate")
refused(vector("req-bad-signature.der"), 1, [0])
refused(vector("req-rogue-signer.der"), 7, [0])
refused(vector("req-unknown-control.der"), 2, [5])
refused(vector("req-duplicate-bodypart.der"), 2, [3])
switch(checksReplay=False, needsAddress=False)
answer = vector("req-two.der")
statuses = {i: s.code for s in answer.statuses for i in s.ids}
equal(statuses, {4: 0, 5: 0}, "req-two")
check(answer.certificate(ee) and answer.certificate(ee2), "req-two: certificates")
refused(vector("req-bad-pop.der"), 9, [4])
with open(os.path.join(VECTORS, "req-full-p256.der"), "rb") as file:
    answer = post(file.read())
equal((answer.status.code, answer.status.ids), (0, [3]), "req-full-p256")
check(answer.certificate(ee256), "req-full-p256: certificate")
for name in ("req-revoke.der", "req-revoke-minimal.der"):
    refused(vector(name), 4)
refused(vector("req-query-pending.der"), 2)
switch(adoptedCertificate=pem("ee.cert.pem"))
for name in ("req-revoke.der", "req-revoke-minimal.der", "req-confirm.der"):
    answer = vector(name)
    equal((answer.status.code, answer.certificate(ee)), (0, None), name)
switch(firstToken=4711 - count(), pendingPolls=1)
equal(order()[2].status.token, b"REQ-0000004711", "a token of one's choice")
equal(vector("req-query-pending.der").status.code, 3, "req-query-pending: pending")
equal(vector("req-query-pending.der").status.code, 0, "req-query-pending: issued")
