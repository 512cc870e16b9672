// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import PKIX

/// Compares the alternative names of a certificate, and the security identifier that stands beside them, with what was asked for: by
/// list, so that a kind of name nobody has thought of is one nobody asked for.
struct AlternativeNameComparison {
    /// id-on-SmtpUTF8Mailbox (RFC 9598): an address whose local part is not ASCII.
    private static let internationalAddress = "1.3.6.1.5.5.7.8.9"

    let names: RequestedNames

    func problems(_ leaf: Certificate) -> [String] {
        let found = leaf.subjectAlternativeNames
        let principalNames = [names.userPrincipalName].compactMap(\.self)
        let identifiers = [names.securityIdentifier].compactMap(\.self)
        var problems =
            differences("address", asked: names.emails, found: found.compactMap(Self.address))
            + differences("user principal name", asked: principalNames, found: leaf.userPrincipalNames)
            + differences("security identifier", asked: identifiers, found: leaf.securityIdentifiers)
            + differences("host name", asked: names.hosts, found: found.compactMap(Self.host))
        if leaf.carriesUnreadableSecurityIdentifier {
            problems.append("the extension with the security identifier cannot be read")
        }
        let others = found.filter { !Self.isCompared($0) }.map { "\(Self.title($0)) was not asked for" }
        return problems + Array(Set(others)).sorted()
    }

    private func differences(_ kind: String, asked: [String], found: [String]) -> [String] {
        func missing(_ texts: [String], in others: [String], _ what: String) -> [String] {
            let known = Set(others.map { ComparableName(alternativeName: $0) })
            var seen: Set<ComparableName> = []
            return texts.filter {
                let name = ComparableName(alternativeName: $0)
                return !known.contains(name) && seen.insert(name).inserted
            }.sorted().map { "\(kind) \($0) \(what)" }
        }
        return missing(asked, in: found, "is missing") + missing(found, in: asked, "was not asked for")
    }

    /// An address in the form that belongs to it: one in ASCII stands as rfc822Name, any other as SmtpUTF8Mailbox.
    private static func address(_ name: GeneralName) -> String? {
        switch name {
        case .rfc822Name(let address): return address
        case .otherName(internationalAddress, let der):
            guard let text = GeneralName.utf8String(der), text.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
            return text
        default: return nil
        }
    }

    private static func host(_ name: GeneralName) -> String? {
        if case .dNSName(let host) = name { host } else { nil }
    }

    /// Whether `problems` looks at the value; the rest is refused as it is.
    private static func isCompared(_ name: GeneralName) -> Bool {
        switch name {
        case .rfc822Name, .userPrincipalName, .dNSName: true
        case .uniformResourceIdentifier: name.securityIdentifier != nil
        default: address(name) != nil
        }
    }

    private static func title(_ name: GeneralName) -> String {
        switch name {
        case .iPAddress(let bytes): "host name \(bytes.map { "\($0)" }.joined(separator: "."))"
        case .uniformResourceIdentifier(let uri): "alternative name \(uri)"
        case .directoryName(let name): "directory name \(name)"
        case .registeredID(let identifier): "registered id \(identifier)"
        case .otherName(let type, _): "alternative name of type \(type)"
        default: "alternative name of an unusual kind"
        }
    }
}
