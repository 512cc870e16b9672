# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The web pages of a Microsoft CA: every token, template and refusal of the wire sheet."""
import base64

from certsrv import *
from cmc import sign

client = Client()
graph = Graph()
fields = ("id,userPrincipalName,displayName,mail,onPremisesSamAccountName,onPremisesSecurityIdentifier,"
          "securityIdentifier")
people = graph.get(f"/v1.0/users?$select={fields}")["value"]
person = next(p for p in people if p["onPremisesSamAccountName"])
cloud = next(p for p in people if not p["onPremisesSamAccountName"])


# Signing in -----------------------------------------------------------------------------------------------------------
equal(client.get("").status_code, 200, "signed in")
unsigned = Client(user=None).get("")
equal(unsigned.status_code, 401, "without a name")
check(unsigned.headers["WWW-Authenticate"].startswith("Basic "), "Basic is offered")
for name in ["svc-certway", "SANDBOX\\svc-certway", "svc-certway@sandbox.example"]:
    equal(Client(user=name).get("").status_code, 200, name)
equal(Client(user="OTHER\\svc-certway").get("").status_code, 401, "another domain")
for _ in range(5):
    equal(Client("svc-other", "wrong").get("").status_code, 401, "wrong password")
equal(Client("svc-other", OTHER["accounts"]["svc-other"]).get("").status_code, 401, "the account is locked")
control("cas/adcs", {"locksAccounts": False})
other = Client("svc-other", OTHER["accounts"]["svc-other"])
equal(other.get("").status_code, 200, "not locked any more")
equal(Client(person["userPrincipalName"], OTHER["peoplePassword"]).get("").status_code, 200, "a person")
control("cas/adcs", {"expireCredentials": True})
equal(client.get("").status_code, 401, "an expired password")
control("cas/adcs", {"expireCredentials": False})

proxy = OTHER["behindProxy"]
equal(Client(None, endpoint=proxy["endpoint"]).get("").status_code, 401, "nobody, behind a proxy")
for name in ["svc-certway@SANDBOX.EXAMPLE", "SANDBOX\\svc-certway", "svc-certway"]:
    behind = Client(None, endpoint=proxy["endpoint"], headers={proxy["header"]: name})
    equal(behind.get("").status_code, 200, f"{name}, behind a proxy")

# Issued at once -------------------------------------------------------------------------------------------------------
key, request = csr(emails=["anna.muster@sandbox.example", "anna@alias.sandbox.example"])
page = client.submit(pem(request))
for token in ["<P ID=locPageTitle> <B> Certificate Issued </B></P>", "certnew.cer?ReqID=CACert&amp;Renewal=1",
              "The certificate you requested was issued to you."]:
    check(token in page, f"{token!r} in {page}")
number = int(re.search(r"certnew\.cer\?ReqID=(\d+)&", page).group(1))
leaf = client.certificate(number)
equal(leaf, client.certificate(number, "bin"), "the same certificate in both encodings")
equal(spki(leaf.public_key()), spki(key.public_key()), "public key")
equal(san(leaf).get_values_for_type(x509.RFC822Name), ["anna.muster@sandbox.example", "anna@alias.sandbox.example"], "SAN")
equal(leaf.subject.rfc4514_string(), "CN=Anna Muster", "subject from the request")
equal(sids(leaf), [], "no SID for a subject from the request")
check(number != client.issued(pem(request).replace("\n", "\r\n")), "each request has its number")
client.issued(base64.b64encode(der(request)).decode())
check("certnew.cer?ReqID=" in behind.submit(pem(request)), "issued behind a proxy")
_, strong = csr(key=rsa.generate_private_key(public_exponent=65537, key_size=2048), emails=["anna.muster@sandbox.example"])
client.issued(pem(strong))

# Retrieving -----------------------------------------------------------------------------------------------------------
equal(client.get("certnew.cer", reqid=number, ENC="bin").content, der(leaf), "names in a query have no case")
plain = Client(agent="curl/8").get("certnew.cer", ReqID=number, Enc="b64")
equal(plain.headers["Content-Type"], "application/octet-stream", "type for a client that is no browser")
p7b = client.get("certnew.p7b", ReqID=number, Enc="bin")
equal(p7b.headers["Content-Type"], "application/x-pkcs7-certificates", "type of a chain")
chain = pkcs7.load_der_pkcs7_certificates(p7b.content)
check(leaf in chain and ROOT in chain and len(chain) == 3, "chain of a request")
armoured = client.get("certnew.p7b", ReqID=number, Enc="b64").text
check(armoured.startswith("-----BEGIN CERTIFICATE-----\r\n"), "armour of a chain")
inside = base64.b64decode("".join(armoured.split("\r\n")[1:-2]))
equal(set(pkcs7.load_der_pkcs7_certificates(inside)), set(chain), "PKCS #7 inside the armour")
verified(leaf, chain)

renewals = re.search(r"var nRenewals=(\d+);", client.get("certcarc.asp").text)
equal(renewals and renewals.group(1), "1", "nRenewals")
generations = []
for generation in (0, 1):
    authority = x509.load_pem_x509_certificate(client.get("certnew.cer", ReqID="CACert", Renewal=generation, Enc="b64").content)
    bundle = pkcs7.load_der_pkcs7_certificates(
        client.get("certnew.p7b", ReqID="CACert", Renewal=generation, Enc="bin").content)
    check(authority in bundle, "CA certificate in its chain")
    revoked = client.get("certcrl.crl", Type="base", Renewal=generation, Enc="bin")
    equal(revoked.headers["Content-Type"], "application/pkix-crl", "type of the CRL")
    check(x509.load_der_x509_crl(revoked.content).is_signature_valid(authority.public_key()), "CRL of its CA")
    text = client.get("certcrl.crl", Type="base", Renewal=generation, Enc="b64").content
    equal(x509.load_pem_x509_crl(text).issuer, authority.subject, "CRL in PEM")
    generations.append(authority)
equal(generations[0].subject, generations[1].subject, "a renewed CA keeps its name")
check(spki(generations[0].public_key()) != spki(generations[1].public_key()), "with another key")
equal(leaf.issuer, generations[1].subject, "issuer")
check("text/html" in client.get("certcrl.crl", Type="delta", Renewal=1, Enc="bin").headers["Content-Type"], "no delta CRL")

for unknown in (999999, -1):
    equal(client.trouble(unknown), ("The requested property value is empty", 0x80094004), f"request {unknown}")
equal(other.trouble(number)[1], 0x80070005, "a request of another account")
equal(Client("officer", OTHER["accounts"]["officer"]).certificate(number), leaf, "an officer may read it")

# Templates ------------------------------------------------------------------------------------------------------------
form = client.get("certrqxt.asp").text
listed = re.findall(r'<Option Value="([EO]);([^;]+);', form)
equal([name for _, name in listed], CA["products"], "templates of the form")
equal(dict((name, kind) for kind, name in listed)["CertwayDirectory"], "E", "kind of a directory template")


def denied(page):
    """Code and id of a denied page."""
    check(not re.search(r"certnew\.cer\?ReqID=\d+&", page), "a denied page has no link to a certificate")
    message = re.search(r'The disposition message is "([^"]+)', page)
    check(message, "disposition: " + page)
    code = re.search(r"Denied by Policy Module  (0x[0-9a-fA-F]+)", page)
    id = re.search(r"Your Request Id is (\d+)", page)
    return code and int(code.group(1), 16), id and int(id.group(1))


code, id = denied(client.submit(pem(request), "NoSuchTemplate"))
equal(code, 0x80094800, "unknown template")
equal(client.trouble(id)[1], 0x80094800, "the denied request, retrieved")
check("Denied by Policy Module" in client.trouble(id)[0], "disposition of a denied request")
equal(other.trouble(id)[1], 0x80070005, "a denied request of another account")
equal(denied(client.submit(pem(request), "Certway User"))[0], 0x80094800, "a display name is no template")
equal(denied(client.submit(pem(request), None))[0], 0x80094801, "no template")
equal(denied(client.submit(pem(request), "CertwayRestricted"))[0], 0x80094012, "a template not for everybody")
equal(denied(Client("svc-reader", OTHER["accounts"]["svc-reader"]).submit(pem(request)))[0], 0x80094012, "not allowed to enroll")
equal(denied(client.submit(pem(request), "CertwayStrongKey"))[0], 0x80094811, "key too short")
_, short = csr(key=rsa.generate_private_key(public_exponent=65537, key_size=1024))
equal(denied(client.submit(pem(short)))[0], 0x80094811, "RSA 1024")
check('"Error Parsing Request  ASN1 bad tag value met. 0x8009310b' in client.submit("AAAA"), "unreadable")
body = "Mode=newreq&CertAttrib=CertificateTemplate%3ACertwayUser&SaveCert=yes&CertRequest="
for attempt in range(50):
    _, plus = csr(emails=[f"plus{attempt}@sandbox.example"])
    text = base64.b64encode(der(plus)).decode()
    if "+" in text:
        break
raw = client.session.post(f"{CA['endpoint']}/certfnsh.asp", data=body + text.replace("/", "%2F").replace("=", "%3D"),
                          headers={"Content-Type": "application/x-www-form-urlencoded"}, timeout=TIMEOUT)
check("Error Parsing Request" in raw.text, "a raw + arrives as a blank")

# Built from the directory: what the request says does not matter.
_, request = csr(subject="Somebody Else", emails=["somebody@else.example"])
own = Client("SANDBOX\\" + person["onPremisesSamAccountName"], OTHER["peoplePassword"])
built = own.certificate(own.issued(pem(request), "CertwayDirectory"))
equal(san(built).get_values_for_type(x509.RFC822Name), [person["mail"]], "address from the directory")
equal(upns(built), [person["userPrincipalName"]], "UPN from the directory")
equal(sids(built), [person["onPremisesSecurityIdentifier"]], "SID of the account")
check("Somebody" not in built.subject.rfc4514_string(), "the name of the request is ignored")

# Logon with a subject from the request.
for sid, uris in [(person["onPremisesSecurityIdentifier"], ()), (person["securityIdentifier"], ()), (None, ()), (
        None, ["tag:microsoft.com,2022-09-14:sid:" + person["onPremisesSecurityIdentifier"]])]:
    _, request = csr(upn=person["userPrincipalName"], sid=sid, uris=uris)
    logon = client.certificate(client.issued(pem(request), "CertwayLogon"))
    equal((upns(logon), sids(logon)), ([person["userPrincipalName"]], [sid] if sid else []), "logon certificate")
    purposes = logon.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    check(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.2") in purposes, "smart card logon")
for wrong in [dict(upn=person["userPrincipalName"], sid="S-1-5-21-1-2-3-4"), dict(upn="nobody@sandbox.example"), dict(),
              dict(upn=person["userPrincipalName"], uris=["tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-4"])]:
    equal(denied(client.submit(pem(csr(**wrong)[1]), "CertwayLogon"))[0], 0x80094001, f"logon with {wrong}")

# Attributes.
_, request = csr(emails=["anna.muster@sandbox.example"])
limited = client.certificate(client.issued(pem(request), attributes="ValidityPeriod:Days\nValidityPeriodUnits:30\n"))
equal((limited.not_valid_after - limited.not_valid_before).days, 30, "a shorter validity")
ignored = client.certificate(client.issued(pem(request), attributes="san:email=x@sandbox.example\r\n"))
equal(san(ignored).get_values_for_type(x509.RFC822Name), ["anna.muster@sandbox.example"], "the attribute san is ignored")
control("cas/adcs", {"sanAttribute": True})
honoured = client.certificate(client.issued(pem(request), attributes="san:email=x@sandbox.example\r\n"))
check("x@sandbox.example" in san(honoured).get_values_for_type(x509.RFC822Name), "the attribute san, if the flag is on")
control("cas/adcs", {"sanAttribute": False})

# Pending, approved, denied by an officer ------------------------------------------------------------------------------
waiting = []
for _ in range(2):
    page = client.submit(pem(request), "CertwayApproval")
    check("Certificate Pending" in page, "pending: " + page)
    check(not re.search(r"certnew\.cer\?ReqID=\d+&", page), "a pending page has no link to a certificate")
    waiting.append(int(re.search(r"Your Request Id is (\d+)", page).group(1)))
equal(client.trouble(waiting[0]), ("Taken Under Submission", 0), "still pending")
again = client.session.post(f"{CA['endpoint']}/certfnsh.asp", timeout=TIMEOUT, data={
    "Mode": "chkpnd", "ReqID": waiting[0], "SaveCert": "yes", "TargetStoreFlags": "0"}).text
check("still pending" in again and f"Your Request Id is {waiting[0]}." in again, "chkpnd")
listed = client.session.get(f"{CA['endpoint']}/certckpn.asp", timeout=TIMEOUT,
                            headers={"Cookie": f"Requests=[{waiting[0]},0,yes,Saved-Request%20Certificate]"}).text
check(f"ReqID={waiting[0]}" in listed and f"ReqID={waiting[1]}" not in listed, "the pending list is in the cookie")
control(f"cas/adcs/orders/{waiting[0]}", {"decision": "approve"})
control(f"cas/adcs/orders/{waiting[1]}", {"decision": "reject", "reason": "no"})
equal(spki(client.certificate(waiting[0]).public_key()), spki(request.public_key()), "approved")
disposition, code = client.trouble(waiting[1])
check(disposition.startswith("Denied by ") and code == 0x80094014, "denied by an officer")

# Revoked by an officer: no page does it, the CRL tells it ---------------------------------------------------------------


def revoked():
    answer = client.get("certcrl.crl", Type="base", Renewal=1, Enc="bin")
    return {entry.serial_number: entry.extensions[0].value.reason.name for entry in x509.load_der_x509_crl(answer.content)}


for reason, name in [(6, "certificate_hold"), (1, "key_compromise")]:
    control(f"cas/adcs/orders/{number}", {"decision": "revoke", "reason": reason})
    equal(revoked().get(leaf.serial_number), name, "reason in the CRL")
    if reason == 6:
        control(f"cas/adcs/orders/{number}", {"decision": "release"})
        check(leaf.serial_number not in revoked(), "released")

# Enrollment on behalf of somebody -------------------------------------------------------------------------------------


class NameValuePair(core.Sequence):
    _fields = [("name", core.BMPString), ("value", core.BMPString)]


class NameValuePairs(core.SequenceOf):
    _child_spec = NameValuePair


def pair_attribute(value):
    return tlv(0x30, core.ObjectIdentifier("1.3.6.1.4.1.311.13.2.1").dump(), tlv(0x31, value.dump()))


def form_a(request, requester, bundle=OTHER["agentCertificate"], several=False):
    attributes = []
    if requester:
        pair = NameValuePair({"name": "RequesterName", "value": requester})
        attributes = [pair_attribute(NameValuePairs([pair]) if several else pair)]
    return base64.b64encode(sign(der(request), bundle, "data", attributes)).decode()


def form_b(request, requester, bundle=OTHER["agentCertificate"]):
    info = "RequesterName=" + requester.replace("\\", "%5C") + "&"
    control_ = tlv(0x30, b"\x02\x01\x01", core.ObjectIdentifier("1.3.6.1.5.5.7.7.18").dump(),
                   tlv(0x31, tlv(0x04, info.encode())))
    body = tlv(0x30, tlv(0x30, control_), tlv(0x30, tlv(0xA0, b"\x02\x01\x02", der(request))), b"\x30\x00", b"\x30\x00")
    return base64.b64encode(sign(body, bundle)).decode()


name = "SANDBOX\\" + person["onPremisesSamAccountName"]
key, request = csr(subject=None)
for label, message in [("A", form_a(request, name)), ("A, several pairs", form_a(request, name, several=True)),
                       ("B", form_b(request, name))]:
    behalf = client.certificate(client.issued(message, "CertwayAgent"))
    equal((upns(behalf), sids(behalf)), ([person["userPrincipalName"]], [person["onPremisesSecurityIdentifier"]]), label)
    equal(spki(behalf.public_key()), spki(key.public_key()), "key, form " + label)
local = cloud["userPrincipalName"].split("@")[0]
equal(upns(client.certificate(client.issued(form_a(request, "SANDBOX\\" + local), "CertwayAgent"))),
      [cloud["userPrincipalName"]], "somebody who is not synchronised")
for label, message, template, expected in [
        ("no signature", pem(request), "CertwayAgent", 0x8009480A),
        ("a signature too many", form_a(request, name), "CertwayDirectory", 0x8009480A),
        ("not an agent", form_a(request, name, OTHER["certificateThatIsNoAgent"]), "CertwayAgent", 0x80094809),
        ("a foreign agent", form_a(request, name, OTHER["foreignAgentCertificate"]), "CertwayAgent", 0x80094809),
        ("an expired agent", form_a(request, name, OTHER["expiredAgentCertificate"]), "CertwayAgent", 0x80094809),
        ("nobody named", form_a(request, None), "CertwayAgent", 0x80094809),
        ("a DNS domain", form_a(request, name.replace("SANDBOX", "sandbox.example")), "CertwayAgent", 0x80070547),
        ("an unknown user", form_a(request, "SANDBOX\\nobody"), "CertwayAgent", 0x80070525),
        ("an unknown user, form B", form_b(request, "SANDBOX\\nobody"), "CertwayAgent", 0x80070525)]:
    equal(denied(client.submit(message, template))[0], expected, label)
broken = bytearray(base64.b64decode(form_a(request, name)))
broken[-1] ^= 1
equal(denied(client.submit(base64.b64encode(bytes(broken)).decode(), "CertwayAgent"))[0], 0x80094809, "a broken signature")

# Other languages ------------------------------------------------------------------------------------------------------
_, request = csr(emails=["anna.muster@sandbox.example"])
for language, word in [("de", "für Sie ausgestellt"), ("fr", "délivré")]:
    control("cas/adcs", {"language": language})
    page = client.session.post(f"{CA['endpoint']}/certfnsh.asp", timeout=TIMEOUT, data={
        "Mode": "newreq", "CertRequest": pem(request), "CertAttrib": "CertificateTemplate:CertwayUser"})
    check(word.encode("cp1252") in page.content and "Certificate Issued" not in page.text, f"{language} in cp1252")
    client.certificate(int(re.search(r"certnew.cer\?ReqID=(\d+)&", page.text).group(1)))
    foreign = client.submit(pem(request), "NoSuchTemplate")
    check("0x80094800" in foreign and "Denied by Policy Module" not in foreign, "numbers stay")
control("cas/adcs", {"encoding": "utf-8"})
check("délivré".encode() in client.session.post(f"{CA['endpoint']}/certfnsh.asp", timeout=TIMEOUT, data={
    "Mode": "newreq", "CertRequest": pem(request), "CertAttrib": "CertificateTemplate:CertwayUser"}).content, "UTF-8")
control("cas/adcs", {"language": "en", "encoding": "cp1252"})

# Failures and lies ----------------------------------------------------------------------------------------------------
control("cas/adcs", {"serviceDown": True})
check("0x800706ba" in client.submit(pem(request)), "the CA service is down")
equal(client.trouble(number)[1], 0x800706BA, "the CA service is down")
control("cas/adcs", {"serviceDown": False})
before = len([o for o in control("orders")["orders"] if o["ca"] == "adcs"])
for fault, does in [("unavailable", 0), ("cut-before", 0), ("cut-after", 1), ("unavailable-after", 1), ("status", 0)]:
    control("faults", {"operation": "adcs.submit", "fault": fault, "status": 500})
    try:
        status = client.session.post(f"{CA['endpoint']}/certfnsh.asp", timeout=TIMEOUT, data={
            "Mode": "newreq", "CertRequest": pem(request), "CertAttrib": "CertificateTemplate:CertwayUser"}).status_code
        check(status in (500, 503), f"{fault}: {status}")
    except requests.RequestException:
        check(fault.startswith("cut"), fault)
    before += does
    equal(len([o for o in control("orders")["orders"] if o["ca"] == "adcs"]), before, f"orders after {fault}")
names = lambda c: [e.value for e in c.extensions if isinstance(e.value, x509.SubjectAlternativeName)]
days = lambda c: (c.not_valid_after - c.not_valid_before).days
mine = lambda c: spki(c.public_key()) == spki(request.public_key())
for lie, honest in [
        ("wrong-key", mine), ("other-persons-certificate", mine), ("missing-address", names),
        ("extra-address", lambda c: len(names(c)[0]) == 1), ("wrong-common-name", lambda c: "Anna" in c.subject.rfc4514_string()),
        ("wrong-usage", lambda c: c.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature),
        ("short-validity", lambda c: days(c) >= 365), ("long-validity", lambda c: days(c) <= 365),
        ("expired-certificate", lambda c: c.not_valid_after > leaf.not_valid_before),
        ("foreign-root", lambda c: c.issuer == generations[1].subject)]:
    check(honest(client.certificate(client.issued(pem(request)))), "the truth before " + lie)
    control("cas/adcs", {"disobey": [lie]})
    check(not honest(client.certificate(client.issued(pem(request)))), lie)
    control("cas/adcs", {"disobey": []})
control("cas/adcs", {"disobey": ["missing-intermediate"]})
short = client.get("certnew.p7b", ReqID=client.issued(pem(request)), Enc="bin").content
equal(len(pkcs7.load_der_pkcs7_certificates(short)), 2, "no intermediate")
control("cas/adcs", {"disobey": ["duplicate-orders"]})
before = len(control("cas/adcs")["orders"])
client.issued(pem(request))
equal(len(control("cas/adcs")["orders"]) - before, 2, "two orders")
control("cas/adcs", {"disobey": ["never-issues"]})
check("Certificate Pending" in client.submit(pem(request)), "never issued")
control("cas/adcs", {"disobey": ["unknown-order-is-issued"]})
check(client.certificate(999999), "a request nobody made")
control("cas/adcs", {"disobey": ["throttles-always"]})
equal(client.get("").status_code, 503, "throttled")
control("cas/adcs", {"disobey": ["issues-what-was-rejected"], "rejectNext": "no"})
client.issued(pem(request))
control("cas/adcs", {"disobey": ["rejects-without-reason"], "rejectNext": "no"})
check('The disposition message is "Denied by SANDBOX\\officer"' in client.submit(pem(request)), "no reason")
control("cas/adcs", {"disobey": ["forgets-orders"]})
equal(client.trouble(number)[1], 0x80094004, "a forgotten request")
control("cas/adcs", {"disobey": ["accepts-any-credentials"]})
equal(Client("nobody", "x").get("").status_code, 200, "any credentials")
control("cas/adcs", {"disobey": [], "rejectNext": "not today"})
check(re.search(r'The disposition message is "([^"]*not today)', client.submit(pem(request))), "rejected")
equal(client.certificate(number), leaf, "and the truth again")
