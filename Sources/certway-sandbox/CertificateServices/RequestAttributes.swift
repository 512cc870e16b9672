// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONDocuments
import PKIX

/// The lines of `CertAttrib`: one `Name:Value` each, ended by CRLF or LF (wire/adcs-http.md section 3).
struct RequestAttributes: Sendable {
    /// Lower-case names; Windows does not tell cases apart.
    private var values: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[parts[0].trimmingCharacters(in: .whitespaces).lowercased()] = parts[1].trimmingCharacters(
                in: .whitespaces)
        }
    }

    subscript(_ name: String) -> String? { values[name.lowercased()] }

    /// As the CA's database shows them to an officer.
    var json: JSONValue { .object(values.mapValues { .string($0) }) }

    var template: String? { self["CertificateTemplate"] }

    /// `san:dns=a&email=b&upn=c`; the names a CA honours only with EDITF_ATTRIBUTESUBJECTALTNAME2.
    var alternativeNames: [GeneralName] {
        (self["san"] ?? "").split(separator: "&").compactMap { item in
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return switch parts[0].lowercased() {
            case "dns": .dNSName(parts[1])
            case "email": .rfc822Name(parts[1])
            case "upn": .userPrincipalName(parts[1])
            default: nil
            }
        }
    }

    /// The end of validity asked for; nil when the request leaves it to the template.
    func end(from start: Date) -> Date? {
        if let text = self["ExpirationDate"] { return Self.rfc1123(text) }
        guard let period = self["ValidityPeriod"]?.lowercased(),
            let units = self["ValidityPeriodUnits"].flatMap(Int.init)
        else { return nil }
        let days = ["hours": 1.0 / 24, "days": 1, "weeks": 7, "months": 30, "years": 365][period]
        return days.map { start.addingTimeInterval($0 * Double(units) * 86_400) }
    }

    private static func rfc1123(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return formatter.date(from: text)
    }
}
