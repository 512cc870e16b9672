// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import XMLDocuments

/// A fault of either version in one form: SOAP 1.1 §4.4, SOAP 1.2 part 1 §5.4.
struct SOAPFault {
    /// The words of SOAP 1.2: Sender, Receiver, VersionMismatch, MustUnderstand, DataEncodingUnknown.
    let code: String
    let subcode: String?
    let text: String
    let detail: XMLElement?

    /// - Parameter element: the fault. Names count without their namespace, because servers qualify them or do not.
    init(_ element: XMLElement, _ version: SOAPVersion) {
        func child(_ element: XMLElement?, _ name: String) -> XMLElement? {
            element?.elements.first { $0.name == name }
        }
        func local(_ element: XMLElement?) -> String? {
            element?.text.trimmingWhiteSpace.split(separator: ":").last.map(String.init)
        }
        switch version {
        case .soap11:
            // `Client.Authentication` refines `Client`.
            let words = local(child(element, "faultcode"))?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
            code = ["Client": "Sender", "Server": "Receiver"][words.first ?? ""] ?? words.first ?? ""
            subcode = words.count > 1 ? words[1] : nil
            text = child(element, "faultstring")?.text.trimmingWhiteSpace ?? ""
            detail = child(element, "detail")
        case .soap12:
            code = local(child(child(element, "Code"), "Value")) ?? ""
            subcode = local(child(child(child(element, "Code"), "Subcode"), "Value"))
            let texts = child(element, "Reason")?.elements ?? []
            let english = texts.first {
                $0.attribute("lang", namespace: "http://www.w3.org/XML/1998/namespace")?.hasPrefix("en") == true
            }
            text = (english ?? texts.first)?.text.trimmingWhiteSpace ?? ""
            detail = child(element, "Detail")
        }
    }

    /// What it means where the profile has no rule for it; nil: by the HTTP status, so that a receiver's failure stays
    /// open for an order that may have been taken.
    var kind: ConnectorError.Kind? {
        switch code {
        case "Sender": .refused
        case "VersionMismatch", "MustUnderstand", "DataEncodingUnknown": .configuration
        default: nil
        }
    }

    /// As `.fault`: its parts, the name of the first entry of the detail, and all entries by local name.
    func json(_ rules: [ReadRule]) throws(XMLError) -> JSONValue {
        var members: [String: JSONValue] = [
            "code": .string(code), "subcode": JSONValue(subcode), "text": .string(text),
            "entry": JSONValue(detail?.elements.first?.name), "detail": detail.map(Self.json) ?? .null,
        ]
        if let detail { members.merge(try ReadRule.values(rules, in: detail, [:])) { _, new in new } }
        return .object(members)
    }

    /// An element with elements inside as an object, a repeated name as a list; any other as its text.
    private static func json(_ element: XMLElement) -> JSONValue {
        if element.isNil { return .null }
        let children = element.elements
        if children.isEmpty { return .string(element.text.trimmingWhiteSpace) }
        let groups = Dictionary(grouping: children, by: \.name)
        return .object(groups.mapValues { $0.count == 1 ? json($0[0]) : .array($0.map(json)) })
    }
}
