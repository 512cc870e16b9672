# SPDX-FileCopyrightText: Certway contributors
# SPDX-License-Identifier: Apache-2.0
"""Reads an envelope with a WSDL client and writes what it read again: prints nothing when both say the same.

usage: zeep-judge.py WSDL OPERATION < envelope.xml
"""
import sys

import zeep
from lxml import etree


def said(element):
    children = [said(child) for child in element if isinstance(child.tag, str)]
    text = (element.text or "").replace("\r\n", "\n") if not children else ""
    attributes = sorted((k, v) for k, v in element.attrib.items() if not k.endswith("encodingStyle"))
    return (element.tag, text, attributes, children)


def content(envelope):
    body = next(child for child in envelope if etree.QName(child).localname == "Body")
    return body[0]


client = zeep.Client(sys.argv[1])
ours = content(etree.fromstring(sys.stdin.buffer.read()))
schema = client.wsdl.types
element = client.get_element(ours.tag)
value = element.parse(ours, schema)
values = {name: value[name] for name in value} if hasattr(value, "__iter__") else {}
theirs = content(client.create_message(client.service, sys.argv[2], **values))
# What a client leaves out and what it was not given look the same to it.
if said(ours) != said(theirs):
    print("ours:  ", said(ours))
    print("theirs:", said(theirs))
