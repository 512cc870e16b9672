// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
public import Foundation
public import HTTPTransport
public import PKIX
import Synchronization

/// Reads what CAs publish about revocation where their certificates say it is: lists, and the answers of responders. Only what the
/// issuer has signed counts.
public final class RevocationReader: Sendable {
    /// A revoked certificate as the CA shows it to everybody.
    public struct Sight: Sendable, Hashable {
        /// The address.
        public let place: String
        public let at: Date
        /// By the word of RFC 5280 §5.3.1; nil where the CA names none.
        public let reason: String?
        public let serialNumber: String

        /// For people.
        public var sentence: String {
            "certificate \(serialNumber) is seen as revoked on \(at.ISO8601Format())\(reason.map { ", \($0)," } ?? "") in \(place)"
        }
    }

    public enum Finding: Sendable {
        case revoked(Sight)
        /// Not there yet, or it could not be read; the end of a sentence. `wasRead` says that all places were read, and name it nowhere.
        case missing(String, wasRead: Bool)
        /// The certificate names no place that can be read.
        case nowhere
    }

    private struct Fetched {
        let at: Date
        let list: CertificateRevocationList
    }

    private static let timeout = Duration.seconds(30)
    /// So long a list serves certificates that were revoked before it was read, and a large one all.
    private static let rest: TimeInterval = 10
    private static let many = 1000

    private let http: any HTTPClient
    private let lists = Mutex<[String: Fetched]>([:])

    public init(_ http: any HTTPClient) { self.http = http }

    /// - Parameters:
    ///   - issuers: certificates among which the issuer is.
    ///   - date: a list that was read before is too old.
    public func look(
        at certificate: Certificate, issuers: [Certificate], since date: Date, now: Date
    ) async -> Finding {
        var (notes, wasRead): ([String], Bool) = ([], true)
        for address in certificate.crlDistributionPoints where Self.isReadable(address) {
            do {
                let list = try await list(address, certificate, issuers, since: date, now: now)
                guard let entry = list.entry(for: certificate.serialNumber) else {
                    let isOld = list.nextUpdate.map { $0 < now } ?? false
                    notes.append("not in \(address)\(isOld ? ", which is out of date" : "")")
                    if isOld { wasRead = false }
                    continue
                }
                return .revoked(
                    Sight(
                        place: address, at: entry.revocationDate,
                        reason: entry.reasonCode == 0 ? nil : RevocationReason(rawValue: entry.reasonCode)?.name,
                        serialNumber: certificate.serialNumber.hex))
            } catch {
                notes.append("\(address) cannot be read (\(error))")
                wasRead = false
            }
        }
        for address in certificate.ocspURLs where Self.isReadable(address) {
            do {
                switch try await ask(address, certificate, issuers, now: now) {
                case .revoked(let date, let reasonCode):
                    return .revoked(
                        Sight(
                            place: address, at: date,
                            reason: reasonCode.flatMap { RevocationReason(rawValue: $0)?.name },
                            serialNumber: certificate.serialNumber.hex))
                case .good: notes.append("good by \(address)")
                case .unknown:
                    notes.append("unknown to \(address)")
                    wasRead = false
                }
            } catch {
                notes.append("\(address) cannot be asked (\(error))")
                wasRead = false
            }
        }
        return notes.isEmpty ? .nowhere : .missing(notes.joined(separator: "; "), wasRead: wasRead)
    }

    /// What a responder says.
    ///
    /// - Throws: `HTTPError`, `PKIXError`.
    private func ask(
        _ address: String, _ certificate: Certificate, _ issuers: [Certificate], now: Date
    ) async throws -> OCSPStatus {
        let exchange = try OCSPExchange(about: certificate, issuer: Self.issuer(of: certificate, issuers))
        var request = HTTPRequest(
            method: "POST", url: address, headers: [("Content-Type", "application/ocsp-request")],
            body: exchange.request, timeout: Self.timeout)
        // The answer carries its own signature.
        request.allowsPlainHTTP = true
        var answer = try await http.send(request)
        if Self.wantsGET.contains(answer.status), let url = Self.url(address, exchange.request) {
            request = HTTPRequest(url: url, timeout: Self.timeout)
            request.allowsPlainHTTP = true
            answer = try await http.send(request)
        }
        guard answer.isSuccess else { throw PKIXError(.malformed, "HTTP status \(answer.status)") }
        return try exchange.status(in: answer.body, at: now)
    }

    /// What responders answer to a POST that know only GET, such as those behind a content network (RFC 5019 asks for GET). POST comes first:
    /// its answers come from no cache, and it is asked right after a revocation.
    private static let wantsGET: Set<Int> = [400, 403, 404, 405, 411, 501]
    /// RFC 6960 A.1 has requests of 255 octets and more sent by POST alone.
    private static let longestGET = 254

    /// The address of a request by GET: behind the responder's own, the request in Base64, what a path may not have escaped.
    static func url(_ address: String, _ request: [UInt8]) -> String? {
        let allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7f}"))
        guard let text = Data(request).base64EncodedString().addingPercentEncoding(withAllowedCharacters: allowed),
            text.count <= longestGET
        else { return nil }
        return address.hasSuffix("/") ? address + text : "\(address)/\(text)"
    }

    private static func issuer(of certificate: Certificate, _ issuers: [Certificate]) throws -> Certificate {
        guard let issuer = issuers.first(where: { certificate.isIssued(by: $0) }) else {
            throw PKIXError(.signatureMismatch, "the issuer's certificate is not known")
        }
        return issuer
    }

    /// The first list that a certificate names and that can be read; nil where it names none.
    ///
    /// - Throws: `HTTPError`, `PKIXError` of the last one, where none could be read.
    public func list(
        of certificate: Certificate, issuers: [Certificate], now: Date
    ) async throws -> CertificateRevocationList? {
        var failure: (any Error)?
        for address in certificate.crlDistributionPoints where Self.isReadable(address) {
            do { return try await list(address, certificate, issuers, since: now, now: now) } catch { failure = error }
        }
        if let failure { throw failure }
        return nil
    }

    /// A list of the issuer of a certificate.
    ///
    /// - Throws: `HTTPError`, `PKIXError`.
    func list(
        _ address: String, _ certificate: Certificate, _ issuers: [Certificate], since date: Date, now: Date
    ) async throws -> CertificateRevocationList {
        if let known = lists.withLock({ $0[address] }), now >= known.at, now.timeIntervalSince(known.at) < Self.rest,
            known.at > date || known.list.entries.count > Self.many
        {
            return known.list
        }
        var request = HTTPRequest(url: address, timeout: Self.timeout)
        // The list carries its own signature.
        request.allowsPlainHTTP = true
        let answer = try await http.send(request)
        guard answer.isSuccess else { throw PKIXError(.malformed, "HTTP status \(answer.status)") }
        let list = try Self.list(answer.body)
        try list.verifySignature(by: Self.issuer(of: certificate, issuers))
        lists.withLock { lists in
            if lists.count > 64 { lists = [:] }
            lists[address] = Fetched(at: now, list: list)
        }
        return list
    }

    /// DER as RFC 5280 §4.2.1.13 asks, or PEM, as some CAs publish it.
    private static func list(_ body: [UInt8]) throws -> CertificateRevocationList {
        guard body.starts(with: Array("-----BEGIN".utf8)) else { return try CertificateRevocationList(der: body) }
        return try CertificateRevocationList(pem: String(decoding: body, as: UTF8.self))
    }

    static func isReadable(_ address: String) -> Bool {
        ["http://", "https://"].contains { address.lowercased().hasPrefix($0) }
    }
}
