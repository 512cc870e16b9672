// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import PKIX

/// Whose signature stands under a message, and whether it counts.
struct OperatorCheck: Sendable {
    let server: CAServer
    let settings: SwissSignSwitches

    /// The certificate of the operator who signed; nil when the CA was told to accept anybody.
    func signer(of message: SignedMessage) throws(CMCRefusal) -> Certificate? {
        let refusal: CMCRefusal
        do {
            let signers = try message.verify(
                pinned: settings.trustedOperator.map { [$0] } ?? [], trustAnchors: [server.operators.root],
                at: server.book.clock.now)
            if server.switches.accepts(credentialsAreRight: true) { return signers.first }
            refusal = CMCRefusal(.badIdentity, "The operator certificate has expired", bodyParts: [0])
        } catch let error as PKIXError where error.code == .untrusted {
            refusal = CMCRefusal(.badIdentity, "Unknown operator certificate", bodyParts: [0])
        } catch {
            refusal = CMCRefusal(.badMessageCheck, "The signature does not verify", bodyParts: [0])
        }
        guard server.switches.accepts(credentialsAreRight: false) else { throw refusal }
        return nil
    }
}
