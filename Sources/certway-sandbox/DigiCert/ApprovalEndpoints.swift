// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPServing
import JSONDocuments

/// The queue of what an administrator must decide (wire/digicert-certcentral.md section 5).
struct ApprovalEndpoints: Sendable {
    let account: DigiCertAccount
    let keys: APIKeys

    var routes: [Route] {
        [
            Route("digicert.requests", "GET", "/services/v2/request") { call in
                let status = call.request.query("status")
                return account.read { state in
                    let requests = state.requests.values.filter { status == nil || $0.status == status }
                    return .json(["requests": .array(requests.sorted { $0.id < $1.id }.map(\.details))])
                }
            },
            Route("digicert.request", "GET", "/services/v2/request/{request}") { call in
                try account.read { state in .json(try Self.find(call, state).details) }
            },
            Route("digicert.decide", "PUT", "/services/v2/request/{request}/status") { try decide($0) },
        ]
    }

    private static func find(_ call: Call, _ state: DigiCertState) throws(Reply) -> ApprovalRequest {
        guard let request = Int(call["request"]).flatMap({ state.requests[$0] }) else {
            throw DigiCertError.notFound("request")
        }
        return request
    }

    private func decide(_ call: Call) throws -> Reply {
        guard keys.key(of: call.request)?.maySkipApproval == true else {
            throw DigiCertError.denied("missing_permission")
        }
        let problems = FieldProblems()
        let body = FieldReader(try call.bodyMembers(), problems: problems)
        let status = body.text("status", isRequired: true, among: ["approved", "rejected"])
        _ = body.text("processor_comment")
        body.finish()
        try problems.throwIfAny()
        return try account.change { state in
            let request = try Self.find(call, state)
            guard request.status == "pending" else {
                throw DigiCertError.status("request", "The request is already \(request.status).")
            }
            try account.decide(request, isApproved: status == "approved", in: &state)
            return .empty()
        }
    }
}
