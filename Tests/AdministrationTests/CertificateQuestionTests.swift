// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Administration
import Foundation
import Ledger
import Settings
import Store
import TestSupport
import Testing

/// Which certificates nothing follows by itself, and which no device has.
@Suite(.timeLimit(.minutes(5))) struct CertificateQuestionTests {
    private let office: Office

    init() async throws { office = try await Office() }

    private func names(_ ask: (inout CertificateFilter) -> Void) async throws -> [String] {
        var filter = CertificateFilter()
        ask(&filter)
        return try await office.ledger.certificates(filter, ListRequest()).items.map(\.userPrincipalName).sorted()
    }

    @Test func noDeviceMeansThatNoneHasSaidSo() async throws {
        let gateway = try await office.gateway()
        let now = gateway.ledger.clock.now()
        for person in ["asked", "elsewhere", "faulty", "installed", "never"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        let all = try await office.ledger.certificates(CertificateFilter())
        for (name, standing, installed) in [
            ("asked", "waiting", 0), ("faulty", "faulty", 1), ("installed", "usable", 2),
            ("elsewhere", "elsewhere", 0),
        ] {
            let id = try #require(all.first { $0.userPrincipalName == "\(name)@example.org" }).id
            try await gateway.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO delivery_readings (certificate_id, standing, read_at, next_at, reading, installed) \
                    VALUES (?, ?, 0, 0, '{}', ?)
                    """, [.integer(id), .text(standing), SQLValue(installed)])
            }
        }
        // Of a template that delivers nothing, no device says anything.
        #expect(try await names { $0.requireOnNoDevice(gateway.configuration, at: now) } == [])
        var configuration = gateway.configuration
        let template = try #require(configuration.templates.firstIndex { $0.name == "smime" })
        configuration.templates[template].delivery = .intune
        #expect(
            try await names { $0.requireOnNoDevice(configuration, at: now) } == [
                "asked@example.org", "never@example.org",
            ])
        // What is over is nobody's worry.
        #expect(try await names { $0.requireOnNoDevice(configuration, at: now + 86_400 * 2) } == [])
    }

    @Test func nothingFollowsWhereNobodyHasDecidedSo() async throws {
        let gateway = try await office.gateway()
        let now = gateway.ledger.clock.now()
        for person in ["departed", "due", "never", "order", "refused"] {
            try await office.issue(person, by: (office.root, office.rootKey), at: now, .active)
        }
        let decisions: [(name: String, action: String?, due: Int?, concern: String?)] = [
            ("departed", "revoke", 1, "departed"), ("due", nil, 1, nil), ("order", "renew", nil, "renamed"),
            ("refused", nil, nil, nil),
        ]
        for one in decisions {
            try await gateway.database.write { connection in
                try connection.execute(
                    """
                    INSERT INTO enrollment_decisions (template, subscriber_id, user_principal_name, verdict, reason, \
                    names, due_at, action, concern) VALUES ('smime', ?, ?, 'covered', '', '{}', ?, ?, ?)
                    """,
                    [.text(one.name), .text(one.name), SQLValue(one.due), SQLValue(one.action), SQLValue(one.concern)])
            }
        }
        #expect(
            try await names { $0.requireNoRenewal(gateway.configuration, at: now) }
                == ["departed@example.org", "never@example.org", "refused@example.org"])
        // An order under way is what follows; one that is held waits for a person.
        for name in ["refused", "never"] {
            let used = try #require(
                try await office.ledger.orders().first { $0.subscriberID == name && $0.stage == .active })
            var order = NewOrder(
                template: "smime", backendCA: "one", product: "p", subscriberID: name,
                userPrincipalName: "\(name)@example.org", names: [:], request: [:])
            order.replaces = used.id
            let made = try await office.ledger.plan(order)
            if name == "never" { try await office.ledger.hold(made.id, reason: "look", by: "eve") }
        }
        #expect(
            try await names { $0.requireNoRenewal(gateway.configuration, at: now) }
                == ["departed@example.org", "never@example.org"])
        var configuration = gateway.configuration
        let template = try #require(configuration.templates.firstIndex { $0.name == "smime" })
        configuration.templates[template].enabled = false
        #expect(
            try await names { $0.requireNoRenewal(configuration, at: now) }
                == ["departed", "due", "never", "order"].map { "\($0)@example.org" })
    }
}
