// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Delivery
import Ledger
import MicrosoftGraph

/// One comparison with what Intune holds: its list, and what could not be asked.
struct IntuneLook<List: ImportedPFXList> {
    let intune: List
    private let held: Set<String>
    private var refused: [String] = []

    /// - Parameter held: ids of all records.
    init(_ intune: List, held: Set<String>) { (self.intune, self.held) = (intune, held) }

    /// Whether the list does not name it.
    func mayLack(_ userID: String, _ thumbprint: String) -> Bool {
        !held.contains(UserPFXCertificate.id(userID: userID, thumbprint: thumbprint))
    }

    /// Whether it is not there, asked for by its id where the list lacks it. One that cannot be asked for is noted as `what`, and the others are
    /// compared all the same.
    mutating func lacks(_ userID: String, _ thumbprint: String, _ what: String) async throws -> Bool {
        guard mayLack(userID, thumbprint) else { return false }
        do {
            return try await !intune.holds(userID: userID, thumbprint: thumbprint)
        } catch let error as GraphError where [.refused, .conflict, .notFound].contains(error.kind) {
            refused.append("\(what): \(error.message)")
            return false
        }
    }

    /// In one sentence; nil for nothing.
    var problem: String? {
        refused.first.map {
            "whether Intune holds \(Plural(refused.count, "certificate")) cannot be asked, such as that of \($0)"
        }
    }
}
