// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Gateway
import Settings

/// Which secrets and files a configuration from afar may name: those that it names already for the same use, and those that lie where
/// the machine has put them for it. Everything else on the machine, be it readable for the gateway, is not the caller's to send anywhere.
struct SourcesFromAfar {
    let home: GatewayHome
    /// Beside the gateway's own.
    let folders: [String]
    let former: [NamedSource]
    let new: [NamedSource]
    /// What was named once and is not any more.
    let remembered: [NamedSource]

    var obstacles: [String] { new.compactMap { obstacle(to: $0) } }

    func obstacle(to source: NamedSource) -> String? {
        guard !former.contains(where: { isSame($0, source) }) else { return nil }
        guard let file = source.reference.path.map(Self.resolved), isOffered(file, isSecret: source.isSecret) else {
            return
                "\(source.place): names \(source.reference), and from here it can name what lies in \(home.secrets): put it there, or "
                + "\(MachineOnly.remedy)"
        }
        let isTaken = (former + new + remembered + ownSecrets).contains { other in
            other.destination != source.destination && (other.isSecret || source.isSecret)
                && (other.reference.path.map(Self.resolved).map { file == $0 || file.hasPrefix($0 + "/") } ?? false)
        }
        guard isTaken else { return nil }
        return
            "\(source.place): names \(source.reference), which is or was used at another address or for something else: give it a file of its own, or "
            + "\(MachineOnly.remedy)"
    }

    /// Whether it stands so already, and a secret goes where it has gone.
    private func isSame(_ one: NamedSource, _ other: NamedSource) -> Bool {
        one.place == other.place && one.reference == other.reference
            && (!other.isSecret || one.destination == other.destination)
    }

    /// The gateway's own folder offers what lies in the folders for it, whatever folder the machine names around it.
    private func isOffered(_ file: String, isSecret: Bool) -> Bool {
        func lies(in folder: String) -> Bool { file.hasPrefix(Self.resolved(folder) + "/") }
        if lies(in: home.secrets) { return true }
        // CAs of our own: their certificates are named, and the gateway opens their keys by itself.
        if lies(in: home.path) { return !isSecret && lies(in: home.authorities) }
        return folders.contains(where: lies)
    }

    /// What the gateway signs in with at its database, which no configuration names.
    private var ownSecrets: [NamedSource] {
        [(try? home.location())?.secret].compactMap(\.self).map {
            NamedSource(place: "", reference: $0, isSecret: true, destination: [:])
        }
    }

    /// One text for each file, by whatever name it is reached; that of a missing one lies in its folder.
    private static func resolved(_ path: String) -> String {
        if let found = real(path) { return found }
        let url = URL(filePath: path)
        return real(url.deletingLastPathComponent().path).map { "\($0)/\(url.lastPathComponent)" } ?? path
    }

    private static func real(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }
}
