# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""zeep, driven by the WSDLs of the wire sheet, as a foreign client; xmllint over everything that came back."""
import subprocess

import lxml.etree
import zeep
from zeep.transports import Transport

from cas import *

XS = "{http://www.w3.org/2001/XMLSchema}schema"
ENVELOPES = {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}


class Recorder(Transport):
    """Keeps the bytes of every answer."""

    def __init__(self, session):
        super().__init__(session=session, timeout=TIMEOUT, operation_timeout=TIMEOUT)
        self.answers = []

    def post(self, address, message, headers):
        answer = super().post(address, message, headers)
        self.answers.append(answer)
        return answer


class Service:
    def __init__(self, ca, wsdl, binding, bundle):
        self.wsdl = f"{FIXTURES}/soap/{wsdl}"
        self.transport = Recorder(ca.session(bundle))
        self.client = zeep.Client(self.wsdl, transport=self.transport,
                                  settings=zeep.Settings(strict=True, forbid_dtd=True))
        self.service = self.client.create_service(binding, ca.endpoint)

    def __getattr__(self, name):
        return getattr(self.service, name)

    def fault(self, name, *arguments, **named):
        """The fault of a call that must be refused, and the HTTP status."""
        try:
            getattr(self.service, name)(*arguments, **named)
        except zeep.exceptions.Fault as fault:
            return fault, self.transport.answers[-1].status_code
        check(False, f"{name} was not refused")

    def judge(self):
        """xmllint: each answer is well-formed, its content is what the WSDL's schema says."""
        schema = lxml.etree.parse(self.wsdl).getroot().find(".//" + XS)
        # The schema uses prefixes that the WSDL declares further out.
        file = path("schema.xsd", lxml.etree.tostring(lxml.etree.fromstring(lxml.etree.tostring(schema))))
        messages, contents = [], []
        for number, answer in enumerate(self.transport.answers):
            messages.append(path(f"message-{number}.xml", answer.content))
            envelope = lxml.etree.fromstring(answer.content)
            check(lxml.etree.QName(envelope).namespace in ENVELOPES, "an envelope")
            content = envelope[-1][0]
            if lxml.etree.QName(content).localname == "Fault":
                detail = [e for e in content.iter() if lxml.etree.QName(e).localname.lower() == "detail"]
                content = detail[0][0] if detail else None
            if content is not None:
                contents.append(path(f"content-{number}.xml", lxml.etree.tostring(content, with_tail=False)))
        for command in [["xmllint", "--noout", "--nonet", *messages],
                        ["xmllint", "--noout", "--nonet", "--schema", file, *contents]]:
            result = subprocess.run(command, capture_output=True, text=True)
            equal(result.returncode, 0, f"xmllint: {result.stderr[-800:]}")
        return len(messages)


def local(detail):
    """Name and members of the one element of a fault's detail."""
    element = detail[0]
    return lxml.etree.QName(element).localname, {lxml.etree.QName(e).localname: e.text for e in element}


def raw(session, address, body, headers):
    return session.post(address, data=body.encode(), headers=headers, timeout=TIMEOUT)


def loads_served_wsdl(ca, bundle, operations):
    """The WSDL that the sandbox serves loads in zeep and names the sandbox's own address."""
    client = zeep.Client(ca.endpoint + "?wsdl", transport=Recorder(ca.session(bundle)))
    ports = [port for service in client.wsdl.services.values() for port in service.ports.values()]
    check(ports, "ports")
    for port in ports:
        equal(port.binding_options["address"], ca.endpoint, "address in the WSDL")
        check(operations <= set(port.binding._operations), "operations in the WSDL")
    return client
