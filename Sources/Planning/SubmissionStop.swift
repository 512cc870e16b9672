// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorHost
public import JSONDocuments
public import Ledger

/// Why nothing new is ordered at a backend CA until somebody has mended something; kept in the ledger, so that the next
/// process knows it, too.
public struct SubmissionStop: Sendable, Equatable {
    /// One sentence with the next step.
    public let cause: String
    /// What it was found with: once that has changed, the stop is over.
    public let fingerprint: String

    public init(cause: String, fingerprint: String) {
        self.cause = cause
        self.fingerprint = fingerprint
    }

    public init?(json: JSONValue) {
        guard let cause = json["cause"]?.string, let fingerprint = json["fingerprint"]?.string else { return nil }
        self.init(cause: cause, fingerprint: fingerprint)
    }

    /// What stands against new orders at a backend CA now. One that was found with other roots, or at another CA, is over. Reads
    /// only: it is lifted where orders are placed.
    public static func inForce(at backend: BackendCA, _ ledger: OrderLedger) async throws -> SubmissionStop? {
        guard let content = try await ledger.stopped(.acceptedRoots, of: backend.name), let stop = Self(json: content)
        else { return nil }
        return stop.isInForce(at: backend) ? stop : nil
    }

    /// Whether roots and CA are those it was found with.
    public func isInForce(at backend: BackendCA) -> Bool {
        [backend.trustFingerprint, backend.formerTrustFingerprint].contains(fingerprint)
    }

    public var json: JSONValue { ["cause": .string(cause), "fingerprint": .string(fingerprint)] }
}
