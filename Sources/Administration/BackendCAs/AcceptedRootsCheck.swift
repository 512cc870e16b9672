// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import ConnectorKit
import Foundation
import Ledger
import PKIX

/// Whether what a CA issues will lead to an accepted root, told before anything is ordered: an order whose certificate leads
/// elsewhere is paid for and held.
struct AcceptedRootsCheck {
    private let backend: BackendCA
    private let now: Date

    init(_ backend: BackendCA, now: Date) {
        self.backend = backend
        self.now = now
    }

    /// - Parameters:
    ///   - issuers: what the CA shows of its own certificates; else what its profile knows of them counts.
    ///   - newest: the newest certificate the ledger has of it, for a CA that shows none.
    func findings(issuers: [Certificate], newest: CertificateRecord?) -> [Examination.Finding] {
        [ofPath(issuers.isEmpty ? backend.profile.chain.intermediates : issuers, newest)] + endings
    }

    private func ofPath(_ issuers: [Certificate], _ newest: CertificateRecord?) -> Examination.Finding {
        guard issuers.isEmpty else { return ofIssuers(issuers) }
        guard let newest else {
            return finding(
                .ok,
                "whether acceptedRoots fits cannot be told beforehand: the CA does not show its certificates, and nothing "
                    + "has come from it yet; look at the first order before the others")
        }
        do {
            try CertificateChain(newest.certificates).verify(trustAnchors: backend.acceptedRoots, at: newest.notBefore)
            return finding(.ok, "the newest certificate that came from it leads to an accepted root")
        } catch {
            return finding(
                .failed,
                "the newest certificate that came from it (serial number \(newest.serialNumber), issued by "
                    + "\(newest.issuer)) leads to no accepted root: \(error); \(remedy)")
        }
    }

    private func ofIssuers(_ issuers: [Certificate]) -> Examination.Finding {
        // Those that issue no other CA of the list are the ones certificates come from.
        let lowest = issuers.filter { issuer in !issuers.contains { $0 != issuer && $0.isIssued(by: issuer) } }
        for issuer in lowest where !backend.acceptedRoots.contains(issuer) {
            do {
                let path = CertificateChain([issuer] + issuers.filter { $0 != issuer })
                try path.verify(trustAnchors: backend.acceptedRoots, at: now)
            } catch {
                return finding(
                    .failed,
                    "the CA's own certificate \(issuer.subject) leads to no accepted root: \(error); \(remedy)")
            }
        }
        let names = lowest.map { "\($0.subject)" }.joined(separator: ", ")
        return finding(.ok, "the CA's own certificate \(names) leads to an accepted root")
    }

    private var remedy: String {
        "put the root of this CA into the file of acceptedRoots; until then every order would be held"
    }

    private var endings: [Examination.Finding] {
        backend.acceptedRoots.filter { $0.notAfter < now + 90 * 86_400 }.map { root in
            finding(.warning, "accepted root \(root.subject) ends \(root.notAfter.ISO8601Format())")
        }
    }

    private func finding(_ verdict: Examination.Verdict, _ text: String) -> Examination.Finding {
        Examination.Finding("accepted roots", verdict, text)
    }
}
