// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The two versions of SOAP, and what differs between them (wire/soap.md §1).
enum SOAPVersion: String, CaseIterable, Sendable {
    case soap11 = "1.1"
    case soap12 = "1.2"

    /// Namespace of envelope, header, body and fault.
    var namespace: String {
        switch self {
        case .soap11: "http://schemas.xmlsoap.org/soap/envelope/"
        case .soap12: "http://www.w3.org/2003/05/soap-envelope"
        }
    }

    init?(namespace: String?) {
        guard let version = Self.allCases.first(where: { $0.namespace == namespace }) else { return nil }
        self = version
    }

    /// The headers that say what is sent and what for: SOAP 1.1 §6.1.1, SOAP 1.2 part 2 §7.1.4 with RFC 3902.
    func headers(action: String) -> [(name: String, value: String)] {
        switch self {
        case .soap11: [("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", "\"\(action)\"")]
        case .soap12:
            [("Content-Type", "application/soap+xml; charset=utf-8" + (action.isEmpty ? "" : "; action=\"\(action)\""))]
        }
    }
}
