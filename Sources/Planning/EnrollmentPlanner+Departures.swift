// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import JSONDocuments
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

    /// Orders, open or with a certificate in use, of whose addresses, or names to sign in with, one is somebody else's now; also by the name
    /// under which Intune delivers to them. By whom they are for.
    ///
    /// - Parameter isFormerMeant: whether also those whose place another one has taken.
    func takenOrders(
        _ standings: [String: SubscriberStanding], _ template: TemplateConfiguration, isFormerMeant: Bool = false
    ) async throws -> [String: Set<Int64>] {
        let isDelivered = template.delivery == .intune && template.mailboxes == nil
        var named: [Int64: NamedOrder] = [:]
        for (id, standing) in standings where standing.stage.isOpen || standing.stage == .active {
            for order in [standing, standing.inUse].compactMap(\.self) {
                named[order.orderID] = NamedOrder(
                    id, order.names, isDelivered && order.stage == .active ? order.userPrincipalName : nil)
            }
            for order in standing.superseded where isFormerMeant { named[order.orderID] = NamedOrder(id, order.names) }
        }
        var mails = try await mirror.holders(of: Set(named.values.flatMap(\.mails)), by: [.mail, .proxyAddress])
        // Who may not open a mailbox any more, or finds its address changed, has another certificate first, as with any change: the address
        // did not move to somebody.
        let openers = try await mirror.openers(ofMailboxes: mails.values.reduce(into: []) { $0.formUnion($1) })
        if !openers.isEmpty {
            mails = mails.mapValues { ids in ids.reduce(ids) { $0.union(openers[$1] ?? []) } }
        }
        let signIns = try await mirror.holders(
            of: Set(named.values.flatMap { $0.signIns + [$0.delivered].compactMap(\.self) }), by: .userPrincipalName)
        var taken: [String: Set<Int64>] = [:]
        for (id, order) in named {
            var isTaken =
                order.mails.contains { order.isTaken($0, mails) }
                || order.signIns.contains { order.isTaken($0, signIns) }
            if !isTaken, let delivered = order.delivered, order.isTaken(delivered, signIns) {
                isTaken = try await isDeliveredToAnother(id, order)
            }
            if isTaken { taken[order.subscriberID, default: []].insert(id) }
        }
        return taken
    }

    /// People whose certificate in use Intune has under a name that they sign in with no more, with that name: a record delivers to who
    /// is called so, and it cannot be made anew without the key. Not those whose keys are kept, which are delivered under the new name.
    func misfiledOrders(
        _ standings: [String: SubscriberStanding], _ people: [DirectoryPerson], _ template: TemplateConfiguration
    ) async throws -> [String: String] {
        guard template.delivery == .intune, template.mailboxes == nil else { return [:] }
        var misfiled: [String: String] = [:]
        var orders: [String: Int64] = [:]
        for person in people {
            guard let used = standings[person.id], used.stage == .active else { continue }
            let name = person.userPrincipalName
            guard !name.isEmpty, !AddressSource.isSame(used.userPrincipalName, name) else { continue }
            // Who was renamed while the CA worked has it under the new name; and what never left for Intune lies under none.
            guard let last = try await ledger.deliveryNames(used.orderID).last else { continue }
            if !AddressSource.isSame(last, name) {
                (misfiled[person.id], orders[person.id]) = (last, used.orderID)
            }
        }
        guard template.keepsKeys, !orders.isEmpty else { return misfiled }
        let kept = try await ledger.ordersWithKey(among: Array(orders.values))
        return misfiled.filter { orders[$0.key].map { !kept.contains($0) } ?? true }
    }

    /// Who was renamed while the CA worked has it under the new name, whatever the order was planned for.
    private func isDeliveredToAnother(_ id: Int64, _ order: NamedOrder) async throws -> Bool {
        guard let last = try await ledger.deliveryNames(id).last.map(AddressSource.foldedCase) else { return true }
        return order.isTaken(last, try await mirror.holders(of: [last], by: .userPrincipalName))
    }

    private struct NamedOrder {
        let subscriberID: String
        let mails: [String]
        let signIns: [String]
        /// The name under which Intune was to deliver to the person when it was ordered.
        let delivered: String?

        func isTaken(_ name: String, _ holders: [String: Set<String>]) -> Bool {
            let ids = holders[name] ?? []
            return !ids.isEmpty && !ids.contains(subscriberID)
        }

        init(_ subscriberID: String, _ names: JSONValue, _ delivered: String? = nil) {
            let names = RequestedNames(json: names)
            self.subscriberID = subscriberID
            mails = names.emails.map(AddressSource.foldedCase)
            signIns = [names.userPrincipalName].compactMap(\.self).map(AddressSource.foldedCase)
            self.delivered = delivered.map(AddressSource.foldedCase)
        }
    }
}
