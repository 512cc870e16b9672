// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Foundation
import Secrets

/// The settings of the profile `local-ca`, as the code uses them.
struct LocalCASettings: Sendable {
    var directory: CADirectory
    /// Opens the keys of the issuing CA; nil when they are not encrypted.
    var passphrase: Secret?
    /// Goes into every certificate; nil leaves the extension out.
    var crlURL: String?
    var issuerURL: String?
    /// From the making of a CRL to its `nextUpdate`.
    var crlLifetime: TimeInterval = 86_400
    /// Of a certificate whose request does not say.
    var leafDays = 365

    init(_ settings: ConnectorSettings) throws(ConnectorError) {
        guard let directory = settings.values["directory"]?.string, !directory.isEmpty else {
            throw ConnectorError(.configuration, "settings.directory: expected the folder of the CA, found nothing")
        }
        self.directory = CADirectory(path: directory)
        let passphrase = settings.secrets["passphrase"]
        self.passphrase = passphrase?.isEmpty == false ? passphrase : nil
        crlURL = try Self.address("crlURL", settings, notThatOf: "root.crl")
        issuerURL = try Self.address("issuerURL", settings, notThatOf: "root.cer")
        if let hours = try Self.number("crlHours", 1...8784, settings) { crlLifetime = Double(hours) * 3600 }
        if let days = try Self.number("validityDays", 1...36_500, settings) { leafDays = days }
    }

    /// Each key of the issuing CA has a list and a certificate of its own: `issuing.crl`, then `issuing-2.crl` …
    func crlURL(of generation: Int) -> String? { crlURL.map { Self.numbered($0, generation) } }
    func issuerURL(of generation: Int) -> String? { issuerURL.map { Self.numbered($0, generation) } }

    private static func numbered(_ url: String, _ generation: Int) -> String {
        guard generation > 1 else { return url }
        let start = url.lastIndex(of: "/").map(url.index(after:)) ?? url.startIndex
        let dot = url[start...].lastIndex(of: ".") ?? url.endIndex
        return "\(url[..<dot])-\(generation)\(url[dot...])"
    }

    /// Another file beside the one at an address.
    static func beside(_ url: String, _ name: String) -> String {
        guard let slash = url.lastIndex(of: "/") else { return url }
        return url[...slash] + name
    }

    /// - Throws: for what is not `http:`. Who checks an `https:` address needs the certificate that is being checked, and Entra
    ///   and S/MIME programs take `http:` only.
    static func requireHTTP(_ url: String, _ name: String) throws(ConnectorError) {
        guard url.lowercased().hasPrefix("http://"), let last = url.split(separator: "/").last, url.utf8.count > 7,
            url.split(separator: "/").count > 2, !last.isEmpty, url.utf8.allSatisfy({ 0x20 < $0 && $0 < 0x7F })
        else {
            throw ConnectorError(
                .configuration,
                "\(name): found \"\(url)\", expected an address such as http://pki.example.com/issuing.crl")
        }
    }

    /// - Parameter rootFile: the root's file of that kind, which is published beside the issuing CA's.
    /// - Throws: for what is not `http:`, and for the address of the root's file: revocations would be looked for in another CA's list.
    static func requireAddress(_ url: String, _ name: String, notThatOf rootFile: String) throws(ConnectorError) {
        try requireHTTP(url, name)
        guard url.lowercased() == beside(url, rootFile).lowercased() else { return }
        throw ConnectorError(
            .configuration,
            "\(name): found \"\(url)\", which is where the root's \(rootFile) goes; expected an address of the issuing CA's own, such as "
                + beside(url, rootFile.replacingOccurrences(of: "root", with: "issuing")))
    }

    private static func address(_ key: String, _ settings: ConnectorSettings, notThatOf rootFile: String)
        throws(ConnectorError) -> String?
    {
        guard let url = settings.values[key]?.string else { return nil }
        try requireAddress(url, "settings.\(key)", notThatOf: rootFile)
        return url
    }

    private static func number(_ key: String, _ range: ClosedRange<Int>, _ settings: ConnectorSettings)
        throws(ConnectorError) -> Int?
    {
        guard let value = settings.values[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw ConnectorError(
                .configuration,
                "settings.\(key): found \(value.text), expected a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}
