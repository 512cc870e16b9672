// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

/// The entry of one person in one directory, beside what is to be there and whose else's certificates there are.
public struct EntryComparison: Sendable {
    private let place: String
    private let certificates: [String: LedgerCertificate]
    private let bySerial: [String: [LedgerCertificate]]

    /// - Parameter certificates: all of the ledger.
    public init(place: String, certificates: [LedgerCertificate]) {
        self.place = place
        self.certificates = Dictionary(
            certificates.map { ($0.sha256Fingerprint, $0) }, uniquingKeysWith: { first, _ in first })
        bySerial = Dictionary(grouping: certificates, by: \.serialNumber)
    }

    /// - Parameters:
    ///   - subscriber: object id of the person.
    ///   - adds: serial numbers of the person's certificates that are missing there.
    ///   - removes: serial numbers of those that are there and are not to be.
    ///   - present: SHA-256 fingerprints of all that is there.
    ///   - failure: why publication itself did not succeed the last time; nil where it did.
    public func findings(
        of subscriber: String, adds: [String], removes: [String], present: [String], failure: String? = nil
    ) -> [DriftFinding] {
        func own(_ serial: String) -> LedgerCertificate? {
            bySerial[serial]?.first { $0.subscriberID == subscriber.lowercased() }
        }
        let missing = adds.compactMap(own).map {
            DriftFinding(
                .notPublished, place: place, of: $0,
                detail: failure.map { "the last attempt did not succeed: \($0)" } ?? "")
        }
        let left = removes.compactMap(own).map { DriftFinding(.stillPublished, place: place, of: $0) }
        let others = present.compactMap { certificates[$0] }.filter { $0.subscriberID != subscriber.lowercased() }.map {
            DriftFinding(
                .strangerPublished, place: place, of: $0, subject: "\(subscriber) \($0.sha256Fingerprint)",
                detail: "in the entry of \(subscriber)")
        }
        return missing + left + others
    }
}
