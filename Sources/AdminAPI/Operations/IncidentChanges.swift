// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import ConnectorKit
import Foundation
import JSONDocuments
import Ledger
import PKIX
import Planning

extension APIOperation {
    private static let name = APIParameter.path("name", "name of the incident")
    private static let text = APISchema.text(length: 1...400)

    /// What people decide about the replacement of many certificates by a deadline.
    static let incidentChanges = [
        APIOperation(
            "startIncident", .post, "/incidents", tag: "Incidents",
            "Replace many certificates by a deadline: look ahead with dryRun, then say how many you accept",
            permission: .manageIncident,
            body: .body(
                APIField("name", .text(length: 1...100)), .because,
                APIField(
                    "select",
                    .body(
                        .part("backendCA"), .part("template"), .part("product"), .part("issuer"),
                        .part("issuedAfter", .formatted(.day)), .part("issuedBefore", .formatted(.day)),
                        .part("missing", .word(CertificateField.allCases.map(\.rawValue))),
                        .part("serialNumbers", .list(.text(length: 1...100), count: 1...10_000)),
                        .part("words", .list(text, count: 1...1000))),
                    "what the certificates have in common; all that is given holds"),
                APIField("deadline", .moment), .revocationReason,
                APIField(
                    "expect", .count, "you know that so many are replaced and revoked; needed to start", optional: true),
                APIField("canary", .count, "so many people first", optional: true),
                APIField("canaryAuto", .boolean, "the others follow by themselves", optional: true),
                .part("toBackendCA"), .part("toProduct"), .wave, .pace, .revokeAtDeadline),
            answer: .json(.incidentPreview), repeats: .keyRequired
        ) { call in
            let (incident, selection) = (try call.newIncident(), try call.incidentSelection())
            let preview = try await call.incidents.preview(incident, selection)
            guard !call.isDryRun else { return .json(preview.json(isStarted: false)) }
            guard incident.accepted == preview.items.count else {
                throw APIProblem.conflict(
                    "expect is \(incident.accepted), and \(Plural(preview.items.count, "certificate")) would be replaced and "
                        + "revoked", code: .otherCount, nextStep: "Look ahead with dryRun, and expect what that shows."
                )
            }
            _ = try await call.incidents.start(preview)
            return .json(preview.json(isStarted: true))
        },
        change("pauseIncident", "pauses", "Stop: nothing new begins and nothing is revoked") {
            try await $0.incidents.pause($0.path("name"), isDryRun: $0.isDryRun)
        },
        change("resumeIncident", "resumptions", "Go on; after a canary, with everybody") {
            try await $0.incidents.resume($0.path("name"), isDryRun: $0.isDryRun)
        },
        change("endIncident", "endings", "End: what has begun is finished, nothing new begins") {
            try await $0.incidents.cancel($0.path("name"), isDryRun: $0.isDryRun)
        },
        change(
            "changeIncident", "changes", "Another deadline, pace, wave or CA for what has not begun",
            body: .body(
                .part("deadline", .moment), .part("backendCA"), .part("product"), .wave, .pace, .revokeAtDeadline)
        ) { call in
            var wanted = IncidentAdministration.Change()
            wanted.deadline = call.bodyMoment("deadline")
            wanted.backendCA = call.body?["backendCA"]?.string
            wanted.product = call.body?["product"]?.string
            wanted.wave = call.bodyInt("wave")
            wanted.pace = call.bodyInt("pacePerHour")
            wanted.revokesAtDeadline = call.body?["revokeAtDeadline"]?.bool
            return try await call.incidents.change(call.path("name"), wanted, isDryRun: call.isDryRun)
        },
    ]

    private static func change(
        _ id: String, _ noun: String, _ summary: String, body: APISchema? = nil,
        _ perform: @escaping @Sendable (APICall) async throws -> Incident
    ) -> APIOperation {
        APIOperation(
            id, .post, "/incidents/{name}/\(noun)", tag: "Incidents", summary, permission: .manageIncident,
            parameters: [name], body: body, answer: .json(.incidentState)
        ) { call in
            let incident = try await perform(call)
            var value = incident.json
            value["actions"] = IncidentActions(call.caller).of(incident).json
            return .json(value)
        }
    }
}

extension APICall {
    fileprivate func newIncident() throws -> Incident {
        guard let deadline = bodyMoment("deadline"), deadline > now else {
            throw APIProblem.invalid([APIFault("/deadline", "is over already")], 422)
        }
        var incident = Incident(
            name: body?["name"]?.string ?? "", reason: body?["reason"] == nil ? .superseded : revocationReason,
            cause: try sentence(), actor: caller.name, startedAt: now, deadline: deadline,
            accepted: bodyInt("expect") ?? 0)
        incident.backendCA = body?["toBackendCA"]?.string
        incident.product = body?["toProduct"]?.string
        incident.canary = bodyInt("canary") ?? 0
        incident.isCanaryAutomatic = bodyFlag("canaryAuto")
        incident.wave = bodyInt("wave").flatMap { $0 > 0 ? $0 : nil }
        incident.pace = bodyInt("pacePerHour").flatMap { $0 > 0 ? $0 : nil }
        incident.revokesAtDeadline = bodyFlag("revokeAtDeadline")
        incident.selection = body?["select"] ?? [:]
        return incident
    }

    fileprivate func incidentSelection() throws -> CertificateSelection {
        let select = body?["select"]
        func text(_ name: String) -> String? { select?[name]?.string }
        var selection = CertificateSelection()
        selection.words = (select?["words"]?.array ?? []).compactMap(\.string)
        selection.backendCA = text("backendCA")
        selection.template = text("template")
        selection.product = text("product")
        selection.issuer = text("issuer")
        selection.issuedAfter = text("issuedAfter").flatMap { APITextForm.day.date($0) }
        selection.issuedBefore = text("issuedBefore").flatMap { APITextForm.day.date($0) }
        selection.missing = text("missing").flatMap(CertificateField.init)
        selection.serialNumbers = select?["serialNumbers"]?.array?.compactMap(\.string)
        if let wrong = selection.serialNumbers?.first(where: { SerialNumber(hex: $0) == nil }) {
            throw APIProblem.invalid(
                [APIFault("/select/serialNumbers", "found \"\(wrong.prefix(60))\", expected hexadecimal digits")], 422)
        }
        guard !selection.isEmpty else {
            throw APIProblem.invalid([APIFault("/select", "is empty: say which certificates are meant")], 422)
        }
        return selection
    }
}

extension APIField {
    fileprivate static func part(_ name: String, _ schema: APISchema = .text(length: 1...400)) -> APIField {
        APIField(name, schema, optional: true)
    }
    fileprivate static let wave = APIField(
        "wave", .integer(0...10_000_000), "people who begin together; 0 for all", optional: true)
    fileprivate static let pace = APIField(
        "pacePerHour", .integer(0...10_000_000), "people in an hour; 0 for no bound", optional: true)
    fileprivate static let revokeAtDeadline = APIField(
        "revokeAtDeadline", .boolean, "revoke then even what has no successor", optional: true)
}

extension APISchema {
    fileprivate static let incidentState = APISchema.named(
        "IncidentState",
        .answer(APIField("name", .string), APIField("state", .string), APIField("deadline", .string), .actions))
    fileprivate static let incidentPreview = APISchema.named(
        "IncidentPreview",
        .answer(
            APIField("incident", .incidentTerms), APIField("started", .boolean), APIField("certificates", .count),
            APIField("people", .count), APIField("orders", .count), APIField("mustClick", .list(.incidentItem)),
            APIField("leftOut", .list(.incidentItem)), APIField("forecast", .nullable(.incidentForecast)),
            APIField("inTime", .nullable(.boolean)),
            APIField("costs", .moneySum), APIField("problems", .list(.string), "what stands against starting it"),
            APIField("follows", .nullable(.string), "what comes of it for the people")))
}
