// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Directory

/// An address that two say is theirs, the one no more than the other: it is certified for neither, and taken from neither.
public struct DoubtfulAddress: Sendable, Hashable {
    public let address: String
    /// The end of a sentence that begins with the address and names the other one.
    public let objection: String

    /// Those without which certified names would be what is wanted; empty where names differ by something else, or by nothing.
    ///
    /// - Parameters:
    ///   - doubts: of the person now.
    ///   - certified: the addresses of a certificate.
    ///   - wanted: the addresses that it would have today.
    public static func explaining(
        _ doubts: [DoubtfulAddress], _ certified: [String], _ wanted: [String]
    ) -> [DoubtfulAddress] {
        let (certified, wanted) = (certified.map(AddressSource.foldedCase), Set(wanted.map(AddressSource.foldedCase)))
        let lost = certified.filter { !wanted.contains($0) }
        let found = doubts.filter { lost.contains(AddressSource.foldedCase($0.address)) }
        return found.count == lost.count && wanted.isSubset(of: certified) ? found : []
    }
}
