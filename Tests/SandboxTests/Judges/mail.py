# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""sendMail: what is accepted lies in the sender's list, and what the service refuses is refused (wire/graph-directory.md 10)."""
import base64
import email.message
import email.parser
import email.policy

from common import *

graph = Graph()
people = control("people")["people"]
sender = next(p for p in people if p["isMember"])["userPrincipalName"]
PATH = f"/v1.0/users/{sender}/sendMail"


def mail(**changes):
    message = {"subject": "Your new mail certificate", "body": {"contentType": "HTML", "content": "<p>Grüße</p>"},
               "toRecipients": [{"emailAddress": {"name": "Ada", "address": "ada@sandbox.example"}}], "replyTo": [],
               "importance": "normal", "internetMessageHeaders": [{"name": "x-gateway-event", "value": "issued"}]}
    message.update(changes)
    return {"message": message, "saveToSentItems": False}


def send(expected, code=None, path=PATH, **changes):
    answer = graph.call("POST", path, json=mail(**changes))
    equal(answer.status_code, expected, f"{changes} {answer.text[:300]}")
    if code:
        equal(answer.json()["error"]["code"], code, "code")
    return answer


attachment = {"@odata.type": "#microsoft.graph.fileAttachment", "name": "ada.p12", "contentType": "application/x-pkcs12",
              "contentBytes": base64.b64encode(b"PFX").decode()}
equal(send(202, attachments=[attachment]).content, b"", "no body")
stored = control("mails")["mails"]
equal([(m["sender"], m["recipients"], m["saveToSentItems"]) for m in stored],
      [(sender, ["ada@sandbox.example"], False)], "stored")
equal(stored[0]["message"], mail(attachments=[attachment])["message"], "message as it came")

mime = email.message.EmailMessage()
mime["To"], mime["Cc"], mime["Subject"] = "Ada <ada@sandbox.example>", "bob@sandbox.example", "signed"
mime.set_content("text")
text = base64.b64encode(mime.as_bytes(policy=email.policy.SMTP))
answer = graph.call("POST", PATH, data=text, headers={"Content-Type": "text/plain"})
equal(answer.status_code, 202, answer.text)
stored = control("mails")["mails"][1]
equal(stored["recipients"], ["ada@sandbox.example", "bob@sandbox.example"], "recipients of MIME")
equal(email.parser.Parser(policy=email.policy.default).parsestr(stored["message"]["mime"])["Subject"], "signed", "MIME")
answer = graph.call("POST", PATH, data=b"no base64!", headers={"Content-Type": "text/plain"})
equal((answer.status_code, answer.json()["error"]["code"]), (400, "ErrorMimeContentInvalidBase64String"), "MIME")

send(400, "ErrorInvalidRecipients", toRecipients=[])
send(400, "ErrorInvalidRecipients", toRecipients=[{"emailAddress": {"address": "no address"}}])
send(400, "InvalidInternetMessageHeader", internetMessageHeaders=[{"name": "Reply-To", "value": "x"}])
send(400, subjekt="misspelt")
send(403, "ErrorSendAsDenied", **{"from": {"emailAddress": {"address": "other@sandbox.example"}}})
send(404, "ErrorInvalidUser", path="/v1.0/users/nobody@sandbox.example/sendMail")
large = {**attachment, "contentBytes": base64.b64encode(bytes(3 << 20)).decode()}
send(413, attachments=[large])

control("tenant", {"refusedSenders": [sender.upper()]})
send(403, "ErrorAccessDenied")
control("tenant", {"refusedSenders": []})
control("faults", {"operation": "graph.sendMail", "fault": "throttled", "count": 1, "retryAfter": "7"})
equal(send(429).headers["Retry-After"], "7", "throttled")
control("faults", {"operation": "graph.sendMail", "fault": "unavailable-after", "count": 1})
check(graph.call("POST", PATH, json=mail()).status_code >= 500, "a failure after the work")
equal(len(control("mails")["mails"]), 3, "the failed answer was a mail nevertheless")

control("tenant", {"roles": ["User.Read.All"]})
graph = Graph()
send(403, "ErrorAccessDenied")
equal(control("mails", {"clear": True})["mails"], [], "cleared")
