// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Ledger
import Settings
import Store

extension EnrollmentPlanner {
    /// People with a certificate or an order of the template whom its group never knew: it had another group before. Reads the
    /// active and open orders of the template once.
    func strangers(_ template: TemplateConfiguration, after subscriberID: String) async throws -> [String] {
        let stages = OrderStage.allCases.filter { $0.isOpen || $0 == .active }
        let list = SQLValueList(stages.map(\.rawValue))
        return try await database.read { connection in
            try connection.query(
                """
                SELECT DISTINCT o.subscriber_id FROM orders o WHERE o.template = ? AND o.stage IN (\(list.places)) \
                AND o.subscriber_id > ? AND NOT EXISTS (SELECT 1 FROM enrollment_decisions d \
                WHERE d.template = o.template AND d.subscriber_id = o.subscriber_id) \
                ORDER BY o.subscriber_id \(connection.dialect.page(Self.pageSize, 0))
                """, [.text(template.name)] + list.parameters + [.text(subscriberID)]
            ) { try $0[0] }
        }
    }

    /// These people as members of the template's group; nil for who never was one.
    func known(
        _ ids: [String], _ template: TemplateConfiguration
    ) async throws -> [(id: String, member: EnrollmentMember?)] {
        let members = try await mirror.members(of: template.group, ids: ids)
        let known = Dictionary(members.map { ($0.person.id, $0) }, uniquingKeysWith: { first, _ in first })
        return ids.map { ($0, known[$0.lowercased()]) }
    }

    /// People of whose certified addresses, or names to sign in with, one is somebody else's now; also the name under which Intune
    /// delivers to them.
    func takenAddresses(
        _ standings: [String: SubscriberStanding], _ template: TemplateConfiguration
    ) async throws -> Set<String> {
        let used = standings.filter { $0.value.stage.isOpen || $0.value.stage == .active }.mapValues { standing in
            [standing, standing.inUse].compactMap(\.self).map { RequestedNames(json: $0.names) }
        }
        let mails = used.mapValues { $0.flatMap(\.emails).map(AddressSource.foldedCase) }
        var signIns = used.mapValues { $0.compactMap(\.userPrincipalName).map(AddressSource.foldedCase) }
        if template.delivery == .intune, template.mailboxes == nil {
            for (id, standing) in standings {
                guard let delivered = standing.inUse?.userPrincipalName else { continue }
                signIns[id, default: []].append(AddressSource.foldedCase(delivered))
            }
        }
        return try await taken(mails, by: [.mail, .proxyAddress]).union(taken(signIns, by: .userPrincipalName))
    }

    /// Those of whose addresses one has holders, and not them.
    private func taken(_ addresses: [String: [String]], by sources: AddressSource) async throws -> Set<String> {
        let holders = try await mirror.holders(of: Set(addresses.values.joined()), by: sources)
        return Set(
            addresses.filter { id, addresses in
                addresses.contains { address in
                    let ids = holders[address] ?? []
                    return !ids.isEmpty && !ids.contains(id)
                }
            }.keys)
    }
}
