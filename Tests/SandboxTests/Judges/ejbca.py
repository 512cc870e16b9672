# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The EJBCA web service: users, certificates in all forms, approvals, revocation, hold and release."""
from cryptography.hazmat.primitives.serialization import pkcs7

from soap import *

ca = CA("ejbca")
bundle = ca.settings["operatorCertificate"]
ws = Service(ca, "ejbca-subset.wsdl", "{http://ws.protocol.core.ejbca.org/}EjbcaWSPortBinding", bundle)
served = loads_served_wsdl(ca, bundle, {"certificateRequest", "findCerts", "revokeCertBackdated", "getLastCertChain"})


def name(result):
    fault, status = result
    equal(status, 500, "faults come with 500")
    detail, members = local(fault.detail)
    equal(members["message"], fault.message, "message")
    return detail


def user(username, email="ada@sandbox.example", **changes):
    data = {"caName": ca.settings["caName"], "certificateProfileName": ca.ready["products"][0], "clearPwd": False,
            "email": email, "endEntityProfileName": ca.settings["endEntityProfile"], "keyRecoverable": False,
            "password": "foo123", "sendNotification": False, "status": 10,
            "subjectAltName": f"rfc822name={email}, upn={email}",
            "subjectDN": "CN=Ada M\u00fcller\\, Dr.,GIVENNAME=Ada,O=Sandbox GmbH,C=DE", "tokenType": "USERGENERATED",
            "username": username}
    data.update(changes)
    return data


def twice(data):
    """zeep decodes once; what is left is base64 text again."""
    return base64.b64decode(data)


check(ws.getEjbcaVersion().startswith("EJBCA"), "version")
equal([c.name for c in ws.getAvailableCAs()], [ca.settings["caName"]], "CAs")
chain = [certificate(twice(c.certificateData)) for c in ws.getLastCAChain(ca.settings["caName"])]
equal(chain[-1], ca.root, "root last")
issuer = "CN=EJBCA Test Issuing CA,O=EJBCA Sandbox,C=DE"

# One call adds the user and issues, in each form.
key, csr = request()
made = ws.certificateRequest(user("u1"), pem(csr), 0, None, "PKCS7WITHCHAIN")
equal(made.responseType, "PKCS7WITHCHAIN", "type")
bag = pkcs7.load_der_pkcs7_certificates(twice(made.data))
leaf = [c for c in bag if c.public_key() .public_numbers() == key.public_key().public_numbers()][0]
ca.check_certificate(leaf, bag, key, ["ada@sandbox.example"])
attributes = {a.rfc4514_attribute_name: a.value for a in leaf.subject}
equal((attributes["CN"], attributes["O"]), ("Ada Müller, Dr.", "Sandbox GmbH"), "subject")
upn = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.OtherName)[0]
equal(upn.type_id.dotted_string, "1.3.6.1.4.1.311.20.2.3", "principal name")
second, csr = request()
bare = ws.certificateRequest(user("u2"), base64.b64encode(der(csr)).decode(), 0, None, "CERTIFICATE")
equal(certificate(twice(bare.data)).public_key().public_numbers(), second.public_key().public_numbers(), "CERTIFICATE")
alone = ws.certificateRequest(user("u3"), pem(request()[1]), 0, None, "PKCS7")
equal(len(pkcs7.load_der_pkcs7_certificates(twice(alone.data))), 1, "PKCS7 is the certificate alone")

# Finding what was issued, by user.
found = ws.findCerts("u1", False)
equal([certificate(twice(c.certificateData)) for c in found], [leaf], "findCerts")
equal(ws.findCerts("nobody", False), [], "nobody")
ends = [certificate(twice(c.certificateData)) for c in served.service.getLastCertChain("u1")]
equal(ends, [leaf] + chain, "getLastCertChain")
people = ws.findUser({"matchtype": 0, "matchvalue": "u1", "matchwith": 0})
equal([(p.username, p.status, p.password) for p in people], [("u1", 40, None)], "findUser")

# The older way: the user first, then the request with the password, once.
ws.editUser(user("u4"))
equal(name(ws.fault("pkcs10Request", "u4", "wrong", pem(request()[1]), None, "CERTIFICATE")), "EjbcaException", "password")
check(ws.pkcs10Request("u4", "foo123", pem(request()[1]), None, "CERTIFICATE").data, "pkcs10Request")
equal(name(ws.fault("pkcs10Request", "u4", "foo123", pem(request()[1]), None, "CERTIFICATE")), "EjbcaException", "status")
equal(name(ws.fault("pkcs10Request", "u9", "foo123", pem(request()[1]), None, "CERTIFICATE")), "NotFoundException", "user")

for changes, expected in [
        ({"caName": "Other"}, "CADoesntExistsException"),
        ({"endEntityProfileName": "Other"}, "UserDoesntFullfillEndEntityProfile"),
        ({"certificateProfileName": "Other"}, "UserDoesntFullfillEndEntityProfile"),
        ({"subjectDN": "O=Sandbox GmbH"}, "UserDoesntFullfillEndEntityProfile"),
        ({"subjectAltName": ""}, "UserDoesntFullfillEndEntityProfile"),
        ({"subjectAltName": "rfc822name=ada@elsewhere.example"}, "UserDoesntFullfillEndEntityProfile"),
        ({"subjectAltName": "shoesize=44"}, "UserDoesntFullfillEndEntityProfile")]:
    equal(name(ws.fault("certificateRequest", user("bad", **changes), pem(request()[1]), 0, None, "CERTIFICATE")), expected, str(changes))
for arguments in [("nonsense", 0, None, "CERTIFICATE"), (pem(request()[1]), 4, None, "CERTIFICATE"),
                  (pem(request()[1]), 0, None, "PFX"), (pem(csr), 0, None, "CERTIFICATE")]:
    equal(name(ws.fault("certificateRequest", user("bad"), *arguments)), "EjbcaException", str(arguments)[:60])

# Approvals: waiting, waiting already, then the same request again brings it; or findCerts does.
ca.switch(manualApproval=True)
_, csr = request()
fault, _ = ws.fault("certificateRequest", user("u5"), pem(csr), 0, None, "CERTIFICATE")
kind, members = local(fault.detail)
equal((kind, members["message"]), ("WaitingForApprovalException", "Added to the approval queue"), "approval")
equal(name(ws.fault("certificateRequest", user("u5"), pem(csr), 0, None, "CERTIFICATE")), "ApprovalException", "again")
equal(ws.findCerts("u5", True), [], "nothing yet")
ca.decide(members["approvalId"])
equal(len(ws.findCerts("u5", True)), 1, "approved")
check(ws.certificateRequest(user("u5"), pem(csr), 0, None, "CERTIFICATE").data, "repeated after the approval")
equal(len(ws.findCerts("u5", True)), 1, "still one certificate")
_, csr = request()
fault, _ = ws.fault("certificateRequest", user("u6"), pem(csr), 0, None, "CERTIFICATE")
ca.decide(local(fault.detail)[1]["approvalId"], "reject", reason="no")
equal(name(ws.fault("certificateRequest", user("u6"), pem(csr), 0, None, "CERTIFICATE")), "AuthorizationDeniedException", "rejected")
ca.switch(manualApproval=False)

# Revocation: hold, release, for good, backdated; the state of unknown ones is nothing.
serial = f"{leaf.serial_number:x}"
equal(ws.checkRevokationStatus(issuer, serial).reason, -1, "valid")
ws.revokeCert(issuer, serial, 6)
equal((crl_reason(leaf), ws.checkRevokationStatus(issuer, serial).reason), (6, 6), "on hold")
ws.revokeCert("C=DE,O=EJBCA Sandbox,CN=EJBCA Test Issuing CA", serial.upper(), -1)
equal((crl_reason(leaf), ws.checkRevokationStatus(issuer, serial).reason), (None, -1), "released")
ws.revokeCert(issuer, serial, 4)
equal(crl_reason(leaf), 4, "revoked")
equal(name(ws.fault("revokeCert", issuer, serial, 1)), "AlreadyRevokedException", "again")
equal(name(ws.fault("revokeCert", issuer, serial, -1)), "AlreadyRevokedException", "not on hold")
equal(name(ws.fault("revokeCert", issuer, "abc", 1)), "NotFoundException", "unknown")
equal(name(ws.fault("revokeCert", "CN=Other", serial, 1)), "CADoesntExistsException", "issuer")
equal(name(ws.fault("revokeCert", issuer, "0x" + serial, 1)), "EjbcaException", "0x")
equal(ws.checkRevokationStatus(issuer, "abc"), None, "unknown")
other = certificate(twice(bare.data))
served.service.revokeCertBackdated(issuer, f"{other.serial_number:x}", 1, "2025-06-01T00:00:00Z")
entry = crl(other).get_revoked_certificate_by_serial_number(other.serial_number)
equal(entry.revocation_date.year, 2025, "backdated")
equal(ws.findCerts("u1", True), [], "only valid ones")

for kind in [None, *(other["operatorCertificate"] for other in ca.ready["otherSettings"].values())]:
    stranger = Service(ca, "ejbca-subset.wsdl", "{http://ws.protocol.core.ejbca.org/}EjbcaWSPortBinding", kind)
    equal(name(stranger.fault("getEjbcaVersion")), "AuthorizationDeniedException", "administrator")
soap12 = raw(ca.session(bundle), ca.endpoint, "<a/>", {"Content-Type": "application/soap+xml"})
equal(soap12.status_code, 415, "SOAP 1.1 only")
check(ws.judge() > 40, "xmllint judged")
