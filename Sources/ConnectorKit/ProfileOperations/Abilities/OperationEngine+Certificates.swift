// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import Expressions
internal import JSONDocuments

extension OperationEngine {
    func revoke(_ request: RevocationRequest) async throws -> RevocationOutcome {
        var context = context(order: request.order)
        context.extras["revocation"] = try request.json(common.revocationReasons)
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
