// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import JSONDocuments

/// What is known of a backend CA's certificates and the accepted roots; kept in the ledger.
enum RootProof: Sendable, Equatable {
    /// A certificate ordered by this connection has led to this root (SHA-256): holds while the root is accepted there.
    case reached(connection: String, root: String)
    /// One that came by this connection led to no accepted root: only one that is accepted proves anything now.
    case refuted(connection: String)
    /// No certificate in the ledger leads to the roots of this fingerprint: not looked for again.
    case missing(fingerprint: String)

    /// - Parameter json: what is stored; nil for what an earlier version has stored.
    init?(json: JSONValue?) {
        if let fingerprint = json?["missing"]?.string {
            self = .missing(fingerprint: fingerprint)
        } else if let connection = json?["connection"]?.string {
            self =
                json?["root"]?.string.map { .reached(connection: connection, root: $0) }
                ?? .refuted(connection: connection)
        } else {
            return nil
        }
    }

    var json: JSONValue {
        switch self {
        case .reached(let connection, let root): ["connection": .string(connection), "root": .string(root)]
        case .refuted(let connection): ["connection": .string(connection)]
        case .missing(let fingerprint): ["missing": .string(fingerprint)]
        }
    }

    /// Whether it shows that what this backend CA issues leads to a root that is accepted now.
    func holds(for backend: BackendCA) -> Bool {
        guard case .reached(backend.connection, let root) = self else { return false }
        return backend.acceptedRoots.contains { $0.sha256Fingerprint == root }
    }
}
