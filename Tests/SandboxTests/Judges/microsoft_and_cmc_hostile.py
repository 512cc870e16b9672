# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Hostile mode of the Microsoft CA and of SwissSign: who tries again gets every certificate, and it is the right one."""
import certsrv
import swisssign_client as swisssign
from certsrv import csr as make_request
from cmc import *


def patient(action, attempts=25):
    for _ in range(attempts):
        try:
            found = action()
            if found is not None:
                return found
        except (requests.RequestException, Trouble):
            pass
    check(False, f"still in trouble after {attempts} attempts")


class Trouble(Exception):
    """Try again."""


client = certsrv.Client()


def complete(answer):
    """What broke off on the way is no answer."""
    if len(answer.content) != int(answer.headers.get("Content-Length", -1)):
        raise Trouble
    return answer


def submit(request):
    answer = client.session.post(f"{client.endpoint}/certfnsh.asp", timeout=TIMEOUT, allow_redirects=False, data={
        "Mode": "newreq", "CertRequest": certsrv.pem(request), "CertAttrib": "CertificateTemplate:CertwayUser\r\n"})
    if answer.status_code in (500, 502, 503) or misleading(answer):
        return None
    equal(complete(answer).status_code, 200, "submit")
    found = certsrv.re.search(r"certnew.cer\?ReqID=(\d+)&|Your Request Id is (\d+)", answer.text)
    check(found, answer.text)
    return int(found.group(1) or found.group(2))


def pick_up(number):
    answer = complete(client.get("certnew.cer", ReqID=number, Enc="bin"))
    if answer.headers.get("Content-Type") != "application/pkix-cert":
        check(answer.status_code != 200 or "Taken Under Submission" in answer.text, answer.text)
        return None
    return x509.load_der_x509_certificate(answer.content)


def send(message):
    answer = swisssign.session.post(swisssign.CA["endpoint"], data=message.der, timeout=TIMEOUT, allow_redirects=False, params={
        "account": swisssign.SETTINGS["account"], "product": "personal-silver"})
    if answer.status_code != 200:
        check(answer.status_code == 429 or answer.status_code >= 500 or misleading(answer), f"status {answer.status_code}")
        return None
    return Answer(complete(answer).content, swisssign.RESPONDER, swisssign.CA["rootPEM"])


for number in range(8):
    email = f"person.{number}@sandbox.example"
    key, request = make_request(emails=[email])
    handle = patient(lambda: submit(request))
    leaf = patient(lambda: pick_up(handle))
    equal(certsrv.spki(leaf.public_key()), certsrv.spki(key.public_key()), "key")
    key, request = swisssign.pkcs10(email=email)
    message = swisssign.Message(requests=[(4, request)])
    answer = patient(lambda: send(message))
    while answer.status.code == 3:
        # A nonce is good for one message: who asks again writes a new one.
        token, transaction = core.OctetString(answer.status.token), message.transaction
        answer = patient(lambda: send(swisssign.Message((5, QUERY, token), transaction=transaction)))
    check(answer.status.code == 0 and answer.certificate(key), f"issued for {email}: {vars(answer.status)}")
orders = [order for order in control("cas/swisssign")["orders"]]
equal(len(orders), 8, "sending a message again makes no second order")
faults = [key for key in control("state")["requests"] if key.startswith("faults.")]
check(len(faults) >= 4, f"trouble of many kinds: {faults}")
