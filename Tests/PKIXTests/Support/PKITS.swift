// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Testing

/// NIST's Public Key Interoperability Test Suite: its certificates and lists, which Debian packages with the vectors of Python's
/// cryptography, and what each test of its description expects (`pkits.json`).
struct PKITS: Decodable {
    struct Case: Decodable, CustomStringConvertible {
        /// Section and number of the description, and of its part where a test has several.
        let id: String
        let certificate: String
        /// What the description expects.
        let valid: Bool
        var policies: [Int]?
        var explicit: Bool?
        var inhibitMapping: Bool?
        var inhibitAnyPolicy: Bool?
        /// Why we decide otherwise.
        var divergence: String?

        var description: String { "\(id) \(certificate)" }

        func policy(_ anchor: Certificate, _ lists: [CertificateRevocationList]) -> PathPolicy {
            // The suite's certificates are valid from 2010 to 2030.
            var policy = PathPolicy(trustAnchors: [anchor], at: Date(timeIntervalSince1970: 1_600_000_000))
            policy.revocation = .path(lists)
            policy.certificatePolicies.accepted = (policies ?? []).map { "2.16.840.1.101.3.2.1.48.\($0)" }
            policy.certificatePolicies.isExplicit = explicit ?? false
            policy.certificatePolicies.inhibitsMapping = inhibitMapping ?? false
            policy.certificatePolicies.inhibitsAnyPolicy = inhibitAnyPolicy ?? false
            return policy
        }
    }

    let tests: [Case]

    static func read() throws -> [Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../pkits.json")
        return try JSONDecoder().decode(PKITS.self, from: Data(contentsOf: file)).tests
    }

    private static let folder = "/usr/lib/python3/dist-packages/cryptography_vectors/x509/PKITS_data"

    /// The DER of every file in `certs` or `crls`, by name without extension.
    static func files(_ kind: String) throws -> [String: [UInt8]] {
        let place = "\(folder)/\(kind)"
        let names = try? FileManager.default.contentsOfDirectory(atPath: place)
        let found = try #require(names, "\(place) is missing; Scripts/bootstrap --tests installs it")
        return try Dictionary(
            uniqueKeysWithValues: found.map {
                (String($0.dropLast(4)), try Array(Data(contentsOf: URL(filePath: "\(place)/\($0)"))))
            })
    }
}
