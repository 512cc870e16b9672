// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory

/// Decides whether a mail address is one person's and nobody else's, by what the whole directory says of it
/// (docs/decisions/0013-one-address-one-person.md).
struct AddressHolding {
    /// Where the directory says that an address is the person's.
    private let own: [String: AddressSource]
    /// What others claim of the person's addresses.
    private let rivals: [String: [AddressClaim]]

    /// - Parameter rivals: what others claim of the person's addresses.
    init(person: DirectoryPerson, rivals: [AddressClaim]) {
        // Exchange gives an address to one mailbox alone, and who may open that one reads what is sent there.
        own = person.mailboxAddresses.reduce(into: person.addressSources) {
            $0[AddressSource.foldedCase($1), default: []].insert(.proxyAddress)
        }
        self.rivals = Dictionary(grouping: rivals, by: \.address)
    }

    /// Why the address is not certified for the person, as the end of a sentence that begins with the address and names the
    /// other one; nil when it is theirs.
    func objection(to address: String) -> String? {
        let (key, own) = found(address)
        guard !own.isEmpty else { return "is no address of this person in the directory" }
        let others = rivals[key] ?? []
        // A proxy address outweighs every other kind of claim.
        let strong = others.filter { $0.source.contains(.proxyAddress) }
        guard let other = (own.contains(.proxyAddress) ? strong : strong + others).first else { return nil }
        return "is the \(Self.word(other.source)) of \(other.claimant)"
            + (isEven(own, strong) ? ", too; take it from one of them" : ", and mail alone proves nothing")
    }

    /// Whether the person holds an address as firmly as somebody else does: who of them is right, the directory does not tell.
    func isDoubtful(_ address: String) -> Bool {
        let (key, own) = found(address)
        let strong = (rivals[key] ?? []).filter { $0.source.contains(.proxyAddress) }
        return own != [] && objection(to: address) != nil && isEven(own, strong)
    }

    private func found(_ address: String) -> (key: String, own: AddressSource) {
        let key = AddressSource.foldedCase(address)
        return (key, own[key] ?? [])
    }

    private func isEven(_ own: AddressSource, _ strong: [AddressClaim]) -> Bool {
        own.contains(.proxyAddress) || strong.isEmpty
    }

    /// Why a name to sign in with is not certified for the person, in one sentence; nil when nobody else signs in with it.
    func objection(toSignInName name: String) -> String? {
        let others = rivals[AddressSource.foldedCase(name)] ?? []
        guard let other = others.first(where: { $0.source.contains(.userPrincipalName) }) else { return nil }
        return "\(name) is what \(other.claimant) signs in with"
    }

    private static func word(_ source: AddressSource) -> String {
        source.contains(.proxyAddress)
            ? "proxy address" : source.contains(.mail) ? "mail address" : "user principal name"
    }
}
