// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory
import Expressions
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
    }

    private let template: TemplateConfiguration
    private let product: ProductFacts?

    /// - Parameter product: what the CA product needs; nil when the profile does not say.
    public init(template: TemplateConfiguration, product: ProductFacts?) {
        self.template = template
        self.product = product
    }

    /// Costs a few jq evaluations, about ten microseconds.
    public func build(for person: DirectoryPerson) -> Result {
        var made: [String: JSONValue] = [:]
        var input = person.attributes
        input["smtpAddresses"] = JSONValue(person.smtpAddresses)
        var remarks: [String] = []
        for (key, program) in template.names {
            do {
                made[key] = try program.evaluate(input)
            } catch {
                return Result(names: RequestedNames(), remarks: [], obstacle: "names.\(key): \(error)")
            }
        }
        var names = RequestedNames(json: .object(made))
        names.emails = certifiable(names.emails, &remarks)
        if template.transliterate { transliterate(&names, &remarks) }
        return Result(names: names, remarks: remarks, obstacle: obstacle(names, person))
    }

    /// Addresses the CA may certify, each once: a public CA cannot prove control of `onmicrosoft.com`
    /// (wire/graph-directory §5) or of domains the template does not list.
    private func certifiable(_ addresses: [String], _ remarks: inout [String]) -> [String] {
        var seen: Set<String> = []
        return addresses.filter { address in
            let domain = address.split(separator: "@").last.map { $0.lowercased() } ?? ""
            if domain.hasSuffix("onmicrosoft.com") {
                remarks.append("\(address): left out, no CA can validate onmicrosoft.com")
                return false
            }
            if !template.addressDomains.isEmpty, !template.addressDomains.contains(domain) {
                remarks.append("\(address): left out, \(domain) is not in addressDomains")
                return false
            }
            if !address.utf8.allSatisfy({ $0 < 0x80 }) {
                remarks.append("\(address): left out, rfc822Name is ASCII (RFC 5280 §4.2.1.6)")
                return false
            }
            return seen.insert(address.lowercased()).inserted
        }
    }

    private func transliterate(_ names: inout RequestedNames, _ remarks: inout [String]) {
        for path in [\RequestedNames.commonName, \.givenName, \.surname, \.organization, \.organizationalUnit] {
            guard let text = names[keyPath: path] else { continue }
            let ascii = Transliteration.ascii(text)
            if ascii != text { remarks.append("\(text): written as \(ascii)") }
            names[keyPath: path] = ascii
        }
    }

    private func obstacle(_ names: RequestedNames, _ person: DirectoryPerson) -> String? {
        if template.purpose != .clientAuthentication, names.emails.isEmpty {
            return person.smtpAddresses.isEmpty
                ? "has no mail address" : "has no mail address that the CA may certify"
        }
        for key in product?.requiredNames ?? [] where names.json[key]?.string?.isEmpty ?? true {
            guard key != "emails" else { continue }
            return "has no \(key), which product \(template.product) needs"
        }
        return nil
    }
}
