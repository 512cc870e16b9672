// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import JSONDocuments

/// What the files held when they were applied that decide who can read a key and whose certificates are believed: certificates of key
/// recovery agents, Intune's key, accepted roots. Each counts as it was then; another content of the file is an error until somebody
/// applies it (docs/decisions/0035).
///
/// What the gateway proves itself with, and the roots of TLS, are taken up as they are: they are renewed by others than who applies.
public struct AppliedFiles: Sendable, Equatable {
    /// One file, as the configuration names it.
    public struct Place: Sendable, Hashable {
        /// Where the configuration names it, such as `intune.publicKey`.
        public let keyPath: String
        public let path: String
        /// The backend CA whose matter it is; nil for all orders'.
        public var backendCA: String?
    }

    /// SHA-256 of each, by its path.
    private var digests: [String: String]

    public init() { digests = [:] }

    public init(json: JSONValue) { digests = (json.object ?? [:]).compactMapValues(\.string) }

    public var json: JSONValue { .object(digests.mapValues(JSONValue.string)) }

    /// What was applied, for `SettingsFile`; nil for a file that was named by an earlier version.
    public subscript(_ path: String) -> String? { digests[path] }

    /// With the files of a new configuration, and no others.
    ///
    /// - Parameter isRenewed: whether a file counts as it is now, whatever it held before.
    /// - Returns: also the places whose file holds something else now than it did when it was applied last.
    /// - Throws: `SettingsError` for a file that cannot be read.
    public func renewed(
        for places: [Place], _ isRenewed: (Place) -> Bool
    ) throws(SettingsError) -> (files: AppliedFiles, exchanged: [Place]) {
        var (files, exchanged) = (AppliedFiles(), [Place]())
        for place in places {
            let isApplied = isRenewed(place)
            if let known = digests[place.path], !isApplied {
                files.digests[place.path] = files.digests[place.path] ?? known
                continue
            }
            let now: String
            do throws(SettingsError) { now = try SettingsFile(path: place.path).digest() } catch {
                // Who applies another part need not mend this one.
                guard isApplied else { continue }
                throw error
            }
            if let before = digests[place.path], before != now { exchanged.append(place) }
            files.digests[place.path] = now
        }
        return (files, exchanged)
    }
}

extension GatewayConfiguration {
    /// The files that count as they were applied.
    public var heldFiles: [AppliedFiles.Place] {
        keyRecoveryAgents.map {
            AppliedFiles.Place(keyPath: "keyRecoveryAgents.\($0.name).certificate", path: $0.certificate)
        } + [intune.map { AppliedFiles.Place(keyPath: "intune.publicKey", path: $0.publicKey) }].compactMap(\.self)
            + backendCAs.map {
                AppliedFiles.Place(
                    keyPath: "backendCAs.\($0.name).acceptedRoots", path: $0.acceptedRoots, backendCA: $0.name)
            }
    }

    /// Holds the configuration's parts to what was applied.
    mutating func hold(to files: AppliedFiles) {
        for index in keyRecoveryAgents.indices {
            keyRecoveryAgents[index].appliedCertificate = files[keyRecoveryAgents[index].certificate]
        }
        if let path = intune?.publicKey { intune?.appliedKey = files[path] }
        for index in backendCAs.indices { backendCAs[index].appliedRoots = files[backendCAs[index].acceptedRoots] }
        appliedFiles = files
    }

    /// The files that are missing, or hold something else than was applied, and one sentence each. Costs two system calls for each file that
    /// has not changed.
    public var exchangedFiles: [(place: AppliedFiles.Place, sentence: String)] {
        heldFiles.compactMap { place -> (place: AppliedFiles.Place, sentence: String)? in
            // A backend CA without its roots cannot be used, and says so itself.
            if place.backendCA == nil, !FileManager.default.isReadableFile(atPath: place.path) {
                return (
                    place,
                    "\(place.keyPath): file \(place.path) cannot be read: put it back, or apply a configuration with another one; until then "
                        + "nothing new is ordered"
                )
            }
            guard let applied = appliedFiles[place.path] else { return nil }
            do throws(SettingsError) {
                try SettingsFile(path: place.path, applied: applied).requireApplied()
                return nil
            } catch {
                let extent = place.backendCA.map { " at backend CA \($0)" } ?? ""
                return (place, "\(place.keyPath): \(error.message); until then nothing new is ordered\(extent)")
            }
        }
    }
}
