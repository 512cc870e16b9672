// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import CommandInterface
import ConnectorKit
import Foundation

/// What all measurements of one run share.
final class Bench: Sendable {
    let scale: BenchmarkScale
    /// Folder for everything that is written; removed at the end.
    let folder: String
    /// Profiles of CAs that the sandbox imitates.
    let imitated: [ConnectorProfile]
    /// The first of them that the REST module runs.
    let restConnector: String?
    private let bareFolder: String

    init(scale: BenchmarkScale, bareFolder: String) throws {
        self.scale = scale
        self.bareFolder = bareFolder
        folder = FileManager.default.temporaryDirectory.appending(path: "certway-benchmark-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let profiles = BenchmarkProfiles(folder: nil)
        imitated = try profiles.imitated()
        restConnector = imitated.first { $0.module == "rest" }?.name
        if let restConnector { try profiles.writeUnlimited(restConnector, to: profilesFolder) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Profiles without request limits.
    var profilesFolder: String { "\(folder)/connectors" }

    /// A program of the package.
    func program(_ name: String, _ arguments: [String]) -> Measurement {
        Measurement(Programs.sibling(name), arguments, folders: [profilesFolder: "PROFILES", folder: "DIR"])
    }

    /// A C program of Benchmarks/bare.
    func bare(_ name: String, _ arguments: [String]) -> Measurement {
        Measurement("\(bareFolder)/\(name)", arguments, folders: [folder: "DIR"])
    }

    /// The whole pipeline, from the Entra group to Intune.
    func demo(_ connector: String, key: String) -> Measurement {
        program(
            "certway",
            [
                "demo", "--connector", connector, "--key", key, "--users", "\(scale.users)", "--unlimited",
                "--connectors", profilesFolder, "--output", "json",
            ])
    }

    /// The connectors of the pipeline's figures, with their titles.
    var connectors: [(name: String, title: String)] {
        [("local-ca", "local CA")] + (restConnector.map { [($0, "REST CA")] } ?? [])
    }

    func say(_ text: String) { Terminal.complain("benchmark: \(text)") }
}
