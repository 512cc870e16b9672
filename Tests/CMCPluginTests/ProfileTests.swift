// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import JSONDocuments
import PKIX
import Secrets
import TestSupport
import Testing
import YAMLDocuments

@testable import CMCPlugin

@Suite(.timeLimit(.minutes(5))) struct ProfileTests {
    private func diagnose(_ section: String) throws -> [String] {
        CMCConnector.diagnose(try ConnectorProfile.read(Backend.profile(section), file: "test.yaml")).map(\.keyPath)
    }

    @Test func theSmallestProfileIsFine() throws { #expect(try diagnose("") == []) }

    @Test(arguments: [
        ("path: https://other.example/x", "cmc.path"), ("path: //x", "cmc.path"), ("query: '{a: '", "cmc.query"),
        ("query: 'env'", "cmc.query"), ("contentType: 5", "cmc.contentType"), ("signer: name", "cmc.signer"),
        ("digest: md5", "cmc.digest"), ("digest: sha1", "cmc.digest"), ("nonce: no", "cmc.nonce"),
        ("poll: {minimum: 2h, maximum: 1h}", "cmc.poll.maximum"), ("poll: {every: 2h}", "cmc.poll.every"),
        ("duplicatesafe: true", "cmc.duplicatesafe"), ("check: maybe", "cmc.check"),
        ("regInfo: '${ . '", "cmc.regInfo"),
        ("responder: {}", "cmc.responder.certificates"),
        ("responder: {certificates: nothing}", "cmc.responder.certificates"),
        ("responder: {trustAnchors: account}", "cmc.responder.purpose"), ("timeout: 5", "cmc.timeout"),
    ])
    func mistakesAreNamed(_ line: String, _ path: String) throws {
        #expect(try diagnose(line) == [path])
    }

    @Test func aProfileWithoutTheSectionIsToldSo() throws {
        let profile = try ConnectorProfile.read(
            "connector: x\ntitle: X\nmodule: cmc\nenvironments: {production: https://ca.example}\n", file: "x.yaml")
        #expect(CMCConnector.diagnose(profile).map(\.keyPath) == ["cmc"])
    }

    /// A key that is described and never read, or read and not described, would mislead whoever writes a profile.
    @Test func everyDescribedKeyIsRead() throws {
        let folder = Vectors.tests.deletingLastPathComponent().appendingPathComponent("Plugins/CMC/Profile")
        let source = try String(contentsOf: folder.appendingPathComponent("CMCProfileReader.swift"), encoding: .utf8)
        for key in CMCConnector.profileKeys where !key.isTopLevel {
            #expect(source.contains("\"\(key.path.split(separator: ".").last ?? "")\""), "\(key.path)")
        }
    }

    @Test func theProfileOfSwissSign() throws {
        let text = try String(
            contentsOf: Vectors.connectors.appendingPathComponent("swisssign.yaml"), encoding: .utf8)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 150)
        let profile = try ConnectorProfile.read(text, file: "swisssign.yaml")
        #expect(CMCConnector.diagnose(profile) == [])
        for ability in profile.abilities { #expect([.poll, .revoke, .findByReference].contains(ability)) }
    }

    @Test(arguments: [(nil, "1y"), (1, "1y"), (365, "1y"), (366, "1y"), (730, "2y"), (1095, "3y")] as [(Int?, String)])
    func theAddressOfSwissSign(_ days: Int?, _ validity: String) async throws {
        let ca = try ScriptedCA { $0.csr == nil ? try $1.answer($0, []) : try $1.issued($0) }
        let text = try String(
            contentsOf: Vectors.connectors.appendingPathComponent("swisssign.yaml"), encoding: .utf8)
        let profile = try ConnectorProfile.read(text, file: "swisssign.yaml")
        let settings = try profile.settings(
            values: ["account": "totemoag.ra", "responderCertificate": .string(ca.responder.pem)],
            secrets: ["operatorCertificate": Secret(try ClientFile.pem())])
        let connector = try CMCConnector(
            profile: profile, settings: settings,
            services: ConnectorServices(
                http: ca, clock: TestClock(), logger: SilentLogger(), rateLimiter: FreeLimiter()))
        var request = try Backend.request()
        request.validityDays = days
        let certificate = try #require(try await connector.enroll(request).certificate)
        let base = "https://ra.swisssign.net/ws/cmc?account=totemoag.ra"
        #expect(ca.requests.last?.http.url == base + "&product=gold&validity=\(validity)")
        _ = try await connector.revoke(
            RevocationRequest(
                certificate: certificate, order: CAOrder(caRequestID: "01"), reason: .superseded, comment: ""))
        #expect(ca.requests.last?.http.url == base)
        _ = try await connector.check()
        #expect(ca.requests.last?.http.url == base)
        #expect(ca.requests.allSatisfy { $0.http.headers.map(\.value) == ["application/pkcs7-mime", "no-cache"] })
    }
}
