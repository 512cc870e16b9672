# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The assumed GLOBALTRUST service: orders, references, faults, both versions of SOAP, UsernameToken, odd XML."""
import datetime
import hashlib

from soap import *

NS = "urn:sandbox:globaltrust:certificate-service:1"
ca = CA("globaltrust")
uid, bundle = ca.settings["uid"], ca.settings["operatorCertificate"]
soap11 = Service(ca, "globaltrust-assumed.wsdl", f"{{{NS}}}Soap11", bundle)
soap12 = Service(ca, "globaltrust-assumed.wsdl", f"{{{NS}}}Soap12", bundle)


def code(result):
    fault, status = result
    name, members = local(fault.detail)
    equal(name, "CertificateFault", "detail")
    equal(members["Message"], fault.message, "message")
    return members["Code"], status


def order(reference, emails=("ada@sandbox.example",), key=None, names=("Ada Müller & <Söhne>",), service=soap11, **changes):
    key, csr = request(key=key, names=names)
    fields = {"Uid": uid, "PeriodMonths": 12, "RequestReference": reference, "Email": list(emails), "Pkcs10": der(csr)}
    fields.update(changes)
    return key, fields, service


for service, name in [(soap11, "1.1"), (soap12, "1.2")]:
    account = service.GetAccount(Uid=uid)
    check("sandbox.example" in account.Domain and account.Product and account.CaCertificate, "account")
    emails = ["ada@sandbox.example", "ada@alias.sandbox.example"]
    key, fields, _ = order("gw-" + name, emails)
    issued = service.RequestCertificate(**fields)
    equal(issued.Status, "ISSUED", "status")
    leaf = certificate(issued.Certificate)
    ca.check_certificate(leaf, [certificate(c) for c in issued.ChainCertificate], key, emails)
    equal(leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value, "Ada Müller & <Söhne>", "odd characters")
    # The reference is the key: the same order again, another request is refused.
    equal(service.RequestCertificate(**fields).OrderId, issued.OrderId, "same reference, same order")
    equal(service.GetOrder(Uid=uid, RequestReference="gw-" + name).OrderId, issued.OrderId, "by reference")
    equal(service.GetOrder(Uid=uid, OrderId=issued.OrderId).Certificate, issued.Certificate, "by id")
    # Faults: 500 in SOAP 1.1; in 1.2 the sender's are 400.
    status = 500 if service is soap11 else 400
    equal(code(service.fault("RequestCertificate", **{**fields, "Pkcs10": der(request()[1])})),
          ("DUPLICATE_REFERENCE", status), "another request")
    equal(code(service.fault("GetAccount", Uid="U-0")), ("UNKNOWN_UID", status), "UID")
    serial = f"{leaf.serial_number:x}".zfill(32).upper()
    equal(service.GetCertificateStatus(Uid=uid, SerialNumber=serial).Status, "VALID", "status")
    revoked = service.RevokeCertificate(Uid=uid, SerialNumber=serial, Reason=4, Comment="left")
    equal((revoked.Status, crl_reason(leaf)), ("REVOKED", 4), "revoked")
    equal(service.GetCertificateStatus(Uid=uid, SerialNumber=serial).Reason, 4, "reason")
    equal(code(service.fault("RevokeCertificate", Uid=uid, SerialNumber=serial, Reason=1)), ("ALREADY_REVOKED", status), "again")

number = 0
for changes, expected in [
        ({"Product": "gold"}, "UNKNOWN_PRODUCT"), ({"PeriodMonths": 37}, "INVALID_PERIOD"),
        ({"Pkcs10": b"nonsense"}, "INVALID_CSR"), ({"Email": ["ada@elsewhere.example"]}, "DOMAIN_NOT_ALLOWED"),
        ({"Pkcs10": der(request(["bob@sandbox.example"])[1])}, "EMAIL_MISMATCH"),
        ({"Pkcs10": der(request(key=key)[1])}, "KEY_REUSED"),
        ({"Uid": "U-2002"}, "DOMAIN_NOT_ALLOWED")]:
    number += 1
    equal(code(soap11.fault("RequestCertificate", **order(f"bad-{number}", **changes)[1]))[0], expected, "refusal")
equal(code(soap11.fault("GetOrder", Uid=uid, OrderId="GT-0"))[0], "UNKNOWN_ORDER", "order")
equal(code(soap11.fault("GetOrder", Uid="U-2002", OrderId=issued.OrderId))[0], "UNKNOWN_ORDER", "order of another unit")
equal(code(soap11.fault("RevokeCertificate", Uid=uid, SerialNumber="0A", Reason=0))[0], "UNKNOWN_CERTIFICATE", "certificate")
equal(soap11.GetCertificateStatus(Uid=uid, SerialNumber="0A").Status, "UNKNOWN", "unknown certificate")
ca.switch(quota=0)
equal(code(soap11.fault("RequestCertificate", **order("quota")[1]))[0], "QUOTA_EXCEEDED", "quota")
ca.switch(quota=1000)

# Waiting for n polls, for an approver, refused.
ca.switch(pendingPolls=1)
waiting = soap11.RequestCertificate(**order("waits")[1])
equal((waiting.Status, waiting.Certificate, waiting.RetryAfterSeconds), ("PENDING", None, 2), "pending")
states = [soap11.GetOrder(Uid=uid, OrderId=waiting.OrderId).Status for _ in range(2)]
equal(states, ["PENDING", "ISSUED"], "polls")
ca.switch(pendingPolls=None, manualApproval=True)
waiting = soap11.RequestCertificate(**order("approver")[1])
ca.decide(waiting.OrderId, "reject", reason="not a person <at all>")
refused = soap11.GetOrder(Uid=uid, OrderId=waiting.OrderId)
equal((refused.Status, refused.Message), ("REJECTED", "not a person <at all>"), "rejected")
ca.switch(manualApproval=False)

# Operators: none, foreign, expired.
for other, expected in [(None, "AUTH_FAILED"), ("foreign", "AUTH_FAILED"), ("expired", "OPERATOR_EXPIRED")]:
    pem_ = other and ca.ready["otherSettings"][other]["operatorCertificate"]
    equal(code(Service(ca, "globaltrust-assumed.wsdl", f"{{{NS}}}Soap11", pem_).fault("GetAccount", Uid=uid))[0], expected, "operator")

# Odd XML that means the same; zeep must not notice.
ca.switch(nilElements=True, wrappedBase64=True, noisyXML=True)
odd = soap11.GetOrder(Uid=uid, OrderId=issued.OrderId)
equal(certificate(odd.Certificate), leaf, "odd XML")
check(b"xsi:nil" not in soap11.transport.answers[-1].content or odd.Message is None, "nil")
soap11.transport.answers.pop()  # nil in an element that is not nillable is no valid content
ca.switch(nilElements=False, wrappedBase64=False, noisyXML=False, faultStatus200=True)
equal(soap11.fault("GetAccount", Uid="U-0")[1], 200, "fault with status 200")
ca.switch(faultStatus200=False)
session = ca.session(bundle)
XML = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:sandbox:globaltrust:GetAccount"'}


def envelope(content, header="", space="http://schemas.xmlsoap.org/soap/envelope/", prefix=""):
    return f'{prefix}<e:Envelope xmlns:e="{space}" xmlns:t="{NS}"><e:Header>{header}</e:Header><e:Body>{content}</e:Body></e:Envelope>'


get = f"<t:GetAccount><t:Uid>{uid}</t:Uid></t:GetAccount>"
equal(raw(session, ca.endpoint, envelope(get), XML).status_code, 200, "by hand")
ca.switch(doctype=True)
check(raw(session, ca.endpoint, envelope(get), XML).content.startswith(b"<!DOCTYPE"), "DOCTYPE")
ca.switch(doctype=False)
bomb = '<!DOCTYPE e:Envelope [<!ENTITY a "x">]>'
for body, headers, expected in [
        (envelope(get, prefix=bomb), XML, "Client"), ("<html/>", XML, "VersionMismatch"), ("<a", XML, "Client"),
        (envelope(get, '<x:h xmlns:x="urn:x" e:mustUnderstand="1"/>'), XML, "MustUnderstand"),
        (envelope(get.replace("</t:GetAccount>", "<t:More/></t:GetAccount>")), XML, "Client"),
        (envelope("<t:Nothing/>"), XML, "Client"), (envelope("<t:GetAccount/>"), XML, "Client"),
        (envelope(get), {"Content-Type": "text/xml"}, "Client"),
        (envelope(get), {**XML, "SOAPAction": "urn:sandbox:globaltrust:GetAccount"}, "Client"),
        (envelope(get), {**XML, "SOAPAction": '"urn:other"'}, "Client"),
        (envelope(get, space="http://www.w3.org/2003/05/soap-envelope"), XML, "VersionMismatch")]:
    answer = raw(session, ca.endpoint, body, headers)
    equal(answer.status_code, 500, f"refused {body[:60]}: {answer.text[:200]}")
    found = lxml.etree.fromstring(answer.content).findtext(".//faultcode")
    equal(found.split(":")[1], expected, f"faultcode of {body[:80]}")
equal(raw(session, ca.endpoint, envelope(get), {"Content-Type": "application/json"}).status_code, 415, "media type")

# UsernameToken, optional unless told: text, digest, wrong, old, replayed.
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = WSSE.replace("wssecurity-secext", "wssecurity-utility")
TYPE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#Password"
user = ca.ready["otherSettings"]["usernameToken"]


def digest(nonce, created, password):
    return base64.b64encode(hashlib.sha1(nonce + created.encode() + password.encode()).digest()).decode()


equal(digest(bytes(range(16)), "2026-01-15T10:00:00Z", "secret"), "8V8E8K9vNf5aniTtIPH4ndgse0A=", "vector of the sheet")


def token(password, nonce=None, created=None):
    kind = "Digest" if nonce else "Text"
    more = f'<w:Nonce>{base64.b64encode(nonce).decode()}</w:Nonce><u:Created xmlns:u="{WSU}">{created}</u:Created>' if nonce else ""
    text = digest(nonce, created, password) if nonce else password
    return (f'<w:Security xmlns:w="{WSSE}" e:mustUnderstand="1"><w:UsernameToken><w:Username>{user["user"]}</w:Username>'
            f'<w:Password Type="{TYPE}{kind}">{text}</w:Password>{more}</w:UsernameToken></w:Security>')


ca.switch(requireUsernameToken=True)
now = datetime.datetime.utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
for header, status in [("", 500), (token(user["password"]), 200), (token("wrong"), 500),
                       (token(user["password"], b"1" * 16, now), 200), (token(user["password"], b"1" * 16, now), 500),
                       (token("wrong", b"2" * 16, now), 500),
                       (token(user["password"], b"3" * 16, "2020-01-15T10:00:00Z"), 500)]:
    equal(raw(session, ca.endpoint, envelope(get, header), XML).status_code, status, f"token {header[-200:]}")
ca.switch(requireUsernameToken=False)

names = {"RequestCertificate", "GetOrder", "RevokeCertificate", "GetCertificateStatus", "GetAccount"}
served = loads_served_wsdl(ca, bundle, names)
equal(served.service.GetAccount(Uid=uid).MaxPeriodMonths, 36, "zeep with the served WSDL")
check(soap11.judge() > 20 and soap12.judge() > 5, "xmllint judged")
