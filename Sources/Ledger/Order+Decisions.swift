// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// What a person may decide about an order as it stands. One rule, for who shows what can be done and for who does it.
extension Order {
    public enum Decision: String, Sendable, CaseIterable {
        case retry, cancel, cancelAbsent, declareAbsent, declareFound
    }

    /// - Throws: `LedgerError.notPossible`, why not. What depends on other orders and on the key says `OrderLedger.obstaclesToRetry`.
    public func require(_ decision: Decision) throws(LedgerError) {
        switch decision {
        case .retry:
            guard leaseOwner == nil || isHeld else {
                throw .notPossible("order \(reference) is being worked on now: nothing to retry")
            }
            if !stage.isOpen { try requireResumable() }
        case .cancel:
            try requireWithoutCertificate()
            if isHeld, stage == .submitted, let caRequestID {
                throw .notPossible(
                    "order \(reference) is held, and the CA has it as \(caRequestID): after its end nobody looks for the certificate that the "
                        + "CA may have issued; when none of it is in force there, 'certway order cancel \(reference) --absent'"
                )
            }
            guard !isHeld || stage != .submitted else {
                throw .notPossible(
                    "order \(reference) is in doubt, and after its end nobody looks for the certificate that the CA may have "
                        + "issued: look for \(reference) there, and when no certificate of it is in force, "
                        + "'certway order cancel \(reference) --absent'")
            }
        case .cancelAbsent:
            try requireWithoutCertificate()
            if stage == .submitted { try requireHeldInDoubt() }
            try requireAtRest()
        case .declareAbsent:
            try requireHeldInDoubt()
            guard caRequestID == nil else {
                throw .notPossible("order \(reference) is known to the CA as \(caRequestID ?? ""): nothing is absent")
            }
        case .declareFound:
            if stage == .pending {
                try requireAtRest()
            } else if !endedUnissued {
                try requireHeldInDoubt()
            }
        }
    }

    /// Whether it had left for the CA and has ended without a certificate: the CA may have issued one all the same.
    var endedUnissued: Bool {
        attempt > 0 && certificateID == nil && [.rejected, .cancelled, .failed].contains(stage)
    }

    /// - Parameter id: under which the CA is said to have it.
    func requireFindable(as id: String) throws(LedgerError) {
        guard !id.isEmpty else { throw .notPossible("the CA's request id is empty") }
        try require(.declareFound)
        guard stage != .pending || caRequestID != id else {
            throw .notPossible(
                "order \(reference) is on record as \(id) already: 'certway order retry \(reference)' asks the CA about it"
            )
        }
    }

    func requireOpen() throws(LedgerError) {
        guard stage != .active else {
            throw .notPossible(
                "order \(reference) is done and its certificate in use: 'certway certificate revoke \(reference) --because \"not needed\"' revokes "
                    + "that")
        }
        guard stage.isOpen else { throw .notPossible("order \(reference) has ended as \(stage.rawValue)") }
    }

    /// Only a failed order goes on from where it was.
    private func requireResumable() throws(LedgerError) {
        guard stage == .failed, resumeStage != nil else {
            throw .notPossible(
                "order \(reference) has ended as \(stage.rawValue) and cannot be retried: 'certway order again \(reference)' "
                    + "places a new one")
        }
    }

    private func requireHeldInDoubt() throws(LedgerError) {
        guard stage == .submitted else {
            throw .notPossible("order \(reference) is not in doubt: it is \(stage.rawValue)")
        }
        try requireAtRest()
        guard isHeld else {
            throw .notPossible("order \(reference) is not held: the gateway itself is still searching for it at the CA")
        }
    }

    private func requireAtRest() throws(LedgerError) {
        guard let owner = leaseOwner else { return }
        throw .notPossible(
            "order \(reference) is being worked on by \(owner), a call to the CA may be under way: wait until 'certway order "
                + "show \(reference)' says that it is held; if that process has ended, 'certway run --once' takes its orders over"
        )
    }

    func requireWithoutCertificate() throws(LedgerError) {
        try requireOpen()
        guard certificateID == nil else {
            throw .notPossible("order \(reference) has its certificate already: revoke the certificate instead")
        }
    }
}
