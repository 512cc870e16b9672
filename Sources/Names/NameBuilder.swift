// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Expressions
import Foundation
import JSONDocuments
import Settings

/// Builds the names of a certificate from directory attributes by the jq programs of a template.
public struct NameBuilder: Sendable {
    /// The names, with what was left out and why.
    public struct Result: Sendable {
        public var names: RequestedNames
        /// One sentence for each address or name that was dropped or changed.
        public var remarks: [String]
        /// Why no certificate can be ordered with these names; nil when one can.
        public var obstacle: String?
        /// Addresses among those left out that are the person's as much as somebody else's.
        public var doubts: [DoubtfulAddress] = []
    }

    private let template: TemplateConfiguration
    private let product: ProductFacts?

    /// - Parameter product: what the CA product needs; nil when the profile does not say.
    public init(template: TemplateConfiguration, product: ProductFacts?) {
        self.template = template
        self.product = product
    }

    /// Costs a few jq evaluations, about ten microseconds.
    ///
    /// - Parameter rivals: what others in the tenant claim of the person's addresses.
    public func build(for person: DirectoryPerson, rivals: [AddressClaim]) -> Result {
        var made: [String: JSONValue] = [:]
        var input = person.attributes
        input["smtpAddresses"] = JSONValue(person.smtpAddresses)
        input[TemplateConfiguration.mailboxAddresses] = JSONValue(person.mailboxAddresses)
        var remarks: [String] = []
        for (key, program) in template.names.sorted(by: { $0.key < $1.key }) {
            do {
                // Who writes null alone wants no such name, for anybody.
                if program.source.trimmingCharacters(in: .whitespaces) == "null" { continue }
                made[key] = try Self.fitting(try program.evaluate(input), key, program)
            } catch {
                return Result(names: RequestedNames(), remarks: [], obstacle: "names.\(key): \(error.message)")
            }
        }
        var names = RequestedNames(json: .object(made))
        leaveOutLogonNames(&names, &remarks)
        var disputed: String?
        var doubts: [DoubtfulAddress] = []
        let holding = AddressHolding(person: person, rivals: rivals)
        names.emails = certifiable(names.emails, &remarks).filter { address in
            guard let objection = holding.objection(to: address) else { return true }
            remarks.append("\(address): left out, it \(objection)")
            if holding.isDoubtful(address) { doubts.append(DoubtfulAddress(address: address, objection: objection)) }
            disputed = disputed ?? "\(address) \(objection)"
            return false
        }
        // Whom a certificate signs in is decided by it, whatever attribute the template takes it from.
        if let name = names.userPrincipalName,
            let objection = holding.objection(toSignInName: name)
        {
            return Result(
                names: RequestedNames(), remarks: Self.bounded(remarks), obstacle: "userPrincipalName: \(objection)")
        }
        if template.transliterate { transliterate(&names, &remarks) }
        return Result(
            names: names, remarks: Self.bounded(remarks), obstacle: obstacle(names, person, disputed), doubts: doubts)
    }

    /// A list that a person reads, however many addresses there are.
    private static func bounded(_ remarks: [String]) -> [String] {
        let most = 30
        guard remarks.count > most else { return remarks }
        return remarks.prefix(most) + ["and \(remarks.count - most) more addresses or names like these"]
    }

    /// What a program made, if it fits the name: text, nothing, or for addresses also a list.
    private static func fitting(
        _ value: JSONValue, _ key: String, _ program: JQProgram
    ) throws(ExpressionError) -> JSONValue? {
        if let text = value.string {
            let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return text.isEmpty ? nil : key == "emails" ? [.string(text)] : .string(text)
        }
        guard !value.isNull else {
            let attribute = program.source.trimmingCharacters(in: .whitespaces).dropFirst()
            let cause =
                DirectorySelection.standard.contains(String(attribute))
                ? "the directory has no \(attribute) of this person; write"
                : "the program gives null; is the attribute's name right? Write"
            throw ExpressionError(
                .unfit, keyPath: key, message: #"\#(cause) // "" behind it if the name may be absent"#)
        }
        if key == "emails", value.array?.allSatisfy({ $0.string != nil }) == true { return value }
        let wanted = key == "emails" ? "a list of addresses" : "text"
        throw ExpressionError(.unfit, keyPath: key, message: "expected \(wanted), found \(value.kindName)")
    }

    /// What tells Windows whose certificate it is, where the CA does not certify it.
    private func leaveOutLogonNames(_ names: inout RequestedNames, _ remarks: inout [String]) {
        guard let allowed = product?.allowedNames else { return }
        for (key, path) in [
            ("userPrincipalName", \RequestedNames.userPrincipalName), ("securityIdentifier", \.securityIdentifier),
        ] where names[keyPath: path] != nil && !allowed.contains(key) {
            names[keyPath: path] = nil
            remarks.append("\(key): left out, product \(template.product) does not certify it")
        }
    }

    /// Addresses the CA may certify, each once: a public CA cannot prove control of `onmicrosoft.com`
    /// (wire/graph-directory §5) or of domains the template does not list.
    private func certifiable(_ addresses: [String], _ remarks: inout [String]) -> [String] {
        var seen: Set<String> = []
        return addresses.filter { address in
            guard address.utf8.count <= 254 else {
                remarks.append("an address of \(address.utf8.count) bytes: left out, RFC 5321 allows 254")
                return false
            }
            let parts = AddressSource.foldedCase(address).split(separator: "@", omittingEmptySubsequences: false)
            let domain = parts.count == 2 ? String(parts[1]) : ""
            if let objection = objection(to: address, domain) {
                remarks.append("\(address): left out, \(objection)")
                return false
            }
            return seen.insert(AddressSource.foldedCase(address)).inserted
        }
    }

    private func objection(to address: String, _ domain: String) -> String? {
        if domain == "onmicrosoft.com" || domain.hasSuffix(".onmicrosoft.com") {
            return "no CA can validate onmicrosoft.com"
        }
        if let problem = MailAddress.problem(address, domain: domain) { return problem }
        if !template.addressDomains.isEmpty, !template.addressDomains.contains(domain) {
            return "\(domain) is not in addressDomains"
        }
        return nil
    }

    private func transliterate(_ names: inout RequestedNames, _ remarks: inout [String]) {
        for path in [\RequestedNames.commonName, \.givenName, \.surname, \.organization, \.organizationalUnit] {
            guard let text = names[keyPath: path] else { continue }
            let ascii = Transliteration.ascii(text)
            if ascii != text { remarks.append("\(text): written as \(ascii)") }
            names[keyPath: path] = ascii
        }
    }

    private func obstacle(_ names: RequestedNames, _ person: DirectoryPerson, _ disputed: String?) -> String? {
        if template.purpose.isForMail, names.emails.isEmpty {
            let lack =
                person.smtpAddresses.isEmpty
                ? "" : template.addressDomains.isEmpty ? " that a CA can certify" : " in a domain of addressDomains"
            return disputed ?? "has no mail address\(lack)"
        }
        let made = names.json
        for key in product?.requiredNames ?? [] where made[key]?.string == nil {
            if key == "emails", !names.emails.isEmpty { continue }
            return "has no \(key), which product \(template.product) needs"
        }
        return NameBounds.obstacle(names) ?? LogonHolding(person: person).obstacle(names)
    }
}
