// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Directory

/// Decides whether a mail address is one person's and nobody else's, by what the whole directory says of it
/// (docs/decisions/0013-one-address-one-person.md).
struct AddressHolding {
    let person: DirectoryPerson
    /// What others claim of the person's addresses.
    let rivals: [AddressClaim]

    /// Why the address is not certified for the person, as the end of a sentence that begins with the address and names the
    /// other one; nil when it is theirs.
    func objection(to address: String) -> String? {
        let own = person.source(of: address)
        guard !own.isEmpty else { return "is no address of this person in the directory" }
        let key = AddressSource.foldedCase(address)
        let others = rivals.filter { $0.address == key }
        // A proxy address outweighs every other kind of claim.
        let strong = others.filter { $0.source.contains(.proxyAddress) }
        guard let other = (own.contains(.proxyAddress) ? strong : strong + others).first else { return nil }
        let isEven = isEven(own, strong)
        return "is the \(Self.word(other.source)) of \(other.claimant)"
            + (isEven ? ", too; take it from one of them" : ", and mail alone proves nothing")
    }

    /// Whether the person holds an address as firmly as somebody else does: who of them is right, the directory does not tell.
    func isDoubtful(_ address: String) -> Bool {
        let own = person.source(of: address)
        let key = AddressSource.foldedCase(address)
        let strong = rivals.filter { $0.address == key && $0.source.contains(.proxyAddress) }
        return own != [] && objection(to: address) != nil && isEven(own, strong)
    }

    private func isEven(_ own: AddressSource, _ strong: [AddressClaim]) -> Bool {
        own.contains(.proxyAddress) || strong.isEmpty
    }

    /// Why a name to sign in with is not certified for the person, in one sentence; nil when nobody else signs in with it.
    func objection(toSignInName name: String) -> String? {
        let key = AddressSource.foldedCase(name)
        guard let other = rivals.first(where: { $0.address == key && $0.source.contains(.userPrincipalName) }) else {
            return nil
        }
        return "\(name) is what \(other.claimant) signs in with"
    }

    private static func word(_ source: AddressSource) -> String {
        source.contains(.proxyAddress)
            ? "proxy address" : source.contains(.mail) ? "mail address" : "user principal name"
    }
}
