// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import JSONDocuments
import Ledger

extension APIOperation {
    private static let request = APIParameter.path("reference", "reference or number of the request")

    /// Requests for servers' certificates: one's own, or all for who may read orders.
    static let requests = [
        APIOperation(
            "listCertificateRequests", .get, "/certificate-requests", tag: "Requests",
            "Requests for servers' certificates, newest first: one's own, or all for who may read orders",
            permission: nil,
            parameters: [
                .anyOf("state", "only these states", .word(SubmittedRequest.State.allCases.map(\.rawValue))),
                .query("template", "only this template"), .flag("own", "one's own alone"),
            ],
            answer: .list(
                of: .certificateRequest,
                sorts: [
                    ("number", "number"), ("requester", "requester"), ("template", "template"), ("state", "state"),
                ])
        ) { call in
            let page = try await call.requests.list(
                states: call.words("state", as: SubmittedRequest.State.self), template: call.text("template"),
                isOwn: call.flag("own") ?? false, try call.listRequest())
            return try call.page(page, \.json)
        },
        APIOperation(
            "listRequestTemplates", .get, "/certificate-request-templates", tag: "Requests",
            "Templates that requests can be made by, and what they allow", permission: .requestCertificate,
            answer: .list(of: .requestTemplate)
        ) { call in
            try call.whole(
                try await call.requests.offered().map { template in
                    let policy = template.requests
                    return [
                        "name": .string(template.name), "hosts": JSONValue((policy?.hosts ?? []).sorted()),
                        "domains": JSONValue((policy?.domains ?? []).sorted()),
                        "wildcards": .bool(policy?.wildcards ?? false), "approval": .bool(policy?.approval ?? true),
                        "keys": JSONValue((policy?.keys ?? []).map(\.rawValue)),
                        "validityDays": template.validityDays.map { JSONValue($0) } ?? .null,
                    ]
                })
        },
        APIOperation(
            "submitCertificateRequest", .post, "/certificate-requests", tag: "Requests",
            "Hand a request in; with dryRun what the rules of the template say of it", permission: .requestCertificate,
            body: .body(
                APIField("request", .text(length: 1...100_000), "PKCS #10 as PEM, or as Base64 of its DER"),
                APIField("template", .text(length: 1...100), "may be left out where there is one only", optional: true),
                APIField("reason", .text(length: 0...2000), "what it is for", optional: true)),
            answer: .json(.oneOf([.certificateRequest, .requestCheck])), repeats: .keyRequired
        ) { call in
            let bytes = Array((call.body?["request"]?.string ?? "").utf8)
            let template = call.body?["template"]?.string
            guard !call.isDryRun else {
                return .json(try await call.requests.check(bytes, template: template).json)
            }
            return .json(
                try await call.requests.submit(
                    bytes, template: template, because: call.body?["reason"]?.string ?? ""
                ).json)
        },
        APIOperation(
            "getCertificateRequest", .get, "/certificate-requests/{reference}", tag: "Requests",
            "One request, and what has become of it", permission: nil, parameters: [request],
            answer: .json(.certificateRequest)
        ) { call in .json(try await call.requests.show(call.path("reference")).json) },
        APIOperation(
            "getRequestedCertificate", .get, "/certificate-requests/{reference}/pem", tag: "Requests",
            "The certificate of a request as PEM", permission: nil,
            parameters: [request, .flag("chain", "with those above it, without the root")],
            answer: .bytes(type: "application/x-pem-file")
        ) { call in
            let pem = try await call.requests.fetch(call.path("reference"), withChain: call.flag("chain") ?? false).pem
            return .bytes(Array(pem.utf8), type: "application/x-pem-file")
        },
        APIOperation(
            "decideCertificateRequest", .post, "/certificate-requests/{reference}/decisions", tag: "Requests",
            "Agree to a request, which orders it, or refuse it", permission: .placeOrder, parameters: [request],
            body: .body(
                APIField("decision", .word(["approve", "deny"])),
                APIField("because", .text(length: 1...2000), "why, for the record")),
            answer: .json(.certificateRequest), repeats: .keyRequired
        ) { call in
            let (word, cause) = (call.path("reference"), call.body?["because"]?.string ?? "")
            let decided =
                call.body?["decision"]?.string == "approve"
                ? try await call.requests.approve(word, because: cause, isDryRun: call.isDryRun)
                : try await call.requests.deny(word, because: cause, isDryRun: call.isDryRun)
            return .json(decided.json)
        },
        APIOperation(
            "withdrawCertificateRequest", .post, "/certificate-requests/{reference}/withdrawals", tag: "Requests",
            "Take one's own request back, as long as nobody has decided on it", permission: .requestCertificate,
            parameters: [request], answer: .json(.certificateRequest), repeats: .keyRequired
        ) { call in
            .json(try await call.requests.withdraw(call.path("reference"), isDryRun: call.isDryRun).json)
        },
        APIOperation(
            "revokeRequestedCertificate", .post, "/certificate-requests/{reference}/revocations", tag: "Requests",
            "Have the certificate of one's own request revoked, such as that of a server that is gone",
            permission: .requestCertificate, parameters: [request], body: .body(.revocationReason, .because),
            answer: .json(.certificateRequest), repeats: .keyRequired
        ) { call in
            .json(
                try await call.requests.revoke(
                    call.path("reference"), reason: call.revocationReason, because: try call.sentence(),
                    isDryRun: call.isDryRun
                ).json)
        },
    ]
}

extension APICall {
    fileprivate var requests: RequestAdministration { RequestAdministration(gateway, caller: caller) }
}

extension APISchema {
    static let certificateRequest = APISchema.named(
        "CertificateRequest",
        .answer(
            APIField("reference", .string), APIField("number", .count), APIField("template", .string),
            APIField("requester", .string), APIField("hosts", .list(.string)), APIField("key", .string),
            APIField("reason", .string), APIField("state", .string, "that of its order once it has one"),
            APIField("sentence", .string, "what there is to know"), APIField("createdAt", .time),
            APIField(
                "decision",
                .nullable(
                    .answer(
                        APIField("by", .string), APIField("at", .nullable(.time)),
                        APIField("because", .nullable(.string))))),
            APIField("order", .nullable(.string), "reference of its order"),
            APIField(
                "certificate",
                .nullable(
                    .answer(
                        APIField("number", .count), APIField("serialNumber", .string), APIField("status", .string),
                        APIField("notAfter", .time)))),
            APIField(
                "renewal",
                .answer(
                    APIField("due", .boolean, "whether it ends soon"), APIField("remindsFrom", .nullable(.time))))))

    static let requestCheck = APISchema.named(
        "RequestCheck",
        .answer(
            APIField("good", .boolean), APIField("hosts", .list(.string)), APIField("key", .string),
            APIField(
                "findings",
                .list(
                    .answer(
                        APIField("topic", .word(["key", "names", "product"])), APIField("good", .boolean),
                        APIField("sentence", .string))))))

    static let requestTemplate = APISchema.named(
        "RequestTemplate",
        .answer(
            APIField("name", .string), APIField("hosts", .list(.string)), APIField("domains", .list(.string)),
            APIField("wildcards", .boolean), APIField("approval", .boolean), APIField("keys", .list(.string)),
            APIField("validityDays", .nullable(.count))))
}
