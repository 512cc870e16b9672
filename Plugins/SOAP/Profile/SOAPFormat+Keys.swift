// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit

extension SOAPFormat {
    public static let requestMembers = ["secrets", "random", "item"]

    public static let answerMembers =
        "`.answer` (an object with what `read` names; null for a fault) and `.fault` (null, or code in the words of SOAP 1.2, "
        + "subcode, text, entry: the name of the detail's first element, detail: its elements by name)"

    public static let profileKeys: [ProfileKey] = [
        ProfileKey("login.usernameToken", "mapping", "WS-Security UsernameToken in the header of every message."),
        ProfileKey("login.usernameToken.user", "text with holes", isRequired: true, "Name."),
        ProfileKey("login.usernameToken.password", "text with holes", isRequired: true, "Password."),
        ProfileKey(
            "login.usernameToken.type", "word",
            "How the password is sent; digest when left out.",
            words: UsernameToken.PasswordType.allCases.map(\.rawValue)),
        ProfileKey(
            "soap", "mapping", isRequired: true, "What all messages have in common.",
            example: "\n  version: 1.1\n  namespaces: {t: \"urn:example:certificates\"}"),
        ProfileKey("soap.version", "word", "1.1 when left out.", words: SOAPVersion.allCases.map(\.rawValue)),
        ProfileKey(
            "soap.namespaces", "mapping of prefix to namespace",
            "For bodies and paths; prefixes of answers mean nothing. `soap` is the envelope's."),
        ProfileKey("soap.fault", "mapping", "Further members of `.fault`, like `read`, seen from the detail."),
        ProfileKey("prepare.*.read", "mapping", "As with an operation."),
        ProfileKey(
            "operations.*.request.action", "text", "The SOAPAction, or the action of SOAP 1.2; empty when left out."),
        ProfileKey(
            "operations.*.request.body", "XML with holes", isRequired: true,
            "The content of the body. Holes stand in text and attribute values; `c:each=\"jq list\"` writes an element for "
                + "each `.item`, `c:if=\"jq\"` leaves it out. `.secrets` has the secret settings, `.random` 32 new hex digits."
        ),
        ProfileKey(
            "operations.*.read", "mapping",
            "What programs see as `.answer`: XPath 1.0 by name, seen from the first element of the body. Nothing found, or "
                + "`xsi:nil`, is null; white space around texts goes."),
        ProfileKey("operations.*.read.*", "XPath, or mapping", "Where a member stands, or that and how it is read."),
        ProfileKey(
            "operations.*.read.*.path", "XPath", isRequired: true, "Where it stands; the short form has only this."),
        ProfileKey("operations.*.read.*.list", "true or false", "Whether to take all there are; the first otherwise."),
        ProfileKey(
            "operations.*.read.*.decode", "list of words",
            "Steps to what is meant. The last two give PEM.", words: Decoding.allCases.map(\.rawValue)),
        ProfileKey("operations.*.read.*.read", "mapping", "Members of each element found, seen from there."),
    ]

    public static let examples = [
        "settings": """

          operatorCertificate: {type: secret, title: Operator certificate with its key, help: PEM or PKCS 12}
          operatorPassword: {type: secret, title: Password of the operator certificate, required: false}
        """,
        "prepare": """

          policy:
            request: {action: "urn:example:GetPolicy", body: "<t:GetPolicy/>"}
            read: {name: "t:Policy/t:Name"}
            value: .answer.name
            lifetime: 1h
        """,
        "login": "\n  clientCertificate: {credential: operatorCertificate, password: operatorPassword}",
        "operations": """

          check:
            request: {action: "urn:example:GetAccount", body: "<t:GetAccount/>"}
            read: {name: "t:Name"}
            outcomes:
              - {when: .answer, account: {name: .answer.name}}
          enroll:
            # needs: [policy]
            request:
              action: urn:example:Request
              body: |
                <t:Request>
                  <t:Email c:each=".request.names.emails">${ .item }</t:Email>
                  <t:Note>${ .request.reference }</t:Note>
                  <t:Pkcs10>${ .request.csr.der }</t:Pkcs10>
                </t:Request>
            read:
              id: t:Order/t:Id
              certificates: {path: "t:Order/t:Certificate", list: true, decode: [base64, certificate]}
            outcomes:
              - {when: '.answer.certificates != []', issued: {chain: .answer.certificates, orderID: .answer.id}}
              - {when: .answer, pending: {orderID: .answer.id, retryAfter: 15m}}
          poll:
            request: {action: "urn:example:Get", body: "<t:Get><t:Id>${ .order.caRequestID }</t:Id></t:Get>"}
            read:
              certificates: {path: "t:Order/t:Certificate", list: true, decode: [base64, certificate]}
            outcomes:
              - {when: '.answer.certificates != []', issued: {chain: .answer.certificates}}
              - {when: .answer, pending: {retryAfter: 15m}}
          # Each further operation the CA has is one more ability. Delete what it has not.
          # renew: {like: enroll}
          # listProducts:
          #   request: {action: "urn:example:GetProducts", body: "<t:GetProducts/>"}
          #   read: {products: {path: "t:Product/t:Id", list: true}}
          #   outcomes: [{when: .answer, products: {list: '[.answer.products[] | {id: ., title: .}]'}}]
          # findByReference:
          #   request: {action: "urn:example:Find", body: "<t:Find><t:Note>${ .request.reference }</t:Note></t:Find>"}
          #   read: {ids: {path: "t:Order/t:Id", list: true}}
          #   outcomes: [{when: .answer, candidates: {list: .answer.ids}}]
          # cancel:
          #   request: {action: "urn:example:Cancel", body: "<t:Cancel><t:Id>${ .order.caRequestID }</t:Id></t:Cancel>"}
          #   outcomes: [{when: .answer, done: {}}]
          # revoke:
          #   request:
          #     action: urn:example:Revoke
          #     body: "<t:Revoke reason='${ .revocation.reason }'>${ .revocation.serialNumber }</t:Revoke>"
          #   outcomes: [{when: .answer, revoked: {}}]
          # inventory:
          #   request: {action: "urn:example:List", body: "<t:List><t:Page>${ .cursor // 1 }</t:Page></t:List>"}
          #   read: {orders: {path: "t:Order", list: true, read: {id: "t:Id", status: "t:Status", serial: "t:SerialNumber"}}}
          #   outcomes:
          #     - when: .answer
          #       page:
          #         entries: '[.answer.orders[] | {orderID: .id, status, serialNumber: .serial}]'
          #         next: 'if (.answer.orders | length) < 100 then null else (.cursor // 1) + 1 end'
        """,
        "errors": "[{when: '.fault.entry == \"Denied\"', kind: authentication, message: .fault.text}]",
    ]
}
