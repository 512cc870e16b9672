// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a person may decide about a wish as it stands.
extension CertificateAction {
    /// Whether it is the withdrawal that was asked for with a revocation, because the key is in wrong hands.
    func goesWith(_ revocation: CertificateAction) -> Bool {
        kind == .withdraw && revocation.kind == .revoke && revocation.reason == .keyCompromise
            && certificateID == revocation.certificateID && actor == revocation.actor && cause == revocation.cause
    }

    /// - Throws: `LedgerError.notPossible` when something has left.
    public func requireUndoable() throws(LedgerError) {
        guard state == .asked else {
            throw .notPossible(
                state == .undone
                    ? "the \(kind.noun) was taken back before"
                    : "the \(kind.noun) cannot be taken back: it is \(state.rawValue)"
                        + (detail.map { " (\($0))" } ?? ""))
        }
    }

    /// - Throws: `LedgerError.notPossible` when it is over.
    public func requireRetryable() throws(LedgerError) {
        guard state.isOpen else {
            throw .notPossible("the \(kind.noun) is \(state.rawValue): nothing to try again")
        }
    }
}
