// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger

extension CertificateRecord {
    /// - Throws: `Obstacle` for one that is revoked or over.
    func requireInForce(at now: Date) throws(Obstacle) {
        guard status != .revoked else { throw Obstacle("certificate \(serialNumber) is revoked already") }
        guard notAfter > now else {
            throw Obstacle("certificate \(serialNumber) has expired: nothing is left to revoke")
        }
    }

    /// - Throws: `Obstacle` for one that nobody uses.
    func requireInUse(at now: Date) throws(Obstacle) {
        guard status == .active else {
            throw Obstacle(
                "certificate \(serialNumber) is not in use, it is \(status.rawValue): nothing is to be replaced",
                instead: status == .revoked ? "repeat its order" : nil)
        }
    }

    /// - Parameter wish: the standing one of a kind.
    /// - Throws: `Obstacle` where nobody has asked.
    func wished(_ wish: CertificateAction?) throws(Obstacle) -> CertificateAction {
        guard let wish else { throw Obstacle("certificate \(serialNumber): nobody has asked to revoke it") }
        return wish
    }

    /// - Throws: `Obstacle` where it is asked for already, or done.
    func requireWithout(_ withdrawal: CertificateAction?) throws(Obstacle) {
        guard let withdrawal else { return }
        throw Obstacle(
            withdrawal.state == .done
                ? "certificate \(serialNumber) is not in Intune any more"
                : "certificate \(serialNumber) is being taken out of Intune, for \(withdrawal.actor)")
    }

    /// The private key is here only until it is delivered.
    ///
    /// - Throws: `Obstacle` for one that has no working copy of its key, and `LedgerError` while somebody works on it.
    func requireDelivery(_ order: Order?) throws {
        guard let order, order.certificateID == id, order.stage == .issued else {
            throw Obstacle(
                "the private key of \(serialNumber) is not kept here once it is delivered",
                instead: "replace it: a new key and certificate are delivered; old mail is read with the recovered key")
        }
        try order.require(.retry)
    }
}
