// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import JSONDocuments

/// A list that can be had as a file, by the name that the API has for it.
public enum ExportedList: String, Sendable, CaseIterable {
    case certificates, people, orders, auditRecords

    /// The right to look at the list.
    public var permission: Permission {
        switch self {
        case .certificates: .readCertificates
        case .people: .readPeople
        case .orders: .readOrders
        case .auditRecords: .readAudit
        }
    }

    /// The columns of comma-separated values, in their order: members of an item's JSON.
    public var columns: [String] {
        switch self {
        case .certificates:
            [
                "number", "serialNumber", "userPrincipalName", "emailAddresses", "template", "backendCA", "subject",
                "issuer", "notBefore", "notAfter", "status", "sha256Fingerprint",
            ]
        case .people:
            [
                "userPrincipalName", "id", "displayName", "addresses", "accountEnabled", "template", "status",
                "reason", "concern", "replacement", "order", "backendCA", "serialNumber", "notAfter",
            ]
        case .orders:
            [
                "reference", "id", "userPrincipalName", "template", "backendCA", "product", "stage", "price",
                "caRequestID", "waitingFor", "holdReason", "detail", "createdAt", "updatedAt",
            ]
        case .auditRecords:
            [
                "number", "at", "actor", "actorKind", "origin", "node", "action", "objectKind", "object", "person",
                "outcome", "reason", "before", "after", "hash",
            ]
        }
    }

    /// The rows of an item: one, but for people one for each of their templates.
    public func rows(_ item: JSONValue) -> [[String]] {
        guard self == .people, let standings = item["templates"]?.array, !standings.isEmpty else {
            return [cells(item)]
        }
        return standings.map { standing in
            cells(.object((standing.object ?? [:]).merging(item.object ?? [:]) { own, _ in own }))
        }
    }

    public func cells(_ row: JSONValue) -> [String] { columns.map { Self.text(row[$0] ?? .null) } }

    /// A value as a cell has it: words as they are, money as people write it, and what has parts as JSON.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: return ""
        case .string(let text): return text
        case .array(let parts) where parts.allSatisfy({ $0.string != nil }):
            return parts.compactMap(\.string).joined(separator: ", ")
        case .object(let members):
            guard Set(members.keys) == ["amount", "currency"], let amount = members["amount"]?.string,
                let currency = members["currency"]?.string
            else { return value.text }
            return "\(amount) \(currency)"
        case .bool, .number, .array: return value.text
        }
    }
}
