// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import DeliveryProof
public import Directory
import Foundation
public import Gateway
import JSONDocuments
import Ledger
import Planning

/// Answers about people, from what the gateway has read and done; asks nobody.
public struct PersonAdministration: Sendable {
    /// People whom `find` gives for a part of a name.
    static let mostHits = 20

    let store: GatewayStore

    public init(_ store: GatewayStore) { self.store = store }

    /// Everybody a word may mean: the one whose user principal name or id it is, alone; else whom the directory knows by it, and who had a certificate or order under it; where there is
    /// nobody, those who have it in their display name, user principal name or an address.
    ///
    /// - Parameter word: object id, user principal name, address or alias, also a former one; serial number, fingerprint or
    ///   reference of an order; or a part of a name or address.
    public func find(_ word: String) async throws -> FoundPeople {
        let word = word.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !word.isEmpty else { return FoundPeople([]) }
        var people = try await store.mirror.people(named: word)
        if people.contains(where: { $0.id == word.lowercased() }) {
            return FoundPeople(people.filter { $0.id == word.lowercased() })
        }
        for known in try await store.ledger.subscribers(matching: word)
        where !people.contains(where: { $0.id == known.subscriberID }) {
            people.append(
                try await store.mirror.people(named: known.subscriberID).first { !$0.userPrincipalName.isEmpty }
                    ?? DirectoryPerson(
                        id: known.subscriberID, attributes: ["userPrincipalName": .string(known.userPrincipalName)]))
        }
        var exact = people.filter { $0.userPrincipalName.lowercased() == word.lowercased() }
        if exact.count > 1 {
            // One living account beside deleted ones is the one that has the name.
            let deleted = try await store.mirror.deleted(exact.map(\.id))
            let living = exact.filter { !deleted.contains($0.id) }
            if living.count == 1 { exact = living }
        }
        if exact.count == 1 { return FoundPeople(exact, others: people.filter { $0.id != exact[0].id }) }
        guard people.isEmpty else { return FoundPeople(people) }
        let (hits, total) = try await store.mirror.people(called: word, limit: Self.mostHits)
        return FoundPeople(hits, total: total)
    }

    /// Why a person has, or has not, a certificate, for each template.
    public func why(_ person: DirectoryPerson) async throws -> PersonAnswer {
        let decisions = try await store.planner.decisions.decisions(subscriberID: person.id)
        let stops = try await store.placementStops()
        let register = EnrollmentRegister(database: store.database, stops: stops)
        let standings = try await register.people(PersonFilter(subscriberID: person.id, limit: .max))
        let templates = try await store.configuration().templates
        let groups = try await store.mirror.groupNames()
        let exceptions = try await store.planner.exceptions.of(person.id)
        let gone = standings.map(\.template).filter { name in !templates.contains { $0.name == name } }
        let former = try await store.formerDeliveries(people: [person.id])
        var answers: [PersonAnswer.Answer] = []
        // What is for mailboxes or servers says nothing of a person, unless it has something for this one.
        let own = templates.filter { template in
            template.mailboxes == nil && template.requests == nil
                || decisions.contains { $0.template == template.name }
                || standings.contains { $0.template == template.name }
        }
        for name in own.map(\.name) + gone {
            let standing = standings.first { $0.template == name }
            let known = try await store.ledger.standings(template: name, subscriberIDs: [person.id])[person.id]
            var order: Order?
            if let id = known?.orderID { order = try await store.ledger.order(id) }
            var certificate: CertificateRecord?
            if let id = order?.certificateID { certificate = try await store.ledger.certificate(id) }
            if let serial = standing?.serialNumber, certificate?.serialNumber != serial {
                // A newer order is under way beside the certificate in use.
                certificate = try await store.ledger.certificates(
                    CertificateFilter(subscriberID: person.id, text: serial, limit: 1)
                )
                .first
            }
            let template = templates.first { $0.name == name }
            let reading = try await reading(of: certificate)
            let fault = DeliveryText.fault(reading)
            let account = PersonAccount(
                template: template, groupName: template.flatMap { groups[$0.group.lowercased()] },
                decision: decisions.first { $0.template == name },
                standing: standing, order: order, certificate: certificate, stops: stops, fault: fault)
            let delivery = reading.map(DeliveryText.sentences) ?? []
            answers.append(
                PersonAnswer.Answer(
                    template: name, standing: standing, order: order, certificate: certificate,
                    exception: exceptions.first { $0.template == name }, delivery: reading?["standing"]?.string,
                    at: store.clock.now(),
                    sentences: account.sentences
                        + former.filter { $0.certificateID == certificate?.id }.map(\.sentence)
                        + delivery.filter { $0 != fault || !account.sentences.contains { $0.contains(fault ?? "") } }))
        }
        let keys = try await KeyHistoryAdministration(store, caller: .commandLine("")).history(of: person)
        return PersonAnswer(person: person, answers: answers, keys: keys)
    }

    /// What is known of a certificate behind its issuance; nil where nobody has asked Intune.
    private func reading(of certificate: CertificateRecord?) async throws -> JSONValue? {
        guard let certificate, certificate.status == .active else { return nil }
        return try await ReadingStore(database: store.database).reading(certificate.id)
    }
}
