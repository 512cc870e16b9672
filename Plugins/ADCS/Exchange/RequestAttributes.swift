// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments

/// The request attributes of a submission: one `Name:Value` per line (MS-WCCE §2.2.2.7).
struct RequestAttributes: Sendable {
    private var lines: [(name: String, value: String)] = []

    /// Names that mean who gets the certificate, or what we set ourselves.
    private static let reserved = [
        "certificatetemplate", "san", "requestername", "validityperiod", "validityperiodunits",
    ]

    /// - Throws: `ConnectorError` of kind `configuration` for an attribute that cannot or must not be sent: a template names them.
    init(_ request: CertificateRequest, referenceAttribute: String?) throws {
        try add("CertificateTemplate", request.product)
        if let days = request.validityDays {
            try add("ValidityPeriod", "Days")
            try add("ValidityPeriodUnits", "\(days)")
        }
        if let referenceAttribute { try add(referenceAttribute, request.reference) }
        for (name, value) in (request.options["attributes"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard !Self.reserved.contains(name.lowercased()) else {
                throw ConnectorError(
                    .configuration,
                    "options.attributes: \(name) is not for templates; names belong into the request, where the CA checks "
                        + "who may ask for them")
            }
            guard let text = value.string ?? value.int.map(String.init) else {
                throw ConnectorError(
                    .configuration, "options.attributes.\(name): expected text, found \(value.kindName)")
            }
            try add(name, text)
        }
    }

    var text: String { lines.map { "\($0.name):\($0.value)\r\n" }.joined() }

    /// A line break would begin another attribute.
    private mutating func add(_ name: String, _ value: String) throws {
        guard Self.isName(name), !value.isEmpty,
            value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else {
            throw ConnectorError(.configuration, "\"\(SafeText.sentence(name))\" cannot be sent as a request attribute")
        }
        lines.append((name, value))
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789-_".contains(Character($0)))
            }
    }
}
