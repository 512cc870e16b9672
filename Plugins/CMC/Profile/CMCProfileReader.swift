// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Expressions
import PKIX
import ProfileOperations
import YAMLDocuments

/// Reads the section `cmc` strictly.
struct CMCProfileReader {
    private let profile: ConnectorProfile
    private let collector = DiagnosticCollector()
    private let library = ExpressionLibrary()

    init(_ profile: ConnectorProfile) { self.profile = profile }

    /// - Throws: everything that is wrong with the section.
    static func read(_ profile: ConnectorProfile) throws(Diagnostics) -> CMCProfile {
        let reader = CMCProfileReader(profile)
        let section = reader.read()
        reader.library.compile(into: reader.collector)
        try reader.collector.check()
        return section
    }

    private func read() -> CMCProfile {
        collector.add(contentsOf: profile.diagnoseSections(known: CMCConnector.profileKeys))
        let node = profile.sections["cmc"]
        if node == nil {
            collector.add(
                Diagnostic(
                    file: profile.file, keyPath: "cmc", message: "cmc is missing",
                    hint: "it names at least the operator's certificate and who signs answers"))
        }
        let empty = YAMLNode(.mapping([]), file: profile.file, line: 1, column: 1)
        // What the missing section lacks has been said by its name.
        let reader = MappingReader(
            node ?? empty, path: "cmc", collector: node == nil ? DiagnosticCollector() : collector)
        defer { finish(reader, "cmc") }
        let path = reader.string("path") ?? ""
        if !path.isEmpty, let problem = RelativePath.problem(path) { reader.add("path", problem) }
        let contentType = reader.string("contentType") ?? "application/pkcs7-mime; smime-type=CMC-request"
        if !contentType.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            reader.add("contentType", "expected the value of a header")
        }
        let nonce = reader.node("nonce")?.word(at: "cmc.nonce", of: ["strict", "lenient"], collector)
        let check = reader.node("check")?.word(at: "cmc.check", of: ["message", "none"], collector)
        let digest = reader.node("digest")?.word(at: "cmc.digest", of: Self.digests, collector)
        let (certificate, password) = operatorSettings(reader)
        return CMCProfile(
            path: path, query: reader.program("query", library), contentType: contentType,
            timeout: reader.duration("timeout", in: .exchange) ?? .seconds(60), operatorCertificate: certificate,
            operatorPassword: password, isTLSClient: reader.bool("tlsClientCertificate") ?? false,
            signer: reader.choice("signer") ?? .issuerAndSerialNumber,
            digest: digest.flatMap(DigestAlgorithm.init) ?? .sha256,
            identification: reader.template("identification", library), regInfo: reader.template("regInfo", library),
            responder: responder(reader), isNonceRequired: nonce != "lenient",
            allowsSimpleResponse: reader.bool("simpleResponse") ?? false, poll: polling(reader),
            isDuplicateSafe: reader.bool("duplicateSafe") ?? false, sendsCheck: check != "none")
    }

    static let digests = ["sha256", "sha384", "sha512"]

    private func operatorSettings(_ reader: MappingReader) -> (certificate: String, password: String?) {
        guard let node = reader.requiredNode("operator") else { return ("", nil) }
        let inner = MappingReader(node, path: "cmc.operator", collector: collector)
        defer { finish(inner, "cmc.operator") }
        _ = inner.requiredNode("certificate")
        return (setting(inner, "certificate", .secret) ?? "", setting(inner, "password", .secret))
    }

    private func responder(_ reader: MappingReader) -> CMCProfile.Responder {
        guard let node = reader.requiredNode("responder") else {
            return CMCProfile.Responder(certificates: nil, trustAnchors: nil, purpose: nil)
        }
        let inner = MappingReader(node, path: "cmc.responder", collector: collector)
        defer { finish(inner, "cmc.responder") }
        if !inner.has("certificates"), !inner.has("trustAnchors") {
            inner.add("certificates", "nobody may sign answers", hint: "name a setting in certificates or trustAnchors")
        }
        // Otherwise every subscriber of that CA could sign answers.
        if inner.has("trustAnchors") { _ = inner.requiredNode("purpose") }
        return CMCProfile.Responder(
            certificates: setting(inner, "certificates", .text), trustAnchors: setting(inner, "trustAnchors", .text),
            purpose: inner.string("purpose").map(KeyPurpose.init(rawValue:)))
    }

    private func polling(_ reader: MappingReader) -> CMCProfile.Polling {
        let inner = reader.mapping("poll")
        defer { inner.map { finish($0, "cmc.poll") } }
        let polling = CMCProfile.Polling(
            minimum: inner?.duration("minimum", in: .rest) ?? .seconds(60),
            maximum: inner?.duration("maximum", in: .rest) ?? .seconds(86_400),
            giveUpAfter: inner?.duration("giveUpAfter", in: .patience) ?? .seconds(14 * 86_400))
        if polling.maximum < polling.minimum { inner?.add("maximum", "expected at least the minimum") }
        return polling
    }

    /// The name of a setting of the profile.
    private func setting(_ reader: MappingReader, _ key: String, _ type: SettingSchema.ValueType) -> String? {
        let known = profile.settings.filter { $0.type == type }.map(\.key)
        return reader.node(key)?.word(at: reader.path(of: key), of: known, collector)
    }

    private func finish(_ reader: MappingReader, _ path: String) {
        reader.finish(known: CMCConnector.profileKeys.names(in: path))
    }
}
