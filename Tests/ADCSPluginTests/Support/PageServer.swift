// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import PKIX
import Synchronization

/// Web Enrollment without network: pages by name from `Fixtures`, certificates from a CA with two generations.
final class PageServer: HTTPClient {
    typealias Script = @Sendable (HTTPRequest) throws -> HTTPResponse?

    let root: Certificate
    let generations: [Certificate]
    private let keys: [PrivateKey]
    private let now: Date
    private let state = Mutex((script: Script?.none, requests: [HTTPRequest](), issued: [String: Certificate]()))

    init(now: Date) throws {
        self.now = now
        let rootKey = try PrivateKey.generate(.p256)
        root = try CertificateBuilder(
            profile: .rootAuthority, subject: [("CN", "Example Root")], publicKey: rootKey.publicKey,
            notBefore: now - 86_400 * 400, notAfter: now + 86_400 * 3650
        ).selfSigned(key: rootKey)
        keys = try (0..<2).map { _ in try PrivateKey.generate(.p256) }
        var generations: [Certificate] = []
        for key in keys {
            generations.append(
                try CertificateBuilder(
                    profile: .issuingAuthority, subject: [("CN", "Example CA")], publicKey: key.publicKey,
                    notBefore: now - 86_400 * 300, notAfter: now + 86_400 * 1825
                ).signed(by: root, key: rootKey))
        }
        self.generations = generations
    }

    /// Answers first; nil leaves the answer to the server.
    func answer(_ script: @escaping Script) { state.withLock { $0.script = script } }

    var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The fields of the latest submission.
    var form: [String: String] {
        let body = String(decoding: requests.last { $0.body != nil }?.body ?? [], as: UTF8.self)
        let pairs = body.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]).removingPercentEncoding ?? "")
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }

    /// Puts a certificate under a request number.
    func issue(
        _ id: String, _ csr: CertificateSigningRequest, generation: Int = 1,
        _ change: (inout CertificateBuilder) -> Void = { _ in }
    ) throws {
        var builder = CertificateBuilder(
            profile: .smime, subject: csr.subject, publicKey: try csr.publicKey,
            alternativeNames: csr.subjectAlternativeNames, notBefore: now - 60, notAfter: now + 86_400 * 365)
        change(&builder)
        let certificate = try builder.signed(by: generations[generation], key: keys[generation])
        state.withLock { $0.issued[id] = certificate }
    }

    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
        let script = state.withLock { state in
            state.requests.append(request)
            return state.script
        }
        do {
            return try script?(request) ?? standardAnswer(request)
        } catch let error as HTTPTransportError {
            throw error
        } catch {
            throw HTTPTransportError(.invalidRequest, "the test is wrong: \(error)")
        }
    }

    private func standardAnswer(_ request: HTTPRequest) throws -> HTTPResponse {
        let parts = request.url.split(separator: "?", maxSplits: 1)
        let query = Dictionary(
            (parts.count > 1 ? parts[1].split(separator: "&") : []).map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1)
                return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
            }, uniquingKeysWith: { $1 })
        let generation = Int(query["Renewal"] ?? "") ?? 0
        func file(_ bytes: [UInt8], _ type: String) -> HTTPResponse {
            HTTPResponse(status: 200, headers: HTTPHeaders([("Content-Type", type)]), body: bytes)
        }
        switch request.page {
        case "", "certrqxt.asp": return try Folder.page("templates")
        case "certcarc.asp": return try Folder.page("authority")
        case "certfnsh.asp": return try Folder.page("issued")
        case "certnew.p7b":
            return file(
                try CertsOnlyMessage.encode([root, generations[generation]]), "application/x-pkcs7-certificates")
        case "certcrl.crl":
            let list = try CertificateRevocationList.make(
                issuer: generations[generation], key: keys[generation], number: 42, thisUpdate: now - 3600,
                nextUpdate: now + 86_400, entries: [])
            return file(list.der, "application/pkix-crl")
        case "certnew.cer":
            let id = query["ReqID"] ?? ""
            let found =
                id == "CACert" ? [generations[generation]] : state.withLock { [$0.issued[id]].compactMap(\.self) }
            return found.isEmpty ? try Folder.page("retrieve-none") : file(found[0].der, "application/pkix-cert")
        default: return HTTPResponse(status: 404)
        }
    }
}

extension HTTPRequest {
    /// Name of the page below `/certsrv/`.
    var page: String {
        String(url.split(separator: "?")[0].split(separator: "/", omittingEmptySubsequences: false).last ?? "")
    }
    func header(_ name: String) -> String? { headers.last { $0.name.lowercased() == name.lowercased() }?.value }
}
