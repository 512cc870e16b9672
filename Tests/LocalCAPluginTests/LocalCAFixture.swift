// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import HTTPTransport
import JSONDocuments
import PKIX
import Secrets
import Synchronization

@testable import LocalCAPlugin

/// A local CA in a fresh folder that is removed with its owner.
final class LocalCAFixture: Sendable {
    let path: String
    let clock = TestClock()
    let profile: ConnectorProfile
    let settings: ConnectorSettings
    /// Issuing CA, root.
    let authorities: [Certificate]
    /// With which it was made, to go on with.
    let ceremony: AuthorityCeremony

    init(
        keyType: KeyType = .p256, passphrase: Secret? = nil, rootPassphrase: Secret? = nil, crlURL: String? = nil,
        issuerURL: String? = nil, crlHours: Int? = nil, purposes: [CertificatePurpose]? = nil
    ) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("certway-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        var values: [String: JSONValue] = ["directory": .string(path + "/ca")]
        if let crlURL { values["crlURL"] = .string(crlURL) }
        if let issuerURL { values["issuerURL"] = .string(issuerURL) }
        if let crlHours { values["crlHours"] = JSONValue(crlHours) }
        settings = ConnectorSettings(
            values: values, secrets: passphrase.map { ["passphrase": $0] } ?? [:], endpoint: "")
        profile = try Self.readProfile()
        var ceremony = Self.ceremony(path)
        ceremony.keyType = keyType
        if let purposes { ceremony.purposes = purposes }
        ceremony.rootPassphrase = rootPassphrase
        (ceremony.crlURL, ceremony.issuerURL) = (crlURL, issuerURL)
        self.ceremony = ceremony
        authorities = try LocalCAAuthority.create(LocalCASettings(settings), ceremony, now: clock.now())
    }

    /// The folder of another fixture, seen from another process, which does not remove it.
    init(existing path: String) throws {
        self.path = path
        settings = ConnectorSettings(values: ["directory": .string(path + "/ca")], endpoint: "")
        profile = try Self.readProfile()
        authorities = []
        ceremony = Self.ceremony(path)
    }

    static func ceremony(_ path: String) -> AuthorityCeremony {
        var ceremony = AuthorityCeremony()
        (ceremony.name, ceremony.rootFolder, ceremony.keyType) = ("Example CA", path + "/ca-root", .p256)
        return ceremony
    }

    deinit {
        // Empty for a folder of another process.
        if !authorities.isEmpty { try? FileManager.default.removeItem(atPath: path) }
    }

    func file(_ name: String) -> String { path + "/ca/" + name }

    /// Puts a file into the CA's folder, as a person would who restores it.
    func put(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file(name))
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: file(name)))) }

    /// The profile that ships.
    static func readProfile() throws -> ConnectorProfile {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: repository.appendingPathComponent("connectors.d/local-ca.yaml"), encoding: .utf8)
        return try ConnectorProfile.read(text, file: "local-ca.yaml")
    }

    /// A connector of its own, as another process would have.
    func makeConnector() throws -> LocalCAConnector {
        try LocalCAConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(
                http: NoHTTP(), clock: clock, logger: SilentLogger(),
                rateLimiter: SlidingWindowRateLimiter(limits: [])))
    }

    static func request(
        _ reference: String, product: String = "smime", purpose: CertificatePurpose = .smime,
        keyType: KeyType = .p256, names: RequestedNames? = nil, days: Int? = nil
    ) throws -> CertificateRequest {
        CertificateRequest(
            reference: reference, product: product,
            csr: try .make(subject: [], key: .generate(keyType)),
            names: names ?? RequestedNames(commonName: "Ada", emails: ["ada@sandbox.example"]), validityDays: days,
            purpose: purpose)
    }
}

/// Stands still until told otherwise.
final class TestClock: ConnectorClock {
    private let time = Mutex(Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))
    func now() -> Date { time.withLock { $0 } }
    func uptime() -> Duration { .seconds(now().timeIntervalSince1970) }
    func advance(days: Double) { time.withLock { $0 += days * 86_400 } }
    func advance(hours: Double) { advance(days: hours / 24) }
    func sleep(for duration: Duration) async throws {}
}

/// The local CA has no use for a network.
struct NoHTTP: HTTPClient {
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse { fatalError("no network here") }
}

extension EnrollmentOutcome {
    var chain: [Certificate]? { if case .issued(let issued) = self { issued.certificateChain } else { nil } }
    var rejection: String? { if case .rejected(let rejection) = self { rejection.reason } else { nil } }
}
