// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import JSONDocuments
import TestSupport

/// Runs an operation by its name and tells what came of it as JSON, to be compared with a fixture's result.
struct OperationRunner {
    let connector: any CertificateAuthorityConnector
    let folder: FixtureFolder

    func run(_ operation: String) async -> JSONValue {
        do { return try await result(operation) } catch let error as ConnectorError {
            return ["error": .string(error.kind.rawValue)]
        } catch {
            return ["error": .string("\(error)")]
        }
    }

    private func result(_ operation: String) async throws -> JSONValue {
        let order = folder.order
        switch operation {
        case "check":
            let report = try await connector.check()
            let facts = report.facts.map { ($0.name, JSONValue.string($0.value)) }
            return [
                "account": .string(report.account), "facts": .object(Dictionary(uniqueKeysWithValues: facts)),
                "warnings": JSONValue(report.warnings),
            ]
        case "listProducts":
            return ["products": .array(try await ability((any ProductListing).self).products().map(Self.json))]
        case "enroll": return Self.json(try await connector.enroll(folder.request()))
        case "renew":
            return Self.json(
                try await ability((any CertificateRenewing).self).renew(folder.request(), predecessor: order))
        case "poll":
            return Self.json(try await ability((any OrderPolling).self).poll(order, request: folder.request()))
        case "findByReference":
            switch try await ability((any OrderFinding).self).find(folder.request()) {
            case .found(let outcome): return ["found": Self.json(outcome)]
            case .absent: return ["absent": true]
            case .undecidable(let reason): return ["undecidable": .string(reason)]
            }
        case "validationState":
            let list = try await ability((any ValidationReporting).self).validationState(of: order)
            return [
                "addresses": .array(
                    list.map {
                        Self.object([
                            "address": .string($0.address), "isValidated": .bool($0.isValidated),
                            "lastMailed": JSONValue($0.lastMailed),
                        ])
                    })
            ]
        case "resendValidation":
            try await ability((any ValidationResending).self).resendValidation(of: order)
            return ["done": true]
        case "cancel":
            try await ability((any OrderCancelling).self).cancel(order, note: "left before issuance")
            return ["done": true]
        case "revoke":
            let request = RevocationRequest(
                certificate: try Folder.certificate("leaf"), order: order, reason: .superseded, comment: "replaced")
            switch try await ability((any CertificateRevoking).self).revoke(request) {
            case .revoked: return ["revoked": true]
            case .pending(let detail): return ["pending": .string(detail)]
            }
        case "inventory":
            let page = try await ability((any CertificateInventory).self).inventory(from: nil)
            return Self.object(["entries": .array(page.entries.map(Self.json)), "next": JSONValue(page.next)])
        default: throw Unexpected("operation \(operation)")
        }
    }

    private func ability<Ability>(_ type: Ability.Type) throws -> Ability {
        guard let able = connector as? Ability else { throw Unexpected("\(connector) is no \(type)") }
        return able
    }

    /// An object without the members that are null.
    private static func object(_ members: [String: JSONValue]) -> JSONValue {
        .object(members.filter { !$0.value.isNull })
    }

    private static func members(_ order: CAOrder?) -> [String: JSONValue] {
        guard let order else { return [:] }
        return [
            "orderID": .string(order.caRequestID),
            "identifiers": .object(order.identifiers.mapValues(JSONValue.string)),
        ]
    }

    private static func json(_ outcome: EnrollmentOutcome) -> JSONValue {
        var members: [String: JSONValue]
        switch outcome {
        case .issued(let issued):
            members = Self.members(issued.order)
            members["subjects"] = JSONValue(issued.certificateChain.map { $0.subject.commonName ?? "" })
            return ["issued": .object(members)]
        case .pending(let pending):
            members = Self.members(pending.order)
            members["waitingFor"] = .string(pending.waitingFor.rawValue)
            members["detail"] = JSONValue(pending.detail)
            members["retryAfter"] = pending.retryAfter.map { JSONValue(Int($0 / .seconds(1))) } ?? .null
            return ["pending": object(members)]
        case .rejected(let rejection):
            members = Self.members(rejection.order)
            members["kind"] = .string(rejection.kind.rawValue)
            members["reason"] = .string(rejection.reason)
            return ["rejected": .object(members)]
        }
    }

    private static func json(_ product: CAProduct) -> JSONValue {
        [
            "id": .string(product.id), "title": .string(product.title),
            "details": .object(product.details.mapValues(JSONValue.string)),
        ]
    }

    private static func json(_ entry: InventoryEntry) -> JSONValue {
        object([
            "orderID": .string(entry.order.caRequestID), "status": .string(entry.status),
            "identifiers": entry.order.identifiers.isEmpty
                ? .null : .object(entry.order.identifiers.mapValues(JSONValue.string)),
            "product": JSONValue(entry.product), "commonName": JSONValue(entry.commonName),
            "serialNumber": JSONValue(entry.serialNumber), "validTill": JSONValue(entry.validTill),
        ])
    }
}
