// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory

/// Holds the names by which a certificate signs somebody in to those that the directory has for the person, as addresses are held: a template
/// may make a name from anything, and whoever trusts the CA signs in whom the certificate names.
struct LogonHolding {
    let person: DirectoryPerson

    /// Why no certificate can be ordered with these names; nil where they are the person's own.
    func obstacle(_ names: RequestedNames) -> String? {
        if let name = names.userPrincipalName, !signInNames.contains(AddressSource.foldedCase(name)) {
            return
                "userPrincipalName: \(name.prefix(80)) is no name that the directory has for this person to sign in with"
        }
        if let identifier = names.securityIdentifier, !identifiers.contains(identifier) {
            return "securityIdentifier: \(identifier.prefix(80)) is not what the directory has for this person"
        }
        if let name = names.accountName, !isOwnAccount(name) {
            return
                "accountName: \(name.prefix(80)) is not the account that the directory has for this person (onPremisesSamAccountName)"
        }
        return nil
    }

    /// Whether `DOMAIN\account`, for which an enrollment agent asks, is the person's. The short name of a domain is not in the directory
    /// (wire/graph-directory.md), its long one is.
    private func isOwnAccount(_ name: String) -> Bool {
        let parts = name.split(separator: "\\", omittingEmptySubsequences: false).map {
            AddressSource.foldedCase(String($0))
        }
        guard parts.count == 2 else { return signInNames.contains(AddressSource.foldedCase(name)) }
        guard let account = person.attributes["onPremisesSamAccountName"]?.string,
            parts[1] == AddressSource.foldedCase(account)
        else { return false }
        let domain = person.attributes["onPremisesDomainName"]?.string.map(AddressSource.foldedCase)
        return !parts[0].isEmpty && (!parts[0].contains(".") || parts[0] == domain)
    }

    private var identifiers: [String] {
        [person.onPremisesSecurityIdentifier, person.securityIdentifier].compactMap(\.self)
    }

    /// In Entra ID and in the domain that the account comes from, where its account name is one, too ([MS-ADTS] 5.1.1.1.1).
    private var signInNames: [String] {
        let (account, domain) = (
            person.attributes["onPremisesSamAccountName"]?.string, person.attributes["onPremisesDomainName"]?.string
        )
        var names = [person.userPrincipalName, person.attributes["onPremisesUserPrincipalName"]?.string ?? ""]
        if let account, let domain { names.append("\(account)@\(domain)") }
        return names.filter { !$0.isEmpty }.map(AddressSource.foldedCase)
    }
}
