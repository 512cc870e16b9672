// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

private import Foundation

extension String {
    /// The text as it is searched for, whatever its case. Engines fold letters beyond ASCII in ways of their own, or not at all, so
    /// what is searched is stored folded by us.
    public var folded: String {
        guard !utf8.allSatisfy({ $0 < 0x80 }) else { return lowercased() }
        // Up first, for letters that have more than one form below: ß and ss, the two small sigmas.
        return precomposedStringWithCanonicalMapping.uppercased().lowercased()
    }
}
