# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Orders of every product: what comes back is what was asked, and openssl accepts the chain."""
import subprocess
import tempfile

from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import ExtensionOID

from common import *

ca = DigiCert()

me = ca.get("/user/me")
equal(me["status"], "active", "user/me")
products = [p["name_id"] for p in ca.get("/product")["products"]]
check("secure_email_mailbox" in products and "client_premium" in products, "products")
equal(ca.get("/product/secure_email_sponsor")["csr_required"], False, "product details")
equal(codes(ca.get("/product/nothing", expected=404)), ["not_found|product"], "unknown product")

# A wrong key is 403, not 401.
wrong = DigiCert("0" * 32).call("GET", "/user/me")
equal(wrong.status_code, 403, "wrong key")
equal(codes(wrong.json()), ["access_denied|access_denied_invalid_key"], "wrong key")


def load(answer):
    return [x509.load_pem_x509_certificate(c["pem"].encode()) for c in answer["certificate_chain"]]


def certificates(text):
    end = "-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate((part + end).encode()) for part in text.split(end)[:-1]]


def openssl(leaf_pem, chain_pem, crl=None):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"root": ca.root_pem, "chain": chain_pem, "leaf": leaf_pem}.items():
            with open(f"{folder}/{name}.pem", "w") as file:
                file.write(text)
        command = ["openssl", "verify", "-x509_strict", "-purpose", "smimesign", "-CAfile", f"{folder}/root.pem",
                   "-untrusted", f"{folder}/chain.pem"]
        if crl:
            with open(f"{folder}/crl.pem", "wb") as file:
                file.write(crl)
            command += ["-crl_check", "-CRLfile", f"{folder}/crl.pem"]
        return subprocess.run(command + [f"{folder}/leaf.pem"], capture_output=True, text=True)


# Mailbox, EC key: immediate issuance.
key, request = csr()
answer = ca.order("secure_email_mailbox", ca.mailbox("ada@sandbox.example", request))
check("\r\n" in answer["certificate_chain"][0]["pem"], "CRLF inside the PEM")
leaf, issuing, root = load(answer)
equal(root, ca.root, "root in the chain")
equal(leaf.public_key().public_numbers(), key.public_key().public_numbers(), "key of the CSR")
equal(leaf.subject.rfc4514_string(), "CN=ada@sandbox.example", "only the order names the subject")
san = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
equal(san.get_values_for_type(x509.RFC822Name), ["ada@sandbox.example"], "addresses")
usage = leaf.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE).value
check(usage.digital_signature and usage.key_agreement and not usage.key_encipherment, "key usage of an EC key")
equal(list(leaf.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value),
      [EKU.EMAIL_PROTECTION, EKU.CLIENT_AUTH], "purposes")
verified = openssl(answer["certificate_chain"][0]["pem"], answer["certificate_chain"][1]["pem"])
equal(verified.returncode, 0, f"openssl verify: {verified.stderr}")

# Sponsor, RSA key, umlauts, strict profile without client authentication.
key, request = csr(rsa_key())
body = ca.sponsor("zoe@sandbox.example", request, "Zoë", "Müller", certificate={
    "profile_type": "strict", "usage_designation": {"primary_usage": "dual_use"}, "emails":
    ["zoe@sandbox.example", "zoe@alias.sandbox.example"]}, order_validity={"days": 30})
answer = ca.order("secure_email_sponsor", body)
leaf = load(answer)[0]
names = {attribute.rfc4514_attribute_name: attribute.value for attribute in leaf.subject}
equal((names["CN"], names["O"]), ("Zoë Müller", "Sandbox GmbH"), "sponsor's name")
usage = leaf.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE).value
check(usage.digital_signature and usage.key_encipherment and not usage.key_agreement, "key usage of an RSA key")
equal((leaf.not_valid_after - leaf.not_valid_before).days, 29, "30 whole days, less a second")

# Order info: by id, by serial number, by thumbprint; comments are in the request.
order = ca.get(f"/order/certificate/{answer['id']}")
equal(order["status"], "issued", "order status")
equal(order["certificate"]["emails"], body["certificate"]["emails"], "addresses of the order")
equal(order["requests"][0]["comments"], "gw-zoe@sandbox.example", "comments")
equal(int(order["certificate"]["serial_number"], 16), leaf.serial_number, "serial number")
for key_ in (order["certificate"]["serial_number"], order["certificate"]["thumbprint"]):
    equal(ca.get(f"/order/certificate/{key_}")["id"], answer["id"], "order by serial number or thumbprint")

# Downloads agree with the chain.
certificate_id = answer["certificate_id"]
everything = ca.get(f"/certificate/{certificate_id}/download/format/pem_all")
equal(certificates(everything), load(answer), "pem_all")
equal(len(certificates(ca.get(f"/certificate/download/order/{answer['id']}/format/pem_noroot"))), 2, "pem_noroot")
p7b = ca.get(f"/certificate/{certificate_id}/download/format/p7b")
listed = subprocess.run(["openssl", "pkcs7", "-print_certs", "-noout"], input=p7b, capture_output=True, text=True)
equal(listed.stdout.count("subject="), 3, f"p7b: {listed.stderr}")

# Legacy client product.
_, request = csr(rsa_key())
legacy = ca.order("client_premium", {
    "certificate": {"common_name": "Ada Example", "emails": ["ada@sandbox.example"], "csr": request,
                    "signature_hash": "sha256"},
    "organization": {"id": str(ca.organization)}, "validity_years": 1, "skip_approval": True})
equal(load(legacy)[0].subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value, "Ada Example", "legacy CN")

# Revoking one certificate shows in the CRL, without a reason; the order stays issued.
point = leaf.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value[0].full_name[0].value
before = x509.load_der_x509_crl(requests.get(point, timeout=TIMEOUT).content)
check(before.get_revoked_certificate_by_serial_number(leaf.serial_number) is None, "not revoked yet")
revoked = ca.call("PUT", f"/certificate/{certificate_id}/revoke",
                  json={"comments": "left", "skip_approval": True, "revocation_reason": "superseded"})
equal((revoked.status_code, revoked.content), (204, b""), "revoke")
after = x509.load_der_x509_crl(requests.get(point, timeout=TIMEOUT).content)
check(after.crl_number if hasattr(after, "crl_number") else True, "number")
entry = after.get_revoked_certificate_by_serial_number(leaf.serial_number)
check(entry is not None, "revoked in the CRL")
equal(len(list(entry.extensions)), 0, "no reason for S/MIME")
equal(ca.get(f"/order/certificate/{answer['id']}")["status"], "issued", "order after revoking its certificate")
pem = requests.get(point, timeout=TIMEOUT).content
crl_pem = x509.load_der_x509_crl(pem).public_bytes(serialization.Encoding.PEM)
verified = openssl(answer["certificate_chain"][0]["pem"], answer["certificate_chain"][1]["pem"], crl_pem)
check("certificate revoked" in verified.stderr, f"openssl sees the revocation: {verified.stderr}")

# Renewal is a new order that names the old one.
_, request = csr()
renewed = ca.order("secure_email_mailbox", ca.mailbox("ada@sandbox.example", request, renewal_of_order_id=answer["id"]))
old = ca.get(f"/order/certificate/{answer['id']}")
equal((old["is_renewed"], old["renewed_order_id"]), (True, renewed["id"]), "renewed order")

# Reissue: same order, new certificate.
_, request = csr()
single = "-----BEGIN CERTIFICATE REQUEST-----\n" + "".join(request.splitlines()[1:-1]) + "\n-----END CERTIFICATE REQUEST-----"
again = ca.call("POST", f"/order/certificate/{renewed['id']}/reissue",
                json={"certificate": {"csr": single, "signature_hash": "sha256"}, "skip_approval": True}).json()
equal(again["id"], renewed["id"], "reissued order")
check(again["certificate_id"] != renewed["certificate_id"], "new certificate id")

# Without approval the revocation waits in the queue.
limited = DigiCert(READY["cas"]["digicert-certcentral"]["otherKeys"]["withoutApproval"])
waiting = limited.call("PUT", f"/order/certificate/{renewed['id']}/revoke", json={"skip_approval": True})
equal(waiting.status_code, 201, "revocation without approval")
equal(waiting.json()["status"], "pending", "request status")
pending = [r["id"] for r in ca.get("/request?status=pending")["requests"]]
check(waiting.json()["id"] in pending, "queue")
approved = ca.call("PUT", f"/request/{waiting.json()['id']}/status", json={"status": "approved", "processor_comment": "ok"})
equal(approved.status_code, 204, "approve")
equal(ca.get(f"/order/certificate/{renewed['id']}")["status"], "revoked", "revoked order")
viewer = DigiCert(READY["cas"]["digicert-certcentral"]["otherKeys"]["viewOnly"])
equal(codes(viewer.order("secure_email_mailbox", {}, expected=403)), ["access_denied|missing_permission"], "view only")
