// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Fulfilment
import HTTPTransport
import PKIX

/// Which of the certificates that were found are revoked, by what their CAs publish: an export of the former product lists those, too.
struct AdoptionRevocations {
    /// When and where each revoked one was seen so, one sentence, by SHA-256 fingerprint.
    private(set) var sentences: [String: String] = [:]
    /// Why it is not known of one, by SHA-256 fingerprint.
    private(set) var unknown: [String: String] = [:]
    /// What could not be read, one sentence for each place.
    private(set) var problems: [String] = []

    /// Reads lists and asks responders; a list is read once for all.
    ///
    /// - Parameter issuers: where those that came with a certificate do not do.
    /// - Throws: `CancellationError` alone.
    init(_ found: [FoundCertificate], issuers: [Certificate], _ http: any HTTPClient, now: Date) async throws {
        let reader = RevocationReader(http)
        let inForce = found.filter { $0.certificate.notAfter > now }
        let places = Dictionary(grouping: inForce) { one in
            (one.certificate.crlDistributionPoints + one.certificate.ocspURLs).first ?? ""
        }
        for (place, group) in places.sorted(by: { $0.key < $1.key }) where !place.isEmpty {
            var survey = RevocationSurvey<FoundCertificate> { one in
                await reader.look(at: one.certificate, issuers: one.issuers + issuers, since: now, now: now)
            }
            var open = Set(group.map(\.certificate.sha256Fingerprint))
            for (one, finding) in try await survey.look(at: group) {
                switch finding {
                case .revoked(let sight):
                    sentences[one.certificate.sha256Fingerprint] = sight.sentence
                case .missing(_, wasRead: false): continue
                case .missing(_, wasRead: true), .nowhere: break
                }
                open.remove(one.certificate.sha256Fingerprint)
            }
            guard !open.isEmpty else { continue }
            let why = survey.reason ?? "nobody was asked"
            for one in open { unknown[one] = why }
            problems.append("whether \(open.count) of the certificates are revoked is not known: \(why)")
        }
    }
}
