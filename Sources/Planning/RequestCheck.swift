// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

public import ConnectorKit
import Foundation
public import JSONDocuments
public import Ledger
public import PKIX
public import Settings

/// What the rules of a template say of a request: one finding for each, good or not, so that a person sees all at once.
public struct RequestCheck: Sendable {
    public struct Finding: Sendable, Hashable {
        public enum Topic: String, Sendable {
            case key, names, product, record
        }

        public let topic: Topic
        public let isGood: Bool
        public let sentence: String
    }

    public private(set) var findings: [Finding]
    /// As they would be ordered.
    public let names: RequestedNames
    /// Such as `rsa3072`.
    public let keyType: String

    public var isGood: Bool { findings.allSatisfy(\.isGood) }
    /// Why it cannot be had; empty where it can.
    public var objections: String { findings.filter { !$0.isGood }.map(\.sentence).joined(separator: "; ") }

    /// - Parameters:
    ///   - template: one of requests.
    ///   - product: what the profile knows of its product; nil for nothing.
    public init(_ request: CertificateSigningRequest, _ template: TemplateConfiguration, _ product: ProductFacts?) {
        let policy = template.requests ?? RequestPolicy()
        let key = Self.key(request, policy, product)
        let (names, problems) = Self.names(request, policy)
        var findings = [key.finding]
        findings += problems.map { Finding(topic: .names, isGood: false, sentence: $0) }
        if problems.isEmpty {
            findings.append(
                Finding(topic: .names, isGood: true, sentence: "names: \(names.hosts.joined(separator: ", "))"))
        }
        if let product, !product.purposes.isEmpty, !product.purposes.contains(template.purpose) {
            findings.append(
                Finding(
                    topic: .product, isGood: false,
                    sentence: "product \(product.id) is not for servers: name another one in template \(template.name)")
            )
        }
        (self.findings, self.names, keyType) = (findings, names, key.type)
    }

    /// Why a request that is on record cannot be had by a template as it is now; nil where it can.
    public static func objection(
        to request: SubmittedRequest, by template: TemplateConfiguration, _ product: ProductFacts?
    ) -> String? {
        do {
            let check = RequestCheck(try CertificateSigningRequest(der: request.csr), template, product)
            return check.isGood ? nil : check.objections
        } catch {
            return "the request cannot be read any more: \(error)"
        }
    }

    /// The same, with what is on record against it; nil for nothing.
    public func adding(obstacle: String?) -> Self {
        var check = self
        if let obstacle { check.findings.append(Finding(topic: .record, isGood: false, sentence: obstacle)) }
        return check
    }

    private static func key(
        _ request: CertificateSigningRequest, _ policy: RequestPolicy, _ product: ProductFacts?
    ) -> (finding: Finding, type: String) {
        func bad(_ sentence: String, _ type: String = "") -> (Finding, String) {
            (Finding(topic: .key, isGood: false, sentence: sentence), type)
        }
        let key: PublicKey
        do { key = try request.publicKey } catch { return bad("the key of the request cannot be read: \(error)") }
        let name = key.keyType?.rawValue ?? key.algorithmName
        if let fault = key.unfitnessForSignatures { return bad("the key is not fit: \(fault)", name) }
        do { try request.verifySignature() } catch {
            return bad("the request is not signed by its own key: make it anew with the key of the server", name)
        }
        let asked = policy.keys.isEmpty ? product?.keyTypes ?? [] : policy.keys
        let allowed = asked.isEmpty ? KeyType.allCases : asked
        guard let type = key.keyType, allowed.contains(type) else {
            return bad("found a key of \(name), expected \(allowed.map(\.rawValue).joined(separator: ", "))", name)
        }
        return (Finding(topic: .key, isGood: true, sentence: "key: \(name)"), name)
    }

    /// Every name stands in the certificate: what may not be had is refused, and not left out.
    private static func names(
        _ request: CertificateSigningRequest, _ policy: RequestPolicy
    ) -> (names: RequestedNames, problems: [String]) {
        var hosts: [String] = []
        var problems: [String] = []
        if request.extensionLists > 1 {
            problems.append(
                "the request asks for \(request.extensionLists) lists of extensions, expected one: another CA may read another one"
            )
        }
        for name in request.subjectAlternativeNames {
            guard case .dNSName(let host) = name else {
                problems.append("the request asks for a name that is no host name (\(word(name))): leave it out")
                continue
            }
            hosts.append(host.lowercased())
        }
        let common = request.subject.attributes.filter { $0.type == "CN" }.map(\.value)
        if common.count > 1 { problems.append("the request has \(common.count) common names, expected one") }
        // Old tools name the host there alone; every client looks at the alternative names (RFC 9525).
        if let host = common.first?.lowercased(), !hosts.contains(host) {
            if hosts.isEmpty || policy.objection(to: host) == nil {
                hosts.insert(host, at: 0)
            } else {
                problems.append("the common name \(common[0]) is none of the host names of the request")
            }
        }
        var seen: Set<String> = []
        hosts = hosts.filter { seen.insert($0).inserted }
        if hosts.isEmpty { problems.append("the request names no host") }
        if hosts.count > 100 { problems.append("the request has \(hosts.count) host names, expected 100 at most") }
        problems += hosts.prefix(100).compactMap(policy.objection)
        let main = common.first?.lowercased() ?? hosts.first
        // A longer one fits no common name (RFC 5280 appendix A.1), and needs none.
        return (
            RequestedNames(commonName: main.flatMap { $0.unicodeScalars.count <= 64 ? $0 : nil }, hosts: hosts),
            problems
        )
    }

    private static func word(_ name: GeneralName) -> String {
        switch name {
        case .rfc822Name(let address): "address \(address)"
        case .iPAddress(let bytes): "IP address of \(bytes.count) bytes"
        case .uniformResourceIdentifier(let uri): uri
        default: "of another kind"
        }
    }

    public var json: JSONValue {
        [
            "good": .bool(isGood), "hosts": JSONValue(names.hosts), "key": .string(keyType),
            "findings": .array(
                findings.map {
                    [
                        "topic": .string($0.topic.rawValue), "good": .bool($0.isGood), "sentence": .string($0.sentence),
                    ]
                }),
        ]
    }
}
