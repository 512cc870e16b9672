// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

import ConnectorHost
import Gateway

/// What `certway --version` prints, for whoever reports a mistake or builds a module.
enum ProgramVersion {
    static var text: String {
        ([
            "certway \(CertwayProgram.version)", "connector interface \(HostInterface.version)",
            "compiler \(HostInterface.compiler)",
        ] + LibraryVersions.all).joined(separator: "\n")
    }
}
