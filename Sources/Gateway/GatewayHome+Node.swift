// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings

extension GatewayHome {
    /// The name of this node among those that share a database: random, made with the first pass and kept, so that two machines
    /// or containers of one name never give back each other's orders, and a restart knows its own.
    ///
    /// - Returns: nil for none yet.
    var nodeIdentifier: String? {
        guard let bytes = try? SettingsFile(own: nodeFile).bytes() else { return nil }
        return UUID(uuidString: String(decoding: bytes, as: UTF8.self))?.uuidString.lowercased()
    }

    /// Keeps the name, once. Where that cannot be, each process has its own: what a dead one had in hand then waits until its
    /// leases have run out.
    func keep(nodeIdentifier: String) { _ = try? CompleteFile(path: nodeFile).create(Array(nodeIdentifier.utf8)) }
}
