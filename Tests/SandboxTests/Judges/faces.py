# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""The same small client for each CA: order, revoke, list. What fails in passing raises `Trouble`."""
import itertools
import json
import time

from soap import *

KEY = rsa_key()
COUNTER = itertools.count(1)


class Trouble(Exception):
    """Try again."""


class Lost(Exception):
    """Tried often enough."""


class Refused(Exception):
    """The CA has said no."""


def patient(action, attempts=15):
    for _ in range(attempts):
        try:
            return action()
        except Trouble as trouble:
            last = trouble
            time.sleep(0.01)
    raise Lost(f"still in trouble after {attempts} attempts: {last!r}")


class REST:
    def __init__(self, name):
        self.ca = CA(name)

    def send(self, session, method, url, **rest):
        try:
            answer = session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **rest)
            value = answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else None
        except (requests.exceptions.RequestException, json.JSONDecodeError) as error:
            raise Trouble(error)
        if answer.status_code == 429 or answer.status_code >= 500 or answer.status_code == 202 or misleading(answer):
            raise Trouble(answer.status_code)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.text)
        return answer, value


class Atlas(REST):
    def __init__(self):
        super().__init__("globalsign-atlas")
        self.session = self.ca.session(self.ca.settings["clientCertificate"])

    def call(self, method, path, **rest):
        headers = {"Content-Type": "application/json;charset=utf-8"}
        if "Authorization" not in self.session.headers:
            _, value = self.send(self.session, "POST", self.ca.endpoint + "/login", headers=headers, json={
                "api_key": self.ca.settings["apiKey"], "api_secret": self.ca.settings["apiSecret"]})
            self.session.headers["Authorization"] = "Bearer " + value["access_token"]
        return self.send(self.session, method, self.ca.endpoint + path, headers=headers, **rest)

    def log_in_again(self, secret=None):
        self.session.headers.pop("Authorization", None)
        self.call("GET", "/validationpolicy")

    def order(self, email):
        answer, _ = self.call("POST", "/certificates", json={
            "validity": {"not_before": int(time.time())}, "subject_dn": {"common_name": "Ada Example"},
            "san": {"emails": [email]}, "public_key": pem(request(key=KEY)[1])})
        return KEY, answer.headers["Location"].split("/")[-1]

    def pick_up(self, serial):
        _, value = self.call("GET", "/certificates/" + serial)
        chain = [x509.load_pem_x509_certificate(c.encode()) for c in self.call("GET", "/trustchain")[1]]
        return x509.load_pem_x509_certificate(value["certificate"].encode()), chain

    def revoke(self, handle, leaf, reason):
        self.call("PATCH", "/certificates/" + handle, json={"revocation_reason": "superseded"})

    def list(self):
        _, rows = self.call("GET", "/stats/issued?per_page=100")
        return [int(row["serial_number"], 16) for row in rows]


class SSLCom(REST):
    def __init__(self):
        super().__init__("ssl-com")
        self.session = self.ca.session()
        self.keys = {"account_key": self.ca.settings["accountKey"], "secret_key": self.ca.settings["secretKey"]}

    def call(self, method, path, **body):
        if method == "GET":
            return self.send(self.session, method, self.ca.endpoint + path, params={**self.keys, **body})[1]
        return self.send(self.session, method, self.ca.endpoint + path, json={**self.keys, **body})[1]

    def log_in_again(self):
        wrong = {**self.keys, "secret_key": "wrong"}
        self.send(self.session, "GET", self.ca.endpoint + "/certificates", params=wrong)

    def order(self, email):
        ref = self.call("POST", "/certificates", product="300", period="365")["ref"]
        contact = {"all": {"first_name": "Ada", "last_name": "Example", "email": email}}
        csr = pem(request([email], KEY, ["Ada Example"])[1])
        patient(lambda: self.call("PUT", "/certificate/" + ref, csr=csr, contacts=contact))
        patient(lambda: self.call("PUT", "/certificate/" + ref, domains={"email:" + email: {"dcv": email}}))
        return KEY, ref

    def pick_up(self, ref):
        order = self.call("GET", "/certificate/" + ref)
        if "rejected" in order["order_status"].lower():
            raise Refused(order["order_status"])
        if not order["certificates"]:
            raise Trouble(order["order_status"])
        end = "-----END CERTIFICATE-----\n"
        leaf, *chain = [x509.load_pem_x509_certificate((p + end).encode()) for p in order["certificates"].split(end)[:-1]]
        return leaf, chain

    def revoke(self, handle, leaf, reason):
        self.call("DELETE", "/certificate/" + handle, reason="superseded")

    def list(self):
        return [row["ref"] for row in self.call("GET", "/certificates", per_page=1000)]


class SOAP:
    def __init__(self, name, wsdl, binding):
        self.ca = CA(name)
        self.make = lambda bundle: Service(self.ca, wsdl, binding, bundle)
        self.service = self.make(self.ca.settings["operatorCertificate"])

    def call(self, operation, *arguments, service=None, **named):
        try:
            return getattr((service or self.service).service, operation)(*arguments, **named)
        except zeep.exceptions.Fault as fault:
            # A page instead of a message.
            if not isinstance(fault.detail, lxml.etree._Element):
                raise Trouble(fault)
            name, members = local(fault.detail)
            if name in ("WaitingForApprovalException", "ApprovalException"):
                raise Trouble(name)
            raise Refused(members.get("Code", name), fault.message)
        except (requests.exceptions.RequestException, zeep.exceptions.Error, lxml.etree.Error) as error:
            raise Trouble(error)


class GlobalTrust(SOAP):
    def __init__(self):
        super().__init__("globaltrust", "globaltrust-assumed.wsdl", "{urn:sandbox:globaltrust:certificate-service:1}Soap12")
        self.uid = self.ca.settings["uid"]

    def log_in_again(self):
        self.call("GetAccount", Uid=self.uid, service=self.make(self.ca.ready["otherSettings"]["foreign"]["operatorCertificate"]))

    def order(self, email):
        key, csr = request(names=["Ada Example"])
        reference = f"gw-{next(COUNTER)}"
        order = patient(lambda: self.call("RequestCertificate", Uid=self.uid, PeriodMonths=12, RequestReference=reference,
                                          Email=[email], Pkcs10=der(csr)))
        return key, order.OrderId

    def pick_up(self, handle):
        order = self.call("GetOrder", Uid=self.uid, OrderId=handle)
        if order.Status == "REJECTED":
            raise Refused(order.Message)
        if order.Status != "ISSUED":
            raise Trouble(order.Status)
        return certificate(order.Certificate), [certificate(c) for c in order.ChainCertificate]

    def revoke(self, handle, leaf, reason):
        serial = f"{leaf.serial_number:x}"
        self.call("RevokeCertificate", Uid=self.uid, SerialNumber="0" * (len(serial) % 2) + serial, Reason=reason)


class EJBCA(SOAP):
    def __init__(self):
        super().__init__("ejbca", "ejbca-subset.wsdl", "{http://ws.protocol.core.ejbca.org/}EjbcaWSPortBinding")

    def log_in_again(self):
        self.call("getEjbcaVersion", service=self.make(self.ca.ready["otherSettings"]["foreign"]["operatorCertificate"]))

    def order(self, email):
        name = f"gw-{next(COUNTER)}"
        key, csr = request()
        data = {"caName": self.ca.settings["caName"], "certificateProfileName": self.ca.ready["products"][0],
                "clearPwd": False, "endEntityProfileName": self.ca.settings["endEntityProfile"], "keyRecoverable": False,
                "sendNotification": False, "status": 10, "subjectAltName": f"rfc822name={email}",
                "subjectDN": "CN=Ada Example,C=DE", "tokenType": "USERGENERATED", "username": name}
        try:
            self.call("certificateRequest", data, pem(csr), 0, None, "CERTIFICATE")
        except Trouble:
            pass  # What came of it is told by findCerts.
        return key, name

    def pick_up(self, name):
        found = self.call("findCerts", name, False)
        if not found:
            raise Trouble("nothing yet")
        chain = self.call("getLastCAChain", self.ca.settings["caName"])
        decode = lambda c: certificate(base64.b64decode(c.certificateData))
        return decode(found[0]), [decode(c) for c in chain]

    def revoke(self, handle, leaf, reason):
        names = [a.rfc4514_attribute_name + "=" + a.value for a in leaf.issuer]
        self.call("revokeCert", ",".join(reversed(names)), f"{leaf.serial_number:x}", reason)


FACES = {"globalsign-atlas": Atlas, "globaltrust": GlobalTrust, "ejbca": EJBCA, "ssl-com": SSLCom}
