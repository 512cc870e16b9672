// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Foundation
import JSONDocuments
import Ledger
import Settings

/// Looks again, before an order leaves, at what it was planned from: an order may have waited for days, for a CA that was
/// down or for a limit, and people are disabled, leave and change their names meanwhile.
public struct Eligibility: Sendable {
    private let mirror: DirectoryMirror
    private let exceptions: ExceptionBook?
    private let template: @Sendable (String) -> TemplateConfiguration?
    private let product: @Sendable (TemplateConfiguration) -> ProductFacts?
    private let rules: @Sendable (TemplateConfiguration) throws -> TemplateRules?
    private let incidents: IncidentStore?
    private let oldestReading: @Sendable () -> Date

    /// - Parameters:
    ///   - mirror: as fresh as the last reading of the directory.
    ///   - oldestReading: how old that may be, while something leaves by it.
    ///   - template: the template of that name as it is configured now.
    ///   - product: what the profile says of a template's product.
    ///   - rules: what orders of a template must keep to.
    ///   - incidents: what is ordered elsewhere than templates say; nil for nothing.
    ///   - exceptions: what people have decided beside the groups; nil for nothing.
    public init(
        mirror: DirectoryMirror, template: @escaping @Sendable (String) -> TemplateConfiguration?,
        product: @escaping @Sendable (TemplateConfiguration) -> ProductFacts?,
        rules: @escaping @Sendable (TemplateConfiguration) throws -> TemplateRules? = { _ in nil },
        incidents: IncidentStore? = nil, exceptions: ExceptionBook? = nil,
        oldestReading: @escaping @Sendable () -> Date = { .distantPast }
    ) {
        self.oldestReading = oldestReading
        self.incidents = incidents
        self.mirror = mirror
        self.exceptions = exceptions
        self.template = template
        self.product = product
        self.rules = rules
    }

    /// Costs a few index look-ups and jq evaluations, and no network.
    ///
    /// - Parameter order: one of which nothing has left yet.
    /// - Throws: `StoreError`; `GraphError` of kind `transient` while the directory has not been read to its end, or not for long; `EnrollmentError`
    ///   for rule files that cannot be read.
    public func verdict(on order: Order) async throws -> EligibilityVerdict {
        guard let plain = template(order.template) else { return .withdraw("template \(order.template) is gone") }
        guard plain.enabled else { return .withdraw("template \(plain.name) is switched off") }
        try await mirror.requireAddresses()
        try await mirror.requireReading(of: plain.group, since: oldestReading())
        if plain.needsMailboxes {
            try await mirror.requireReading(
                of: TemplateConfiguration.allMailboxes, since: oldestReading(), isNeeded: true)
        }
        let (member, exception) = try await member(order, plain)
        var template = plain.adjusted(by: exception?.choice)
        // What a cancelled incident has begun is finished; one that runs or rests has nothing more bought where it does not want it.
        if let incident = try await incidents?.aim(template: plain.name, subscriberID: order.subscriberID),
            incident.state != .cancelled
                || (order.backendCA, order.product) != (template.backendCA, template.product)
        {
            template = plain.aimed(at: incident, exception?.choice)
        }
        let rules = try rules(template)
        await rules?.look(for: [member].compactMap(\.self))
        let finding = EnrollmentRules(template: template, product: product(template), rules: rules).find(member)
        switch finding.leaving(out: exception) {
        case .left(let reason), .excluded(let reason): return .withdraw(reason)
        case .entitled(let names, _, _):
            if let name = names.userPrincipalName, let other = try await stranger(signingInWith: name, order) {
                return .withdraw("userPrincipalName: \(name) is what \(other) signs in with")
            }
            guard AddressSource.isSame(order.userPrincipalName, member?.person.userPrincipalName) else {
                return .changed("the user principal name is another one now")
            }
            return difference(of: order, from: names, template).map { .changed($0) } ?? .fits
        }
    }

    /// Looks again before a key is handed over: a CA and its approvers may take weeks, and meanwhile people leave, and names
    /// and addresses go to others. Costs what `verdict` does.
    ///
    /// - Throws: as `verdict`.
    public func recipient(of order: Order) async throws -> DeliveryRecipient {
        guard let template = template(order.template) else { return .nobody("template \(order.template) is gone") }
        try await mirror.requireAddresses()
        let member = try await member(order, template).member
        // What product and rules of today want is no matter of a certificate that exists.
        switch EnrollmentRules(template: template, product: nil, rules: nil).find(member, isIssued: true) {
        case .left(let reason), .excluded(let reason): return .nobody(reason)
        case .entitled(let names, _, _):
            let certified = RequestedNames(json: order.names)
            let own = Set(names.emails.map(AddressSource.foldedCase))
            let lost = certified.emails.filter { !own.contains(AddressSource.foldedCase($0)) }
            guard lost.isEmpty else {
                return .nobody("\(lost.joined(separator: ", ")) is not the person's address any more")
            }
            guard
                certified.userPrincipalName == nil
                    || AddressSource.isSame(certified.userPrincipalName, names.userPrincipalName)
            else {
                return .nobody("the certified user principal name is another one now")
            }
            return .person(userPrincipalName: member?.person.userPrincipalName ?? order.userPrincipalName)
        }
    }

    /// Whose user principal name a certified one is, where it is not the subscriber's: a template may make it from anything.
    private func stranger(signingInWith name: String, _ order: Order) async throws -> String? {
        let key = AddressSource.foldedCase(name)
        let holders = try await mirror.holders(of: [key], by: .userPrincipalName)[key] ?? []
        guard !holders.isEmpty, !holders.contains(order.subscriberID.lowercased()) else { return nil }
        return "somebody else (object \(holders.sorted()[0]))"
    }

    private func member(
        _ order: Order, _ template: TemplateConfiguration
    ) async throws -> (member: EnrollmentMember?, exception: EnrollmentException?) {
        guard let exceptions else {
            return (try await mirror.members(of: template.group, ids: [order.subscriberID]).first, nil)
        }
        return try await exceptions.member(order.subscriberID, of: template.group, template: template.name)
    }

    /// What an order planned now would have else, in one sentence; nil for nothing.
    private func difference(of order: Order, from names: RequestedNames, _ template: TemplateConfiguration) -> String? {
        if order.backendCA != template.backendCA {
            return "the template has backend CA \(template.backendCA) now, not \(order.backendCA)"
        }
        if order.product != template.product {
            return "the template has product \(template.product) now, not \(order.product)"
        }
        if (try? OrderTerms(json: order.request)) != OrderTerms(template: template) {
            return "the template asks for another key, validity, archive or delivery now"
        }
        let keys = RequestedNames(json: order.names).keysThatDiffer(from: names)
        return keys.isEmpty ? nil : "the names are other ones now: \(keys.joined(separator: ", "))"
    }
}
