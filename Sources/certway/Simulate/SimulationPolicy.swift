// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import YAMLDocuments

/// What the judge must know of a template: the promise that it gives to people, not how the gateway keeps it.
struct SimulationPolicy {
    let template: String
    let purpose: CertificatePurpose
    /// Seconds before a certificate's end in which another may be ordered.
    let renewal: TimeInterval
    let replacesOnChange: Bool
    /// Seconds somebody who is gone keeps the certificate.
    let grace: TimeInterval
    /// `revoke`, `retire` or `keep`.
    let departure: String
    let revokesSuperseded: Bool
    /// Seconds that the keys of earlier certificates stay on devices after these have ended.
    let history: TimeInterval
    let isPublished: Bool

    init(_ given: [String: JSONValue]) {
        let all = Scenario.usualPolicy.merging(given) { $1 }
        func seconds(_ value: JSONValue?, _ usual: TimeInterval) -> TimeInterval {
            value?.string.flatMap(Duration.init(text:)).map { $0 / .seconds(1) } ?? usual
        }
        template = given["name"]?.string ?? ""
        purpose = given["purpose"]?.string.flatMap(CertificatePurpose.init) ?? .smime
        renewal = seconds(all["renewal"]?["before"], 30 * 86_400) + seconds(all["renewal"]?["spread"], 0)
        replacesOnChange = all["onChange"] != "report"
        grace = seconds(all["onDeparture"]?["after"], 0)
        departure = all["onDeparture"]?["certificate"]?.string ?? "keep"
        revokesSuperseded = all["renewal"]?["superseded"] == "revoke"
        history = seconds(all["keyHistory"] ?? .string(Scenario.usualKeyHistory), 0)
        isPublished = purpose.isArchivable && given["publish"]?.array?.isEmpty != true
    }

    /// As `json` wrote it.
    init(record: JSONValue) {
        template = record["template"]?.string ?? ""
        purpose = record["purpose"]?.string.flatMap(CertificatePurpose.init) ?? .smime
        renewal = record["renewalSeconds"]?.number ?? 0
        replacesOnChange = record["replacesOnChange"] == true
        grace = record["graceSeconds"]?.number ?? 0
        departure = record["departure"]?.string ?? "keep"
        revokesSuperseded = record["revokesSuperseded"] == true
        history = record["historySeconds"]?.number ?? 0
        isPublished = record["isPublished"] == true
    }

    var json: JSONValue {
        [
            "template": .string(template), "purpose": .string(purpose.rawValue), "renewalSeconds": .number(renewal),
            "replacesOnChange": .bool(replacesOnChange), "graceSeconds": .number(grace),
            "departure": .string(departure), "revokesSuperseded": .bool(revokesSuperseded),
            "historySeconds": .number(history), "isPublished": .bool(isPublished),
        ]
    }
}

extension SimulationPolicy {
    static func purpose(of template: String, in scenario: Scenario) -> CertificatePurpose {
        scenario.templates.map { SimulationPolicy($0) }.first { $0.template == template }?.purpose ?? .smime
    }
}
