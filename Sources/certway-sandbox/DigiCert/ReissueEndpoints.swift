// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// Reissues and duplicates (wire/digicert-certcentral.md section 10).
struct ReissueEndpoints: Sendable {
    let account: DigiCertAccount
    let keys: APIKeys

    var routes: [Route] {
        [("reissue", DigiCertCertificate.Origin.reissue), ("duplicate", .duplicate)].flatMap { word, origin in
            let path = "/services/v2/order/certificate/{order}/\(word)"
            return [
                Route("digicert.\(word)", "POST", path) { try make($0, origin) },
                Route("digicert.\(word)s", "GET", path) { try list($0, origin) },
            ]
        }
    }

    private func find(_ call: Call, _ state: DigiCertState) throws(Reply) -> DigiCertOrder {
        guard let order = state.order(call["order"]) else { throw DigiCertError.notFound("order") }
        return order
    }

    private func list(_ call: Call, _ origin: DigiCertCertificate.Origin) throws -> Reply {
        try account.read { state in
            let order = try find(call, state)
            let certificates = order.certificateIDs.compactMap { state.certificates[$0] }.filter { $0.origin == origin }
            return .json([
                "certificates": .array(certificates.map { .object(OrderJSON.details($0, daysRemaining: 0)) })
            ])
        }
    }

    private func make(_ call: Call, _ origin: DigiCertCertificate.Origin) throws -> Reply {
        let problems = FieldProblems()
        let body = FieldReader(try call.bodyMembers(), problems: problems)
        let certificate = body.object("certificate", isRequired: true)
        let csr = certificate.flatMap { CSRRules.read($0, problems, isRequired: true) }
        let emails = certificate?.has("emails") == true ? certificate.map { EmailRules.read($0, problems) } : nil
        _ = certificate?.text("signature_hash", among: ["sha256", "sha384", "sha512"])
        certificate?.ignore("common_name", "common_name_indicator", "individual", "usage_designation", "profile_type")
        certificate?.finish()
        let skipsApproval = body.flag("skip_approval") ?? false
        body.ignore("comments", "order_validity")
        body.finish()
        try problems.throwIfAny()
        guard let csr else { throw DigiCertError.invalid("certificate.csr", "The CSR is missing.") }
        let mayDecide = keys.key(of: call.request)?.maySkipApproval == true
        return try account.change { state in
            let order = try find(call, state)
            guard order.status == .issued else {
                throw DigiCertError.status("order", "An order that is \(order.status.rawValue) has nothing to reissue.")
            }
            guard origin == .reissue || order.request.product.allowsDuplicates else {
                throw DigiCertError.invalid("order", "The product allows no duplicates.")
            }
            let request = ApprovalRequest(
                id: state.newRequestID(), orderID: order.id,
                purpose: origin == .reissue ? .reissue(csr: csr, emails: emails) : .duplicate(csr: csr),
                status: "pending", date: account.clock.now)
            state.set(request)
            var changed = order
            changed.requestIDs.append(request.id)
            state.set(changed)
            if skipsApproval && mayDecide {
                try account.decide(request, isApproved: true, in: &state)
            } else if origin == .reissue {
                state.setStatus(.reissuePending, of: order.id, at: account.clock.now)
            }
            let now = state.orders[order.id] ?? order
            return .json(OrderEndpoints.answer(now, state, account, requestID: request.id), status: 201)
        }
    }
}
