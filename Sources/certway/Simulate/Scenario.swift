// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments

/// A made-up year: how many people, which CAs, which policy, and what happens.
struct Scenario {
    /// Where a scenario does not say it; fixed, so that the same command makes the same year whenever it is typed.
    static let usualStart = "2027-01-01"

    /// In so many people of a hundred within a year it happens, spread over the year by the seed.
    static let usualRates: [ScenarioEvent.Kind: Double] = [
        .join: 12, .leave: 8, .disable: 2, .delete: 2, .return: 2, .marry: 3, .rename: 2, .changeAddress: 4,
        .swapAddresses: 0.5, .editAddressList: 3, .recoverKey: 1, .handOver: 2,
    ]

    /// What a template does with certificates later in their life, where the scenario does not say it.
    static let usualPolicy: [String: JSONValue] = [
        "renewal": ["before": "30d", "spread": "14d", "superseded": "revoke"], "onChange": "replaceAndRevoke",
        "onDeparture": ["after": "7d", "certificate": "revoke"],
    ]

    /// How long keys of earlier certificates stay on devices after these have ended.
    static let usualKeyHistory = "730d"

    struct RequestLimit {
        let requests: Int
        let seconds: Int
    }

    /// Of each CA; nil for none.
    var requestLimit: RequestLimit?
    var start = Date.distantPast
    var months = 12
    var people = 500
    var seed = 4711
    /// Connectors whose CAs the sandbox plays; the first one is in use when the year begins.
    var authorities: [String] = []
    /// What prices are in; a year has one currency.
    static let currency = "EUR"

    /// What one certificate costs at a CA.
    var prices: [String: Double] = [:]
    /// As under `templates` of a configuration; group, CA and product are filled in.
    var templates: [[String: JSONValue]] = [["name": "smime"]]
    /// Shared mailboxes, each opened by some people.
    var mailboxes = 0
    /// As in a configuration.
    var limits: [String: JSONValue] = [:]
    var isHostile = false
    /// Days from one pass to the next while nothing happens.
    var passEvery = 1
    var rates = Scenario.usualRates
    var events: [ScenarioEvent] = []

    /// The template that those of shared mailboxes are like: the first whose keys others encrypt to.
    var mailboxModel: [String: JSONValue]? {
        templates.first { $0["purpose"]?.string.flatMap(CertificatePurpose.init)?.isArchivable ?? true }
    }

    /// Shared mailboxes of the usual year.
    static let usualMailboxes = 3

    static let calendar: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    var end: Date { Self.calendar.date(byAdding: .month, value: months, to: start) ?? start }
    var days: Int { Int((end.timeIntervalSince(start) / 86_400).rounded()) }

    /// What a year has that nobody asked for: an outage, a lost secret, a new issuing certificate, another CA.
    static let usualEvents: [ScenarioEvent] = {
        func event(
            _ kind: ScenarioEvent.Kind, _ month: Int, count: Int = 1, ca: String? = nil, days: Int? = nil,
            _ outcome: ScenarioEvent.Outcome? = nil
        ) -> ScenarioEvent {
            ScenarioEvent(kind: kind, moment: .month(month), count: count, days: days, ca: ca, outcome: outcome)
        }
        let keys: [ScenarioEvent] = ScenarioEvent.Outcome.allCases.enumerated().flatMap { index, outcome in
            [event(.handOver, 3 + 3 * index, outcome), event(.recoverKey, 4 + 3 * index, outcome)]
        }
        return [
            event(.caOutage, 2, days: 3), event(.expireSecret, 3), event(.rotateIssuer, 4), event(.loseList, 4),
            event(.renameProduct, 5), event(.deleteInIntune, 6, count: 2), event(.switchCA, 7),
            event(.revokeAtCA, 8, count: 2), event(.emptyGroup, 9), event(.halfDirectory, 10), event(.caOutage, 11),
            event(.gainMailbox, 2), event(.loseMailbox, 3), event(.rotateConnectorKey, 5), event(.loseMailbox, 6),
            event(.gainMailbox, 8, count: 2), event(.retireAgent, 9), event(.loseMailbox, 11),
        ] + keys
    }()
}
