// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorHost
public import Ledger

extension BackendCARegistry {
    /// The backend CA to ask about `order` for a person.
    ///
    /// - Throws: `LedgerError.notPossible` when it cannot be used, or has been pointed at another CA or account since the order was
    ///   placed: there the same id is somebody else's order.
    public func backend(toAskAbout order: Order) throws -> BackendCA {
        guard case .ready(let backend)? = self[order.backendCA] else {
            throw LedgerError.notPossible("backend CA \(order.backendCA) cannot be used: see 'certway doctor'")
        }
        if let placed = order.connection, placed != backend.connection {
            throw LedgerError.notPossible(
                "order \(order.reference) was placed at \(placed), and backend CA \(backend.name) is \(backend.connection) now"
            )
        }
        return backend
    }
}
