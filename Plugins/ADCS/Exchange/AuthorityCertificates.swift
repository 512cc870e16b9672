// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import PKIX
import Synchronization

/// The CA's own certificates of all generations with what is above them: older certificates chain to older CA keys. Kept
/// for an hour, because they change once in years and every order needs them.
final class AuthorityCertificates: Sendable {
    private static let lifetime: TimeInterval = 3600
    private static let maximumGenerations = 64

    private let client: CertsrvClient
    private let known = Mutex<(certificates: [Certificate], readAt: Date)?>(nil)

    init(_ client: CertsrvClient) { self.client = client }

    /// Those above `leaf` and others, in no order.
    func certificates(above leaf: Certificate) async throws -> [Certificate] {
        let now = client.exchange.services.clock.now()
        if let known = known.withLock(\.self), now.timeIntervalSince(known.readAt) < Self.lifetime,
            known.certificates.contains(where: leaf.isIssued)
        {
            return known.certificates
        }
        return try await read(generations: newestGeneration())
    }

    /// Number of the newest CA certificate; 0 for a CA that was never renewed.
    func newestGeneration() async throws -> Int {
        let page = String(decoding: try await client.get("certcarc.asp").body, as: UTF8.self)
        guard let found = page.firstMatch(of: /nRenewals\s*=\s*([0-9]+)\s*;/), let number = Int(found.output.1),
            number < Self.maximumGenerations
        else {
            throw CAExchange.notUnderstood("certcarc.asp does not tell how often the CA was renewed", isCreating: false)
        }
        return number
    }

    /// The chains of generations 0 to `newest`, each certificate once.
    func read(generations newest: Int) async throws -> [Certificate] {
        var all: [Certificate] = []
        for generation in (0...newest).reversed() {
            let answer = try await client.get(
                "certnew.p7b", ["ReqID": "CACert", "Renewal": "\(generation)", "Enc": "bin"])
            for certificate in try Self.certificates(answer) where !all.contains(certificate) {
                all.append(certificate)
            }
        }
        let now = client.exchange.services.clock.now()
        known.withLock { $0 = (all, now) }
        return all
    }

    /// The content of a `.p7b`: DER, or armour that may call itself `CERTIFICATE` although PKCS #7 is inside.
    static func certificates(_ answer: HTTPResponse) throws -> [Certificate] {
        let found: [Certificate]
        do {
            found =
                answer.body.first == 0x30
                ? try Certificate.all(pkcs7: answer.body)
                : try PEM.blocks(answer.body).flatMap { block in
                    try (try? Certificate.all(pkcs7: block.der)) ?? [Certificate(der: block.der)]
                }
        } catch {
            throw CAExchange.notUnderstood("the chain is no PKCS #7 file: \(error)", isCreating: false)
        }
        if found.isEmpty { throw CAExchange.notUnderstood("the chain holds no certificate", isCreating: false) }
        return found
    }
}
