// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorKit
import Secrets

/// The settings of the profile `local-ca`, as the code uses them.
struct LocalCASettings: Sendable {
    var directory: CADirectory
    /// Opens `issuing.key` and `root.key`; nil when they are not encrypted.
    var passphrase: Secret?
    /// Goes into every certificate; nil leaves the extension out.
    var crlURL: String?

    init(_ settings: ConnectorSettings) throws(ConnectorError) {
        guard let directory = settings.values["directory"]?.string, !directory.isEmpty else {
            throw ConnectorError(.configuration, "settings.directory: expected the folder of the CA, found nothing")
        }
        self.directory = CADirectory(path: directory)
        let passphrase = settings.secrets["passphrase"]
        self.passphrase = passphrase?.isEmpty == false ? passphrase : nil
        crlURL = settings.values["crlURL"]?.string
    }
}
