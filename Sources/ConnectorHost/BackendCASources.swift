// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Settings

/// Everything a backend CA was made of, as far as it can be compared without reading it: while it is the same, the backend
/// CA is.
struct BackendCASources: Sendable, Equatable {
    let configuration: BackendCAConfiguration
    /// State of the profile's file when it last was right; nil without a usable profile.
    let profile: FileStamp?
    /// State of each file that configuration or settings name: secrets, client certificates, roots. nil for a missing one.
    let files: [String: FileStamp?]

    /// Costs a system call for each file.
    init(_ configuration: BackendCAConfiguration, _ usable: UsableProfile?) {
        self.configuration = configuration
        profile = usable?.stamp
        var paths = [configuration.acceptedRoots] + [configuration.tlsRoots].compactMap(\.self)
        for schema in usable?.profile.settings ?? [] {
            guard let text = configuration.settings[schema.key]?.string else { continue }
            if schema.type == .file { paths.append(text) }
            if schema.type == .secret, case .file(let path)? = SecretReference(text)?.place { paths.append(path) }
        }
        files = Dictionary(paths.map { ($0, FileStamp(path: $0)) }, uniquingKeysWith: { first, _ in first })
    }
}
