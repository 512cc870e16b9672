// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

internal import ConnectorKit
internal import HTTPTransport
internal import PKIX

/// Looks at what the CA publishes, as a relying party does.
struct RevocationView {
    let run: CheckRun

    /// The CRL that covers a certificate, checked by its issuer's signature.
    ///
    /// - Throws: `CheckStop`: skipped when nothing names a CRL, failed for one that is not the issuer's.
    func crl(for order: IssuedOrder) async throws -> CertificateRevocationList {
        let bytes = try await bytes(for: order.leaf)
        let crl: CertificateRevocationList
        do {
            crl =
                try bytes.first == 0x30
                ? CertificateRevocationList(der: bytes)
                : CertificateRevocationList(pem: String(decoding: bytes, as: UTF8.self))
            let known = Array(order.issued.certificateChain.dropFirst()) + run.bench.acceptedRoots
            let issuers = known.filter { $0.subject == crl.issuer }
            guard let first = issuers.first else {
                throw CheckStop.failed("the CRL is by \(crl.issuer), who is not in the certificate's chain")
            }
            // Several generations of a CA may have one name.
            try crl.verifySignature(by: issuers.first { (try? crl.verifySignature(by: $0)) != nil } ?? first)
        } catch let error as PKIXError {
            throw CheckStop.failed("the CRL cannot be used: \(error.message)")
        }
        if let next = crl.nextUpdate, next < run.clock.now() {
            throw CheckStop.failed("the CRL is out of date: the next one was due at \(next.ISO8601Format())")
        }
        return crl
    }

    /// The entry of a certificate, waited for because CAs publish now and then.
    ///
    /// - Returns: nil when it is still not there after the patience of the run, which is for all checks together as long as
    ///   the CA publishes nothing.
    func entry(
        for order: IssuedOrder, until isDone: (CertificateRevocationList.Entry?) -> Bool
    ) async throws -> CertificateRevocationList.Entry? {
        let place = Self.place(of: order.leaf) ?? ""
        let isStale = run.workbench.staleCRLs.withLock { $0.contains(place) }
        let patience = min(run.bench.patience, run.bench.sandbox == nil ? run.bench.patience : .seconds(5))
        let end = ContinuousClock.now + (isStale ? .zero : patience)
        while true {
            let entry = try await crl(for: order).entry(for: order.leaf.serialNumber)
            let isDone = isDone(entry)
            if isDone || ContinuousClock.now >= end {
                run.workbench.staleCRLs.withLock { if isDone { $0.remove(place) } else { $0.insert(place) } }
                return entry
            }
            run.waits("waits for the CA's next CRL", patience, about: "crl")
            try await run.clock.sleep(for: min(run.bench.pollEvery, .milliseconds(500)))
        }
    }

    /// Where the certificate says that its CRL is.
    private static func place(of leaf: Certificate) -> String? {
        leaf.crlDistributionPoints.first { $0.hasPrefix("http") }
    }

    private func bytes(for leaf: Certificate) async throws -> [UInt8] {
        guard let place = Self.place(of: leaf) else {
            if let current = run.bench.currentCRL { return try await current() }
            throw CheckStop.skipped("the certificate names no CRL; give the CA's CRL with --crl FILE")
        }
        var request = HTTPRequest(url: place, timeout: .seconds(30))
        request.allowsPlainHTTP = true
        do {
            let answer = try await run.bench.publications.send(request)
            guard answer.status == 200 else {
                throw CheckStop.failed("the CRL at \(place) cannot be fetched: status \(answer.status)")
            }
            return answer.body
        } catch let error as HTTPTransportError {
            throw CheckStop.failed("the CRL at \(place) cannot be fetched: \(error.message)")
        }
    }
}
