// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import Foundation
internal import JSONDocuments
internal import PKIX

/// What the programs of a profile's requests may see, with sample values.
struct SampleContexts {
    private let orders: [SampleOrders]
    private let known: CAOrder
    private let revocations: [(title: String, json: JSONValue)]
    private let now: Date

    init(_ profile: ConnectorProfile, _ library: ExpressionLibrary, now: Date) throws {
        self.now = now
        orders = try SampleOrders.all(profile, now: now)
        known = CAOrder(caRequestID: Self.wideID, identifiers: Self.identifiers(library))
        revocations = try Self.revocations(profile, known, now: now)
    }

    /// What the operation's programs may see, each with words that say what is special about it.
    func all(of operation: Operation, _ settings: SampleSettings) -> [(title: String, context: OperationContext)] {
        var empty = OperationContext(settings: settings.values)
        empty.operation = operation.name
        empty.extras["now"] = JSONValue(Int(now.timeIntervalSince1970))
        switch operation.name {
        case "check", "listProducts": return [("", empty)]
        case "inventory", "findByReference":
            let starts = operation.name == "inventory" ? [("", empty)] : requests(empty)
            return starts.flatMap { title, context in
                [JSONValue.null, "2"].map { cursor in
                    var context = context
                    context.extras["cursor"] = cursor
                    return ("\(title), on \(cursor.isNull ? "the first page" : "a further page")", context)
                }
            }
        case "revoke":
            empty.order = known
            return revocations.map { title, revocation in
                var context = empty
                context.extras["revocation"] = revocation
                return (title, context)
            }
        case "cancel", "validationState", "resendValidation":
            empty.order = known
            empty.extras["note"] = "sample"
            return [("", empty)]
        default:
            // An order that is placed has no id yet; what goes on with one has.
            if !operation.isCreating { empty.order = known }
            if operation.name == "renew" { empty.extras["predecessor"] = known.json }
            return requests(empty)
        }
    }

    private func requests(_ context: OperationContext) -> [(title: String, context: OperationContext)] {
        orders.map { order in
            var context = context
            context.request = order.request.json
            return (", \(order.title)", context)
        }
    }

    /// - Returns: one for each reason that the profile offers.
    private static func revocations(
        _ profile: ConnectorProfile, _ order: CAOrder, now: Date
    ) throws -> [(title: String, json: JSONValue)] {
        let key = try PrivateKey.generate(.p256)
        let certificate = try CertificateBuilder(
            profile: .smime, subject: [("CN", "Sample")], publicKey: key.publicKey, notBefore: now,
            notAfter: now + 86_400
        ).selfSigned(key: key)
        let table = profile.revocationReasons
        return try (table.offered.isEmpty ? [.unspecified] : table.offered).map { reason in
            let request = RevocationRequest(certificate: certificate, order: order, reason: reason, comment: "sample")
            return (", reason \(reason.name)", try request.json(table))
        }
    }

    /// Ids have as many digits as their CA likes: this one a number does not keep.
    private static let wideID = "9007199254740993"

    /// Every identifier that some program reads: which of them an order has, only the CA's answers tell.
    private static func identifiers(_ library: ExpressionLibrary) -> [String: String] {
        let read = library.rootPaths.map(\.names).filter {
            $0.count > 2 && ["order", "predecessor"].contains($0[0]) && $0[1] == "identifiers"
        }
        return Dictionary(read.map { ($0[2], Self.wideID) }) { first, _ in first }
    }
}
