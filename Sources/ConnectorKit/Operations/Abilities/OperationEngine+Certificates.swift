// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import JSONDocuments

extension OperationEngine {
    func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        let table = common.revocationReasons
        let word = table.word(for: request.reason)
        guard word != nil || table.offered.isEmpty else {
            let offered = table.offered.map(\.name).joined(separator: ", ")
            throw ConnectorError(
                .refused, "the CA does not take the reason \(request.reason.name); it takes: \(offered)")
        }
        var context = context(order: request.order)
        context.extras["revocation"] = [
            "reason": word ?? .null, "reasonName": .string(request.reason.name),
            "reasonCode": JSONValue(request.reason.rawValue), "comment": .string(request.comment),
            "issuer": .string(request.certificate.issuer.description),
            "serialNumber": .string(request.certificate.serialNumber.hex),
            "certificate": .string(request.certificate.pem),
        ]
        let values = try await run("revoke", context)
        return values.kind == .pending ? .pending(values.sentence("detail") ?? "the CA has not decided yet") : .revoked
    }

    func validationState(of order: CAOrder) async throws -> [AddressValidation] {
        try await run("validationState", context(order: order))["list"].array?.compactMap { item in
            item["address"]?.string.map {
                AddressValidation(
                    address: $0, isValidated: item["isValidated"]?.bool ?? false, lastMailed: item["lastMailed"]?.string
                )
            }
        } ?? []
    }

    func resendValidation(of order: CAOrder) async throws {
        _ = try await run("resendValidation", context(order: order))
    }
}
