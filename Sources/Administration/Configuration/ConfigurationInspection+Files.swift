// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import PKIX
import Secrets
import Settings
import YAMLDocuments

extension ConfigurationInspection {
    /// The file that a key names; nil when there is none, or what is wrong with it is noted.
    func file(_ reader: MappingReader, _ key: String, _ path: String?) -> SettingsFile? {
        guard let path, !path.isEmpty, let node = reader.node(key), isAbsolute(path, node, reader.path(of: key)) else {
            return nil
        }
        return SettingsFile(path: path)
    }

    /// The certificates in the file that a key names.
    ///
    /// - Parameters:
    ///   - what: whose certificate belongs there.
    ///   - isOne: whether it is one certificate, and which of several is meant nobody could tell.
    ///   - mayHoldKey: whether its private key may stand beside it.
    @discardableResult
    func certificates(
        _ reader: MappingReader, _ key: String, _ path: String?, _ what: String, isOne: Bool = false,
        mayHoldKey: Bool = false
    ) -> [Certificate] {
        guard let file = file(reader, key, path), let text = attempt(reader, key, { try file.text() }) else {
            return []
        }
        guard let found = attempt(reader, key, { try Self.certificates(in: text, of: file) }) else { return [] }
        if found.isEmpty {
            reader.add(
                key, "file \(file.path) holds \(Self.content(of: text)), expected \(what) in PEM",
                hint: "put it there, beginning with -----BEGIN CERTIFICATE-----")
        }
        if isOne, found.count > 1 {
            reader.add(
                key, "file \(file.path) holds \(found.count) certificates, expected \(what) alone",
                hint: "leave out the CAs above it")
        }
        if !found.isEmpty, !mayHoldKey, text.contains(/-----BEGIN [A-Z ]*PRIVATE KEY-----/) {
            reader.add(
                key, "file \(file.path) holds a private key beside \(what)",
                hint: "take it out: it stays with its owner, and nothing here needs it")
        }
        return found
    }

    private static func certificates(in text: String, of file: SettingsFile) throws -> [Certificate] {
        do {
            return try Certificate.all(pem: text)
        } catch {
            throw SettingsError("file \(file.path): \(error)")
        }
    }

    /// A secret as it lies there now; nil when it does not, which is noted, or nobody is to look.
    @discardableResult
    func secret(_ reference: SecretReference, _ node: YAMLNode, _ path: String) -> Secret? {
        switch reference.place {
        case .environment where !readsEnvironment:
            if (try? reference.resolve()) == nil {
                remarks.add(
                    "\(path): \(reference) is not set here: see that the service has it, or the CA is told nothing and signs nobody in"
                )
            }
            return nil
        case .file(let file) where !isAbsolute(file, node, path): return nil
        default:
            do {
                return try reference.resolve()
            } catch {
                reading.collector.add(node, path, error.message)
                return nil
            }
        }
    }

    /// The service may run in another folder than whoever applies the file.
    func isAbsolute(_ path: String, _ node: YAMLNode, _ keyPath: String) -> Bool {
        guard SecretReference("file:\(path)") != nil else {
            reading.collector.add(node, keyPath, "expected a path without control characters")
            return false
        }
        if path.hasPrefix("/") { return true }
        reading.collector.add(
            node, keyPath, "expected an absolute path, found \"\(path)\"",
            hint: "such as \(URL(filePath: path).standardized.path): the service may run in another folder")
        return false
    }

    /// What a text that should be a certificate is instead, for people.
    private static func content(of text: String) -> String {
        let labels = text.matches(of: /-----BEGIN ([A-Z0-9 ]+)-----/).map { "\($0.1)" }
        return labels.isEmpty ? "no PEM" : labels.joined(separator: ", ")
    }
}
