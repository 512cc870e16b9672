// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Directory
import Gateway
import MicrosoftGraph
import PKIX
import Planning
import Settings

/// Why certificates that were found stand for no order of the plan: whose they are by their names, and where those people stand.
struct AdoptionStrangers {
    let gateway: Gateway
    let templates: [TemplateConfiguration]
    /// The templates of which it is known whom they order for.
    let planned: Set<String>
    /// As `AdoptionRule` has them.
    let holders: [String: Set<String>]
    /// Ids of what Intune holds.
    let held: Set<String>
    /// As `AdoptionRule` has them.
    let revoked: [String: String]

    /// One for each, all left alone. Costs index look-ups.
    ///
    /// - Throws: `StoreError`.
    func explain(_ found: [FoundCertificate]) async throws -> [Adoption] {
        let ids = Set(found.flatMap(owners))
        let names = Dictionary(
            try await gateway.mirror.peopleAsMembers(ids: ids.sorted()).map {
                ($0.person.id, $0.person.userPrincipalName)
            }, uniquingKeysWith: { first, _ in first })
        var standings: [String: [EnrolledPerson]] = [:]
        let register = EnrollmentRegister(database: gateway.database, clock: gateway.ledger.clock)
        for list in stride(from: 0, to: ids.count, by: Self.batch).map({ Array(ids.sorted()[$0...].prefix(Self.batch)) }
        ) {
            for person in try await register.people(PersonFilter(subscriberIDs: list, limit: .max)) {
                standings[person.subscriberID, default: []].append(person)
            }
        }
        let now = gateway.ledger.clock.now()
        return found.map { one in
            let owners = owners(of: one)
            let standing = owners.flatMap { standings[$0] ?? [] }.filter { person in
                templates.contains { $0.name == person.template }
            }.min { Self.rank($0) < Self.rank($1) }
            let owner = standing?.subscriberID ?? owners.first
            let name = standing?.userPrincipalName ?? owner.flatMap { names[$0] }
            return Adoption(
                one, .leave, person: name, template: standing?.template,
                reason: AdoptionRule.obstacle(to: one.certificate, revoked: revoked, now: now)
                    ?? reason(name ?? owner, standing),
                isInIntune: owner.map {
                    held.contains(UserPFXCertificate.id(userID: $0, thumbprint: one.certificate.sha1Fingerprint))
                } ?? false)
        }
    }

    /// People of one question.
    private static let batch = 200

    private func owners(of one: FoundCertificate) -> [String] {
        Set(one.keys.flatMap { holders[$0] ?? [] }).sorted()
    }

    private func reason(_ person: String?, _ standing: EnrolledPerson?) -> String {
        guard let person else {
            return "nobody in the directory has one of its names: have it revoked where it was ordered"
        }
        let unread = templates.map(\.name).filter { !planned.contains($0) }
        guard let standing, planned.contains(standing.template) else {
            return unread.isEmpty
                ? "no template is for \(person)"
                : "whether a template is for \(person) is not known: \(unread.joined(separator: ", ")) could not be looked at"
        }
        switch standing.status {
        case .inUse, .withdrawn:
            return "\(person) has another one by template \(standing.template) already: \(standing.serialNumber ?? "")"
        case .underWay, .held:
            return
                "\(person) has an order under way by template \(standing.template): \(standing.order ?? ""); cancel it first, then adopt"
        case .toOrder, .waiting, .ended, .leftOut, .left:
            return "template \(standing.template) orders nothing for \(person): \(standing.reason)"
        }
    }

    /// What a person has comes before why there is nothing, and that before where the person is not any more.
    private static func rank(_ person: EnrolledPerson) -> (Int, String, String) {
        let rank =
            switch person.status {
            case .inUse, .withdrawn: 0
            case .underWay, .held: 1
            case .toOrder, .waiting, .ended, .leftOut: 2
            case .left: 3
            }
        return (rank, person.template, person.subscriberID)
    }
}
