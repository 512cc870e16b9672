// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX
import Synchronization

/// What the server remembers between messages: nonces of clients, its own, and what a transaction was about.
final class TransactionMemory: Sendable {
    struct Key: Hashable {
        let signer: Certificate?
        let transaction: CMCTransactionID
    }

    private struct State {
        var clientNonces: [Certificate?: Set<[UInt8]>] = [:]
        var serverNonces: Set<[UInt8]> = []
        var applications: [Key: [[UInt8]]] = [:]
        /// Serial numbers that wait for the client's confirmation, and the orders they belong to.
        var unconfirmed: [SerialNumber: String] = [:]
    }

    private let state = Mutex(State())

    /// Whether a transaction has asked for exactly these certificates before; a new one is remembered.
    ///
    /// - Throws: `CMCRefusal` when it asked for others.
    func isRepeated(_ key: Key, _ applications: [[UInt8]]) throws(CMCRefusal) -> Bool {
        let earlier = state.withLock { state in
            let earlier = state.applications[key]
            if earlier == nil { state.applications[key] = applications }
            return earlier
        }
        guard let earlier else { return false }
        guard earlier == applications else {
            throw CMCRefusal(.badRequest, "transactionId was used for another request")
        }
        return true
    }

    /// Whether the signer has not used the nonce before; then it has now.
    func isNew(_ nonce: [UInt8], of signer: Certificate?) -> Bool {
        state.withLock { $0.clientNonces[signer, default: []].insert(nonce).inserted }
    }

    func sent(_ nonce: [UInt8]) { state.withLock { _ = $0.serverNonces.insert(nonce) } }

    /// Whether the server ever sent the nonce: of several answers in a row a client may have got only an early one.
    func knows(_ nonce: [UInt8]) -> Bool { state.withLock { $0.serverNonces.contains(nonce) } }

    func waitsForConfirmation(_ serial: SerialNumber, order: String) {
        state.withLock { if $0.unconfirmed[serial] == nil { $0.unconfirmed[serial] = order } }
    }

    func confirmed(_ serial: SerialNumber) { state.withLock { $0.unconfirmed[serial] = nil } }
}
